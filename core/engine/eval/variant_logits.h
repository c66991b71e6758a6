// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/variant/variant.h"
#include "core/job/job.h"

#include <functional>

namespace batlab::eval {

/// Logits of every position of one sequence, in chunks of at most 256 rows: take(first row, rows,
/// values [rows, vocab]). One layer is in memory at a time. Throws Exception on ids outside the
/// vocabulary and on cancel.
void variantLogits(const nn::Decoder &decoder, const Variant &variant,
                   const std::vector<std::int32_t> &ids, JobContext &job,
                   const std::function<void(std::int64_t, std::int64_t, const float *)> &take);

} // namespace batlab::eval
