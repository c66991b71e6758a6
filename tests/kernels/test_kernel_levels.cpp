// SPDX-License-Identifier: Apache-2.0
#include "kernel_data.h"

#include <QtTest>

#include <algorithm>

using namespace kernel_test;

/// Every vector level against the scalar oracle, bit for bit.
/// BATLAB_TEST_FULL=1 runs 10^6 blocks per format, rule and tie instead of a few thousand (fp32,
/// bf16, codes and scales; the first 16,384 of them through every entry of the table).
class TestKernelLevels : public QObject
{
    Q_OBJECT

private:
    static std::size_t blockCount()
    {
        return qEnvironmentVariableIsSet("BATLAB_TEST_FULL") ? 1'000'000 : 1'024;
    }

    /// Compares fakeQuantize, quantize, dequantize, blockScales and packing on one set of rows.
    static void compareQuantizers(const std::vector<float> &x, std::int64_t cols,
                                  const QuantSpec &spec, bool everything = true)
    {
        const auto rows = static_cast<std::int64_t>(x.size()) / cols;
        const std::int64_t blocks = (cols + blockSize(spec.format) - 1) / blockSize(spec.format);
        const auto scaleCount = static_cast<std::size_t>(rows * blocks);
        const std::size_t codeCount = scaleCount * static_cast<std::size_t>(blockSize(spec.format));
        const auto half = toBf16(x);
        const bool packs = spec.format == Format::mxfp4;

        struct Result
        {
            std::vector<float> f32, fromBf16, decoded, unpacked;
            std::vector<std::uint16_t> bf16, toHalf;
            std::vector<std::uint8_t> codes, scales, scalesOnly, nibbles, nibbleScales;
        };
        auto runWith = [&](const Backend &backend) {
            Result r;
            const Exec exec { 2 };
            r.f32.resize(x.size());
            r.bf16.resize(x.size());
            r.codes.resize(codeCount);
            r.scales.resize(scaleCount);
            backend.fakeQuantize(view(x, rows, cols), {}, spec, view(r.f32, rows, cols), exec);
            backend.fakeQuantize(view(half, rows, cols), {}, spec, view(r.bf16, rows, cols), exec);
            backend.quantize(view(x, rows, cols), spec, r.codes.data(), r.scales.data(), exec);
            if (!everything) {
                return r;
            }
            r.fromBf16.resize(x.size());
            r.decoded.resize(x.size());
            r.toHalf.resize(x.size());
            r.scalesOnly.resize(scaleCount);
            backend.fakeQuantize(view(half, rows, cols), {}, spec, view(r.fromBf16, rows, cols),
                                 exec);
            backend.fakeQuantize(view(x, rows, cols), {}, spec, view(r.toHalf, rows, cols), exec);
            backend.dequantize(r.codes.data(), r.scales.data(), spec, view(r.decoded, rows, cols),
                               exec);
            backend.blockScales(view(x, rows, cols), spec, r.scalesOnly.data(), exec);
            if (packs) {
                r.nibbles.resize(scaleCount * 16);
                r.nibbleScales.resize(scaleCount);
                r.unpacked.resize(x.size());
                backend.packMxfp4(view(x, rows, cols), spec, r.nibbles.data(),
                                  r.nibbleScales.data(), exec);
                backend.unpackMxfp4(r.nibbles.data(), r.nibbleScales.data(), spec,
                                    view(r.unpacked, rows, cols), exec);
            }
            return r;
        };
        const Result expected = runWith(oracle());
        // The table agrees with itself: decoding the codes gives the fake-quantized values.
        if (everything) {
            QCOMPARE(mismatches(expected.f32, expected.decoded), 0U);
            QCOMPARE(mismatches(expected.scales, expected.scalesOnly), 0U);
        }
        if (everything && packs) {
            QCOMPARE(mismatches(expected.f32, expected.unpacked), 0U);
        }
        for (const Backend *level : vectorLevels()) {
            const Result actual = runWith(*level);
            const QByteArray what = (name(spec) + ' ' + level->name).toUtf8();
            QVERIFY2(mismatches(expected.f32, actual.f32) == 0, what.constData());
            QVERIFY2(mismatches(expected.fromBf16, actual.fromBf16) == 0, what.constData());
            QVERIFY2(mismatches(expected.bf16, actual.bf16) == 0, what.constData());
            QVERIFY2(mismatches(expected.toHalf, actual.toHalf) == 0, what.constData());
            QVERIFY2(mismatches(expected.codes, actual.codes) == 0, what.constData());
            QVERIFY2(mismatches(expected.scales, actual.scales) == 0, what.constData());
            QVERIFY2(mismatches(expected.scalesOnly, actual.scalesOnly) == 0, what.constData());
            QVERIFY2(mismatches(expected.decoded, actual.decoded) == 0, what.constData());
            QVERIFY2(mismatches(expected.nibbles, actual.nibbles) == 0, what.constData());
            QVERIFY2(mismatches(expected.nibbleScales, actual.nibbleScales) == 0, what.constData());
            QVERIFY2(mismatches(expected.unpacked, actual.unpacked) == 0, what.constData());
        }
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (vectorLevels().empty()) {
            QSKIP("This machine runs no vector level: nothing to compare with the oracle");
        }
        for (const Backend *level : vectorLevels()) {
            qInfo("comparing %s with %s", level->name, oracle().name);
        }
    }

