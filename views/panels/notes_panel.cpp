// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/notes_panel.h"

#include "views/models/workbench_document.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QPlainTextEdit>
#include <QShortcut>
#include <QSplitter>
#include <QTableView>
#include <QTextDocument>
#include <QTimer>
#include <QVBoxLayout>

namespace batlab::views {

namespace {
constexpr int kTypingMs = 700; ///< of rest before typed text becomes an undo step
}

NotesPanel::NotesPanel(WorkbenchDocument *document, SelectionContext *selection, QWidget *parent)
    : QWidget(parent)
    , m_document(document)
    , m_selection(selection)
    , m_notes(new QPlainTextEdit(this))
    , m_view(new QTableView(this))
    , m_add(makeTool(QStringLiteral("bookmark"), tr("Bookmark the selected block"), this))
    , m_go(makeTool(QStringLiteral("forward"), tr("Go to the chosen bookmark"), this))
    , m_remove(makeTool(QStringLiteral("close"), tr("Remove the chosen bookmark"), this))
    , m_typing(new QTimer(this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *split = new QSplitter(Qt::Horizontal, this);
    split->setObjectName(QStringLiteral("notesColumns"));
    m_notes->setAccessibleName(tr("Notes of the session"));
    m_notes->setPlaceholderText(tr("Notes, in Markdown. They are saved with the session."));
    m_notes->setFrameShape(QFrame::NoFrame);
    m_notes->setTabChangesFocus(true);
    m_notes->setMinimumHeight(plots::px(40));
    split->addWidget(m_notes);
    auto *right = new QWidget(this);
    auto *row = new QHBoxLayout(right);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    m_view->setModel(document->annotations());
    m_view->setAccessibleName(tr("Bookmarks"));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setShowGrid(false);
    m_view->setTabKeyNavigation(false);
    m_view->setMinimumHeight(plots::px(40));
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->setEditTriggers(QAbstractItemView::EditKeyPressed | QAbstractItemView::SelectedClicked);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(plots::px(22));
    m_view->horizontalHeader()->setHighlightSections(false);
    m_view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_view->horizontalHeader()->setStretchLastSection(true);
    m_view->setColumnWidth(AnnotationsModel::Place, plots::px(200));
    row->addWidget(m_view, 1);
    auto *tools = new QVBoxLayout;
    for (QToolButton *tool : { m_add, m_go, m_remove })
        tools->addWidget(tool);
    tools->addStretch(1);
    row->addLayout(tools);
    split->addWidget(right);
    column->addWidget(split, 1);

    m_typing->setSingleShot(true);
    m_typing->setInterval(kTypingMs);
    connect(m_typing, &QTimer::timeout, this, &NotesPanel::flush);
    connect(m_notes, &QPlainTextEdit::textChanged, m_typing, QOverload<>::of(&QTimer::start));
    connect(document, &WorkbenchDocument::notesChanged, this, [this] {
        if (m_notes->toPlainText() != m_document->notes()) {
            const QSignalBlocker quiet(m_notes);
            m_notes->setPlainText(m_document->notes());
        }
    });
    connect(m_add, &QToolButton::clicked, this, &NotesPanel::bookmarkRequested);
    connect(m_go, &QToolButton::clicked, this, [this] { jump(m_view->currentIndex().row()); });
    connect(m_remove, &QToolButton::clicked, this, [this] {
        if (m_view->currentIndex().isValid())
            m_document->annotations()->remove(m_view->currentIndex().row());
    });
    connect(m_view, &QTableView::doubleClicked, this,
            [this](const QModelIndex &index) { jump(index.row()); });
    auto *enter = new QShortcut(QKeySequence(Qt::Key_Return), m_view);
    enter->setContext(Qt::WidgetShortcut);
    connect(enter, &QShortcut::activated, this, [this] { jump(m_view->currentIndex().row()); });
    auto *remove = new QShortcut(QKeySequence::Delete, m_view);
    remove->setContext(Qt::WidgetShortcut);
    connect(remove, &QShortcut::activated, m_remove, &QToolButton::click);
    connect(document->annotations(), &QAbstractItemModel::modelReset, this,
            &NotesPanel::updateButtons);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &NotesPanel::updateButtons);
    m_notes->setPlainText(document->notes());
    m_typing->stop();
    updateButtons();
}

void NotesPanel::flush()
{
    m_typing->stop();
    if (!m_notes->document()->isModified())
        return; // shown as it is: an editor has its own line ends
    m_document->setNotes(m_notes->toPlainText());
    m_notes->document()->setModified(false);
}

void NotesPanel::editLast()
{
    const int last = m_document->annotations()->rowCount() - 1;
    if (last < 0)
        return;
    const QModelIndex index = m_document->annotations()->index(last, AnnotationsModel::Text);
    m_view->setCurrentIndex(index);
    m_view->scrollTo(index);
    m_view->setFocus();
    m_view->edit(index);
}

void NotesPanel::jump(int row)
{
    if (row < 0 || row >= m_document->annotations()->rowCount())
        return;
    const Annotation bookmark = m_document->annotations()->at(row);
    Selection place = bookmark.place;
    place.session = m_selection->current().session;
    if (place.variant.isEmpty())
        place.variant = m_selection->current().variant;
    m_selection->set(place);
    Q_EMIT jumpRequested(bookmark);
}

void NotesPanel::updateButtons()
{
    const bool chosen = m_view->currentIndex().isValid();
    m_go->setEnabled(chosen);
    m_remove->setEnabled(chosen);
}

} // namespace batlab::views
