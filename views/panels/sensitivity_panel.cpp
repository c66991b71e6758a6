// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/sensitivity_panel.h"

#include "views/models/selection_context.h"
#include "views/models/sensitivity_model.h"
#include "views/models/site_texts.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"
#include "views/panels/table_follower.h"
#include "views/panels/table_kit.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QTableView>
#include <QVBoxLayout>

namespace batlab::views {

namespace {
constexpr int kCoalesceMs = 300;
}

SensitivityPanel::SensitivityPanel(WorkbenchDocument *document, SelectionContext *selection,
                                   QWidget *parent)
    : QWidget(parent)
    , m_document(document)
    , m_selection(selection)
    , m_model(new SensitivityModel(this))
    , m_rows(new SensitivityFilter(m_model, selection->filter(), this))
    , m_filter(new QLineEdit(this))
    , m_view(makeTable(m_rows, tr("Sensitivity of every linear"), this, [this] { return table(); }))
    , m_count(new ElidedLabel(this))
{
    setAutoFillBackground(true);
    keepColors(this, { { QPalette::Window, &plots::Tokens::base } });
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(plots::px(8), plots::px(4), plots::px(4), plots::px(4));
    m_filter->setPlaceholderText(tr("Filter, e.g. layer:20 T4 sqnr<12"));
    m_filter->setAccessibleName(tr("Filter the linears"));
    m_filter->setToolTip(tr("All terms must hold: layer:20, layer:3-7, T4, down, or a comparison "
                            "with one of %1")
                             .arg(SensitivityModel::filterKeys().join(QStringLiteral(", "))));
    m_filter->setClearButtonEnabled(true);
    row->addWidget(m_filter, 1);
    auto *copy = makeTool(QStringLiteral("copy"), tr("Copy"), this);
    auto *menu = new QMenu(tr("Copy"), this);
    menu->addAction(tr("Copy the shown rows as a table (TSV)"), this, &SensitivityPanel::copyTable);
    menu->addAction(tr("Copy paste-ready exclude list"), this, &SensitivityPanel::copyExcludeList);
    menu->addAction(tr("Copy as lines of the stage precision"), this,
                    &SensitivityPanel::copyPrecisionLines);
    copy->setMenu(menu);
    copy->setPopupMode(QToolButton::InstantPopup);
    row->addWidget(copy);
    column->addLayout(row);
    m_view->setSortingEnabled(true);
    m_view->horizontalHeader()->setSortIndicator(SensitivityModel::OutputSqnr, Qt::AscendingOrder);
    m_view->sortByColumn(SensitivityModel::OutputSqnr, Qt::AscendingOrder);
    for (int c = 0; c < SensitivityModel::ColumnCount; ++c)
        m_view->setColumnWidth(
            c,
            sectionWidth(m_view->horizontalHeader(), c, c == SensitivityModel::Place ? 128 : 66));
    m_view->setItemDelegateForColumn(
        SensitivityModel::Delta, new DifferenceDelegate(SensitivityModel::ValueRole, 1, m_view));
    m_view->setColumnWidth(
        SensitivityModel::Delta,
        sectionWidth(m_view->horizontalHeader(), SensitivityModel::Delta, 76)); // with its arrow
    column->addWidget(m_view, 1);
    m_count->setFont(plots::captionFont());
    keepColors(m_count, { { QPalette::WindowText, &plots::Tokens::text3 } });
    m_count->setContentsMargins(plots::px(12), plots::px(3), plots::px(8), plots::px(3));
    column->addWidget(m_count);

    m_follower = new TableFollower(this, m_view, document, selection, kCoalesceMs,
                                   { [this] { flush(); }, [this] { showSelection(); },
                                     [this](int chosen) {
                                         const SensitivityModel::Row &at = m_rows->row(chosen);
                                         m_selection->setCell(at.layer, at.site,
                                                              m_selection->current().block);
                                     },
                                     [](const Artifact &) { return true; } });
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_follower->quietly([&] { m_rows->setFilterText(text); }); // a row that goes is no choice
        showSelection();
    });
}

void SensitivityPanel::flush()
{
    m_follower->taken();
    m_follower->quietly([&] {
        m_model->rebuild(m_document->artifacts(), m_follower->variant(),
                         ss(m_document->baseline()));
        m_rows->showPlaces();
    });
    m_view->setColumnHidden(SensitivityModel::Delta, !m_model->hasDeltas());
    showSelection();
}

void SensitivityPanel::showSelection()
{
    const Selection &s = m_selection->current();
    const QModelIndex current = m_view->currentIndex();
    m_follower->quietly([&] {
        bool there = false;
        if (current.isValid() && current.row() < m_rows->rowCount()) {
            const SensitivityModel::Row &at = m_rows->row(current.row());
            there = at.layer == s.layer && at.site == s.site; // one of several linears: stay on it
        }
        if (!there) {
            const int row = m_rows->find(s.layer, s.site);
            if (row >= 0)
                m_view->setCurrentIndex(m_rows->index(row, 0));
            else
                m_view->clearSelection();
        }
        if (m_view->currentIndex().isValid())
            m_view->scrollTo(m_view->currentIndex());
    });
    if (const QString why = notOfLinears(s.site); !why.isEmpty())
        return m_count->setText(why);
    const bool reference = s.variant.isEmpty() || s.variant == QLatin1String(kReference);
    m_count->setText(m_model->rowCount() == 0
                         ? tr("Nothing of this variant yet.")
                         : (reference ? tr("%1 of %2 sites; choose a variant for its linears")
                                      : tr("%1 of %2 linears"))
                               .arg(count(m_rows->rowCount()), count(m_model->rowCount())));
}

QString SensitivityPanel::note() const { return m_count->text(); }

void SensitivityPanel::copyTable() const { QApplication::clipboard()->setText(m_rows->tsv()); }

void SensitivityPanel::copyExcludeList() const
{
    QApplication::clipboard()->setText(m_rows->excludeList());
}

void SensitivityPanel::copyPrecisionLines() const
{
    QApplication::clipboard()->setText(m_rows->precisionLines());
}

plots::PlotTable SensitivityPanel::table() const
{
    plots::PlotTable out;
    out.columns = SensitivityFilter::columns();
    out.rows = m_rows->rowCount();
    out.cell = [rows = m_rows](int row, int column) { return QVariant(rows->cell(row, column)); };
    return out;
}

} // namespace batlab::views
