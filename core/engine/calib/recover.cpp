// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/recover.h"

#include "core/engine/calib/interrupt.h"
#include "core/engine/calib/state_ops.h"
#include "core/engine/calib/streams.h"
#include "core/engine/variant/on_device.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <functional>

namespace batlab::calib {

namespace {

/// Shows the outputs of v, gate and up.
class LinearTap : public nn::ForwardingOps
{
public:
    using ForwardingOps::ForwardingOps;
    [[nodiscard]] at::Tensor linear(Linear l, const at::Tensor &x) const override
    {
        at::Tensor y = ForwardingOps::linear(l, x);
        if (l == Linear::v || l == Linear::gate || l == Linear::up)
            m_seen[static_cast<std::size_t>(l)] = y.to(at::kFloat).reshape({ -1, y.size(-1) });
        return y;
    }
    /// Of the last batch, fp32 [tokens, channels].
    [[nodiscard]] const at::Tensor &seen(Linear l) const
    {
        return m_seen[static_cast<std::size_t>(l)];
    }

private:
    mutable std::array<at::Tensor, 7> m_seen;
};

/// weights [1, tokens] times rows [tokens, channels], fp64 [channels]. As a matrix product:
/// libtorch's sums depend on the number of threads.
at::Tensor weighted(const at::Tensor &weights, const at::Tensor &rows)
{
    return at::mm(weights, rows).select(0, 0).to(at::kDouble);
}

/// Half of the sum of both middle values.
double median(std::vector<double> v)
{
    std::sort(v.begin(), v.end());
    const std::size_t n = v.size();
    return 0.5 * (v[(n - 1) / 2] + v[n / 2]);
}

/// What a correction does to one linear: out <- (1 + gain) out + bias, both fp64 [out].
struct Affine
{
    Linear linear;
    at::Tensor gain, bias;
};

void apply(LinearSolution &s, const Affine &a, double share)
{
    const at::Device device = (s.plain.defined() ? s.plain : s.codes).device();
    const at::Tensor factor = (1 + share * a.gain).to(at::kFloat).to(device);
    s.gain = s.gain.defined() ? s.gain * factor : factor;
    at::Tensor bias = (share * a.bias).to(at::kFloat).to(device);
    if (s.bias.defined())
        bias = bias + s.bias * factor;
    s.bias = bias.ne(0).any().item<bool>() ? bias.contiguous() : s.bias;
}

class Recovery
{
public:
    Recovery(const Context &context, const LayerState &state, const Json &p,
             const RecoverStreams &streams, LayerSolution &solution)
        : m_context(context)
        , m_state(state)
        , m_streams(streams)
        , m_solution(solution)
        , m_bound(p.at("bound"))
        , m_ridge(p.at("ridge"))
        , m_shrink(p.at("shrink"))
        , m_cells(p.at("cells"))
        , m_relative(p.at("tokens") == "relative")
    {
        const Json &parts = p.at("parts");
        m_values = std::find(parts.begin(), parts.end(), Json("values")) != parts.end();
        m_gates = std::find(parts.begin(), parts.end(), Json("gates")) != parts.end();
    }

    Recovered run()
    {
        Recovered out;
        out.before = out.after = error(m_solution);
        if (m_values)
            out.values = take(fitValues(), out.after);
        if (m_gates)
            out.gates = take(fitGates(), out.after);
        return out;
    }

private:
    /// Both layers on their streams, batch by batch.
    void walk(const std::function<void(const LinearTap &fp, const LinearTap &q)> &see)
    {
        const nn::Compute compute = m_context.decoder->compute();
        const StateOps exact(m_state, compute);
        const auto rounded = solvedOps(m_solution, *m_context.decoder);
        const InterruptibleOps first(exact, m_context.job);
        const InterruptibleOps second(*rounded, m_context.job);
        const LinearTap fp(first);
        const LinearTap q(second);
        const at::Tensor &x = m_streams.fpInput;
        forBatches(x.size(0), sequencesPerBatch(x.size(1)),
                   [&](std::int64_t begin, std::int64_t count) {
                       (void)m_context.decoder->forward(fp, x.narrow(0, begin, count));
                       (void)m_context.decoder->forward(
                           q, m_streams.quantizedInput.narrow(0, begin, count));
                       see(fp, q);
                   });
    }

