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
    /// Memory in use and free disk of the workspace; `where` names the other machine they are of.
    void setResources(double usedBytes, double totalBytes, double diskFreeBytes,
                      const QString &where = {});
    /// Of the engine's GPU, with its load in percent (NaN: not known); total 0: there is none, or
    /// it is not known.
    void setDeviceMemory(double freeBytes, double totalBytes, double load);
    /// The engine's answer to "resources"; memory and disk only if it runs on `where`.
    void setAnswer(const Json &answer, const QString &where);
    [[nodiscard]] QString deviceText() const;
    [[nodiscard]] QString resourceText() const; ///< "RAM … · Disk … · VRAM … · load …"

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
    QLabel *m_eta, *m_device, *m_gpu, *m_vram, *m_memory, *m_disk;
    QWidget *m_vramLine = nullptr;
};

} // namespace batlab::views
