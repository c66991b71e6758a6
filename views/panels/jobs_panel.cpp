// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/jobs_panel.h"

#include "views/models/jobs_model.h"
#include "views/panels/cell_delegates.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QMenu>
#include <QShortcut>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

namespace batlab::views {

JobsPanel::JobsPanel(JobsModel *model, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
    , m_view(new QTableView(this))
    , m_stack(new QStackedWidget(this))
    , m_pause(makeTool(QStringLiteral("pause"), tr("Pause the job"), this))
    , m_stop(makeTool(QStringLiteral("stop"), tr("Stop the job; finished layers are kept"), this))
    , m_resume(makeTool(QStringLiteral("play"), tr("Resume the job from its checkpoint"), this))
    , m_up(makeTool(QStringLiteral("up"), tr("Earlier turn for the waiting job (Alt+Up)"), this))
    , m_down(
          makeTool(QStringLiteral("down"), tr("Later turn for the waiting job (Alt+Down)"), this))
    , m_hold(makeTool(QStringLiteral("clock"), tr("Pause the queue"), this))
    , m_more(makeTool(QStringLiteral("more"), tr("More for the chosen job"), this))
    , m_menu(new QMenu(this))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    m_view->setModel(model);
    m_view->setAccessibleName(tr("Jobs"));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setMinimumHeight(plots::px(40));
    m_view->setShowGrid(false);
    m_view->setTabKeyNavigation(false);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(plots::px(22));
    QHeaderView *header = m_view->horizontalHeader();
    header->setHighlightSections(false);
    header->setFixedHeight(plots::px(24));
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setMinimumSectionSize(plots::px(40));
    m_view->setColumnWidth(JobsModel::Layers, plots::px(170));
    m_view->setColumnWidth(JobsModel::Step, plots::px(190));
    m_view->setColumnWidth(JobsModel::Elapsed, plots::px(64));
    m_view->setColumnWidth(JobsModel::Eta, plots::px(84));
    m_view->setColumnWidth(JobsModel::Loss, plots::px(180));
    header->setSectionResizeMode(JobsModel::Job, QHeaderView::Stretch);
    m_view->setItemDelegate(new TextCellDelegate(m_view));
    auto *bar = new ProgressCellDelegate(JobsModel::FractionRole, m_view);
    m_view->setItemDelegateForColumn(JobsModel::Layers, bar);
    m_view->setItemDelegateForColumn(JobsModel::Step, bar);
    m_view->setItemDelegateForColumn(
        JobsModel::Loss,
        new SparkCellDelegate(JobsModel::LossRole, SparkCellDelegate::line, m_view));

    auto *empty = new QWidget(this);
    auto *emptyRow = new QHBoxLayout(empty);
    emptyRow->addStretch(1);
    emptyRow->addWidget(
        makeLabel(tr("No job yet."), &plots::Tokens::text3, plots::tableFont(), empty));
    auto *start = makeLink(tr("New run…"), empty);
    emptyRow->addWidget(start);
    emptyRow->addStretch(1);
    m_stack->addWidget(empty);
    m_stack->addWidget(m_view);
    row->addWidget(m_stack, 1);

    auto *tools = new QGridLayout;
    tools->setContentsMargins(plots::px(4), 0, plots::px(4), 0);
    tools->setSpacing(0);
    int place = 0;
    m_hold->setCheckable(true);
    m_hold->setObjectName(QStringLiteral("queueHold"));
    for (QToolButton *tool : { m_pause, m_stop, m_resume, m_hold, m_up, m_down, m_more }) {
        tools->addWidget(tool, place / 4, place % 4);
        ++place;
    }
    tools->setAlignment(Qt::AlignTop);
    row->addLayout(tools);

    connect(start, &QToolButton::clicked, this, &JobsPanel::newRunRequested);
    connect(m_pause, &QToolButton::clicked, this, [this] {
        if (const int at = currentRow(); at >= 0) {
            const JobRow &r = m_model->row(at);
            if (r.state == JobState::paused)
                Q_EMIT continueRequested(r.job);
            else
                Q_EMIT pauseRequested(r.job);
        }
    });
    connect(m_stop, &QToolButton::clicked, this, &JobsPanel::stopCurrent);
    connect(m_hold, &QToolButton::clicked, this, &JobsPanel::holdRequested);
    connect(model, &JobsModel::heldChanged, this, &JobsPanel::updateButtons);
    connect(m_up, &QToolButton::clicked, this, [this] { Q_EMIT moveRequested(currentRun(), -1); });
    connect(m_down, &QToolButton::clicked, this, [this] { Q_EMIT moveRequested(currentRun(), 1); });
    buildMenu();
    connect(m_resume, &QToolButton::clicked, this, [this] {
        if (const int at = currentRow(); at >= 0)
            Q_EMIT resumeRequested(m_model->row(at).run);
    });
    connect(model, &JobsModel::activityChanged, this, &JobsPanel::updateButtons);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &JobsPanel::updateButtons);
    updateButtons();
}

