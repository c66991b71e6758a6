// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/job/job.h"

namespace batlab {

/// Rate and remaining time of a job from what it reports. Time is given by the caller (seconds of
/// work, pauses left out), so that tests need no clock. Estimates move once a second: an
/// exponential average with a time constant of 20 s over the share of the whole job, and of 5 s
/// over the steps a second.
class ProgressMeter
{
public:
    void setStage(std::string_view stage, std::uint64_t done, std::uint64_t total, double now);
    void setStep(std::uint64_t done, std::uint64_t total, double loss, double now);
    [[nodiscard]] ProgressSnapshot snapshot(double now) const;

private:
    [[nodiscard]] double share() const; ///< of the whole job, 0..1
    void update(double now);

    ProgressSnapshot m_now;
    std::uint64_t m_steps = 0; ///< sub steps since the start
    double m_lastTime = 0, m_lastShare = 0;
    std::uint64_t m_lastSteps = 0;
    double m_shareRate = -1; ///< share a second; negative: not known yet
    double m_stepRate = -1;
};

} // namespace batlab
