// SPDX-License-Identifier: Apache-2.0
#include "core/recipe/recipe.h"

#include "core/base/hash.h"
#include "core/recipe/refinement.h"
#include "core/spec/parameter.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace batlab {

namespace {
constexpr std::array<std::string_view, 3> kStreams { "fp", "quantized", "mixed" };

const Json &parameter(const Stage &stage, std::string_view name)
{
    const auto it = stage.parameters.find(std::string(name));
    assert(it != stage.parameters.end());
    return *it;
}
} // namespace

std::string_view name(Stream stream) { return kStreams[static_cast<std::size_t>(stream)]; }

std::optional<Stream> streamFromName(std::string_view text)
{
    for (std::size_t i = 0; i < kStreams.size(); ++i)
        if (kStreams[i] == text)
            return static_cast<Stream>(i);
    return std::nullopt;
}

double number(const Stage &stage, std::string_view name)
{
    return parameter(stage, name).get<double>();
}
std::int64_t integer(const Stage &stage, std::string_view name)
{
    return parameter(stage, name).get<std::int64_t>();
}
bool flag(const Stage &stage, std::string_view name) { return parameter(stage, name).get<bool>(); }
std::string text(const Stage &stage, std::string_view name)
{
    return parameter(stage, name).get<std::string>();
}

bool atSite(const Stage &stage, Site site)
{
    const Json &sites = parameter(stage, "sites");
    return std::any_of(sites.begin(), sites.end(), [&](const Json &s) { return s == name(site); });
}

Json Recipe::toJson() const
{
    Json list = Json::array();
    for (const Pass &pass : passes) {
        Json stages = Json::array();
        for (const Stage &stage : pass.stages)
            stages.push_back({ { stage.kind, stage.parameters } });
        list.push_back({ { "scope", pass.scope },
                         { "stream", name(pass.stream) },
                         { "mixedFrom", pass.mixedFrom },
                         { "stages", std::move(stages) } });
    }
    return { { "id", id },
             { "title", title },
             { "family", family },
             { "description", description },
             { "source", source },
             { "filled", filled },
             { "budget", budget },
             { "settings", { { "scaleRule", settings.scaleRule }, { "ties", settings.ties } } },
             { "passes", std::move(list) } };
}

std::string Recipe::hash() const
{
    Json canonical = toJson();
    for (const char *key : { "title", "description", "source" })
        canonical.erase(key);
    return hashHex(canonical.dump());
}

bool usesCalibration(const Recipe &recipe)
{
    for (const Pass &pass : recipe.passes) {
        for (const Stage &stage : pass.stages) {
            const bool fixed = stage.kind == "transform"
                ? text(stage, "kind") == "none" || text(stage, "kind") == "hadamard"
                : stage.kind == "round" && text(stage, "kind") == "rtn"
                    && (text(stage, "scaleSearch") == "none" || text(stage, "scaleSearch") == "mse")
                    && text(stage, "gain") == "none" && text(stage, "target") == "plain";
            if (pass.scope != "layer" || !fixed)
                return true;
        }
    }
    return false;
}

Recipe layerPassOf(const Recipe &recipe)
{
    Recipe out = recipe;
    std::erase_if(out.passes, [](const Pass &pass) { return pass.scope != "layer"; });
    if (refinesAfterTuning(recipe))
        for (Pass &pass : out.passes)
            std::erase_if(pass.stages, [](const Stage &stage) { return stage.kind == "refine"; });
    return out;
}

bool refinesAfterTuning(const Recipe &recipe)
{
    return recipe.findStage("refine") != nullptr && recipe.findStage("tune") != nullptr;
}

const Pass &layerPass(const Recipe &recipe)
{
    const auto it = std::find_if(recipe.passes.begin(), recipe.passes.end(),
                                 [](const Pass &pass) { return pass.scope == "layer"; });
    if (it == recipe.passes.end())
        throw Exception(
            { ErrorCode::badInput, "the recipe has no pass that walks the layers", recipe.id, {} });
    return *it;
}

const Stage *Recipe::findStage(std::string_view kind) const
{
    for (const Pass &pass : passes)
        for (const Stage &stage : pass.stages)
            if (stage.kind == kind)
                return &stage;
    return nullptr;
}

} // namespace batlab