    /// Error of the layer's output: squares over all tokens, or each token's over its own energy.
    [[nodiscard]] double error(const LayerSolution &solution) const
    {
        const auto ops = solvedOps(solution, *m_context.decoder);
        const InterruptibleOps interruptible(*ops, m_context.job);
        const at::Tensor &x = m_streams.quantizedInput;
        double missed = 0;
        double all = 0;
        forBatches(
            x.size(0), sequencesPerBatch(x.size(1)), [&](std::int64_t begin, std::int64_t count) {
                const at::Tensor y =
                    m_context.decoder->forward(interruptible, x.narrow(0, begin, count));
                const at::Tensor aim = m_streams.target.narrow(0, begin, count).to(y.device());
                const at::Tensor wrong = (y - aim).square().sum(-1).to(at::kDouble);
                const at::Tensor own = aim.square().sum(-1).to(at::kDouble);
                const at::Tensor part = m_relative ? wrong / own.clamp_min(1e-30) : wrong;
                const auto count64 = part.numel();
                const at::Tensor flat = part.cpu().contiguous();
                const at::Tensor ownFlat = own.cpu().contiguous();
                for (std::int64_t i = 0; i < count64; ++i) {
                    missed += flat.const_data_ptr<double>()[i];
                    all += m_relative ? 1.0 : ownFlat.const_data_ptr<double>()[i];
                }
            });
        return missed / std::max(all, 1e-30);
    }

    /// Keeps the correction, half of it or none, by the output error.
    double take(const std::vector<Affine> &corrections, double &least)
    {
        double best = 0;
        LayerSolution kept = m_solution;
        for (const double share : { 1.0, 0.5 }) {
            LayerSolution candidate = m_solution;
            for (const Affine &a : corrections)
                apply(candidate.of(a.linear), a, share);
            if (const double now = error(candidate); now < least) {
                least = now;
                best = share;
                kept = std::move(candidate);
            }
        }
        m_solution = std::move(kept);
        return best;
    }

    [[nodiscard]] std::vector<Affine> fitValues()
    {
        at::Tensor q, fp, qq, qf, ff;
        double tokens = 0;
        walk([&](const LinearTap &exact, const LinearTap &rounded) {
            const at::Tensor &x = rounded.seen(Linear::v);
            const at::Tensor &y = exact.seen(Linear::v);
            const at::Tensor ones = at::ones({ 1, x.size(0) }, x.options());
            const auto add = [&](at::Tensor &to, const at::Tensor &rows) {
                const at::Tensor sum = weighted(ones, rows);
                to = to.defined() ? to + sum : sum;
            };
            add(q, x), add(fp, y), add(qq, x * x), add(qf, x * y), add(ff, y * y);
            tokens += static_cast<double>(x.size(0));
        });
        for (at::Tensor *sum : { &q, &fp, &qq, &qf, &ff }) // what is left is small
            *sum = sum->cpu();
        q = q / tokens, fp = fp / tokens;
        const ModelConfig &c = m_state.config;
        const auto perHead = [&](const at::Tensor &t) {
            return t.view({ c.kvHeads, c.headDim }).sum(1);
        };
        const at::Tensor spread = perHead(qq / tokens - q * q).clamp_min(1e-30);
        const at::Tensor shared = perHead(qf / tokens - q * fp);
        const at::Tensor gain = ((shared - spread) / (spread * (1 + m_ridge)))
                                    .clamp(-m_bound, m_bound)
                                    .repeat_interleave(c.headDim);
        const at::Tensor limit = m_bound * (ff / tokens - fp * fp).clamp_min(0).sqrt();
        const at::Tensor bias = at::minimum(at::maximum(fp - (1 + gain) * q, -limit), limit);
        return { { Linear::v, gain, bias } };
    }

