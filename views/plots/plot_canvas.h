// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/qcp.h"

namespace batlab::plots {

class PlotWidget;

/// The QCustomPlot inside a PlotWidget: hands mouse events to it and paints focus ring and zoom
/// rectangle above the buffers, so that neither costs a replot.
class PlotCanvas : public QCustomPlot
{
    Q_OBJECT
public:
    explicit PlotCanvas(PlotWidget *owner);
    void setRubberBand(const QRectF &rect); ///< null: none
    void setFocusRing(bool shown);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    PlotWidget *m_owner;
    QRectF m_band;
    QSize m_laidOut; ///< the size the layout was last made for
    bool m_ring = false;
};

} // namespace batlab::plots
