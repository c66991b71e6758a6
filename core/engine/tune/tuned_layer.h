// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/tune/trained_layer.h"
#include "core/engine/variant/layer_solution.h"

#include <array>
#include <memory>
#include <vector>

namespace batlab::tune {

/// Rates of the groups of trained values (0: the group is fixed) and the gradient convention.
struct TunedGroups
{
    double factors = 0, biases = 0, norms = 0, gains = 0, branch = 0, clips = 0;
    kernels::Ste ste;
    bool codes = false; ///< learned: each may move to a neighbour on its grid
};

/// A solved layer whose scales stand still, whose codes do too unless they are learned, and whose
/// other values are differentiable:
/// transform factors (no longer tied to the weights), one bias a linear output (from the existing
/// one or 0), norm weights and row gains (as 1 + t of their start), low-rank factors, activation
/// clips. In the forward pass every trained value is rounded as it will be deployed.
class TunedLayer : public TrainedLayer
{
public:
    /// Adds the layer's values to `parameters` (sealed by the caller afterwards, on the device of
    /// the solution); both must outlive it. keepWeights: dequantized weights stay in memory between
    /// visits.
    TunedLayer(LayerSolution solution, const ModelConfig &config, const TunedGroups &groups,
               Parameters &parameters, at::ScalarType type, bool keepWeights);

    void prepare(at::IntArrayRef leading) override;
    void collect(const CodeStep &codes = {}) override;
    void release() override;
    /// The layer with what was trained so far, rounded as it runs, on the host.
    [[nodiscard]] LayerSolution solution();
    /// State of the learned codes; empty without any.
    [[nodiscard]] std::vector<NamedTensor> codeState() const;
    [[nodiscard]] bool restoreCodes(const Part &part);
    [[nodiscard]] std::int64_t movedCodes() const;

    at::Tensor enter(const at::Tensor &x) const override
    {
        return m_solution.entry.defined() ? m_solution.entry.apply(x) : x;
    }
    at::Tensor leave(const at::Tensor &x) const override
    {
        return m_solution.exit.defined() ? m_solution.exit.undo(x) : x;
    }
    const at::Tensor &inputNorm() const override { return m_norms[0].value; }
    const at::Tensor &postNorm() const override { return m_norms[1].value; }
    const at::Tensor &qNorm() const override { return m_solution.qNorm; }
    const at::Tensor &kNorm() const override { return m_solution.kNorm; }
    at::Tensor input(Site site, const at::Tensor &x) const override;
    at::Tensor linear(Linear l, const at::Tensor &x) const override;
    at::Tensor cached(Site site, const at::Tensor &x) const override;
    at::Tensor query(const at::Tensor &x) const override;

private:
    /// A trained value of the visit: its place, its leaf, and what runs.
    struct Value
    {
        Parameters::Slot slot;
        at::Tensor leaf, value;
    };
    struct SitePart
    {
        transform::GpkFactors fixed; ///< of a site with a transform, trained or not
        Value a, b, branch, clipLo, clipHi;
        quant::Quantizer quantizer;
    };
    struct LinearPart
    {
        Value bias, gain, branch;
        at::Tensor weight;
        std::unique_ptr<LearnedCodes> codes;
        double factor = 1;
        std::int64_t width = 0, branchOffset = 0;
    };
    void open(Value &v);
    void loadWeights();
    template<class Body>
    void forValues(const Body &body);

    LayerSolution m_solution;
    Parameters &m_parameters;
    at::ScalarType m_type;
    bool m_keepWeights;
    std::array<Value, 2> m_norms; ///< T1, T3
    std::array<SitePart, 4> m_sites;
    std::array<LinearPart, 7> m_linears;
};

} // namespace batlab::tune
