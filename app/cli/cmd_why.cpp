// SPDX-License-Identifier: Apache-2.0
#include "app/cli/common.h"
#include "core/stats/explain.h"
#include "sessions/session.h"

#include <fmt/format.h>

namespace batlab::cli {

namespace {

struct Options
{
    std::string session, variant, baseline, layer, site;
};

void why(const Common &common, const Options &options)
{
    const Session session = load(options.session).orThrow();
    const auto known = [&](const std::string &id) {
        if (!session.layers(id).empty())
            return;
        std::string ids;
        for (const std::string &each : session.variantIds())
            if (!session.layers(each).empty())
                ids += (ids.empty() ? "" : ", ") + each;
        throw Exception({ ErrorCode::notFound, "the session has no layers of '" + id + "'",
                          options.session, ids.empty() ? "" : "It has: " + ids + "." });
    };
    known(options.variant);
    if (!options.baseline.empty())
        known(options.baseline);
    std::vector<ArtifactPtr> artifacts;
    for (const auto &[key, artifact] : session.artifacts)
        artifacts.push_back(artifact);
    const Explanation explanation = explain(artifacts, options.variant, options.baseline);
    Json document = toJson(explanation);
    printLine(common, render(explanation));

    if (options.layer.empty() != options.site.empty())
        throw Exception({ ErrorCode::usage, "an energy flow has a layer and a site",
                          "--layer, --site", "For example --layer 3 --site T4." });
    if (!options.layer.empty()) {
        const auto layer = layerFromString(
            options.layer.find('.') == std::string::npos ? "text." + options.layer : options.layer);
        const auto site = siteFromName(options.site);
        const SiteFlow *flow =
            layer && site ? session.siteFlow(options.variant, *layer, *site) : nullptr;
        if (!flow)
            throw Exception({ ErrorCode::notFound,
                              fmt::format("the session has no energy flow of {} at layer {}, {}",
                                          options.variant, options.layer, options.site),
                              options.session,
                              "Sites are T1 to T4; it takes a run with analysis.enabled, by a "
                              "version that measures it." });
        printLine(common, render(*flow));
        document["energy_flow"] = { { "layer", toString(flow->layer) },
                                    { "site", name(flow->site) },
                                    { "groups", flow->groups },
                                    { "blocks_per_group", flow->blocksPerGroup },
                                    { "share", flow->energyFlow } };
    }
    printJson(common, document);
}

} // namespace

void addWhy(CLI::App &session, Common &common)
{
    auto options = std::make_shared<Options>();
    CLI::App *verb = session.add_subcommand(
        "why", "What a variant did to the numbers of each site, and where it goes wrong first");
    verb->add_option("SESSION", options->session, "Session file (NAME.batlab.h5)")->required();
    verb->add_option("--variant", options->variant, "Variant to look at")->required();
    verb->add_option("--baseline", options->baseline, "Variant its layer errors are compared with");
    verb->add_option("--layer", options->layer, "Print the energy flow of this layer ...");
    verb->add_option("--site", options->site, "... at this site: T1, T2, T3, T4");
    verb->callback([&common, options] { why(common, *options); });
}

} // namespace batlab::cli
