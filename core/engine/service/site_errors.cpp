// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/site_errors.h"

#include "core/base/hash.h"
#include "core/engine/calib/finished_layer.h"
#include "core/engine/eval/perplexity.h"
#include "core/engine/variant/one_site.h"
#include "core/stats/explain.h"

#include <fmt/format.h>

#include <algorithm>

namespace batlab {

namespace {

std::size_t windowCount(const RunSpec &spec, std::size_t windows)
{
    return std::min(windows, static_cast<std::size_t>(spec.analysis.siteWindows));
}

} // namespace

std::uint64_t siteErrorWork(const RunSpec &spec, std::size_t windows)
{
    return spec.analysis.errorBySite ? 4 * windowCount(spec, windows) : 0;
}

void siteErrors(calib::Context &context, const VariantSpec &variant,
                const std::vector<std::string> &layerParts, const eval::ProtocolText &text)
{
    JobContext &job = context.job;
    const auto &decoder = context.decoder;
    const std::string base = calib::calibrationKey(context, variant);
    std::vector<std::string> unrounded;
    for (std::int64_t l = 0; l < decoder->config().layers; ++l) {
        const auto part = job.store().get(calib::unroundedKey(base, l)).orThrow();
        if (!part)
            throw Exception({ ErrorCode::notFound,
                              fmt::format("layer {} was not kept as it was before rounding", l),
                              variant.id, "Remove the parts folder and run again." });
        unrounded.push_back(job.store().put(calib::unroundedKey(base, l), *part).orThrow());
    }
    const std::vector<std::vector<std::int32_t>> windows(
        text.windows.begin(),
        text.windows.begin()
            + static_cast<std::ptrdiff_t>(windowCount(context.spec, text.windows.size())));
    const auto reference = referenceVariant(decoder);
    std::vector<std::unique_ptr<Variant>> alone;
    eval::PerplexityInput input { *decoder,
                                  { reference.get(), "reference" },
                                  {},
                                  windows,
                                  text.task,
                                  context.spec.protocol.hash(),
                                  base + "/sites" };
    for (const Site site : kLinearSites) {
        const std::string of = fmt::format("{}, {} alone", variant.id, name(site));
        alone.push_back(oneSiteVariant(of, decoder, unrounded, layerParts, site, job.store()));
        Hasher content;
        content.update(name(site));
        for (const std::string &part : layerParts)
            content.update(part);
        for (const std::vector<std::int32_t> &window : windows)
            content.update(window.data(), window.size() * sizeof(window.front()));
        input.variants.push_back({ alone.back().get(), content.hex() });
    }
    input.progressDone = context.progressDone;
    input.progressTotal = context.progressTotal;
    input.referenceIsNew = false;
    input.textHash = text.textHash;
    input.publishes = false;
    std::vector<EvaluationResult> results = eval::evaluatePerplexity(input, job);
    std::string line;
    for (std::size_t i = 0; i < kLinearSites.size(); ++i) {
        EvaluationResult &r = results[i + 1]; // the reference comes first
        r.variant = variant.id;
        r.task = fmt::format("{}-{}", text.task, name(kLinearSites[i]));
        r.metric = kSiteMetric;
        r.value = r.kld;
        r.standardError = r.kldStandardError;
        line += fmt::format("{} {} {:.4f}", i == 0 ? "" : ",", name(kLinearSites[i]), r.kld);
        job.publish(Artifact(r));
    }
    job.log(LogLevel::info,
            fmt::format("{}: KLD with one site quantized alone:{} on {} windows", variant.id, line,
                        windows.size()));
    context.progressDone += siteErrorWork(context.spec, text.windows.size());
}

} // namespace batlab
