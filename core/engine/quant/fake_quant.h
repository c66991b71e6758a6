// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/quant/kronecker.h"
#include "core/spec/format_names.h"
#include "core/spec/run_spec.h"
#include "kernels/backend.h"

#include <ATen/core/Tensor.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// Formats as autograd functions over the Backend. fp32 and bf16; leading axes are rows, blocks lie
/// along the last axis.
namespace batlab::quant {

/// A quantizer of activations, weights or cached keys and values: a block format of the kernels, an
/// integer format (integer_quant.h), or nothing (kept in 16/32 bit); and the gradient convention.
struct Quantizer
{
    std::optional<kernels::QuantSpec> spec; ///< not together with `integer`
    std::optional<IntegerFormat> integer;
    bool dynamicScale = false; ///< NVFP4: the factor of each row from its own largest magnitude
    kernels::Ste ste;
    [[nodiscard]] bool active() const { return spec.has_value() || integer.has_value(); }
    /// One kernel does everything: a block format whose factor is known beforehand.
    [[nodiscard]] bool fused() const { return spec.has_value() && !dynamicScale; }
    /// NVFP4 with a factor that has to be set with forTensor().
    [[nodiscard]] bool needsTensorScale() const
    {
        return fused() && spec->format == kernels::Format::nvfp4;
    }
    /// The same quantizer for a tensor whose largest magnitude is `amax`: NVFP4's factor becomes
    /// 448 * 6 / amax (methods.md 1.4), other formats stay as they are.
    [[nodiscard]] Quantizer forTensor(double amax) const;
    /// Elements that share a scale in rows of `width`.
    [[nodiscard]] std::int64_t blockSize(std::int64_t width) const;
    /// "mxfp4", "int4-g128", ..., "none".
    [[nodiscard]] std::string formatName() const;
    /// The prescale rule and NVFP4 give values that are not exact in bf16: fakeQuantize then
    /// returns values times epilogue() and the linear divides (DESIGN.md 5).
    [[nodiscard]] float epilogue() const;
};

/// "mxfp4" with the recipe's rule and ties, or an integer format, which needs neither; "bf16",
/// "fp32" or "none" give an inactive quantizer. Throws on unknown names.
[[nodiscard]] Quantizer makeQuantizer(std::string_view format, const RecipeSettings &settings);

/// The factor of each row of an NVFP4 tensor with a dynamic scale, [.., 1]: 448 * 6 / its largest
/// magnitude (methods.md 1.4).
[[nodiscard]] at::Tensor rowFactor(const at::Tensor &x);

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

/// The same of x P for P_i = B_i (x) A, a [g1,g1], b [k,g2,g2] fp32, x [.., k*g2*g1]; the result is
/// padded to whole blocks of 32. Factors the kernels know (kernels::Gpk) run fused, all others as
/// two matrix products, or fewer where one is the identity; leftOut: which, from a caller who knows
/// (applyKronecker). Differentiable in x, a, b, lo, hi.
[[nodiscard]] at::Tensor gpkFakeQuantize(const at::Tensor &x, const at::Tensor &a,
                                         const at::Tensor &b, const ClipRatios &clip,
                                         const Quantizer &q, at::ScalarType out,
                                         const std::optional<LeftOut> &leftOut = {});

/// x P alone, not padded.
[[nodiscard]] at::Tensor gpkTransform(const at::Tensor &x, const at::Tensor &a, const at::Tensor &b,
                                      at::ScalarType out,
                                      const std::optional<LeftOut> &leftOut = {});

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

/// What a fused backward calls first: the innermost BackwardCheck of this thread, if any.
void checkBackward();

/// Mean of squared differences over all elements; its sum runs in a fixed order at any thread
/// count.
[[nodiscard]] at::Tensor meanSquaredError(const at::Tensor &x, const at::Tensor &target);
/// Sum of squares in double, fixed order.
[[nodiscard]] double sumOfSquares(const at::Tensor &x);
/// Sum of squared differences in double, fixed order.
[[nodiscard]] double sumOfSquaredDifferences(const at::Tensor &x, const at::Tensor &y);

} // namespace batlab::quant
