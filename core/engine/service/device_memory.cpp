// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/device_memory.h"

#include "core/engine/nn/site_width.h"
#include "core/engine/service/calibration_tokens.h"
#include "core/engine/service/sampled_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace batlab {

namespace {

constexpr std::uint64_t kRuntime = std::uint64_t { 900 } << 20; // context, kernels, GEMM workspaces
constexpr std::uint64_t kHostRuntime = std::uint64_t { 350 } << 20; // libtorch, code, GEMM scratch
constexpr std::uint64_t kStreamInMemory = std::uint64_t { 1 } << 30; // beyond, a file
constexpr std::uint64_t kKeptGraphs = std::uint64_t { 4 } << 30; // of a pass over the model
constexpr std::int64_t kWindowsAGroup = 10; // of an evaluation
constexpr std::int64_t kLogitRows = 256;

std::uint64_t layerParameters(const ModelConfig &c)
{
    return static_cast<std::uint64_t>(c.linearParameters())
        / static_cast<std::uint64_t>(std::max<std::int64_t>(c.layers, 1));
}

std::uint64_t product(std::int64_t a, std::int64_t b)
{
    return static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b);
}

/// What the graph of a training step keeps for each token: a site's input and its quantized form,
/// the outputs of q, k, v and attention, the stream and its norms in fp32, the gated units.
std::uint64_t graphBytesPerToken(const ModelConfig &c, std::uint64_t element)
{
    std::uint64_t sites = 0;
    for (const Site site : kLinearSites)
        sites += static_cast<std::uint64_t>(siteWidth(c, site));
    const std::uint64_t heads = product(2 * c.heads + 4 * c.kvHeads, c.headDim);
    return 2 * element * sites + element * heads + 24 * static_cast<std::uint64_t>(c.hidden)
        + (8 + element) * static_cast<std::uint64_t>(c.intermediate);
}

double gigabytes(std::uint64_t bytes) { return static_cast<double>(bytes) / 1e9; }

/// Bytes that a weight takes for the whole of a stage that trains all layers: its code and scale;
/// of a learned code also start, sign, offset, its mean and the dequantized number.
double heldBytes(const Stage &stage, const std::string &format, std::uint64_t element)
{
    if (stage.kind != "tune")
        return 0;
    const double code = format == "mxfp4" ? 0.5 + 1.0 / 32 : 1.0 + 1.0 / 16;
    const bool learned = text(stage, "codes") == "learned";
    return learned ? code + 1 + 1 + 2 + 2 + static_cast<double>(element) : code;
}

/// A stage that trains all layers at once (tune, learn-rotation) while it keeps no graphs and no
/// dequantized weights: what it keeps then is what else fits.
std::uint64_t passBytes(const Stage &stage, const RunSpec &spec, const ModelConfig &c,
                        std::uint64_t element)
{
    const std::int64_t tokens = integer(stage, "batch") * tuneText(spec, stage).length;
    const double held = heldBytes(stage, spec.protocol.weightFormat, element)
        * static_cast<double>(c.linearParameters());
    return static_cast<std::uint64_t>(held) + layerParameters(c) * (2 * element + 16)
        + static_cast<std::uint64_t>(tokens)
        * (graphBytesPerToken(c, element) + product(c.layers + 3, c.hidden) * 4)
        + product(kLogitRows, c.vocab) * (2 * element + 20);
}

/// Graphs of all layers of such a stage, which the host keeps while they take no more.
std::uint64_t keptGraphBytes(const Stage &stage, const RunSpec &spec, const ModelConfig &c)
{
    const std::int64_t tokens = integer(stage, "batch") * tuneText(spec, stage).length;
    const std::uint64_t all = product(tokens, c.layers) * 4
        * static_cast<std::uint64_t>(20 * c.hidden + 8 * c.intermediate);
    return all <= kKeptGraphs ? all : 0;
}

