// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <QWidget>

class QLabel;
class QProgressBar;
class QToolButton;

namespace batlab::views {

class ElidedLabel;
class JobsModel;

/// The right side of the status bar: running job with ETA, device, memory and disk; and the readout
/// at the left.
class StatusStrip : public QWidget
{
    Q_OBJECT

public:
    explicit StatusStrip(JobsModel *jobs, QWidget *parent = nullptr);
    void setReadout(const QString &text);
    /// Reading or writing that takes a while, with a busy mark; empty: nothing. Cancel only where
    /// it works.
    void setTask(const QString &text, bool mayCancel);
    /// The engine's hello(); null object: no engine.
    void setEngine(const Json &hello, const QString &state);
    /// Window's own resident memory and the free disk of the workspace.
    void setResources(double usedBytes, double totalBytes, double diskFreeBytes);
    [[nodiscard]] QString deviceText() const;

Q_SIGNALS:
    void jobClicked();
    void cancelTaskRequested();

private:
    void showJob();

    JobsModel *m_jobs;
    ElidedLabel *m_readout;
    QLabel *m_task;
    QProgressBar *m_busy;
    QToolButton *m_cancelTask;
    QToolButton *m_job;
    QProgressBar *m_bar;
    QLabel *m_eta, *m_device, *m_gpu, *m_memory, *m_disk;
};

} // namespace batlab::views
