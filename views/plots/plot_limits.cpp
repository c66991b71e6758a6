// SPDX-License-Identifier: GPL-3.0-or-later
// The limits of a plot's views: home, what is seen, what was seen before, what a session keeps.
#include "views/plots/plot_canvas.h"
#include "views/plots/plot_widget.h"

#include <algorithm>
#include <cmath>

namespace batlab::plots {

namespace {

constexpr int kSettleMs = 1000; ///< after a session was opened

bool isHome(const QCPRange &range, double low, double high)
{
    const double slack = 1e-9 * std::max(std::abs(low), std::abs(high));
    return std::abs(range.lower - low) <= slack && std::abs(range.upper - high) <= slack;
}

} // namespace

void PlotWidget::addView(const View &view) { m_views.push_back(view); }

void PlotWidget::clearViews()
{
    m_views.clear();
    m_history.clear();
    m_gesture = {};
}

PlotWidget::Limits PlotWidget::limits() const
{
    Limits all;
    for (const View &view : m_views)
        for (QCPAxis *axis : { view.x, view.y })
            if (axis)
                all.push_back({ axis, axis->range().lower, axis->range().upper });
    return all;
}

void PlotWidget::setLimits(const Limits &to)
{
    for (const AxisLimits &l : to)
        l.axis->setRange(l.lower, l.upper);
    afterLimits();
    Q_EMIT limitsChanged();
    replotLater();
}

void PlotWidget::setClamped(const View &view, bool xAxis, double lower, double upper)
{
    QCPAxis *axis = xAxis ? view.x : view.y;
    if (!axis || !(upper > lower) || !std::isfinite(lower) || !std::isfinite(upper))
        return;
    if (view.bounded) {
        const double home0 = xAxis ? view.homeX0 : view.homeY0;
        const double home1 = xAxis ? view.homeX1 : view.homeY1;
        const double span =
            std::clamp(upper - lower, std::min(view.minSpan, home1 - home0), home1 - home0);
        const double middle = (lower + upper) / 2;
        lower = std::clamp(middle - span / 2, home0, home1 - span);
        upper = lower + span;
    }
    axis->setRange(lower, upper);
}

std::vector<double> PlotWidget::limitValues() const
{
    if (!m_wanted.empty())
        return m_wanted;
    std::vector<double> out;
    bool home = true;
    for (const View &view : m_views) {
        const auto take = [&](const QCPAxis *axis, double low, double high) {
            if (!axis)
                return;
            home = home && isHome(axis->range(), low, high);
            out.push_back(axis->range().lower);
            out.push_back(axis->range().upper);
        };
        take(view.x, view.homeX0, view.homeX1);
        take(view.y, view.homeY0, view.homeY1);
    }
    return home ? std::vector<double>() : out;
}

std::vector<PlotWidget::Shown> PlotWidget::shown() const
{
    const auto part = [](const QCPAxis *axis, double low,
                         double high) -> std::optional<std::pair<double, double>> {
        if (!axis || isHome(axis->range(), low, high))
            return {};
        return std::pair(axis->range().lower, axis->range().upper);
    };
    std::vector<Shown> out;
    for (const View &view : m_views)
        out.push_back(
            { part(view.x, view.homeX0, view.homeX1), part(view.y, view.homeY0, view.homeY1) });
    return out;
}

void PlotWidget::showAgain(const std::vector<Shown> &before)
{
    if (before.empty())
        return;
    for (std::size_t i = 0; i < m_views.size(); ++i) {
        // Where there are more or fewer views than before, they are linked: one says it for all.
        const Shown &was = before.size() == m_views.size() ? before[i] : before.front();
        if (was.x)
            setClamped(m_views[i], true, was.x->first, was.x->second);
        if (was.y)
            setClamped(m_views[i], false, was.y->first, was.y->second);
    }
    afterLimits();
}

void PlotWidget::restoreLimits(std::vector<double> values)
{
    m_wanted.clear();
    if (values.empty() && !limitValues().empty())
        resetLimits();
    m_wanted = std::move(values);
    applyWantedLimits();
}

void PlotWidget::applyWantedLimits()
{
    Limits to = limits();
    if (m_wanted.empty() || m_state != PanelState::ready || m_wanted.size() != 2 * to.size())
        return;
    for (std::size_t i = 0; i < to.size(); ++i) {
        to[i].lower = m_wanted[2 * i];
        to[i].upper = m_wanted[2 * i + 1];
        if (!(to[i].upper > to[i].lower))
            return;
    }
    if (to == limits())
        return;
    m_history.push(limits(), false);
    setLimits(to);
    // What follows the opening (a site, a variant) may bring other data once more.
    QTimer::singleShot(kSettleMs, this, [this] { m_wanted.clear(); });
}

void PlotWidget::resetLimits()
{
    m_wanted.clear();
    m_history.push(limits(), false);
    for (const View &view : m_views) {
        if (view.x)
            view.x->setRange(view.homeX0, view.homeX1);
        if (view.y)
            view.y->setRange(view.homeY0, view.homeY1);
    }
    afterLimits();
    Q_EMIT limitsChanged();
    replotLater();
}

bool PlotWidget::previousLimits()
{
    const Limits now = limits();
    while (!m_history.empty()) {
        const Limits last = m_history.pop();
        if (last == now)
            continue;
        setLimits(last);
        return true;
    }
    return false;
}

} // namespace batlab::plots
