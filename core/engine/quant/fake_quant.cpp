// SPDX-License-Identifier: Apache-2.0
#include "core/engine/quant/fake_quant.h"

#include "core/base/result.h"
#include "core/engine/quant/bridge.h"
#include "core/engine/quant/integer_quant.h"
#include "core/engine/quant/kernel_arguments.h"
#include "core/engine/quant/kronecker.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace batlab::quant {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

float Quantizer::epilogue() const
{
    if (!spec)
        return 1.0F;
    float factor = spec->rule == kernels::ScaleRule::prescale ? 3.0F : 1.0F;
    if (spec->format == kernels::Format::nvfp4)
        factor *= spec->tensorScale;
    return factor;
}

std::int64_t Quantizer::blockSize(std::int64_t width) const
{
    if (spec)
        return kernels::blockSize(spec->format);
    return integer && integer->group > 0 ? integer->group : std::max<std::int64_t>(width, 1);
}

namespace {
constexpr double kNvfp4Range = 448.0 * 6.0; // largest scale times largest element
}

Quantizer Quantizer::forTensor(double amax) const
{
    Quantizer q = *this;
    if (needsTensorScale())
        q.spec->tensorScale = static_cast<float>(kNvfp4Range / std::max(amax, 1e-30));
    return q;
}

std::string Quantizer::formatName() const
{
    if (spec)
        return std::string(name(spec->format));
    return integer ? name(*integer) : "none";
}

Quantizer makeQuantizer(std::string_view format, const RecipeSettings &settings)
{
    Quantizer q;
    if (format.empty() || isUnquantized(format))
        return q;
    q.integer = integerFromName(format);
    if (!q.integer)
        q.spec = quantSpec(format, settings.scaleRule, settings.ties).orThrow();
    return q;
}

namespace {

thread_local const std::function<void()> *backwardCheck = nullptr; // the innermost BackwardCheck

kernels::ClipGrad gradient(at::Tensor &lo, at::Tensor &hi, const BoundClip &bound)
{
    if (!bound.lo.defined())
        return {};
    lo = at::zeros_like(bound.lo);
    hi = at::zeros_like(bound.hi);
    return { lo.data_ptr<float>(), hi.data_ptr<float>() };
}

at::Tensor undefinedIf(bool absent, const at::Tensor &t) { return absent ? at::Tensor() : t; }

struct FakeQuantFn : Function<FakeQuantFn>
{
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &x, const at::Tensor &lo,
                              const at::Tensor &hi, const Quantizer &q, at::ScalarType out)
    {
        const at::Tensor in = asMatrixInput(x);
        ctx->save_for_backward({ in, lo, hi });
        ctx->saved_data["type"] = static_cast<std::int64_t>(x.scalar_type());
        ctx->saved_data["q"] = packed(q);
        const kernels::ConstMatrix m = view(in);
        const BoundClip bound(lo, hi, in);
        return produce(in, q, out, [&](kernels::Matrix y) {
            run(in, &kernels::Backend::fakeQuantize, m, bound.clip, *q.spec, y);
        });
    }

    static variable_list backward(AutogradContext *ctx, variable_list grads)
    {
        checkBackward();
        const auto saved = ctx->get_saved_variables();
        const Quantizer q =
            unpacked(ctx->saved_data["q"].toIntVector(), ctx->saved_data["q"].toIntVector().back());
        const at::Tensor &in = saved[0];
        const at::Tensor gy = asMatrixInput(grads[0] * q.epilogue());
        at::Tensor gx = at::empty(in.sizes(), in.options().dtype(at::kFloat));
        const kernels::ConstMatrix m = view(in);
        const BoundClip bound(saved[1], saved[2], in);
        at::Tensor dlo;
        at::Tensor dhi;
        const kernels::ClipGrad dclip = gradient(dlo, dhi, bound);
        run(in, &kernels::Backend::fakeQuantizeBackward, m, view(gy), bound.clip, *q.spec, q.ste,
            mutableView(gx), dclip);
        const auto type = static_cast<at::ScalarType>(ctx->saved_data["type"].toInt());
        return { gx.to(type), dlo, dhi, at::Tensor(), at::Tensor() };
    }

