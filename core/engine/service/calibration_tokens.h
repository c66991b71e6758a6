// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/nn/decoder.h"
#include "core/job/job.h"
#include "core/spec/run_spec.h"
#include "core/text/tokenizer.h"

#include <memory>
#include <vector>

namespace batlab {

/// The calibration sequences of a run, all of calibration.length tokens.
/// "self": sampled from the model from documentStart() on (the start token is the first of each
/// sequence; a document may end and a new one start inside); "file": seeded random windows of a
/// text file; "mixed": sampled ones first, then windows. Sampled tokens are kept in the checkpoint
/// store under a key made of the model's hash, counts, seed, sampling and dtype. Throws Exception
/// on a missing, empty or too short text file and on cancel.
[[nodiscard]] std::vector<std::vector<TokenId>>
calibrationTokens(const RunSpec &spec, const std::shared_ptr<const nn::Decoder> &decoder,
                  const Tokenizer &tokenizer, JobContext &job);

/// Sequences for a quick question about `tokens` tokens: the run's own where they are kept, else
/// just enough of them, from its file or sampled for the question.
[[nodiscard]] std::vector<std::vector<TokenId>>
questionTokens(const RunSpec &spec, std::int64_t tokens,
               const std::shared_ptr<const nn::Decoder> &decoder, const Tokenizer &tokenizer,
               JobContext &job);

/// Where the text of a "tune" or "learn-rotation" stage comes from and how long its sequences are:
/// its own, or the calibration's where it names none.
struct TuneText
{
    std::string source; ///< as calibration.source
    std::int64_t length = 0;
};
[[nodiscard]] TuneText tuneText(const RunSpec &spec, const Stage &tune);

/// The sequences of a "tune" or "learn-rotation" stage: its own seed, its own count, length and
/// source; file windows share no token with the calibration's, nor with each other while the file
/// holds enough (a warning says where it does not).
[[nodiscard]] std::vector<std::vector<TokenId>>
tuneTokens(const RunSpec &spec, const Stage &tune,
           const std::shared_ptr<const nn::Decoder> &decoder, const Tokenizer &tokenizer,
           JobContext &job);

} // namespace batlab
