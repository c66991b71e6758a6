// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/comparison_files.h"

#include "app/gui/session_bridge.h"
#include "app/gui/workbench.h"
#include "views/models/guest_session.h"
#include "views/models/imported_results.h"
#include "views/models/off_thread.h"
#include "views/models/text.h"

#include <QFileDialog>
#include <QFileInfo>

namespace batlab::app {

using views::qs;
using views::ss;

namespace {

template<class T>
std::shared_ptr<Result<T>> shared(Result<T> result)
{
    return std::make_shared<Result<T>>(std::move(result));
}

} // namespace

ComparisonFiles::ComparisonFiles(Workbench *workbench, QWidget *window)
    : QObject(window), m_workbench(workbench), m_window(window)
{
    connect(workbench->document(), &views::WorkbenchDocument::documentReset, this,
            &ComparisonFiles::restore, Qt::QueuedConnection);
}

void ComparisonFiles::registerActions()
{
    views::ActionRegistry *r = m_workbench->actions();
    const auto open = [this] { return !m_workbench->document()->isEmpty(); };
    r->add({ QStringLiteral("file.addSession"),
             tr("Add session for comparison…"),
             QStringLiteral("File"),
             {},
             tr("Show the variants of another session beside these; the file is only read"),
             [this] { chooseSession(); },
             open,
             {},
             {} });
    r->add({ QStringLiteral("file.importResults"),
             tr("Import lm-eval results…"),
             QStringLiteral("File"),
             {},
             tr("Show results_*.json of lm-evaluation-harness in the recovery table"),
             [this] { chooseResults(); },
             open,
             {},
             {} });
}

void ComparisonFiles::chooseSession()
{
    const QString path = QFileDialog::getOpenFileName(m_window, tr("Add session for comparison"),
                                                      {}, tr("Batlab sessions (*.batlab.h5 *.h5)"));
    if (!path.isEmpty())
        addSession(path);
}

void ComparisonFiles::chooseResults()
{
    QFileDialog dialog(m_window, tr("Import lm-eval results"));
    dialog.setFileMode(QFileDialog::ExistingFiles);
    dialog.setNameFilters({ tr("lm-eval results (*.json)"), tr("All files (*)") });
    if (dialog.exec() != QDialog::Accepted)
        return;
    for (const QString &path : dialog.selectedFiles())
        addResults(path);
}

void ComparisonFiles::addSession(const QString &path) { loadSession(path, false); }

void ComparisonFiles::addResults(const QString &path) { loadResults(path, false); }

template<class Change>
void ComparisonFiles::change(bool quietly, Change change)
{
    views::WorkbenchDocument *document = m_workbench->document();
    const bool clean = !document->isModified();
    change(document);
    if (quietly && clean)
        document->setSaved();
}

void ComparisonFiles::loadSession(const QString &path, bool quietly)
{
    QStringList taken;
    for (const views::GuestSession &guest : m_workbench->document()->guests())
        if (guest.path != path) // the same file again: read anew
            taken.append(guest.name);
    const QString name = views::guestName(path, taken);
    ++m_busy;
    views::offThread(
        this,
        [path, name] {
            Result<Session> session = load(std::filesystem::path(ss(path)));
            if (!session)
                return shared(Result<views::GuestSession>(session.error()));
            return shared(
                Result<views::GuestSession>(views::makeGuest(name, path, fromSession(*session))));
        },
        [this, quietly](const std::shared_ptr<Result<views::GuestSession>> &guest) {
            --m_busy;
            if (!*guest) {
                Q_EMIT failed(guest->error());
                return;
            }
            change(quietly, [&](views::WorkbenchDocument *document) {
                document->addGuest(std::move(**guest));
            });
        });
}

void ComparisonFiles::loadResults(const QString &path, bool quietly)
{
    ++m_busy;
    views::offThread(
        this, [path] { return shared(views::importResults(std::filesystem::path(ss(path)))); },
        [this,
         quietly](const std::shared_ptr<Result<std::vector<views::ImportedResults>>> &results) {
            --m_busy;
            if (!*results) {
                Q_EMIT failed(results->error());
                return;
            }
            change(quietly, [&](views::WorkbenchDocument *document) {
                for (views::ImportedResults &one : **results)
                    document->addImport(std::move(one));
            });
        });
}

void ComparisonFiles::restore()
{
    const auto remembered = m_workbench->document()->takeRemembered();
    for (const QString &path : remembered.sessions)
        loadSession(path, true);
    for (const QString &path : remembered.imports)
        loadResults(path, true);
}

} // namespace batlab::app
