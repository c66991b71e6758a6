// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/finished_stage.h"

#include "core/engine/calib/finished_layer.h"
#include "core/engine/calib/shared_layers.h"

#include <algorithm>

namespace batlab::tune {

std::string curveKey(const std::string &base) { return base + "/model/artifacts"; }

std::string artifactsKey(const std::string &base, std::size_t layer)
{
    return calib::layerKey(base, static_cast<std::int64_t>(layer), "artifacts");
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
