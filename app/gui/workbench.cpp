// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/workbench.h"

#include "core/spec/embedded.h"
#include "core/spec/run_spec.h"
#include "views/models/core_text.h"
#include "views/models/run_command.h"
#include "views/models/text.h"

#include <QDateTime>
#include <QDir>

#include <algorithm>
#include <utility>

namespace batlab::app {

using views::qs;
using views::ss;

namespace {

QString now() { return QDateTime::currentDateTimeUtc().toString(Qt::ISODate); }

QString place(const views::JobRow &row)
{
    return row.progress.total > 0
        ? Workbench::tr("layer %1 of %2").arg(row.progress.done).arg(row.progress.total)
        : Workbench::tr("its start");
}

} // namespace

Workbench::Workbench(EngineClient::Factory factory, const QString &dataFolder, QObject *parent)
    : QObject(parent), m_engine(std::move(factory)), m_store(&m_document, dataFolder)
{
    connect(&m_engine, &EngineClient::artifactsArrived, this, &Workbench::onArtifacts);
    connect(&m_engine, &EngineClient::jobStateChanged, this, &Workbench::onState);
    connect(&m_engine, &EngineClient::jobProgress, this,
            [this](const JobProgress &p) { m_jobs.setProgress(p.job, p.progress); });
    connect(&m_engine, &EngineClient::logArrived, this, &Workbench::onLog);
    connect(&m_engine, &EngineClient::engineStopped, this, &Workbench::onEngineStopped);
    connect(&m_engine, &EngineClient::stateChanged, this, [this] {
        if (m_engine.state() != EngineClient::State::ready)
            return;
        meetEngine();
        if (const QString run = std::exchange(m_unsent, {}); !run.isEmpty())
            send(run);
        submitNext();
    });
    m_again.setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, &Workbench::submitNext);
    connect(&m_engine, &EngineClient::callFailed, this, &Workbench::problem);
    for (const auto failed : { &EngineClient::callFailed, &EngineClient::engineSilent })
        connect(&m_engine, failed, this, [this](const Error &error) {
            if (m_engine.state() == EngineClient::State::off)
                notStarted(error);
        });
    connect(&m_store, &SessionStore::failed, this, &Workbench::problem);
    connect(&m_store, &SessionStore::autosaved, this, [this](const QString &path) {
        say(LogLevel::debug, tr("Recovery copy written to %1").arg(path));
    });
    connect(&m_jobs, &views::JobsModel::activityChanged, this, [this] {
        m_store.setAutosaving(hasActiveJobs());
        m_actions.refresh();
    });
    connect(&m_jobs, &views::JobsModel::heldChanged, this, [this](bool held) {
        Json view = m_document.viewState(); // the recovery copy keeps it too
        if (!view.is_object())
            view = Json::object();
        view["queueHeld"] = held;
        m_document.setViewState(std::move(view));
    });
    connect(&m_document, &views::WorkbenchDocument::documentReset, this, [this] {
        m_selected = false;
        m_selection.clearHistory();
        m_selection.filter()->reset();
        // Of every file, also a recovered one or one of another version; a new session has none.
        const Json view = m_document.viewState();
        holdQueue(view.is_object() && view.contains("queueHeld")
                  && view["queueHeld"] == Json(true));
        updateExtent();
        selectFirst();
    });
}

Result<PresetLibrary> Workbench::presets()
{
    Error refused;
    Result<PresetLibrary> library = views::usablePresets(&refused);
    if (!refused.what.empty())
        say(LogLevel::warning,
            tr("Only the shipped presets are offered: %1").arg(views::coreText(refused)));
    return library;
}

void Workbench::say(LogLevel level, const QString &text, const QString &job)
{
    m_log.append(level, text, job);
}

Json Workbench::builtIn(std::string_view name) const
{
    const Result<Json> spec = yamlToJson(builtInSpec(name), "a run spec of Batlab");
    return spec ? *spec : Json();
}

Json Workbench::demoSpec() const { return builtIn("demo"); }

Result<QString> Workbench::queueDemo()
{
    return queueRun(demoSpec(), tr("demo: five methods on SmolLM2-135M"));
}

Result<QString> Workbench::queueSample()
{
    return queueRun(builtIn("sample"), tr("sample: RTN and H32 on SmolLM2-135M, few tokens"));
}

Result<QString> Workbench::queueRun(const Json &spec, const QString &title)
{
    const Result<PresetLibrary> library = presets();
    if (!library)
        return library.error();
    const Result<RunSpec> frozen = runSpecFromJson(spec, *library, "run form");
    if (!frozen)
        return frozen.error();
    views::RunEntry run;
    run.title = title;
    run.spec = frozen->toJson();
    run.specHash = qs(frozen->hash());
    run.workspace = m_store.workspace();
    return enter(std::move(run));
}

void Workbench::resumeRun(const QString &id)
{
    const views::RunEntry *found = m_document.run(id);
    if (!found || found->state == JobState::succeeded)
        return;
    if (const views::JobRow *row = m_jobs.findRun(id); row && row->active())
        return;
    views::RunEntry run = *found;
    run.state = JobState::queued;
    run.note = tr("resumed %1").arg(now());
    run.finished.clear();
    m_stopOnArrival.removeAll(id);
    m_document.putRun(run);
    moveQueued(); // the engine may have been on another machine then
    const QString folder = m_document.run(id)->workspace;
    say(LogLevel::info,
        (folder == run.workspace
             ? tr("%1 goes on from its checkpoint in %2")
             : tr("%1 starts afresh in %2: its checkpoint is on another machine"))
            .arg(run.title, folder),
        id);
    enqueue(run);
}

