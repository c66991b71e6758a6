// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QAction;
class QMenu;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace batlab::views {

class JobsModel;

/// The jobs of the window: total and step bars, elapsed, ETA, loss. Pause, stop and resume of the
/// chosen one, its turn among those that wait, and what can be made of it: a copy in the form, the
/// same run again, a command line.
class JobsPanel : public QWidget
{
    Q_OBJECT

public:
    explicit JobsPanel(JobsModel *model, QWidget *parent = nullptr);
    bool showRun(const QString &run); ///< chooses its job; false: it has none

Q_SIGNALS:
    void pauseRequested(quint64 job);
    void continueRequested(quint64 job); ///< of a paused job
    void stopRequested(quint64 job);
    void resumeRequested(const QString &run); ///< submit a stopped run again
    void newRunRequested();
    void takeOutRequested(const QString &run); ///< a waiting job leaves the queue
    void moveRequested(const QString &run, int delta);
    void cloneRequested(const QString &run); ///< into the run form
    void repeatRequested(const QString &run); ///< the same frozen spec once more
    void copyCommandRequested(const QString &run);
    void holdRequested(bool held); ///< the queue: let no further job start, or go on

private:
    void buildMenu();
    void updateButtons();
    void stopCurrent();
    [[nodiscard]] QString currentRun() const;
    [[nodiscard]] int currentRow() const;

    JobsModel *m_model;
    QTableView *m_view;
    QStackedWidget *m_stack;
    QToolButton *m_pause, *m_stop, *m_resume, *m_up, *m_down, *m_hold, *m_more;
    QMenu *m_menu;
    QAction *m_clone = nullptr, *m_repeat = nullptr, *m_copy = nullptr;
};

} // namespace batlab::views
