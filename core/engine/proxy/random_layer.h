// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/proxy/proxy.h"

namespace batlab::proxy {

/// A layer of random numbers with outlier channels in the shapes of `config`, and what its sites
/// see of `tokens` random tokens: to time questions about models that are not here.
[[nodiscard]] LayerCache randomLayer(const ModelConfig &config, std::int64_t tokens);

} // namespace batlab::proxy
