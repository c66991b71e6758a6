// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/small_multiples.h"

#include "views/plots/color_bar.h"
#include "views/plots/heatmap_marks.h"
#include "views/plots/link_group.h"
#include "views/plots/number_dialog.h"
#include "views/plots/number_text.h"
#include "views/plots/painted.h"
#include "views/plots/plot_canvas.h"
#include "views/plots/small_multiples_cell.h"
#include "views/plots/theme.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace batlab::plots {

namespace {

bool sameShape(const MapItem &a, const MapItem &b)
{
    const LodPyramid::Level &one = a.data->levels.front(), &other = b.data->levels.front();
    return one.rows == other.rows && one.cols == other.cols;
}

} // namespace

SmallMultiplesHeatmap::SmallMultiplesHeatmap(const QString &title, QWidget *parent)
    : PlotWidget(title, parent), m_scale(std::make_shared<ColorScale>())
{
    connect(m_scale.get(), &ColorScale::changed, this, [this] {
        fill();
        replotLater();
    });
    addToMenu({ colorLimitsAction([this] { return m_scale; }, this) });
    // One name for the x axes of all maps, under the last row.
    new PaintedLayerable(canvas(), QStringLiteral("axes"), nullptr, [this](QCPPainter &p) {
        if (m_cells.empty())
            return;
        const QRect first = m_cells.front()->rect->rect(),
                    last = m_cells[std::size_t(m_columns) - 1]->rect->rect();
        const QFontMetrics metrics(captionFont());
        p.setFont(captionFont());
        p.setPen(tokens().tick);
        p.drawText(
            QRect(first.left(), canvas()->height() - metrics.height() - px(2),
                  last.right() - first.left(), metrics.height()),
            Qt::AlignCenter,
            metrics.elidedText(m_text.columnAxis, Qt::ElideRight, last.right() - first.left()));
    });
    m_cursor =
        new PaintedLayerable(canvas(), QStringLiteral("cursor"), nullptr, [this](QCPPainter &p) {
            const HeatCell at = cursorCell();
            if (!at.isValid())
                return;
            for (const auto &cell : m_cells) {
                const QRectF view = cell->rect->rect();
                const QRectF box = cell->map->cellRect(at.row, at.column);
                p.setClipRect(view);
                if (m_columnFrame && !m_hovered.isValid()) {
                    drawCellFrame(p, QRectF(box.left(), view.top(), box.width(), view.height()),
                                  tokens());
                    continue;
                }
                drawCrosshair(p, view, box.center());
                if (view.contains(box.center()))
                    drawValuePlate(p, view, box.center(),
                                   numberText(cell->map->value(at.row, at.column)));
            }
        });
}

SmallMultiplesHeatmap::~SmallMultiplesHeatmap() = default;

int SmallMultiplesHeatmap::columnsFor(int width) const
{
    const int count = int(m_maps.size());
    if (count <= 1)
        return std::max(1, count);
    const int room = width - px(150); // row axis and colour bar
    return room / count >= px(140) ? count : (count + 1) / 2; // five wrap to 3 + 2
}

