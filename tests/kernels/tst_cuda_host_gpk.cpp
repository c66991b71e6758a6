// SPDX-License-Identifier: Apache-2.0
#include "transform_emulator.h"

#include "kernels/reduce.h"

#include <QtTest>

using namespace transform_emulator;

namespace {

std::vector<float> rounded(const std::vector<float> &x)
{
    std::vector<float> out(x.size());
    for (size_t i = 0; i < x.size(); ++i) {
        out[i] = cu::fromBf16(cu::toBf16(x[i]));
    }
    return out;
}

double relativeError(const std::vector<float> &got, const std::vector<float> &wanted)
{
    double error = 0;
    double size = 0;
    for (size_t i = 0; i < wanted.size(); ++i) {
        error += std::pow(double(got[i]) - double(wanted[i]), 2);
        size += std::pow(double(wanted[i]), 2);
    }
    return std::sqrt(error / (size + 1e-300));
}

struct Problem
{
    std::int64_t rows = 45;
    std::int64_t cols = 200; ///< ragged for every block size
    int g1, g2;
    std::vector<float> x, gy, a, b, lo, hi;
    std::vector<std::uint16_t> xHalf, gyHalf;
    std::int64_t k;

    Problem(int g1In, int g2In, bool hostileX = false, std::int64_t rowsIn = 45,
            std::int64_t colsIn = 200)
        : rows(rowsIn), cols(colsIn), g1(g1In), g2(g2In), k((cols + g1 * g2 - 1) / (g1 * g2))
    {
        x = gaussian(size_t(rows * cols), 1);
        if (hostileX) {
            const auto bad = hostile(size_t((rows * cols + 31) / 32 * 32), 11);
            std::copy_n(bad.begin(), x.size(), x.begin());
        }
        gy = gaussian(size_t(rows * cols), 2);
        xHalf = toBf16(x);
        gyHalf = toBf16(gy);
        a = gaussian(size_t(g1 * g1), 3);
        b = gaussian(size_t(k * g2 * g2), 4);
        lo.resize(size_t(cols));
        hi.resize(size_t(cols));
        for (size_t i = 0; i < lo.size(); ++i) {
            lo[i] = 0.6F + 0.4F * float(i % 7) / 7.0F;
            hi[i] = 0.5F + 0.5F * float(i % 5) / 5.0F;
        }
    }
    [[nodiscard]] Gpk gpk() const { return { a.data(), b.data(), g1, g2 }; }
    [[nodiscard]] Clip clip() const { return { lo.data(), hi.data(), 0, 1 }; }
    [[nodiscard]] ConstMatrix in() const { return view(x, rows, cols); }
    [[nodiscard]] ConstMatrix half() const { return view(xHalf, rows, cols); }
    [[nodiscard]] ConstMatrix gradient() const { return view(gy, rows, cols); }
    [[nodiscard]] ConstMatrix halfGradient() const { return view(gyHalf, rows, cols); }
};

const QuantSpec usual {};

} // namespace

/// The bodies of the GPK kernels on the CPU (transform_emulator.h) against the scalar oracle.
class TestCudaHostGpk : public QObject
{
    Q_OBJECT

private:
    static void factors()
    {
        QTest::addColumn<int>("g1");
        QTest::addColumn<int>("g2");
        for (const int g : { 16, 32, 64, 128 }) {
            for (int g1 = 1; g1 <= g; g1 *= 2) {
                QTest::addRow("%dx%d", g1, g / g1) << g1 << g / g1;
            }
        }
    }

private Q_SLOTS:
    void fragmentsCoverTheUnit()
    {
        for (int step = 0; step < 2; ++step) { // every column once as k, once as n
            std::vector<int> seen(32, 0);
            for (int i = 0; i < 32; ++i) {
                ++seen[size_t(step == 0 ? cu::kColumn(i / 16, i % 16) : cu::nColumn(i / 8, i % 8))];
            }
            QCOMPARE(seen, std::vector<int>(32, 1));
        }
        for (int lane = 0; lane < 32; ++lane) { // a lane's A and C elements are its own 8 columns
            for (int kt = 0; kt < 2; ++kt) {
                for (int e = 0; e < 8; ++e) {
                    const cu::Cell cell = cu::mmaCellA(lane, e);
                    const int pair = 2 * kt + (e >> 2);
                    QCOMPARE(cu::kColumn(kt, cell.col), 8 * (lane % 4) + 2 * pair + (e & 1));
                }
            }
            for (int nt = 0; nt < 4; ++nt) {
                for (int e = 0; e < 4; ++e) {
                    const cu::Cell cell = cu::mmaCellC(lane, e);
                    QCOMPARE(cu::nColumn(nt, cell.col), 8 * (lane % 4) + 2 * nt + (e & 1));
                }
            }
        }
    }

