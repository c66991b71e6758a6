// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/produced_ops.h"
#include "produced_data.h"
#include "tests/kernels/cuda_emulator.h"
#include "transform_emulator.h"

#include <QtTest>

using namespace kernel_test;
namespace cu = batlab::kernels::cuda;

/// The device's bodies for rows that a norm or a gate produces, on the CPU: bits of the oracle's
/// calls one after the other.
class TestCudaHostProduced : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void blocks_data() { produced_data(); }
    void blocks()
    {
        QFETCH(bool, gate);
        QFETCH(bool, half);
        const ProducedSample s;
        const DType type = half ? DType::bf16 : DType::f32;
        const auto stored = s.stored(gate, type);
        const Produced produced = gate ? s.gated(type) : s.normed(type);
        for (const QuantSpec &spec : allSpecs()) {
            for (const bool hadamard : { false, true }) {
                for (const bool clipped : { false, true }) {
                    const Clip clip = clipped ? s.clip() : Clip {};
                    const auto wanted = chained(
                        cpu(), stored, s, type,
                        hadamard ? OnlineTransform::hadamard32 : OnlineTransform::none, clip, spec);
                    std::vector<float> got(wanted.size());
                    cu::runProduced(produced, hadamard, clip, spec, view(got, s.rows, s.cols),
                                    cuda_test::EmulatedLaunch {});
                    QVERIFY2(mismatches(got, wanted) == 0, qPrintable(name(spec)));
                }
            }
        }
    }

    /// Columns beyond the matrix are zeros and are not written.
    void raggedColumns()
    {
        const ProducedSample s;
        Produced produced = s.normed(DType::bf16);
        produced.x.cols = 75;
        const QuantSpec spec { Format::nvfp4, ScaleRule::even, Ties::even, 37.25F };
        const auto stored = s.stored(false, DType::bf16);
        const auto half = toBf16(stored);
        std::vector<float> wanted(stored.size(), 7.0F);
        std::vector<float> got = wanted;
        oracle().fakeQuantize({ half.data(), DType::bf16, s.rows, 75, s.cols }, {}, spec,
                              { wanted.data(), DType::f32, s.rows, 75, s.cols }, {});
        cu::runProduced(produced, false, {}, spec, { got.data(), DType::f32, s.rows, 75, s.cols },
                        cuda_test::EmulatedLaunch {});
        QCOMPARE(mismatches(got, wanted), 0U);
    }

    /// The GPK kernels: bits of the same kernel on stored rows, whichever runs.
    void gpk_data() { produced_data(); }
    void gpk()
    {
        QFETCH(bool, gate);
        QFETCH(bool, half);
        const ProducedSample s;
        const DType type = half ? DType::bf16 : DType::f32;
        const auto stored = s.stored(gate, type);
        const auto storedHalf = toBf16(stored);
        const ConstMatrix plain =
            half ? view(storedHalf, s.rows, s.cols) : view(stored, s.rows, s.cols);
        const cu::Source source = cu::sourceOf(gate ? s.gated(type) : s.normed(type));
        const QuantSpec spec;
        QCOMPARE(cu::takesMma(s.gpk(), type, &spec), half);
        std::vector<float> got(stored.size());
        std::vector<float> wanted(stored.size());
        for (const bool clipped : { false, true }) {
            const Clip clip = clipped ? s.clip() : Clip {};
            const auto run =
                half ? &transform_emulator::mmaForward : &transform_emulator::exactForward;
            run(source, s.gpk(), clip, &spec, view(got, s.rows, s.cols), {});
            run({ plain }, s.gpk(), clip, &spec, view(wanted, s.rows, s.cols), {});
            QCOMPARE(mismatches(got, wanted), 0U);
        }
    }
};

QTEST_APPLESS_MAIN(TestCudaHostProduced)
#include "tst_cuda_host_produced.moc"
