// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/remeasure.h"

#include "core/engine/calib/finished_layer.h"
#include "core/engine/calib/walker.h"
#include "core/engine/tune/finished_stage.h"
#include "core/engine/variant/on_device.h"

#include <fmt/format.h>

namespace batlab::tune {

namespace {

/// What folding did to a layer, as its pass kept it.
calib::FoldedBasis basisOf(const calib::Context &context, const std::string &layerBase,
                           std::size_t layer, const ResidualRotation &rotation)
{
    const auto kept =
        context.job.store()
            .get(calib::layerKey(layerBase, static_cast<std::int64_t>(layer), "basis"))
            .orThrow();
    calib::FoldedBasis out =
        kept ? calib::FoldedBasis::fromPart(*kept).orThrow() : calib::FoldedBasis();
    out.residual = rotation;
    return out;
}

} // namespace

std::vector<std::vector<Artifact>>
remeasure(const calib::Context &context, const VariantSpec &variant, const std::string &layerBase,
          const std::vector<std::string> &parts, const std::vector<LayerDone> &before)
{
    const nn::Decoder &decoder = *context.decoder;
    const RecipeSettings settings = effectiveSettings(context.spec, variant);
    calib::ReferenceWalker reference(context);
    calib::Walker tuned(context);
    ResidualRotation rotation; // of the stream between the first and the last layer
    std::vector<std::vector<Artifact>> out;
    for (std::size_t l = 0; l < parts.size(); ++l) {
        context.job.checkpoint();
        context.job.setStep(l, parts.size());
        const LayerId id { Branch::text, static_cast<std::int32_t>(l) };
        const LayerSolution solution = keptLayer(context.job.store(), parts[l]);
        const auto ops = solvedOps(solution, decoder);
        at::Tensor target = reference.output();
        if (solution.entry.defined())
            rotation = solution.entry;
        const calib::FoldedBasis basis = basisOf(context, layerBase, l, rotation);
        calib::SiteRecorder recorder(context.spec, settings, variant.id, id, solution, basis);
        const nn::CapturingAllOps capture(
            *ops, [&](Site site, const at::Tensor &x) { recorder.see(site, x); });
        at::Tensor output = tuned.run(capture);
        at::Tensor aim = target; // in the basis the variant's stream has here
        if (rotation.defined() && l + 1 < parts.size())
            aim = calib::mapStream(context, target, [&](const at::Tensor &batch) {
                context.job.checkpoint();
                return rotation.apply(batch);
            });
        const calib::OutputError error = calib::outputError(output, aim);
        std::vector<Artifact> artifacts;
        recorder.finish(artifacts);
        artifacts.emplace_back(LayerDone { variant.id, id, error.all, error.first,
                                           calib::largestCondition(solution), before[l].seconds,
                                           parts[l] });
        out.push_back(std::move(artifacts));
        reference.advance(std::move(target));
        tuned.advance(std::move(output));
    }
    return out;
}

} // namespace batlab::tune
