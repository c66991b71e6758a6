// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/plot_files.h"

#include <QElapsedTimer>
#include <QList>
#include <QObject>
#include <QPointer>
#include <QSet>
#include <QStringList>
#include <QTimer>

class QTabBar;

namespace batlab::plots {
class PlotWidget;
}

namespace batlab::app {

class MainWindow;

/// What is written of the plots that are shown, and where.
struct PlotExport
{
    QString folder;
    QList<plots::PlotFormat> formats;
    bool allPages = false; ///< else the page that is shown
};

/// Writes every plot that is shown under its title, one file a turn of the event loop; on all pages
/// it walks through them and their tabs and waits for what they compute.
class PlotExporter : public QObject
{
    Q_OBJECT

public:
    explicit PlotExporter(MainWindow *window);
    void registerActions();
    void choose(); ///< asks what and where
    void start(const PlotExport &wanted);
    void cancel(); ///< what is written stays
    [[nodiscard]] bool isBusy() const { return m_timer.isActive(); }
    [[nodiscard]] QString activity() const; ///< "Exporting plots: 12 files…"; empty: none

Q_SIGNALS:
    void activityChanged();
    void finished(const QStringList &written, const QStringList &failed);

private:
    struct Item
    {
        QPointer<plots::PlotWidget> plot;
        plots::PlotFormat format;
        QString path;
    };
    struct Tabs
    {
        QPointer<QTabBar> bar;
        int shown = 0; ///< the one that comes back
    };
    void nextPage();
    [[nodiscard]] bool nextTabs(); ///< of the page; false: all of them have been shown
    void putTabsBack();
    void settle();
    void step();
    void collect();
    void finish();
    [[nodiscard]] QString freeName(const QString &name);

    MainWindow *m_window;
    PlotExport m_wanted;
    QList<int> m_pages; ///< still to come
    int m_before = 0; ///< the page that comes back
    QList<Tabs> m_tabs; ///< of the page that is shown
    int m_turn = 0; ///< how far each is from the one that comes back
    bool m_settling = false;
    QList<Item> m_items;
    QSet<plots::PlotWidget *> m_seen; ///< docks stand beside every page
    QSet<QString> m_names;
    QStringList m_written, m_failed;
    QTimer m_timer;
    QElapsedTimer m_clock; ///< since the page, or its present tabs, are shown
};

} // namespace batlab::app
