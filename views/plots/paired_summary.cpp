// SPDX-License-Identifier: GPL-3.0-or-later
// The summary side of PairedPlot: interval axis, mean, interval, wins, p; its table and its words.
#include "views/plots/color_scale.h"
#include "views/plots/markers.h"
#include "views/plots/number_text.h"
#include "views/plots/paired_plot.h"
#include "views/plots/qcp.h"
#include "views/plots/theme.h"

#include <algorithm>
#include <cmath>

namespace batlab::plots {

namespace {

QString intervalText(const PairedStrip &s)
{
    return QStringLiteral("[%1, %2]").arg(fixedText(s.low, 2), fixedText(s.high, 2));
}

QString pText(double p)
{
    return std::isnan(p) ? QStringLiteral("–")
        : p < 0.001      ? QStringLiteral("<0.001")
                         : fixedText(p, 3);
}

} // namespace

void PairedPlot::drawInterval(QCPPainter &p, const QRectF &r, const PairedStrip &s)
{
    const Tokens &t = tokens();
    const auto x = [&](double v) {
        return r.left() + r.width() * std::clamp((v - m_low) / (m_high - m_low), 0.0, 1.0);
    };
    const MethodStyle style = methodStyle(t, s.family, s.filled);
    const bool tall = r.height() > px(20);
    const double y = r.center().y() - (tall ? px(4) : 0);
    if (tall) { // every pair as a tick
        QColor faint = style.color;
        faint.setAlphaF(0.55F);
        p.setAntialiasing(false);
        p.setPen(QPen(faint, 1));
        for (const std::vector<float> &group : s.groups)
            for (const float v : group)
                if (std::isfinite(v))
                    p.drawLine(QPointF(std::round(x(v)), y + px(8)),
                               QPointF(std::round(x(v)), y + px(12)));
        p.setAntialiasing(true);
    }
    if (std::isfinite(s.low) && std::isfinite(s.high)) {
        p.setPen(QPen(style.color, 1.5));
        p.drawLine(QPointF(x(s.low), y), QPointF(x(s.high), y));
        for (const double end : { s.low, s.high })
            p.drawLine(QPointF(x(end), y - px(4)), QPointF(x(end), y + px(4)));
    }
    if (std::isfinite(s.mean))
        drawMarker(p, { x(s.mean), y }, px(8), style, t.base);
}

void PairedPlot::drawSummary(QCPPainter &p, const QRect &r)
{
    const Tokens &t = tokens();
    const QFontMetrics table(tableFont()), caption(captionFont());
    QFont bold = tableFont();
    bold.setWeight(QFont::DemiBold);
    // Columns from the right; what there is no room for goes, p last of all.
    struct Column
    {
        QString head;
        int width;
        std::function<QString(const PairedStrip &)> text;
    };
    std::vector<Column> columns {
        { tr("p, Holm"), 0, [](const PairedStrip &s) { return pText(s.p); } },
        { tr("Better"), 0,
          [](const PairedStrip &s) {
              return QStringLiteral("%1 / %2").arg(s.better).arg(s.pairs);
          } },
        { tr("95 % CI"), 0, [](const PairedStrip &s) { return intervalText(s); } },
    };
    for (Column &c : columns) {
        c.width = caption.horizontalAdvance(c.head);
        for (const PairedStrip &s : m_strips)
            c.width = std::max(c.width, table.horizontalAdvance(c.text(s)));
        c.width += px(14);
    }
    int meanWidth = px(64);
    int right = r.right();
    const int least = r.left() + px(90) + meanWidth;
    const auto head = [&](const QRectF &where, const QString &text, Qt::Alignment align) {
        p.setFont(captionFont());
        p.setPen(t.text2);
        p.drawText(where, int(align | Qt::AlignVCenter), text);
    };
    const double headTop = body().top() - px(18), headHeight = px(18);
    for (const Column &c : columns) {
        if (right - c.width < least)
            continue;
        head(QRectF(right - c.width, headTop, c.width, headHeight), c.head, Qt::AlignRight);
        p.setFont(tableFont());
        p.setPen(t.text);
        for (std::size_t i = 0; i < m_strips.size(); ++i)
            p.drawText(QRectF(right - c.width, rowTop(int(i)), c.width, rowHeight()),
                       int(Qt::AlignRight | Qt::AlignVCenter), c.text(m_strips[i]));
        right -= c.width;
    }
    head(QRectF(right - meanWidth, headTop, meanWidth, headHeight), tr("Mean"), Qt::AlignRight);
    for (std::size_t i = 0; i < m_strips.size(); ++i) {
        const PairedStrip &s = m_strips[i];
        const bool up = s.mean > 0;
        p.setFont(bold);
        p.setPen(s.low > 0 ? t.good : s.high < 0 ? t.bad : t.text);
        const QString arrow = !std::isfinite(s.mean) || s.mean == 0 ? QString()
            : up                                                    ? QStringLiteral("▲ ")
                                                                    : QStringLiteral("▼ ");
        p.drawText(QRectF(right - meanWidth, rowTop(int(i)), meanWidth, rowHeight()),
                   int(Qt::AlignRight | Qt::AlignVCenter), arrow + signedText(s.mean, 2));
    }
    right -= meanWidth + px(8);
    const QRectF plot(r.left() + px(6), body().top(), right - r.left() - px(6),
                      rowHeight() * double(m_strips.size()));
    if (plot.width() < px(60))
        return;
    head(QRectF(plot.left(), headTop, plot.width(), headHeight),
         caption.elidedText(tr("Mean Δ, %1, and 95 % CI").arg(m_text.unit), Qt::ElideRight,
                            int(plot.width())),
         Qt::AlignLeft);
    const auto x = [&](double v) {
        return plot.left() + plot.width() * (v - m_low) / (m_high - m_low);
    };
    double taken = -1e9;
    for (const double v : roundTicks(m_low, m_high, false, 6)) {
        p.setAntialiasing(false);
        p.setPen(QPen(v == 0 ? t.axis : t.grid, 1));
        p.drawLine(QPointF(std::round(x(v)), plot.top()), QPointF(std::round(x(v)), plot.bottom()));
        p.setAntialiasing(true);
        const QString text = v > 0 ? QLatin1Char('+') + numberText(v, 3) : numberText(v, 3);
        const double half = caption.horizontalAdvance(text) / 2.0;
        if (x(v) - half < std::max(taken + px(4), double(r.left()))
            || x(v) + half > plot.right() + px(8))
            continue;
        taken = x(v) + half;
        p.setFont(captionFont());
        p.setPen(t.tick);
        p.drawText(QRectF(x(v) - half - 2, plot.bottom() + px(3), 2 * half + 4, caption.height()),
                   int(Qt::AlignCenter), text);
    }
    for (std::size_t i = 0; i < m_strips.size(); ++i)
        drawInterval(p, QRectF(plot.left(), rowTop(int(i)), plot.width(), rowHeight()),
                     m_strips[i]);
}

PlotTable PairedPlot::table() const
{
    PlotTable out;
    if (m_strips.empty())
        return out;
    const int groups = int(m_text.groups.size()), each = groups * columns();
    for (const PairedStrip &s : m_strips)
        out.comments << tr("%1: mean %2 %3, 95 % interval [%4, %5], better in %6 of %7, p %8")
                            .arg(s.name)
                            .arg(s.mean)
                            .arg(m_text.unit)
                            .arg(s.low)
                            .arg(s.high)
                            .arg(s.better)
                            .arg(s.pairs)
                            .arg(s.p);
    out.columns << tr("method") << tr("site") << m_text.column
                << QStringLiteral("Δ ") + m_text.unit;
    out.rows = each * int(m_strips.size());
    out.cell = [strips = m_strips, names = m_text.groups, each,
                n = std::max(1, columns())](int row, int column) -> QVariant {
        const PairedStrip &s = strips[std::size_t(row / each)];
        const int group = row % each / n, at = row % n;
        switch (column) {
        case 0: return s.name;
        case 1: return names.at(group);
        case 2: return at;
        default: break;
        }
        const std::vector<float> &cells = s.groups[std::size_t(group)];
        if (std::size_t(at) >= cells.size() || std::isnan(cells[std::size_t(at)]))
            return {};
        return cells[std::size_t(at)];
    };
    return out;
}

QString PairedPlot::summary() const
{
    if (m_strips.empty())
        return tr("%1: no data").arg(title());
    QStringList parts;
    for (const PairedStrip &s : m_strips)
        parts << tr("%1 %2 %3").arg(s.name, signedText(s.mean, 2), m_text.unit);
    return tr("%1, mean differences: %2").arg(title(), parts.join(QStringLiteral(", ")));
}

} // namespace batlab::plots
