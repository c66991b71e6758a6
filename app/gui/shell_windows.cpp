// SPDX-License-Identifier: GPL-3.0-or-later
// The shell's part in places: links to them, and the windows they are shown in.
#include "app/gui/main_window.h"
#include "app/gui/shell.h"
#include "views/models/deep_link.h"
#include "views/models/guest_session.h"
#include "views/models/text.h"

#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>

namespace batlab::app {

using views::qs;
using views::ss;

void Shell::registerWindowActions()
{
    views::ActionRegistry *r = m_workbench->actions();
    const auto open = [this] { return !m_workbench->document()->isEmpty(); };
    r->add({ QStringLiteral("edit.copyLink"),
             tr("Copy link"),
             QStringLiteral("Edit"),
             QKeySequence(QStringLiteral("Ctrl+Alt+C")),
             tr("A link to the selected block of this session"),
             [this] { copyLink(); },
             open,
             {},
             QStringLiteral("link") });
    r->add({ QStringLiteral("file.newWindow"),
             tr("New window"),
             QStringLiteral("File"),
             QKeySequence(QStringLiteral("Ctrl+Alt+N")),
             tr("An empty window beside this one, for another session"),
             [this] { openWindow(); },
             [this] { return static_cast<bool>(m_openWindow); },
             {},
             {} });
    r->add({ QStringLiteral("go.inspect"),
             tr("Show in Inspect"),
             QStringLiteral("Go"),
             QKeySequence(QStringLiteral("Ctrl+Return")),
             tr("The selected block in Inspect; that of another session in a window of its own"),
             [this] { showInInspect(); },
             open,
             {},
             {} });
}

void Shell::showInInspect()
{
    const views::Selection &now = m_workbench->selection()->current();
    const QString guest = views::guestOf(ss(now.variant));
    for (const views::GuestSession &session : m_workbench->document()->guests()) {
        if (guest.isEmpty() || session.name != guest)
            continue;
        views::Selection there = now;
        there.variant = qs(views::ownVariant(ss(now.variant)));
        const QString link = views::deepLinkTo(there, session.path);
        if (m_openLinkElsewhere)
            m_openLinkElsewhere(link);
        else
            openLink(link);
        return;
    }
    m_window->setPage(MainWindow::Inspect);
}

void Shell::copyLink()
{
    const QString link =
        views::deepLinkTo(m_workbench->selection()->current(), m_workbench->document()->path());
    QGuiApplication::clipboard()->setText(link);
    m_window->setReadout(tr("Copied %1").arg(link));
}

void Shell::openLink(const QString &text)
{
    const Result<views::DeepLink> link = views::parseDeepLink(text);
    if (!link) {
        m_window->showProblem(link.error());
        return;
    }
    const auto go = [this, link = *link] {
        m_workbench->selection()->set(link.appliedTo(m_workbench->selection()->current()));
        if (!m_workbench->document()->isEmpty())
            m_window->setPage(MainWindow::Inspect);
    };
    views::WorkbenchDocument *document = m_workbench->document();
    const QString coming = m_workbench->store()->session();
    const QString session = link->session.isEmpty() ? coming : link->session;
    if (session.isEmpty() || views::isSameFile(document->path(), session)) {
        go();
        return;
    }
    // After the view of the session is back, and only for the session of this link: another one may
    // be opened meanwhile.
    connect(
        document, &views::WorkbenchDocument::documentReset, this,
        [document, go, session] {
            if (views::isSameFile(document->path(), session))
                go();
        },
        static_cast<Qt::ConnectionType>(Qt::QueuedConnection | Qt::SingleShotConnection));
    if (!views::isSameFile(coming, session)) // not opened twice
        m_window->openSession(session);
}

} // namespace batlab::app