DeviceNeed needOf(const RunSpec &spec, const ModelConfig &c, bool onDevice)
{
    const std::uint64_t element = spec.protocol.dtype == "bf16" ? 2 : 4;
    DeviceNeed need;
    need.fixed = (onDevice ? kRuntime : kHostRuntime)
        + product(c.vocab, c.hidden) * (c.tiedEmbeddings ? 1 : 2) * element;
    const std::uint64_t parameters = layerParameters(c);
    const std::vector<CalibrationSpec> texts = calibrationTexts(spec);
    for (const CalibrationSpec &own : texts)
        need.stream = std::max(need.stream, product(own.sequences * own.length, c.hidden) * 4);
    if (!onDevice) // both streams and the targets
        need.fixed += 3 * std::min(need.stream, kStreamInMemory);

    for (std::size_t v = 0; v < spec.variants.size(); ++v) {
        const VariantSpec &variant = spec.variants[v];
        const CalibrationSpec &calibration = texts[v + 1];
        need.layer = parameters * (4 + 2 * element + 4);
        std::int64_t widest = 0;
        need.capture = 0;
        for (const Site site : kLinearSites) {
            const std::int64_t n = siteWidth(c, site);
            widest = std::max(widest, n);
            need.capture += 4 * product(n, n);
        }
        // Mean in fp64, then four matrices of the factorization: fp64 up to 4,096 columns.
        need.rounding =
            std::max(need.rounding, product(widest, widest) * (8 + 4 * (widest <= 4096 ? 8 : 4)));
        if (const Stage *train = variant.recipe.findStage("train")) {
            const auto asked = train->parameters.value("length", std::int64_t { 0 });
            const std::int64_t length =
                asked > 0 ? std::min(asked, calibration.length) : calibration.length;
            const std::int64_t batch = std::min(
                train->parameters.value("batch", std::int64_t { 1 }), calibration.sequences);
            const std::uint64_t graph = product(batch * length, 1) * graphBytesPerToken(c, element)
                + parameters * (4 + 4 + element);
            if (graph > need.training) {
                need.training = graph;
                need.batch = batch;
            }
        }
    }
    for (std::size_t v = 1; v < texts.size(); ++v)
        if (texts[v].source != "file")
            need.sampling =
                std::max(need.sampling,
                         samplingBytes(c, texts[v].sequences, texts[v].length, element, onDevice));
    for (const VariantSpec &variant : spec.variants)
        for (const char *kind : { "tune", "learn-rotation" }) {
            const Stage *stage = variant.recipe.findStage(kind);
            if (!stage)
                continue;
            need.passes = std::max(need.passes,
                                   passBytes(*stage, spec, c, element)
                                       + (onDevice ? 0 : keptGraphBytes(*stage, spec, c)));
            if (const TuneText own = tuneText(spec, *stage); own.source != "file")
                need.sampling = std::max(
                    need.sampling,
                    samplingBytes(c, integer(*stage, "sequences"), own.length, element, onDevice));
        }
    if (spec.evaluate)
        need.evaluation = parameters * 2 * element
            + product(kWindowsAGroup * spec.protocol.windowLength, c.hidden) * (8 + 8 * element)
            + product(kLogitRows, c.vocab) * (2 * element + 16);
    return need;
}

/// What makes the phases that do not fit smaller.
std::string levers(const DeviceNeed &need, std::uint64_t freeBytes)
{
    std::string hint;
    const std::uint64_t calibration =
        need.fixed + need.layer + need.capture + std::max(need.rounding, need.training);
    if (calibration > freeBytes && need.training > need.rounding && need.batch > 1)
        hint += fmt::format("train.batch below {}, or a shorter train.length; ", need.batch);
    if (need.fixed + need.passes > freeBytes)
        hint += "a smaller batch or length of the stage that trains the whole model; ";
    if (need.fixed + need.sampling > freeBytes)
        hint +=
            "calibration.source: file, or fewer sequences (calibration.sequences, tune.sequences: "
            "all are sampled at once); ";
    if (need.fixed + need.evaluation > freeBytes)
        hint += "a shorter protocol.windowLength; ";
    return hint;
}

} // namespace

std::uint64_t DeviceNeed::total() const
{
    const std::uint64_t calibration = layer + capture + std::max(rounding, training);
    return fixed + std::max({ calibration, passes, sampling, evaluation });
}

DeviceNeed deviceNeed(const RunSpec &spec, const ModelConfig &config)
{
    return needOf(spec, config, true);
}

DeviceNeed hostNeed(const RunSpec &spec, const ModelConfig &config)
{
    return needOf(spec, config, false);
}

Result<void> checkDeviceMemory(const DeviceNeed &need, std::uint64_t freeBytes)
{
    if (need.total() <= freeBytes)
        return {};
    return Error { ErrorCode::outOfMemory,
                   fmt::format("the run needs about {:.1f} GB on the GPU and {:.1f} GB are free",
                               gigabytes(need.total()), gigabytes(freeBytes)),
                   "--device",
                   fmt::format("Use {}close other programs on the GPU, or use --device cpu.",
                               levers(need, freeBytes)) };
}

Result<void> checkHostMemory(const DeviceNeed &need, std::uint64_t freeBytes)
{
    if (freeBytes == 0 || need.total() <= freeBytes)
        return {};
    return Error { ErrorCode::outOfMemory,
                   fmt::format("the run needs about {:.1f} GB of memory and {:.1f} GB are free",
                               gigabytes(need.total()), gigabytes(freeBytes)),
                   {},
                   fmt::format("Use {}fewer calibration tokens, or close programs.",
                               levers(need, freeBytes)) };
}

} // namespace batlab
