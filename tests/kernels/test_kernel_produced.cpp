// SPDX-License-Identifier: Apache-2.0
#include "produced_data.h"

#include <QtTest>

using namespace kernel_test;

/// Rows that are made, transformed and quantized by one call: at every level the bits of the calls
/// one after the other.
class TestKernelProduced : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void equalsTheChain_data() { produced_data(); }
    void equalsTheChain()
    {
        QFETCH(bool, gate);
        QFETCH(bool, half);
        const ProducedSample s;
        const DType type = half ? DType::bf16 : DType::f32;
        const std::vector<float> stored = s.stored(gate, type);
        std::vector<const Backend *> tables = vectorLevels();
        tables.push_back(&oracle());
        for (const QuantSpec &spec :
             { QuantSpec {}, QuantSpec { Format::mxfp8E4m3, ScaleRule::floor, Ties::away },
               QuantSpec { Format::nvfp4, ScaleRule::even, Ties::even, 37.25F },
               QuantSpec { Format::mxfp4, ScaleRule::prescale } }) {
            for (const OnlineTransform transform : onlineTransforms) {
                for (const bool clipped : { false, true }) {
                    const Clip clip = clipped ? s.clip() : Clip {};
                    for (const Backend *table : tables) {
                        const auto wanted = chained(*table, stored, s, type, transform, clip, spec);
                        std::vector<float> got(wanted.size());
                        table->producedFakeQuantize(gate ? s.gated(type) : s.normed(type),
                                                    transform, s.gpk(), clip, spec,
                                                    view(got, s.rows, s.cols), { 2 });
                        QVERIFY2(mismatches(got, wanted) == 0,
                                 qPrintable(name(spec)
                                            + QStringLiteral(" transform %1 %2")
                                                  .arg(int(transform))
                                                  .arg(table->name)));
                        QVERIFY(std::isnan(got[5 * size_t(s.cols)]));
                    }
                }
            }
        }
    }

    /// Ratios of a row of their own follow their rows through the portions, and bf16 results are
    /// the same numbers.
    void rowsKeepTheirRatios()
    {
        ProducedSample s;
        const auto count = size_t(s.rows);
        std::vector<float> own(count);
        for (size_t row = 0; row < count; ++row) {
            own[row] = 0.5F + 0.5F * float(row % 7) / 7.0F;
        }
        const Clip clip { own.data(), own.data(), 1, 0 };
        const auto stored = s.stored(false, DType::bf16);
        const auto wanted =
            chained(oracle(), stored, s, DType::bf16, OnlineTransform::gpk, clip, {});
        std::vector<std::uint16_t> got(wanted.size());
        oracle().producedFakeQuantize(s.normed(DType::bf16), OnlineTransform::gpk, s.gpk(), clip,
                                      {}, view(got, s.rows, s.cols), { 3 });
        for (size_t i = 0; i < got.size(); ++i) {
            const float x = batlab::kernels::cuda::fromBf16(got[i]);
            QVERIFY(x == wanted[i] || (std::isnan(x) && std::isnan(wanted[i])));
        }
    }
};

QTEST_APPLESS_MAIN(TestKernelProduced)
#include "test_kernel_produced.moc"
