// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/round.h"

#include "core/engine/calib/clip_search.h"
#include "core/engine/calib/integer_round.h"
#include "core/engine/quant/bridge.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace batlab::calib {

namespace {

LayerSolution withoutLinears(const LayerState &state)
{
    LayerSolution out;
    out.inputNorm = state.weights.inputNorm;
    out.postNorm = state.weights.postNorm;
    out.qNorm = state.weights.qNorm;
    out.kNorm = state.weights.kNorm;
    out.sites = state.sites;
    out.kv = state.kv;
    out.entry = state.entry;
    out.exit = state.exit;
    for (const Linear l : kLinears) {
        out.of(l).branch = state.branch[static_cast<std::size_t>(l)];
        if (state.weights.biasOf(l).defined())
            out.of(l).bias = state.weights.biasOf(l).to(at::kFloat);
    }
    return out;
}

/// A row clip shrinks the block maxima that scales are taken from.
at::Tensor clipped(const at::Tensor &w, const quant::ClipRatios &clip, std::int64_t block)
{
    if (!clip.active())
        return w;
    const at::Tensor blocks = w.view({ w.size(0), -1, block });
    const at::Tensor low =
        blocks.amin(-1, true).clamp_max(0) * quant::beside(clip.lo, w).unsqueeze(2);
    const at::Tensor high =
        blocks.amax(-1, true).clamp_min(0) * quant::beside(clip.hi, w).unsqueeze(2);
    return blocks.clamp(low, high).view_as(w).contiguous();
}

/// Rounds a layer site by site; what the linears of a site share is made once.
class LayerRounding
{
public:
    LayerRounding(const LayerState &state, const Json &parameters, RoundInputs &inputs,
                  const RoundHooks &hooks)
        : m_state(state)
        , m_parameters(parameters)
        , m_inputs(inputs)
        , m_hooks(hooks)
        , m_gain(parameters.at("gain").get<std::string>())
        , m_asymmetric(parameters.at("target") == "asymmetric")
    {
        if (parameters.at("kind") == "learned")
            m_parameters["kind"] = parameters.at("learnStart");
        m_rounding = makeRounding(m_parameters, hooks);
    }

    RoundedLayer run()
    {
        RoundedLayer out { withoutLinears(m_state), {} };
        for (const Site site : kLinearSites) {
            m_hooks.checkpoint();
            prepare(site, out.solution);
            for (const Linear l : m_state.linearsOf(site)) {
                m_hooks.checkpoint();
                out.updated[static_cast<std::size_t>(l)] = round(l, out.solution.of(l));
            }
        }
        return out;
    }

private:
    void prepare(Site site, const LayerSolution &solved)
    {
        m_target.reset();
        if (m_asymmetric) {
            const RoundInputs::Paired paired = m_inputs.paired(site, solved);
            const TargetSettings settings { m_parameters.at("targetAlpha").get<double>(),
                                            m_parameters.at("targetDamp").get<double>(),
                                            m_parameters.at("targetLimit").get<double>() };
            m_target.emplace(paired.fit, paired.heldOut, settings, m_hooks);
        }
        m_block = 0;
        m_integerFactor.reset();
        const std::vector<Linear> linears = m_state.linearsOf(site);
        const bool any = std::any_of(linears.begin(), linears.end(), [this](Linear l) {
            return m_state.weightQuantizer(l).active();
        });
        const bool needed = any && (needsHessian(m_parameters) || m_state.clipSearch);
        m_hessian = needed ? m_inputs.hessian(site, solved) : at::Tensor();
    }

    void roundIntegers(Linear l, const at::Tensor &w, const IntegerFormat &format,
                       LinearSolution &out)
    {
        const std::string kind = m_parameters.at("kind");
        if (kind != "rtn" && kind != "gptq")
            throw Exception({ ErrorCode::unsupported,
                              "integer weights are rounded by rtn or gptq, not by " + kind,
                              std::string(name(l)), "Set round.kind: gptq." });
        const GptqSettings settings { m_parameters.at("damp").get<double>(),
                                      m_parameters.at("blockSize").get<std::int64_t>(),
                                      columnOrder(m_parameters) };
        if (kind == "gptq" && !m_integerFactor)
            m_integerFactor = gptqFactor(m_hessian, settings, m_hooks.checkpoint);
        roundToIntegers(out, w, m_state.weightClip[static_cast<std::size_t>(l)], format,
                        m_integerFactor ? &*m_integerFactor : nullptr, settings,
                        m_hooks.checkpoint);
        setGain(w, out);
    }

