// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <functional>
#include <vector>

namespace batlab::calib {

/// A residual stream [sequences, length, hidden] of a model on `device`. It lives there while it
/// takes at most a sixth of the free memory (a pass holds up to five; performance.md 3.2.7). On the
/// host, above `memoryLimit` bytes, it lives in an unlinked file in `folder` (mmapped), so that
/// memory stays bounded whatever the calibration set; otherwise, or without a folder, in memory,
/// pinned for CUDA.
[[nodiscard]] at::Tensor makeStream(at::IntArrayRef shape, at::ScalarType type,
                                    const std::filesystem::path &folder,
                                    at::Device device = at::kCPU,
                                    std::int64_t memoryLimit = std::int64_t { 1 } << 30);

/// Descriptor of a new file in `folder` without a name, gone with the last use of it; negative with
/// errno where there can be none.
[[nodiscard]] int unlinkedFile(const std::filesystem::path &folder);

/// Sequences handled at once: as many as give about 2,048 tokens.
[[nodiscard]] std::int64_t sequencesPerBatch(std::int64_t length);

/// Sequences `rows` of a stream, their first `length` tokens, on `device`. A pinned stream is sent
/// sequence by sequence without waiting; nothing is sent where the stream is there already.
[[nodiscard]] at::Tensor takeSequences(const at::Tensor &stream, at::IntArrayRef rows,
                                       std::int64_t length, c10::Device device);
/// The same into `out` [rows, length, hidden] of any device.
void takeSequences(const at::Tensor &stream, at::IntArrayRef rows, std::int64_t length,
                   at::Tensor &out);

/// A seeded permutation of [0, n), the order of one epoch.
[[nodiscard]] std::vector<std::int64_t> shuffledOrder(std::int64_t n, std::uint64_t seed);

/// body(first, count) over [0, sequences) in batches.
void forBatches(std::int64_t sequences, std::int64_t batch,
                const std::function<void(std::int64_t, std::int64_t)> &body);

} // namespace batlab::calib
