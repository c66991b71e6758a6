// SPDX-License-Identifier: Apache-2.0
#include "transform_emulator.h"

#include "kernels/cuda/hadamard_rows.h"
#include "kernels/cuda/mxf4_tile.h"

#include <QtTest>

#include <array>
#include <limits>
#include <numbers>

using namespace transform_emulator;

namespace {

/// The stages one after the other, then the factor.
void plainHadamard(float *x, int n)
{
    for (int stride = 1; stride < n; stride *= 2) {
        for (int i = 0; i < n; ++i) {
            if ((i & stride) == 0) {
                const float a = x[i];
                const float b = x[i + stride];
                x[i] = a + b;
                x[i + stride] = a - b;
            }
        }
    }
    for (int i = 0; i < n; ++i) {
        x[i] *= cu::hadamardFactor(n);
    }
}

/// A random matrix with singular values from 1 down to 1/cond: a product of Householder
/// reflections around a diagonal.
std::vector<float> conditioned(int n, double cond, unsigned seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    std::vector<double> m(size_t(n * n), 0.0);
    for (int i = 0; i < n; ++i) {
        m[size_t(i * n + i)] = std::pow(cond, n > 1 ? -double(i) / (n - 1) : 0.0);
    }
    for (int side = 0; side < 2; ++side) {
        std::vector<double> v(static_cast<size_t>(n));
        double norm = 0;
        for (double &e : v) {
            e = normal(random);
            norm += e * e;
        }
        std::vector<double> out = m;
        for (int i = 0; i < n; ++i) {
            for (int j = 0; j < n; ++j) {
                double sum = 0;
                for (int l = 0; l < n; ++l) {
                    sum += v[size_t(l)] * m[size_t(side == 0 ? l * n + j : i * n + l)];
                }
                out[size_t(i * n + j)] -= 2 / norm * v[size_t(side == 0 ? i : j)] * sum;
            }
        }
        m = out;
    }
    return { m.begin(), m.end() };
}

double inverseError(const std::vector<float> &m, const std::vector<float> &inverse, int n)
{
    double worst = 0;
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < n; ++j) {
            double sum = i == j ? -1.0 : 0.0;
            for (int l = 0; l < n; ++l) {
                sum += double(m[size_t(i * n + l)]) * double(inverse[size_t(l * n + j)]);
            }
            worst = std::max(worst, std::fabs(sum));
        }
    }
    return worst;
}

} // namespace