    void exactForward_data() { factors(); }
    void exactForward()
    {
        QFETCH(int, g1);
        QFETCH(int, g2);
        for (const bool bad : { false, true }) {
            const Problem p(g1, g2, bad);
            std::vector<float> got(p.x.size());
            std::vector<float> wanted(p.x.size());
            transform_emulator::exactForward({ p.in() }, p.gpk(), {}, nullptr,
                                             view(got, p.rows, p.cols));
            oracle().gpkTransform(p.in(), p.gpk(), view(wanted, p.rows, p.cols), {});
            QCOMPARE(mismatches(got, wanted), 0U);
            std::vector<std::uint16_t> gotHalf(p.x.size());
            std::vector<std::uint16_t> wantedHalf(p.x.size());
            for (const QuantSpec &spec :
                 { usual, QuantSpec { Format::mxfp8E4m3, ScaleRule::floor, Ties::away },
                   QuantSpec { Format::nvfp4, ScaleRule::even, Ties::even, 37.25F },
                   QuantSpec { Format::mxint8 },
                   QuantSpec { Format::mxfp4, ScaleRule::prescale } }) {
                transform_emulator::exactForward({ p.half() }, p.gpk(), p.clip(), &spec,
                                                 view(gotHalf, p.rows, p.cols));
                oracle().gpkFakeQuantize(p.half(), p.gpk(), p.clip(), spec,
                                         view(wantedHalf, p.rows, p.cols), {});
                for (size_t i = 0; i < gotHalf.size(); ++i) {
                    const float x = cu::fromBf16(gotHalf[i]);
                    const float y = cu::fromBf16(wantedHalf[i]);
                    QVERIFY2((std::isnan(x) && std::isnan(y)) || gotHalf[i] == wantedHalf[i],
                             qPrintable(name(spec)));
                }
            }
        }
    }

    void exactBackward_data() { factors(); }
    void exactBackward()
    {
        QFETCH(int, g1);
        QFETCH(int, g2);
        const Problem p(g1, g2);
        for (const QuantSpec *spec : { static_cast<const QuantSpec *>(nullptr), &usual }) {
            const Ste ste { true, spec != nullptr };
            const Clip clip = spec != nullptr ? p.clip() : Clip {};
            const Gradients got =
                transform_emulator::backward(false, p.in(), p.gradient(), p.gpk(), clip, spec, ste);
            Gradients wanted = got;
            std::vector<float> lo(p.lo.size());
            std::vector<float> hi(p.hi.size());
            if (spec != nullptr) {
                oracle().gpkFakeQuantizeBackward(p.in(), p.gradient(), p.gpk(), clip, *spec, ste,
                                                 view(wanted.x, p.rows, p.cols), wanted.a.data(),
                                                 wanted.b.data(), { lo.data(), hi.data() }, {});
                std::vector<float> ours(p.lo.size());
                std::vector<float> oursHi(p.hi.size());
                addClipGradient(got.shares.data(), p.rows, std::int64_t(got.shares.size()) / p.rows,
                                clip, { ours.data(), oursHi.data() });
                QCOMPARE(mismatches(ours, lo), 0U);
                QCOMPARE(mismatches(oursHi, hi), 0U);
            } else {
                oracle().gpkTransformBackward(p.in(), p.gradient(), p.gpk(),
                                              view(wanted.x, p.rows, p.cols), wanted.a.data(),
                                              wanted.b.data(), {});
            }
            QCOMPARE(mismatches(got.x, wanted.x), 0U);
            QVERIFY(relativeError(got.a, wanted.a) < 1e-5); // single sums cancel
            QVERIFY(relativeError(got.b, wanted.b) < 1e-5);
        }
    }

