// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/artifact.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <string>

class QAbstractItemView;
class QWidget;

namespace batlab::views {

class SelectionContext;
class WorkbenchDocument;

/// Keeps a table of the selected variant in step with document and selection: rows are made anew
/// when the panel is shown or, while it is, a while after what concerns them (artifacts, another
/// baseline) has arrived, at once when another variant is selected or the filter of places changes;
/// the selection is shown in them, and a row the user goes to becomes the selection.
class TableFollower : public QObject
{
    Q_OBJECT

public:
    struct Hooks
    {
        std::function<void()> rebuild; ///< the rows; may end later, on a worker
        std::function<void()> showSelection;
        std::function<void(int row)> choose; ///< the user went to a row
        std::function<bool(const Artifact &)> concerns; ///< of an artifact that has arrived
    };
    /// Belongs to `panel`. Artifacts of a layer come together: `coalesceMs` from the first.
    TableFollower(QWidget *panel, QAbstractItemView *view, WorkbenchDocument *document,
                  SelectionContext *selection, int coalesceMs, Hooks hooks);
    void taken(); ///< the rows are being made; nothing is out of date any more
    [[nodiscard]] bool isStale() const { return m_stale; }
    /// The selected variant; the reference where none is.
    [[nodiscard]] std::string variant() const;
    /// Rows that move while `change` runs are nobody's choice.
    template<class Change>
    void quietly(Change change)
    {
        m_quiet = true;
        change();
        m_quiet = false;
    }

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void later(); ///< the rows are out of date
    void atOnce(); ///< they are, and somebody waits for them

    QWidget *m_panel;
    SelectionContext *m_selection;
    Hooks m_hooks;
    QTimer m_timer;
    bool m_stale = true, m_quiet = false;
};

} // namespace batlab::views
