// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <QObject>
#include <QString>
#include <QStringList>

class QWidget;

namespace batlab::app {

class Workbench;

/// Files shown beside the document's own results: other sessions, results of lm-evaluation-harness.
/// Reads them on a worker, read-only; a session that was saved with some gets them again.
class ComparisonFiles : public QObject
{
    Q_OBJECT

public:
    /// `window` owns it and its dialogs.
    ComparisonFiles(Workbench *workbench, QWidget *window);
    void registerActions(); ///< into the workbench's registry
    void chooseSession();
    void chooseResults();
    void addSession(const QString &path);
    void addResults(const QString &path); ///< a results_*.json, or a folder of them
    [[nodiscard]] bool isBusy() const { return m_busy > 0; }

Q_SIGNALS:
    void failed(const batlab::Error &error);

private:
    void restore();
    /// Changes the document without making a saved one look changed, when `quietly`.
    template<class Change>
    void change(bool quietly, Change change);
    void loadSession(const QString &path, bool quietly);
    void loadResults(const QString &path, bool quietly);

    Workbench *m_workbench;
    QWidget *m_window;
    int m_busy = 0;
};

} // namespace batlab::app