    void mmaForward_data()
    {
        QTest::addColumn<int>("g1");
        QTest::addColumn<int>("g2");
        for (const int g : { 16, 32 }) {
            for (int g1 = 1; g1 <= g; g1 *= 2) {
                QTest::addRow("%dx%d", g1, g / g1) << g1 << g / g1;
            }
        }
    }
    /// The product is as accurate as promised; what follows it equals clip + quantize of the oracle
    /// on the very same product.
    void mmaForward()
    {
        QFETCH(int, g1);
        QFETCH(int, g2);
        for (const std::int64_t cols : { 200, 256 }) { // ragged, and whole vectors
            Problem p(g1, g2, false, 45, cols);
            std::vector<float> y(p.x.size());
            std::vector<float> wanted(p.x.size());
            for (const bool deployed : { false, true }) {
                if (deployed) {
                    p.a = rounded(p.a);
                    p.b = rounded(p.b);
                }
                transform_emulator::mmaForward({ p.half() }, p.gpk(), {}, nullptr,
                                               view(y, p.rows, p.cols));
                oracle().gpkTransform(p.half(), p.gpk(), view(wanted, p.rows, p.cols), {});
                const double error = relativeError(y, wanted);
                QVERIFY2(error < (deployed ? 2e-7 : 3e-6), qPrintable(QString::number(error)));
            }
            for (const QuantSpec &spec : allSpecs()) {
                if (!cu::takesMma(p.gpk(), DType::bf16, &spec)) {
                    continue;
                }
                for (const bool clipped : { false, true }) {
                    const Clip clip = clipped ? p.clip() : Clip {};
                    std::vector<float> got(y.size());
                    transform_emulator::mmaForward({ p.half() }, p.gpk(), clip, &spec,
                                                   view(got, p.rows, p.cols));
                    oracle().fakeQuantize(view(std::as_const(y), p.rows, p.cols), clip, spec,
                                          view(wanted, p.rows, p.cols), {});
                    // The padded part of a ragged last block takes part in its scale on both sides
                    // only where the transform leaves it zero; compare whole blocks.
                    size_t wrong = 0;
                    for (size_t i = 0; i < got.size(); ++i) {
                        const std::int64_t c = std::int64_t(i) % cols;
                        wrong += c / 32 * 32 + 32 <= cols && got[i] != wanted[i];
                    }
                    QVERIFY2(wrong == 0, qPrintable(name(spec)));
                }
            }
        }
    }

    void poisonedBlocks()
    {
        Problem p(8, 4, true, 64, 256);
        std::vector<float> y(p.x.size());
        transform_emulator::mmaForward({ p.half() }, p.gpk(), {}, nullptr, view(y, p.rows, p.cols));
        for (const bool clipped : { false, true }) {
            const Clip clip = clipped ? p.clip() : Clip {};
            std::vector<float> got(y.size());
            std::vector<float> wanted(y.size());
            transform_emulator::mmaForward({ p.half() }, p.gpk(), clip, &usual,
                                           view(got, p.rows, p.cols));
            oracle().fakeQuantize(view(std::as_const(y), p.rows, p.cols), clip, usual,
                                  view(wanted, p.rows, p.cols), {});
            size_t nans = 0;
            for (size_t i = 0; i < got.size(); ++i) {
                QCOMPARE(std::isnan(got[i]), std::isnan(wanted[i]));
                nans += std::isnan(got[i]);
                QVERIFY(std::isnan(got[i]) || got[i] == wanted[i]);
            }
            QVERIFY(nans > 0 && nans < got.size());
        }
    }

