// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/divergence_plot.h"

#include "views/models/delta_text.h"
#include "views/plots/color_scale.h"
#include "views/plots/markers.h"
#include "views/plots/number_text.h"
#include "views/plots/painted.h"
#include "views/plots/plot_canvas.h"
#include "views/plots/theme.h"

#include <algorithm>
#include <cmath>

namespace batlab::plots {

namespace {

/// Limits of a log axis around positive values: half a 1-2-5 step of room at both ends.
std::pair<double, double> logLimits(const std::vector<Divergence> &rows)
{
    double low = 1e300, high = 0;
    for (const Divergence &d : rows)
        if (d.kld > 0) {
            low = std::min(low, d.kld);
            high = std::max(high, d.kld);
        }
    return high > 0 ? std::pair(low / 1.3, high * 1.3) : std::pair(0.1, 1.0);
}

std::pair<double, double> shareLimits(const std::vector<Divergence> &rows)
{
    double low = 100, high = 0;
    for (const Divergence &d : rows) {
        low = std::min(low, d.top1);
        high = std::max(high, d.top1);
    }
    const double pad = std::max(1.0, (high - low) * 0.12);
    return { std::max(0.0, low - pad), std::min(100.0, high + pad) };
}

QString kldText(const Divergence &d) { return numberText(d.kld, 3); }

QString errorText(const Divergence &d)
{
    return d.error > 0 ? QStringLiteral("±") + numberText(d.error, 1) : QString();
}

} // namespace

DivergencePlot::DivergencePlot(const QString &title, QWidget *parent) : PlotWidget(title, parent)
{
    QCPLayoutGrid *grid = canvas()->plotLayout();
    grid->setAutoMargins(QCP::msNone);
    grid->setMargins(QMargins(px(10), px(2), px(12), px(6)));
    m_area =
        new PaintedElement(canvas(), [this](QCPPainter &p, const QRect &r) { draw(p, QRectF(r)); });
    grid->addElement(0, 0, m_area);
}

void DivergencePlot::setRows(std::vector<Divergence> rows,
                             std::vector<std::pair<QString, QString>> notes)
{
    m_rows = std::move(rows);
    m_notes = std::move(notes);
    dataChanged();
    replotLater();
}

void DivergencePlot::setSelected(const QString &id)
{
    m_selected = id;
    replotLater();
}

DivergencePlot::Geometry DivergencePlot::geometry(const QRectF &area) const
{
    Geometry g;
    const QFontMetricsF table(tableFont()), caption(captionFont());
    const double head = px(20), axis = px(18);
    g.notes = m_notes.empty() ? 0 : px(8);
    for (const auto &[name, text] : m_notes)
        g.notes += noteHeight(text, area.width() - noteNames() - px(14));
    double names = px(60), kld = px(40), errors = 0;
    for (const Divergence &d : m_rows) {
        names = std::max(names, table.horizontalAdvance(d.name) + px(26));
        kld = std::max(kld, table.horizontalAdvance(kldText(d)));
        errors = std::max(errors, caption.horizontalAdvance(errorText(d)));
    }
    g.names = std::min(names, area.width() * 0.32);
    const double count = std::max<double>(1, double(m_rows.size()));
    g.row =
        std::clamp((area.height() - head - axis - g.notes) / count, double(px(16)), double(px(32)));
    g.body = QRectF(area.left(), area.top() + head, area.width(), g.row * count);
    const double top1 = table.horizontalAdvance(QStringLiteral("100.0"));
    const double free = area.width() - g.names - kld - errors - top1 - px(52);
    const double first = std::max(0.0, free * 0.6), second = std::max(0.0, free * 0.4);
    g.kld = QRectF(area.left() + g.names + px(6), g.body.top(), first, g.body.height());
    g.kldText = g.kld.right() + px(12) + kld;
    g.top1 = QRectF(g.kldText + errors + px(16), g.body.top(), second, g.body.height());
    g.top1Text = area.right();
    return g;
}

void DivergencePlot::draw(QCPPainter &p, const QRectF &area)
{
    if (m_rows.empty())
        return;
    const Tokens &t = tokens();
    const Geometry g = geometry(area);
    const QFontMetricsF caption(captionFont());
    p.setFont(captionFont());
    p.setPen(t.text2);
    const double top = area.top(), head = px(20);
    p.drawText(QRectF(area.left(), top, g.names, head), int(Qt::AlignLeft | Qt::AlignVCenter),
               tr("Method"));
    p.drawText(QRectF(g.kld.left(), top, g.kldText - g.kld.left() + px(30), head),
               int(Qt::AlignLeft | Qt::AlignVCenter), tr("Mean KLD, nat"));
    p.drawText(QRectF(area.right() - px(200), top, px(200), head),
               int(Qt::AlignRight | Qt::AlignVCenter), tr("Top-1, %"));
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const QRectF row(area.left() - px(6), g.body.top() + double(i) * g.row,
                         area.width() + px(12), g.row);
        if (m_rows[i].id == m_selected)
            p.fillRect(row, t.sel);
    }
    drawDots(p, g);
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const Divergence &d = m_rows[i];
        const double y = g.body.top() + double(i) * g.row;
        const MethodStyle style = methodStyle(t, d.family, d.filled);
        const bool selected = d.id == m_selected;
        drawMarker(p, { area.left() + px(6), y + g.row / 2 }, px(8), style,
                   selected ? t.sel : t.base);
        p.setFont(tableFont());
        p.setPen(selected ? t.selText : t.text);
        p.drawText(QRectF(area.left() + px(18), y, g.names - px(18), g.row),
                   int(Qt::AlignLeft | Qt::AlignVCenter),
                   QFontMetricsF(tableFont()).elidedText(d.name, Qt::ElideRight, g.names - px(18)));
        p.drawText(QRectF(g.kldText - px(100), y, px(100), g.row),
                   int(Qt::AlignRight | Qt::AlignVCenter), kldText(d));
        p.drawText(QRectF(g.top1Text - px(100), y, px(100), g.row),
                   int(Qt::AlignRight | Qt::AlignVCenter), fixedText(d.top1, 1));
        p.setFont(captionFont());
        p.setPen(selected ? t.selText : t.text3);
        p.drawText(QRectF(g.kldText + px(4), y, px(100), g.row),
                   int(Qt::AlignLeft | Qt::AlignVCenter), errorText(d));
    }
    drawNotes(p, g, area);
}

