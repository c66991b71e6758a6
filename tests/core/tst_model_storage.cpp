// SPDX-License-Identifier: Apache-2.0
// Every storage type against blocks packed here, element by element, from the layouts of
// export-formats.md 5.2 read in the other direction (values first, bits after).
#include "core/model/storage_type.h"

#include <QTest>

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <vector>

using namespace batlab;

namespace {

/// Half bits of the exact powers of two and small integers that the tests use.
std::uint16_t half(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if (value == 0.0F)
        return static_cast<std::uint16_t>(bits >> 16);
    return static_cast<std::uint16_t>((bits >> 16 & 0x8000U) | (((bits >> 23 & 255U) - 112U) << 10)
                                      | (bits >> 13 & 0x3FFU));
}

void putHalf(std::vector<std::uint8_t> &block, std::size_t at, float value)
{
    const std::uint16_t h = half(value);
    block[at] = static_cast<std::uint8_t>(h & 255);
    block[at + 1] = static_cast<std::uint8_t>(h >> 8);
}

/// Integers without pattern: a small linear congruence.
class Numbers
{
public:
    int next(int below)
    {
        m_state = m_state * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<int>((m_state >> 33) % static_cast<std::uint64_t>(below));
    }

private:
    std::uint64_t m_state = 42;
};

std::vector<float> decode(std::int32_t id, const std::vector<std::uint8_t> &block)
{
    const StorageType *type = ggmlStorage(id);
    std::vector<float> out(static_cast<std::size_t>(type->blockSize));
    type->decode(block.data(), 1, out.data());
    return out;
}

void setBits(std::vector<std::uint8_t> &block, std::size_t byte, int shift, int value)
{
    block[byte] = static_cast<std::uint8_t>(block[byte] | value << shift);
}

/// Packs 6-bit scales and minima of Q4_K and Q5_K at `at`.
void packScales(std::vector<std::uint8_t> &b, std::size_t at, const std::array<int, 8> &s,
                const std::array<int, 8> &m)
{
    for (std::size_t j = 0; j < 4; ++j) {
        setBits(b, at + j, 0, s[j]);
        setBits(b, at + j, 6, s[j + 4] >> 4);
        setBits(b, at + 4 + j, 0, m[j]);
        setBits(b, at + 4 + j, 6, m[j + 4] >> 4);
        setBits(b, at + 8 + j, 0, s[j + 4] & 15);
        setBits(b, at + 8 + j, 4, m[j + 4] & 15);
    }
}

} // namespace

class TestModelStorage : public QObject
{
    Q_OBJECT

    static void compare(const std::vector<float> &got, const std::vector<float> &expected)
    {
        QCOMPARE(got.size(), expected.size());
        for (std::size_t i = 0; i < got.size(); ++i)
            QVERIFY2(got[i] == expected[i],
                     qPrintable(QString("element %1: %2, expected %3")
                                    .arg(i)
                                    .arg(static_cast<double>(got[i]))
                                    .arg(static_cast<double>(expected[i]))));
    }

private Q_SLOTS:
    void tableOfSizes()
    {
        const int expected[][3] = { { 0, 1, 4 },      { 1, 1, 2 },      { 2, 32, 18 },
                                    { 3, 32, 20 },    { 6, 32, 22 },    { 7, 32, 24 },
                                    { 8, 32, 34 },    { 10, 256, 84 },  { 11, 256, 110 },
                                    { 12, 256, 144 }, { 13, 256, 176 }, { 14, 256, 210 },
                                    { 20, 32, 18 },   { 23, 256, 136 }, { 28, 1, 8 },
                                    { 30, 1, 2 },     { 39, 32, 17 } };
        for (const auto &[id, size, bytes] : expected) {
            const StorageType *type = ggmlStorage(id);
            QVERIFY(type && type->decode);
            QCOMPARE(type->blockSize, size);
            QCOMPARE(type->blockBytes, bytes);
        }
        for (const int unknown : { -1, 4, 5, 9, 15, 16, 29, 31, 34, 38, 41, 1000 })
            QVERIFY(!ggmlStorage(unknown));
        QVERIFY(safetensorsStorage("BF16") && safetensorsStorage("F64"));
        QVERIFY(!safetensorsStorage("Q4_0") && !safetensorsStorage("F3"));
    }

    void halvesAreExact()
    {
        for (std::uint32_t bits = 0; bits < 65536; ++bits) {
            const int exponent = static_cast<int>(bits >> 10 & 31);
            const int mantissa = static_cast<int>(bits & 1023);
            const double magnitude = exponent == 0 ? std::ldexp(mantissa, -24)
                                                   : std::ldexp(1024 + mantissa, exponent - 25);
            const float got = halfToFloat(static_cast<std::uint16_t>(bits));
            if (exponent == 31)
                QVERIFY(mantissa ? std::isnan(got) : std::isinf(got));
            else
                QCOMPARE(static_cast<double>(got), bits & 0x8000 ? -magnitude : magnitude);
            QVERIFY(std::isnan(got) || std::signbit(got) == ((bits & 0x8000) != 0));
        }
        QCOMPARE(bfloatToFloat(0x3FC0), 1.5F);
        QCOMPARE(bfloatToFloat(0xC2F7), -123.5F);
    }

