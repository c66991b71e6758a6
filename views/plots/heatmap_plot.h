// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/pyramid.h"
#include "views/plots/color_scale.h"
#include "views/plots/heatmap_marks.h"
#include "views/plots/heatmap_region.h"
#include "views/plots/plot_widget.h"

#include <QSharedPointer>

#include <functional>
#include <memory>

class QCPPainter;

namespace batlab::plots {

class CellTicker;
class ColorBar;
class HeatMapPlottable;
enum class Pooling;
class ProfilePlottable;
class PaintedElement;
class PaintedLayerable;

/// What a map shows, in words: axis names, the value's name and unit, names of rows and columns.
struct HeatmapText
{
    QString rowAxis, columnAxis; ///< "Layer", "Block (32 channels each)"
    QString row, column; ///< "layer", "block": for readouts
    QString value, unit; ///< "E", "activation²"
    std::function<QString(int)> rowLabel, columnLabel; ///< tick labels; null: the index
    std::function<QString(int row, int column)> note; ///< added to the readout; null: nothing
    /// Share of a cell's numbers above the largest code's value, NaN: not known; null: of no cell.
    std::function<double(int row, int column)> aboveLimit;
};

struct HeatCell
{
    int row = -1, column = -1;
    bool operator==(const HeatCell &) const = default;
    [[nodiscard]] bool isValid() const { return row >= 0 && column >= 0; }
};

/// A map of row x column that never loses a hot cell (max pyramid), with maximum profiles at the
/// top and right, a colour bar that holds the histogram of the shown cells and two limit handles,
/// ranks 1-8 on the hottest cells.
class HeatmapPlot : public PlotWidget
{
    Q_OBJECT
public:
    explicit HeatmapPlot(const QString &title, QWidget *parent = nullptr);
    ~HeatmapPlot() override;

    /// Row-major [rows, cols] at level 0. Keeps zoom, selection (clamped) and locked limits. Null:
    /// no map.
    void setData(std::shared_ptr<const LodPyramid> data, const HeatmapText &text);
    /// Rows that are still to come, hatched; size rows, empty: none.
    void setPendingRows(std::vector<bool> pending);
    [[nodiscard]] int rows() const;
    [[nodiscard]] int columns() const;

    /// The scale; share one between plots to lock their limits together.
    [[nodiscard]] std::shared_ptr<ColorScale> colorScale() const { return m_scale; }
    void setColorScale(std::shared_ptr<ColorScale> scale);
    void setProfilesVisible(bool visible);
    /// What a pixel shows that holds several cells: their maximum unless the user asks otherwise.
    void setPooling(Pooling pooling);
    [[nodiscard]] Pooling pooling() const { return m_pooling; }

    /// A rectangle whose statistics stand on the map (Shift and drag, the tool and drag, or R and
    /// arrows); empty: none. Another map size clears it, other data keep it.
    void setRegion(const HeatRegion &region);
    [[nodiscard]] const HeatRegion &region() const { return m_region; }
    [[nodiscard]] const RegionStatistics &statistics() const { return m_statistics; }
    [[nodiscard]] QString regionText() const; ///< "n 120 · mean 3.2 · max 41"
    /// The rectangle of a reopened session: set when data of that size are there. Empty: none.
    void restoreRegion(const HeatRegion &region);
    /// What a session keeps: the rectangle, also while it waits for data.
    [[nodiscard]] const HeatRegion &keptRegion() const
    {
        return m_waitingRegion.isEmpty() ? m_region : m_waitingRegion;
    }

    /// Marks a cell without telling anybody (the selection came from elsewhere).
    void setSelectedCell(HeatCell cell);
    [[nodiscard]] HeatCell selectedCell() const { return m_selected; }
    /// The 8 hottest cells, hottest first; ties by row, then column.
    [[nodiscard]] const std::vector<HeatCell> &rankedCells() const { return m_ranked; }
    /// Shows columns [c0, c1) and rows [r0, r1).
    void showCells(int r0, int r1, int c0, int c1);
    /// Where a cell is drawn, in pixels of plot(); null rect when outside the view.
    [[nodiscard]] QRectF cellRect(HeatCell cell) const;
    [[nodiscard]] QRect mapRect() const;

    [[nodiscard]] PlotTable table() const override;
    [[nodiscard]] QString summary() const override;

Q_SIGNALS:
    /// The user chose a cell (click, arrows, N, P).
    void cellSelected(int row, int column);
    /// Double click on a cell: open it elsewhere.
    void cellActivated(int row, int column);
    void regionChanged();

protected:
    void themeChanged(const Tokens &tokens) override;
    QString hover(const QPointF *pos) override;
    bool clicked(const QPointF &pos, Qt::KeyboardModifiers modifiers) override;
    bool dragStarted(const QPointF &pos) override;
    void dragMoved(const QPointF &pos) override;
    void dragEnded(const QPointF &pos) override;
    bool doubleClicked(const QPointF &pos) override;
    [[nodiscard]] Qt::CursorShape cursorAt(const QPointF &pos) const override;
    bool key(int key, Qt::KeyboardModifiers modifiers) override;
    [[nodiscard]] QPointF zoomPoint(const QPointF &middle) const override;
    void afterLimits() override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void buildLayout();
    void buildTools();
    void sizeLayout();
    void drawCorner(QCPPainter &painter, const QRect &rect);
    [[nodiscard]] std::vector<RankMark> rankMarks() const;
    void rank();
    void updateBar();
    void scaleChanged();
    void updateProfiles();
    void updateCursorProfiles();
    void choose(HeatCell cell);
    void drawRegion(QCPPainter &painter);
    bool regionPress(const QPointF &pos);
    void regionDrag(const QPointF &pos);
    bool regionKey(int key, int step);
    void spanRegion(HeatCell corner); ///< from m_regionStart
    void keepVisible(HeatCell cell);
    [[nodiscard]] HeatCell cellAt(const QPointF &pos) const;
    [[nodiscard]] HeatCell cursorCell() const
    {
        return m_hovered.isValid() ? m_hovered : m_selected;
    }
    [[nodiscard]] QString describe(HeatCell cell) const;

    std::shared_ptr<const LodPyramid> m_data;
    HeatmapText m_text;
    std::shared_ptr<ColorScale> m_scale;
    QCPAxisRect *m_mapRect = nullptr, *m_topRect = nullptr, *m_rightRect = nullptr;
    HeatMapPlottable *m_map = nullptr;
    ProfilePlottable *m_topMax = nullptr, *m_topCursor = nullptr;
    ProfilePlottable *m_rightMax = nullptr, *m_rightCursor = nullptr;
    ColorBar *m_bar = nullptr;
    PaintedElement *m_corner = nullptr;
    PaintedLayerable *m_frame = nullptr, *m_ranks = nullptr, *m_cursor = nullptr;
    QSharedPointer<CellTicker> m_columnTicker, m_rowTicker;
    QToolButton *m_lockTool = nullptr, *m_regionTool = nullptr;
    std::vector<HeatCell> m_ranked;
    HeatCell m_selected, m_hovered;
    double m_median = 0;
    bool m_ownScale = true;
    bool m_profilesWanted = true;
    int m_dragged = 0; ///< ColorBar::Handle
    Pooling m_pooling {};
    HeatRegion m_region, m_waitingRegion;
    RegionStatistics m_statistics;
    HeatCell m_regionStart; ///< valid while a rectangle is drawn
    HeatCell m_regionCorner; ///< opposite; valid while keys draw
};

} // namespace batlab::plots
