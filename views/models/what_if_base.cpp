// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/what_if_base.h"

#include "core/base/hash.h"
#include "core/base/json_text.h"
#include "core/spec/parameter.h"
#include "views/models/parameter_form_model.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace batlab::views {

namespace {

constexpr std::size_t kMostId = 64;

QString tr(const char *text) { return QCoreApplication::translate("batlab::views", text); }

struct ProtocolField
{
    const char *path;
    std::string Protocol::*field;
};
constexpr std::array<ProtocolField, 4> kProtocolFields { {
    { "protocol.weightFormat", &Protocol::weightFormat },
    { "protocol.activationFormat", &Protocol::activationFormat },
    { "protocol.nvfp4Scale", &Protocol::nvfp4Scale },
    { "protocol.kvFormat", &Protocol::kvFormat },
} };

Error missing(const QString &what, const QString &hint)
{
    return { ErrorCode::notFound, ss(what), "what if", ss(hint) };
}

/// The newest run that froze this variant, with that variant alone.
std::optional<WhatIfBase> fromRun(const WorkbenchDocument &document, const QString &variant,
                                  const PresetLibrary &presets)
{
    const auto &runs = document.runs();
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        Result<RunSpec> spec = runSpecFromJson(run->spec, presets, ss(run->id));
        if (!spec)
            continue;
        const auto at = std::find_if(spec->variants.begin(), spec->variants.end(),
                                     [&](const VariantSpec &v) { return qs(v.id) == variant; });
        if (at == spec->variants.end())
            continue;
        spec->variants = std::vector<VariantSpec> { *at };
        return WhatIfBase { variant,        document.variantTitle(variant),
                            run->id,        *std::move(spec),
                            run->workspace, qs(textAt(run->where, "device")) };
    }
    return std::nullopt;
}

/// Model, protocol and calibration of the session: of its newest run, else of what it shows.
RunSpec sessionSpec(const WorkbenchDocument &document, const PresetLibrary &presets,
                    QString &workspace)
{
    const auto &runs = document.runs();
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        if (Result<RunSpec> spec = runSpecFromJson(run->spec, presets, ss(run->id))) {
            spec->variants.clear();
            workspace = run->workspace;
            return *std::move(spec);
        }
    }
    RunSpec out;
    if (const ModelSummary *model = document.artifacts().model())
        out.model = model->path;
    return out;
}

std::string commandText(const Json &value)
{
    if (!value.is_array())
        return ss(ParameterFormModel::displayText(value));
    std::string out;
    for (const Json &item : value)
        out += (out.empty() ? "" : ",") + ss(ParameterFormModel::displayText(item));
    return '[' + out + ']';
}

QString quoted(const std::string &text)
{
    const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char ch) {
        return std::isalnum(ch) != 0
            || std::string_view("-_./=:,+@").find(char(ch)) != std::string_view::npos;
    });
    return plain ? qs(text)
                 : QLatin1Char('\'') + qs(text).replace(QLatin1Char('\''), QStringLiteral("'\\''"))
            + QLatin1Char('\'');
}

} // namespace

QString WhatIfBase::key() const { return variant + QLatin1Char('/') + qs(spec.hash()); }

Result<WhatIfBase> baseOfVariant(const WorkbenchDocument &document, const QString &variant,
                                 const PresetLibrary &presets, const QString &workspace)
{
    if (std::optional<WhatIfBase> base = fromRun(document, variant, presets))
        return *std::move(base);
    const VariantInfo *info = document.artifacts().variant(ss(variant));
    if (!info || !info->recipe.is_object() || !info->recipe.contains("passes"))
        return missing(tr("%1 has no recipe to start from").arg(document.variantTitle(variant)),
                       tr("Choose a quantized variant or a preset."));
    WhatIfBase base { variant, document.variantTitle(variant), {}, {}, workspace };
    base.spec = sessionSpec(document, presets, base.workspace);
    Result<Recipe> recipe = recipeFromJson(info->recipe, info->id);
    if (!recipe)
        return recipe.error();
    VariantSpec one { info->id, *std::move(recipe), Json::object() };
    for (const char *key : { "scaleRule", "ties" }) {
        if (info->settings.is_object() && info->settings.contains(key))
            one.own[std::string("settings.") + key] = info->settings[key];
    }
    base.spec.variants = { std::move(one) };
    Json json = base.spec.toJson();
    if (info->protocol.is_object())
        json["protocol"].update(info->protocol);
    Result<RunSpec> checked = runSpecFromJson(json, presets, info->id);
    if (!checked)
        return checked.error();
    base.spec = *std::move(checked);
    return base;
}

Result<WhatIfBase> baseOfPreset(const WorkbenchDocument &document, const QString &preset,
                                const PresetLibrary &presets, const QString &workspace)
{
    Result<Recipe> recipe = presets.find(ss(preset));
    if (!recipe)
        return recipe.error();
    WhatIfBase base {
        preset, recipe->title.empty() ? preset : qs(recipe->title), {}, {}, workspace
    };
    base.spec = sessionSpec(document, presets, base.workspace);
    base.spec.variants = { { ss(preset), *std::move(recipe), Json::object() } };
    return base;
}

Json baseValue(const WhatIfBase &base, const std::string &path)
{
    const RunSpec &spec = base.spec;
    const VariantSpec &variant = spec.variants.front();
    for (const ProtocolField &f : kProtocolFields) {
        if (path == f.path)
            return spec.protocol.*f.field;
    }
    if (path == "settings.scaleRule")
        return effectiveSettings(spec, variant).scaleRule;
    if (path == "settings.ties")
        return effectiveSettings(spec, variant).ties;
    const std::size_t dot = path.find('.');
    const Stage *stage = variant.recipe.findStage(path.substr(0, dot));
    if (!stage || dot == std::string::npos)
        return {};
    const auto at = stage->parameters.find(path.substr(dot + 1));
    return at == stage->parameters.end() ? Json() : *at;
}

