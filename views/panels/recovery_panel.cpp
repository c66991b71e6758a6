// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/recovery_panel.h"

#include "views/models/evaluation_model.h"
#include "views/models/off_thread.h"
#include "views/models/selection_context.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"
#include "views/panels/score_delegate.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSaveFile>
#include <QScrollBar>
#include <QTableView>
#include <QVBoxLayout>

namespace batlab::views {

using Kind = EvaluationModel::Kind;

RecoveryPanel::RecoveryPanel(WorkbenchDocument *document, SelectionContext *selection,
                             QWidget *parent)
    : PanelFrame(tr("Recovery"), parent)
    , m_document(document)
    , m_selection(selection)
    , m_model(new EvaluationModel(this))
    , m_names(new QTableView(this))
    , m_view(new QTableView(this))
    , m_foot(new QLabel(this))
    , m_intervals(new QCheckBox(tr("Intervals"), this))
    , m_significance(new QCheckBox(tr("Significance"), this))
    , m_bands(new QCheckBox(tr("Bands"), this))
{
    buildHeader();
    setContent(buildTable());
    connect(selection, &SelectionContext::changed, this,
            [this](const Selection &now, const Selection &before) {
                if (now.variant != before.variant)
                    follow();
            });
}

void RecoveryPanel::buildHeader()
{
    const std::pair<QCheckBox *, QString> options[] = {
        { m_intervals, tr("Show 95 % intervals") },
        { m_significance, tr("Show what differs from the baseline, p < 0.05 after Holm") },
        { m_bands, tr("Show lossless, fair and risky") }
    };
    for (const auto &[box, tip] : options) {
        box->setChecked(true);
        box->setFont(plots::tableFont());
        box->setToolTip(tip);
        addHeaderWidget(box);
        connect(box, &QCheckBox::toggled, this, &RecoveryPanel::showOptions);
    }
    const auto button = [this](const QString &text, const QString &tip, auto act) {
        auto *b = new QPushButton(text, this);
        b->setAutoDefault(false);
        b->setToolTip(tip);
        b->setAccessibleName(tip);
        b->setFixedHeight(plots::px(24));
        b->setMinimumWidth(b->fontMetrics().horizontalAdvance(text) + plots::px(20));
        addHeaderWidget(b);
        connect(b, &QPushButton::clicked, this, act);
    };
    button(tr("Copy as Markdown"), tr("Copy the table as Markdown, with contract and footnotes"),
           [this] { copyAs(TableFormat::markdown); });
    button(tr("LaTeX"), tr("Copy the table as LaTeX"), [this] { copyAs(TableFormat::latex); });
    button(tr("CSV"), tr("Copy the table as CSV, numbers in full"),
           [this] { copyAs(TableFormat::csv); });
    button(tr("Save…"), tr("Save the table as Markdown, LaTeX or CSV"), [this] { save(); });
    button(tr("Import…"), tr("Show results of lm-evaluation-harness beside these"),
           [this] { Q_EMIT importRequested(); });
}

void RecoveryPanel::prepare(QTableView *view)
{
    view->setHorizontalHeader(new ScoreHeader(m_model, view));
    view->setModel(m_model);
    view->setItemDelegate(new ScoreDelegate(m_model, view));
    view->setFrameShape(QFrame::NoFrame);
    view->setShowGrid(false);
    view->setTabKeyNavigation(false);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setSelectionMode(QAbstractItemView::SingleSelection);
    view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->setContextMenuPolicy(Qt::CustomContextMenu);
    view->verticalHeader()->hide();
    view->verticalHeader()->setDefaultSectionSize(plots::px(44));
    view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    view->horizontalHeader()->setFixedHeight(plots::px(24));
    view->horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    connect(view, &QWidget::customContextMenuRequested, this, &RecoveryPanel::showMenu);
    connect(view->horizontalHeader(), &QHeaderView::sortIndicatorChanged, this,
            [this](int column, Qt::SortOrder order) {
                m_model->sort(column, order);
                follow();
            });
}

QWidget *RecoveryPanel::buildTable()
{
    auto *box = new QWidget(this);
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *row = new QHBoxLayout;
    row->setSpacing(0);
    prepare(m_names);
    prepare(m_view);
    m_names->setAccessibleName(tr("Methods of the recovery table"));
    m_view->setAccessibleName(tr("Recovery table"));
    m_names->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_names->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setSelectionModel(m_names->selectionModel());
    connect(m_view->verticalScrollBar(), &QScrollBar::valueChanged, m_names->verticalScrollBar(),
            &QScrollBar::setValue);
    connect(m_names->verticalScrollBar(), &QScrollBar::valueChanged, m_view->verticalScrollBar(),
            &QScrollBar::setValue);
    auto *names = new QVBoxLayout; // as high as what scrolls beside it
    names->setSpacing(0);
    names->addWidget(m_names);
    auto *foot = new QWidget(box);
    foot->setFixedHeight(0);
    names->addWidget(foot);
    row->addLayout(names);
    connect(m_view->horizontalScrollBar(), &QScrollBar::rangeChanged, foot,
            [this, foot](int, int most) {
                foot->setFixedHeight(most > 0 ? m_view->horizontalScrollBar()->sizeHint().height()
                                              : 0);
            });
    row->addWidget(m_view, 1);
    column->addLayout(row, 1);
    m_foot->setWordWrap(true);
    m_foot->setFont(plots::captionFont());
    m_foot->setContentsMargins(plots::px(10), plots::px(6), plots::px(10), plots::px(6));
    keepColors(m_foot, { { QPalette::WindowText, &plots::Tokens::text3 } });
    column->addWidget(m_foot);
    connect(m_names->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &now) {
                const QString variant =
                    now.siblingAtColumn(0).data(EvaluationModel::VariantRole).toString();
                if (!m_following && now.isValid() && variant != m_selection->current().variant)
                    m_selection->setVariant(variant);
            });
    return box;
}