void DivergencePlot::drawDots(QCPPainter &p, const Geometry &g)
{
    const Tokens &t = tokens();
    const QFontMetricsF caption(captionFont());
    const auto [k0, k1] = logLimits(m_rows);
    const auto [s0, s1] = shareLimits(m_rows);
    const auto kx = [&, low = k0, high = k1](double v) {
        return g.kld.left() + g.kld.width() * std::log(v / low) / std::log(high / low);
    };
    const auto sx = [&, low = s0, high = s1](double v) {
        return g.top1.left() + g.top1.width() * (v - low) / std::max(1e-9, high - low);
    };
    const auto axis = [&](const QRectF &plot, const std::vector<double> &ticks, auto x) {
        if (plot.width() < px(40))
            return;
        double taken = -1e9;
        p.setFont(captionFont());
        for (const double v : ticks) {
            p.setAntialiasing(false);
            p.setPen(QPen(t.grid, 1));
            p.drawLine(QPointF(std::round(x(v)), plot.top()),
                       QPointF(std::round(x(v)), plot.bottom()));
            p.setAntialiasing(true);
            const QString text = numberText(v, 3);
            const double half = caption.horizontalAdvance(text) / 2;
            if (x(v) - half < taken + px(5))
                continue;
            taken = x(v) + half;
            p.setPen(t.tick);
            p.drawText(
                QRectF(x(v) - half - 2, plot.bottom() + px(2), 2 * half + 4, caption.height()),
                int(Qt::AlignCenter), text);
        }
    };
    axis(g.kld, roundTicks(k0, k1, true, 5), kx);
    axis(g.top1, roundTicks(s0, s1, false, 4), sx);
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const Divergence &d = m_rows[i];
        const double y = g.body.top() + (double(i) + 0.5) * g.row;
        const MethodStyle style = methodStyle(t, d.family, d.filled);
        const QColor surface = d.id == m_selected ? t.sel : t.base;
        if (d.kld > 0 && g.kld.width() >= px(40)) {
            p.setPen(QPen(style.color, 1.5));
            if (d.error > 0 && d.error < d.kld)
                p.drawLine(QPointF(std::max(g.kld.left(), kx(d.kld - d.error)), y),
                           QPointF(std::min(g.kld.right(), kx(d.kld + d.error)), y));
            drawMarker(p, { kx(d.kld), y }, px(8), style, surface);
        }
        if (g.top1.width() >= px(40))
            drawMarker(p, { sx(d.top1), y }, px(8), style, surface);
    }
}