Result<RunSpec> withChanges(const WhatIfBase &base, const Json &changes,
                            const PresetLibrary &presets)
{
    if (changes.empty())
        return base.spec;
    RunSpec out = base.spec;
    VariantSpec &variant = out.variants.front();
    Json stages = Json::object();
    for (const auto &[path, value] : changes.items()) {
        const auto field =
            std::find_if(kProtocolFields.begin(), kProtocolFields.end(),
                         [&p = path](const ProtocolField &f) { return p == f.path; });
        if (field != kProtocolFields.end())
            out.protocol.*field->field = value.get<std::string>();
        else if (mayBeOwn(path))
            variant.own[path] = value;
        else
            stages[path] = value;
    }
    if (!stages.empty()) {
        Result<Recipe> recipe = withOverrides(variant.recipe, stages);
        if (!recipe)
            return recipe.error();
        variant.recipe = *std::move(recipe);
    }
    return runSpecFromJson(out.toJson(), presets, "what if");
}

std::string refusedChange(const WhatIfBase &base, const Json &changes)
{
    Json stages = Json::object();
    for (const auto &[path, value] : changes.items()) {
        if (!path.starts_with("protocol.") && !mayBeOwn(path))
            stages[path] = value;
    }
    const std::string at = refusedOverride(base.spec.variants.front().recipe, stages);
    return at.empty() ? at : at.substr(1);
}

Result<RunSpec> queuedSpec(const WhatIfBase &base, const Json &changes,
                           const PresetLibrary &presets)
{
    Result<RunSpec> spec = withChanges(base, changes, presets);
    if (!spec || changes.empty())
        return spec;
    VariantSpec &variant = spec->variants.front();
    std::string id = variant.id, title;
    for (const auto &[path, value] : changes.items()) {
        const std::string leaf = path.substr(path.rfind('.') + 1);
        std::string part = leaf + '-' + commandText(value);
        for (char &ch : part) {
            if (std::isalnum(static_cast<unsigned char>(ch)) == 0
                && std::string_view("-_+.=").find(ch) == std::string_view::npos)
                ch = '_';
        }
        id += '-' + part;
        title += (title.empty() ? "" : ", ") + leaf + ' ' + commandText(value);
    }
    if (id.size() > kMostId) {
        const std::string hash = '-' + hashHex(id).substr(0, 12);
        id = id.substr(0, kMostId - hash.size()) + hash;
    }
    variant.id = id;
    if (title.size() > 120)
        title = std::to_string(changes.size()) + " changes";
    variant.recipe.title = ss(base.title) + " (" + title + ')';
    return runSpecFromJson(spec->toJson(), presets, "what if");
}

std::vector<SpecDifference> changeRows(const WhatIfBase &base, const Json &changes)
{
    std::vector<SpecDifference> out;
    for (const auto &[path, value] : changes.items()) {
        const Json before = baseValue(base, path);
        out.push_back(
            { path, before.is_null() ? std::string() : commandText(before), commandText(value) });
    }
    return out;
}

QString whatIfCommand(const WhatIfBase &base, const Json &changes, const PresetLibrary &presets,
                      const QString &session)
{
    const Recipe &recipe = base.spec.variants.front().recipe;
    const Result<Recipe> preset = presets.find(recipe.id);
    const QString to = QStringLiteral(" --session ")
        + quoted(session.isEmpty() ? std::string("what-if.batlab.h5") : ss(session));
    if (!preset || preset->hash() != recipe.hash()) { // no name on the command line says it all
        const Result<RunSpec> spec = queuedSpec(base, changes, presets);
        return spec ? QStringLiteral("batlab-cli run /dev/stdin%1 <<'EOF'\n%2\nEOF")
                          .arg(to, qs(toYaml(*spec)))
                    : QString();
    }
    const QString variant = QStringLiteral("variants.%1.").arg(qs(recipe.id));
    QString out = QStringLiteral("batlab-cli compare %1 --presets %2 --contract %3 --seed %4")
                      .arg(quoted(base.spec.model), qs(recipe.id), qs(base.spec.contract))
                      .arg(base.spec.seed);
    const auto set = [&](const QString &path, const Json &value) {
        out += QStringLiteral(" --set ") + quoted(ss(path) + '=' + commandText(value));
    };
    const Json json = specFor(base.spec, base.spec.variants.front()).toJson();
    for (const Parameter &row : runParameters()) {
        if (row.path == "model" || row.path == "contract" || row.path == "seed"
            || row.path.starts_with("settings.") || changes.contains(row.path))
            continue;
        Json::json_pointer at(
            "/" + qs(row.path).replace(QLatin1Char('.'), QLatin1Char('/')).toStdString());
        if (json.contains(at) && json[at] != row.defaultValue)
            set(qs(row.path), json[at]);
    }
    const QString settings = base.spec.contract == "uniform" ? QString() : variant;
    for (const char *path : { "settings.scaleRule", "settings.ties" }) {
        const Json value = changes.contains(path) ? changes[path] : baseValue(base, path);
        const Json usual = base.spec.contract == "uniform"
            ? findParameter(runParameters(), path)->defaultValue
            : Json(std::string_view(path) == "settings.ties" ? recipe.settings.ties
                                                             : recipe.settings.scaleRule);
        if (value != usual)
            set(settings + QLatin1String(path), value);
    }
    for (const auto &[path, value] : changes.items()) {
        if (!path.starts_with("settings."))
            set((path.starts_with("protocol.") ? QString() : variant) + qs(path), value);
    }
    return out + to;
}

} // namespace batlab::views
