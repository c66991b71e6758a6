// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/calibration_tokens.h"
#include "core/base/hash.h"
#include "core/engine/eval/generate.h"
#include "core/engine/eval/protocol_text.h"
#include "core/text/dataset.h"

#include <fmt/format.h>

#include <chrono>
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

/// Empty if the part does not fit (an older layout): it is sampled again.
Sequences fromPart(const Part &part, const CalibrationSpec &want, std::int64_t vocab)
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

Sequences sampled(const RunSpec &spec, const std::shared_ptr<const nn::Decoder> &decoder,
                  const Tokenizer &tokenizer, JobContext &job)
{
    const CalibrationSpec &want = spec.calibration;
    const TokenId start = tokenizer.documentStart();
    const Json origin { { "model", decoder->source().quickHash() },
                        { "start", start },
                        { "sequences", want.sequences },
                        { "length", want.length },
                        { "temperature", want.temperature },
                        { "top_p", want.topP },
                        { "top_k", want.topK },
                        { "seed", spec.seed },
                        { "dtype", spec.protocol.dtype } };
    const std::string key = "tokens/" + hashHex(origin.dump());
    if (const auto part = job.store().get(key).orThrow()) {
        Sequences kept = fromPart(*part, want, decoder->config().vocab);
        if (!kept.empty()) {
            job.log(LogLevel::info,
                    fmt::format("calibration: {} x {} tokens sampled earlier are used again",
                                want.sequences, want.length));
            return kept;
        }
    }
    const auto begin = std::chrono::steady_clock::now();
    const auto reference = referenceVariant(decoder);
    const eval::LoadedLayers layers = eval::loadLayers(*decoder, *reference, job);
    eval::GenerateOptions options;
    options.sampling = { want.temperature, want.topP, want.topK, spec.seed };
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

Sequences fromFile(const RunSpec &spec, const Tokenizer &tokenizer, JobContext &job)
{
    const CalibrationSpec &want = spec.calibration;
    if (want.file.empty())
        throw Exception(
            { ErrorCode::badInput, "calibration.source is file but calibration.file is empty",
              "calibration.file", "Name a UTF-8 text file, or use calibration.source=self." });
    const std::string text = eval::readTextFile(want.file).orThrow();
    const std::vector<TokenId> ids = tokenizer.encode(text).orThrow();
    auto windows = randomWindows(ids, want.sequences, want.length, spec.seed);
    if (!windows) {
        Error error = windows.error();
        error.where = want.file;
        throw Exception(error);
    }
    job.log(LogLevel::info,
            fmt::format("calibration: {} windows of {} tokens from {} ({} tokens)", want.sequences,
                        want.length, want.file, ids.size()));
    return *windows;
}

} // namespace

std::vector<std::vector<TokenId>>
calibrationTokens(const RunSpec &spec, const std::shared_ptr<const nn::Decoder> &decoder,
                  const Tokenizer &tokenizer, JobContext &job)
{
    if (spec.calibration.source == "file")
        return fromFile(spec, tokenizer, job);
    return sampled(spec, decoder, tokenizer, job);
}

} // namespace batlab
