// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/axis_tickers.h"

#include "views/plots/color_scale.h"
#include "views/plots/number_text.h"
#include "views/plots/theme.h"

#include <QFontMetrics>

#include <algorithm>
#include <cmath>

namespace batlab::plots {

namespace {

/// In pixels; 1 before the first layout.
int lengthOf(const QCPAxis *axis)
{
    const QSize size = axis->axisRect()->size();
    return std::max(1, axis->orientation() == Qt::Horizontal ? size.width() : size.height());
}

/// Where a tick stands, in pixels from the lower end of its axis.
double along(const QCPAxis *axis, const QCPRange &range, double value)
{
    const double share = axis->scaleType() == QCPAxis::stLogarithmic
        ? std::log(value / range.lower) / std::log(range.upper / range.lower)
        : (value - range.lower) / range.size();
    return share * lengthOf(axis);
}

/// Empties labels that would touch the one before: of ticks that cannot be fewer, on a short axis.
void keepApart(const QCPAxis *axis, const QCPRange &range, const QVector<double> &ticks,
               QVector<QString> &labels)
{
    const QFontMetrics metrics(axis->tickLabelFont());
    const bool horizontal = axis->orientation() == Qt::Horizontal;
    double taken = -1e9;
    // Margins for the first layout come from all labels.
    for (int i = 0; i < labels.size() && lengthOf(axis) > 1; ++i) {
        const double at = along(axis, range, ticks[i]);
        const double half =
            (horizontal ? metrics.horizontalAdvance(labels[i]) + 2 : metrics.ascent()) / 2.0;
        if (at - half < taken)
            labels[i].clear();
        else
            taken = at + half;
    }
}

/// How far labels may hang over the ends of an axis: together less than the 8 px between multiples.
/// The first index is a digit wide.
int overhang(bool first) { return px(first ? 4 : 3); }

/// Empties the labels of a horizontal axis that hang over its ends by more than that.
void keepInside(const QCPAxis *axis, const QCPRange &range, const QVector<double> &ticks,
                QVector<QString> &labels)
{
    const QFontMetrics metrics(axis->tickLabelFont());
    const double length = lengthOf(axis);
    for (int i = 0; i < labels.size() && length > 1; ++i) {
        const double at = along(axis, range, ticks[i]);
        const double half = metrics.horizontalAdvance(labels[i]) / 2.0;
        if (at - half < -overhang(true) || at + half > length + overhang(false))
            labels[i].clear();
    }
}

QVector<QString> roundLabels(const std::vector<double> &values, const QCPRange &range, bool log)
{
    QVector<QString> labels;
    // The step decides the decimals, so that all labels of an axis have the same.
    const double step = values.size() > 1 ? std::abs(values[1] - values[0]) : 1;
    const double largest = std::max(std::abs(range.lower), std::abs(range.upper));
    const bool plain = !log && step >= 1e-4 && largest < 1e7;
    const int decimals = std::max(0, -int(std::floor(std::log10(step) + 1e-6)));
    for (const double v : values)
        labels.push_back(plain ? fixedText(std::abs(v) < step * 1e-6 ? 0 : v, decimals)
                               : numberText(v, 4));
    return labels;
}

} // namespace

RoundTicker::RoundTicker(QCPAxis *axis, int mostTicks) : m_axis(axis), m_most(mostTicks) { }

void RoundTicker::generate(const QCPRange &range, const QLocale &, QChar, int,
                           QVector<double> &ticks, QVector<double> *subTicks,
                           QVector<QString> *tickLabels)
{
    const QFontMetrics metrics(m_axis->tickLabelFont());
    const bool log = m_axis->scaleType() == QCPAxis::stLogarithmic;
    const bool horizontal = m_axis->orientation() == Qt::Horizontal;
    int widest = metrics.horizontalAdvance(QStringLiteral("−000"));
    QVector<QString> labels;
    // Labels wider than thought ask for fewer of them.
    for (int round = 0; round < 2; ++round) {
        const int need =
            horizontal ? widest + metrics.averageCharWidth() * 2 : metrics.height() * 2;
        const int count = std::clamp(lengthOf(m_axis) / std::max(1, need), 2, m_most);
        const std::vector<double> values = roundTicks(range.lower, range.upper, log, count);
        ticks = QVector<double>(values.begin(), values.end());
        labels = roundLabels(values, range, log);
        const int before = widest;
        for (const QString &label : labels)
            widest = std::max(widest, metrics.horizontalAdvance(label));
        if (!horizontal || widest == before)
            break;
    }
    keepApart(m_axis, range, ticks, labels);
    if (horizontal && m_inside)
        keepInside(m_axis, range, ticks, labels);
    if (subTicks)
        subTicks->clear();
    if (tickLabels)
        *tickLabels = labels;
}

CellTicker::CellTicker(QCPAxis *axis) : m_axis(axis) { }

void CellTicker::setCells(int count, Label label)
{
    m_count = count;
    m_label = std::move(label);
}

QString CellTicker::text(int index) const
{
    return m_label ? m_label(index) : QString::number(index);
}

void CellTicker::generate(const QCPRange &range, const QLocale &, QChar, int,
                          QVector<double> &ticks, QVector<double> *subTicks,
                          QVector<QString> *tickLabels)
{
    ticks.clear();
    if (subTicks)
        subTicks->clear();
    if (tickLabels)
        tickLabels->clear();
    if (m_count <= 0 || range.size() <= 0)
        return;
    const QFontMetrics metrics(m_axis->tickLabelFont());
    const bool horizontal = m_axis->orientation() == Qt::Horizontal;
    const int first = std::max(0, int(std::ceil(range.lower)));
    const int last = std::min(m_count - 1, int(std::floor(range.upper)));
    int need = metrics.height() + 2;
    if (horizontal) {
        for (const int i : { first, (first + last) / 2, last })
            need =
                std::max(need, metrics.horizontalAdvance(text(i)) + 4 * metrics.averageCharWidth());
    } else {
        need += metrics.height() / 2;
    }
    const double cell = lengthOf(m_axis) / range.size();
    // 1, 2, 4 or 5, 8 or 10, 16 or 20, ...: powers of two for blocks of 32, tens otherwise.
    const bool binary = horizontal && m_count % 16 == 0;
    int step = 1;
    static constexpr int decimal[] = { 1, 2, 5 };
    for (int k = 0; step * cell < need && step < m_count; ++k)
        step = binary ? 1 << (k + 1) : decimal[(k + 1) % 3] * int(std::pow(10, (k + 1) / 3));
    QVector<int> cells;
    for (int i = (first + step - 1) / step * step; i <= last; i += step)
        cells.push_back(i);
    // The last cell has a name too; its neighbour gives way.
    if (last == m_count - 1 && (cells.isEmpty() || cells.back() != last)) {
        const double over =
            metrics.horizontalAdvance(text(last)) / 2.0 - (range.upper - last) * cell;
        if (!horizontal || !m_inside || over <= overhang(false)) {
            if (!cells.isEmpty() && (last - cells.back()) * cell < need)
                cells.pop_back();
            cells.push_back(last);
        }
    }
    QVector<QString> labels;
    for (const int i : cells) {
        ticks.push_back(i);
        labels.push_back(text(i));
    }
    if (horizontal && m_inside)
        keepInside(m_axis, range, ticks, labels);
    if (tickLabels)
        *tickLabels = labels;
}

ValuesTicker::ValuesTicker(QCPAxis *axis, std::vector<double> values, std::vector<double> first,
                           Label label)
    : m_axis(axis)
    , m_values(std::move(values))
    , m_first(std::move(first))
    , m_label(label ? std::move(label) : Label([](double v) { return numberText(v, 3); }))
{ }

void ValuesTicker::generate(const QCPRange &range, const QLocale &, QChar, int,
                            QVector<double> &ticks, QVector<double> *subTicks,
                            QVector<QString> *tickLabels)
{
    ticks.clear();
    if (subTicks)
        subTicks->clear();
    if (tickLabels)
        tickLabels->clear();
    const QFontMetrics metrics(m_axis->tickLabelFont());
    const double perUnit = lengthOf(m_axis) / std::max(range.size(), 1e-12);
    std::vector<std::pair<double, double>> taken; // left and right edge in pixels
    std::vector<double> kept;
    for (const std::vector<double> *list : { &m_first, &m_values }) {
        for (const double v : *list) {
            if (!range.contains(v))
                continue;
            const double half = metrics.horizontalAdvance(m_label(v)) / 2.0 + px(2);
            const double left = v * perUnit - half, right = v * perUnit + half;
            if (std::any_of(taken.begin(), taken.end(),
                            [&](const auto &t) { return left < t.second && right > t.first; }))
                continue;
            taken.emplace_back(left, right);
            kept.push_back(v);
        }
    }
    std::sort(kept.begin(), kept.end());
    for (const double v : kept) {
        ticks.push_back(v);
        if (tickLabels)
            tickLabels->push_back(m_label(v));
    }
}

} // namespace batlab::plots
