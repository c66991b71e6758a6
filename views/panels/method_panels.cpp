// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/method_panels.h"

#include "views/models/delta_text.h"
#include "views/models/paired_differences.h"
#include "views/models/site_texts.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"
#include "views/panels/compare_notes.h"
#include "views/panels/compare_page.h"
#include "views/panels/method_series.h"
#include "views/plots/paired_plot.h"
#include "views/plots/small_multiples.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

namespace batlab::views {

namespace {

QString siteText(Site site) { return qs(name(site)) + QLatin1Char(' ') + qs(title(site)); }

/// For the readout: how far each map's share at a cell is from the baseline's.
std::function<QString(int, int)> flowDifferences(std::vector<plots::MapItem> maps, SiteFlow base)
{
    return [maps = std::move(maps), base = std::move(base)](int to, int from) -> QString {
        const auto n = static_cast<std::size_t>(base.groups);
        const auto row = static_cast<std::size_t>(to), column = static_cast<std::size_t>(from);
        if (base.energyFlow.size() != n * n || row >= n || column >= n)
            return {};
        const double share = double(base.energyFlow[column * n + row]);
        QStringList parts;
        for (const plots::MapItem &map : maps) {
            const std::vector<float> &cells = map.data->levels.front().max;
            if (map.id != qs(base.variant) && cells.size() == n * n)
                parts.append(map.name + QLatin1Char(' ')
                             + deltaSignificant(double(cells[row * n + column]) - share));
        }
        if (parts.isEmpty())
            return {};
        return QStringLiteral("· Δ ") + parts.join(QStringLiteral(" · "));
    };
}

} // namespace

QString comparedText(const WorkbenchDocument &document, const QString &what)
{
    return ComparePage::tr("%1; Δ: to %2").arg(what, document.variantTitle(document.baseline()));
}

void prepareFlow(plots::SmallMultiplesHeatmap &plot)
{
    plot.setProfilesVisible(false);
    plot.colorScale()->setMap(plots::ColorMap::cividis);
    plot.colorScale()->setZeroIsBlank(true);
    plot.colorScale()->setNaturalLimits(0.001, 1); // of a share, whatever the layer
}

void showFlow(plots::SmallMultiplesHeatmap &plot, const WorkbenchDocument &document,
              const std::vector<std::string> &variants, int layer, Site site)
{
    std::vector<plots::MapItem> items;
    std::int64_t each = 1;
    const std::string baseline = ss(document.baseline());
    const auto flowOf = [&](const std::string &id) {
        return document.artifacts().siteFlow(id, LayerId { Branch::text, layer }, site);
    };
    const SiteFlow *base = flowOf(baseline);
    for (const std::string &id : variants) {
        const SiteFlow *flow = flowOf(id);
        const auto n = static_cast<std::size_t>(flow ? std::max<std::int64_t>(0, flow->groups) : 0);
        if (n == 0 || flow->energyFlow.size() != n * n)
            continue;
        each = flow->blocksPerGroup;
        plots::MapItem item = methodMap(document, id);
        std::vector<float> cells(n * n); // row: to, column: from
        for (std::size_t from = 0; from < n; ++from)
            for (std::size_t to = 0; to < n; ++to)
                cells[to * n + from] = flow->energyFlow[from * n + to];
        const double leaves = energyLeaving(*flow);
        item.noteIsWarning = energyLeaves(leaves);
        item.note = base && id != baseline
            ? flowNote(leaves, flow->condition, energyLeaving(*base), base->condition)
            : flowNote(leaves, flow->condition);
        item.data = std::make_shared<const LodPyramid>(
            LodPyramid::build(cells, static_cast<std::int64_t>(n), static_cast<std::int64_t>(n)));
        items.push_back(std::move(item));
    }
    const QString what =
        ComparePage::tr("share of a block's energy that the transform sends to each block, L%1 "
                        "%2; blank: exactly 0")
            .arg(layer)
            .arg(siteText(site));
    plot.setSubtitle(base && !items.empty() ? comparedText(document, what) : what);
    if (items.empty()) {
        plot.setMaps({}, {});
        const QString why = notOfLinears(site);
        plot.setEmpty(why.isEmpty() ? ComparePage::tr("No energy flow of this layer yet.") : why);
        return;
    }
    plots::HeatmapText text;
    text.rowAxis =
        each > 1 ? ComparePage::tr("To group of %1 blocks").arg(each) : ComparePage::tr("To block");
    text.columnAxis = each > 1 ? ComparePage::tr("From group of %1 blocks").arg(each)
                               : ComparePage::tr("From block");
    text.row = ComparePage::tr("to block");
    text.column = ComparePage::tr("from block");
    text.value = ComparePage::tr("share");
    if (base)
        text.note = flowDifferences(items, *base);
    plot.setReady();
    plot.setMaps(std::move(items), text);
}

void showDifferences(plots::PairedPlot &plot, const WorkbenchDocument &document,
                     const PairedTable &table)
{
    std::vector<plots::PairedStrip> strips;
    std::int64_t most = 0;
    for (const PairedRow &row : table.rows) {
        const plots::MapItem style = methodMap(document, row.variant);
        plots::PairedStrip strip {
            style.id, style.name, style.family, style.filled, { row.delta.begin(), row.delta.end() }
        };
        strip.mean = row.summary.mean;
        strip.low = row.summary.low;
        strip.high = row.summary.high;
        strip.p = row.corrected;
        strip.better = row.better;
        strip.pairs = row.pairs;
        most = std::max(most, row.pairs);
        strips.push_back(std::move(strip));
    }
    QStringList groups;
    for (const Site site : kLinearSites)
        groups.append(siteText(site));
    const QString baseline = document.variantTitle(qs(table.baseline));
    plot.setTitle(ComparePage::tr("Paired differences to %1").arg(baseline));
    const QString what =
        ComparePage::tr("output SQNR per layer and site, blue is better; %1 pairs, bootstrap "
                        "over layers, 10 000 draws")
            .arg(most);
    plot.setSubtitle(qs(table.baseline) == document.baseline()
                         ? what
                         : ComparePage::tr("%1 has no error to compare; %2")
                               .arg(document.variantTitle(document.baseline()), what));
    plot.setReady();
    plot.setStrips(
        std::move(strips),
        { groups, ComparePage::tr("dB"), ComparePage::tr("Layer"), ComparePage::tr("layer") });
}

} // namespace batlab::views