void SmallMultiplesHeatmap::rebuild(int columns)
{
    m_columns = columns;
    m_linkX = std::make_unique<LinkGroup>();
    m_linkY = std::make_unique<LinkGroup>();
    m_linkMax = std::make_unique<LinkGroup>();
    m_cells.clear();
    QCPLayoutGrid *grid = emptyLayout();
    m_bar = nullptr;
    if (m_maps.empty())
        return;
    grid->setAutoMargins(QCP::msNone);
    grid->setMargins(QMargins(px(8), 0, px(4), px(18)));
    grid->setRowSpacing(px(2));
    grid->setColumnSpacing(px(8));
    const int rowsEach = m_profiles ? 3 : 2;
    for (int i = 0; i < int(m_maps.size()); ++i) {
        const int gridRow = i / columns * rowsEach, gridColumn = 1 + i % columns;
        auto cell = std::make_unique<Cell>();
        auto *head = new PaintedElement(
            canvas(), [this, i](QCPPainter &p, const QRect &r) { drawTitle(p, r, i); });
        head->setMinimumSize(10, px(20));
        head->setMaximumSize(QWIDGETSIZE_MAX, px(20));
        grid->addElement(gridRow, gridColumn, head);
        if (i % columns == 0) {
            auto *axis = new PaintedElement(
                canvas(), [this, i](QCPPainter &p, const QRect &r) { drawRowAxis(p, r, i); });
            axis->setMinimumSize(px(40), 10);
            axis->setMaximumSize(px(40), QWIDGETSIZE_MAX);
            grid->addElement(gridRow + 1, 0, axis);
        }
        cell->rect = new QCPAxisRect(canvas());
        grid->addElement(gridRow + 1, gridColumn, cell->rect);
        QCPAxis *x = cell->rect->axis(QCPAxis::atBottom), *y = cell->rect->axis(QCPAxis::atLeft);
        y->setRangeReversed(true);
        y->setTicks(false);
        y->setTickLabels(false);
        cell->columnTicker = QSharedPointer<CellTicker>::create(x);
        cell->columnTicker->setInside(true);
        cell->rowTicker = QSharedPointer<CellTicker>::create(y);
        cell->map = new HeatMapPlottable(x, y);
        cell->map->setScale(m_scale);
        if (m_profiles) {
            cell->profileRect = new QCPAxisRect(canvas());
            grid->addElement(gridRow + 2, gridColumn, cell->profileRect);
            grid->setRowStretchFactor(gridRow + 2, 0.45);
            QCPAxis *key = cell->profileRect->axis(QCPAxis::atBottom);
            QCPAxis *value = cell->profileRect->axis(QCPAxis::atLeft);
            x->setTicks(false);
            x->setTickLabels(false);
            key->setTicker(cell->columnTicker);
            value->setTicker(QSharedPointer<RoundTicker>::create(value, 3));
            value->setTickLabels(false);
            value->setTickLength(0, 0);
            cell->profile = new ProfilePlottable(key, value);
            m_linkX->add(key);
            m_linkMax->add(value);
            styleAxisRect(cell->profileRect, false, true);
            value->setTickLength(0, 0);
            cell->profileRect->setMinimumMargins(QMargins(0, px(4), 0, 0));
            cell->profileRect->setAutoMargins(QCP::msBottom | QCP::msTop);
            cell->profileRect->setMargins({});
        } else {
            x->setTicker(cell->columnTicker);
        }
        m_linkX->add(x);
        m_linkY->add(y);
        styleAxisRect(cell->rect, false, false);
        cell->rect->setAutoMargins(m_profiles ? QCP::msNone : QCP::msBottom);
        cell->rect->setMargins({});
        m_cells.push_back(std::move(cell));
    }
    const int gridRows = (int(m_maps.size()) + columns - 1) / columns;
    m_bar = new ColorBar(canvas(), [this] { return m_cells.front()->rect->rect(); });
    m_bar->setScale(m_scale);
    grid->addElement(1, columns + 1, m_bar);
    for (int r = 0; r < gridRows; ++r)
        grid->setRowStretchFactor(r * rowsEach, 0.001);
    themeChanged(tokens());
}

void SmallMultiplesHeatmap::setMaps(std::vector<MapItem> maps, const HeatmapText &text)
{
    std::erase_if(maps, [](const MapItem &m) { return !m.data || m.data->levels.empty(); });
    // Going to another layer brings new maps of the same variants.
    const auto same = std::find_if(maps.begin(), maps.end(),
                                   [id = currentId()](const MapItem &m) { return m.id == id; });
    m_current = same == maps.end() ? 0 : int(same - maps.begin());
    const bool sameAxes = m_text.row == text.row && m_text.column == text.column && !maps.empty()
        && !m_maps.empty() && sameShape(maps.front(), m_maps.front());
    const bool sameMaps = sameAxes && m_cells.size() == maps.size()
        && std::equal(maps.begin(), maps.end(), m_maps.begin(), m_maps.end(),
                      [](const MapItem &a, const MapItem &b) {
                          return a.id == b.id && sameShape(a, b);
                      });
    const std::vector<Shown> seen = sameAxes ? shown() : std::vector<Shown>();
    m_maps = std::move(maps);
    m_text = text;
    m_hovered = {};
    if (sameMaps)
        themeChanged(tokens()); // a method's colour may have changed
    else
        rebuild(columnsFor(width()));
    std::vector<std::span<const float>> values;
    for (const MapItem &m : m_maps)
        values.emplace_back(m.data->levels.front().max);
    if (!values.empty())
        m_scale->setValues(values); // fills through changed()
    if (!sameMaps)
        showAgain(seen);
    dataChanged();
    replotLater();
}

