// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/ablate_page.h"

#include "core/base/json_text.h"
#include "views/models/core_text.h"
#include "views/models/fallback_model.h"
#include "views/models/selection_context.h"
#include "views/models/site_texts.h"
#include "views/models/text.h"
#include "views/models/what_if_model.h"
#include "views/models/workbench_document.h"
#include "views/panels/cost_panel.h"
#include "views/panels/fallback_panel.h"
#include "views/panels/metrics_panel.h"
#include "views/panels/panel_frame.h"
#include "views/panels/spec_difference_dialog.h"
#include "views/panels/sweep_panel.h"
#include "views/panels/ui_kit.h"
#include "views/panels/what_if_form.h"
#include "views/panels/what_if_history_panel.h"
#include "views/plots/block_delta_plot.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QVBoxLayout>

namespace batlab::views {

namespace {

constexpr int kNarrow = 1220; ///< of the page: cost and history become tabs (design 5)

} // namespace

AblatePage::AblatePage(WorkbenchDocument *document, SelectionContext *selection,
                       PresetLibrary presets, QWidget *parent)
    : QWidget(parent)
    , m_document(document)
    , m_selection(selection)
    , m_model(new WhatIfModel(document->undoStack(), std::move(presets), this))
    , m_stack(new QStackedWidget(this))
    , m_empty(new PanelFrame(tr("What if"), this))
    , m_columns(makeSplitter(Qt::Horizontal, QStringLiteral("ablateColumns"), this))
    , m_form(new WhatIfForm(m_model, this))
    , m_metrics(new MetricsPanel(m_model, this))
    , m_blocks(new plots::BlockDeltaPlot(tr("SQNR by block"), this))
    , m_lower(new QTabWidget(this))
    , m_sweep(new SweepPanel(document, m_model, this))
    , m_fallback(new FallbackPanel(document, m_model, this))
    , m_right(makeSplitter(Qt::Vertical, QStringLiteral("ablateRight"), this))
    , m_rightTabs(new QTabWidget(this))
    , m_cost(new CostPanel(m_model, this))
    , m_history(new WhatIfHistoryPanel(m_model, document->undoStack(), this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_stack);
    for (QTabWidget *tabs : { m_lower, m_rightTabs }) {
        tabs->setDocumentMode(true);
        tabs->tabBar()->setDrawBase(false);
        tabs->tabBar()->setFont(plots::tableFont());
    }
    m_lower->addTab(m_sweep, tr("Sweep"));
    m_lower->addTab(m_fallback, tr("Fallback"));
    m_lower->tabBar()->setAccessibleName(tr("Sweep or fallback"));
    m_rightTabs->tabBar()->setAccessibleName(tr("Cost or history"));
    auto *centre = makeSplitter(Qt::Vertical, QStringLiteral("ablateCentre"), m_columns);
    centre->addWidget(m_metrics);
    centre->addWidget(m_blocks);
    centre->addWidget(m_lower);
    centre->setSizes({ 262, 220, 396 });
    auto *side = new QWidget(m_columns);
    auto *sideColumn = new QVBoxLayout(side);
    sideColumn->setContentsMargins(0, 0, 0, 0);
    sideColumn->addWidget(m_right);
    sideColumn->addWidget(m_rightTabs);
    m_rightTabs->hide();
    m_right->addWidget(m_cost);
    m_right->addWidget(m_history);
    m_columns->addWidget(m_form);
    m_columns->addWidget(centre);
    m_columns->addWidget(side);
    m_columns->setStretchFactor(1, 1);
    m_form->setMinimumWidth(plots::px(354)); // what its widest row needs
    side->setMinimumWidth(plots::px(246));
    m_columns->setSizes({ plots::px(368), plots::px(660), plots::px(332) });
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_columns);

    m_timer.setSingleShot(true);
    m_timer.setInterval(0);
    connect(&m_timer, &QTimer::timeout, this, &AblatePage::rebase);
    connect(document, &WorkbenchDocument::documentReset, this, [this] {
        m_preset.clear();
        m_model->clear();
        later();
    });
    connect(document, &WorkbenchDocument::runsChanged, this, &AblatePage::later);
    connect(document, &WorkbenchDocument::baselineChanged, this, &AblatePage::later);
    connect(document, &WorkbenchDocument::artifactsAdded, this,
            [this](const std::vector<ArtifactPtr> &artifacts) {
                for (const ArtifactPtr &a : artifacts) {
                    if (std::holds_alternative<VariantInfo>(*a)
                        || std::holds_alternative<ModelSummary>(*a)) {
                        later();
                        return;
                    }
                }
            });
    connect(selection, &SelectionContext::changed, this,
            [this](const Selection &now, const Selection &before) {
                if (now.variant != before.variant) {
                    m_preset.clear();
                    later();
                }
                m_model->setLayer(now.layer);
                showSite();
                showBlocks();
            });
    connect(m_model, &WhatIfModel::answerChanged, this, &AblatePage::showBlocks);
    connect(m_model, &WhatIfModel::changed, this,
            [this] { m_blocks->setStale(m_model->isStale()); });
    connect(m_form, &WhatIfForm::startChosen, this, [this](const QString &id, bool preset) {
        m_preset = preset ? id : QString();
        if (!preset)
            m_selection->setVariant(id);
        later();
    });
    connect(m_form, &WhatIfForm::queueRequested, this, &AblatePage::queueAsRun);
    connect(m_form, &WhatIfForm::copyRequested, this, &AblatePage::copyCommand);
    connect(m_empty, &PanelFrame::actionTriggered, this, &AblatePage::runRequested,
            Qt::QueuedConnection);
    connect(m_blocks, &plots::BlockDeltaPlot::blockSelected, selection,
            &SelectionContext::setBlock);
    connect(m_blocks, &plots::PlotWidget::readout, this, &AblatePage::readout);
    connect(m_blocks, &plots::PlotWidget::retryRequested, m_model, &WhatIfModel::retry,
            Qt::QueuedConnection);
    connect(m_sweep, &SweepPanel::readout, this, &AblatePage::readout);
    connect(m_fallback, &FallbackPanel::readout, this, &AblatePage::readout);
    m_model->setLayer(selection->current().layer);
    showSite();
    rebase();
}

