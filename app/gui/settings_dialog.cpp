// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/settings_dialog.h"

#include "app/gui/shortcut_editor.h"
#include "app/gui/translation.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTabWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace batlab::app {

SettingsDialog::SettingsDialog(QSettings *settings, views::ActionRegistry *actions, QWidget *parent)
    : QDialog(parent), m_settings(settings), m_tabs(new QTabWidget(this))
{
    setWindowTitle(tr("Settings"));
    setObjectName(QStringLiteral("settingsDialog"));
    auto *column = new QVBoxLayout(this);
    m_tabs->setAccessibleName(tr("Groups of settings"));
    m_tabs->addTab(general(), tabTitle(General));
    m_tabs->addTab(engine(), tabTitle(Engine));
    m_tabs->addTab(new ShortcutEditor(settings, actions, m_tabs), tabTitle(Shortcuts));
    column->addWidget(m_tabs, 1);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    column->addWidget(buttons);
    resize(plots::px(640), plots::px(560));
}

QList<SettingsDialog::Row> SettingsDialog::rows()
{
    return {
        { QStringLiteral("theme"), tr("Theme"), General },
        { QStringLiteral("language"), tr("Language"), General },
        { QStringLiteral("autosave"), tr("Recovery copy every"), General },
        { QStringLiteral("notify"), tr("Notification"), General },
        { QStringLiteral("longJob"), tr("A job is long from"), General },
        { QStringLiteral("sleep"), tr("Sleep"), General },
        { QStringLiteral("command"), tr("Command"), Engine },
        { QStringLiteral("dataFolder"), tr("Data folder"), Engine },
    };
}

QString SettingsDialog::tabTitle(Tab tab)
{
    return tab == General ? tr("General") : tab == Engine ? tr("Engine") : tr("Shortcuts");
}

void SettingsDialog::showTab(int tab) { m_tabs->setCurrentIndex(tab); }

void SettingsDialog::showRow(const QString &id)
{
    for (const Row &row : rows())
        if (row.id == id)
            showTab(row.tab);
    if (QWidget *field = editor(id))
        field->setFocus(Qt::ShortcutFocusReason);
}

void SettingsDialog::store(const QString &key, const QVariant &value)
{
    m_settings->setValue(key, value);
    m_settings->sync();
    Q_EMIT changed();
}

void SettingsDialog::addRow(QFormLayout *form, const QString &id, QWidget *editor,
                            const QString &help)
{
    const QList<Row> all = rows();
    const auto row = std::find_if(all.begin(), all.end(), [&](const Row &r) { return r.id == id; });
    Q_ASSERT(row != all.end());
    const QString &title = row->title;
    m_editors.insert(id, editor);
    editor->setAccessibleName(title);
    editor->setAccessibleDescription(help);
    editor->setToolTip(help);
    form->addRow(title, editor);
    QLabel *note = views::makeLabel(help, &plots::Tokens::text3, plots::captionFont(), this);
    note->setWordWrap(true);
    form->addRow(QString(), note);
}

