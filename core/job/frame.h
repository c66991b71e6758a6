// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

/// Messages between window and engine: a 32-bit little-endian length, then one CBOR value of that
/// many bytes.
namespace batlab {

inline constexpr std::size_t kMaxFrameBytes = std::size_t(256) << 20;

/// CBOR bytes -> Json. Looks the bytes over before anything is built: refused are lengths past the
/// end, more than 64 levels, more than 4 million values, indefinite lengths, tags, keys that are no
/// text, and bytes left over.
[[nodiscard]] Result<Json> decodeCbor(std::span<const std::uint8_t> bytes);

/// Length and CBOR of a message; an error if it is larger than kMaxFrameBytes.
[[nodiscard]] Result<std::vector<std::uint8_t>> encodeFrame(const Json &message);

/// Writes all bytes to a descriptor. A reader that is gone is an error, not a SIGPIPE. It is one
/// too when `wakeFd` (if >= 0; `fd` is a pipe then) becomes readable before all are written.
[[nodiscard]] Result<void> writeAll(int fd, std::span<const std::uint8_t> bytes, int wakeFd = -1);

/// Reads the next message. Nothing at the end of the stream, or when `wakeFd` (if >= 0) becomes
/// readable first. Memory grows with the bytes that really arrive, whatever the length claims;
/// `arrived` is called whenever some have.
[[nodiscard]] Result<std::optional<Json>> readFrame(int fd, int wakeFd = -1,
                                                    const std::function<void()> &arrived = {});

} // namespace batlab
