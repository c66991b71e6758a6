// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/color_scale.h"
#include "views/plots/qcp.h"

#include <functional>
#include <memory>
#include <vector>

namespace batlab::plots {

/// The colour bar: colours in the shape of the histogram of the shown cells, ticks on the left, two
/// limit handles on the right. The stock QCPColorScale has neither histogram nor handles.
class ColorBar : public QCPLayoutElement
{
    Q_OBJECT
public:
    /// `extent` gives the top and bottom pixel of the bar (those of the map), so that both align.
    ColorBar(QCustomPlot *plot, std::function<QRect()> extent);

    void setScale(std::shared_ptr<ColorScale> scale);
    void setTheme(const Tokens &tokens);
    /// Two lines above the bar: value and unit, mode and n.
    void setTitle(const QString &first, const QString &second);
    /// The shown values: of cells, or each the maximum of `pooled` x `pooled` cells.
    void setValues(std::vector<float> values, int pooled = 1);
    /// What of the bar is not of every cell, a short line each; drawn below it.
    [[nodiscard]] QStringList notes() const;

    enum class Handle { none, lower, upper };
    [[nodiscard]] Handle handleAt(const QPointF &pos) const;
    [[nodiscard]] QRectF handleRect(Handle handle) const;
    /// Moves a handle to a pixel row while dragging; the limits change on every call.
    void dragHandle(Handle handle, double y);
    void beginDrag();
    /// The bar itself.
    [[nodiscard]] QRectF bar() const;

protected:
    void applyDefaultAntialiasingHint(QCPPainter *painter) const override
    {
        painter->setAntialiasing(true);
    }
    void draw(QCPPainter *painter) override;

private:
    void drawTicks(QCPPainter *painter, const QRectF &bar);

    std::function<QRect()> m_extent;
    std::shared_ptr<ColorScale> m_scale;
    const Tokens *m_tokens;
    QString m_first, m_second;
    std::vector<float> m_values;
    int m_pooled = 1;

    std::unique_ptr<ColorScale>
        m_frozen; ///< the mapping when the drag began, so that a handle follows the hand
    [[nodiscard]] int labelWidth() const;
};

} // namespace batlab::plots
