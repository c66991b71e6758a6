// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/layer_state.h"
#include "core/engine/tune/trained_layer.h"

#include <array>
#include <functional>
#include <optional>

namespace batlab::tune {

/// The trained rotations of a layer: slots of R1 [k, b, b], shared by all layers, and of its R2
/// [k, b, b]. k = 1 repeats one block over the width. Unused slots: no such rotation.
struct RotationSlots
{
    Parameters::Slot residual, values;
};

/// What the network is like while its rotations are trained.
struct RotationSetting
{
    at::ScalarType type = at::kFloat; ///< of the products
    kernels::Ste ste;
    bool roundWeights = false; ///< else 16-bit weights
    bool keepWeights = false; ///< full-precision weights stay in memory between visits
    std::function<void()> check = [] {}; ///< called before each weight is rotated; may throw
};

/// A layer in a rotated basis with quantized activations and cache, differentiable in the rotations
/// (methods.md 2.6, 2.7): norms folded, W R1 for q, k, v, gate, up, R1^T W for o and down, R2
/// within the heads of V and undone in o's columns, online transforms as the state has them.
class RotatedLayer : public TrainedLayer
{
public:
    /// load: the layer's state with formats, cache and online transforms set and nothing rotated;
    /// called again at every visit unless weights are kept. `parameters` must outlive the layer.
    RotatedLayer(std::function<calib::LayerState()> load, std::int64_t layer,
                 const RotationSlots &slots, Parameters &parameters,
                 const RotationSetting &setting);

    void prepare(at::IntArrayRef leading) override;
    void collect(const CodeStep &codes = {}) override;
    void release() override;

    [[nodiscard]] at::Tensor enter(const at::Tensor &x) const override;
    [[nodiscard]] at::Tensor leave(const at::Tensor &x) const override;
    [[nodiscard]] const at::Tensor &inputNorm() const override { return m_norms[0]; }
    [[nodiscard]] const at::Tensor &postNorm() const override { return m_norms[1]; }
    [[nodiscard]] const at::Tensor &qNorm() const override { return m_state->weights.qNorm; }
    [[nodiscard]] const at::Tensor &kNorm() const override { return m_state->weights.kNorm; }
    [[nodiscard]] at::Tensor input(Site site, const at::Tensor &x) const override;
    [[nodiscard]] at::Tensor linear(Linear l, const at::Tensor &x) const override;
    [[nodiscard]] at::Tensor cached(Site site, const at::Tensor &x) const override;
    [[nodiscard]] at::Tensor query(const at::Tensor &x) const override;

private:
    struct LinearPart
    {
        at::Tensor weight, bias; ///< in the graph of the visit
        double factor = 1;
    };
    void rotateLinear(Linear l);

    std::function<calib::LayerState()> m_load;
    std::int64_t m_layer;
    RotationSlots m_slots;
    Parameters &m_parameters;
    RotationSetting m_setting;
    std::optional<calib::LayerState> m_state;
    at::Tensor m_residual, m_values; ///< leaves of the visit; undefined: none
    std::array<at::Tensor, 2> m_norms; ///< T1, T3
    std::array<transform::GpkFactors, 4> m_transforms, m_inverses; ///< P and P^-T, fp32, by site
    std::array<quant::Quantizer, 4> m_quantizers;
    std::array<LinearPart, 7> m_linears;
};

/// x [.., n] times the block diagonal of r [k, b, b]: k b = n, or k = 1 and b divides n.
[[nodiscard]] at::Tensor timesBlocks(const at::Tensor &x, const at::Tensor &r);

} // namespace batlab::tune
