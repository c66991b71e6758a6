// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/run_job.h"
#include "core/base/hash.h"
#include "core/base/peak_memory.h"
#include "core/engine/calib/calibrate.h"
#include "core/engine/calib/formats.h"
#include "core/engine/calib/kept_streams.h"
#include "core/engine/device/current_error.h"
#include "core/engine/device/device_kernels.h"
#include "core/engine/eval/perplexity.h"
#include "core/engine/eval/protocol_text.h"
#include "core/engine/service/calibration_tokens.h"
#include "core/engine/service/device_memory.h"
#include "core/engine/service/host_memory.h"
#include "core/engine/service/open_model.h"
#include "core/engine/service/run_passes.h"
#include "core/engine/service/site_errors.h"
#include "core/text/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

namespace batlab {

namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// A content hash reads every byte; beyond this the quick hash has to do.
constexpr std::uint64_t kMostHashedBytes = std::uint64_t(4) << 30;

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

/// Where an evaluation stands in the whole job.
struct EvaluationPlace
{
    std::uint64_t done = 0, total = 0; ///< layers or windows before it and in all
    bool referenceIsNew = true;
};

EvaluationReport evaluateOn(const eval::ProtocolText &text, const Protocol &protocol,
                            const std::shared_ptr<const nn::Decoder> &decoder,
                            const std::vector<SolvedVariant> &variants, JobContext &job,
                            const EvaluationPlace &place)
{
    if (place.referenceIsNew)
        job.log(LogLevel::info,
                fmt::format("evaluation: {} has {} tokens, {} windows of {}, {}", text.task,
                            text.totalTokens, text.windows.size(), protocol.windowLength,
                            protocol.dtype));
    if (place.referenceIsNew && protocol.windows > static_cast<std::int64_t>(text.windows.size()))
        job.log(LogLevel::warning,
                fmt::format("{} windows were asked for; the text has {}", protocol.windows,
                            text.windows.size()));

    const std::unique_ptr<Variant> reference = referenceVariant(decoder);
    std::vector<std::unique_ptr<Variant>> solved;
    Hasher origin;
    origin.update(decoder->source().quickHash())
        .update(tokensHash(text.windows))
        .update(protocol.dtype)
        .update(protocol.kvFormat);
    if (!decoder->device().is_cpu())
        origin.update(c10::DeviceTypeName(decoder->device().type(), true));
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
    input.progressDone = place.done;
    input.progressTotal = place.total;
    input.referenceIsNew = place.referenceIsNew;
    input.textHash = text.textHash;
    return { eval::evaluatePerplexity(input, job), text.totalTokens };
}

/// A text that all variants of a run are evaluated on.
struct EvaluationText
{
    Protocol protocol;
    eval::ProtocolText text;
};

/// The variants of a run, one after the other: each is calibrated and evaluated before the next
/// begins, so that results land as early as they can and one that fails does not stop the others.
class VariantQueue
{
public:
    VariantQueue(const RunSpec &spec, const OpenedModel &model,
                 std::shared_ptr<const nn::Decoder> decoder, std::vector<EvaluationText> texts,
                 JobContext &job)
        : m_spec(spec)
        , m_model(model)
        , m_decoder(std::move(decoder))
        , m_texts(std::move(texts))
        , m_job(job)
        , m_layers(static_cast<std::uint64_t>(m_decoder->config().layers))
    {
        std::uint64_t windows = 0;
        for (const EvaluationText &text : m_texts)
            windows += text.text.windows.size();
        m_total = m_layers + windows;
        for (const VariantSpec &variant : spec.variants) {
            m_starts.push_back(m_total);
            m_total += passCount(variant) * m_layers + windows;
            if (!m_texts.empty())
                m_total += siteErrorWork(spec, m_texts.front().text.windows.size());
        }
    }

    [[nodiscard]] std::uint64_t total() const { return m_total; }

    void run()
    {
        m_job.setStage("calibration text", 0, m_total);
        const Sequences &sequences = tokens(m_spec);
        publishSample(m_spec, sequences.front(), *m_model.tokenizer, m_job);
        if (m_spec.analysis.enabled)
            calib::referenceStatistics(context(m_spec, sequences, 0));
        evaluate({}, m_layers);
        for (std::size_t i = 0; i < m_spec.variants.size(); ++i) {
            m_job.checkpoint();
            const VariantSpec &variant = m_spec.variants[i];
            try {
                work(variant, m_starts[i]);
            } catch (...) {
                const Error error = currentError();
                if (stopsAll(error.code))
                    throw;
                failed(variant, error);
            }
        }
        report();
    }

private:
    using Sequences = std::vector<std::vector<TokenId>>;

