// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/variant_facts.h"

#include "views/models/core_text.h"
#include "views/models/delta_text.h"
#include "views/models/parameter_form_model.h"
#include "views/models/parameter_text.h"
#include "views/models/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace batlab::views {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("batlab::views", text); }

QString valueText(const Json &value)
{
    if (value.is_string())
        return qs(value.get<std::string>());
    if (value.is_number_float())
        return significant(value.get<double>(), 4);
    if (value.is_boolean())
        return value.get<bool>() ? tr("yes") : tr("no");
    if (value.is_array()) {
        QStringList parts;
        for (const Json &item : value)
            parts << valueText(item);
        return parts.join(QStringLiteral(", "));
    }
    return qs(value.dump());
}

QString textOf(const Json &object, const char *key)
{
    const auto at = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && at != object.end() ? valueText(*at) : QString();
}

/// "gpk, g1 8, g2 4, init closed-form": the kind first, then the rest in order.
QString stageText(const Json &stage)
{
    QStringList parts;
    if (const QString kind = textOf(stage, "kind"); !kind.isEmpty())
        parts << kind;
    for (const auto &[key, value] : stage.items()) {
        if (key == "kind" || key == "stage" || value.is_object() || value.is_null()
            || (value.is_string() && value.get<std::string>() == "none"))
            continue;
        parts << qs(key) + QLatin1Char(' ') + valueText(value);
    }
    return parts.join(QStringLiteral(", "));
}

void siteFacts(std::vector<Fact> &out, const WorkbenchDocument &document, const Selection &at)
{
    const QString group = tr("Block");
    const std::string variant = at.variant.isEmpty() ? std::string(kReference) : ss(at.variant);
    const LayerId layer { Branch::text, at.layer };
    const SiteStats *stats = document.artifacts().siteStats(variant, layer, at.site);
    out.push_back({ group, tr("Place"),
                    tr("layer %1, %2 %3, block %4, channels %5 to %6")
                        .arg(at.layer)
                        .arg(qs(name(at.site)), qs(title(at.site)))
                        .arg(at.block)
                        .arg(at.block * 32)
                        .arg(at.block * 32 + 31) });
    if (!stats)
        return;
    const std::string baseline = ss(document.baseline());
    const bool compared = baseline != variant;
    const SiteStats *pin =
        compared ? document.artifacts().siteStats(baseline, layer, at.site) : nullptr;
    if (pin)
        out.push_back({ group, tr("Δ to"), document.variantTitle(document.baseline()) });
    const auto difference = [](double delta) {
        return std::isfinite(delta) ? tr(", Δ %1").arg(deltaSignificant(delta)) : QString();
    };
    const auto b = static_cast<std::size_t>(at.block);
    const auto add = [&](const QString &name, std::vector<float> SiteStats::*values, double factor,
                         const QString &unit) {
        const auto valueOf = [&](const SiteStats *of) {
            return of && b < (of->*values).size() ? static_cast<double>((of->*values)[b]) * factor
                                                  : std::nan("");
        };
        if (b < (stats->*values).size())
            out.push_back({ group, name,
                            significant(valueOf(stats), 4)
                                + (unit.isEmpty() ? unit : QLatin1Char(' ') + unit)
                                + difference(valueOf(stats) - valueOf(pin)) });
    };
    add(tr("Energy, mean x²"), &SiteStats::energy, 1, tr("activation²"));
    add(tr("Largest |x|"), &SiteStats::maxAbs, 1, {});
    add(tr("Kurtosis"), &SiteStats::kurtosis, 1, {});
    add(tr("Bimodality"), &SiteStats::bimodality, 1, {});
    add(tr("Valley depth"), &SiteStats::valleyDepth, 100, tr("%"));
    add(tr("Clipped"), &SiteStats::clipShare, 100, tr("%"));
    add(tr("SQNR of the quantizer"), &SiteStats::sqnrDb, 1, tr("dB"));
    out.push_back({ group, tr("Tokens behind it"), count(stats->tokens) });
    if (const SiteFlow *flow = document.artifacts().siteFlow(variant, layer, at.site)) {
        const SiteFlow *other =
            compared ? document.artifacts().siteFlow(baseline, layer, at.site) : nullptr;
        out.push_back(
            { group, tr("Condition of the transform"),
              significant(flow->condition)
                  + difference(other ? flow->condition - other->condition : std::nan("")) });
    }
}

} // namespace

std::vector<Fact> parameterFacts(const WorkbenchDocument &document, const QString &variant)
{
    std::vector<Fact> out;
    const VariantInfo *info = document.artifacts().variant(ss(variant));
    if (!info || !info->recipe.is_object())
        return out;
    const auto passes = info->recipe.find("passes");
    if (passes != info->recipe.end() && passes->is_array()) {
        for (const Json &pass : *passes) {
            const auto stages = pass.is_object() ? pass.find("stages") : pass.end();
            if (!pass.is_object() || stages == pass.end() || !stages->is_array())
                continue;
            for (const Json &stage : *stages)
                if (stage.is_object())
                    for (const auto &[kind, parameters] : stage.items())
                        if (parameters.is_object())
                            out.push_back({ tr("Parameters"), qs(kind), stageText(parameters) });
        }
    }
    const QString rule = textOf(info->settings, "scaleRule"), ties = textOf(info->settings, "ties");
    if (!rule.isEmpty())
        out.push_back({ tr("Parameters"), tr("scale rule"), tr("%1, ties %2").arg(rule, ties) });
    const QString weights = textOf(info->protocol, "weightFormat");
    if (!weights.isEmpty())
        out.push_back({ tr("Parameters"), tr("formats"),
                        tr("weights %1, activations %2, cache %3")
                            .arg(weights, textOf(info->protocol, "activationFormat"),
                                 textOf(info->protocol, "kvFormat")) });
    return out;
}

