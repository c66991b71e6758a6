// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/jobs_model.h"

#include "views/models/core_text.h"
#include "views/models/text.h"

#include <QVariantList>

#include <algorithm>

namespace batlab::views {

JobsModel::JobsModel(QObject *parent) : QAbstractTableModel(parent) { }

void JobsModel::add(const JobRow &row)
{
    if (const int old = indexOfRun(row.run);
        old >= 0 && !m_rows[static_cast<std::size_t>(old)].active()) {
        beginRemoveRows({}, old, old);
        m_rows.erase(m_rows.begin() + old);
        endRemoveRows();
    }
    const int at = activeCount();
    beginInsertRows({}, at, at);
    m_rows.insert(m_rows.begin() + at, row);
    endInsertRows();
    Q_EMIT activityChanged();
}

void JobsModel::clearEnded()
{
    for (int at = rowCount() - 1; at >= 0; --at) {
        if (row(at).active())
            continue;
        beginRemoveRows({}, at, at);
        m_rows.erase(m_rows.begin() + at);
        endRemoveRows();
    }
    Q_EMIT activityChanged();
}

bool JobsModel::canMove(const QString &run, int delta) const
{
    const int at = indexOfRun(run), to = at + delta;
    return at >= 0 && to >= 0 && to < rowCount() && delta != 0 && row(at).waiting()
        && row(to).waiting();
}

bool JobsModel::moveWaiting(const QString &run, int delta)
{
    if (!canMove(run, delta))
        return false;
    const int at = indexOfRun(run), to = at + delta;
    beginMoveRows({}, at, at, {}, delta > 0 ? to + 1 : to);
    JobRow moved = std::move(m_rows[static_cast<std::size_t>(at)]);
    m_rows.erase(m_rows.begin() + at);
    m_rows.insert(m_rows.begin() + to, std::move(moved));
    endMoveRows();
    emitRow(at); // what they wait for has changed
    emitRow(to);
    Q_EMIT activityChanged();
    return true;
}

const JobRow *JobsModel::nextWaiting() const
{
    const auto at =
        std::find_if(m_rows.begin(), m_rows.end(), [](const JobRow &r) { return r.waiting(); });
    return at == m_rows.end() ? nullptr : &*at;
}

bool JobsModel::engineBusy() const
{
    return std::any_of(m_rows.begin(), m_rows.end(),
                       [](const JobRow &r) { return r.active() && r.submitted; });
}

void JobsModel::setSubmitted(const QString &run)
{
    if (const int at = indexOfRun(run); at >= 0) {
        m_rows[static_cast<std::size_t>(at)].submitted = true;
        emitRow(at);
    }
}

void JobsModel::setWaiting(const QString &run)
{
    if (const int at = indexOfRun(run); at >= 0) {
        m_rows[static_cast<std::size_t>(at)].submitted = false;
        emitRow(at);
        Q_EMIT activityChanged();
    }
}

void JobsModel::takeOut(const QString &run)
{
    const int at = indexOfRun(run);
    if (at < 0 || !row(at).waiting())
        return;
    m_rows[static_cast<std::size_t>(at)].state = JobState::cancelled;
    emitRow(at);
    settle(at);
    Q_EMIT activityChanged();
}

void JobsModel::settle(int at)
{
    const int to = activeCount(); // rows above the place where ended jobs begin
    if (row(at).active() || at >= to)
        return;
    beginMoveRows({}, at, at, {}, to + 1);
    JobRow moved = std::move(m_rows[static_cast<std::size_t>(at)]);
    m_rows.erase(m_rows.begin() + at);
    m_rows.insert(m_rows.begin() + to, std::move(moved));
    endMoveRows();
}

void JobsModel::clear()
{
    beginResetModel();
    m_rows.clear();
    endResetModel();
    Q_EMIT activityChanged();
}

int JobsModel::indexOf(JobId job) const
{
    const auto at = std::find_if(m_rows.begin(), m_rows.end(), [&](const JobRow &r) {
        return r.job == job && job != 0 && !r.engineLost;
    });
    return at == m_rows.end() ? -1 : static_cast<int>(at - m_rows.begin());
}

int JobsModel::indexOfRun(const QString &run) const
{
    const auto at =
        std::find_if(m_rows.begin(), m_rows.end(), [&](const JobRow &r) { return r.run == run; });
    return at == m_rows.end() ? -1 : static_cast<int>(at - m_rows.begin());
}

void JobsModel::emitRow(int at) { Q_EMIT dataChanged(index(at, 0), index(at, ColumnCount - 1)); }

void JobsModel::setJobId(const QString &run, JobId job)
{
    const int at = indexOfRun(run);
    if (at < 0)
        return;
    JobRow &row = m_rows[static_cast<std::size_t>(at)];
    row.job = job;
    row.submitted = true;
    row.engineLost = false;
    emitRow(at);
}

void JobsModel::setState(JobId job, JobState state, const Error &error)
{
    const int at = indexOf(job);
    if (at < 0)
        return;
    JobRow &row = m_rows[static_cast<std::size_t>(at)];
    row.state = state;
    if (state == JobState::failed)
        row.error = error;
    emitRow(at);
    settle(at);
    Q_EMIT activityChanged();
}

void JobsModel::setProgress(JobId job, const ProgressSnapshot &progress)
{
    const int at = indexOf(job);
    if (at < 0)
        return;
    JobRow &row = m_rows[static_cast<std::size_t>(at)];
    const bool newSecond = row.progress.elapsedSeconds <= 0
        || static_cast<long long>(row.progress.elapsedSeconds)
            != static_cast<long long>(progress.elapsedSeconds);
    if (newSecond || row.shownEta < 0) {
        row.shownEta = progress.etaSeconds;
        row.shownRate = progress.perSecond;
    }
    row.progress = progress;
    if (progress.loss > 0 && (row.losses.empty() || row.losses.back() != progress.loss)) {
        row.losses.push_back(progress.loss);
        if (row.losses.size() > kLossPoints)
            row.losses.erase(row.losses.begin());
    }
    emitRow(at);
}

QStringList JobsModel::setEngineLost(const Error &error)
{
    QStringList runs;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        JobRow &row = m_rows[i];
        row.job = 0; // the next engine counts from the start again
        if (!row.active() || row.waiting())
            continue;
        row.engineLost = true;
        row.error = error;
        runs.append(row.run);
        emitRow(static_cast<int>(i));
    }
    for (const QString &run : runs)
        settle(indexOfRun(run));
    Q_EMIT activityChanged();
    return runs;
}

