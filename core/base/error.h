// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace batlab {

/// What kind of thing went wrong; decides the exit status (see exitStatus).
enum class ErrorCode {
    usage, ///< the caller asked for something that does not exist: 2
    badInput, ///< a file or value is wrong, truncated, hostile or unsupported: 3
    unsupported, ///< well-formed, but this program cannot do it: 3
    notFound, ///< a file, group or name is missing: 3
    busy, ///< in use by someone else: 3
    readOnly, ///< no permission to write there: 3
    outOfMemory, ///< 4
    diskFull, ///< 4
    device, ///< GPU or CPU cannot do it: 4
    deviceLost, ///< the GPU has failed for good in this process, which has to start anew: 5
    verification, ///< something that must hold does not: 1
    cancelled, ///< stopped by the user, checkpoint kept: 130
    internal, ///< a bug: 1
};

/// A failure a user can act on: what is wrong, where, and what to do.
struct Error
{
    ErrorCode code = ErrorCode::internal;
    std::string what; ///< one sentence: what is wrong
    std::string where; ///< file, tensor, line, key or job step
    std::string hint; ///< the remedy; may be empty

    /// "what (where). hint" for logs and stderr.
    [[nodiscard]] std::string message() const;
};

/// Process exit status of DESIGN.md 6.
[[nodiscard]] int exitStatus(ErrorCode code);
/// Stable lower-case name, e.g. "bad-input" (JSON output, CBOR).
[[nodiscard]] std::string_view name(ErrorCode code);
/// Inverse of name(); unknown names give ErrorCode::internal.
[[nodiscard]] ErrorCode errorCodeFromName(std::string_view name);

/// Carries an Error across a job's border only (JobContext::checkpoint, engine internals).
class Exception : public std::runtime_error
{
public:
    explicit Exception(Error e) : std::runtime_error(e.message()), error(std::move(e)) { }
    Error error;
};

} // namespace batlab
