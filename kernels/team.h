// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace batlab::kernels {

/// Calls member(context) on up to `workers` threads at once, the caller's among them, and returns
/// when every call has. Fewer threads are right too: the first call does what is left.
using Team = void (*)(int workers, void (*member)(void *context), void *context);

/// Where parallelFor's threads come from. A program whose other loops have a pool of their own
/// hands it in: idle threads of two pools take turns at waking and spinning on the same cores. Null
/// (the start): the kernels' own pool. Not while a loop runs.
void setTeam(Team team);

} // namespace batlab::kernels