void JobsModel::failRun(const QString &run, const Error &error)
{
    const int at = indexOfRun(run);
    if (at < 0)
        return;
    JobRow &row = m_rows[static_cast<std::size_t>(at)];
    row.state = JobState::failed;
    row.error = error;
    emitRow(at);
    settle(at);
    Q_EMIT activityChanged();
}

const JobRow *JobsModel::find(JobId job) const
{
    const int at = indexOf(job);
    return at < 0 ? nullptr : &row(at);
}

const JobRow *JobsModel::findRun(const QString &run) const
{
    const int at = indexOfRun(run);
    return at < 0 ? nullptr : &row(at);
}

const JobRow *JobsModel::running() const
{
    const JobRow *queued = nullptr;
    for (const JobRow &row : m_rows) {
        if (!row.active())
            continue;
        if (row.state != JobState::queued)
            return &row;
        if (!queued)
            queued = &row;
    }
    return queued;
}

int JobsModel::activeCount() const
{
    return static_cast<int>(
        std::count_if(m_rows.begin(), m_rows.end(), [](const JobRow &r) { return r.active(); }));
}

int JobsModel::queuedCount() const
{
    return static_cast<int>(std::count_if(m_rows.begin(), m_rows.end(), [](const JobRow &r) {
        return r.active() && r.state == JobState::queued;
    }));
}

int JobsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int JobsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString JobsModel::stateText(const JobRow &row)
{
    const QString place = row.progress.total > 0
        ? tr(" at %1/%2").arg(row.progress.done).arg(row.progress.total)
        : QString();
    if (row.engineLost)
        return tr("engine stopped%1, checkpoint kept").arg(place);
    switch (row.state) {
    case JobState::queued: return tr("waiting");
    case JobState::running:
        return row.progress.stage.empty() ? tr("running") : coreText(qs(row.progress.stage));
    case JobState::pausing: return tr("pausing…");
    case JobState::paused: return tr("paused%1").arg(place);
    case JobState::cancelling: return tr("stopping…");
    case JobState::succeeded: return tr("done");
    case JobState::failed: return tr("failed: %1").arg(coreText(qs(row.error.what)));
    case JobState::cancelled: return tr("stopped%1, checkpoint kept").arg(place);
    }
    return {};
}

