// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/job/engine.h"
#include "core/spec/run_spec.h"

#include <memory>

namespace batlab {

/// An engine for view tests and screenshots that plays fakeRun() (SYNTHETIC data; nothing is
/// computed). Jobs run one after the other, can be paused and cancelled, and give the same
/// artifacts every time.
class FakeEngine : public Engine
{
public:
    struct Options
    {
        int layers = 30;
        /// True: nothing happens by itself; step() plays on the caller's thread. False: a thread
        /// plays.
        bool manual = false;
        double secondsPerStep = 0; ///< pause between two steps of the playing thread
    };
    explicit FakeEngine(Options options);
    FakeEngine() : FakeEngine(Options {}) { }
    ~FakeEngine() override;

    void setListener(Listener listener) override;
    Result<Json> hello() override;
    Result<JobId> submit(const JobRequest &request) override;
    Result<void> cancel(JobId job) override;
    Result<void> pause(JobId job) override;
    Result<void> resume(JobId job) override;
    Result<Json> ask(const Json &question) override;

    /// Manual mode: plays up to `steps` steps; returns how many there were.
    std::size_t step(std::size_t steps = 1);
    /// Manual mode: plays until every job is done, paused jobs excepted.
    void finish();
    /// As if the engine process had been killed: EngineStopped, and an Error for every later call.
    void crash(const Error &error);

private:
    class Private;
    std::unique_ptr<Private> m_p;
};

} // namespace batlab
