// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/heatmap_plot.h"

#include "views/plots/axis_tickers.h"
#include "views/plots/color_bar.h"
#include "views/plots/heat_map_plottable.h"
#include "views/plots/heatmap_marks.h"
#include "views/plots/number_dialog.h"
#include "views/plots/number_text.h"
#include "views/plots/painted.h"
#include "views/plots/plot_canvas.h"
#include "views/plots/profile_plottable.h"
#include "views/plots/theme.h"

#include <QActionGroup>
#include <QMenu>
#include <QToolButton>

#include <algorithm>
#include <cmath>
#include <limits>

namespace batlab::plots {

namespace {

constexpr std::size_t kRanks = 8;
} // namespace

HeatmapPlot::HeatmapPlot(const QString &title, QWidget *parent)
    : PlotWidget(title, parent), m_scale(std::make_shared<ColorScale>())
{
    buildLayout();
    buildTools();
    setColorScale(m_scale);
    m_ownScale = true;
    themeChanged(tokens());
}

HeatmapPlot::~HeatmapPlot() = default;

void HeatmapPlot::buildLayout()
{
    QCPLayoutGrid *grid = canvas()->plotLayout();
    grid->setAutoMargins(QCP::msNone);
    grid->setMargins(QMargins(px(12), px(4), px(4), px(6)));
    grid->setRowSpacing(px(6));
    grid->setColumnSpacing(px(8));
    m_topRect = new QCPAxisRect(canvas());
    m_mapRect = new QCPAxisRect(canvas());
    m_rightRect = new QCPAxisRect(canvas());
    m_corner =
        new PaintedElement(canvas(), [this](QCPPainter &p, const QRect &r) { drawCorner(p, r); });
    m_bar = new ColorBar(canvas(), [this] { return m_mapRect->rect(); });
    grid->addElement(0, 0, m_topRect);
    grid->addElement(0, 1, m_corner);
    grid->addElement(1, 0, m_mapRect);
    grid->addElement(1, 1, m_rightRect);
    grid->addElement(1, 2, m_bar);

    auto *horizontal = new QCPMarginGroup(canvas());
    auto *vertical = new QCPMarginGroup(canvas());
    m_topRect->setMarginGroup(QCP::msLeft | QCP::msRight, horizontal);
    m_mapRect->setMarginGroup(QCP::msLeft | QCP::msRight, horizontal);
    m_mapRect->setMarginGroup(QCP::msTop | QCP::msBottom, vertical);
    m_rightRect->setMarginGroup(QCP::msTop | QCP::msBottom, vertical);

    QCPAxis *x = m_mapRect->axis(QCPAxis::atBottom);
    QCPAxis *y = m_mapRect->axis(QCPAxis::atLeft);
    y->setRangeReversed(true);
    m_columnTicker = QSharedPointer<CellTicker>::create(x);
    m_rowTicker = QSharedPointer<CellTicker>::create(y);
    x->setTicker(m_columnTicker);
    y->setTicker(m_rowTicker);
    m_map = new HeatMapPlottable(x, y);

    QCPAxis *topKey = m_topRect->axis(QCPAxis::atBottom);
    QCPAxis *topValue = m_topRect->axis(QCPAxis::atLeft);
    QCPAxis *rightKey = m_rightRect->axis(QCPAxis::atLeft);
    QCPAxis *rightValue = m_rightRect->axis(QCPAxis::atBottom);
    rightKey->setRangeReversed(true);
    for (QCPAxis *axis : { topKey, rightKey, rightValue }) {
        axis->setTicks(false);
        axis->setTickLabels(false);
    }
    rightValue->setTicks(true);
    rightValue->setBasePen(Qt::NoPen);
    topValue->setTicker(QSharedPointer<RoundTicker>::create(topValue, 3));
    rightValue->setTicker(QSharedPointer<RoundTicker>::create(rightValue, 3));
    connect(x, qOverload<const QCPRange &>(&QCPAxis::rangeChanged), topKey,
            qOverload<const QCPRange &>(&QCPAxis::setRange));
    connect(y, qOverload<const QCPRange &>(&QCPAxis::rangeChanged), rightKey,
            qOverload<const QCPRange &>(&QCPAxis::setRange));

    const QString cursor = QStringLiteral("cursor");
    m_topMax = new ProfilePlottable(topKey, topValue);
    m_topCursor = new ProfilePlottable(topKey, topValue);
    m_rightMax = new ProfilePlottable(rightKey, rightValue);
    m_rightCursor = new ProfilePlottable(rightKey, rightValue);
    m_topCursor->setLayer(cursor);
    m_rightCursor->setLayer(cursor);
    const auto clip = [this] { return m_mapRect->rect(); };
    m_frame =
        new PaintedLayerable(canvas(), QStringLiteral("axes"), nullptr, [this](QCPPainter &p) {
            p.setPen(QPen(tokens().axis, 1));
            p.setBrush(Qt::NoBrush);
            p.drawRect(m_mapRect->rect());
        });
    m_ranks =
        new PaintedLayerable(canvas(), QStringLiteral("overlay"), clip, [this](QCPPainter &p) {
            if (m_map->rows() > 0)
                drawRanks(p, m_mapRect->rect(), rankMarks());
        });
    m_cursor = new PaintedLayerable(canvas(), cursor, clip, [this](QCPPainter &p) {
        if (m_map->rows() == 0)
            return;
        if (const HeatCell at = cursorCell(); at.isValid())
            drawCrosshair(p, m_mapRect->rect(), m_map->cellRect(at.row, at.column).center());
        if (m_selected.isValid())
            drawCellFrame(p, m_map->cellRect(m_selected.row, m_selected.column), tokens());
        drawRegion(p);
    });
    styleAxisRect(m_mapRect, false, false);
    styleAxisRect(m_topRect, false, true);
    styleAxisRect(m_rightRect, true, false);
    sizeLayout();
}

void HeatmapPlot::sizeLayout()
{
    // Profiles leave first when room is short.
    const bool profiles = m_profilesWanted && width() >= px(380) && height() >= px(190);
    const int topHeight = profiles ? px(54) : px(32);
    for (QCPAxisRect *rect : { m_topRect, m_rightRect })
        rect->setVisible(profiles);
    for (ProfilePlottable *p : { m_topMax, m_topCursor, m_rightMax, m_rightCursor })
        p->setVisible(profiles);
    m_corner->setVisible(profiles);
    m_topRect->setSizeConstraintRect(QCPLayoutElement::scrOuterRect);
    m_topRect->setMinimumSize(0, topHeight);
    m_topRect->setMaximumSize(QWIDGETSIZE_MAX, topHeight);
    const int side = profiles ? px(66) : 1;
    m_rightRect->setSizeConstraintRect(QCPLayoutElement::scrOuterRect);
    m_rightRect->setMinimumSize(side, 0);
    m_rightRect->setMaximumSize(side, QWIDGETSIZE_MAX);
    m_rightRect->setAutoMargins(QCP::msTop | QCP::msBottom);
    m_rightRect->setMargins(QMargins(0, 0, 0, 0));
    m_corner->setMinimumSize(side, 0);
    m_corner->setMaximumSize(side, QWIDGETSIZE_MAX);
    // Room for the half of the last tick label that hangs over.
    m_mapRect->setMinimumMargins(QMargins(0, 0, px(4), 0));
}

void HeatmapPlot::buildTools()
{
    QToolButton *tool = addTool(QStringLiteral("map"), tr("Colour scale"));
    auto *menu = new QMenu(tr("Colour scale"), this);
    auto *modes = new QActionGroup(menu);
    const std::array<std::pair<ScaleMode, QString>, 3> modeTexts {
        { { ScaleMode::linear, tr("Linear") },
          { ScaleMode::log, tr("Logarithmic") },
          { ScaleMode::percentile, tr("Percentile") } }
    };
    for (const auto &[mode, text] : modeTexts) {
        QAction *action = menu->addAction(text, this, [this, m = mode] { m_scale->setMode(m); });
        action->setCheckable(true);
        action->setActionGroup(modes);
        action->setData(int(mode));
    }
    menu->addSeparator();
    auto *maps = new QActionGroup(menu);
    const std::array<std::pair<ColorMap, QString>, 3> mapTexts {
        { { ColorMap::viridis, tr("Viridis, for magnitudes") },
          { ColorMap::cividis, tr("Cividis, for shares") },
          { ColorMap::diverging, tr("Diverging, for differences") } }
    };
    for (const auto &[map, text] : mapTexts) {
        QAction *action = menu->addAction(text, this, [this, m = map] { m_scale->setMap(m); });
        action->setCheckable(true);
        action->setActionGroup(maps);
        action->setData(int(map));
    }
    menu->addSeparator();
    auto *poolings = new QActionGroup(menu);
    const std::array<std::pair<Pooling, QString>, 3> poolingTexts {
        { { Pooling::max, tr("A pixel shows its largest cell") },
          { Pooling::mean, tr("A pixel shows the mean of its cells") },
          { Pooling::min, tr("A pixel shows its smallest cell") } }
    };
    for (const auto &[pooling, text] : poolingTexts) {
        QAction *action = menu->addAction(text, this, [this, p = pooling] { setPooling(p); });
        action->setCheckable(true);
        action->setActionGroup(poolings);
        action->setData(int(pooling));
    }
    menu->addSeparator();
    QAction *limits = colorLimitsAction([this] { return m_scale; }, this);
    menu->addAction(limits);
    addToMenu({ limits }); // reached where the tools have folded, too
    menu->addAction(tr("Reset colour limits"), this, [this] { m_scale->reset(); });
    connect(menu, &QMenu::aboutToShow, this, [this, modes, maps, poolings] {
        for (QAction *a : poolings->actions())
            a->setChecked(a->data().toInt() == int(m_pooling));
        for (QAction *a : modes->actions())
            a->setChecked(a->data().toInt() == int(m_scale->mode()));
        for (QAction *a : maps->actions())
            a->setChecked(a->data().toInt() == int(m_scale->map()));
    });
    tool->setMenu(menu);
    m_lockTool = addTool(QStringLiteral("lock"), tr("Lock colour limits"));
    m_lockTool->setCheckable(true);
    connect(m_lockTool, &QToolButton::toggled, this, [this](bool on) { m_scale->setLocked(on); });
    m_regionTool =
        addTool(QStringLiteral("region"), tr("Statistics of a rectangle (Shift and drag, or R)"));
    m_regionTool->setCheckable(true);
    connect(m_regionTool, &QToolButton::toggled, this, [this](bool on) {
        if (!on)
            setRegion({});
    });
}

void HeatmapPlot::setPooling(Pooling pooling)
{
    m_pooling = pooling;
    m_map->setPooling(pooling);
    replotLater();
}

void HeatmapPlot::setColorScale(std::shared_ptr<ColorScale> scale)
{
    if (!scale)
        return;
    if (m_scale)
        disconnect(m_scale.get(), nullptr, this, nullptr);
    m_ownScale = false;
    m_scale = std::move(scale);
    m_map->setScale(m_scale);
    m_bar->setScale(m_scale);
    connect(m_scale.get(), &ColorScale::changed, this, &HeatmapPlot::scaleChanged);
    connect(m_scale.get(), &ColorScale::lockedChanged, m_lockTool, &QToolButton::setChecked);
    m_lockTool->setChecked(m_scale->isLocked());
    scaleChanged();
}

void HeatmapPlot::setProfilesVisible(bool visible)
{
    m_profilesWanted = visible;
    sizeLayout();
    replotLater();
}

int HeatmapPlot::rows() const { return int(m_map->rows()); }

int HeatmapPlot::columns() const { return int(m_map->columns()); }

void HeatmapPlot::setData(std::shared_ptr<const LodPyramid> pyramid, const HeatmapText &text)
{
    const int oldRows = rows(), oldColumns = columns();
    m_data = std::move(pyramid);
    m_text = text;
    m_map->setData(m_data);
    m_hovered = {};
    QCPAxis *x = m_mapRect->axis(QCPAxis::atBottom);
    QCPAxis *y = m_mapRect->axis(QCPAxis::atLeft);
    x->setLabel(text.columnAxis);
    y->setLabel(text.rowAxis);
    m_columnTicker->setCells(columns(), text.columnLabel);
    m_rowTicker->setCells(rows(), text.rowLabel);
    const bool resized = rows() != oldRows || columns() != oldColumns;
    const bool regionGone = resized && !m_region.isEmpty();
    if (resized) {
        m_region = {};
        m_regionCorner = {};
        clearViews();
        const double right = columns() - 0.5, bottom = rows() - 0.5;
        addView({ m_mapRect, x, y, -0.5, right, -0.5, bottom, true, 1.0 });
        addView({ m_topRect, x, nullptr, -0.5, right, 0, 1, true, 1.0 });
        addView({ m_rightRect, nullptr, y, 0, 1, -0.5, bottom, true, 1.0 });
        x->setRange(-0.5, right);
        y->setRange(-0.5, bottom);
    }
    if (rows() == 0 || m_selected.row >= rows() || m_selected.column >= columns())
        m_selected = rows() == 0 ? HeatCell {}
                                 : HeatCell { std::min(m_selected.row, rows() - 1),
                                              std::min(m_selected.column, columns() - 1) };
    if (m_data && !m_region.isEmpty())
        m_statistics = regionStatistics(*m_data, m_region, m_text.aboveLimit);
    restoreRegion(m_waitingRegion);
    rank();
    if (m_ownScale && m_map->rows() > 0)
        m_scale->setValues({ std::span<const float>(m_data->levels.front().max) });
    else
        scaleChanged();
    dataChanged();
    if (regionGone)
        Q_EMIT regionChanged();
}

void HeatmapPlot::setPendingRows(std::vector<bool> pending)
{
    m_map->setPendingRows(std::move(pending));
    rank();
    replotLater();
}

void HeatmapPlot::rank()
{
    m_ranked.clear();
    m_median = 0;
    if (!m_data || m_map->rows() == 0)
        return;
    const std::vector<float> &cells = m_data->levels.front().max;
    // Strictly hotter only: among equals the first in reading order stays.
    std::vector<std::size_t> top;
    const auto hotter = [&](std::size_t a, std::size_t b) { return cells[a] > cells[b]; };
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (std::isnan(cells[i]) || m_map->isPending(int(i / std::size_t(columns())))
            || (top.size() == kRanks && !(cells[i] > cells[top.back()])))
            continue;
        top.insert(std::upper_bound(top.begin(), top.end(), i, hotter), i);
        if (top.size() > kRanks)
            top.pop_back();
    }
    for (const std::size_t i : top)
        m_ranked.push_back({ int(i / std::size_t(columns())), int(i % std::size_t(columns())) });
    std::vector<float> sample;
    const std::size_t stride = std::max<std::size_t>(1, cells.size() / 100000);
    for (std::size_t i = 0; i < cells.size(); i += stride)
        if (!std::isnan(cells[i]))
            sample.push_back(cells[i]);
    if (!sample.empty()) {
        const auto middle = sample.begin() + std::ptrdiff_t(sample.size() / 2);
        std::nth_element(sample.begin(), middle, sample.end());
        m_median = *middle;
    }
}

