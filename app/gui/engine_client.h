// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/job/engine.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace batlab::app {

/// The engine as the window sees it. Every call runs on a worker, every answer and event comes back
/// to the GUI thread: events are taken out 10 times a second, for at most 4 ms, progress only in
/// its newest form. Its end waits for no engine.
class EngineClient : public QObject
{
    Q_OBJECT

public:
    /// Makes and starts an engine; called on a worker.
    using Factory = std::function<Result<std::unique_ptr<Engine>>()>;
    enum class State { off, starting, ready, lost };

    explicit EngineClient(Factory factory, QObject *parent = nullptr);
    ~EngineClient() override;

    /// Starts the engine if there is none. submit() and ask() do it by themselves.
    void start();
    /// Ends the engine, also one that hangs or is starting, and starts another: what was asked is
    /// answered with Error{cancelled}, its jobs can be submitted again.
    void restart();
    [[nodiscard]] State state() const { return m_state; }
    /// It was said to be silent, and has said nothing since.
    [[nodiscard]] bool isSilent() const { return m_silent; }
    [[nodiscard]] const Json &hello() const { return m_hello; }

    void submit(JobRequest request, std::function<void(Result<JobId>)> done);
    void cancel(JobId job);
    void pause(JobId job);
    void resume(JobId job);
    void ask(Json question, std::function<void(Result<Json>)> done);
    /// Of one stream at most one question is at the engine and one waits: a newer one takes the
    /// waiting one's place, and the engine gives up the one at work. The `done` of either is never
    /// called, unless the engine's answer was there before. A null question asks nothing: the
    /// stream's questions are given up.
    void askLatest(const std::string &stream, Json question,
                   std::function<void(const Result<Json> &)> done);

Q_SIGNALS:
    void stateChanged();
    void artifactsArrived(const std::vector<batlab::ArtifactPtr> &artifacts);
    void jobStateChanged(const batlab::JobStateChanged &event);
    void jobProgress(const batlab::JobProgress &event);
    void logArrived(const std::vector<batlab::JobLog> &lines);
    /// The engine process is gone; its jobs can be submitted again. Nothing but start(), submit(),
    /// ask() and restart() starts another.
    void engineStopped(const batlab::Error &error);
    /// Nothing has come from the engine for long, or a call got no reply and nothing else came
    /// meanwhile; restart() ends it.
    void engineSilent(const batlab::Error &error);
    void silenceEnded(); ///< by a sign of life, or with the engine
    /// A pause, stop or resume that the engine refused, a call without a reply at an engine that
    /// speaks otherwise, or an engine that could not start (state off).
    void callFailed(const batlab::Error &error);

private:
    struct Inbox;
    struct Slot;
    struct Workers;
    struct Stream
    {
        bool asking = false;
        std::int64_t turn = 0; ///< of the newest question
        std::optional<std::pair<Json, std::function<void(const Result<Json> &)>>> waiting;
    };
    void askNext(const std::string &stream);
    void onControl(std::function<Result<void>(Engine &)> call);
    void drain();
    void setState(State state);
    void started(const Result<Json> &hello, int generation);
    void lose(const Error &error);
    /// By engineSilent or callFailed; `heard` is m_heard of when the call was made.
    void sayFailure(const Error &error, std::int64_t heard);
    void hear(); ///< a sign of life
    void setSilent(bool silent);
    /// `done`, which runs on the GUI thread, behind a word about a reply that did not come.
    template<class T>
    std::function<void(Result<T>)> heeding(std::function<void(Result<T>)> done);

    Factory m_factory;
    std::shared_ptr<Workers> m_workers;
    std::shared_ptr<Slot> m_slot; ///< the engine, shared with the workers
    std::shared_ptr<Inbox> m_inbox; ///< events of the present engine
    int m_generation = 0;
    State m_state = State::off;
    bool m_silent = false;
    std::int64_t m_heard = 0; ///< signs of life so far
    Json m_hello;
    std::map<std::string, Stream> m_streams;
    QTimer m_tick;
};

} // namespace batlab::app
