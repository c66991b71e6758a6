// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/model/model_source.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace batlab {

/// Whether a model computes at all, told before a run from its first layer on a few tokens of its
/// vocabulary, on the CPU: what a damaged file or a wrong configuration does shows there. Reads
/// that layer and 32 rows of the embedding. Thread-safe.
class FirstLayerCheck
{
public:
    /// dtype: "bf16" or "fp32". Errors name the tensor that cannot be read, or the place from which
    /// numbers are not finite. Success and what is wrong with the model (badInput) are kept by
    /// model hash; a layer that takes more than half of the free memory is not looked at.
    [[nodiscard]] Result<void> check(const std::shared_ptr<const ModelSource> &source,
                                     std::string_view dtype);

private:
    std::mutex m_mutex;
    std::map<std::string, Result<void>> m_known;
};

} // namespace batlab
