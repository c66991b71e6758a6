// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/plot_canvas.h"

#include "views/plots/plot_widget.h"

namespace batlab::plots {

PlotCanvas::PlotCanvas(PlotWidget *owner) : QCustomPlot(owner), m_owner(owner)
{
    setFocusPolicy(Qt::NoFocus);
    setMouseTracking(true);
    setInteractions({});
    setPlottingHints(QCP::phFastPolylines | QCP::phCacheLabels);
    plotLayout()->clear();
    plotLayout()->setRowSpacing(0);
    plotLayout()->setColumnSpacing(0);
    addLayer(QStringLiteral("cursor"), layer(QStringLiteral("overlay")), limAbove);
    layer(QStringLiteral("cursor"))->setMode(QCPLayer::lmBuffered);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    // QCustomPlot makes ticks before it lays out: after a change of size they would be those of the
    // old one.
    connect(this, &QCustomPlot::beforeReplot, this, [this] {
        if (m_laidOut == size())
            return;
        m_laidOut = size();
        for (const auto phase : { QCPLayoutElement::upPreparation, QCPLayoutElement::upMargins,
                                  QCPLayoutElement::upLayout })
            plotLayout()->update(phase);
    });
}

void PlotCanvas::setRubberBand(const QRectF &rect)
{
    m_band = rect;
    update();
}

void PlotCanvas::setFocusRing(bool shown)
{
    if (m_ring == shown)
        return;
    m_ring = shown;
    update();
}

void PlotCanvas::paintEvent(QPaintEvent *event)
{
    if (!qFuzzyCompare(bufferDevicePixelRatio(), devicePixelRatioF())) {
        setBufferDevicePixelRatio(devicePixelRatioF());
        replot(rpImmediateRefresh);
    }
    QCustomPlot::paintEvent(event);
    if (!m_ring && m_band.isNull())
        return;
    QPainter painter(this);
    const Tokens &t = m_owner->tokens();
    if (!m_band.isNull()) {
        QColor fill = t.accent;
        fill.setAlphaF(0.12F);
        painter.fillRect(m_band, fill);
        painter.setPen(QPen(t.markerOuter, 1));
        painter.drawRect(m_band.adjusted(-1, -1, 1, 1));
        painter.setPen(QPen(t.markerInner, 1));
        painter.drawRect(m_band);
    }
    if (m_ring) {
        painter.setPen(QPen(t.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
    }
}

void PlotCanvas::resizeEvent(QResizeEvent *)
{
    // A page that appears resizes its plots several times; QCustomPlot would render each of them.
    setViewport(rect());
    replot(rpQueuedReplot);
}

void PlotCanvas::mousePressEvent(QMouseEvent *event)
{
    m_owner->setFocus(Qt::MouseFocusReason);
    m_owner->mousePress(event->position(), event->button(), event->modifiers());
    event->setAccepted(event->button() != Qt::RightButton);
}

void PlotCanvas::mouseMoveEvent(QMouseEvent *event)
{
    m_owner->mouseMove(event->position());
    event->accept();
}

void PlotCanvas::mouseReleaseEvent(QMouseEvent *event)
{
    m_owner->mouseRelease(event->position(), event->modifiers());
    event->setAccepted(event->button() != Qt::RightButton);
}

void PlotCanvas::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        m_owner->mouseDouble(event->position());
    event->accept();
}

void PlotCanvas::wheelEvent(QWheelEvent *event)
{
    m_owner->wheel(event->position(), event->angleDelta().y() / 120.0);
    event->accept();
}

void PlotCanvas::leaveEvent(QEvent *event)
{
    m_owner->leave();
    QWidget::leaveEvent(event);
}

} // namespace batlab::plots
