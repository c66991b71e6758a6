// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/awq.h"

#include "core/engine/calib/state_ops.h"
#include "core/engine/calib/streams.h"

#include <ATen/ATen.h>

#include <limits>
#include <vector>

namespace batlab::calib {

namespace {

constexpr int kGrid = 20;

/// The full-precision layer with one site's weights (and inputs) rounded in scaled coordinates and
/// scaled back.
class CandidateOps : public nn::LayerOps
{
public:
    CandidateOps(const nn::LayerOps &inner, const LayerState &state, Site site,
                 const at::Tensor &scale, bool activations, at::ScalarType type)
        : m_inner(inner), m_state(state), m_site(site), m_scale(scale.to(at::kFloat)), m_type(type)
    {
        if (activations)
            m_activation = state.site(site).activation;
        for (const Linear l : state.linearsOf(site))
            m_weights[static_cast<std::size_t>(l)] =
                (rounded(state.weights.of(l).to(at::kFloat) * m_scale, state.weightQuantizer(l))
                 / m_scale)
                    .to(type);
    }
    const at::Tensor &inputNorm() const override { return m_inner.inputNorm(); }
    const at::Tensor &postNorm() const override { return m_inner.postNorm(); }
    const at::Tensor &qNorm() const override { return m_inner.qNorm(); }
    const at::Tensor &kNorm() const override { return m_inner.kNorm(); }
    at::Tensor input(Site site, const at::Tensor &x) const override
    {
        if (site != m_site)
            return m_inner.input(site, x);
        if (!m_activation.active())
            return x;
        return (rounded(x.to(at::kFloat) / m_scale, m_activation) * m_scale).to(m_type);
    }
    at::Tensor linear(Linear l, const at::Tensor &x) const override
    {
        const at::Tensor &w = m_weights[static_cast<std::size_t>(l)];
        const at::Tensor &bias = m_state.weights.biasOf(l);
        return w.defined() ? at::linear(x, w, bias.defined() ? bias.to(m_type) : bias)
                           : m_inner.linear(l, x);
    }

private:
    static at::Tensor rounded(const at::Tensor &x, const quant::Quantizer &site)
    {
        const std::int64_t n = x.size(-1);
        const quant::Quantizer q =
            site.needsTensorScale() ? site.forTensor(x.abs().max().item<double>()) : site;
        return quant::fakeQuantize(paddedToBlock(x, 32), {}, q, at::kFloat).narrow(-1, 0, n)
            / q.epilogue();
    }

    const nn::LayerOps &m_inner;
    const LayerState &m_state;
    Site m_site;
    at::Tensor m_scale;
    at::ScalarType m_type;
    quant::Quantizer m_activation;
    std::array<at::Tensor, 7> m_weights;
};

} // namespace

at::Tensor awqDiagonal(const LayerState &state, Site site, const FoldInput &input, bool activations)
{
    const ModelConfig &config = state.config;
    const nn::Compute compute = input.compute;
    const StateOps exact(state, compute);
    const bool attention = site == Site::t1 || site == Site::t2;
    const auto parent = [&](const nn::LayerOps &ops, const at::Tensor &x) {
        return attention ? nn::attentionBlock(config, compute, input.rope, ops, x)
                         : nn::mlpBlock(config, compute, ops, x);
    };
    std::vector<at::Tensor> inputs;
    std::vector<at::Tensor> targets;
    forBatches(input.x.size(0), sequencesPerBatch(input.x.size(1)),
               [&](std::int64_t first, std::int64_t count) {
                   input.checkpoint();
                   at::Tensor x = exact.enter(input.x.narrow(0, first, count).to(input.device));
                   if (!attention)
                       x = x + nn::attentionBlock(config, compute, input.rope, exact, x);
                   inputs.push_back(x);
                   targets.push_back(parent(exact, x));
               });

    const at::Tensor mean = state.moments[static_cast<std::size_t>(site)].meanAbs();
    at::Tensor best;
    double least = std::numeric_limits<double>::infinity();
    for (int step = 0; step < kGrid; ++step) {
        at::Tensor scale = mean.pow(static_cast<double>(step) / kGrid).clamp_min(1e-4);
        scale = scale / (scale.max() * scale.min()).sqrt();
        if (site == Site::t2)
            scale = tiedOverGroups(config, scale);
        const CandidateOps ops(exact, state, site, scale, activations, nn::matmulType(compute));
        double loss = 0;
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            input.checkpoint();
            loss += quant::sumOfSquaredDifferences(parent(ops, inputs[i]), targets[i]);
        }
        if (loss < least) {
            least = loss;
            best = scale;
        }
    }
    return best.defined() ? best.reciprocal() : at::ones_like(mean);
}

} // namespace batlab::calib
