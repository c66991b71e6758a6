// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace batlab::calib {

/// AdamW (eps 1e-8, decoupled weight decay) over one flat fp32 parameter vector,
/// fused, in a fixed order.
struct AdamW
{
    std::vector<float> m, v;
    std::int64_t step = 0;
    double weightDecay = 0.01;
    double beta1 = 0.9, beta2 = 0.999;

    explicit AdamW(std::size_t size) : m(size, 0.0F), v(size, 0.0F) { }
    /// parameter -= lr*factor[i]*(update); gradients are scaled down to `maxNorm` first if maxNorm
    /// > 0. A gradient that is not finite changes nothing but the step: false.
    bool update(float *parameter, const float *gradient, const std::vector<float> &factor,
                double lr, double maxNorm);
};

/// Cosine from 1 at step 0 to `floor` at step `total`.
[[nodiscard]] double cosine(std::int64_t step, std::int64_t total, double floor);

} // namespace batlab::calib
