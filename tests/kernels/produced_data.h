// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernel_data.h"

#include "kernels/cuda/packed_bf16.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <utility>

/// Rows that a norm or a gate produces, and what they are once stored.
namespace kernel_test {

struct ProducedSample
{
    std::int64_t rows = 400; ///< more than one portion of kernels/produced.cpp
    std::int64_t cols = 192;
    std::vector<float> x = gaussian(size_t(rows * cols), 1);
    std::vector<float> up = gaussian(size_t(rows * cols), 2);
    std::vector<float> gamma = gaussian(size_t(cols), 3);
    std::vector<float> scale;
    std::vector<std::uint16_t> gateHalf, upHalf;
    std::vector<float> a = gaussian(64, 4);
    std::vector<float> b = gaussian(size_t(cols / 32 * 16), 5);
    std::vector<float> ratio;

    ProducedSample()
    {
        x[5 * size_t(cols) + 7] = std::numeric_limits<float>::quiet_NaN(); // one poisoned row
        for (std::int64_t row = 0; row < rows; ++row) {
            scale.push_back(0.1F + 0.37F * float(row % 9));
        }
        for (std::int64_t block = 0; block < cols / 16; ++block) { // NVFP4 has most blocks
            ratio.push_back(0.6F + 0.4F * float(block % 5) / 5.0F);
        }
        gateHalf = toBf16(x);
        upHalf = toBf16(up);
    }
    [[nodiscard]] Gpk gpk() const { return { a.data(), b.data(), 8, 4 }; }
    [[nodiscard]] Clip clip() const { return { ratio.data(), ratio.data(), 0, 1 }; }

    /// A norm of the fp32 stream.
    [[nodiscard]] Produced normed(DType type) const
    {
        return { view(x, rows, cols), scale.data(), gamma.data(), {}, type };
    }
    /// A gated product, of bf16 halves where it is stored in bf16.
    [[nodiscard]] Produced gated(DType type) const
    {
        const bool half = type == DType::bf16;
        return { half ? view(gateHalf, rows, cols) : view(x, rows, cols), nullptr, nullptr,
                 half ? view(upHalf, rows, cols) : view(up, rows, cols), type };
    }
    /// The same as they would have been stored.
    [[nodiscard]] std::vector<float> stored(bool gate, DType type) const
    {
        namespace cu = batlab::kernels::cuda;
        std::vector<float> out(x.size());
        for (size_t i = 0; i < x.size(); ++i) {
            if (gate) {
                const bool half = type == DType::bf16;
                const float g = half ? cu::fromBf16(gateHalf[i]) : x[i];
                out[i] = g / (1.0F + std::exp(-g)) * (half ? cu::fromBf16(upHalf[i]) : up[i]);
            } else {
                out[i] = x[i] * scale[i / size_t(cols)] * gamma[i % size_t(cols)];
            }
            out[i] = type == DType::bf16 ? cu::fromBf16(cu::toBf16(out[i])) : out[i];
        }
        return out;
    }
};

/// Rows of a test: what produces, and as what type.
inline void produced_data()
{
    QTest::addColumn<bool>("gate");
    QTest::addColumn<bool>("half");
    for (const bool gate : { false, true }) {
        for (const bool half : { false, true }) {
            QTest::addRow("%s, %s", gate ? "gate" : "norm", half ? "bf16" : "fp32") << gate << half;
        }
    }
}

inline const std::vector<OnlineTransform> onlineTransforms { OnlineTransform::none,
                                                             OnlineTransform::hadamard32,
                                                             OnlineTransform::gpk };

/// The entries one after the other on stored rows; what the transform reads is of `type`.
inline std::vector<float> chained(const Backend &table, const std::vector<float> &stored,
                                  const ProducedSample &s, DType type, OnlineTransform transform,
                                  const Clip &clip, const QuantSpec &spec)
{
    const auto half = toBf16(stored); // exact: they are bf16 numbers
    const ConstMatrix x =
        type == DType::bf16 ? view(half, s.rows, s.cols) : view(stored, s.rows, s.cols);
    std::vector<float> between(stored.size());
    std::vector<float> out(stored.size());
    const Matrix target = view(out, s.rows, s.cols);
    switch (transform) {
    case OnlineTransform::none: table.fakeQuantize(x, clip, spec, target, {}); break;
    case OnlineTransform::hadamard32:
        table.hadamard32(x, nullptr, view(between, s.rows, s.cols), {});
        table.fakeQuantize(view(std::as_const(between), s.rows, s.cols), clip, spec, target, {});
        break;
    case OnlineTransform::gpk: table.gpkFakeQuantize(x, s.gpk(), clip, spec, target, {}); break;
    }
    return out;
}

} // namespace kernel_test
