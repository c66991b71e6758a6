// SPDX-License-Identifier: GPL-3.0-or-later
// Keys, focus and the context menu of every plot.
#include "views/plots/plot_widget.h"

#include "views/plots/link_group.h"
#include "views/plots/number_text.h"
#include "views/plots/panel_header.h"
#include "views/plots/plot_canvas.h"
#include "views/plots/theme.h"

#include <QContextMenuEvent>
#include <QKeyEvent>

#include <algorithm>
#include <cmath>

namespace batlab::plots {

namespace {
constexpr double kPanShare = 0.1; ///< of the view, at one press of an arrow
}

bool PlotWidget::event(QEvent *event)
{
    // Keys of the plot win over window shortcuts with the same key while the plot has the focus.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto *keys = static_cast<QKeyEvent *>(event);
        const auto m = keys->modifiers() & ~Qt::KeypadModifier;
        const int k = keys->key();
        const bool arrow = k >= Qt::Key_Left && k <= Qt::Key_Down;
        const bool plain = m == Qt::NoModifier
            && (k == Qt::Key_T || k == Qt::Key_B || k == Qt::Key_N || k == Qt::Key_P
                || k == Qt::Key_R || k == Qt::Key_Backspace || k == Qt::Key_Space || arrow);
        const bool limits =
            ((m & ~Qt::ShiftModifier) == Qt::NoModifier
             && (k == Qt::Key_Plus || k == Qt::Key_Equal || k == Qt::Key_Minus || k == Qt::Key_0))
            || (m == (Qt::ControlModifier | Qt::ShiftModifier) && arrow);
        const bool copy = k == Qt::Key_C
            && (m == Qt::ControlModifier || m == (Qt::ControlModifier | Qt::ShiftModifier));
        if (plain || limits || copy) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

bool PlotWidget::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_twin && event->type() == QEvent::KeyPress) {
        auto *keys = static_cast<QKeyEvent *>(event);
        if (keys->key() == Qt::Key_T && keys->modifiers() == Qt::NoModifier) {
            setTableShown(false);
            return true;
        }
        if (keys->key() == Qt::Key_C && (keys->modifiers() & Qt::ControlModifier)) {
            copyData();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void PlotWidget::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    switch (event->type()) {
    case QEvent::PaletteChange:
    case QEvent::StyleChange:
    case QEvent::FontChange:
    case QEvent::ApplicationFontChange: applyPlotTheme(); break;
    default: break;
    }
}

bool PlotWidget::limitsKey(int key, Qt::KeyboardModifiers modifiers)
{
    if (m_views.empty() || isTableShown())
        return false;
    const View &view = m_views.front();
    if (modifiers == (Qt::ControlModifier | Qt::ShiftModifier)) {
        const int right = (key == Qt::Key_Right) - (key == Qt::Key_Left);
        const int down = (key == Qt::Key_Down) - (key == Qt::Key_Up);
        if (right == 0 && down == 0)
            return false;
        m_history.push(limits(), true);
        const QRectF r = view.rect->rect();
        pan(view, { -right * r.width() * kPanShare, -down * r.height() * kPanShare });
        afterLimits();
        Q_EMIT limitsChanged();
        replotLater();
        return true;
    }
    if (modifiers & ~Qt::ShiftModifier) // + and = share a key, which of them needs Shift differs
        return false;
    switch (key) {
    case Qt::Key_Plus:
    case Qt::Key_Equal: wheel(zoomPoint(QRectF(view.rect->rect()).center()), 1); return true;
    case Qt::Key_Minus: wheel(zoomPoint(QRectF(view.rect->rect()).center()), -1); return true;
    case Qt::Key_0: resetLimits(); return true;
    default: return false;
    }
}

void PlotWidget::keyPressEvent(QKeyEvent *event)
{
    const auto modifiers = event->modifiers() & ~Qt::KeypadModifier;
    const bool control = modifiers & Qt::ControlModifier;
    if (control && event->key() == Qt::Key_C) {
        modifiers &Qt::ShiftModifier ? copyData() : copyPicture();
        return;
    }
    if (limitsKey(event->key(), modifiers))
        return;
    if (!control) {
        switch (event->key()) {
        case Qt::Key_T: setTableShown(!isTableShown()); return;
        case Qt::Key_B: Q_EMIT pinRequested(); return;
        case Qt::Key_Backspace: previousLimits(); return;
        case Qt::Key_Space:
            m_spaceDown = true;
            m_canvas->setCursor(Qt::OpenHandCursor);
            return;
        case Qt::Key_Escape:
            if (m_gesture.kind != Gesture::none) {
                if (m_gesture.kind == Gesture::pan)
                    setLimits(m_gesture.startLimits);
                m_gesture = {};
                m_canvas->setRubberBand({});
                return;
            }
            break;
        default: break;
        }
        if (!isTableShown() && key(event->key(), modifiers))
            return;
    }
    QWidget::keyPressEvent(event);
}

void PlotWidget::keyReleaseEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Space && !event->isAutoRepeat()) {
        m_spaceDown = false;
        m_canvas->unsetCursor();
    }
    QWidget::keyReleaseEvent(event);
}

void PlotWidget::focusInEvent(QFocusEvent *event)
{
    QWidget::focusInEvent(event);
    m_canvas->setFocusRing(event->reason() == Qt::TabFocusReason
                           || event->reason() == Qt::BacktabFocusReason
                           || event->reason() == Qt::ShortcutFocusReason);
}

void PlotWidget::focusOutEvent(QFocusEvent *event)
{
    QWidget::focusOutEvent(event);
    m_spaceDown = false;
    m_canvas->setFocusRing(false);
}

void PlotWidget::contextMenuEvent(QContextMenuEvent *event)
{
    m_moreMenu->popup(event->globalPos());
}

} // namespace batlab::plots