std::vector<Fact> selectionFacts(const WorkbenchDocument &document, const Selection &at)
{
    std::vector<Fact> out;
    siteFacts(out, document, at);
    const std::string variant = at.variant.isEmpty() ? std::string(kReference) : ss(at.variant);
    if (const VariantInfo *info = document.artifacts().variant(variant)) {
        const QString group = tr("Variant");
        out.push_back({ group, tr("Title"), qs(info->title) });
        out.push_back({ group, tr("Family"), qs(info->family) });
        if (!info->recipeHash.empty())
            out.push_back({ group, tr("Recipe hash"), qs(info->recipeHash) });
        out.push_back({ group, tr("Protocol hash"), qs(info->protocolHash) });
        if (info->onlineParameters > 0 || info->onlineFlopPerToken > 0) {
            out.push_back({ group, tr("Online parameters"), count(info->onlineParameters) });
            out.push_back(
                { group, tr("Online FLOP a token"), shortCount(info->onlineFlopPerToken) });
        }
        if (info->calibrationSeconds > 0)
            out.push_back({ group, tr("Calibration"), clock(info->calibrationSeconds) });
    }
    const auto &runs = document.runs();
    const auto has = [&](const RunEntry &run) {
        if (!run.spec.is_object() || !run.spec.contains("variants"))
            return false;
        const Json &variants = run.spec["variants"];
        return variant == kReference
            || std::any_of(variants.begin(), variants.end(), [&](const Json &v) {
                   return v.is_object() && v.value("id", std::string()) == variant;
               });
    };
    if (const auto run = std::find_if(runs.rbegin(), runs.rend(), has); run != runs.rend()) {
        const QString group = tr("Run");
        out.push_back(
            { group, tr("Run"),
              run->title == run->id ? run->id : QString(run->id + QLatin1Char(' ') + run->title) });
        out.push_back({ group, tr("Spec hash"), run->specHash });
        out.push_back({ group, tr("Seed"), textOf(run->spec, "seed") });
        out.push_back({ group, tr("Started"), run->started });
        if (!run->finished.isEmpty())
            out.push_back({ group, tr("Finished"), run->finished });
        if (!run->note.isEmpty())
            out.push_back({ group, tr("State"), coreText(run->note) });
        out.push_back({ group, tr("Workspace"), run->workspace });
    }
    if (const ModelSummary *model = document.artifacts().model()) {
        const QString group = tr("Model");
        out.push_back({ group, tr("Name"), textOf(model->config, "displayName") });
        out.push_back({ group, tr("Path"), qs(model->path) });
        out.push_back({ group, tr("Container"), qs(model->container) });
        out.push_back({ group, tr("Content hash"), qs(model->contentHash) });
        const std::vector<std::pair<const char *, QString>> sizes {
            { "hidden", tr("Hidden size") },      { "intermediate", tr("Intermediate size") },
            { "layers", tr("Layers") },           { "heads", tr("Heads") },
            { "kvHeads", tr("Key/value heads") }, { "vocab", tr("Vocabulary") }
        };
        for (const auto &[key, title] : sizes)
            if (const QString value = textOf(model->config, key); !value.isEmpty())
                out.push_back({ group, title, value });
    }
    out.erase(std::remove_if(out.begin(), out.end(),
                             [](const Fact &f) { return f.value.trimmed().isEmpty(); }),
              out.end());
    return out;
}

std::vector<Fact> machineFacts(const Json &where)
{
    std::vector<Fact> out;
    if (!where.is_object())
        return out;
    const QString group = tr("Run");
    const std::vector<std::pair<std::string, QString>> known {
        { "host", tr("Host") },       { "device", tr("Device") },  { "cpu", tr("Vector level") },
        { "threads", tr("Threads") }, { "version", tr("Engine") }, { "build", tr("Build") }
    };
    const auto add = [&](const std::string &key, const QString &title) {
        const QString value = textOf(where, key.c_str());
        if (!value.isEmpty() && value != QLatin1String("0")) // threads that nobody noted
            out.push_back({ group, title, value });
    };
    for (const auto &[key, title] : known)
        add(key, title);
    for (const auto &[key, value] : where.items()) {
        if (std::none_of(known.begin(), known.end(),
                         [&k = key](const auto &one) { return one.first == k; }))
            add(key, qs(key));
    }
    return out;
}

QString calibrationText(const Json &spec)
{
    QStringList parts;
    const auto at = spec.is_object() ? spec.find("calibration") : spec.end();
    if (!spec.is_object() || at == spec.end() || !at->is_object())
        return {};
    for (const auto &[key, value] : at->items()) {
        const QString text = ParameterFormModel::displayText(value);
        if (text.isEmpty())
            continue;
        const Parameter *parameter = findParameter(runParameters(), "calibration." + key);
        const QString unit = parameter ? parameterUnit(*parameter) : QString();
        parts.append((parameter ? parameterTitle(*parameter) : qs(key)) + QLatin1Char(' ') + text
                     + (unit.isEmpty() ? unit : QLatin1Char(' ') + unit));
    }
    return parts.join(QStringLiteral(", "));
}

} // namespace batlab::views
