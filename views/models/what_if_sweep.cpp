// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/what_if_sweep.h"

#include "core/base/hash.h"
#include "core/spec/parameter.h"
#include "views/models/parameter_text.h"
#include "views/models/text.h"
#include "views/models/what_if_metrics.h"

#include <QPointer>
#include <QTimer>

#include <algorithm>
#include <cmath>
#include <utility>

namespace batlab::views {

namespace {

using State = WhatIfSweep::Cell::State;
constexpr const char *kFactors = "transform.g1:transform.g2";

const Parameter *rowOf(const std::string &path)
{
    const Parameter *row = findParameter(runParameters(), path);
    return row ? row : findParameter(stageParameters(path.substr(0, path.find('.'))), path);
}

QString leaf(const QString &path)
{
    QStringList out;
    for (const QString &one : path.split(QLatin1Char(':')))
        out.append(one.section(QLatin1Char('.'), -1));
    return out.join(QStringLiteral(" × "));
}

QString shown(const std::string &value) { return qs(value).replace(QLatin1Char(':'), QChar(0xd7)); }

/// Every known number of an answer by its metric's id.
Json metricsOf(const WhatIfAnswer &answer)
{
    Json out = Json::object();
    for (const Site site : kLinearSites)
        for (const WhatIfMetrics::Kind &kind : WhatIfMetrics::kinds(site))
            if (const double value = kind.value(answer, site); !std::isnan(value))
                out[kind.id] = value;
    return out;
}

} // namespace

WhatIfSweep::WhatIfSweep(WhatIfModel *model, QObject *parent) : QObject(parent), m_model(model)
{
    connect(model, &WhatIfModel::baseChanged, this, [this] {
        if (isEmpty() || (m_model->base() && m_model->base()->key() == m_baseKey))
            return;
        stop();
        m_cells.clear();
        m_places.clear();
        Q_EMIT changed();
    });
    connect(model, &WhatIfModel::changed, this, &WhatIfSweep::changed);
}

Result<void> WhatIfSweep::start(const QString &rows, const QString &columns, const QString &groups)
{
    if (!m_model->base())
        return Error {
            ErrorCode::notFound, ss(tr("There is nothing to sweep over yet")), "sweep", {}
        };
    std::vector<SweepAxis> axes;
    QStringList texts { rows, columns };
    if (!groups.isEmpty())
        texts.prepend(groups);
    for (const QString &text : texts) {
        Result<SweepAxis> axis = sweepAxis(ss(text));
        if (!axis)
            return axis.error();
        if (std::any_of(axes.begin(), axes.end(),
                        [&](const SweepAxis &a) { return a.path == axis->path; }))
            return Error { ErrorCode::usage,
                           ss(tr("%1 stands on two axes").arg(pathTitle(axis->path))),
                           "sweep",
                           {} };
        axes.push_back(*std::move(axis));
    }
    std::size_t count = 1;
    for (const SweepAxis &axis : axes)
        count *= axis.values.size();
    if (count > kMostCells)
        return Error { ErrorCode::usage,
                       ss(tr("%1 cells are more than %2").arg(count).arg(kMostCells)), "sweep",
                       ss(tr("Name fewer values.")) };
    stop();
    m_axes = std::move(axes);
    m_places = sweepCells(m_axes, SweepMode::grid);
    m_cells.assign(m_places.size(), {});
    m_layer = m_model->layer();
    m_baseKey = m_model->base()->key();
    for (std::size_t i = 0; i < m_cells.size(); ++i) {
        Json values = Json::object();
        for (std::size_t a = 0; a < m_axes.size(); ++a) {
            const SweepValue &value = m_axes[a].values[m_places[i][a].value_or(0)];
            if (!value.reason.empty()) {
                m_cells[i].state = State::impossible;
                m_cells[i].reason = qs(value.reason);
            }
            values.update(value.changes);
        }
        m_cells[i].changes = m_model->merged(m_model->changes(), values);
    }
    m_spent = 0;
    m_asked = 0;
    m_running = true;
    next();
    return {};
}

void WhatIfSweep::stop()
{
    ++m_generation; // answers on their way belong to the past
    m_running = m_paused = false;
    for (Cell &cell : m_cells) {
        if (cell.state == State::running)
            cell.state = State::queued;
    }
}

void WhatIfSweep::cancel()
{
    stop();
    Q_EMIT changed();
}

void WhatIfSweep::setPaused(bool paused)
{
    if (paused) {
        stop();
        m_paused = true;
        Q_EMIT changed();
        return;
    }
    m_paused = false;
    m_running = true;
    next();
}

void WhatIfSweep::retryFailed()
{
    for (Cell &cell : m_cells) {
        if (cell.state == State::failed) {
            cell.state = State::queued;
            cell.reason.clear();
        }
    }
    setPaused(false);
}

void WhatIfSweep::next()
{
    const auto at = std::find_if(m_cells.begin(), m_cells.end(),
                                 [](const Cell &cell) { return cell.state == State::queued; });
    if (at == m_cells.end()) {
        const bool ran = std::exchange(m_running, false);
        Q_EMIT changed();
        if (ran)
            Q_EMIT finished();
        return;
    }
    at->state = State::running;
    m_clock.start();
    Q_EMIT changed();
    const auto index = static_cast<std::size_t>(at - m_cells.begin());
    m_model->score("what-if.sweep", m_layer, at->changes,
                   [guard = QPointer<WhatIfSweep>(this), index,
                    mine = m_generation](const Result<WhatIfAnswerPtr> &answer) {
                       if (!guard || guard->m_generation != mine)
                           return;
                       Cell &cell = guard->m_cells[index];
                       if (answer) {
                           cell.state = State::done;
                           cell.answer = *answer;
                           guard->m_spent += static_cast<double>(guard->m_clock.elapsed()) / 1000;
                           ++guard->m_asked;
                       } else {
                           cell.reason = qs(answer.error().what);
                           cell.state = answer.error().code == ErrorCode::badInput
                                   || answer.error().code == ErrorCode::unsupported
                               ? State::impossible
                               : State::failed;
                       }
                       // An answer that is known comes at once: give the window its turn.
                       QTimer::singleShot(0, guard, [guard, mine] {
                           if (guard && guard->m_generation == mine && guard->m_running)
                               guard->next();
                       });
                   });
}

int WhatIfSweep::doneCount() const
{
    return static_cast<int>(std::count_if(m_cells.begin(), m_cells.end(), [](const Cell &cell) {
        return cell.state != State::queued && cell.state != State::running;
    }));
}

double WhatIfSweep::secondsLeft() const
{
    return m_asked == 0 ? -1 : m_spent / m_asked * (static_cast<int>(m_cells.size()) - doneCount());
}

std::optional<int> WhatIfSweep::presentCell() const
{
    const auto at = std::find_if(m_cells.begin(), m_cells.end(), [this](const Cell &cell) {
        return cell.changes == m_model->changes();
    });
    if (at == m_cells.end())
        return {};
    return static_cast<int>(at - m_cells.begin());
}

QString WhatIfSweep::cellTitle(int at) const
{
    QStringList parts;
    const SweepCell &place = m_places[static_cast<std::size_t>(at)];
    for (std::size_t a = 0; a < m_axes.size(); ++a)
        parts.append(leaf(qs(m_axes[a].path)) + QLatin1Char(' ')
                     + shown(m_axes[a].values[place[a].value_or(0)].text));
    return parts.join(QStringLiteral(", "));
}

void WhatIfSweep::loadCell(int at)
{
    if (at >= 0 && at < static_cast<int>(m_cells.size()))
        m_model->load(m_cells[static_cast<std::size_t>(at)].changes,
                      tr("Cell: %1").arg(cellTitle(at)));
}

Sweep WhatIfSweep::artifact() const
{
    Sweep out;
    if (!m_model->base())
        return out;
    const RunSpec &spec = m_model->base()->spec;
    out.base = ss(m_model->base()->variant);
    out.mode = name(SweepMode::grid);
    out.metric = "output SQNR";
    out.unit = "dB";
    out.axes = toJson(m_axes);
    out.cells = Json::array();
    for (std::size_t i = 0; i < m_cells.size(); ++i) {
        Json cell { { "at", placeJson(m_places[i]) }, { "value", nullptr } };
        const WhatIfAnswerPtr &answer = m_cells[i].answer;
        if (answer && !std::isnan(answer->outputSqnrDb))
            cell["value"] = answer->outputSqnrDb;
        if (!m_cells[i].reason.isEmpty())
            cell["reason"] = ss(m_cells[i].reason);
        cell["detail"] = { { "changes", m_cells[i].changes } };
        if (answer)
            cell["detail"]["metrics"] = metricsOf(*answer);
        out.cells.push_back(std::move(cell));
    }
    out.context = { { "model", spec.model },
                    { "layers", Json::array({ m_layer }) },
                    { "tokens", WhatIfModel::kTokens },
                    { "seed", spec.seed },
                    { "weightFormat", spec.protocol.weightFormat },
                    { "activationFormat", spec.protocol.activationFormat } };
    out.id = "what-if-" + out.base + '-'
        + hashHex(Json { out.axes, out.context, m_cells.empty() ? Json() : m_cells.front().changes }
                      .dump())
              .substr(0, 8);
    return out;
}

std::vector<std::string> WhatIfSweep::paths(const WhatIfModel &model)
{
    std::vector<std::string> first { kFactors, "settings.scaleRule", "settings.ties" }, rest;
    const std::vector<std::string> has = model.stages();
    for (const std::string &kind : stageKinds()) {
        const bool present = std::find(has.begin(), has.end(), kind) != has.end();
        for (const Parameter &row : stageParameters(kind)) {
            const bool grammar = row.type == ParameterType::text || row.type == ParameterType::file
                || (row.type == ParameterType::textList && row.choices.empty());
            if (!grammar && WhatIfModel::answersAtOnce(row.path))
                (present ? first : rest).push_back(row.path);
        }
    }
    first.insert(first.end(), rest.begin(), rest.end());
    return first;
}

QString WhatIfSweep::pathTitle(const std::string &path)
{
    if (path == kFactors)
        return tr("g1 × g2");
    const Parameter *row = rowOf(path);
    if (!row)
        return qs(path);
    const std::string stage = path.substr(0, path.find('.'));
    const QString title = parameterTitle(*row);
    return stage == "settings" ? title : tr("%1: %2").arg(qs(stage), title.toLower());
}

QString WhatIfSweep::suggestedValues(const std::string &path)
{
    if (path == kFactors)
        return QStringLiteral("1:32,2:16,4:8,8:4,16:2,32:1");
    const Parameter *row = rowOf(path);
    if (!row)
        return {};
    QStringList out;
    switch (row->type) {
    case ParameterType::boolean: return QStringLiteral("false,true");
    case ParameterType::choice:
        for (const std::string &choice : row->choices)
            out.append(qs(choice));
        break;
    case ParameterType::textList: {
        QString all;
        for (const std::string &choice : row->choices) {
            out.append(qs(choice));
            all += (all.isEmpty() ? QString() : QStringLiteral("+")) + qs(choice);
        }
        out.append(all);
        break;
    }
    case ParameterType::integer:
    case ParameterType::real: {
        const double usual = row->defaultValue.get<double>();
        for (const double factor : { 0.25, 0.5, 1.0, 2.0, 4.0 }) {
            double value = usual == 0 ? (factor - 0.25) * 4 : usual * factor;
            if (row->type == ParameterType::integer)
                value = std::round(value);
            value = std::clamp(value, row->minimum.value_or(value), row->maximum.value_or(value));
            const QString text = QString::number(value, 'g', 6);
            if (!out.contains(text))
                out.append(text);
        }
        break;
    }
    default: break;
    }
    return out.join(QLatin1Char(','));
}

} // namespace batlab::views
