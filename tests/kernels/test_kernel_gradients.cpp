// SPDX-License-Identifier: Apache-2.0
#include "kernel_data.h"

#include <QtTest>

#include <algorithm>

using namespace kernel_test;

namespace {

/// y = x P in double through the dense 'B (x) A' of one token; columns beyond x are zero.
std::vector<double> denseTransform(const std::vector<double> &x, const std::vector<double> &a,
                                   const std::vector<double> &b, int g1, int g2)
{
    const int g = g1 * g2;
    const size_t k = (x.size() + size_t(g) - 1) / size_t(g);
    std::vector<double> y(k * size_t(g));
    for (size_t block = 0; block < k; ++block) {
        const double *bi = b.data() + block * size_t(g2 * g2);
        for (int in = 0; in < g; ++in) {
            const size_t at = block * size_t(g) + size_t(in);
            for (int out = 0; at < x.size() && out < g; ++out) {
                const double p =
                    bi[(in / g1) * g2 + out / g1] * a[size_t((in % g1) * g1 + out % g1)];
                y[block * size_t(g) + size_t(out)] += x[at] * p;
            }
        }
    }
    return y;
}

std::vector<double> toDouble(const std::vector<float> &v) { return { v.begin(), v.end() }; }

double relativeError(const std::vector<double> &got, const std::vector<double> &wanted)
{
    double error = 0;
    double size = 0;
    for (size_t i = 0; i < wanted.size(); ++i) {
        error += (got[i] - wanted[i]) * (got[i] - wanted[i]);
        size += wanted[i] * wanted[i];
    }
    return std::sqrt(error / (size + 1e-300));
}

/// The differentiable stand-in of clip + fake-quantize around a point: codes, masks and x0/s0
/// frozen there, the scale proportional to the block maximum (methods.md 1.5). Its derivative is
/// what the straight-through backward claims.
struct Surrogate
{
    std::vector<double> code, in, offset; ///< per element of the block
    double step0 = 0, amax0 = 0;
    bool scaleGradient = false;

    static std::vector<double> clamped(const std::vector<double> &x, double lo, double hi)
    {
        const double lower = lo * *std::min_element(x.begin(), x.end());
        const double upper = hi * *std::max_element(x.begin(), x.end());
        std::vector<double> v = x;
        for (double &e : v) {
            e = std::min(std::max(e, lower), upper);
        }
        return v;
    }
    static double amax(const std::vector<double> &v)
    {
        double m = 0;
        for (const double e : v) {
            m = std::max(m, std::fabs(e));
        }
        return m;
    }
    double loss(const std::vector<double> &x, double lo, double hi, const float *g) const
    {
        const auto v = clamped(x, lo, hi);
        const double step = scaleGradient ? step0 * amax(v) / amax0 : step0;
        double sum = 0;
        for (size_t j = 0; j < v.size(); ++j) {
            sum += double(g[j]) * step * (code[j] + in[j] * (v[j] / step - offset[j]));
        }
        return sum;
    }
};

} // namespace

