// SPDX-License-Identifier: Apache-2.0
#include "core/spec/sweep.h"

#include "core/base/hash.h"
#include "core/spec/embedded.h"
#include "core/spec/parameter.h"
#include "core/spec/suggestion.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace batlab {

namespace {

constexpr std::size_t kMostId = 64;
constexpr std::size_t kMostCells = 512;

std::vector<std::string> split(std::string_view text, char separator)
{
    std::vector<std::string> out;
    for (;;) {
        const std::size_t end = text.find(separator);
        out.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return out;
        text.remove_prefix(end + 1);
    }
}

/// Rows of paths a recipe has beside its stages.
const Parameter *passParameter(std::string_view path)
{
    static const Parameter stream = [] {
        Parameter p;
        p.path = "stream";
        p.type = ParameterType::choice;
        p.choices = { "fp", "quantized", "mixed" };
        return p;
    }();
    static const Parameter mixedFrom = [] {
        Parameter p;
        p.path = "mixedFrom";
        p.type = ParameterType::real;
        p.minimum = 0;
        p.maximum = 1;
        return p;
    }();
    return path == "stream" ? &stream : path == "mixedFrom" ? &mixedFrom : nullptr;
}

const Parameter *rowOf(std::string_view path)
{
    if (mayBeOwn(path))
        return findParameter(runParameters(), path);
    if (const Parameter *row = passParameter(path))
        return row;
    return findParameter(stageParameters(path.substr(0, path.find('.'))), path);
}

std::vector<std::string> sweepablePaths()
{
    std::vector<std::string> out { "stream", "mixedFrom" };
    for (const std::string &kind : stageKinds())
        for (const Parameter &row : stageParameters(kind))
            out.push_back(row.path);
    for (const Parameter &row : runParameters())
        if (mayBeOwn(row.path))
            out.push_back(row.path);
    return out;
}

Error notSwept(const std::string &path)
{
    if (findParameter(runParameters(), path) == nullptr)
        return { ErrorCode::usage,
                 fmt::format("there is no parameter '{}' to sweep over", path.substr(0, 80)),
                 "sweep", allowedHint(path, sweepablePaths()) };
    const bool format = path.starts_with("protocol.") && path.ends_with("Format");
    return { ErrorCode::usage,
             fmt::format("'{}' is one for all rows of a table, or they could not be compared",
                         path),
             "sweep",
             format ? "Sweep over precision.overrides, or make a table for each: --set."
                    : "Make a table for each value: --set." };
}

SweepValue sweepValue(const std::vector<const Parameter *> &rows, const std::string &text)
{
    SweepValue out;
    out.text = text;
    const std::vector<std::string> parts =
        rows.size() == 1 ? std::vector { text } : split(text, ':');
    if (parts.size() != rows.size()) {
        out.reason =
            fmt::format("'{}' has {} values for {} parameters", text, parts.size(), rows.size());
        return out;
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        std::string part = parts[i];
        if (rows[i]->type == ParameterType::textList)
            std::replace(part.begin(), part.end(), '+', ',');
        const Result<Json> value = parseValue(*rows[i], part);
        if (!value) {
            out.reason = value.error().message();
            return out;
        }
        out.changes[rows[i]->path] = *value;
    }
    return out;
}

/// Letters an id may have; ':' between values reads as 'x'.
std::string idPart(std::string text)
{
    for (char &ch : text) {
        if (ch == ':')
            ch = 'x';
        const bool good = (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z')
            || (ch >= 'A' && ch <= 'Z') || std::string_view("-_+.=").find(ch) != std::string::npos;
        if (!good)
            ch = '_';
    }
    return text;
}

/// "transform.g1:transform.g2" -> "g1:g2".
std::string leaves(const std::string &path)
{
    std::string out;
    for (const std::string &one : split(path, ':'))
        out += (out.empty() ? "" : ":") + one.substr(one.rfind('.') + 1);
    return out;
}

} // namespace

std::string_view name(SweepMode mode) { return mode == SweepMode::grid ? "grid" : "one-at-a-time"; }

std::optional<SweepMode> sweepModeFromName(std::string_view text)
{
    for (const SweepMode mode : { SweepMode::grid, SweepMode::oneAtATime })
        if (name(mode) == text)
            return mode;
    return std::nullopt;
}

Result<SweepAxis> sweepAxis(std::string_view text)
{
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size())
        return Error { ErrorCode::usage, fmt::format("'{}' is not path=a,b,c", text.substr(0, 80)),
                       "sweep", "For example round.damp=0.003,0.01,0.03." };
    SweepAxis axis;
    axis.path = text.substr(0, equals);
    std::vector<const Parameter *> rows;
    for (const std::string &path : split(axis.path, ':')) {
        rows.push_back(rowOf(path));
        if (!rows.back())
            return notSwept(path);
    }
    for (const std::string &value : split(text.substr(equals + 1), ','))
        axis.values.push_back(sweepValue(rows, value));
    const auto bad = [](const SweepValue &v) { return !v.reason.empty(); };
    if (std::all_of(axis.values.begin(), axis.values.end(), bad))
        return Error { ErrorCode::usage, axis.values.front().reason, std::string(text), {} };
    std::set<std::string> seen;
    for (const SweepValue &v : axis.values)
        if (!seen.insert(v.text).second)
            return Error { ErrorCode::usage,
                           fmt::format("the value '{}' comes twice", v.text),
                           std::string(text),
                           {} };
    return axis;
}

