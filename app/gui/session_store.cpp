// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/session_store.h"

#include "app/gui/session_bridge.h"
#include "core/base/heap.h"
#include "views/models/text.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace batlab::app {

using views::qs;
using views::ss;

namespace {
const QString kSuffix = QStringLiteral(".batlab.h5");

std::filesystem::path fsPath(const QString &path) { return std::filesystem::path(ss(path)); }
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
}

SessionStore::~SessionStore() { m_worker.waitForDone(); }

void SessionStore::setBusy(int delta)
{
    m_busy += delta;
    Q_EMIT busyChanged();
}

void SessionStore::newSession()
{
    m_base = Session::make("batlab " BATLAB_VERSION);
    m_document->reset({}, {});
}

void SessionStore::open(const QString &path, std::function<void(Result<void>)> done)
{
    setBusy(1);
    m_worker.start([this, path, done = std::move(done)] {
        Result<Session> loaded = load(fsPath(path));
        views::DocumentSnapshot snapshot;
        if (loaded)
            snapshot = fromSession(*loaded);
        QMetaObject::invokeMethod(
            this,
            [this, path, done, loaded = std::move(loaded),
             snapshot = std::move(snapshot)]() mutable {
                setBusy(-1);
                if (!loaded) {
                    Q_EMIT failed(loaded.error());
                    if (done)
                        done(loaded.error());
                    return;
                }
                const bool recovered = path.startsWith(m_dataFolder + QStringLiteral("/recovery/"));
                m_base = std::move(*loaded);
                m_base.artifacts.clear();
                m_document->reset(std::move(snapshot), recovered ? QString() : path);
                if (done)
                    done({});
            },
            Qt::QueuedConnection);
    });
}

void SessionStore::save(const QString &path, std::function<void(Result<void>)> done)
{
    write(path, false, std::move(done));
}

void SessionStore::write(const QString &path, bool isAutosave,
                         std::function<void(Result<void>)> done)
{
    setBusy(1);
    const quint64 revision = m_document->revision();
    // The snapshot shares the immutable artifacts; turning it into a Session happens on the worker.
    m_worker.start([this, path, isAutosave, done = std::move(done), revision,
                    snapshot = m_document->snapshot(), base = m_base] {
        QDir().mkpath(QFileInfo(path).absolutePath());
        SaveOptions options;
        options.partFolders = partFolders(snapshot);
        const Result<void> saved = batlab::save(toSession(snapshot, base), fsPath(path), options);
        returnFreedMemory();
        QMetaObject::invokeMethod(
            this,
            [this, path, isAutosave, done, revision, saved] {
                setBusy(-1);
                if (!saved) {
                    Q_EMIT failed(saved.error());
                } else if (isAutosave) {
                    m_autosavedRevision = revision;
                    Q_EMIT autosaved(path);
                } else {
                    m_base.origin = fsPath(path);
                    m_document->setPath(path);
                    m_document->setSavedAt(revision);
                    forgetRecovery();
                }
                if (done)
                    done(saved);
            },
            Qt::QueuedConnection);
    });
}

QString SessionStore::workspace() const
{
    if (!m_document->path().isEmpty())
        return qs(partsFolderFor(fsPath(m_document->path())).string());
    return m_dataFolder + QStringLiteral("/work/") + qs(m_base.uuid);
}

QString SessionStore::recoveryPath() const
{
    return QStringLiteral("%1/recovery/%2.%3%4")
        .arg(m_dataFolder, qs(m_base.uuid))
        .arg(QCoreApplication::applicationPid())
        .arg(kSuffix);
}

QStringList SessionStore::leftovers() const
{
    const QDir folder(m_dataFolder + QStringLiteral("/recovery"));
    QStringList files;
    for (const QFileInfo &info :
         folder.entryInfoList({ QLatin1Char('*') + kSuffix }, QDir::Files, QDir::Time)) {
        // NAME is <uuid>.<pid>: the copy of a window that is still open is nobody's leftover.
        const qint64 pid = info.fileName().section(QLatin1Char('.'), 1, 1).toLongLong();
        if (pid <= 0 || !QFileInfo::exists(QStringLiteral("/proc/%1").arg(pid)))
            files.append(info.absoluteFilePath());
    }
    return files;
}

void SessionStore::setAutosaving(bool on)
{
    if (on == m_autosave.isActive())
        return;
    if (on) {
        m_autosave.start();
    } else {
        m_autosave.stop();
        autosaveNow(); // the end of a job is worth keeping at once
    }
}

void SessionStore::autosaveNow()
{
    if (m_document->isEmpty() || !m_document->isModified()
        || m_document->revision() == m_autosavedRevision || m_busy > 0)
        return;
    write(recoveryPath(), true, {});
}

void SessionStore::forgetRecovery()
{
    const QString file = recoveryPath();
    QFile::remove(file);
    const QString parts = qs(partsFolderFor(fsPath(file)).string());
    if (parts.startsWith(m_dataFolder + QStringLiteral("/recovery/")) && QDir(parts).exists())
        QDir(parts).removeRecursively();
}

void SessionStore::waitForDone() { m_worker.waitForDone(); }

} // namespace batlab::app
