// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/table.h"

#include "kernels/produced.h"

namespace batlab::kernels::BATLAB_LEVEL {

#define BATLAB_STRING2(x) #x
#define BATLAB_STRING(x) BATLAB_STRING2(x)

extern const Backend table;

namespace {

void producedFakeQuantize(const Produced &produced, OnlineTransform transform, const Gpk &p,
                          const Clip &clip, const QuantSpec &spec, Matrix out, const Exec &exec)
{
    producedByEntries(table, produced, transform, p, clip, spec, out, exec);
}

} // namespace

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
    &producedFakeQuantize,
};

} // namespace batlab::kernels::BATLAB_LEVEL