    void blocksOf32_data()
    {
        QTest::addColumn<int>("id");
        QTest::addColumn<int>("head"); // bytes before the nibbles
        QTest::addColumn<int>("bits");
        QTest::addColumn<bool>("minimum");
        QTest::newRow("Q4_0") << 2 << 2 << 4 << false;
        QTest::newRow("Q4_1") << 3 << 4 << 4 << true;
        QTest::newRow("Q5_0") << 6 << 6 << 5 << false;
        QTest::newRow("Q5_1") << 7 << 8 << 5 << true;
        QTest::newRow("IQ4_NL") << 20 << 2 << 4 << false;
    }

    void blocksOf32()
    {
        QFETCH(int, id);
        QFETCH(int, head);
        QFETCH(int, bits);
        QFETCH(bool, minimum);
        constexpr std::array kTable { -127, -104, -83, -65, -49, -35, -22, -10,
                                      1,    13,   25,  38,  53,  69,  89,  113 };
        Numbers numbers;
        std::vector<std::uint8_t> block(static_cast<std::size_t>(ggmlStorage(id)->blockBytes));
        putHalf(block, 0, 0.125F);
        if (minimum)
            putHalf(block, 2, -3.5F);
        std::vector<float> expected;
        for (int i = 0; i < 32; ++i) {
            const int q = i < 16 ? (i * 7 + 3) % (1 << bits) : numbers.next(1 << bits);
            setBits(block, static_cast<std::size_t>(head + i % 16), i < 16 ? 0 : 4, q & 15);
            if (bits == 5) // the word of fifth bits lies just before the nibbles
                setBits(block, static_cast<std::size_t>(head - 4 + i / 8), i % 8, q >> 4);
            const int value = id == 20 ? kTable[static_cast<std::size_t>(q)]
                : minimum              ? q
                                       : q - (1 << (bits - 1));
            expected.push_back(0.125F * static_cast<float>(value) + (minimum ? -3.5F : 0.0F));
        }
        compare(decode(id, block), expected);
    }

    void q80()
    {
        std::vector<std::uint8_t> block(34);
        putHalf(block, 0, -0.5F);
        std::vector<float> expected;
        for (int i = 0; i < 32; ++i) {
            const int q = i == 31 ? -128 : i == 30 ? 127 : i * 5 - 70;
            block[static_cast<std::size_t>(2 + i)] = static_cast<std::uint8_t>(q);
            expected.push_back(-0.5F * static_cast<float>(q));
        }
        compare(decode(8, block), expected);
    }

    void mxfp4EveryScale()
    {
        constexpr std::array kE2m1 { 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0 };
        for (int e = 0; e < 255; ++e) {
            std::vector<std::uint8_t> block(17);
            block[0] = static_cast<std::uint8_t>(e);
            std::vector<float> expected;
            for (int i = 0; i < 32; ++i) {
                const int code = (i * 3 + i / 16) % 16;
                setBits(block, static_cast<std::size_t>(1 + i % 16), i < 16 ? 0 : 4, code);
                const double value = std::ldexp(kE2m1[static_cast<std::size_t>(code % 8)], e - 127);
                expected.push_back(static_cast<float>(code < 8 ? value : -value));
            }
            compare(decode(39, block), expected);
        }
        // The golden block of export-formats.md 1.2: codes 0..15 twice, scale 127.
        std::vector<std::uint8_t> golden { 0x7F };
        for (int i = 0; i < 16; ++i)
            golden.push_back(static_cast<std::uint8_t>(i * 0x11));
        const auto values = decode(39, golden);
        QCOMPARE(values[7], 6.0F);
        QCOMPARE(values[31], -6.0F);
        golden[0] = 255;
        QVERIFY(std::isnan(decode(39, golden)[0]));
    }

    void q2k()
    {
        Numbers numbers;
        std::vector<std::uint8_t> block(84);
        putHalf(block, 80, 0.25F);
        putHalf(block, 82, 0.5F);
        std::vector<float> expected;
        std::array<int, 16> scale {};
        std::array<int, 16> minimum {};
        for (std::size_t g = 0; g < 16; ++g) {
            scale[g] = numbers.next(16);
            minimum[g] = numbers.next(16);
            setBits(block, g, 0, scale[g] | minimum[g] << 4);
        }
        for (std::size_t i = 0; i < 256; ++i) {
            const int q = numbers.next(4);
            setBits(block, 16 + i / 128 * 32 + i % 32, static_cast<int>(i % 128 / 32) * 2, q);
            expected.push_back(0.25F * static_cast<float>(scale[i / 16] * q)
                               - 0.5F * static_cast<float>(minimum[i / 16]));
        }
        compare(decode(10, block), expected);
    }