AblatePage::~AblatePage() = default;

SpecDifferenceDialog *AblatePage::differenceDialog() const { return m_dialog; }

void AblatePage::setAsk(Ask ask)
{
    m_ask = ask;
    m_model->setAsk(std::move(ask));
}

void AblatePage::setWorkspace(std::function<QString()> workspace)
{
    m_workspace = std::move(workspace);
}

QString AblatePage::emptyText() const
{
    return m_stack->currentWidget() == m_empty ? m_empty->emptyText() : QString();
}

void AblatePage::later()
{
    m_stale = true;
    if (isVisible())
        m_timer.start();
}

void AblatePage::flush()
{
    if (m_stale)
        rebase();
}

void AblatePage::rebase()
{
    m_timer.stop();
    m_stale = false;
    const PresetLibrary &presets = m_model->presets();
    const QString workspace = m_workspace ? m_workspace() : QString();
    const auto ofVariant = [&](const QString &id) -> std::optional<WhatIfBase> {
        if (id.isEmpty() || id == QLatin1String(kReference))
            return {};
        Result<WhatIfBase> base = baseOfVariant(*m_document, id, presets, workspace);
        return base ? std::optional(*std::move(base)) : std::nullopt;
    };
    std::optional<WhatIfBase> base;
    if (m_preset.isEmpty()) {
        // The selected variant; where that is the reference, the last one that has a recipe.
        base = ofVariant(m_selection->current().variant);
        const std::vector<const VariantInfo *> variants = m_document->artifacts().variants();
        for (auto at = variants.rbegin(); !base && at != variants.rend(); ++at)
            base = ofVariant(qs((*at)->id));
    }
    const bool model = m_document->artifacts().model() || !m_document->runs().empty();
    if (!base && model) {
        const QString preset = m_preset.isEmpty() ? QStringLiteral("bat") : m_preset;
        if (Result<WhatIfBase> made = baseOfPreset(*m_document, preset, presets, workspace))
            base = *std::move(made);
    }
    m_model->setBaseline(ofVariant(m_document->baseline()));
    const QString id = base ? base->variant : QString();
    const bool preset = base && base->run.isEmpty() && !m_document->artifacts().variant(ss(id));
    m_model->setBase(std::move(base));
    std::vector<WhatIfForm::Start> starts;
    for (const VariantInfo *info : m_document->artifacts().variants()) {
        if (info->id != kReference && info->family != "reference")
            starts.push_back({ qs(info->id), m_document->variantTitle(qs(info->id)), false });
    }
    if (m_presetTitles.empty())
        for (const std::string &one : presets.ids()) {
            const Result<Recipe> recipe = presets.find(one);
            m_presetTitles.emplace_back(
                qs(one), recipe && !recipe->title.empty() ? qs(recipe->title) : qs(one));
        }
    for (const auto &[name, title] : m_presetTitles)
        starts.push_back({ name, title, true });
    m_form->setStarts(starts, id, preset || !m_preset.isEmpty());
    if (m_model->base())
        m_stack->setCurrentWidget(m_columns);
    else {
        m_empty->setEmpty(tr("Nothing to vary yet: a what-if needs a model and its calibration "
                             "tokens, which a first run makes."),
                          tr("New run…"));
        m_stack->setCurrentWidget(m_empty);
    }
    showBlocks();
}

void AblatePage::showSite()
{
    const Site site = m_selection->current().site;
    if (!feedsLinears(site))
        return; // they keep the site they have
    m_metrics->setSite(site);
    m_sweep->setSite(site);
    m_cost->setSite(site);
}

