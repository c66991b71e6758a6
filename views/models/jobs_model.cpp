// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/jobs_model.h"

#include "views/models/text.h"

#include <QVariantList>

#include <algorithm>

namespace batlab::views {

JobsModel::JobsModel(QObject *parent) : QAbstractTableModel(parent) { }

void JobsModel::add(const JobRow &row)
{
    beginInsertRows({}, 0, 0);
    m_rows.insert(m_rows.begin(), row);
    endInsertRows();
    Q_EMIT activityChanged();
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
    Q_EMIT activityChanged();
}

void JobsModel::setProgress(JobId job, const ProgressSnapshot &progress)
{
    const int at = indexOf(job);
    if (at < 0)
        return;
    JobRow &row = m_rows[static_cast<std::size_t>(at)];
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
        if (!row.active())
            continue;
        row.engineLost = true;
        row.error = error;
        runs.append(row.run);
        emitRow(static_cast<int>(i));
    }
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
        queued = &row; // the last one listed was submitted first
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
        return row.progress.stage.empty() ? tr("running") : qs(row.progress.stage);
    case JobState::pausing: return tr("pausing…");
    case JobState::paused: return tr("paused%1").arg(place);
    case JobState::cancelling: return tr("stopping…");
    case JobState::succeeded: return tr("done");
    case JobState::failed: return tr("failed: %1").arg(qs(row.error.what));
    case JobState::cancelled: return tr("stopped%1, checkpoint kept").arg(place);
    }
    return {};
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
    case SecondLineRole: return index.column() == Job ? stateText(r) : QString();
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
            ? qs(r.error.message())
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
        return QString(r.run + QLatin1Char(' ') + r.title + QStringLiteral(" · ") + stateText(r));
    case Layers:
        return p.total > 0 ? QStringLiteral("%1 / %2").arg(p.done).arg(p.total) : QString();
    case Step:
        return p.subTotal > 0 ? QStringLiteral("%1 / %2").arg(p.subDone).arg(p.subTotal)
                              : QString();
    case Elapsed: return p.elapsedSeconds > 0 ? clock(p.elapsedSeconds) : QString();
    case Eta: return r.active() ? eta(p.etaSeconds) : QString();
    case Loss: {
        QStringList parts;
        if (p.loss > 0)
            parts.append(QString::number(p.loss, 'g', 3));
        if (r.active() && p.perSecond > 0)
            parts.append(tr("%1 step/s").arg(number(p.perSecond, 1)));
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
