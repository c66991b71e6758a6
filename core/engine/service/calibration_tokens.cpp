// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/calibration_tokens.h"
#include "core/base/hash.h"
#include "core/engine/eval/generate.h"
#include "core/engine/eval/protocol_text.h"
#include "core/text/dataset.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstring>

namespace batlab {

namespace {

using Sequences = std::vector<std::vector<TokenId>>;

Part toPart(const Sequences &sequences, const Json &origin)
{
    NamedTensor tensor;
    tensor.name = "ids";
    tensor.dtype = "i32";
    tensor.shape = { static_cast<std::int64_t>(sequences.size()),
                     static_cast<std::int64_t>(sequences.front().size()) };
    for (const auto &sequence : sequences) {
        const auto *bytes = reinterpret_cast<const std::uint8_t *>(sequence.data());
        tensor.bytes.insert(tensor.bytes.end(), bytes, bytes + sequence.size() * sizeof(TokenId));
    }
    Part part;
    part.kind = "calibration-tokens";
    part.attributes = origin;
    part.tensors.push_back(std::move(tensor));
    return part;
}

/// How many sequences of which length from where, and the seed of their choice.
struct Wanted
{
    std::int64_t sequences, length;
    std::uint64_t seed;
};

/// Empty if the part does not fit (an older layout): it is sampled again.
Sequences fromPart(const Part &part, const Wanted &want, std::int64_t vocab)
{
    const NamedTensor *ids = part.find("ids");
    const std::vector<std::int64_t> shape { want.sequences, want.length };
    if (!ids || ids->dtype != "i32" || ids->shape != shape
        || ids->bytes.size()
            != static_cast<std::size_t>(want.sequences * want.length) * sizeof(TokenId))
        return {};
    Sequences out;
    const std::uint8_t *bytes = ids->bytes.data();
    for (std::int64_t s = 0; s < want.sequences; ++s) {
        std::vector<TokenId> sequence(static_cast<std::size_t>(want.length));
        std::memcpy(sequence.data(), bytes, sequence.size() * sizeof(TokenId));
        bytes += sequence.size() * sizeof(TokenId);
        for (const TokenId id : sequence)
            if (id < 0 || id >= vocab)
                return {};
        out.push_back(std::move(sequence));
    }
    return out;
}

/// What decides sampled tokens.
Json originOf(const RunSpec &spec, const Wanted &want, const nn::Decoder &decoder,
              const Tokenizer &tokenizer)
{
    const CalibrationSpec &how = spec.calibration;
    Json origin { { "model", decoder.source().quickHash() },
                  { "start", tokenizer.documentStart() },
                  { "sequences", want.sequences },
                  { "length", want.length },
                  { "temperature", how.temperature },
                  { "top_p", how.topP },
                  { "top_k", how.topK },
                  { "seed", want.seed },
                  { "dtype", spec.protocol.dtype } };
    if (!decoder.device().is_cpu()) // logits of another device give other samples
        origin["device"] = c10::DeviceTypeName(decoder.device().type(), true);
    return origin;
}

std::string keyOf(const Json &origin) { return "tokens/" + hashHex(origin.dump()); }

/// Tokens sampled earlier; empty without them.
Sequences kept(const std::string &key, const Wanted &want, const nn::Decoder &decoder,
               JobContext &job)
{
    const auto part = job.store().get(key).orThrow();
    return part ? fromPart(*part, want, decoder.config().vocab) : Sequences {};
}

Sequences sampled(const RunSpec &spec, const Wanted &want,
                  const std::shared_ptr<const nn::Decoder> &decoder, const Tokenizer &tokenizer,
                  JobContext &job)
{
    const CalibrationSpec &how = spec.calibration;
    const TokenId start = tokenizer.documentStart();
    const Json origin = originOf(spec, want, *decoder, tokenizer);
    const std::string key = keyOf(origin);
    if (Sequences earlier = kept(key, want, *decoder, job); !earlier.empty()) {
        job.log(LogLevel::info,
                fmt::format("calibration: {} x {} tokens sampled earlier are used again",
                            want.sequences, want.length));
        return earlier;
    }
    const auto begin = std::chrono::steady_clock::now();
    const auto reference = referenceVariant(decoder);
    const eval::LoadedLayers layers = eval::loadLayers(*decoder, *reference, job);
    eval::GenerateOptions options;
    options.sampling = { how.temperature, how.topP, how.topK, want.seed };
    options.newTokens = want.length - 1;
    const Sequences prompts(static_cast<std::size_t>(want.sequences), { start });
    Sequences sequences = eval::generate(*decoder, layers, prompts, options, job);
    for (auto &sequence : sequences)
        sequence.insert(sequence.begin(), start);
    if (const auto put = job.store().put(key, toPart(sequences, origin)); !put)
        throw Exception(put.error());
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    job.log(LogLevel::info,
            fmt::format(
                "calibration: sampled {} x {} tokens from the model in {:.1f} s ({:.0f} tokens/s)",
                want.sequences, want.length, seconds,
                static_cast<double>(want.sequences * want.length) / seconds));
    return sequences;
}

/// Windows of the text file; `taken` are those of a set that this one must not touch.
Sequences fromFile(const RunSpec &spec, const Wanted &want, const Wanted *taken,
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
    Sequences windows;
    for (const TokenRange &r :
         located(randomRanges(size, want.sequences, want.length, want.seed, others)))
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

Sequences gather(const RunSpec &spec, const std::string &source, const Wanted &want,
                 const Wanted *taken, const std::shared_ptr<const nn::Decoder> &decoder,
                 const Tokenizer &tokenizer, JobContext &job)
{
    Wanted file = want;
    file.sequences = fileCount(source, want.sequences, spec.calibration.fileShare);
    Wanted own = want;
    own.sequences = want.sequences - file.sequences;
    Sequences out;
    if (own.sequences > 0)
        out = sampled(spec, own, decoder, tokenizer, job);
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
    const Wanted all { c.sequences, c.length, spec.seed };
    Sequences own;
    if (c.source == "self")
        own = kept(keyOf(originOf(spec, all, *decoder, tokenizer)), all, *decoder, job);
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
    const Wanted calibration { fileCount(c.source, c.sequences, c.fileShare), c.length, spec.seed };
    return gather(spec, own.source, { integer(tune, "sequences"), own.length, seed }, &calibration,
                  decoder, tokenizer, job);
}

} // namespace batlab
