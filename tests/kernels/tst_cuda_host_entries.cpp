// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/cuda_checks.h"
#include "tests/kernels/cuda_spaces.h"

#include <QtTest>

using namespace cuda_test;

/// The CUDA entries, emulated lane by lane on the CPU, against the scalar oracle.
class TestCudaHostEntries : public QObject
{
    Q_OBJECT

private:
    using Space = HostSpace;

    /// Aligned and whole; ragged with odd strides; narrow.
    static std::vector<Sample> samples()
    {
        return { { 40, 128, 0, 1 }, { 9, 75, 3, 2 }, { 5, 40, 0, 3 }, { 3, 16, 8, 4 } };
    }
    /// Every specification in turn; stops at the first failure.
    template<class Check>
    static void forSpecs(const Check &check)
    {
        for (const QuantSpec &spec : allSpecs()) {
            check(spec);
            if (QTest::currentTestFailed()) {
                return;
            }
        }
    }

private Q_SLOTS:
    void fakeQuantize()
    {
        for (const Sample &s : samples()) {
            forSpecs([&](const QuantSpec &spec) { checkFakeQuantize<Space>(s, spec); });
        }
    }
    void codes()
    {
        for (const Sample &s : samples()) {
            forSpecs([&](const QuantSpec &spec) { checkCodes<Space>(s, spec); });
        }
    }
    /// Scale tiles beyond the first, with padding both ways.
    void tiles() { checkCodes<Space>({ 150, 6 * 32, 0, 9 }, {}); }

    void hadamard()
    {
        for (const Sample &s : samples()) {
            checkHadamard<Space>(s, nullptr);
            forSpecs([&](const QuantSpec &spec) { checkHadamard<Space>(s, &spec); });
        }
    }
    void backward()
    {
        const Sample whole(70, 64, 0, 5);
        const Sample ragged(9, 75, 3, 6);
        for (const Ste &ste : { Ste { true, false }, Ste { true, true }, Ste { false, false } }) {
            forSpecs([&](const QuantSpec &spec) {
                checkBackward<Space>(whole, spec, ste);
                checkBackward<Space>(ragged, spec, ste);
            });
        }
    }
    void roundOnScales()
    {
        forSpecs([](const QuantSpec &spec) { checkRoundOnScales<Space>(spec); });
    }
    void gptq()
    {
        for (const Format format : formats) {
            for (const Ties ties : allTies) {
                const QuantSpec spec { format, ScaleRule::even, ties };
                checkGptq<Space>(spec, 40, 140, 0, 128);
                checkGptq<Space>(spec, 5, 140, 100, 140);
                checkGptq<Space>(spec, 3, 140, 0, 140); // wider than a slab
            }
        }
    }
    void stats()
    {
        const auto x = gaussian(300 * 75, 21);
        forSpecs([&](const QuantSpec &spec) { checkStats<Space>(x, 300, 75, spec, 128); });
        const auto bad = hostile(64 * 64, 22);
        forSpecs([&](const QuantSpec &spec) { checkStats<Space>(bad, 64, 64, spec, 5000); });
    }
    void refusesOtherFormats()
    {
        cuda::clearError();
        Space::packMxfp4({}, { Format::mxint8, ScaleRule::floor }, nullptr, nullptr);
        QCOMPARE(cuda::lastError().code, cuda::badArguments);
        Space::packMxfp4({}, { Format::mxfp8E4m3, ScaleRule::floor }, nullptr, nullptr);
        cuda::clearError();
        QVERIFY(cuda::lastError().ok());
    }
};

QTEST_GUILESS_MAIN(TestCudaHostEntries)
#include "tst_cuda_host_entries.moc"
