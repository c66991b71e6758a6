// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/evaluate_page.h"

#include "views/models/divergence_text.h"
#include "views/models/evaluation_model.h"
#include "views/models/selection_context.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"
#include "views/panels/evaluation_texts.h"
#include "views/panels/method_series.h"
#include "views/panels/panel_tabs.h"
#include "views/panels/recovery_panel.h"
#include "views/panels/samples_panel.h"
#include "views/panels/ui_kit.h"
#include "views/panels/windows_panel.h"
#include "views/plots/divergence_plot.h"
#include "views/plots/series_plot.h"

#include <QSplitter>
#include <QVBoxLayout>

#include <cmath>
#include <utility>

namespace batlab::views {

namespace {
constexpr int kCoalesceMs = 200;
constexpr double kZ95 = 1.959964;
} // namespace

EvaluatePage::EvaluatePage(WorkbenchDocument *document, SelectionContext *selection,
                           QWidget *parent)
    : QWidget(parent)
    , m_document(document)
    , m_selection(selection)
    , m_texts(new EvaluationTexts(this))
    , m_recovery(new RecoveryPanel(document, selection, this))
    , m_divergence(new plots::DivergencePlot(tr("Divergence"), this))
    , m_wrong(makeErrorPlot(this))
    , m_windows(new WindowsPanel(document, selection, m_texts, this))
    , m_samples(new SamplesPanel(document, selection, this))
    , m_drill(new PanelTabs(tr("Drill-down"), this))
{
    m_divergence->addHeaderWidget(m_texts->makeBox(m_divergence));
    m_drill->add(tr("Windows"), tr("The selected variant window by window"), m_windows);
    m_drill->add(tr("Samples"), tr("What flipped in imported results"), m_samples);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    auto *rows = makeSplitter(Qt::Vertical, QStringLiteral("evaluateRows"), this);
    rows->addWidget(m_recovery);
    auto *lower = makeSplitter(Qt::Horizontal, QStringLiteral("evaluateColumns"), rows);
    lower->addWidget(m_divergence);
    lower->addWidget(m_wrong);
    lower->addWidget(m_drill);
    lower->setSizes({ 340, 300, 400 });
    rows->addWidget(lower);
    rows->setSizes({ 440, 440 });
    column->addWidget(rows);

    m_rebuild.setSingleShot(true);
    m_rebuild.setInterval(kCoalesceMs);
    connect(&m_rebuild, &QTimer::timeout, this, &EvaluatePage::rebuild);
    connect(document, &WorkbenchDocument::documentReset, this, [this] {
        m_texts->reset(m_document->artifacts()); // at once: a reopened view chooses among them
        invalidate();
    });
    connect(document, &WorkbenchDocument::baselineChanged, this, &EvaluatePage::invalidate);
    connect(document, &WorkbenchDocument::guestsChanged, this, &EvaluatePage::invalidate);
    connect(document, &WorkbenchDocument::artifactsAdded, this,
            [this](const std::vector<ArtifactPtr> &artifacts) {
                for (const ArtifactPtr &a : artifacts) {
                    if (std::holds_alternative<EvaluationResult>(*a)
                        || std::holds_alternative<VariantInfo>(*a))
                        return invalidate();
                    m_errorsStale = m_errorsStale || std::holds_alternative<LayerDone>(*a);
                }
                if (m_errorsStale && isVisible() && !m_rebuild.isActive())
                    m_rebuild.start();
            });
    connect(selection, &SelectionContext::changed, this,
            [this](const Selection &now, const Selection &before) {
                if (!isVisible()) {
                    m_stale = m_stale || now.variant != before.variant;
                    return;
                }
                if (now.variant != before.variant)
                    follow();
                m_wrong->setCursor(now.layer);
            });
    connect(m_recovery, &PanelFrame::actionTriggered, this, &EvaluatePage::runRequested);
    connect(m_recovery, &RecoveryPanel::importRequested, this, &EvaluatePage::importRequested);
    connect(m_recovery, &RecoveryPanel::saveFailed, this, &EvaluatePage::saveFailed);
    connect(m_samples, &PanelFrame::actionTriggered, this, &EvaluatePage::importRequested);
    for (plots::PlotWidget *plot : { static_cast<plots::PlotWidget *>(m_divergence),
                                     static_cast<plots::PlotWidget *>(m_wrong) })
        connect(plot, &plots::PlotWidget::readout, this, &EvaluatePage::readout);
    connect(m_texts, &EvaluationTexts::currentChanged, this, [this] {
        rebuildDivergence();
        m_windows->rebuild();
    });
    connect(m_windows, &WindowsPanel::readout, this, &EvaluatePage::readout);
    connect(m_divergence, &plots::DivergencePlot::rowSelected, selection,
            &SelectionContext::setVariant);
    connect(m_wrong, &plots::SeriesPlot::pointSelected, this, [this](const QString &id, double x) {
        Selection s = m_selection->current();
        s.variant = id.section(QLatin1Char('/'), 0, 0);
        s.layer = static_cast<int>(std::lround(x));
        m_selection->set(s);
    });
}

EvaluationModel *EvaluatePage::model() const { return m_recovery->model(); }

bool EvaluatePage::isSettled() const
{
    return !m_stale && !m_rebuild.isActive() && m_recovery->isSettled();
}

void EvaluatePage::copyAs(TableFormat format)
{
    whenSettled([this, format] { m_recovery->copyAs(format); });
}

void EvaluatePage::saveTable()
{
    whenSettled([this] { m_recovery->save(); });
}

void EvaluatePage::whenSettled(std::function<void()> act)
{
    flush(); // the page may just have been opened
    if (m_recovery->isSettled())
        act();
    else // its intervals are being drawn
        QTimer::singleShot(30, this, [this, act = std::move(act)] { whenSettled(act); });
}

void EvaluatePage::setCurrentPanel(QWidget *panel) { m_drill->setCurrent(panel); }

void EvaluatePage::invalidate()
{
    m_stale = true;
    if (isVisible())
        m_rebuild.start();
}

void EvaluatePage::flush()
{
    if (m_stale || m_errorsStale || m_rebuild.isActive())
        rebuild();
}

void EvaluatePage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if ((m_stale || m_errorsStale) && !m_rebuild.isActive())
        QTimer::singleShot(0, this, &EvaluatePage::flush); // the page appears first
}