QWidget *SettingsDialog::general()
{
    auto *page = new QWidget(m_tabs);
    auto *form = new QFormLayout(page);
    auto *theme = new QComboBox(page);
    const std::pair<QString, QString> themes[] = {
        { QStringLiteral("system"), tr("As the desktop") },
        { QStringLiteral("light"), tr("Light") },
        { QStringLiteral("dark"), tr("Dark") },
        { QStringLiteral("high-contrast"), tr("High contrast") },
    };
    for (const auto &[id, title] : themes)
        theme->addItem(title, id);
    theme->setCurrentIndex(std::max(
        0, theme->findData(m_settings->value(QStringLiteral("theme"), QStringLiteral("system")))));
    connect(theme, &QComboBox::activated, this,
            [this, theme] { Q_EMIT themeChosen(theme->currentData().toString()); });
    addRow(form, QStringLiteral("theme"), theme, tr("Takes effect at once."));

    auto *language = new QComboBox(page);
    language->addItem(tr("As the desktop"), QString());
    for (const Language &l : languages())
        language->addItem(l.name, l.id);
    language->setCurrentIndex(
        std::max(0, language->findData(m_settings->value(QStringLiteral("language")))));
    connect(language, &QComboBox::activated, this, [this, language] {
        store(QStringLiteral("language"), language->currentData().toString());
    });
    addRow(form, QStringLiteral("language"), language, tr("At the next start."));

    auto *autosave = new QSpinBox(page);
    autosave->setRange(0, 60);
    autosave->setSuffix(tr(" min"));
    autosave->setSpecialValueText(tr("only after jobs"));
    autosave->setValue(m_settings->value(QStringLiteral("autosave/minutes"), 2).toInt());
    connect(autosave, &QSpinBox::valueChanged, this,
            [this](int v) { store(QStringLiteral("autosave/minutes"), v); });
    addRow(form, QStringLiteral("autosave"), autosave,
           tr("A copy of unsaved changes in the data folder, offered after a crash."));

    auto *notify = new QCheckBox(tr("Say when a long job has ended"), page);
    notify->setChecked(m_settings->value(QStringLiteral("notify/enabled"), true).toBool());
    connect(notify, &QCheckBox::toggled, this,
            [this](bool on) { store(QStringLiteral("notify/enabled"), on); });
    addRow(form, QStringLiteral("notify"), notify,
           tr("By the desktop, and only while the window is not in front."));
    auto *longer = new QSpinBox(page);
    longer->setRange(0, 36000);
    longer->setSuffix(tr(" s"));
    longer->setValue(m_settings->value(QStringLiteral("notify/seconds"), 60).toInt());
    connect(longer, &QSpinBox::valueChanged, this,
            [this](int v) { store(QStringLiteral("notify/seconds"), v); });
    addRow(form, QStringLiteral("longJob"), longer, tr("Shorter jobs end without a word."));

    auto *awake = new QCheckBox(tr("Keep the computer awake while a job runs"), page);
    awake->setChecked(m_settings->value(QStringLiteral("power/keepAwake"), true).toBool());
    connect(awake, &QCheckBox::toggled, this,
            [this](bool on) { store(QStringLiteral("power/keepAwake"), on); });
    addRow(form, QStringLiteral("sleep"), awake,
           tr("Where the desktop lets a program ask for it. A paused job does not."));
    return page;
}

QWidget *SettingsDialog::folderRow(const QString &key, const QString &title)
{
    auto *box = new QWidget(this);
    auto *row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    auto *edit = new QLineEdit(m_settings->value(key).toString(), box);
    edit->setPlaceholderText(tr("the usual one"));
    edit->setAccessibleName(title);
    edit->setToolTip(title);
    row->addWidget(edit, 1);
    box->setFocusProxy(edit);
    QToolButton *browse = views::makeTool(QStringLiteral("open"), tr("Choose a folder…"), box);
    row->addWidget(browse);
    connect(edit, &QLineEdit::editingFinished, this, [this, key, edit] {
        if (edit->text() != m_settings->value(key).toString())
            store(key, edit->text());
    });
    connect(browse, &QToolButton::clicked, this, [this, key, edit, title] {
        const QString folder = QFileDialog::getExistingDirectory(this, title, edit->text());
        if (folder.isEmpty())
            return;
        edit->setText(folder);
        store(key, folder);
    });
    return box;
}

QWidget *SettingsDialog::engine()
{
    auto *page = new QWidget(m_tabs);
    auto *form = new QFormLayout(page);
    auto *command =
        new QLineEdit(m_settings->value(QStringLiteral("engine/command")).toString(), page);
    command->setPlaceholderText(tr("batlab-cli beside this program"));
    connect(command, &QLineEdit::editingFinished, this, [this, command] {
        if (command->text() != m_settings->value(QStringLiteral("engine/command")).toString())
            store(QStringLiteral("engine/command"), command->text().trimmed());
    });
    addRow(form, QStringLiteral("command"), command,
           tr("Starts the engine, for example: ssh HOST batlab-cli serve. Model files and the GPU "
              "are then those of HOST; sessions stay here. At the next start; --engine on the "
              "command line goes before it."));
    const QString folder = QStringLiteral("dataFolder");
    addRow(form, folder, folderRow(folder, tr("Data folder")),
           tr("Work of sessions without a file, recovery copies and the log. At the next start."));
    return page;
}

} // namespace batlab::app
