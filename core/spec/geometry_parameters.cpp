// SPDX-License-Identifier: Apache-2.0
#include "core/spec/parameter_rows.h"

namespace batlab::rows {

std::vector<Parameter> precisionTable()
{
    return {
        Row("overrides", Type::textList, Json::array(), "Overrides",
            "Bit formats that differ from the protocol's, such as T4:activations=mxfp8-e4m3, "
            "layers 0-1:all:weights=mxfp8-e4m3, down_proj:weights=none or K:cache=int8. Later ones "
            "win.")
            .of("precision"),
    };
}

std::vector<Parameter> rotateTable()
{
    return {
        Row("residual", Type::choice, "hadamard", "Residual stream",
            "Rotation of the residual stream, fused into the weights (R1). Hadamard: over the "
            "whole width, as in QuaRot; block-hadamard: within blocks, as in BRQ.")
            .choices({ "none", "hadamard", "block-hadamard", "random-orthogonal" })
            .of("rotate"),
        Row("values", Type::choice, "none", "Values",
            "Rotation of each head of V, fused into V and o (R2). Hadamard: over the head; "
            "block-hadamard: within blocks of the head.")
            .choices({ "none", "hadamard", "block-hadamard" })
            .of("rotate"),
        Row("block", Type::choice, "32", "Block",
            "Of the block rotations. Where it does not divide the width, the largest smaller power "
            "of two that does.")
            .choices({ "16", "32", "64", "128" })
            .unit("channels")
            .of("rotate"),
        Row("signs", Type::boolean, true, "Random signs",
            "Turns the sign of every second channel on average before the residual's Hadamard "
            "matrix, by the seed; block-hadamard repeats one block's signs.")
            .of("rotate"),
    };
}

std::vector<Parameter> foldTable()
{
    return {
        Row("diagonal", Type::choice, "balanced", "Diagonal",
            "Scale per channel, folded into the producer. Balanced: (B_jj/A_jj)^alpha of the "
            "second moments; SmoothQuant: max|w|^(1-alpha) / max|x|^alpha; AWQ: mean|x|^-r with r "
            "searched on the parent block's output.")
            .choices({ "none", "smoothquant", "balanced", "awq" })
            .of("fold"),
        Row("alpha", Type::real, 0.25, "Exponent",
            "0.25 balances both sides; SmoothQuant's usual value is 0.5 to 0.6.")
            .range(0.05, 1)
            .of("fold"),
        Row("sites", Type::textList, kAllSites, "Sites",
            "Where the diagonal is folded and channels are permuted.")
            .choices(kSiteChoices)
            .of("fold"),
        Row("permutation", Type::choice, "none", "Permutation",
            "Order of the channels at T4 and within each head at T2, by their largest magnitude. "
            "Zigzag deals them evenly over the blocks; cluster puts the largest together.")
            .choices({ "none", "zigzag", "cluster" })
            .of("fold"),
        Row("groupedValues", Type::choice, "tied", "Grouped values",
            "T2 where query heads share a value head. Tied: the geometric mean over the group; "
            "skip: no diagonal, as in AWQ.")
            .choices({ "tied", "skip" })
            .of("fold"),
        Row("searchActivations", Type::boolean, false, "Search with activations",
            "AWQ's search also rounds the site's activations; the original rounds weights only.")
            .of("fold"),
        Row("searchSequences", Type::integer, 8, "Search sequences",
            "Calibration sequences AWQ's search runs on; 0 takes all.")
            .range(0, 65536)
            .of("fold"),
    };
}

std::vector<Parameter> kvTable()
{
    const std::string where =
        " Hadamard: 32-point blocks. Hadamard-head: over the whole head. GPK: "
        "B_i (x) A. Only where the protocol quantizes the cache.";
    const std::vector<std::string> kinds { "none", "hadamard", "hadamard-head", "gpk" };
    return {
        Row("keys", Type::choice, "hadamard", "Keys",
            "P_k of K after RoPE, online; Q gets its inverse." + where)
            .choices(kinds)
            .of("kv"),
        Row("values", Type::choice, "hadamard", "Values",
            "P_v of each key/value head, fused into W_v and undone in W_o." + where)
            .choices(kinds)
            .of("kv"),
        Row("g1", Type::integer, 8, "Shared factor",
            "Size of A; a power of two. g1*g2 must be 16, 32, 64 or 128 and divide head_dim.")
            .range(1, 128)
            .of("kv"),
        Row("g2", Type::integer, 4, "Private factor", "Size of each B_i; a power of two.")
            .range(1, 128)
            .of("kv"),
        Row("init", Type::choice, "closed-form", "Start of GPK",
            "Closed form balances the second moments of K and Q, and of V and W_o.")
            .choices({ "hadamard", "closed-form" })
            .of("kv"),
    };
}

std::vector<Parameter> transformTable()
{
    return {
        Row("kind", Type::choice, "gpk", "Kind",
            "Online transform at a site. Hadamard: fixed, of `size`. GPK: blocks B_i (x) A, A "
            "shared by all blocks. Dense: a private matrix for every block of `size`. Kronecker: "
            "P_L (x) P_R over the whole width (FlatQuant); at T2 over heads and head dimension, "
            "the "
            "latter fused into V.")
            .choices({ "none", "hadamard", "gpk", "dense", "kronecker" })
            .of("transform"),
        Row("size", Type::choice, "32", "Size",
            "Block of a Hadamard or dense transform. Full: one Hadamard matrix over the whole "
            "width; "
            "at T2 with rotate.values: hadamard only across the heads, since V carries the rest.")
            .choices({ "16", "32", "64", "128", "full" })
            .unit("channels")
            .of("transform"),
        Row("g1", Type::integer, 8, "Shared factor",
            "Size of A; a power of two. g1*g2 must be 16, 32, 64 or 128.")
            .range(1, 128)
            .of("transform"),
        Row("g2", Type::integer, 4, "Private factor", "Size of each B_i; a power of two.")
            .range(1, 128)
            .of("transform"),
        Row("parametrization", Type::choice, "affine", "Parametrization",
            "Affine: any invertible factor. Orthogonal: rotations only. SVD: U diag(s) V^T with "
            "rotations U and V (FlatQuant).")
            .choices({ "affine", "orthogonal", "svd" })
            .of("transform"),
        Row("init", Type::choice, "hadamard", "Start",
            "Closed form fits the factors to the blocks' second moments (WUSH); Hadamard starts "
            "exactly at MR-GPTQ. Dense only: HiRes takes the arithmetic mean of both geometries, "
            "greedy rotates the largest channel away again and again (DuQuant).")
            .choices(
                { "identity", "random-orthogonal", "hadamard", "closed-form", "hires", "greedy" })
            .of("transform"),
        Row("moment", Type::choice, "marginal", "Second moments",
            "Of the activations in a closed-form, HiRes or greedy start. Marginal: of the block "
            "alone; conditional: what the blocks before it leave (Cholesky, as in WUSH's code).")
            .choices({ "marginal", "conditional" })
            .of("transform"),
        Row("damping", Type::real, 0.01, "Moment damping",
            "Share of a block's mean second moment added to its diagonal.")
            .range(1e-6, 1)
            .of("transform"),
        Row("greedySteps", Type::integer, 128, "Greedy steps",
            "Rotations tried for a greedy start.")
            .range(1, 4096)
            .of("transform"),
        Row("conditionCap", Type::real, 0.0, "Condition cap",
            "Largest condition number of a factor; 0 sets no cap.")
            .range(0, 1e6)
            .of("transform"),
        Row("sites", Type::textList, kAllSites, "Sites", "Where the transform is applied.")
            .choices(kSiteChoices)
            .of("transform"),
    };
}

} // namespace batlab::rows
