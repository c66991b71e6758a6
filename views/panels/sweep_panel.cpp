// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/sweep_panel.h"

#include "core/artifact/artifact.h"
#include "views/models/core_text.h"
#include "views/models/text.h"
#include "views/models/what_if_sweep.h"
#include "views/models/workbench_document.h"
#include "views/panels/sweep_matrix.h"
#include "views/panels/ui_kit.h"
#include "views/plots/matrix_plot.h"
#include "views/plots/theme.h"

#include <QComboBox>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace batlab::views {

namespace {

bool hasCells(const WhatIfSweep &sweep, WhatIfSweep::Cell::State state)
{
    return std::any_of(sweep.cells().begin(), sweep.cells().end(),
                       [state](const WhatIfSweep::Cell &cell) { return cell.state == state; });
}

} // namespace

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
        if (hasCells(*m_sweep, WhatIfSweep::Cell::State::done)) // else nothing is worth keeping
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
        m_state->setText(coreText(started.error()));
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

void SweepPanel::activate(int cell)
{
    const Sweep *sweep = stored();
    if (!sweep) {
        m_sweep->loadCell(cell);
        return;
    }
    // A stored cell that was made by a what-if says what it changed.
    const auto at = static_cast<std::size_t>(cell);
    if (at >= sweep->cells.size() || !sweep->cells[at].contains("detail")
        || !sweep->cells[at]["detail"].is_object()
        || !sweep->cells[at]["detail"].contains("changes"))
        return;
    if (!m_model->base() || ss(m_model->base()->variant) != sweep->base) // not changes of this one
        m_state->setText(tr("Made from %1: choose it under “Start from” to load its cells")
                             .arg(m_document->variantTitle(qs(sweep->base))));
    else
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
    // What a what-if left has all metrics; any other sweep is of its own.
    const WhatIfMetrics::Kind chosen = metric();
    const bool offered = hasMetric(sweep, chosen.id);
    m_metric->setEnabled(offered);
    plots::MatrixData matrix = matrixOf(offered ? withMetric(sweep, chosen) : sweep,
                                        reference ? kUnknown : m_intervals.pinned, m_intervals,
                                        m_document->variantTitle(pin));
    if (offered) {
        matrix.decimals = chosen.decimals;
        matrix.scientific = chosen.scientific;
    }
    for (QWidget *w : std::initializer_list<QWidget *> { m_progress, m_cancel, m_retry })
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
    const std::optional<int> best = bestOf(matrix);
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
    // After a cancel, cells that were not asked yet would run too.
    m_retry->setVisible(!going && hasCells(*m_sweep, WhatIfSweep::Cell::State::failed)
                        && !hasCells(*m_sweep, WhatIfSweep::Cell::State::queued));
    m_progress->setVisible(going);
    const int all = static_cast<int>(m_sweep->cells().size()), done = m_sweep->doneCount();
    m_progress->setRange(0, std::max(1, all));
    m_progress->setValue(done);
    m_metric->setEnabled(true);
    if (m_sweep->isEmpty()) {
        m_best->setEnabled(false);
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
    const WhatIfMetrics::Kind chosen = metric();
    const WhatIfAnswerPtr answer =
        m_sweep->layer() == m_model->layer() ? m_model->pinned() : nullptr;
    const double pinned = answer ? chosen.value(*answer, m_site) : kUnknown;
    plots::MatrixData matrix = matrixOf(*m_sweep, chosen, m_site, answer.get());
    QString title = tr("Sweep %1 × %2")
                        .arg(WhatIfSweep::pathTitle(m_sweep->rows().path),
                             WhatIfSweep::pathTitle(m_sweep->columns().path));
    if (m_sweep->groups())
        title += QStringLiteral(" × ") + WhatIfSweep::pathTitle(m_sweep->groups()->path);
    m_matrix->setTitle(title);
    m_matrix->setSubtitle(
        std::isnan(pinned)
            ? matrix.statistic
            : tr("%1, colour is Δ to the pinned %2")
                  .arg(matrix.statistic,
                       chosen.scientific ? significant(pinned) : number(pinned, chosen.decimals)));
    m_matrix->setReady();
    const std::optional<int> best = bestOf(matrix);
    m_best->setEnabled(best.has_value());
    m_matrix->setData(std::move(matrix));
    m_matrix->setMarked(m_sweep->presentCell(), best);
}

} // namespace batlab::views
