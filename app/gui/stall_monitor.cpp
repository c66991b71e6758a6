// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/stall_monitor.h"

#include <algorithm>
#include <ctime>

namespace batlab::app {

namespace {

constexpr int kBeatMs = 20;
constexpr std::size_t kMostStalls = 1000;

double threadCpuMs()
{
    timespec now {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

} // namespace

StallMonitor::StallMonitor(QObject *parent) : QObject(parent)
{
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(kBeatMs);
    connect(&m_timer, &QTimer::timeout, this, &StallMonitor::beat);
}

void StallMonitor::start()
{
    m_clock.start();
    m_total.start();
    m_cpu = threadCpuMs();
    m_timer.start();
}

void StallMonitor::stop() { m_timer.stop(); }

void StallMonitor::reset()
{
    m_stalls.clear();
    m_worst = m_worstBusy = m_worstCpu = 0;
    m_beats = 0;
    m_clock.start();
    m_cpu = threadCpuMs();
}

void StallMonitor::beat()
{
    const double wall = static_cast<double>(m_clock.nsecsElapsed()) / 1e6;
    const double cpuNow = threadCpuMs();
    const double late = wall - kBeatMs, cpu = cpuNow - m_cpu;
    m_clock.start();
    m_cpu = cpuNow;
    ++m_beats;
    m_worst = std::max(m_worst, late);
    m_worstCpu = std::max(m_worstCpu, cpu);
    if (cpu > late / 2)
        m_worstBusy = std::max(m_worstBusy, late);
    if (late <= kLimitMs)
        return;
    if (m_stalls.size() < kMostStalls)
        m_stalls.push_back(
            { late, cpu, static_cast<double>(m_total.elapsed()) / 1000.0, m_activity });
    Q_EMIT stalled(late, cpu);
}

QString StallMonitor::summary() const
{
    const auto busy = std::count_if(m_stalls.begin(), m_stalls.end(),
                                    [](const Stall &s) { return s.cpuMs > s.wallMs / 2; });
    return tr("Event loop: %1 beats, worst delay %2 ms, %3 over %4 ms (%5 of them our own work, "
              "worst %6 ms); most CPU time in one beat %7 ms")
        .arg(m_beats)
        .arg(m_worst, 0, 'f', 1)
        .arg(m_stalls.size())
        .arg(kLimitMs, 0, 'f', 0)
        .arg(busy)
        .arg(m_worstBusy, 0, 'f', 1)
        .arg(m_worstCpu, 0, 'f', 1);
}

} // namespace batlab::app
