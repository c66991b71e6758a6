// SPDX-License-Identifier: GPL-3.0-or-later
// Statistics of a rectangle of cells, and how one is drawn on a map.
#include "views/plots/heatmap_region.h"

#include "core/stats/pyramid.h"
#include "views/plots/heat_map_plottable.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/number_text.h"
#include "views/plots/plot_canvas.h"

#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace batlab::plots {

RegionStatistics regionStatistics(const LodPyramid &data, const HeatRegion &region,
                                  const std::function<double(int, int)> &above)
{
    RegionStatistics out;
    if (data.levels.empty())
        return out;
    const LodPyramid::Level &cells = data.levels.front();
    double sum = 0, aboveSum = 0;
    std::int64_t aboveCount = 0;
    for (int r = std::max(0, region.row0); r <= std::min<int>(region.row1, int(cells.rows) - 1);
         ++r) {
        for (int c = std::max(0, region.column0);
             c <= std::min<int>(region.column1, int(cells.cols) - 1); ++c) {
            const double v =
                double(cells.max[std::size_t(r) * std::size_t(cells.cols) + std::size_t(c)]);
            if (!std::isfinite(v))
                continue;
            out.min = out.n == 0 ? v : std::min(out.min, v);
            out.max = out.n == 0 ? v : std::max(out.max, v);
            sum += v;
            ++out.n;
            if (above) {
                if (const double share = above(r, c); !std::isnan(share)) {
                    aboveSum += share;
                    ++aboveCount;
                }
            }
        }
    }
    if (out.n > 0)
        out.mean = sum / double(out.n);
    if (aboveCount > 0)
        out.above = aboveSum / double(aboveCount);
    return out;
}

void HeatmapPlot::setRegion(const HeatRegion &region)
{
    HeatRegion next = region;
    next.row0 = std::max(0, next.row0);
    next.column0 = std::max(0, next.column0);
    next.row1 = std::min(next.row1, rows() - 1);
    next.column1 = std::min(next.column1, columns() - 1);
    if (next.isEmpty()) {
        next = {};
        m_regionCorner = {};
    }
    if (next == m_region)
        return;
    m_region = next;
    m_statistics = m_data && !m_region.isEmpty()
        ? regionStatistics(*m_data, m_region, m_text.aboveLimit)
        : RegionStatistics {};
    setAccessibleDescription(summary());
    cursorLayer()->replot();
    Q_EMIT regionChanged();
}

void HeatmapPlot::restoreRegion(const HeatRegion &region)
{
    m_waitingRegion = region;
    if (region.isEmpty() || region.row1 >= rows() || region.column1 >= columns())
        return;
    m_waitingRegion = {};
    setRegion(region);
}

QString HeatmapPlot::regionText() const
{
    if (m_region.isEmpty())
        return {};
    QString text = tr("n %1 · mean %2 · max %3")
                       .arg(countText(m_statistics.n), numberText(m_statistics.mean),
                            numberText(m_statistics.max));
    if (m_statistics.above >= 0)
        text += tr(" · above the E2M1 limit %1 %").arg(fixedText(100 * m_statistics.above, 2));
    return text;
}

void HeatmapPlot::drawRegion(QCPPainter &p)
{
    if (m_region.isEmpty())
        return;
    const QRectF frame = m_map->cellRect(m_region.row0, m_region.column0)
                             .united(m_map->cellRect(m_region.row1, m_region.column1));
    const Tokens &t = tokens();
    p.setAntialiasing(false);
    p.setBrush(Qt::NoBrush);
    p.setPen(QPen(t.markerOuter, 1));
    p.drawRect(frame.adjusted(-1, -1, 1, 1));
    p.setPen(QPen(t.markerInner, 1, Qt::DashLine));
    p.drawRect(frame);
    drawValuePlate(p, m_mapRect->rect(), frame.topLeft(), regionText());
}

bool HeatmapPlot::regionPress(const QPointF &pos)
{
    const bool wanted = m_regionTool->isChecked() || pressModifiers() & Qt::ShiftModifier;
    const HeatCell at = cellAt(pos);
    if (!wanted || !at.isValid())
        return false;
    m_regionStart = at;
    m_waitingRegion = {};
    setRegion({});
    return true;
}

void HeatmapPlot::regionDrag(const QPointF &pos)
{
    const QRect map = m_mapRect->rect();
    const HeatCell at = cellAt({ std::clamp<double>(pos.x(), map.left(), map.right()),
                                 std::clamp<double>(pos.y(), map.top(), map.bottom()) });
    if (at.isValid())
        spanRegion(at);
}

void HeatmapPlot::spanRegion(HeatCell corner)
{
    setRegion({ std::min(m_regionStart.row, corner.row), std::max(m_regionStart.row, corner.row),
                std::min(m_regionStart.column, corner.column),
                std::max(m_regionStart.column, corner.column) });
    Q_EMIT readout(regionText());
}

// R begins a rectangle at the selected cell and arrows move its other corner, until R or Enter. The
// selection stays, so that what follows it has nothing to do meanwhile.
bool HeatmapPlot::regionKey(int key, int step)
{
    const bool drawing = m_regionCorner.isValid();
    if (drawing && (key == Qt::Key_R || key == Qt::Key_Return || key == Qt::Key_Enter)) {
        m_regionStart = m_regionCorner = {};
        return true;
    }
    if (key == Qt::Key_R) {
        m_waitingRegion = {};
        m_regionStart = m_regionCorner = m_selected.isValid() ? m_selected : HeatCell { 0, 0 };
    } else if (drawing && key >= Qt::Key_Left && key <= Qt::Key_Down) {
        m_regionCorner.column += step * ((key == Qt::Key_Right) - (key == Qt::Key_Left));
        m_regionCorner.row += step * ((key == Qt::Key_Down) - (key == Qt::Key_Up));
        m_regionCorner.column = std::clamp(m_regionCorner.column, 0, columns() - 1);
        m_regionCorner.row = std::clamp(m_regionCorner.row, 0, rows() - 1);
    } else {
        return false;
    }
    keepVisible(m_regionCorner);
    spanRegion(m_regionCorner);
    return true;
}

} // namespace batlab::plots
