// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/kernels/kernel_data.h"

#include "kernels/cuda/scale_layout.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

/// What every way of running the CUDA kernels must fulfil against the scalar oracle. A Space (see
/// cuda_spaces.h) holds the data and runs the entries.
namespace cuda_test {

using namespace kernel_test;
namespace cuda = batlab::kernels::cuda;

/// Two NaNs of bf16 count as equal.
inline std::size_t mismatches16(const std::vector<std::uint16_t> &a,
                                const std::vector<std::uint16_t> &b)
{
    std::size_t count = a.size() == b.size() ? 0 : 1;
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
        const bool nans = (a[i] & 0x7fff) > 0x7f80 && (b[i] & 0x7fff) > 0x7f80;
        count += !nans && a[i] != b[i];
    }
    return count;
}

inline Exec testExec()
{
    Exec exec;
    exec.threads = 2;
    return exec;
}

/// Data with every kind of block, `cols` wide; columns lie `cols` + `gap` apart.
struct Sample
{
    std::int64_t rows, cols, stride;
    std::vector<float> f32;
    std::vector<std::uint16_t> bf16;

    Sample(std::int64_t r, std::int64_t c, std::int64_t gap, unsigned seed)
        : rows(r), cols(c), stride(c + gap)
    {
        const auto count = static_cast<std::size_t>(rows * stride);
        const std::size_t half = (count / 2 + 31) / 32 * 32;
        f32 = hostile(half, seed);
        const auto plain = gaussian(count - std::min(count, half) + 32, seed + 1);
        f32.insert(f32.end(), plain.begin(), plain.end());
        f32.resize(count);
        bf16 = toBf16(f32);
    }
    template<class T>
    [[nodiscard]] ConstMatrix in(const T *data) const
    {
        return { data, sizeof(T) == 2 ? DType::bf16 : DType::f32, rows, cols, stride };
    }
    template<class T>
    [[nodiscard]] Matrix out(T *data) const
    {
        return { data, sizeof(T) == 2 ? DType::bf16 : DType::f32, rows, cols, stride };
    }
};

/// fakeQuantize with any dtypes, with and without clip ratios.
template<class Space>
void checkFakeQuantize(const Sample &s, const QuantSpec &spec)
{
    const std::int64_t blocks = (s.cols + blockSize(spec.format) - 1) / blockSize(spec.format);
    std::vector<float> lo(static_cast<std::size_t>(s.rows * blocks));
    std::vector<float> hi(lo.size());
    for (std::size_t i = 0; i < lo.size(); ++i) {
        lo[i] = 0.5F + 0.5F * static_cast<float>(i % 7) / 6.0F;
        hi[i] = 0.25F + 0.75F * static_cast<float>(i % 5) / 4.0F;
    }
    typename Space::template Buffer<float> deviceLo(lo);
    typename Space::template Buffer<float> deviceHi(hi);
    const auto compare = [&](const auto &in, auto zero, const Clip &host, const Clip &device,
                             const char *what) {
        using T = std::decay_t<decltype(in[0])>;
        using Out = decltype(zero);
        std::vector<Out> expected(s.f32.size());
        oracle().fakeQuantize(s.in(in.data()), host, spec, s.out(expected.data()), testExec());
        typename Space::template Buffer<T> from(in);
        typename Space::template Buffer<Out> to(std::vector<Out>(s.f32.size()));
        Space::fakeQuantize(s.in(from.data()), device, spec, s.out(to.data()));
        std::size_t bad = 0;
        if constexpr (sizeof(Out) == 2) {
            bad = mismatches16(to.get(), expected);
        } else {
            bad = mismatches(to.get(), expected);
        }
        QVERIFY2(bad == 0, qPrintable(name(spec) + ' ' + what));
    };
    for (int form = 0; form < 4; ++form) { // none, shared by rows, one a row, one a block of a row
        const std::int64_t rowStride = form == 2 ? 1 : form == 3 ? blocks : 0;
        const std::int64_t blockStride = form == 2 ? 0 : 1;
        const Clip host =
            form == 0 ? Clip {} : Clip { lo.data(), hi.data(), rowStride, blockStride };
        const Clip device =
            form == 0 ? Clip {} : Clip { deviceLo.data(), deviceHi.data(), rowStride, blockStride };
        compare(s.f32, 0.0F, host, device, "f32 to f32");
        compare(s.bf16, std::uint16_t { 0 }, host, device, "bf16 to bf16");
        if (form % 2 == 0) {
            compare(s.f32, std::uint16_t { 0 }, host, device, "f32 to bf16");
            compare(s.bf16, 0.0F, host, device, "bf16 to f32");
        }
    }
}

