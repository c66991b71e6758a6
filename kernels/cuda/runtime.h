// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"
#include "kernels/cuda/launch_plan.h"
#include "kernels/cuda/status.h"

#include <cuda_runtime_api.h>

/// What every .cu file needs around its launches: checked calls, the stream, scratch memory.
namespace batlab::kernels::cuda {

/// Notes a failed call in lastError(); true if it succeeded.
inline bool check(cudaError_t code, const char *where)
{
    if (code != cudaSuccess) {
        noteError(static_cast<int>(code), cudaGetErrorName(code), cudaGetErrorString(code), where);
    }
    return code == cudaSuccess;
}

/// To be called after every launch.
inline bool checkLaunch(const char *where) { return check(cudaGetLastError(), where); }

/// Notes arguments that no kernel takes.
inline void refuse(const char *text, const char *where)
{
    noteError(badArguments, "badArguments", text, where);
}

inline cudaStream_t streamOf(const Exec &exec) { return static_cast<cudaStream_t>(exec.stream); }

inline dim3 gridOf(const LaunchPlan &plan) { return dim3(plan.gridX, plan.gridY, 1); }
inline dim3 blockOf(const LaunchPlan &plan) { return dim3(plan.blockX, plan.blockY, 1); }

/// Limits of the current device; asked once per device and process. Without a device: the smallest
/// ones we build for, and an error is noted.
[[nodiscard]] const DeviceLimits &currentDevice();

/// Device memory for one operation: the caller's scratch if it is large enough, else an allocation
/// in the stream's order, freed in that order too (graph capture records both).
class Scratch
{
public:
    Scratch(const Exec &exec, std::size_t bytes, const char *where);
    ~Scratch();
    Scratch(const Scratch &) = delete;
    Scratch &operator=(const Scratch &) = delete;
    /// Null when there was no memory; the error is noted then.
    [[nodiscard]] void *data() const { return m_data; }
    template<class T>
    [[nodiscard]] T *as() const
    {
        return static_cast<T *>(m_data);
    }

private:
    void *m_data = nullptr;
    cudaStream_t m_stream = nullptr;
    bool m_owned = false;
};

} // namespace batlab::kernels::cuda
