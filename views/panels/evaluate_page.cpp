// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/evaluate_page.h"

#include "views/models/recovery_model.h"
#include "views/models/selection_context.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"
#include "views/panels/panel_frame.h"
#include "views/panels/score_delegate.h"
#include "views/panels/ui_kit.h"
#include "views/plots/series_plot.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QPushButton>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

namespace batlab::views {

namespace {
constexpr int kCoalesceMs = 200;
}

EvaluatePage::EvaluatePage(WorkbenchDocument *document, SelectionContext *selection,
                           QWidget *parent)
    : QWidget(parent)
    , m_document(document)
    , m_selection(selection)
    , m_model(new RecoveryModel(this))
    , m_frame(new PanelFrame(tr("Recovery"), this))
    , m_view(new QTableView(this))
    , m_foot(new ElidedLabel(this))
    , m_windows(new plots::SeriesPlot(tr("Window by window"), this))
    , m_divergence(new plots::SeriesPlot(tr("Divergence by window"), this))
{
    const struct
    {
        QString text, tip;
        TableFormat format;
    } copies[] = { { tr("Copy as Markdown"),
                     tr("Copy the table as Markdown, with contract and footnotes"),
                     TableFormat::markdown },
                   { tr("LaTeX"), tr("Copy the table as LaTeX"), TableFormat::latex },
                   { tr("CSV"), tr("Copy the table as CSV, numbers in full"), TableFormat::csv } };
    for (const auto &copy : copies) {
        auto *button = new QPushButton(copy.text, this);
        button->setAutoDefault(false);
        button->setToolTip(copy.tip);
        button->setAccessibleName(copy.tip);
        button->setFixedHeight(plots::px(24));
        button->setMinimumWidth(button->fontMetrics().horizontalAdvance(copy.text) + plots::px(24));
        m_frame->addHeaderWidget(button);
        connect(button, &QPushButton::clicked, this,
                [this, format = copy.format] { copyAs(format); });
    }
    m_frame->setContent(buildTable());
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    auto *rows = new QSplitter(Qt::Vertical, this);
    rows->setHandleWidth(1);
    rows->setChildrenCollapsible(false);
    rows->addWidget(m_frame);
    auto *lower = new QSplitter(Qt::Horizontal, rows);
    lower->setHandleWidth(1);
    lower->setChildrenCollapsible(false);
    lower->addWidget(m_windows);
    lower->addWidget(m_divergence);
    rows->addWidget(lower);
    rows->setSizes({ 470, 410 });
    column->addWidget(rows);

    m_rebuild.setSingleShot(true);
    m_rebuild.setInterval(kCoalesceMs);
    connect(&m_rebuild, &QTimer::timeout, this, &EvaluatePage::rebuild);
    connect(document, &WorkbenchDocument::documentReset, this, &EvaluatePage::rebuild);
    connect(document, &WorkbenchDocument::baselineChanged, this, &EvaluatePage::rebuild);
    connect(document, &WorkbenchDocument::artifactsAdded, this,
            [this](const std::vector<ArtifactPtr> &artifacts) {
                for (const ArtifactPtr &a : artifacts) {
                    if (std::holds_alternative<EvaluationResult>(*a)
                        || std::holds_alternative<VariantInfo>(*a)) {
                        m_rebuild.start();
                        return;
                    }
                }
            });
    connect(selection, &SelectionContext::changed, this,
            [this](const Selection &now, const Selection &before) {
                if (now.variant != before.variant)
                    follow();
            });
    connect(m_frame, &PanelFrame::actionTriggered, this, &EvaluatePage::runRequested);
    connect(m_windows, &plots::PlotWidget::readout, this, &EvaluatePage::readout);
    connect(m_divergence, &plots::PlotWidget::readout, this, &EvaluatePage::readout);
    rebuild();
}

QWidget *EvaluatePage::buildTable()
{
    auto *box = new QWidget(this);
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_view->setModel(m_model);
    m_view->setAccessibleName(tr("Recovery table"));
    m_view->setItemDelegate(new ScoreDelegate(m_view));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setShowGrid(false);
    m_view->setTabKeyNavigation(false);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(plots::px(44));
    m_view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    QHeaderView *header = m_view->horizontalHeader();
    header->setFixedHeight(plots::px(24));
    header->setHighlightSections(false);
    header->setSectionResizeMode(QHeaderView::Fixed);
    header->setSectionResizeMode(RecoveryModel::Method, QHeaderView::Stretch);
    column->addWidget(m_view, 1);
    m_foot->setFont(plots::captionFont());
    m_foot->setContentsMargins(plots::px(10), plots::px(6), plots::px(10), plots::px(6));
    keepColors(m_foot, { { QPalette::WindowText, &plots::Tokens::text3 } });
    column->addWidget(m_foot);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &now) {
                const QString variant =
                    now.siblingAtColumn(0).data(RecoveryModel::VariantRole).toString();
                if (now.isValid() && variant != m_selection->current().variant)
                    m_selection->setVariant(variant);
            });
    return box;
}

