// SPDX-License-Identifier: GPL-3.0-or-later
// The filter of places: one set of actions, shared by menu, palette and the context menus of maps
// and tables.
#include "app/gui/main_window.h"

#include "views/models/text.h"
#include "views/panels/compare_page.h"
#include "views/panels/detail_panel.h"
#include "views/panels/findings_panel.h"
#include "views/panels/inspect_map.h"
#include "views/panels/inspect_page.h"
#include "views/panels/sensitivity_panel.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/ridge_plot.h"
#include "views/plots/series_plot.h"
#include "views/plots/small_multiples.h"

#include <QTableView>

namespace batlab::app {

using views::PlaceTerm;

void MainWindow::registerFilterActions()
{
    views::ActionRegistry *r = m_workbench->actions();
    views::SelectionContext *selection = m_workbench->selection();
    views::PlaceFilter *filter = selection->filter();
    const auto open = [this] { return !m_workbench->document()->isEmpty(); };
    const auto filtered = [filter] { return !filter->isEmpty(); };
    const auto add = [&](const char *id, const QString &title, const QString &help,
                         std::function<void()> run, std::function<bool()> enabled) {
        r->add({ QLatin1String(id),
                 title,
                 QStringLiteral("Filter"),
                 {},
                 help,
                 std::move(run),
                 std::move(enabled),
                 {},
                 {} });
    };
    const auto layer = [selection, filter](bool keep) {
        const int at = selection->current().layer;
        filter->push({ keep, at, at, std::nullopt });
    };
    const auto site = [selection, filter](bool keep) {
        filter->push({ keep, 0, -1, selection->current().site });
    };
    add(
        "filter.keepLayer", tr("Only the selected layer"),
        tr("Maps, curves and tables show the selected layer alone"), [layer] { layer(true); },
        open);
    add(
        "filter.dropLayer", tr("Without the selected layer"),
        tr("Maps, curves and tables leave the selected layer out"), [layer] { layer(false); },
        open);
    add(
        "filter.keepSite", tr("Only the selected site"),
        tr("Maps, curves and tables show the selected site alone"), [site] { site(true); }, open);
    add(
        "filter.dropSite", tr("Without the selected site"),
        tr("Maps, curves and tables leave the selected site out"), [site] { site(false); }, open);
    add(
        "filter.keepRegion", tr("Only the layers of the rectangle"),
        tr("Maps, curves and tables show the layers of the rectangle on Inspect's map alone"),
        [this, filter] {
            const plots::HeatRegion region = m_inspect->map()->region();
            if (m_inspect->maps()->isByLayer())
                filter->push({ true, region.row0, region.row1, std::nullopt });
        },
        [this] {
            return m_inspect && m_inspect->maps()->isByLayer()
                && !m_inspect->map()->region().isEmpty();
        });
    add(
        "filter.undo", tr("Undo filter"), tr("Take the last step of the filter away"),
        [filter] { filter->pop(); }, filtered);
    add(
        "filter.reset", tr("Show everything"), tr("Take every step of the filter away"),
        [filter] { filter->reset(); }, filtered);
    connect(filter, &views::PlaceFilter::changed, r, &views::ActionRegistry::refresh);
}

void MainWindow::nameFilterActions()
{
    const views::Selection &s = m_workbench->selection()->current();
    const auto show = [this](const char *id, const PlaceTerm &term) {
        QString text = views::PlaceFilter::text(term);
        text.front() = text.front().toUpper();
        m_workbench->actions()->action(QLatin1String(id))->setText(text);
    };
    for (const bool keep : { true, false }) {
        show(keep ? "filter.keepLayer" : "filter.dropLayer",
             { keep, s.layer, s.layer, std::nullopt });
        show(keep ? "filter.keepSite" : "filter.dropSite", { keep, 0, -1, s.site });
    }
}

void MainWindow::offerFilterActions(views::FindingsPanel *findings)
{
    connect(m_workbench->selection(), &views::SelectionContext::changed, this,
            &MainWindow::nameFilterActions);
    nameFilterActions();
    const std::vector<QAction *> section =
        m_workbench->actions()->section(QStringLiteral("Filter"));
    const QList<QAction *> actions(section.begin(), section.end());
    for (plots::PlotWidget *plot : { static_cast<plots::PlotWidget *>(m_inspect->map()),
                                     static_cast<plots::PlotWidget *>(m_compare->multiples()),
                                     static_cast<plots::PlotWidget *>(m_compare->sqnr()),
                                     static_cast<plots::PlotWidget *>(m_compare->ridges()) })
        plot->addToMenu(actions);
    for (QTableView *table :
         { m_inspect->rankingView(), m_detail->sensitivity()->view(), findings->view() }) {
        table->setContextMenuPolicy(Qt::ActionsContextMenu);
        table->addActions(actions);
    }
    connect(m_inspect->map(), &plots::HeatmapPlot::regionChanged, m_workbench->actions(),
            &views::ActionRegistry::refresh);
}

} // namespace batlab::app
