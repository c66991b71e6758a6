// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/ridge_plot.h"

#include "views/plots/axis_tickers.h"
#include "views/plots/link_group.h"
#include "views/plots/markers.h"
#include "views/plots/number_text.h"
#include "views/plots/painted.h"
#include "views/plots/plot_canvas.h"
#include "views/plots/theme.h"

#include <algorithm>
#include <cmath>

namespace batlab::plots {

namespace {
constexpr double kOverlap = 2.4; ///< rows that the highest peak covers
constexpr int kAxisWidth = 40, kMargin = 8, kSpacing = 8, kMarker = 14;
} // namespace

RidgePlot::RidgePlot(const QString &title, QWidget *parent) : PlotWidget(title, parent)
{
    // One name for the x axes of all columns.
    new PaintedLayerable(canvas(), QStringLiteral("axes"), nullptr, [this](QCPPainter &p) {
        if (m_rects.empty())
            return;
        const QFontMetrics metrics(captionFont());
        p.setFont(captionFont());
        p.setPen(tokens().tick);
        const int left = m_rects.front()->rect().left(), right = m_rects.back()->rect().right();
        p.drawText(QRect(left, canvas()->height() - metrics.height() - px(2), right - left,
                         metrics.height()),
                   Qt::AlignCenter, m_xAxis);
    });
}

RidgePlot::~RidgePlot() = default;

void RidgePlot::setRidges(std::vector<Ridge> ridges, double limit, const QString &xAxis)
{
    std::erase_if(ridges, [](const Ridge &r) { return r.layers.empty(); });
    std::vector<QString> before, now;
    for (const Ridge &r : m_ridges)
        before.push_back(r.id);
    for (const Ridge &r : ridges)
        now.push_back(r.id);
    m_ridges = std::move(ridges);
    const std::vector<Shown> seen = shown();
    m_limit = limit;
    m_xAxis = xAxis;
    m_highest = 0;
    m_first = m_ridges.empty() ? 0 : m_ridges.front().layers.front().layer;
    m_last = m_first;
    for (const Ridge &r : m_ridges)
        for (const Ridge::Layer &l : r.layers) {
            m_first = std::min(m_first, l.layer);
            m_last = std::max(m_last, l.layer);
            for (const float d : l.density)
                m_highest = std::max(m_highest, double(d));
        }
    m_highest = m_highest > 0 ? m_highest : 1;
    if (before != now)
        rebuild();
    home();
    showAgain(seen); // values and layers mean the same, whoever is shown
    dataChanged();
    replotLater();
}

void RidgePlot::rebuild()
{
    m_linkX = std::make_unique<LinkGroup>();
    m_linkY = std::make_unique<LinkGroup>();
    m_rects.clear();
    QCPLayoutGrid *grid = emptyLayout();
    grid->setAutoMargins(QCP::msNone);
    grid->setMargins(QMargins(px(kMargin), 0, px(12), px(18)));
    grid->setColumnSpacing(px(kSpacing));
    grid->setRowSpacing(px(2));
    // The layers' axis has a column of its own, so that all pictures are equally wide.
    auto *axis = new PaintedElement(canvas(), [](QCPPainter &, const QRect &) {});
    axis->setMinimumSize(px(kAxisWidth), 10);
    axis->setMaximumSize(px(kAxisWidth), QWIDGETSIZE_MAX);
    grid->addElement(1, 0, axis);
    m_heads.clear();
    for (std::size_t i = 0; i < m_ridges.size(); ++i) {
        auto *head = new PaintedElement(
            canvas(), [this, i](QCPPainter &p, const QRect &r) { drawTitle(p, r, i); });
        m_heads.push_back(head);
        grid->addElement(0, int(i) + 1, head);
        auto *rect = new QCPAxisRect(canvas());
        grid->addElement(1, int(i) + 1, rect);
        QCPAxis *x = rect->axis(QCPAxis::atBottom), *y = rect->axis(QCPAxis::atLeft);
        const auto values = QSharedPointer<RoundTicker>::create(x, 6);
        values->setInside(true);
        x->setTicker(values);
        y->setTicker(QSharedPointer<RoundTicker>::create(y, 8));
        styleAxisRect(rect, true, false);
        rect->setAutoMargins(QCP::msTop | QCP::msBottom);
        rect->setMargins({});
        if (i == 0)
            y->setLabel(tr("Layer"));
        else
            y->setTickLabels(false);
        addView({ rect, x, y, -1, 1, 0, 1, true, 2 });
        m_linkX->add(x);
        m_linkY->add(y);
        m_rects.push_back(rect);
        auto *paint = new PaintedLayerable(
            canvas(), QStringLiteral("main"), [rect] { return rect->rect(); },
            [this, i](QCPPainter &p) {
                if (i < m_ridges.size())
                    drawRidges(p, i);
            });
        // Dies with its axis rect.
        connect(rect, &QObject::destroyed, paint, [paint] { delete paint; });
    }
    fitTitles();
}

void RidgePlot::home()
{
    for (View &view : views()) {
        view.homeX0 = -m_limit;
        view.homeX1 = m_limit;
        view.homeY0 = m_first - 0.3;
        view.homeY1 = m_last + kOverlap;
        view.x->setRange(view.homeX0, view.homeX1);
        view.y->setRange(view.homeY0, view.homeY1);
    }
}

QFont RidgePlot::titleFont()
{
    QFont bold = captionFont();
    bold.setWeight(QFont::DemiBold);
    return bold;
}

void RidgePlot::fitTitles()
{
    if (m_ridges.empty() || m_heads.size() != m_ridges.size())
        return;
    const QFontMetrics metrics(titleFont());
    const int room =
        (width() - px(kMargin + 12 + kAxisWidth)) / int(m_ridges.size()) - px(kSpacing + kMarker);
    const bool wrap = std::any_of(m_ridges.begin(), m_ridges.end(), [&](const Ridge &r) {
        return metrics.horizontalAdvance(r.name) > room;
    });
    const int height = wrap ? 2 * metrics.height() + px(2) : px(18);
    for (QCPLayoutElement *head : m_heads) {
        head->setMinimumSize(10, height);
        head->setMaximumSize(QWIDGETSIZE_MAX, height);
    }
}

void RidgePlot::resizeEvent(QResizeEvent *event)
{
    PlotWidget::resizeEvent(event);
    fitTitles();
}

void RidgePlot::drawTitle(QCPPainter &p, const QRect &r, std::size_t index)
{
    if (index >= m_ridges.size())
        return;
    const Ridge &ridge = m_ridges[index];
    const Tokens &t = tokens();
    const QFontMetrics metrics(titleFont());
    const QRect room = r.adjusted(px(kMarker), 0, 0, 0);
    const bool wrapped = r.height() > px(24);
    drawMarker(p,
               QPointF(r.left() + px(5),
                       (wrapped ? r.top() + metrics.height() / 2.0 : r.center().y()) + 1),
               px(8), methodStyle(t, ridge.family, ridge.filled), t.base);
    p.setFont(titleFont());
    p.setPen(t.text);
    if (wrapped)
        p.drawText(room, Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, ridge.name);
    else
        p.drawText(room, Qt::AlignLeft | Qt::AlignVCenter,
                   metrics.elidedText(ridge.name, Qt::ElideRight, room.width()));
}

void RidgePlot::drawRidges(QCPPainter &p, std::size_t index)
{
    const Ridge &ridge = m_ridges[index];
    const Tokens &t = tokens();
    QCPAxis *x = m_rects[index]->axis(QCPAxis::atBottom),
            *y = m_rects[index]->axis(QCPAxis::atLeft);
    const MethodStyle style = methodStyle(t, ridge.family, ridge.filled);
    const int marked = m_hovered >= 0 ? m_hovered : m_selected;
    for (auto at = ridge.layers.rbegin(); at != ridge.layers.rend(); ++at) { // lower ones in front
        const auto bins = at->density.size();
        if (bins == 0)
            continue;
        const double base = y->coordToPixel(at->layer);
        const double unit = base - y->coordToPixel(at->layer + kOverlap);
        QPolygonF line;
        for (std::size_t b = 0; b < bins; ++b) {
            const double centre = -m_limit + (double(b) + 0.5) * 2 * m_limit / double(bins);
            line << QPointF(x->coordToPixel(centre),
                            base - unit * double(at->density[b]) / m_highest);
        }
        QPolygonF area = line;
        area << QPointF(line.back().x(), base) << QPointF(line.front().x(), base);
        const bool isMarked = at->layer == marked;
        QColor fill = t.base;
        fill.setAlphaF(0.8F);
        p.setPen(Qt::NoPen);
        p.setBrush(isMarked ? t.sel : fill);
        p.drawPolygon(area);
        QPen pen(isMarked ? t.accent : style.color, isMarked ? 1.6 : 1);
        p.setPen(pen);
        p.setBrush(Qt::NoBrush);
        p.drawPolyline(line);
    }
}

int RidgePlot::layerAt(const QPointF &pos, std::size_t &index) const
{
    for (std::size_t i = 0; i < m_rects.size(); ++i) {
        if (!m_rects[i]->rect().contains(pos.toPoint()))
            continue;
        index = i;
        const double y = m_rects[i]->axis(QCPAxis::atLeft)->pixelToCoord(pos.y());
        return std::clamp(int(std::floor(y + 0.15)), m_first, m_last);
    }
    return -1;
}

QString RidgePlot::hover(const QPointF *pos)
{
    std::size_t index = 0;
    const int before = m_hovered;
    m_hovered = pos ? layerAt(*pos, index) : -1;
    if (m_hovered != before)
        replotLater();
    if (m_hovered < 0)
        return {};
    const Ridge &ridge = m_ridges[index];
    const auto layer = std::find_if(ridge.layers.begin(), ridge.layers.end(),
                                    [this](const Ridge::Layer &l) { return l.layer == m_hovered; });
    QString text = tr("%1 · layer %2").arg(ridge.name).arg(m_hovered);
    if (layer == ridge.layers.end() || layer->density.empty())
        return text;
    const double x = m_rects[index]->axis(QCPAxis::atBottom)->pixelToCoord(pos->x());
    const auto bins = double(layer->density.size());
    const auto bin =
        std::size_t(std::clamp(std::floor((x + m_limit) / (2 * m_limit) * bins), 0.0, bins - 1));
    return text + tr(" · %1: density %2").arg(numberText(x, 2), numberText(layer->density[bin]));
}

bool RidgePlot::clicked(const QPointF &pos, Qt::KeyboardModifiers)
{
    std::size_t index = 0;
    const int layer = layerAt(pos, index);
    if (layer < 0)
        return false;
    setSelectedLayer(layer);
    Q_EMIT layerSelected(m_ridges[index].id, layer);
    return true;
}

bool RidgePlot::key(int key, Qt::KeyboardModifiers)
{
    if ((key != Qt::Key_Up && key != Qt::Key_Down) || m_ridges.empty())
        return false;
    const int from = m_selected < 0 ? m_first : m_selected;
    const int layer = std::clamp(from + (key == Qt::Key_Up ? 1 : -1), m_first, m_last);
    m_hovered = -1;
    setSelectedLayer(layer);
    Q_EMIT layerSelected(m_ridges.front().id, layer);
    return true;
}

void RidgePlot::setSelectedLayer(int layer)
{
    if (m_selected == layer)
        return;
    m_selected = layer;
    replotLater();
}

PlotTable RidgePlot::table() const
{
    PlotTable out;
    if (m_ridges.empty())
        return out;
    struct Line
    {
        std::size_t ridge, layer;
    };
    std::vector<Line> lines;
    for (std::size_t i = 0; i < m_ridges.size(); ++i)
        for (std::size_t l = m_ridges[i].layers.size(); l-- > 0;)
            lines.push_back({ i, l });
    const std::size_t bins = m_ridges.front().layers.front().density.size();
    out.comments << tr("density of %1").arg(m_xAxis);
    out.columns << tr("method") << tr("layer");
    for (std::size_t b = 0; b < bins; ++b)
        out.columns << numberText(-m_limit + (double(b) + 0.5) * 2 * m_limit / double(bins), 4);
    out.rows = int(lines.size());
    out.cell = [ridges = m_ridges, lines](int row, int column) -> QVariant {
        const Line &line = lines[std::size_t(row)];
        const Ridge::Layer &layer = ridges[line.ridge].layers[line.layer];
        if (column == 0)
            return ridges[line.ridge].name;
        if (column == 1)
            return layer.layer;
        const auto bin = std::size_t(column - 2);
        return bin < layer.density.size() ? QVariant(layer.density[bin]) : QVariant();
    };
    return out;
}

QString RidgePlot::summary() const
{
    if (m_ridges.empty())
        return tr("%1: no data").arg(title());
    QStringList names;
    for (const Ridge &r : m_ridges)
        names << r.name;
    return tr("Distributions of layers %1 to %2, one above the other: %3")
        .arg(m_first)
        .arg(m_last)
        .arg(names.join(QStringLiteral(", ")));
}

} // namespace batlab::plots