    // A Quantizer as integers, since saved_data holds IValues.
    static std::vector<std::int64_t> packed(const Quantizer &q)
    {
        std::int32_t bits = 0;
        static_assert(sizeof(bits) == sizeof(q.spec->tensorScale));
        std::memcpy(&bits, &q.spec->tensorScale, sizeof(bits));
        return { static_cast<std::int64_t>(q.spec->format),
                 static_cast<std::int64_t>(q.spec->rule),
                 static_cast<std::int64_t>(q.spec->ties),
                 q.ste.mask,
                 q.ste.scaleGradient,
                 bits };
    }
    static Quantizer unpacked(const std::vector<std::int64_t> &v, std::int64_t scaleBits)
    {
        Quantizer q;
        kernels::QuantSpec spec;
        spec.format = static_cast<kernels::Format>(v[0]);
        spec.rule = static_cast<kernels::ScaleRule>(v[1]);
        spec.ties = static_cast<kernels::Ties>(v[2]);
        const auto bits = static_cast<std::int32_t>(scaleBits);
        std::memcpy(&spec.tensorScale, &bits, sizeof(bits));
        q.spec = spec;
        q.ste.mask = v[3] != 0;
        q.ste.scaleGradient = v[4] != 0;
        return q;
    }
};

struct GpkFakeQuantFn : Function<GpkFakeQuantFn>
{
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &x, const at::Tensor &a,
                              const at::Tensor &b, const at::Tensor &lo, const at::Tensor &hi,
                              const Quantizer &q, at::ScalarType out)
    {
        const at::Tensor in = asMatrixInput(x);
        const at::Tensor pa = asMatrixInput(a);
        const at::Tensor pb = asMatrixInput(b);
        ctx->save_for_backward({ in, pa, pb, lo, hi });
        ctx->saved_data["type"] = static_cast<std::int64_t>(x.scalar_type());
        ctx->saved_data["wantsX"] = x.requires_grad();
        ctx->saved_data["q"] = FakeQuantFn::packed(q);
        const kernels::ConstMatrix m = view(in);
        const BoundClip bound(lo, hi, in);
        return produce(in, q, out, [&](kernels::Matrix y) {
            run(in, &kernels::Backend::gpkFakeQuantize, m, gpkOf(pa, pb), bound.clip, *q.spec, y);
        });
    }

    static variable_list backward(AutogradContext *ctx, variable_list grads)
    {
        checkBackward();
        const auto saved = ctx->get_saved_variables();
        const std::vector<std::int64_t> packedQ = ctx->saved_data["q"].toIntVector();
        const Quantizer q = FakeQuantFn::unpacked(packedQ, packedQ.back());
        const at::Tensor &in = saved[0];
        const at::Tensor gy = asMatrixInput(grads[0] * q.epilogue());
        const bool wantsX = ctx->saved_data["wantsX"].toBool();
        at::Tensor gx;
        kernels::Matrix gxView;
        if (wantsX) {
            gx = at::empty(in.sizes(), in.options().dtype(at::kFloat));
            gxView = mutableView(gx);
        }
        at::Tensor da = at::empty_like(saved[1]);
        at::Tensor db = at::empty_like(saved[2]);
        const kernels::ConstMatrix m = view(in);
        const BoundClip bound(saved[3], saved[4], in);
        at::Tensor dlo;
        at::Tensor dhi;
        const kernels::ClipGrad dclip = gradient(dlo, dhi, bound);
        run(in, &kernels::Backend::gpkFakeQuantizeBackward, m, view(gy), gpkOf(saved[1], saved[2]),
            bound.clip, *q.spec, q.ste, gxView, da.data_ptr<float>(), db.data_ptr<float>(), dclip);
        const auto type = static_cast<at::ScalarType>(ctx->saved_data["type"].toInt());
        return { undefinedIf(!wantsX, wantsX ? gx.to(type) : gx),
                 da,
                 db,
                 dlo,
                 dhi,
                 at::Tensor(),
                 at::Tensor() };
    }
};

