// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/layer_state.h"

namespace batlab::calib {

/// The layer as its state stands, unquantized: rotations and folded diagonals in the weights,
/// online transforms at the sites, no clips and no rounding. In fp64 it equals the model's own
/// layer to rounding whatever has been folded.
class StateOps : public nn::LayerOps
{
public:
    StateOps(const LayerState &state, nn::Compute compute);
    [[nodiscard]] at::Tensor enter(const at::Tensor &x) const override
    {
        return m_state.entry.defined() ? m_state.entry.apply(x) : x;
    }
    [[nodiscard]] at::Tensor leave(const at::Tensor &x) const override
    {
        return m_state.exit.defined() ? m_state.exit.undo(x) : x;
    }
    [[nodiscard]] const at::Tensor &inputNorm() const override { return m_state.weights.inputNorm; }
    [[nodiscard]] const at::Tensor &postNorm() const override { return m_state.weights.postNorm; }
    [[nodiscard]] const at::Tensor &qNorm() const override { return m_state.weights.qNorm; }
    [[nodiscard]] const at::Tensor &kNorm() const override { return m_state.weights.kNorm; }
    [[nodiscard]] at::Tensor input(Site site, const at::Tensor &x) const override;
    [[nodiscard]] at::Tensor linear(Linear linear, const at::Tensor &siteInput) const override;

private:
    const LayerState &m_state;
    at::ScalarType m_type;
    std::array<at::Tensor, 7> m_weights, m_biases;
};

} // namespace batlab::calib
