// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/adamw.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace batlab::calib {

bool AdamW::update(float *parameter, const float *gradient, const std::vector<float> &factor,
                   double lr, double maxNorm)
{
    constexpr double eps = 1e-8;
    double norm2 = 0;
    for (std::size_t i = 0; i < m.size(); ++i)
        norm2 += double(gradient[i]) * double(gradient[i]);
    if (!std::isfinite(norm2)) {
        ++step;
        return false;
    }
    const double norm = std::sqrt(norm2);
    const double scale = maxNorm > 0 && norm > maxNorm ? maxNorm / norm : 1.0;
    ++step;
    const double correction1 = 1 - std::pow(beta1, static_cast<double>(step));
    const double correction2 = 1 - std::pow(beta2, static_cast<double>(step));
    for (std::size_t i = 0; i < m.size(); ++i) {
        const double g = gradient[i] * scale;
        m[i] = static_cast<float>(beta1 * m[i] + (1 - beta1) * g);
        v[i] = static_cast<float>(beta2 * v[i] + (1 - beta2) * g * g);
        const double rate = lr * factor[i];
        const double update = (m[i] / correction1) / (std::sqrt(v[i] / correction2) + eps);
        parameter[i] = static_cast<float>(parameter[i] * (1 - rate * weightDecay) - rate * update);
    }
    return true;
}

double cosine(std::int64_t step, std::int64_t total, double floor)
{
    const double t = std::clamp(static_cast<double>(step)
                                    / static_cast<double>(std::max<std::int64_t>(total, 1)),
                                0.0, 1.0);
    return floor + (1 - floor) * 0.5 * (1 + std::cos(std::numbers::pi * t));
}

} // namespace batlab::calib