void HeatmapPlot::scaleChanged()
{
    updateProfiles();
    updateBar();
    replotLater();
}

void HeatmapPlot::afterLimits() { updateBar(); }

void HeatmapPlot::resizeEvent(QResizeEvent *event)
{
    PlotWidget::resizeEvent(event);
    sizeLayout();
}

void HeatmapPlot::themeChanged(const Tokens &t)
{
    if (!m_map)
        return;
    m_map->setTheme(t);
    m_bar->setTheme(t);
    QColor fill = t.hist;
    fill.setAlphaF(0.28F);
    for (ProfilePlottable *profile : { m_topMax, m_rightMax }) {
        profile->setPen(QPen(t.histLine, 1.2));
        profile->setBrush(fill);
        profile->setAntialiased(false);
    }
    for (ProfilePlottable *profile : { m_topCursor, m_rightCursor }) {
        profile->setPen(QPen(t.accent, 1.2));
        profile->setAntialiased(false);
    }
    m_rightRect->axis(QCPAxis::atBottom)->setBasePen(Qt::NoPen);
    m_rightRect->axis(QCPAxis::atBottom)->setTickPen(Qt::NoPen);
    m_mapRect->axis(QCPAxis::atLeft)->setBasePen(Qt::NoPen);
    m_mapRect->axis(QCPAxis::atBottom)->setBasePen(Qt::NoPen);
}

} // namespace batlab::plots
