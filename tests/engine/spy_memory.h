// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <c10/core/Allocator.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

namespace batlab::test::spy {

/// One file mapped twice: device addresses, which no one may touch, and the host's view of them.
class Memory
{
public:
    Memory();
    [[nodiscard]] void *take(std::size_t bytes);
    void give(void *device);
    [[nodiscard]] bool owns(const void *p) const;
    /// The readable place of a device address. Aborts the test for a host pointer, which a device
    /// could not follow.
    [[nodiscard]] void *host(const void *device) const;

    /// What is taken between the two is nobody else's until release(); end() undoes all that was
    /// written meanwhile, as if nothing had run.
    void beginRecording();
    void endRecording();
    /// Memory of all recordings goes back.
    void release();

private:
    std::uintptr_t m_device = 0, m_host = 0;
    std::size_t m_used = 0;
    std::mutex m_mutex;
    std::map<void *, std::size_t> m_taken;
    std::map<std::size_t, std::vector<void *>> m_free; ///< by size
    bool m_recording = false;
    std::map<void *, std::vector<std::byte>> m_before; ///< contents when the recording began
    std::map<void *, std::size_t> m_pool; ///< taken while recording
};

[[nodiscard]] Memory &memory();
[[nodiscard]] c10::Allocator *allocator();

} // namespace batlab::test::spy
