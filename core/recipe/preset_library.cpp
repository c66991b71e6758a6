// SPDX-License-Identifier: Apache-2.0
#include "core/recipe/recipe.h"

#include "core/spec/embedded.h"
#include "core/spec/parameter.h"
#include "core/spec/suggestion.h"
#include "core/spec/yaml.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace batlab {

namespace {
Error badPreset(const SourcePlaces &places, const std::string &pointer, std::string what)
{
    return { ErrorCode::badInput, std::move(what), places.at(pointer), {} };
}

constexpr std::string_view kTextPrefix = "calibration.";

constexpr std::string_view kSettingsPrefix = "settings.";

/// The value of a run's parameter whose path has the prefix, checked.
Result<Json> runValue(std::string_view prefix, std::string_view path, const Json &value,
                      const SourcePlaces &places, const std::string &pointer)
{
    const Parameter *row =
        path.starts_with(prefix) ? findParameter(runParameters(), path) : nullptr;
    if (row == nullptr) {
        std::vector<std::string> allowed;
        for (const Parameter &p : runParameters())
            if (p.path.starts_with(prefix))
                allowed.push_back(p.path);
        Error error =
            badPreset(places, pointer, fmt::format("there is no '{}' here", path.substr(0, 60)));
        error.hint = allowedHint(path, allowed);
        return error;
    }
    if (Result<void> good = checkValue(*row, value, places.at(pointer)); !good)
        return good.error();
    return normalized(*row, value);
}

/// Moves what budgets say of the calibration text, {budget: {path: value}}, out of them.
Result<Json> takenText(Json &budgets, const SourcePlaces &places)
{
    Json out = Json::object();
    for (auto &[budget, overrides] : budgets.items()) {
        Json rest = Json::object();
        for (const auto &[path, value] : overrides.items()) {
            if (!path.starts_with(kTextPrefix)) {
                rest[path] = value;
                continue;
            }
            Result<Json> read = runValue(kTextPrefix, path, value, places,
                                         fmt::format("/budgets/{}/{}", budget, path));
            if (!read)
                return read;
            out[budget][path] = *std::move(read);
        }
        overrides = std::move(rest);
    }
    return out;
}
} // namespace

Result<void> PresetLibrary::add(std::string_view yaml, std::string_view where)
{
    Result<YamlDocument> document = readYaml(yaml, where);
    if (!document)
        return document.error();
    Entry entry;
    entry.places = std::make_shared<const SourcePlaces>(std::move(document->places));
    entry.source = std::move(document->value);
    entry.budgets = Json::object();
    if (!entry.source.is_object())
        return badPreset(*entry.places, {}, "a preset is a map with id, passes and more");
    if (const auto it = entry.source.find("budgets"); it != entry.source.end()) {
        if (!it->is_object()
            || !std::all_of(it->begin(), it->end(), [](const Json &b) { return b.is_object(); }))
            return badPreset(*entry.places, "/budgets",
                             "budgets is a map of maps, such as paper: {train.epochs: 5}");
        entry.budgets = *it;
        entry.source.erase("budgets");
        Result<Json> texts = takenText(entry.budgets, *entry.places);
        if (!texts)
            return texts.error();
        entry.texts = *std::move(texts);
    }
    if (const auto it = entry.source.find("own"); it != entry.source.end()) {
        if (!it->is_object())
            return badPreset(*entry.places, "/own",
                             "own is a map, such as {settings.scaleRule: floor}");
        for (const auto &[path, value] : it->items()) {
            Result<Json> read =
                runValue(kSettingsPrefix, path, value, *entry.places, "/own/" + path);
            if (!read)
                return read.error();
            entry.own[path] = *std::move(read);
        }
        entry.source.erase("own");
    }
    if (const auto it = entry.source.find("order"); it != entry.source.end()) {
        if (!it->is_number_integer())
            return badPreset(*entry.places, "/order", "order is a whole number");
        entry.order = it->get<std::int64_t>();
        entry.source.erase("order");
    }
    if (const auto it = entry.source.find("aliases"); it != entry.source.end()) {
        if (!it->is_array()
            || !std::all_of(it->begin(), it->end(), [](const Json &a) { return a.is_string(); }))
            return badPreset(*entry.places, "/aliases", "aliases is a list of names");
        entry.aliases = it->get<std::vector<std::string>>();
        entry.source.erase("aliases");
    }
    Result<Recipe> recipe = recipeFromJson(entry.source, *entry.places);
    if (!recipe)
        return recipe.error();
    entry.id = recipe->id;
    if (this->entry(entry.id))
        return badPreset(*entry.places, "/id",
                         fmt::format("there is already a preset '{}'", entry.id));
    const std::string id = entry.id;
    const auto at = std::upper_bound(m_entries.begin(), m_entries.end(), entry,
                                     [](const Entry &a, const Entry &b) {
                                         return std::tie(a.order, a.id) < std::tie(b.order, b.id);
                                     });
    const auto inserted = m_entries.insert(at, std::move(entry));
    // Every budget must give a valid recipe, or the mistake would show only when someone picks it.
    const Json budgetNames = inserted->budgets;
    for (const auto &[budget, unused] : budgetNames.items())
        if (Result<Recipe> good = find(id, budget); !good) {
            m_entries.erase(std::find_if(m_entries.begin(), m_entries.end(),
                                         [&](const Entry &e) { return e.id == id; }));
            return good.error();
        }
    return {};
}

