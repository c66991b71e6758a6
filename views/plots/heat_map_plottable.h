// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/pyramid.h"
#include "views/plots/color_scale.h"
#include "views/plots/qcp.h"

#include <memory>
#include <vector>

namespace batlab::plots {

/// How several cells become one pixel. `max` keeps every hot cell; `extreme` keeps the value
/// farthest from 0 (differences); `mean` and `min` only when asked for.
enum class Pooling { max, extreme, mean, min };

/// A map over a LodPyramid. Cell (r, c) covers [c-0.5, c+0.5] x [r-0.5, r+0.5]; the row axis runs
/// downwards. Each device pixel takes the pool of *all* cells it touches, from the coarsest level
/// whose cells are no larger than a pixel, so no cell is ever skipped (QCPColorMap drops them:
/// workbench.md 0.1).
class HeatMapPlottable : public QCPAbstractPlottable
{
    Q_OBJECT
public:
    HeatMapPlottable(QCPAxis *columns, QCPAxis *rows);

    void setData(std::shared_ptr<const LodPyramid> data);
    void setScale(std::shared_ptr<const ColorScale> scale);
    void setPooling(Pooling pooling);
    void setPendingRows(std::vector<bool> pending);
    [[nodiscard]] bool isPending(int row) const
    {
        return std::size_t(row) < m_pending.size() && m_pending[std::size_t(row)];
    }
    void setTheme(const Tokens &tokens);

    [[nodiscard]] std::int64_t rows() const;
    [[nodiscard]] std::int64_t columns() const;
    /// Level 0; NaN outside.
    [[nodiscard]] float value(std::int64_t row, std::int64_t column) const;
    /// Where a cell lies, in plot pixels (unclipped).
    [[nodiscard]] QRectF cellRect(double row, double column) const;

    /// One value per device pixel of `target` (row-major), as the map draws them. Exposed for
    /// tests.
    struct Sampling
    {
        int width = 0, height = 0;
        int level = 0;
        std::vector<float> values;
        std::vector<std::int32_t> rowOf; ///< first data row under each pixel row; -1: outside
        std::vector<std::int32_t> columnOf;
    };
    [[nodiscard]] Sampling sample(const QRectF &target, double deviceScale) const;

    double selectTest(const QPointF &, bool, QVariant *) const override { return -1; }
    QCPRange getKeyRange(bool &found, QCP::SignDomain) const override;
    QCPRange getValueRange(bool &found, QCP::SignDomain, const QCPRange &) const override;

protected:
    void draw(QCPPainter *painter) override;
    void drawLegendIcon(QCPPainter *, const QRectF &) const override { }

private:
    [[nodiscard]] QImage image(const QRectF &target, double deviceScale) const;

    std::shared_ptr<const LodPyramid> m_data;
    std::shared_ptr<const ColorScale> m_scale;
    Pooling m_pooling = Pooling::max;
    std::vector<bool> m_pending;
    const Tokens *m_tokens;
};

} // namespace batlab::plots
