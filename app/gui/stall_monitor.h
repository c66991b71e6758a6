// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>

#include <vector>

namespace batlab::app {

/// Measures how long the event loop of its thread did not answer: a 20-ms heartbeat that comes
/// late. For each stall it also takes the CPU time of the thread, which tells work of ours from a
/// machine that gave us no turn.
class StallMonitor : public QObject
{
    Q_OBJECT

public:
    static constexpr double kLimitMs = 50;

    struct Stall
    {
        double wallMs = 0; ///< how late the heartbeat was
        double cpuMs = 0; ///< CPU time this thread used meanwhile
        double atSeconds = 0; ///< since start()
        QString activity;
    };

    explicit StallMonitor(QObject *parent = nullptr);
    void start();
    void stop();
    void reset(); ///< forgets what was measured
    /// What the window is busy with, for the log line of a stall ("opening session").
    void setActivity(const QString &activity) { m_activity = activity; }

    [[nodiscard]] double worstMs() const { return m_worst; }
    /// The worst stall in which this thread itself used more than half of the time.
    [[nodiscard]] double worstBusyMs() const { return m_worstBusy; }
    /// The most CPU time this thread used between two beats: independent of how busy the machine
    /// is.
    [[nodiscard]] double worstCpuMs() const { return m_worstCpu; }
    [[nodiscard]] int beats() const { return m_beats; }
    [[nodiscard]] const std::vector<Stall> &stalls() const
    {
        return m_stalls;
    } ///< over kLimitMs, at most 1000
    [[nodiscard]] QString summary() const; ///< one line for the log

Q_SIGNALS:
    void stalled(double wallMs, double cpuMs);

private:
    void beat();
    QTimer m_timer;
    QElapsedTimer m_clock, m_total;
    double m_cpu = 0, m_worst = 0, m_worstBusy = 0, m_worstCpu = 0;
    int m_beats = 0;
    std::vector<Stall> m_stalls;
    QString m_activity;
};

} // namespace batlab::app
