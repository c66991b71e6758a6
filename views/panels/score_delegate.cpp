// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/score_delegate.h"

#include "views/models/recovery_model.h"
#include "views/panels/method_icon.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QPainter>

namespace batlab::views {

namespace {

void drawBand(QPainter *painter, const QRectF &cell, const QString &band, const plots::Tokens &t)
{
    const QColor ground = band == QLatin1String("L") ? t.goodBg
        : band == QLatin1String("F")                 ? t.warnBg
                                                     : t.badBg;
    const QColor ink = band == QLatin1String("L") ? t.good
        : band == QLatin1String("F")              ? t.warn
                                                  : t.bad;
    const double side = plots::px(18);
    const QRectF chip(cell.center().x() - side / 2, cell.center().y() - side / 2, side, side);
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(ground);
    painter->drawRoundedRect(chip, 3, 3);
    painter->setPen(ink);
    QFont font = plots::captionFont();
    font.setWeight(QFont::DemiBold);
    painter->setFont(font);
    painter->drawText(chip, Qt::AlignCenter, band);
}

} // namespace

ScoreDelegate::ScoreDelegate(QObject *parent) : QStyledItemDelegate(parent) { }

void ScoreDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                          const QModelIndex &index) const
{
    painter->save();
    const plots::Tokens &t = plots::tokensOf(option.widget);
    const bool selected = option.state & QStyle::State_Selected;
    painter->fillRect(option.rect, selected ? t.sel : t.base);
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                      t.border);
    QRectF cell =
        QRectF(option.rect).adjusted(plots::px(8), plots::px(3), -plots::px(8), -plots::px(4));

    if (index.column() == RecoveryModel::Band) {
        const QString band = index.data(RecoveryModel::BandRole).toString();
        if (!band.isEmpty()) {
            drawBand(painter, cell, band, t);
            painter->restore();
            return;
        }
    }
    Qt::Alignment align =
        index.data(Qt::TextAlignmentRole).value<Qt::Alignment>() & Qt::AlignHorizontal_Mask;
    if (index.column() == RecoveryModel::Method) {
        const QIcon icon = methodIcon(index.data(RecoveryModel::FamilyRole).toString(),
                                      index.data(RecoveryModel::FilledRole).toBool(), t);
        const int side = plots::px(16);
        icon.paint(painter,
                   QRect(static_cast<int>(cell.left()),
                         static_cast<int>(cell.center().y()) - side / 2, side, side));
        cell.setLeft(cell.left() + side + plots::px(8));
        align = Qt::AlignLeft;
    }
    const QString value = index.data().toString(),
                  second = index.data(RecoveryModel::SecondLineRole).toString();
    QFont font = plots::tableFont();
    const bool best = index.data(RecoveryModel::BestRole).toBool();
    const bool method = index.column() == RecoveryModel::Method;
    font.setWeight(best || method || index.column() == RecoveryModel::Perplexity ? QFont::DemiBold
                                                                                 : QFont::Normal);
    font.setUnderline(best);
    painter->setFont(font);
    const int significance = index.data(RecoveryModel::SignificanceRole).toInt();
    painter->setPen(significance > 0       ? t.good
                        : significance < 0 ? t.bad
                        : selected         ? t.selText
                                           : t.text);
    const QRectF upper =
        second.isEmpty() ? cell : QRectF(cell.left(), cell.top(), cell.width(), cell.height() / 2);
    const auto flags = static_cast<int>(align | Qt::AlignVCenter) | Qt::TextSingleLine;
    painter->drawText(
        upper, flags,
        QFontMetrics(font).elidedText(value, Qt::ElideRight, static_cast<int>(upper.width())));
    if (!second.isEmpty()) {
        const QRectF lower(cell.left(), cell.top() + cell.height() / 2, cell.width(),
                           cell.height() / 2);
        painter->setFont(plots::captionFont());
        painter->setPen(t.text3);
        painter->drawText(lower, flags,
                          QFontMetrics(plots::captionFont())
                              .elidedText(second, Qt::ElideRight, static_cast<int>(lower.width())));
    }
    painter->restore();
}

} // namespace batlab::views
