// SPDX-License-Identifier: Apache-2.0
// Compiled once for each instruction set; BATLAB_ROW_ISA is the namespace. Vector extensions keep
// one source.
#include "core/engine/eval/row_kernels.h"

#include <cstring>

namespace batlab::eval::BATLAB_ROW_ISA {

namespace {

constexpr int kLanes = 16;
using F = float __attribute__((vector_size(kLanes * 4)));
using I = std::int32_t __attribute__((vector_size(kLanes * 4)));
using H = std::uint16_t __attribute__((vector_size(kLanes * 2)));
using D = double __attribute__((vector_size(kLanes * 8)));

// Beyond a row's end: finite, so that differences vanish, and low, so that its exponential does.
constexpr float kBeyond = -1e30F;

inline __attribute__((always_inline)) void load(F &out, const float *p)
{
    std::memcpy(&out, p, sizeof out);
}
inline __attribute__((always_inline)) void load(F &out, const std::uint16_t *p)
{
    H h;
    std::memcpy(&h, p, sizeof h);
    const I bits = __builtin_convertvector(h, I) << 16;
    std::memcpy(&out, &bits, sizeof out);
}

inline float toFloat(float x) { return x; }
inline float toFloat(std::uint16_t x)
{
    const std::uint32_t bits = static_cast<std::uint32_t>(x) << 16;
    float out = 0;
    std::memcpy(&out, &bits, sizeof out);
    return out;
}

template<class T>
inline void loadTail(F &out, const T *p, std::int64_t n, float fill)
{
    float buffer[kLanes];
    for (std::int64_t i = 0; i < kLanes; ++i)
        buffer[i] = i < n ? toFloat(p[i]) : fill;
    std::memcpy(&out, buffer, sizeof out);
}

/// exp(x) for x <= 0: 2^n * p(r), Taylor to the seventh power on |r| <= ln(2)/2.
inline __attribute__((always_inline)) void exponential(F &x)
{
    const F low = F {} - 87.0F;
    x = x < low ? low : x;
    const F magic = F {} + 12582912.0F; // 1.5 * 2^23: adding it rounds to an integer
    const F shifted = x * 1.44269504088896341F + magic;
    const F n = shifted - magic;
    const F r = (x - n * 0.693359375F) + n * 2.12194440e-4F;
    F p = r * (1.0F / 5040.0F) + (1.0F / 720.0F);
    p = p * r + (1.0F / 120.0F);
    p = p * r + (1.0F / 24.0F);
    p = p * r + (1.0F / 6.0F);
    p = p * r + 0.5F;
    p = p * r + 1.0F;
    p = p * r + 1.0F;
    I bits;
    std::memcpy(&bits, &shifted, sizeof bits);
    const I power = (bits - 0x4B400000 + 127) << 23;
    F factor;
    std::memcpy(&factor, &power, sizeof factor);
    x = p * factor;
}

inline __attribute__((always_inline)) double total(const F &v)
{
    const D d = __builtin_convertvector(v, D);
    double sum = 0;
    for (int i = 0; i < kLanes; ++i)
        sum += d[i];
    return sum;
}

template<class T>
void maximum(const T *row, std::int64_t n, float *max, std::int32_t *argmax)
{
    float best = toFloat(row[0]);
    std::int64_t bestPart = 0;
    bool nan = false;
    for (std::int64_t begin = 0; begin < n; begin += kRowPart) {
        const std::int64_t end = begin + kRowPart < n ? begin + kRowPart : n;
        F m = F {} + toFloat(row[begin]);
        I bad = I {};
        std::int64_t i = begin;
        for (; i + kLanes <= end; i += kLanes) {
            F x;
            load(x, row + i);
            bad |= x != x;
            m = x > m ? x : m;
        }
        if (i < end) {
            F x;
            loadTail(x, row + i, end - i, kBeyond);
            bad |= x != x;
            m = x > m ? x : m;
        }
        float partMax = m[0];
        for (int j = 0; j < kLanes; ++j) {
            partMax = m[j] > partMax ? m[j] : partMax;
            nan = nan || bad[j] != 0;
        }
        if (partMax > best) {
            best = partMax;
            bestPart = begin;
        }
    }
    if (nan)
        best = __builtin_nanf("");
    *max = best;
    *argmax = 0;
    const std::int64_t end = bestPart + kRowPart < n ? bestPart + kRowPart : n;
    for (std::int64_t i = bestPart; i < end; ++i)
        if (toFloat(row[i]) == best) {
            *argmax = static_cast<std::int32_t>(i);
            return;
        }
}

template<class T>
void exponentials(const T *row, std::int64_t n, float max, float scale, float *exps,
                  double *partSums)
{
    for (std::int64_t begin = 0, part = 0; begin < n; begin += kRowPart, ++part) {
        const std::int64_t end = begin + kRowPart < n ? begin + kRowPart : n;
        F sum[4] = {};
        std::int64_t i = begin;
        for (int lane = 0; i + kLanes <= end; i += kLanes, lane = (lane + 1) & 3) {
            F x;
            load(x, row + i);
            x = (x - max) * scale;
            exponential(x);
            if (exps)
                std::memcpy(exps + i, &x, sizeof x);
            sum[lane] += x;
        }
        if (i < end) {
            F x;
            loadTail(x, row + i, end - i, kBeyond);
            x = (x - max) * scale;
            exponential(x);
            for (std::int64_t j = 0; j < end - i; ++j) {
                sum[0][j] += x[j];
                if (exps)
                    exps[i + j] = x[j];
            }
        }
        partSums[part] = total((sum[0] + sum[1]) + (sum[2] + sum[3]));
    }
}

template<class T>
double difference(const float *weight, const T *a, const T *b, std::int64_t n)
{
    double sum = 0;
    for (std::int64_t begin = 0; begin < n; begin += kRowPart) {
        const std::int64_t end = begin + kRowPart < n ? begin + kRowPart : n;
        F part[4] = {};
        std::int64_t i = begin;
        for (int lane = 0; i + kLanes <= end; i += kLanes, lane = (lane + 1) & 3) {
            F w, x, y;
            load(w, weight + i);
            load(x, a + i);
            load(y, b + i);
            part[lane] += w * (x - y);
        }
        if (i < end) {
            F w, x, y;
            loadTail(w, weight + i, end - i, 0.0F);
            loadTail(x, a + i, end - i, 0.0F);
            loadTail(y, b + i, end - i, 0.0F);
            part[0] += w * (x - y);
        }
        sum += total((part[0] + part[1]) + (part[2] + part[3]));
    }
    return sum;
}

} // namespace

const RowKernels kTable { &maximum<float>,      &maximum<std::uint16_t>,
                          &exponentials<float>, &exponentials<std::uint16_t>,
                          &difference<float>,   &difference<std::uint16_t> };

} // namespace batlab::eval::BATLAB_ROW_ISA
