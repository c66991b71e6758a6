// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/batlab_style.h"

#include "views/plots/theme.h"

#include <QPainter>
#include <QPainterPath>
#include <QStyleOption>
#include <QWidget>

#include <algorithm>

namespace batlab::plots {

namespace {

const Tokens &tokensFor(const QStyleOption *option) { return tokens(themeKindOf(option->palette)); }

/// A rectangle whose 1-px outline falls on whole device pixels.
QRectF crisp(const QRect &rect) { return QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5); }

void panel(QPainter *painter, const QRect &rect, const QColor &fill, const QColor &line,
           qreal radius)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(line.isValid() ? QPen(line, 1) : Qt::NoPen);
    painter->setBrush(fill);
    painter->drawRoundedRect(crisp(rect), radius, radius);
    painter->restore();
}

void checkBox(const QStyleOption *option, QPainter *painter, bool round)
{
    const Tokens &t = tokensFor(option);
    const bool enabled = option->state & QStyle::State_Enabled;
    const bool on = option->state & QStyle::State_On;
    const bool mixed = option->state & QStyle::State_NoChange;
    const int side = std::min(option->rect.width(), option->rect.height());
    const QRect box(option->rect.x(), option->rect.y() + (option->rect.height() - side) / 2, side,
                    side);
    const qreal radius = round ? side / 2.0 : 3;
    const bool hover = enabled && (option->state & QStyle::State_MouseOver);
    if (on || mixed)
        panel(painter, box, enabled ? t.accentFill : t.disabled, {}, radius);
    else
        panel(painter, box, enabled ? t.field : t.window,
              !enabled    ? t.disabled
                  : hover ? t.accent
                          : t.borderStrong,
              radius);
    if (!on && !mixed)
        return;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRectF r(box);
    if (round) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(t.accentFillText);
        painter->drawEllipse(r.center(), side * 0.19, side * 0.19);
    } else {
        painter->setPen(
            QPen(t.accentFillText, side * 0.13, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        QPainterPath path;
        if (mixed) {
            path.moveTo(r.left() + side * 0.27, r.center().y());
            path.lineTo(r.right() - side * 0.27, r.center().y());
        } else {
            path.moveTo(r.left() + side * 0.24, r.top() + side * 0.52);
            path.lineTo(r.left() + side * 0.43, r.top() + side * 0.7);
            path.lineTo(r.left() + side * 0.77, r.top() + side * 0.32);
        }
        painter->drawPath(path);
    }
    painter->restore();
}

void pushButton(const QStyleOption *option, QPainter *painter)
{
    const Tokens &t = tokensFor(option);
    const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
    const bool primary = button && (button->features & QStyleOptionButton::DefaultButton);
    const bool enabled = option->state & QStyle::State_Enabled;
    const bool down = option->state & (QStyle::State_Sunken | QStyle::State_On);
    const bool hover = option->state & QStyle::State_MouseOver;
    if (button && (button->features & QStyleOptionButton::Flat) && !down && !hover)
        return;
    QColor fill = !enabled ? t.window : down ? t.sel : hover ? t.hover : t.button;
    QColor line = t.buttonBorder;
    if (primary && enabled) {
        fill = down ? t.accentFill.darker(115) : hover ? t.accentFill.lighter(108) : t.accentFill;
        line = fill;
    }
    panel(painter, option->rect, fill, line, 4);
}

void toolButton(const QStyleOption *option, QPainter *painter)
{
    const Tokens &t = tokensFor(option);
    const bool on = option->state & QStyle::State_On;
    const bool hover =
        (option->state & QStyle::State_MouseOver) && (option->state & QStyle::State_Enabled);
    if (on || (option->state & QStyle::State_Sunken))
        panel(painter, option->rect, t.sel, {}, 4);
    else if (hover)
        panel(painter, option->rect, t.hover, {}, 4);
    else if (!(option->state & QStyle::State_AutoRaise))
        panel(painter, option->rect, t.button, t.buttonBorder, 4);
}

void tabShape(const QStyleOption *option, QPainter *painter)
{
    const Tokens &t = tokensFor(option);
    if (option->state & QStyle::State_Selected) {
        const QRect r = option->rect;
        painter->fillRect(QRect(r.left() + px(8), r.bottom() - 1, r.width() - px(16), 2), t.accent);
    } else if ((option->state & QStyle::State_MouseOver)
               && (option->state & QStyle::State_Enabled)) {
        panel(painter, option->rect.adjusted(2, 4, -2, -4), t.hover, {}, 4);
    }
}

void headerSection(const QStyleOption *option, QPainter *painter)
{
    const Tokens &t = tokensFor(option);
    painter->fillRect(option->rect, (option->state & QStyle::State_MouseOver) ? t.hover : t.window);
    painter->fillRect(QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1),
                      t.border);
}

