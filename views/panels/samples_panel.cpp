// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/samples_panel.h"

#include "views/models/samples_model.h"
#include "views/models/selection_context.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"
#include "views/panels/cell_delegates.h"
#include "views/panels/table_copy.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QComboBox>
#include <QHeaderView>
#include <QSignalBlocker>
#include <QTableView>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <utility>

namespace batlab::views {

namespace {

void prepare(QTableView *view)
{
    view->setItemDelegate(new TextCellDelegate(view));
    view->setFrameShape(QFrame::NoFrame);
    view->setShowGrid(false);
    view->setAlternatingRowColors(true);
    view->setTabKeyNavigation(false);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setSelectionMode(QAbstractItemView::SingleSelection);
    view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view->verticalHeader()->hide();
    view->verticalHeader()->setDefaultSectionSize(plots::px(22));
    view->horizontalHeader()->setFixedHeight(plots::px(24));
    view->horizontalHeader()->setHighlightSections(false);
    new TableCopy(view);
}

} // namespace

SamplesPanel::SamplesPanel(WorkbenchDocument *document, SelectionContext *selection,
                           QWidget *parent)
    : PanelFrame(tr("Samples"), parent)
    , m_document(document)
    , m_selection(selection)
    , m_model(new SamplesModel(this))
    , m_flips(new SegmentBar(this))
    , m_candidate(new QComboBox(this))
    , m_view(new QTableView(this))
    , m_choices(new QTableWidget(this))
    , m_question(new ElidedLabel(this))
{
    m_candidate->setAccessibleName(tr("Model compared with the reference"));
    m_candidate->setFixedHeight(plots::px(24));
    addHeaderWidget(m_candidate);
    auto *sheet = new QWidget(this);
    buildTables(sheet);
    setContent(sheet);
    connect(m_candidate, &QComboBox::activated, this, &SamplesPanel::showPair);
    connect(m_flips, &SegmentBar::chosen, this, &SamplesPanel::chooseFlip);
    connect(selection, &SelectionContext::changed, this,
            [this](const Selection &now, const Selection &before) {
                if (now.variant == before.variant)
                    return;
                const int at = m_candidate->findData(now.variant);
                if (at >= 0 && at != m_candidate->currentIndex()) {
                    m_candidate->setCurrentIndex(at);
                    showPair();
                }
            });
}

void SamplesPanel::buildTables(QWidget *sheet)
{
    auto *column = new QVBoxLayout(sheet);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(plots::px(4));
    auto *row = new QHBoxLayout;
    row->setContentsMargins(plots::px(10), 0, plots::px(10), 0);
    row->addWidget(m_flips);
    row->addStretch(1);
    column->addLayout(row);
    m_flips->addSegment(tr("Lost"), tr("Right in the reference, wrong here"), 0);
    m_flips->addSegment(tr("Gained"), tr("Wrong in the reference, right here"), 1);
    m_flips->addSegment(tr("Both wrong"), tr("Wrong in both"), 2);
    m_flips->addSegment(tr("All"), tr("Every question both have answered"), 3);
    m_flips->setCurrent(0);
    m_view->setModel(m_model);
    m_view->setAccessibleName(tr("Samples"));
    prepare(m_view);
    m_view->setSortingEnabled(true);
    m_view->horizontalHeader()->setSortIndicator(SamplesModel::Margin, Qt::AscendingOrder);
    m_view->horizontalHeader()->setSectionResizeMode(SamplesModel::Prompt, QHeaderView::Stretch);
    for (const auto &[section, width] :
         { std::pair(SamplesModel::Task, 72), std::pair(SamplesModel::Id, 48),
           std::pair(SamplesModel::Reference, 76), std::pair(SamplesModel::Candidate, 76),
           std::pair(SamplesModel::Margin, 118) })
        m_view->setColumnWidth(section, plots::px(width));
    column->addWidget(m_view, 3);
    m_question->setFont(plots::captionFont());
    m_question->setContentsMargins(plots::px(10), 0, plots::px(10), 0);
    column->addWidget(m_question);
    m_choices->setAccessibleName(tr("Choices of the sample"));
    m_choices->setColumnCount(4);
    prepare(m_choices);
    m_choices->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    column->addWidget(m_choices, 2);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &now) { showChoices(now.row()); });
}

void SamplesPanel::rebuild()
{
    const std::vector<ImportedResults> &imports = m_document->imports();
    const QString before = m_candidate->currentData().toString();
    const ImportedResults *reference = importReference(imports, ss(m_document->importReference()));
    {
        const QSignalBlocker quiet(m_candidate);
        m_candidate->clear();
        for (const ImportedResults &import : imports)
            if (&import != reference)
                m_candidate->addItem(qs(import.model), qs(import.id));
        const int at = std::max(m_candidate->findData(m_selection->current().variant),
                                m_candidate->findData(before));
        m_candidate->setCurrentIndex(std::max(0, at));
    }
    m_candidate->setVisible(m_candidate->count() > 0);
    showPair();
}

