// SPDX-License-Identifier: Apache-2.0
#include "kernel_data.h"

#include <QtTest>

using namespace kernel_test;

namespace {

/// Grids written out by hand from methods.md 1.1 and 1.4, independent of kernels/formats.cpp.
struct Grid
{
    Format format;
    int exponentBits, mantissaBits, bias;
    double maximum;
    int bits;
};
const Grid grids[] = {
    { Format::mxfp4, 2, 1, 1, 6.0, 4 },          { Format::mxfp8E4m3, 4, 3, 7, 448.0, 8 },
    { Format::mxfp8E5m2, 5, 2, 15, 57344.0, 8 }, { Format::mxfp6E2m3, 2, 3, 1, 7.5, 6 },
    { Format::mxfp6E3m2, 3, 2, 3, 28.0, 6 },
};

double valueOf(const Grid &g, int code)
{
    const int sign = code >> (g.bits - 1);
    const int field = (code >> g.mantissaBits) & ((1 << g.exponentBits) - 1);
    const double mantissa = (code & ((1 << g.mantissaBits) - 1)) / double(1 << g.mantissaBits);
    const double magnitude =
        field == 0 ? std::ldexp(mantissa, 1 - g.bias) : std::ldexp(1.0 + mantissa, field - g.bias);
    return sign ? -magnitude : magnitude;
}

std::uint8_t scaleOf(const Backend &backend, float amax, const QuantSpec &spec)
{
    std::vector<float> x(32);
    x[17] = -amax;
    std::uint8_t scale[2] = { 1, 1 };
    backend.blockScales({ x.data(), DType::f32, 1, 32, 32 }, spec, scale, {});
    return spec.format == Format::nvfp4 ? scale[1] : scale[0];
}

std::vector<const Backend *> allLevels()
{
    auto levels = vectorLevels();
    levels.insert(levels.begin(), &oracle());
    return levels;
}

double qsnr(const std::vector<float> &x, const QuantSpec &spec)
{
    std::vector<float> q(x.size());
    cpu().fakeQuantize(view(x, 1, std::int64_t(x.size())), {}, spec,
                       view(q, 1, std::int64_t(x.size())), {});
    double signal = 0;
    double noise = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        signal += double(x[i]) * double(x[i]);
        noise += (double(x[i]) - double(q[i])) * (double(x[i]) - double(q[i]));
    }
    return 10 * std::log10(signal / noise);
}

} // namespace

