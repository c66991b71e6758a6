// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/quant/fake_quant.h"

namespace batlab::quant {

/// What the refinement of activation codes knows of the linears that read a site, block by block of
/// the activation format (b channels). With W the weights as they should be and W' as they are
/// stored, the rows of all linears one below the other:
struct CodeRefinement
{
    at::Tensor gram; ///< W'^T W', fp32 [blocks, b, b]
    at::Tensor residual; ///< (W - W')^T W', fp32 [blocks, b, b]; undefined: none, W is W'
    [[nodiscard]] bool active() const { return gram.defined(); }
    /// Multiply-adds count as two, and so do the trials of both neighbours.
    [[nodiscard]] double flopPerToken() const;
};

/// For weights and stored values fp32 [rows, n], n whole blocks of b. w undefined: W is W'.
[[nodiscard]] CodeRefinement codeRefinement(const at::Tensor &w, const at::Tensor &stored,
                                            std::int64_t block);

/// fakeQuantize(x) for unclipped x, after which in every block at most one code has moved by one
/// step of its grid, where that lowers what the block adds to the outputs' error |W' x' - W x|^2
/// most (HiRes' stage II, arXiv 2609.34680; methods.md 2.12): with d = x' - x, a step s of code i
/// changes it by 2 s [W'^T W' d - W'^T (W - W') x]_i + s^2 [W'^T W']_ii. The scale of the block
/// stays. x [.., n]; `q` is a block format. Values times q.epilogue() in `out` type. Not
/// differentiable.
[[nodiscard]] at::Tensor refinedFakeQuantize(const at::Tensor &x, const Quantizer &q,
                                             const CodeRefinement &refinement, at::ScalarType out);

/// The same in libtorch's operators, as it runs on a device.
[[nodiscard]] at::Tensor refinedByOperators(const at::Tensor &x, const Quantizer &q,
                                            const CodeRefinement &refinement, at::ScalarType out);

} // namespace batlab::quant
