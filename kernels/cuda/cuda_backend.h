// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"
#include "kernels/cuda/status.h"

namespace batlab::kernels {

/// The Backend table on NVIDIA GPUs ("cuda"): the entries of backend.h with every pointer in device
/// memory of the current device (QuantSpec, Clip and the like themselves are host values).
/// `Exec.stream` is a cudaStream_t; an entry queues its work there and returns at once.
/// `Exec.scratch` is device memory; where it is null or too small, the entry allocates in the
/// stream's order. `Exec.threads` is unused. Codes and scales equal the scalar oracle's bit for
/// bit; sums run in an order that depends on shapes only. Failures: cuda::lastError(). Shapes up to
/// 2^31 - 1 blocks in a row and any number of rows; strides and pointers need no alignment, but
/// 16-byte aligned rows take the fast paths.
[[nodiscard]] const Backend &cudaBackend();

} // namespace batlab::kernels