void progressContents(const QStyleOption *option, QPainter *painter)
{
    const auto *bar = qstyleoption_cast<const QStyleOptionProgressBar *>(option);
    if (!bar || bar->maximum <= bar->minimum)
        return;
    const Tokens &t = tokensFor(option);
    const double share = double(bar->progress - bar->minimum) / (bar->maximum - bar->minimum);
    const QRect r = option->rect;
    const int width = int(r.width() * std::clamp(share, 0.0, 1.0));
    if (width > 0)
        panel(painter, QRect(r.left(), r.top(), width, r.height()), t.progress, {}, 2);
}

} // namespace

BatlabStyle::BatlabStyle() : QProxyStyle(QStringLiteral("Fusion"))
{
    setObjectName(QStringLiteral("batlab"));
}

void BatlabStyle::drawPrimitive(PrimitiveElement element, const QStyleOption *option,
                                QPainter *painter, const QWidget *widget) const
{
    const Tokens &t = tokensFor(option);
    switch (element) {
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck: checkBox(option, painter, false); return;
    case PE_IndicatorRadioButton: checkBox(option, painter, true); return;
    case PE_PanelButtonCommand: pushButton(option, painter); return;
    case PE_PanelButtonTool: toolButton(option, painter); return;
    case PE_FrameDefaultButton: return; // the fill says it
    case PE_FrameFocusRect:
        if (option->state & State_KeyboardFocusChange) {
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(QPen(t.accent, 2));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(QRectF(option->rect).adjusted(1, 1, -1, -1), 4, 4);
            painter->restore();
        }
        return;
    case PE_PanelLineEdit:
        if (const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option);
            frame && frame->lineWidth > 0) {
            const bool focus = (option->state & State_HasFocus) && (option->state & State_Enabled);
            panel(painter, option->rect, (option->state & State_Enabled) ? t.field : t.window,
                  focus ? t.accent : t.border, 4);
            return;
        }
        painter->fillRect(option->rect, t.field);
        return;
    case PE_FrameTabBarBase:
        painter->fillRect(
            QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1), t.border);
        return;
    case PE_FrameStatusBarItem:
    case PE_FrameMenu:
    case PE_FrameDockWidget: return;
    case PE_PanelMenuBar:
    case PE_PanelStatusBar: painter->fillRect(option->rect, t.chrome); return;
    default: break;
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

