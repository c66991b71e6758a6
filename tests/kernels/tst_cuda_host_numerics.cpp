// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/kernel_data.h"

#include "kernels/cuda/numerics.h"
#include "kernels/scalar/block.h"

#include <QtTest>

#include <array>
#include <cmath>

using namespace kernel_test;
namespace cuda = batlab::kernels::cuda;

/// The device's quantizer, run on the CPU, against the scalar oracle.
/// BATLAB_TEST_FULL=1 runs 10^6 blocks per specification.
class TestCudaHostNumerics : public QObject
{
    Q_OBJECT

private:
    static bool same(float a, float b)
    {
        return (std::isnan(a) && std::isnan(b)) || cuda::bitsOf(a) == cuda::bitsOf(b);
    }

    /// Both paths of a specification: the one that knows ties at run time, the one for even.
    template<class Check>
    static void withPaths(const QuantSpec &spec, const Check &check)
    {
        cuda::withQuantizer<false>(spec, check);
        cuda::withQuantizer<true>(spec, check);
    }

    template<class Q>
    static std::size_t blockMismatches(const Q &q, const float *x, const QuantSpec &spec)
    {
        const oracle::Block expected = oracle::quantizeBlock(x, spec);
        std::uint32_t amax = 0;
        for (int i = 0; i < Q::block; ++i) {
            amax = std::max(amax, cuda::bitsOf(x[i]) & 0x7fffffffU);
        }
        const cuda::Scale s = q.scale(amax);
        std::size_t bad = s.byte != expected.scaleByte || s.poisoned != expected.poisoned;
        for (int i = 0; i < Q::block; ++i) {
            const auto j = static_cast<std::size_t>(i);
            bad += q.code(x[i], s) != expected.code[j];
            bad += !same(q.fakeQuantize(x[i], s), expected.value[j]);
            if (!s.poisoned) {
                bad += q.scaled(x[i], s) != expected.scaled[j]; // a zero's sign is no one's concern
                bad += !same(q.effectiveStep(s), expected.step);
            }
        }
        return bad;
    }

private Q_SLOTS:
    void blocks()
    {
        const std::size_t count = qEnvironmentVariableIsSet("BATLAB_TEST_FULL") ? 1'000'000 : 4'096;
        auto x = gaussian(count * 16, 1);
        const auto bad = hostile(count * 16, 2);
        x.insert(x.end(), bad.begin(), bad.end());
        for (const QuantSpec &spec : allSpecs()) {
            std::size_t mismatching = 0;
            withPaths(spec, [&](const auto &q) {
                for (std::size_t at = 0; at < x.size(); at += q.block) {
                    mismatching += blockMismatches(q, x.data() + at, spec);
                }
            });
            QVERIFY2(mismatching == 0, qPrintable(name(spec)));
        }
    }

    /// Every code under every scale byte.
    void decoding()
    {
        for (const QuantSpec &spec : allSpecs()) {
            std::size_t mismatching = 0;
            withPaths(spec, [&](const auto &q) {
                for (int byte = 0; byte < 256; ++byte) {
                    const cuda::Scale s = q.scaleOfByte(byte);
                    for (unsigned code = 0; code < 256; ++code) {
                        const float expected = oracle::decode(
                            static_cast<std::uint8_t>(code), static_cast<std::uint8_t>(byte), spec);
                        mismatching += !same(q.decode(code, s), expected);
                    }
                }
            });
            QVERIFY2(mismatching == 0, qPrintable(name(spec)));
        }
    }

    /// The grid at every tie, its neighbours and every value, under a scale of one.
    void ties()
    {
        for (const QuantSpec &spec : allSpecs()) {
            if (spec.format == Format::nvfp4) {
                continue; // its grid is MXFP4's
            }
            const float *grid = decodeTable(spec.format);
            std::size_t mismatching = 0;
            withPaths(spec, [&](const auto &q) {
                const auto check = [&](float y) {
                    std::int32_t code = 0;
                    const float value = q.magnitude(y, &code);
                    const int expected = oracle::roundToGrid(y, spec.format, spec.ties);
                    mismatching += code != expected || value != grid[expected];
                };
                for (int code = 0; code < elementFormat(spec.format).maxCode; ++code) {
                    const float middle = (grid[code] + grid[code + 1]) / 2.0F;
                    for (const float y :
                         { grid[code], middle, std::nextafter(middle, 0.0F),
                           std::nextafter(middle, grid[code + 1]), grid[code + 1] }) {
                        check(y);
                    }
                }
                check(elementFormat(spec.format).maxValue * 1.5F);
            });
            QVERIFY2(mismatching == 0, qPrintable(name(spec)));
        }
    }

    void bf16()
    {
        // Every bf16 number survives; halves land on the even neighbour.
        for (std::uint32_t u = 0; u < 0x10000; ++u) {
            const float x = cuda::fromBf16(static_cast<std::uint16_t>(u));
            if (!std::isnan(x)) {
                QCOMPARE(std::uint32_t { cuda::toBf16(x) }, u);
            }
            if ((u & 0x7fffU) < 0x7f80U) {
                const float half = cuda::floatOf((u << 16) + 0x8000U);
                QCOMPARE(std::uint32_t { cuda::toBf16(half) }, u + (u & 1U));
            }
        }
    }

    /// The packed multiply-add against exact arithmetic where float holds it.
    void packedFma()
    {
        std::mt19937 random(7);
        for (int i = 0; i < 200'000; ++i) {
            const auto a = static_cast<std::uint32_t>(random()) & 0xbfffbfffU;
            const std::uint32_t one = 0x3f803f80U;
            const auto c = (a & 0x7f807f80U) + ((static_cast<std::uint32_t>(random()) & 7U) << 7);
            const std::uint32_t sum = cuda::fmaBf16x2(a, one, c);
            // a + c of one neighbourhood is exact in fp32's 24 bits
            QCOMPARE(
                sum,
                cuda::toBf16x2(cuda::lowOf(a) + cuda::lowOf(c), cuda::highOf(a) + cuda::highOf(c)));
            QCOMPARE(cuda::maxBf16x2(a, c) >> 16,
                     cuda::toBf16x2(0.0F, std::max(cuda::highOf(a), cuda::highOf(c))) >> 16);
        }
    }
};

QTEST_GUILESS_MAIN(TestCudaHostNumerics)
#include "tst_cuda_host_numerics.moc"
