// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QDockWidget;
class QLabel;

namespace batlab::app {

/// Title of a dock: 28 px, name, note, float and close.
class DockTitle : public QWidget
{
    Q_OBJECT

public:
    explicit DockTitle(QDockWidget *dock);
    void setNote(const QString &note);
    /// A tab bar in the place of the name.
    void setTabs(QWidget *tabs);
    /// Gives its place up while a tab says the name.
    void setHiddenByTab(bool hidden);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QDockWidget *m_dock;
    QLabel *m_name, *m_note;
    QToolButton *m_floating;
    QWidget *m_tabs = nullptr;
    QWidget *m_nothing; ///< stands in, zero high
};

} // namespace batlab::app