void AblatePage::showBlocks()
{
    const Selection &s = m_selection->current();
    if (const QString why = notOfLinears(s.site); !why.isEmpty()) {
        m_blocks->setSubtitle({});
        m_blocks->setEmpty(why);
        return;
    }
    const WhatIfAnswerPtr now = m_model->answer(), pinned = m_model->pinned();
    const WhatIfSite *after = now ? now->site(s.site) : nullptr;
    const WhatIfSite *before = pinned ? pinned->site(s.site) : nullptr;
    if (const auto &error = m_model->error()) {
        m_blocks->setError(coreText(qs(error->what)), coreText(*error));
        return;
    }
    if (!after && !before) {
        m_blocks->setEmpty(m_model->isBusy() ? tr("Scoring…") : tr("No score yet."));
        return;
    }
    plots::BlockPair pair;
    pair.before = before ? before->blockSqnrDb : std::vector<float>();
    pair.after = after ? after->blockSqnrDb : std::vector<float>();
    pair.beforeName = tr("pinned %1").arg(m_model->pinnedTitle());
    pair.afterName = tr("what if");
    pair.axis = tr("dB");
    pair.unit = tr("dB");
    if (m_model->current()) {
        const Recipe &recipe = m_model->current()->variants.front().recipe;
        pair.family = qs(recipe.family);
        pair.filled = recipe.filled;
    }
    m_blocks->setReady();
    m_blocks->setData(std::move(pair));
    m_blocks->setStale(m_model->isStale());
    m_blocks->setSelectedBlock(s.block);
    m_blocks->setSubtitle(tr("%1 %2, what if against the pinned, %3 of %4 blocks better")
                              .arg(qs(name(s.site)), qs(title(s.site)))
                              .arg(m_blocks->betterCount())
                              .arg(after ? after->blockSqnrDb.size() : 0));
}

Json AblatePage::viewState() const
{
    Json out = m_model->viewState();
    out["preset"] = ss(m_preset);
    out["sweep"] = m_sweep->viewState();
    out["fallback"] = m_fallback->fallback()->edits();
    return out;
}

void AblatePage::restoreViewState(const Json &state)
{
    if (!state.is_object())
        return;
    m_preset = qs(textAt(state, "preset"));
    rebase();
    m_model->restoreViewState(state);
    if (state.contains("fallback"))
        m_fallback->fallback()->restoreEdits(state["fallback"]);
    if (state.contains("sweep"))
        m_sweep->restoreViewState(state["sweep"]);
}

void AblatePage::queueAsRun()
{
    const WhatIfBase *base = m_model->base();
    if (!base || m_dialog)
        return;
    const Result<RunSpec> spec = queuedSpec(*base, m_model->changes(), m_model->presets());
    if (!spec || m_model->changes().empty())
        return;
    const QString title = qs(spec->variants.front().recipe.title);
    const QString from =
        base->run.isEmpty() ? base->title : tr("%1 of %2").arg(base->title, base->run);
    m_dialog = new SpecDifferenceDialog(
        from, changeRows(*base, m_model->changes()),
        tr("The whole recipe runs: training, GPTQ, recovery and tuning included, on all layers, "
           "then the evaluation."),
        this);
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    const Json json = spec->toJson();
    connect(m_dialog, &QDialog::accepted, this,
            [this, json, text = tr("what-if from %1: %2").arg(from, title)] {
                Q_EMIT queueRequested(json, text);
            });
    connect(m_dialog, &SpecDifferenceDialog::preflightRequested, this,
            [this, json] { checkRun(json); });
    checkRun(json);
    m_dialog->show();
}

void AblatePage::checkRun(const Json &spec)
{
    m_dialog->setChecking();
    const QString workspace = m_workspace ? m_workspace() : QString();
    if (m_ask)
        m_ask("preflight",
              { { "ask", "preflight" }, { "spec", spec }, { "workspace", ss(workspace) } },
              [dialog = m_dialog](const Result<Json> &answer) {
                  if (dialog)
                      dialog->setPreflight(answer);
              });
}

QString AblatePage::command() const
{
    const WhatIfBase *base = m_model->base();
    return base ? whatIfCommand(*base, m_model->changes(), m_model->presets(), m_document->path())
                : QString();
}

void AblatePage::copyCommand()
{
    const QString line = command();
    if (line.isEmpty())
        return;
    QApplication::clipboard()->setText(line);
    Q_EMIT readout(tr("Copied: %1").arg(line));
}

void AblatePage::arrange(bool narrow)
{
    if (narrow == m_narrow)
        return;
    m_narrow = narrow;
    if (narrow) {
        m_rightTabs->addTab(m_cost, tr("Cost"));
        m_rightTabs->addTab(m_history, tr("History"));
        m_right->hide();
        m_rightTabs->show();
        m_cost->show();
    } else {
        m_right->addWidget(m_cost);
        m_right->addWidget(m_history);
        m_rightTabs->hide();
        m_right->show();
        m_cost->show();
        m_history->show();
    }
    const int form = plots::px(368), side = plots::px(narrow ? 256 : 332);
    m_columns->setSizes({ form, width() - form - side, side });
}

void AblatePage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    flush();
    m_model->setActive(true);
    m_cost->setActive(true);
}

void AblatePage::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_model->setActive(false);
    m_cost->setActive(false);
}

void AblatePage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange(width() < plots::px(kNarrow));
}

} // namespace batlab::views
