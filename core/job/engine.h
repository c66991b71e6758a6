// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/job/job.h"

#include <memory>
#include <string>
#include <variant>

namespace batlab {

using JobId = std::uint64_t;

/// Protocol between window and engine; a different major version is refused with a message.
inline constexpr int kEngineProtocolMajor = 1;
inline constexpr int kEngineProtocolMinor = 2; ///< 1: supersede, 2: ping

/// A frozen piece of work: the spec is canonical JSON (core/spec), the workspace the folder of its
/// parts.
struct JobRequest
{
    Json spec; ///< RunSpec::toJson()
    std::string
        workspace; ///< folder for checkpoints and parts (made if missing); empty: memory only
};

struct JobStateChanged
{
    JobId job = 0;
    JobState state = JobState::queued;
    Error error {}; ///< when failed
};
struct JobProgress
{
    JobId job = 0;
    ProgressSnapshot progress {};
};
struct JobLog
{
    JobId job = 0;
    LogLevel level = LogLevel::info;
    std::string text {};
    double unixTime = 0;
};
struct JobArtifact
{
    JobId job = 0;
    ArtifactPtr artifact {};
};
/// The engine process is gone (crash, kill, broken pipe). Its jobs can be submitted again and
/// resume from checkpoints.
struct EngineStopped
{
    Error error {};
};
/// Nothing has come from the engine for so long, though it was asked for a sign of life. Told once
/// each time; it may still answer.
struct EngineSilent
{
    double seconds = 0;
};
using EngineEvent =
    std::variant<JobStateChanged, JobProgress, JobLog, JobArtifact, EngineStopped, EngineSilent>;

/// What an engine is: in-process (core/engine/local_engine), remote (remote_engine), fake (tests).
class Engine
{
public:
    using Listener = std::function<void(const EngineEvent &)>;
    enum class Child {
        kill, ///< at once
        leave ///< to the destructor, which gives it time to keep what its jobs have
    };
    virtual ~Engine() = default;
    /// Called from the engine's threads, in order of events; must return quickly.
    virtual void setListener(Listener listener) = 0;
    /// {"protocol":[1,2],"version":...,"machine":machineId(),"host":...,"cpu":"v4","device":"cpu",
    /// "threads":2,"memoryBytes":...}
    virtual Result<Json> hello() = 0;
    /// Validates, freezes and queues; runs when earlier jobs are done.
    virtual Result<JobId> submit(const JobRequest &request) = 0;
    virtual Result<void> cancel(JobId job) = 0;
    virtual Result<void> pause(JobId job) = 0;
    virtual Result<void> resume(JobId job) = 0;
    /// Interactive questions, answered between the kernels of a running job. question has "ask":
    /// "inspect-model" {model}, "presets" {}, "schema" {}, "preflight" {spec}, "resources" {}.
    /// A question may carry {"stream": text, "turn": number from 1 on}.
    virtual Result<Json> ask(const Json &question) = 0;
    /// A newer question of a stream is known and about to be asked: those of the stream with an
    /// earlier turn, at work or still on their way, end with Error{cancelled}; what they are making
    /// that the newer one needs too (a model's tokens) is finished first. Does not wait. An engine
    /// that answers at once need not listen.
    virtual void supersede(const Json &newer) { (void)newer; }
    /// Nobody waits for the engine any longer: calls at work and later ones end with this error.
    /// From any thread; does not wait. One in this process has no child, and ends with its calls.
    virtual void abort(const Error &why, Child child)
    {
        (void)why;
        (void)child;
    }
};

} // namespace batlab
