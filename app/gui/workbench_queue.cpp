// SPDX-License-Identifier: GPL-3.0-or-later
// The queue of the window: one job at a time is with the engine, the others wait here, where their
// order can change.
#include "app/gui/workbench.h"

#include "core/base/json_text.h"
#include "core/base/machine.h"
#include "core/job/remote_engine.h"
#include "views/models/core_text.h"
#include "views/models/text.h"

#include <QDateTime>
#include <QDir>
#include <QSysInfo>

#include <utility>

namespace batlab::app {

using views::qs;
using views::ss;

namespace {

// An engine that was ended may hold its folder until its job has kept what it has.
constexpr int kAgainMs = 1000;
constexpr int kMostTries = 30;

} // namespace

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
    while (!m_jobs.isHeld() && !m_jobs.engineBusy() && !m_again.isActive()) {
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
    const QString id = run.id;
    m_jobs.setSubmitted(id);
    if (m_engine.state() == EngineClient::State::ready) {
        send(id);
        return;
    }
    m_unsent = id;
    m_engine.start();
}

void Workbench::send(const QString &id)
{
    const views::RunEntry *run = m_document.run(id);
    if (!run)
        return; // its session was closed
    if (!m_remote)
        QDir().mkpath(run->workspace);
    m_engine.submit({ run->spec, ss(run->workspace) }, [this, id](const Result<JobId> &job) {
        if (job) {
            m_tries = 0;
            m_jobs.setJobId(id, *job);
            noteEngine(id);
            if (m_stopOnArrival.removeAll(id) > 0)
                m_engine.cancel(*job);
            for (const JobStateChanged &event : std::exchange(m_early, {}))
                onState(event);
            return;
        }
        notSent(id, job.error());
    });
}

void Workbench::notSent(const QString &id, const Error &error)
{
    if (const views::JobRow *row = m_jobs.findRun(id); row && row->engineLost)
        return; // ended with the engine, which has been told
    const bool stopped = m_stopOnArrival.removeAll(id) > 0;
    if (error.code == ErrorCode::busy && !gotNoReply(error)) {
        m_jobs.setWaiting(id);
        if (stopped)
            takeOut(id);
        else
            tryAgain(id, error);
        return;
    }
    m_jobs.failRun(id, error);
    setRunState(id, JobState::failed, views::coreText(error));
    if (!gotNoReply(error)) // that is told with what can be done
        Q_EMIT problem(error);
    submitNext();
}

void Workbench::tryAgain(const QString &id, const Error &error)
{
    if (++m_tries < kMostTries) {
        if (m_tries == 1)
            say(LogLevel::info, tr("%1 waits for its folder: %2").arg(id, views::coreText(error)),
                id);
        m_again.start(kAgainMs);
        return;
    }
    m_tries = 0;
    holdQueue(true);
    Q_EMIT problem(error);
}

void Workbench::notStarted(const Error &error)
{
    if (const QString run = std::exchange(m_unsent, {}); !run.isEmpty()) {
        m_stopOnArrival.removeAll(run);
        m_jobs.failRun(run, error);
        setRunState(run, JobState::failed, views::coreText(error));
    }
    // The others would end the same way.
    if (!m_jobs.nextWaiting() || m_jobs.isHeld())
        return;
    say(LogLevel::warning,
        tr("The engine does not start: the runs that wait stay in the queue until it goes on"));
    holdQueue(true);
}

void Workbench::meetEngine()
{
    const std::string here = machineId(), there = textAt(m_engine.hello(), "machine");
    if (here.empty() || there.empty() || m_remote == (there != here))
        return; // an older engine says nothing: what its command says holds
    const bool remote = there != here;
    Q_EMIT engineElsewhere(remote, remote ? qs(textAt(m_engine.hello(), "host")) : QString());
}

void Workbench::moveQueued()
{
    for (views::RunEntry run : std::vector(m_document.runs())) {
        // On another machine they are relative to where its shell begins.
        if (run.state != JobState::queued || QDir::isRelativePath(run.workspace) == m_remote)
            continue;
        const QString own = QLatin1Char('/') + run.id; // of a repeated run
        run.workspace = m_store.workspace() + (run.workspace.endsWith(own) ? own : QString());
        m_document.putRun(run);
    }
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
    m_again.stop();
    m_tries = 0;
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
