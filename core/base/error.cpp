// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"

#include <array>

namespace batlab {

namespace {
struct Row
{
    ErrorCode code;
    std::string_view name;
    int status;
};
constexpr std::array<Row, 13> kRows { {
    { ErrorCode::usage, "usage", 2 },
    { ErrorCode::badInput, "bad-input", 3 },
    { ErrorCode::unsupported, "unsupported", 3 },
    { ErrorCode::notFound, "not-found", 3 },
    { ErrorCode::busy, "busy", 3 },
    { ErrorCode::readOnly, "read-only", 3 },
    { ErrorCode::outOfMemory, "out-of-memory", 4 },
    { ErrorCode::diskFull, "disk-full", 4 },
    { ErrorCode::device, "device", 4 },
    { ErrorCode::deviceLost, "device-lost", 5 },
    { ErrorCode::verification, "verification", 1 },
    { ErrorCode::cancelled, "cancelled", 130 },
    { ErrorCode::internal, "internal", 1 },
} };
} // namespace

std::string Error::message() const
{
    std::string text = what;
    if (!where.empty())
        text += " (" + where + ")";
    if (!hint.empty())
        text += ". " + hint;
    return text;
}

int exitStatus(ErrorCode code)
{
    for (const Row &row : kRows)
        if (row.code == code)
            return row.status;
    return 1;
}

std::string_view name(ErrorCode code)
{
    for (const Row &row : kRows)
        if (row.code == code)
            return row.name;
    return "internal";
}

ErrorCode errorCodeFromName(std::string_view text)
{
    for (const Row &row : kRows)
        if (row.name == text)
            return row.code;
    return ErrorCode::internal;
}

} // namespace batlab
