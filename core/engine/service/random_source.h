// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/model_source.h"

#include <memory>

namespace batlab {

/// A model of this shape with random weights (uniform, variance 1/in; norms 1; every 97th channel
/// of the embedding 20 times larger, for outliers), made when they are read: for benchmarks,
/// without files. The same values for a seed on every machine.
[[nodiscard]] std::shared_ptr<const ModelSource> randomSource(const ModelConfig &config,
                                                              std::uint64_t seed = 1);

/// Qwen3-8B's shape.
[[nodiscard]] ModelConfig qwen3Shape();

} // namespace batlab
