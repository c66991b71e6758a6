// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/pyramid.h"
#include "views/plots/heatmap_plot.h"

#include <algorithm>
#include <memory>

namespace batlab::plots {

/// One map of several.
struct MapItem
{
    QString id, name, family;
    bool filled = false;
    QString note; ///< right of the name: "max 39.6, crest 48.7"
    bool noteIsWarning = false;
    std::shared_ptr<const LodPyramid> data;
};

/// Several maps of the same shape with identical limits (one ColorScale), one colour bar, equal
/// sizes, linked zoom and a linked cursor with the value in each; maxima of the columns beneath on
/// the same x. Wraps when narrow.
class SmallMultiplesHeatmap : public PlotWidget
{
    Q_OBJECT
public:
    explicit SmallMultiplesHeatmap(const QString &title, QWidget *parent = nullptr);
    ~SmallMultiplesHeatmap() override;

    /// Maps of as many rows and columns of the same things keep zoom and locked limits; those of
    /// the same ids keep the history of limits too.
    void setMaps(std::vector<MapItem> maps, const HeatmapText &text);
    [[nodiscard]] std::shared_ptr<ColorScale> colorScale() const { return m_scale; }
    void setProfilesVisible(bool visible);
    void setSelectedCell(HeatCell cell);
    /// The profile takes the maximum of this many columns (blocks of channels).
    void setProfileGroup(int columns) { m_group = std::max(1, columns); }
    /// The selected column is framed, without crosshair and values, until the mouse is over a map.
    void setColumnFrame(bool frame) { m_columnFrame = frame; }
    /// Where map i is drawn, in pixels of plot().
    [[nodiscard]] QRect mapRect(int i) const;
    [[nodiscard]] int mapColumns() const { return m_columns; }

    [[nodiscard]] PlotTable table() const override;
    [[nodiscard]] QString summary() const override;

Q_SIGNALS:
    void cellSelected(const QString &id, int row, int column);
    void cellActivated(); ///< a double click, or Enter: the selected cell

protected:
    void themeChanged(const Tokens &tokens) override;
    QString hover(const QPointF *pos) override;
    bool clicked(const QPointF &pos, Qt::KeyboardModifiers modifiers) override;
    bool doubleClicked(const QPointF &pos) override;
    bool dragStarted(const QPointF &pos) override;
    void dragMoved(const QPointF &pos) override;
    void dragEnded(const QPointF &pos) override;
    bool key(int key, Qt::KeyboardModifiers modifiers) override;
    [[nodiscard]] QPointF zoomPoint(const QPointF &middle) const override;
    void resizeEvent(QResizeEvent *event) override;

private:
    struct Cell; ///< the parts of one map
    void rebuild(int columns);
    void rebuildAndFill(); ///< of the maps that are there: what is seen stays
    [[nodiscard]] int columnsFor(int width) const;
    void fill();
    void updateBar();
    void drawTitle(QCPPainter &painter, const QRect &rect, int index);
    void drawRowAxis(QCPPainter &painter, const QRect &rect, int index);
    [[nodiscard]] HeatCell cellAt(const QPointF &pos, int &index) const;
    [[nodiscard]] QString currentId() const
    {
        return std::size_t(m_current) < m_maps.size() ? m_maps[std::size_t(m_current)].id
                                                      : QString();
    }
    [[nodiscard]] HeatCell cursorCell() const
    {
        return m_hovered.isValid() ? m_hovered : m_selected;
    }

    std::vector<MapItem> m_maps;
    HeatmapText m_text;
    std::shared_ptr<ColorScale> m_scale;
    std::vector<std::unique_ptr<Cell>> m_cells;
    std::unique_ptr<LinkGroup> m_linkX, m_linkY, m_linkMax;
    ColorBar *m_bar = nullptr;
    PaintedLayerable *m_cursor = nullptr;
    HeatCell m_selected, m_hovered;
    int m_columns = 0;
    int m_current = 0; ///< the map that keys move in: the one clicked last
    int m_dragged = 0;
    int m_group = 1;
    bool m_profiles = true, m_columnFrame = false;
};

} // namespace batlab::plots