/// quantize, blockScales, dequantize, packing and unpacking.
template<class Space>
void checkCodes(const Sample &s, const QuantSpec &spec)
{
    const int n = blockSize(spec.format);
    const auto blocks = (s.cols + n - 1) / n;
    const auto count = static_cast<std::size_t>(s.rows * blocks);
    std::vector<std::uint8_t> codes(count * static_cast<std::size_t>(n));
    std::vector<std::uint8_t> scales(count);
    typename Space::template Buffer<float> x(s.f32);
    typename Space::template Buffer<std::uint16_t> half(s.bf16);
    typename Space::template Buffer<std::uint8_t> c(codes.size());
    typename Space::template Buffer<std::uint8_t> e(count);
    typename Space::template Buffer<std::uint8_t> only(count);
    const auto what = name(spec);
    for (const bool bf16 : { false, true }) {
        const ConstMatrix host = bf16 ? s.in(s.bf16.data()) : s.in(s.f32.data());
        const ConstMatrix there = bf16 ? s.in(half.data()) : s.in(x.data());
        oracle().quantize(host, spec, codes.data(), scales.data(), testExec());
        Space::quantize(there, spec, c.data(), e.data());
        Space::blockScales(there, spec, only.data());
        QVERIFY2(mismatches(c.get(), codes) == 0, qPrintable(what + " codes"));
        QVERIFY2(mismatches(e.get(), scales) == 0, qPrintable(what + " scales"));
        QVERIFY2(mismatches(only.get(), scales) == 0, qPrintable(what + " blockScales"));

        std::vector<std::uint16_t> values16(s.f32.size());
        std::vector<float> values(s.f32.size());
        typename Space::template Buffer<std::uint16_t> v16(values16);
        typename Space::template Buffer<float> v(values);
        oracle().dequantize(codes.data(), scales.data(), spec, s.out(values.data()), testExec());
        oracle().dequantize(codes.data(), scales.data(), spec, s.out(values16.data()), testExec());
        Space::dequantize(c.data(), e.data(), spec, s.out(v.data()));
        Space::dequantize(c.data(), e.data(), spec, s.out(v16.data()));
        QVERIFY2(mismatches(v.get(), values) == 0, qPrintable(what + " dequantize"));
        QVERIFY2(mismatches16(v16.get(), values16) == 0, qPrintable(what + " dequantize bf16"));
        if (spec.format != Format::mxfp4) {
            continue;
        }
        std::vector<std::uint8_t> nibbles(count * 16);
        oracle().packMxfp4(host, spec, nibbles.data(), scales.data(), testExec());
        const auto tiled =
            static_cast<std::size_t>(cuda::scaleBytes(cuda::ScaleLayout::swizzled, s.rows, blocks));
        typename Space::template Buffer<std::uint8_t> packed(count * 16);
        typename Space::template Buffer<std::uint8_t> swizzled(
            std::vector<std::uint8_t>(tiled, 77));
        Space::packMxfp4(there, spec, packed.data(), e.data());
        QVERIFY2(mismatches(packed.get(), nibbles) == 0, qPrintable(what + " pack"));
        QVERIFY2(mismatches(e.get(), scales) == 0, qPrintable(what + " pack scales"));
        Space::packMxfp4Swizzled(there, spec, packed.data(), swizzled.data());
        QVERIFY2(mismatches(packed.get(), nibbles) == 0, qPrintable(what + " swizzled pack"));
        std::vector<std::uint8_t> expected(tiled, 0);
        for (std::int64_t row = 0; row < s.rows; ++row) {
            for (std::int64_t block = 0; block < blocks; ++block) {
                // cuBLAS's sentence: tiles of 128 rows and 4 columns, 512 bytes each
                const std::int64_t tile = (row / 128) * ((blocks + 3) / 4) + block / 4;
                const std::int64_t r = row % 128;
                expected[static_cast<std::size_t>(tile * 512 + (r % 32) * 16 + (r / 32) * 4
                                                  + block % 4)] =
                    scales[static_cast<std::size_t>(row * blocks + block)];
            }
        }
        QVERIFY2(mismatches(swizzled.get(), expected) == 0, qPrintable(what + " swizzle"));
        Space::unpackMxfp4(packed.data(), e.data(), spec, s.out(v.data()));
        Space::unpackMxfp4(packed.data(), e.data(), spec, s.out(v16.data()));
        QVERIFY2(mismatches(v.get(), values) == 0, qPrintable(what + " unpack"));
        QVERIFY2(mismatches16(v16.get(), values16) == 0, qPrintable(what + " unpack bf16"));
    }
}

