// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/table.h"

namespace batlab::kernels::BATLAB_LEVEL {

#define BATLAB_STRING2(x) #x
#define BATLAB_STRING(x) BATLAB_STRING2(x)

extern const Backend table;
const Backend table {
    "cpu-" BATLAB_STRING(BATLAB_LEVEL_NAME),
    &fakeQuantize,
    &fakeQuantizeBackward,
    &quantize,
    &dequantize,
    &packMxfp4,
    &unpackMxfp4,
    &blockScales,
    &gpkTransform,
    &gpkFakeQuantize,
    &gpkFakeQuantizeBackward,
    &gpkTransformBackward,
    &hadamard32,
    &blockStats,
    &gptqColumns,
    &roundOnScales,
};

} // namespace batlab::kernels::BATLAB_LEVEL
