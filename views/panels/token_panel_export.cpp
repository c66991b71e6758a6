// SPDX-License-Identifier: GPL-3.0-or-later
// TokenPanel as a plot: its table twin, and pictures and data handed out.
#include "views/models/selection_context.h"
#include "views/panels/token_panel.h"
#include "views/panels/token_strip.h"
#include "views/panels/ui_kit.h"
#include "views/plots/panel_notice.h"
#include "views/plots/plot_files.h"
#include "views/plots/plot_table.h"
#include "views/plots/theme.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHeaderView>
#include <QMenu>
#include <QSaveFile>
#include <QShortcut>
#include <QStackedWidget>
#include <QTableView>

namespace batlab::views {

void TokenPanel::buildTools()
{
    m_twin->setModel(m_twinModel);
    m_twin->setFrameShape(QFrame::NoFrame);
    m_twin->setAlternatingRowColors(true);
    m_twin->setShowGrid(false);
    m_twin->setFont(plots::tableFont());
    m_twin->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_twin->setSelectionMode(QAbstractItemView::SingleSelection);
    m_twin->verticalHeader()->setDefaultSectionSize(plots::px(22));
    m_twin->verticalHeader()->hide();
    m_twin->setAccessibleName(tr("%1, as a table").arg(tr("Tokens")));
    connect(m_twin, &QTableView::clicked, this,
            [this](const QModelIndex &at) { m_selection->setToken(at.row()); });
    connect(m_twin, &QTableView::activated, this,
            [this](const QModelIndex &at) { m_selection->setToken(at.row()); });

    m_tableTool = makeTool(QStringLiteral("table"), tr("Show as table (T)"), this);
    m_tableTool->setCheckable(true);
    connect(m_tableTool, &QToolButton::toggled, this, &TokenPanel::setTableShown);
    addHeaderWidget(m_tableTool);
    auto *menu = new QMenu(tr("Export"), this);
    menu->setObjectName(QStringLiteral("tokenExport"));
    for (const int scale : { 1, 2, 4 })
        menu->addAction(tr("PNG picture, %1×…").arg(scale), this, [this, scale] {
            save(QStringLiteral("png"), [this, scale](QIODevice &file) {
                return m_strip->picture(scale).save(&file, "PNG");
            });
        });
    menu->addSeparator();
    menu->addAction(tr("CSV data…"), this, [this] {
        save(QStringLiteral("csv"), [this](QIODevice &file) {
            plots::PlotTable table = m_strip->table();
            table.comments = { tr("Tokens"), m_caption };
            return plots::writeTable(file, table, ',');
        });
    });
    menu->addAction(tr("TSV data…"), this, [this] {
        save(QStringLiteral("tsv"),
             [this](QIODevice &file) { return plots::writeTable(file, m_strip->table(), '\t'); });
    });
    menu->addSeparator();
    const auto copyPicture = [this] {
        QGuiApplication::clipboard()->setImage(m_strip->picture(devicePixelRatioF()));
    };
    menu->addAction(tr("Copy picture"), this, copyPicture);
    menu->addAction(tr("Copy data"), m_strip, &TokenStrip::copy);
    QToolButton *tool = makeTool(QStringLiteral("export"), tr("Export"), this);
    tool->setMenu(menu);
    tool->setPopupMode(QToolButton::InstantPopup);
    addHeaderWidget(tool);

    const auto key = [this](const QKeySequence &keys, auto act) {
        auto *shortcut = new QShortcut(keys, this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, act);
    };
    key(QKeySequence(Qt::Key_T), [this] { setTableShown(!isTableShown()); });
    key(QKeySequence(QStringLiteral("Ctrl+Shift+C")), [this] { m_strip->copy(); });
}

void TokenPanel::save(const QString &suffix, const std::function<bool(QIODevice &)> &write)
{
    const QString path = QFileDialog::getSaveFileName(
        this, tr("Export %1").arg(tr("Tokens")),
        plots::fileTitle(tr("Tokens")) + QLatin1Char('.') + suffix,
        suffix.toUpper() + QStringLiteral(" (*.") + suffix + QLatin1Char(')'));
    if (path.isEmpty())
        return;
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || !write(file) || !file.commit())
        plots::PanelNotice::send(this, plots::PanelNotice::Kind::failure, tr("Tokens"),
                                 tr("%1 could not be written. Choose a folder you may write to, "
                                    "with free space.")
                                     .arg(path));
}

void TokenPanel::setTableShown(bool shown)
{
    if (shown == isTableShown())
        return;
    m_views->setCurrentIndex(shown ? 1 : 0);
    m_tableTool->setChecked(shown);
    refreshTwin();
    m_views->currentWidget()->setFocus();
}

bool TokenPanel::isTableShown() const { return m_views->currentIndex() == 1; }

void TokenPanel::refreshTwin()
{
    if (!isTableShown())
        return;
    m_twinModel->setTable(m_strip->table());
    showTokenInTwin();
}

void TokenPanel::showTokenInTwin()
{
    if (isTableShown() && m_strip->token() >= 0)
        m_twin->setCurrentIndex(m_twinModel->index(m_strip->token(), 0));
}

} // namespace batlab::views
