// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/rounding.h"

#include "core/base/result.h"
#include "core/engine/calib/babai.h"
#include "core/engine/calib/block_scales.h"
#include "core/engine/quant/bridge.h"
#include "core/engine/variant/layer_solution.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include <string>

namespace batlab::calib {

namespace {

ScaleSearch searchOf(const Json &p)
{
    return { scaleMetricFromName(p.at("scaleSearch").get<std::string>()),
             p.at("searchSteps").get<int>() };
}

/// Share of each block's maximum that clipping leaves, [rows, blocks]; undefined without a clip.
at::Tensor shrink(const RoundTask &task, std::int64_t block)
{
    if (task.basis.is_same(task.weight))
        return {};
    const auto peak = [&](const at::Tensor &w) {
        return w.abs().view({ w.size(0), -1, block }).amax(2);
    };
    const at::Tensor whole = peak(task.weight);
    return at::where(whole > 0, peak(task.basis) / whole, at::ones_like(whole));
}

/// Each weight to its nearest code (methods.md 2.1).
class NearestRounding : public Rounding
{
public:
    explicit NearestRounding(const Json &p) : m_search(searchOf(p)) { }
    void prepare(const at::Tensor &hessian, std::int64_t) override
    {
        m_diagonal = m_search.metric == ScaleMetric::hessian
            ? hessian.diagonal().to(at::kFloat).contiguous()
            : at::Tensor();
    }
    [[nodiscard]] RoundResult round(const RoundTask &task) const override
    {
        const at::Tensor &w = task.basis;
        RoundResult out;
        out.updated = w;
        if (m_search.metric != ScaleMetric::none) {
            out.scales =
                searchedScales(w, ruleScales(w, task.spec), task.spec, m_search.steps, m_diagonal);
            out.codes =
                encodeOnGrid(roundOnScales(w, out.scales, task.spec), out.scales, task.spec);
            return out;
        }
        out.codes = at::empty(w.sizes(), w.options().dtype(at::kByte));
        out.scales = at::empty({ w.size(0), w.size(1) / kernels::blockSize(task.spec.format) },
                               w.options().dtype(at::kByte));
        quant::run(w, &kernels::Backend::quantize, quant::view(w), task.spec,
                   out.codes.data_ptr<std::uint8_t>(), out.scales.data_ptr<std::uint8_t>());
        return out;
    }

private:
    ScaleSearch m_search;
    at::Tensor m_diagonal;
};

/// What GPTQ and Babai share: where block scales come from, and how damping is reported.
class FeedbackRounding : public Rounding
{
public:
    FeedbackRounding(const Json &p, RoundHooks hooks)
        : m_hooks(std::move(hooks))
        , m_search(searchOf(p))
        , m_damp(p.at("damp").get<double>())
        , m_lazy(p.at("blockSize").get<std::int64_t>())
        , m_dynamic(p.at("scales") == "dynamic")
    { }
    void prepare(const at::Tensor &hessian, std::int64_t block) override
    {
        m_diagonal = hessian.diagonal().to(at::kFloat).contiguous();
        m_block = block;
        const double damp = factorize(hessian);
        if (damp > m_damp)
            m_hooks.warn(fmt::format("the Hessian is not positive definite with damping {:g}; "
                                     "{:g} was used",
                                     m_damp, damp));
        m_conditional =
            !m_dynamic && m_search.metric == ScaleMetric::block ? conditional() : at::Tensor();
    }
    [[nodiscard]] RoundResult round(const RoundTask &task) const override
    {
        if (kernels::blockSize(task.spec.format) != m_block)
            throw Exception({ ErrorCode::internal,
                              "the linears of a site have scale blocks of different widths",
                              "round",
                              {} });
        const GptqResult r = solve(task, m_dynamic ? dynamicScales(task) : staticScales(task));
        return { encodeOnGrid(r.values, r.scales, task.spec), r.scales, r.updated };
    }

protected:
    virtual double factorize(const at::Tensor &hessian) = 0; ///< returns the damping used
    [[nodiscard]] virtual at::Tensor conditional() const = 0;
    [[nodiscard]] virtual bool reversedBlocks() const = 0; ///< of conditional()
    [[nodiscard]] virtual GptqResult solve(const RoundTask &task,
                                           const ScaleSource &scales) const = 0;

