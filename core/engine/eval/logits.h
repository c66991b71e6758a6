// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/eval/row_scores.h"
#include "core/engine/nn/decoder.h"

namespace batlab::eval {

/// Most rows of logits held at a time (DESIGN.md 5).
inline constexpr std::int64_t kLogitRows = 256;

/// A contiguous CPU tensor [rows, vocab] of float32 or bfloat16 as raw rows; the tensor must
/// outlive the result.
[[nodiscard]] LogitRows logitRows(const at::Tensor &logits);

/// Throws Exception{badInput} unless 0 <= id < vocab for all ids; `where` names their origin.
void checkTokens(const std::vector<std::int32_t> &ids, std::int64_t vocab, std::string_view where);

} // namespace batlab::eval