    /// Codes and scales of both paths decode to what they fake-quantize to, in either layout.
    void packing()
    {
        for (const std::int64_t cols : { 256, 200 }) {
            const Problem p(8, 4, false, 150, cols);
            const std::int64_t blocks = (cols + 31) / 32;
            for (const bool mma : { false, true }) {
                for (const QuantSpec &spec :
                     { usual, QuantSpec { Format::mxfp4, ScaleRule::prescale, Ties::away } }) {
                    const auto run =
                        mma ? &transform_emulator::mmaForward : &transform_emulator::exactForward;
                    std::vector<float> values(p.x.size());
                    run({ p.half() }, p.gpk(), p.clip(), &spec, view(values, p.rows, p.cols), {});
                    for (const auto layout :
                         { cu::ScaleLayout::linear, cu::ScaleLayout::swizzled }) {
                        std::vector<std::uint8_t> codes(size_t(p.rows * blocks * 16));
                        std::vector<std::uint8_t> scales(
                            size_t(cu::scaleBytes(layout, p.rows, blocks)));
                        run({ p.half() }, p.gpk(), p.clip(), &spec, {},
                            { codes.data(), scales.data(), layout });
                        std::vector<std::uint8_t> linear(size_t(p.rows * blocks));
                        for (std::int64_t i = 0; i < p.rows * blocks; ++i) {
                            linear[size_t(i)] = scales[size_t(
                                cu::scaleOffset(layout, i / blocks, i % blocks, blocks))];
                        }
                        std::vector<float> decoded(p.x.size());
                        oracle().unpackMxfp4(codes.data(), linear.data(), spec,
                                             view(decoded, p.rows, p.cols), {});
                        QCOMPARE(mismatches(decoded, values), 0U);
                    }
                }
            }
        }
    }

    void scaleTilesHoldEveryScaleOnce()
    {
        const std::int64_t rows = 300;
        const std::int64_t blocks = 10;
        std::vector<int> seen(size_t(cu::scaleBytes(cu::ScaleLayout::swizzled, rows, blocks)), 0);
        QCOMPARE(seen.size(), size_t(3 * 3 * 512));
        for (std::int64_t i = 0; i < rows * blocks; ++i) {
            ++seen[size_t(
                cu::scaleOffset(cu::ScaleLayout::swizzled, i / blocks, i % blocks, blocks))];
        }
        QCOMPARE(std::count(seen.begin(), seen.end(), 1), rows * blocks);
        // Row 33 of the first tile sits beside row 1: 4 bytes on.
        QCOMPARE(cu::scaleOffset(cu::ScaleLayout::swizzled, 33, 2, blocks), std::int64_t { 22 });
    }