double DivergencePlot::noteNames() const
{
    const QFontMetricsF metrics(captionFont());
    double names = 0;
    for (const auto &[name, text] : m_notes)
        names = std::max(names, metrics.horizontalAdvance(name));
    return names;
}

double DivergencePlot::noteHeight(const QString &text, double width)
{
    const QFontMetricsF metrics(captionFont());
    const QRectF box = metrics.boundingRect(QRectF(0, 0, std::max(width, 40.0), 1000),
                                            int(Qt::TextWordWrap), text);
    return box.height() + metrics.height() * 0.35;
}

void DivergencePlot::drawNotes(QCPPainter &p, const Geometry &g, const QRectF &area)
{
    const Tokens &t = tokens();
    const QFontMetricsF metrics(captionFont());
    const double names = noteNames();
    double y = g.body.bottom() + px(24);
    p.setFont(captionFont());
    for (const auto &[name, text] : m_notes) {
        const double left = area.left() + names + px(14);
        const double height = noteHeight(text, area.right() - left);
        if (y + metrics.height() > area.bottom() + 1)
            return;
        p.setPen(t.text3);
        p.drawText(QRectF(area.left(), y, names, metrics.height()), int(Qt::AlignLeft), name);
        p.setPen(t.text2);
        p.drawText(QRectF(left, y, area.right() - left, height),
                   int(Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap), text);
        y += height;
    }
}

int DivergencePlot::rowAt(const QPointF &pos) const
{
    const Geometry g = geometry(QRectF(m_area->rect()));
    const int row = int(std::floor((pos.y() - g.body.top()) / g.row));
    return g.body.contains(pos) && row < int(m_rows.size()) ? row : -1;
}

QString DivergencePlot::hover(const QPointF *pos)
{
    const int row = pos ? rowAt(*pos) : -1;
    if (row < 0)
        return {};
    const Divergence &d = m_rows[std::size_t(row)];
    const QString text = tr("%1 · mean KLD %2 %3 nat · top-1 agreement %4 %")
                             .arg(d.name, numberText(d.kld, 4), errorText(d), fixedText(d.top1, 2));
    return std::isnan(d.deltaKld) ? text
                                  : text
            + tr(" · to the baseline %1 nat, %2 points")
                  .arg(deltaText(d.deltaKld), views::withArrow(signedText(d.deltaTop1, 2)));
}

bool DivergencePlot::clicked(const QPointF &pos, Qt::KeyboardModifiers)
{
    const int row = rowAt(pos);
    if (row < 0)
        return false;
    setSelected(m_rows[std::size_t(row)].id);
    Q_EMIT rowSelected(m_selected);
    return true;
}

bool DivergencePlot::key(int key, Qt::KeyboardModifiers)
{
    if ((key != Qt::Key_Up && key != Qt::Key_Down) || m_rows.empty())
        return false;
    const auto at = std::find_if(m_rows.begin(), m_rows.end(),
                                 [this](const Divergence &d) { return d.id == m_selected; });
    const int from = at == m_rows.end() ? 0 : int(at - m_rows.begin());
    const int to = std::clamp(from + (key == Qt::Key_Down ? 1 : -1), 0, int(m_rows.size()) - 1);
    setSelected(m_rows[std::size_t(to)].id);
    Q_EMIT rowSelected(m_selected);
    return true;
}

PlotTable DivergencePlot::table() const
{
    PlotTable out;
    for (const auto &[name, text] : m_notes)
        out.comments << name + QStringLiteral(": ") + text;
    out.columns << tr("method") << tr("mean KLD, nat") << tr("± 95 %") << tr("top-1 agreement, %");
    out.rows = int(m_rows.size());
    out.cell = [rows = m_rows](int row, int column) -> QVariant {
        const Divergence &d = rows[std::size_t(row)];
        switch (column) {
        case 0: return d.name;
        case 1: return d.kld;
        case 2: return d.error > 0 ? QVariant(d.error) : QVariant();
        default: return d.top1;
        }
    };
    return out;
}

QString DivergencePlot::summary() const
{
    if (m_rows.empty())
        return tr("%1: no data").arg(title());
    QStringList parts;
    for (const Divergence &d : m_rows)
        parts << tr("%1 %2 nat").arg(d.name, numberText(d.kld, 3));
    return tr("Mean KL divergence: %1").arg(parts.join(QStringLiteral(", ")));
}

} // namespace batlab::plots