void JobsModel::setHeld(bool held)
{
    if (held == m_held)
        return;
    m_held = held;
    for (int i = 0; i < rowCount(); ++i)
        emitRow(i);
    Q_EMIT heldChanged(held);
    Q_EMIT activityChanged();
}

bool JobsModel::working() const
{
    return std::any_of(m_rows.begin(), m_rows.end(), [](const JobRow &r) {
        return r.active() && r.submitted && r.state != JobState::paused;
    });
}

QString JobsModel::waitingText(int at) const
{
    const QString spec = tr("spec %1").arg(row(at).specHash.left(8));
    if (m_held)
        return tr("waits: the queue is paused, %1").arg(spec);
    return at > 0 && row(at - 1).active() ? tr("waits for %1, %2").arg(row(at - 1).run, spec)
                                          : tr("waiting, %1").arg(spec);
}

QVariant JobsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const JobRow &r = row(index.row());
    const ProgressSnapshot &p = r.progress;
    const auto fraction = [](std::uint64_t done, std::uint64_t total) {
        return total > 0 ? std::min(1.0, static_cast<double>(done) / static_cast<double>(total))
                         : -1.0;
    };
    switch (role) {
    case StateRole: return static_cast<int>(r.state);
    case RunRole: return r.run;
    case JobIdRole: return QVariant::fromValue<quint64>(r.job);
    case SecondLineRole:
        if (index.column() != Job)
            return QString();
        return r.waiting() ? waitingText(index.row()) : stateText(r);
    case FractionRole:
        if (index.column() == Layers)
            return r.state == JobState::succeeded ? 1.0 : fraction(p.done, p.total);
        return index.column() == Step ? fraction(p.subDone, p.subTotal) : -1.0;
    case LossRole: {
        if (index.column() != Loss || r.losses.empty())
            return QVariantList();
        const double peak = *std::max_element(r.losses.begin(), r.losses.end());
        QVariantList list;
        for (const double loss : r.losses)
            list.append(peak > 0 ? loss / peak : 0.0);
        return list;
    }
    case Qt::ToolTipRole:
        return r.state == JobState::failed || r.engineLost
            ? coreText(r.error)
            : tr("%1, spec %2").arg(r.title, r.specHash.left(12));
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(
            (index.column() == Elapsed || index.column() == Eta ? Qt::AlignRight : Qt::AlignLeft)
            | Qt::AlignVCenter));
    case Qt::DisplayRole: break;
    default: return {};
    }
    switch (index.column()) {
    case Job:
        return QString(r.run + QLatin1Char(' ') + r.title + QStringLiteral(" · ")
                       + (r.waiting() ? waitingText(index.row()) : stateText(r)));
    case Layers:
        return p.total > 0 ? QStringLiteral("%1 / %2").arg(p.done).arg(p.total) : QString();
    case Step:
        return p.subTotal > 0 ? QStringLiteral("%1 / %2").arg(p.subDone).arg(p.subTotal)
                              : QString();
    case Elapsed: return p.elapsedSeconds > 0 ? clock(p.elapsedSeconds) : QString();
    case Eta: return r.active() ? eta(r.shownEta) : QString();
    case Loss: {
        QStringList parts;
        if (p.loss > 0)
            parts.append(QString::number(p.loss, 'g', 3));
        if (r.active() && r.shownRate > 0)
            parts.append(tr("%1 step/s").arg(number(r.shownRate, 1)));
        return parts.join(QStringLiteral(" · "));
    }
    default: return {};
    }
}

QVariant JobsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Job: return tr("Job");
    case Layers: return tr("Total");
    case Step: return tr("Step in layer");
    case Elapsed: return tr("Elapsed");
    case Eta: return tr("ETA");
    case Loss: return tr("Loss, rate");
    default: return {};
    }
}

} // namespace batlab::views
