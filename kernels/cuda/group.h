// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/host_device.h"

/// Threads that work on shared memory in phases. A body is a template over the group and calls
/// each(f): f(thread) for every thread, then everything written is seen by all. On the host a phase
/// is a loop, so tests run the same body; a phase must therefore not read what another thread of
/// the same phase writes, which is also what the device needs.
namespace batlab::kernels::cuda {

class HostGroup
{
public:
    explicit HostGroup(int threads) : m_threads(threads) { }
    [[nodiscard]] int size() const { return m_threads; }
    template<class F>
    void each(const F &f)
    {
        for (int thread = 0; thread < m_threads; ++thread) {
            f(thread);
        }
    }

private:
    int m_threads;
};

#if defined(__CUDACC__)
/// The 32 lanes of a warp.
class WarpGroup
{
public:
    BATLAB_HD explicit WarpGroup(int lane) : m_lane(lane) { }
    [[nodiscard]] BATLAB_HD int size() const { return 32; }
    template<class F>
    BATLAB_HD void each(const F &f)
    {
        f(m_lane);
#if defined(__CUDA_ARCH__)
        __syncwarp();
#endif
    }

private:
    int m_lane;
};

/// All threads of a block.
class BlockGroup
{
public:
    BATLAB_HD BlockGroup(int thread, int threads) : m_thread(thread), m_threads(threads) { }
    [[nodiscard]] BATLAB_HD int size() const { return m_threads; }
    template<class F>
    BATLAB_HD void each(const F &f)
    {
        f(m_thread);
#if defined(__CUDA_ARCH__)
        __syncthreads();
#endif
    }

private:
    int m_thread;
    int m_threads;
};
#endif

} // namespace batlab::kernels::cuda
