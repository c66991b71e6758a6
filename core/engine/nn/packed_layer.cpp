// SPDX-License-Identifier: Apache-2.0
#include "core/engine/nn/packed_layer.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>

namespace batlab::nn {

namespace {

/// An operator of libtorch's oneDNN library that has no C++ function; none where it is not built
/// in.
std::optional<c10::OperatorHandle> operatorNamed(const char *name)
{
    return c10::Dispatcher::singleton().findSchema({ name, "" });
}

const std::optional<c10::OperatorHandle> &multiplication()
{
    static const auto op = operatorNamed("mkldnn::_linear_pointwise");
    return op;
}

at::Tensor call(const c10::OperatorHandle &op, std::vector<c10::IValue> arguments)
{
    op.callBoxed(arguments);
    return arguments.front().toTensor();
}

/// Undefined where oneDNN would not multiply this weight.
at::Tensor packed(const at::Tensor &weight, std::int64_t rows)
{
    static const auto op = operatorNamed("mkldnn::_reorder_linear_weight");
    if (!op || !multiplication() || !weight.device().is_cpu()
        || weight.scalar_type() != at::kBFloat16 || !at::globalContext().userEnabledMkldnn())
        return {};
    try {
        return call(*op, { weight, rows });
    } catch (const c10::Error &) { // a processor without bf16 products
        return {};
    }
}

} // namespace

PackedLinear::PackedLinear(at::Tensor weight, at::Tensor bias, std::int64_t rows)
    : m_weight(std::move(weight))
    , m_bias(std::move(bias))
    , m_packed(packed(m_weight, rows))
    , m_rows(rows)
{ }

at::Tensor PackedLinear::apply(const at::Tensor &x) const
{
    if (!m_packed.defined() || x.numel() / x.size(-1) != m_rows)
        return at::linear(x, m_weight, m_bias);
    return call(*multiplication(),
                { x.contiguous(), m_packed, m_bias.defined() ? c10::IValue(m_bias) : c10::IValue(),
                  "none", c10::List<std::optional<at::Scalar>>(), "" });
}

PackedLayer::PackedLayer(std::shared_ptr<const PlainOps> layer, std::int64_t rows)
    : ForwardingOps(*layer), m_layer(std::move(layer))
{
    for (const Linear l : kLinears)
        m_linears[static_cast<std::size_t>(l)] =
            PackedLinear(m_layer->weights().of(l), m_layer->weights().biasOf(l), rows);
}

} // namespace batlab::nn
