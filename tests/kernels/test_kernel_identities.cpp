// SPDX-License-Identifier: Apache-2.0
#include "kernel_data.h"

#include <QtTest>

#include <algorithm>

using namespace kernel_test;

namespace {

std::vector<const Backend *> allLevels()
{
    auto levels = vectorLevels();
    levels.insert(levels.begin(), &oracle());
    return levels;
}

/// A rule as amax/s in (c/2, c], or in [c/2, c) where the threshold is closed (methods.md 1.2).
struct Rule
{
    ScaleRule rule;
    double c;
    bool closed;
};
const Rule kMxfp4Rules[] = {
    { ScaleRule::floor, 8, true },
    { ScaleRule::ceil, 4, false },
    { ScaleRule::rceil, 6, false },
    { ScaleRule::even, 7, true },
    { ScaleRule::ctEven, 7, true },
    { ScaleRule::uos, 7.25, false },
    { ScaleRule::logRound, 4 * std::sqrt(2.0), false },
    { ScaleRule::prescale, 2, true }, // codes take 3 x / s
};

} // namespace

/// Statements that hold for all numbers, on many random ones (methods.md 7).
class TestKernelIdentities : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Bits and logarithms agree for every rule: e = ceil(log2(amax/c)) for 10^6 random floats,
    /// subnormals too. The quotient is a power of two exactly where amax is on the threshold; next
    /// to it the logarithm is 8e-8 away, far more than it is rounded by.
    void rulesAreLogarithms()
    {
        constexpr int kBlocks = 10'000, kRounds = 100;
        std::mt19937 random(3);
        std::vector<float> x(kBlocks * 32);
        std::vector<std::uint8_t> bytes(kBlocks);
        const auto levels = allLevels();
        for (int round = 0; round < kRounds; ++round) {
            for (int b = 0; b < kBlocks; ++b) {
                const auto bits = std::uint32_t(random()) % 0x7f800000U;
                x[std::size_t(b) * 32 + 9] = std::bit_cast<float>(bits);
            }
            const Backend &backend = *levels[std::size_t(round) % levels.size()];
            for (const Rule &r : kMxfp4Rules) {
                backend.blockScales(view(x, 1, kBlocks * 32), { Format::mxfp4, r.rule },
                                    bytes.data(), {});
                for (int b = 0; b < kBlocks; ++b) {
                    const double amax = x[std::size_t(b) * 32 + 9];
                    const double log = std::log2(amax / r.c);
                    const double e = r.closed ? std::floor(log) + 1 : std::ceil(log);
                    const int wanted = amax == 0 ? 0 : std::clamp(int(e) + 127, 0, 254);
                    if (int(bytes[std::size_t(b)]) != wanted)
                        QFAIL(qPrintable(QStringLiteral("rule %1, amax %2: byte %3, not %4")
                                             .arg(int(r.rule))
                                             .arg(amax, 0, 'g', 9)
                                             .arg(bytes[std::size_t(b)])
                                             .arg(wanted)));
                }
            }
        }
    }

    /// Element 2j lies in the low nibble of byte j, element 2j + 1 in the high one
    /// (methods.md 1.1).
    void elementsArePackedLowNibbleFirst()
    {
        const float values[] = { 0,     0.5F,  1,  1.5F,  2,  3,  4,  6,
                                 -0.0F, -0.5F, -1, -1.5F, -2, -3, -4, -6 };
        const std::uint8_t expected[] = { 0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe,
                                          0x67, 0x45, 0x23, 0x01, 0xef, 0xcd, 0xab, 0x89 };
        std::vector<float> x(values, values + 16);
        for (const int code : { 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8 })
            x.push_back(values[code]);
        for (const Backend *backend : allLevels()) {
            std::uint8_t nibbles[16] = {};
            std::uint8_t scale = 0;
            const QuantSpec spec { Format::mxfp4, ScaleRule::uos };
            backend->packMxfp4(view(x, 1, 32), spec, nibbles, &scale, {});
            QCOMPARE(int(scale), 127);
            for (int j = 0; j < 16; ++j)
                QCOMPARE(int(nibbles[j]), int(expected[j]));
            std::vector<float> back(32, 9.0F);
            backend->unpackMxfp4(nibbles, &scale, spec, view(back, 1, 32), {});
            for (std::size_t i = 0; i < 32; ++i)
                QCOMPARE(back[i], x[i]);
        }
    }
};

QTEST_APPLESS_MAIN(TestKernelIdentities)
#include "test_kernel_identities.moc"
