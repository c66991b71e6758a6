// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QTableView;

namespace batlab::views {

class FindingsModel;
class PanelFrame;
class SelectionContext;

/// What rules found in the session, the most serious first. A click selects the place, Return or a
/// double click also goes to Inspect.
class FindingsPanel : public QWidget
{
    Q_OBJECT

public:
    FindingsPanel(FindingsModel *model, SelectionContext *selection, QWidget *parent = nullptr);
    [[nodiscard]] QTableView *view() const { return m_view; }

Q_SIGNALS:
    void inspectRequested();

private:
    void choose(int row);
    void showState();

    FindingsModel *m_model;
    SelectionContext *m_selection;
    QLabel *m_nothing;
    QTableView *m_view;
};

} // namespace batlab::views
