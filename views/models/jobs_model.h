// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/job/engine.h"

#include <QAbstractTableModel>
#include <QString>

#include <vector>

namespace batlab::views {

/// A job the window knows about.
struct JobRow
{
    JobId job = 0; ///< the engine's id; 0 while it is being submitted
    QString run; ///< run id of the document, "r0003"
    QString title;
    QString specHash;
    JobState state = JobState::queued;
    ProgressSnapshot progress;
    std::vector<double> losses; ///< recent training losses, at most kLossPoints
    Error error; ///< when failed
    bool engineLost = false; ///< the engine stopped under it; the checkpoint is kept
    bool submitted = false; ///< the engine has it; a row without waits for its turn in the window
    double shownEta = -1, shownRate = 0; ///< of the last whole second: figures stay readable
    [[nodiscard]] bool active() const { return !isFinal(state) && !engineLost; }
    [[nodiscard]] bool waiting() const { return active() && !submitted; }
};

/// The running job, waiting ones in the order of their turn, then what has ended, newest first.
class JobsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Job, Layers, Step, Elapsed, Eta, Loss, ColumnCount };
    enum Role {
        FractionRole = Qt::UserRole, ///< 0..1 for Layers and Step; negative: unknown
        LossRole, ///< QVariantList, scaled to 0..1
        StateRole, ///< int of JobState
        RunRole, ///< run id
        JobIdRole, ///< quint64
        SecondLineRole,
    };
    static constexpr std::size_t kLossPoints = 120;

    explicit JobsModel(QObject *parent = nullptr);
    /// Adds a job behind those that wait; an ended row of the same run gives way.
    void add(const JobRow &row);
    void clear();
    void clearEnded(); ///< takes finished, failed and stopped jobs off the list
    /// Moves a waiting job by `delta` turns; false where it cannot.
    bool moveWaiting(const QString &run, int delta);
    [[nodiscard]] bool canMove(const QString &run, int delta) const;
    [[nodiscard]] const JobRow *nextWaiting() const; ///< whose turn is next; null if none waits
    /// A held queue lets the running job finish and starts no other until it is let go.
    void setHeld(bool held);
    [[nodiscard]] bool isHeld() const { return m_held; }
    [[nodiscard]] bool working() const; ///< a job is with the engine, and not paused
    [[nodiscard]] bool engineBusy() const; ///< some job is with the engine
    void setSubmitted(const QString &run);
    void setWaiting(const QString &run); ///< the engine did not take it: its turn comes again
    /// A waiting job leaves the queue: it ends as cancelled without having begun.
    void takeOut(const QString &run);
    /// The engine accepted the row of this run under this id.
    void setJobId(const QString &run, JobId job);
    void setState(JobId job, JobState state, const Error &error);
    void setProgress(JobId job, const ProgressSnapshot &progress);
    /// Marks the jobs the engine had as stopped with it, returns their run ids; others wait on.
    QStringList setEngineLost(const Error &error);
    void failRun(const QString &run, const Error &error); ///< never reached the engine

    [[nodiscard]] const JobRow *find(JobId job) const;
    [[nodiscard]] const JobRow *findRun(const QString &run) const;
    [[nodiscard]] const JobRow &row(int at) const { return m_rows[static_cast<std::size_t>(at)]; }
    /// The first active row that is not queued, else the first queued one; null if idle.
    [[nodiscard]] const JobRow *running() const;
    [[nodiscard]] int activeCount() const;
    [[nodiscard]] int queuedCount() const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index,
                                int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;
    /// "running", "stopped at layer 12/30, checkpoint kept", "failed: …"
    [[nodiscard]] static QString stateText(const JobRow &row);

Q_SIGNALS:
    void activityChanged(); ///< some state changed
    void heldChanged(bool held);

private:
    [[nodiscard]] int indexOf(JobId job) const;
    [[nodiscard]] int indexOfRun(const QString &run) const;
    void emitRow(int at);
    void settle(int at); ///< an ended row moves below the active ones
    [[nodiscard]] QString waitingText(int at) const;

    std::vector<JobRow> m_rows;
    bool m_held = false;
};

} // namespace batlab::views
