// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/host_device.h"

#include <cmath>
#include <cstdint>

/// AdamW with a cosine rate over one flat fp32 vector, nothing read back to the host
/// (performance.md 3.2, item 4). The formula is the engine's CPU optimizer's, term by term: fp64
/// arithmetic on fp32 storage, gradients scaled down to a norm, decoupled weight decay.
namespace batlab::kernels::cuda {

/// A run of parameters with its own rate; segments are sorted and cover the vector.
struct AdamSegment
{
    std::int64_t begin; ///< first parameter
    float rateFactor; ///< multiplies the learning rate
    float weightDecay;
};

struct AdamSettings
{
    double learningRate = 2e-3;
    double beta1 = 0.9, beta2 = 0.999;
    double eps = 1e-8;
    double maxNorm = 0.0; ///< of the whole gradient; 0: no limit
    std::int64_t totalSteps = 1; ///< cosine from 1 at step 0 to minFactor at this step
    double minFactor = 0.0;
    /// One value on the device that stands for learningRate, so that a recorded step reads the
    /// present one; null: none.
    const double *rate = nullptr;
    /// One value on the device: set to 1 where the gradient is finite, to 0 where it is not; null:
    /// not wanted.
    float *taken = nullptr;
};

/// What all parameters of one step share.
struct AdamStep
{
    double gradientScale, rate, correction1, correction2;
    bool taken; ///< false: the gradient is not finite, and nothing changes
};

/// cos(pi t), t in [0, 1]; on the device without the stack that reducing large angles needs.
BATLAB_HD inline double cosPi(double t)
{
#if defined(__CUDA_ARCH__)
    return cospi(t);
#else
    return cos(3.14159265358979323846 * t);
#endif
}

/// base^n by squaring, equal on both sides.
BATLAB_HD inline double integerPower(double base, std::int64_t n)
{
    double result = 1.0;
    for (; n > 0; n /= 2) {
        result = n % 2 != 0 ? result * base : result;
        base *= base;
    }
    return result;
}

/// Cosine from 1 at step 0 to `floor` at step `total`.
BATLAB_HD inline double cosineFactor(std::int64_t step, std::int64_t total, double floor)
{
    const double t = static_cast<double>(step) / static_cast<double>(total > 1 ? total : 1);
    const double clamped = t < 0.0 ? 0.0 : t > 1.0 ? 1.0 : t;
    return floor + (1.0 - floor) * 0.5 * (1.0 + cosPi(clamped));
}

/// `done`: steps taken before this one; norm2: sum of the squared gradient. Whoever calls it writes
/// the same `taken`.
BATLAB_HD inline AdamStep adamStep(const AdamSettings &s, std::int64_t done, double norm2)
{
    const double norm = sqrt(norm2);
    const double rate = s.rate != nullptr ? *s.rate : s.learningRate;
    const bool taken = norm2 <= 1.7976931348623157e308; // neither infinite nor NaN
    if (s.taken != nullptr) {
        *s.taken = taken ? 1.0F : 0.0F;
    }
    return { s.maxNorm > 0.0 && norm > s.maxNorm ? s.maxNorm / norm : 1.0,
             rate * cosineFactor(done, s.totalSteps, s.minFactor),
             1.0 - integerPower(s.beta1, done + 1), 1.0 - integerPower(s.beta2, done + 1), taken };
}

/// One parameter with its moments m and v.
BATLAB_HD inline void adamUpdate(const AdamSettings &s, const AdamStep &step,
                                 const AdamSegment &segment, float gradient, float &parameter,
                                 float &m, float &v)
{
    if (!step.taken) {
        return;
    }
    const double g = static_cast<double>(gradient) * step.gradientScale;
    m = static_cast<float>(s.beta1 * static_cast<double>(m) + (1.0 - s.beta1) * g);
    v = static_cast<float>(s.beta2 * static_cast<double>(v) + (1.0 - s.beta2) * g * g);
    const double rate = step.rate * static_cast<double>(segment.rateFactor);
    const double update = (static_cast<double>(m) / step.correction1)
        / (sqrt(static_cast<double>(v) / step.correction2) + s.eps);
    parameter = static_cast<float>(static_cast<double>(parameter)
                                       * (1.0 - rate * static_cast<double>(segment.weightDecay))
                                   - rate * update);
}

/// Whether a step changes anything: its loss is finite, or was not given.
BATLAB_HD inline bool mayStep(const float *loss)
{
    return loss == nullptr || fabs(static_cast<double>(*loss)) <= 3.4028234663852886e38;
}

/// Index of the segment that holds parameter i.
BATLAB_HD inline int adamSegmentOf(const AdamSegment *segments, int count, std::int64_t i)
{
    int low = 0;
    int high = count;
    while (high - low > 1) {
        const int middle = (low + high) / 2;
        (segments[middle].begin <= i ? low : high) = middle;
    }
    return low;
}

/// Blocks whose sums of squares the update adds in order.
constexpr int adamBlocks = 128;
constexpr int adamThreads = 256;

} // namespace batlab::kernels::cuda
