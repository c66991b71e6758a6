// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/sweep_panel.h"

#include "core/artifact/artifact.h"
#include "views/models/text.h"
#include "views/models/what_if_sweep.h"
#include "views/models/workbench_document.h"
#include "views/panels/sweep_matrix.h"
#include "views/panels/ui_kit.h"
#include "views/plots/matrix_plot.h"
#include "views/plots/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <cmath>

namespace batlab::views {

SweepPanel::SweepPanel(WorkbenchDocument *document, WhatIfModel *model, QWidget *parent)
    : QWidget(parent)
    , m_document(document)
    , m_model(model)
    , m_sweep(new WhatIfSweep(model, this))
    , m_matrix(new plots::MatrixPlot(tr("Sweep"), this))
{
    setAutoFillBackground(true);
    keepColors(this, { { QPalette::Window, &plots::Tokens::base } });
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *controls = new QWidget(this);
    buildControls(controls);
    column->addWidget(controls);
    column->addWidget(m_matrix, 1);
    m_update.setSingleShot(true);
    m_update.setInterval(30);
    connect(&m_update, &QTimer::timeout, this, &SweepPanel::update);
    const auto later = [this] {
        if (!m_update.isActive())
            m_update.start();
    };
    connect(m_sweep, &WhatIfSweep::changed, this, later);
    connect(document, &WorkbenchDocument::baselineChanged, this, later);
    connect(model, &WhatIfModel::answerChanged, this, later);
    connect(model, &WhatIfModel::structureChanged, this, &SweepPanel::fillPaths);
    connect(m_sweep, &WhatIfSweep::finished, this, [this] {
        m_document->addArtifacts({ std::make_shared<const Artifact>(m_sweep->artifact()) });
    });
    connect(document, &WorkbenchDocument::documentReset, this, [this] {
        m_intervalKey.clear(); // a sweep of another session may have the same id
        m_intervalTask.cancel();
        fillSources();
    });
    connect(document, &WorkbenchDocument::artifactsAdded, this,
            [this](const std::vector<ArtifactPtr> &artifacts) {
                bool sweeps = false, results = false;
                for (const ArtifactPtr &a : artifacts) {
                    sweeps = sweeps || std::holds_alternative<Sweep>(*a);
                    results = results || std::holds_alternative<EvaluationResult>(*a);
                }
                if (results) {
                    m_intervalKey.clear();
                    m_update.start();
                }
                if (sweeps)
                    fillSources();
            });
    connect(m_matrix, &plots::MatrixPlot::cellActivated, this, &SweepPanel::activate);
    connect(m_matrix, &plots::PlotWidget::readout, this, &SweepPanel::readout);
    connect(m_matrix, &plots::PlotWidget::actionTriggered, this, &SweepPanel::startOrPause,
            Qt::QueuedConnection);
    fillPaths();
    fillSources();
    update();
}

void SweepPanel::buildControls(QWidget *box)
{
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(plots::px(12), plots::px(6), plots::px(12), plots::px(2));
    column->setSpacing(plots::px(4));
    auto *paths = new QHBoxLayout;
    paths->setSpacing(plots::px(8));
    m_valueRow = new QWidget(box);
    auto *values = new QHBoxLayout(m_valueRow);
    values->setContentsMargins(0, 0, 0, 0);
    values->setSpacing(plots::px(8));
    const QString names[] = { tr("Rows"), tr("Columns"), tr("Groups") };
    for (const QString &axisName : names) {
        Axis axis;
        axis.path = new QComboBox(box);
        axis.path->setAccessibleName(tr("Parameter of the %1").arg(axisName.toLower()));
        axis.path->setToolTip(axis.path->accessibleName());
        axis.path->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        axis.path->setMinimumContentsLength(5);
        axis.values = new QLineEdit(m_valueRow);
        axis.values->setAccessibleName(tr("Values of the %1").arg(axisName.toLower()));
        axis.values->setToolTip(tr("Values with commas; pairs as 8:4, lists as T1+T3"));
        paths->addWidget(makeLabel(axisName, &plots::Tokens::text3, plots::tableFont(), box));
        paths->addWidget(axis.path, 1);
        values->addWidget(axis.values, 1);
        connect(axis.path, &QComboBox::activated, this, [axis] {
            axis.values->setText(
                WhatIfSweep::suggestedValues(ss(axis.path->currentData().toString())));
        });
        m_axes.push_back(axis);
    }
    auto *more = makeLink(tr("Values…"), box);
    more->setToolTip(tr("Show or hide the values of the axes"));
    more->setCheckable(true);
    connect(more, &QToolButton::toggled, m_valueRow, &QWidget::setVisible);
    paths->addWidget(more);
    m_valueRow->hide();
    column->addLayout(paths);
    column->addWidget(m_valueRow);
    auto *row = new QHBoxLayout;
    row->setSpacing(plots::px(8));
    m_start = new QPushButton(tr("Start sweep"), box);
    m_cancel = new QPushButton(tr("Cancel"), box);
    m_best = new QPushButton(tr("Best cell → what if"), box);
    m_progress = new QProgressBar(box);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(plots::px(6));
    m_progress->setAccessibleName(tr("Progress of the sweep"));
    m_progress->setMinimumWidth(plots::px(40));
    m_state = new ElidedLabel(box); // gives way, so that a running sweep asks for no more width
    m_state->setFont(plots::tableFont());
    keepColors(m_state, { { QPalette::WindowText, &plots::Tokens::text2 } });
    m_source = new QComboBox(box);
    m_source->setAccessibleName(tr("Sweep shown"));
    m_source->setToolTip(tr("This what-if's sweep, or one the session keeps"));
    m_source->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_source->setMinimumContentsLength(8);
    for (QPushButton *button : { m_start, m_cancel, m_best }) {
        button->setAccessibleName(button->text());
        button->setToolTip(button->text());
        button->setFixedHeight(plots::px(24));
    }
    row->addWidget(m_start);
    row->addWidget(m_cancel);
    row->addWidget(m_progress, 1);
    row->addWidget(m_state, 3);
    row->addWidget(m_best);
    row->addWidget(m_source);
    column->addLayout(row);
    connect(m_start, &QPushButton::clicked, this, &SweepPanel::startOrPause);
    connect(m_cancel, &QPushButton::clicked, m_sweep, &WhatIfSweep::cancel);
    connect(m_best, &QPushButton::clicked, this, [this] {
        if (const std::optional<int> best = m_matrix->bestCell())
            activate(*best);
    });
    connect(m_source, &QComboBox::activated, this, &SweepPanel::update);
}

void SweepPanel::fillPaths()
{
    for (std::size_t a = 0; a < m_axes.size(); ++a) {
        QComboBox *combo = m_axes[a].path;
        const QSignalBlocker quiet(combo);
        QString chosen = combo->currentData().toString();
        const bool first = combo->count() == 0;
        combo->clear();
        if (a == 2)
            combo->addItem(tr("none"), QString());
        for (const std::string &path : WhatIfSweep::paths(*m_model))
            combo->addItem(WhatIfSweep::pathTitle(path), qs(path));
        if (first) {
            chosen = a == 0 ? QStringLiteral("transform.g1:transform.g2")
                : a == 1    ? QStringLiteral("settings.scaleRule")
                            : QString();
            m_axes[a].values->setText(WhatIfSweep::suggestedValues(ss(chosen)));
        }
        combo->setCurrentIndex(std::max(0, combo->findData(chosen)));
    }
}

void SweepPanel::fillSources()
{
    const QSignalBlocker quiet(m_source);
    const QString chosen = m_source->currentData().toString();
    m_source->clear();
    m_source->addItem(tr("This what-if"), QString());
    for (const Sweep *sweep : m_document->artifacts().sweeps())
        m_source->addItem(qs(sweep->id), qs(sweep->id));
    m_source->setCurrentIndex(std::max(0, m_source->findData(chosen)));
    m_source->setVisible(m_source->count() > 1);
    m_update.start();
}

void SweepPanel::setAxis(int axis, const QString &path, const QString &values)
{
    const Axis &a = m_axes[static_cast<std::size_t>(axis)];
    a.path->setCurrentIndex(std::max(0, a.path->findData(path)));
    a.values->setText(values);
}

Json SweepPanel::axes() const
{
    Json out = Json::array();
    for (const Axis &axis : m_axes)
        out.push_back({ { "path", ss(axis.path->currentData().toString()) },
                        { "values", ss(axis.values->text()) } });
    return out;
}

void SweepPanel::setAxes(const Json &axes)
{
    for (std::size_t i = 0; i < m_axes.size() && i < axes.size(); ++i) {
        const Json &axis = axes[i];
        if (axis.is_object() && axis.contains("path") && axis["path"].is_string()
            && axis.contains("values") && axis["values"].is_string())
            setAxis(static_cast<int>(i), qs(axis["path"].get<std::string>()),
                    qs(axis["values"].get<std::string>()));
    }
}

QString SweepPanel::axisText(const Axis &axis) const
{
    const QString path = axis.path->currentData().toString();
    return path.isEmpty() ? QString() : path + QLatin1Char('=') + axis.values->text();
}

void SweepPanel::startOrPause()
{
    m_source->setCurrentIndex(0);
    if (m_sweep->isRunning() || m_sweep->isPaused()) {
        m_sweep->setPaused(m_sweep->isRunning());
        return;
    }
    const Result<void> started =
        m_sweep->start(axisText(m_axes[0]), axisText(m_axes[1]), axisText(m_axes[2]));
    if (!started)
        m_state->setText(qs(started.error().message()));
}

const Sweep *SweepPanel::stored() const
{
    const std::string id = ss(m_source->currentData().toString());
    for (const Sweep *sweep : m_document->artifacts().sweeps()) {
        if (!id.empty() && sweep->id == id)
            return sweep;
    }
    return nullptr;
}

double SweepPanel::pinnedScore() const
{
    const WhatIfAnswerPtr pinned = m_model->pinned();
    return pinned ? pinned->outputSqnrDb : kUnknown;
}

void SweepPanel::activate(int cell)
{
    const Sweep *sweep = stored();
    if (!sweep) {
        m_sweep->loadCell(cell);
        return;
    }
    // A stored cell that was made by a what-if says what it changed.
    const auto at = static_cast<std::size_t>(cell);
    if (at < sweep->cells.size() && sweep->cells[at].contains("detail")
        && sweep->cells[at]["detail"].is_object() && sweep->cells[at]["detail"].contains("changes"))
        m_model->load(sweep->cells[at]["detail"]["changes"],
                      tr("Cell %1 of %2").arg(cell + 1).arg(qs(sweep->id)));
}

void SweepPanel::update()
{
    m_update.stop();
    if (const Sweep *sweep = stored())
        showStored(*sweep);
    else
        showSweep();
}

void SweepPanel::showStored(const Sweep &sweep)
{
    askIntervals(sweep);
    // Differences to the full-precision model would all be of one colour.
    const QString pin = m_document->baseline();
    const bool reference = pin == QLatin1String(kReference);
    plots::MatrixData matrix = matrixOf(sweep, reference ? kUnknown : m_intervals.pinned,
                                        m_intervals, m_document->variantTitle(pin));
    for (QWidget *w : std::initializer_list<QWidget *> { m_progress, m_cancel })
        w->hide();
    m_state->clear();
    m_start->setText(tr("Start sweep"));
    if (matrix.cells.empty()) {
        m_matrix->setEmpty(tr("This sweep has more axes than a matrix can show."));
        return;
    }
    m_matrix->setTitle(tr("Sweep of %1").arg(qs(sweep.base)));
    m_matrix->setSubtitle(matrix.statistic);
    m_matrix->setReady();
    const std::optional<int> best = bestOf(matrix, sweep.higherIsBetter);
    m_matrix->setData(std::move(matrix));
    m_matrix->setMarked({}, best);
    m_best->setEnabled(best.has_value());
}

void SweepPanel::askIntervals(const Sweep &sweep)
{
    const QString key = QStringLiteral("%1|%2").arg(qs(sweep.id), m_document->baseline());
    if (key == m_intervalKey)
        return;
    m_intervalKey = key;
    m_intervals = {};
    // Maps of shared, immutable artifacts: a copy is cheap and safe to read elsewhere.
    m_intervalTask.start(
        [index = std::make_shared<const ArtifactIndex>(m_document->artifacts()), sweep,
         baseline = ss(m_document->baseline())] { return sweepIntervals(*index, sweep, baseline); },
        [this](const SweepIntervals &intervals) {
            m_intervals = intervals;
            update();
        });
}

void SweepPanel::showSweep()
{
    const bool going = m_sweep->isRunning() || m_sweep->isPaused();
    m_start->setText(m_sweep->isRunning()      ? tr("Pause")
                         : m_sweep->isPaused() ? tr("Continue")
                                               : tr("Start sweep"));
    m_start->setAccessibleName(m_start->text());
    m_start->setToolTip(m_start->text());
    m_start->setEnabled(m_model->base());
    m_cancel->setVisible(going);
    m_progress->setVisible(going);
    const int all = static_cast<int>(m_sweep->cells().size()), done = m_sweep->doneCount();
    m_progress->setRange(0, std::max(1, all));
    m_progress->setValue(done);
    m_best->setEnabled(m_sweep->bestCell().has_value());
    if (m_sweep->isEmpty()) {
        m_matrix->setTitle(tr("Sweep"));
        m_matrix->setSubtitle(tr("two parameters against each other, a third as groups"));
        m_matrix->setData({});
        m_matrix->setMarked({}, {});
        m_matrix->setEmpty(tr("No sweep yet."), m_model->base() ? tr("Start sweep") : QString());
        return;
    }
    QStringList state { tr("%1 of %2 cells").arg(done).arg(all) };
    if (going && !eta(m_sweep->secondsLeft()).isEmpty())
        state.append(eta(m_sweep->secondsLeft()));
    m_state->setText(state.join(QStringLiteral(" · ")));
    const double pinned = m_sweep->layer() == m_model->layer() ? pinnedScore() : kUnknown;
    plots::MatrixData matrix = matrixOf(*m_sweep, pinned);
    QString title = tr("Sweep %1 × %2")
                        .arg(WhatIfSweep::pathTitle(m_sweep->rows().path),
                             WhatIfSweep::pathTitle(m_sweep->columns().path));
    if (m_sweep->groups())
        title += QStringLiteral(" × ") + WhatIfSweep::pathTitle(m_sweep->groups()->path);
    m_matrix->setTitle(title);
    m_matrix->setSubtitle(
        std::isnan(pinned)
            ? matrix.statistic
            : tr("%1, colour is Δ to the pinned %2 dB").arg(matrix.statistic, number(pinned, 2)));
    m_matrix->setReady();
    m_matrix->setData(std::move(matrix));
    m_matrix->setMarked(m_sweep->presentCell(), m_sweep->bestCell());
}

} // namespace batlab::views