void RecoveryPanel::rebuild()
{
    const EvaluationInput input = evaluationInput(*m_document);
    const quint64 round = ++m_round;
    if (input.results.empty() && input.imports.empty()) {
        show({});
        m_shownRound = round;
        return;
    }
    // A bootstrap of 10,000 draws for every cell: not on this thread.
    offThread(
        this, [input] { return std::make_shared<EvaluationTable>(evaluationTable(input)); },
        [this, round](const std::shared_ptr<EvaluationTable> &table) {
            if (round != m_round)
                return;
            m_shownRound = round;
            show(*table);
        });
}

void RecoveryPanel::show(EvaluationTable table)
{
    const bool empty = table.isEmpty();
    table.contract = m_document->contract();
    const QHeaderView *sorted = m_view->horizontalHeader();
    const int column = sorted->sortIndicatorSection();
    const Qt::SortOrder order = sorted->sortIndicatorOrder();
    const int columns = m_model->columnCount();
    m_model->setTable(std::move(table));
    if (columns == m_model->columnCount() && column > 0 && column < columns)
        m_model->sort(column, order);
    if (empty) {
        setSubtitle({});
        setEmpty(tr("No evaluation yet."), tr("New run…"));
    } else {
        setReady();
        const EvaluationTable &t = m_model->table();
        const QString against = t.baselineTitle.isEmpty()
            ? QString()
            : tr("differences against %1").arg(t.baselineTitle);
        setSubtitle(t.contract.isEmpty() ? against
                                         : QString(t.contract + QStringLiteral(" · ") + against));
    }
    showOptions();
    follow();
    Q_EMIT tableChanged();
}

void RecoveryPanel::showOptions()
{
    m_model->setShow(
        { m_intervals->isChecked(), m_significance->isChecked(), m_bands->isChecked() });
    QStringList notes = footnotes(m_model->table(), m_model->show());
    if (!notes.isEmpty() && !m_model->table().contract.isEmpty())
        notes.removeFirst(); // the contract stands in the header
    m_foot->setText(notes.join(QStringLiteral("    ")));
    sizeColumns();
}

void RecoveryPanel::follow()
{
    const int row = m_model->find(m_selection->current().variant);
    m_following = true;
    if (row >= 0 && m_names->currentIndex().row() != row)
        m_names->setCurrentIndex(m_model->index(row, 0));
    m_following = false;
}

