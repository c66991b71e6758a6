// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/table_copy.h"

#include "views/models/full_value.h"
#include "views/plots/panel_notice.h"
#include "views/plots/plot_files.h"

#include <QAction>
#include <QFileDialog>
#include <QKeyEvent>
#include <QTableView>

#include <cmath>
#include <utility>
#include <vector>

namespace batlab::views {

namespace {

/// Number or text; invalid where the cell holds nothing.
QVariant valueOf(const QModelIndex &at)
{
    const QVariant full = at.data(kFullValueRole);
    if (full.isValid()) {
        const int type = full.typeId();
        const bool real = type == QMetaType::Double || type == QMetaType::Float;
        return real && std::isnan(full.toDouble()) ? QVariant() : full;
    }
    const QString shown = at.data(Qt::DisplayRole).toString();
    return shown.isEmpty() || shown == QStringLiteral("–") ? QVariant() : QVariant(shown);
}

bool holdsAnything(const QAbstractItemModel &model, int column)
{
    for (int row = 0; row < model.rowCount(); ++row)
        if (valueOf(model.index(row, column)).isValid())
            return true;
    return false;
}

plots::PlotTable tableOf(const QAbstractItemModel *model)
{
    plots::PlotTable out;
    out.rows = model->rowCount();
    std::vector<int> columns;
    for (int c = 0; c < model->columnCount(); ++c) {
        if (out.rows > 0 && !holdsAnything(*model, c))
            continue; // drawn, or differences while nothing is pinned
        columns.push_back(c);
        out.columns << model->headerData(c, Qt::Horizontal, Qt::DisplayRole).toString();
    }
    out.cell = [model, columns = std::move(columns)](int row, int column) {
        return valueOf(model->index(row, columns[static_cast<std::size_t>(column)]));
    };
    return out;
}

} // namespace

TableCopy::TableCopy(QTableView *view, Content content)
    : QObject(view), m_view(view), m_content(std::move(content))
{
    view->installEventFilter(this);
    view->setContextMenuPolicy(Qt::ActionsContextMenu);
    auto *copy = new QAction(tr("Copy table (TSV)"), view);
    connect(copy, &QAction::triggered, this, &TableCopy::copy);
    auto *save = new QAction(tr("Save CSV…"), view);
    connect(save, &QAction::triggered, this, &TableCopy::ask);
    view->addActions({ copy, save });
}

plots::PlotTable TableCopy::table() const
{
    plots::PlotTable out = m_content ? m_content() : tableOf(m_view->model());
    out.comments.prepend(m_view->accessibleName());
    return out;
}

void TableCopy::copy() const { plots::copyTable(table()); }

bool TableCopy::save(const QString &path) const { return plots::writeCsv(table(), path); }

void TableCopy::ask()
{
    const QString title = m_view->accessibleName();
    const QString path = QFileDialog::getSaveFileName(
        m_view, tr("Save %1").arg(title), plots::fileTitle(title) + QStringLiteral(".csv"),
        QStringLiteral("CSV (*.csv)"));
    if (!path.isEmpty() && !save(path))
        plots::PanelNotice::send(m_view, plots::PanelNotice::Kind::failure, title,
                                 tr("%1 could not be written. Choose a folder you may write to, "
                                    "with free space.")
                                     .arg(path));
}

bool TableCopy::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_view && event->type() == QEvent::KeyPress
        && static_cast<QKeyEvent *>(event)->matches(QKeySequence::Copy)) {
        copy(); // the view itself would copy one cell
        return true;
    }
    return QObject::eventFilter(watched, event);
}

} // namespace batlab::views