void Workbench::resumeAll(const QStringList &runs)
{
    for (const QString &run : runs)
        resumeRun(run);
}

void Workbench::stopJob(JobId job) { m_engine.cancel(job); }

void Workbench::setRunState(const QString &id, JobState state, const QString &note)
{
    const views::RunEntry *found = m_document.run(id);
    if (!found)
        return;
    views::RunEntry run = *found;
    run.state = state;
    run.note = note;
    if (isFinal(state))
        run.finished = now();
    m_document.putRun(run);
}

void Workbench::onArtifacts(const std::vector<ArtifactPtr> &artifacts)
{
    compareRepeat(artifacts);
    m_document.addArtifacts(artifacts);
    updateExtent();
    selectFirst();
}

void Workbench::showModel(ArtifactPtr summary)
{
    m_document.addArtifacts({ std::move(summary) });
    updateExtent();
    if (!m_document.hasWork())
        m_document.setSaved();
}

void Workbench::updateExtent()
{
    const views::ArtifactIndex &index = m_document.artifacts();
    views::SelectionExtent extent;
    extent.layers = std::max(1, index.layerCount());
    for (const Site site : kSites)
        extent.blocks[static_cast<std::size_t>(site)] = index.blockCount(site);
    if (const SampleTokens *sample = index.sampleTokens())
        extent.tokens = static_cast<int>(sample->ids.size());
    m_selection.setExtent(extent);
}

void Workbench::selectFirst()
{
    // A first look should answer something: the block with the highest energy over its site's
    // median.
    if (m_selected)
        return;
    views::Selection first = m_selection.current();
    first.session = m_document.title();
    first.variant = QLatin1String(views::kReference);
    double worst = -1;
    for (const SiteStats *stats : m_document.artifacts().allSiteStats(views::kReference)) {
        const double ratio = views::peakOverMedian(*stats);
        if (ratio <= worst || stats->energy.empty())
            continue;
        worst = ratio;
        first.layer = stats->layer.index;
        first.site = stats->site;
        first.block = static_cast<int>(std::max_element(stats->energy.begin(), stats->energy.end())
                                       - stats->energy.begin());
        first.channel = first.block * 32;
    }
    if (worst < 0)
        return;
    m_selected = true;
    m_selection.set(first);
    m_selection.clearHistory();
}

void Workbench::onState(const JobStateChanged &event)
{
    if (!m_jobs.find(event.job)) {
        m_early.push_back(event); // a quick job may speak before its id has arrived
        return;
    }
    m_jobs.setState(event.job, event.state, event.error);
    const views::JobRow *row = m_jobs.find(event.job);
    const QString run = row->run;
    setRunState(run, event.state,
                isFinal(event.state) ? views::JobsModel::stateText(*row) : QString());
    if (event.state == JobState::failed) {
        say(LogLevel::error, views::coreText(event.error), run);
        Q_EMIT runFailed(run, event.error);
    }
    if (isFinal(event.state)) {
        say(event.state == JobState::failed ? LogLevel::error : LogLevel::info,
            views::JobsModel::stateText(*row), run);
        reportRepeat(run);
        Q_EMIT runFinished(run);
        submitNext();
    }
}

void Workbench::onLog(const std::vector<JobLog> &lines)
{
    std::vector<views::LogLine> batch;
    batch.reserve(lines.size());
    for (const JobLog &line : lines) {
        const views::JobRow *row = m_jobs.find(line.job);
        batch.push_back({ line.unixTime, line.level, row ? row->run : QString(),
                          views::coreText(qs(line.text)) });
    }
    m_log.append(batch);
}

void Workbench::onEngineStopped(const Error &error)
{
    QString where;
    if (const views::JobRow *row = m_jobs.running())
        where = place(*row);
    m_early.clear();
    m_unsent.clear();
    m_stopOnArrival.clear();
    const QStringList runs = m_jobs.setEngineLost(error);
    for (const QString &run : runs)
        setRunState(run, JobState::cancelled, tr("engine stopped, checkpoint kept"));
    const QString message = runs.isEmpty()
        ? tr("The engine stopped (%1). It starts again when it is needed.")
              .arg(views::coreText(qs(error.what)))
        : tr("The engine stopped at %1, checkpoint kept.").arg(where);
    say(LogLevel::error, message + QLatin1Char(' ') + views::coreText(error));
    // Ended by the user and missed by no run: no word about it.
    if (!runs.isEmpty() || error.code != ErrorCode::cancelled)
        Q_EMIT engineLost(message, views::coreText(error), runs,
                          error.code == ErrorCode::outOfMemory);
    // The one place that replaces an engine: at once where the next question needs what this one
    // has lost, else for the runs that wait, which go on once it is ready.
    if (error.code == ErrorCode::deviceLost || (m_jobs.nextWaiting() && !m_jobs.isHeld()))
        m_engine.start();
}

} // namespace batlab::app
