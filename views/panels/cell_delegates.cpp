// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/cell_delegates.h"

#include "views/plots/theme.h"

#include <QApplication>
#include <QPainter>
#include <QPainterPath>
#include <QVariantList>

#include <algorithm>

namespace batlab::views {

namespace {

/// Draws selection and background; returns the cell without its margins.
QRectF ground(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index)
{
    QStyleOptionViewItem plain(option);
    plain.index = index;
    const QWidget *widget = option.widget;
    (widget ? widget->style() : QApplication::style())
        ->drawPrimitive(QStyle::PE_PanelItemViewItem, &plain, painter, widget);
    const double margin = plots::px(6);
    return QRectF(option.rect).adjusted(margin, 0, -margin, 0);
}

void drawText(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index,
              const QRectF &area, Qt::Alignment alignment)
{
    const plots::Tokens &t = plots::tokensOf(option.widget);
    const QVariant ink = index.data(Qt::ForegroundRole), face = index.data(Qt::FontRole);
    const QFont font = face.isValid() ? face.value<QFont>() : option.font;
    painter->setPen(ink.isValid()                               ? ink.value<QColor>()
                        : option.state & QStyle::State_Selected ? t.selText
                                                                : t.text);
    painter->setFont(font);
    const QString text = QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideRight,
                                                       static_cast<int>(area.width()));
    painter->drawText(area, static_cast<int>(alignment | Qt::AlignVCenter) | Qt::TextSingleLine,
                      text);
}

} // namespace

TextCellDelegate::TextCellDelegate(QObject *parent) : QStyledItemDelegate(parent) { }

void TextCellDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                             const QModelIndex &index) const
{
    painter->save();
    const QRectF area = ground(painter, option, index);
    const auto align = index.data(Qt::TextAlignmentRole).value<Qt::Alignment>();
    drawText(painter, option, index, area,
             align & Qt::AlignHorizontal_Mask ? align & Qt::AlignHorizontal_Mask : Qt::AlignLeft);
    painter->restore();
}

ProgressCellDelegate::ProgressCellDelegate(int role, QObject *parent)
    : QStyledItemDelegate(parent), m_role(role)
{ }

void ProgressCellDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                                 const QModelIndex &index) const
{
    painter->save();
    QRectF area = ground(painter, option, index);
    const double fraction = index.data(m_role).toDouble();
    if (fraction >= 0) {
        const plots::Tokens &t = plots::tokensOf(option.widget);
        const double height = plots::px(6);
        QRectF track(area.left(), area.center().y() - height / 2, area.width() * 0.45, height);
        painter->fillRect(track, t.hover);
        track.setWidth(track.width() * std::clamp(fraction, 0.0, 1.0));
        painter->fillRect(track, t.progress);
        area.setLeft(area.left() + area.width() * 0.45 + plots::px(8));
    }
    drawText(painter, option, index, area, Qt::AlignLeft);
    painter->restore();
}

SparkCellDelegate::SparkCellDelegate(int role, Shape shape, QObject *parent)
    : QStyledItemDelegate(parent), m_role(role), m_shape(shape)
{ }

void SparkCellDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                              const QModelIndex &index) const
{
    painter->save();
    QRectF area = ground(painter, option, index);
    const QVariantList values = index.data(m_role).toList();
    const QString text = index.data().toString();
    const double width =
        text.isEmpty() ? std::min<double>(area.width(), plots::px(110)) : area.width() * 0.45;
    const plots::Tokens &t = plots::tokensOf(option.widget);
    const double top = area.top() + plots::px(3), height = area.height() - plots::px(6);
    if (values.size() > 1) {
        if (m_shape == bars) {
            const double step = width / static_cast<double>(values.size());
            for (qsizetype i = 0; i < values.size(); ++i) {
                const double v = values.at(i).toDouble() * height;
                painter->fillRect(QRectF(area.left() + static_cast<double>(i) * step,
                                         top + height - v, std::max(1.0, step - 0.5), v),
                                  t.histLine);
            }
        } else {
            painter->setRenderHint(QPainter::Antialiasing);
            QPainterPath path;
            for (qsizetype i = 0; i < values.size(); ++i) {
                const QPointF point(area.left()
                                        + width * static_cast<double>(i)
                                            / static_cast<double>(values.size() - 1),
                                    top + height * (1 - values.at(i).toDouble()));
                if (i == 0)
                    path.moveTo(point);
                else
                    path.lineTo(point);
            }
            painter->setPen(QPen(t.accent, 1.2));
            painter->drawPath(path);
            painter->setRenderHint(QPainter::Antialiasing, false);
        }
        area.setLeft(area.left() + width + plots::px(8));
    }
    if (!text.isEmpty())
        drawText(painter, option, index, area, Qt::AlignLeft);
    painter->restore();
}

BarCellDelegate::BarCellDelegate(int role, double full, QObject *parent)
    : QStyledItemDelegate(parent), m_role(role), m_full(full)
{ }

void BarCellDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                            const QModelIndex &index) const
{
    painter->save();
    const QRectF area = ground(painter, option, index);
    const plots::Tokens &t = plots::tokensOf(option.widget);
    const double textWidth = option.fontMetrics.horizontalAdvance(QStringLiteral("0.000"));
    const double room = area.width() - textWidth - plots::px(8);
    if (room >= plots::px(16)) { // narrow: the number alone
        const double height = plots::px(6);
        QRectF track(area.left(), area.center().y() - height / 2, room, height);
        painter->fillRect(track, t.hover);
        track.setWidth(room * std::clamp(index.data(m_role).toDouble() / m_full, 0.0, 1.0));
        painter->fillRect(track, t.histLine);
    }
    drawText(painter, option, index, area, Qt::AlignRight);
    painter->restore();
}

} // namespace batlab::views
