// SPDX-License-Identifier: Apache-2.0
#include "core/engine/eval/row_scores.h"
#include "core/engine/eval/row_kernels.h"
#include "kernels/backend.h"

#include <cmath>
#include <cstring>

namespace batlab::eval {

namespace {

double valueAt(const LogitRows &logits, std::int64_t index)
{
    if (logits.f32)
        return logits.f32[index];
    const std::uint32_t bits = static_cast<std::uint32_t>(logits.bf16[index]) << 16;
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

RowScore scoreRow(const LogitRows &logits, std::int64_t row, std::int32_t next, float *exps)
{
    const RowKernels &k = rowKernels();
    const std::int64_t n = logits.vocab;
    RowScore out;
    std::vector<double> parts(static_cast<std::size_t>((n + kRowPart - 1) / kRowPart));
    if (logits.f32) {
        k.maxF32(logits.f32 + row * n, n, &out.max, &out.argmax);
        k.expF32(logits.f32 + row * n, n, out.max, 1.0F, exps, parts.data());
    } else {
        k.maxBf16(logits.bf16 + row * n, n, &out.max, &out.argmax);
        k.expBf16(logits.bf16 + row * n, n, out.max, 1.0F, exps, parts.data());
    }
    double sum = 0;
    for (const double part : parts)
        sum += part;
    out.logSumExp = static_cast<double>(out.max) + std::log(sum);
    out.nll = out.logSumExp - valueAt(logits, row * n + next);
    out.probability = std::exp(-out.nll);
    return out;
}

template<class Body>
void forRows(std::int64_t rows, int threads, const Body &body)
{
    auto thunk = [](void *context, std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row)
            (*static_cast<const Body *>(context))(row);
    };
    kernels::parallelFor(rows, 8, threads, thunk, const_cast<Body *>(&body));
}

} // namespace

const RowKernels &rowKernels()
{
    static const RowKernels *const table = [] {
#ifdef __x86_64__
        switch (kernels::detectCpuLevel()) {
        case kernels::CpuLevel::v4: return &v4::kTable;
        case kernels::CpuLevel::v3: return &v3::kTable;
        default: break;
        }
#endif
        return &baseline::kTable;
    }();
    return *table;
}

void scoreReference(const LogitRows &logits, const std::int32_t *next, int threads,
                    ReferenceRows &out)
{
    out.logits = logits;
    out.exps.resize(static_cast<std::size_t>(logits.rows * logits.vocab));
    out.scores.resize(static_cast<std::size_t>(logits.rows));
    forRows(logits.rows, threads, [&](std::int64_t row) {
        out.scores[static_cast<std::size_t>(row)] =
            scoreRow(logits, row, next[row], &out.exps[row * logits.vocab]);
    });
}

void scoreVariant(const ReferenceRows &reference, const LogitRows &logits, const std::int32_t *next,
                  int threads, RowScore *out)
{
    forRows(logits.rows, threads, [&](std::int64_t row) {
        RowScore score = scoreRow(logits, row, next[row], nullptr);
        const RowScore &ref = reference.scores[static_cast<std::size_t>(row)];
        const std::int64_t n = logits.vocab;
        const float *weight = reference.exps.data() + row * n;
        const double weighted = logits.f32
            ? rowKernels().differenceF32(weight, reference.logits.f32 + row * n,
                                         logits.f32 + row * n, n)
            : rowKernels().differenceBf16(weight, reference.logits.bf16 + row * n,
                                          logits.bf16 + row * n, n);
        const double weightSum = std::exp(ref.logSumExp - static_cast<double>(ref.max));
        score.kld = weighted / weightSum - ref.logSumExp + score.logSumExp;
        out[row] = score;
    });
}

} // namespace batlab::eval
