// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/block_ops.h"
#include "kernels/cuda/elementwise_ops.h"
#include "kernels/cuda/fast_ops.h"
#include "kernels/cuda/ste_op.h"

#include <type_traits>

/// The elementwise entries up to their launches: which operation serves which matrix. `Launch` runs
/// them: octets(op, rows, octets, where), blocks(op, rows, items, where), refuse(text, where); on
/// the device as kernels, in the host tests as loops.
namespace batlab::kernels::cuda {

[[nodiscard]] inline std::int64_t blocksOf(std::int64_t cols, int block)
{
    return (cols + block - 1) / block;
}
[[nodiscard]] inline bool isAligned(const void *p, std::size_t to)
{
    return reinterpret_cast<std::uintptr_t>(p) % to == 0;
}

/// MXFP4 to even on whole aligned blocks; false: not such a matrix.
template<bool Clips, class Launch>
bool runFastFakeQuantize(const View &in, const View &out, const Clip &clip, std::int64_t rows,
                         const QuantSpec &spec, const Launch &launch, const char *where)
{
    const QuantConstants c = quantConstants(spec);
    if (c.kind != Kind::e2m1 || c.away || c.zero || !isFast(in, rows) || !isFast(out, rows)) {
        return false;
    }
    const Quantizer<Kind::e2m1, true> q { c };
    const FastView from = fastView(in, rows);
    const FastView to = fastView(out, rows);
    const std::int64_t items = in.cols / 16;
    const auto run = [&]<bool InBf16, bool OutBf16>() {
        launch.wide(FastFakeQuantizeOp<InBf16, OutBf16, Clips> { q, from, to, clip }, rows, items,
                    where);
    };
    if (in.bf16) {
        out.bf16 ? run.template operator()<true, true>() : run.template operator()<true, false>();
    } else {
        out.bf16 ? run.template operator()<false, true>() : run.template operator()<false, false>();
    }
    return true;
}

template<class Launch>
void runFakeQuantize(const ConstMatrix &in, const Clip &clip, const QuantSpec &spec,
                     const Matrix &out, const Launch &launch)
{
    constexpr const char *where = "fakeQuantize";
    const View from = viewOf(in);
    const View to = viewOf(out);
    const bool clips = isClipping(clip);
    if (clips ? runFastFakeQuantize<true>(from, to, clip, in.rows, spec, launch, where)
              : runFastFakeQuantize<false>(from, to, clip, in.rows, spec, launch, where)) {
        return;
    }
    withQuantizer(spec, [&](const auto &q) {
        using Q = std::decay_t<decltype(q)>;
        const std::int64_t octets = blocksOf(in.cols, Q::block) * (Q::block / octetSize);
        if (clips) {
            launch.octets(FakeQuantizeOp<Q, true> { q, from, to, clip }, in.rows, octets, where);
        } else {
            launch.octets(FakeQuantizeOp<Q, false> { q, from, to, clip }, in.rows, octets, where);
        }
    });
}

/// `shares` null: no clip gradient wanted.
template<class Launch>
void runFakeQuantizeBackward(const ConstMatrix &x, const ConstMatrix &gy, const Clip &clip,
                             const QuantSpec &spec, const Ste &ste, const Matrix &gx,
                             ClipShare *shares, const Launch &launch)
{
    withQuantizer(spec, [&](const auto &q) {
        using Q = std::decay_t<decltype(q)>;
        const std::int64_t blocks = blocksOf(x.cols, Q::block);
        launch.blocks(SteOp<Q> { q, viewOf(x), viewOf(gy), viewOf(gx), clip, ste, shares, blocks },
                      x.rows, blocks, "fakeQuantizeBackward");
    });
}

/// `codes` null: scales alone.
template<class Launch>
void runQuantize(const ConstMatrix &in, const QuantSpec &spec, std::uint8_t *codes,
                 std::uint8_t *scales, const Launch &launch, const char *where)
{
    withQuantizer(spec, [&](const auto &q) {
        using Q = std::decay_t<decltype(q)>;
        const std::int64_t blocks = blocksOf(in.cols, Q::block);
        launch.octets(QuantizeOp<Q> { q, viewOf(in), codes, scales, blocks, isAligned(codes, 8) },
                      in.rows, blocks * (Q::block / octetSize), where);
    });
}

template<class Launch>
void runDequantize(const std::uint8_t *codes, const std::uint8_t *scales, const QuantSpec &spec,
                   const Matrix &out, const Launch &launch)
{
    withQuantizer(spec, [&](const auto &q) {
        using Q = std::decay_t<decltype(q)>;
        const std::int64_t blocks = blocksOf(out.cols, Q::block);
        launch.octets(
            DequantizeOp<Q, false> { q, codes, scales, viewOf(out), blocks, isAligned(codes, 8) },
            out.rows, blocks * (Q::block / octetSize), "dequantize");
    });
}

/// Calls f(Quantizer) for MXFP4's two code paths; anything else is refused.
template<class Launch, class Function>
void withMxfp4(const QuantSpec &spec, const Launch &launch, const char *where, const Function &f)
{
    const QuantConstants c = quantConstants(spec);
    if (c.kind == Kind::e2m1) {
        f(Quantizer<Kind::e2m1, false> { c });
    } else if (c.kind == Kind::prescale) {
        f(Quantizer<Kind::prescale, false> { c });
    } else {
        launch.refuse("packing is for MXFP4", where);
    }
}

template<class Launch>
void runPack(const ConstMatrix &in, const QuantSpec &spec, std::uint8_t *nibbles,
             std::uint8_t *scales, ScaleLayout layout, const Launch &launch, const char *where)
{
    const View from = viewOf(in);
    const std::int64_t blocks = blocksOf(in.cols, 32);
    const PackTarget to { nibbles, scales, in.rows, blocks, layout, isAligned(nibbles, 16) };
    const bool tiles = layout == ScaleLayout::swizzled; // the last tiles' padding is written too
    const std::int64_t rows = tiles ? blocksOf(in.rows, 128) * 128 : in.rows;
    const std::int64_t items = tiles ? blocksOf(blocks, 4) * 4 : blocks;
    const QuantConstants c = quantConstants(spec);
    if (c.kind == Kind::e2m1 && !c.away && !c.zero && from.bf16 && to.aligned
        && isFast(from, in.rows)) {
        const FastView codes { nibbles, static_cast<std::uint32_t>(blocks * 16) };
        const auto k = static_cast<std::uint32_t>(blocks);
        const FastView x = fastView(from, in.rows);
        if (!tiles) {
            launch.wide(FastPackOp<ScaleLayout::linear> { { c }, x, codes, scales, k, 0 }, in.rows,
                        blocks, where);
            return;
        }
        if (in.rows % 128 == 0 && blocks % 4 == 0) { // no padding
            launch.wide(FastPackOp<ScaleLayout::swizzled> { { c }, x, codes, scales, k, 0 },
                        in.rows, blocks, where);
            return;
        }
    }
    withMxfp4(spec, launch, where, [&](const auto &q) {
        using Q = std::decay_t<decltype(q)>;
        launch.blocks(PackOp<Q> { q, from, to }, rows, items, where);
    });
}

template<class Launch>
void runUnpack(const std::uint8_t *nibbles, const std::uint8_t *scales, const QuantSpec &spec,
               const Matrix &out, const Launch &launch)
{
    const View to = viewOf(out);
    const std::int64_t blocks = blocksOf(out.cols, 32);
    const QuantConstants c = quantConstants(spec);
    if (c.kind == Kind::e2m1 && isAligned(nibbles, 16) && to.bf16 && isFast(to, out.rows)) {
        auto *const codes = const_cast<std::uint8_t *>(nibbles);
        auto *const bytes = const_cast<std::uint8_t *>(scales);
        const auto k = static_cast<std::uint32_t>(blocks);
        launch.wide(FastUnpackOp { { codes, k * 16 }, { bytes, k }, fastView(to, out.rows) },
                    out.rows, blocks, "unpackMxfp4");
        return;
    }
    const bool aligned = isAligned(nibbles, 4);
    withMxfp4(spec, launch, "unpackMxfp4", [&](const auto &q) {
        using Q = std::decay_t<decltype(q)>;
        launch.octets(DequantizeOp<Q, true> { q, nibbles, scales, to, blocks, aligned }, out.rows,
                      blocks * 4, "unpackMxfp4");
    });
}

/// `spec` null: no quantization.
template<class Launch>
void runHadamard32(const ConstMatrix &x, const QuantSpec *spec, const Matrix &out,
                   const Launch &launch)
{
    const View from = viewOf(x);
    const View to = viewOf(out);
    const std::int64_t blocks = blocksOf(x.cols, 32);
    constexpr const char *where = "hadamard32";
    if (spec == nullptr) {
        using Q = Quantizer<Kind::e2m1, true>;
        launch.blocks(HadamardOp<Q, false> { {}, from, to }, x.rows, blocks, where);
        return;
    }
    const QuantConstants c = quantConstants(*spec);
    if (c.kind == Kind::e2m1 && !c.away && !c.zero) {
        using Q = Quantizer<Kind::e2m1, true>;
        launch.blocks(HadamardOp<Q, true> { { c }, from, to }, x.rows, blocks, where);
        return;
    }
    withQuantizer(*spec, [&](const auto &q) {
        using Q = std::decay_t<decltype(q)>;
        launch.blocks(HadamardOp<Q, true> { q, from, to }, x.rows, blocks, where);
    });
}

template<class Launch>
void runRoundOnScales(const float *w, const float *offset, std::int64_t rows, std::int64_t cols,
                      const float *scaleValue, const QuantSpec &spec, float *out,
                      const Launch &launch)
{
    const bool aligned = isAligned(w, 16) && isAligned(out, 16) && isAligned(offset, 16);
    withGrid(spec, [&](const auto &q) {
        using Q = std::decay_t<decltype(q)>;
        launch.blocks(
            RoundOp<Q> { q, w, offset, scaleValue, out, cols, blockSize(spec.format), aligned },
            rows, cols / octetSize, "roundOnScales");
    });
}

} // namespace batlab::kernels::cuda
