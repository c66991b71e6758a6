// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_engine.h"

#include "core/spec/parameter.h"
#include "tests/support/fake_answers.h"
#include "tests/support/fake_run.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace batlab {

namespace {
struct FakeJob
{
    JobId id = 0;
    JobState state = JobState::queued;
    std::vector<FakeStep> steps;
    std::size_t next = 0;
    bool cancelled = false, paused = false;
};
} // namespace

class FakeEngine::Private
{
public:
    explicit Private(Options given) : options(given), presets(*PresetLibrary::builtIn())
    {
        if (!options.manual)
            player = std::thread([this] { play(); });
    }
    ~Private()
    {
        {
            const std::lock_guard lock(mutex);
            closing = true;
        }
        changed.notify_all();
        if (player.joinable())
            player.join();
    }

    /// Events of one step; called with the lock held, which keeps them in order.
    bool playOne(std::vector<EngineEvent> &events)
    {
        for (FakeJob &job : jobs) {
            if (isFinal(job.state))
                continue;
            if (job.cancelled) {
                setState(job, JobState::cancelled, events,
                         { ErrorCode::cancelled, "stopped by the user", {}, {} });
                return true;
            }
            if (job.paused) {
                if (job.state == JobState::paused)
                    return false; // the queue waits behind a paused job
                setState(job, JobState::paused, events);
                return true;
            }
            if (job.state != JobState::running)
                setState(job, JobState::running, events);
            if (job.next == job.steps.size()) {
                setState(job, JobState::succeeded, events);
                return true;
            }
            FakeStep &step = job.steps[job.next++];
            ProgressSnapshot progress;
            progress.stage = step.stage;
            progress.done = step.done;
            progress.total = step.total;
            progress.subDone = job.next;
            progress.subTotal = job.steps.size();
            progress.perSecond = options.secondsPerStep > 0 ? 1 / options.secondsPerStep : 0;
            progress.elapsedSeconds = static_cast<double>(job.next) * options.secondsPerStep;
            progress.etaSeconds =
                static_cast<double>(job.steps.size() - job.next) * options.secondsPerStep;
            if (job.next == 1 || step.stage != lastStage)
                // Built in place: g++ 12 takes the moved variant's other alternatives for
                // uninitialized.
                events.emplace_back(std::in_place_type<JobLog>,
                                    JobLog { job.id, LogLevel::info, step.stage,
                                             1.7e9 + static_cast<double>(job.next) });
            lastStage = step.stage;
            events.emplace_back(std::in_place_type<JobProgress>,
                                JobProgress { job.id, std::move(progress) });
            events.emplace_back(
                std::in_place_type<JobArtifact>,
                JobArtifact { job.id, std::make_shared<const Artifact>(std::move(step.artifact)) });
            return true;
        }
        return false;
    }

    static void setState(FakeJob &job, JobState state, std::vector<EngineEvent> &events,
                         const Error &error = {})
    {
        job.state = state;
        events.push_back(JobStateChanged { job.id, state, error });
    }

    bool step()
    {
        const std::lock_guard order(telling);
        std::vector<EngineEvent> events;
        bool any = false;
        {
            const std::lock_guard lock(mutex);
            any = !stopped && playOne(events);
        }
        for (const EngineEvent &event : events)
            tell(event);
        return any;
    }

    void tell(const EngineEvent &event)
    {
        const std::lock_guard order(telling);
        if (listener)
            listener(event);
    }

    void play()
    {
        for (;;) {
            const bool any = step();
            std::unique_lock lock(mutex);
            if (closing)
                return;
            const std::uint64_t seen = version;
            if (!any)
                changed.wait(lock, [&] { return closing || version != seen || hasWork(); });
            else if (options.secondsPerStep > 0)
                changed.wait_for(lock, std::chrono::duration<double>(options.secondsPerStep),
                                 [this] { return closing; });
        }
    }

    bool hasWork() const
    {
        for (const FakeJob &job : jobs)
            if (!isFinal(job.state))
                return !stopped && !(job.state == JobState::paused && job.paused && !job.cancelled);
        return false;
    }

    Result<void> change(JobId id, const std::function<void(FakeJob &)> &how)
    {
        const std::lock_guard lock(mutex);
        if (stopped)
            return *stopped;
        for (FakeJob &job : jobs)
            if (job.id == id) {
                how(job);
                ++version;
                changed.notify_all();
                return {};
            }
        return Error { ErrorCode::notFound, "there is no job " + std::to_string(id), "engine", {} };
    }

