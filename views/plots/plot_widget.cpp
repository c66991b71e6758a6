// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/plot_widget.h"

#include "views/plots/link_group.h"
#include "views/plots/number_text.h"
#include "views/plots/panel_header.h"
#include "views/plots/panel_notice.h"
#include "views/plots/plot_canvas.h"
#include "views/plots/theme.h"

#include <QMenu>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace batlab::plots {

namespace {
constexpr int kReadoutMs = 33; // 30 Hz
constexpr int kCancelMs = 1000;
} // namespace

PlotWidget::PlotWidget(const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_header(new PanelHeader(this))
    , m_strip(new ProgressStrip(this))
    , m_stack(new QStackedWidget(this))
    , m_canvas(new PlotCanvas(this))
    , m_title(title)
{
    setObjectName(title); // what a session keeps the view under: titles change with the data
    setFocusPolicy(Qt::StrongFocus);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_header);
    column->addWidget(m_strip);
    column->addWidget(m_stack, 1);

    auto *page = new QWidget(m_stack);
    auto *stacked = new QGridLayout(page);
    stacked->setContentsMargins(0, 0, 0, 0);
    stacked->addWidget(m_canvas, 0, 0);
    m_statePanel = new StatePanel(page);
    stacked->addWidget(m_statePanel, 0, 0);
    m_statePanel->hide();
    m_stack->addWidget(page);

    m_twin = new QTableView(m_stack);
    m_twinModel = new PlotTableModel(this);
    m_twin->setModel(m_twinModel);
    m_twin->setFrameShape(QFrame::NoFrame);
    m_twin->setAlternatingRowColors(true);
    m_twin->setShowGrid(false);
    m_twin->verticalHeader()->setDefaultSectionSize(px(22));
    m_twin->verticalHeader()->hide();
    m_twin->setAccessibleName(tr("%1, as a table").arg(title));
    m_twin->installEventFilter(this);
    m_stack->addWidget(m_twin);

    buildHeader();
    m_hoverTimer.setSingleShot(true);
    m_hoverTimer.setInterval(kReadoutMs);
    connect(&m_hoverTimer, &QTimer::timeout, this, [this] {
        if (!m_hoverPending)
            return;
        readoutNow();
        m_hoverTimer.start();
    });
    m_cancelTimer.setSingleShot(true);
    m_cancelTimer.setInterval(kCancelMs);
    connect(&m_cancelTimer, &QTimer::timeout, this, [this] {
        m_statePanel->setLine(m_stateText, { tr("Cancel") }, false, false);
        m_statePanel->show();
    });
    connect(m_statePanel, &StatePanel::pressed, this, [this](int button) {
        if (m_state == PanelState::empty)
            Q_EMIT actionTriggered();
        else if (m_state == PanelState::loading)
            Q_EMIT cancelRequested();
        else if (button == 0)
            Q_EMIT retryRequested();
        else
            Q_EMIT detailsRequested(m_details);
    });
    connect(this, &PlotWidget::exportFailed, this, [this](const QString &message) {
        PanelNotice::send(this, PanelNotice::Kind::failure, m_title, message);
    });
    connect(this, &PlotWidget::detailsRequested, this, [this](const QString &details) {
        PanelNotice::send(this, PanelNotice::Kind::details, m_title, details);
    });
    setAccessibleName(title);
    refreshHeader();
    applyPlotTheme();
}

PlotWidget::~PlotWidget() = default;

