// SPDX-License-Identifier: Apache-2.0
#include "kernel_data.h"
#include "kernels/cuda/gpk_plan.h"
#include "kernels/cuda/gpk_rows.h"

#include <QtTest>

#include <algorithm>

using namespace kernel_test;
namespace cu = batlab::kernels::cuda;

namespace {

/// The launch as loops: every thread's block, every row.
template<bool OutBf16, bool Clips>
void runRows(const ConstMatrix &x, const Gpk &p, const Clip &clip, const QuantSpec &spec,
             const Matrix &out)
{
    alignas(16) float a[cu::rowsA * cu::rowsA];
    std::copy_n(p.a, cu::rowsA * cu::rowsA, a);
    const cu::GpkRows<OutBf16, Clips> op { { quantConstants(spec) },
                                           cu::fastView(cu::viewOf(x), x.rows),
                                           cu::fastView(cu::viewOf(out), x.rows),
                                           clip,
                                           p.a,
                                           p.b };
    for (std::int64_t block = 0; block < x.cols / 32; ++block) {
        const auto mine = op.at(static_cast<std::uint32_t>(block), a);
        for (std::int64_t row = 0; row < x.rows; ++row) {
            mine.run(static_cast<std::uint32_t>(row));
        }
    }
}

} // namespace

/// The path of fp32 weights under training on the CPU, against the scalar oracle bit for bit.
class TestCudaHostRows : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void equalsTheOracle_data()
    {
        QTest::addColumn<bool>("bad");
        QTest::addColumn<int>("clip"); // 0 none, 1 a ratio a row (weights), 2 a ratio a block
        for (const bool bad : { false, true }) {
            for (const int clip : { 0, 1, 2 }) {
                QTest::addRow("%s, clip %d", bad ? "hostile" : "gaussian", clip) << bad << clip;
            }
        }
    }
    void equalsTheOracle()
    {
        QFETCH(bool, bad);
        QFETCH(int, clip);
        const std::int64_t rows = 70;
        const std::int64_t cols = 128;
        const auto count = size_t(rows * cols);
        const auto x = bad ? hostile(count, 11) : gaussian(count, 1);
        const auto a = gaussian(64, 3);
        const auto b = gaussian(size_t(cols / 32 * 16), 4);
        std::vector<float> ratio(static_cast<size_t>(rows));
        for (size_t i = 0; i < ratio.size(); ++i) {
            ratio[i] = 0.5F + 0.5F * float(i % 7) / 7.0F;
        }
        const Gpk p { a.data(), b.data(), 8, 4 };
        const Clip ratios = clip == 0 ? Clip {}
            : clip == 1               ? Clip { ratio.data(), ratio.data(), 1, 0 }
                                      : Clip { ratio.data(), ratio.data(), 0, 1 };
        for (const ScaleRule rule : rules) {
            const QuantSpec spec { Format::mxfp4, rule, Ties::even };
            if (!isDefined(spec.format, rule) || rule == ScaleRule::prescale) {
                continue;
            }
            std::vector<float> wanted(count);
            std::vector<float> got(count);
            QVERIFY(cu::takesRows(view(x, rows, cols), p, spec, view(got, rows, cols)));
            oracle().gpkFakeQuantize(view(x, rows, cols), p, ratios, spec, view(wanted, rows, cols),
                                     {});
            clip == 0
                ? runRows<false, false>(view(x, rows, cols), p, ratios, spec, view(got, rows, cols))
                : runRows<false, true>(view(x, rows, cols), p, ratios, spec, view(got, rows, cols));
            QVERIFY2(mismatches(got, wanted) == 0, qPrintable(name(spec)));

            std::vector<std::uint16_t> wantedHalf(count);
            std::vector<std::uint16_t> gotHalf(count);
            oracle().gpkFakeQuantize(view(x, rows, cols), p, ratios, spec,
                                     view(wantedHalf, rows, cols), {});
            clip == 0 ? runRows<true, false>(view(x, rows, cols), p, ratios, spec,
                                             view(gotHalf, rows, cols))
                      : runRows<true, true>(view(x, rows, cols), p, ratios, spec,
                                            view(gotHalf, rows, cols));
            for (size_t i = 0; i < count; ++i) {
                const float g = cu::fromBf16(gotHalf[i]);
                const float w = cu::fromBf16(wantedHalf[i]);
                QVERIFY2(gotHalf[i] == wantedHalf[i] || (std::isnan(g) && std::isnan(w)),
                         qPrintable(name(spec)));
            }
        }
    }

    void plans()
    {
        for (const int multiprocessors : { 1, 24, 132 }) {
            cu::DeviceLimits device;
            device.multiprocessors = multiprocessors;
            for (const std::int64_t rows : { 1, 3, 128, 4096, 151'936, 1 << 22 }) {
                for (const std::int64_t cols : { 32, 576, 4096, 12'288, 29'568 }) {
                    const std::int64_t blocks = cols / 32;
                    const cu::LaunchPlan plan = cu::planWeightRows(rows, blocks, device);
                    QCOMPARE(plan.blockX * plan.blockY, 128U);
                    QVERIFY(plan.gridY >= 1 && plan.gridY <= cu::maxGridY);
                    QVERIFY(std::int64_t { plan.gridX } * plan.blockX >= blocks);
                    QVERIFY(std::int64_t { plan.gridX - 1 } * plan.blockX < blocks);
                    QVERIFY(std::int64_t { plan.gridY - 1 } * plan.blockY < rows);
                }
            }
        }
        QVERIFY(cu::planWeightRows(0, 4, {}).empty());
    }

    /// All else goes to the kernels that serve every shape, dtype and format.
    void takesOnlyWhatItKnows()
    {
        const std::int64_t rows = 4;
        const std::int64_t cols = 64;
        const auto x = gaussian(size_t(rows * cols), 1);
        const auto half = toBf16(x);
        std::vector<float> out(x.size());
        const auto a = gaussian(64, 3);
        const auto b = gaussian(64, 4);
        const Gpk p { a.data(), b.data(), 8, 4 };
        const Matrix to = view(out, rows, cols);
        QVERIFY(cu::takesRows(view(x, rows, cols), p, {}, to));
        QVERIFY(!cu::takesRows(view(half, rows, cols), p, {}, to));
        QVERIFY(!cu::takesRows(view(x, rows, cols), { a.data(), b.data(), 4, 8 }, {}, to));
        QVERIFY(!cu::takesRows(view(x, rows, cols), { a.data(), b.data() + 1, 8, 4 }, {}, to));
        for (const QuantSpec &spec : { QuantSpec { Format::mxfp4, ScaleRule::uos, Ties::away },
                                       QuantSpec { Format::mxfp4, ScaleRule::prescale },
                                       QuantSpec { Format::mxfp8E4m3, ScaleRule::floor } }) {
            QVERIFY(!cu::takesRows(view(x, rows, cols), p, spec, to));
        }
        const ConstMatrix ragged { x.data(), DType::f32, rows, 40, cols };
        QVERIFY(!cu::takesRows(ragged, p, {}, { out.data(), DType::f32, rows, 40, cols }));
        const ConstMatrix odd { x.data() + 1, DType::f32, 1, 32, 32 };
        QVERIFY(!cu::takesRows(odd, p, {}, { out.data(), DType::f32, 1, 32, 32 }));
    }
};

QTEST_APPLESS_MAIN(TestCudaHostRows)
#include "tst_cuda_host_rows.moc"
