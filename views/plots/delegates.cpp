// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/delegates.h"

#include "views/plots/colormaps.h"
#include "views/plots/markers.h"
#include "views/plots/number_text.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

namespace batlab::plots {

namespace {

const Tokens &tokensFor(const QStyleOptionViewItem &option)
{
    return tokens(themeKindOf(option.palette));
}

bool isSelected(const QStyleOptionViewItem &option)
{
    return option.state & QStyle::State_Selected;
}

QColor textColor(const QStyleOptionViewItem &option)
{
    const Tokens &t = tokensFor(option);
    return !(option.state & QStyle::State_Enabled) ? t.disabled
        : isSelected(option)                       ? t.selText
                                                   : t.text;
}

MethodStyle methodOf(const QStyleOptionViewItem &option, const QModelIndex &index)
{
    return methodStyle(tokensFor(option), index.data(FamilyRole).toString(),
                       index.data(FilledRole).toBool());
}

QColor surfaceOf(const QStyleOptionViewItem &option)
{
    const Tokens &t = tokensFor(option);
    return isSelected(option) ? t.sel : t.base;
}

void text(QPainter &p, const QRect &rect, Qt::Alignment align, const QString &value,
          const QStyleOptionViewItem &option)
{
    p.drawText(rect, int(align | Qt::AlignVCenter),
               option.fontMetrics.elidedText(value, Qt::ElideRight, rect.width()));
}

} // namespace

void CellDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                         const QModelIndex &index) const
{
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    item.text.clear();
    item.icon = {};
    item.features &= ~(QStyleOptionViewItem::HasDisplay | QStyleOptionViewItem::HasDecoration);
    const QStyle *style = item.widget ? item.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);
    painter->save();
    painter->setClipRect(option.rect);
    painter->setFont(item.font);
    painter->setPen(textColor(item));
    draw(*painter, option.rect.adjusted(px(6), 0, -px(6), 0), item, index);
    painter->restore();
}

QSize CellDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    return { std::max(QStyledItemDelegate::sizeHint(option, index).width(), px(64)), px(22) };
}

SparklineDelegate::SparklineDelegate(Kind kind, QObject *parent)
    : CellDelegate(parent), m_kind(kind)
{ }

void SparklineDelegate::draw(QPainter &p, const QRect &rect, const QStyleOptionViewItem &option,
                             const QModelIndex &index) const
{
    const auto values = index.data(SparkRole).value<QList<float>>();
    if (values.isEmpty())
        return;
    const Tokens &t = tokensFor(option);
    const QRectF r = QRectF(rect).adjusted(0, px(3), 0, -px(3));
    float low = m_kind == Kind::bars ? 0 : std::numeric_limits<float>::infinity();
    float high = -std::numeric_limits<float>::infinity();
    for (const float v : values) {
        if (!std::isfinite(v))
            continue;
        low = std::min(low, v);
        high = std::max(high, v);
    }
    if (!(high > low))
        high = low + 1;
    const auto y = [&](float v) { return r.bottom() - r.height() * (v - low) / (high - low); };
    if (m_kind == Kind::bars) {
        // At most one bar per 2 px; the tallest of those that share one, so that a narrow mode
        // stays visible.
        const int bars = std::max(1, std::min(int(values.size()), int(r.width() / 2)));
        const double width = r.width() / bars;
        for (int b = 0; b < bars; ++b) {
            const auto first = values.size() * b / bars, last = values.size() * (b + 1) / bars;
            float v = 0;
            for (auto i = first; i < std::max(last, first + 1); ++i)
                if (std::isfinite(values[i]))
                    v = std::max(v, values[i]);
            p.fillRect(
                QRectF(r.left() + b * width, y(v), std::max(1.0, width - 0.6), r.bottom() - y(v)),
                t.histLine);
        }
        p.fillRect(QRectF(r.left(), r.bottom(), r.width(), 1), t.histLine);
        return;
    }
    QPolygonF line;
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(QPen(t.accent, 1.2));
    const double step = values.size() > 1 ? r.width() / double(values.size() - 1) : 0;
    for (qsizetype i = 0; i < values.size(); ++i)
        if (std::isfinite(values[i]))
            line << QPointF(r.left() + double(i) * step, y(values[i]));
    p.drawPolyline(line);
}

void BarDelegate::draw(QPainter &p, const QRect &rect, const QStyleOptionViewItem &option,
                       const QModelIndex &index) const
{
    const Tokens &t = tokensFor(option);
    const QString value = index.data(Qt::DisplayRole).toString();
    const int textWidth =
        value.isEmpty() ? 0 : std::max(px(40), option.fontMetrics.horizontalAdvance(value)) + px(6);
    const int room = rect.width() - textWidth;
    if (room > px(16)) {
        const double share = std::clamp(index.data(BarRole).toDouble(), 0.0, 1.0);
        const QRectF track(rect.left(), rect.center().y() - px(3), room, px(6));
        p.setRenderHint(QPainter::Antialiasing);
        p.setPen(Qt::NoPen);
        p.setBrush(t.hover);
        p.drawRoundedRect(track, 2, 2);
        p.setBrush(t.histLine);
        p.drawRoundedRect(QRectF(track.left(), track.top(), track.width() * share, track.height()),
                          2, 2);
    }
    p.setPen(textColor(option));
    text(p, rect, Qt::AlignRight, value, option);
}

