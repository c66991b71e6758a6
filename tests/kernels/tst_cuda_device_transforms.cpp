// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/mxf4_tile.h"
#include "kernels/cuda/packed_bf16.h"
#include "kernels/cuda/transform_ops.h"
#include "tests/kernels/cuda_device_space.h"
#include "tests/kernels/kernel_data.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace cuda_test;
using namespace kernel_test;
namespace cu = batlab::kernels::cuda;

namespace {

template<class T>
using Buffer = DeviceSpace::Buffer<T>;

double relativeError(const std::vector<float> &got, const std::vector<float> &wanted)
{
    double error = 0;
    double size = 0;
    for (size_t i = 0; i < wanted.size(); ++i) {
        error += std::pow(double(got[i]) - double(wanted[i]), 2);
        size += std::pow(double(wanted[i]), 2);
    }
    return std::sqrt(error / (size + 1e-300));
}

template<class T>
ConstMatrix in(T *data, std::int64_t rows, std::int64_t cols)
{
    return { data, sizeof(T) == 4 ? DType::f32 : DType::bf16, rows, cols, cols };
}
template<class T>
Matrix out(T *data, std::int64_t rows, std::int64_t cols)
{
    return { data, sizeof(T) == 4 ? DType::f32 : DType::bf16, rows, cols, cols };
}

const Backend &table() { return DeviceSpace::table(); }
const QuantSpec usual {};

} // namespace

