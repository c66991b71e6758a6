// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/sweep_matrix.h"

#include "core/artifact/artifact.h"
#include "views/models/core_text.h"
#include "views/models/parameter_form_model.h"
#include "views/models/sweep_intervals.h"
#include "views/models/text.h"
#include "views/models/what_if_sweep.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace batlab::views {

namespace {

using plots::MatrixCell;
using plots::MatrixData;

QString tr(const char *text) { return QCoreApplication::translate("batlab::views", text); }

QString shown(QString value) { return value.replace(QLatin1Char(':'), QChar(0xd7)); }

QStringList titles(const SweepAxis &axis)
{
    QStringList out;
    for (const SweepValue &value : axis.values)
        out.append(shown(qs(value.text)));
    return out;
}

QStringList titles(const Json &axis)
{
    QStringList out;
    if (axis.is_object() && axis.contains("values") && axis["values"].is_array()) {
        for (const Json &value : axis["values"])
            out.append(shown(ParameterFormModel::displayText(value)));
    }
    return out;
}

QString pathOf(const Json &axis)
{
    return axis.is_object() && axis.contains("path") && axis["path"].is_string()
        ? WhatIfSweep::pathTitle(axis["path"].get<std::string>())
        : QString();
}

/// Symmetric, from the largest difference that is shown.
void colour(MatrixData &data, double pinned)
{
    double most = 0, low = INFINITY, high = -INFINITY;
    for (const MatrixCell &cell : data.cells) {
        if (cell.state != MatrixCell::State::done || std::isnan(cell.value))
            continue;
        low = std::min(low, cell.value);
        high = std::max(high, cell.value);
    }
    // Without a pin the middle of the values is what differences are to.
    data.deltaTo = std::isnan(pinned) ? tr("to the middle of the sweep") : tr("to the pin");
    const double middle = std::isnan(pinned) && low <= high ? (low + high) / 2 : pinned;
    for (MatrixCell &cell : data.cells) {
        if (cell.state == MatrixCell::State::done) {
            cell.delta = cell.value - middle;
            if (std::isfinite(cell.delta))
                most = std::max(most, std::abs(cell.delta));
        }
    }
    // A round number: tenths, or two digits where differences are smaller than that.
    const double step = most > 0.05 ? 0.1 : std::pow(10, std::floor(std::log10(most)) - 1);
    data.limit = most > 0 ? std::ceil(most / step) * step : 1;
}

constexpr double kNormal95 = 1.96; ///< standard errors on either side of a 95 % interval

/// What a stored cell says of its value's spread.
struct CellError
{
    double standardError = 0; ///< of the mean; 0: not known
    bool overSeeds = false; ///< that between seeds is in it, not only that between windows
};

CellError errorOf(const Json &cell)
{
    const auto detail = cell.find("detail");
    if (detail == cell.end() || !detail->is_object())
        return {};
    const auto number = [&](const char *key) {
        const auto at = detail->find(key);
        return at != detail->end() && at->is_number() ? at->get<double>() : 0.0;
    };
    const double windows = number("perplexity_se"), seeds = number("seeds");
    if (seeds < 2 || !detail->contains("perplexity_seed_sd"))
        return { windows, false };
    return { std::hypot(windows, number("perplexity_seed_sd") / std::sqrt(seeds)), true };
}

/// The interval of the session's windows where there is one, else that of the stored errors.
void addInterval(MatrixCell &out, const Json &cell, const SweepIntervals &intervals,
                 const QString &baseline)
{
    const auto detail = cell.find("detail");
    const bool named = detail != cell.end() && detail->is_object() && detail->contains("variant")
        && (*detail)["variant"].is_string();
    const auto at = named ? intervals.cells.find((*detail)["variant"].get<std::string>())
                          : intervals.cells.end();
    if (at == intervals.cells.end()) {
        const CellError error = errorOf(cell);
        out.halfWidth = kNormal95 * error.standardError;
        out.interval =
            error.overSeeds ? tr("95 % over windows and seeds") : tr("95 % over windows");
        return;
    }
    const SweepInterval &i = at->second;
    out.halfWidth = i.halfWidth;
    const QString over = i.seeds > 1 ? tr("%1 windows and %2 seeds").arg(i.windows).arg(i.seeds)
                                     : tr("%1 windows").arg(i.windows);
    out.interval = !i.paired ? tr("95 %, bootstrap over %1").arg(over)
        : baseline.isEmpty() ? tr("95 %, paired bootstrap over %1").arg(over)
                             : tr("95 %, paired bootstrap over %1 to %2").arg(over, baseline);
}

/// One text for all intervals of a matrix, where they are of one kind.
QString intervalText(const std::vector<MatrixCell> &cells)
{
    QString text;
    for (const MatrixCell &cell : cells) {
        if (cell.halfWidth <= 0)
            continue;
        if (!text.isEmpty() && text != cell.interval)
            return tr("95 %");
        text = cell.interval;
    }
    return text;
}

struct Shape
{
    std::size_t groups = 1, rows = 1, columns = 1;
    [[nodiscard]] std::size_t count() const { return groups * rows * columns; }
};

/// Where a stored cell stands; nothing if it does not fit.
std::optional<std::size_t> placeOf(const Json &cell, const std::vector<std::size_t> &sizes,
                                   bool oneAtATime, const Shape &shape)
{
    if (!cell.is_object() || !cell.contains("at") || !cell["at"].is_array()
        || cell["at"].size() != sizes.size())
        return {};
    std::size_t out = 0;
    for (std::size_t a = 0; a < sizes.size(); ++a) {
        const Json &at = cell["at"][a];
        if (!at.is_number_integer()) {
            if (!oneAtATime)
                return {};
            continue;
        }
        const auto index = at.get<std::int64_t>();
        if (index < 0 || static_cast<std::size_t>(index) >= sizes[a])
            return {};
        if (oneAtATime)
            return a * shape.columns + static_cast<std::size_t>(index);
        out = out * sizes[a] + static_cast<std::size_t>(index);
    }
    return oneAtATime ? std::nullopt : std::optional(out);
}

/// A number a what-if left in a stored cell.
std::optional<double> metricIn(const Json &cell, const std::string &metric)
{
    const Json::json_pointer at("/detail/metrics/" + metric);
    if (!cell.is_object() || !cell.contains(at) || !cell[at].is_number())
        return {};
    return cell[at].get<double>();
}

/// How a metric's numbers are written.
void write(MatrixData &data, const WhatIfMetrics::Kind &metric)
{
    data.unit = metric.unit;
    data.decimals = metric.decimals;
    data.scientific = metric.scientific;
    data.better = metric.better;
}

} // namespace

