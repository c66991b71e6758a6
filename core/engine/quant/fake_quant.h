// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/run_spec.h"
#include "kernels/backend.h"

#include <ATen/core/Tensor.h>

#include <functional>
#include <optional>
#include <string_view>

/// Formats as autograd functions over the Backend. fp32 and bf16; leading axes are rows, blocks lie
/// along the last axis.
namespace batlab::quant {

/// A quantizer of activations or weights: the kernels' spec and the gradient convention, or nothing
/// (kept in 16/32 bit).
struct Quantizer
{
    std::optional<kernels::QuantSpec> spec;
    kernels::Ste ste;
    [[nodiscard]] bool active() const { return spec.has_value(); }
    /// The prescale rule and NVFP4 give values that are not exact in bf16: fakeQuantize then
    /// returns values times epilogue() and the linear divides (DESIGN.md 5).
    [[nodiscard]] float epilogue() const;
};

/// "mxfp4" with the recipe's rule and ties; "bf16", "fp32" or "none" give an inactive quantizer.
/// Throws on unknown names.
[[nodiscard]] Quantizer makeQuantizer(std::string_view format, const RecipeSettings &settings);

/// Ratios in (0,1] that shrink each block's minimum and maximum before quantization
/// (kernels::Clip). lo, hi: [blocks] shared by all rows, [rows, 1] shared by a row's blocks, [1]
/// shared by all, or undefined.
struct ClipRatios
{
    at::Tensor lo, hi;
    [[nodiscard]] bool active() const { return lo.defined(); }
};

/// Dequantized quantize(clip(x)) times epilogue, in `out` type (fp32 or bf16); x unchanged (but
/// cast) for an inactive quantizer. Differentiable in x, lo and hi (straight-through,
/// methods.md 1.5).
[[nodiscard]] at::Tensor fakeQuantize(const at::Tensor &x, const ClipRatios &clip,
                                      const Quantizer &q, at::ScalarType out);

/// The same of x P for P_i = B_i (x) A, a [g1,g1], b [k,g2,g2] fp32 (kernels::Gpk); differentiable
/// in x, a, b, lo, hi.
[[nodiscard]] at::Tensor gpkFakeQuantize(const at::Tensor &x, const at::Tensor &a,
                                         const at::Tensor &b, const ClipRatios &clip,
                                         const Quantizer &q, at::ScalarType out);

/// x P alone.
[[nodiscard]] at::Tensor gpkTransform(const at::Tensor &x, const at::Tensor &a, const at::Tensor &b,
                                      at::ScalarType out);

/// While it lives, backward passes on this thread call `check` before each fused kernel: cancel
/// reaches the middle of a training step. `check` may throw; the exception leaves backward() as it
/// is.
class BackwardCheck
{
public:
    explicit BackwardCheck(std::function<void()> check);
    ~BackwardCheck();
    BackwardCheck(const BackwardCheck &) = delete;
    BackwardCheck &operator=(const BackwardCheck &) = delete;

private:
    std::function<void()> m_check;
    const std::function<void()> *m_previous;
};

/// Mean of squared differences over all elements; its sum runs in a fixed order at any thread
/// count.
[[nodiscard]] at::Tensor meanSquaredError(const at::Tensor &x, const at::Tensor &target);
/// Sum of squares in double, fixed order.
[[nodiscard]] double sumOfSquares(const at::Tensor &x);
/// Sum of squared differences in double, fixed order.
[[nodiscard]] double sumOfSquaredDifferences(const at::Tensor &x, const at::Tensor &y);

} // namespace batlab::quant