/// The transforms on a device against the CPU's oracle; the same bodies run without one in
/// tst_cuda_host_gpk and tst_cuda_host_transforms.
class TestCudaDeviceTransforms : public QObject
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

    /// fp32: values and gx bit by bit, sums to 1e-5. bf16: the product to 3e-6, and what follows it
    /// bit by bit on the very same product; gradients to 1e-3.
    void gpk_data()
    {
        QTest::addColumn<int>("g1");
        QTest::addColumn<int>("g2");
        for (const int g : { 16, 32, 64, 128 }) {
            for (int g1 = 1; g1 <= g; g1 *= 2) {
                QTest::addRow("%dx%d", g1, g / g1) << g1 << g / g1;
            }
        }
    }
    void gpk()
    {
        QFETCH(int, g1);
        QFETCH(int, g2);
        for (const std::int64_t cols : { 200, 1024 }) {
            const std::int64_t rows = 333;
            const std::int64_t k = (cols + g1 * g2 - 1) / (g1 * g2);
            const auto x = gaussian(size_t(rows * cols), 1);
            const auto gy = gaussian(size_t(rows * cols), 2);
            const auto xHalf = toBf16(x);
            const auto gyHalf = toBf16(gy);
            const auto a = gaussian(size_t(g1 * g1), 3);
            const auto b = gaussian(size_t(k * g2 * g2), 4);
            const std::vector<float> ratio(size_t(cols), 0.9F);
            Buffer<float> dx(x), dgy(gy), da(a), db(b), dRatio(ratio);
            Buffer<std::uint16_t> dxHalf(xHalf), dgyHalf(gyHalf);
            const Gpk host { a.data(), b.data(), g1, g2 };
            const Gpk device { da.data(), db.data(), g1, g2 };
            const Clip hostClip { ratio.data(), ratio.data(), 0, 1 };
            const Clip clip { dRatio.data(), dRatio.data(), 0, 1 };
            std::vector<float> wanted(x.size());

            Buffer<float> y(x.size());
            Buffer<float> q(x.size());
            DeviceSpace::run([&](const Exec &e) {
                table().gpkFakeQuantize(in(dx.data(), rows, cols), device, clip, usual,
                                        out(q.data(), rows, cols), e);
            });
            oracle().gpkFakeQuantize(view(x, rows, cols), host, hostClip, usual,
                                     view(wanted, rows, cols), {});
            QCOMPARE(mismatches(q.get(), wanted), 0U);
            Buffer<std::uint16_t> qHalf(x.size()); // weights under training: fp32 to bf16
            std::vector<std::uint16_t> wantedHalf(x.size());
            DeviceSpace::run([&](const Exec &e) {
                table().gpkFakeQuantize(in(dx.data(), rows, cols), device, clip, usual,
                                        out(qHalf.data(), rows, cols), e);
            });
            oracle().gpkFakeQuantize(view(x, rows, cols), host, hostClip, usual,
                                     view(wantedHalf, rows, cols), {});
            QCOMPARE(mismatches(qHalf.get(), wantedHalf), 0U);

            DeviceSpace::run([&](const Exec &e) {
                table().gpkTransform(in(dxHalf.data(), rows, cols), device,
                                     out(y.data(), rows, cols), e);
                table().gpkFakeQuantize(in(dxHalf.data(), rows, cols), device, clip, usual,
                                        out(q.data(), rows, cols), e);
            });
            const std::vector<float> product = y.get();
            oracle().gpkTransform(view(xHalf, rows, cols), host, view(wanted, rows, cols), {});
            QVERIFY(relativeError(product, wanted) < 3e-6);
            oracle().fakeQuantize(view(product, rows, cols), hostClip, usual,
                                  view(wanted, rows, cols), {});
            const std::vector<float> got = q.get();
            size_t wrong = 0;
            for (size_t i = 0; i < got.size(); ++i) { // a ragged last block may hold padding
                wrong += std::int64_t(i) % cols / 32 * 32 + 32 <= cols && got[i] != wanted[i];
            }
            QCOMPARE(wrong, 0U);

            backward(host, device, hostClip, clip, view(x, rows, cols), view(gy, rows, cols),
                     in(dx.data(), rows, cols), in(dgy.data(), rows, cols), k, true);
            backward(host, device, hostClip, clip, view(xHalf, rows, cols),
                     view(gyHalf, rows, cols), in(dxHalf.data(), rows, cols),
                     in(dgyHalf.data(), rows, cols), k, false);
        }
    }

    void packing()
    {
        const std::int64_t rows = 300;
        const std::int64_t cols = 1024;
        const std::int64_t blocks = cols / 32;
        const auto half = toBf16(gaussian(size_t(rows * cols), 1));
        const auto a = gaussian(64, 3);
        const auto b = gaussian(size_t(blocks * 16), 4);
        Buffer<std::uint16_t> x(half);
        Buffer<float> da(a), db(b), q(size_t(rows * cols));
        const Gpk p { da.data(), db.data(), 8, 4 };
        for (const auto layout : { cu::ScaleLayout::linear, cu::ScaleLayout::swizzled }) {
            Buffer<std::uint8_t> codes(size_t(rows * blocks * 16));
            Buffer<std::uint8_t> scales(size_t(cu::scaleBytes(layout, rows, blocks)));
            DeviceSpace::run([&](const Exec &e) {
                table().gpkFakeQuantize(in(x.data(), rows, cols), p, {}, usual,
                                        out(q.data(), rows, cols), e);
                cu::gpkPack(in(x.data(), rows, cols), p, {}, usual,
                            { codes.data(), scales.data(), layout }, e);
            });
            const auto bytes = scales.get();
            std::vector<std::uint8_t> linear(size_t(rows * blocks));
            for (std::int64_t i = 0; i < rows * blocks; ++i) {
                linear[size_t(i)] =
                    bytes[size_t(cu::scaleOffset(layout, i / blocks, i % blocks, blocks))];
            }
            std::vector<float> decoded(size_t(rows * cols));
            oracle().unpackMxfp4(codes.get().data(), linear.data(), usual,
                                 view(decoded, rows, cols), {});
            QCOMPARE(mismatches(decoded, q.get()), 0U);
        }
    }

    /// The fused kernels against the transform of values prepared on the host; roots and
    /// exponentials may differ in the last bit, so a few values may fall on the other side of a
    /// rounding.
    void prologues()
    {
        const std::int64_t rows = 700;
        const std::int64_t cols = 1024;
        const auto x = gaussian(size_t(rows * cols), 1);
        const auto up = gaussian(size_t(rows * cols), 2);
        const auto gamma = gaussian(size_t(cols), 5);
        const auto a = gaussian(64, 3);
        const auto b = gaussian(size_t(cols / 32 * 16), 4);
        const auto xHalf = toBf16(x);
        const auto upHalf = toBf16(up);
        Buffer<float> dx(x), dup(up), dGamma(gamma), da(a), db(b), y(x.size());
        Buffer<std::uint16_t> dxHalf(xHalf), dupHalf(upHalf);
        const Gpk p { da.data(), db.data(), 8, 4 };
        const Gpk host { a.data(), b.data(), 8, 4 };
        for (const int run : { 0, 1, 2, 3 }) {
            const bool swiglu = run % 2 != 0;
            const bool half = run / 2 != 0; // what is read
            const auto value = [&](const auto &wide, const auto &narrow, size_t i) {
                return double(half ? cu::fromBf16(narrow[i]) : wide[i]);
            };
            const ConstMatrix source =
                half ? in(dxHalf.data(), rows, cols) : in(dx.data(), rows, cols);
            const ConstMatrix other =
                half ? in(dupHalf.data(), rows, cols) : in(dup.data(), rows, cols);
            for (const DType type : { DType::f32, DType::bf16 }) {
                std::vector<float> plain(x.size());
                for (std::int64_t row = 0; row < rows; ++row) {
                    double sum = 0;
                    for (std::int64_t c = 0; c < cols; ++c) {
                        sum += std::pow(value(x, xHalf, size_t(row * cols + c)), 2);
                    }
                    const double scale = 1 / std::sqrt(sum / double(cols) + 1e-6);
                    for (std::int64_t c = 0; c < cols; ++c) {
                        const auto i = size_t(row * cols + c);
                        const double v = value(x, xHalf, i);
                        plain[i] = float(swiglu ? v / (1 + std::exp(-v)) * value(up, upHalf, i)
                                                : v * scale * double(gamma[size_t(c)]));
                        plain[i] =
                            type == DType::bf16 ? cu::fromBf16(cu::toBf16(plain[i])) : plain[i];
                    }
                }
                DeviceSpace::run([&](const Exec &e) {
                    const cu::FusedOut target { out(y.data(), rows, cols), {} };
                    swiglu ? cu::swigluGpk(source, other, type, p, {}, nullptr, target, e)
                           : cu::rmsNormGpk(source, dGamma.data(), 1e-6F, type, p, {}, nullptr,
                                            target, e);
                });
                std::vector<float> wanted(x.size());
                oracle().gpkTransform(view(std::as_const(plain), rows, cols), host,
                                      view(wanted, rows, cols), {});
                const double limit = type == DType::bf16 ? 2e-4 : 2e-6;
                QVERIFY(relativeError(y.get(), wanted) < limit);
            }
        }
    }

    void hadamard()
    {
        const std::int64_t rows = 65;
        for (int n = 64; n <= 4096; n *= 2) {
            const auto x = gaussian(size_t(rows) * size_t(3 * n), unsigned(n));
            std::vector<float> wanted = x;
            for (size_t at = 0; at < x.size(); at += size_t(n)) {
                for (int stride = 1; stride < n; stride *= 2) {
                    for (int i = 0; i < n; ++i) {
                        if ((i & stride) == 0) {
                            float &low = wanted[at + size_t(i)];
                            float &high = wanted[at + size_t(i + stride)];
                            const float sum = low + high;
                            high = low - high;
                            low = sum;
                        }
                    }
                }
            }
            for (float &v : wanted) {
                v *= float(1 / std::sqrt(double(n)));
            }
            Buffer<float> dx(x), y(x.size());
            DeviceSpace::run([&](const Exec &e) {
                cu::hadamardRowsTransform(in(dx.data(), rows, 3 * n), n, nullptr,
                                          out(y.data(), rows, 3 * n), e);
            });
            QCOMPARE(mismatches(y.get(), wanted), 0U);
            // From bf16: what the transform of the same numbers gives, rounded on the way out.
            const auto half = toBf16(x);
            std::vector<float> wide(half.size());
            std::transform(half.begin(), half.end(), wide.begin(), cu::fromBf16);
            Buffer<float> dWide(wide), y32(x.size());
            Buffer<std::uint16_t> dHalf(half), yHalf(x.size());
            DeviceSpace::run([&](const Exec &e) {
                cu::hadamardRowsTransform(in(dWide.data(), rows, 3 * n), n, nullptr,
                                          out(y32.data(), rows, 3 * n), e);
                cu::hadamardRowsTransform(in(dHalf.data(), rows, 3 * n), n, nullptr,
                                          out(yHalf.data(), rows, 3 * n), e);
            });
            const auto turned = y32.get();
            const auto turnedHalf = yHalf.get();
            for (size_t i = 0; i < turned.size(); ++i) {
                QCOMPARE(turnedHalf[i], cu::toBf16(turned[i]));
            }
        }
    }

    void inversesAndSteps()
    {
        const auto m = gaussian(100 * 16 + 8 * 1024, 1);
        Buffer<float> dm(m), inverse(m.size());
        Buffer<cu::InverseInfo> info(108);
        const cu::InverseJob jobs[] { { dm.data(), inverse.data(), 4, 100, false },
                                      { dm.data() + 1600, inverse.data() + 1600, 32, 8, false } };
        DeviceSpace::run([&](const Exec &e) { cu::smallInverses(jobs, 2, info.data(), e); });
        const auto got = inverse.get();
        const auto facts = info.get();
        cu::HostGroup group(32);
        auto shared = std::make_unique<cu::InverseScratch>();
        for (size_t i = 0; i < 108; ++i) { // the same body on the host
            const int n = i < 100 ? 4 : 32;
            const size_t at = i < 100 ? i * 16 : 1600 + (i - 100) * 1024;
            std::vector<float> wanted(size_t(n * n));
            cu::InverseInfo fact {};
            cu::invertMatrix(group, *shared, m.data() + at, n, false, wanted.data(), &fact);
            QCOMPARE(facts[i].singular, fact.singular);
            const std::vector<float> part(got.begin() + std::ptrdiff_t(at),
                                          got.begin() + std::ptrdiff_t(at) + n * n);
            QVERIFY(relativeError(part, wanted) < 1e-6 * double(fact.condition));
        }

        const auto g = gaussian(5000, 2);
        auto parameters = gaussian(5000, 3);
        Buffer<float> dp(parameters), dg(g), dm1(std::vector<float>(5000)),
            dv(std::vector<float>(5000));
        const std::vector<cu::AdamSegment> segments { { 0, 1.0F, 0.01F }, { 4000, 10.0F, 0.0F } };
        Buffer<cu::AdamSegment> ds(segments);
        Buffer<std::int64_t> step(std::vector<std::int64_t> { 0 });
        cu::AdamSettings settings;
        settings.totalSteps = 3;
        settings.maxNorm = 1;
        std::vector<float> m1(5000), v1(5000);
        double norm2 = 0;
        for (const float v : g) {
            norm2 += double(v) * double(v);
        }
        for (std::int64_t i = 0; i < 3; ++i) {
            DeviceSpace::run([&](const Exec &e) {
                cu::adamWStep(dp.data(), dg.data(), dm1.data(), dv.data(), 5000, ds.data(), 2,
                              settings, nullptr, step.data(), e);
            });
            const cu::AdamStep shared1 = cu::adamStep(settings, i, norm2);
            for (size_t j = 0; j < 5000; ++j) {
                cu::adamUpdate(settings, shared1, segments[j < 4000 ? 0 : 1], g[j], parameters[j],
                               m1[j], v1[j]);
            }
        }
        QCOMPARE(step.get()[0], std::int64_t { 3 });
        QVERIFY(relativeError(dp.get(), parameters) < 1e-6);
        const auto before = dp.get();
        Buffer<float> lost(std::vector<float> { std::numeric_limits<float>::infinity() });
        DeviceSpace::run([&](const Exec &e) {
            cu::adamWStep(dp.data(), dg.data(), dm1.data(), dv.data(), 5000, ds.data(), 2, settings,
                          lost.data(), step.data(), e);
        });
        QCOMPARE(step.get()[0], std::int64_t { 4 });
        QCOMPARE(dp.get(), before);
    }

    /// Runs on sm_120 only; elsewhere it must refuse.
    void nativeProduct()
    {
        int major = 0;
        DeviceSpace::must(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, 0));
        int minor = 0;
        DeviceSpace::must(cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, 0));
        if (!cu::mxf4GemmRuns(major * 10 + minor, 256) || !cu::mxf4GemmIsBuilt()) {
            QSKIP("the native MXFP4 product needs compute capability 12.0 and a build for it");
        }
        const std::int64_t m = 200, n = 150, k = 256;
        const auto a = gaussian(size_t(m * k), 1);
        const auto b = gaussian(size_t(n * k), 2);
        std::vector<std::uint8_t> codes[2], scales[2];
        std::vector<float> values[2];
        for (const int i : { 0, 1 }) {
            const auto &x = i == 0 ? a : b;
            const std::int64_t rows = i == 0 ? m : n;
            codes[i].resize(size_t(rows * k / 2));
            scales[i].resize(size_t(rows * k / 32));
            values[i].resize(x.size());
            oracle().packMxfp4(view(x, rows, k), usual, codes[i].data(), scales[i].data(), {});
            oracle().fakeQuantize(view(x, rows, k), {}, usual, view(values[i], rows, k), {});
        }
        Buffer<std::uint8_t> ca(codes[0]), sa(scales[0]), cb(codes[1]), sb(scales[1]);
        Buffer<float> y(size_t(m * n));
        DeviceSpace::run([&](const Exec &e) {
            cu::mxf4Gemm({ ca.data(), sa.data(), m, k }, { cb.data(), sb.data(), n, k }, 0.5F,
                         out(y.data(), m, n), e);
        });
        std::vector<float> wanted(size_t(m * n));
        for (std::int64_t i = 0; i < m * n; ++i) {
            double sum = 0;
            for (std::int64_t l = 0; l < k; ++l) {
                sum += double(values[0][size_t(i / n * k + l)])
                    * double(values[1][size_t(i % n * k + l)]);
            }
            wanted[size_t(i)] = float(sum / 2);
        }
        QVERIFY(relativeError(y.get(), wanted) < 1e-6);
    }

