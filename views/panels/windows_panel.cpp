// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/windows_panel.h"

#include "views/models/guest_session.h"
#include "views/models/selection_context.h"
#include "views/models/text.h"
#include "views/models/windows_model.h"
#include "views/models/workbench_document.h"
#include "views/panels/cell_delegates.h"
#include "views/panels/evaluation_texts.h"
#include "views/panels/method_series.h"
#include "views/panels/table_copy.h"
#include "views/panels/ui_kit.h"
#include "views/plots/series_plot.h"
#include "views/plots/theme.h"

#include <QHeaderView>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include <cmath>

namespace batlab::views {

namespace {

const EvaluationResult *perplexityOf(const ArtifactIndex &index, const std::string &variant,
                                     const std::string &task)
{
    for (const EvaluationResult *r : index.evaluations())
        if (r->variant == variant && r->task == task && r->metric == "perplexity"
            && !r->windowNll.empty())
            return r;
    return nullptr;
}

} // namespace

WindowsPanel::WindowsPanel(WorkbenchDocument *document, SelectionContext *selection,
                           EvaluationTexts *texts, QWidget *parent)
    : PanelFrame(tr("Windows"), parent)
    , m_document(document)
    , m_selection(selection)
    , m_texts(texts)
    , m_model(new WindowsModel(this))
    , m_plot(new plots::SeriesPlot(tr("Δ NLL by window"), this))
    , m_view(new QTableView(this))
{
    addHeaderWidget(texts->makeBox(this));
    m_plot->setHeaderVisible(false);
    m_view->setModel(m_model);
    m_view->setItemDelegate(new TextCellDelegate(m_view));
    m_view->setAccessibleName(tr("Windows"));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setShowGrid(false);
    m_view->setAlternatingRowColors(true);
    m_view->setTabKeyNavigation(false);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(plots::px(22));
    m_view->horizontalHeader()->setFixedHeight(plots::px(24));
    m_view->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_view->horizontalHeader()->setHighlightSections(false);
    m_view->setSortingEnabled(true);
    m_view->horizontalHeader()->setSortIndicator(WindowsModel::Delta, Qt::DescendingOrder);
    new TableCopy(m_view);
    auto *rows = makeSplitter(Qt::Vertical, QStringLiteral("windowsRows"), this);
    rows->addWidget(m_plot);
    rows->addWidget(m_view);
    rows->setSizes({ 180, 220 });
    setContent(rows);
    connect(m_plot, &plots::PlotWidget::readout, this, &WindowsPanel::readout);
    connect(m_plot, &plots::SeriesPlot::pointSelected, this, [this](const QString &id, double x) {
        if (id != m_selection->current().variant)
            m_selection->setVariant(id);
        showWindow(static_cast<int>(std::lround(x)));
    });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &now) {
                if (now.isValid())
                    m_plot->setCursor(m_model->windowOf(now.row()));
            });
}

void WindowsPanel::showWindow(int window)
{
    for (int row = 0; row < m_model->rowCount(); ++row)
        if (m_model->windowOf(row) == window)
            m_view->setCurrentIndex(m_model->index(row, 0));
}

void WindowsPanel::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
}

void WindowsPanel::arrange()
{
    // Against the reference they are the KLD itself (design 5: secondary columns leave).
    m_view->setColumnHidden(WindowsModel::DeltaKld,
                            !m_model->hasKldDeltas() || width() < plots::px(480));
}

void WindowsPanel::rebuild()
{
    const ArtifactIndex &index = m_document->artifacts();
    const std::string task = ss(m_texts->current()), pin = ss(m_document->baseline());
    const QString selected = m_selection->current().variant;
    const EvaluationResult *baseline = perplexityOf(index, pin, task);
    if (!baseline) // the pin was not evaluated on this text
        baseline = perplexityOf(index, referenceOf(ss(selected)), task);
    std::vector<plots::Series> series;
    const EvaluationResult *shown = nullptr;
    for (const VariantInfo *info : index.variants()) {
        const EvaluationResult *r = baseline ? perplexityOf(index, info->id, task) : nullptr;
        if (!r || r == baseline || r->windowNll.size() != baseline->windowNll.size())
            continue;
        plots::Series s = methodSeries(*m_document, info->id, selected);
        for (std::size_t i = 0; i < r->windowNll.size(); ++i) {
            s.x.push_back(static_cast<double>(i));
            s.y.push_back(r->windowNll[i] - baseline->windowNll[i]);
        }
        if (s.emphasised || !shown)
            shown = r;
        series.push_back(std::move(s));
    }
    // The window being read stays, over other variants and baselines of the same text.
    const int window = task == m_task ? m_model->windowOf(m_view->currentIndex().row()) : -1;
    m_task = task;
    m_model->show(shown, baseline);
    arrange();
    if (series.empty()) {
        setSubtitle({});
        setEmpty(tr("No two evaluations on the same windows yet."));
        return;
    }
    setReady();
    m_view->sortByColumn(m_view->horizontalHeader()->sortIndicatorSection(),
                         m_view->horizontalHeader()->sortIndicatorOrder());
    setSubtitle(tr("%1 against %2, %3: worse in %4 of %5 windows, mean Δ %6 nat")
                    .arg(m_document->variantTitle(qs(shown->variant)),
                         m_document->variantTitle(qs(baseline->variant)), qs(task))
                    .arg(m_model->worse())
                    .arg(m_model->rowCount())
                    .arg(signedNumber(m_model->meanDelta(), 4)));
    m_plot->setReady();
    m_plot->setSeries(std::move(series),
                      { tr("Window"), tr("Δ NLL, nat"), tr("window"), tr("nat") });
    showWindow(window);
}

} // namespace batlab::views