/// Transforms and backward passes against double references and finite differences.
class TestKernelGradients : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void transformIsTheKroneckerProduct_data() { factors(); }
    void transformIsTheKroneckerProduct()
    {
        QFETCH(int, g1);
        QFETCH(int, g2);
        const std::int64_t rows = 19;
        const std::int64_t cols = 150;
        const auto g = std::int64_t(g1 * g2);
        const std::int64_t wide = (cols + g - 1) / g * g;
        const auto x = gaussian(size_t(rows * cols), 1);
        const auto a = gaussian(size_t(g1 * g1), 2);
        const auto b = gaussian(size_t(wide / g * g2 * g2), 3);
        std::vector<float> y(size_t(rows * wide));
        cpu().gpkTransform(view(x, rows, cols), { a.data(), b.data(), g1, g2 }, view(y, rows, wide),
                           { 2 });
        for (std::int64_t r = 0; r < rows; ++r) {
            const std::vector<double> row(x.begin() + r * cols, x.begin() + (r + 1) * cols);
            const auto wanted = denseTransform(row, toDouble(a), toDouble(b), g1, g2);
            const std::vector<double> got(y.begin() + r * wide, y.begin() + (r + 1) * wide);
            QVERIFY(relativeError(got, wanted) < 1e-6);
        }
    }

    /// H4 (x) H8 = H32 in Sylvester order.
    void hadamardIsTheKroneckerOfHadamards()
    {
        auto sylvester = [](int n) {
            std::vector<float> h(size_t(n * n));
            for (int i = 0; i < n; ++i) {
                for (int j = 0; j < n; ++j) {
                    h[size_t(i * n + j)] = (__builtin_popcount(unsigned(i & j)) % 2 ? -1.0F : 1.0F)
                        / std::sqrt(float(n));
                }
            }
            return h;
        };
        const auto a = sylvester(8);
        std::vector<float> b;
        for (int block = 0; block < 3; ++block) {
            const auto h4 = sylvester(4);
            b.insert(b.end(), h4.begin(), h4.end());
        }
        const auto x = gaussian(20 * 96, 4);
        std::vector<float> viaGpk(x.size());
        std::vector<float> direct(x.size());
        cpu().gpkTransform(view(x, 20, 96), { a.data(), b.data(), 8, 4 }, view(viaGpk, 20, 96), {});
        cpu().hadamard32(view(x, 20, 96), nullptr, view(direct, 20, 96), {});
        QVERIFY(relativeError(toDouble(viaGpk), toDouble(direct)) < 1e-6);
        // Its own inverse.
        cpu().hadamard32(view(std::as_const(direct), 20, 96), nullptr, view(viaGpk, 20, 96), {});
        QVERIFY(relativeError(toDouble(viaGpk), toDouble(x)) < 1e-6);
    }

    void transformBackward_data() { factors(); }
    /// L = sum gy * (x P) is linear in x, A and B each, so central differences in double are exact.
    void transformBackward()
    {
        QFETCH(int, g1);
        QFETCH(int, g2);
        const std::int64_t rows = 70;
        const std::int64_t cols = g1 * g2 == 128 ? 200 : 100;
        const auto g = std::int64_t(g1 * g2);
        const std::int64_t k = (cols + g - 1) / g;
        const auto x = gaussian(size_t(rows * cols), 1);
        const auto gy = gaussian(size_t(rows * cols), 2);
        const auto a = gaussian(size_t(g1 * g1), 3);
        const auto b = gaussian(size_t(k * g2 * g2), 4);
        std::vector<float> gx(x.size());
        std::vector<float> dA(a.size());
        std::vector<float> dB(b.size());
        cpu().gpkTransformBackward(view(x, rows, cols), view(gy, rows, cols),
                                   { a.data(), b.data(), g1, g2 }, view(gx, rows, cols), dA.data(),
                                   dB.data(), { 2 });
        auto loss = [&](const std::vector<double> &da, const std::vector<double> &db,
                        std::int64_t onlyRow, size_t column, double shift) {
            double sum = 0;
            for (std::int64_t r = 0; r < rows; ++r) {
                if (onlyRow >= 0 && r != onlyRow) {
                    continue;
                }
                std::vector<double> row(x.begin() + r * cols, x.begin() + (r + 1) * cols);
                if (onlyRow >= 0) {
                    row[column] += shift;
                }
                const auto y = denseTransform(row, da, db, g1, g2);
                for (size_t c = 0; c < size_t(cols); ++c) {
                    sum += double(gy[size_t(r * cols) + c]) * y[c];
                }
            }
            return sum;
        };
        std::mt19937 random(5);
        std::vector<double> got;
        std::vector<double> wanted;
        for (int trial = 0; trial < 12; ++trial) {
            for (const int what : { 0, 1, 2 }) {
                auto da = toDouble(a);
                auto db = toDouble(b);
                const size_t ia = random() % a.size();
                const size_t ib = random() % b.size();
                const auto r = std::int64_t(random() % unsigned(rows));
                const size_t c = random() % size_t(cols);
                double side[2];
                for (const int s : { 0, 1 }) {
                    const double h = s ? 1.0 : -1.0;
                    auto pa = da;
                    auto pb = db;
                    (what == 0 ? pa[ia] : pb[ib]) += what == 2 ? 0.0 : h;
                    side[s] = loss(pa, pb, what == 2 ? r : -1, c, h);
                }
                wanted.push_back((side[1] - side[0]) / 2.0);
                got.push_back(what == 0 ? dA[ia] : what == 1 ? dB[ib] : gx[size_t(r * cols) + c]);
            }
        }
        const double error = relativeError(got, wanted);
        QVERIFY2(error < 1e-5, qPrintable(QString::number(error)));
    }

    /// Straight-through gradients equal the derivative of the surrogate, for elements and clip
    /// ratios.
    void straightThrough_data()
    {
        QTest::addColumn<bool>("mask");
        QTest::addColumn<bool>("scaleGradient");
        QTest::addRow("identity") << false << false;
        QTest::addRow("mask") << true << false;
        QTest::addRow("mask, scale") << true << true;
    }
    void straightThrough()
    {
        QFETCH(bool, mask);
        QFETCH(bool, scaleGradient);
        for (const QuantSpec &spec : { QuantSpec { Format::mxfp4, ScaleRule::floor },
                                       QuantSpec { Format::mxfp4, ScaleRule::uos },
                                       QuantSpec { Format::mxfp8E4m3, ScaleRule::floor },
                                       QuantSpec { Format::mxfp6E2m3, ScaleRule::even } }) {
            const std::int64_t rows = 40;
            const auto x = gaussian(size_t(rows) * 32, 21, 0.02);
            const auto gy = gaussian(size_t(rows) * 32, 22);
            const std::vector<float> lo(size_t(rows), 0.83F);
            const std::vector<float> hi(size_t(rows), 0.71F);
            const Clip clip { lo.data(), hi.data(), 1, 0 };
            std::vector<float> gx(x.size());
            std::vector<float> dlo(size_t(rows), 0.0F);
            std::vector<float> dhi(size_t(rows), 0.0F);
            cpu().fakeQuantizeBackward(view(x, rows, 32), view(gy, rows, 32), clip, spec,
                                       { mask, scaleGradient }, view(gx, rows, 32),
                                       { dlo.data(), dhi.data() }, {});
            double worst = 0;
            for (size_t r = 0; r < size_t(rows); ++r) {
                std::vector<double> block(x.begin() + std::ptrdiff_t(r) * 32,
                                          x.begin() + std::ptrdiff_t(r + 1) * 32);
                const double l = double(lo[r]);
                const double h = double(hi[r]);
                const auto v = Surrogate::clamped(block, l, h);
                std::vector<float> vf(v.begin(), v.end());
                std::vector<float> value(32);
                std::uint8_t scale = 0;
                cpu().fakeQuantize(view(vf, 1, 32), {}, spec, view(value, 1, 32), {});
                cpu().blockScales(view(vf, 1, 32), spec, &scale, {});
                Surrogate s;
                s.scaleGradient = scaleGradient;
                s.step0 = std::ldexp(1.0, scale - 127);
                s.amax0 = Surrogate::amax(v);
                const double top = spec.format == Format::mxfp4 ? 6.0
                    : spec.format == Format::mxfp8E4m3          ? 448.0
                                                                : 7.5;
                for (size_t j = 0; j < 32; ++j) {
                    s.code.push_back(double(value[j]) / s.step0);
                    s.in.push_back(!mask || std::fabs(v[j]) / s.step0 <= top ? 1.0 : 0.0);
                    s.offset.push_back(v[j] / s.step0);
                }
                const float *g = gy.data() + r * 32;
                const double eps = 1e-6;
                auto check = [&](double got, double plus, double minus) {
                    const double wanted = (plus - minus) / (2 * eps);
                    worst = std::max(worst, std::fabs(got - wanted) / (1.0 + std::fabs(wanted)));
                };
                for (size_t j = 0; j < 32; ++j) {
                    auto up = block;
                    auto down = block;
                    up[j] += eps;
                    down[j] -= eps;
                    check(double(gx[r * 32 + j]), s.loss(up, l, h, g), s.loss(down, l, h, g));
                }
                check(double(dlo[r]), s.loss(block, l + eps, h, g), s.loss(block, l - eps, h, g));
                check(double(dhi[r]), s.loss(block, l, h + eps, g), s.loss(block, l, h - eps, g));
            }
            QVERIFY2(worst < 1e-3, qPrintable(name(spec) + QStringLiteral(": %1").arg(worst)));
        }
    }

    /// The fused backward equals the chain of its parts.
    void fusedEqualsTheChain()
    {
        const std::int64_t rows = 90;
        const std::int64_t cols = 160;
        const auto x = gaussian(size_t(rows * cols), 1);
        const auto gy = gaussian(size_t(rows * cols), 2);
        const auto a = gaussian(64, 3);
        const auto b = gaussian(5 * 16, 4);
        const std::vector<float> ratio(5, 0.9F);
        const Clip clip { ratio.data(), ratio.data(), 0, 1 };
        const Gpk p { a.data(), b.data(), 8, 4 };
        const QuantSpec spec;
        const Ste ste { true, true };
        struct Gradients
        {
            std::vector<float> x, a, b, lo, hi;
        };
        auto empty = [&] {
            return Gradients { std::vector<float>(x.size()), std::vector<float>(64),
                               std::vector<float>(80), std::vector<float>(5),
                               std::vector<float>(5) };
        };
        Gradients fused = empty();
        cpu().gpkFakeQuantizeBackward(view(x, rows, cols), view(gy, rows, cols), p, clip, spec, ste,
                                      view(fused.x, rows, cols), fused.a.data(), fused.b.data(),
                                      { fused.lo.data(), fused.hi.data() }, { 2 });
        Gradients chain = empty();
        std::vector<float> y(x.size());
        std::vector<float> g(x.size());
        cpu().gpkTransform(view(x, rows, cols), p, view(y, rows, cols), {});
        cpu().fakeQuantizeBackward(view(std::as_const(y), rows, cols), view(gy, rows, cols), clip,
                                   spec, ste, view(g, rows, cols),
                                   { chain.lo.data(), chain.hi.data() }, {});
        cpu().gpkTransformBackward(view(x, rows, cols), view(std::as_const(g), rows, cols), p,
                                   view(chain.x, rows, cols), chain.a.data(), chain.b.data(), {});
        QCOMPARE(mismatches(fused.x, chain.x), 0U);
        QCOMPARE(mismatches(fused.a, chain.a), 0U);
        QCOMPARE(mismatches(fused.b, chain.b), 0U);
        QCOMPARE(mismatches(fused.lo, chain.lo), 0U);
        QCOMPARE(mismatches(fused.hi, chain.hi), 0U);

        std::vector<float> once(x.size());
        std::vector<float> twice(x.size());
        cpu().gpkFakeQuantize(view(x, rows, cols), p, clip, spec, view(once, rows, cols), {});
        cpu().fakeQuantize(view(std::as_const(y), rows, cols), clip, spec, view(twice, rows, cols),
                           {});
        QCOMPARE(mismatches(once, twice), 0U);
    }

    /// With H = I there is nothing to compensate: GPTQ rounds to nearest.
    void gptqWithIdentityIsRoundToNearest()
    {
        const std::int64_t rows = 21;
        const std::int64_t n = 96;
        const auto w = gaussian(size_t(rows * n), 1);
        std::vector<float> identity(size_t(n * n), 0.0F);
        for (std::int64_t i = 0; i < n; ++i) {
            identity[size_t(i * n + i)] = 1.0F;
        }
        for (const QuantSpec &spec : allSpecs()) {
            if (spec.format == Format::nvfp4 || spec.rule == ScaleRule::prescale) {
                continue; // their real scale is not a power of two: x/s rounds
            }
            std::vector<std::uint8_t> bytes(size_t(rows * n / 32));
            cpu().blockScales(view(w, rows, n), spec, bytes.data(), {});
            std::vector<float> scale(w.size());
            for (size_t i = 0; i < scale.size(); ++i) {
                scale[i] = std::ldexp(1.0F, bytes[i / 32] - 127);
            }
            std::vector<float> work = w;
            std::vector<float> quantized(w.size());
            std::vector<float> errors(w.size());
            std::vector<float> wanted(w.size());
            cpu().gptqColumns(work.data(), rows, n, 0, n, identity.data(), scale.data(), n, spec,
                              quantized.data(), errors.data(), { 2 });
            cpu().fakeQuantize(view(w, rows, n), {}, spec, view(wanted, rows, n), {});
            QCOMPARE(mismatches(quantized, wanted), 0U);
            for (size_t i = 0; i < w.size(); ++i) {
                QCOMPARE(errors[i], w[i] - wanted[i]);
            }
        }
    }

    void statisticsAreTheMoments()
    {
        const std::int64_t rows = 100;
        const auto x = gaussian(size_t(rows) * 64, 5, 0.01);
        double sums[4][2] = {};
        double error[2] = {};
        std::vector<float> q(x.size());
        cpu().fakeQuantize(view(x, rows, 64), {}, {}, view(q, rows, 64), {});
        for (size_t i = 0; i < x.size(); ++i) {
            const size_t block = i % 64 / 32;
            for (int p = 0; p < 4; ++p) {
                sums[p][block] += std::pow(double(x[i]), p + 1);
            }
            error[block] += std::pow(double(x[i]) - double(q[i]), 2);
        }
        double got[5][2];
        std::uint32_t histogram[2 * 16];
        std::uint32_t codes[2 * 16];
        BlockStatsOut out;
        out.sum = got[0];
        out.sum2 = got[1];
        out.sum3 = got[2];
        out.sum4 = got[3];
        out.quantError2 = got[4];
        out.histogram = histogram;
        out.bins = 16;
        out.codeUse = codes;
        cpu().blockStats(view(x, rows, 64), {}, out, {});
        for (size_t block = 0; block < 2; ++block) {
            for (size_t p = 0; p < 4; ++p) {
                QVERIFY(std::fabs(got[p][block] - sums[p][block]) < 1e-9 * (1 + sums[3][block]));
            }
            QVERIFY(std::fabs(got[4][block] - error[block]) < 1e-9 * error[block]);
            std::uint32_t inBins = 0;
            std::uint32_t inCodes = 0;
            for (size_t i = 0; i < 16; ++i) {
                inBins += histogram[block * 16 + i];
                inCodes += codes[block * 16 + i];
            }
            QCOMPARE(inBins, 3200U);
            QCOMPARE(inCodes, 3200U);
        }
    }

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
};

QTEST_APPLESS_MAIN(TestKernelGradients)
#include "test_kernel_gradients.moc"
