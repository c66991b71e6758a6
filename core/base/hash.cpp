// SPDX-License-Identifier: Apache-2.0
#include "core/base/hash.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <new>

namespace batlab {

struct Hasher::State
{
    XXH3_state_t *xxh = XXH3_createState();
    State()
    {
        if (!xxh)
            throw std::bad_alloc();
        XXH3_128bits_reset(xxh);
    }
    ~State() { XXH3_freeState(xxh); }
    State(const State &) = delete;
    State &operator=(const State &) = delete;
};

Hasher::Hasher() : m_state(std::make_unique<State>()) { }
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher &&) noexcept = default;
Hasher &Hasher::operator=(Hasher &&) noexcept = default;

Hasher &Hasher::update(const void *data, std::size_t bytes)
{
    if (bytes != 0)
        XXH3_128bits_update(m_state->xxh, data, bytes);
    return *this;
}

std::string Hasher::hex() const
{
    const XXH128_hash_t h = XXH3_128bits_digest(m_state->xxh);
    return fmt::format("{:016x}{:016x}", h.high64, h.low64);
}

std::string hashHex(std::string_view text) { return Hasher().update(text).hex(); }

std::uint64_t randomBits(std::uint64_t seed, std::uint64_t counter)
{
    std::uint64_t z = seed * 0xD1342543DE82EF95ULL + (counter + 1) * 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

double randomUniform(std::uint64_t seed, std::uint64_t counter)
{
    return static_cast<double>(randomBits(seed, counter) >> 11) * 0x1.0p-53;
}

} // namespace batlab