/// Hadamard rows, small inverses, AdamW, prologues, the native product's layouts and the launch
/// plans: the device's bodies on the CPU.
class TestCudaHostTransforms : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void hadamard_data()
    {
        QTest::addColumn<int>("n");
        for (int n = 64; n <= 4096; n *= 2) {
            QTest::addRow("%d", n) << n;
        }
    }
    void hadamard()
    {
        QFETCH(int, n);
        const std::int64_t rows = 5;
        const std::int64_t cols = n * 3;
        const auto x = gaussian(size_t(rows * cols), unsigned(n));
        std::vector<float> wanted = x;
        for (size_t at = 0; at < x.size(); at += size_t(n)) {
            plainHadamard(wanted.data() + at, n);
        }
        const cu::LaunchPlan plan = cu::planHadamard(rows * 3, n, {});
        for (const QuantSpec *spec : std::initializer_list<const QuantSpec *> {
                 nullptr, &m_specs[0], &m_specs[1], &m_specs[2], &m_specs[3], &m_specs[4] }) {
            std::vector<float> got(x.size());
            const cu::HadamardRows op {
                view(x, rows, cols), view(got, rows, cols),
                cu::log2Of(n),       cu::hadamardFactor(n),
                spec != nullptr,     spec != nullptr ? quantConstants(*spec) : QuantConstants {}
            };
            cu::HostGroup group(static_cast<int>(plan.blockX));
            std::vector<float> tile(plan.sharedBytes / sizeof(float));
            std::int64_t at[cu::hadamardMostRows][2];
            const std::int64_t together = std::int64_t { plan.blockX } * 32 / n;
            QVERIFY(together >= 1 && together <= cu::hadamardMostRows);
            for (std::int64_t first = 0; first < rows * 3; first += together) {
                cu::hadamardTile(group, op, first, tile.data(), at);
            }
            std::vector<float> expected = wanted;
            if (spec != nullptr) {
                oracle().fakeQuantize(view(std::as_const(wanted), rows, cols), {}, *spec,
                                      view(expected, rows, cols), {});
            }
            QCOMPARE(mismatches(got, expected), 0U);
        }
    }

    void inverses_data()
    {
        QTest::addColumn<int>("n");
        for (const int n : { 1, 2, 4, 7, 8, 16, 31, 32 }) {
            QTest::addRow("%d", n) << n;
        }
    }
    /// performance.md 3.5: after the step in fp64 the error is that of the stored inverse.
    void inverses()
    {
        QFETCH(int, n);
        cu::HostGroup group(32);
        auto shared = std::make_unique<cu::InverseScratch>();
        for (const double cond : { 1.0, 10.0, 1000.0 }) {
            const auto m = conditioned(n, n > 1 ? cond : 1.0, unsigned(n) + unsigned(cond));
            std::vector<float> inverse(m.size());
            std::vector<float> transposed(m.size());
            cu::InverseInfo info {};
            cu::invertMatrix(group, *shared, m.data(), n, false, inverse.data(), &info);
            QCOMPARE(info.singular, 0);
            // The 1-norm's condition number lies within a factor n of the 2-norm's.
            const double wanted = n > 1 ? cond : 1.0;
            QVERIFY(double(info.condition) > 0.99 * wanted / n);
            QVERIFY(double(info.condition) < 1.01 * wanted * n);
            const double error = inverseError(m, inverse, n);
            QVERIFY2(error < 1e-6 * cond, qPrintable(QString::number(error)));
            cu::invertMatrix(group, *shared, m.data(), n, true, transposed.data(), nullptr);
            for (int i = 0; i < n * n; ++i) {
                QCOMPARE(transposed[size_t(i % n * n + i / n)], inverse[size_t(i)]);
            }
        }
    }

    void singularMatricesAreReported()
    {
        cu::HostGroup group(32);
        auto shared = std::make_unique<cu::InverseScratch>();
        for (const int n : { 4, 32 }) {
            for (const int kind : { 0, 1, 2 }) {
                std::vector<float> m(size_t(n * n), kind == 0 ? 0.0F : 1.0F); // zero, or rank 1
                if (kind == 2) {
                    m = conditioned(n, 2.0, 5);
                    m[3] = std::numeric_limits<float>::quiet_NaN();
                }
                std::vector<float> inverse(m.size());
                cu::InverseInfo info {};
                cu::invertMatrix(group, *shared, m.data(), n, false, inverse.data(), &info);
                QCOMPARE(info.singular, 1);
                QVERIFY(std::isinf(info.condition));
                QVERIFY(std::isnan(inverse[0]));
            }
        }
        // A zero in the corner needs the pivot search, not a flag.
        std::vector<float> swap { 0, 1, 1, 0 };
        std::vector<float> inverse(4);
        cu::InverseInfo info {};
        cu::invertMatrix(group, *shared, swap.data(), 2, false, inverse.data(), &info);
        QCOMPARE(info.singular, 0);
        QCOMPARE(inverse, swap);
    }

    /// The engine's formula (AdamW with eps 1e-8 and decoupled decay, cosine from 1), in double.
    void adamW()
    {
        cu::AdamSettings s;
        s.maxNorm = 1.0;
        s.totalSteps = 20;
        s.minFactor = 1e-3;
        const std::vector<cu::AdamSegment> segments { { 0, 1.0F, 0.01F }, { 70, 10.0F, 0.0F } };
        const size_t count = 200;
        std::vector<float> parameters = gaussian(count, 1);
        std::vector<double> wanted(parameters.begin(), parameters.end());
        std::vector<float> m(count, 0.0F);
        std::vector<float> v(count, 0.0F);
        std::vector<float> m2 = m;
        std::vector<float> v2 = v;
        for (std::int64_t step = 0; step < 20; ++step) {
            const auto g = gaussian(count, unsigned(step) + 10);
            double norm2 = 0;
            for (const float e : g) {
                norm2 += double(e) * double(e);
            }
            const cu::AdamStep shared = cu::adamStep(s, step, norm2);
            const double rate =
                2e-3 * (1e-3 + 0.999 * 0.5 * (1 + std::cos(std::numbers::pi * double(step) / 20)));
            for (size_t i = 0; i < count; ++i) {
                const int segment = cu::adamSegmentOf(segments.data(), 2, std::int64_t(i));
                QCOMPARE(segment, i < 70 ? 0 : 1);
                cu::adamUpdate(s, shared, segments[size_t(segment)], g[i], parameters[i], m[i],
                               v[i]);
                const double grad = double(g[i]) / std::max(1.0, std::sqrt(norm2));
                m2[i] = float(0.9 * double(m2[i]) + (1 - 0.9) * grad);
                v2[i] = float(0.999 * double(v2[i]) + (1 - 0.999) * grad * grad);
                const double mine = rate * (i < 70 ? 1 : 10);
                const double update = double(m2[i]) / (1 - std::pow(0.9, step + 1))
                    / (std::sqrt(double(v2[i]) / (1 - std::pow(0.999, step + 1))) + 1e-8);
                wanted[i] = wanted[i] * (1 - mine * (i < 70 ? double(0.01F) : 0.0)) - mine * update;
                QVERIFY(std::fabs(double(parameters[i]) - wanted[i]) < 1e-5);
            }
        }
        QCOMPARE(cu::cosineFactor(0, 20, 0.1), 1.0);
        QCOMPARE(cu::cosineFactor(7, 20, 1.0), 1.0); // a schedule that the caller keeps
        const std::array<float, 4> losses { 0.5F, -3e38F, std::numeric_limits<float>::infinity(),
                                            std::numeric_limits<float>::quiet_NaN() };
        QVERIFY(cu::mayStep(nullptr));
        for (std::size_t i = 0; i < losses.size(); ++i)
            QCOMPARE(cu::mayStep(&losses[i]), i < 2);
        QVERIFY(std::fabs(cu::cosineFactor(20, 20, 0.1) - 0.1) < 1e-12);
    }

    /// Fused kernels equal the separate ones: what enters the transform is rounded where a kernel
    /// of its own would have stored it.
    void prologues()
    {
        const std::int64_t rows = 40;
        const std::int64_t cols = 128;
        const auto x = gaussian(size_t(rows * cols), 1);
        const auto up = gaussian(size_t(rows * cols), 2);
        const auto gamma = gaussian(size_t(cols), 3);
        const auto a = gaussian(64, 4);
        const auto b = gaussian(4 * 16, 5);
        const Gpk p { a.data(), b.data(), 8, 4 };
        const QuantSpec spec;
        std::vector<float> scale(static_cast<size_t>(rows));
        for (std::int64_t row = 0; row < rows; ++row) {
            float sum = 0;
            double exact = 0;
            for (int lane = 0; lane < 32; ++lane) {
                sum += cu::laneSquares(view(x, rows, cols), row, lane);
            }
            for (std::int64_t c = 0; c < cols; ++c) {
                exact += std::pow(double(x[size_t(row * cols + c)]), 2);
            }
            QVERIFY(std::fabs(double(sum) / exact - 1) < 1e-6);
            scale[size_t(row)] = 1.0F / std::sqrt(sum / float(cols) + 1e-6F);
        }
        for (const auto kind : { cu::Prologue::rmsNorm, cu::Prologue::swiglu }) {
            std::vector<float> plain(x.size());
            for (size_t i = 0; i < x.size(); ++i) {
                plain[i] = kind == cu::Prologue::rmsNorm
                    ? x[i] * scale[i / size_t(cols)] * gamma[i % size_t(cols)]
                    : x[i] / (1.0F + std::exp(-x[i])) * up[i];
            }
            cu::Source source {
                view(x, rows, cols), view(up, rows, cols), scale.data(), gamma.data(), kind, false
            };
            std::vector<float> got(x.size());
            std::vector<float> wanted(x.size());
            exactForward(source, p, {}, &spec, view(got, rows, cols));
            exactForward({ view(plain, rows, cols) }, p, {}, &spec, view(wanted, rows, cols));
            QCOMPARE(mismatches(got, wanted), 0U);
            std::vector<std::uint16_t> half(x.size());
            for (size_t i = 0; i < x.size(); ++i) {
                half[i] = cu::toBf16(plain[i]);
            }
            source.rounded = true;
            mmaForward(source, p, {}, &spec, view(got, rows, cols));
            mmaForward({ view(half, rows, cols) }, p, {}, &spec, view(wanted, rows, cols));
            QCOMPARE(mismatches(got, wanted), 0U);
            exactForward(source, p, {}, &spec, view(got, rows, cols));
            exactForward({ view(half, rows, cols) }, p, {}, &spec, view(wanted, rows, cols));
            QCOMPARE(mismatches(got, wanted), 0U);
        }
    }

    /// Packed rows through shared memory and ldmatrix into the fragments of m16n8k64: every nibble
    /// arrives where the instruction wants it.
    void nativeProductLayouts()
    {
        using Tile = cu::Mxf4Tile;
        // Which nibble lies where: byte address -> (row, k) of its low nibble.
        std::vector<int> memory(size_t(Tile::m * Tile::rowBytes), -1);
        for (int row = 0; row < Tile::m; ++row) {
            for (int byte = 0; byte < Tile::rowBytes; ++byte) {
                int &cell = memory[size_t(cu::mxf4Offset(row, byte / 16) + byte % 16)];
                QCOMPARE(cell, -1);
                cell = row * Tile::k + 2 * byte;
            }
        }
        // Register r of a lane after ldmatrix.x4: bytes 4*(lane%4).. of row lane/4 of matrix r,
        // whose row addresses come from lanes 8r .. 8r+7.
        const auto loaded = [&](int lane, int r, int nibble, auto address) {
            const int at = address(8 * r + lane / 4) + 4 * (lane % 4) + nibble / 2;
            return memory[size_t(at)] + nibble % 2;
        };
        for (int kStep = 0; kStep < 2; ++kStep) {
            for (int lane = 0; lane < 32; ++lane) {
                for (int e = 0; e < 32; ++e) {
                    const cu::Cell cell = cu::mxf4CellA(lane, e);
                    const int got = loaded(lane, e / 8, e % 8, [&](int from) {
                        return cu::mxf4AddressA(from, 48, kStep);
                    });
                    QCOMPARE(got, (48 + cell.row) * Tile::k + 64 * kStep + cell.col);
                    const cu::Cell b = cu::mxf4CellB(lane, e % 16);
                    const int column = loaded(lane, e / 8, e % 8, [&](int from) {
                        return cu::mxf4AddressB(from, 96, kStep);
                    });
                    QCOMPARE(column, (96 + 8 * (e / 16) + b.col) * Tile::k + 64 * kStep + b.row);
                }
            }
        }
        // No two of the 8 rows of a matrix share a bank group of 16 bytes.
        for (int first = 0; first < 32; first += 8) {
            int groups = 0;
            for (int lane = first; lane < first + 8; ++lane) {
                groups |= 1 << (cu::mxf4AddressA(lane, 0, 0) / 16 % 8);
            }
            QCOMPARE(groups, 255);
        }
    }

    /// Every shape of methods.md 3's models, and hostile ones: plans cover all work and stay inside
    /// the limits.
    void plans()
    {
        const cu::DeviceLimits h200 { 132, 227 * 1024, 90 };
        const cu::DeviceLimits laptop { 24, 99 * 1024, 89 };
        for (const cu::DeviceLimits &device : { h200, laptop }) {
            for (const std::int64_t rows : { 1, 17, 2048, 8192, 24576, 262144, 4000000 }) {
                for (const std::int64_t cols : { 16, 200, 1024, 1152, 2560, 3584, 4096, 4320, 4608,
                                                 12288, 14336, 18944, 28672 }) {
                    for (const int g : { 16, 32, 64, 128 }) {
                        checkPlans(rows, cols, g, device);
                    }
                    for (int n = 64; n <= 4096; n *= 2) {
                        const cu::LaunchPlan plan = cu::planHadamard(rows, n, device);
                        QVERIFY(plan.blockX <= 128 && plan.gridX > 0);
                        QVERIFY(plan.sharedBytes <= cu::sharedWithoutAsking - 1024);
                    }
                }
            }
            QVERIFY(cu::planMmaForward(0, 128, device).empty());
            QVERIFY(cu::planExactForward(0, 128, 32, device).empty());
            QVERIFY(cu::planHadamard(0, 64, device).empty());
        }
    }

