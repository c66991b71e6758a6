// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/kernels/cuda_checks.h"

/// Every check of cuda_checks.h over all specifications; the emulated and the device test run it.
namespace cuda_test {

/// Every specification in turn; stops at the first failure.
template<class Check>
void forSpecs(const Check &check)
{
    for (const QuantSpec &spec : allSpecs()) {
        check(spec);
        if (QTest::currentTestFailed()) {
            return;
        }
    }
}

/// Aligned and whole; ragged with odd strides; narrow.
inline std::vector<Sample> samples()
{
    return { { 40, 128, 0, 1 }, { 9, 75, 3, 2 }, { 5, 40, 0, 3 }, { 3, 16, 8, 4 } };
}

template<class Space>
struct EntryChecks
{
    static void fakeQuantize()
    {
        for (const Sample &s : samples()) {
            forSpecs([&](const QuantSpec &spec) { checkFakeQuantize<Space>(s, spec); });
        }
    }
    static void codes()
    {
        for (const Sample &s : samples()) {
            forSpecs([&](const QuantSpec &spec) { checkCodes<Space>(s, spec); });
        }
    }
    /// Scale tiles beyond the first, with padding both ways and without.
    static void tiles()
    {
        checkCodes<Space>({ 150, 6 * 32, 0, 9 }, {});
        checkCodes<Space>({ 256, 8 * 32, 0, 10 }, {});
    }
    static void hadamard()
    {
        for (const Sample &s : samples()) {
            checkHadamard<Space>(s, nullptr);
            forSpecs([&](const QuantSpec &spec) { checkHadamard<Space>(s, &spec); });
        }
    }
    static void backward()
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
    static void roundOnScales()
    {
        forSpecs([](const QuantSpec &spec) { checkRoundOnScales<Space>(spec); });
    }
    static void gptq()
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
    static void stats()
    {
        const auto x = gaussian(300 * 75, 21);
        const auto bad = hostile(64 * 64, 22);
        for (const bool bf16 : { false, true }) {
            forSpecs(
                [&](const QuantSpec &spec) { checkStats<Space>(x, 300, 75, spec, 128, bf16); });
            forSpecs(
                [&](const QuantSpec &spec) { checkStats<Space>(bad, 64, 64, spec, 5000, bf16); });
        }
    }
};

} // namespace cuda_test
