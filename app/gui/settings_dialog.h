// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

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
    SettingsDialog(QSettings *settings, views::ActionRegistry *actions, QWidget *parent = nullptr);
    void showTab(int tab);

Q_SIGNALS:
    void themeChosen(const QString &name);
    void changed();

private:
    [[nodiscard]] QWidget *general();
    [[nodiscard]] QWidget *engine();
    void store(const QString &key, const QVariant &value);
    void addRow(QFormLayout *form, const QString &title, QWidget *editor, const QString &help);
    [[nodiscard]] QWidget *folderRow(const QString &key, const QString &title);

    QSettings *m_settings;
    QTabWidget *m_tabs;
};

} // namespace batlab::app
