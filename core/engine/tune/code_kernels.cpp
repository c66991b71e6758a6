// SPDX-License-Identifier: Apache-2.0
// Compiled once for each instruction set; BATLAB_CODE_ISA is the namespace. Vector extensions keep
// one source.
#include "core/engine/tune/code_kernels.h"

#include <cmath>
#include <cstring>

namespace batlab::tune::BATLAB_CODE_ISA {

namespace {

constexpr int kLanes = 16; // divides every block
using F = float __attribute__((vector_size(kLanes * 4)));
using I = std::int32_t __attribute__((vector_size(kLanes * 4)));
using U = std::uint32_t __attribute__((vector_size(kLanes * 4)));
using I16 = std::int16_t __attribute__((vector_size(kLanes * 2)));
using U16 = std::uint16_t __attribute__((vector_size(kLanes * 2)));
using I8 = std::int8_t __attribute__((vector_size(kLanes)));

template<class Wide, class Narrow>
inline __attribute__((always_inline)) void load(Wide &out, const void *p)
{
    Narrow narrow;
    std::memcpy(&narrow, p, sizeof narrow);
    out = __builtin_convertvector(narrow, Wide);
}

inline __attribute__((always_inline)) void loadBf16(F &out, const std::uint16_t *p)
{
    U bits;
    load<U, U16>(bits, p);
    bits <<= 16;
    std::memcpy(&out, &bits, sizeof out);
}

/// To nearest even; finite values only.
inline __attribute__((always_inline)) void storeBf16(std::uint16_t *p, const F &x)
{
    U bits;
    std::memcpy(&bits, &x, sizeof bits);
    bits = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
    const U16 narrow = __builtin_convertvector(bits, U16);
    std::memcpy(p, &narrow, sizeof narrow);
}

/// placeOf() of 16 codes.
inline __attribute__((always_inline)) void places(I &out, const I &start, const I &offset)
{
    const I place =
        start + ((offset <= -kCodeStep / 2) - (offset >= kCodeStep / 2)); // a mask is -1
    const I top = I {} + kTopPlace;
    out = place > top ? top : place < -top ? -top : place;
}

/// E2M1 by place: 0, 1/2, 1, 3/2, 2, 3, 4, 6.
inline __attribute__((always_inline)) void values(F &out, const I &place)
{
    const F zero {};
    const F p = __builtin_convertvector(place, F);
    const F size = p < zero ? -p : p;
    const F four = size - 4.0F;
    const F six = size - 6.0F;
    const F value = size * 0.5F + (four > zero ? four : zero) * 0.5F + (six > zero ? six : zero);
    out = p < zero ? -value : value;
}

/// Mean distance of a place to its neighbours, the slope of value over place: 1/2 up to 3/2, then
/// 3/4, 1, 3/2, 2.
inline __attribute__((always_inline)) void slopes(F &out, const I &place)
{
    const F zero {};
    const F p = __builtin_convertvector(place, F);
    const F size = p < zero ? -p : p;
    const F three = size - 3.0F;
    const F five = size - 5.0F;
    out = 0.5F + (three > zero ? three : zero) * 0.25F + (five > zero ? five : zero) * 0.25F;
}

inline __attribute__((always_inline)) void writeWeights(const CodeBlocks &c, std::int64_t at,
                                                        const I &place, float scale)
{
    F value;
    values(value, place);
    value *= scale;
    if (c.weight16 != nullptr)
        storeBf16(c.weight16 + at, value);
    else
        std::memcpy(c.weight32 + at, &value, sizeof value);
}

void refresh(const CodeBlocks &c, std::int64_t begin, std::int64_t end)
{
    for (std::int64_t b = begin; b < end; ++b)
        for (std::int64_t at = b * c.block; at < (b + 1) * c.block; at += kLanes) {
            I start, offset, place;
            load<I, I8>(start, c.start + at);
            load<I, I16>(offset, c.offset + at);
            places(place, start, offset);
            writeWeights(c, at, place, c.scales[b]);
        }
}

void step(const CodeBlocks &c, std::int64_t begin, std::int64_t end)
{
    const F round = F {} + 12582912.0F; // 1.5 * 2^23: adding it rounds to an integer
    const F one = F {} + float(kCodeStep);
    const int parts = c.block > kLanes ? 2 : 1;
    for (std::int64_t b = begin; b < end; ++b) {
        const std::int64_t first = b * c.block;
        F gradient[2];
        F energy {};
        for (int i = 0; i < parts; ++i) {
            const std::int64_t at = first + std::int64_t { i } * kLanes;
            F &g = gradient[i];
            if (c.gradient16 != nullptr)
                loadBf16(g, c.gradient16 + at);
            else
                std::memcpy(&g, c.gradient32 + at, sizeof g);
            I start, offset, place;
            load<I, I8>(start, c.start + at);
            load<I, I16>(offset, c.offset + at);
            places(place, start, offset);
            F slope;
            slopes(slope, place);
            g *= slope * c.scales[b];
            energy += g * g;
        }
        double sum = 0;
        for (int lane = 0; lane < kLanes; ++lane)
            sum += double(energy[lane]);
        const double square =
            c.beta2 * double(c.square[b]) + (1 - c.beta2) * sum / static_cast<double>(c.block);
        c.square[b] = static_cast<float>(square);
        const double spread = std::sqrt(square / c.correction2);
        if (!(spread > 1e-30) || !std::isfinite(spread))
            continue;
        const auto unit = static_cast<float>(c.unit / spread);
        for (int i = 0; i < parts; ++i) {
            const std::int64_t at = first + std::int64_t { i } * kLanes;
            F mean;
            loadBf16(mean, c.mean + at);
            mean = c.beta1 * mean + (1 - c.beta1) * gradient[i];
            storeBf16(c.mean + at, mean);
            F move = mean * unit;
            move = move > 2 * one ? 2 * one : move < -2 * one ? -2 * one : move;
            move = (move + round) - round;
            I start, offset, place;
            load<I, I8>(start, c.start + at);
            load<I, I16>(offset, c.offset + at);
            F moved = __builtin_convertvector(offset, F) - move;
            moved = moved > one ? one : moved < -one ? -one : moved;
            offset = __builtin_convertvector(moved, I);
            const I16 narrow = __builtin_convertvector(offset, I16);
            std::memcpy(c.offset + at, &narrow, sizeof narrow);
            places(place, start, offset);
            writeWeights(c, at, place, c.scales[b]);
        }
    }
}

} // namespace

const CodeKernels kCodeTable { &refresh, &step };

} // namespace batlab::tune::BATLAB_CODE_ISA
