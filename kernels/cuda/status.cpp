// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/status.h"

namespace batlab::kernels::cuda {

namespace {

Status &status()
{
    thread_local Status value;
    return value;
}

} // namespace

const Status &lastError() { return status(); }

void clearError() { status() = {}; }

void noteError(int code, const char *name, const char *text, const char *where)
{
    if (code != 0 && status().ok()) {
        status() = { code, name, text, where };
    }
}

} // namespace batlab::kernels::cuda
