// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "core/engine/nn/layer.h"
#include "core/engine/quant/block_codes.h"
#include "core/engine/quant/code_refinement.h"
#include "core/engine/quant/fake_quant.h"
#include "core/engine/quant/integer_quant.h"
#include "core/engine/quant/kronecker.h"
#include "core/engine/transform/gpk.h"
#include "core/engine/variant/kv_solution.h"
#include "core/engine/variant/residual_rotation.h"

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace batlab {

using quant::encodeOnGrid;
using quant::packedNibbles;
using quant::paddedToBlock;
using quant::scaleValues;

/// Channels of a block of the MX formats, and of what statistics call a block.
inline constexpr std::int64_t kMxBlock = 32;

/// What runs online at a site before its linears: transform, clip, activation quantizer.
struct SiteSolution
{
    enum class Transform : std::uint8_t { none, hadamard32, gpk };
    Transform transform = Transform::none;
    transform::GpkFactors factors; ///< gpk: bf16-representable fp32, or `fixed`
    /// The factors are Hadamard matrices: nothing is stored or trained, and a fast transform counts
    /// n log2(order) additions.
    bool fixed = false;
    quant::ClipRatios clip; ///< after the transform; undefined: none
    quant::Quantizer activation;
    /// Of the activation's codes, after quantization (stage "refine"); not with a clip.
    quant::CodeRefinement refinement;
    /// Low-rank branch, the side that reads: bf16 [padded n, sum of the ranks], the columns of the
    /// site's linears one after the other; undefined: none. It multiplies the transformed,
    /// unquantized numbers.
    at::Tensor branch;

    /// Columns the site's linears read: n padded to whole blocks of the transform and of 32.
    [[nodiscard]] std::int64_t width(std::int64_t n) const;
    /// Transform only, in `out` type (statistics, Hessians). x [.., n] -> [.., width(n)].
    [[nodiscard]] at::Tensor transformed(const at::Tensor &x, at::ScalarType out) const;
    /// Transform, clip, quantize, refine; values times activation.epilogue().
    [[nodiscard]] at::Tensor apply(const at::Tensor &x, at::ScalarType out) const;
    /// P over n channels as fp64 factors, whichever form it is stored in; undefined for none.
    [[nodiscard]] transform::GpkFactors matrixFactors(std::int64_t n) const;
    /// Stored values of transform, clips and refinement; identity factors and Hadamard matrices
    /// have none.
    [[nodiscard]] std::int64_t onlineParameters() const;
    /// Of transform, refinement and branch; a multiply-add counts as two (methods.md 2.15).
    [[nodiscard]] double flopPerToken(std::int64_t n) const;
};

/// What a site's linears read, in `out` type: apply(x), followed on the last axis by the
/// projections of its branch where it has one.
[[nodiscard]] at::Tensor branchedInput(const SiteSolution &site, const at::Tensor &x,
                                       at::ScalarType out);

/// A weight as it is stored: codes and scales of a block format or an integer format, or plain
/// values when weights stay in 16 bit.
struct LinearSolution
{
    std::optional<kernels::QuantSpec> format;
    std::optional<IntegerFormat> integer; ///< not together with `format`
    at::Tensor codes; ///< u8 [out, in/2] packed nibbles for mxfp4 and 4-bit integers, else [out,
                      ///< in], one code a byte; in is padded to whole blocks
    at::Tensor scales; ///< u8 [out, in/block]; integers: fp32 [out, groups]
    at::Tensor zeros; ///< asymmetric integers: u8 [out, groups]
    at::Tensor plain; ///< bf16 [out, in] when both formats are empty
    at::Tensor bias; ///< fp32 [out] or undefined
    at::Tensor gain; ///< fp32 [1] or [out]: factor of the product of the codes in the epilogue (not
                     ///< of branch and bias); undefined: none
    at::Tensor branch; ///< low-rank branch, the side that writes: bf16 [out, rank]; undefined: none

    /// The fp32 weight that the codes stand for, gain included: what the linear computes with.
    [[nodiscard]] at::Tensor values() const;
    /// Dequantized weight times epilogue() in `out` type: exact in bf16 for block formats
    /// (DESIGN.md 5).
    [[nodiscard]] at::Tensor weight(at::ScalarType out) const;
    [[nodiscard]] float epilogue() const;
    /// The formats as a quantizer (inactive for plain weights).
    [[nodiscard]] quant::Quantizer quantizer() const;
    /// Stores integer codes [out, in] (one a byte) with their grid.
    void setIntegers(const at::Tensor &unpacked, const quant::IntegerGrid &grid);
};

/// The result of calibrating one layer (DESIGN.md 3). Everything that runs is here; nothing is
/// derived from an inverse again.
struct LayerSolution
{
    at::Tensor inputNorm, postNorm, qNorm, kNorm; ///< folded diagonals included
    std::array<LinearSolution, 7> linears; ///< by Linear
    std::array<SiteSolution, 4> sites; ///< T1..T4
    KvSolution kv; ///< keys and values on their way into the cache
    /// The first layer of a variant with a rotated residual stream turns it on entry, the last one
    /// turns it back; undefined in the layers between and without such a rotation.
    ResidualRotation entry, exit;

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

/// Where a linear's columns start in its site's branch, given the writing sides by Linear.
[[nodiscard]] std::int64_t branchOffset(const std::array<at::Tensor, 7> &branches, Linear linear);

/// What a solution adds to the model's own work for each token: transforms, clips, branches, gains
/// and biases the model does not have. Two FLOP a multiply-add.
struct OnlineCost
{
    std::int64_t parameters = 0;
    std::int64_t epilogue = 0; ///< of these: branches, gains and biases; the rest are transforms,
                               ///< clips and refinements
    double flopPerToken = 0;
    OnlineCost &operator+=(const OnlineCost &other);
};
[[nodiscard]] OnlineCost onlineCost(const LayerSolution &solution, const ModelConfig &config);

/// Runs a LayerSolution: weights dequantized once, activations quantized on the fly.
[[nodiscard]] std::shared_ptr<const nn::LayerOps> solvedOps(const LayerSolution &solution,
                                                            nn::Compute compute);

/// x W^T * factor + bias in `out` type; the factor is applied in fp32 (the epilogue of DESIGN.md
/// 5), and so is the gain ([1] or [out]). bias and gain may be undefined.
[[nodiscard]] at::Tensor scaledLinear(const at::Tensor &x, const at::Tensor &weight,
                                      const at::Tensor &bias, double factor, at::ScalarType out,
                                      const at::Tensor &gain = {});

/// Raw little-endian copies for parts.
[[nodiscard]] NamedTensor toNamed(std::string name, const at::Tensor &t);
[[nodiscard]] Result<at::Tensor> toTensor(const NamedTensor &t);

} // namespace batlab
