// SPDX-License-Identifier: Apache-2.0
#include "core/spec/run_spec.h"

#include "core/base/hash.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <set>

namespace batlab {

Json Protocol::toJson() const
{
    return { { "weightFormat", weightFormat },
             { "activationFormat", activationFormat },
             { "nvfp4Scale", nvfp4Scale },
             { "kvFormat", kvFormat },
             { "dtype", dtype },
             { "text", text },
             { "windowLength", windowLength },
             { "windows", windows } };
}

std::string Protocol::hash() const { return hashHex(toJson().dump()); }

RecipeSettings effectiveSettings(const RunSpec &spec, const VariantSpec &variant)
{
    RecipeSettings out = spec.contract == "uniform" ? spec.settings : variant.recipe.settings;
    out.scaleRule = variant.own.value("settings.scaleRule", out.scaleRule);
    out.ties = variant.own.value("settings.ties", out.ties);
    return out;
}

bool mayBeOwn(std::string_view path)
{
    return path == "seed" || path.starts_with("settings.") || path.starts_with("calibration.");
}

std::vector<Protocol> evaluationProtocols(const RunSpec &spec)
{
    std::vector<Protocol> out { spec.protocol };
    for (const std::string &text : spec.alsoEvaluate) {
        out.push_back(spec.protocol);
        out.back().text = text;
    }
    return out;
}

LayerFormats layerFormats(const Protocol &protocol, const Recipe &recipe, std::int64_t layer)
{
    LayerFormats base =
        LayerFormats::uniform(protocol.weightFormat, protocol.activationFormat, protocol.kvFormat);
    const Stage *stage = recipe.findStage("precision");
    if (stage == nullptr)
        return base;
    return withOverrides(base, precisionFromJson(stage->parameters.at("overrides")).orThrow(),
                         layer);
}

Json RunSpec::toJson() const
{
    Json list = Json::array();
    for (const VariantSpec &variant : variants) {
        list.push_back({ { "id", variant.id }, { "recipe", variant.recipe.toJson() } });
        if (!variant.own.empty())
            list.back()["own"] = variant.own;
    }
    return { { "model", model },
             { "seed", seed },
             { "contract", contract },
             { "settings", { { "scaleRule", settings.scaleRule }, { "ties", settings.ties } } },
             { "protocol", protocol.toJson() },
             { "calibration",
               { { "source", calibration.source },
                 { "file", calibration.file },
                 { "fileShare", calibration.fileShare },
                 { "sequences", calibration.sequences },
                 { "length", calibration.length },
                 { "temperature", calibration.temperature },
                 { "topP", calibration.topP },
                 { "topK", calibration.topK } } },
             { "variants", std::move(list) },
             { "analysis",
               { { "enabled", analysis.enabled },
                 { "histogramBins", analysis.histogramBins },
                 { "sampleTokens", analysis.sampleTokens },
                 { "errorBySite", analysis.errorBySite },
                 { "siteWindows", analysis.siteWindows } } },
             { "evaluate", evaluate },
             { "alsoEvaluate", alsoEvaluate } };
}

std::string RunSpec::hash() const { return hashHex(toJson().dump()); }

namespace {

/// In the order of the form rather than by the alphabet; scalars that could be read as another type
/// are quoted.
void emit(YAML::Emitter &out, const Json &value)
{
    static const std::vector<std::string> first { "id",       "preset",   "title",
                                                  "model",    "seed",     "contract",
                                                  "settings", "protocol", "calibration" };
    static const std::vector<std::string> last { "passes",   "stages",   "variants",
                                                 "analysis", "evaluate", "alsoEvaluate" };
    const auto in = [](const std::vector<std::string> &list, const std::string &key) {
        return std::find(list.begin(), list.end(), key) != list.end();
    };
    if (value.is_object()) {
        out << YAML::BeginMap;
        const auto pair = [&](const std::string &key) {
            if (const auto it = value.find(key); it != value.end()) {
                out << YAML::Key << key << YAML::Value;
                emit(out, *it);
            }
        };
        for (const std::string &key : first)
            pair(key);
        for (const auto &[key, unused] : value.items())
            if (!in(first, key) && !in(last, key))
                pair(key);
        for (const std::string &key : last)
            pair(key);
        out << YAML::EndMap;
    } else if (value.is_array()) {
        const bool plain = std::none_of(value.begin(), value.end(),
                                        [](const Json &v) { return v.is_structured(); });
        if (plain)
            out << YAML::Flow;
        out << YAML::BeginSeq;
        for (const Json &item : value)
            emit(out, item);
        out << YAML::EndSeq;
    } else if (value.is_string()) {
        const auto &text = value.get_ref<const std::string &>();
        const Result<Json> reread = yamlToJson(text, {});
        if (!reread || *reread != value || text.find_first_of("\n#:,[]{}") != std::string::npos)
            out << YAML::DoubleQuoted;
        out << text;
    } else if (value.is_null()) {
        out << YAML::Null;
    } else {
        out << value.dump(); // numbers in their shortest exact form, true, false
    }
}

void flatten(const Json &value, const std::string &path,
             std::vector<std::pair<std::string, Json>> &out)
{
    if (value.is_object() && !value.empty()) {
        for (const auto &[key, item] : value.items())
            flatten(item, path.empty() ? key : path + "." + key, out);
    } else if (value.is_array() && !value.empty() && value[0].is_object()) {
        std::set<std::string> seen;
        for (std::size_t i = 0; i < value.size(); ++i) {
            const Json &item = value[i];
            std::string key = std::to_string(i);
            // Variants and stages are known by their names, so that inserting one is one difference
            // and not many.
            if (item.is_object() && item.contains("id") && item["id"].is_string())
                key = item["id"].get<std::string>();
            else if (item.is_object() && item.size() == 1)
                key = item.begin().key();
            if (!seen.insert(key).second)
                key += "#" + std::to_string(i);
            const bool stage = item.is_object() && item.size() == 1;
            flatten(stage ? item.begin().value() : item, path.empty() ? key : path + "." + key,
                    out);
        }
    } else {
        out.emplace_back(path, value);
    }
}

std::string shown(const Json &value)
{
    return value.is_string() ? value.get<std::string>()
                             : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace

std::string toYaml(const RunSpec &spec)
{
    YAML::Emitter out;
    out.SetIndent(2);
    emit(out, spec.toJson());
    return std::string(out.c_str()) + "\n";
}

std::vector<SpecDifference> diff(const Json &before, const Json &after)
{
    std::vector<std::pair<std::string, Json>> a, b;
    flatten(before, {}, a);
    flatten(after, {}, b);
    const auto lookUp = [](const std::vector<std::pair<std::string, Json>> &list) {
        std::map<std::string, const Json *> out;
        for (const auto &[path, value] : list)
            out.emplace(path, &value);
        return out;
    };
    const auto inA = lookUp(a), inB = lookUp(b);
    std::vector<SpecDifference> out;
    for (const auto &[path, value] : a) {
        const auto it = inB.find(path);
        if (it == inB.end())
            out.push_back({ path, shown(value), {} });
        else if (*it->second != value)
            out.push_back({ path, shown(value), shown(*it->second) });
    }
    for (const auto &[path, value] : b)
        if (inA.find(path) == inA.end())
            out.push_back({ path, {}, shown(value) });
    return out;
}

} // namespace batlab