void MarkerNameDelegate::draw(QPainter &p, const QRect &rect, const QStyleOptionViewItem &option,
                              const QModelIndex &index) const
{
    drawMarker(p, QPointF(rect.left() + px(6), rect.center().y() + 0.5), px(8),
               methodOf(option, index), surfaceOf(option));
    text(p, rect.adjusted(px(18), 0, 0, 0), Qt::AlignLeft, index.data(Qt::DisplayRole).toString(),
         option);
}

void DeltaDelegate::draw(QPainter &p, const QRect &rect, const QStyleOptionViewItem &option,
                         const QModelIndex &index) const
{
    const QVariant delta = index.data(DeltaRole);
    if (!delta.isValid() || std::isnan(delta.toDouble())) {
        text(p, rect, Qt::AlignRight, QStringLiteral("–"), option);
        return;
    }
    const Tokens &t = tokensFor(option);
    const QVariant decimals = index.data(DecimalsRole);
    const QString suffix = index.data(DeltaSuffixRole).toString();
    const QString value = signedText(delta.toDouble(), decimals.isValid() ? decimals.toInt() : 2)
        + (suffix.isEmpty() ? suffix : QLatin1Char(' ') + suffix);
    const double sign = value.startsWith(QLatin1Char('+')) ? 1
        : value.startsWith(QChar(0x2212))                  ? -1
                                                           : 0;
    const double better = sign * index.data(BetterRole).toInt();
    const QVariant ink = index.data(Qt::ForegroundRole); // quiet: a number of an earlier setting
    p.setPen(ink.isValid()    ? ink.value<QColor>()
                 : better > 0 ? t.good
                 : better < 0 ? t.bad
                              : textColor(option));
    text(p, rect, Qt::AlignRight, value, option);
    if (sign == 0)
        return;
    const double right = rect.right() - option.fontMetrics.horizontalAdvance(value) - px(6);
    const double size = px(7), middle = rect.center().y() + 0.5;
    p.setRenderHint(QPainter::Antialiasing);
    p.setBrush(p.pen().color());
    p.setPen(Qt::NoPen);
    p.drawPolygon(QPolygonF({ QPointF(right - size, middle + sign * size * 0.4),
                              QPointF(right, middle + sign * size * 0.4),
                              QPointF(right - size / 2, middle - sign * size * 0.5) }));
}

void BetterDelegate::draw(QPainter &p, const QRect &rect, const QStyleOptionViewItem &option,
                          const QModelIndex &index) const
{
    const Tokens &t = tokensFor(option);
    const double share = std::clamp(index.data(ShareRole).toDouble(), -1.0, 1.0);
    const double middle = rect.center().x(), half = rect.width() / 2.0;
    const ColorTable &colors = colorTable(ColorMap::diverging, t.kind);
    const double width = half * std::abs(share);
    if (width > 0.5)
        p.fillRect(
            QRectF(share > 0 ? middle : middle - width, rect.center().y() - px(5), width, px(11)),
            QColor::fromRgb(
                colors[share > 0 ? kColorEntries - kColorEntries / 6 : kColorEntries / 6]));
    p.fillRect(QRectF(middle, rect.top() + 2, 1, rect.height() - 4), t.axis);
}

void IntervalDelegate::draw(QPainter &p, const QRect &rect, const QStyleOptionViewItem &option,
                            const QModelIndex &index) const
{
    const auto interval = index.data(IntervalRole).value<QList<double>>();
    const auto axis = index.data(IntervalAxisRole).value<QList<double>>();
    if (interval.isEmpty() || axis.size() < 2 || !(axis[1] > axis[0]))
        return;
    const Tokens &t = tokensFor(option);
    const QRectF r = QRectF(rect).adjusted(px(4), 0, -px(4), 0);
    const auto x = [&](double v) {
        return r.left() + r.width() * std::clamp((v - axis[0]) / (axis[1] - axis[0]), 0.0, 1.0);
    };
    if (axis.size() > 2) {
        p.setPen(QPen(t.tick, 1, Qt::DotLine));
        p.drawLine(QPointF(x(axis[2]), rect.top()), QPointF(x(axis[2]), rect.bottom() + 1));
    }
    const MethodStyle style = methodOf(option, index);
    const double y = rect.center().y() + 0.5;
    p.setRenderHint(QPainter::Antialiasing);
    if (interval.size() >= 3) {
        p.setPen(QPen(style.color, 1.5));
        p.drawLine(QPointF(x(interval[1]), y), QPointF(x(interval[2]), y));
        for (const double end : { interval[1], interval[2] })
            p.drawLine(QPointF(x(end), y - px(4)), QPointF(x(end), y + px(4)));
    }
    drawMarker(p, { x(interval[0]), y }, px(8), style, surfaceOf(option));
}

} // namespace batlab::plots