private:
    static void backward(const Gpk &host, const Gpk &device, const Clip &hostClip, const Clip &clip,
                         const ConstMatrix &x, const ConstMatrix &gy, const ConstMatrix &dx,
                         const ConstMatrix &dgy, std::int64_t k, bool exact)
    {
        const Ste ste { true, true };
        const auto count = size_t(x.rows * x.cols);
        const auto sizeA = size_t(host.g1 * host.g1);
        const auto sizeB = size_t(k * host.g2 * host.g2);
        const auto ratios = size_t(x.cols);
        std::vector<float> gx(count), dA(sizeA), dB(sizeB), lo(ratios), hi(ratios);
        oracle().gpkFakeQuantizeBackward(x, gy, host, hostClip, usual, ste,
                                         view(gx, x.rows, x.cols), dA.data(), dB.data(),
                                         { lo.data(), hi.data() }, {});
        std::vector<float> first;
        for (const int run : { 0, 1 }) { // twice: the same bits
            Buffer<float> bx(count), ba(sizeA), bb(sizeB), bLo { std::vector<float>(ratios) },
                bHi { std::vector<float>(ratios) };
            DeviceSpace::run([&](const Exec &e) {
                table().gpkFakeQuantizeBackward(dx, dgy, device, clip, usual, ste,
                                                out(bx.data(), x.rows, x.cols), ba.data(),
                                                bb.data(), { bLo.data(), bHi.data() }, e);
            });
            const double limit = 1e-3;
            QVERIFY(exact ? mismatches(bx.get(), gx) == 0 : relativeError(bx.get(), gx) < limit);
            QVERIFY(relativeError(ba.get(), dA) < limit);
            QVERIFY(relativeError(bb.get(), dB) < limit);
            QVERIFY(relativeError(bLo.get(), lo) < limit);
            QVERIFY(relativeError(bHi.get(), hi) < limit);
            std::vector<float> sums = ba.get();
            const auto more = bb.get();
            sums.insert(sums.end(), more.begin(), more.end());
            if (run == 0) {
                first = sums;
            }
            QCOMPARE(mismatches(first, sums), 0U);
        }
    }
};

QTEST_APPLESS_MAIN(TestCudaDeviceTransforms)
#include "tst_cuda_device_transforms.moc"