    void q3k()
    {
        Numbers numbers;
        std::vector<std::uint8_t> block(110);
        putHalf(block, 108, 0.0625F);
        std::array<int, 16> scale {};
        for (std::size_t g = 0; g < 16; ++g) {
            scale[g] = numbers.next(64);
            setBits(block, 96 + g % 8, g < 8 ? 0 : 4, scale[g] & 15);
            setBits(block, 104 + g % 4, static_cast<int>(g / 4) * 2, scale[g] >> 4);
        }
        std::vector<float> expected;
        for (std::size_t i = 0; i < 256; ++i) {
            const int q = numbers.next(8) - 4; // -4..3
            setBits(block, 32 + i / 128 * 32 + i % 32, static_cast<int>(i % 128 / 32) * 2, q & 3);
            if (q >= 0)
                setBits(block, i % 32, static_cast<int>(i / 32), 1);
            expected.push_back(0.0625F * static_cast<float>((scale[i / 16] - 32) * q));
        }
        compare(decode(11, block), expected);
    }

    void q4kAndQ5k_data()
    {
        QTest::addColumn<int>("id");
        QTest::newRow("Q4_K") << 12;
        QTest::newRow("Q5_K") << 13;
    }

    void q4kAndQ5k()
    {
        QFETCH(int, id);
        const bool five = id == 13;
        Numbers numbers;
        std::vector<std::uint8_t> block(five ? 176 : 144);
        putHalf(block, 0, 0.5F);
        putHalf(block, 2, 2.0F);
        std::array<int, 8> scale {};
        std::array<int, 8> minimum {};
        for (std::size_t j = 0; j < 8; ++j) {
            scale[j] = numbers.next(64);
            minimum[j] = numbers.next(64);
        }
        packScales(block, 4, scale, minimum);
        std::vector<float> expected;
        for (std::size_t i = 0; i < 256; ++i) {
            const int q = numbers.next(five ? 32 : 16);
            const std::size_t low = (five ? 48 : 16) + i / 64 * 32 + i % 32;
            setBits(block, low, i % 64 < 32 ? 0 : 4, q & 15);
            if (five)
                setBits(block, 16 + i % 32, static_cast<int>(i / 32), q >> 4);
            expected.push_back(0.5F * static_cast<float>(scale[i / 32] * q)
                               - 2.0F * static_cast<float>(minimum[i / 32]));
        }
        compare(decode(id, block), expected);
    }

    void q6k()
    {
        Numbers numbers;
        std::vector<std::uint8_t> block(210);
        putHalf(block, 208, -0.25F);
        std::array<int, 16> scale {};
        for (std::size_t g = 0; g < 16; ++g) {
            scale[g] = numbers.next(256) - 128;
            block[192 + g] = static_cast<std::uint8_t>(scale[g]);
        }
        std::vector<float> expected;
        for (std::size_t i = 0; i < 256; ++i) {
            const int q = numbers.next(64);
            const std::size_t h = i / 128;
            const std::size_t quarter = i % 128 / 32;
            setBits(block, h * 64 + quarter % 2 * 32 + i % 32, quarter < 2 ? 0 : 4, q & 15);
            setBits(block, 128 + h * 32 + i % 32, static_cast<int>(quarter) * 2, q >> 4);
            expected.push_back(-0.25F * static_cast<float>(scale[i / 16] * (q - 32)));
        }
        compare(decode(14, block), expected);
    }

    void iq4xs()
    {
        constexpr std::array kTable { -127, -104, -83, -65, -49, -35, -22, -10,
                                      1,    13,   25,  38,  53,  69,  89,  113 };
        Numbers numbers;
        std::vector<std::uint8_t> block(136);
        putHalf(block, 0, 0.125F);
        std::vector<float> expected(256);
        for (std::size_t g = 0; g < 8; ++g) {
            const int s = numbers.next(64);
            setBits(block, 2 + g / 4, static_cast<int>(g % 4) * 2, s >> 4);
            setBits(block, 4 + g / 2, g % 2 ? 4 : 0, s & 15);
            for (std::size_t j = 0; j < 32; ++j) {
                const int q = numbers.next(16);
                setBits(block, 8 + g * 16 + j % 16, j < 16 ? 0 : 4, q);
                expected[g * 32 + j] =
                    0.125F * static_cast<float>((s - 32) * kTable[static_cast<std::size_t>(q)]);
            }
        }
        compare(decode(23, block), expected);
    }

    void plainNumbers()
    {
        const std::array<double, 3> wide { 1.5, -2e-3, 1e10 };
        std::array<float, 3> out {};
        ggmlStorage(28)->decode(reinterpret_cast<const std::uint8_t *>(wide.data()), 3, out.data());
        for (std::size_t i = 0; i < 3; ++i)
            QCOMPARE(out[i], static_cast<float>(wide[i]));
        const std::array<std::uint16_t, 3> brain { 0x3F80, 0xC000, 0x0001 };
        ggmlStorage(30)->decode(reinterpret_cast<const std::uint8_t *>(brain.data()), 3,
                                out.data());
        QCOMPARE(out[0], 1.0F);
        QCOMPARE(out[1], -2.0F);
        QCOMPARE(out[2], std::ldexp(1.0F, -133));
    }
};

QTEST_GUILESS_MAIN(TestModelStorage)
#include "tst_model_storage.moc"