void EvaluatePage::rebuild()
{
    m_rebuild.stop();
    if (!std::exchange(m_stale, false)) // layers of a running job: the rest stays as it is read
        return rebuildErrors();
    m_recovery->rebuild();
    follow();
    m_samples->rebuild();
}

void EvaluatePage::rebuildErrors()
{
    m_errorsStale = false;
    std::vector<std::string> all;
    for (const VariantInfo *info : m_document->artifacts().variants())
        all.push_back(info->id);
    showErrors(*m_wrong, *m_document, all, m_selection->current().variant);
    m_wrong->setCursor(m_selection->current().layer);
}

void EvaluatePage::follow()
{
    rebuildErrors();
    m_texts->rebuild(m_document->artifacts());
    rebuildDivergence();
    m_windows->rebuild();
}

void EvaluatePage::rebuildDivergence()
{
    const ArtifactIndex &index = m_document->artifacts();
    const QString selected = m_selection->current().variant;
    std::vector<plots::Divergence> rows;
    const EvaluationResult *detail = nullptr, *pin = nullptr;
    const QString task = m_texts->current();
    for (const EvaluationResult *r : index.evaluations()) {
        if (r->metric != "perplexity" || r->windowKld.empty() || qs(r->task) != task)
            continue;
        const plots::Series style = methodSeries(*m_document, r->variant, selected);
        rows.push_back({ style.id, style.name, style.family, style.filled, r->kld,
                         kZ95 * r->kldStandardError, 100 * r->top1Agreement });
        if (style.emphasised || !detail)
            detail = r;
        if (style.baseline)
            pin = r;
    }
    for (plots::Divergence &row : rows)
        if (pin && row.id != m_document->baseline()) {
            row.deltaKld = row.kld - pin->kld;
            row.deltaTop1 = row.top1 - 100 * pin->top1Agreement;
        }
    m_divergence->setTitle(tr("Divergence from the reference"));
    if (!detail) {
        m_divergence->setSubtitle({});
        m_divergence->setRows({}, {});
        m_divergence->setEmpty(tr("No evaluation of a quantized variant yet."));
        return;
    }
    m_divergence->setSubtitle(tr("%1, mean over windows ± half of the 95 % interval").arg(task));
    m_divergence->setReady();
    m_divergence->setSelected(selected);
    m_divergence->setRows(std::move(rows),
                          divergenceNotes(*detail, m_document->variantTitle(qs(detail->variant)),
                                          pin == detail ? nullptr : pin,
                                          m_document->variantTitle(m_document->baseline())));
}

} // namespace batlab::views