void RecoveryPanel::sizeColumns()
{
    const int columns = m_model->columnCount();
    if (columns == 0)
        return;
    const int room = width();
    const int names = room < plots::px(1100) ? plots::px(170) : plots::px(210);
    m_names->setFixedWidth(names);
    for (int c = 0; c < columns; ++c) {
        m_names->setColumnHidden(c, c != 0);
        m_view->setColumnHidden(c, c == 0);
    }
    m_names->setColumnWidth(0, names);
    // Secondary columns leave first; the plot takes what is left and narrows to 160.
    const int plot = m_model->columnOf(Kind::plot);
    m_view->setColumnHidden(m_model->columnOf(Kind::online), room < plots::px(1150));
    m_view->setColumnHidden(m_model->columnOf(Kind::gapLeft), room < plots::px(1050));
    m_view->setColumnHidden(m_model->columnOf(Kind::band), !m_model->show().bands);
    int taken = names;
    for (int c = 1; c < columns; ++c) {
        int w = 0;
        switch (m_model->kindOf(c)) {
        case Kind::task:
            w = std::max(126,
                         24
                             + m_view->fontMetrics().horizontalAdvance(
                                   m_model->headerData(c, Qt::Horizontal).toString())
                                 * 13 / std::max(1, plots::px(13)));
            break;
        case Kind::meanAccuracy: w = 96; break;
        case Kind::recovery: w = 96; break;
        case Kind::band: w = 56; break;
        case Kind::delta: w = 92; break;
        case Kind::gapLeft: w = 88; break;
        case Kind::online: w = 100; break;
        default: continue;
        }
        m_view->setColumnWidth(c, plots::px(w));
        taken += m_view->isColumnHidden(c) ? 0 : plots::px(w);
    }
    const int left = room - taken - plots::px(14);
    m_view->setColumnHidden(plot, false);
    m_view->setColumnWidth(plot, std::max(plots::px(160), left));
}

void RecoveryPanel::resizeEvent(QResizeEvent *event)
{
    PanelFrame::resizeEvent(event);
    sizeColumns();
}

std::string RecoveryPanel::rendered(TableFormat format) const
{
    return views::render(m_model->table(), m_model->show(), format);
}

void RecoveryPanel::copyAs(TableFormat format) const
{
    QApplication::clipboard()->setText(qs(rendered(format)));
}

void RecoveryPanel::save()
{
    const QString markdown = tr("Markdown (*.md)"), latex = tr("LaTeX (*.tex)"),
                  csv = tr("CSV (*.csv)");
    QString filter = markdown;
    QString path = QFileDialog::getSaveFileName(
        this, tr("Save the recovery table"), QStringLiteral("recovery"),
        QStringList { markdown, latex, csv }.join(QStringLiteral(";;")), &filter);
    if (path.isEmpty())
        return;
    TableFormat format = filter == latex ? TableFormat::latex
        : filter == csv                  ? TableFormat::csv
                                         : TableFormat::markdown;
    const QString suffix = QFileInfo(path).suffix();
    if (suffix == QLatin1String("tex"))
        format = TableFormat::latex;
    else if (suffix == QLatin1String("csv"))
        format = TableFormat::csv;
    else if (suffix == QLatin1String("md"))
        format = TableFormat::markdown;
    else
        path += format == TableFormat::latex ? QStringLiteral(".tex")
            : format == TableFormat::csv     ? QStringLiteral(".csv")
                                             : QStringLiteral(".md");
    QSaveFile file(path);
    const std::string text = rendered(format);
    if (!file.open(QIODevice::WriteOnly)
        || file.write(text.data(), static_cast<qint64>(text.size()))
            != static_cast<qint64>(text.size())
        || !file.commit())
        Q_EMIT saveFailed(tr("%1 could not be written: %2").arg(path, file.errorString()));
}

void RecoveryPanel::showMenu(const QPoint &at)
{
    const auto *view = static_cast<QTableView *>(sender());
    const QModelIndex index = view->indexAt(at).siblingAtColumn(0);
    if (!index.isValid())
        return;
    const QString id = index.data(EvaluationModel::VariantRole).toString();
    QMenu menu(this);
    menu.addAction(tr("Pin as baseline"), this, [this, id] { m_document->pinBaseline(id); });
    for (const ImportedResults &import : m_document->imports()) {
        if (qs(import.id) != id)
            continue;
        menu.addAction(tr("Measure the imported results against this"), this,
                       [this, id] { m_document->setImportReference(id); });
        menu.addAction(tr("Remove these imported results"), this,
                       [this, path = import.path] { m_document->removeImport(path); });
        break;
    }
    menu.exec(view->viewport()->mapToGlobal(at));
}

} // namespace batlab::views
