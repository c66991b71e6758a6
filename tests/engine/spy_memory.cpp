// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/spy_memory.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

namespace batlab::test::spy {

namespace {

constexpr std::size_t kBytes = std::size_t { 16 } << 30; // of addresses; memory only where used

[[noreturn]] void fail(const char *what)
{
    std::fprintf(stderr, "spy device: %s\n", what);
    std::abort();
}

std::uintptr_t map(int file, int access)
{
    void *p = ::mmap(nullptr, kBytes, access, MAP_SHARED | MAP_NORESERVE, file, 0);
    if (p == MAP_FAILED)
        fail("cannot map its memory");
    return reinterpret_cast<std::uintptr_t>(p);
}

class Allocator : public c10::Allocator
{
public:
    c10::DataPtr allocate(std::size_t n) override
    {
        void *p = n > 0 ? memory().take(n) : nullptr;
        return { p, p, &release, c10::Device(c10::DeviceType::PrivateUse1, 0) };
    }
    c10::DeleterFnPtr raw_deleter() const override { return &release; }
    void copy_data(void *to, const void *from, std::size_t count) const override
    {
        std::memcpy(memory().host(to), memory().host(from), count);
    }

private:
    static void release(void *p)
    {
        if (p != nullptr)
            memory().give(p);
    }
};

} // namespace

Memory::Memory()
{
    const int file = ::memfd_create("spy", 0);
    if (file < 0 || ::ftruncate(file, static_cast<off_t>(kBytes)) != 0)
        fail("cannot make its memory");
    m_device = map(file, PROT_NONE);
    m_host = map(file, PROT_READ | PROT_WRITE);
    ::close(file);
}

void *Memory::take(std::size_t bytes)
{
    std::size_t size = 256;
    while (size < bytes)
        size *= 2;
    const std::lock_guard lock(m_mutex);
    void *p = nullptr;
    if (auto &list = m_free[size]; !list.empty() && !m_recording) {
        p = list.back();
        list.pop_back();
    } else {
        if (m_used + size > kBytes)
            fail("its memory is full");
        p = reinterpret_cast<void *>(m_device + m_used);
        m_used += size;
    }
    m_taken[p] = size;
    if (m_recording)
        m_pool[p] = size;
    std::memset(host(p), 0xa5, std::min(size, bytes)); // nothing may count on zeros
    return p;
}

void Memory::give(void *device)
{
    const std::lock_guard lock(m_mutex);
    const auto at = m_taken.find(device);
    if (at == m_taken.end())
        fail("memory given back that was not taken");
    if (!m_pool.contains(device))
        m_free[at->second].push_back(device);
    m_taken.erase(at);
}

void Memory::beginRecording()
{
    const std::lock_guard lock(m_mutex);
    m_recording = true;
    for (const auto &[device, size] : m_taken) {
        const auto *from = static_cast<const std::byte *>(host(device));
        m_before[device].assign(from, from + size);
    }
}

void Memory::endRecording()
{
    const std::lock_guard lock(m_mutex);
    m_recording = false;
    for (const auto &[device, bytes] : m_before)
        std::memcpy(host(device), bytes.data(), bytes.size());
    m_before.clear();
    for (const auto &[device, size] : m_pool)
        std::memset(host(device), 0xa5, size);
}

void Memory::release()
{
    const std::lock_guard lock(m_mutex);
    for (const auto &[device, size] : m_pool)
        if (!m_taken.contains(device))
            m_free[size].push_back(device);
    m_pool.clear();
}

bool Memory::owns(const void *p) const
{
    const auto address = reinterpret_cast<std::uintptr_t>(p);
    return address >= m_device && address < m_device + kBytes;
}

void *Memory::host(const void *device) const
{
    if (!owns(device))
        fail("a kernel was given a host pointer");
    return reinterpret_cast<void *>(reinterpret_cast<std::uintptr_t>(device) - m_device + m_host);
}

Memory &memory()
{
    static auto *const all = new Memory; // outlives every tensor
    return *all;
}

c10::Allocator *allocator()
{
    static auto *const one = new Allocator;
    return one;
}

} // namespace batlab::test::spy