    void setGain(const at::Tensor &w, LinearSolution &out) const
    {
        if (m_gain != "none")
            out.gain = leastSquaresGain(w, out.values(), m_hessian, m_gain == "row");
    }

    /// Fills `out` and returns what its codes were rounded from (undefined for plain and integer
    /// weights).
    at::Tensor round(Linear l, LinearSolution &out)
    {
        RoundTask task;
        task.weight = transformedWeight(m_state, l);
        if (m_target)
            task.weight = m_target->of(task.weight, std::string(name(l)));
        task.weight = withoutBranch(m_state, l, task.weight);
        quant::Quantizer quantizer = m_state.weightQuantizer(l);
        if (quantizer.needsTensorScale())
            quantizer = quantizer.forTensor(task.weight.abs().max().item<double>());
        if (!quantizer.active()) {
            out.plain = task.weight.to(at::kBFloat16);
            return {};
        }
        if (quantizer.integer) {
            roundIntegers(l, task.weight, *quantizer.integer, out);
            return {};
        }
        task.spec = *quantizer.spec;
        if (const std::int64_t block = kernels::blockSize(task.spec.format); block != m_block) {
            m_rounding->prepare(m_hessian, block); // shared by the linears of one block width
            m_block = block;
        }
        const bool searched = m_state.clipSearch
            && !(m_state.clipSearch->skipQueryKey && (l == Linear::q || l == Linear::k));
        task.basis = searched
            ? searchedClip(task.weight, m_hessian, task.spec, *m_state.clipSearch,
                           m_hooks.checkpoint)
            : clipped(task.weight, m_state.weightClip[static_cast<std::size_t>(l)],
                      kernels::blockSize(task.spec.format));
        const RoundResult result = m_rounding->round(task);
        out.format = task.spec;
        out.scales = result.scales;
        out.codes =
            task.spec.format == kernels::Format::mxfp4 ? packedNibbles(result.codes) : result.codes;
        setGain(task.weight, out);
        return result.updated;
    }

    const LayerState &m_state;
    Json m_parameters;
    RoundInputs &m_inputs;
    const RoundHooks &m_hooks;
    std::string m_gain;
    bool m_asymmetric;
    std::unique_ptr<Rounding> m_rounding;
    std::optional<AsymmetricTarget> m_target;
    at::Tensor m_hessian;
    std::int64_t m_block = 0; ///< what m_rounding is prepared for
    std::optional<GptqFactor> m_integerFactor;
};

} // namespace

at::Tensor leastSquaresGain(const at::Tensor &w, const at::Tensor &q, const at::Tensor &hessian,
                            bool perRow)
{
    const at::ScalarType type =
        hessian.defined() && w.size(1) > 4096 ? at::kFloat : at::kDouble; // memory decides
    const at::Tensor wide = q.to(type);
    const at::Tensor weighed = hessian.defined() ? at::mm(wide, hessian.to(type)) : wide;
    at::Tensor up = (w.to(type) * weighed).sum(1).to(at::kDouble);
    at::Tensor down = (wide * weighed).sum(1).to(at::kDouble);
    if (!perRow) {
        up = up.sum(0, true);
        down = down.sum(0, true);
    }
    const at::Tensor gain = up / down;
    const at::Tensor usable = at::isfinite(gain).logical_and(gain > 0);
    return at::where(usable, gain, at::ones_like(gain)).to(at::kFloat).contiguous();
}

LayerSolution unrounded(const LayerState &state)
{
    LayerSolution out = withoutLinears(state);
    for (const Linear l : kLinears)
        out.of(l).plain = roundingTarget(state, l).to(at::kBFloat16);
    return out;
}

RoundedLayer runRound(const LayerState &state, const Json &parameters, RoundInputs &inputs,
                      const RoundHooks &hooks)
{
    return LayerRounding(state, parameters, inputs, hooks).run();
}

} // namespace batlab::calib
