// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/device/device.h"
#include "core/job/engine.h"
#include "core/recipe/recipe.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace batlab {

/// The engine in this process: one worker runs jobs one after the other, a ticker reports their
/// progress at 10 Hz. A job after which the device does not answer any more fails with
/// Error{deviceLost}, its checkpoints kept; waiting and later jobs do too, and the listener gets
/// EngineStopped: only another process can use that device.
class LocalEngine : public Engine
{
public:
    using StoreFactory = std::function<Result<std::shared_ptr<CheckpointStore>>(
        const std::filesystem::path &workspace)>;
    struct Options
    {
        int threads = 0; ///< 0: all cores
        std::filesystem::path dataDir;
        StoreFactory stores; ///< opens the parts of a workspace; null: memory only
        PresetLibrary presets;
        std::string device = "cpu"; ///< of jobs; it is opened anew for each
        /// Opens `device`; null: device::openDevice. Tests put in their own.
        std::function<Result<device::Device>(std::string_view)> open {};
        /// Percent, "deviceLoad" of what is answered to "resources"; empty: device::loadOf(device).
        std::function<std::optional<int>()> deviceLoad {};
    };

    explicit LocalEngine(Options options);
    /// Cancels what runs and waits for it (finished layers stay in their checkpoints).
    ~LocalEngine() override;

    void setListener(Listener listener) override;
    Result<Json> hello() override;
    Result<JobId> submit(const JobRequest &request) override;
    Result<void> cancel(JobId job) override;
    Result<void> pause(JobId job) override;
    Result<void> resume(JobId job) override;
    Result<Json> ask(const Json &question) override;
    void supersede(const Json &newer) override;

private:
    class Private;
    std::unique_ptr<Private> m_p;
};

/// Cores this process may use.
[[nodiscard]] int defaultThreads();
/// Sets the threads of libtorch and of the kernels; once, at the start. No result depends on them.
void setEngineThreads(int threads);

} // namespace batlab