    RoundHooks m_hooks;
    ScaleSearch m_search;
    double m_damp;
    std::int64_t m_lazy;
    bool m_dynamic;
    std::int64_t m_block = 32;

private:
    [[nodiscard]] ScaleSource staticScales(const RoundTask &task) const
    {
        const at::Tensor start = ruleScales(task.basis, task.spec);
        switch (m_search.metric) {
        case ScaleMetric::none: return { start, {} };
        case ScaleMetric::mse:
            return { searchedScales(task.weight, start, task.spec, m_search.steps, {}), {} };
        case ScaleMetric::hessian:
            return { searchedScales(task.weight, start, task.spec, m_search.steps, m_diagonal),
                     {} };
        case ScaleMetric::block: break;
        }
        at::Tensor scales = at::empty_like(start);
        for (std::int64_t b = 0; b < start.size(1); ++b) {
            m_hooks.checkpoint();
            const at::Tensor columns = task.weight.narrow(1, b * m_block, m_block);
            scales.narrow(1, b, 1).copy_(searchedBlockScales(
                reversedBlocks() ? columns.flip(1) : columns.contiguous(), start.narrow(1, b, 1),
                m_conditional[b], task.spec, m_search.steps));
        }
        return { scales, {} };
    }

    [[nodiscard]] ScaleSource dynamicScales(const RoundTask &task) const
    {
        const at::Tensor share = shrink(task, m_block);
        const kernels::QuantSpec spec = task.spec;
        return { {}, [this, share, spec](const BlockAtHand &hand) {
                    const at::Tensor basis = share.defined()
                        ? (hand.w * share.narrow(1, hand.block, 1)).contiguous()
                        : hand.w;
                    const at::Tensor start = ruleScales(basis, spec);
                    switch (m_search.metric) {
                    case ScaleMetric::none: return start;
                    case ScaleMetric::mse:
                        return searchedScales(hand.w, start, spec, m_search.steps, {});
                    case ScaleMetric::hessian:
                        return searchedScales(hand.w, start, spec, m_search.steps,
                                              m_diagonal.index_select(0, hand.columns));
                    case ScaleMetric::block: break;
                    }
                    return searchedBlockScales(hand.w, start, hand.u, spec, m_search.steps);
                } };
    }

    at::Tensor m_diagonal, m_conditional;
};

/// Column by column with error feedback (methods.md 2.4).
class GptqRounding : public FeedbackRounding
{
public:
    GptqRounding(const Json &p, RoundHooks hooks)
        : FeedbackRounding(p, std::move(hooks)), m_settings { m_damp, m_lazy, columnOrder(p), 0 }
    { }

private:
    double factorize(const at::Tensor &hessian) override
    {
        m_settings.wholeBlock = m_dynamic ? m_block : 0;
        m_factor = gptqFactor(hessian, m_settings, m_hooks.checkpoint);
        return m_factor.damp;
    }
    [[nodiscard]] at::Tensor conditional() const override
    {
        return conditionalFactors(m_factor, m_block);
    }
    [[nodiscard]] bool reversedBlocks() const override { return false; }
    [[nodiscard]] GptqResult solve(const RoundTask &task, const ScaleSource &scales) const override
    {
        return gptqRound(task.weight, m_factor, scales, task.spec, m_settings, m_hooks.checkpoint);
    }
    GptqSettings m_settings;
    GptqFactor m_factor;
};

/// Nearest plane, last block first (methods.md 2.10, A.7).
class BabaiRounding : public FeedbackRounding
{
public:
    using FeedbackRounding::FeedbackRounding;

private:
    double factorize(const at::Tensor &hessian) override
    {
        m_factor = babaiFactor(hessian, m_damp, m_hooks.checkpoint);
        return m_factor.damp;
    }
    [[nodiscard]] at::Tensor conditional() const override
    {
        return conditionalFactors(m_factor, m_block);
    }
    [[nodiscard]] bool reversedBlocks() const override { return true; }
    [[nodiscard]] GptqResult solve(const RoundTask &task, const ScaleSource &scales) const override
    {
        return babaiRound(task.weight, m_factor, scales, task.spec, m_lazy, m_hooks.checkpoint);
    }
    BabaiFactor m_factor;
};

} // namespace

std::unique_ptr<Rounding> makeRounding(const Json &parameters, const RoundHooks &hooks)
{
    const auto kind = parameters.at("kind").get<std::string>();
    if (kind == "rtn")
        return std::make_unique<NearestRounding>(parameters);
    if (kind == "gptq")
        return std::make_unique<GptqRounding>(parameters, hooks);
    if (kind == "babai")
        return std::make_unique<BabaiRounding>(parameters, hooks);
    throw Exception(
        { ErrorCode::unsupported, "unknown rounding '" + kind + "'", "round.kind", {} });
}

ColumnOrder columnOrder(const Json &parameters)
{
    const auto name = parameters.at("order").get<std::string>();
    return name == "activation" ? ColumnOrder::activation
        : name == "natural"     ? ColumnOrder::natural
                                : ColumnOrder::reversed;
}

bool needsHessian(const Json &parameters)
{
    const auto kind = parameters.at(parameters.at("kind") == "learned" ? "learnStart" : "kind");
    return kind != "rtn" || parameters.at("scaleSearch") == "hessian";
}

} // namespace batlab::calib
