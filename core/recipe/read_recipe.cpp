// SPDX-License-Identifier: Apache-2.0
#include "core/recipe/recipe.h"

#include "core/spec/parameter.h"
#include "core/spec/suggestion.h"
#include "core/spec/yaml.h"

#include <fmt/format.h>

#include <algorithm>

namespace batlab {

namespace {

const std::vector<std::string> kFamilies { "none",           "diagonal",    "global-rotation",
                                           "block-rotation", "closed-form", "bat",
                                           "bat-plus" };

bool isId(const std::string &id)
{
    return !id.empty() && id.size() <= 64
        && id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_+") == std::string::npos;
}

class RecipeReader
{
public:
    explicit RecipeReader(const SourcePlaces &places) : m_places(places) { }

    Result<Recipe> read(const Json &value)
    {
        Recipe recipe;
        static const std::vector<std::string> keys { "id",          "title",    "family",
                                                     "description", "source",   "filled",
                                                     "budget",      "settings", "passes" };
        if (keysAre(value, keys, "")) {
            text(value, "id", "", recipe.id);
            text(value, "title", "", recipe.title);
            text(value, "family", "", recipe.family);
            text(value, "description", "", recipe.description);
            text(value, "source", "", recipe.source);
            text(value, "budget", "", recipe.budget);
            readSettings(value, recipe.settings);
            readPasses(value, recipe);
        }
        if (!m_error && !isId(recipe.id))
            fail("/id", "a recipe needs an id of lower-case letters, digits, '-', '_' or '+'", {});
        if (!m_error && recipe.family.empty())
            recipe.family = "none";
        if (!m_error
            && std::find(kFamilies.begin(), kFamilies.end(), recipe.family) == kFamilies.end())
            fail("/family", fmt::format("unknown family '{}'", recipe.family),
                 allowedHint(recipe.family, kFamilies));
        if (recipe.title.empty())
            recipe.title = recipe.id;
        if (m_error)
            return *m_error;
        if (Result<void> good = checkRecipe(recipe, m_places.at({})); !good)
            return good.error();
        const Stage *round = recipe.findStage("round");
        recipe.filled = round->parameters.at("kind") != "rtn";
        if (const auto it = value.find("filled"); it != value.end() && *it != Json(recipe.filled))
            return Error { ErrorCode::badInput,
                           fmt::format("filled is {} although the weights are rounded by {}",
                                       it->dump(), round->parameters.at("kind").get<std::string>()),
                           m_places.at("/filled"),
                           "Leave the key out: it follows from the round stage." };
        return recipe;
    }

private:
    void fail(const std::string &pointer, std::string what, std::string hint)
    {
        if (!m_error)
            m_error = Error { ErrorCode::badInput, std::move(what), m_places.at(pointer),
                              std::move(hint) };
    }
    bool keysAre(const Json &value, const std::vector<std::string> &allowed,
                 const std::string &pointer)
    {
        if (!value.is_object()) {
            fail(pointer,
                 fmt::format("expected a map of {}, found {}", allowedHint({}, allowed),
                             value.type_name()),
                 {});
            return false;
        }
        for (const auto &[key, unused] : value.items())
            if (std::find(allowed.begin(), allowed.end(), key) == allowed.end()) {
                fail(pointer + "/" + key, fmt::format("unknown key '{}'", key.substr(0, 60)),
                     allowedHint(key, allowed));
                return false;
            }
        return !m_error;
    }
    void text(const Json &value, const char *key, const std::string &pointer, std::string &out)
    {
        const auto it = value.find(key);
        if (it == value.end())
            return;
        if (!it->is_string())
            return fail(pointer + "/" + key,
                        fmt::format("expected a text, found {}", it->type_name()), {});
        out = it->get<std::string>();
        if (!isUtf8(out))
            fail(pointer + "/" + key, "the text is not valid UTF-8", {});
    }
    void readSettings(const Json &value, RecipeSettings &settings)
    {
        const auto it = value.find("settings");
        if (it == value.end() || !keysAre(*it, { "scaleRule", "ties" }, "/settings"))
            return;
        text(*it, "scaleRule", "/settings", settings.scaleRule);
        text(*it, "ties", "/settings", settings.ties);
    }
    void readPasses(const Json &value, Recipe &recipe)
    {
        const auto it = value.find("passes");
        if (m_error)
            return;
        if (it == value.end() || !it->is_array())
            return fail("/passes", "a recipe needs a list of passes",
                        "The least is one layer pass with a round stage.");
        if (it->size() > 16)
            return fail("/passes", "more than 16 passes", {});
        for (std::size_t i = 0; i < it->size(); ++i)
            recipe.passes.push_back(readPass((*it)[i], fmt::format("/passes/{}", i)));
    }
    Pass readPass(const Json &value, const std::string &pointer)
    {
        Pass pass;
        if (!keysAre(value, { "scope", "stream", "mixedFrom", "stages" }, pointer))
            return pass;
        text(value, "scope", pointer, pass.scope);
        if (pass.scope != "layer" && pass.scope != "model")
            fail(pointer + "/scope", fmt::format("unknown scope '{}'", pass.scope),
                 "Allowed: layer, model.");
        std::string streamName(name(pass.stream));
        text(value, "stream", pointer, streamName);
        if (const std::optional<Stream> stream = streamFromName(streamName))
            pass.stream = *stream;
        else
            fail(pointer + "/stream", fmt::format("unknown stream '{}'", streamName),
                 allowedHint(streamName, { "fp", "quantized", "mixed" }));
        if (const auto it = value.find("mixedFrom"); it != value.end()) {
            if (!it->is_number() || !(it->get<double>() >= 0 && it->get<double>() <= 1))
                fail(pointer + "/mixedFrom", "mixedFrom is a share of the epochs, 0 to 1", {});
            else
                pass.mixedFrom = it->get<double>();
        }
        const auto stages = value.find("stages");
        if (stages == value.end() || !stages->is_array()) {
            fail(pointer + "/stages", "a pass needs a list of stages", {});
            return pass;
        }
        for (std::size_t i = 0; i < stages->size() && !m_error; ++i)
            pass.stages.push_back(readStage((*stages)[i], fmt::format("{}/stages/{}", pointer, i)));
        return pass;
    }
    /// {"train": {"epochs": 3}}, or just "train".
    Stage readStage(const Json &value, const std::string &pointer)
    {
        Stage stage;
        Json given = Json::object();
        if (value.is_string()) {
            stage.kind = value.get<std::string>();
        } else if (value.is_object() && value.size() == 1) {
            stage.kind = value.begin().key();
            if (!value.begin().value().is_null())
                given = value.begin().value();
        } else {
            fail(pointer,
                 "a stage is written as one key with its parameters, such as round: {kind: gptq}",
                 {});
            return stage;
        }
        const std::vector<std::string> &kinds = stageKinds();
        if (std::find(kinds.begin(), kinds.end(), stage.kind) == kinds.end()) {
            fail(pointer + "/" + stage.kind,
                 fmt::format("unknown stage '{}'", stage.kind.substr(0, 60)),
                 allowedHint(stage.kind, kinds));
            return stage;
        }
        const std::vector<Parameter> &table = stageParameters(stage.kind);
        std::vector<std::string> names;
        for (const Parameter &row : table)
            names.push_back(row.path.substr(stage.kind.size() + 1));
        const std::string inner = value.is_object() ? pointer + "/" + stage.kind : pointer;
        if (!keysAre(given, names, inner))
            return stage;
        stage.parameters = Json::object();
        for (std::size_t i = 0; i < table.size(); ++i) {
            const auto it = given.find(names[i]);
            const Json &chosen = it == given.end() ? table[i].defaultValue : *it;
            if (Result<void> good =
                    checkValue(table[i], chosen, m_places.at(inner + "/" + names[i]));
                !good) {
                if (!m_error)
                    m_error = good.error();
                return stage;
            }
            stage.parameters[names[i]] = normalized(table[i], chosen);
        }
        return stage;
    }

