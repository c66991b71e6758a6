// SPDX-License-Identifier: GPL-3.0-or-later
// The queue of the window: one job at a time is with the engine, the others wait here, where their
// order can change.
#include "app/gui/workbench.h"

#include "views/models/text.h"

#include <QDateTime>
#include <QDir>
#include <QSysInfo>

#include <utility>

namespace batlab::app {

using views::qs;
using views::ss;

Result<QString> Workbench::enter(views::RunEntry run)
{
    run.id = m_document.nextRunId();
    run.state = JobState::queued;
    run.started = QDateTime::currentDateTimeUtc().toString(Qt::ISODate);
    run.where = Json::object();
    m_document.putRun(run);
    enqueue(run);
    return run.id;
}

void Workbench::enqueue(const views::RunEntry &run)
{
    views::JobRow row;
    row.run = run.id;
    row.title = run.title;
    row.specHash = run.specHash;
    m_jobs.add(row);
    submitNext();
}

void Workbench::submitNext()
{
    while (!m_jobs.isHeld() && !m_jobs.engineBusy()) {
        const views::JobRow *next = m_jobs.nextWaiting();
        if (!next)
            return;
        const QString id = next->run;
        if (const views::RunEntry *run = m_document.run(id))
            submit(*run);
        else
            m_jobs.takeOut(id); // its session was closed
    }
}

void Workbench::submit(const views::RunEntry &run)
{
    if (!m_remote)
        QDir().mkpath(run.workspace);
    m_jobs.setSubmitted(run.id);
    const QString id = run.id;
    m_engine.submit({ run.spec, ss(run.workspace) }, [this, id](const Result<JobId> &job) {
        if (job) {
            m_jobs.setJobId(id, *job);
            noteEngine(id);
            if (m_stopOnArrival.removeAll(id) > 0)
                m_engine.cancel(*job);
            for (const JobStateChanged &event : std::exchange(m_early, {}))
                onState(event);
            return;
        }
        m_jobs.failRun(id, job.error());
        setRunState(id, JobState::failed, qs(job.error().message()));
        Q_EMIT problem(job.error());
        submitNext();
    });
}

void Workbench::noteEngine(const QString &id)
{
    const views::RunEntry *found = m_document.run(id);
    const Json &hello = m_engine.hello();
    if (!found || !hello.is_object())
        return;
    views::RunEntry run = *found;
    for (const char *key : { "host", "device", "cpu", "threads", "version", "build" }) {
        if (hello.contains(key))
            run.where[key] = hello[key];
    }
    if (!run.where.contains("host") && !m_remote)
        run.where["host"] = ss(QSysInfo::machineHostName());
    m_document.putRun(run);
}

void Workbench::takeOut(const QString &run)
{
    const views::JobRow *row = m_jobs.findRun(run);
    if (!row || !row->waiting())
        return;
    m_jobs.takeOut(run);
    setRunState(run, JobState::cancelled, tr("taken out of the queue"));
    submitNext();
}

void Workbench::holdQueue(bool held)
{
    if (held == m_jobs.isHeld())
        return;
    m_jobs.setHeld(held);
    say(LogLevel::info,
        held ? tr("The queue is paused: the running job ends, no other starts")
             : tr("The queue goes on"));
    submitNext();
}

void Workbench::stopAll()
{
    QStringList waiting;
    for (int i = 0; i < m_jobs.rowCount(); ++i) {
        const views::JobRow &row = m_jobs.row(i);
        if (row.waiting())
            waiting.append(row.run);
        else if (row.active() && row.job != 0)
            m_engine.cancel(row.job);
        else if (row.active())
            m_stopOnArrival.append(row.run);
    }
    for (const QString &run : waiting)
        takeOut(run);
}

Result<QString> Workbench::repeatRun(const QString &id)
{
    const views::RunEntry *found = m_document.run(id);
    if (!found || !found->spec.is_object())
        return Error { ErrorCode::notFound, "the session keeps no spec of this run", ss(id),
                       "queue it from the run form" };
    views::RunEntry run = *found;
    const QString next = m_document.nextRunId();
    run.title = tr("%1, repeated").arg(found->title);
    run.note = tr("repeats %1").arg(id);
    run.finished.clear();
    run.workspace = m_store.workspace() + QLatin1Char('/') + next;
    m_repeats[next] = { id, 0, {} };
    return enter(std::move(run));
}

void Workbench::compareRepeat(const std::vector<ArtifactPtr> &artifacts)
{
    const views::JobRow *row = m_repeats.isEmpty() ? nullptr : m_jobs.running();
    const auto at = row ? m_repeats.find(row->run) : m_repeats.end();
    if (at == m_repeats.end())
        return;
    for (const ArtifactPtr &artifact : artifacts) {
        const auto *done = std::get_if<LayerDone>(artifact.get());
        if (!done)
            continue;
        for (const LayerDone *before : m_document.artifacts().layersDone(done->variant)) {
            if (before->layer != done->layer)
                continue;
            if (before->part == done->part)
                ++at->same;
            else
                at->different.append(
                    tr("%1 layer %2").arg(qs(done->variant)).arg(done->layer.index));
        }
    }
}

void Workbench::reportRepeat(const QString &run)
{
    const auto at = m_repeats.find(run);
    if (at == m_repeats.end())
        return;
    const Repeat result = *at;
    m_repeats.erase(at);
    if (result.different.isEmpty())
        say(LogLevel::info,
            tr("%1 repeats %2: %n layer(s) have the same codes, bit for bit", nullptr, result.same)
                .arg(run, result.of),
            run);
    else
        say(LogLevel::warning,
            tr("%1 repeats %2: other codes in %3; same in %n layer(s)", nullptr, result.same)
                .arg(run, result.of, result.different.join(QStringLiteral(", "))),
            run);
}

} // namespace batlab::app