void BatlabStyle::drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                              const QWidget *widget) const
{
    const Tokens &t = tokensFor(option);
    switch (element) {
    case CE_TabBarTabShape: tabShape(option, painter); return;
    case CE_HeaderSection:
    case CE_HeaderEmptyArea: headerSection(option, painter); return;
    case CE_ProgressBarGroove: panel(painter, option->rect, t.hover, {}, 2); return;
    case CE_ProgressBarContents:
        if (const auto *bar = qstyleoption_cast<const QStyleOptionProgressBar *>(option);
            bar && bar->maximum > bar->minimum) {
            progressContents(option, painter);
            return;
        }
        break;
    case CE_ToolBar: painter->fillRect(option->rect, t.chrome); return;
    case CE_MenuBarEmptyArea: painter->fillRect(option->rect, t.chrome); return;
    case CE_MenuBarItem: {
        painter->fillRect(option->rect, t.chrome);
        if (option->state & (State_Sunken | State_Selected))
            panel(painter, option->rect.adjusted(1, 2, -1, -2), t.hover, {}, 4);
        if (const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option))
            drawItemText(painter, item->rect,
                         Qt::AlignCenter | Qt::TextShowMnemonic | Qt::TextDontClip, item->palette,
                         option->state & State_Enabled, item->text, QPalette::ButtonText);
        return;
    }
    case CE_Splitter: {
        // 1 px drawn in the middle of what can be grabbed.
        const QRect r = option->rect;
        if (option->state & State_Horizontal)
            painter->fillRect(QRect(r.center().x(), r.top(), 1, r.height()), t.border);
        else
            painter->fillRect(QRect(r.left(), r.center().y(), r.width(), 1), t.border);
        return;
    }
    case CE_PushButtonLabel:
        if (const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option); button
            && (button->features & QStyleOptionButton::DefaultButton)
            && (option->state & State_Enabled)) {
            QStyleOptionButton primary = *button;
            primary.palette.setColor(QPalette::ButtonText, t.accentFillText);
            QProxyStyle::drawControl(element, &primary, painter, widget);
            return;
        }
        break;
    case CE_ToolButtonLabel:
        if (const auto *button = qstyleoption_cast<const QStyleOptionToolButton *>(option);
            button && (button->state & State_On) && (button->state & State_Enabled)) {
            QStyleOptionToolButton chosen = *button; // it stands on the colour of selections
            chosen.palette.setColor(QPalette::ButtonText, t.selText);
            QProxyStyle::drawControl(element, &chosen, painter, widget);
            return;
        }
        break;
    default: break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void BatlabStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option,
                                     QPainter *painter, const QWidget *widget) const
{
    // A header glyph that opens a menu needs no arrow of its own.
    if (const auto *button = qstyleoption_cast<const QStyleOptionToolButton *>(option);
        control == CC_ToolButton && button && widget && widget->property("glyph").isValid()) {
        QStyleOptionToolButton plain = *button;
        plain.features &= ~QStyleOptionToolButton::HasMenu;
        QProxyStyle::drawComplexControl(control, &plain, painter, widget);
        return;
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

int BatlabStyle::pixelMetric(PixelMetric metric, const QStyleOption *option,
                             const QWidget *widget) const
{
    switch (metric) {
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight: return px(15);
    case PM_SplitterWidth:
    case PM_DockWidgetSeparatorExtent: return 5;
    case PM_DockWidgetFrameWidth:
    case PM_ToolBarFrameWidth:
    case PM_MenuBarPanelWidth: return 0;
    case PM_ToolBarItemSpacing: return px(4);
    case PM_ToolBarIconSize:
    case PM_SmallIconSize: return px(16);
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
    case PM_TabBarTabShiftHorizontal:
    case PM_TabBarTabShiftVertical: return 0;
    case PM_TabBarTabHSpace:
        return px(widget != nullptr && widget->property("narrowTabs").toBool() ? 12 : 24);
    default: return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

QRect BatlabStyle::subElementRect(SubElement element, const QStyleOption *option,
                                  const QWidget *widget) const
{
    const QRect rect = QProxyStyle::subElementRect(element, option, widget);
    // Header texts stand over the cells' texts, which keep 6 px from the edge.
    return element == SE_HeaderLabel ? rect.adjusted(px(3), 0, -px(3), 0) : rect;
}

int BatlabStyle::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                           QStyleHintReturn *data) const
{
    switch (hint) {
    case SH_EtchDisabledText: return 0;
    case SH_ItemView_ShowDecorationSelected: return 1;
    case SH_Widget_Animation_Duration: return 0;
    default: return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

} // namespace batlab::plots