    void quantizers()
    {
        const std::size_t slab = 16'384;
        const std::size_t total = blockCount();
        std::size_t blocks = 0;
        for (std::size_t done = 0; done < total; done += slab) {
            const std::size_t count = 32 * std::min(slab, total - done) / 2;
            auto x = gaussian(count, static_cast<unsigned>(done + 1));
            const auto bad = hostile(count, static_cast<unsigned>(done + 2));
            x.insert(x.end(), bad.begin(), bad.end());
            blocks += x.size() / 32;
            for (const QuantSpec &spec : allSpecs()) {
                compareQuantizers(x, 256, spec, done == 0);
            }
        }
        qInfo("%zu specifications, %zu blocks each", allSpecs().size(), blocks);
    }

    void paddedColumns()
    {
        for (const std::int64_t cols : { 1, 15, 16, 17, 33, 47, 48, 90 }) {
            const auto x = hostile(static_cast<std::size_t>(cols) * 37, 5);
            for (const QuantSpec &spec : allSpecs()) {
                compareQuantizers(x, cols, spec);
            }
        }
    }

    void clipped()
    {
        const std::int64_t rows = 50;
        const std::int64_t cols = 80;
        const auto x = hostile(static_cast<std::size_t>(rows * cols), 9);
        const auto ratios = ratioTable(static_cast<std::size_t>(rows * 5), 3);
        for (const QuantSpec &spec : allSpecs()) {
            for (const Clip &clip : clips(ratios)) {
                std::vector<float> expected(x.size());
                oracle().fakeQuantize(view(x, rows, cols), clip, spec, view(expected, rows, cols),
                                      { 1 });
                for (const Backend *level : vectorLevels()) {
                    std::vector<float> actual(x.size());
                    level->fakeQuantize(view(x, rows, cols), clip, spec, view(actual, rows, cols),
                                        { 2 });
                    QVERIFY2(mismatches(expected, actual) == 0,
                             (name(spec) + ' ' + level->name).toUtf8().constData());
                }
            }
        }
    }

    void transforms_data()
    {
        QTest::addColumn<int>("g1");
        QTest::addColumn<int>("g2");
        for (const int g : { 16, 32, 64, 128 }) {
            for (int g1 = 1; g1 <= g; g1 *= 2) {
                QTest::addRow("%dx%d", g1, g / g1) << g1 << g / g1;
            }
        }
    }

    void transforms()
    {
        QFETCH(int, g1);
        QFETCH(int, g2);
        const std::int64_t rows = 75; // one whole chunk of 64 and a ragged rest
        const std::int64_t cols = 176; // not a multiple of 32, 64 or 128
        const int g = g1 * g2;
        const std::int64_t k = (cols + g - 1) / g;
        const auto a = gaussian(static_cast<std::size_t>(g1 * g1), 1);
        const auto b = gaussian(static_cast<std::size_t>(k * g2 * g2), 2);
        const Gpk p { a.data(), b.data(), g1, g2 };
        const auto x = hostile(static_cast<std::size_t>(rows * cols), 3, false);
        const auto mild = gaussian(static_cast<std::size_t>(rows * cols), 4);
        const auto gy = gaussian(static_cast<std::size_t>(rows * cols), 5);
        const auto halfX = toBf16(mild);
        const auto ratios = ratioTable(static_cast<std::size_t>(rows * 12), 6);
        std::vector<QuantSpec> specs { { Format::mxfp4, ScaleRule::uos, Ties::even, 1 },
                                       { Format::mxfp4, ScaleRule::floor, Ties::away, 1 },
                                       { Format::mxfp4, ScaleRule::prescale, Ties::even, 1 },
                                       { Format::mxint8, ScaleRule::floor, Ties::zero, 1 },
                                       { Format::nvfp4, ScaleRule::even, Ties::even, 20 } };
        for (const QuantSpec &spec : specs) {
            for (const Clip &clip : clips(ratios)) {
                for (const Ste ste :
                     { Ste { true, false }, Ste { true, true }, Ste { false, true } }) {
                    compareTransform(p, x, mild, halfX, gy, rows, cols, k, clip, spec, ste);
                }
            }
        }
    }

