// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/finished_stage.h"

#include "core/engine/calib/finished_layer.h"
#include "core/engine/calib/shared_layers.h"
#include "core/engine/calib/walker.h"
#include "core/engine/tune/remeasure.h"

#include <algorithm>

namespace batlab::tune {

std::string curveKey(const std::string &base) { return base + "/model/artifacts"; }

std::string artifactsKey(const std::string &base, std::size_t layer)
{
    return calib::layerKey(base, static_cast<std::int64_t>(layer), "artifacts");
}

StageRecord recordOf(const FinishedStage &stage)
{
    StageRecord out;
    for (const Artifact &a : stage.artifacts) {
        if (const auto *trained = std::get_if<LossCurve>(&a))
            out.curve = *trained;
        else if (const auto *info = std::get_if<VariantInfo>(&a))
            out.seconds = info->calibrationSeconds;
        else if (const auto *done = std::get_if<LayerDone>(&a))
            out.layers.push_back(*done);
    }
    return out;
}

LayerSolution keptLayer(const CheckpointStore &store, const std::string &hash)
{
    const std::optional<Part> part = store.getByHash(hash).orThrow();
    if (!part)
        throw Exception({ ErrorCode::notFound, "a layer's part is missing", hash,
                          "Remove the parts folder and run again." });
    return LayerSolution::fromPart(*part).orThrow();
}

FinishedStage keepStage(const calib::Context &context, const VariantSpec &variant,
                        const std::string &layerBase, const std::string &base,
                        const std::vector<std::string> &parts, const StageRecord &record,
                        const OnlineCost &cost)
{
    CheckpointStore &store = context.job.store();
    calib::setStage(context, variant.id + ": measuring the tuned layers",
                    static_cast<std::int64_t>(parts.size()));
    const auto artifacts = remeasure(context, variant, layerBase, parts, record.layers);
    for (std::size_t l = 0; l < parts.size(); ++l)
        (void)store.put(artifactsKey(base, l), calib::artifactsPart(artifacts[l])).orThrow();
    (void)store
        .put(curveKey(base),
             calib::artifactsPart(
                 { record.curve, calib::variantInfo(context, variant, cost, record.seconds) }))
        .orThrow();
    return finishedStage(store, base, parts.size()).value();
}

std::optional<FinishedStage> finishedStage(const CheckpointStore &store, const std::string &base,
                                           std::size_t layers)
{
    const auto curve = store.get(curveKey(base)).orThrow();
    if (!curve)
        return std::nullopt;
    FinishedStage out { calib::artifactsOf(*curve), {} };
    for (std::size_t l = 0; l < layers; ++l) {
        const auto saved = store.get(artifactsKey(base, l)).orThrow();
        if (!saved)
            return std::nullopt;
        for (Artifact &a : calib::artifactsOf(*saved)) {
            if (const auto *done = std::get_if<LayerDone>(&a))
                out.parts.push_back(done->part);
            out.artifacts.push_back(std::move(a));
        }
    }
    return out;
}

std::optional<FinishedStage> stageElsewhere(const calib::Context &context,
                                            const VariantSpec &variant, const std::string &stage,
                                            std::size_t layers)
{
    const CheckpointStore &store = context.job.store();
    const auto isKept = [&](const std::string &part) {
        const auto kept = store.getByHash(part);
        return kept && *kept;
    };
    for (const std::string &base : calib::SharedLayers(context, variant).otherBases()) {
        std::optional<FinishedStage> found = finishedStage(store, base + stage, layers);
        if (found && std::all_of(found->parts.begin(), found->parts.end(), isKept))
            return found;
    }
    return std::nullopt;
}

} // namespace batlab::tune
