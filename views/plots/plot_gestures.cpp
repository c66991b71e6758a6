// SPDX-License-Identifier: GPL-3.0-or-later
// The part of PlotWidget that turns mouse gestures into limits, and limits into history.
#include "views/plots/link_group.h"
#include "views/plots/plot_canvas.h"
#include "views/plots/plot_widget.h"

#include <QApplication>

#include <algorithm>
#include <cmath>

namespace batlab::plots {

namespace {

constexpr int kSettleMs = 1000; ///< after a session was opened

constexpr double kWheelStep = 0.8; ///< span after one notch towards the user's data
constexpr double kClickSlop = 4; ///< pixels a click may wander

/// Coordinates under two pixels, ascending, whatever the axis' direction and scale.
std::pair<double, double> between(QCPAxis *axis, double a, double b)
{
    const double ca = axis->pixelToCoord(a);
    const double cb = axis->pixelToCoord(b);
    return { std::min(ca, cb), std::max(ca, cb) };
}

double edge(const QRect &r, bool x, bool first)
{
    return x ? (first ? r.left() : r.right() + 1) : (first ? r.top() : r.bottom() + 1);
}

} // namespace

void PlotWidget::addView(const View &view) { m_views.push_back(view); }

void PlotWidget::clearViews()
{
    m_views.clear();
    m_history.clear();
    m_gesture = {};
}

PlotWidget::Limits PlotWidget::limits() const
{
    Limits all;
    for (const View &view : m_views)
        for (QCPAxis *axis : { view.x, view.y })
            if (axis)
                all.push_back({ axis, axis->range().lower, axis->range().upper });
    return all;
}

void PlotWidget::setLimits(const Limits &to)
{
    for (const AxisLimits &l : to)
        l.axis->setRange(l.lower, l.upper);
    afterLimits();
    Q_EMIT limitsChanged();
    replotLater();
}

void PlotWidget::setClamped(const View &view, bool xAxis, double lower, double upper)
{
    QCPAxis *axis = xAxis ? view.x : view.y;
    if (!axis || !(upper > lower) || !std::isfinite(lower) || !std::isfinite(upper))
        return;
    if (view.bounded) {
        const double home0 = xAxis ? view.homeX0 : view.homeY0;
        const double home1 = xAxis ? view.homeX1 : view.homeY1;
        const double span =
            std::clamp(upper - lower, std::min(view.minSpan, home1 - home0), home1 - home0);
        const double middle = (lower + upper) / 2;
        lower = std::clamp(middle - span / 2, home0, home1 - span);
        upper = lower + span;
    }
    axis->setRange(lower, upper);
}

std::vector<double> PlotWidget::limitValues() const
{
    if (!m_wanted.empty())
        return m_wanted;
    std::vector<double> out;
    bool home = true;
    for (const View &view : m_views) {
        const auto take = [&](const QCPAxis *axis, double low, double high) {
            if (!axis)
                return;
            const double slack = 1e-9 * std::max(std::abs(low), std::abs(high));
            home = home && std::abs(axis->range().lower - low) <= slack
                && std::abs(axis->range().upper - high) <= slack;
            out.push_back(axis->range().lower);
            out.push_back(axis->range().upper);
        };
        take(view.x, view.homeX0, view.homeX1);
        take(view.y, view.homeY0, view.homeY1);
    }
    return home ? std::vector<double>() : out;
}

void PlotWidget::restoreLimits(std::vector<double> values)
{
    m_wanted.clear();
    if (values.empty() && !limitValues().empty())
        resetLimits();
    m_wanted = std::move(values);
    applyWantedLimits();
}

void PlotWidget::applyWantedLimits()
{
    Limits to = limits();
    if (m_wanted.empty() || m_state != PanelState::ready || m_wanted.size() != 2 * to.size())
        return;
    for (std::size_t i = 0; i < to.size(); ++i) {
        to[i].lower = m_wanted[2 * i];
        to[i].upper = m_wanted[2 * i + 1];
        if (!(to[i].upper > to[i].lower))
            return;
    }
    if (to == limits())
        return;
    m_history.push(limits(), false);
    setLimits(to);
    // What follows the opening (a site, a variant) may bring other data once more.
    QTimer::singleShot(kSettleMs, this, [this] { m_wanted.clear(); });
}

void PlotWidget::resetLimits()
{
    m_wanted.clear();
    m_history.push(limits(), false);
    for (const View &view : m_views) {
        if (view.x)
            view.x->setRange(view.homeX0, view.homeX1);
        if (view.y)
            view.y->setRange(view.homeY0, view.homeY1);
    }
    afterLimits();
    Q_EMIT limitsChanged();
    replotLater();
}

bool PlotWidget::previousLimits()
{
    const Limits now = limits();
    while (!m_history.empty()) {
        const Limits last = m_history.pop();
        if (last == now)
            continue;
        setLimits(last);
        return true;
    }
    return false;
}

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

void PlotWidget::mouseMove(const QPointF &pos)
{
    m_hoverPos = pos;
    m_hovering = true;
    switch (m_gesture.kind) {
    case Gesture::own: dragMoved(pos); return;
    case Gesture::pan: {
        const View &view = m_views[std::size_t(m_gesture.view)];
        const QPointF delta = pos - m_gesture.start;
        setLimits(m_gesture.startLimits);
        const QRect r = view.rect->rect();
        for (const bool x : { true, false }) {
            QCPAxis *axis = x ? view.x : view.y;
            if (!axis)
                continue;
            const double d = x ? delta.x() : delta.y();
            const auto [lower, upper] = between(axis, edge(r, x, true) - d, edge(r, x, false) - d);
            setClamped(view, x, lower, upper);
        }
        afterLimits();
        replotLater();
        return;
    }
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