std::vector<SweepCell> sweepCells(const std::vector<SweepAxis> &axes, SweepMode mode)
{
    std::vector<SweepCell> out { SweepCell(axes.size()) };
    if (mode == SweepMode::oneAtATime) {
        for (std::size_t a = 0; a < axes.size(); ++a)
            for (std::size_t v = 0; v < axes[a].values.size(); ++v) {
                out.emplace_back(axes.size());
                out.back()[a] = v;
            }
        return out;
    }
    for (std::size_t a = 0; a < axes.size(); ++a) {
        std::vector<SweepCell> more;
        for (const SweepCell &cell : out)
            for (std::size_t v = 0; v < axes[a].values.size(); ++v) {
                more.push_back(cell);
                more.back()[a] = v;
            }
        out = std::move(more);
    }
    return out;
}

Result<VariantSpec> sweptVariant(const VariantSpec &base, const std::vector<SweepAxis> &axes,
                                 const SweepCell &cell)
{
    VariantSpec out = base;
    Json changes = Json::object();
    std::string id, title;
    for (std::size_t a = 0; a < axes.size(); ++a) {
        if (!cell[a])
            continue;
        const SweepValue &value = axes[a].values[*cell[a]];
        if (!value.reason.empty())
            return Error { ErrorCode::badInput, value.reason, axes[a].path, {} };
        for (const auto &[path, v] : value.changes.items())
            (mayBeOwn(path) ? out.own : changes)[path] = v;
        const std::string leaf = leaves(axes[a].path);
        id += "-" + idPart(leaf) + "-" + idPart(value.text);
        title += fmt::format("{}{} {}", title.empty() ? "" : ", ", leaf, value.text);
    }
    if (title.empty())
        return out;
    if (!changes.empty()) {
        Result<Recipe> recipe = withOverrides(base.recipe, changes);
        if (!recipe)
            return recipe.error();
        out.recipe = *std::move(recipe);
    }
    out.recipe.title = fmt::format("{} ({})", base.recipe.title, title);
    out.id = base.id + id;
    if (out.id.size() > kMostId) {
        const std::string hash = "-" + hashHex(out.id).substr(0, 12);
        out.id = out.id.substr(0, kMostId - hash.size()) + hash;
    }
    return out;
}

Json toJson(const std::vector<SweepAxis> &axes)
{
    Json out = Json::array();
    for (const SweepAxis &axis : axes) {
        Json values = Json::array();
        for (const SweepValue &v : axis.values)
            values.push_back(v.changes.size() == 1 ? v.changes.begin().value() : Json(v.text));
        out.push_back({ { "path", axis.path }, { "values", std::move(values) } });
    }
    return out;
}

