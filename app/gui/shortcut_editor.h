// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QKeySequence>
#include <QWidget>

class QKeySequenceEdit;
class QLabel;
class QLineEdit;
class QSettings;
class QTableWidget;
class QToolButton;

namespace batlab::views {
class ActionRegistry;
}

namespace batlab::app {

/// Keys that are not the defaults, from "shortcuts/<action>" of the settings.
void loadShortcuts(QSettings &settings, views::ActionRegistry &actions);

/// All actions with their keys: a sheet to read and the place to change them. Keys that another
/// action has are refused with its name.
class ShortcutEditor : public QWidget
{
    Q_OBJECT

public:
    ShortcutEditor(QSettings *settings, views::ActionRegistry *actions, QWidget *parent = nullptr);
    /// Gives an action these keys (empty: none); false where another one has them.
    bool assign(const QString &id, const QKeySequence &keys);
    void resetAll();
    [[nodiscard]] QString message() const;

private:
    void fill();
    void showRow(int row);
    [[nodiscard]] QString currentId() const;

    QSettings *m_settings;
    views::ActionRegistry *m_actions;
    QLineEdit *m_filter;
    QTableWidget *m_table;
    QKeySequenceEdit *m_keys;
    QToolButton *m_reset;
    QLabel *m_message;
};

} // namespace batlab::app
