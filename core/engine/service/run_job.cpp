// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/run_job.h"
#include "core/base/hash.h"
#include "core/engine/calib/calibrate.h"
#include "core/engine/eval/perplexity.h"
#include "core/engine/eval/protocol_text.h"
#include "core/engine/service/calibration_tokens.h"
#include "core/engine/service/open_model.h"

#include <fmt/format.h>

#include <chrono>

namespace batlab {

namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// A content hash reads every byte; beyond this the quick hash has to do.
constexpr std::uint64_t kMostHashedBytes = std::uint64_t(4) << 30;

std::string hashOf(const std::vector<std::vector<TokenId>> &sequences)
{
    Hasher hasher;
    for (const auto &sequence : sequences)
        hasher.update(sequence.data(), sequence.size() * sizeof(TokenId));
    return hasher.hex();
}

void publishModel(const ModelSource &source, JobContext &job)
{
    ModelSummary summary = modelSummary(source);
    const std::uint64_t bytes = storedBytes(source);
    if (bytes <= kMostHashedBytes)
        summary.contentHash =
            source.contentHash([&](double) { return !job.cancelRequested(); }).orThrow();
    const ModelConfig &c = source.config();
    job.log(LogLevel::info,
            fmt::format("model: {} ({}, {} layers of {}, {:.1f} M parameters, {:.0f} MB {})",
                        c.displayName, c.architecture, c.layers, c.hidden,
                        static_cast<double>(c.totalParameters()) / 1e6,
                        static_cast<double>(bytes) / 1e6, source.container()));
    for (const std::string &warning : modelWarnings(source))
        job.log(LogLevel::warning, warning);
    job.publish(Artifact(std::move(summary)));
}

void publishSample(const RunSpec &spec, const std::vector<TokenId> &sequence,
                   const Tokenizer &tokenizer, JobContext &job)
{
    SampleTokens sample;
    const auto count = std::min<std::size_t>(sequence.size(),
                                             static_cast<std::size_t>(spec.analysis.sampleTokens));
    sample.ids.assign(sequence.begin(), sequence.begin() + static_cast<std::ptrdiff_t>(count));
    for (const TokenId id : sample.ids)
        sample.pieces.push_back(tokenizer.piece(id));
    job.publish(Artifact(std::move(sample)));
}

void publishReference(const RunSpec &spec, JobContext &job)
{
    VariantInfo info;
    info.id = "reference";
    info.title = "Full precision";
    info.family = "reference";
    info.recipe = Json::object();
    info.protocol = spec.protocol.toJson();
    info.settings = Json::object();
    info.protocolHash = spec.protocol.hash();
    job.publish(Artifact(std::move(info)));
}

/// progressDone, progressTotal: layers or windows of the whole job before it and in all.
EvaluationReport evaluateOn(const eval::ProtocolText &text, const Protocol &protocol,
                            const std::shared_ptr<const nn::Decoder> &decoder,
                            const std::vector<SolvedVariant> &variants, JobContext &job,
                            std::uint64_t progressDone, std::uint64_t progressTotal)
{
    job.log(LogLevel::info,
            fmt::format("evaluation: {} has {} tokens, {} windows of {}, {}", text.task,
                        text.totalTokens, text.windows.size(), protocol.windowLength,
                        protocol.dtype));
    if (protocol.windows > static_cast<std::int64_t>(text.windows.size()))
        job.log(LogLevel::warning,
                fmt::format("{} windows were asked for; the text has {}", protocol.windows,
                            text.windows.size()));

    const std::unique_ptr<Variant> reference = referenceVariant(decoder);
    std::vector<std::unique_ptr<Variant>> solved;
    Hasher origin;
    origin.update(decoder->source().quickHash())
        .update(hashOf(text.windows))
        .update(protocol.dtype)
        .update(protocol.kvFormat);
    eval::PerplexityInput input { *decoder,    { reference.get(), "reference" },
                                  {},          text.windows,
                                  text.task,   protocol.hash(),
                                  origin.hex() };
    for (const SolvedVariant &variant : variants) {
        solved.push_back(solvedVariant(variant.id, decoder, variant.layerParts, job.store()));
        Hasher content;
        for (const std::string &part : variant.layerParts)
            content.update(part);
        input.variants.push_back({ solved.back().get(), content.hex() });
    }
    input.progressDone = progressDone;
    input.progressTotal = progressTotal;
    return { eval::evaluatePerplexity(input, job), text.totalTokens };
}

} // namespace

Result<nn::Compute> computeFromName(std::string_view dtype)
{
    if (dtype == "bf16")
        return nn::Compute::bf16;
    if (dtype == "fp32")
        return nn::Compute::fp32;
    return Error { ErrorCode::usage, fmt::format("'{}' is no compute type", dtype), "dtype",
                   "Use bf16 or fp32." };
}

EvaluationReport evaluateVariants(const Protocol &protocol,
                                  const std::shared_ptr<const nn::Decoder> &decoder,
                                  const Tokenizer &tokenizer,
                                  const std::vector<SolvedVariant> &variants,
                                  const std::filesystem::path &dataDir, JobContext &job)
{
    job.setStage("evaluation: tokenizing " + protocol.text, 0, 0);
    const eval::ProtocolText text = eval::protocolText(protocol, tokenizer, dataDir).orThrow();
    const std::uint64_t total = (variants.size() + 1) * text.windows.size();
    return evaluateOn(text, protocol, decoder, variants, job, 0, total);
}

void runJob(const RunSpec &spec, const std::filesystem::path &dataDir, JobContext &job)
{
    const auto begin = Clock::now();
    const OpenedModel model = openModel(spec.model).orThrow();
    publishModel(*model.source, job);
    publishReference(spec, job);
    eval::ProtocolText text; // a missing text is told now, not after the calibration
    if (spec.evaluate)
        text = eval::protocolText(spec.protocol, *model.tokenizer, dataDir).orThrow();

    const auto layers = static_cast<std::uint64_t>(model.source->config().layers);
    const std::uint64_t passes = 1 + spec.variants.size();
    const std::uint64_t total = passes * (layers + text.windows.size());

    const nn::Compute compute = computeFromName(spec.protocol.dtype).orThrow();
    job.setStage("loading the model", 0, total);
    const auto decoder = std::make_shared<const nn::Decoder>(model.source, compute);
    job.setStage("calibration text", 0, total);
    const auto sequences = calibrationTokens(spec, decoder, *model.tokenizer, job);
    publishSample(spec, sequences.front(), *model.tokenizer, job);

    Hasher origin;
    origin.update(model.source->quickHash()).update(hashOf(sequences)).update(spec.protocol.dtype);
    calib::Context context { decoder, sequences, spec, job, origin.hex(), 0, total };
    if (spec.analysis.enabled)
        calib::referenceStatistics(context);
    std::vector<SolvedVariant> solved;
    for (const VariantSpec &variant : spec.variants) {
        job.checkpoint();
        const auto start = Clock::now();
        context.progressDone += layers;
        solved.push_back({ variant.id, calib::calibrateVariant(context, variant) });
        job.log(LogLevel::info,
                fmt::format("{}: calibrated in {:.1f} s", variant.id, since(start)));
    }
    if (spec.evaluate)
        (void)evaluateOn(text, spec.protocol, decoder, solved, job, passes * layers, total);
    job.setStage("done", total, total);
    job.log(LogLevel::info, fmt::format("run finished in {:.1f} s", since(begin)));
}

} // namespace batlab
