// SPDX-License-Identifier: Apache-2.0
#include "core/base/hash.h"
#include "core/engine/calib/calibrate.h"
#include "core/engine/calib/finished_layer.h"
#include "core/engine/calib/statistics.h"
#include "core/engine/calib/walker.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <fmt/format.h>

#include <algorithm>

namespace batlab::calib {

void referenceStatistics(const Context &context)
{
    const at::NoGradGuard guard;
    const nn::Decoder &decoder = *context.decoder;
    const AnalysisSpec &analysis = context.spec.analysis;
    const kernels::QuantSpec spec = statisticsSpec(
        quant::makeQuantizer(context.spec.protocol.activationFormat, context.spec.settings),
        context.spec.settings);
    const std::string base = fmt::format(
        "{}/reference-{}", context.keyPrefix,
        hashHex(Json { context.spec.protocol.activationFormat, context.spec.protocol.dtype,
                       context.spec.settings.scaleRule, context.spec.settings.ties,
                       analysis.histogramBins, analysis.sampleTokens }
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
            std::vector<SiteStatistics> statistics(4, SiteStatistics(spec, analysis.histogramBins));
            bool firstBatch = true;
            const auto plain = decoder.layer(l);
            const nn::CapturingOps capture(*plain, [&](Site site, const at::Tensor &x) {
                const at::Tensor in = x.scalar_type() == at::kBFloat16 ? x : x.to(at::kFloat);
                statistics[static_cast<std::size_t>(site)].add(in);
                if (firstBatch) {
                    const at::Tensor first = in.select(0, 0);
                    artifacts.emplace_back(tokenEnergy(
                        first.narrow(0, 0, std::min(analysis.sampleTokens, first.size(0)))
                            .contiguous(),
                        "reference", id, site, StatStage::before));
                }
                firstBatch = firstBatch && site != Site::t4;
            });
            walker.advance(walker.output(capture));
            for (const Site site : kLinearSites)
                artifacts.emplace_back(statistics[static_cast<std::size_t>(site)].finish(
                    "reference", id, site, StatStage::before));
            (void)context.job.store().put(key, artifactsPart(artifacts)).orThrow();
        }
        for (const Artifact &a : artifacts)
            context.job.publish(a);
    }
}

} // namespace batlab::calib