    void hadamard()
    {
        const std::int64_t rows = 35;
        const std::int64_t cols = 80;
        const auto x = hostile(static_cast<std::size_t>(rows * cols), 3, false);
        const auto half = toBf16(x);
        const QuantSpec spec;
        for (const QuantSpec *quantized : { static_cast<const QuantSpec *>(nullptr), &spec }) {
            std::vector<float> expected(x.size());
            std::vector<std::uint16_t> expectedHalf(x.size());
            oracle().hadamard32(view(x, rows, cols), quantized, view(expected, rows, cols), { 1 });
            oracle().hadamard32(view(half, rows, cols), quantized, view(expectedHalf, rows, cols),
                                {});
            for (const Backend *level : vectorLevels()) {
                std::vector<float> actual(x.size());
                std::vector<std::uint16_t> actualHalf(x.size());
                level->hadamard32(view(x, rows, cols), quantized, view(actual, rows, cols), { 2 });
                level->hadamard32(view(half, rows, cols), quantized, view(actualHalf, rows, cols),
                                  {});
                QCOMPARE(mismatches(expected, actual), 0U);
                QCOMPARE(mismatches(expectedHalf, actualHalf), 0U);
            }
        }
    }

    void statistics()
    {
        const std::int64_t rows = 77;
        const std::int64_t cols = 336; // eleven blocks, the last one half
        const auto x = gaussian(static_cast<std::size_t>(rows * cols), 3, 0.01);
        for (const QuantSpec &spec : allSpecs()) {
            const Stats expected = statsOf(oracle(), x, rows, cols, spec);
            for (const Backend *level : vectorLevels()) {
                const Stats actual = statsOf(*level, x, rows, cols, spec);
                const QByteArray what = (name(spec) + ' ' + level->name).toUtf8();
                QVERIFY2(mismatches(expected.doubles, actual.doubles) == 0, what.constData());
                QVERIFY2(mismatches(expected.floats, actual.floats) == 0, what.constData());
                QVERIFY2(mismatches(expected.counts, actual.counts) == 0, what.constData());
            }
        }
    }

    void gptq()
    {
        const std::int64_t rows = 37;
        const std::int64_t n = 96;
        const auto w = gaussian(static_cast<std::size_t>(rows * n), 1);
        const auto u = gaussian(static_cast<std::size_t>(n * n), 2);
        std::vector<float> scale(static_cast<std::size_t>(rows * n));
        for (std::size_t i = 0; i < scale.size(); ++i) {
            scale[i] = i % 97 == 0 ? 0.0F : std::ldexp(1.0F, static_cast<int>(i / 32 % 5) - 3);
        }
        for (const QuantSpec &spec : allSpecs()) {
            auto run = [&](const Backend &backend, int threads) {
                std::vector<float> all = w;
                std::vector<float> quantized(w.size());
                std::vector<float> errors(static_cast<std::size_t>(rows * 64));
                backend.gptqColumns(all.data(), rows, n, 20, 84, u.data(), scale.data(), n, spec,
                                    quantized.data(), errors.data(), { threads });
                all.insert(all.end(), quantized.begin(), quantized.end());
                all.insert(all.end(), errors.begin(), errors.end());
                return all;
            };
            const auto expected = run(oracle(), 1);
            for (const Backend *level : vectorLevels()) {
                QVERIFY2(mismatches(expected, run(*level, 2)) == 0,
                         (name(spec) + ' ' + level->name).toUtf8().constData());
            }
        }
    }

    void roundOnScales()
    {
        const std::int64_t rows = 37;
        const std::int64_t n = 96;
        const auto w = gaussian(static_cast<std::size_t>(rows * n), 1);
        auto offset = gaussian(static_cast<std::size_t>(rows * n), 2);
        for (float &v : offset) {
            v = std::clamp(v, -0.5F, 0.5F);
        }
        for (const QuantSpec &spec : allSpecs()) {
            std::vector<float> scale(static_cast<std::size_t>(rows * n / blockSize(spec.format)));
            for (std::size_t i = 0; i < scale.size(); ++i) {
                scale[i] = i % 31 == 0 ? 0.0F : std::ldexp(1.0F, static_cast<int>(i % 5) - 3);
            }
            for (const float *v : { static_cast<const float *>(nullptr),
                                    static_cast<const float *>(offset.data()) }) {
                auto run = [&](const Backend &backend, int threads) {
                    std::vector<float> out(w.size());
                    backend.roundOnScales(w.data(), v, rows, n, scale.data(), spec, out.data(),
                                          { threads });
                    return out;
                };
                const auto expected = run(oracle(), 1);
                for (const Backend *level : vectorLevels()) {
                    QVERIFY2(mismatches(expected, run(*level, 2)) == 0,
                             (name(spec) + ' ' + level->name).toUtf8().constData());
                }
            }
        }
    }

private:
    static std::vector<float> ratioTable(std::size_t count, unsigned seed)
    {
        std::mt19937 random(seed);
        std::uniform_real_distribution<float> uniform(0.3F, 1.0F);
        std::vector<float> ratios(count);
        for (float &r : ratios) {
            r = random() % 4 == 0 ? 1.0F : uniform(random);
        }
        return ratios;
    }

