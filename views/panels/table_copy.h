// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/plot_table.h"

#include <QObject>

#include <functional>

class QTableView;

namespace batlab::views {

/// Takes a table out of the window: Ctrl+C, and "Copy table (TSV)" and "Save CSV…" in its context
/// menu. A child of the view.
class TableCopy : public QObject
{
    Q_OBJECT

public:
    using Content = std::function<plots::PlotTable()>;

    /// `content` empty: the rows as they are sorted and filtered, of every column that holds
    /// anything, also of those there is no room for; values as kFullValueRole gives them.
    explicit TableCopy(QTableView *view, Content content = {});

    [[nodiscard]] plots::PlotTable table() const;
    void copy() const;
    /// RFC 4180 after a line with the table's name. False: it could not be written.
    [[nodiscard]] bool save(const QString &path) const;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void ask();

    QTableView *m_view;
    Content m_content;
};

} // namespace batlab::views
