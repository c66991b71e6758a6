// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sessions/session.h"
#include "views/models/workbench_document.h"

#include <QObject>
#include <QThreadPool>
#include <QTimer>

#include <functional>

namespace batlab::app {

/// Opens and saves the document's session on a worker thread, and keeps a recovery copy while jobs
/// run: every two minutes and when asked. The GUI thread only hands over and takes back values.
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
    void newSession(); ///< an empty document with a fresh uuid
    [[nodiscard]] bool isBusy() const { return m_busy > 0; }

    /// Where the jobs of this session keep their parts: beside the saved file, else in the data
    /// folder.
    [[nodiscard]] QString workspace() const;
    void setAutosaving(bool on);
    void autosaveNow();
    [[nodiscard]] QString recoveryPath() const;
    /// Recovery files of earlier, broken-off sessions.
    [[nodiscard]] QStringList leftovers() const;
    void forgetRecovery(); ///< after a save or a deliberate close
    void waitForDone(); ///< closing: lets a write in progress end

Q_SIGNALS:
    void busyChanged();
    void autosaved(const QString &path);
    void failed(const batlab::Error &error);

private:
    void write(const QString &path, bool isAutosave, std::function<void(Result<void>)> done);
    void setBusy(int delta);

    views::WorkbenchDocument *m_document;
    QString m_dataFolder;
    Session m_base; ///< uuid, created, notes
    QThreadPool m_worker; ///< one thread
    QTimer m_autosave;
    int m_busy = 0;
    quint64 m_autosavedRevision = 0;
};

} // namespace batlab::app
