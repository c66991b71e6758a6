// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/round_inputs.h"

#include "core/engine/calib/interrupt.h"
#include "core/engine/calib/moments.h"
#include "core/engine/calib/state_ops.h"
#include "core/engine/calib/streams.h"
#include "core/engine/variant/on_device.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace batlab::calib {

namespace {

std::size_t index(Site site) { return static_cast<std::size_t>(site); }

} // namespace

void StreamInputs::Sums::add(const at::Tensor &quantized, const at::Tensor &exact)
{
    const auto rows = [](const at::Tensor &x) {
        return x.detach().to(at::kFloat).reshape({ -1, x.size(-1) });
    };
    const at::Tensor q = rows(quantized);
    addSquare(second, q);
    if (exact.defined()) {
        const at::Tensor e = rows(exact);
        if (!cross.defined())
            cross = at::zeros({ e.size(1), q.size(1) }, q.options());
        cross.addmm_(e.t(), q);
    }
    tokens += q.size(0);
}

PairedMoments StreamInputs::Sums::mean() const
{
    if (tokens == 0)
        return {};
    const auto over = [&](const at::Tensor &sum) {
        return sum.defined() ? sum.to(at::kDouble) / static_cast<double>(tokens) : sum;
    };
    return { over(second), over(cross) };
}

StreamInputs::StreamInputs(const Context &context, const LayerState &state, const Json &parameters,
                           at::Tensor input, std::function<at::Tensor()> exactInput)
    : m_context(context)
    , m_state(state)
    , m_input(std::move(input))
    , m_exactInput(std::move(exactInput))
    , m_quantized(parameters.at("hessian") == "quantized")
    , m_perSite(parameters.at("sequential") == "sublayer")
    , m_paired(parameters.at("target") == "asymmetric")
{ }

at::Tensor StreamInputs::hessian(Site site, const LayerSolution &solved)
{
    // Training may have moved the diagonals, but moments follow them (applyDiagonal); transforms
    // are applied here. Nothing in front of T1 is rounded yet.
    if (!m_quantized && !m_paired && (!m_perSite || site == Site::t1))
        return transformedMoment(m_state, site);
    need(site, solved);
    const Sums &fit = m_shares[0][index(site)];
    const Sums &heldOut = m_shares[1][index(site)];
    if (heldOut.tokens == 0)
        return fit.mean().second;
    return (fit.second.to(at::kDouble) + heldOut.second.to(at::kDouble))
        / static_cast<double>(fit.tokens + heldOut.tokens);
}

RoundInputs::Paired StreamInputs::paired(Site site, const LayerSolution &solved)
{
    need(site, solved);
    return { m_shares[0][index(site)].mean(), m_shares[1][index(site)].mean() };
}

void StreamInputs::need(Site site, const LayerSolution &solved)
{
    if (m_perSite && m_capturedSite != site) {
        capture(solved, site);
        m_capturedSite = site;
    } else if (!m_perSite && !m_captured) {
        capture(solved, std::nullopt);
        m_captured = true;
    }
}

/// The layer as far as it is rounded, plain weights for the rest.
LayerSolution StreamInputs::running(const LayerSolution &solved)
{
    if (!m_unrounded)
        m_unrounded = unrounded(m_state);
    LayerSolution out = *m_unrounded;
    for (const Linear l : kLinears)
        if (m_perSite && (solved.of(l).format || solved.of(l).integer))
            out.of(l) = solved.of(l);
    if (!m_quantized)
        for (SiteSolution &s : out.sites) {
            s.activation.spec.reset();
            s.activation.integer.reset();
        }
    return out;
}

void StreamInputs::capture(const LayerSolution &solved, std::optional<Site> only)
{
    const nn::Compute compute = m_context.decoder->compute();
    const LayerSolution solution = running(solved);
    const auto ops = solvedOps(solution, *m_context.decoder);
    const StateOps exact(m_state, compute);
    const at::Tensor exactInput = m_paired ? m_exactInput() : at::Tensor();
    m_shares = {};
    const std::int64_t sequences = m_input.size(0);
    const std::int64_t heldOut =
        m_paired && sequences > 1 ? std::max<std::int64_t>(1, sequences / 8) : 0;
    const auto share = [&](const at::Tensor &x, std::int64_t first, std::int64_t count) {
        return x.defined() ? x.narrow(0, first, count) : x;
    };
    const std::int64_t fitted = sequences - heldOut;
    captureShare(*ops, exact, share(m_input, 0, fitted), share(exactInput, 0, fitted), only,
                 m_shares[0]);
    if (heldOut > 0)
        captureShare(*ops, exact, share(m_input, fitted, heldOut),
                     share(exactInput, fitted, heldOut), only, m_shares[1]);
}

void StreamInputs::captureShare(const nn::LayerOps &ops, const nn::LayerOps &exact,
                                const at::Tensor &input, const at::Tensor &exactInput,
                                std::optional<Site> only, LayerSums &into)
{
    const auto forward = [&](const nn::LayerOps &layer, const at::Tensor &x,
                             const nn::CapturingOps::Seen &seen) {
        const InterruptibleOps interruptible(layer, m_context.job);
        const nn::CapturingOps capture(interruptible, [&](Site site, const at::Tensor &entering) {
            if (!only || *only == site)
                seen(site, entering);
        });
        m_context.decoder->siteInputs(capture, x, only.value_or(Site::t4));
    };
    forBatches(
        input.size(0), sequencesPerBatch(input.size(1)),
        [&](std::int64_t first, std::int64_t count) {
            std::array<at::Tensor, 4> wanted;
            if (m_paired)
                forward(exact, exactInput.narrow(0, first, count),
                        [&](Site site, const at::Tensor &x) {
                            wanted[index(site)] = m_state.site(site).transformed(x, at::kFloat);
                        });
            forward(ops, input.narrow(0, first, count), [&](Site site, const at::Tensor &x) {
                const SiteSolution &s = m_state.site(site);
                into[index(site)].add(m_quantized ? s.apply(x, at::kFloat) / s.activation.epilogue()
                                                  : s.transformed(x, at::kFloat),
                                      wanted[index(site)]);
            });
        });
}

} // namespace batlab::calib