void JobsPanel::buildMenu()
{
    m_menu->setToolTipsVisible(true);
    const auto entry = [this](const QString &text, const QString &help, auto signal) {
        QAction *action = m_menu->addAction(text);
        action->setToolTip(help);
        connect(action, &QAction::triggered, this, [this, signal] {
            if (const QString run = currentRun(); !run.isEmpty())
                Q_EMIT(this->*signal)(run);
        });
        return action;
    };
    m_clone = entry(tr("Copy into a new run…"), tr("Opens the run form with this run's values"),
                    &JobsPanel::cloneRequested);
    m_repeat = entry(tr("Repeat exactly"),
                     tr("The same frozen spec in a fresh folder; the log says whether the codes "
                        "came out the same"),
                     &JobsPanel::repeatRequested);
    m_copy = entry(tr("Copy as command"),
                   tr("The spec and the batlab-cli command that makes the same run"),
                   &JobsPanel::copyCommandRequested);
    m_menu->addSeparator();
    QAction *clear = m_menu->addAction(tr("Take ended jobs off the list"));
    clear->setToolTip(tr("The session keeps the runs"));
    connect(clear, &QAction::triggered, m_model, &JobsModel::clearEnded);
    m_more->setMenu(m_menu);
    m_more->setPopupMode(QToolButton::InstantPopup);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_view, &QWidget::customContextMenuRequested, this,
            [this](const QPoint &at) { m_menu->popup(m_view->viewport()->mapToGlobal(at)); });
    for (const int delta : { -1, 1 }) {
        auto *keys = new QShortcut(
            QKeySequence(delta < 0 ? Qt::ALT | Qt::Key_Up : Qt::ALT | Qt::Key_Down), this);
        keys->setContext(Qt::WidgetWithChildrenShortcut);
        connect(keys, &QShortcut::activated, this,
                [this, delta] { Q_EMIT moveRequested(currentRun(), delta); });
    }
    auto *remove = new QShortcut(QKeySequence::Delete, m_view);
    remove->setContext(Qt::WidgetShortcut);
    connect(remove, &QShortcut::activated, this, &JobsPanel::stopCurrent);
}

void JobsPanel::stopCurrent()
{
    const int at = currentRow();
    if (at < 0 || !m_model->row(at).active())
        return;
    if (m_model->row(at).waiting())
        Q_EMIT takeOutRequested(m_model->row(at).run);
    else if (m_model->row(at).job != 0)
        Q_EMIT stopRequested(m_model->row(at).job);
}

QString JobsPanel::currentRun() const
{
    const int at = currentRow();
    return at < 0 || at >= m_model->rowCount() ? QString() : m_model->row(at).run;
}

bool JobsPanel::showRun(const QString &run)
{
    for (int i = 0; i < m_model->rowCount(); ++i) {
        if (m_model->row(i).run == run) {
            m_view->setCurrentIndex(m_model->index(i, JobsModel::Job));
            return true;
        }
    }
    return false;
}

int JobsPanel::currentRow() const
{
    const QModelIndex current = m_view->currentIndex();
    if (current.isValid())
        return current.row();
    return m_model->rowCount() > 0 ? 0 : -1;
}

void JobsPanel::updateButtons()
{
    m_stack->setCurrentIndex(m_model->rowCount() > 0 ? 1 : 0);
    const int at = currentRow();
    const JobRow *r = at >= 0 && at < m_model->rowCount() ? &m_model->row(at) : nullptr;
    const bool active = r && r->active() && r->job != 0;
    m_pause->setEnabled(active && r->state != JobState::cancelling);
    const bool paused = r && r->state == JobState::paused;
    m_pause->setToolTip(paused ? tr("Continue the job") : tr("Pause the job"));
    m_pause->setAccessibleName(m_pause->toolTip());
    const bool waiting = r && r->waiting();
    m_stop->setEnabled(waiting || (active && r->state != JobState::cancelling));
    m_stop->setToolTip(waiting ? tr("Stop waiting: take the job out of the queue")
                               : tr("Stop the job; finished layers are kept"));
    m_stop->setAccessibleName(m_stop->toolTip());
    const bool held = m_model->isHeld();
    m_hold->setChecked(held);
    m_hold->setToolTip(held ? tr("Let the queue go on")
                            : tr("Pause the queue: the running job ends, no other starts"));
    m_hold->setAccessibleName(m_hold->toolTip());
    m_up->setEnabled(r && m_model->canMove(r->run, -1));
    m_down->setEnabled(r && m_model->canMove(r->run, 1));
    for (QAction *action : { m_clone, m_repeat, m_copy })
        action->setEnabled(r != nullptr);
    m_resume->setEnabled(
        r && (r->engineLost || r->state == JobState::cancelled || r->state == JobState::failed));
}

} // namespace batlab::views