Json placeJson(const SweepCell &cell)
{
    Json out = Json::array();
    for (const std::optional<std::size_t> &at : cell)
        out.push_back(at ? Json(*at) : Json(nullptr));
    return out;
}

Result<SweepFamily> sweepFamilyFromYaml(std::string_view text, std::string_view where)
{
    Result<Json> json = yamlToJson(text, where);
    if (!json)
        return json.error();
    const auto bad = [&](std::string what, std::string hint = {}) {
        return Error { ErrorCode::badInput, std::move(what), std::string(where), std::move(hint) };
    };
    const std::vector<std::string> keys { "title", "description", "base",    "set",
                                          "mode",  "sweeps",      "presets", "protocol" };
    if (!json->is_object())
        return bad("a family of sweeps is a map with base and sweeps");
    for (const auto &[key, unused] : json->items())
        if (std::find(keys.begin(), keys.end(), key) == keys.end())
            return bad(fmt::format("unknown key '{}'", key.substr(0, 60)), allowedHint(key, keys));
    SweepFamily out;
    for (const auto &[key, slot] :
         { std::pair { "title", &out.title }, std::pair { "description", &out.description },
           std::pair { "base", &out.base } }) {
        const auto it = json->find(key);
        if (it != json->end() && !it->is_string())
            return bad(fmt::format("{} is a text", key));
        if (it != json->end())
            *slot = it->get<std::string>();
    }
    if (out.base.empty())
        return bad("a family of sweeps needs a base preset", "Such as base: bat.");
    if (const auto it = json->find("set"); it != json->end()) {
        if (!it->is_object())
            return bad("set is a map such as {train.epochs: 1}");
        out.set = *it;
    }
    if (const auto it = json->find("protocol"); it != json->end()) {
        if (!it->is_object())
            return bad("protocol is a map such as {weightFormat: int4-sym}");
        out.protocol = *it;
    }
    if (const auto it = json->find("mode"); it != json->end()) {
        const auto mode =
            it->is_string() ? sweepModeFromName(it->get<std::string>()) : std::nullopt;
        if (!mode)
            return bad("unknown mode " + it->dump(), "Allowed: grid, one-at-a-time.");
        out.mode = *mode;
    }
    const auto texts = [&](const char *key) -> Result<std::vector<std::string>> {
        const auto it = json->find(key);
        if (it == json->end())
            return std::vector<std::string> {};
        if (!it->is_array()
            || !std::all_of(it->begin(), it->end(), [](const Json &v) { return v.is_string(); }))
            return bad(fmt::format("{} is a list of texts", key));
        return it->get<std::vector<std::string>>();
    };
    const Result<std::vector<std::string>> presets = texts("presets"), sweeps = texts("sweeps");
    if (!presets)
        return presets.error();
    if (!sweeps)
        return sweeps.error();
    out.presets = *presets;
    for (const std::string &sweep : *sweeps) {
        Result<SweepAxis> axis = sweepAxis(sweep);
        if (!axis)
            return bad(axis.error().message());
        out.axes.push_back(*std::move(axis));
    }
    if (out.axes.empty())
        return bad("a family of sweeps needs sweeps", "Such as sweeps: ['round.damp=0.01,0.1'].");
    std::size_t cells = 1;
    for (const SweepAxis &axis : out.axes)
        cells = out.mode == SweepMode::grid ? std::min(cells * axis.values.size(), kMostCells + 1)
                                            : cells + axis.values.size();
    if (cells > kMostCells)
        return bad(fmt::format("more than {} combinations", kMostCells), "Split the family.");
    return out;
}

Result<SweepFamily> loadSweepFamily(const std::string &nameOrFile)
{
    if (const std::string_view text = embeddedText("sweeps/" + nameOrFile + ".yaml"); !text.empty())
        return sweepFamilyFromYaml(text, nameOrFile);
    std::ifstream in(nameOrFile, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    if (!in || std::filesystem::is_directory(nameOrFile))
        return Error { ErrorCode::notFound, "cannot read the family of sweeps", nameOrFile,
                       "Name a YAML file, or a shipped one such as ablation-bat." };
    return sweepFamilyFromYaml(content.str(), nameOrFile);
}

} // namespace batlab
