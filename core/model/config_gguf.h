// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/model/gguf_file.h"
#include "core/model/model_config.h"

#include <functional>
#include <string_view>

namespace batlab {

/// The model's shape from GGUF key-values. `has(name)` says whether a tensor of that GGUF name
/// exists (biases, output.weight), `vocab` is the number of embedding rows.
/// Errors: unsupported (architecture, rope kind, mixture of experts), badInput.
[[nodiscard]] Result<ModelConfig> configFromGguf(const GgufFile &file,
                                                 const std::function<bool(std::string_view)> &has,
                                                 std::int64_t vocab);

/// Checks that sizes are positive, consistent and small enough for 64-bit products.
[[nodiscard]] Result<void> checkConfig(const ModelConfig &config, const std::string &where);

} // namespace batlab
