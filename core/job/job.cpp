// SPDX-License-Identifier: Apache-2.0
#include "core/job/job.h"
#include "core/job/progress_meter.h"

#include <array>
#include <chrono>
#include <condition_variable>

namespace batlab {

namespace {
constexpr std::array<std::string_view, 8> kStateNames { "queued", "running",    "pausing",
                                                        "paused", "cancelling", "succeeded",
                                                        "failed", "cancelled" };
constexpr std::array<std::string_view, 4> kLevelNames { "debug", "info", "warning", "error" };
} // namespace

std::string_view name(JobState state) { return kStateNames[static_cast<std::size_t>(state)]; }
std::string_view name(LogLevel level) { return kLevelNames[static_cast<std::size_t>(level)]; }

std::optional<JobState> jobStateFromName(std::string_view text)
{
    for (std::size_t i = 0; i < kStateNames.size(); ++i)
        if (kStateNames[i] == text)
            return static_cast<JobState>(i);
    return std::nullopt;
}

std::optional<LogLevel> logLevelFromName(std::string_view text)
{
    for (std::size_t i = 0; i < kLevelNames.size(); ++i)
        if (kLevelNames[i] == text)
            return static_cast<LogLevel>(i);
    return std::nullopt;
}

bool isFinal(JobState state)
{
    return state == JobState::succeeded || state == JobState::failed
        || state == JobState::cancelled;
}

struct JobContext::Meter
{
    using Clock = std::chrono::steady_clock;
    ProgressMeter progress;
    std::condition_variable wake;
    Clock::time_point start = Clock::now();
    std::optional<Clock::time_point> pausedSince;
    Clock::duration pausedFor {};

    /// Seconds of work: time since the start without pauses.
    [[nodiscard]] double seconds() const
    {
        const Clock::time_point end = pausedSince ? *pausedSince : Clock::now();
        return std::chrono::duration<double>(end - start - pausedFor).count();
    }
};

JobContext::JobContext(Sinks sinks, CheckpointStore &store, int threads)
    : m_sinks(std::move(sinks))
    , m_store(store)
    , m_threads(threads)
    , m_meter(std::make_shared<Meter>())
{ }

void JobContext::checkpoint()
{
    if (!m_cancel.load(std::memory_order_relaxed) && !m_paused.load(std::memory_order_relaxed))
        return;
    {
        std::unique_lock lock(m_mutex);
        m_meter->wake.wait(lock, [this] { return m_cancel.load() || !m_paused.load(); });
    }
    if (m_cancel.load())
        throw Exception({ ErrorCode::cancelled,
                          "stopped by the user",
                          {},
                          "Its checkpoint is kept: start it again to go on." });
}

void JobContext::setStage(std::string_view stage, std::uint64_t done, std::uint64_t total)
{
    const std::lock_guard lock(m_mutex);
    m_meter->progress.setStage(stage, done, total, m_meter->seconds());
}

void JobContext::setStep(std::uint64_t done, std::uint64_t total, double loss)
{
    const std::lock_guard lock(m_mutex);
    m_meter->progress.setStep(done, total, loss, m_meter->seconds());
}

void JobContext::publish(Artifact artifact)
{
    if (m_sinks.publish)
        m_sinks.publish(std::make_shared<const Artifact>(std::move(artifact)));
}

void JobContext::log(LogLevel level, std::string_view text)
{
    if (m_sinks.log)
        m_sinks.log(level, text);
}

void JobContext::requestCancel()
{
    const std::lock_guard lock(m_mutex);
    m_cancel = true;
    m_meter->wake.notify_all();
}

void JobContext::setPaused(bool paused)
{
    const std::lock_guard lock(m_mutex);
    if (paused == m_paused.load())
        return;
    m_paused = paused;
    if (paused) {
        m_meter->pausedSince = Meter::Clock::now();
    } else {
        m_meter->pausedFor += Meter::Clock::now() - *m_meter->pausedSince;
        m_meter->pausedSince.reset();
        m_meter->wake.notify_all();
    }
}

bool JobContext::cancelRequested() const { return m_cancel.load(); }
bool JobContext::paused() const { return m_paused.load(); }

ProgressSnapshot JobContext::snapshot() const
{
    const std::lock_guard lock(m_mutex);
    return m_meter->progress.snapshot(m_meter->seconds());
}

} // namespace batlab