MatrixData matrixOf(const WhatIfSweep &sweep, const WhatIfMetrics::Kind &metric, Site site,
                    const WhatIfAnswer *pinned)
{
    MatrixData data;
    if (sweep.isEmpty())
        return data;
    data.rowAxis = WhatIfSweep::pathTitle(sweep.rows().path);
    data.rows = titles(sweep.rows());
    write(data, metric);
    data.statistic =
        tr("%1 of layer %2")
            .arg(data.unit.isEmpty() ? metric.name : metric.name + QLatin1Char(' ') + data.unit)
            .arg(sweep.layer());
    const QStringList columns = titles(sweep.columns());
    if (const SweepAxis *groups = sweep.groups()) {
        for (const QString &title : titles(*groups))
            data.groups.push_back({ title, columns });
    } else {
        data.groups.push_back({ {}, columns });
    }
    using State = WhatIfSweep::Cell::State;
    for (const WhatIfSweep::Cell &cell : sweep.cells()) {
        MatrixCell out;
        out.state = cell.state == State::done ? MatrixCell::State::done
            : cell.state == State::queued     ? MatrixCell::State::queued
            : cell.state == State::running    ? MatrixCell::State::running
                                              : MatrixCell::State::none;
        out.value = cell.answer ? metric.value(*cell.answer, site) : kUnknown;
        out.note = coreText(cell.reason);
        if (out.state == MatrixCell::State::done && std::isnan(out.value)) {
            out.state = MatrixCell::State::none;
            out.note = tr("the engine does not say");
        }
        data.cells.push_back(std::move(out));
    }
    colour(data, pinned ? metric.value(*pinned, site) : kUnknown);
    return data;
}