template<class Space>
void checkHadamard(const Sample &s, const QuantSpec *spec)
{
    std::vector<float> expected(s.f32.size());
    std::vector<std::uint16_t> expected16(s.f32.size());
    oracle().hadamard32(s.in(s.f32.data()), spec, s.out(expected.data()), testExec());
    oracle().hadamard32(s.in(s.bf16.data()), spec, s.out(expected16.data()), testExec());
    typename Space::template Buffer<float> x(s.f32);
    typename Space::template Buffer<std::uint16_t> half(s.bf16);
    typename Space::template Buffer<float> y(std::vector<float>(s.f32.size()));
    typename Space::template Buffer<std::uint16_t> y16(std::vector<std::uint16_t>(s.f32.size()));
    Space::hadamard32(s.in(x.data()), spec, s.out(y.data()));
    Space::hadamard32(s.in(half.data()), spec, s.out(y16.data()));
    QVERIFY(mismatches(y.get(), expected) == 0);
    QVERIFY(mismatches16(y16.get(), expected16) == 0);
}

/// Gradients bit for bit per element; sums of clip gradients to fp32's last digits.
template<class Space>
void checkBackward(const Sample &s, const QuantSpec &spec, const Ste &ste)
{
    const std::int64_t blocks = (s.cols + blockSize(spec.format) - 1) / blockSize(spec.format);
    const auto gradient = gaussian(s.f32.size(), 99);
    const auto gradientHalf = toBf16(gradient);
    std::vector<float> ratio(static_cast<std::size_t>(s.rows * blocks));
    for (std::size_t i = 0; i < ratio.size(); ++i) {
        ratio[i] = 0.3F + 0.7F * static_cast<float>(i % 11) / 10.0F;
    }
    typename Space::template Buffer<float> x(s.f32);
    typename Space::template Buffer<float> g(gradient);
    typename Space::template Buffer<float> r(ratio);
    typename Space::template Buffer<std::uint16_t> xHalf(s.bf16);
    typename Space::template Buffer<std::uint16_t> gHalf(gradientHalf);
    for (int run = 0; run < 10; ++run) {
        const int form = run / 2;
        const bool half = run % 2 != 0;
        const ConstMatrix hostX = half ? s.in(s.bf16.data()) : s.in(s.f32.data());
        const ConstMatrix hostG = half ? s.in(gradientHalf.data()) : s.in(gradient.data());
        const ConstMatrix thereX = half ? s.in(xHalf.data()) : s.in(x.data());
        const ConstMatrix thereG = half ? s.in(gHalf.data()) : s.in(g.data());
        const std::int64_t rowStride = form == 2 ? 1 : form == 3 ? blocks : 0;
        const std::int64_t blockStride = form == 2 || form == 4 ? 0 : 1;
        const Clip host =
            form == 0 ? Clip {} : Clip { ratio.data(), ratio.data(), rowStride, blockStride };
        const Clip device =
            form == 0 ? Clip {} : Clip { r.data(), r.data(), rowStride, blockStride };
        std::vector<float> gx(s.f32.size());
        std::vector<float> lo(ratio.size(), 0.5F);
        std::vector<float> hi(ratio.size(), -0.5F);
        typename Space::template Buffer<float> deviceGx(gx);
        typename Space::template Buffer<float> deviceLo(lo);
        typename Space::template Buffer<float> deviceHi(hi);
        oracle().fakeQuantizeBackward(hostX, hostG, host, spec, ste, s.out(gx.data()),
                                      { lo.data(), hi.data() }, testExec());
        Space::fakeQuantizeBackward(thereX, thereG, device, spec, ste, s.out(deviceGx.data()),
                                    ClipGrad { deviceLo.data(), deviceHi.data() });
        QVERIFY2(
            mismatches(deviceGx.get(), gx) == 0,
            qPrintable(name(spec) + QStringLiteral(" clip form %1 bf16 %2").arg(form).arg(half)));
        const auto nearly = [](const std::vector<float> &a, const std::vector<float> &b) {
            for (std::size_t i = 0; i < a.size(); ++i) {
                const bool same = a[i] == b[i] || (!std::isfinite(a[i]) && !std::isfinite(b[i]));
                if (!same && std::fabs(a[i] - b[i]) > 1e-5F * std::fabs(b[i])) {
                    return false;
                }
            }
            return true;
        };
        QVERIFY(nearly(deviceLo.get(), lo));
        QVERIFY(nearly(deviceHi.get(), hi));
    }
}

