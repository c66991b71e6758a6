// SPDX-License-Identifier: Apache-2.0
#include "kernels/reduce.h"

namespace batlab::kernels {

void addClipGradient(const ClipShare *shares, std::int64_t rows, std::int64_t blocks,
                     const Clip &clip, const ClipGrad &gradient)
{
    const std::int64_t rowGroups = clip.rowStride == 0 ? 1 : rows;
    const std::int64_t blockGroups = clip.blockStride == 0 ? 1 : blocks;
    const std::int64_t rowsEach = rows / (rowGroups > 0 ? rowGroups : 1);
    const std::int64_t blocksEach = blocks / (blockGroups > 0 ? blockGroups : 1);
    for (std::int64_t r = 0; r < rowGroups; ++r) {
        for (std::int64_t b = 0; b < blockGroups; ++b) {
            double lo = 0.0;
            double hi = 0.0;
            for (std::int64_t i = 0; i < rowsEach; ++i) {
                for (std::int64_t j = 0; j < blocksEach; ++j) {
                    const ClipShare &share = shares[(r + i) * blocks + b + j];
                    lo += static_cast<double>(share.lo);
                    hi += static_cast<double>(share.hi);
                }
            }
            const std::int64_t entry = r * clip.rowStride + b * clip.blockStride;
            if (gradient.lo != nullptr) {
                gradient.lo[entry] += static_cast<float>(lo);
            }
            if (gradient.hi != nullptr) {
                gradient.hi[entry] += static_cast<float>(hi);
            }
        }
    }
}

} // namespace batlab::kernels
