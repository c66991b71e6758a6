// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/comparison_files.h"

#include "app/gui/session_bridge.h"
#include "app/gui/workbench.h"
#include "views/models/deep_link.h"
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
    connect(workbench->document(), &views::WorkbenchDocument::documentReset, this, [this] {
        ++m_document; // what is still being read was for another one
        m_waiting.clear();
    });
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
    r->add({ QStringLiteral("file.importResultsFolder"),
             tr("Import lm-eval folder…"),
             QStringLiteral("File"),
             {},
             tr("Show every results_*.json below a folder that was given to lm_eval as "
                "--output_path"),
             [this] { chooseResultsFolder(); },
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
    importResults(dialog.selectedFiles());
}

void ComparisonFiles::chooseResultsFolder()
{
    const QString path =
        QFileDialog::getExistingDirectory(m_window, tr("Import a folder of lm-eval results"));
    if (!path.isEmpty())
        importResults({ path });
}

void ComparisonFiles::addSession(const QString &path)
{
    queue([this, path] { loadSession(path, false); });
}

void ComparisonFiles::importResults(const QStringList &paths)
{
    queue([this, paths] { loadResults(paths, false); });
}

void ComparisonFiles::queue(std::function<void()> load)
{
    m_waiting.push_back(std::move(load));
    next();
}

void ComparisonFiles::next()
{
    if (m_running || m_waiting.empty())
        return;
    const std::function<void()> load = std::move(m_waiting.front());
    m_waiting.pop_front();
    load();
}

template<class Work, class Done>
void ComparisonFiles::read(Work work, Done done)
{
    m_running = true;
    views::offThread(this, std::move(work),
                     [this, document = m_document, done = std::move(done)](const auto &value) {
                         m_running = false;
                         if (document == m_document)
                             done(value);
                         next();
                     });
}

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
        if (!views::isSameFile(guest.path, path)) // the same file again: read anew
            taken.append(guest.name);
    const QString name = views::guestName(path, taken);
    read(
        [path, name] {
            Result<Session> session = load(std::filesystem::path(ss(path)));
            if (!session)
                return shared(Result<views::GuestSession>(session.error()));
            return shared(
                Result<views::GuestSession>(views::makeGuest(name, path, fromSession(*session))));
        },
        [this, path, quietly](const std::shared_ptr<Result<views::GuestSession>> &guest) {
            if (!*guest) {
                fail(path, guest->error(), quietly);
                return;
            }
            change(quietly, [&](views::WorkbenchDocument *document) {
                document->forgetRemembered({ path });
                document->addGuest(std::move(**guest));
            });
        });
}

void ComparisonFiles::loadResults(const QStringList &paths, bool quietly)
{
    using Results = std::vector<Result<std::vector<views::ImportedResults>>>;
    read(
        [paths] {
            auto out = std::make_shared<Results>();
            for (const QString &path : paths)
                out->push_back(views::importResults(std::filesystem::path(ss(path))));
            return out;
        },
        [this, paths, quietly](const std::shared_ptr<Results> &all) {
            for (std::size_t i = 0; i < all->size(); ++i) {
                const QString path = paths.at(static_cast<qsizetype>(i));
                Result<std::vector<views::ImportedResults>> &results = (*all)[i];
                const views::ImportedResults *kept =
                    quietly ? m_workbench->document()->remembered().find(path) : nullptr;
                if (!results && kept) {
                    m_workbench->say(
                        LogLevel::info,
                        tr("%1 cannot be read: shown is what the session keeps of it").arg(path));
                    results = std::vector<views::ImportedResults> { *kept };
                }
                if (!results) {
                    fail(path, results.error(), quietly);
                    continue;
                }
                change(quietly, [&](views::WorkbenchDocument *document) {
                    document->forgetRemembered({ path });
                    for (views::ImportedResults &one : *results) {
                        if (kept)
                            one.id = kept->id; // of the place where it was imported
                        document->addImport(std::move(one));
                    }
                });
            }
        });
}

void ComparisonFiles::fail(const QString &path, const Error &error, bool quietly)
{
    if (quietly)
        Q_EMIT missing(path, error);
    else
        Q_EMIT failed(error);
}

void ComparisonFiles::forget(const QString &path)
{
    m_workbench->document()->forgetRemembered({ path });
}

void ComparisonFiles::restore()
{
    const auto remembered = m_workbench->document()->remembered();
    for (const QString &path : remembered.sessions)
        queue([this, path] { loadSession(path, true); });
    if (!remembered.imports.isEmpty())
        queue([this, paths = remembered.imports] { loadResults(paths, true); });
}

} // namespace batlab::app