struct GpkTransformFn : Function<GpkTransformFn>
{
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &x, const at::Tensor &a,
                              const at::Tensor &b, at::ScalarType out)
    {
        const at::Tensor in = asMatrixInput(x);
        const at::Tensor pa = asMatrixInput(a);
        const at::Tensor pb = asMatrixInput(b);
        ctx->save_for_backward({ in, pa, pb });
        ctx->saved_data["type"] = static_cast<std::int64_t>(x.scalar_type());
        ctx->saved_data["wantsX"] = x.requires_grad();
        at::Tensor y = at::empty(in.sizes(), in.options().dtype(out));
        run(in, &kernels::Backend::gpkTransform, view(in), gpkOf(pa, pb), mutableView(y));
        return y;
    }

    static variable_list backward(AutogradContext *ctx, variable_list grads)
    {
        checkBackward();
        const auto saved = ctx->get_saved_variables();
        const at::Tensor &in = saved[0];
        const at::Tensor gy = asMatrixInput(grads[0]);
        const bool wantsX = ctx->saved_data["wantsX"].toBool();
        at::Tensor gx;
        kernels::Matrix gxView;
        if (wantsX) {
            gx = at::empty(in.sizes(), in.options().dtype(at::kFloat));
            gxView = mutableView(gx);
        }
        at::Tensor da = at::empty_like(saved[1]);
        at::Tensor db = at::empty_like(saved[2]);
        run(in, &kernels::Backend::gpkTransformBackward, view(in), view(gy),
            gpkOf(saved[1], saved[2]), gxView, da.data_ptr<float>(), db.data_ptr<float>());
        const auto type = static_cast<at::ScalarType>(ctx->saved_data["type"].toInt());
        return { wantsX ? gx.to(type) : gx, da, db, at::Tensor() };
    }
};

constexpr std::int64_t kBlock = 32; // an MX block, whatever the transform's

bool hasKernel(const at::Tensor &x, const at::Tensor &a, const at::Tensor &b)
{
    return x.scalar_type() != at::kDouble && isFused(a.size(-1), b.size(-1));
}

/// Autograd functions take no undefined tensors, and kernels only what lies beside x.
at::Tensor orEmpty(const at::Tensor &t, const at::Tensor &x)
{
    return t.defined() ? beside(t, x) : at::empty({ 0 });
}

constexpr std::int64_t kSumGrain =
    4096; // elements of one partial sum: fixes the order of additions

struct SumJob
{
    const float *x;
    const float *y; // may be null
    std::int64_t n;
    double *partial;
};

void sumChunk(void *context, std::int64_t begin, std::int64_t end)
{
    const auto &job = *static_cast<const SumJob *>(context);
    for (std::int64_t chunk = begin; chunk < end; ++chunk) {
        const std::int64_t from = chunk * kSumGrain;
        const std::int64_t to = std::min(job.n, from + kSumGrain);
        double lanes[8] = {};
        for (std::int64_t i = from; i < to; ++i) {
            const double d =
                job.y != nullptr ? double(job.x[i]) - double(job.y[i]) : double(job.x[i]);
            lanes[(i - from) & 7] += d * d;
        }
        job.partial[chunk] = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]))
            + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
    }
}

/// Sum of squares as an fp64 scalar that stays on the device.
at::Tensor squares(const at::Tensor &x)
{
    return at::linalg_vector_norm(x, 2, std::nullopt, false, at::kDouble).square();
}

double sumSquares(const at::Tensor &x, const at::Tensor &y)
{
    if (!onHost(x)) // in the device's own order, which is fixed too
        return squares(y.defined() ? x.detach().to(at::kFloat) - beside(y.detach(), x) : x.detach())
            .item<double>();
    const at::Tensor a = x.detach().to(at::kFloat).contiguous();
    const at::Tensor b =
        y.defined() ? beside(y.detach(), x).to(at::kFloat).contiguous() : at::Tensor();
    const std::int64_t n = a.numel();
    const std::int64_t chunks = (n + kSumGrain - 1) / kSumGrain;
    std::vector<double> partial(static_cast<std::size_t>(chunks));
    SumJob job { a.const_data_ptr<float>(), b.defined() ? b.const_data_ptr<float>() : nullptr, n,
                 partial.data() };
    kernels::parallelFor(chunks, 16, exec().threads, sumChunk, &job);
    double sum = 0;
    for (const double p : partial)
        sum += p;
    return sum;
}

