// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/refine_tuned.h"

#include "core/base/hash.h"
#include "core/engine/calib/finished_layer.h"
#include "core/engine/calib/layer_state.h"
#include "core/engine/calib/refine.h"
#include "core/engine/calib/walker.h"

#include <ATen/ATen.h>

#include <chrono>

namespace batlab::tune {

namespace {

void refine(LayerSolution &solution, const Json &sites)
{
    for (const Site site : kLinearSites) {
        SiteSolution &s = solution.at(site);
        if (!calib::chosen(sites, site) || !s.activation.active())
            continue;
        if (s.activation.integer)
            throw Exception(calib::integerCodesError(site)); // checkModelFit tells it before a run
        std::vector<at::Tensor> stored;
        for (const Linear l : kLinears)
            if (inputSite(l) == site)
                stored.push_back(solution.of(l).values());
        const at::Tensor own = at::cat(stored);
        s.refinement =
            quant::codeRefinement(at::Tensor(), own, s.activation.blockSize(own.size(1)));
    }
}

} // namespace

FinishedStage refineTuned(const calib::Context &context, const VariantSpec &variant,
                          const FinishedStage &tuned, const std::string &layerBase,
                          const std::string &base)
{
    CheckpointStore &store = context.job.store();
    const Stage &stage = *variant.recipe.findStage("refine");
    const std::string own = base + "/refined-" + hashHex(stage.parameters.dump()).substr(0, 16);
    const std::size_t layers = tuned.parts.size();
    if (std::optional<FinishedStage> done = finishedStage(store, own, layers))
        return *std::move(done);
    StageRecord record = recordOf(tuned);
    std::vector<std::string> parts;
    OnlineCost cost;
    const auto start = std::chrono::steady_clock::now();
    const auto whole = static_cast<std::int64_t>(layers);
    calib::setStage(context, variant.id + ": refining activation codes", whole);
    for (std::size_t l = 0; l < layers; ++l) {
        context.job.checkpoint();
        context.job.setStep(l, layers);
        const auto index = static_cast<std::int64_t>(l);
        LayerSolution solution = keptLayer(store, tuned.parts[l]);
        refine(solution, stage.parameters.at("sites"));
        cost += onlineCost(solution, context.decoder->config());
        parts.push_back(store
                            .put(calib::layerKey(own, index, "solution"),
                                 solution.toPart({ Branch::text, static_cast<std::int32_t>(l) }))
                            .orThrow());
    }
    record.seconds +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return keepStage(context, variant, layerBase, own, parts, record, cost);
}

} // namespace batlab::tune
