// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"

#include <QString>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

/// Data and comparisons shared by the kernel tests.
namespace kernel_test {

using namespace batlab::kernels;

inline const std::vector<Format> formats { Format::mxfp4,     Format::mxfp8E4m3, Format::mxfp8E5m2,
                                           Format::mxfp6E2m3, Format::mxfp6E3m2, Format::mxint8,
                                           Format::nvfp4 };
inline const std::vector<ScaleRule> rules { ScaleRule::floor,    ScaleRule::ceil,
                                            ScaleRule::rceil,    ScaleRule::even,
                                            ScaleRule::ctEven,   ScaleRule::uos,
                                            ScaleRule::logRound, ScaleRule::prescale };
inline const std::vector<Ties> allTies { Ties::even, Ties::away, Ties::zero };

/// Every defined specification.
inline std::vector<QuantSpec> allSpecs()
{
    std::vector<QuantSpec> specs;
    for (const Format format : formats) {
        for (const ScaleRule rule : rules) {
            for (const Ties ties : allTies) {
                if (isDefined(format, rule)) {
                    specs.push_back(
                        { format, rule, ties, format == Format::nvfp4 ? 37.25F : 1.0F });
                }
            }
        }
    }
    return specs;
}

inline QString name(const QuantSpec &s)
{
    return QStringLiteral("format %1 rule %2 ties %3")
        .arg(int(s.format))
        .arg(int(s.rule))
        .arg(int(s.ties));
}

/// The levels this machine can run, the oracle left out.
inline std::vector<const Backend *> vectorLevels()
{
    std::vector<const Backend *> levels;
    for (const CpuLevel level : { CpuLevel::v2, CpuLevel::v3, CpuLevel::v4 }) {
        if (const Backend *backend = cpuBackend(level)) {
            levels.push_back(backend);
        }
    }
    return levels;
}
inline const Backend &oracle() { return *cpuBackend(CpuLevel::scalar); }

inline ConstMatrix view(const std::vector<float> &v, std::int64_t rows, std::int64_t cols)
{
    return { v.data(), DType::f32, rows, cols, cols };
}
inline Matrix view(std::vector<float> &v, std::int64_t rows, std::int64_t cols)
{
    return { v.data(), DType::f32, rows, cols, cols };
}
inline ConstMatrix view(const std::vector<std::uint16_t> &v, std::int64_t rows, std::int64_t cols)
{
    return { v.data(), DType::bf16, rows, cols, cols };
}
inline Matrix view(std::vector<std::uint16_t> &v, std::int64_t rows, std::int64_t cols)
{
    return { v.data(), DType::bf16, rows, cols, cols };
}

/// Gaussian blocks of random magnitude with a few outliers.
inline std::vector<float> gaussian(std::size_t count, unsigned seed, double outliers = 0.001)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::uniform_real_distribution<double> uniform;
    std::vector<float> x(count);
    for (float &v : x) {
        v = normal(random) * (uniform(random) < outliers ? 30.0F : 1.0F);
    }
    return x;
}

/// Blocks made to break quantizers: any bit pattern, ties at every step, boundaries of the scale
/// rules, subnormals, signed zeros, the largest values, and (if asked) NaN and infinities. `count`
/// is a multiple of 32.
inline std::vector<float> hostile(std::size_t count, unsigned seed, bool withNan = true)
{
    std::mt19937 random(seed);
    std::vector<float> x(count);
    auto bits = [&] { return static_cast<std::uint32_t>(random()); };
    for (std::size_t block = 0; block < count; block += 32) {
        const unsigned kind = bits() % 10;
        const std::uint32_t exponent = bits() % 255;
        for (std::size_t i = block; i < std::min(count, block + 32); ++i) {
            std::uint32_t u = bits();
            switch (kind) {
            case 0: // any finite pattern
                u = (u & 0x7f800000) == 0x7f800000 ? u & 0x3fffffff : u;
                break;
            case 1: // one binade and a few below: many ties once scaled
                u = ((exponent > (u & 7) ? exponent - (u & 7) : 0) << 23) | (u & 0x80700000);
                break;
            case 2: // around the thresholds of the scale rules
            {
                const std::uint32_t edges[] = { 0x000000, 0x3504f3, 0x400000, 0x600000, 0x680000,
                                                0x700000, 0x780000, 0x7a0000, 0x7e0000, 0x7fffff };
                u = (u & 0x80000000) | (exponent << 23)
                    | ((edges[(u >> 8) % 10] + (u % 3) - 1) & 0x7fffff);
                break;
            }
            case 3: u &= 0x807fffff; break; // subnormals
            case 4: u &= 0x80000000; break; // zeros
            case 5: u = (u & 0x80ffffff) | 0x7e000000; break; // largest
            case 6: // bf16 values of one scale
                u = (u & 0x807f0000) | (std::min(254U, exponent + (u >> 8) % 3) << 23);
                break;
            case 7: // a tie or its neighbour in nearly every format
                u = (u & 0x80000000) | ((exponent - (exponent > 4 ? (u >> 8) % 5 : 0)) << 23)
                    | (((((u >> 16) & 0x3f) * 0x020000 + 0x010000) + (u % 3) - 1) & 0x7fffff);
                break;
            case 8: u = (u & 0x80ffffff) | 0x3f000000; break; // ordinary
            default: // ordinary with a rare special
                u = (u & 0x80ffffff) | 0x3f000000;
                if (withNan && bits() % 32 == 0) {
                    u = bits() % 2 ? 0x7f800000 | (u & 0x80000000) : 0x7fc00001;
                }
            }
            if (!withNan && (u & 0x7f800000) == 0x7f800000) {
                u &= 0x80ffffff;
            }
            x[i] = std::bit_cast<float>(u);
        }
    }
    return x;
}

inline std::vector<std::uint16_t> toBf16(const std::vector<float> &x)
{
    std::vector<std::uint16_t> out(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        out[i] = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(x[i]) >> 16);
    }
    return out;
}

/// Number of elements whose bits differ; two NaNs count as equal.
inline std::size_t mismatches(const std::vector<float> &a, const std::vector<float> &b)
{
    std::size_t count = a.size() == b.size() ? 0 : 1;
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
        const bool bothNan = std::isnan(a[i]) && std::isnan(b[i]);
        count +=
            !bothNan && std::bit_cast<std::uint32_t>(a[i]) != std::bit_cast<std::uint32_t>(b[i]);
    }
    return count;
}
template<class T>
std::size_t mismatches(const std::vector<T> &a, const std::vector<T> &b)
{
    std::size_t count = a.size() == b.size() ? 0 : 1;
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
        count += std::memcmp(&a[i], &b[i], sizeof(T)) != 0;
    }
    return count;
}

} // namespace kernel_test
