// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace batlab::kernels::cuda {

/// The first thing that went wrong on this thread since clearError(). Backend entries have no error
/// channel: after a failed one the outputs are undefined and later entries still run; whoever
/// queued the work asks here (launches report at once, faults in a kernel at the next
/// synchronization).
struct Status
{
    /// A cudaError_t; 0: all well. badArguments and badScratch are ours.
    int code = 0;
    const char *name = ""; ///< e.g. "cudaErrorInvalidConfiguration"
    const char *text = ""; ///< the runtime's sentence
    const char *where = ""; ///< the entry or call that failed
    [[nodiscard]] bool ok() const { return code == 0; }
};

/// Sizes, strides or pointers that no kernel of ours takes.
inline constexpr int badArguments = -1;
/// Exec.scratch is too small and the device has no memory left for a scratch of our own.
inline constexpr int badScratch = -2;

/// Sticky, per thread.
[[nodiscard]] const Status &lastError();
void clearError();
/// Keeps the first failure; `code` 0 does nothing. The strings must live forever.
void noteError(int code, const char *name, const char *text, const char *where);

} // namespace batlab::kernels::cuda
