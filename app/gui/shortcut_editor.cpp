// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/shortcut_editor.h"

#include "views/models/action_registry.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QTableWidget>
#include <QVBoxLayout>

namespace batlab::app {

namespace {
enum Column { Title, Keys, Default, ColumnCount };
QString key(const QString &id) { return QStringLiteral("shortcuts/") + id; }
QString shown(const QKeySequence &keys) { return keys.toString(QKeySequence::NativeText); }
} // namespace

void loadShortcuts(QSettings &settings, views::ActionRegistry &actions)
{
    for (const QAction *action : actions.actions()) {
        const QString id = action->objectName();
        const views::ActionSpec *spec = actions.spec(id);
        actions.setShortcut(id,
                            settings.contains(key(id)) ? QKeySequence(
                                settings.value(key(id)).toString(), QKeySequence::PortableText)
                                                       : spec->shortcut);
    }
}

ShortcutEditor::ShortcutEditor(QSettings *settings, views::ActionRegistry *actions, QWidget *parent)
    : QWidget(parent)
    , m_settings(settings)
    , m_actions(actions)
    , m_filter(new QLineEdit(this))
    , m_table(new QTableWidget(0, ColumnCount, this))
    , m_keys(new QKeySequenceEdit(this))
    , m_reset(views::makeTool(QStringLiteral("reset"), tr("Back to the default keys"), this))
    , m_message(views::makeLabel({}, &plots::Tokens::bad, plots::tableFont(), this))
{
    auto *column = new QVBoxLayout(this);
    m_filter->setPlaceholderText(tr("Filter actions"));
    m_filter->setAccessibleName(tr("Filter actions"));
    m_filter->setToolTip(tr("Part of a title or of keys"));
    m_filter->setClearButtonEnabled(true);
    column->addWidget(m_filter);
    m_table->setAccessibleName(tr("Shortcuts"));
    m_table->setHorizontalHeaderLabels({ tr("Action"), tr("Keys"), tr("Default") });
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setTabKeyNavigation(false);
    m_table->setShowGrid(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(plots::px(22));
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setSectionResizeMode(Title, QHeaderView::Stretch);
    m_table->setColumnWidth(Keys, plots::px(130));
    m_table->setColumnWidth(Default, plots::px(130));
    column->addWidget(m_table, 1);
    auto *row = new QHBoxLayout;
    row->addWidget(views::makeLabel(tr("Keys"), &plots::Tokens::text2, plots::tableFont(), this));
    m_keys->setAccessibleName(tr("New keys for the chosen action"));
    m_keys->setToolTip(tr("Press the keys; Backspace takes them away"));
    if (auto *inner = m_keys->findChild<QLineEdit *>()) {
        inner->setAccessibleName(m_keys->accessibleName());
        inner->setToolTip(m_keys->toolTip());
    }
    row->addWidget(m_keys, 1);
    row->addWidget(m_reset);
    auto *all = new QPushButton(tr("Reset all"), this);
    all->setToolTip(tr("The default keys for every action"));
    all->setAutoDefault(false); // Return is no wish to lose all keys
    row->addWidget(all);
    column->addLayout(row);
    m_message->setWordWrap(true);
    column->addWidget(m_message);
    connect(m_filter, &QLineEdit::textChanged, this, &ShortcutEditor::fill);
    connect(m_table, &QTableWidget::currentCellChanged, this, &ShortcutEditor::showRow);
    connect(m_keys, &QKeySequenceEdit::editingFinished, this, [this] {
        if (const QString id = currentId(); !id.isEmpty())
            assign(id, m_keys->keySequence());
    });
    connect(m_reset, &QToolButton::clicked, this, [this] {
        if (const QString id = currentId(); !id.isEmpty())
            assign(id, m_actions->spec(id)->shortcut);
    });
    connect(all, &QPushButton::clicked, this, &ShortcutEditor::resetAll);
    fill();
}

QString ShortcutEditor::currentId() const
{
    const QTableWidgetItem *item = m_table->item(m_table->currentRow(), Title);
    return item ? item->data(Qt::UserRole).toString() : QString();
}

void ShortcutEditor::fill()
{
    const QString chosen = currentId(), wanted = m_filter->text().trimmed();
    const QSignalBlocker quiet(m_table);
    m_table->setRowCount(0);
    for (const QAction *action : m_actions->actions()) {
        const views::ActionSpec *spec = m_actions->spec(action->objectName());
        if (!wanted.isEmpty() && !spec->title.contains(wanted, Qt::CaseInsensitive)
            && !shown(action->shortcut()).contains(wanted, Qt::CaseInsensitive))
            continue;
        const int row = m_table->rowCount();
        m_table->insertRow(row);
        auto *title = new QTableWidgetItem(spec->title);
        title->setData(Qt::UserRole, spec->id);
        title->setToolTip(spec->help);
        m_table->setItem(row, Title, title);
        auto *keys = new QTableWidgetItem(shown(action->shortcut()));
        if (action->shortcut() != spec->shortcut)
            keys->setFont(plots::titleFont());
        m_table->setItem(row, Keys, keys);
        m_table->setItem(row, Default, new QTableWidgetItem(shown(spec->shortcut)));
        if (spec->id == chosen)
            m_table->setCurrentCell(row, Title);
    }
    showRow(m_table->currentRow());
}

void ShortcutEditor::showRow(int row)
{
    const QString id = row < 0 ? QString() : currentId();
    m_keys->setEnabled(!id.isEmpty());
    m_reset->setEnabled(!id.isEmpty());
    const QSignalBlocker quiet(m_keys);
    m_keys->setKeySequence(id.isEmpty() ? QKeySequence() : m_actions->action(id)->shortcut());
}

bool ShortcutEditor::assign(const QString &id, const QKeySequence &keys)
{
    const QAction *action = m_actions->action(id);
    if (!action)
        return false;
    const QAction *other = m_actions->withShortcut(keys);
    if (other && other != action) {
        m_message->setText(tr("%1 already belongs to “%2”. Change that one first.")
                               .arg(shown(keys), m_actions->spec(other->objectName())->title));
        showRow(m_table->currentRow());
        return false;
    }
    m_message->clear();
    m_actions->setShortcut(id, keys);
    if (keys == m_actions->spec(id)->shortcut)
        m_settings->remove(key(id));
    else
        m_settings->setValue(key(id), keys.toString(QKeySequence::PortableText));
    m_settings->sync();
    fill();
    return true;
}

void ShortcutEditor::resetAll()
{
    m_settings->remove(QStringLiteral("shortcuts"));
    m_settings->sync();
    loadShortcuts(*m_settings, *m_actions);
    m_message->clear();
    fill();
}

QString ShortcutEditor::message() const { return m_message->text(); }

} // namespace batlab::app
