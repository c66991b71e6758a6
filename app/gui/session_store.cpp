// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/session_store.h"

#include "app/gui/session_bridge.h"
#include "core/base/heap.h"
#include "sessions/session_parts.h"
#include "views/models/core_text.h"
#include "views/models/deep_link.h"
#include "views/models/text.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <QUndoStack>

#include <utility>

namespace batlab::app {

using views::qs;
using views::ss;

namespace {
const QString kSuffix = QStringLiteral(".batlab.h5");
const QString kOriginSuffix = QStringLiteral(".origin"); ///< beside a recovery copy: whose it is

std::filesystem::path fsPath(const QString &path) { return std::filesystem::path(ss(path)); }

/// By name, as locks lie beside what they protect.
bool protects(const std::shared_ptr<const FileLock> &lock, const QString &path)
{
    return lock && lock->path() == fsPath(path);
}
} // namespace

SessionStore::SessionStore(views::WorkbenchDocument *document, QString dataFolder, QObject *parent)
    : QObject(parent)
    , m_document(document)
    , m_dataFolder(std::move(dataFolder))
    , m_base(Session::make("batlab " BATLAB_VERSION))
{
    m_worker.setMaxThreadCount(1);
    m_autosave.setInterval(kAutosaveMs);
    connect(&m_autosave, &QTimer::timeout, this, &SessionStore::autosaveNow);
    connect(document->undoStack(), &QUndoStack::indexChanged, this, [this] { ++m_edits; });
    m_autosave.start();
}

SessionStore::~SessionStore()
{
    ++m_openings; // nobody is left who wants what is being read
    m_worker.waitForDone();
}

void SessionStore::setBusy(int delta)
{
    m_busy += delta;
    Q_EMIT busyChanged();
}

QString SessionStore::session() const
{
    return m_opening.isEmpty() ? m_document->path() : m_opening;
}

QString SessionStore::activity() const
{
    if (isOpening())
        return tr("Opening %1…").arg(QFileInfo(m_opening).fileName());
    return m_saving.isEmpty() ? QString()
                              : tr("Saving %1…").arg(QFileInfo(m_saving.last()).fileName());
}

void SessionStore::cancelOpening()
{
    ++m_openings;
    m_opening.clear();
    Q_EMIT busyChanged();
}

void SessionStore::newSession()
{
    cancelOpening();
    takeOver(Session::make("batlab " BATLAB_VERSION), {}, {});
}

void SessionStore::takeOver(Session loaded, views::DocumentSnapshot snapshot, const QString &path)
{
    forgetRecovery(); // of the document that goes: until here it may have had to stay
    m_base = std::move(loaded);
    m_base.artifacts.clear();
    m_warnings.clear();
    for (const std::string &warning : m_base.warnings)
        m_warnings.append(views::coreText(qs(warning)));
    m_discarded = m_keeping = false;
    protect(path);
    m_document->reset(std::move(snapshot), path);
}

void SessionStore::protect(const QString &path)
{
    m_readOnly.clear();
    if (!protects(m_lock, path))
        m_lock.reset();
    if (path.isEmpty())
        return;
    if (!m_lock) {
        // Held while the session is open, so that a second window knows.
        Result<FileLock> lock = FileLock::acquire(fsPath(path));
        if (lock)
            m_lock = std::make_shared<const FileLock>(std::move(*lock));
        else
            m_readOnly = views::coreText(qs(lock.error().what));
    }
    const QFileInfo file(path);
    if (m_base.isNewer()) // said first: closing it elsewhere would change nothing
        m_readOnly = tr("a newer Batlab wrote it, in format %1.%2")
                         .arg(m_base.formatMajor)
                         .arg(m_base.formatMinor);
    else if (m_readOnly.isEmpty() && file.exists() && !file.isWritable())
        m_readOnly = tr("the file is write-protected");
}

void SessionStore::open(const QString &path, std::function<void(Result<void>)> done)
{
    m_opening = path;
    const quint64 mine = ++m_openings;
    setBusy(1);
    m_worker.start([this, path, mine, done = std::move(done)] {
        const Error unwanted { ErrorCode::cancelled, "opening was cancelled", ss(path), {} };
        const auto wanted = [this, mine] { return mine == m_openings; };
        Result<Session> loaded = wanted() ? load(fsPath(path), wanted) : Result<Session>(unwanted);
        if (!wanted())
            loaded = unwanted; // here, where letting go of it keeps nobody waiting
        returnFreedMemory();
        views::DocumentSnapshot snapshot;
        if (loaded)
            snapshot = fromSession(*loaded);
        QMetaObject::invokeMethod(
            this,
            [this, path, mine, unwanted, done, loaded = std::move(loaded),
             snapshot = std::move(snapshot)]() mutable {
                if (mine != m_openings)
                    loaded = unwanted;
                else
                    m_opening.clear();
                setBusy(-1);
                if (loaded)
                    takeOver(std::move(*loaded), std::move(snapshot), path);
                else if (loaded.error().code != ErrorCode::cancelled)
                    Q_EMIT failed(loaded.error());
                if (done)
                    done(loaded ? Result<void>() : Result<void>(loaded.error()));
            },
            Qt::QueuedConnection);
    });
}

void SessionStore::recover(const Leftover &leftover, std::function<void(Result<void>)> done)
{
    open(leftover.file, [this, leftover, done = std::move(done)](const Result<void> &opened) {
        if (opened) {
            protect(leftover.origin);
            m_recovered = leftover.file;
            if (Result<FileLock> copy = FileLock::acquire(fsPath(leftover.file)); copy)
                m_recoveredLock = std::move(*copy);
            m_document->setPath(leftover.origin);
            m_document->setUnsaved();
        }
        if (done)
            done(opened);
    });
}

void SessionStore::save(const QString &path, std::function<void(Result<void>)> done)
{
    if (!m_readOnly.isEmpty() && views::isSameFile(path, m_document->path())) {
        const QString hint = isNewer()
            ? tr("save under another name, without what this Batlab does not know, or open it "
                 "with a newer Batlab")
            : tr("save under another name");
        const Error error { ErrorCode::readOnly, ss(m_readOnly), ss(path), ss(hint) };
        Q_EMIT notSaved(error);
        if (done)
            done(error);
        return;
    }
    write(path, false, std::move(done));
}

void SessionStore::write(const QString &path, bool isAutosave,
                         std::function<void(Result<void>)> done)
{
    if (!isAutosave)
        m_saving.append(path);
    setBusy(1);
    const quint64 revision = m_document->revision(), edits = m_edits;
    const QString origin = m_document->path();
    // The snapshot shares the immutable artifacts; turning it into a Session happens on the worker.
    const std::string uuid = m_base.uuid;
    m_worker.start([this, path, isAutosave, done = std::move(done), revision, edits, uuid, origin,
                    forgotten = m_forgotten.load(), lock = m_lock,
                    snapshot = m_document->snapshot(), base = m_base] {
        QDir().mkpath(QFileInfo(path).absolutePath());
        SaveOptions options;
        options.partFolders = partFolders(snapshot);
        if (protects(lock, path))
            options.lock = lock.get();
        const QString home = isAutosave ? origin : path; // a recovery copy stands for its session
        const QString folder = home.isEmpty() ? home : QFileInfo(home).absolutePath();
        const Result<void> saved =
            batlab::save(toSession(snapshot, base, folder), fsPath(path), options);
        returnFreedMemory();
        if (saved && isAutosave) {
            QSaveFile note(path + kOriginSuffix);
            if (note.open(QIODevice::WriteOnly)) {
                note.write(origin.toUtf8());
                note.commit();
            }
        }
        if (isAutosave && forgotten != m_forgotten)
            dropRecovery(path);
        QMetaObject::invokeMethod(
            this,
            [this, path, isAutosave, done, revision, edits, saved, uuid, forgotten] {
                if (!isAutosave)
                    m_saving.removeOne(path);
                setBusy(-1);
                if (!saved) {
                    Q_EMIT notSaved(saved.error());
                } else if (m_base.uuid != uuid || (isAutosave && forgotten != m_forgotten)) {
                    // Another session took the window meanwhile: the file is not its. Or the copy
                    // is gone again.
                } else if (isAutosave) {
                    m_autosavedRevision = revision;
                    m_autosavedEdits = edits;
                    Q_EMIT autosaved(path);
                } else {
                    m_base.origin = fsPath(path);
                    m_base.formatMinor = kSessionFormatMinor;
                    m_readOnly.clear();
                    if (!protects(m_lock, path)) {
                        m_lock.reset();
                        if (Result<FileLock> mine = FileLock::acquire(fsPath(path)); mine)
                            m_lock = std::make_shared<const FileLock>(std::move(*mine));
                    }
                    m_document->setPath(path);
                    if (edits == m_edits)
                        m_document->setSavedAt(revision);
                    else // what was edited meanwhile, or taken back, is not in the file
                        m_document->setUnsaved();
                    if (!m_keeping)
                        forgetRecovery();
                }
                if (done)
                    done(saved);
            },
            Qt::QueuedConnection);
    });
}

void SessionStore::savePortable(const QString &path, std::function<void(Result<int>)> done)
{
    if (isNewer()) { // a copy for another machine that lacks something without saying so
        const Error error { ErrorCode::unsupported,
                            ss(tr("a newer Batlab wrote this session: a portable copy would lose "
                                  "what this one does not know")),
                            ss(path), ss(tr("make the copy with a newer Batlab")) };
        Q_EMIT failed(error);
        if (done)
            done(error);
        return;
    }
    m_saving.append(path);
    setBusy(1);
    m_worker.start([this, path, done = std::move(done), snapshot = m_document->snapshot(),
                    base = m_base, remote = !m_remoteWorkspace.isEmpty()]() mutable {
        SaveOptions options;
        options.partFolders = partFolders(snapshot);
        Session packed = toSession(snapshot, std::move(base), QFileInfo(path).absolutePath());
        packed.packed = true;
        const int elsewhere = remote ? leaveOutMissingParts(packed, fsPath(path), options) : 0;
        const Result<void> saved = batlab::save(packed, fsPath(path), options);
        QMetaObject::invokeMethod(
            this,
            [this, path, done, saved, elsewhere] {
                m_saving.removeOne(path);
                setBusy(-1);
                if (!saved)
                    Q_EMIT failed(saved.error());
                if (done)
                    done(saved ? Result<int>(elsewhere) : Result<int>(saved.error()));
            },
            Qt::QueuedConnection);
    });
}

QString SessionStore::uuid() const { return qs(m_base.uuid); }
QString SessionStore::created() const { return qs(m_base.created); }
QString SessionStore::creator() const { return qs(m_base.creator); }

QString SessionStore::workspace() const
{
    if (!m_remoteWorkspace.isEmpty())
        return m_remoteWorkspace + QLatin1Char('/') + qs(m_base.uuid);
    if (!m_document->path().isEmpty())
        return qs(partsFolderFor(fsPath(m_document->path())).string());
    return unsavedFolder();
}

QString SessionStore::unsavedFolder() const
{
    return m_dataFolder + QStringLiteral("/work/") + qs(m_base.uuid);
}

QString SessionStore::recoveryPath() const
{
    // Windows of one process may show copies of one session, which have its uuid.
    return QStringLiteral("%1/recovery/%2.%3.%4%5")
        .arg(m_dataFolder, qs(m_base.uuid))
        .arg(QCoreApplication::applicationPid())
        .arg(m_number)
        .arg(kSuffix);
}

std::vector<Leftover> SessionStore::leftovers() const
{
    const QDir folder(m_dataFolder + QStringLiteral("/recovery"));
    std::vector<Leftover> out;
    for (const QFileInfo &info :
         folder.entryInfoList({ QLatin1Char('*') + kSuffix }, QDir::Files, QDir::Time)) {
        // NAME is <uuid>.<pid>.<window>: the copy of a window that is still open is nobody's
        // leftover.
        const qint64 pid = info.fileName().section(QLatin1Char('.'), 1, 1).toLongLong();
        if (pid > 0 && QFileInfo::exists(QStringLiteral("/proc/%1").arg(pid)))
            continue;
        Leftover found { info.absoluteFilePath(), {} };
        if (const Result<FileLock> free = FileLock::acquire(fsPath(found.file));
            !free && free.error().code == ErrorCode::busy)
            continue; // recovered in another window, which has not saved it yet
        QFile note(found.file + kOriginSuffix);
        if (note.open(QIODevice::ReadOnly))
            found.origin = QString::fromUtf8(note.readAll());
        out.push_back(found);
    }
    return out;
}

void SessionStore::skip(const Leftover &leftover)
{
    QFile::rename(leftover.file, leftover.file + QStringLiteral(".skipped"));
    QFile::remove(leftover.file + kOriginSuffix);
}

void SessionStore::setAutosaving(bool on)
{
    if (!on)
        autosaveNow(); // the end of a job is worth keeping at once
}

void SessionStore::setAutosaveMinutes(int minutes)
{
    if (minutes > 0)
        m_autosave.start(minutes * 60000);
    else
        m_autosave.stop();
}

bool SessionStore::isWorthACopy() const
{
    return !m_discarded && !m_document->isEmpty() && m_document->hasWork()
        && m_document->isModified();
}

void SessionStore::autosaveNow()
{
    if (m_busy > 0 || !isWorthACopy())
        return;
    Q_EMIT aboutToCopy();
    if (m_document->revision() == m_autosavedRevision && m_edits == m_autosavedEdits)
        return;
    write(recoveryPath(), true, {});
}

void SessionStore::keepWork()
{
    cancelOpening(); // what is being read would take the copy away
    Q_EMIT aboutToCopy();
    if (!isWorthACopy())
        return;
    m_keeping = true;
    write(recoveryPath(), true, {});
}

void SessionStore::dropRecovery(const QString &file) const
{
    QFile::remove(file);
    QFile::remove(file + kOriginSuffix);
    const QString parts = qs(partsFolderFor(fsPath(file)).string());
    if (parts.startsWith(m_dataFolder + QStringLiteral("/recovery/")) && QDir(parts).exists())
        QDir(parts).removeRecursively();
}

void SessionStore::forgetRecovery()
{
    ++m_forgotten; // before: the worker looks after it has written
    m_autosavedRevision = 0; // what is shown now is in no copy
    dropRecovery(recoveryPath());
    if (!m_recovered.isEmpty())
        dropRecovery(std::exchange(m_recovered, {}));
    m_recoveredLock.reset();
}

void SessionStore::discardWork()
{
    m_discarded = true;
    m_worker.waitForDone(); // a copy that is being written would outlive this
    forgetRecovery();
    const QString folder = unsavedFolder();
    if (m_document->path().isEmpty() && QDir(folder).exists())
        QDir(folder).removeRecursively();
}

void SessionStore::waitForDone() { m_worker.waitForDone(); }

} // namespace batlab::app
