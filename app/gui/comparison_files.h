// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <deque>
#include <functional>

class QWidget;

namespace batlab::app {

class Workbench;

/// Files shown beside the document's own results: other sessions, results of lm-evaluation-harness.
/// Reads them on a worker, read-only; a session that was saved with some gets them again. Results
/// whose file is gone are those that the session keeps.
class ComparisonFiles : public QObject
{
    Q_OBJECT

public:
    /// `window` owns it and its dialogs.
    ComparisonFiles(Workbench *workbench, QWidget *window);
    void registerActions(); ///< into the workbench's registry
    void chooseSession();
    void chooseResults();
    void chooseResultsFolder();
    void addSession(const QString &path);
    /// Each a results_*.json of lm-evaluation-harness, or a folder of them. They are shown in this
    /// order; one that cannot be read is told of and does not keep the others out.
    void importResults(const QStringList &paths);
    /// A file that the session was saved with is no longer to be looked for.
    void forget(const QString &path);
    [[nodiscard]] bool isBusy() const { return m_running || !m_waiting.empty(); }

Q_SIGNALS:
    void failed(const batlab::Error &error);
    /// The session was saved with it, and has nothing of its own to show in its place.
    void missing(const QString &path, const batlab::Error &error);

private:
    void restore();
    /// Changes the document without making a saved one look changed, when `quietly`.
    template<class Change>
    void change(bool quietly, Change change);
    void queue(std::function<void()> load);
    void next(); ///< of what waits, unless one is being read
    void loadSession(const QString &path, bool quietly);
    void loadResults(const QStringList &paths, bool quietly);
    void fail(const QString &path, const Error &error, bool quietly);
    /// `work` on a worker, then `done` unless the document has been replaced meanwhile, then the
    /// next.
    template<class Work, class Done>
    void read(Work work, Done done);

    Workbench *m_workbench;
    QWidget *m_window;
    std::deque<std::function<void()>> m_waiting;
    quint64 m_document = 0; ///< counts the documents
    bool m_running = false;
};

} // namespace batlab::app
