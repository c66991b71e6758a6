// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/what_if_model.h"

#include "views/models/core_text.h"
#include "views/models/text.h"

#include <QPointer>

#include <algorithm>

namespace batlab::views {

namespace {

constexpr std::size_t kMostKnown = 1000;

} // namespace

WhatIfModel::WhatIfModel(QUndoStack *undo, PresetLibrary presets, QObject *parent)
    : QObject(parent)
    , m_undo(undo)
    , m_presets(std::move(presets))
    , m_form(nullptr)
    , m_current(Error { ErrorCode::notFound, "nothing to start from", "what if", {} })
{
    m_form.setFields({});
    m_rest.setSingleShot(true);
    m_rest.setInterval(kRestMs);
    connect(&m_rest, &QTimer::timeout, this, &WhatIfModel::askNow);
    connect(&m_form, &ParameterFormModel::fieldChanged, this, &WhatIfModel::fieldEdited);
}

WhatIfModel::~WhatIfModel() = default;

void WhatIfModel::setAsk(Ask ask)
{
    m_ask = std::move(ask);
    m_atWork.clear();
    schedule();
}

void WhatIfModel::setActive(bool active)
{
    m_active = active;
    schedule();
}

void WhatIfModel::clear()
{
    m_histories.clear();
    m_kept = Json::object();
    m_known.clear();
    m_baseline.reset();
    m_baselineKey.clear();
    setBase({});
}

void WhatIfModel::setBase(std::optional<WhatIfBase> base)
{
    const QString key = base ? base->key() : QString();
    const bool same = base.has_value() == m_base.has_value() && key == m_key;
    m_base = std::move(base);
    if (same)
        return;
    m_key = key;
    m_shown.reset();
    m_shownPin.reset();
    m_shownKey.clear();
    m_recipe.reset();
    m_problemPath.clear();
    m_lastPath.clear();
    if (m_base) {
        m_recipe = m_base->spec.variants.front().recipe;
        WhatIfHistory &history = m_histories[m_key];
        if (history.steps.size() < 2 && !history.pin) // nothing has been tried on it here
            history = opened(takeKept());
    }
    Q_EMIT baseChanged();
    refresh();
}

void WhatIfModel::setBaseline(std::optional<WhatIfBase> baseline)
{
    const QString key = baseline ? baseline->key() : QString();
    m_baseline = std::move(baseline);
    if (key == m_baselineKey)
        return;
    m_baselineKey = key;
    Q_EMIT changed();
    schedule();
}

void WhatIfModel::setLayer(int layer)
{
    if (layer == m_layer)
        return;
    m_layer = layer;
    Q_EMIT changed(); // scores of steps are the layer's
    schedule();
}

void WhatIfModel::retry()
{
    m_error.reset();
    schedule();
}

QString WhatIfModel::problem() const
{
    return m_base && !m_current ? coreText(qs(m_current.error().what)) : QString();
}

QString WhatIfModel::problemPath() const { return problem().isEmpty() ? QString() : m_problemPath; }

void WhatIfModel::refresh()
{
    m_error.reset();
    if (m_base) {
        m_current = withChanges(*m_base, changes(), m_presets);
        if (m_current)
            m_recipe = m_current->variants.front().recipe;
        else if (const std::string refused = refusedChange(*m_base, changes()); !refused.empty())
            m_problemPath = qs(refused);
    } else {
        m_current = Error { ErrorCode::notFound, "nothing to start from", "what if", {} };
        m_recipe.reset();
    }
    syncForm();
    Q_EMIT changed();
    schedule();
}

WhatIfModel::Target WhatIfModel::pinTarget() const
{
    const WhatIfHistory &h = history();
    if (h.pin)
        return { m_key, *h.pin };
    return { m_baseline ? m_baselineKey : m_key, Json::object() };
}

Result<RunSpec> WhatIfModel::pinnedSpec() const
{
    const WhatIfHistory &h = history();
    if (!m_base)
        return m_current;
    if (!h.pin && m_baseline)
        return m_baseline->spec;
    return withChanges(*m_base, h.pin ? *h.pin : Json::object(), m_presets);
}

QString WhatIfModel::answerKey(const Target &target, int layer) const
{
    return target.base + QLatin1Char('|') + QString::number(layer) + QLatin1Char('|')
        + qs(target.changes.dump());
}

WhatIfAnswerPtr WhatIfModel::find(const Target &target, int layer) const
{
    const auto at = m_known.find(answerKey(target, layer));
    return at == m_known.end() ? nullptr : at->second;
}

WhatIfAnswerPtr WhatIfModel::known(const Json &changes) const
{
    return find({ m_key, changes }, m_layer);
}

bool WhatIfModel::isStale() const
{
    return m_shownKey != answerKey({ m_key, changes() }, m_layer) + answerKey(pinTarget(), m_layer);
}

void WhatIfModel::showKnown()
{
    if (!m_base)
        return;
    const WhatIfAnswerPtr now = known(changes()), pin = find(pinTarget(), m_layer);
    if (now)
        m_shown = now;
    if (pin)
        m_shownPin = pin;
    if (now && pin)
        m_shownKey = answerKey({ m_key, changes() }, m_layer) + answerKey(pinTarget(), m_layer);
    m_waiting = m_active && m_current && !(now && pin) && !m_error;
    Q_EMIT answerChanged();
}

void WhatIfModel::schedule()
{
    showKnown();
    if (m_waiting)
        m_rest.start();
    else
        m_rest.stop();
}

bool WhatIfModel::mayAsk(const std::string &stream, const QString &key) const
{
    const auto at = m_atWork.find(stream);
    return at == m_atWork.end() || (at->second != key && !m_dragging);
}

void WhatIfModel::askNow()
{
    const Target now { m_key, changes() }, pin = pinTarget();
    const int layer = m_layer;
    const auto question = [this, layer](const std::string &stream, const RunSpec &spec,
                                        const QString &workspace, const Target &target) {
        const QString key = answerKey(target, layer);
        if (!mayAsk(stream, key))
            return;
        m_atWork[stream] = key;
        put(stream, spec, workspace, target, layer,
            [this, layer, target, stream, key](const Result<WhatIfAnswerPtr> &answer) {
                if (const auto at = m_atWork.find(stream);
                    at != m_atWork.end() && at->second == key)
                    m_atWork.erase(at);
                const bool wanted = layer == m_layer
                    && (target == Target { m_key, changes() } || target == pinTarget());
                if (!answer && wanted)
                    m_error = answer.error();
                if (answer && m_dragging && layer == m_layer && stream == "what-if"
                    && target.base == m_key)
                    m_shown = *answer; // stale, but of this drag
                showKnown();
                if (answer)
                    Q_EMIT changed(); // a step has its score
                if (m_dragging && m_waiting && !m_rest.isActive())
                    askNow(); // what the slider has been set to meanwhile
            });
    };
    if (m_current && !find(now, layer))
        question("what-if", *m_current, m_base->workspace, now);
    if (!find(pin, layer) && !(pin == now)) {
        const Result<RunSpec> spec = pinnedSpec();
        if (spec)
            question("what-if.pin", *spec,
                     pin.base == m_key ? m_base->workspace : m_baseline->workspace, pin);
    } else if (m_atWork.erase("what-if.pin") > 0) {
        m_ask("what-if.pin", Json(), {}); // or it would be answered before the one above
    }
}

void WhatIfModel::score(const std::string &stream, int layer, const Json &changes, Scored done)
{
    const Target target { m_key, changes };
    if (const WhatIfAnswerPtr answer = find(target, layer)) {
        done(answer);
        return;
    }
    if (!m_base)
        return;
    const Result<RunSpec> spec = withChanges(*m_base, changes, m_presets);
    if (!spec)
        done(spec.error());
    else
        put(stream, *spec, m_base->workspace, target, layer, std::move(done));
}

void WhatIfModel::put(const std::string &stream, const RunSpec &spec, const QString &workspace,
                      const Target &target, int layer, Scored done)
{
    if (!m_ask) {
        done(Error { ErrorCode::notFound, "there is no engine to ask", "what if", {} });
        return;
    }
    const Json question { { "ask", "what-if" },
                          { "spec", spec.toJson() },
                          { "workspace", ss(workspace) },
                          { "layer", layer },
                          { "tokens", kTokens } };
    const QString key = answerKey(target, layer);
    m_ask(stream, question,
          [guard = QPointer<WhatIfModel>(this), key, done](const Result<Json> &reply) {
              if (!guard)
                  return;
              if (!reply) {
                  done(reply.error());
                  return;
              }
              Result<WhatIfAnswer> answer = whatIfAnswer(*reply);
              if (!answer) {
                  done(answer.error());
                  return;
              }
              if (guard->m_known.size() >= kMostKnown)
                  guard->m_known.clear();
              const auto shared = std::make_shared<const WhatIfAnswer>(*std::move(answer));
              guard->m_known[key] = shared;
              done(WhatIfAnswerPtr(shared));
          });
}

} // namespace batlab::views