    /// Nothing that follows could do better.
    static bool stopsAll(ErrorCode code)
    {
        return code == ErrorCode::cancelled || code == ErrorCode::diskFull
            || code == ErrorCode::readOnly || code == ErrorCode::device;
    }

    /// Calibration tokens of a spec; variants of one seed share them.
    const Sequences &tokens(const RunSpec &spec)
    {
        const Json calibration = spec.toJson().at("calibration");
        const std::string key = Json { calibration, spec.seed }.dump();
        auto at = m_tokens.find(key);
        if (at == m_tokens.end())
            at =
                m_tokens.emplace(key, calibrationTokens(spec, m_decoder, *m_model.tokenizer, m_job))
                    .first;
        return at->second;
    }

    calib::Context context(const RunSpec &spec, const Sequences &sequences, std::uint64_t done)
    {
        Hasher origin;
        origin.update(m_model.source->quickHash())
            .update(tokensHash(sequences))
            .update(spec.protocol.dtype);
        if (!m_decoder->device().is_cpu()) // results of two kinds of device are not mixed
            origin.update(c10::DeviceTypeName(m_decoder->device().type(), true));
        return { m_decoder,    sequences, spec,    m_job,
                 origin.hex(), done,      m_total, keptStreams(origin.hex(), sequences) };
    }

    /// Full-precision streams of the sequences last asked for, where more than one pass reads them.
    calib::KeptStreams *keptStreams(const std::string &key, const Sequences &sequences)
    {
        if (!m_decoder->device().is_cpu())
            return nullptr; // a device walks a layer sooner than a file is read
        const std::size_t passes = m_spec.variants.size() + (m_spec.analysis.enabled ? 1 : 0);
        if (passes > 1 && key != m_keptKey) {
            m_kept.reset(); // its file goes before the next one is measured against the free disk
            m_kept = std::make_unique<calib::KeptStreams>(
                m_job.store().folder(),
                std::vector<std::int64_t> { static_cast<std::int64_t>(sequences.size()),
                                            static_cast<std::int64_t>(sequences.front().size()),
                                            m_decoder->config().hidden },
                nn::residualType(m_decoder->compute()), m_decoder->config().layers);
            m_keptKey = key;
        }
        return m_kept.get();
    }

    /// The variants on every text; the reference alone if there are none.
    void evaluate(const std::vector<SolvedVariant> &variants, std::uint64_t done)
    {
        for (const EvaluationText &text : m_texts) {
            (void)evaluateOn(text.text, text.protocol, m_decoder, variants, m_job,
                             { done, m_total, variants.empty() });
            done += text.text.windows.size();
        }
    }

    void work(const VariantSpec &variant, std::uint64_t done)
    {
        const auto start = Clock::now();
        const bool measured = resetPeakMemory();
        const RunSpec spec = specFor(m_spec, variant);
        calib::Context context = this->context(spec, tokens(spec), done);
        const SolvedVariant solved { variant.id, runPasses(context, variant, *m_model.tokenizer) };
        m_job.log(LogLevel::info,
                  fmt::format("{}: calibrated in {:.1f} s", variant.id, since(start)));
        evaluate({ solved }, context.progressDone);
        if (m_spec.analysis.errorBySite && !m_texts.empty()) {
            for (const EvaluationText &text : m_texts)
                context.progressDone += text.text.windows.size();
            siteErrors(context, variant, solved.layerParts, m_texts.front().text);
        }
        VariantOutcome outcome = describe(variant, "done");
        outcome.peakMemoryBytes = peak(calib::calibrationKey(context, variant) + "/outcome",
                                       measured ? static_cast<double>(peakMemoryBytes()) : 0.0);
        m_job.publish(Artifact(std::move(outcome)));
    }

    /// The largest of this and earlier runs: one that only replays checkpoints needs little.
    double peak(const std::string &key, double now)
    {
        double most = now;
        if (const auto part = m_job.store().get(key).orThrow())
            most = std::max(most, part->attributes.value("peak_memory_bytes", 0.0));
        if (most > 0 && most == now) {
            Part part;
            part.kind = "outcome";
            part.attributes = { { "peak_memory_bytes", most } };
            (void)m_job.store().put(key, part).orThrow();
        }
        return most;
    }