void SmallMultiplesHeatmap::fill()
{
    for (std::size_t i = 0; i < m_cells.size(); ++i) {
        Cell &cell = *m_cells[i];
        const LodPyramid::Level &base = m_maps[i].data->levels.front();
        const bool fresh = cell.map->rows() == 0;
        cell.map->setData(m_maps[i].data);
        cell.columnTicker->setCells(int(base.cols), m_text.columnLabel);
        cell.rowTicker->setCells(int(base.rows), m_text.rowLabel);
        const double right = double(base.cols) - 0.5, bottom = double(base.rows) - 0.5;
        if (fresh) {
            QCPAxis *x = cell.rect->axis(QCPAxis::atBottom), *y = cell.rect->axis(QCPAxis::atLeft);
            addView({ cell.rect, x, y, -0.5, right, -0.5, bottom, true, 1 });
            if (cell.profileRect)
                addView({ cell.profileRect, cell.profileRect->axis(QCPAxis::atBottom), nullptr,
                          -0.5, right, 0, 1, true, 1 });
            x->setRange(-0.5, right);
            y->setRange(-0.5, bottom);
        }
        if (!cell.profile)
            continue;
        std::vector<float> maxima(std::size_t(base.cols), std::numeric_limits<float>::quiet_NaN());
        for (std::size_t k = 0; k < base.max.size(); ++k)
            if (float &m = maxima[k % maxima.size()]; std::isnan(m) || base.max[k] > m)
                m = base.max[k];
        for (std::size_t k = 0; m_group > 1 && k < maxima.size(); k += std::size_t(m_group)) {
            const auto end =
                maxima.begin() + std::ptrdiff_t(std::min(k + std::size_t(m_group), maxima.size()));
            const auto begin = maxima.begin() + std::ptrdiff_t(k);
            std::fill(begin, end, *std::max_element(begin, end));
        }
        cell.profile->setValues(std::move(maxima));
        QCPAxis *value = cell.profile->valueAxis();
        const bool log = m_scale->mode() == ScaleMode::log;
        value->setScaleType(log ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
        value->setRange(log ? m_scale->lower() : std::min(0.0, m_scale->lower()),
                        m_scale->upper() * (log ? 1.5 : 1.05));
    }
    updateBar();
}

void SmallMultiplesHeatmap::updateBar()
{
    if (!m_bar)
        return;
    std::vector<float> shown;
    std::size_t coarsest = 0;
    for (const MapItem &m : m_maps) {
        std::size_t level = 0;
        while (level + 1 < m.data->levels.size() && m.data->levels[level].max.size() > (1U << 16))
            ++level;
        shown.insert(shown.end(), m.data->levels[level].max.begin(),
                     m.data->levels[level].max.end());
        coarsest = std::max(coarsest, level);
    }
    m_bar->setValues(std::move(shown), 1 << coarsest);
    const QString mode = m_scale->mode() == ScaleMode::log ? tr("log")
        : m_scale->mode() == ScaleMode::percentile         ? tr("percentile")
                                                           : tr("linear");
    // One line of room above the first row: value and mode share it.
    m_bar->setTitle({}, m_text.value + QStringLiteral(", ") + mode);
}

void SmallMultiplesHeatmap::setProfilesVisible(bool visible)
{
    if (m_profiles == visible)
        return;
    m_profiles = visible;
    rebuildAndFill();
}

void SmallMultiplesHeatmap::rebuildAndFill()
{
    const std::vector<Shown> seen = shown();
    rebuild(columnsFor(width()));
    fill();
    showAgain(seen);
    replotLater();
}

void SmallMultiplesHeatmap::resizeEvent(QResizeEvent *event)
{
    PlotWidget::resizeEvent(event);
    if (!m_maps.empty() && columnsFor(width()) != m_columns)
        rebuildAndFill();
}

void SmallMultiplesHeatmap::themeChanged(const Tokens &t)
{
    for (std::size_t i = 0; i < m_cells.size(); ++i) {
        Cell &cell = *m_cells[i];
        cell.map->setTheme(t);
        for (QCPAxis *axis : cell.rect->axes())
            axis->setBasePen(QPen(t.axis, 1));
        if (!cell.profile)
            continue;
        const MethodStyle style = methodStyle(t, m_maps[i].family, m_maps[i].filled);
        QColor fill = style.color;
        fill.setAlphaF(0.15F);
        cell.profile->setPen(QPen(style.color, 1));
        cell.profile->setBrush(fill);
        cell.profile->setAntialiased(false);
        cell.profileRect->axis(QCPAxis::atLeft)->setTickLength(0, 0);
    }
    if (m_bar)
        m_bar->setTheme(t);
}

bool SmallMultiplesHeatmap::clicked(const QPointF &pos, Qt::KeyboardModifiers)
{
    int index = -1;
    const HeatCell cell = cellAt(pos, index);
    if (!cell.isValid())
        return false;
    m_current = index;
    setSelectedCell(cell);
    Q_EMIT cellSelected(currentId(), cell.row, cell.column);
    return true;
}

bool SmallMultiplesHeatmap::doubleClicked(const QPointF &pos)
{
    if (!clicked(pos, {}))
        return false;
    Q_EMIT cellActivated();
    return true;
}

void SmallMultiplesHeatmap::setSelectedCell(HeatCell cell)
{
    m_selected = cell;
    cursorLayer()->replot();
}

bool SmallMultiplesHeatmap::dragStarted(const QPointF &pos)
{
    m_dragged = m_bar ? int(m_bar->handleAt(pos)) : 0;
    if (m_dragged)
        m_bar->beginDrag();
    return m_dragged != 0;
}

void SmallMultiplesHeatmap::dragMoved(const QPointF &pos)
{
    m_bar->dragHandle(ColorBar::Handle(m_dragged), pos.y());
}

void SmallMultiplesHeatmap::dragEnded(const QPointF &) { m_dragged = 0; }

bool SmallMultiplesHeatmap::key(int key, Qt::KeyboardModifiers)
{
    if ((key == Qt::Key_Return || key == Qt::Key_Enter) && m_selected.isValid()) {
        Q_EMIT cellActivated();
        return true;
    }
    if (m_cells.empty() || key < Qt::Key_Left || key > Qt::Key_Down)
        return false;
    HeatCell cell = m_selected.isValid() ? m_selected : HeatCell { 0, 0 };
    cell.column += (key == Qt::Key_Right) - (key == Qt::Key_Left);
    cell.row += (key == Qt::Key_Down) - (key == Qt::Key_Up);
    cell.row = std::clamp(cell.row, 0, int(m_cells.front()->map->rows()) - 1);
    cell.column = std::clamp(cell.column, 0, int(m_cells.front()->map->columns()) - 1);
    m_hovered = {};
    setSelectedCell(cell);
    Q_EMIT cellSelected(currentId(), cell.row, cell.column);
    return true;
}

QPointF SmallMultiplesHeatmap::zoomPoint(const QPointF &middle) const
{
    if (m_cells.empty() || !m_selected.isValid())
        return middle;
    const Cell &first = *m_cells.front();
    const QPointF at = first.map->cellRect(m_selected.row, m_selected.column).center();
    return first.rect->rect().contains(at.toPoint()) ? at : middle;
}

QRect SmallMultiplesHeatmap::mapRect(int i) const { return m_cells[std::size_t(i)]->rect->rect(); }

} // namespace batlab::plots
