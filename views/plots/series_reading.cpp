// SPDX-License-Identifier: GPL-3.0-or-later
// What lines say: under the cursor, by keys, as a table, in words.
#include "views/plots/series_plot.h"

#include "views/plots/axis_tickers.h"
#include "views/plots/markers.h"
#include "views/plots/number_text.h"
#include "views/plots/painted.h"
#include "views/plots/plot_canvas.h"
#include "views/plots/theme.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace batlab::plots {

QString SeriesPlot::hover(const QPointF *pos)
{
    const auto before = m_hovered;
    m_hovered.reset();
    if (pos && m_rect->rect().contains(pos->toPoint()))
        m_hovered = snapped(m_rect->axis(QCPAxis::atBottom)->pixelToCoord(pos->x()));
    if (m_hovered != before)
        cursorLayer()->replot();
    if (!m_hovered)
        return {};
    QString text = m_text.x + QLatin1Char(' ') + numberText(*m_hovered, 6);
    std::optional<double> pin;
    for (const Series &s : m_series)
        if (s.baseline && !s.dashed)
            pin = at(s, *m_hovered);
    for (const Series &s : m_series) {
        const auto value = at(s, *m_hovered);
        if (!value)
            continue;
        text += QStringLiteral(" · ") + s.name + QLatin1Char(' ') + numberText(*value);
        if (pin && !s.baseline)
            text += QStringLiteral(" (%1)").arg(deltaText(*value - *pin));
    }
    return m_text.unit.isEmpty() ? text : text + QLatin1Char(' ') + m_text.unit;
}

bool SeriesPlot::clicked(const QPointF &pos, Qt::KeyboardModifiers)
{
    if (!m_rect->rect().contains(pos.toPoint()))
        return false;
    const auto x = snapped(m_rect->axis(QCPAxis::atBottom)->pixelToCoord(pos.x()));
    if (!x)
        return false;
    const Series *nearest = nullptr;
    double distance = std::numeric_limits<double>::infinity();
    for (const Series &s : m_series) {
        const auto value = at(s, *x);
        if (!value)
            continue;
        const double d = std::abs(m_rect->axis(QCPAxis::atLeft)->coordToPixel(*value) - pos.y());
        if (d < distance) {
            distance = d;
            nearest = &s;
        }
    }
    if (!nearest)
        return false;
    setCursor(x);
    Q_EMIT pointSelected(nearest->id, *x);
    return true;
}

bool SeriesPlot::key(int key, Qt::KeyboardModifiers)
{
    if ((key != Qt::Key_Left && key != Qt::Key_Right) || m_series.empty())
        return false;
    std::set<double> all;
    for (const Series &s : m_series)
        all.insert(s.x.begin(), s.x.end());
    if (all.empty())
        return false;
    auto it = m_cursor ? all.lower_bound(*m_cursor) : all.begin();
    if (m_cursor && key == Qt::Key_Right && it != all.end() && std::next(it) != all.end())
        ++it;
    else if (m_cursor && key == Qt::Key_Left && it != all.begin())
        --it;
    if (it == all.end())
        it = std::prev(all.end());
    m_hovered.reset();
    setCursor(*it);
    Q_EMIT pointSelected(m_series.back().id, *it);
    return true;
}

PlotTable SeriesPlot::table() const
{
    PlotTable out;
    std::set<double> all;
    for (const Series &s : m_series)
        all.insert(s.x.begin(), s.x.end());
    out.columns << m_text.x;
    for (const Series &s : m_series)
        out.columns << s.name;
    out.rows = int(all.size());
    out.comments << m_text.yAxis;
    out.cell = [series = m_series,
                x = std::vector<double>(all.begin(), all.end())](int row, int column) -> QVariant {
        const double at = x[std::size_t(row)];
        if (column == 0)
            return at;
        const Series &s = series[std::size_t(column - 1)];
        const auto it = std::lower_bound(s.x.begin(), s.x.end(), at);
        const auto i = std::size_t(it - s.x.begin());
        if (it == s.x.end() || *it != at || i >= s.y.size() || std::isnan(s.y[i]))
            return {};
        return s.y[i];
    };
    return out;
}

QString SeriesPlot::summary() const
{
    if (m_series.empty())
        return tr("%1: no data").arg(title());
    QStringList parts;
    for (const Series &s : m_series)
        if (!s.y.empty())
            parts << tr("%1 ends at %2").arg(s.name, numberText(s.y.back()));
    return tr("Line plot of %1 by %2: ").arg(m_text.yAxis, m_text.xAxis)
        + parts.join(QStringLiteral(", "));
}

} // namespace batlab::plots
