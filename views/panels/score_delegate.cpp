// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/score_delegate.h"

#include "views/models/evaluation_model.h"
#include "views/panels/method_icon.h"
#include "views/plots/color_scale.h"
#include "views/plots/markers.h"
#include "views/plots/number_text.h"
#include "views/plots/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace batlab::views {

namespace {

using Kind = EvaluationModel::Kind;

const QFont &bold()
{
    static QFont font;
    font = plots::tableFont();
    font.setWeight(QFont::DemiBold);
    return font;
}

void write(QPainter &p, const QRectF &rect, Qt::Alignment align, const QString &text)
{
    p.drawText(rect, static_cast<int>(align | Qt::AlignVCenter) | Qt::TextSingleLine,
               QFontMetrics(p.font()).elidedText(text, Qt::ElideRight,
                                                 static_cast<int>(std::ceil(rect.width()))));
}

/// Pixel of a recovery within the plot cell.
double plotX(const QRectF &cell, const std::pair<double, double> &range, double value)
{
    return cell.left()
        + cell.width() * std::clamp((value - range.first) / (range.second - range.first), 0.0, 1.0);
}

} // namespace

void drawBand(QPainter &painter, const QPointF &at, const QString &band, double side,
              const plots::Tokens &t)
{
    const bool lossless = band == QLatin1String("L"), fair = band == QLatin1String("F");
    const QRectF chip(at.x() - side / 2, at.y() - side / 2, side, side);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(lossless ? t.goodBg : fair ? t.warnBg : t.badBg);
    painter.drawRoundedRect(chip, 3, 3);
    painter.setPen(lossless ? t.good : fair ? t.warn : t.bad);
    QFont font = plots::captionFont();
    font.setWeight(QFont::DemiBold);
    painter.setFont(font);
    painter.drawText(chip, Qt::AlignCenter, band);
    painter.restore();
}

ScoreDelegate::ScoreDelegate(const EvaluationModel *model, QObject *parent)
    : QStyledItemDelegate(parent), m_model(model)
{ }

void ScoreDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                          const QModelIndex &index) const
{
    painter->save();
    const plots::Tokens &t = plots::tokensOf(option.widget);
    const bool selected = option.state & QStyle::State_Selected;
    painter->fillRect(option.rect, selected ? t.sel : t.base);
    const QRectF cell =
        QRectF(option.rect).adjusted(plots::px(8), plots::px(3), -plots::px(8), -plots::px(4));
    switch (m_model->kindOf(index.column())) {
    case Kind::method: paintMethod(*painter, cell, option, index); break;
    case Kind::plot: paintPlot(*painter, cell, option, index); break;
    case Kind::band: {
        const QString band = index.data(EvaluationModel::BandRole).toString();
        if (!band.isEmpty()) {
            drawBand(*painter, cell.center(), band, plots::px(18), t);
            break;
        }
        paintValue(*painter, cell, option, index);
        break;
    }
    default: paintValue(*painter, cell, option, index);
    }
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                      t.border);
    painter->restore();
}

void ScoreDelegate::paintMethod(QPainter &p, const QRectF &whole,
                                const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const plots::Tokens &t = plots::tokensOf(option.widget);
    const int side = plots::px(16);
    methodIcon(index.data(EvaluationModel::FamilyRole).toString(),
               index.data(EvaluationModel::FilledRole).toBool(), t)
        .paint(&p,
               QRect(static_cast<int>(whole.left()),
                     static_cast<int>(whole.center().y()) - side / 2, side, side));
    const QRectF cell = whole.adjusted(side + plots::px(8), 0, 0, 0);
    const QRectF upper(cell.left(), cell.top(), cell.width(), cell.height() / 2);
    p.setFont(bold());
    p.setPen(option.state & QStyle::State_Selected ? t.selText : t.text);
    write(p, upper, Qt::AlignLeft, index.data().toString());
    p.setFont(plots::captionFont());
    p.setPen(t.text3);
    write(p, upper.translated(0, cell.height() / 2), Qt::AlignLeft,
          index.data(EvaluationModel::SecondLineRole).toString());
}

void ScoreDelegate::paintValue(QPainter &p, const QRectF &cell, const QStyleOptionViewItem &option,
                               const QModelIndex &index) const
{
    const plots::Tokens &t = plots::tokensOf(option.widget);
    const QString second = index.data(EvaluationModel::SecondLineRole).toString(),
                  error = index.data(EvaluationModel::ErrorTextRole).toString(),
                  mark = index.data(EvaluationModel::MarkRole).toString(),
                  band = index.data(EvaluationModel::BandRole).toString();
    const Kind kind = m_model->kindOf(index.column());
    const bool task = kind == Kind::task, two = task || !second.isEmpty();
    QRectF upper(cell.left(), cell.top(), cell.width(), two ? cell.height() / 2 : cell.height());
    const QRectF lower = upper.translated(0, cell.height() / 2);
    if (!error.isEmpty()) { // values stand under each other whatever the interval
        p.setFont(plots::captionFont());
        p.setPen(t.text3);
        write(p, upper, Qt::AlignRight, error);
        upper.setRight(upper.right() - QFontMetricsF(p.font()).horizontalAdvance(error)
                       - plots::px(4));
    }
    const bool strong = task || kind == Kind::recovery || kind == Kind::meanAccuracy;
    QFont font = strong ? bold() : plots::tableFont();
    font.setUnderline(index.data(EvaluationModel::BestRole).toBool());
    p.setFont(font);
    const int verdict = index.data(EvaluationModel::SignificanceRole).toInt();
    const QColor ink = option.state & QStyle::State_Selected ? t.selText : t.text;
    const bool coloured = kind == Kind::delta && verdict != 0;
    p.setPen(!coloured ? ink : verdict > 0 ? t.good : t.bad);
    const auto align =
        index.data(Qt::TextAlignmentRole).value<Qt::Alignment>() & Qt::AlignHorizontal_Mask;
    write(p, upper, align, index.data().toString());
    if (!two)
        return;
    p.setFont(plots::captionFont());
    p.setPen(t.text3);
    write(p, lower, Qt::AlignRight, second);
    double right = lower.right()
        - std::max<double>(QFontMetricsF(p.font()).horizontalAdvance(second), plots::px(40))
        - plots::px(6);
    if (!band.isEmpty()) {
        const double side = std::min<double>(plots::px(15), lower.height());
        drawBand(p, { right - side / 2, lower.center().y() }, band, side, t);
        right -= side + plots::px(5);
    }
    if (!mark.isEmpty()) {
        p.setPen(verdict > 0 ? t.good : verdict < 0 ? t.bad : t.text3);
        write(p, QRectF(lower.left(), lower.top(), right - lower.left(), lower.height()),
              Qt::AlignRight, mark);
    }
}

