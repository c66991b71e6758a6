// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"

namespace batlab::kernels {

/// parallelFor for a lambda body(begin, end).
template<class Body>
void forRanges(std::int64_t n, std::int64_t grain, int threads, const Body &body)
{
    auto thunk = [](void *context, std::int64_t begin, std::int64_t end) {
        (*static_cast<const Body *>(context))(begin, end);
    };
    parallelFor(n, grain, threads, thunk, const_cast<Body *>(&body));
}

/// Rows per chunk so that a chunk holds about 64 Ki elements.
static constexpr std::int64_t rowGrain(std::int64_t cols)
{
    const std::int64_t rows = 65536 / (cols > 0 ? cols : 1);
    return rows > 0 ? rows : 1;
}

} // namespace batlab::kernels