    /// Warps of a block take every tile of their chunk once and send for no tile that is not there.
    void tilesAreSentForAhead()
    {
        for (const std::int64_t rows : { 1, 16, 17, 150, 2048, 100'000 }) {
            const Gpk p { nullptr, nullptr, 8, 4 };
            const cu::BackwardPlan plan = cu::planMmaBackward(rows, 128, p);
            const std::int64_t tiles = cu::chunkTiles(rows, plan.chunks, cu::mmaRows);
            std::vector<int> seen(size_t((rows + cu::mmaRows - 1) / cu::mmaRows), 0);
            for (std::int64_t chunk = 0; chunk < plan.chunks; ++chunk) {
                const cu::ChunkRows its = cu::chunkRows(chunk, tiles, int(rows));
                QVERIFY(its.end <= rows);
                for (int warp = 0; warp < 4; ++warp) {
                    const int step = 4 * cu::mmaRows;
                    for (int row = its.begin + warp * cu::mmaRows; row < its.end; row += step) {
                        QCOMPARE(row % cu::mmaRows, 0);
                        ++seen[size_t(row / cu::mmaRows)];
                    }
                }
            }
            QCOMPARE(std::count(seen.begin(), seen.end(), 1), std::ptrdiff_t(seen.size()));
        }
        QCOMPARE(sizeof(cu::StagedTile), size_t(4 * 32 * 16));
        QCOMPARE(alignof(cu::StagedTile), size_t(16));
        // No room of its own: fragments and tiles share that of the dense gradients.
        QVERIFY(sizeof(cu::SharedFragments) + 4 * sizeof(cu::StagedTile)
                <= 4 * cu::denseFloats * sizeof(float));
    }

    void mmaBackward_data() { mmaForward_data(); }
    void mmaBackward()
    {
        QFETCH(int, g1);
        QFETCH(int, g2);
        for (const std::int64_t cols : { 200, 256 }) {
            Problem p(g1, g2, false, 150, cols);
            // Deployed factors: the product is that of the oracle but for its last bits, so both
            // take the same side of nearly every mask.
            p.a = rounded(p.a);
            p.b = rounded(p.b);
            for (const bool quantized : { false, true }) {
                for (const Ste ste :
                     { Ste { true, false }, Ste { false, false }, Ste { true, true } }) {
                    const QuantSpec *const spec = quantized ? &usual : nullptr;
                    const Clip clip = quantized ? p.clip() : Clip {};
                    const Gradients got = transform_emulator::backward(
                        true, p.half(), p.halfGradient(), p.gpk(), clip, spec, ste);
                    Gradients wanted = got;
                    std::vector<float> lo(p.lo.size());
                    std::vector<float> hi(p.hi.size());
                    if (quantized) {
                        oracle().gpkFakeQuantizeBackward(p.half(), p.halfGradient(), p.gpk(), clip,
                                                         usual, ste, view(wanted.x, p.rows, p.cols),
                                                         wanted.a.data(), wanted.b.data(),
                                                         { lo.data(), hi.data() }, {});
                        std::vector<float> ours(lo.size());
                        std::vector<float> oursHi(hi.size());
                        addClipGradient(got.shares.data(), p.rows,
                                        std::int64_t(got.shares.size()) / p.rows, clip,
                                        { ours.data(), oursHi.data() });
                        QVERIFY(relativeError(ours, lo) < 1e-5);
                        QVERIFY(relativeError(oursHi, hi) < 1e-5);
                    } else {
                        oracle().gpkTransformBackward(p.half(), p.halfGradient(), p.gpk(),
                                                      view(wanted.x, p.rows, p.cols),
                                                      wanted.a.data(), wanted.b.data(), {});
                    }
                    QVERIFY2(relativeError(got.x, wanted.x) < 1e-5,
                             qPrintable(QString::number(relativeError(got.x, wanted.x))));
                    QVERIFY(relativeError(got.a, wanted.a) < 1e-4);
                    QVERIFY(relativeError(got.b, wanted.b) < 1e-4);
                }
            }
        }
    }

    /// Blocks that hold NaN or infinities pass no gradient (or pass it unchanged without a mask).
    void poisonedGradients()
    {
        Problem p(8, 4, true, 64, 256);
        for (auto &v : p.xHalf) { // finite products: only the block's own NaN poisons
            const float x = cu::fromBf16(v);
            v = std::fabs(x) > 1e3F && std::isfinite(x) ? 0 : v;
        }
        const Gradients got = transform_emulator::backward(
            true, p.half(), p.halfGradient(), p.gpk(), p.clip(), &usual, { true, true });
        for (std::int64_t row = 0; row < p.rows; ++row) {
            for (std::int64_t block = 0; block < 8; ++block) {
                bool poisoned = false;
                for (std::int64_t j = 0; j < 32; ++j) {
                    poisoned |= !std::isfinite(
                        cu::fromBf16(p.xHalf[size_t(row * p.cols + block * 32 + j)]));
                }
                for (std::int64_t j = 0; poisoned && j < 32; ++j) {
                    QCOMPARE(got.x[size_t(row * p.cols + block * 32 + j)], 0.0F);
                }
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestCudaHostGpk)
#include "tst_cuda_host_gpk.moc"
