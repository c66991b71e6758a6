// SPDX-License-Identifier: GPL-3.0-or-later
// What is changed, step by step, and the form that shows it.
#include "core/base/json_text.h"
#include "core/spec/parameter.h"
#include "views/models/parameter_text.h"
#include "views/models/set_value_command.h"
#include "views/models/text.h"
#include "views/models/what_if_model.h"

#include <QPointer>
#include <QUndoStack>

#include <algorithm>
#include <array>

namespace batlab::views {

namespace {

/// Run-level parameters a what-if may change.
constexpr std::array<const char *, 4> kRunFields { "settings.scaleRule", "settings.ties",
                                                   "protocol.weightFormat",
                                                   "protocol.activationFormat" };
/// What the engine measures at once (proxy.h); training, GPTQ, recovery and tuning it does not.
constexpr std::array<std::string_view, 8> kAtOnce {
    "settings", "protocol", "precision", "rotate", "fold", "transform", "clip", "branch"
};

std::string stageOf(const std::string &path) { return path.substr(0, path.find('.')); }

const Json &changesOf(const WhatIfHistory &history)
{
    static const Json none = Json::object();
    return history.at < history.steps.size() ? history.steps[history.at].changes : none;
}

/// What a session keeps of a base.
Json keptOf(const WhatIfHistory &history)
{
    Json out = Json::object();
    out["changes"] = changesOf(history);
    if (history.pin)
        out["pin"] = { { "changes", *history.pin }, { "title", ss(history.pinTitle) } };
    return out;
}

/// The object at a key, an empty one where there is none.
Json objectAt(const Json &from, const char *key)
{
    return from.is_object() && from.contains(key) && from[key].is_object() ? from[key]
                                                                           : Json::object();
}

} // namespace

const WhatIfHistory &WhatIfModel::history() const
{
    static const WhatIfHistory none;
    const auto at = m_histories.find(m_key);
    return m_base && at != m_histories.end() ? at->second : none;
}

const Json &WhatIfModel::changes() const { return changesOf(history()); }

std::string WhatIfModel::changePath(const FormField &field)
{
    return field.variant.isEmpty() ? ss(field.path) : ss(field.path.section(QLatin1Char('.'), 2));
}

bool WhatIfModel::answersAtOnce(const std::string &path)
{
    return std::find(kAtOnce.begin(), kAtOnce.end(), stageOf(path)) != kAtOnce.end();
}

std::vector<std::string> WhatIfModel::stages() const
{
    std::vector<std::string> out;
    for (const std::string &kind : stageKinds()) {
        if (m_recipe && m_recipe->findStage(kind))
            out.push_back(kind);
    }
    return out;
}

std::vector<std::string> WhatIfModel::absentStages() const
{
    std::vector<std::string> out;
    for (const std::string &kind : stageKinds()) {
        if (m_recipe && !m_recipe->findStage(kind))
            out.push_back(kind);
    }
    return out;
}

bool WhatIfModel::isAddedStage(const std::string &kind) const
{
    return m_base && !m_base->spec.variants.front().recipe.findStage(kind) && m_recipe
        && m_recipe->findStage(kind);
}

void WhatIfModel::addStage(const std::string &kind)
{
    const std::vector<Parameter> &rows = stageParameters(kind);
    if (!rows.empty())
        edit({ { rows.front().path, rows.front().defaultValue } },
             tr("Add stage %1").arg(qs(kind)));
}

void WhatIfModel::removeStage(const std::string &kind)
{
    Json next = Json::object();
    for (const auto &[path, value] : changes().items()) {
        if (stageOf(path) != kind)
            next[path] = value;
    }
    appendStep(next, tr("Remove stage %1").arg(qs(kind)), {});
}

Json WhatIfModel::merged(const Json &changes, const Json &values) const
{
    Json next = changes;
    for (const auto &[path, value] : values.items()) {
        if (m_base && baseValue(*m_base, path) == value)
            next.erase(path);
        else
            next[path] = value;
    }
    return next;
}

void WhatIfModel::edit(const Json &values, const QString &text)
{
    m_problemPath = values.empty() ? QString() : qs(values.begin().key());
    appendStep(merged(changes(), values), text, {});
}

void WhatIfModel::load(const Json &changes, const QString &text)
{
    appendStep(merged(Json::object(), changes), text, {});
}

Json WhatIfModel::viewState() const
{
    Json out = keptOf(history()), bases = m_kept;
    for (const auto &[key, history] : m_histories)
        if (history.pin || !changesOf(history).empty())
            bases[ss(key)] = keptOf(history);
    out["base"] = ss(m_base ? m_base->variant : QString());
    out["bases"] = std::move(bases);
    return out;
}

void WhatIfModel::restoreViewState(const Json &state)
{
    m_kept = objectAt(state, "bases");
    if (!m_base)
        return;
    Json own = takeKept();
    // Of another Batlab, which hashed its specs in its own way, the variant alone is known. On
    // another variant the changes would say something else.
    if (own.is_null() && ss(m_base->variant) == textAt(state, "base"))
        own = state;
    WhatIfHistory next = opened(own);
    if (next.at == 0 && !next.pin)
        return;
    m_lastPath.clear();
    apply(m_key, next);
}

Json WhatIfModel::takeKept()
{
    const auto at = m_kept.find(ss(m_key));
    if (at == m_kept.end())
        return {};
    Json out = std::move(*at);
    m_kept.erase(at);
    return out;
}

WhatIfHistory WhatIfModel::opened(const Json &kept) const
{
    WhatIfHistory out;
    out.steps.push_back({ tr("Opened %1").arg(m_base->title), Json::object() });
    const Json changes = merged(Json::object(), objectAt(kept, "changes")),
               pin = objectAt(kept, "pin");
    if (!changes.empty())
        out.steps.push_back({ tr("From the session"), changes });
    out.at = out.steps.size() - 1;
    if (pin.contains("changes") && pin["changes"].is_object()) {
        out.pin = merged(Json::object(), pin["changes"]);
        out.pinTitle = qs(textAt(pin, "title"));
    }
    return out;
}

void WhatIfModel::resetAll() { appendStep(Json::object(), tr("Reset all"), {}); }

void WhatIfModel::fieldEdited(int at)
{
    if (m_syncing || !m_base)
        return;
    const FormField &f = m_form.field(at);
    const std::string path = changePath(f);
    const WhatIfHistory &h = history();
    const Json &from = goesOn(qs(path)) ? h.steps[h.at - 1].changes : changes();
    Json before = from.contains(path) ? from[path] : baseValue(*m_base, path);
    if (before.is_null())
        before = f.original;
    m_problemPath = qs(path);
    appendStep(merged(changes(), { { path, f.value } }),
               tr("%1: %2 → %3")
                   .arg(parameterTitle(f.parameter), ParameterFormModel::displayText(before),
                        ParameterFormModel::displayText(f.value)),
               qs(path));
}

void WhatIfModel::setDragging(bool on)
{
    m_dragging = on;
    m_lastPath.clear(); // a drag is a step of its own
    if (!on)
        schedule(); // now in place of the one at work
}

bool WhatIfModel::goesOn(const QString &path) const
{
    return !path.isEmpty() && m_lastPath == path && history().at > 0
        && (m_dragging || !known(changes()));
}

void WhatIfModel::appendStep(const Json &changes, const QString &text, const QString &mergePath)
{
    if (!m_base || changes == this->changes()) {
        syncForm();
        return;
    }
    WhatIfHistory next = history();
    next.steps.resize(next.at + 1);
    if (!goesOn(mergePath))
        next.steps.emplace_back();
    next.steps.back() = { text, changes };
    next.at = next.steps.size() - 1;
    m_lastPath = mergePath;
    const int id =
        mergePath.isEmpty() ? -1 : static_cast<int>((qHash(mergePath) + next.at) & 0x7fffffffU);
    if (next.at > 0 && next.steps[next.at - 1].changes == changes) { // it went back: no step
        next.steps.pop_back();
        --next.at;
        m_lastPath.clear();
    }
    push(text, std::move(next), id);
}

void WhatIfModel::goToStep(std::size_t step)
{
    WhatIfHistory next = history();
    if (step >= next.steps.size() || step == next.at)
        return;
    next.at = step;
    m_lastPath.clear();
    push(tr("go to step %1").arg(step + 1), std::move(next));
}

void WhatIfModel::pin()
{
    if (!m_base)
        return;
    WhatIfHistory next = history();
    next.pin = changes();
    next.pinTitle = next.at == 0 ? m_base->title : tr("step %1").arg(next.at + 1);
    push(tr("pin the what-if"), std::move(next));
}

void WhatIfModel::unpin()
{
    WhatIfHistory next = history();
    next.pin.reset();
    next.pinTitle.clear();
    if (m_base && next != history())
        push(tr("compare with the baseline"), std::move(next));
}

QString WhatIfModel::pinnedTitle() const
{
    const WhatIfHistory &h = history();
    return h.pin ? h.pinTitle : m_baseline ? m_baseline->title : m_base ? m_base->title : QString();
}

void WhatIfModel::push(const QString &text, WhatIfHistory next, int mergeId)
{
    if (!m_undo) {
        apply(m_key, next);
        return;
    }
    const auto set = [guard = QPointer<WhatIfModel>(this), key = m_key](const WhatIfHistory &h) {
        if (guard)
            guard->apply(key, h);
    };
    m_undo->push(
        new SetValueCommand<WhatIfHistory>(text, history(), std::move(next), set, mergeId));
}

void WhatIfModel::apply(const QString &base, const WhatIfHistory &history)
{
    m_histories[base] = history;
    if (base == m_key)
        refresh();
}

void WhatIfModel::syncForm()
{
    std::vector<FormField> fields;
    if (m_base && m_recipe) {
        for (const char *path : kRunFields) {
            const Parameter *row = findParameter(runParameters(), path);
            const Json value = baseValue(*m_base, path);
            fields.push_back({ *row, qs(path), QStringLiteral("format"), {}, value, value });
        }
        for (FormField &f : ParameterFormModel::stageFields(*m_recipe)) {
            const std::string path = changePath(f);
            f.section = qs(stageOf(path));
            const Json base = baseValue(*m_base, path);
            f.original = f.value = base.is_null() ? f.parameter.defaultValue : base;
            fields.push_back(std::move(f));
        }
        for (FormField &f : fields) {
            if (const auto at = changes().find(changePath(f)); at != changes().end())
                f.value = *at;
        }
    }
    bool same = static_cast<int>(fields.size()) == m_form.fieldCount();
    for (int i = 0; same && i < m_form.fieldCount(); ++i)
        same = m_form.field(i).path == fields[static_cast<std::size_t>(i)].path
            && m_form.field(i).original == fields[static_cast<std::size_t>(i)].original;
    m_syncing = true;
    if (same) {
        for (int i = 0; i < m_form.fieldCount(); ++i)
            (void)m_form.setFieldValue(i, fields[static_cast<std::size_t>(i)].value);
    } else {
        m_form.setFields(std::move(fields));
        m_dragging = false; // the slider that was held is gone, and tells nobody
    }
    m_syncing = false;
    if (!same)
        Q_EMIT structureChanged();
}

} // namespace batlab::views
