// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/tensors_panel.h"

#include "views/models/selection_context.h"
#include "views/models/tensor_model.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"
#include "views/panels/cell_delegates.h"
#include "views/panels/table_kit.h"
#include "views/panels/ui_kit.h"
#include "views/plots/panel_header.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QTreeView>
#include <QVBoxLayout>

namespace batlab::views {

namespace {

/// Rows as high as those of tables.
class RowDelegate : public TextCellDelegate
{
public:
    using TextCellDelegate::TextCellDelegate;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option,
                                 const QModelIndex &index) const override
    {
        return { TextCellDelegate::sizeHint(option, index).width(), plots::px(22) };
    }
};

} // namespace

TensorsPanel::TensorsPanel(WorkbenchDocument *document, SelectionContext *selection,
                           QWidget *parent)
    : QWidget(parent)
    , m_document(document)
    , m_selection(selection)
    , m_model(new TensorModel(this))
    , m_rows(new TensorFilter(m_model, this))
    , m_text(new QLineEdit(this))
    , m_stack(new QStackedWidget(this))
    , m_view(new QTreeView(m_stack))
    , m_state(new plots::StatePanel(m_stack))
    , m_totals(new ElidedLabel(this))
{
    setAutoFillBackground(true);
    keepColors(this, { { QPalette::Window, &plots::Tokens::base } });
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(plots::px(8), plots::px(6), plots::px(4), plots::px(4));
    m_text->setPlaceholderText(tr("Filter, e.g. 12 down"));
    m_text->setAccessibleName(tr("Filter the tensors"));
    m_text->setToolTip(tr("Letters of the name or the type in their order, as in the palette; a "
                          "number is a layer's; all words must hold"));
    m_text->setClearButtonEnabled(true);
    row->addWidget(m_text, 1);
    auto *copy =
        makeTool(QStringLiteral("copy"), tr("Copy the shown tensors as a table (TSV)"), this);
    row->addWidget(copy);
    column->addLayout(row);

    m_view->setModel(m_rows);
    m_view->setItemDelegate(new RowDelegate(m_view));
    m_view->setAccessibleName(tr("Tensors of the model"));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setUniformRowHeights(true);
    m_view->setAlternatingRowColors(true);
    m_view->setIndentation(plots::px(12));
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(TensorModel::Name, Qt::AscendingOrder);
    QHeaderView *header = m_view->header();
    header->setFixedHeight(plots::px(24));
    header->setStretchLastSection(true);
    const int least[TensorModel::ColumnCount] = { 138, 82, 48, 70, 96 };
    for (int c = 0; c < TensorModel::ColumnCount; ++c)
        header->resizeSection(c, sectionWidth(header, c, least[c]));
    m_view->installEventFilter(this);
    m_stack->addWidget(m_state);
    m_stack->addWidget(m_view);
    column->addWidget(m_stack, 1);
    m_totals->setFont(plots::captionFont());
    m_totals->setMostLines(2);
    m_totals->setContentsMargins(plots::px(12), plots::px(3), plots::px(8), plots::px(3));
    keepColors(m_totals, { { QPalette::WindowText, &plots::Tokens::text3 } });
    column->addWidget(m_totals);

    connect(copy, &QToolButton::clicked, this, &TensorsPanel::copyTable);
    connect(m_state, &plots::StatePanel::pressed, this, &TensorsPanel::openRequested);
    connect(m_text, &QLineEdit::textChanged, this, [this](const QString &text) {
        {
            // A row that is filtered out hands its place to a neighbour: nobody chose that one.
            const QSignalBlocker quiet(m_view->selectionModel());
            m_rows->setFilterText(text);
        }
        if (text.trimmed().isEmpty())
            m_view->collapseAll();
        else
            m_view->expandAll();
        showTotals();
    });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex &at) {
                const TensorModel::Row *tensor = m_rows->row(at);
                if (!tensor || tensor->place.layer < 0)
                    return;
                Selection to = m_selection->current();
                to.layer = tensor->place.layer;
                to.site = tensor->place.site.value_or(to.site);
                m_selection->set(to);
            });
    connect(document, &WorkbenchDocument::documentReset, this, &TensorsPanel::reload);
    connect(document, &WorkbenchDocument::artifactsAdded, this,
            [this](const std::vector<ArtifactPtr> &artifacts) {
                for (const ArtifactPtr &a : artifacts)
                    if (std::holds_alternative<ModelSummary>(*a)) {
                        reload();
                        return;
                    }
            });
    reload();
}

void TensorsPanel::reload()
{
    m_model->setModel(m_document->artifacts().model());
    if (!m_text->text().trimmed().isEmpty())
        m_view->expandAll();
    const bool any = m_model->rowCount() > 0;
    if (any)
        m_stack->setCurrentWidget(m_view);
    else {
        m_state->setLine(tr("No model is open."), { tr("Open model…") }, false, true);
        m_stack->setCurrentWidget(m_state);
    }
    m_text->setEnabled(any);
    showTotals();
}

void TensorsPanel::showTotals()
{
    const TensorModel::Totals all = m_rows->totals();
    m_totals->setVisible(m_model->rowCount() > 0);
    m_totals->setText(tr("%n tensor(s), %1 values, %2; %3 quantized", nullptr, all.tensors)
                          .arg(shortCount(all.elements), bytes(all.bytes), count(all.quantized)));
}

QString TensorsPanel::totals() const { return m_totals->text(); }

void TensorsPanel::copyTable() const { QApplication::clipboard()->setText(m_rows->tsv()); }

bool TensorsPanel::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_view && event->type() == QEvent::KeyPress
        && static_cast<QKeyEvent *>(event)->matches(QKeySequence::Copy)) {
        copyTable();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace batlab::views