Result<PresetLibrary> PresetLibrary::builtIn()
{
    PresetLibrary library;
    for (const EmbeddedFile &file : embeddedFiles("presets"))
        if (Result<void> added = library.add(file.text, file.name); !added)
            return added.error();
    return library;
}

std::filesystem::path PresetLibrary::userFolder()
{
    std::filesystem::path folder;
    if (const char *settings = std::getenv("XDG_CONFIG_HOME"); settings && *settings)
        folder = settings;
    else if (const char *home = std::getenv("HOME"); home && *home)
        folder = std::filesystem::path(home) / ".config";
    return folder.empty() ? folder : folder / "batlab" / "presets";
}

Result<PresetLibrary> PresetLibrary::installed()
{
    Result<PresetLibrary> library = builtIn();
    std::error_code error;
    if (library && std::filesystem::is_directory(userFolder(), error))
        if (Result<void> added = library->addFolder(userFolder()); !added)
            return added.error();
    return library;
}

Result<void> PresetLibrary::addFolder(const std::filesystem::path &folder)
{
    std::error_code error;
    std::vector<std::filesystem::path> files;
    for (const auto &item : std::filesystem::directory_iterator(folder, error))
        if (item.path().extension() == ".yaml" || item.path().extension() == ".yml")
            files.push_back(item.path());
    if (error)
        return Error { ErrorCode::notFound,
                       "cannot read the folder of presets: " + error.message(),
                       folder.string(),
                       {} };
    std::sort(files.begin(), files.end());
    for (const auto &file : files) {
        std::ifstream in(file, std::ios::binary);
        std::ostringstream content;
        content << in.rdbuf();
        if (!in)
            return Error { ErrorCode::notFound, "cannot read the preset", file.string(),
                           "Check its permissions." };
        if (Result<void> added = add(content.str(), file.string()); !added)
            return added;
    }
    return {};
}

const PresetLibrary::Entry *PresetLibrary::entry(std::string_view id) const
{
    for (const Entry &e : m_entries)
        if (e.id == id || std::find(e.aliases.begin(), e.aliases.end(), id) != e.aliases.end())
            return &e;
    return nullptr;
}

Result<Recipe> PresetLibrary::find(std::string_view id, std::string_view budget) const
{
    const Entry *found = entry(id);
    if (!found)
        return Error {
            ErrorCode::usage, fmt::format("unknown preset '{}'", id), {}, allowedHint(id, ids())
        };
    Result<Recipe> recipe = recipeFromJson(found->source, *found->places);
    if (!recipe)
        return recipe;
    const auto overrides = found->budgets.find(std::string(budget));
    if (overrides == found->budgets.end()) {
        if (budget != "desk" && budget != "paper")
            return Error { ErrorCode::usage,
                           fmt::format("preset '{}' has no budget '{}'", id, budget),
                           {},
                           allowedHint(budget, budgets(id)) };
    } else {
        Result<Recipe> changed = withOverrides(*recipe, *overrides);
        if (!changed) {
            Error error = changed.error();
            error.where = found->places->at(
                fmt::format("/budgets/{}{}", budget, refusedOverride(*recipe, *overrides)));
            return error;
        }
        recipe = std::move(changed);
    }
    recipe->budget = budget;
    return recipe;
}

Json PresetLibrary::calibrationText(std::string_view id, std::string_view budget) const
{
    const Entry *found = entry(id);
    return found == nullptr ? Json::object()
                            : found->texts.value(std::string(budget), Json::object());
}

Json PresetLibrary::own(std::string_view id) const
{
    const Entry *found = entry(id);
    return found == nullptr ? Json::object() : found->own;
}

std::vector<std::string> PresetLibrary::budgets(std::string_view id) const
{
    std::vector<std::string> out { "desk", "paper" };
    if (const Entry *found = entry(id))
        for (const auto &[budget, unused] : found->budgets.items())
            if (budget != "desk" && budget != "paper")
                out.push_back(budget);
    return out;
}

std::vector<std::string> PresetLibrary::ids() const
{
    std::vector<std::string> out;
    for (const Entry &e : m_entries)
        out.push_back(e.id);
    return out;
}

} // namespace batlab
