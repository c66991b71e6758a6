// SPDX-License-Identifier: Apache-2.0
#include "core/base/hash.h"
#include "core/engine/calib/calibrate.h"
#include "core/engine/calib/finished_layer.h"
#include "core/engine/calib/statistics.h"
#include "core/engine/calib/walker.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <fmt/format.h>

namespace batlab::calib {

void referenceStatistics(const Context &context)
{
    const at::NoGradGuard guard;
    const nn::Decoder &decoder = *context.decoder;
    const AnalysisSpec &analysis = context.spec.analysis;
    const std::string base =
        fmt::format("{}/reference-{}", context.keyPrefix,
                    hashHex(Json { context.spec.protocol.activationFormat,
                                   context.spec.protocol.dtype, context.spec.protocol.kvFormat,
                                   context.spec.settings.scaleRule, context.spec.settings.ties,
                                   analysis.histogramBins, analysis.sampleTokens, kSites.size() }
                                .dump())
                        .substr(0, 16));
    const std::int64_t layers = decoder.config().layers;
    ReferenceWalker walker(context);
    for (std::int64_t l = 0; l < layers; ++l) {
        context.job.checkpoint();
        setStage(context, fmt::format("full precision: layer {} of {}", l + 1, layers), l);
        const LayerId id { Branch::text, static_cast<std::int32_t>(l) };
        std::vector<Artifact> artifacts;
        const std::string key = layerKey(base, l, "artifacts");
        if (const auto saved = context.job.store().get(key).orThrow()) {
            artifacts = artifactsOf(*saved);
        } else {
            while (walker.layer() < l)
                walker.advance(walker.output());
            LayerStatistics statistics(analysis, "reference", id, StatStage::before);
            const auto plain = decoder.layer(l);
            const nn::CapturingAllOps capture(*plain, [&](Site site, const at::Tensor &x) {
                const RecipeSettings &settings = context.spec.settings;
                statistics.add(site, x,
                               statisticsSpec(siteQuantizer(context.spec.protocol, site, settings),
                                              settings, x));
            });
            walker.advance(walker.output(capture));
            statistics.finish(artifacts);
            (void)context.job.store().put(key, artifactsPart(artifacts)).orThrow();
        }
        for (const Artifact &a : artifacts)
            context.job.publish(a);
    }
}

} // namespace batlab::calib
