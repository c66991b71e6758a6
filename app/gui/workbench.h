// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/engine_client.h"
#include "app/gui/session_store.h"
#include "core/recipe/recipe.h"
#include "views/models/action_registry.h"
#include "views/models/jobs_model.h"
#include "views/models/log_model.h"
#include "views/models/selection_context.h"
#include "views/models/workbench_document.h"

#include <QMap>
#include <QObject>

#include <optional>

namespace batlab::app {

/// What a window works on, without its widgets: document, selection, jobs, log, engine. Turns
/// engine events into model changes and runs into jobs.
class Workbench : public QObject
{
    Q_OBJECT

public:
    Workbench(EngineClient::Factory factory, const QString &dataFolder, QObject *parent = nullptr);

    [[nodiscard]] views::WorkbenchDocument *document() { return &m_document; }
    [[nodiscard]] views::SelectionContext *selection() { return &m_selection; }
    [[nodiscard]] views::JobsModel *jobs() { return &m_jobs; }
    [[nodiscard]] views::LogModel *log() { return &m_log; }
    [[nodiscard]] views::ActionRegistry *actions() { return &m_actions; }
    [[nodiscard]] EngineClient *engine() { return &m_engine; }
    [[nodiscard]] SessionStore *store() { return &m_store; }
    /// Shipped presets and the user's; says in the log if the latter cannot be used.
    [[nodiscard]] Result<PresetLibrary> presets();

    /// Freezes a spec (run_spec.h, presets resolved) and queues it. Returns the run's id, or what
    /// is wrong with it.
    Result<QString> queueRun(const Json &spec, const QString &title);
    Result<QString> queueDemo();
    Result<QString> queueSample(); ///< seconds: two methods on a handful of tokens
    [[nodiscard]] Json demoSpec() const;
    /// Submits a stopped run's frozen spec again, with the same workspace: it goes on from its
    /// checkpoints. Where those lie on another machine than the engine, it starts afresh.
    void resumeRun(const QString &run);
    void resumeAll(const QStringList &runs);
    void stopJob(JobId job);
    void stopAll(); ///< the running job stops, waiting ones leave the queue
    void takeOut(const QString &run); ///< a waiting job leaves the queue
    /// Lets the running job finish and starts no other, or goes on.
    void holdQueue(bool held);
    /// The same frozen spec as a new run in a folder of its own, so that everything is computed
    /// again; the log says whether the codes came out the same.
    Result<QString> repeatRun(const QString &run);
    /// The engine is on another machine: folders of runs lie there.
    void setRemote(bool remote) { m_remote = remote; }
    /// Runs that the engine does not have yet and whose folders are on the other machine lie in the
    /// session's workspace of today instead.
    void moveQueued();
    /// A model that was opened, before anything is run on it: no change that asks to be saved.
    void showModel(ArtifactPtr summary);
    [[nodiscard]] bool hasActiveJobs() const { return m_jobs.activeCount() > 0; }
    void say(LogLevel level, const QString &text, const QString &job = {});

Q_SIGNALS:
    /// The engine is gone; these runs can go on from their checkpoints.
    void engineLost(const QString &message, const QString &details, const QStringList &runs,
                    bool outOfMemory);
    void runFailed(const QString &run, const batlab::Error &error);
    void problem(const batlab::Error &error); ///< the window shows and logs it
    void runFinished(const QString &run);
    /// The engine says that its machine is another (`host`, if it has a name) or this one, and its
    /// command has said otherwise.
    void engineElsewhere(bool remote, const QString &host);

private:
    [[nodiscard]] Json builtIn(std::string_view name) const; ///< resources/specs
    Result<QString> enter(views::RunEntry run);
    void enqueue(const views::RunEntry &run);
    void submitNext();
    void submit(const views::RunEntry &run);
    void send(const QString &run);
    void notSent(const QString &run, const Error &error);
    void tryAgain(const QString &run, const Error &error); ///< its folder is in use
    void notStarted(const Error &error); ///< the engine; the window has been told
    void meetEngine();
    void noteEngine(const QString &run); ///< provenance: where it runs
    void compareRepeat(const std::vector<ArtifactPtr> &artifacts);
    void reportRepeat(const QString &run);
    void onArtifacts(const std::vector<ArtifactPtr> &artifacts);
    void onState(const JobStateChanged &event);
    void onLog(const std::vector<JobLog> &lines);
    void onEngineStopped(const Error &error);
    void updateExtent();
    void selectFirst();
    void setRunState(const QString &run, JobState state, const QString &note);

    views::WorkbenchDocument m_document;
    views::SelectionContext m_selection;
    views::JobsModel m_jobs;
    views::LogModel m_log;
    views::ActionRegistry m_actions;
    EngineClient m_engine;
    SessionStore m_store;
    QString m_unsent; ///< the run that waits for the engine's start: where it lies is known then
    QStringList m_stopOnArrival; ///< runs stopped before submit() gave their id
    QTimer m_again; ///< until a folder that was in use is tried again
    int m_tries = 0; ///< of a folder in use
    std::vector<JobStateChanged>
        m_early; ///< states of a job whose id has not come back from submit() yet
    struct Repeat
    {
        QString of; ///< the run that is repeated
        int same = 0;
        QStringList different; ///< layers whose codes are not those of before
    };
    QMap<QString, Repeat> m_repeats; ///< by run
    bool m_remote = false;
    bool m_selected = false; ///< the first look has been chosen (or the user chose)
};

} // namespace batlab::app
