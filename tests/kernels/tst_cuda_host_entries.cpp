// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/cuda_spaces.h"
#include "tests/kernels/entry_checks.h"

#include <QtTest>

using namespace cuda_test;

/// The CUDA entries, emulated lane by lane on the CPU, against the scalar oracle.
class TestCudaHostEntries : public QObject
{
    Q_OBJECT

private:
    using Checks = EntryChecks<HostSpace>;

private Q_SLOTS:
    void fakeQuantize() { Checks::fakeQuantize(); }
    void codes() { Checks::codes(); }
    void tiles() { Checks::tiles(); }
    void hadamard() { Checks::hadamard(); }
    void backward() { Checks::backward(); }
    void roundOnScales() { Checks::roundOnScales(); }
    void gptq() { Checks::gptq(); }
    void stats() { Checks::stats(); }

    /// The exact path of E2M1 over every bf16 magnitude under every scale it takes, in blocks whose
    /// first element sets the scale.
    void everyBf16UnderEveryScale()
    {
        for (const ScaleRule rule : { ScaleRule::floor, ScaleRule::uos }) {
            std::vector<std::uint16_t> x;
            for (std::uint32_t exponent = 0; exponent < 255; ++exponent) {
                const auto top = static_cast<std::uint16_t>((exponent << 7) | 0x60);
                std::vector<std::uint16_t> row { top };
                // nine binades below the largest, all mantissas, both signs
                for (std::uint32_t u = 0; u < 9 * 128 - 1; ++u) {
                    if (row.size() % 32 == 0) {
                        row.push_back(top);
                    }
                    const std::uint32_t magnitude = top > u ? top - u : u & 0x7f;
                    row.push_back(
                        static_cast<std::uint16_t>(magnitude | (u % 3 == 0 ? 0x8000 : 0)));
                }
                row.resize((row.size() + 31) / 32 * 32, 0);
                row.resize(1216, 0);
                x.insert(x.end(), row.begin(), row.end());
            }
            Sample s(255, 1216, 0, 1);
            s.bf16 = x;
            for (std::size_t i = 0; i < x.size(); ++i) {
                s.f32[i] = cuda::fromBf16(x[i]);
            }
            QuantSpec spec;
            spec.rule = rule;
            checkFakeQuantize<HostSpace>(s, spec);
            checkCodes<HostSpace>(s, spec);
        }
    }

    void refusesOtherFormats()
    {
        cuda::clearError();
        HostSpace::packMxfp4({}, { Format::mxint8, ScaleRule::floor }, nullptr, nullptr);
        QCOMPARE(cuda::lastError().code, cuda::badArguments);
        cuda::clearError();
        QVERIFY(cuda::lastError().ok());
    }
};

QTEST_GUILESS_MAIN(TestCudaHostEntries)
#include "tst_cuda_host_entries.moc"