private:
    static void checkPlans(std::int64_t rows, std::int64_t cols, int g,
                           const cu::DeviceLimits &device)
    {
        const cu::UnitLayout layout = cu::unitLayout(cols, g);
        QVERIFY(layout.units * layout.width >= cols && layout.k * g >= cols);
        QVERIFY((layout.k - 1) * g < cols);
        const cu::LaunchPlan exact = cu::planExactForward(rows, layout.units, layout.width, device);
        QVERIFY(exact.sharedBytes <= device.sharedPerBlock && exact.gridX > 0);
        QVERIFY(exact.blockX * exact.blockY <= 128);
        if (g <= 32) {
            const cu::LaunchPlan plan = cu::planMmaForward(rows, layout.units, device);
            QVERIFY(plan.gridX * plan.blockY >= layout.units);
            QVERIFY(plan.gridY >= 1 && plan.gridY <= cu::maxGridY);
        }
        for (const int g1 : { 1, 8, g }) {
            const Gpk p { nullptr, nullptr, g1, g / g1 };
            const auto slot = std::int64_t(std::max(32 / g, 1)) * (g1 * g1 + (g / g1) * (g / g1));
            for (const bool mma : { false, true }) {
                if (mma && g > 32) {
                    continue;
                }
                const cu::BackwardPlan plan = mma
                    ? cu::planMmaBackward(rows, layout.units, p)
                    : cu::planExactBackward(rows, layout.units, p, device);
                QCOMPARE(plan.slot, slot);
                QVERIFY(plan.chunks >= 1);
                QCOMPARE(plan.sumBytes, size_t(layout.units * plan.chunks * slot) * 8);
                const int tile = mma ? cu::mmaRows : cu::tileTokens;
                const std::int64_t tiles = cu::chunkTiles(rows, plan.chunks, tile);
                QVERIFY(tiles * plan.chunks * tile >= rows);
                QVERIFY(plan.launch.sharedBytes <= device.sharedPerBlock);
                if (mma) {
                    QCOMPARE(std::int64_t { plan.launch.gridX }, layout.units);
                    QCOMPARE(std::int64_t { plan.launch.gridY }, plan.chunks);
                } else {
                    QVERIFY(std::int64_t { plan.launch.gridX } * plan.launch.blockY
                            >= layout.units * plan.chunks);
                }
            }
        }
    }

    const QuantSpec m_specs[5] = { {},
                                   { Format::mxfp8E4m3, ScaleRule::floor, Ties::away },
                                   { Format::mxint8 },
                                   { Format::nvfp4, ScaleRule::even, Ties::even, 37.25F },
                                   { Format::mxfp4, ScaleRule::prescale, Ties::zero } };
};

QTEST_APPLESS_MAIN(TestCudaHostTransforms)
#include "tst_cuda_host_transforms.moc"
