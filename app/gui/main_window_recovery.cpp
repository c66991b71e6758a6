// SPDX-License-Identifier: GPL-3.0-or-later
// What a start or an opened session has to say in the banner, one after the other: copies of work
// that was not saved, what is odd about the file, a run that can go on.
#include "app/gui/main_window.h"

#include "app/gui/shell.h"
#include "views/models/deep_link.h"

#include <QFileInfo>

#include <algorithm>
#include <utility>

namespace batlab::app {

namespace {

bool contains(const std::vector<Leftover> &list, const Leftover &wanted)
{
    return std::any_of(list.begin(), list.end(),
                       [&wanted](const Leftover &one) { return one.file == wanted.file; });
}

} // namespace

std::vector<Leftover> MainWindow::lookForLeftovers()
{
    std::vector<Leftover> there = m_workbench->store()->leftovers();
    m_canRecover = !there.empty();
    m_workbench->actions()->refresh();
    return there;
}

void MainWindow::noteLeftovers(const QString &session)
{
    const bool all = std::exchange(m_starting, false);
    for (const Leftover &found : lookForLeftovers())
        if ((all || views::isSameFile(found.origin, session)) && !contains(m_offers, found))
            m_offers.push_back(found);
}

void MainWindow::answerBanner(int button)
{
    m_banner->hide();
    forgetOffer();
    if (const auto action = m_message.action)
        action(button);
    if (m_banner->isHidden())
        sayNext();
}

void MainWindow::closeBanner()
{
    forgetOffer();
    sayNext();
}

void MainWindow::forgetOffer()
{
    std::erase_if(m_offers, [this](const Leftover &offer) { return offer.file == m_offered; });
    m_offered.clear();
}

void MainWindow::sayNext()
{
    if (m_workbench->store()->isOpening())
        return; // a session on its way has more to say
    if (m_banner->isHidden() && sayDisplaced())
        return;
    // Another window may have taken one meanwhile.
    const std::vector<Leftover> there = lookForLeftovers();
    std::erase_if(m_offers, [&there](const Leftover &offer) { return !contains(there, offer); });
    const QString open = m_workbench->document()->path();
    auto next = std::find_if(m_offers.begin(), m_offers.end(), [&open](const Leftover &offer) {
        return views::isSameFile(offer.origin, open);
    });
    if (next == m_offers.end()) {
        if (std::exchange(m_sessionUnsaid, false) && (m_shell->sessionOpened() || offerResume()))
            return;
        next = m_offers.begin();
    }
    if (next != m_offers.end())
        offerRecovery(Leftover(*next));
}

bool MainWindow::sayDisplaced()
{
    while (!m_displaced.empty()) {
        const Message next = std::move(m_displaced.back());
        m_displaced.pop_back();
        if (next.holds && !next.holds())
            continue;
        showBanner(next.tone, next.text, next.buttons, next.action, next.details, next.holds);
        return true;
    }
    return false;
}

bool MainWindow::canResume(const QString &run) const
{
    const views::RunEntry *entry = m_workbench->document()->run(run);
    return entry && (entry->state == JobState::cancelled || entry->state == JobState::failed);
}

bool MainWindow::offerResume()
{
    const auto &runs = m_workbench->document()->runs();
    if (runs.empty() || runs.back().state != JobState::cancelled)
        return false;
    const QString run = runs.back().id;
    showBanner(
        views::Banner::Tone::info,
        tr("%1: %2.").arg(runs.back().title,
                          runs.back().note.isEmpty() ? tr("stopped, checkpoint kept")
                                                     : runs.back().note),
        { tr("Resume") }, [this, run](int) { m_workbench->resumeRun(run); }, {},
        [this, run] { return canResume(run); });
    return true;
}

void MainWindow::showRecovery()
{
    m_offers = lookForLeftovers();
    sayNext();
}

void MainWindow::offerRecovery(const Leftover &found)
{
    // What is open needs not be opened.
    const bool saved = QFileInfo::exists(found.origin)
        && !views::isSameFile(found.origin, m_workbench->document()->path());
    QStringList buttons { tr("Recover") };
    if (saved)
        buttons.append(tr("Open saved"));
    buttons.append(tr("Skip"));
    showBanner(
        views::Banner::Tone::warning,
        tr("%1 was closed unexpectedly. A copy of %2 is here.")
            .arg(found.origin.isEmpty() ? tr("A session that was never saved")
                                        : QFileInfo(found.origin).fileName(),
                 QFileInfo(found.file).lastModified().toString(QStringLiteral("yyyy-MM-dd HH:mm"))),
        buttons,
        [this, found, saved](int button) {
            const auto skip = [this, found] {
                if (contains(lookForLeftovers(), found)) // another window may have taken it
                    SessionStore::skip(found); // kept, never thrown away
            };
            if (button == 0)
                recover(found);
            else if (saved && button == 1)
                whenReplaceable(tr("Open session"),
                                [this, found, skip] { readSession(found.origin, skip, {}); });
            else
                skip();
        },
        found.file);
    m_offered = found.file;
}

void MainWindow::recover(const Leftover &found)
{
    whenReplaceable(tr("Recover"), [this, found] {
        if (!contains(lookForLeftovers(), found)) {
            showBanner(views::Banner::Tone::info,
                       tr("This copy was recovered or skipped in another window."));
            return;
        }
        m_workbench->store()->recover(found, [this](const Result<void> &opened) {
            if (opened) {
                m_shell->restoreView(m_workbench->document()->viewState());
                m_sessionUnsaid = true;
            }
            if (m_banner->isHidden()) // else it says why not
                sayNext();
        });
    });
}

} // namespace batlab::app
