// SPDX-License-Identifier: GPL-3.0-or-later
// The shell's part in sessions: the view they keep, banners on opening, notes, report, places.
#include "app/gui/main_window.h"
#include "app/gui/shell.h"
#include "app/gui/view_state.h"
#include "views/models/deep_link.h"
#include "views/models/set_value_command.h"
#include "views/models/text.h"
#include "views/panels/ablate_page.h"
#include "views/panels/detail_panel.h"
#include "views/panels/evaluate_page.h"
#include "views/panels/inspect_page.h"
#include "views/panels/notes_panel.h"
#include "views/panels/provenance_dialog.h"
#include "views/panels/session_report.h"
#include "views/plots/heatmap_plot.h"

#include <QDockWidget>
#include <QFileDialog>
#include <QSaveFile>
#include <QStackedWidget>
#include <QTimer>

namespace batlab::app {

using views::qs;
using views::ss;

void Shell::registerSessionActions()
{
    views::ActionRegistry *r = m_workbench->actions();
    const auto open = [this] { return !m_workbench->document()->isEmpty(); };
    const QString file = QStringLiteral("File");
    r->add({ QStringLiteral("file.savePortable"),
             tr("Save portable copy…"),
             file,
             {},
             tr("One file with all parts inside, for another machine"),
             [this] { savePortable(); },
             open,
             {},
             {} });
    r->add({ QStringLiteral("file.report"),
             tr("Write report…"),
             file,
             QKeySequence(QStringLiteral("Ctrl+Alt+P")),
             tr("One HTML file with figures, tables, specs and provenance"),
             [this] {
                 const QString path = QFileDialog::getSaveFileName(m_window, tr("Write report"),
                                                                   QStringLiteral("report.html"),
                                                                   tr("HTML (*.html)"));
                 if (!path.isEmpty())
                     writeReport(path);
             },
             open,
             {},
             QStringLiteral("export") });
    r->add({ QStringLiteral("file.provenance"),
             tr("Provenance"),
             file,
             {},
             tr("Hashes, data, specs, build and device behind the results"),
             [this] { showProvenance(); },
             open,
             {},
             QStringLiteral("info") });
    r->add({ QStringLiteral("edit.bookmark"),
             tr("Bookmark the block"),
             QStringLiteral("Edit"),
             QKeySequence(QStringLiteral("Ctrl+M")),
             tr("A remark at the selected block, kept in the session"),
             [this] { bookmark(); },
             open,
             {},
             QStringLiteral("bookmark") });
    r->add({ QStringLiteral("view.notes"),
             tr("Notes dock"),
             QStringLiteral("View"),
             QKeySequence(QStringLiteral("Ctrl+Shift+N")),
             tr("Show or hide notes and bookmarks"),
             [this] {
                 m_notesDock->setVisible(m_notesDock->isHidden());
                 if (!m_notesDock->isHidden())
                     m_notesDock->raise();
             },
             {},
             [this] { return m_notesDock && !m_notesDock->isHidden(); },
             QStringLiteral("note") });
}

Json Shell::captureView() const
{
    Json view = m_workbench->document()->viewState();
    if (!view.is_object())
        view = Json::object();
    m_notes->flush();
    const views::Selection &s = m_workbench->selection()->current();
    view["version"] = kViewVersion;
    view["selection"] = { { "variant", ss(s.variant) },
                          { "layer", s.layer },
                          { "site", std::string(name(s.site)) },
                          { "block", s.block },
                          { "channel", s.channel },
                          { "token", s.token } };
    view["filter"] = m_workbench->selection()->filter()->viewState();
    view["docks"] = m_window->saveState(MainWindow::kLayoutVersion).toBase64().toStdString();
    view["inspect"] = m_window->inspectPage()->viewState();
    view["inspect"]["detail"] = static_cast<int>(m_window->detailPanel()->tab());
    view["ablate"] = m_window->ablatePage()->viewState();
    view["queueHeld"] = m_workbench->jobs()->isHeld();
    const QStackedWidget *pages = m_window->pages();
    view["page"] = pages->currentWidget()->metaObject()->className();
    Json widgets = Json::object();
    for (int i = 0; i < pages->count(); ++i) {
        const char *name = pages->widget(i)->metaObject()->className();
        // A page not seen since keeps what the reopened file said.
        widgets[name] =
            m_unseen.contains(name) ? m_unseen[name] : captureWidgets(*pages->widget(i));
    }
    for (const QDockWidget *dock : m_window->findChildren<QDockWidget *>())
        if (dock->widget())
            widgets[ss(dock->objectName())] = captureWidgets(*dock);
    view["widgets"] = std::move(widgets);
    return view;
}

void Shell::restoreView(const Json &view)
{
    if (!view.is_object() || view.value("version", Json(1)) != Json(kViewVersion))
        return;
    const auto part = [&](const char *key) { return view.contains(key) ? view[key] : Json(); };
    QStackedWidget *pages = m_window->pages();
    const Json page = part("page");
    for (int i = 0; page.is_string() && i < pages->count(); ++i) {
        if (page.get<std::string>() == pages->widget(i)->metaObject()->className() && i > 0)
            m_window->setPage(static_cast<MainWindow::Page>(i));
    }
    if (const Json docks = part("docks"); docks.is_string())
        m_window->restoreDocks(
            QByteArray::fromBase64(QByteArray::fromStdString(docks.get<std::string>())));
    restoreSelection(part("selection")); // before the plots: their data follow it
    m_workbench->selection()->filter()->restoreViewState(part("filter"));
    const Json inspect = part("inspect");
    m_window->inspectPage()->restoreViewState(inspect);
    m_window->ablatePage()->restoreViewState(part("ablate"));
    if (inspect.is_object() && inspect.contains("detail") && inspect["detail"].is_number_integer())
        m_window->detailPanel()->setTab(
            static_cast<views::DetailPanel::Tab>(inspect["detail"].get<int>()));
    const Json widgets = part("widgets");
    m_unseen = Json::object();
    for (int i = 0; widgets.is_object() && i < pages->count(); ++i) {
        const char *name = pages->widget(i)->metaObject()->className();
        if (widgets.contains(name))
            m_unseen[name] = widgets[name];
    }
    pageSeen();
    for (QDockWidget *dock : m_window->findChildren<QDockWidget *>()) {
        if (widgets.is_object() && widgets.contains(ss(dock->objectName())))
            restoreWidgets(*dock, widgets[ss(dock->objectName())]);
    }
}

void Shell::pageSeen()
{
    QWidget *page = m_window->pages()->currentWidget();
    const char *name = page->metaObject()->className();
    if (!m_unseen.contains(name))
        return;
    const Json state = m_unseen[name];
    m_unseen.erase(name);
    if (auto *evaluate = qobject_cast<views::EvaluatePage *>(page))
        evaluate->flush(); // choices among what is there: texts, candidates
    restoreWidgets(*page, state);
}

void Shell::restoreSelection(const Json &s)
{
    if (!s.is_object())
        return;
    const auto number = [&](const char *key, int now) {
        return s.contains(key) && s[key].is_number_integer() ? s[key].get<int>() : now;
    };
    views::Selection to = m_workbench->selection()->current();
    if (s.contains("variant") && s["variant"].is_string())
        to.variant = qs(s["variant"].get<std::string>());
    if (s.contains("site") && s["site"].is_string())
        to.site = siteFromName(s["site"].get<std::string>()).value_or(to.site);
    to.layer = number("layer", to.layer);
    to.block = number("block", to.block);
    to.channel = number("channel", to.channel);
    to.token = number("token", to.token);
    m_workbench->selection()->set(to);
    m_workbench->selection()->clearHistory();
}

bool Shell::sessionOpened()
{
    using Tone = views::Banner::Tone;
    const SessionStore *store = m_workbench->store();
    bool said = offerToLocate(); // comes back after what is said on top of it
    if (!store->readOnlyReason().isEmpty()) {
        const QString text = store->isNewer()
            ? tr("Opened read-only: %1. A copy saved under another name lacks what this Batlab "
                 "does not know; a newer Batlab shows and keeps all of it.")
            : tr("Opened read-only: %1. Changes can be saved under another name.");
        m_window->showBanner(
            Tone::warning, text.arg(store->readOnlyReason()), { tr("Save as…") },
            [this](int) { m_workbench->actions()->trigger(QStringLiteral("file.saveAs")); },
            store->warnings().join(QLatin1Char('\n')),
            [store] { return !store->readOnlyReason().isEmpty(); });
        said = true;
    } else if (!store->warnings().isEmpty()) {
        m_window->showBanner(Tone::warning, store->warnings().join(QLatin1Char(' ')));
        said = true;
    }
    return said;
}

void Shell::savePortable()
{
    const QString path =
        m_window->chooseSessionFile(tr("Save portable copy"), QStringLiteral("portable.batlab.h5"));
    if (!path.isEmpty())
        writePortable(path);
}

void Shell::writePortable(const QString &path)
{
    m_workbench->document()->setViewState(captureView());
    m_workbench->store()->savePortable(path, [this, path](const Result<int> &leftOut) {
        if (!leftOut)
            return; // the banner says why
        m_workbench->say(LogLevel::info, tr("Portable copy written to %1").arg(path));
        if (*leftOut > 0)
            m_window->showBanner(
                views::Banner::Tone::warning,
                tr("The portable copy has all results, but not the codes and scales of %n "
                   "layer(s): they lie on %1, in %2.",
                   nullptr, *leftOut)
                    .arg(remoteHost(), m_workbench->store()->workspace()));
    });
}

void Shell::showProvenance()
{
    const SessionStore *store = m_workbench->store();
    auto *dialog =
        new views::ProvenanceDialog(views::provenance(*m_workbench->document(), store->uuid(),
                                                      store->created(), store->creator()),
                                    m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->show();
}

void Shell::bookmark()
{
    // What is seen of the map comes back with the place.
    const views::InspectPage *inspect = m_window->inspectPage();
    Json look;
    if (m_window->page() == MainWindow::Inspect)
        look = { { "inspect", inspect->viewState() }, { "limits", inspect->map()->limitValues() } };
    m_workbench->document()->annotations()->add({}, m_workbench->selection()->current(), -1,
                                                std::move(look));
    m_notesDock->show();
    m_notesDock->raise();
    m_notes->editLast();
}

void Shell::goToBookmark(const views::Annotation &bookmark)
{
    m_window->setPage(MainWindow::Inspect);
    if (!bookmark.look.is_object())
        return;
    views::InspectPage *inspect = m_window->inspectPage();
    if (bookmark.look.contains("inspect"))
        inspect->restoreViewState(bookmark.look["inspect"]);
    std::vector<double> limits;
    if (const auto at = bookmark.look.find("limits"); at != bookmark.look.end() && at->is_array())
        for (const Json &value : *at)
            limits.push_back(value.is_number() ? value.get<double>() : 0.0);
    inspect->map()->restoreLimits(std::move(limits));
}

void Shell::writeReport(const QString &path, std::function<void(bool)> done)
{
    if (m_report)
        return; // one is being written
    m_notes->flush();
    const SessionStore *store = m_workbench->store();
    m_report = std::make_shared<views::SessionReport>(
        m_workbench->document(),
        views::provenance(*m_workbench->document(), store->uuid(), store->created(),
                          store->creator()),
        m_workbench->selection()->current());
    auto *timer = new QTimer(this); // a step a turn of the event loop
    connect(timer, &QTimer::timeout, this, [this, timer, path, done = std::move(done)] {
        if (m_report->step())
            return;
        timer->stop();
        timer->deleteLater();
        const QByteArray html = m_report->html().toUtf8();
        m_report.reset();
        QSaveFile file(path);
        const bool written =
            file.open(QIODevice::WriteOnly) && file.write(html) == html.size() && file.commit();
        if (written)
            m_window->showBanner(views::Banner::Tone::info,
                                 tr("Report written to %1 (%2).")
                                     .arg(path, views::bytes(static_cast<double>(html.size()))));
        else
            m_window->showProblem({ ErrorCode::readOnly, ss(file.errorString()), ss(path),
                                    ss(tr("choose another folder")) });
        if (done)
            done(written);
    });
    timer->start(0);
}

} // namespace batlab::app
