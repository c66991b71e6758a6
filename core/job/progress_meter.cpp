// SPDX-License-Identifier: Apache-2.0
#include "core/job/progress_meter.h"

#include <algorithm>
#include <cmath>

namespace batlab {

namespace {
constexpr double kInterval = 1.0;
constexpr double kShareSeconds = 20.0;
constexpr double kStepSeconds = 5.0;

double average(double old, double fresh, double dt, double timeConstant)
{
    if (old < 0)
        return fresh;
    return old + (fresh - old) * (1.0 - std::exp(-dt / timeConstant));
}
} // namespace

double ProgressMeter::share() const
{
    if (m_now.total == 0)
        return 0;
    const double within = m_now.subTotal == 0
        ? 0.0
        : static_cast<double>(std::min(m_now.subDone, m_now.subTotal))
            / static_cast<double>(m_now.subTotal);
    return std::min(1.0,
                    (static_cast<double>(m_now.done) + within) / static_cast<double>(m_now.total));
}

void ProgressMeter::setStage(std::string_view stage, std::uint64_t done, std::uint64_t total,
                             double now)
{
    if (total != m_now.total) { // another yardstick: the old rate of shares means nothing
        m_shareRate = -1;
        m_lastShare =
            total == 0 ? 0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
        m_lastTime = now;
        m_lastSteps = m_steps;
    }
    m_now.stage = stage;
    m_now.done = done;
    m_now.total = total;
    m_now.subDone = m_now.subTotal = 0;
    update(now);
}

void ProgressMeter::setStep(std::uint64_t done, std::uint64_t total, double loss, double now)
{
    m_steps += done > m_now.subDone ? done - m_now.subDone : (done == m_now.subDone ? 0 : done);
    m_now.subDone = done;
    m_now.subTotal = total;
    m_now.loss = loss;
    update(now);
}

void ProgressMeter::update(double now)
{
    const double dt = now - m_lastTime;
    if (dt < kInterval)
        return;
    // A stage may start over (a new variant resets nothing, a resumed job jumps ahead): no negative
    // rates.
    const double progressed = std::max(0.0, share() - m_lastShare);
    m_shareRate = average(m_shareRate, progressed / dt, dt, kShareSeconds);
    m_stepRate =
        average(m_stepRate, static_cast<double>(m_steps - m_lastSteps) / dt, dt, kStepSeconds);
    m_lastTime = now;
    m_lastShare = share();
    m_lastSteps = m_steps;
}

ProgressSnapshot ProgressMeter::snapshot(double now) const
{
    ProgressSnapshot out = m_now;
    out.elapsedSeconds = now;
    out.perSecond = std::max(0.0, m_stepRate);
    if (m_shareRate > 0)
        out.etaSeconds = std::max(0.0, (1.0 - m_lastShare) / m_shareRate - (now - m_lastTime));
    return out;
}

} // namespace batlab