MatrixData matrixOf(const Sweep &sweep, double pinned, const SweepIntervals &intervals,
                    const QString &baseline)
{
    MatrixData data;
    if (!sweep.axes.is_array() || sweep.axes.empty() || !sweep.cells.is_array())
        return data;
    const bool oneAtATime = sweep.mode == "one-at-a-time";
    std::vector<std::size_t> sizes;
    for (const Json &axis : sweep.axes)
        sizes.push_back(static_cast<std::size_t>(titles(axis).size()));
    if ((!oneAtATime && sizes.size() > 3)
        || std::any_of(sizes.begin(), sizes.end(), [](std::size_t n) { return n == 0; }))
        return data;
    Shape shape;
    data.unit = qs(sweep.unit);
    data.statistic = data.unit.isEmpty() ? qs(sweep.metric)
                                         : qs(sweep.metric) + QStringLiteral(", ") + data.unit;
    const std::size_t last = sizes.size() - 1;
    if (oneAtATime) {
        shape.rows = sizes.size();
        shape.columns = *std::max_element(sizes.begin(), sizes.end());
        for (const Json &axis : sweep.axes)
            data.rows.append(pathOf(axis));
        QStringList columns;
        for (std::size_t c = 0; c < shape.columns; ++c)
            columns.append(QString::number(c + 1));
        data.groups.push_back({ {}, columns });
    } else {
        shape.columns = sizes[last];
        shape.rows = last > 0 ? sizes[last - 1] : 1;
        shape.groups = last > 1 ? sizes[0] : 1;
        data.rowAxis = last > 0 ? pathOf(sweep.axes[last - 1]) : QString();
        data.rows = last > 0 ? titles(sweep.axes[last - 1]) : QStringList { qs(sweep.base) };
        const QStringList columns = titles(sweep.axes[last]);
        if (last > 1) {
            for (const QString &title : titles(sweep.axes[0]))
                data.groups.push_back({ title, columns });
        } else {
            data.groups.push_back({ {}, columns });
        }
    }
    MatrixCell none;
    none.state = MatrixCell::State::none;
    data.cells.assign(shape.count(), none);
    for (const Json &cell : sweep.cells) {
        const std::optional<std::size_t> at = placeOf(cell, sizes, oneAtATime, shape);
        if (!at)
            continue;
        MatrixCell &out = data.cells[*at];
        if (cell.contains("value") && cell["value"].is_number()) {
            out.state = MatrixCell::State::done;
            out.value = cell["value"].get<double>();
            addInterval(out, cell, intervals, baseline);
        }
        if (cell.contains("reason") && cell["reason"].is_string())
            out.note = coreText(qs(cell["reason"].get<std::string>()));
        if (oneAtATime)
            out.caption = titles(sweep.axes[*at / shape.columns])
                              .value(static_cast<int>(*at % shape.columns));
    }
    if (const QString text = intervalText(data.cells); !text.isEmpty())
        data.statistic += QStringLiteral(", ± ") + text;
    colour(data, pinned);
    data.better = sweep.higherIsBetter ? 1 : -1;
    return data;
}

bool hasMetric(const Sweep &sweep, const std::string &metric)
{
    return sweep.cells.is_array()
        && std::any_of(sweep.cells.begin(), sweep.cells.end(),
                       [&](const Json &cell) { return metricIn(cell, metric).has_value(); });
}

Sweep withMetric(const Sweep &sweep, const WhatIfMetrics::Kind &metric)
{
    Sweep out = sweep;
    out.metric = ss(metric.name);
    out.unit = ss(metric.unit);
    out.higherIsBetter = metric.better > 0;
    for (Json &cell : out.cells) {
        if (!cell.is_object())
            continue;
        const std::optional<double> value = metricIn(cell, metric.id);
        cell["value"] = value ? Json(*value) : Json();
    }
    return out;
}

std::optional<int> bestOf(const MatrixData &data)
{
    std::optional<int> best;
    for (std::size_t i = 0; i < data.cells.size(); ++i) {
        const MatrixCell &cell = data.cells[i];
        if (cell.state != MatrixCell::State::done || std::isnan(cell.value))
            continue;
        if (!best
            || data.better * cell.value
                > data.better * data.cells[static_cast<std::size_t>(*best)].value)
            best = static_cast<int>(i);
    }
    return best;
}

} // namespace batlab::views
