// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/calibration_tokens.h"
#include "core/base/hash.h"
#include "core/engine/eval/protocol_text.h"
#include "core/engine/service/sampled_text.h"
#include "core/text/dataset.h"

#include <fmt/format.h>

#include <cmath>

namespace batlab {

namespace {

using Sequences = std::vector<std::vector<TokenId>>;

/// Windows of the text file. `taken` are those of a set that this one must not touch; its own then
/// do not touch each other either, as long as the file holds enough.
Sequences fromFile(const RunSpec &spec, const TextWanted &want, const TextWanted *taken,
                   const Tokenizer &tokenizer, JobContext &job)
{
    const std::string &file = spec.calibration.file;
    if (file.empty())
        throw Exception(
            { ErrorCode::badInput, "text from a file is wanted but calibration.file is empty",
              "calibration.file", "Name a UTF-8 text file, or use calibration.source=self." });
    const std::string text = eval::readTextFile(file).orThrow();
    const std::vector<TokenId> ids = tokenizer.encode(text).orThrow();
    const auto located = [&](Result<std::vector<TokenRange>> ranges) {
        if (ranges)
            return *ranges;
        Error error = ranges.error();
        error.where = file;
        throw Exception(error);
    };
    const auto size = static_cast<std::int64_t>(ids.size());
    std::vector<TokenRange> others;
    if (taken != nullptr && taken->sequences > 0)
        others = located(randomRanges(size, taken->sequences, taken->length, taken->seed));
    std::optional<std::vector<TokenRange>> ranges;
    if (taken != nullptr) {
        ranges = disjointRanges(size, want.sequences, want.length, want.seed, others);
        if (!ranges)
            job.log(LogLevel::warning,
                    fmt::format("{} has {} tokens: too few for {} windows of {} of which no two "
                                "share text; training sees some of it more than once",
                                file, size, want.sequences, want.length));
    }
    if (!ranges)
        ranges = located(randomRanges(size, want.sequences, want.length, want.seed, others));
    Sequences windows;
    for (const TokenRange &r : *ranges)
        windows.emplace_back(ids.begin() + r.begin, ids.begin() + r.begin + r.length);
    job.log(LogLevel::info,
            fmt::format("calibration: {} windows of {} tokens from {} ({} tokens)", want.sequences,
                        want.length, file, size));
    return windows;
}

/// Sequences of a source that come from the file.
std::int64_t fileCount(const std::string &source, std::int64_t sequences, double share)
{
    return source == "self" ? 0
        : source == "file"  ? sequences
                            : std::llround(share * static_cast<double>(sequences));
}

Sequences gather(const RunSpec &spec, const std::string &source, const TextWanted &want,
                 const TextWanted *taken, const std::shared_ptr<const nn::Decoder> &decoder,
                 const Tokenizer &tokenizer, JobContext &job)
{
    TextWanted file = want;
    file.sequences = fileCount(source, want.sequences, spec.calibration.fileShare);
    TextWanted own = want;
    own.sequences = want.sequences - file.sequences;
    Sequences out;
    if (own.sequences > 0)
        out = sampledText(spec, own, decoder, tokenizer, job);
    if (file.sequences > 0)
        for (auto &window : fromFile(spec, file, taken, tokenizer, job))
            out.push_back(std::move(window));
    return out;
}

} // namespace

std::vector<std::vector<TokenId>>
calibrationTokens(const RunSpec &spec, const std::shared_ptr<const nn::Decoder> &decoder,
                  const Tokenizer &tokenizer, JobContext &job)
{
    const CalibrationSpec &c = spec.calibration;
    return gather(spec, c.source, { c.sequences, c.length, spec.seed }, nullptr, decoder, tokenizer,
                  job);
}

std::vector<std::vector<TokenId>> questionTokens(const RunSpec &spec, std::int64_t tokens,
                                                 const std::shared_ptr<const nn::Decoder> &decoder,
                                                 const Tokenizer &tokenizer, JobContext &job)
{
    const CalibrationSpec &c = spec.calibration;
    const TextWanted all { c.sequences, c.length, spec.seed };
    Sequences own;
    if (c.source == "self")
        own = keptText(spec, all, *decoder, tokenizer, job);
    if (own.empty()) {
        // Sampling takes a step a token of the sequence: several short ones are quicker.
        const std::int64_t length = std::min(c.source == "self" ? tokens / 4 : tokens, c.length);
        own = gather(spec, c.source == "mixed" ? "file" : c.source,
                     { std::max<std::int64_t>(tokens / length, 1), length, spec.seed }, nullptr,
                     decoder, tokenizer, job);
    }
    return own;
}

TuneText tuneText(const RunSpec &spec, const Stage &tune)
{
    const std::string source = text(tune, "text");
    const std::int64_t length = integer(tune, "length");
    return { source == "calibration" ? spec.calibration.source : source,
             length > 0 ? length : spec.calibration.length };
}

std::vector<std::vector<TokenId>> tuneTokens(const RunSpec &spec, const Stage &tune,
                                             const std::shared_ptr<const nn::Decoder> &decoder,
                                             const Tokenizer &tokenizer, JobContext &job)
{
    const CalibrationSpec &c = spec.calibration;
    const TuneText own = tuneText(spec, tune);
    // A seed of its own gives other samples and other windows; windows keep off the calibration's.
    const std::uint64_t seed = randomBits(spec.seed, 0x74756e65) >> 11;
    const TextWanted calibration { fileCount(c.source, c.sequences, c.fileShare), c.length,
                                   spec.seed };
    return gather(spec, own.source, { integer(tune, "sequences"), own.length, seed }, &calibration,
                  decoder, tokenizer, job);
}

} // namespace batlab
