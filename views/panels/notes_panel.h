// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/selection_context.h"

#include <QWidget>

class QPlainTextEdit;
class QTableView;
class QTimer;
class QToolButton;

namespace batlab::views {

class WorkbenchDocument;
struct Annotation;

/// Notes of the session (Markdown) and its bookmarks: places with a remark, a double click jumps.
class NotesPanel : public QWidget
{
    Q_OBJECT

public:
    NotesPanel(WorkbenchDocument *document, SelectionContext *selection, QWidget *parent = nullptr);
    void editLast(); ///< the bookmark that was just made asks for its text
    void flush(); ///< what was typed, if anything, reaches the document now
    void jump(int row); ///< to the place of a bookmark

Q_SIGNALS:
    void jumpRequested(const batlab::views::Annotation &bookmark);
    void bookmarkRequested(); ///< of what is selected

private:
    void updateButtons();

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    QPlainTextEdit *m_notes;
    QTableView *m_view;
    QToolButton *m_add, *m_go, *m_remove;
    QTimer *m_typing;
};

} // namespace batlab::views