struct MseFn : Function<MseFn>
{
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &x, const at::Tensor &target)
    {
        const at::Tensor difference = x.detach().to(at::kFloat) - beside(target, x).to(at::kFloat);
        ctx->save_for_backward({ difference });
        const auto count = static_cast<double>(difference.numel());
        if (!onHost(difference))
            return (squares(difference) / count).to(at::kFloat);
        const double loss = sumSquares(difference, {}) / count;
        return at::full({}, loss, at::kDouble).to(at::kFloat); // Inf beyond fp32's range
    }
    static variable_list backward(AutogradContext *ctx, variable_list grads)
    {
        const at::Tensor difference = ctx->get_saved_variables()[0];
        if (!onHost(difference)) // the host does not wait
            return { difference * (grads[0] * (2.0 / static_cast<double>(difference.numel()))),
                     at::Tensor() };
        const double factor =
            2.0 * grads[0].item<double>() / static_cast<double>(difference.numel());
        return { difference * factor, at::Tensor() };
    }
};

} // namespace

void checkBackward()
{
    if (backwardCheck != nullptr)
        (*backwardCheck)();
}

BackwardCheck::BackwardCheck(std::function<void()> check)
    : m_check(std::move(check)), m_previous(std::exchange(backwardCheck, &m_check))
{ }
BackwardCheck::~BackwardCheck() { backwardCheck = m_previous; }

at::Tensor rowFactor(const at::Tensor &x)
{
    return kNvfp4Range / x.detach().to(at::kFloat).abs().amax(-1, true).clamp_min_(1e-30);
}

at::Tensor fakeQuantize(const at::Tensor &x, const ClipRatios &clip, const Quantizer &q,
                        at::ScalarType out)
{
    if (!q.active())
        return x.to(out);
    if (q.integer)
        return integerFakeQuantize(x, clip, *q.integer, q.ste, out);
    if (q.dynamicScale) {
        const at::Tensor wide = x.to(at::kFloat);
        const at::Tensor factor = rowFactor(wide);
        Quantizer fixed = q;
        fixed.dynamicScale = false;
        return (fakeQuantize(wide * factor, clip, fixed, at::kFloat) / factor).to(out);
    }
    return FakeQuantFn::apply(x, orEmpty(clip.lo, x), orEmpty(clip.hi, x), q, out);
}

at::Tensor gpkFakeQuantize(const at::Tensor &x, const at::Tensor &a, const at::Tensor &b,
                           const ClipRatios &clip, const Quantizer &q, at::ScalarType out,
                           const std::optional<LeftOut> &leftOut)
{
    if (!q.active())
        return paddedToBlock(gpkTransform(x, a, b, out, leftOut), kBlock);
    if (q.fused() && x.size(-1) % kBlock == 0 && hasKernel(x, a, b))
        return GpkFakeQuantFn::apply(x, beside(a, x), beside(b, x), orEmpty(clip.lo, x),
                                     orEmpty(clip.hi, x), q, out);
    return fakeQuantize(paddedToBlock(gpkTransform(x, a, b, at::kFloat, leftOut), kBlock), clip, q,
                        out);
}

at::Tensor gpkTransform(const at::Tensor &x, const at::Tensor &a, const at::Tensor &b,
                        at::ScalarType out, const std::optional<LeftOut> &leftOut)
{
    if (hasKernel(x, a, b))
        return GpkTransformFn::apply(x, beside(a, x), beside(b, x), out);
    // Whole-width factors, and fp64 (the identity tests' precision).
    const at::ScalarType type = x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    const at::Tensor left = a.to(type), right = b.to(type);
    return (leftOut ? applyKronecker(x.to(type), left, right, *leftOut)
                    : applyKronecker(x.to(type), left, right))
        .to(out);
}

at::Tensor meanSquaredError(const at::Tensor &x, const at::Tensor &target)
{
    return MseFn::apply(x, target);
}
double sumOfSquares(const at::Tensor &x) { return sumSquares(x, {}); }
double sumOfSquaredDifferences(const at::Tensor &x, const at::Tensor &y)
{
    return sumSquares(x, y);
}

} // namespace batlab::quant
