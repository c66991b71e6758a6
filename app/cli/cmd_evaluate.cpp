// SPDX-License-Identifier: Apache-2.0
#include "app/cli/common.h"
#include "app/cli/foreground.h"
#include "app/cli/results.h"
#include "app/cli/session_run.h"
#include "app/cli/variant_ref.h"
#include "core/engine/calib/calibrate.h"
#include "core/engine/service/calibration_tokens.h"
#include "core/engine/service/run_passes.h"
#include "core/stats/recovery.h"
#include "core/text/dataset.h"

#include <fmt/format.h>

namespace batlab::cli {

namespace {

struct Options
{
    std::string model, preset, tasks = "wikitext2", dtype = "bf16", contract = "own", text;
    std::int64_t limit = -1, windowLength = 2048;
};

/// A recipe that looks at weights only needs hardly any calibration tokens.
bool needsData(const Recipe &recipe)
{
    for (const Pass &pass : recipe.passes)
        for (const Stage &stage : pass.stages)
            if (stage.kind != "round" || stage.parameters.value("kind", "") != "rtn")
                return true;
    return false;
}

SolvedVariant calibratePreset(const RunSpec &spec,
                              const std::shared_ptr<const nn::Decoder> &decoder,
                              const Tokenizer &tokenizer, JobContext &job)
{
    const auto sequences = calibrationTokens(spec, decoder, tokenizer, job);
    calib::Context context { decoder, sequences, spec, job, "evaluate" };
    const VariantSpec &variant = spec.variants.front();
    return { variant.id, runPasses(context, variant, tokenizer) };
}

void evaluate(Common &common, const Options &options)
{
    const device::Device device = common.prepareDevice();
    if (options.text.empty())
        (void)namedTextFile(options.tasks, common.dataDir()).orThrow();
    const nn::Compute compute = computeFromName(options.dtype).orThrow();
    Json json { { "model", options.model },
                { "contract", options.contract },
                { "seed", common.seedOr(0) } };
    if (!options.preset.empty())
        json["variants"] =
            Json::array({ { { "preset", presetId(options.preset) }, { "id", options.preset } } });
    RunSpec spec;
    if (!options.preset.empty())
        spec = runSpecFromJson(json, presetLibrary(), "evaluate").orThrow();
    spec.seed = common.seedOr(0);
    spec.protocol.dtype = options.dtype;
    spec.protocol.windows = options.limit;
    spec.protocol.windowLength = options.windowLength;
    spec.protocol.text = options.text.empty() ? options.tasks : options.text;
    spec.analysis.enabled = false;

    VariantRef ref = openVariant(options.model).orThrow();
    if (!options.preset.empty() && ref.solved)
        throw Exception({ ErrorCode::usage,
                          "--preset calibrates a model, not a variant of a session", "--preset",
                          "Leave one of both out." });
    ForegroundJob job(common, *ref.store);
    const auto decoder = std::make_shared<const nn::Decoder>(ref.source, compute, device.place);
    std::vector<SolvedVariant> variants;
    if (ref.solved)
        variants.push_back(*ref.solved);
    if (!options.preset.empty()) {
        if (!needsData(spec.variants.front().recipe)) {
            spec.calibration.sequences = 2;
            spec.calibration.length = 64;
        }
        variants.push_back(calibratePreset(spec, decoder, ref.needTokenizer(), job.context()));
    }
    const EvaluationReport report = evaluateVariants(spec.protocol, decoder, ref.needTokenizer(),
                                                     variants, common.dataDir(), job.context());

    Json document { { "results", Json::array() },
                    { "dtype", options.dtype },
                    { "window_length", options.windowLength } };
    for (const EvaluationResult &result : report.results) {
        Json entry = resultJson(result);
        entry["tokens"] = report.textTokens;
        printLine(common,
                  fmt::format("{:<16} {} perplexity {:.4f} ± {:.4f}  ({} windows)", result.variant,
                              result.task, result.value, result.standardError, result.samples)
                      + (result.windowKld.empty()
                             ? std::string()
                             : fmt::format("  KLD {:.5f} ± {:.5f}  top-1 {:.2f} %", result.kld,
                                           result.kldStandardError, 100 * result.top1Agreement)));
        // The reference runs beside a variant anyway; what was asked for comes first.
        const bool asked = variants.empty() || result.variant != "reference";
        if (asked)
            document["results"].insert(document["results"].begin(), std::move(entry));
        else
            document["results"].push_back(std::move(entry));
    }
    printJson(common, document);
}

} // namespace

void addEvaluate(CLI::App &app, Common &common)
{
    auto options = std::make_shared<Options>();
    CLI::App *verb =
        app.add_subcommand("evaluate", "Perplexity, and divergence from the full-precision model");
    verb->add_option("MODEL", options->model, "A model, or SESSION.h5#variant")->required();
    verb->add_option("--preset", options->preset, "Quantize the model by this preset first");
    verb->add_option("--contract", options->contract,
                     "Scale rule of the preset: own (default) or uniform")
        ->check(CLI::IsMember({ "uniform", "own" }));
    verb->add_option("--tasks", options->tasks,
                     "Text by name: wikitext2 (default), wikitext2-valid, gsm8k");
    verb->add_option("--text", options->text, "Evaluate on this UTF-8 text file instead");
    verb->add_option("--limit", options->limit, "First N windows only")->check(CLI::PositiveNumber);
    verb->add_option("--window", options->windowLength, "Tokens a window (2048)")
        ->check(CLI::Range(16, 131072));
    verb->add_option("--dtype", options->dtype, "bf16 (default) or fp32")
        ->check(CLI::IsMember({ "bf16", "fp32" }));
    verb->callback([&common, options] { evaluate(common, *options); });
}

} // namespace batlab::cli
