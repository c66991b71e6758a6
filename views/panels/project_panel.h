// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMenu>
#include <QWidget>

class QLineEdit;
class QSortFilterProxyModel;
class QTreeView;

namespace batlab::views {

class ProjectModel;
class SelectionContext;

/// The project tree with its filter. Clicking a layer, site or variant selects it everywhere.
class ProjectPanel : public QWidget
{
    Q_OBJECT

public:
    ProjectPanel(ProjectModel *model, SelectionContext *selection, QWidget *parent = nullptr);
    void focusFilter();
    [[nodiscard]] QTreeView *view() const { return m_view; }

Q_SIGNALS:
    void pinRequested(const QString &variant);
    void runActivated(const QString &run);
    /// The context menu of a run is about to show: whoever knows what can be done with it adds
    /// that.
    void runMenuRequested(const QString &run, QMenu *menu);

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void follow();
    void choose(const QModelIndex &proxyIndex);
    void showMenu(const QPoint &pos);
    void expandDefaults();
    void sizeFigures();

    ProjectModel *m_model;
    SelectionContext *m_selection;
    QSortFilterProxyModel *m_filter;
    QLineEdit *m_text;
    QTreeView *m_view;
    bool m_following = false;
};

} // namespace batlab::views