    /// No clip, per block, per row, per row and block (12 blocks a row).
    static std::vector<Clip> clips(const std::vector<float> &ratios)
    {
        const float *r = ratios.data();
        return { Clip {}, Clip { r, r + 3, 0, 1 }, Clip { r, r + 2, 1, 0 },
                 Clip { r, r + 1, 4, 1 } };
    }

    struct Stats
    {
        std::vector<double> doubles;
        std::vector<float> floats;
        std::vector<std::uint32_t> counts;
    };
    static Stats statsOf(const Backend &backend, const std::vector<float> &x, std::int64_t rows,
                         std::int64_t cols, const QuantSpec &spec)
    {
        const auto k = static_cast<std::size_t>((cols + 31) / 32);
        const int bins = 50;
        Stats s;
        s.doubles.resize(6 * k, -1);
        s.floats.resize(k + k * static_cast<std::size_t>(rows), -1);
        s.counts.resize(k * (bins + 16 + 1), 99);
        BlockStatsOut out;
        double *const d = s.doubles.data();
        out.sum = d;
        out.sum2 = d + k;
        out.sum3 = d + 2 * k;
        out.sum4 = d + 3 * k;
        out.sumBlockMax = d + 4 * k;
        out.quantError2 = d + 5 * k;
        out.maxAbs = s.floats.data();
        out.rowEnergy = s.floats.data() + k;
        out.histogram = s.counts.data();
        out.bins = bins;
        out.codeUse = s.counts.data() + k * bins;
        out.clipped = s.counts.data() + k * (bins + 16);
        backend.blockStats(view(x, rows, cols), spec, out, { 2 });
        return s;
    }

    static void compareTransform(const Gpk &p, const std::vector<float> &x,
                                 const std::vector<float> &mild,
                                 const std::vector<std::uint16_t> &halfX,
                                 const std::vector<float> &gy, std::int64_t rows, std::int64_t cols,
                                 std::int64_t k, const Clip &clip, const QuantSpec &spec,
                                 const Ste &ste)
    {
        const std::int64_t wide = 192;
        auto run = [&](const Backend &backend, int threads) {
            std::vector<float> all;
            auto keep = [&](const std::vector<float> &part) {
                all.insert(all.end(), part.begin(), part.end());
            };
            const auto n = static_cast<std::size_t>(rows * cols);
            std::vector<float> y(n);
            std::vector<float> padded(static_cast<std::size_t>(rows * wide), 7.0F);
            std::vector<float> gx(n);
            std::vector<std::uint16_t> half(n);
            std::vector<float> dA(static_cast<std::size_t>(p.g1 * p.g1));
            std::vector<float> dB(static_cast<std::size_t>(k * p.g2 * p.g2));
            std::vector<float> dlo(1000, 0.5F);
            std::vector<float> dhi(1000, 0.25F);
            backend.gpkTransform(view(x, rows, cols), p, view(padded, rows, wide), { threads });
            keep(padded);
            backend.gpkFakeQuantize(view(x, rows, cols), p, clip, spec, view(y, rows, cols),
                                    { threads });
            keep(y);
            backend.gpkFakeQuantize(view(halfX, rows, cols), p, clip, spec, view(half, rows, cols),
                                    { threads });
            keep(std::vector<float>(half.begin(), half.end()));
            const auto x32 = view(mild, rows, cols);
            backend.gpkFakeQuantizeBackward(x32, view(gy, rows, cols), p, clip, spec, ste,
                                            view(gx, rows, cols), dA.data(), dB.data(),
                                            { dlo.data(), dhi.data() }, { threads });
            keep(gx);
            keep(dA);
            keep(dB);
            keep(dlo);
            keep(dhi);
            backend.fakeQuantizeBackward(x32, view(gy, rows, cols), clip, spec, ste,
                                         view(gx, rows, cols), { dlo.data(), dhi.data() },
                                         { threads });
            keep(gx);
            keep(dlo);
            keep(dhi);
            backend.gpkTransformBackward(x32, view(gy, rows, cols), p, view(gx, rows, cols),
                                         dA.data(), dB.data(), { threads });
            keep(gx);
            keep(dA);
            keep(dB);
            return all;
        };
        const auto expected = run(oracle(), 1);
        for (const Backend *level : vectorLevels()) {
            for (const int threads : { 1, 2 }) {
                QVERIFY2(mismatches(expected, run(*level, threads)) == 0,
                         (name(spec) + ' ' + level->name).toUtf8().constData());
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestKernelLevels)
#include "test_kernel_levels.moc"
