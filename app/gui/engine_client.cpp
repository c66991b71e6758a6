// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/engine_client.h"

#include <QElapsedTimer>
#include <QPointer>

#include <deque>
#include <map>
#include <mutex>

namespace batlab::app {

namespace {

constexpr int kTickMs = 100; ///< 10 Hz
constexpr qint64 kBudgetMs = 4; ///< of one tick
constexpr int kCatchUpMs = 15; ///< to the next tick when there is more

} // namespace

/// Where the engine's threads put events; progress is kept apart, newest only.
struct EngineClient::Inbox
{
    std::mutex mutex;
    std::deque<EngineEvent> events;
    std::map<JobId, ProgressSnapshot> progress;

    void put(const EngineEvent &event)
    {
        const std::lock_guard lock(mutex);
        if (const auto *p = std::get_if<JobProgress>(&event))
            progress[p->job] = p->progress;
        else
            events.push_back(event);
    }
};

struct EngineClient::Slot
{
    std::mutex mutex;
    std::shared_ptr<Engine> engine;
    Error startError { ErrorCode::device, "the engine is not running", "engine",
                       "start it again from the Run menu" };

    std::shared_ptr<Engine> get()
    {
        const std::lock_guard lock(mutex);
        return engine;
    }
};

EngineClient::EngineClient(Factory factory, QObject *parent)
    : QObject(parent)
    , m_factory(std::move(factory))
    , m_slot(std::make_shared<Slot>())
    , m_inbox(std::make_shared<Inbox>())
{
    m_control.setMaxThreadCount(1);
    m_questions.setMaxThreadCount(2);
    m_tick.setInterval(kTickMs);
    connect(&m_tick, &QTimer::timeout, this, &EngineClient::drain);
}

EngineClient::~EngineClient()
{
    m_tick.stop();
    release();
    m_control.waitForDone();
    m_questions.waitForDone();
}

template<class R>
void EngineClient::deliver(std::function<void(R)> done, R result)
{
    // Called on a worker: hop to the GUI thread, and only if we still exist there.
    QMetaObject::invokeMethod(
        this,
        [done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); },
        Qt::QueuedConnection);
}

void EngineClient::setState(State state)
{
    if (state == m_state)
        return;
    m_state = state;
    Q_EMIT stateChanged();
}

void EngineClient::start()
{
    if (m_state == State::starting || m_state == State::ready)
        return;
    m_slot = std::make_shared<Slot>();
    m_inbox = std::make_shared<Inbox>();
    const int generation = ++m_generation;
    setState(State::starting);
    m_tick.start();
    m_control.start([this, generation, factory = m_factory, slot = m_slot, inbox = m_inbox] {
        Result<std::unique_ptr<Engine>> made = factory();
        if (!made) {
            {
                const std::lock_guard lock(slot->mutex);
                slot->startError = made.error();
            }
            deliver<Result<Json>>([this, generation](Result<Json> r) { started(r, generation); },
                                  made.error());
            return;
        }
        std::shared_ptr<Engine> engine = std::move(*made);
        engine->setListener([inbox](const EngineEvent &event) { inbox->put(event); });
        Result<Json> hello = engine->hello();
        {
            const std::lock_guard lock(slot->mutex);
            if (hello)
                slot->engine = engine;
            else
                slot->startError = hello.error();
        }
        deliver<Result<Json>>([this, generation](Result<Json> r) { started(r, generation); },
                              std::move(hello));
    });
}

void EngineClient::started(const Result<Json> &hello, int generation)
{
    if (generation != m_generation || m_state != State::starting)
        return;
    if (!hello) {
        setState(State::off);
        Q_EMIT callFailed(hello.error());
        return;
    }
    m_hello = *hello;
    setState(State::ready);
}

void EngineClient::submit(JobRequest request, std::function<void(Result<JobId>)> done)
{
    start();
    m_control.start([this, slot = m_slot, request = std::move(request), done = std::move(done)] {
        const std::shared_ptr<Engine> engine = slot->get();
        deliver<Result<JobId>>(done,
                               engine ? engine->submit(request) : Result<JobId>(slot->startError));
    });
}

void EngineClient::ask(Json question, std::function<void(Result<Json>)> done)
{
    start();
    // Through the control thread first, so that a question waits for the engine's start.
    m_control.start([this, slot = m_slot, question = std::move(question), done = std::move(done)] {
        const std::shared_ptr<Engine> engine = slot->get();
        if (!engine) {
            deliver<Result<Json>>(done, slot->startError);
            return;
        }
        m_questions.start(
            [this, engine, question, done] { deliver<Result<Json>>(done, engine->ask(question)); });
    });
}