template<class Space>
void checkRoundOnScales(const QuantSpec &spec)
{
    const std::int64_t rows = 7;
    const std::int64_t cols = 96;
    const auto w = gaussian(static_cast<std::size_t>(rows * cols), 5);
    auto offset = gaussian(w.size(), 6);
    for (float &o : offset) {
        o = std::clamp(o, -0.5F, 0.5F);
    }
    std::vector<float> scale(w.size() / static_cast<std::size_t>(blockSize(spec.format)));
    for (std::size_t i = 0; i < scale.size(); ++i) {
        scale[i] = i % 9 == 8
            ? 0.0F
            : std::ldexp(1.0F + 0.01F * static_cast<float>(i % 3), static_cast<int>(i % 4) - 3);
    }
    typename Space::template Buffer<float> dw(w);
    typename Space::template Buffer<float> doff(offset);
    typename Space::template Buffer<float> ds(scale);
    typename Space::template Buffer<float> dout(w);
    std::vector<float> expected(w.size());
    for (const bool with : { false, true }) {
        oracle().roundOnScales(w.data(), with ? offset.data() : nullptr, rows, cols, scale.data(),
                               spec, expected.data(), testExec());
        Space::roundOnScales(dw.data(), with ? doff.data() : nullptr, rows, cols, ds.data(), spec,
                             dout.data());
        QVERIFY2(mismatches(dout.get(), expected) == 0, qPrintable(name(spec)));
    }
}

template<class Space>
void checkGptq(const QuantSpec &spec, std::int64_t rows, std::int64_t n, std::int64_t c0,
               std::int64_t c1)
{
    const auto size = static_cast<std::size_t>(rows * n);
    const auto w = gaussian(size, 11);
    auto u = gaussian(static_cast<std::size_t>(n * n), 12);
    std::vector<float> scale(size);
    for (std::int64_t j = 0; j < n; ++j) {
        for (std::int64_t l = 0; l < n; ++l) {
            float &v = u[static_cast<std::size_t>(j * n + l)];
            v = l == j ? 1.0F + std::fabs(v) : l > j ? 0.1F * v : 0.0F;
        }
    }
    for (std::size_t i = 0; i < size; ++i) {
        scale[i] = i % 17 == 3 ? 0.0F : std::ldexp(1.0F, -static_cast<int>(i % 3));
    }
    const auto width = static_cast<std::size_t>(c1 - c0);
    std::vector<float> expected = w;
    std::vector<float> q(size);
    std::vector<float> e(static_cast<std::size_t>(rows) * width);
    oracle().gptqColumns(expected.data(), rows, n, c0, c1, u.data(), scale.data(), n, spec,
                         q.data(), e.data(), testExec());
    typename Space::template Buffer<float> dw(w);
    typename Space::template Buffer<float> du(u);
    typename Space::template Buffer<float> ds(scale);
    typename Space::template Buffer<float> dq(std::vector<float>(q.size()));
    typename Space::template Buffer<float> de(std::vector<float>(e.size()));
    Space::gptqColumns(dw.data(), rows, n, c0, c1, du.data(), ds.data(), n, spec, dq.data(),
                       de.data());
    QVERIFY2(mismatches(dw.get(), expected) == 0, qPrintable(name(spec) + " weights"));
    QVERIFY2(mismatches(dq.get(), q) == 0, qPrintable(name(spec) + " quantized"));
    QVERIFY2(mismatches(de.get(), e) == 0, qPrintable(name(spec) + " errors"));
}