    static VariantOutcome describe(const VariantSpec &variant, std::string state)
    {
        VariantOutcome out;
        out.variant = variant.id;
        out.title = variant.recipe.title;
        out.family = variant.recipe.family;
        out.state = std::move(state);
        return out;
    }

    void failed(const VariantSpec &variant, const Error &error)
    {
        m_job.log(LogLevel::error, fmt::format("{} failed: {}", variant.id, error.message()));
        VariantOutcome outcome = describe(variant, "failed");
        outcome.error = error.message();
        m_job.publish(Artifact(std::move(outcome)));
        m_failures.emplace_back(variant.id, error);
    }

    void report() const
    {
        if (m_failures.empty())
            return;
        const auto &[first, error] = m_failures.front();
        if (m_spec.variants.size() == 1)
            throw Exception(error);
        std::string ids;
        for (const auto &[id, unused] : m_failures)
            ids += (ids.empty() ? "" : ", ") + id;
        throw Exception({ error.code,
                          fmt::format("{} of {} variants failed: {}", m_failures.size(),
                                      m_spec.variants.size(), ids),
                          first + ": " + error.message(),
                          "The others are done; the same command tries the failed ones again." });
    }

    const RunSpec &m_spec;
    const OpenedModel &m_model;
    std::shared_ptr<const nn::Decoder> m_decoder;
    std::vector<EvaluationText> m_texts; ///< none: nothing is evaluated
    JobContext &m_job;
    const std::uint64_t m_layers;
    std::vector<std::uint64_t> m_starts; ///< of each variant, in layers and windows
    std::uint64_t m_total = 0;
    std::map<std::string, Sequences> m_tokens;
    std::unique_ptr<calib::KeptStreams> m_kept;
    std::string m_keptKey; ///< model, sequences and dtype of m_kept
    std::vector<std::pair<std::string, Error>> m_failures;
};

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
    return evaluateOn(text, protocol, decoder, variants, job, { 0, total, true });
}

namespace {

/// Says where the job computes, and refuses one that cannot fit on a GPU.
void checkDevice(const RunSpec &spec, const ModelConfig &config, const device::Device &device,
                 JobContext &job)
{
    if (device.place.is_cpu()) { // an estimate, and the system may swap: told, not refused
        if (const auto fits = checkHostMemory(hostNeed(spec, config), availableMemory()); !fits)
            job.log(LogLevel::warning, fits.error().message());
        return;
    }
    const auto free = static_cast<std::uint64_t>(device::freeMemory(device.place));
    const DeviceNeed need = deviceNeed(spec, config);
    job.log(
        LogLevel::info,
        fmt::format("device: {} ({}), {:.1f} of {:.1f} GB free, about {:.1f} GB needed; W4A4 is "
                    "emulated in {}",
                    device.text(), device.name, static_cast<double>(free) / 1e9,
                    static_cast<double>(device.memoryBytes) / 1e9,
                    static_cast<double>(need.total()) / 1e9, spec.protocol.dtype));
    checkDeviceMemory(need, free).orThrow();
}

} // namespace

void runJob(const RunSpec &spec, const std::filesystem::path &dataDir, JobContext &job,
            const device::Device &device)
{
    const auto begin = Clock::now();
    const OpenedModel model = openModel(spec.model).orThrow();
    if (spec.variants.size() == 1) // told now, not after the sampling; of several the others go on
        calib::checkModelFit(spec.protocol, spec.variants.front(), model.source->config())
            .orThrow();
    checkDevice(spec, model.source->config(), device, job);
    publishModel(*model.source, job);
    publishReference(spec, job);
    std::vector<EvaluationText> texts; // a missing text is told now, not after the calibration
    if (spec.evaluate)
        for (const Protocol &protocol : evaluationProtocols(spec))
            texts.push_back(
                { protocol, eval::protocolText(protocol, *model.tokenizer, dataDir).orThrow() });

    const nn::Compute compute = computeFromName(spec.protocol.dtype).orThrow();
    job.setStage("loading the model", 0, 0);
    VariantQueue queue(spec, model,
                       std::make_shared<const nn::Decoder>(model.source, compute, device.place),
                       std::move(texts), job);
    queue.run();
    job.setStage("done", queue.total(), queue.total());
    job.log(LogLevel::info, fmt::format("run finished in {:.1f} s", since(begin)));
}

} // namespace batlab