    const SourcePlaces &m_places;
    std::optional<Error> m_error;
};

Error unknownPath(std::string_view path, const std::vector<std::string> &allowed)
{
    return { ErrorCode::usage,
             fmt::format("a recipe has no parameter '{}'", path.substr(0, 80)),
             {},
             allowedHint(path, allowed) };
}

std::vector<std::string> overridePaths()
{
    std::vector<std::string> out { "settings.scaleRule", "settings.ties", "stream", "mixedFrom" };
    for (const std::string &kind : stageKinds())
        for (const Parameter &row : stageParameters(kind))
            out.push_back(row.path);
    return out;
}

/// Writes one value into a recipe's JSON form; a stage the recipe lacks is inserted at its rank.
Result<void> applyOverride(Json &json, const std::string &path, const Json &value,
                           const std::string &where)
{
    const std::size_t dot = path.find('.');
    const std::string head = path.substr(0, dot);
    const std::string leaf = dot == std::string::npos ? std::string() : path.substr(dot + 1);
    if (path == "settings.scaleRule" || path == "settings.ties") {
        json["settings"][leaf] = value;
        return {};
    }
    Json &passes = json["passes"];
    const auto layerPass = std::find_if(passes.begin(), passes.end(),
                                        [](const Json &pass) { return pass["scope"] == "layer"; });
    if (path == "stream" || path == "mixedFrom") {
        (*layerPass)[head] = value;
        return {};
    }
    const Parameter *row = findParameter(stageParameters(head), path);
    if (!row)
        return unknownPath(path, overridePaths());
    if (Result<void> good = checkValue(*row, value, where); !good)
        return good.error();
    for (Json &pass : passes)
        for (Json &stage : pass["stages"])
            if (const auto it = stage.find(head); it != stage.end()) {
                (*it)[leaf] = value;
                return {};
            }
    if (isModelStage(head)) {
        passes.insert(head == "tune" ? passes.end() : passes.begin(),
                      Json { { "scope", "model" },
                             { "stages", Json::array({ { { head, { { leaf, value } } } } }) } });
        return {};
    }
    Json &stages = (*layerPass)["stages"];
    const auto rank = [](const std::string &kind) {
        return std::find(stageKinds().begin(), stageKinds().end(), kind) - stageKinds().begin();
    };
    auto place = stages.begin();
    while (place != stages.end() && rank(place->begin().key()) < rank(head))
        ++place;
    stages.insert(place, Json { { head, { { leaf, value } } } });
    return {};
}

} // namespace

Result<Recipe> recipeFromJson(const Json &value, const SourcePlaces &places)
{
    return RecipeReader(places).read(value);
}

Result<Recipe> recipeFromJson(const Json &value, std::string_view where)
{
    const SourcePlaces places { std::string(where) };
    return recipeFromJson(value, places);
}

Result<Recipe> withOverrides(const Recipe &recipe, const Json &changes)
{
    const std::string where = fmt::format("recipe {}", recipe.id);
    Json json = recipe.toJson();
    json.erase("filled"); // follows from the stages
    for (const auto &[path, value] : changes.items())
        if (Result<void> good = applyOverride(json, path, value, where); !good)
            return good.error();
    return recipeFromJson(json, where); // combinations are judged once all changes are in
}

std::string refusedOverride(const Recipe &recipe, const Json &changes)
{
    for (const auto &[path, value] : changes.items())
        if (!withOverride(recipe, path, value))
            return "/" + path;
    return {};
}

Result<Recipe> withOverride(const Recipe &recipe, std::string_view path, const Json &value)
{
    return withOverrides(recipe, Json { { std::string(path), value } });
}

} // namespace batlab
