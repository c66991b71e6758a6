// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/model/model_config.h"
#include "core/model/model_source.h"

#include <string>
#include <vector>

namespace batlab {

/// Calls visit(name, shape) for every tensor a forward pass of this model reads, by canonical
/// name; stops when it returns false.
void visitRequiredTensors(
    const ModelConfig &config,
    const std::function<bool(const std::string &, const std::vector<std::int64_t> &)> &visit);

/// Every required tensor is in `tensors` (sorted by name), has its shape and a storage that can be
/// decoded to numbers. The error names the tensor.
[[nodiscard]] Result<void> checkRequiredTensors(const ModelConfig &config,
                                                const std::vector<TensorInfo> &tensors,
                                                const std::string &where);

} // namespace batlab