void PlotWidget::buildHeader()
{
    m_tableTool = m_header->addTool(QStringLiteral("table"), tr("Show as table (T)"));
    m_tableTool->setCheckable(true);
    connect(m_tableTool, &QToolButton::toggled, this, &PlotWidget::setTableShown);
    m_exportTool = m_header->addTool(QStringLiteral("export"), tr("Export"));
    m_exportMenu = new QMenu(tr("Export"), this);
    m_exportTool->setMenu(m_exportMenu);
    fillExportMenu();
    QToolButton *more = m_header->addTool(QStringLiteral("more"), tr("More"), true);
    auto *menu = new QMenu(tr("More"), this);
    menu->addAction(tr("Reset limits"), this, &PlotWidget::resetLimits);
    menu->addAction(tr("Previous limits"), this, [this] { previousLimits(); });
    menu->addSeparator();
    menu->addAction(tr("Show as table"), m_tableTool, &QToolButton::toggle);
    menu->addAction(tr("Copy picture"), this, &PlotWidget::copyPicture);
    menu->addAction(tr("Copy data"), this, &PlotWidget::copyData);
    menu->addMenu(m_exportMenu);
    more->setMenu(menu);
    m_moreMenu = menu;
}

QToolButton *PlotWidget::addTool(const QString &glyphName, const QString &text)
{
    QToolButton *tool = m_header->addTool(glyphName, text);
    m_header->insertTool(m_tableTool, tool);
    return tool;
}

void PlotWidget::setTitle(const QString &title)
{
    m_title = title;
    setAccessibleName(title);
    refreshHeader();
}

void PlotWidget::setSubtitle(const QString &subtitle)
{
    m_subtitle = subtitle;
    refreshHeader();
}

QString PlotWidget::title() const { return m_title; }

QString PlotWidget::subtitle() const
{
    return m_partial.isEmpty() ? m_subtitle
        : m_subtitle.isEmpty() ? m_partial
                               : m_partial + QStringLiteral(" · ") + m_subtitle;
}

void PlotWidget::addHeaderWidget(QWidget *widget) { m_header->addExtra(widget); }

void PlotWidget::setHeaderVisible(bool visible) { m_header->setVisible(visible); }

QMenu *PlotWidget::exportMenu() const { return m_exportMenu; }

void PlotWidget::addToMenu(const QList<QAction *> &actions)
{
    m_moreMenu->addSeparator();
    m_moreMenu->addActions(actions);
}

void PlotWidget::refreshHeader() { m_header->setTexts(m_title, subtitle()); }

void PlotWidget::setReady()
{
    m_state = PanelState::ready;
    m_strip->stop();
    m_cancelTimer.stop();
    m_statePanel->hide();
}

void PlotWidget::setEmpty(const QString &text, const QString &action)
{
    setReady();
    m_state = PanelState::empty;
    m_stateText = text;
    m_emptyAction = action;
    m_statePanel->setLine(text, action.isEmpty() ? QStringList() : QStringList { action }, false,
                          true);
    m_statePanel->show();
    setAccessibleDescription(text);
}

void PlotWidget::setLoading(double progress, const QString &text)
{
    if (m_state != PanelState::loading) {
        setReady();
        m_state = PanelState::loading;
        m_cancelTimer.start();
    }
    m_stateText = text;
    m_strip->start(progress);
}

void PlotWidget::setError(const QString &text, const QString &details)
{
    setReady();
    m_state = PanelState::error;
    m_stateText = text;
    m_details = details;
    QStringList buttons { tr("Retry") };
    if (!details.isEmpty())
        buttons << tr("Details");
    m_statePanel->setLine(text, buttons, true, true);
    m_statePanel->show();
    setAccessibleDescription(text);
}

void PlotWidget::setPartial(int done, int total, const QString &unit)
{
    m_partial = total > 0 && done < total
        ? tr("%1 of %2 %3").arg(countText(done), countText(total), unit)
        : QString();
    refreshHeader();
}

void PlotWidget::linkX(LinkGroup *group)
{
    if (group && !m_views.empty())
        group->add(m_views.front().x);
}

void PlotWidget::linkY(LinkGroup *group)
{
    if (group && !m_views.empty())
        group->add(m_views.front().y);
}

QCustomPlot *PlotWidget::plot() const { return m_canvas; }

const Tokens &PlotWidget::tokens() const { return tokensOf(this); }

QSize PlotWidget::sizeHint() const { return { px(480), px(280) }; }