    [[nodiscard]] std::vector<Affine> fitGates()
    {
        // What a channel of the MLP gives: the squared column of down.
        const at::Tensor down = m_state.weights.of(Linear::down).to(at::kDouble);
        const at::Tensor reach =
            weighted(at::ones({ 1, down.size(0) }, down.options()), down.square()).cpu();
        const at::Tensor reachF = reach.to(at::kFloat).unsqueeze(1).to(down.device());
        std::array<at::Tensor, 11> sums;
        double tokens = 0;
        walk([&](const LinearTap &exact, const LinearTap &rounded) {
            const at::Tensor aim = at::silu(exact.seen(Linear::gate)) * exact.seen(Linear::up);
            const at::Tensor &g = rounded.seen(Linear::gate);
            const at::Tensor &u = rounded.seen(Linear::up);
            const at::Tensor s = at::sigmoid(g);
            const at::Tensor own = g * s * u; // d m / d eta, and m itself
            const at::Tensor shift = s * (1 + g * (1 - s)) * u; // d m / d (alpha sigma)
            const at::Tensor stretch = shift * g; // d m / d beta
            const at::Tensor rest = aim - own;
            const at::Tensor ones = at::ones({ 1, g.size(0) }, g.options());
            const at::Tensor weights = m_relative
                ? at::mm(aim.square(), reachF).clamp_min(1e-30).reciprocal().t().contiguous()
                : ones;
            std::size_t i = 0;
            const auto add = [&](const at::Tensor &w, const at::Tensor &rows) {
                m_context.job.checkpoint();
                const at::Tensor sum = weighted(w, rows);
                sums[i] = sums[i].defined() ? sums[i] + sum : sum;
                ++i;
            };
            const std::array<at::Tensor, 3> features { stretch, shift, own };
            for (std::size_t a = 0; a < 3; ++a)
                for (std::size_t b = a; b < 3; ++b)
                    add(weights, features[a] * features[b]);
            for (const at::Tensor &f : features)
                add(weights, f * rest);
            add(ones, g);
            add(ones, g * g);
            tokens += static_cast<double>(g.size(0));
        });
        for (at::Tensor &sum : sums) // what is left is small
            sum = sum.cpu();
        const at::Tensor sigma =
            (sums[10] / tokens - (sums[9] / tokens).square()).clamp_min(0).sqrt();
        const std::int64_t channels = sigma.size(0);
        const std::int64_t cells = std::min(m_cells, channels);
        const at::Tensor cell = at::floor_divide(at::arange(channels, at::kLong) * cells, channels);
        const std::array<at::Tensor, 3> unit { at::ones_like(sigma), sigma, at::ones_like(sigma) };
        const auto perCell = [&](const at::Tensor &t) {
            return at::zeros({ cells }, at::kDouble).index_add_(0, cell, t * reach);
        };
        at::Tensor normal = at::zeros({ cells, 3, 3 }, at::kDouble);
        at::Tensor right = at::zeros({ cells, 3 }, at::kDouble);
        std::size_t i = 0;
        for (std::int64_t a = 0; a < 3; ++a)
            for (std::int64_t b = a; b < 3; ++b, ++i) {
                const at::Tensor sum =
                    perCell(sums[i] * unit[std::size_t(a)] * unit[std::size_t(b)]);
                normal.select(1, a).select(1, b).copy_(sum);
                normal.select(1, b).select(1, a).copy_(sum);
            }
        for (std::int64_t a = 0; a < 3; ++a, ++i)
            right.select(1, a).copy_(perCell(sums[i] * unit[std::size_t(a)]));
        at::Tensor diagonal = normal.diagonal(0, 1, 2);
        diagonal.mul_(1 + m_ridge).add_(1e-30);
        at::Tensor fit = at::linalg_solve(normal, right.unsqueeze(2)).squeeze(2);
        for (std::int64_t a = 0; a < 3; ++a) {
            at::Tensor column = fit.select(1, a);
            const at::Tensor plain = column.contiguous();
            const double *p = plain.const_data_ptr<double>();
            const double middle = median({ p, p + cells });
            column.copy_(middle + (1 - m_shrink) * (plain - middle));
        }
        fit.clamp_(-m_bound, m_bound);
        const auto spread = [&](std::int64_t a) { return fit.select(1, a).index_select(0, cell); };
        const at::Tensor none = at::zeros_like(sigma);
        return { { Linear::gate, spread(0), spread(1) * sigma }, { Linear::up, spread(2), none } };
    }

    const Context &m_context;
    const LayerState &m_state;
    const RecoverStreams &m_streams;
    LayerSolution &m_solution;
    double m_bound, m_ridge, m_shrink;
    std::int64_t m_cells;
    bool m_relative, m_values = false, m_gates = false;
};

} // namespace

Recovered runRecover(const Context &context, const LayerState &state, const Json &parameters,
                     const RecoverStreams &streams, LayerSolution &solution)
{
    return Recovery(context, state, parameters, streams, solution).run();
}

} // namespace batlab::calib
