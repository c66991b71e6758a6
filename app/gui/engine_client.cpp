// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/engine_client.h"

#include "app/gui/engine_client_parts.h"
#include "core/job/remote_engine.h"
#include "views/models/text.h"

#include <QElapsedTimer>

#include <utility>

namespace batlab::app {

using views::ss;

namespace {

constexpr int kTickMs = 100; ///< 10 Hz
constexpr qint64 kBudgetMs = 4; ///< of one tick
constexpr int kCatchUpMs = 15; ///< to the next tick when there is more

/// On a thread that the application waits for at its end. It takes no place of those that
/// calculate: what it does is mostly waiting for a process.
void aside(std::function<void()> work)
{
    QThreadPool *pool = QThreadPool::globalInstance();
    pool->start([pool, work = std::move(work)] {
        pool->releaseThread();
        work();
        pool->reserveThread();
    });
}

} // namespace

EngineClient::EngineClient(Factory factory, QObject *parent)
    : QObject(parent)
    , m_factory(std::move(factory))
    , m_workers(std::make_shared<Workers>(this))
    , m_slot(std::make_shared<Slot>())
    , m_inbox(std::make_shared<Inbox>())
{
    m_tick.setInterval(kTickMs);
    connect(&m_tick, &QTimer::timeout, this, &EngineClient::drain);
}

EngineClient::~EngineClient()
{
    m_tick.stop();
    m_workers->leave();
    // Other windows work on while the calls end and the engine keeps what its jobs have.
    const Error closed { ErrorCode::cancelled, "the window was closed", "engine", {} };
    aside([workers = std::move(m_workers),
           engine = m_slot->end(closed, Engine::Child::leave)]() mutable {
        if (engine)
            engine->setListener({});
        workers->control.waitForDone(); // questions come from there
        workers->questions.waitForDone();
        engine.reset();
    });
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
    setSilent(false);
    setState(State::starting);
    m_workers->control.start([this, generation, workers = m_workers.get(), factory = m_factory,
                              slot = m_slot, inbox = m_inbox] {
        Result<std::unique_ptr<Engine>> made = workers->make(factory);
        Result<Json> hello = made ? Result<Json>(Json()) : Result<Json>(made.error());
        if (made) {
            const std::shared_ptr<Engine> engine = std::move(*made);
            engine->setListener([inbox](const EngineEvent &event) { inbox->put(event); });
            if (slot->greet(engine))
                hello = engine->hello();
        }
        slot->settle(hello);
        workers->deliver<Result<Json>>(
            [this, generation](Result<Json> r) { started(r, generation); }, std::move(hello));
    });
}

void EngineClient::started(const Result<Json> &hello, int generation)
{
    if (generation != m_generation || m_state != State::starting)
        return;
    if (!hello) {
        setState(State::off); // what it still says is nobody's
        sayFailure(hello.error(), m_heard);
        return;
    }
    m_hello = *hello;
    m_tick.start(); // not before: an engine that ends instead of greeting is told once, above
    setState(State::ready);
}

template<class T>
std::function<void(Result<T>)> EngineClient::heeding(std::function<void(Result<T>)> done)
{
    return [this, heard = m_heard, done = std::move(done)](Result<T> answer) {
        if (!answer && gotNoReply(answer.error()))
            sayFailure(answer.error(), heard);
        else if (answer)
            hear();
        done(std::move(answer));
    };
}

void EngineClient::submit(JobRequest request, std::function<void(Result<JobId>)> done)
{
    start();
    m_workers->control.start([workers = m_workers.get(), slot = m_slot,
                              request = std::move(request),
                              done = heeding<JobId>(std::move(done))] {
        const std::shared_ptr<Engine> engine = slot->get();
        workers->deliver<Result<JobId>>(
            done, engine ? engine->submit(request) : Result<JobId>(slot->error()));
    });
}

void EngineClient::ask(Json question, std::function<void(Result<Json>)> done)
{
    start();
    // Through the control thread first, so that a question waits for the engine's start.
    m_workers->control.start([workers = m_workers.get(), slot = m_slot,
                              question = std::move(question),
                              done = heeding<Json>(std::move(done))] {
        const std::shared_ptr<Engine> engine = slot->get();
        if (!engine) {
            workers->deliver<Result<Json>>(done, slot->error());
            return;
        }
        workers->questions.start([workers, engine, question, done] {
            workers->deliver<Result<Json>>(done, engine->ask(question));
        });
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
        m_workers->control.start([slot = m_slot, question] {
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
    m_workers->control.start([this, workers = m_workers.get(), slot = m_slot, heard = m_heard,
                              call = std::move(call)] {
        const std::shared_ptr<Engine> engine = slot->get();
        const Result<void> done = engine ? call(*engine) : Result<void>(slot->error());
        if (!done)
            workers->deliver<Error>([this, heard](const Error &error) { sayFailure(error, heard); },
                                    done.error());
    });
}

void EngineClient::sayFailure(const Error &error, std::int64_t heard)
{
    if (!gotNoReply(error) || heard != m_heard) {
        Q_EMIT callFailed(error);
        return;
    }
    setSilent(true);
    Q_EMIT engineSilent(error);
}

void EngineClient::hear()
{
    ++m_heard;
    setSilent(false);
}

void EngineClient::setSilent(bool silent)
{
    if (silent == m_silent)
        return;
    m_silent = silent;
    if (!silent)
        Q_EMIT silenceEnded();
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
    if (m_state != State::ready)
        return; // a catch-up that was meant for an engine before
    QElapsedTimer clock;
    clock.start();
    const std::shared_ptr<Inbox> inbox = m_inbox; // a handler may replace the engine
    std::vector<ArtifactPtr> artifacts;
    std::vector<JobLog> log;
    std::vector<JobStateChanged> states;
    std::map<JobId, ProgressSnapshot> progress;
    bool stopped = false, more = false, any = false;
    Error stopError;
    double silent = 0; ///< seconds
    {
        const std::lock_guard lock(inbox->mutex);
        progress.swap(inbox->progress);
        any = !progress.empty() || !inbox->events.empty();
        while (!inbox->events.empty() && !(more = clock.elapsed() >= kBudgetMs)) {
            EngineEvent event = std::move(inbox->events.front());
            inbox->events.pop_front();
            if (auto *a = std::get_if<JobArtifact>(&event))
                artifacts.push_back(std::move(a->artifact));
            else if (auto *l = std::get_if<JobLog>(&event))
                log.push_back(std::move(*l));
            else if (auto *s = std::get_if<JobStateChanged>(&event)) {
                if (s->error.code == ErrorCode::deviceLost) { // it takes no other job, and ends
                    stopped = true;
                    stopError = s->error;
                } else {
                    states.push_back(std::move(*s));
                }
            } else if (auto *e = std::get_if<EngineStopped>(&event)) {
                stopped = true;
                stopError = e->error;
            } else if (auto *quiet = std::get_if<EngineSilent>(&event)) {
                silent = quiet->seconds;
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
    if (stopped) {
        lose(stopError);
        return;
    }
    if (silent > 0)
        sayFailure({ ErrorCode::busy,
                     ss(tr("the engine has given no sign of life for %1 s").arg(qRound(silent))),
                     "engine", ss(tr("It may be busy or hang: wait, or start it again.")) },
                   m_heard);
    else if (any)
        hear();
    if (more)
        QTimer::singleShot(kCatchUpMs, this, &EngineClient::drain);
}

void EngineClient::lose(const Error &error)
{
    m_tick.stop();
    // Without its device it is about to end by itself, and keeps what it has.
    const auto child =
        error.code == ErrorCode::deviceLost ? Engine::Child::leave : Engine::Child::kill;
    // Destroying an engine may wait for its process: neither here, nor where the next one starts.
    aside([engine = m_slot->end(error, child)]() mutable {
        if (engine)
            engine->setListener({});
        engine.reset();
    });
    m_hello = {};
    setSilent(false);
    setState(State::lost);
    Q_EMIT engineStopped(error);
}

void EngineClient::restart()
{
    if (m_state == State::starting || m_state == State::ready)
        lose({ ErrorCode::cancelled, ss(tr("the engine was ended to start another")), "engine",
               ss(tr("Finished layers are kept.")) });
    start();
}

} // namespace batlab::app
