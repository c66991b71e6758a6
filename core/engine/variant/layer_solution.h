// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "core/engine/nn/layer.h"
#include "core/engine/quant/fake_quant.h"
#include "core/engine/transform/gpk.h"

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace batlab {

/// What runs online at a site before its linears: transform, clip, activation quantizer.
struct SiteSolution
{
    enum class Transform : std::uint8_t { none, hadamard32, gpk };
    Transform transform = Transform::none;
    transform::GpkFactors factors; ///< gpk: bf16-representable fp32
    quant::ClipRatios clip; ///< after the transform; undefined: none
    quant::Quantizer activation;

    /// Transform only, in `out` type (statistics, Hessians). x [.., n] is padded to whole blocks.
    [[nodiscard]] at::Tensor transformed(const at::Tensor &x, at::ScalarType out) const;
    /// Transform, clip, quantize; values times activation.epilogue().
    [[nodiscard]] at::Tensor apply(const at::Tensor &x, at::ScalarType out) const;
    /// P over n channels as fp64 factors, whichever form it is stored in; undefined for none.
    [[nodiscard]] transform::GpkFactors matrixFactors(std::int64_t n) const;
    [[nodiscard]] std::int64_t onlineParameters() const;
    [[nodiscard]] double flopPerToken(std::int64_t n) const;
};

/// A weight as it is stored: codes and scales of a block format, or plain values when weights stay
/// in 16 bit.
struct LinearSolution
{
    std::optional<kernels::QuantSpec> format;
    at::Tensor codes; ///< u8 [out, in/2] packed nibbles for mxfp4, else [out, in], one code a byte;
                      ///< in is padded to whole blocks
    at::Tensor scales; ///< u8 [out, in/block]
    at::Tensor plain; ///< bf16 [out, in] when format is empty
    at::Tensor bias; ///< fp32 [out] or undefined

    /// Dequantized weight times epilogue() in `out` type: exact in bf16 (DESIGN.md 5).
    [[nodiscard]] at::Tensor weight(at::ScalarType out) const;
    [[nodiscard]] float epilogue() const;
};

/// The result of calibrating one layer (DESIGN.md 3). Everything that runs is here; nothing is
/// derived from an inverse again.
struct LayerSolution
{
    at::Tensor inputNorm, postNorm, qNorm, kNorm; ///< folded diagonals included
    std::array<LinearSolution, 7> linears; ///< by Linear
    std::array<SiteSolution, 4> sites; ///< T1..T4

    [[nodiscard]] LinearSolution &of(Linear l) { return linears[static_cast<std::size_t>(l)]; }
    [[nodiscard]] const LinearSolution &of(Linear l) const
    {
        return linears[static_cast<std::size_t>(l)];
    }
    [[nodiscard]] SiteSolution &at(Site s) { return sites[static_cast<std::size_t>(s)]; }
    [[nodiscard]] const SiteSolution &at(Site s) const
    {
        return sites[static_cast<std::size_t>(s)];
    }

    [[nodiscard]] Part toPart(LayerId layer) const;
    [[nodiscard]] static Result<LayerSolution> fromPart(const Part &part);
};

/// Runs a LayerSolution: weights dequantized once, activations quantized on the fly.
[[nodiscard]] std::shared_ptr<const nn::LayerOps> solvedOps(const LayerSolution &solution,
                                                            nn::Compute compute);

/// Codes (unpacked, [rows, cols] u8) of values that lie on the grid of `spec` for the given scale
/// bytes.
[[nodiscard]] at::Tensor encodeOnGrid(const at::Tensor &values, const at::Tensor &scales,
                                      const kernels::QuantSpec &spec);
/// The real value of each scale byte, fp32, times 1/3 for the prescale rule (what a code is
/// multiplied by).
[[nodiscard]] at::Tensor scaleValues(const at::Tensor &scales, const kernels::QuantSpec &spec);
/// x W^T * factor + bias in `out` type; the factor is applied in fp32 (the epilogue of DESIGN.md
/// 5). bias may be undefined.
[[nodiscard]] at::Tensor scaledLinear(const at::Tensor &x, const at::Tensor &weight,
                                      const at::Tensor &bias, double factor, at::ScalarType out);
/// x [.., n] padded with zeros to a multiple of `block` on the last axis.
[[nodiscard]] at::Tensor paddedToBlock(const at::Tensor &x, std::int64_t block);

/// Raw little-endian copies for parts.
[[nodiscard]] NamedTensor toNamed(std::string name, const at::Tensor &t);
[[nodiscard]] Result<at::Tensor> toTensor(const NamedTensor &t);

} // namespace batlab
