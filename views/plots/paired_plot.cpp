// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/paired_plot.h"

#include "views/plots/axis_tickers.h"
#include "views/plots/color_bar.h"
#include "views/plots/color_scale.h"
#include "views/plots/heatmap_marks.h"
#include "views/plots/link_group.h"
#include "views/plots/markers.h"
#include "views/plots/number_dialog.h"
#include "views/plots/number_text.h"
#include "views/plots/painted.h"
#include "views/plots/plot_canvas.h"
#include "views/plots/theme.h"

#include <algorithm>
#include <cmath>

namespace batlab::plots {

namespace {
constexpr int kTallestRow = 40, kHead = 18;
}

PairedPlot::PairedPlot(const QString &title, QWidget *parent)
    : PlotWidget(title, parent)
    , m_scale(std::make_shared<ColorScale>(ColorMap::diverging, ScaleMode::linear))
{
    connect(m_scale.get(), &ColorScale::changed, this, [this] { replotLater(); });
    addToMenu({ colorLimitsAction([this] { return m_scale; }, this) });
    new PaintedLayerable(canvas(), QStringLiteral("main"), nullptr, [this](QCPPainter &p) {
        for (int g = 0; g < int(m_rects.size()); ++g)
            drawStrips(p, g);
    });
    new PaintedLayerable(canvas(), QStringLiteral("cursor"), nullptr, [this](QCPPainter &p) {
        const Place at = m_hovered.row >= 0 ? m_hovered : Place { 0, m_group, m_column };
        if (at.group < 0 || at.group >= int(m_rects.size()) || m_strips.empty())
            return;
        const QRectF first = cellRect(0, at.group, at.column);
        const QRectF last = cellRect(int(m_strips.size()) - 1, at.group, at.column);
        p.setClipRect(m_rects[std::size_t(at.group)]->rect().adjusted(-2, -2, 2, 2));
        drawCellFrame(p, first.united(last), tokens());
    });
}

PairedPlot::~PairedPlot() = default;

int PairedPlot::columns() const
{
    std::size_t n = 0;
    for (const PairedStrip &s : m_strips)
        for (const std::vector<float> &g : s.groups)
            n = std::max(n, g.size());
    return int(n);
}

void PairedPlot::setStrips(std::vector<PairedStrip> strips, const PairedPlotText &text)
{
    const int before = columns();
    const bool sameAxis = m_text.column == text.column;
    const bool same = sameAxis && m_strips.size() == strips.size() && m_text.groups == text.groups;
    if (!sameAxis) {
        clearViews();
        m_seen.clear();
    }
    m_strips = std::move(strips);
    m_text = text;
    if (!same || before != columns())
        rebuild();
    fill();
    dataChanged();
    replotLater();
}

void PairedPlot::setPart(Part part)
{
    if (m_part == part)
        return;
    m_part = part;
    rebuild();
    fill();
    replotLater();
}

int PairedPlot::nameWidth() const
{
    const QFontMetrics metrics(tableFont());
    int width = px(60);
    for (const PairedStrip &s : m_strips)
        width = std::max(width, metrics.horizontalAdvance(s.name));
    return std::min(width, px(150)) + px(30);
}

void PairedPlot::rebuild()
{
    if (!views().empty())
        m_seen = shown();
    m_link = std::make_unique<LinkGroup>();
    m_rects.clear();
    m_bar = nullptr;
    m_summaryBody = nullptr;
    QCPLayoutGrid *grid = emptyLayout();
    if (m_strips.empty() || columns() == 0)
        return;
    grid->setAutoMargins(QCP::msNone);
    grid->setMargins(QMargins(px(4), 0, px(8), px(4)));
    grid->setColumnSpacing(px(8));
    grid->setRowSpacing(0);
    int column = 0;
    auto *names =
        new PaintedElement(canvas(), [this](QCPPainter &p, const QRect &r) { drawNames(p, r); });
    names->setMinimumSize(nameWidth(), 10);
    names->setMaximumSize(nameWidth(), QWIDGETSIZE_MAX);
    grid->addElement(0, column++, names);
    if (m_part != Part::summary) {
        for (int g = 0; g < int(m_text.groups.size()); ++g) {
            auto *rect = new QCPAxisRect(canvas());
            grid->addElement(0, column++, rect);
            QCPAxis *x = rect->axis(QCPAxis::atBottom), *y = rect->axis(QCPAxis::atLeft);
            auto ticker = QSharedPointer<CellTicker>::create(x);
            ticker->setInside(true);
            ticker->setCells(columns(), {});
            x->setTicker(ticker);
            styleAxisRect(rect, false, false);
            x->setLabel(m_text.columnAxis);
            y->setVisible(false);
            rect->setMinimumMargins(QMargins(0, px(kHead), 0, 0));
            rect->setAutoMargins(QCP::msBottom | QCP::msTop);
            rect->setMargins({});
            const double right = columns() - 0.5;
            addView({ rect, x, nullptr, -0.5, right, 0, 1, true, 2 });
            x->setRange(-0.5, right);
            m_link->add(x);
            m_rects.push_back(rect);
        }
        m_bar = new ColorBar(canvas(), [this] {
            const QRect r = body();
            return QRect(r.left(), r.top(), r.width(), int(rowHeight() * double(m_strips.size())));
        });
        m_bar->setScale(m_scale);
        m_bar->setTitle({}, QStringLiteral("Δ ") + m_text.unit);
        grid->addElement(0, column++, m_bar);
    }
    if (m_part != Part::strips) {
        m_summaryBody = new PaintedElement(
            canvas(), [this](QCPPainter &p, const QRect &r) { drawSummary(p, r); });
        m_summaryBody->setMinimumSize(px(m_part == Part::both ? 470 : 300), 10);
        grid->addElement(0, column, m_summaryBody);
        if (m_part == Part::both) {
            m_summaryBody->setMaximumSize(px(640), QWIDGETSIZE_MAX);
            grid->setColumnStretchFactor(column, 2);
        }
    }
    showAgain(m_seen);
    themeChanged(tokens());
}

void PairedPlot::fill()
{
    m_low = 0;
    m_high = 0;
    std::vector<std::span<const float>> values;
    for (const PairedStrip &s : m_strips) {
        for (const std::vector<float> &g : s.groups) {
            values.emplace_back(g);
            for (const float v : g)
                if (std::isfinite(v)) {
                    m_low = std::min(m_low, double(v));
                    m_high = std::max(m_high, double(v));
                }
        }
    }
    m_scale->setValues(values); // 0 in the middle: better and worse weigh the same
    const double pad = std::max(1e-6, (m_high - m_low) * 0.06);
    m_low -= pad;
    m_high += pad;
    if (m_bar) {
        std::vector<float> all;
        for (const PairedStrip &s : m_strips)
            for (const std::vector<float> &g : s.groups)
                all.insert(all.end(), g.begin(), g.end());
        m_bar->setValues(std::move(all));
    }
}

QRect PairedPlot::body() const
{
    if (!m_rects.empty())
        return m_rects.front()->rect();
    return m_summaryBody ? m_summaryBody->rect().adjusted(0, px(kHead), 0, -px(34)) : QRect();
}

double PairedPlot::rowHeight() const
{
    const double room = body().height() / std::max<double>(1, double(m_strips.size()));
    return std::min<double>(px(kTallestRow), room);
}

double PairedPlot::rowTop(int row) const { return body().top() + row * rowHeight(); }

QRectF PairedPlot::cellRect(int row, int group, int column) const
{
    if (group < 0 || group >= int(m_rects.size()) || column < 0)
        return {};
    const QCPAxis *x = m_rects[std::size_t(group)]->axis(QCPAxis::atBottom);
    const double left = x->coordToPixel(column - 0.5), right = x->coordToPixel(column + 0.5);
    const double gap = rowHeight() > px(12) ? px(3) : 0;
    return { QPointF(left, rowTop(row) + gap / 2),
             QPointF(right, rowTop(row) + rowHeight() - gap / 2) };
}

void PairedPlot::drawNames(QCPPainter &p, const QRect &r)
{
    for (std::size_t i = 0; i < m_strips.size(); ++i)
        drawMethodName(p, QRectF(r.left() + px(6), rowTop(int(i)), r.width() - px(6), rowHeight()),
                       m_strips[i].name, m_strips[i].family, m_strips[i].filled);
}

void PairedPlot::drawMethodName(QCPPainter &p, const QRectF &r, const QString &name,
                                const QString &family, bool filled)
{
    const Tokens &t = tokens();
    drawMarker(p, QPointF(r.left() + px(6), r.center().y()), px(8), methodStyle(t, family, filled),
               t.base);
    p.setFont(tableFont());
    p.setPen(t.text);
    const QRectF room = r.adjusted(px(18), 0, 0, 0);
    p.drawText(room, int(Qt::AlignLeft | Qt::AlignVCenter),
               QFontMetrics(tableFont()).elidedText(name, Qt::ElideRight, int(room.width())));
}

void PairedPlot::drawStrips(QCPPainter &p, int group)
{
    const Tokens &t = tokens();
    const QRect area = m_rects[std::size_t(group)]->rect();
    p.save();
    p.setFont(captionFont());
    p.setPen(t.text2);
    p.setClipping(false);
    p.drawText(QRect(area.left(), area.top() - px(kHead), area.width(), px(kHead)), Qt::AlignCenter,
               QFontMetrics(captionFont())
                   .elidedText(m_text.groups.at(group), Qt::ElideRight, area.width()));
    p.setClipRect(area);
    p.setAntialiasing(false);
    for (std::size_t row = 0; row < m_strips.size(); ++row) {
        if (group >= int(m_strips[row].groups.size()))
            continue;
        const std::vector<float> &cells = m_strips[row].groups[std::size_t(group)];
        for (std::size_t c = 0; c < cells.size(); ++c) {
            const QRectF cell = cellRect(int(row), group, int(c));
            // Whole pixels, edges shared: no seams between neighbours.
            const QRect filled(
                QPoint(int(std::round(cell.left())), int(std::round(cell.top()))),
                QPoint(std::max(int(std::round(cell.left())), int(std::round(cell.right())) - 1),
                       int(std::round(cell.bottom())) - 1));
            if (std::isnan(cells[c]))
                p.fillRect(filled, QBrush(t.border, Qt::BDiagPattern));
            else
                p.fillRect(filled, m_scale->color(cells[c], t));
        }
        p.setPen(QPen(t.border, 1));
        p.setBrush(Qt::NoBrush);
        const QRectF strip =
            cellRect(int(row), group, 0)
                .united(cellRect(int(row), group, std::max(0, int(cells.size()) - 1)));
        p.drawRect(strip.intersected(area));
    }
    p.restore();
}

void PairedPlot::themeChanged(const Tokens &t)
{
    if (m_bar)
        m_bar->setTheme(t);
}

PairedPlot::Place PairedPlot::placeAt(const QPointF &pos) const
{
    for (int g = 0; g < int(m_rects.size()); ++g) {
        const QRect area = m_rects[std::size_t(g)]->rect();
        if (!area.contains(pos.toPoint()))
            continue;
        const int row = int(std::floor((pos.y() - area.top()) / rowHeight()));
        const int column = int(
            std::lround(m_rects[std::size_t(g)]->axis(QCPAxis::atBottom)->pixelToCoord(pos.x())));
        if (row < int(m_strips.size()))
            return { row, g, std::clamp(column, 0, columns() - 1) };
    }
    return {};
}

QString PairedPlot::describe(const Place &at) const
{
    const PairedStrip &s = m_strips[std::size_t(at.row)];
    const std::vector<float> &cells = s.groups[std::size_t(at.group)];
    return QStringLiteral("%1 · %2 · %3 %4 · Δ %5 %6")
        .arg(s.name, m_text.groups.at(at.group), m_text.column)
        .arg(at.column)
        .arg(at.column < int(cells.size()) ? signedText(cells[std::size_t(at.column)], 2)
                                           : QStringLiteral("–"),
             m_text.unit);
}

QString PairedPlot::hover(const QPointF *pos)
{
    const Place before = m_hovered;
    m_hovered = pos ? placeAt(*pos) : Place {};
    if (!(m_hovered == before))
        cursorLayer()->replot();
    return m_hovered.row >= 0 ? describe(m_hovered) : QString();
}

bool PairedPlot::clicked(const QPointF &pos, Qt::KeyboardModifiers)
{
    const Place at = placeAt(pos);
    if (at.row < 0)
        return false;
    setSelected(at.group, at.column);
    Q_EMIT cellSelected(m_strips[std::size_t(at.row)].id, at.group, at.column);
    return true;
}

bool PairedPlot::key(int key, Qt::KeyboardModifiers)
{
    if ((key != Qt::Key_Left && key != Qt::Key_Right) || m_strips.empty() || m_rects.empty())
        return false;
    m_hovered = {};
    setSelected(std::max(0, m_group),
                std::clamp(m_column + (key == Qt::Key_Right ? 1 : -1), 0, columns() - 1));
    Q_EMIT cellSelected(m_strips.front().id, m_group, m_column);
    return true;
}

bool PairedPlot::dragStarted(const QPointF &pos)
{
    m_dragged = m_bar ? int(m_bar->handleAt(pos)) : 0;
    if (m_dragged)
        m_bar->beginDrag();
    return m_dragged != 0;
}

void PairedPlot::dragMoved(const QPointF &pos)
{
    m_bar->dragHandle(ColorBar::Handle(m_dragged), pos.y());
}

void PairedPlot::dragEnded(const QPointF &) { m_dragged = 0; }

void PairedPlot::setSelected(int group, int column)
{
    m_group = group;
    m_column = column;
    cursorLayer()->replot();
}

} // namespace batlab::plots
