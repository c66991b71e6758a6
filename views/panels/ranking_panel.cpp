// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/ranking_panel.h"

#include "views/models/selection_context.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"
#include "views/panels/cell_delegates.h"
#include "views/panels/table_follower.h"
#include "views/panels/table_kit.h"
#include "views/plots/theme.h"

#include <QHeaderView>
#include <QTableView>

#include <span>

namespace batlab::views {

namespace {
constexpr int kCoalesceMs = 360; ///< slower than the map: the whole table is ranked again
}

RankingPanel::RankingPanel(WorkbenchDocument *document, SelectionContext *selection,
                           QWidget *parent)
    : PanelFrame(tr("Bimodality"), parent)
    , m_document(document)
    , m_selection(selection)
    , m_model(new BimodalityModel(this))
    , m_view(makeTable(m_model, tr("Blocks ranked by bimodality"), this))
{
    m_view->setSortingEnabled(true);
    QHeaderView *header = m_view->horizontalHeader();
    header->setSortIndicator(BimodalityModel::Coefficient, Qt::DescendingOrder);
    m_view->setItemDelegateForColumn(
        BimodalityModel::Spark,
        new SparkCellDelegate(BimodalityModel::ValueRole, SparkCellDelegate::bars, m_view));
    m_view->setItemDelegateForColumn(BimodalityModel::Coefficient,
                                     new BarCellDelegate(BimodalityModel::ValueRole, 1.0, m_view));
    for (const int column : { BimodalityModel::DeltaCoefficient, BimodalityModel::DeltaSqnr })
        m_view->setItemDelegateForColumn(
            column,
            new DifferenceDelegate(BimodalityModel::ValueRole,
                                   column == BimodalityModel::DeltaSqnr ? 1 : -1, m_view));
    header->setSectionResizeMode(BimodalityModel::Spark, QHeaderView::Stretch);
    arrange();
    setContent(m_view);

    // Before the follower's: an old calculation is of another document.
    connect(document, &WorkbenchDocument::documentReset, this, [this] {
        m_task.cancel();
        m_model->setRows({});
        showTexts();
    });
    m_follower = new TableFollower(this, m_view, document, selection, kCoalesceMs,
                                   { [this] { rebuild(); }, [this] { showSelection(); },
                                     [this](int at) {
                                         const BimodalityRow &row = m_model->row(at);
                                         m_selection->setCell(row.layer, row.site, row.block);
                                     },
                                     [this](const Artifact &a) {
                                         const auto *stats = std::get_if<SiteStats>(&a);
                                         return stats && stats->variant == m_follower->variant();
                                     } });
    connect(header, &QHeaderView::sortIndicatorChanged, this, &RankingPanel::showTexts);
    showTexts();
}

void RankingPanel::rebuild()
{
    m_follower->taken();
    // Maps of shared, immutable artifacts: a copy is cheap and safe to read elsewhere.
    auto index = std::make_shared<const ArtifactIndex>(m_document->artifacts());
    m_task.start(
        [index, variant = m_follower->variant(), baseline = ss(m_document->baseline())] {
            return std::make_shared<std::vector<BimodalityRow>>(
                bimodalityRows(*index, variant, baseline));
        },
        [this](const std::shared_ptr<std::vector<BimodalityRow>> &rows) {
            take(std::move(*rows));
        });
}

void RankingPanel::flush()
{
    m_follower->taken();
    m_task.cancel();
    take(
        bimodalityRows(m_document->artifacts(), m_follower->variant(), ss(m_document->baseline())));
}

void RankingPanel::take(std::vector<BimodalityRow> rows)
{
    std::erase_if(rows, [filter = m_selection->filter()](const BimodalityRow &row) {
        return !filter->accepts(row.layer, row.site);
    });
    m_follower->quietly([&] { m_model->setRows(std::move(rows)); });
    arrange(); // columns of differences come and go with the baseline
    showTexts();
    showSelection();
}

void RankingPanel::showTexts()
{
    const int rows = m_model->rowCount();
    if (rows == 0) {
        setSubtitle({});
        setEmpty(m_selection->filter()->isEmpty() ? tr("No block statistics yet.")
                                                  : tr("No block statistics of the places that the "
                                                       "filter shows."));
        return;
    }
    setReady();
    const int column = m_model->sortColumn();
    const QString by = column == BimodalityModel::Valley ? tr("by valley depth")
        : column == BimodalityModel::Dip                 ? tr("by dip statistic")
        : column == BimodalityModel::Coefficient         ? tr("worst first")
                                                         : QString();
    setSubtitle(tr("%1 of %2 blocks with BC > 5/9").arg(count(m_model->bimodalCount()), count(rows))
                + (by.isEmpty() ? by : QStringLiteral(", ") + by));
}

void RankingPanel::showSelection()
{
    const Selection &s = m_selection->current();
    const int row = m_model->find(s.layer, s.site, s.block);
    m_follower->quietly([&] {
        if (row >= 0) {
            m_view->setCurrentIndex(m_model->index(row, 0));
            m_view->scrollTo(m_model->index(row, 0));
        } else {
            m_view->clearSelection();
        }
    });
}

void RankingPanel::goToWorst()
{
    if (m_follower->isStale() || m_task.isRunning())
        flush();
    if (m_model->rowCount() == 0)
        return;
    m_view->sortByColumn(BimodalityModel::Coefficient, Qt::DescendingOrder);
    const BimodalityRow &row = m_model->row(0);
    m_selection->setCell(row.layer, row.site, row.block);
}

void RankingPanel::resizeEvent(QResizeEvent *event)
{
    PanelFrame::resizeEvent(event);
    arrange();
}

void RankingPanel::arrange()
{
    // Every column is as wide as its header and its figures ask for; what does not fit beside the
    // sparkline leaves, secondary columns first (design 5).
    const QHeaderView *header = m_view->horizontalHeader();
    const auto wide = [header](int column, int least) {
        return sectionWidth(header, column, least);
    };
    struct Column
    {
        int column, least;
    };
    int need = 0;
    for (const auto &[column, least] :
         { Column { BimodalityModel::Rank, 44 }, Column { BimodalityModel::Place, 116 },
           Column { BimodalityModel::Coefficient, 60 },
           Column { BimodalityModel::PeakMedian, 76 } }) {
        m_view->setColumnWidth(column, wide(column, least));
        need += wide(column, least);
    }
    need += wide(BimodalityModel::Spark, 64) + plots::px(18); // and the scroll bar
    const Column differences[] { { BimodalityModel::DeltaSqnr, 70 },
                                 { BimodalityModel::DeltaCoefficient, 76 } },
        figures[] { { BimodalityModel::Valley, 64 },
                    { BimodalityModel::Dip, 62 },
                    { BimodalityModel::Sqnr, 64 } };
    const auto show = [&](std::span<const Column> columns, bool wanted) {
        for (const auto &[column, least] : columns) {
            need += wanted ? wide(column, least) : 0;
            m_view->setColumnHidden(column, !wanted || need > width());
            m_view->setColumnWidth(column, wide(column, least));
        }
    };
    // Whoever pinned a method wants to see the difference first.
    const bool pinned = m_document->baseline() != QLatin1String(kReference);
    if (pinned)
        show(differences, m_model->hasDeltas());
    show(figures, true);
    if (!pinned)
        show(differences, m_model->hasDeltas());
    const int bar = plots::px(92) - m_view->columnWidth(BimodalityModel::Coefficient);
    if (bar > 0 && need + bar <= width())
        m_view->setColumnWidth(BimodalityModel::Coefficient, plots::px(92));
}

} // namespace batlab::views