void EngineClient::askLatest(const std::string &stream, Json question,
                             std::function<void(const Result<Json> &)> done)
{
    Stream &s = m_streams[stream];
    const bool nothing = question.is_null();
    question["stream"] = stream;
    question["turn"] = ++s.turn;
    if (s.asking)
        m_control.start([slot = m_slot, question] {
            if (const std::shared_ptr<Engine> engine = slot->get())
                engine->supersede(question);
        });
    s.waiting.reset();
    if (nothing)
        return;
    s.waiting.emplace(std::move(question), std::move(done));
    if (!s.asking)
        askNext(stream);
}

void EngineClient::askNext(const std::string &stream)
{
    Stream &s = m_streams[stream];
    s.asking = s.waiting.has_value();
    if (!s.asking)
        return;
    auto [question, done] = *std::exchange(s.waiting, std::nullopt);
    const auto turn = question.at("turn").get<std::int64_t>();
    ask(std::move(question),
        [this, stream, turn, done = std::move(done)](const Result<Json> &answer) {
            const bool givenUp = turn < m_streams[stream].turn && !answer
                && answer.error().code == ErrorCode::cancelled;
            askNext(stream); // the engine goes on while the views take this answer in
            if (!givenUp)
                done(answer);
        });
}

void EngineClient::onControl(std::function<Result<void>(Engine &)> call)
{
    m_control.start([this, slot = m_slot, call = std::move(call)] {
        const std::shared_ptr<Engine> engine = slot->get();
        const Result<void> done = engine ? call(*engine) : Result<void>(slot->startError);
        if (!done)
            deliver<Error>([this](const Error &error) { Q_EMIT callFailed(error); }, done.error());
    });
}

void EngineClient::cancel(JobId job)
{
    onControl([job](Engine &engine) { return engine.cancel(job); });
}

void EngineClient::pause(JobId job)
{
    onControl([job](Engine &engine) { return engine.pause(job); });
}

void EngineClient::resume(JobId job)
{
    onControl([job](Engine &engine) { return engine.resume(job); });
}

void EngineClient::drain()
{
    QElapsedTimer clock;
    clock.start();
    const std::shared_ptr<Inbox> inbox = m_inbox; // a handler may replace the engine
    std::vector<ArtifactPtr> artifacts;
    std::vector<JobLog> log;
    std::vector<JobStateChanged> states;
    std::map<JobId, ProgressSnapshot> progress;
    bool stopped = false, more = false;
    Error stopError;
    {
        const std::lock_guard lock(inbox->mutex);
        progress.swap(inbox->progress);
        while (!inbox->events.empty() && !(more = clock.elapsed() >= kBudgetMs)) {
            EngineEvent event = std::move(inbox->events.front());
            inbox->events.pop_front();
            if (auto *a = std::get_if<JobArtifact>(&event))
                artifacts.push_back(std::move(a->artifact));
            else if (auto *l = std::get_if<JobLog>(&event))
                log.push_back(std::move(*l));
            else if (auto *s = std::get_if<JobStateChanged>(&event))
                states.push_back(std::move(*s));
            else if (auto *e = std::get_if<EngineStopped>(&event)) {
                stopped = true;
                stopError = e->error;
            }
        }
    }
    if (!log.empty())
        Q_EMIT logArrived(log);
    if (!artifacts.empty())
        Q_EMIT artifactsArrived(artifacts);
    for (const auto &[job, snapshot] : progress)
        Q_EMIT jobProgress({ job, snapshot });
    for (const JobStateChanged &state : states)
        Q_EMIT jobStateChanged(state);
    if (stopped)
        lose(stopError);
    else if (more)
        QTimer::singleShot(kCatchUpMs, this, &EngineClient::drain);
}

void EngineClient::lose(const Error &error)
{
    m_tick.stop();
    release();
    m_hello = {};
    setState(State::lost);
    Q_EMIT engineStopped(error);
}

void EngineClient::release()
{
    // Destroying an engine may wait for its process: never on the GUI thread.
    m_control.start([slot = m_slot] {
        std::shared_ptr<Engine> engine;
        {
            const std::lock_guard lock(slot->mutex);
            engine.swap(slot->engine);
        }
        if (engine)
            engine->setListener({});
    });
}

} // namespace batlab::app
