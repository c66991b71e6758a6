// SPDX-License-Identifier: GPL-3.0-or-later
// The threshold of a SeriesPlot: a dashed line in the colour of errors, dragged with the mouse or
// typed.
#include "views/plots/number_dialog.h"
#include "views/plots/number_text.h"
#include "views/plots/plot_canvas.h"
#include "views/plots/series_plot.h"
#include "views/plots/theme.h"

#include <QAction>

#include <algorithm>
#include <cmath>

namespace batlab::plots {

void SeriesPlot::setThreshold(std::optional<double> value, const QString &label)
{
    m_threshold = value;
    m_thresholdLabel = label;
    m_thresholdAction->setVisible(value.has_value());
    replotLater();
}

void SeriesPlot::moveThreshold(double value)
{
    if (m_threshold)
        setThreshold(value, m_thresholdLabel);
}

void SeriesPlot::askThreshold()
{
    if (!m_threshold)
        return;
    const auto check = [log = m_log](const std::vector<double> &value) {
        return log && !(value.front() > 0) ? tr("A threshold on a logarithmic axis is above 0.")
                                           : QString();
    };
    const QString name = m_text.yAxis.isEmpty() ? title() : m_text.yAxis;
    auto *dialog = new NumberDialog(tr("Threshold"), { { name, *m_threshold } }, check, this);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        moveThreshold(dialog->numbers().front());
        Q_EMIT thresholdMoved(*m_threshold);
    });
    dialog->open();
}

std::optional<double> SeriesPlot::crossing(const Series &s) const
{
    if (!m_threshold || s.dashed)
        return {};
    for (std::size_t i = 0; i < std::min(s.x.size(), s.y.size()); ++i)
        if (!(s.y[i] <= *m_threshold) && !std::isnan(s.y[i]))
            return s.x[i];
    return {};
}

std::optional<double> SeriesPlot::crossing(const QString &id) const
{
    for (const Series &s : m_series)
        if (s.id == id && !s.dashed)
            return crossing(s);
    return {};
}

void SeriesPlot::drawThreshold(QCPPainter &p)
{
    QCPAxis *x = m_rect->axis(QCPAxis::atBottom), *y = m_rect->axis(QCPAxis::atLeft);
    if (!m_threshold || !y->range().contains(*m_threshold))
        return;
    const Tokens &t = tokens();
    const QRectF r = m_rect->rect();
    const double line = std::round(y->coordToPixel(*m_threshold));
    QPen pen(t.bad, 1);
    pen.setDashPattern({ 4, 3 });
    p.setPen(pen);
    p.drawLine(QPointF(r.left(), line), QPointF(r.right(), line));
    const QFontMetricsF metrics(captionFont());
    p.setFont(captionFont());
    const QString label = m_thresholdLabel.arg(numberText(*m_threshold, 3));
    const QRectF plateRect(r.right() - metrics.horizontalAdvance(label) - px(4),
                           line + metrics.height() + px(3) < r.bottom()
                               ? line + px(1)
                               : line - metrics.height() - px(1),
                           metrics.horizontalAdvance(label) + 2, metrics.height());
    QColor plate = t.base;
    plate.setAlphaF(0.85F);
    p.fillRect(plateRect, plate);
    p.drawText(plateRect, int(Qt::AlignLeft | Qt::AlignVCenter), label);
    p.setBrush(Qt::NoBrush);
    for (const Series &s : m_series) {
        const std::optional<double> where = crossing(s);
        if (!where || !x->range().contains(*where))
            continue;
        const double value = at(s, *where).value_or(std::nan(""));
        if (!std::isfinite(value))
            continue;
        const QPointF centre(x->coordToPixel(*where), y->coordToPixel(value));
        p.setPen(QPen(t.text, 1.5));
        p.drawEllipse(centre, px(6), px(6));
    }
}

bool SeriesPlot::nearThreshold(const QPointF &pos) const
{
    if (!m_threshold || !m_rect->rect().contains(pos.toPoint()))
        return false;
    return std::abs(m_rect->axis(QCPAxis::atLeft)->coordToPixel(*m_threshold) - pos.y()) <= px(4);
}

bool SeriesPlot::dragStarted(const QPointF &pos) { return nearThreshold(pos); }

void SeriesPlot::dragMoved(const QPointF &pos)
{
    const QCPAxis *y = m_rect->axis(QCPAxis::atLeft);
    const QRectF r = m_rect->rect();
    m_threshold = y->pixelToCoord(std::clamp(pos.y(), r.top(), r.bottom()));
    replotLater();
    Q_EMIT thresholdMoved(*m_threshold);
}

Qt::CursorShape SeriesPlot::cursorAt(const QPointF &pos) const
{
    return nearThreshold(pos) ? Qt::SizeVerCursor : Qt::ArrowCursor;
}

} // namespace batlab::plots