void SamplesPanel::showPair()
{
    const std::vector<ImportedResults> &imports = m_document->imports();
    const ImportedResults *reference = importReference(imports, ss(m_document->importReference()));
    const std::string chosen = ss(m_candidate->currentData().toString());
    const auto candidate =
        std::find_if(imports.begin(), imports.end(), [&](const auto &i) { return i.id == chosen; });
    if (!reference || candidate == imports.end()) {
        m_model->clear();
        setSubtitle({});
        setEmpty(imports.empty()
                     ? tr("No samples: import results of lm_eval, logged with --log_samples.")
                     : tr("One model is imported: import another to compare their answers."),
                 tr("Import…"));
        return;
    }
    const auto question = [](const QModelIndex &at) {
        return std::pair(at.siblingAtColumn(SamplesModel::Task).data().toString(),
                         at.siblingAtColumn(SamplesModel::Id).data().toString());
    };
    const auto chosenQuestion = question(m_view->currentIndex());
    m_model->show(*reference, *candidate);
    if (m_model->total() == 0) {
        setSubtitle({});
        setEmpty(tr("These two have no logged samples in common."), tr("Import…"));
        return;
    }
    setReady();
    m_view->sortByColumn(m_view->horizontalHeader()->sortIndicatorSection(),
                         m_view->horizontalHeader()->sortIndicatorOrder());
    showCounts();
    int row = 0; // the question being read stays, where it still is one of these
    for (int i = 0; i < m_model->rowCount(); ++i)
        if (question(m_model->index(i, 0)) == chosenQuestion)
            row = i;
    selectRow(row);
}

void SamplesPanel::showCounts()
{
    const int lost = m_model->count(Flip::lost), gained = m_model->count(Flip::gained);
    m_flips->setText(0, tr("Lost %1").arg(count(lost)));
    m_flips->setText(1, tr("Gained %1").arg(count(gained)));
    setSubtitle(tr("%1 of %2 answers changed, net %3, McNemar p %4")
                    .arg(count(lost + gained), count(m_model->total()),
                         signedNumber(gained - lost, 0), pValue(m_model->p())));
}

void SamplesPanel::chooseFlip(int segment)
{
    m_flips->setCurrent(segment);
    m_model->setFilter(segment == 3 ? std::nullopt
                                    : std::optional<Flip>(static_cast<Flip>(segment)));
    selectRow(0);
}

void SamplesPanel::selectRow(int row)
{
    m_view->setCurrentIndex(m_model->index(row, 0));
    showChoices(row < m_model->rowCount() ? row : -1);
}

void SamplesPanel::showChoices(int row)
{
    const SamplePair *pair = m_model->pair(row);
    m_choices->clearContents();
    m_choices->setRowCount(0);
    m_choices->setVisible(pair);
    m_question->setText(pair ? qs(pair->reference->prompt).simplified().right(400)
                             : tr("Select a sample to see its choices."));
    if (!pair)
        return;
    m_choices->setHorizontalHeaderLabels(
        { tr("Choice"), m_model->referenceName(), m_model->candidateName(), tr("Δ, nat") });
    const ImportedSample &a = *pair->reference, &b = *pair->candidate;
    if (a.choices.empty()) { // generated text
        m_choices->setRowCount(2);
        m_choices->setItem(
            0, 0,
            new QTableWidgetItem(m_model->referenceName() + QStringLiteral(": ") + qs(a.response)));
        m_choices->setItem(
            1, 0,
            new QTableWidgetItem(m_model->candidateName() + QStringLiteral(": ") + qs(b.response)));
        return;
    }
    m_choices->setRowCount(static_cast<int>(a.choices.size()));
    for (std::size_t i = 0; i < a.choices.size(); ++i) {
        const int at = static_cast<int>(i);
        QString text = QChar('A' + at) + QStringLiteral("  ") + qs(a.choices[i]).simplified();
        if (at == a.target)
            text += tr(" ✓ answer");
        m_choices->setItem(at, 0, new QTableWidgetItem(text));
        const auto cell = [&](int column, const QString &value) {
            auto *item = new QTableWidgetItem(value);
            item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            m_choices->setItem(at, column, item);
        };
        cell(1, number(a.scores[i], 3));
        if (i < b.scores.size()) {
            cell(2, number(b.scores[i], 3));
            cell(3, signedNumber(b.scores[i] - a.scores[i], 3));
        }
    }
}

} // namespace batlab::views