    Options options;
    PresetLibrary presets;
    std::mutex mutex;
    std::recursive_mutex telling; ///< one event at a time; a listener may call back
    std::condition_variable changed;
    Listener listener;
    std::deque<FakeJob> jobs;
    std::string lastStage;
    std::uint64_t version = 0;
    bool closing = false;
    std::optional<Error> stopped;
    std::thread player;
};

FakeEngine::FakeEngine(Options options) : m_p(std::make_unique<Private>(options)) { }
FakeEngine::~FakeEngine() = default;

void FakeEngine::setListener(Listener listener)
{
    const std::lock_guard order(m_p->telling);
    m_p->listener = std::move(listener);
}

Result<Json> FakeEngine::hello()
{
    const std::lock_guard lock(m_p->mutex);
    if (m_p->stopped)
        return *m_p->stopped;
    return Json { { "protocol", { kEngineProtocolMajor, kEngineProtocolMinor } },
                  { "version", "synthetic" },
                  { "cpu", "synthetic" },
                  { "device", "none (synthetic data)" },
                  { "threads", 2 },
                  { "memoryBytes", 4294967296U } };
}

Result<JobId> FakeEngine::submit(const JobRequest &request)
{
    Result<RunSpec> spec = runSpecFromJson(request.spec, m_p->presets, "submitted run");
    if (!spec)
        return spec.error();
    FakeJob job;
    job.steps = fakeRun(*spec, m_p->options.layers);
    JobId id = 0;
    {
        const std::lock_guard order(m_p->telling);
        {
            const std::lock_guard lock(m_p->mutex);
            if (m_p->stopped)
                return *m_p->stopped;
            id = job.id = m_p->jobs.size() + 1;
            m_p->jobs.push_back(std::move(job));
            ++m_p->version;
        }
        m_p->tell(JobStateChanged { id, JobState::queued, {} });
    }
    m_p->changed.notify_all();
    return id;
}

Result<void> FakeEngine::cancel(JobId job)
{
    return m_p->change(job, [](FakeJob &j) { j.cancelled = true; });
}
Result<void> FakeEngine::pause(JobId job)
{
    return m_p->change(job, [](FakeJob &j) { j.paused = true; });
}
Result<void> FakeEngine::resume(JobId job)
{
    return m_p->change(job, [](FakeJob &j) { j.paused = false; });
}

Result<Json> FakeEngine::ask(const Json &question)
{
    {
        const std::lock_guard lock(m_p->mutex);
        if (m_p->stopped)
            return *m_p->stopped;
    }
    const std::string what =
        question.is_object() && question.contains("ask") && question["ask"].is_string()
        ? question["ask"].get<std::string>()
        : std::string();
    if (what == "presets") {
        Json list = Json::array();
        for (const std::string &id : m_p->presets.ids()) {
            const Recipe desk = *m_p->presets.find(id, "desk");
            list.push_back({ { "id", id },
                             { "title", desk.title },
                             { "family", desk.family },
                             { "description", desk.description },
                             { "filled", desk.filled },
                             { "budgets",
                               { { "desk", desk.toJson() },
                                 { "paper", m_p->presets.find(id, "paper")->toJson() } } } });
        }
        return Json { { "presets", std::move(list) } };
    }
    if (what == "schema") {
        Json run = Json::array(), stages = Json::object();
        for (const Parameter &p : runParameters())
            run.push_back(toJson(p));
        for (const std::string &kind : stageKinds())
            for (const Parameter &p : stageParameters(kind))
                stages[kind].push_back(toJson(p));
        return Json { { "run", std::move(run) },
                      { "stages", std::move(stages) },
                      { "stageOrder", stageKinds() } };
    }
    if (what == "inspect-model")
        return toJson(fakeRun(*runSpecFromJson({ { "variants", { "rtn" } }, { "evaluate", false } },
                                               m_p->presets, "fake"),
                              1)
                          .front()
                          .artifact);
    if (what == "resources")
        return hello();
    if (what == "what-if")
        return fakeWhatIf(question, m_p->presets);
    if (what == "cost")
        return fakeCost(question, m_p->presets);
    return Error { ErrorCode::unsupported,
                   "the synthetic engine has no answer to '" + what.substr(0, 40) + "'",
                   "engine",
                   {} };
}

std::size_t FakeEngine::step(std::size_t steps)
{
    std::size_t played = 0;
    while (played < steps && m_p->step())
        ++played;
    return played;
}

void FakeEngine::finish()
{
    while (m_p->step()) { }
}

void FakeEngine::crash(const Error &error)
{
    {
        const std::lock_guard lock(m_p->mutex);
        m_p->stopped = error;
    }
    m_p->tell(EngineStopped { error });
}

} // namespace batlab
