// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/cuda_device_space.h"
#include "tests/kernels/entry_checks.h"

#include <QtTest>

using namespace cuda_test;

/// The CUDA entries on a device against the CPU. BATLAB_TEST_FULL=1: 10^8 elements per format, rule
/// and tie instead of 10^6.
class TestCudaDeviceEntries : public QObject
{
    Q_OBJECT

private:
    using Checks = EntryChecks<DeviceSpace>;

private Q_SLOTS:
    void initTestCase()
    {
        const QByteArray why = whyNoDevice();
        if (!why.isEmpty()) {
            QSKIP(why.constData());
        }
    }
    void fakeQuantize() { Checks::fakeQuantize(); }
    void codes() { Checks::codes(); }
    void tiles() { Checks::tiles(); }
    void hadamard() { Checks::hadamard(); }
    void backward() { Checks::backward(); }
    void roundOnScales() { Checks::roundOnScales(); }
    void gptq() { Checks::gptq(); }
    void stats() { Checks::stats(); }

    /// Values, codes and scales in bulk, against the CPU's best level.
    void bulk()
    {
        const std::int64_t cols = 4096;
        const std::int64_t rows = qEnvironmentVariableIsSet("BATLAB_TEST_FULL") ? 24'416 : 245;
        const Sample s(rows, cols, 0, 77);
        const auto count = static_cast<std::size_t>(rows * cols);
        DeviceSpace::Buffer<float> x(s.f32);
        DeviceSpace::Buffer<std::uint16_t> half(s.bf16);
        Exec exec;
        exec.threads = QThread::idealThreadCount();
        forSpecs([&](const QuantSpec &spec) {
            const auto blocks = count / static_cast<std::size_t>(blockSize(spec.format));
            std::vector<float> values(count);
            std::vector<std::uint16_t> values16(count);
            std::vector<std::uint8_t> codes(count);
            std::vector<std::uint8_t> scales(blocks);
            std::vector<std::uint8_t> codes16(count);
            std::vector<std::uint8_t> scales16(blocks);
            cpu().fakeQuantize(s.in(s.f32.data()), {}, spec, s.out(values.data()), exec);
            cpu().fakeQuantize(s.in(s.bf16.data()), {}, spec, s.out(values16.data()), exec);
            cpu().quantize(s.in(s.f32.data()), spec, codes.data(), scales.data(), exec);
            cpu().quantize(s.in(s.bf16.data()), spec, codes16.data(), scales16.data(), exec);
            DeviceSpace::Buffer<float> y(count);
            DeviceSpace::Buffer<std::uint16_t> y16(count);
            DeviceSpace::Buffer<std::uint8_t> c(count);
            DeviceSpace::Buffer<std::uint8_t> e(blocks);
            DeviceSpace::fakeQuantize(s.in(x.data()), Clip {}, spec, s.out(y.data()));
            DeviceSpace::fakeQuantize(s.in(half.data()), Clip {}, spec, s.out(y16.data()));
            DeviceSpace::quantize(s.in(x.data()), spec, c.data(), e.data());
            QVERIFY2(mismatches(y.get(), values) == 0, qPrintable(name(spec)));
            QVERIFY2(mismatches16(y16.get(), values16) == 0, qPrintable(name(spec)));
            QVERIFY2(mismatches(c.get(), codes) == 0, qPrintable(name(spec)));
            QVERIFY2(mismatches(e.get(), scales) == 0, qPrintable(name(spec)));
            DeviceSpace::quantize(s.in(half.data()), spec, c.data(), e.data());
            QVERIFY2(mismatches(c.get(), codes16) == 0, qPrintable(name(spec)));
            QVERIFY2(mismatches(e.get(), scales16) == 0, qPrintable(name(spec)));
            if (spec.format == Format::mxfp4) {
                std::vector<std::uint8_t> nibbles(count / 2);
                cpu().packMxfp4(s.in(s.bf16.data()), spec, nibbles.data(), scales.data(), exec);
                DeviceSpace::Buffer<std::uint8_t> n(count / 2);
                DeviceSpace::packMxfp4(s.in(half.data()), spec, n.data(), e.data());
                QVERIFY2(mismatches(n.get(), nibbles) == 0, qPrintable(name(spec)));
                QVERIFY2(mismatches(e.get(), scales) == 0, qPrintable(name(spec)));
            }
        });
    }

    /// What a launch cannot do is reported, once, and does not stick to the next call.
    void reportsErrors()
    {
        cuda::clearError();
        DeviceSpace::table().packMxfp4({}, { Format::mxint8, ScaleRule::floor }, nullptr, nullptr,
                                       {});
        QCOMPARE(cuda::lastError().code, cuda::badArguments);
        cuda::clearError();
    }
};

QTEST_GUILESS_MAIN(TestCudaDeviceEntries)
#include "tst_cuda_device_entries.moc"