/// Counts and maxima exactly, sums to 1e-6 of the sum of magnitudes' scale.
/// Of the values, or of the same cut to bf16.
template<class Space>
void checkStats(const std::vector<float> &x, std::int64_t rows, std::int64_t cols,
                const QuantSpec &spec, int bins, bool bf16 = false)
{
    const auto half = toBf16(x);
    const auto matrix = [&](const float *wide, const std::uint16_t *narrow) {
        return bf16 ? ConstMatrix { narrow, DType::bf16, rows, cols, cols }
                    : ConstMatrix { wide, DType::f32, rows, cols, cols };
    };
    const auto k = static_cast<std::size_t>((cols + 31) / 32);
    struct Result
    {
        std::vector<double> sum[6];
        std::vector<float> maxAbs, energy;
        std::vector<std::uint32_t> histogram, codes, clipped;
    };
    Result a;
    for (auto &sum : a.sum) {
        sum.resize(k);
    }
    a.maxAbs.resize(k);
    a.energy.resize(k * static_cast<std::size_t>(rows));
    a.histogram.resize(k * static_cast<std::size_t>(bins));
    a.codes.resize(k * 16);
    a.clipped.resize(k);
    oracle().blockStats(matrix(x.data(), half.data()), spec,
                        { a.sum[0].data(), a.sum[1].data(), a.sum[2].data(), a.sum[3].data(),
                          a.maxAbs.data(), a.sum[4].data(), a.histogram.data(), a.codes.data(),
                          a.clipped.data(), a.sum[5].data(), a.energy.data(), bins, 8.0F },
                        testExec());
    typename Space::template Buffer<float> dx(x);
    typename Space::template Buffer<std::uint16_t> dHalf(half);
    using Doubles = typename Space::template Buffer<double>;
    Doubles sums[6] { Doubles(k), Doubles(k), Doubles(k), Doubles(k), Doubles(k), Doubles(k) };
    typename Space::template Buffer<float> maxAbs(k);
    typename Space::template Buffer<float> energy(a.energy.size());
    typename Space::template Buffer<std::uint32_t> histogram(
        std::vector<std::uint32_t>(a.histogram.size()));
    typename Space::template Buffer<std::uint32_t> codes(
        std::vector<std::uint32_t>(a.codes.size()));
    typename Space::template Buffer<std::uint32_t> clipped(k);
    Space::blockStats(matrix(dx.data(), dHalf.data()), spec,
                      BlockStatsOut { sums[0].data(), sums[1].data(), sums[2].data(),
                                      sums[3].data(), maxAbs.data(), sums[4].data(),
                                      histogram.data(), codes.data(), clipped.data(),
                                      sums[5].data(), energy.data(), bins, 8.0F });
    QVERIFY2(mismatches(maxAbs.get(), a.maxAbs) == 0, qPrintable(name(spec) + " maxAbs"));
    QVERIFY2(mismatches(histogram.get(), a.histogram) == 0, qPrintable(name(spec) + " histogram"));
    if (spec.format == Format::mxfp4) {
        QVERIFY2(mismatches(codes.get(), a.codes) == 0, qPrintable(name(spec) + " codes"));
    }
    QVERIFY2(mismatches(clipped.get(), a.clipped) == 0, qPrintable(name(spec) + " clipped"));
    const auto near = [](double got, double wanted, double unit) {
        return got == wanted || (std::isnan(got) && std::isnan(wanted))
            || std::fabs(got - wanted) <= 2e-6 * unit;
    };
    for (std::size_t i = 0; i < k; ++i) {
        // Odd moments cancel: their unit is the even moments' mean.
        const double units[6] { std::sqrt(a.sum[1][i] * static_cast<double>(rows) * 32),
                                a.sum[1][i],
                                std::sqrt(a.sum[1][i] * a.sum[3][i]),
                                a.sum[3][i],
                                a.sum[4][i],
                                a.sum[5][i] };
        for (std::size_t m = 0; m < 6; ++m) {
            QVERIFY2(near(sums[m].get()[i], a.sum[m][i], units[m]),
                     qPrintable(name(spec) + QStringLiteral(" sum %1").arg(m)));
        }
    }
    const auto gotEnergy = energy.get();
    for (std::size_t i = 0; i < gotEnergy.size(); ++i) {
        QVERIFY(near(gotEnergy[i], a.energy[i], a.energy[i]));
    }
}

} // namespace cuda_test
