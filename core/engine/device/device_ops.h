// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"

#include <c10/core/Device.h>

#include <cstddef>
#include <cstdint>

/// Operations that a device may bring beyond the Backend table. Where one is null the engine runs
/// libtorch's operators instead, with the same results but for the last bits. All pointers are the
/// device's; calls queue their work and return (quant::Launch tells of failures).
namespace batlab::device {

/// `count` matrices [n, n] fp32, row-major, one after the other; `out` gets their inverses, or the
/// transposes of those; all NaN where a matrix is singular.
struct InverseJob
{
    const float *in = nullptr;
    float *out = nullptr;
    int n = 0;
    std::int64_t count = 0;
    bool transpose = false;
};
inline constexpr int kMostInverseRows = 32;
inline constexpr int kMostInverseJobs = 16; ///< of one call

/// A run of parameters with its own factor of the learning rate; runs are sorted and cover all.
struct RateRun
{
    std::int64_t begin = 0; ///< first parameter
    float factor = 1;
    float weightDecay = 0;
};
static_assert(sizeof(RateRun) == 16);

/// One step of AdamW over a flat vector (calib/adamw.h: the same rule).
struct AdamWStep
{
    float *parameters = nullptr;
    const float *gradients = nullptr;
    float *mean = nullptr, *square = nullptr; ///< moments
    std::int64_t count = 0;
    const RateRun *runs = nullptr;
    int runCount = 0;
    const float *loss = nullptr; ///< one value; where it is not finite the step is only counted
    std::int64_t *step = nullptr; ///< steps taken so far; counted up
    const double *learningRate = nullptr; ///< one value of the device: of this step
    /// One value of the device, or null: set to 1, or to 0 where the gradient is not finite and the
    /// step is only counted. Not written where the loss is not finite.
    float *taken = nullptr;
    double beta1 = 0.9, beta2 = 0.999;
    double maxNorm = 0; ///< gradients are scaled down to this norm; 0: they are not
};

/// Recording what the host gives a device to do, and giving it again in one call (CUDA graphs;
/// performance.md 3.2.5). One thread uses a recorder. What fails writes why to `error`.
struct GraphOps
{
    /// A recorder for device `index`: until close() the work of this thread goes to a queue of its
    /// own, which can be recorded, behind what was queued before. Null: it failed.
    void *(*open)(int index, char *error, std::size_t capacity) = nullptr;
    /// From here to end() the queue takes note and runs nothing: who reads a result fails.
    bool (*begin)(void *recorder, char *error, std::size_t capacity) = nullptr;
    /// The number of the graph, from 0 on; -1: it failed, or was not to be kept. The memory that
    /// the step took stays its own until close().
    int (*end)(void *recorder, bool keep, char *error, std::size_t capacity) = nullptr;
    /// Queues a graph.
    bool (*replay)(void *recorder, int graph, char *error, std::size_t capacity) = nullptr;
    /// Frees recorder and graphs; this thread's queue is the earlier one again, behind this one.
    void (*close)(void *recorder) = nullptr;
};

struct DeviceOps
{
    /// All jobs in one launch.
    void (*smallInverses)(const InverseJob *jobs, int count, const kernels::Exec &exec) = nullptr;
    void (*adamW)(const AdamWStep &step, const kernels::Exec &exec) = nullptr;
    const GraphOps *graphs = nullptr; ///< null: it cannot record
};

/// Those of a kind of device; all null where it has none.
[[nodiscard]] const DeviceOps &opsOf(c10::DeviceType type);

} // namespace batlab::device