/// The formats against their definitions (methods.md 1).
class TestKernelFormats : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Every code under every scale byte decodes to code * 2^(E-127), and E = 255 to NaN.
    void everyCodeUnderEveryScale()
    {
        for (const Backend *backend : allLevels()) {
            for (const Grid &g : grids) {
                const int codes = 1 << g.bits;
                for (int e = 0; e < 256; ++e) {
                    for (int first = 0; first < codes; first += 32) {
                        std::vector<std::uint8_t> block(32);
                        std::vector<float> out(32);
                        for (int i = 0; i < 32; ++i) {
                            block[size_t(i)] = std::uint8_t((first + i) % codes);
                        }
                        const auto scale = std::uint8_t(e);
                        backend->dequantize(block.data(), &scale, { g.format, ScaleRule::floor },
                                            view(out, 1, 32), {});
                        for (int i = 0; i < 32; ++i) {
                            const double wanted = valueOf(g, block[size_t(i)]);
                            if (e == 255 || std::fabs(wanted) > g.maximum) {
                                const bool infinity = e < 255 && std::isinf(out[size_t(i)])
                                    && g.format == Format::mxfp8E5m2 && (block[size_t(i)] & 3) == 0;
                                QVERIFY(std::isnan(out[size_t(i)]) || infinity);
                            } else {
                                QCOMPARE(out[size_t(i)], float(std::ldexp(wanted, e - 127)));
                            }
                        }
                    }
                }
            }
        }
    }

    /// Quantizing a block of grid values under the scale they imply gives the same codes back.
    void everyCodeRoundTrips()
    {
        for (const Backend *backend : allLevels()) {
            for (const Grid &g : grids) {
                const int half = 1 << (g.bits - 1);
                for (int e = 40; e < 200; e += 7) {
                    for (int code = 0; code < 2 * half; ++code) {
                        if (std::fabs(valueOf(g, code)) > g.maximum) {
                            continue;
                        }
                        std::vector<float> x(32);
                        x[0] = float(std::ldexp(g.maximum, e - 127)); // fixes the scale
                        x[5] = float(std::ldexp(valueOf(g, code), e - 127));
                        std::vector<std::uint8_t> codes(32);
                        std::uint8_t scale = 0;
                        backend->quantize(view(x, 1, 32), { g.format, ScaleRule::rceil },
                                          codes.data(), &scale, {});
                        QCOMPARE(int(scale), e);
                        QCOMPARE(int(codes[5]), code);
                    }
                }
            }
        }
    }

    void int8Codes()
    {
        for (const Backend *backend : allLevels()) {
            for (int code = -127; code <= 127; ++code) {
                std::vector<float> x(32);
                x[0] = 127.0F / 64.0F;
                x[1] = float(code) / 64.0F;
                std::vector<std::uint8_t> codes(32);
                std::uint8_t scale = 0;
                backend->quantize(view(x, 1, 32), { Format::mxint8, ScaleRule::floor },
                                  codes.data(), &scale, {});
                QCOMPARE(int(scale), 127);
                QCOMPARE(int(static_cast<std::int8_t>(codes[1])), code);
            }
        }
    }

    /// The table of boundaries of methods.md 1.1 for each way to break a tie.
    void ties()
    {
        const float edges[] = { 0.25F, 0.75F, 1.25F, 1.75F, 2.5F, 3.5F, 5.0F };
        const float even[] = { 0, 1, 1, 2, 2, 4, 4 };
        const float lower[] = { 0, 0.5F, 1, 1.5F, 2, 3, 4 };
        const float upper[] = { 0.5F, 1, 1.5F, 2, 3, 4, 6 };
        for (const Backend *backend : allLevels()) {
            for (int i = 0; i < 7; ++i) {
                for (const float sign : { 1.0F, -1.0F }) {
                    auto rounded = [&](float y, Ties ties) {
                        std::vector<float> x(32);
                        x[0] = 6.0F;
                        x[3] = sign * y;
                        std::vector<float> out(32);
                        backend->fakeQuantize(view(x, 1, 32), {},
                                              { Format::mxfp4, ScaleRule::floor, ties },
                                              view(out, 1, 32), {});
                        return sign * out[3];
                    };
                    QCOMPARE(rounded(edges[i], Ties::even), even[i]);
                    QCOMPARE(rounded(edges[i], Ties::away), upper[i]);
                    QCOMPARE(rounded(edges[i], Ties::zero), lower[i]);
                    for (const Ties t : allTies) {
                        QCOMPARE(rounded(std::nextafter(edges[i], 9.0F), t), upper[i]);
                        QCOMPARE(rounded(std::nextafter(edges[i], 0.0F), t), lower[i]);
                    }
                }
            }
        }
    }

    /// The vectors of methods.md 1.2.
    void scaleRules()
    {
        const float amax[] = { 1.0F,       1.5F,       1.5078125F, 1.75F, 1.8125F,
                               1.8203125F, 1.9921875F, 6.0F,       7.0F };
        const struct
        {
            ScaleRule rule;
            int e[9];
        } table[] = {
            { ScaleRule::floor, { -2, -2, -2, -2, -2, -2, -2, 0, 0 } },
            { ScaleRule::ceil, { -2, -1, -1, -1, -1, -1, -1, 1, 1 } },
            { ScaleRule::even, { -2, -2, -2, -1, -1, -1, -1, 0, 1 } },
            { ScaleRule::ctEven, { -2, -2, -2, -1, -1, -1, -1, 0, 1 } },
            { ScaleRule::rceil, { -2, -2, -1, -1, -1, -1, -1, 0, 1 } },
            { ScaleRule::uos, { -2, -2, -2, -2, -2, -1, -1, 0, 0 } },
            { ScaleRule::logRound, { -2, -1, -1, -1, -1, -1, -1, 1, 1 } },
            { ScaleRule::prescale, { 0, 0, 0, 0, 0, 0, 0, 2, 2 } },
        };
        for (const Backend *backend : allLevels()) {
            for (const auto &row : table) {
                for (int i = 0; i < 9; ++i) {
                    for (int shift = -100; shift <= 100; shift += 50) {
                        const std::uint8_t byte = scaleOf(*backend, std::ldexp(amax[i], shift),
                                                          { Format::mxfp4, row.rule });
                        QCOMPARE(int(byte) - 127 - shift, row.e[i]);
                    }
                }
            }
        }
    }

    /// c = theta * 2^emax: amax/s lies in (c/2, c] (or [c/2, c) where the threshold is closed).
    void thresholdsOfOtherFormats()
    {
        auto e = [](float amax, Format f, ScaleRule r) {
            return int(scaleOf(cpu(), amax, { f, r })) - 127;
        };
        const struct
        {
            Format format;
            ScaleRule rule;
            float last; ///< largest multiple of 2^emax that needs no bump
            int exponent;
        } table[] = {
            { Format::mxfp8E4m3, ScaleRule::rceil, 448.0F, 0 },
            { Format::mxfp8E4m3, ScaleRule::uos, 464.0F, 0 },
            { Format::mxfp8E4m3, ScaleRule::even, std::nextafter(496.0F, 0.0F), 0 },
            { Format::mxfp8E4m3, ScaleRule::ctEven, std::nextafter(448.0F, 0.0F), 0 },
            { Format::mxfp8E5m2, ScaleRule::rceil, 57344.0F, 0 },
            { Format::mxfp8E5m2, ScaleRule::even, std::nextafter(61440.0F, 0.0F), 0 },
            { Format::mxfp8E5m2, ScaleRule::ctEven, std::nextafter(57344.0F, 0.0F), 0 },
            { Format::mxfp6E2m3, ScaleRule::rceil, 7.5F, 0 },
            { Format::mxfp6E2m3, ScaleRule::ctEven, std::nextafter(7.75F, 0.0F), 0 },
            { Format::mxfp6E3m2, ScaleRule::rceil, 28.0F, 0 },
            { Format::mxint8, ScaleRule::rceil, 127.0F / 64.0F, 0 },
        };
        for (const auto &t : table) {
            QCOMPARE(e(t.last, t.format, t.rule), 0);
            QCOMPARE(e(std::nextafter(t.last, 1e30F), t.format, t.rule), 1);
        }
        QVERIFY(!isDefined(Format::mxfp6E3m2, ScaleRule::ctEven));
        QVERIFY(!isDefined(Format::mxint8, ScaleRule::ctEven));
        QVERIFY(!isDefined(Format::mxfp8E4m3, ScaleRule::logRound));
        QVERIFY(!isDefined(Format::mxfp8E4m3, ScaleRule::prescale));
        QVERIFY(!isDefined(Format::nvfp4, ScaleRule::uos));
        QVERIFY(isDefined(Format::nvfp4, ScaleRule::even));
    }

    void e4m3Saturates()
    {
        for (const Backend *backend : allLevels()) {
            for (const float y : { 448.0F, 456.0F, 463.9F, 464.0F, 500.0F, 511.0F }) {
                std::vector<float> x(32);
                x[0] = y;
                std::vector<float> out(32);
                backend->fakeQuantize(view(x, 1, 32), {}, { Format::mxfp8E4m3, ScaleRule::floor },
                                      view(out, 1, 32), {});
                QCOMPARE(out[0], 448.0F);
            }
        }
    }

    void specialValues()
    {
        const float infinity = std::numeric_limits<float>::infinity();
        for (const Backend *backend : allLevels()) {
            for (const QuantSpec &spec : allSpecs()) {
                // Zero blocks: E = 0, codes 0 but for the sign.
                std::vector<float> x(32, 0.0F);
                x[4] = -0.0F;
                std::vector<std::uint8_t> codes(32, 77);
                std::uint8_t scales[2] = { 9, 9 };
                std::vector<float> out(32, 5.0F);
                backend->quantize(view(x, 1, 32), spec, codes.data(), scales, {});
                backend->fakeQuantize(view(x, 1, 32), {}, spec, view(out, 1, 32), {});
                QCOMPARE(int(scales[0]), 0);
                for (size_t i = 0; i < 32; ++i) {
                    QCOMPARE(out[i], 0.0F);
                    QCOMPARE(std::signbit(out[i]), i == 4 && spec.format != Format::mxint8);
                }
                // One NaN or infinity makes its block NaN and no other.
                for (const float bad : { std::nanf(""), infinity, -infinity }) {
                    std::vector<float> two(64, 1.0F);
                    two[40] = bad;
                    std::vector<float> y(64);
                    std::vector<std::uint8_t> many(64);
                    std::uint8_t s[4] = {};
                    backend->fakeQuantize(view(two, 1, 64), {}, spec, view(y, 1, 64), {});
                    backend->quantize(view(two, 1, 64), spec, many.data(), s, {});
                    const size_t n = size_t(blockSize(spec.format));
                    for (size_t i = 0; i < 64; ++i) {
                        QCOMPARE(std::isnan(y[i]), i / n == 40 / n);
                    }
                    QCOMPARE(int(s[40 / n]), spec.format == Format::nvfp4 ? 0x7f : 255);
                }
            }
            // e clamps at 127 and the elements saturate: MXINT8 reaches it.
            std::vector<float> huge(32, std::numeric_limits<float>::max());
            std::vector<float> out(32);
            backend->fakeQuantize(view(huge, 1, 32), {}, { Format::mxint8, ScaleRule::ceil },
                                  view(out, 1, 32), {});
            QCOMPARE(int(scaleOf(*backend, huge[0], { Format::mxint8, ScaleRule::ceil })), 254);
            QCOMPARE(out[0], std::ldexp(127.0F / 64.0F, 127));
        }
    }

    /// 3/4 rule: the block maximum never saturates, values are code * s / 3.
    void prescale()
    {
        std::vector<float> x { 7.9F, -5.0F, 1.0F };
        x.resize(32);
        std::vector<float> out(32);
        cpu().fakeQuantize(view(x, 1, 32), {}, { Format::mxfp4, ScaleRule::prescale },
                           view(out, 1, 32), {});
        QCOMPARE(out[0], 8.0F); // 3 * 7.9 / 4 = 5.9 -> 6, 6 * 4 / 3
        QCOMPARE(out[1], -4.0F / 3.0F * 4.0F); // 3.75 -> 4
        QCOMPARE(out[2], 4.0F / 3.0F); // 0.75 -> 1 (tie to even)
    }

    /// A tail narrower than a block equals the same tail followed by zeros, and nothing beyond it
    /// is written.
    void padding()
    {
        for (const Backend *backend : allLevels()) {
            for (const QuantSpec &spec : allSpecs()) {
                const std::int64_t cols = 41;
                const auto x = gaussian(size_t(cols) * 3, 7);
                std::vector<float> wide(64 * 3, 0.0F);
                for (size_t r = 0; r < 3; ++r) {
                    std::copy_n(x.begin() + std::ptrdiff_t(r) * cols, cols,
                                wide.begin() + std::ptrdiff_t(r) * 64);
                }
                std::vector<float> out(50 * 3, 99.0F);
                std::vector<float> wideOut(64 * 3);
                backend->fakeQuantize(view(x, 3, cols), {}, spec,
                                      { out.data(), DType::f32, 3, cols, 50 }, {});
                backend->fakeQuantize(view(wide, 3, 64), {}, spec, view(wideOut, 3, 64), {});
                for (size_t r = 0; r < 3; ++r) {
                    for (size_t c = 0; c < 50; ++c) {
                        QCOMPARE(out[r * 50 + c], c < size_t(cols) ? wideOut[r * 64 + c] : 99.0F);
                    }
                }
            }
        }
    }

    /// QSNR on 200,000 Gaussian blocks of uniform phase (methods.md 7, item 4).
    void qsnrRegression()
    {
        const size_t blocks = 200'000;
        auto x = gaussian(blocks * 32, 11, 0.0);
        std::mt19937 random(12);
        std::uniform_real_distribution<float> phase(0.0F, 1.0F);
        for (size_t b = 0; b < blocks; ++b) {
            const float factor = std::exp2(phase(random));
            for (size_t i = 0; i < 32; ++i) {
                x[b * 32 + i] *= factor;
            }
        }
        auto near = [](double value, double wanted, double tolerance) {
            qInfo("%.3f dB (wanted %.2f)", value, wanted);
            return std::fabs(value - wanted) <= tolerance;
        };
        QVERIFY(near(qsnr(x, { Format::mxfp4, ScaleRule::floor }), 18.71, 0.05));
        QVERIFY(near(qsnr(x, { Format::mxfp4, ScaleRule::uos }), 19.02, 0.05));
        QVERIFY(near(qsnr(x, { Format::mxfp4, ScaleRule::even }), 18.99, 0.05));
        QVERIFY(near(qsnr(x, { Format::mxfp4, ScaleRule::rceil }), 18.67, 0.05));
        QVERIFY(near(qsnr(x, { Format::mxfp4, ScaleRule::ceil }), 16.97, 0.05));
        QVERIFY(near(qsnr(x, { Format::mxfp4, ScaleRule::prescale }), 18.62, 0.05));
        QVERIFY(near(qsnr(x, { Format::mxfp8E4m3, ScaleRule::uos }), 31.54, 0.05));
        QVERIFY(near(qsnr(x, { Format::mxfp8E5m2, ScaleRule::uos }), 25.6, 0.1));
        QVERIFY(near(qsnr(x, { Format::mxfp6E2m3, ScaleRule::uos }), 31.0, 0.1));
        QVERIFY(near(qsnr(x, { Format::mxfp6E3m2, ScaleRule::uos }), 25.6, 0.1));
        QVERIFY(near(qsnr(x, { Format::mxint8, ScaleRule::floor }), 42.0, 0.1));
        float amax = 0;
        for (const float v : x) {
            amax = std::max(amax, std::fabs(v));
        }
        QVERIFY(near(qsnr(x, { Format::nvfp4, ScaleRule::even, Ties::even, 448 * 6 / amax }), 20.4,
                     0.1));
    }
};

QTEST_APPLESS_MAIN(TestKernelFormats)
#include "test_kernel_formats.moc"
