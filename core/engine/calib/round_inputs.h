// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/calibrate.h"
#include "core/engine/calib/round.h"

#include <functional>
#include <optional>

namespace batlab::calib {

/// The numbers entering a layer's linears on a calibration stream, captured when first asked for:
/// once for all sites (round.sequential: layer), or anew for each site through the linears already
/// rounded (sublayer). With hessian: fp the layer's own activations stay unquantized. `context` and
/// `state` must outlive it.
class StreamInputs : public RoundInputs
{
public:
    /// input: the stream [sequences, length, hidden] the layer reads; exactInput gives the
    /// full-precision one in the same basis, where the parameters ask for it.
    StreamInputs(const Context &context, const LayerState &state, const Json &parameters,
                 at::Tensor input, std::function<at::Tensor()> exactInput);
    [[nodiscard]] at::Tensor hessian(Site site, const LayerSolution &solved) override;
    [[nodiscard]] Paired paired(Site site, const LayerSolution &solved) override;

private:
    /// Sums over the tokens of one share of the sequences.
    struct Sums
    {
        at::Tensor second, cross; ///< [n, n] fp32
        std::int64_t tokens = 0;
        void add(const at::Tensor &quantized, const at::Tensor &exact);
        [[nodiscard]] PairedMoments mean() const;
    };
    using LayerSums = std::array<Sums, 4>;

    void need(Site site, const LayerSolution &solved);
    void capture(const LayerSolution &solved, std::optional<Site> only);
    void captureShare(const nn::LayerOps &ops, const nn::LayerOps &exact, const at::Tensor &input,
                      const at::Tensor &exactInput, std::optional<Site> only, LayerSums &into);
    [[nodiscard]] LayerSolution running(const LayerSolution &solved);

    const Context &m_context;
    const LayerState &m_state;
    at::Tensor m_input;
    std::function<at::Tensor()> m_exactInput;
    bool m_quantized; ///< what the linears read after the activation quantizer
    bool m_perSite;
    bool m_paired;
    std::optional<LayerSolution> m_unrounded;
    std::optional<Site> m_capturedSite;
    bool m_captured = false;
    std::array<LayerSums, 2> m_shares; ///< fit (everything unless paired), held out
};

} // namespace batlab::calib
