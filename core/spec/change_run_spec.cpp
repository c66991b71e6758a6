// SPDX-License-Identifier: Apache-2.0
#include "core/spec/json_pointer.h"
#include "core/spec/parameter.h"
#include "core/spec/run_spec.h"
#include "core/spec/suggestion.h"
#include "core/spec/yaml.h"

#include <fmt/format.h>

namespace batlab {

namespace {

/// Of variants it is said which ones have the stage: "tune.steps" alone is how a recipe writes it.
Error noSuchSetting(const RunSpec &spec, std::string_view path, const std::string &where)
{
    const std::string shown(path.substr(0, 80));
    const std::string_view stage = path.substr(0, path.find('.'));
    if (findParameter(stageParameters(stage), path)) {
        std::string places;
        for (const VariantSpec &variant : spec.variants)
            if (variant.recipe.findStage(stage))
                places +=
                    fmt::format("{}variants.{}.{}", places.empty() ? "" : ", ", variant.id, shown);
        return { ErrorCode::usage, fmt::format("'{}' belongs to a variant, not to the run", shown),
                 where,
                 places.empty() ? fmt::format("No variant here has a stage {}.", stage)
                                : fmt::format("Write {}.", places) };
    }
    std::vector<std::string> allowed;
    for (const Parameter &p : runParameters())
        allowed.push_back(p.path);
    allowed.emplace_back("variants.<id>.<stage>.<name>");
    return { ErrorCode::usage, fmt::format("a run specification has no parameter '{}'", shown),
             where, allowedHint(path, allowed) };
}

} // namespace

RunSpec specFor(const RunSpec &spec, const VariantSpec &variant)
{
    if (variant.own.empty())
        return spec;
    RunSpec bare = spec;
    bare.variants = { variant };
    bare.variants.front().own = Json::object();
    Json json = bare.toJson();
    for (const auto &[path, value] : variant.own.items())
        if (!path.starts_with("settings.")) // effectiveSettings
            json[jsonPointer(path)] = value;
    RunSpec out = runSpecFromJson(json, PresetLibrary {}, "variant " + variant.id).orThrow();
    out.variants = spec.variants;
    return out;
}

std::vector<CalibrationSpec> calibrationTexts(const RunSpec &spec)
{
    std::vector<CalibrationSpec> out { spec.calibration };
    for (const VariantSpec &variant : spec.variants)
        out.push_back(specFor(spec, variant).calibration);
    return out;
}

Result<RunSpec> withSetting(const RunSpec &spec, std::string_view path, std::string_view value)
{
    const std::string where = fmt::format("--set {}={}", path, value);
    const auto located = [&](Error error) {
        error.where = where;
        return error;
    };
    const PresetLibrary none;
    if (!path.starts_with("variants.")) {
        const Parameter *row = findParameter(runParameters(), path);
        if (!row)
            return noSuchSetting(spec, path, where);
        Result<Json> parsed = parseValue(*row, value);
        if (!parsed)
            return located(parsed.error());
        Json json = spec.toJson();
        json[jsonPointer(row->path)] = *parsed;
        // The last word: the text that a preset's budget, or a variant, asked for gives way.
        if (row->path.starts_with("calibration."))
            for (Json &variant : json["variants"])
                if (const auto own = variant.find("own"); own != variant.end())
                    own->erase(row->path);
        return runSpecFromJson(json, none, where);
    }
    // Ids may hold dots: the variant whose id is the longest prefix.
    const std::string_view rest = path.substr(9);
    std::size_t best = spec.variants.size();
    for (std::size_t i = 0; i < spec.variants.size(); ++i) {
        const std::string &id = spec.variants[i].id;
        if (rest.starts_with(id) && rest.size() > id.size() && rest[id.size()] == '.'
            && (best == spec.variants.size() || id.size() > spec.variants[best].id.size()))
            best = i;
    }
    if (best == spec.variants.size()) {
        std::vector<std::string> ids;
        for (const VariantSpec &variant : spec.variants)
            ids.push_back(variant.id);
        const std::string_view id = rest.substr(0, rest.find('.'));
        return Error { ErrorCode::usage, fmt::format("there is no variant '{}'", id), where,
                       allowedHint(id, ids) };
    }
    RunSpec out = spec;
    const std::string_view inner = rest.substr(spec.variants[best].id.size() + 1);
    const std::string_view stage = inner.substr(0, inner.find('.'));
    Json parsed = std::string(value);
    if (const Parameter *row = findParameter(stageParameters(stage), inner)) {
        Result<Json> read = parseValue(*row, value);
        if (!read)
            return located(read.error());
        parsed = *std::move(read);
    } else if (inner == "mixedFrom") {
        Result<Json> read = yamlToJson(value, where);
        if (!read)
            return read.error();
        parsed = *std::move(read);
    }
    Result<Recipe> recipe = withOverride(spec.variants[best].recipe, inner, parsed);
    if (!recipe)
        return located(recipe.error());
    out.variants[best].recipe = *std::move(recipe);
    return runSpecFromJson(out.toJson(), none, where);
}

} // namespace batlab
