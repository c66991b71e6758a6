// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/local_engine.h"
#include "core/base/heap.h"
#include "core/base/machine.h"
#include "core/engine/device/current_error.h"
#include "core/engine/device/device_kernels.h"
#include "core/engine/device/gpu_load.h"
#include "core/engine/service/first_layer.h"
#include "core/engine/service/preflight.h"
#include "core/engine/service/questions.h"
#include "core/engine/service/run_job.h"
#include "core/spec/run_spec.h"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

namespace batlab {

namespace {

double unixNow()
{
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

/// Of a job after which its device does not answer any more.
Error deviceLost(Error error)
{
    error.code = ErrorCode::deviceLost;
    error.hint = "The GPU does not answer this process any more: the engine ends, and has to be "
                 "started anew (the window does that by itself). Finished layers are kept: run "
                 "the same command again. `nvidia-smi` and `dmesg` tell more.";
    return error;
}

struct Job
{
    JobId id = 0;
    RunSpec spec;
    std::string workspace;
    std::shared_ptr<CheckpointStore> store;
    std::unique_ptr<JobContext> context;
    JobState state = JobState::queued;
};

} // namespace

class LocalEngine::Private
{
public:
    explicit Private(Options given) : options(std::move(given))
    {
        if (options.threads <= 0)
            options.threads = defaultThreads();
        if (!options.deviceLoad)
            options.deviceLoad = device::loadOf(options.device);
        Questions::OpenStore open;
        if (options.stores)
            open = [this](const std::string &workspace) { return openStore(workspace); };
        questions = std::make_unique<Questions>(std::move(open), options.presets, options.threads);
        setEngineThreads(options.threads);
        worker = std::thread([this] { work(); });
        ticker = std::thread([this] { tick(); });
    }

    ~Private()
    {
        {
            const std::lock_guard lock(mutex);
            stopping = true;
            for (const auto &job : jobs)
                job->context->requestCancel();
        }
        wake.notify_all();
        worker.join();
        ticker.join();
    }

    /// One event at a time, in order; the lock may be taken again by a listener that calls the
    /// engine.
    void emit(const EngineEvent &event)
    {
        const std::lock_guard lock(listening);
        if (listener)
            listener(event);
    }

    /// Final states stay: a cancel that comes too late changes nothing.
    void setState(Job &job, JobState state, const Error &error = {})
    {
        const std::lock_guard order(listening);
        {
            const std::lock_guard lock(mutex);
            if (isFinal(job.state))
                return;
            job.state = state;
        }
        emit(JobStateChanged { job.id, state, error });
    }

    /// Jobs of one workspace share its store: only one may have the folder open.
    Result<std::shared_ptr<CheckpointStore>> openStore(const std::string &workspace)
    {
        const std::lock_guard lock(mutex);
        if (auto open = stores[workspace].lock())
            return open;
        auto store = options.stores(workspace);
        if (store)
            stores[workspace] = *store;
        return store;
    }

    std::shared_ptr<Job> find(JobId id)
    {
        const std::lock_guard lock(mutex);
        for (const auto &job : jobs)
            if (job->id == id && !isFinal(job->state))
                return job;
        return nullptr;
    }

    void run(Job &job)
    {
        setState(job, JobState::running);
        Error error;
        JobState end = JobState::succeeded;
        std::optional<device::Device> place;
        try {
            job.context->checkpoint();
            place =
                (options.open ? options.open(options.device) : device::openDevice(options.device))
                    .orThrow();
            runJob(job.spec, options.dataDir, *job.context, *place);
        } catch (...) {
            error = currentError();
            if (place && !device::answers(place->place))
                error = deviceLost(error);
            end = error.code == ErrorCode::cancelled ? JobState::cancelled : JobState::failed;
            job.context->log(end == JobState::failed ? LogLevel::error : LogLevel::info,
                             error.message());
        }
        emit(JobProgress { job.id, job.context->snapshot() });
        if (error.code == ErrorCode::deviceLost) {
            const std::lock_guard lock(mutex);
            lost = error; // before anyone hears of it and gives the next job
        }
        setState(job, end, error);
    }

    /// Nothing runs in this process any more.
    void giveUp()
    {
        std::deque<std::shared_ptr<Job>> waiting;
        {
            const std::lock_guard lock(mutex);
            waiting.swap(queue);
            for (const auto &job : waiting)
                std::erase(jobs, job);
        }
        for (const auto &job : waiting)
            setState(*job, JobState::failed, *lost);
        emit(EngineStopped { *lost });
    }

    void work()
    {
        for (;;) {
            std::shared_ptr<Job> job;
            {
                std::unique_lock lock(mutex);
                wake.wait(lock, [this] { return stopping || !queue.empty(); });
                if (stopping)
                    return;
                job = queue.front();
                queue.pop_front();
                current = job;
            }
            run(*job);
            returnFreedMemory();
            if (const device::CudaPlugin *plugin = device::cudaPlugin())
                plugin->releaseMemory();
            bool over = false;
            {
                const std::lock_guard lock(mutex);
                current.reset();
                std::erase(jobs, job);
                over = lost.has_value();
            }
            if (over)
                return giveUp();
        }
    }

    void tick()
    {
        for (;;) {
            std::shared_ptr<Job> job;
            {
                std::unique_lock lock(mutex);
                if (wake.wait_for(lock, std::chrono::milliseconds(100),
                                  [this] { return stopping; }))
                    return;
                job = current;
            }
            if (job)
                emit(JobProgress { job->id, job->context->snapshot() });
        }
    }

