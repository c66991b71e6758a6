// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "core/job/checkpoint_store.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace batlab {

enum class JobState : std::uint8_t {
    queued,
    running,
    pausing,
    paused,
    cancelling,
    succeeded,
    failed,
    cancelled
};
[[nodiscard]] std::string_view name(JobState state);
[[nodiscard]] std::optional<JobState> jobStateFromName(std::string_view text);
[[nodiscard]] bool isFinal(JobState state);

enum class LogLevel : std::uint8_t { debug, info, warning, error };
[[nodiscard]] std::string_view name(LogLevel level);
[[nodiscard]] std::optional<LogLevel> logLevelFromName(std::string_view text);

/// What a job is doing now. `stage` is a short phrase ("bat: layer 12 of 30"); total 0 = unknown.
struct ProgressSnapshot
{
    std::string stage;
    std::uint64_t done = 0, total = 0; ///< layers or windows of the whole job
    std::uint64_t subDone = 0, subTotal = 0; ///< steps within
    double perSecond = 0; ///< sub steps a second, moving average
    double elapsedSeconds = 0;
    double etaSeconds = -1; ///< negative: unknown
    double loss = 0; ///< last training loss; 0 if none
};

/// Given to the code of a job. All members are thread-safe and cheap enough to call every few
/// milliseconds.
class JobContext
{
public:
    struct Sinks
    {
        std::function<void(ArtifactPtr)> publish;
        std::function<void(LogLevel, std::string_view)> log;
    };
    JobContext(Sinks sinks, CheckpointStore &store, int threads);

    /// Throws Exception{cancelled} if the job was stopped; blocks while it is paused. Call at least
    /// every 50 ms.
    void checkpoint();
    void setStage(std::string_view stage, std::uint64_t done, std::uint64_t total);
    void setStep(std::uint64_t done, std::uint64_t total, double loss = 0);
    void publish(Artifact artifact);
    void log(LogLevel level, std::string_view text);
    [[nodiscard]] CheckpointStore &store() const { return m_store; }
    [[nodiscard]] int threads() const { return m_threads; }

    // The owner's side.
    void requestCancel();
    void setPaused(bool paused);
    [[nodiscard]] bool cancelRequested() const;
    [[nodiscard]] bool paused() const;
    [[nodiscard]] ProgressSnapshot snapshot() const;

private:
    struct Meter; // rates and ETA: exponential moving average, once a second
    Sinks m_sinks;
    CheckpointStore &m_store;
    int m_threads;
    mutable std::mutex m_mutex;
    std::shared_ptr<Meter> m_meter;
    std::atomic<bool> m_cancel { false };
    std::atomic<bool> m_paused { false };
};

} // namespace batlab
