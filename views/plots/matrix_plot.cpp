// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/matrix_plot.h"

#include "views/plots/colormaps.h"
#include "views/plots/number_text.h"
#include "views/plots/painted.h"
#include "views/plots/plot_canvas.h"
#include "views/plots/theme.h"

#include <algorithm>
#include <cmath>

namespace batlab::plots {

namespace {

constexpr double kMostWidth = 64, kMostHeight = 30, kMostName = 72;

QColor heat(const Tokens &t, double delta, double limit)
{
    if (std::isnan(delta))
        return t.alt;
    const double at = std::clamp(delta / limit, -1.0, 1.0) * 0.5 + 0.5;
    const auto entry = static_cast<std::size_t>(std::lround(at * (kColorEntries - 1)));
    return QColor::fromRgb(colorTable(ColorMap::diverging, t.kind)[entry]);
}

QFont bold(QFont font)
{
    font.setBold(true);
    return font;
}

} // namespace

MatrixPlot::MatrixPlot(const QString &title, QWidget *parent) : PlotWidget(title, parent)
{
    QCPLayoutGrid *grid = canvas()->plotLayout();
    grid->setAutoMargins(QCP::msNone);
    grid->setMargins(QMargins(px(12), px(4), px(12), px(8)));
    grid->addElement(0, 0, new PaintedElement(canvas(), [this](QCPPainter &p, const QRect &rect) {
                         draw(p, rect);
                     }));
    new PaintedLayerable(canvas(), QStringLiteral("cursor"), nullptr,
                         [this](QCPPainter &p) { drawCursor(p); });
}

void MatrixPlot::themeChanged(const Tokens &) { replotLater(); }

void MatrixPlot::setData(MatrixData data)
{
    const bool sameShape = data.cells.size() == m_data.cells.size()
        && data.rows.size() == m_data.rows.size() && data.groups.size() == m_data.groups.size();
    m_data = std::move(data);
    findColumnBests();
    if (!sameShape) {
        for (std::optional<int> *place : { &m_cursor, &m_hovered, &m_present, &m_best })
            place->reset();
    }
    dataChanged();
    replotLater();
}

void MatrixPlot::setMarked(std::optional<int> present, std::optional<int> best)
{
    if (present == m_present && best == m_best)
        return;
    m_present = present;
    m_best = best;
    replotLater();
}

void MatrixPlot::layOut(const QRect &rect)
{
    const int rows = static_cast<int>(m_data.rows.size()), columns = m_data.columns();
    const int groups = static_cast<int>(m_data.groups.size());
    const QFontMetricsF metrics(captionFont());
    double labels = 0;
    for (const QString &row : m_data.rows)
        labels = std::max(labels, metrics.horizontalAdvance(row));
    labels = std::min(labels, rect.width() / 4.0);
    const bool titled = groups > 1 || (groups == 1 && !m_data.groups.front().title.isEmpty());
    const double foot = metrics.height() + px(8), axis = metrics.height() + px(4);
    const double bar = px(64);
    m_groupGap = groups > 1 ? px(14) : 0;
    m_left = rect.left() + axis + labels + px(8);
    const double room = rect.right() - bar - m_left - m_groupGap * (groups - 1);
    m_cellWidth =
        std::clamp(std::floor(room / std::max(1, columns * groups)), 4.0, double(px(kMostWidth)));
    double widest = 0;
    for (const MatrixData::Group &group : m_data.groups) {
        for (const QString &column : group.columns)
            widest = std::max(widest, metrics.horizontalAdvance(column));
    }
    m_upright = widest > m_cellWidth - 2;
    const double names =
        m_upright ? std::min(widest + px(2), double(px(kMostName))) : metrics.height();
    const double head = names + (titled ? metrics.height() : 0) + px(6);
    m_top = rect.top() + head;
    m_cellHeight = std::clamp(std::floor((rect.height() - head - foot) / std::max(1, rows)), 4.0,
                              double(px(kMostHeight)));
    const double right =
        m_left + m_cellWidth * columns * groups + m_groupGap * std::max(0, groups - 1);
    m_bar = QRectF(right + px(14), m_top, px(10), m_cellHeight * rows);
    m_legend = QRectF(m_left, m_top + m_cellHeight * rows + px(6), rect.right() - m_left,
                      metrics.height());
}

QRectF MatrixPlot::cellRect(int index) const
{
    const int rows = static_cast<int>(m_data.rows.size()), columns = m_data.columns();
    if (rows == 0 || columns == 0)
        return {};
    const int group = index / (rows * columns), row = index / columns % rows,
              column = index % columns;
    return { m_left + group * (m_cellWidth * columns + m_groupGap) + column * m_cellWidth,
             m_top + row * m_cellHeight, m_cellWidth, m_cellHeight };
}

void MatrixPlot::draw(QCPPainter &p, const QRect &rect)
{
    if (m_data.cells.empty() || m_data.groups.empty())
        return;
    layOut(rect);
    const Tokens &t = tokens();
    const QFontMetricsF metrics(captionFont());
    const int rows = static_cast<int>(m_data.rows.size()), columns = m_data.columns();
    const int here = m_present.value_or(-1);
    for (std::size_t g = 0; g < m_data.groups.size(); ++g) {
        const MatrixData::Group &group = m_data.groups[g];
        const QRectF first = cellRect(static_cast<int>(g) * rows * columns);
        p.setFont(bold(captionFont()));
        p.setPen(t.text2);
        if (!group.title.isEmpty())
            p.drawText(QRectF(first.left(), rect.top(), m_cellWidth * columns, metrics.height()),
                       Qt::AlignCenter,
                       QFontMetricsF(p.font()).elidedText(group.title, Qt::ElideRight,
                                                          m_cellWidth * columns));
        for (int c = 0; c < columns; ++c) {
            const bool mine =
                here >= 0 && here / (rows * columns) == static_cast<int>(g) && here % columns == c;
            p.setFont(mine ? bold(captionFont()) : captionFont());
            p.setPen(mine ? t.text : t.text2);
            if (m_upright) {
                const double room =
                    m_top - px(3) - rect.top() - (group.title.isEmpty() ? 0 : metrics.height());
                p.save();
                p.translate(first.left() + c * m_cellWidth, m_top - px(3));
                p.rotate(-90);
                p.drawText(QRectF(0, 0, room, m_cellWidth), Qt::AlignLeft | Qt::AlignVCenter,
                           metrics.elidedText(group.columns[c], Qt::ElideRight, room));
                p.restore();
                continue;
            }
            const QRectF box(first.left() + c * m_cellWidth, m_top - metrics.height() - px(3),
                             m_cellWidth, metrics.height());
            p.drawText(box, Qt::AlignCenter,
                       metrics.elidedText(group.columns[c], Qt::ElideRight, m_cellWidth - 2));
        }
    }
    for (int r = 0; r < rows; ++r) {
        const bool mine = here >= 0 && here / columns % rows == r;
        p.setFont(mine ? bold(captionFont()) : captionFont());
        p.setPen(mine ? t.text : t.text2);
        const double room = m_left - rect.left() - metrics.height() - px(12);
        p.drawText(QRectF(m_left - px(6) - room, m_top + r * m_cellHeight, room, m_cellHeight),
                   Qt::AlignRight | Qt::AlignVCenter,
                   metrics.elidedText(m_data.rows[r], Qt::ElideRight, room));
    }
    if (!m_data.rowAxis.isEmpty()) {
        p.save();
        p.setFont(captionFont());
        p.setPen(t.text2);
        p.translate(rect.left(), m_top + m_cellHeight * rows);
        p.rotate(-90);
        p.drawText(QRectF(0, 0, m_cellHeight * rows, metrics.height()), Qt::AlignCenter,
                   metrics.elidedText(m_data.rowAxis, Qt::ElideRight, m_cellHeight * rows));
        p.restore();
    }
    for (int i = 0; i < static_cast<int>(m_data.cells.size()); ++i)
        drawCell(p, i);
    drawBar(p);
    drawLegend(p);
}

void MatrixPlot::drawCell(QCPPainter &p, int index)
{
    const Tokens &t = tokens();
    const MatrixCell &cell = m_data.cells[static_cast<std::size_t>(index)];
    const QRectF box = cellRect(index);
    const bool done = cell.state == MatrixCell::State::done;
    const QColor ground = done ? heat(t, m_data.better * cell.delta, m_data.limit) : t.alt;
    p.setAntialiasing(false);
    p.fillRect(box, ground);
    p.setPen(QPen(done ? t.base : t.border, 1));
    p.setBrush(Qt::NoBrush);
    p.drawRect(box.adjusted(0, 0, -1, -1));
    p.setAntialiasing(true);
    p.setFont(bold(captionFont()));
    p.setPen(done ? textOn(ground) : t.text3);
    const QFontMetricsF metrics(p.font());
    // Fewer decimals before no number at all.
    int decimals = m_data.decimals;
    while (decimals > 0
           && metrics.horizontalAdvance(this->text(cell.value, decimals)) + 4 > box.width())
        --decimals;
    const QString text = done                      ? this->text(cell.value, decimals)
        : cell.state == MatrixCell::State::running ? QStringLiteral("…")
        : cell.state == MatrixCell::State::none    ? QStringLiteral("–")
                                                   : QStringLiteral("·");
    const bool fits = metrics.horizontalAdvance(text) + 4 <= box.width()
        && metrics.height() * 0.8 <= box.height();
    const QString spread = done && cell.halfWidth > 0
        ? QStringLiteral("±") + fixedText(cell.halfWidth, std::min(decimals, 2))
        : QString();
    const bool below = !spread.isEmpty() && cell.caption.isEmpty()
        && box.height() >= 2 * metrics.height() * 0.85
        && QFontMetricsF(captionFont()).horizontalAdvance(spread) + 4 <= box.width();
    if (below) {
        p.drawText(box.adjusted(0, 1, 0, -box.height() * 0.46), Qt::AlignCenter, text);
        p.setFont(captionFont());
        p.drawText(box.adjusted(0, box.height() * 0.44, 0, 0), Qt::AlignCenter, spread);
    } else if (!cell.caption.isEmpty() && box.height() >= 2 * metrics.height() * 0.85) {
        p.drawText(box.adjusted(0, box.height() * 0.42, 0, 0), Qt::AlignCenter, text);
        p.setFont(captionFont());
        p.drawText(box.adjusted(0, 1, 0, -box.height() * 0.48), Qt::AlignCenter,
                   metrics.elidedText(cell.caption, Qt::ElideRight, box.width() - 4));
    } else if (fits) {
        p.drawText(box, Qt::AlignCenter, text);
    }
    if (bestOfColumn(index)) {
        const double side = std::min({ double(px(7)), box.width() / 3, box.height() / 2 });
        p.setPen(Qt::NoPen);
        p.setBrush(textOn(ground));
        p.drawPolygon(
            QPolygonF({ box.topRight() + QPointF(-1, 1), box.topRight() + QPointF(-1 - side, 1),
                        box.topRight() + QPointF(-1, 1 + side) }));
        p.setBrush(Qt::NoBrush);
    }
    const bool present = m_present == index;
    if (present || m_best == index) {
        const QRectF frame = box.adjusted(1.5, 1.5, -2, -2);
        for (const auto &[color, width] :
             { std::pair { t.markerOuter, 3.5 }, std::pair { t.markerInner, 1.5 } }) {
            QPen pen(color, width);
            pen.setJoinStyle(Qt::MiterJoin);
            if (!present) {
                pen.setDashPattern({ 4 / width * 1.5, 3 / width * 1.5 });
                pen.setCapStyle(Qt::FlatCap);
            }
            p.setPen(pen);
            p.drawRect(frame);
        }
    }
}

void MatrixPlot::drawBar(QCPPainter &p)
{
    const Tokens &t = tokens();
    p.setAntialiasing(false);
    const int steps = static_cast<int>(m_bar.height());
    for (int i = 0; i < steps; ++i) {
        const double at = 1 - 2.0 * i / std::max(1, steps - 1);
        p.fillRect(QRectF(m_bar.left(), m_bar.top() + i, m_bar.width(), 1),
                   heat(t, m_data.better * at * m_data.limit, m_data.limit));
    }
    p.setPen(QPen(t.border, 1));
    p.drawRect(m_bar);
    p.setAntialiasing(true);
    const QFontMetricsF metrics(captionFont());
    p.setFont(captionFont());
    p.setPen(t.tick);
    for (const double at : { 1.0, 0.0, -1.0 }) {
        const double y = m_bar.center().y() - at * (m_bar.height() - metrics.height()) / 2;
        p.drawText(
            QRectF(m_bar.right() + px(5), y - metrics.height() / 2, px(48), metrics.height()),
            Qt::AlignLeft | Qt::AlignVCenter,
            at == 0 ? QStringLiteral("0") : differenceText(at * m_data.limit, 1));
    }
    p.drawText(QRectF(m_bar.left() - px(20), m_bar.top() - metrics.height() - px(3), px(60),
                      metrics.height()),
               Qt::AlignCenter, tr("Δ %1").arg(m_data.unit));
}

void MatrixPlot::drawLegend(QCPPainter &p)
{
    const Tokens &t = tokens();
    const QFontMetricsF metrics(captionFont());
    p.setFont(captionFont());
    double x = m_legend.left();
    const auto entry = [&](const QString &text, Qt::PenStyle style, bool dot, bool corner = false) {
        const double width = metrics.horizontalAdvance(text);
        if (x + width + px(22) > m_legend.right())
            return;
        const QRectF box(x, m_legend.center().y() - px(5), px(12), px(10));
        p.setBrush(Qt::NoBrush);
        p.setPen(QPen(dot || corner ? t.border : t.text, 1.5, style));
        p.drawRect(box);
        if (corner) {
            p.setPen(Qt::NoPen);
            p.setBrush(t.text);
            p.drawPolygon(QPolygonF({ box.topRight(), box.topRight() - QPointF(px(6), 0),
                                      box.topRight() + QPointF(0, px(6)) }));
            p.setBrush(Qt::NoBrush);
        }
        p.setPen(t.text2);
        if (dot)
            p.drawText(box, Qt::AlignCenter, QStringLiteral("·"));
        p.drawText(QRectF(box.right() + px(6), m_legend.top(), width + 1, m_legend.height()),
                   Qt::AlignLeft | Qt::AlignVCenter, text);
        x = box.right() + px(6) + width + px(14);
    };
    if (m_present)
        entry(tr("this setting"), Qt::SolidLine, false);
    if (m_best)
        entry(tr("best"), Qt::DashLine, false);
    if (!m_columnBests.empty())
        entry(tr("best of its column"), Qt::SolidLine, false, true);
    if (std::any_of(m_data.cells.begin(), m_data.cells.end(),
                    [](const MatrixCell &cell) { return cell.state == MatrixCell::State::queued; }))
        entry(tr("queued"), Qt::SolidLine, true);
}

void MatrixPlot::drawCursor(QCPPainter &p)
{
    const std::optional<int> at = m_hovered ? m_hovered : hasFocus() ? m_cursor : std::nullopt;
    if (!at)
        return;
    p.setBrush(Qt::NoBrush);
    p.setPen(QPen(tokens().accent, 1.5));
    p.drawRect(cellRect(*at).adjusted(0.5, 0.5, -0.5, -0.5));
}

} // namespace batlab::plots
