// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/layer_state.h"
#include "core/engine/calib/trained_values.h"
#include "core/engine/nn/decoder.h"

#include <array>

namespace batlab::calib {

/// Parameters of stage "train".
struct TrainSettings
{
    std::int64_t epochs, batch, sequences, length, checkpointSteps;
    double learningRate, clipFactor, minFactor, gradientNorm;
    bool normalizeLoss, weightsQuantized;
    Json diagonalSites = Json::array(); ///< where the folded diagonal is trained

    TrainSettings(const Json &parameters, const Stage *fold);
};

/// The layer while it is trained: folded weights, differentiable transforms, clips and diagonals
/// that begin as `state` has them. prepare() builds a step's graph.
class Student : public nn::LayerOps
{
public:
    /// cap: of a factor pair's condition number, 0 for none.
    Student(const LayerState &state, const TrainSettings &settings, FactorForm form, double cap,
            const kernels::Ste &ste, const nn::Decoder &decoder);

    [[nodiscard]] Parameters &parameters() { return m_parameters; }

    /// Effective transforms, norms and (quantized) weights of the current parameters, with their
    /// graph. c10::LinAlgError on the host if a transform is singular; a device gives NaN.
    void prepare();

    /// The trained transforms as they will run (bf16 values); undefined where none is trained.
    [[nodiscard]] std::array<transform::GpkFactors, 4> deployedFactors() const;
    /// Writes what was trained into the layer's state, with these transforms.
    void store(LayerState &state, const std::array<transform::GpkFactors, 4> &factors);

    at::Tensor enter(const at::Tensor &x) const override
    {
        return m_state.entry.defined() ? m_state.entry.apply(x) : x;
    }
    at::Tensor leave(const at::Tensor &x) const override
    {
        return m_state.exit.defined() ? m_state.exit.undo(x) : x;
    }
    const at::Tensor &inputNorm() const override { return m_inputNorm; }
    const at::Tensor &postNorm() const override { return m_postNorm; }
    const at::Tensor &qNorm() const override { return m_state.weights.qNorm; }
    const at::Tensor &kNorm() const override { return m_state.weights.kNorm; }
    at::Tensor input(Site site, const at::Tensor &x) const override;
    at::Tensor linear(Linear l, const at::Tensor &x) const override;
    at::Tensor cached(Site site, const at::Tensor &x) const override
    {
        return m_kv.cached(site, x, m_type);
    }
    at::Tensor query(const at::Tensor &x) const override { return m_kv.query(x, m_type); }

private:
    struct SitePart
    {
        TrainedFactor a, b;
        Parameters::Slot clipLo, clipHi, logDiagonal;
        transform::GpkFactors base, factors;
        transform::GpkFactors online; ///< factors without what V's rows carry
        quant::LeftOut identity; ///< of the factors; no step looks again, or could be recorded
        quant::LeftOut onlineIdentity;
        transform::GpkFactors inverse; ///< of the weights; on the host each linear makes its own
        quant::ClipRatios clip;
        quant::Quantizer quantizer;
        at::Tensor diagonal; ///< [n]; T2: [kvHeads*headDim]
    };
    struct LinearPart
    {
        Parameters::Slot clipLo, clipHi;
        quant::Quantizer quantizer;
        at::Tensor weight, bias;
        double factor = 1;
    };
    template<class Enum>
    static std::size_t index(Enum e)
    {
        return static_cast<std::size_t>(e);
    }

    [[nodiscard]] transform::GpkFactors factorsOf(const SitePart &part) const;
    [[nodiscard]] quant::ClipRatios ratiosOf(const Parameters::Slot &lo,
                                             const Parameters::Slot &hi) const;
    [[nodiscard]] at::Tensor overQueryHeads(const at::Tensor &d) const;
    void prepareLinear(Linear l);

    const LayerState &m_state;
    at::ScalarType m_type;
    KvSolution m_kv;
    Parameters m_parameters;
    std::array<SitePart, 4> m_sites;
    std::array<LinearPart, 7> m_linears;
    at::Tensor m_inputNorm, m_postNorm;
};

} // namespace batlab::calib
