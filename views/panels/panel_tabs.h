// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QStackedWidget;
class QTabBar;

namespace batlab::views {

/// Panels that share one place: a slim row of tabs above the current one. The others are hidden and
/// need not follow anything.
class PanelTabs : public QWidget
{
    Q_OBJECT

public:
    PanelTabs(const QString &accessibleName, QWidget *parent);
    void add(const QString &title, const QString &toolTip, QWidget *panel);
    [[nodiscard]] QWidget *current() const;
    void setCurrent(QWidget *panel);

Q_SIGNALS:
    void currentChanged();

private:
    QTabBar *m_bar;
    QStackedWidget *m_stack;
};

} // namespace batlab::views
