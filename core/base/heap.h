// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace batlab {

/// Keeps freed memory for the next tensor instead of handing it back, in one arena for all threads.
/// Tensors come and go by the tens of megabytes; glibc would map and unmap each of them, and a
/// quarter of an elementwise operation went into cleared pages. For a process that computes; call
/// it before other threads start. No effect without glibc.
void keepFreedMemory();

/// The opposite, for a process that shows: buffers from 128 KiB on go back as they are freed, and
/// few threads' arenas hold free pages. Call it before other threads start. No effect without
/// glibc.
void keepLittleMemory();

/// Hands back all free pages: at the end of a job, after a file was written.
void returnFreedMemory();

} // namespace batlab
