// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sessions/file_lock.h"
#include "sessions/session.h"
#include "views/models/workbench_document.h"

#include <QObject>
#include <QThreadPool>
#include <QTimer>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

namespace batlab::app {

/// A recovery copy of a window that did not end as it should.
struct Leftover
{
    QString file;
    QString origin; ///< the session it belongs to; empty: never saved
};

/// Opens and saves the document's session on a worker thread, holds its lock while it is open, and
/// keeps a recovery copy of unsaved changes: every two minutes, after a job, and when asked. The
/// GUI thread only hands over and takes back values.
class SessionStore : public QObject
{
    Q_OBJECT

public:
    static constexpr int kAutosaveMs = 120000;

    SessionStore(views::WorkbenchDocument *document, QString dataFolder, QObject *parent = nullptr);
    ~SessionStore() override;

    void open(const QString &path, std::function<void(Result<void>)> done = {});
    /// Writes the whole document to `path`; it becomes the document's path.
    void save(const QString &path, std::function<void(Result<void>)> done = {});
    /// Writes a copy with all parts inside; the document keeps its own path.
    /// With the parts inside; `done` gets how many layers' parts lie on the engine's machine and
    /// are not in it (none with an engine here: a missing part is an error then).
    void savePortable(const QString &path, std::function<void(Result<int>)> done = {});
    /// Opens a recovery copy; the document gets the path of the session it belongs to.
    void recover(const Leftover &leftover, std::function<void(Result<void>)> done = {});
    void newSession(); ///< an empty document with a fresh uuid
    /// Why the open file must not be written ("in use: …"); empty: it may be.
    [[nodiscard]] QString readOnlyReason() const { return m_readOnly; }
    /// A newer Batlab wrote the open file: a save under another name, which is of this version,
    /// lacks what this one does not know.
    [[nodiscard]] bool isNewer() const { return m_base.isNewer(); }
    /// What the reader of the open file noticed (a newer minor version, a foreign writer).
    [[nodiscard]] QStringList warnings() const { return m_warnings; }
    [[nodiscard]] QString uuid() const;
    [[nodiscard]] QString created() const;
    [[nodiscard]] QString creator() const;
    /// Where parts go on the machine of an engine that is reached through ssh; empty: this one.
    void setRemoteWorkspace(const QString &folder) { m_remoteWorkspace = folder; }
    [[nodiscard]] QString dataFolder() const { return m_dataFolder; }
    void setAutosaveMinutes(int minutes); ///< 0: only after jobs
    [[nodiscard]] bool isBusy() const { return m_busy > 0; }
    /// What the user waits for ("Opening NAME…"); empty: nothing. busyChanged() tells.
    [[nodiscard]] QString activity() const;
    [[nodiscard]] bool isOpening() const { return !m_opening.isEmpty(); }
    /// The session that is on its way does not come; what is open stays.
    void cancelOpening();
    /// The session of this window, or the one that is on its way; empty: neither has a file.
    [[nodiscard]] QString session() const;

    /// Where the jobs of this session keep their parts: beside the saved file, else in the data
    /// folder.
    [[nodiscard]] QString workspace() const;
    void setAutosaving(bool on);
    void autosaveNow(); ///< a recovery copy, unless there is one of what is shown now
    /// The window goes and its work shall be offered again: a copy whatever else is being written,
    /// which outlives a save that is under way.
    void keepWork();
    [[nodiscard]] QString recoveryPath() const;
    /// Recovery files of earlier, broken-off sessions.
    [[nodiscard]] std::vector<Leftover> leftovers() const;
    /// Not offered again; the file stays, under another name.
    static void skip(const Leftover &leftover);
    /// After a save, a deliberate close, or when another document has come; a copy that is being
    /// written goes too.
    void forgetRecovery();
    /// Takes away the recovery copy, for good, and what jobs of a session that was never saved have
    /// left in the data folder.
    void discardWork();
    void waitForDone(); ///< closing: lets a write in progress end

Q_SIGNALS:
    void busyChanged();
    /// A recovery copy is due: what only the views know so far goes into the document now.
    void aboutToCopy();
    void autosaved(const QString &path);
    void failed(const batlab::Error &error); ///< of opening, or of a portable copy
    void notSaved(const batlab::Error &error); ///< the session, or its recovery copy

private:
    [[nodiscard]] QString unsavedFolder() const; ///< parts of a session without a file
    void write(const QString &path, bool isAutosave, std::function<void(Result<void>)> done);
    void setBusy(int delta);
    [[nodiscard]] bool isWorthACopy() const;
    void takeOver(Session loaded, views::DocumentSnapshot snapshot, const QString &path);
    /// Holds the lock of the open session's file; says in m_readOnly why it must not be written.
    void protect(const QString &path);
    void dropRecovery(const QString &file) const;

    views::WorkbenchDocument *m_document;
    QString m_dataFolder;
    Session m_base; ///< uuid, created, notes
    inline static int s_made = 0;
    const int m_number = ++s_made; ///< among the stores of this process
    QThreadPool m_worker; ///< one thread
    QTimer m_autosave;
    int m_busy = 0;
    quint64 m_autosavedRevision = 0;
    /// Steps of the undo stack done, gone on with or taken back: not all of them raise the
    /// document's revision, and two that follow each other may leave the stack at one index.
    quint64 m_edits = 0, m_autosavedEdits = 0;
    std::shared_ptr<const FileLock> m_lock; ///< of the open file; saves on the worker share it
    QString m_readOnly, m_remoteWorkspace;
    QString m_opening; ///< asked for last, until it is here
    std::atomic<quint64> m_openings = 0; ///< only the newest is taken over
    std::atomic<quint64> m_forgotten = 0; ///< copies begun before the last time are not wanted
    QStringList m_saving; ///< files being written because the user asked
    QString m_recovered; ///< the copy that was opened
    std::optional<FileLock> m_recoveredLock; ///< it is no longer a leftover for other windows
    QStringList m_warnings;
    bool m_discarded = false; ///< what jobs still say is not worth a copy
    bool m_keeping = false; ///< the last copy stays, also after a save
};

} // namespace batlab::app
