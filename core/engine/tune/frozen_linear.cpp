// SPDX-License-Identifier: Apache-2.0
#include "core/engine/quant/bridge.h"
#include "core/engine/tune/autograd.h"
#include "core/engine/tune/linear_kernels.h"
#include "kernels/parallel.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

namespace batlab::tune {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace {

/// Autograd functions take no undefined tensors.
at::Tensor orEmpty(const at::Tensor &t) { return t.defined() ? t : at::empty({ 0 }); }

/// Whether the kernels can do the epilogue of this product.
bool fused(const at::Tensor &product, at::ScalarType type)
{
    return quant::onHost(product) && product.scalar_type() == at::kBFloat16
        && (type == at::kBFloat16 || type == at::kFloat);
}

/// fp32 [cols], ones where there is none.
at::Tensor gainOf(const at::Tensor &gain, std::int64_t cols)
{
    return gain.numel() > 0 ? gain.detach().to(at::kFloat).contiguous()
                            : at::ones({ cols }, at::kFloat);
}

std::uint16_t *bits(const at::Tensor &bf16)
{
    return static_cast<std::uint16_t *>(bf16.data_ptr());
}

LinearEpilogue epilogueOf(const at::Tensor &shape, double factor, const at::Tensor &gain,
                          const at::Tensor &out)
{
    LinearEpilogue e;
    e.cols = shape.size(-1);
    e.rows = shape.numel() / e.cols;
    e.factor = static_cast<float>(factor);
    e.gain = gain.const_data_ptr<float>();
    if (out.scalar_type() == at::kBFloat16)
        e.out16 = bits(out);
    else
        e.out32 = out.data_ptr<float>();
    return e;
}

at::Tensor fusedForward(const at::Tensor &product, const at::Tensor &gain, const at::Tensor &bias,
                        double factor, at::ScalarType type)
{
    at::Tensor out = at::empty(product.sizes(), product.options().dtype(type));
    const at::Tensor gains = gainOf(gain, product.size(-1));
    const at::Tensor added = bias.detach().to(at::kFloat).contiguous();
    LinearEpilogue e = epilogueOf(product, factor, gains, out);
    e.product = bits(product);
    e.bias = added.numel() > 0 ? added.const_data_ptr<float>() : nullptr;
    kernels::forRanges(
        e.rows, kernels::rowGrain(e.cols), quant::exec().threads,
        [&](std::int64_t begin, std::int64_t end) { linearKernels().forward(e, begin, end); });
    return out;
}

struct Gradients
{
    at::Tensor product, gain, bias; ///< of the product in bf16; the others fp32, or undefined
};

Gradients fusedBackward(const at::Tensor &gradient, const at::Tensor &product,
                        const at::Tensor &gain, bool biased, double factor)
{
    const at::Tensor gy = gradient.contiguous();
    const std::int64_t cols = gy.size(-1);
    const std::int64_t chunks = (gy.numel() / cols + kRowsPerSum - 1) / kRowsPerSum;
    Gradients out;
    out.product = at::empty(gy.sizes(), gy.options().dtype(at::kBFloat16));
    const at::Tensor gains = gainOf(gain, cols);
    LinearEpilogueBack b;
    b.forward = epilogueOf(gy, factor, gains, out.product);
    at::Tensor gainSums;
    at::Tensor biasSums;
    if (product.defined()) {
        b.forward.product = bits(product);
        gainSums = at::empty({ chunks, cols }, at::kFloat);
        b.gainSums = gainSums.data_ptr<float>();
    }
    if (biased) {
        biasSums = at::empty({ chunks, cols }, at::kFloat);
        b.biasSums = biasSums.data_ptr<float>();
    }
    if (gy.scalar_type() == at::kBFloat16)
        b.gradient16 = bits(gy);
    else
        b.gradient32 = gy.const_data_ptr<float>();
    kernels::forRanges(chunks, 1, quant::exec().threads, [&](std::int64_t begin, std::int64_t end) {
        linearKernels().backward(b, begin, end);
    });
    if (gainSums.defined())
        out.gain = columnSums(gainSums) * factor;
    if (biasSums.defined())
        out.bias = columnSums(biasSums);
    return out;
}

Gradients plainBackward(const at::Tensor &gradient, const at::Tensor &product,
                        const at::Tensor &gain, bool biased, double factor, at::ScalarType type)
{
    Gradients out { gradient, {}, {} };
    if (gain.numel() > 0 || factor != 1.0) {
        out.product = gradient.to(at::kFloat) * factor;
        if (gain.numel() > 0)
            out.product = out.product * gain;
    }
    out.product = out.product.to(type);
    if (product.defined())
        out.gain = columnSums(gradient, product.to(at::kFloat) * factor);
    if (biased)
        out.bias = columnSums(gradient);
    return out;
}

struct FrozenLinearFn : Function<FrozenLinearFn>
{
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &x, const at::Tensor &weight,
                              const at::Tensor &gain, const at::Tensor &bias, double factor,
                              at::ScalarType type)
    {
        const bool gained = gain.numel() > 0;
        const bool biased = bias.numel() > 0;
        ctx->saved_data["factor"] = factor;
        ctx->saved_data["type"] = static_cast<std::int64_t>(x.scalar_type());
        ctx->saved_data["biased"] = biased;
        const at::Tensor read = weight.requires_grad() ? x : at::Tensor(); // for W's gradient only
        if (!gained && factor == 1.0 && type == weight.scalar_type()) { // as SolvedOps runs it
            ctx->save_for_backward({ weight, gain, at::Tensor(), read });
            return at::linear(x, weight, biased ? bias.to(type) : at::Tensor());
        }
        const at::Tensor product = at::linear(x, weight);
        ctx->save_for_backward({ weight, gain, gained ? product : at::Tensor(), read });
        if (fused(product, type))
            return fusedForward(product, gain, bias, factor, type);
        at::Tensor y = product.to(at::kFloat) * factor;
        if (gained)
            y = y * gain;
        if (biased)
            y = y + bias;
        return y.to(type);
    }
    static variable_list backward(AutogradContext *ctx, variable_list grads)
    {
        const auto saved = ctx->get_saved_variables();
        const at::Tensor &weight = saved[0];
        const double factor = ctx->saved_data["factor"].toDouble();
        const auto type = static_cast<at::ScalarType>(ctx->saved_data["type"].toInt());
        const bool biased = ctx->saved_data["biased"].toBool();
        const bool asIs = saved[1].numel() == 0 && factor == 1.0 && !biased
            && grads[0].scalar_type() == weight.scalar_type();
        const Gradients g = !asIs && fused(weight, grads[0].scalar_type())
            ? fusedBackward(grads[0], saved[2], saved[1], biased, factor)
            : plainBackward(grads[0], saved[2], saved[1], biased, factor, weight.scalar_type());
        const at::Tensor gx = at::matmul(g.product, weight).to(type);
        at::Tensor gw;
        if (saved[3].defined())
            gw = at::matmul(g.product.reshape({ -1, g.product.size(-1) }).t(),
                            saved[3].reshape({ -1, saved[3].size(-1) }));
        return { gx, gw, g.gain, g.bias, at::Tensor(), at::Tensor() };
    }
};

} // namespace

const LinearKernels &linearKernels()
{
    static const LinearKernels *const table = [] {
#ifdef __x86_64__
        switch (kernels::detectCpuLevel()) {
        case kernels::CpuLevel::v4: return &v4::kLinearTable;
        case kernels::CpuLevel::v3: return &v3::kLinearTable;
        default: break;
        }
#endif
        return &baseline::kLinearTable;
    }();
    return *table;
}

at::Tensor frozenLinear(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &gain,
                        const at::Tensor &bias, double factor, at::ScalarType type)
{
    return FrozenLinearFn::apply(x, weight, orEmpty(gain), orEmpty(bias), factor, type);
}

} // namespace batlab::tune
