// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace batlab {

/// Keeps freed memory for the next tensor instead of handing it back, in one arena for all threads.
/// Tensors come and go by the tens of megabytes; glibc would map and unmap each of them, and a
/// quarter of an elementwise operation went into cleared pages. For a process that computes; call
/// it before other threads start. No effect without glibc.
void keepFreedMemory();

/// Hands back what keepFreedMemory() holds: at the end of a job.
void returnFreedMemory();

} // namespace batlab