void ScoreDelegate::paintPlot(QPainter &p, const QRectF &cell, const QStyleOptionViewItem &option,
                              const QModelIndex &index) const
{
    const plots::Tokens &t = plots::tokensOf(option.widget);
    const auto range = m_model->recoveryRange();
    const QRectF full(cell.left(), option.rect.top(), cell.width(), option.rect.height());
    const bool selected = option.state & QStyle::State_Selected;
    const auto zone = [&](double from, double to, const QColor &color) {
        QColor tint = color;
        tint.setAlphaF(selected ? 0.45F : 0.6F);
        const double a = plotX(cell, range, from), b = plotX(cell, range, to);
        if (b > a)
            p.fillRect(QRectF(a, full.top(), b - a, full.height()), tint);
    };
    if (m_model->show().bands) {
        zone(range.first, 97, t.badBg);
        zone(97, 99, t.warnBg);
        zone(99, range.second, t.goodBg);
    }
    for (const double v : plots::roundTicks(range.first, range.second, false, 6))
        p.fillRect(QRectF(std::round(plotX(cell, range, v)), full.top(), 1, full.height()), t.grid);
    p.setPen(QPen(t.tick, 1, Qt::DotLine));
    const double hundred = std::round(plotX(cell, range, 100)) + 0.5;
    p.drawLine(QPointF(hundred, full.top()), QPointF(hundred, full.bottom()));
    const auto interval = index.data(EvaluationModel::IntervalRole).value<QList<double>>();
    if (interval.size() != 3 || std::isnan(interval[0]))
        return;
    plots::MethodStyle style =
        plots::methodStyle(t, index.data(EvaluationModel::FamilyRole).toString(),
                           index.data(EvaluationModel::FilledRole).toBool());
    const double y = std::round(cell.center().y()) + 0.5;
    p.setRenderHint(QPainter::Antialiasing);
    if (m_model->show().intervals && interval[2] > interval[1]) {
        p.setPen(QPen(style.color, 1.5));
        p.drawLine(QPointF(plotX(cell, range, interval[1]), y),
                   QPointF(plotX(cell, range, interval[2]), y));
        for (const double end : { interval[1], interval[2] }) {
            const double x = plotX(cell, range, end);
            p.drawLine(QPointF(x, y - plots::px(4)), QPointF(x, y + plots::px(4)));
        }
    }
    if (style.marker == plots::Marker::none) { // the reference: a dot at 100
        style.marker = plots::Marker::circle;
        style.filled = true;
        style.dash.clear();
    }
    plots::drawMarker(p, { plotX(cell, range, interval[0]), y }, plots::px(8), style,
                      selected ? t.sel : t.base);
}

ScoreHeader::ScoreHeader(const EvaluationModel *model, QWidget *parent)
    : QHeaderView(Qt::Horizontal, parent), m_model(model)
{
    setSectionsClickable(true);
    setSortIndicatorShown(true);
    setHighlightSections(false);
}

void ScoreHeader::paintSection(QPainter *painter, const QRect &rect, int section) const
{
    painter->save();
    QHeaderView::paintSection(painter, rect, section);
    painter->restore();
    if (m_model->kindOf(section) != Kind::plot)
        return;
    painter->save();
    const plots::Tokens &t = plots::tokensOf(this);
    const auto range = m_model->recoveryRange();
    const QRectF cell = QRectF(rect).adjusted(plots::px(8), 0, -plots::px(8), 0);
    painter->setFont(plots::captionFont());
    painter->setPen(t.tick);
    const QFontMetricsF metrics(painter->font());
    double taken = -1e9;
    for (const double v : plots::roundTicks(range.first, range.second, false, 6)) {
        const QString text = plots::numberText(v, 4);
        const double half = metrics.horizontalAdvance(text) / 2;
        const double x = std::clamp(plotX(cell, range, v), rect.left() + half, rect.right() - half);
        if (x - half < taken + plots::px(6))
            continue;
        taken = x + half;
        painter->drawText(QRectF(x - half - 1, rect.top(), 2 * half + 2, rect.height()),
                          Qt::AlignCenter, text);
    }
    painter->restore();
}

} // namespace batlab::views
