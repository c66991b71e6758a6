// SPDX-License-Identifier: GPL-3.0-or-later
// Actions that lead to a panel of a page, or take what it shows: in the palette, and with keys of
// one's choice.
#include "app/gui/main_window.h"

#include "views/models/fallback_model.h"
#include "views/panels/ablate_page.h"
#include "views/panels/compare_page.h"
#include "views/panels/detail_panel.h"
#include "views/panels/evaluate_page.h"
#include "views/panels/fallback_panel.h"
#include "views/panels/inspect_map.h"
#include "views/panels/inspect_page.h"
#include "views/panels/panel_frame.h"
#include "views/panels/samples_panel.h"
#include "views/panels/sensitivity_panel.h"
#include "views/panels/training_plot.h"
#include "views/panels/windows_panel.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/paired_plot.h"
#include "views/plots/ridge_plot.h"
#include "views/plots/series_plot.h"
#include "views/plots/small_multiples.h"

#include <QTabWidget>

namespace batlab::app {

void MainWindow::addPanelAction(const char *id, const char *section, const QString &title,
                                const QString &help, std::function<void()> run,
                                std::function<bool()> enabled)
{
    if (!enabled)
        enabled = [this] { return !m_workbench->document()->isEmpty(); };
    m_workbench->actions()->add({ QLatin1String(id),
                                  title,
                                  QLatin1String(section),
                                  {},
                                  help,
                                  std::move(run),
                                  std::move(enabled),
                                  {},
                                  {} });
}

void MainWindow::registerPanelActions()
{
    const char *const ablate = "Ablate", *const evaluate = "Evaluate";
    addPanelAction("edit.copyLatex", "Edit", tr("Copy recovery table as LaTeX"),
                   tr("Copy the recovery table as it is shown, with contract and footnotes"),
                   [this] { m_evaluate->copyAs(TableFormat::latex); });
    addPanelAction("edit.copyCsv", "Edit", tr("Copy recovery table as CSV"),
                   tr("Copy the recovery table, numbers in full"),
                   [this] { m_evaluate->copyAs(TableFormat::csv); });
    addPanelAction("edit.saveRecovery", "Edit", tr("Save recovery table…"),
                   tr("Save the recovery table as Markdown, LaTeX or CSV"),
                   [this] { m_evaluate->saveTable(); });
    registerInspectActions();
    registerCompareActions();
    const auto fallback = [this] {
        setPage(Ablate);
        m_ablate->lowerTabs()->setCurrentWidget(m_ablate->fallback());
        return m_ablate->fallback();
    };
    addPanelAction("fallback.suggest", ablate, tr("Suggest which places keep more bits"),
                   tr("Raise where a bit takes away the most error, until the budget is used"),
                   [fallback] { fallback()->suggest(); });
    addPanelAction(
        "fallback.apply", ablate, tr("Apply which places keep more bits"),
        tr("Write this precision into the what-if"), [fallback] { fallback()->apply(); },
        [this] { return m_ablate && m_ablate->fallback()->fallback()->hasUnapplied(); });
    const auto drill = [this](QWidget *panel) {
        setPage(Evaluate);
        m_evaluate->setCurrentPanel(panel);
    };
    addPanelAction("evaluate.windows", evaluate, tr("Windows"),
                   tr("The selected variant window by window"),
                   [this, drill] { drill(m_evaluate->windows()); });
    addPanelAction("evaluate.samples", evaluate, tr("Samples"),
                   tr("What flipped in imported results"),
                   [this, drill] { drill(m_evaluate->samples()); });
}

void MainWindow::registerInspectActions()
{
    const char *const inspect = "Inspect";
    using Map = views::InspectMap;
    const struct
    {
        const char *id;
        Map::Mode mode;
        QString title, help;
    } modes[] = {
        { "inspect.layerBlock", Map::LayerBlock, tr("Map: layer × block"),
          tr("Energy of every block, layer by layer") },
        { "inspect.layerBlockDelta", Map::LayerBlockDelta, tr("Map: layer × block, Δ"),
          tr("Difference of every block to the pinned baseline, dB") },
        { "inspect.tokenBlock", Map::TokenBlock, tr("Map: token × block"),
          tr("Energy of every block of the layer, token by token") },
        { "inspect.tokenBlockError", Map::TokenBlockError, tr("Map: token × block, error"),
          tr("What quantizing does to every block, token by token") },
        { "inspect.tokenChannel", Map::TokenChannel, tr("Map: token × channel"),
          tr("Magnitude of every channel of the layer, token by token") },
    };
    for (const auto &m : modes)
        addPanelAction(m.id, inspect, m.title, m.help, [this, mode = m.mode] {
            setPage(Inspect);
            m_inspect->maps()->setMode(mode);
        });
    const auto stage = [this](bool before) {
        setPage(Inspect);
        m_inspect->maps()->setBefore(before);
    };
    addPanelAction("inspect.before", inspect, tr("Map before the transform"),
                   tr("The model's own numbers"), [stage] { stage(true); });
    addPanelAction("inspect.after", inspect, tr("Map after the transform"),
                   tr("What enters the quantizer"), [stage] { stage(false); });
    const auto left = [this](bool tokens) {
        setPage(Inspect);
        m_inspect->showTokens(tokens);
    };
    addPanelAction("inspect.blocks", inspect, tr("Blocks ranked by bimodality"),
                   tr("The ranking, in the place of the tokens"), [left] { left(false); });
    addPanelAction("inspect.tokens", inspect, tr("Tokens, coloured"),
                   tr("The sample's tokens, in the place of the ranking"), [left] { left(true); });
    const auto copied = [this](void (views::SensitivityPanel::*copy)() const) {
        views::SensitivityPanel *panel = m_detail->sensitivity();
        panel->flush(); // nobody may have looked at it yet
        (panel->*copy)();
    };
    addPanelAction("sensitivity.copyTable", inspect, tr("Copy the sensitivity table (TSV)"),
                   tr("The rows of the selected variant as they are filtered and sorted"),
                   [copied] { copied(&views::SensitivityPanel::copyTable); });
    addPanelAction("sensitivity.copyExclude", inspect, tr("Copy the sensitivity's exclude list"),
                   tr("Names of the shown rows' modules, for the ignore list of other tools"),
                   [copied] { copied(&views::SensitivityPanel::copyExcludeList); });
    addPanelAction("sensitivity.copyPrecision", inspect,
                   tr("Copy the sensitivity as lines of the stage precision"),
                   tr("The shown rows as overrides of a recipe"),
                   [copied] { copied(&views::SensitivityPanel::copyPrecisionLines); });
}

void MainWindow::registerCompareActions()
{
    const struct
    {
        const char *id;
        QString title, help;
        std::function<QWidget *()> panel;
    } panels[] = {
        { "compare.error", tr("Error by layer"), tr("Output error of the linears at the site"),
          [this] { return m_compare->sqnr(); } },
        { "compare.wrongLayer", tr("First wrong layer"),
          tr("Where the error of the residual stream crosses a threshold"),
          [this] { return m_compare->wrongLayer(); } },
        { "compare.distributions", tr("Distributions"),
          tr("Values ÷ block scale, layer above layer"), [this] { return m_compare->ridges(); } },
        { "compare.training", tr("Training"), tr("Losses of training by step"),
          [this] { return m_compare->training(); } },
        { "compare.flow", tr("Energy flow"), tr("Which blocks a transform sends energy to"),
          [this] { return m_compare->flow(); } },
        { "compare.histogram", tr("Block histogram"), tr("The selected block under each variant"),
          [this] { return m_compare->histogramPanel(); } },
        { "compare.tokens", tr("By token"), tr("Energy of each sample token's blocks"),
          [this] { return m_compare->tokenMap(); } },
        { "compare.paired", tr("Paired differences"),
          tr("Each layer and site against the baseline"), [this] { return m_compare->paired(); } },
        { "compare.specs", tr("Spec differences"), tr("What the variants' specs differ in"),
          [this] { return m_compare->specPanel(); } },
    };
    for (const auto &p : panels)
        addPanelAction(p.id, "Compare", p.title, p.help, [this, panel = p.panel] {
            setPage(Compare);
            m_compare->setCurrentPanel(panel());
        });
}

} // namespace batlab::app
