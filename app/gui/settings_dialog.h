// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QHash>
#include <QList>

class QFormLayout;
class QSettings;
class QTabWidget;

namespace batlab::views {
class ActionRegistry;
}

namespace batlab::app {

/// What a user can set for good. Every change is stored and takes effect at once, but for those
/// whose row says "at the next start".
class SettingsDialog : public QDialog
{
    Q_OBJECT

public:
    enum Tab { General, Engine, Shortcuts };
    /// A row of the dialog; the palette leads to it.
    struct Row
    {
        QString id, title;
        Tab tab;
    };
    SettingsDialog(QSettings *settings, views::ActionRegistry *actions, QWidget *parent = nullptr);
    [[nodiscard]] static QList<Row> rows(); ///< all, in their order
    [[nodiscard]] static QString tabTitle(Tab tab);
    void showTab(int tab);
    void showRow(const QString &id); ///< its tab, with the focus in its field
    [[nodiscard]] QWidget *editor(const QString &id) const { return m_editors.value(id); }

Q_SIGNALS:
    void themeChosen(const QString &name);
    void changed();

private:
    [[nodiscard]] QWidget *general();
    [[nodiscard]] QWidget *engine();
    void store(const QString &key, const QVariant &value);
    void addRow(QFormLayout *form, const QString &id, QWidget *editor, const QString &help);
    [[nodiscard]] QWidget *folderRow(const QString &key, const QString &title);

    QSettings *m_settings;
    QTabWidget *m_tabs;
    QHash<QString, QWidget *> m_editors; ///< by the ids of their rows
};

} // namespace batlab::app