    Options options;
    std::unique_ptr<Questions> questions;
    FirstLayerCheck firstLayer; ///< of models that preflight has seen
    std::mutex mutex; ///< jobs, queue, current, stopping, lost
    std::condition_variable wake;
    std::vector<std::shared_ptr<Job>> jobs;
    std::deque<std::shared_ptr<Job>> queue;
    std::shared_ptr<Job> current;
    std::map<std::string, std::weak_ptr<CheckpointStore>> stores;
    JobId lastId = 0;
    bool stopping = false;
    std::optional<Error> lost; ///< the device: set once
    std::recursive_mutex listening;
    Listener listener;
    std::thread worker, ticker;
};

LocalEngine::LocalEngine(Options options) : m_p(std::make_unique<Private>(std::move(options))) { }
LocalEngine::~LocalEngine() = default;

void LocalEngine::setListener(Listener listener)
{
    const std::lock_guard lock(m_p->listening);
    m_p->listener = std::move(listener);
}

Result<Json> LocalEngine::hello()
{
    Json out = resources();
    out["protocol"] = { kEngineProtocolMajor, kEngineProtocolMinor };
    out["threads"] = m_p->options.threads;
    out["device"] = m_p->options.device;
    out["machine"] = machineId();
    out["host"] = hostName();
    return out;
}

Result<JobId> LocalEngine::submit(const JobRequest &request)
{
    auto spec = runSpecFromJson(request.spec, m_p->options.presets, "submitted run");
    if (!spec)
        return spec.error();
    auto job = std::make_shared<Job>();
    job->spec = std::move(*spec);
    job->workspace = request.workspace;
    if (request.workspace.empty() || !m_p->options.stores) {
        job->store = makeMemoryCheckpointStore();
    } else {
        auto store = m_p->openStore(request.workspace);
        if (!store)
            return store.error();
        job->store = std::move(*store);
    }
    Private *p = m_p.get();
    {
        const std::lock_guard lock(p->mutex);
        if (p->lost)
            return *p->lost;
        job->id = ++p->lastId;
    }
    const JobId id = job->id;
    JobContext::Sinks sinks;
    sinks.publish = [p, id](ArtifactPtr artifact) {
        p->emit(JobArtifact { id, std::move(artifact) });
    };
    sinks.log = [p, id](LogLevel level, std::string_view text) {
        p->emit(JobLog { id, level, std::string(text), unixNow() });
    };
    job->context = std::make_unique<JobContext>(std::move(sinks), *job->store, p->options.threads);
    p->emit(JobStateChanged { id, JobState::queued, {} });
    std::optional<Error> lost;
    {
        const std::lock_guard lock(p->mutex);
        lost = p->lost;
        if (!lost) {
            p->jobs.push_back(job);
            p->queue.push_back(job);
        }
    }
    if (lost)
        p->setState(*job, JobState::failed, *lost);
    p->wake.notify_all();
    return id;
}

namespace {
Error noSuchJob(JobId id)
{
    return { ErrorCode::notFound, fmt::format("there is no unfinished job {}", id), "engine", {} };
}
} // namespace

Result<void> LocalEngine::cancel(JobId id)
{
    const auto job = m_p->find(id);
    if (!job)
        return noSuchJob(id);
    job->context->requestCancel();
    bool queued = false;
    {
        const std::lock_guard lock(m_p->mutex);
        queued = std::erase(m_p->queue, job) > 0;
        if (queued)
            std::erase(m_p->jobs, job);
    }
    m_p->setState(*job, queued ? JobState::cancelled : JobState::cancelling);
    return {};
}

Result<void> LocalEngine::pause(JobId id)
{
    const auto job = m_p->find(id);
    if (!job)
        return noSuchJob(id);
    job->context->setPaused(true);
    m_p->setState(*job, JobState::paused);
    return {};
}

Result<void> LocalEngine::resume(JobId id)
{
    const auto job = m_p->find(id);
    if (!job)
        return noSuchJob(id);
    job->context->setPaused(false);
    bool queued = false;
    {
        const std::lock_guard lock(m_p->mutex);
        queued = m_p->current != job;
    }
    m_p->setState(*job, queued ? JobState::queued : JobState::running);
    return {};
}

Result<Json> LocalEngine::ask(const Json &question)
{
    try {
        const auto kind = question.is_object() ? question.find("ask") : question.end();
        const bool named = question.is_object() && kind != question.end() && kind->is_string();
        if (named && Questions::knows(kind->get<std::string>()))
            return m_p->questions->answer(question);
        Result<Json> out = answer(question, m_p->options.presets, m_p->options.dataDir,
                                  m_p->options.threads, m_p->firstLayer, m_p->options.device);
        if (out && named && *kind == "resources" && m_p->options.deviceLoad)
            if (const std::optional<int> percent = m_p->options.deviceLoad())
                (*out)["deviceLoad"] = *percent;
        return out;
    } catch (...) {
        const Error error = currentError();
        if (error.code == ErrorCode::cancelled) // nothing else stops a question
            return Error {
                ErrorCode::cancelled, "a newer question has taken its place", "question", {}
            };
        return error;
    }
}

void LocalEngine::supersede(const Json &newer) { m_p->questions->supersede(newer); }

} // namespace batlab
