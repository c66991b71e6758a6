// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/mma_layout.h"

#include <cstdint>
#include <type_traits>

/// One warp, seen as 32 states and the exchanges between them. A kernel body is a template over the
/// policy: DeviceWarp keeps one lane's state in registers, HostWarp all 32 in memory and does the
/// same exchanges in plain C++, so that tests run the very same body on the CPU.
namespace batlab::kernels::cuda {

/// References to one lane's operands of an m16n8k16 product, c += a b.
struct MmaLane
{
    float &c0, &c1, &c2, &c3;
    std::uint32_t a0, a1, a2, a3, b0, b1;
};

#if defined(__CUDACC__)
/// `each` runs on this lane only; exchanges are warp instructions.
template<class State>
class DeviceWarp
{
public:
    BATLAB_HD explicit DeviceWarp(int lane) : m_lane(lane) { }
    State &state() { return m_state; }

    template<class F>
    BATLAB_HD void each(const F &f)
    {
        f(m_state, m_lane);
    }

    /// Replaces get(state) in the 4 lanes of a quad by op over them: pairs first.
    template<class Get, class Op>
    BATLAB_HD void quadReduce(const Get &get, const Op &op)
    {
#if defined(__CUDA_ARCH__)
        auto &value = get(m_state);
        value = op(value, __shfl_xor_sync(0xffffffffU, value, 1));
        value = op(value, __shfl_xor_sync(0xffffffffU, value, 2));
#endif
    }

    /// All lanes arrive: products and transposes need them at the same instruction, which nothing
    /// promises after a branch that only some took.
    BATLAB_HD void converge()
    {
#if defined(__CUDA_ARCH__)
        __syncwarp();
#endif
    }

    /// volatile: must not sink into a branch either.
    template<class Get>
    BATLAB_HD void mma(const Get &get)
    {
#if defined(__CUDA_ARCH__)
        MmaLane m = get(m_state);
        asm volatile(
            "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, "
            "{%8,%9}, {%0,%1,%2,%3};"
            : "+f"(m.c0), "+f"(m.c1), "+f"(m.c2), "+f"(m.c3)
            : "r"(m.a0), "r"(m.a1), "r"(m.a2), "r"(m.a3), "r"(m.b0), "r"(m.b1));
#endif
    }

    /// Transposes the 8 x 8 matrix of 16-bit values whose row g, columns 2t and 2t + 1 lane (g, t)
    /// holds.
    template<class Get>
    BATLAB_HD void transpose8(const Get &get)
    {
#if defined(__CUDA_ARCH__)
        std::uint32_t &value = get(m_state);
        asm volatile("movmatrix.sync.aligned.m8n8.trans.b16 %0, %0;" : "+r"(value));
#endif
    }

private:
    State m_state {};
    int m_lane;
};
#endif

/// The same over 32 states in memory.
template<class State>
class HostWarp
{
public:
    State &state(int lane) { return m_states[lane]; }
    void converge() { }

    template<class F>
    void each(const F &f)
    {
        for (int lane = 0; lane < warpLanes; ++lane) {
            f(m_states[lane], lane);
        }
    }

    template<class Get, class Op>
    void quadReduce(const Get &get, const Op &op)
    {
        using Value = std::decay_t<decltype(get(m_states[0]))>;
        for (int stride = 1; stride < 4; stride *= 2) {
            Value before[warpLanes];
            for (int lane = 0; lane < warpLanes; ++lane) {
                before[lane] = get(m_states[lane]);
            }
            for (int lane = 0; lane < warpLanes; ++lane) {
                get(m_states[lane]) = op(before[lane], before[lane ^ stride]);
            }
        }
    }

    template<class Get>
    void mma(const Get &get)
    {
        float a[16][16];
        float b[16][8];
        float c[16][8];
        for (int lane = 0; lane < warpLanes; ++lane) {
            const MmaLane m = get(m_states[lane]);
            const std::uint32_t ra[4] = { m.a0, m.a1, m.a2, m.a3 };
            const std::uint32_t rb[2] = { m.b0, m.b1 };
            const float rc[4] = { m.c0, m.c1, m.c2, m.c3 };
            for (int e = 0; e < 8; ++e) {
                a[mmaCellA(lane, e).row][mmaCellA(lane, e).col] = half(ra[e / 2], e % 2);
            }
            for (int e = 0; e < 4; ++e) {
                b[mmaCellB(lane, e).row][mmaCellB(lane, e).col] = half(rb[e / 2], e % 2);
                c[mmaCellC(lane, e).row][mmaCellC(lane, e).col] = rc[e];
            }
        }
        for (int lane = 0; lane < warpLanes; ++lane) {
            const MmaLane m = get(m_states[lane]);
            float *const out[4] = { &m.c0, &m.c1, &m.c2, &m.c3 };
            for (int e = 0; e < 4; ++e) {
                const Cell cell = mmaCellC(lane, e);
                float sum = c[cell.row][cell.col];
                for (int k = 0; k < 16; ++k) {
                    sum += a[cell.row][k] * b[k][cell.col];
                }
                *out[e] = sum;
            }
        }
    }

    template<class Get>
    void transpose8(const Get &get)
    {
        std::uint16_t m[8][8];
        for (int lane = 0; lane < warpLanes; ++lane) {
            const std::uint32_t value = get(m_states[lane]);
            m[lane / 4][2 * (lane % 4)] = static_cast<std::uint16_t>(value);
            m[lane / 4][2 * (lane % 4) + 1] = static_cast<std::uint16_t>(value >> 16);
        }
        for (int lane = 0; lane < warpLanes; ++lane) {
            const std::uint32_t low = m[2 * (lane % 4)][lane / 4];
            const std::uint32_t high = m[2 * (lane % 4) + 1][lane / 4];
            get(m_states[lane]) = low | (high << 16);
        }
    }

private:
    static float half(std::uint32_t pair, int which)
    {
        return floatOf(which != 0 ? pair & 0xffff0000U : pair << 16);
    }
    State m_states[warpLanes] {};
};

} // namespace batlab::kernels::cuda
