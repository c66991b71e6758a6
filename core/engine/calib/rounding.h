// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/json.h"
#include "core/engine/calib/gptq.h"
#include "kernels/backend.h"

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <string_view>

namespace batlab::calib {

/// How long work talks to its job.
struct RoundHooks
{
    std::function<void()> checkpoint = [] {}; ///< throws when the job was cancelled
    std::function<void(std::string_view)> warn = [](std::string_view) {};
};

/// A weight on its way to codes; n is padded to whole blocks.
struct RoundTask
{
    at::Tensor weight; ///< [out, n] fp32: what the codes are to reproduce
    at::Tensor basis; ///< [out, n] fp32: block scales follow from its maxima; the weight, or the
                      ///< weight after clipping
    kernels::QuantSpec spec;
};

struct RoundResult
{
    at::Tensor codes; ///< u8 [out, n], one code a byte
    at::Tensor scales; ///< u8 [out, n/block]
    at::Tensor updated; ///< [out, n] fp32: what each code was rounded from (to nearest)
};

/// One kind of rounding. prepare() once for each site, then round() for each of its linears.
class Rounding
{
public:
    virtual ~Rounding() = default;
    /// Work that the linears of a site share. hessian: mean second moment of what enters them,
    /// [n, n] fp64 (undefined where needsHessian() is false); block: width of their scale blocks.
    virtual void prepare(const at::Tensor &hessian, std::int64_t block) = 0;
    [[nodiscard]] virtual RoundResult round(const RoundTask &task) const = 0;
};

/// The kind that the parameters of a round stage name.
[[nodiscard]] std::unique_ptr<Rounding> makeRounding(const Json &parameters,
                                                     const RoundHooks &hooks);
/// In which order a round stage with these parameters takes the columns.
[[nodiscard]] ColumnOrder columnOrder(const Json &parameters);
/// Whether a round stage with these parameters reads second moments of the linears' inputs.
[[nodiscard]] bool needsHessian(const Json &parameters);

} // namespace batlab::calib
