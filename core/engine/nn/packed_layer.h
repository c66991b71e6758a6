// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/nn/layer.h"

#include <array>
#include <memory>

namespace batlab::nn {

/// y = x W^T + b for one number of rows, many times. Where oneDNN multiplies bf16, at::linear lays
/// the weight out anew at every call, which takes longer than the product of a few dozen rows; here
/// it is done once, for the same bits. Elsewhere, and for other numbers of rows, at::linear.
class PackedLinear
{
public:
    PackedLinear() = default;
    PackedLinear(at::Tensor weight, at::Tensor bias, std::int64_t rows);
    [[nodiscard]] at::Tensor apply(const at::Tensor &x) const;
    [[nodiscard]] bool isPacked() const { return m_packed.defined(); }

private:
    at::Tensor m_weight, m_bias; ///< [out, in], [out] or undefined
    at::Tensor m_packed; ///< in oneDNN's layout; undefined: at::linear serves
    std::int64_t m_rows = 0;
};

/// A model's own layer with packed linears, as much memory again as its weights.
class PackedLayer : public ForwardingOps
{
public:
    PackedLayer(std::shared_ptr<const PlainOps> layer, std::int64_t rows);
    [[nodiscard]] at::Tensor linear(Linear linear, const at::Tensor &x) const override
    {
        return m_linears[static_cast<std::size_t>(linear)].apply(x);
    }

private:
    std::shared_ptr<const PlainOps> m_layer;
    std::array<PackedLinear, 7> m_linears;
};

} // namespace batlab::nn
