// SPDX-License-Identifier: GPL-3.0-or-later
// Profiles beside the map and the histogram in its bar.
#include "views/plots/heatmap_plot.h"

#include "views/plots/axis_tickers.h"
#include "views/plots/color_bar.h"
#include "views/plots/heat_map_plottable.h"
#include "views/plots/heatmap_marks.h"
#include "views/plots/number_text.h"
#include "views/plots/painted.h"
#include "views/plots/plot_canvas.h"
#include "views/plots/profile_plottable.h"
#include "views/plots/theme.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace batlab::plots {

namespace {

constexpr std::int64_t kHistogramCells = 1 << 16;

float largest(float a, float b) { return std::isnan(a) || b > a ? b : a; }

} // namespace

void HeatmapPlot::updateProfiles()
{
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    std::vector<float> top(std::size_t(columns()), nan), right(std::size_t(rows()), nan);
    if (m_map->rows() > 0) {
        const float *cell = m_data->levels.front().max.data();
        for (float &rowMax : right) {
            for (float &columnMax : top) {
                columnMax = largest(columnMax, *cell);
                rowMax = largest(rowMax, *cell);
                ++cell;
            }
        }
    }
    m_topMax->setValues(std::move(top));
    m_rightMax->setValues(std::move(right));
    const bool log = m_scale->mode() == ScaleMode::log;
    for (ProfilePlottable *profile : { m_topMax, m_rightMax }) {
        QCPAxis *axis = profile->valueAxis();
        axis->setScaleType(log ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
        bool found = false;
        QCPRange range = profile->getValueRange(found, log ? QCP::sdPositive : QCP::sdBoth, {});
        if (!found)
            range = log ? QCPRange(0.1, 1) : QCPRange(0, 1);
        if (log) {
            // The cursor's line may lie far below the maxima: two decades under the lowest of them
            // at most.
            const double low =
                std::max(std::min(range.lower / 3, m_scale->lower()), range.lower / 100);
            axis->setRange(low, range.upper * 1.3);
        } else {
            const double low = std::min(0.0, range.lower);
            axis->setRange(low,
                           range.upper > low ? range.upper + (range.upper - low) * 0.08 : low + 1);
        }
    }
    updateCursorProfiles();
}

void HeatmapPlot::updateCursorProfiles()
{
    const HeatCell at = cursorCell();
    std::vector<float> row, column;
    if (at.isValid() && at.row < rows() && at.column < columns()) {
        const std::vector<float> &cells = m_data->levels.front().max;
        const auto begin = cells.begin() + std::ptrdiff_t(at.row) * columns();
        row.assign(begin, begin + columns());
        column.reserve(std::size_t(rows()));
        for (int r = 0; r < rows(); ++r)
            column.push_back(m_map->value(r, at.column));
    }
    m_topCursor->setValues(std::move(row));
    m_rightCursor->setValues(std::move(column));
}

void HeatmapPlot::updateBar()
{
    std::vector<float> shown;
    std::int64_t cells = 0;
    std::size_t level = 0;
    if (m_map->rows() > 0) {
        const QCPRange x = m_mapRect->axis(QCPAxis::atBottom)->range();
        const QCPRange y = m_mapRect->axis(QCPAxis::atLeft)->range();
        const auto c0 = std::max<std::int64_t>(0, std::llround(x.lower + 0.5));
        const auto c1 = std::min<std::int64_t>(columns(), std::llround(x.upper + 0.5));
        const auto r0 = std::max<std::int64_t>(0, std::llround(y.lower + 0.5));
        const auto r1 = std::min<std::int64_t>(rows(), std::llround(y.upper + 0.5));
        cells = std::max<std::int64_t>(0, c1 - c0) * std::max<std::int64_t>(0, r1 - r0);
        // All shown cells up to 65,536, maxima of their neighbourhoods beyond: the tail is what
        // matters. The bar says so.
        while (level + 1 < m_data->levels.size() && (cells >> (2 * level)) > kHistogramCells)
            ++level;
        const LodPyramid::Level &l = m_data->levels[level];
        for (std::int64_t r = r0 >> level; r <= (r1 - 1) >> level && r < l.rows; ++r)
            for (std::int64_t c = c0 >> level; c <= (c1 - 1) >> level && c < l.cols; ++c)
                shown.push_back(l.max[std::size_t(r * l.cols + c)]);
    }
    m_bar->setValues(std::move(shown), 1 << level);
    const QString mode = m_scale->mode() == ScaleMode::log ? tr("log")
        : m_scale->mode() == ScaleMode::percentile         ? tr("percentile")
                                                           : tr("linear");
    m_bar->setTitle(m_text.unit.isEmpty() ? m_text.value
                                          : m_text.value + QStringLiteral(", ") + m_text.unit,
                    mode + QStringLiteral(" · n = ") + countText(cells));
}

void HeatmapPlot::drawCorner(QCPPainter &p, const QRect &r)
{
    const Tokens &t = tokens();
    const QFontMetrics metrics(captionFont());
    p.setFont(captionFont());
    int y = r.top() + metrics.height() / 2;
    for (const auto &[color, text] :
         { std::pair(t.histLine, tr("max")), std::pair(t.accent, tr("at cursor")) }) {
        p.setPen(QPen(color, 1.5));
        p.drawLine(QPointF(r.left(), y), QPointF(r.left() + px(12), y));
        p.setPen(t.tick);
        p.drawText(QRect(r.left() + px(16), y - metrics.height() / 2, r.width() + px(20),
                         metrics.height()),
                   Qt::AlignLeft | Qt::AlignVCenter, text);
        y += metrics.height();
    }
    // Values of the side profile, above it.
    QCPAxis *axis = m_rightRect->axis(QCPAxis::atBottom);
    double taken = -1e9;
    for (const double v : roundTicks(axis->range().lower, axis->range().upper,
                                     axis->scaleType() == QCPAxis::stLogarithmic, 3)) {
        const QString text = numberText(v, 2);
        const double half = metrics.horizontalAdvance(text) / 2.0;
        const double x = std::clamp(axis->coordToPixel(v), r.left() + half, r.right() - half);
        if (x - half < taken + px(4))
            continue;
        taken = x + half;
        p.setPen(t.tick);
        p.drawText(
            QRectF(x - half - 1, r.bottom() - metrics.height() + 1, 2 * half + 2, metrics.height()),
            Qt::AlignCenter, text);
    }
}

} // namespace batlab::plots
