// SPDX-License-Identifier: GPL-3.0-or-later
// The part of PlotWidget that turns mouse gestures into limits.
#include "views/plots/plot_canvas.h"
#include "views/plots/plot_widget.h"

#include <QApplication>

#include <algorithm>
#include <cmath>

namespace batlab::plots {

namespace {

constexpr double kWheelStep = 0.8; ///< span after one notch towards the user's data
constexpr double kClickSlop = 4; ///< pixels a click may wander

/// Coordinates under two pixels, ascending, whatever the axis' direction and scale.
std::pair<double, double> between(QCPAxis *axis, double a, double b)
{
    const double ca = axis->pixelToCoord(a);
    const double cb = axis->pixelToCoord(b);
    return { std::min(ca, cb), std::max(ca, cb) };
}

/// Where an axis begins and ends: QCustomPlot lays a vertical one one pixel above its rectangle.
double edge(const QRect &r, bool x, bool first)
{
    return x ? (first ? r.left() : r.right() + 1) : (first ? r.top() - 1 : r.bottom());
}

} // namespace

int PlotWidget::viewAt(const QPointF &pos, bool &onX, bool &onY) const
{
    onX = onY = false;
    const QPoint p = pos.toPoint();
    for (std::size_t i = 0; i < m_views.size(); ++i) {
        const View &view = m_views[i];
        if (view.rect->rect().contains(p)) {
            onX = view.x != nullptr;
            onY = view.y != nullptr;
            return int(i);
        }
    }
    for (std::size_t i = 0; i < m_views.size(); ++i) {
        const View &view = m_views[i];
        const QRect r = view.rect->rect();
        if (!view.rect->outerRect().contains(p))
            continue;
        onX = view.x && p.x() >= r.left() && p.x() <= r.right();
        onY = view.y && p.y() >= r.top() && p.y() <= r.bottom();
        if (onX || onY)
            return int(i);
    }
    return -1;
}

void PlotWidget::mousePress(const QPointF &pos, Qt::MouseButton button,
                            Qt::KeyboardModifiers modifiers)
{
    m_pressModifiers = modifiers;
    m_gesture = {};
    m_gesture.start = pos;
    m_gesture.startLimits = limits();
    bool onX = false, onY = false;
    m_gesture.view = viewAt(pos, onX, onY);
    if (button == Qt::MiddleButton || (button == Qt::LeftButton && m_spaceDown)) {
        if (m_gesture.view >= 0) {
            m_gesture.kind = Gesture::pan;
            m_canvas->setCursor(Qt::ClosedHandCursor);
        }
    } else if (button == Qt::LeftButton) {
        m_gesture.kind = dragStarted(pos) ? Gesture::own : Gesture::pending;
    }
}

void PlotWidget::pan(const View &view, const QPointF &delta)
{
    const QRect r = view.rect->rect();
    for (const bool x : { true, false }) {
        QCPAxis *axis = x ? view.x : view.y;
        if (!axis)
            continue;
        const double d = x ? delta.x() : delta.y();
        const auto [lower, upper] = between(axis, edge(r, x, true) - d, edge(r, x, false) - d);
        setClamped(view, x, lower, upper);
    }
}

void PlotWidget::mouseMove(const QPointF &pos)
{
    m_hoverPos = pos;
    m_hovering = true;
    switch (m_gesture.kind) {
    case Gesture::own: dragMoved(pos); return;
    case Gesture::pan:
        setLimits(m_gesture.startLimits);
        pan(m_views[std::size_t(m_gesture.view)], pos - m_gesture.start);
        afterLimits();
        replotLater();
        return;
    case Gesture::pending:
        if (m_gesture.view < 0
            || QLineF(pos, m_gesture.start).length() < QApplication::startDragDistance())
            break;
        m_gesture.kind = Gesture::zoom;
        [[fallthrough]];
    case Gesture::zoom: {
        const View &view = m_views[std::size_t(m_gesture.view)];
        const QRectF r = view.rect->rect();
        bool onX = false, onY = false;
        (void)viewAt(m_gesture.start, onX, onY);
        QRectF band = QRectF(m_gesture.start, pos).normalized();
        if (!onX)
            band = QRectF(r.left(), band.top(), r.width(), band.height());
        if (!onY)
            band = QRectF(band.left(), r.top(), band.width(), r.height());
        m_canvas->setRubberBand(band & r);
        break;
    }
    case Gesture::none:
        if (!m_spaceDown)
            m_canvas->setCursor(cursorAt(pos));
        break;
    }
    m_hoverPending = true;
    if (!m_hoverTimer.isActive()) {
        readoutNow();
        m_hoverTimer.start();
    }
}

void PlotWidget::mouseRelease(const QPointF &pos, Qt::KeyboardModifiers modifiers)
{
    const Gesture gesture = m_gesture;
    m_gesture = {};
    m_canvas->setRubberBand({});
    switch (gesture.kind) {
    case Gesture::own: dragEnded(pos); break;
    case Gesture::pan:
        m_canvas->unsetCursor();
        if (limits() != gesture.startLimits) {
            m_history.push(gesture.startLimits, false);
            Q_EMIT limitsChanged();
        }
        break;
    case Gesture::zoom: {
        const View &view = m_views[std::size_t(gesture.view)];
        const QRectF band =
            QRectF(gesture.start, pos).normalized() & QRectF(view.rect->outerRect());
        bool onX = false, onY = false;
        (void)viewAt(gesture.start, onX, onY);
        // A sliver is a slip of the hand, not a wish to see three pixels.
        if ((onX && band.width() < 2 * kClickSlop) && (onY && band.height() < 2 * kClickSlop))
            break;
        m_history.push(gesture.startLimits, false);
        const auto [x0, x1] =
            view.x ? between(view.x, band.left(), band.right()) : std::pair(0.0, 0.0);
        const auto [y0, y1] =
            view.y ? between(view.y, band.top(), band.bottom()) : std::pair(0.0, 0.0);
        if (onX && band.width() >= 2 * kClickSlop)
            setClamped(view, true, x0, x1);
        if (onY && band.height() >= 2 * kClickSlop)
            setClamped(view, false, y0, y1);
        afterLimits();
        Q_EMIT limitsChanged();
        replotLater();
        break;
    }
    case Gesture::pending: clicked(pos, modifiers); break;
    case Gesture::none: break;
    }
}

void PlotWidget::mouseDouble(const QPointF &pos)
{
    m_gesture = {};
    if (!doubleClicked(pos))
        resetLimits();
}

void PlotWidget::wheel(const QPointF &pos, double steps)
{
    bool onX = false, onY = false;
    const int index = viewAt(pos, onX, onY);
    if (index < 0 || steps == 0)
        return;
    m_history.push(limits(), true);
    const View &view = m_views[std::size_t(index)];
    const QRect r = view.rect->rect();
    const double factor = std::pow(kWheelStep, steps);
    for (const bool x : { true, false }) {
        QCPAxis *axis = x ? view.x : view.y;
        if (!axis || !(x ? onX : onY))
            continue;
        const double p = x ? pos.x() : pos.y();
        const auto [lower, upper] = between(axis, p + (edge(r, x, true) - p) * factor,
                                            p + (edge(r, x, false) - p) * factor);
        setClamped(view, x, lower, upper);
    }
    afterLimits();
    Q_EMIT limitsChanged();
    replotLater();
}

void PlotWidget::leave()
{
    m_hovering = false;
    m_hoverPending = true;
    m_hoverTimer.stop();
    readoutNow();
}

void PlotWidget::readoutNow()
{
    m_hoverPending = false;
    const QString text = hover(m_hovering ? &m_hoverPos : nullptr);
    if (text == m_readout)
        return;
    m_readout = text;
    Q_EMIT readout(text);
}

} // namespace batlab::plots
