// SPDX-License-Identifier: Apache-2.0
#include "produced_data.h"
#include "tests/kernels/cuda_device_space.h"

#include <QtTest>

using namespace cuda_test;
using namespace kernel_test;

namespace {

template<class T>
using Buffer = DeviceSpace::Buffer<T>;

} // namespace

/// Rows that a norm or a gate produces, made, transformed and quantized by one kernel; the same
/// bodies run without a GPU in tst_cuda_host_produced.
class TestCudaDeviceProduced : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const QByteArray why = whyNoDevice();
        if (!why.isEmpty()) {
            QSKIP(why.constData());
        }
    }

    void equalsTheChain_data() { produced_data(); }
    /// Norms: bits of the device's calls one after the other on rows stored by the host. Gates: the
    /// exponential of the device may differ in its last bit, so a value in a thousand may fall on
    /// the other side of a rounding.
    void equalsTheChain()
    {
        QFETCH(bool, gate);
        QFETCH(bool, half);
        const ProducedSample s;
        const DType type = half ? DType::bf16 : DType::f32;
        const auto stored = s.stored(gate, type);
        Buffer<float> x(s.x), up(s.up), gamma(s.gamma), scale(s.scale), a(s.a), b(s.b),
            ratio(s.ratio), plain(stored), between(stored.size()), out(stored.size());
        Buffer<std::uint16_t> gateHalf(s.gateHalf), upHalf(s.upHalf), plainHalf(toBf16(stored));
        const auto matrix = [&](auto &buffer, DType of) {
            return Matrix { buffer.data(), of, s.rows, s.cols, s.cols };
        };
        Produced produced;
        produced.dtype = type;
        if (gate && half) {
            produced.x = matrix(gateHalf, DType::bf16);
            produced.up = matrix(upHalf, DType::bf16);
        } else {
            produced.x = matrix(x, DType::f32);
        }
        if (gate && !half) {
            produced.up = matrix(up, DType::f32);
        }
        if (!gate) {
            produced.rowScale = scale.data();
            produced.gamma = gamma.data();
        }
        const Matrix made = half ? matrix(plainHalf, DType::bf16) : matrix(plain, DType::f32);
        const Matrix target = matrix(out, DType::f32);
        const Gpk p { a.data(), b.data(), 8, 4 };
        for (const QuantSpec &spec :
             { QuantSpec {}, QuantSpec { Format::mxfp8E4m3, ScaleRule::floor, Ties::away },
               QuantSpec { Format::nvfp4, ScaleRule::even, Ties::even, 37.25F },
               QuantSpec { Format::mxfp4, ScaleRule::prescale } }) {
            for (const OnlineTransform transform : onlineTransforms) {
                for (const bool clipped : { false, true }) {
                    const Clip clip = clipped ? Clip { ratio.data(), ratio.data(), 0, 1 } : Clip {};
                    const Backend &table = DeviceSpace::table();
                    DeviceSpace::run([&](const Exec &e) {
                        if (transform == OnlineTransform::gpk) {
                            table.gpkFakeQuantize(made, p, clip, spec, target, e);
                        } else if (transform == OnlineTransform::hadamard32) {
                            const Matrix turned = matrix(between, DType::f32);
                            table.hadamard32(made, nullptr, turned, e);
                            table.fakeQuantize(turned, clip, spec, target, e);
                        } else {
                            table.fakeQuantize(made, clip, spec, target, e);
                        }
                    });
                    const std::vector<float> wanted = out.get();
                    DeviceSpace::run([&](const Exec &e) {
                        table.producedFakeQuantize(produced, transform, p, clip, spec, target, e);
                    });
                    const std::size_t wrong = mismatches(out.get(), wanted);
                    const QString what =
                        name(spec) + QStringLiteral(" transform %1").arg(int(transform));
                    QVERIFY2(wrong <= (gate ? wanted.size() / 1000 : 0), qPrintable(what));
                }
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestCudaDeviceProduced)
#include "tst_cuda_device_produced.moc"
