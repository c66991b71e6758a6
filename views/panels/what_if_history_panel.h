// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QTableView;
class QToolButton;
class QPushButton;
class QUndoStack;

namespace batlab::views {

class PanelFrame;
class WhatIfHistoryModel;
class WhatIfModel;

/// The steps of the what-if with their scores. A click or Enter goes to a step; that can be undone,
/// too.
class WhatIfHistoryPanel : public QWidget
{
    Q_OBJECT

public:
    WhatIfHistoryPanel(WhatIfModel *model, QUndoStack *undo, QWidget *parent = nullptr);
    [[nodiscard]] QTableView *view() const { return m_view; }
    [[nodiscard]] QPushButton *pinButton() const { return m_pin; }

private:
    void update();

    WhatIfModel *m_model;
    PanelFrame *m_frame;
    QTableView *m_view;
    QToolButton *m_undo, *m_redo;
    QPushButton *m_pin, *m_unpin;
};

} // namespace batlab::views
