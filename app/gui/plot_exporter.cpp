// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/plot_exporter.h"

#include "app/gui/application.h"
#include "app/gui/main_window.h"
#include "app/gui/plot_export_dialog.h"
#include "views/plots/plot_widget.h"

#include <QDir>
#include <QDockWidget>
#include <QStackedWidget>
#include <QTabBar>

#include <algorithm>
#include <utility>

namespace batlab::app {

namespace {

constexpr int kPollMs = 50;
constexpr int kMostMs = 60000; ///< a page whose numbers do not come is written as it is
constexpr int kFewest = 200; ///< ms that pages and panels get to notice that they are shown

/// On the page or in a dock that is not behind another one, with a picture.
bool isShown(const plots::PlotWidget &plot)
{
    if (!plot.isVisible() || plot.state() == plots::PanelState::empty
        || plot.state() == plots::PanelState::error)
        return false;
    for (const QWidget *w = &plot; w; w = w->parentWidget())
        if (const auto *dock = qobject_cast<const QDockWidget *>(w))
            return !dock->visibleRegion().isEmpty();
    return true;
}

} // namespace

PlotExporter::PlotExporter(MainWindow *window) : QObject(window), m_window(window)
{
    connect(&m_timer, &QTimer::timeout, this, &PlotExporter::step);
}

void PlotExporter::registerActions()
{
    views::WorkbenchDocument *document = m_window->workbench()->document();
    m_window->workbench()->actions()->add(
        { QStringLiteral("file.exportPlots"),
          tr("Export all plots…"),
          QStringLiteral("File"),
          QKeySequence(QStringLiteral("Ctrl+Shift+E")),
          tr("Every plot that is shown into a folder, as pictures, drawings and tables"),
          [this] { choose(); },
          [this, document] { return !document->isEmpty() && !isBusy(); },
          {},
          QStringLiteral("export") });
}

void PlotExporter::choose()
{
    auto *dialog = new PlotExportDialog(m_window->settings(), m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] { start(dialog->wanted()); });
    dialog->open();
}

void PlotExporter::start(const PlotExport &wanted)
{
    if (isBusy())
        return;
    m_wanted = wanted;
    m_before = m_window->page();
    m_seen.clear();
    m_names.clear();
    m_written.clear();
    m_failed.clear();
    m_pages = { m_before };
    if (wanted.allPages)
        m_pages = { MainWindow::Inspect, MainWindow::Compare, MainWindow::Ablate,
                    MainWindow::Evaluate };
    QDir().mkpath(wanted.folder);
    m_window->stalls()->setActivity(tr("exporting plots"));
    nextPage();
    Q_EMIT activityChanged();
}

void PlotExporter::cancel()
{
    if (!isBusy())
        return;
    m_pages.clear();
    m_items.clear();
    finish();
}

QString PlotExporter::activity() const
{
    return isBusy()
        ? tr("Exporting plots, %n file(s)…", nullptr, static_cast<int>(m_written.size()))
        : QString();
}

void PlotExporter::nextPage()
{
    putTabsBack();
    if (m_pages.isEmpty()) {
        finish();
        return;
    }
    m_window->setPage(static_cast<MainWindow::Page>(m_pages.takeFirst()));
    m_turn = 0;
    if (m_wanted.allPages)
        for (QTabBar *bar : m_window->pages()->currentWidget()->findChildren<QTabBar *>())
            if (bar->isVisible())
                m_tabs.append(Tabs { bar, bar->currentIndex() });
    settle();
}

bool PlotExporter::nextTabs()
{
    ++m_turn;
    bool more = false;
    for (const Tabs &tabs : std::as_const(m_tabs)) {
        if (!tabs.bar || m_turn >= tabs.bar->count())
            continue;
        tabs.bar->setCurrentIndex((tabs.shown + m_turn) % tabs.bar->count());
        more = true;
    }
    if (more)
        settle();
    return more;
}

void PlotExporter::putTabsBack()
{
    for (const Tabs &tabs : std::exchange(m_tabs, {}))
        if (tabs.bar)
            tabs.bar->setCurrentIndex(tabs.shown);
}

void PlotExporter::settle()
{
    m_settling = true;
    m_clock.start();
    m_timer.start(kPollMs);
}

void PlotExporter::step()
{
    if (m_settling) {
        if (m_clock.elapsed() < kFewest && m_wanted.allPages)
            return;
        flushPage(*m_window);
        const QList<plots::PlotWidget *> all = m_window->findChildren<plots::PlotWidget *>();
        const bool loading = std::any_of(all.begin(), all.end(), [](const plots::PlotWidget *plot) {
            return plot->isVisible() && plot->state() == plots::PanelState::loading;
        });
        if ((loading || isWaiting(*m_window)) && m_clock.elapsed() < kMostMs)
            return;
        m_settling = false;
        collect();
        m_timer.setInterval(0);
        return;
    }
    if (m_items.isEmpty()) {
        if (!nextTabs())
            nextPage();
        return;
    }
    const Item item = m_items.takeFirst();
    if (!item.plot)
        return; // its panel is gone meanwhile
    (writePlot(*item.plot, item.format, item.path) ? m_written : m_failed).append(item.path);
    Q_EMIT activityChanged();
}

void PlotExporter::collect()
{
    for (plots::PlotWidget *plot : m_window->findChildren<plots::PlotWidget *>()) {
        if (!isShown(*plot) || m_seen.contains(plot))
            continue;
        m_seen.insert(plot);
        static const char *const pages[] = { "welcome-", "inspect-", "compare-", "ablate-",
                                             "evaluate-" };
        const QString page =
            m_wanted.allPages ? QString::fromLatin1(pages[m_window->page()]) : QString();
        const QString name = freeName(page + plots::fileTitle(plot->title()));
        for (const plots::PlotFormat format : m_wanted.formats)
            m_items.append(
                { plot, format, QDir(m_wanted.folder).filePath(name + plots::suffixOf(format)) });
    }
}

QString PlotExporter::freeName(const QString &name)
{
    QString free = name;
    for (int i = 2; m_names.contains(free); ++i)
        free = name + QLatin1Char('-') + QString::number(i);
    m_names.insert(free);
    return free;
}

void PlotExporter::finish()
{
    m_timer.stop();
    putTabsBack();
    if (m_window->page() != m_before)
        m_window->setPage(static_cast<MainWindow::Page>(m_before));
    m_window->stalls()->setActivity({});
    m_window->workbench()->actions()->refresh();
    const int written = static_cast<int>(m_written.size());
    if (!m_failed.isEmpty()) {
        QStringList names;
        for (const QString &path : m_failed.mid(0, 3))
            names << QFileInfo(path).fileName();
        if (m_failed.size() > names.size())
            names << QStringLiteral("…");
        m_window->showFailure(
            tr("%1 of %2 files could not be written to %3: %4. Choose a folder you may write to, "
               "with free space.")
                .arg(m_failed.size())
                .arg(m_failed.size() + written)
                .arg(m_wanted.folder, names.join(QStringLiteral(", "))));
    } else {
        m_window->showBanner(
            views::Banner::Tone::info,
            written == 0 ? tr("No plot is shown here.")
                         : tr("%n file(s) written to %1.", nullptr, written).arg(m_wanted.folder));
    }
    Q_EMIT activityChanged();
    Q_EMIT finished(m_written, m_failed);
}

} // namespace batlab::app
