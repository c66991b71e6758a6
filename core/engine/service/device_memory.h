// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/model/model_config.h"
#include "core/spec/run_spec.h"

#include <cstdint>

namespace batlab {

/// Bytes of a GPU's memory that a run needs, from shapes alone (performance.md 2.5, 2.6). Phases
/// follow one another: the largest counts.
struct DeviceNeed
{
    std::uint64_t fixed = 0; ///< runtime, embedding and head
    std::uint64_t layer = 0; ///< a layer in work: fp32 with folds, in the compute type, transformed
    std::uint64_t capture = 0; ///< second moments of the four sites
    std::uint64_t rounding = 0; ///< the widest Hessian while it is factorized
    std::uint64_t training =
        0; ///< of the largest batch: what its graph keeps, gradients of weights
    std::uint64_t passes = 0; ///< of a pass over the whole model: its layers, one layer's graph,
                              ///< streams between layers, a chunk of logits
    std::uint64_t sampling = 0; ///< all layers and their caches
    std::uint64_t evaluation = 0; ///< streams of a group of windows, a chunk of logits
    std::uint64_t stream =
        0; ///< one residual stream of all sequences: on the host if it does not fit
    std::int64_t batch = 0; ///< sequences of a training step; 0: nothing is trained

    /// The largest phase without streams.
    [[nodiscard]] std::uint64_t total() const;
};
[[nodiscard]] DeviceNeed deviceNeed(const RunSpec &spec, const ModelConfig &config);

/// The same of the host's memory, for a run on the CPU: its streams count in `fixed`.
[[nodiscard]] DeviceNeed hostNeed(const RunSpec &spec, const ModelConfig &config);

/// Error{outOfMemory} that names what helps if a run does not fit `freeBytes`.
[[nodiscard]] Result<void> checkDeviceMemory(const DeviceNeed &need, std::uint64_t freeBytes);
/// The same of the host's memory; 0 free bytes: unknown, and no error.
[[nodiscard]] Result<void> checkHostMemory(const DeviceNeed &need, std::uint64_t freeBytes);

} // namespace batlab
