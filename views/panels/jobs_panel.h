// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QStackedWidget;
class QTableView;
class QToolButton;

namespace batlab::views {

class JobsModel;

/// The jobs of the window: total and step bars, elapsed, ETA, loss; pause, stop and resume of the
/// chosen one.
class JobsPanel : public QWidget
{
    Q_OBJECT

public:
    explicit JobsPanel(JobsModel *model, QWidget *parent = nullptr);

Q_SIGNALS:
    void pauseRequested(quint64 job);
    void continueRequested(quint64 job); ///< of a paused job
    void stopRequested(quint64 job);
    void resumeRequested(const QString &run); ///< submit a stopped run again
    void newRunRequested();

private:
    void updateButtons();
    [[nodiscard]] int currentRow() const;

    JobsModel *m_model;
    QTableView *m_view;
    QStackedWidget *m_stack;
    QToolButton *m_pause, *m_stop, *m_resume;
};

} // namespace batlab::views