void EvaluatePage::rebuild()
{
    m_rebuild.stop();
    m_model->setTable(m_document->recovery());
    const RecoveryTable &table = m_model->table();
    if (table.rows.empty()) {
        m_frame->setSubtitle({});
        m_frame->setEmpty(tr("No evaluation yet."), tr("New run…"));
    } else {
        m_frame->setReady();
        m_frame->setSubtitle(
            table.contract.empty()
                ? tr("differences against %1").arg(m_document->variantTitle(qs(table.baseline)))
                : qs(table.contract));
    }
    m_foot->setText(tr("L lossless, drop ≤ 1 %   F fair, 1–3 %   R risky, ≥ 3 %   n.s. not "
                       "significant (paired bootstrap over windows, 95 %)"
                       "   Δ against %1")
                        .arg(m_document->variantTitle(m_document->baseline())));
    foldColumns();
    follow();
}

void EvaluatePage::follow()
{
    const int row = m_model->find(m_selection->current().variant);
    if (row >= 0 && m_view->currentIndex().row() != row)
        m_view->setCurrentIndex(m_model->index(row, 0));
    drillDown();
}

namespace {

/// A variant's perplexity on the text of its protocol; null without one.
const EvaluationResult *ownEvaluation(const ArtifactIndex &artifacts, const std::string &variant)
{
    const VariantInfo *info = artifacts.variant(variant);
    const EvaluationResult *any = nullptr;
    for (const EvaluationResult *result : artifacts.evaluations()) {
        if (result->variant != variant || result->metric != "perplexity")
            continue;
        if (info && result->protocolHash == info->protocolHash)
            return result;
        any = any ? any : result;
    }
    return any;
}

} // namespace

void EvaluatePage::drillDown()
{
    std::vector<plots::Series> nll, kld;
    const EvaluationResult *reference = ownEvaluation(m_document->artifacts(), kReference);
    for (const EvaluationResult *result : m_document->artifacts().evaluations()) {
        if (!reference || result->task != reference->task || result->metric != reference->metric
            || result->windowNll.empty())
            continue;
        const VariantInfo *info = m_document->artifacts().variant(result->variant);
        plots::Series s;
        s.id = qs(result->variant);
        s.name = m_document->variantTitle(s.id);
        s.family = info ? qs(info->family) : QString();
        s.filled = info && info->filled;
        s.emphasised = s.id == m_selection->current().variant;
        for (std::size_t i = 0; i < result->windowNll.size(); ++i)
            s.x.push_back(static_cast<double>(i));
        plots::Series d = s;
        s.y = result->windowNll;
        nll.push_back(std::move(s));
        if (result->windowKld.size() == d.x.size()) {
            d.y = result->windowKld;
            kld.push_back(std::move(d));
        }
    }
    const auto put = [this](plots::SeriesPlot *plot, std::vector<plots::Series> series,
                            const QString &axis) {
        if (series.empty()) {
            plot->setEmpty(tr("No evaluation yet."));
            return;
        }
        plot->setReady();
        plot->setSeries(std::move(series), { tr("Window"), axis, tr("window"), tr("nat") });
    };
    const std::size_t windows = reference ? reference->windowNll.size() : 0;
    m_windows->setSubtitle(
        tr("mean negative log likelihood of %1 windows, WikiText-2").arg(windows));
    m_divergence->setSubtitle(tr("mean KL(reference || variant) of each window"));
    put(m_windows, std::move(nll), tr("NLL, nat a token"));
    put(m_divergence, std::move(kld), tr("KLD, nat a token"));
}

void EvaluatePage::foldColumns()
{
    // Secondary columns leave first; the method column is the one that stretches.
    const int room = width();
    m_view->setColumnHidden(RecoveryModel::Online, room < plots::px(1000));
    m_view->setColumnHidden(RecoveryModel::GapLeft, room < plots::px(900));
    const struct
    {
        int column, width;
    } widths[] = { { RecoveryModel::Perplexity, 96 }, { RecoveryModel::Recovery, 92 },
                   { RecoveryModel::Band, 52 },       { RecoveryModel::Kld, 92 },
                   { RecoveryModel::Top1, 76 },       { RecoveryModel::Delta, 148 },
                   { RecoveryModel::GapLeft, 88 },    { RecoveryModel::Online, 100 } };
    for (const auto &w : widths)
        m_view->setColumnWidth(w.column, plots::px(w.width));
}

void EvaluatePage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    foldColumns();
}

void EvaluatePage::copyAs(TableFormat format) const
{
    QApplication::clipboard()->setText(qs(batlab::render(m_model->table(), format)));
}

} // namespace batlab::views