QSize PlotWidget::minimumSizeHint() const { return { px(160), px(120) }; }

QCPLayoutGrid *PlotWidget::emptyLayout()
{
    clearViews();
    m_canvas->clearPlottables();
    QCPLayoutGrid *grid = m_canvas->plotLayout();
    for (int i = grid->elementCount() - 1; i >= 0; --i)
        if (grid->elementAt(i))
            grid->removeAt(i);
    grid->simplify();
    return grid;
}

QCPLayer *PlotWidget::cursorLayer() const { return m_canvas->layer(QStringLiteral("cursor")); }

void PlotWidget::replotLater() const { m_canvas->replot(QCustomPlot::rpQueuedReplot); }

void PlotWidget::styleAxisRect(QCPAxisRect *rect, bool gridX, bool gridY) const
{
    const Tokens &t = tokens();
    rect->setBackground(Qt::NoBrush);
    rect->setMinimumMargins(QMargins(0, 0, 0, 0));
    for (QCPAxis *axis : rect->axes()) {
        axis->setBasePen(QPen(t.axis, 1));
        axis->setTickPen(QPen(t.axis, 1));
        axis->setSubTickPen(QPen(t.axis, 1));
        axis->setTickLength(0, 4);
        axis->setSubTickLength(0, 0);
        axis->setTickLabelFont(captionFont());
        axis->setTickLabelColor(t.tick);
        axis->setLabelFont(captionFont());
        axis->setLabelColor(t.tick);
        axis->setTickLabelPadding(px(3));
        axis->setLabelPadding(px(3));
        axis->setPadding(px(2));
        const bool horizontal = axis->orientation() == Qt::Horizontal;
        axis->grid()->setVisible(horizontal ? gridX : gridY);
        axis->grid()->setPen(QPen(t.grid, 1));
        axis->grid()->setSubGridVisible(false);
        axis->grid()->setZeroLinePen(QPen(t.grid, 1));
    }
}

void PlotWidget::applyPlotTheme()
{
    const Tokens &t = tokens();
    m_canvas->setBackground(QBrush(t.base));
    m_header->applyTokens(t);
    for (QCPAxisRect *rect : m_canvas->axisRects()) {
        bool gridX = false, gridY = false;
        for (QCPAxis *axis : rect->axes())
            (axis->orientation() == Qt::Horizontal ? gridX : gridY) |= axis->grid()->visible();
        const QMargins room = rect->minimumMargins(); // for what the plot writes there itself
        styleAxisRect(rect, gridX, gridY);
        rect->setMinimumMargins(room);
    }
    m_twin->setFont(tableFont());
    themeChanged(t);
    if (m_state == PanelState::error)
        setError(QString(m_stateText), QString(m_details));
    else if (m_state == PanelState::empty)
        setEmpty(QString(m_stateText), QString(m_emptyAction));
    replotLater();
}

void PlotWidget::dataChanged()
{
    m_twinStale = true;
    if (isTableShown())
        refreshTwin();
    if (m_state == PanelState::ready || m_state == PanelState::loading)
        setAccessibleDescription(summary());
    if (!m_wanted.empty())
        QTimer::singleShot(0, this, &PlotWidget::applyWantedLimits); // after the data's own home
}

void PlotWidget::refreshTwin()
{
    if (!m_twinStale)
        return;
    m_twinModel->setTable(table());
    m_twin->horizontalHeader()->setDefaultSectionSize(px(88));
    m_twinStale = false;
}

void PlotWidget::setTableShown(bool shown)
{
    if (shown == isTableShown())
        return;
    if (shown)
        refreshTwin();
    m_stack->setCurrentIndex(shown ? 1 : 0);
    m_tableTool->setChecked(shown);
    if (shown)
        m_twin->setFocus();
    else
        setFocus();
    Q_EMIT tableShownChanged(shown);
}

bool PlotWidget::isTableShown() const { return m_stack->currentIndex() == 1; }

} // namespace batlab::plots
