// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace batlab {

/// Streaming XXH3-128 content hash; hex() gives 32 lower-case hex digits.
class Hasher
{
public:
    Hasher();
    ~Hasher();
    Hasher(Hasher &&) noexcept;
    Hasher &operator=(Hasher &&) noexcept;
    Hasher &update(const void *data, std::size_t bytes);
    Hasher &update(std::string_view text) { return update(text.data(), text.size()); }
    [[nodiscard]] std::string hex() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

[[nodiscard]] std::string hashHex(std::string_view text);

/// Counter-based random numbers (SplitMix64 of seed and counter): the same stream on every machine.
[[nodiscard]] std::uint64_t randomBits(std::uint64_t seed, std::uint64_t counter);
/// Uniform in [0,1) with 53 bits.
[[nodiscard]] double randomUniform(std::uint64_t seed, std::uint64_t counter);

} // namespace batlab
