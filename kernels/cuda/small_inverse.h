// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/group.h"

#include <cmath>
#include <cstdint>

/// Inverses of n x n matrices, n <= 32, by one warp in shared memory: lane c works on column c.
/// Gauss-Jordan with partial pivoting: in fp64 up to n = 8; beyond, in fp32 with one Newton step X
/// (2 I - M X) in fp64, which brings max |M X - I| from 2e-5 to 3e-7 at cond 1e3 (performance.md
/// 3.5).
namespace batlab::kernels::cuda {

constexpr int maxInverse = 32;

struct InverseInfo
{
    float condition; ///< |M|_1 |M^-1|_1; infinity where singular
    std::int32_t singular; ///< 1: a pivot was zero or not finite; the inverse is then all NaN
};

/// What one warp needs in shared memory.
struct InverseScratch
{
    double inverse[maxInverse * maxInverse];
    double product[maxInverse * maxInverse];
    union
    {
        double work[maxInverse * maxInverse]; ///< the matrix, or the residual
        float low[2][maxInverse * maxInverse]; ///< matrix and inverse in fp32
    };
    union
    {
        double factor[maxInverse];
        float lowFactor[maxInverse];
    };
    double norm[2][maxInverse];
    int pivot;
    int singular;
};

namespace detail {

template<class Real, class Group>
BATLAB_HD void gaussJordan(Group &group, int n, Real *m, Real *x, Real *factor,
                           InverseScratch &shared)
{
    for (int k = 0; k < n; ++k) {
        group.each([&](int lane) {
            if (lane != 0) {
                return;
            }
            int best = k;
            for (int r = k + 1; r < n; ++r) {
                best = fabs(m[r * n + k]) > fabs(m[best * n + k]) ? r : best;
            }
            shared.pivot = best;
        });
        group.each([&](int c) {
            if (c >= n) {
                return;
            }
            const int p = shared.pivot;
            const Real top = m[k * n + c];
            m[k * n + c] = m[p * n + c];
            m[p * n + c] = top;
            const Real other = x[k * n + c];
            x[k * n + c] = x[p * n + c];
            x[p * n + c] = other;
            if (c == k) {
                const Real pivot = m[k * n + k];
                const bool bad = !(fabs(pivot) > Real(0)) || !(fabs(pivot) < Real(3.0e38));
                shared.singular |= bad ? 1 : 0;
                factor[k] = bad ? Real(0) : Real(1) / pivot;
            }
        });
        group.each([&](int c) {
            if (c >= n) {
                return;
            }
            const Real scale = factor[k];
            if (c != k) {
                m[k * n + c] *= scale;
            }
            x[k * n + c] *= scale;
        });
        group.each([&](int c) {
            for (int r = 0; r < n && c < n; ++r) {
                const Real f = r == k ? Real(0) : m[r * n + k];
                if (c != k) {
                    m[r * n + c] -= f * m[k * n + c];
                }
                x[r * n + c] -= f * x[k * n + c];
            }
        });
    }
}

} // namespace detail

/// inverse of in [n, n] row-major (or its transpose) to out; info may be null.
template<class Group>
BATLAB_HD void invertMatrix(Group &group, InverseScratch &shared, const float *in, int n,
                            bool transpose, float *out, InverseInfo *info)
{
    float *const low = shared.low[0];
    float *const lowInverse = shared.low[1];
    const bool wide = n <= 8;
    group.each([&](int c) {
        if (c == 0) {
            shared.singular = 0;
        }
        for (int r = 0; r < n && c < n; ++r) {
            const float one = r == c ? 1.0F : 0.0F;
            if (wide) {
                shared.work[r * n + c] = static_cast<double>(in[r * n + c]);
                shared.inverse[r * n + c] = static_cast<double>(one);
            } else {
                low[r * n + c] = in[r * n + c];
                lowInverse[r * n + c] = one;
            }
        }
    });
    if (wide) {
        detail::gaussJordan<double>(group, n, shared.work, shared.inverse, shared.factor, shared);
    } else {
        detail::gaussJordan<float>(group, n, low, lowInverse, shared.lowFactor, shared);
        group.each([&](int c) {
            for (int r = 0; r < n && c < n; ++r) {
                shared.inverse[r * n + c] = static_cast<double>(lowInverse[r * n + c]);
            }
        });
        group.each([&](int c) { // R = I - M X
            for (int r = 0; r < n && c < n; ++r) {
                double sum = r == c ? 1.0 : 0.0;
                for (int i = 0; i < n; ++i) {
                    sum -= static_cast<double>(in[r * n + i]) * shared.inverse[i * n + c];
                }
                shared.work[r * n + c] = sum;
            }
        });
        group.each([&](int c) { // X R
            for (int r = 0; r < n && c < n; ++r) {
                double sum = 0.0;
                for (int i = 0; i < n; ++i) {
                    sum += shared.inverse[r * n + i] * shared.work[i * n + c];
                }
                shared.product[r * n + c] = sum;
            }
        });
        group.each([&](int c) {
            for (int r = 0; r < n && c < n; ++r) {
                shared.inverse[r * n + c] += shared.product[r * n + c];
            }
        });
    }
    group.each([&](int c) {
        double sums[2] = { 0.0, 0.0 };
        for (int r = 0; r < n && c < n; ++r) {
            const double value = shared.inverse[r * n + c];
            const float rounded =
                shared.singular != 0 ? floatOf(0x7fc00000U) : static_cast<float>(value);
            out[transpose ? c * n + r : r * n + c] = rounded;
            sums[0] += fabs(static_cast<double>(in[r * n + c]));
            sums[1] += fabs(value);
        }
        shared.norm[0][c] = sums[0];
        shared.norm[1][c] = sums[1];
    });
    group.each([&](int lane) {
        if (lane != 0 || info == nullptr) {
            return;
        }
        double norm[2] = { 0.0, 0.0 };
        for (int c = 0; c < n; ++c) {
            norm[0] = shared.norm[0][c] > norm[0] ? shared.norm[0][c] : norm[0];
            norm[1] = shared.norm[1][c] > norm[1] ? shared.norm[1][c] : norm[1];
        }
        info->singular = shared.singular;
        info->condition =
            shared.singular != 0 ? floatOf(0x7f800000U) : static_cast<float>(norm[0] * norm[1]);
    });
}

} // namespace batlab::kernels::cuda
