// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/sampled_text.h"

#include "core/base/hash.h"
#include "core/engine/eval/generate.h"

#include <c10/core/ScalarType.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <iterator>

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
Sequences fromPart(const Part &part, std::int64_t sequences, std::int64_t length,
                   std::int64_t vocab)
{
    const NamedTensor *ids = part.find("ids");
    const std::vector<std::int64_t> shape { sequences, length };
    if (!ids || ids->dtype != "i32" || ids->shape != shape
        || ids->bytes.size() != static_cast<std::size_t>(sequences * length) * sizeof(TokenId))
        return {};
    Sequences out;
    const std::uint8_t *bytes = ids->bytes.data();
    for (std::int64_t s = 0; s < sequences; ++s) {
        std::vector<TokenId> sequence(static_cast<std::size_t>(length));
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
Json originOf(const RunSpec &spec, const TextWanted &want, const nn::Decoder &decoder,
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

Sequences kept(const Json &origin, std::int64_t sequences, std::int64_t length,
               const nn::Decoder &decoder, JobContext &job)
{
    const auto part = job.store().get(keyOf(origin)).orThrow();
    return part ? fromPart(*part, sequences, length, decoder.config().vocab) : Sequences {};
}

void keep(const Json &origin, const Sequences &sequences, JobContext &job)
{
    (void)job.store().put(keyOf(origin), toPart(sequences, origin)).orThrow();
}

/// Keys and values of one sequence.
std::uint64_t cacheBytes(const ModelConfig &c, std::int64_t length, std::uint64_t element)
{
    return static_cast<std::uint64_t>(2 * c.layers * c.kvHeads * c.headDim * length) * element;
}

} // namespace

std::int64_t sequencesAtOnce(const ModelConfig &config, std::int64_t length, std::uint64_t element,
                             bool onDevice)
{
    const std::uint64_t most = std::uint64_t { onDevice ? 16U : 2U } << 30;
    const std::uint64_t fit =
        most / std::max<std::uint64_t>(cacheBytes(config, length, element), 1);
    return std::max<std::int64_t>(static_cast<std::int64_t>(fit), 1);
}

std::uint64_t samplingBytes(const ModelConfig &config, std::int64_t sequences, std::int64_t length,
                            std::uint64_t element, bool onDevice)
{
    const std::int64_t atOnce =
        std::min(sequences, sequencesAtOnce(config, length, element, onDevice));
    return static_cast<std::uint64_t>(config.linearParameters()) * element
        + static_cast<std::uint64_t>(atOnce) * cacheBytes(config, length, element);
}

std::vector<std::vector<TokenId>> keptText(const RunSpec &spec, const TextWanted &want,
                                           const nn::Decoder &decoder, const Tokenizer &tokenizer,
                                           JobContext &job)
{
    return kept(originOf(spec, want, decoder, tokenizer), want.sequences, want.length, decoder,
                job);
}

std::vector<std::vector<TokenId>> sampledText(const RunSpec &spec, const TextWanted &want,
                                              const std::shared_ptr<const nn::Decoder> &decoder,
                                              const Tokenizer &tokenizer, JobContext &job,
                                              std::int64_t atOnce)
{
    const Json origin = originOf(spec, want, *decoder, tokenizer);
    if (Sequences earlier = kept(origin, want.sequences, want.length, *decoder, job);
        !earlier.empty()) {
        job.log(LogLevel::info,
                fmt::format("calibration: {} x {} tokens sampled earlier are used again",
                            want.sequences, want.length));
        return earlier;
    }
    if (atOnce <= 0)
        atOnce = sequencesAtOnce(decoder->config(), want.length,
                                 c10::elementSize(nn::matmulType(decoder->compute())),
                                 !decoder->device().is_cpu());
    const auto begin = std::chrono::steady_clock::now();
    const CalibrationSpec &how = spec.calibration;
    const TokenId start = tokenizer.documentStart();
    const auto reference = referenceVariant(decoder);
    const eval::LoadedLayers layers = eval::loadLayers(*decoder, *reference, job);
    eval::GenerateOptions options;
    options.sampling = { how.temperature, how.topP, how.topK, want.seed };
    options.newTokens = want.length - 1;
    const std::int64_t groups = (want.sequences + atOnce - 1) / atOnce;
    options.totalSteps = groups * options.newTokens;
    Sequences out;
    for (std::int64_t first = 0; first < want.sequences; first += atOnce) {
        const std::int64_t count = std::min(atOnce, want.sequences - first);
        Json own = origin;
        own["first"] = first;
        own["count"] = count;
        Sequences group = groups > 1 ? kept(own, count, want.length, *decoder, job) : Sequences {};
        if (group.empty()) {
            options.firstSequence = first;
            options.firstStep = first / atOnce * options.newTokens;
            const Sequences prompts(static_cast<std::size_t>(count), { start });
            group = eval::generate(*decoder, layers, prompts, options, job);
            for (auto &sequence : group)
                sequence.insert(sequence.begin(), start);
            if (groups > 1)
                keep(own, group, job);
        }
        std::move(group.begin(), group.end(), std::back_inserter(out));
    }
    keep(origin, out, job);
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    job.log(LogLevel::info,
            fmt::format(
                "calibration: sampled {} x {} tokens from the model in {:.1f} s ({:.0f} tokens/s)",
                want.sequences, want.length, seconds,
                static_cast<double>(want.sequences * want.length) / seconds));
    return out;
}

} // namespace batlab
