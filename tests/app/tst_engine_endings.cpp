// SPDX-License-Identifier: Apache-2.0
// The end of an engine that hangs: no window waits for it, and another one starts.
#include "app/gui/engine_client.h"

#include <QSignalSpy>
#include <QTest>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

using namespace batlab;
using batlab::app::EngineClient;

namespace {

/// What a test sees and decides of the engines.
struct Bench
{
    std::mutex mutex;
    std::condition_variable changed;
    int made = 0, asked = 0, gone = 0;
    std::vector<Engine::Child> aborted; ///< what is to become of their children
    bool hello = true; ///< of the next engine: it answers the hello
    bool answers = true; ///< questions are answered
    bool heedsAbort = true; ///< calls end with it
    bool late = false; ///< questions end without a reply in time
    Engine::Listener listener; ///< of the latest engine that has one

    template<class T>
    T look(T Bench::*what)
    {
        const std::lock_guard lock(mutex);
        return this->*what;
    }
    template<class T>
    void set(T Bench::*what, T value)
    {
        const std::lock_guard lock(mutex);
        this->*what = value;
        changed.notify_all();
    }
};

class HangingEngine : public Engine
{
public:
    explicit HangingEngine(std::shared_ptr<Bench> bench) : m_bench(std::move(bench))
    {
        const std::lock_guard lock(m_bench->mutex);
        ++m_bench->made;
        m_hello = std::exchange(m_bench->hello, true);
    }
    ~HangingEngine() override
    {
        const std::lock_guard lock(m_bench->mutex);
        ++m_bench->gone;
    }
    void setListener(Listener listener) override
    {
        const std::lock_guard lock(m_bench->mutex);
        if (listener)
            m_bench->listener = std::move(listener);
    }
    Result<Json> hello() override
    {
        std::unique_lock lock(m_bench->mutex);
        m_bench->changed.wait(lock, [this] { return m_hello || m_why; });
        return m_why ? Result<Json>(*m_why) : Result<Json>(Json::object());
    }
    Result<JobId> submit(const JobRequest &) override { return JobId(1); }
    Result<void> cancel(JobId) override
    {
        return Error { ErrorCode::busy, "the engine has not answered for 120 s", "engine", {} };
    }
    Result<void> pause(JobId) override { return {}; }
    Result<void> resume(JobId) override { return {}; }
    Result<Json> ask(const Json &question) override
    {
        std::unique_lock lock(m_bench->mutex);
        ++m_bench->asked;
        m_bench->changed.wait(lock, [this] { return m_bench->answers || m_why; });
        if (m_bench->late)
            return Error { ErrorCode::busy, "the engine has not answered for 120 s", "engine", {} };
        return m_why ? Result<Json>(*m_why) : Result<Json>(question);
    }
    void abort(const Error &why, Child child) override
    {
        const std::lock_guard lock(m_bench->mutex);
        m_bench->aborted.push_back(child);
        if (m_bench->heedsAbort)
            m_why = why;
        m_bench->changed.notify_all();
    }

private:
    std::shared_ptr<Bench> m_bench;
    bool m_hello = true;
    std::optional<Error> m_why; ///< it was aborted
};

} // namespace

class TstEngineEndings : public QObject
{
    Q_OBJECT

    std::shared_ptr<Bench> m_bench;
    std::unique_ptr<EngineClient> m_client;

private Q_SLOTS:
    void init()
    {
        m_bench = std::make_shared<Bench>();
        m_client = std::make_unique<EngineClient>([bench = m_bench] {
            return Result<std::unique_ptr<Engine>>(std::make_unique<HangingEngine>(bench));
        });
    }
    void cleanup()
    {
        m_client.reset();
        m_bench->set(&Bench::answers, true); // a failed test must not hold the program's end
    }

    /// Other windows do not wait for the engine of one that is closed, whatever it is doing.
    void closingWaitsForNoCall()
    {
        m_bench->answers = m_bench->heedsAbort = false;
        int heard = 0;
        m_client->ask({ { "ask", "schema" } }, [&](const Result<Json> &) { ++heard; });
        QTRY_COMPARE(m_bench->look(&Bench::asked), 1);
        m_client.reset();
        QCOMPARE(m_bench->look(&Bench::gone), 0); // the question is still at work
        QCOMPARE(m_bench->look(&Bench::aborted),
                 std::vector<Engine::Child> { Engine::Child::leave });
        m_bench->set(&Bench::answers, true);
        QTRY_COMPARE(m_bench->look(&Bench::gone), 1);
        QCoreApplication::processEvents();
        QCOMPARE(heard, 0); // nobody is left to hear it
    }

    /// What was asked is answered, the jobs' end is told once, and another engine takes questions.
    void aHungEngineIsStartedAgain()
    {
        m_bench->answers = false;
        const QSignalSpy stopped(m_client.get(), &EngineClient::engineStopped);
        std::vector<Result<Json>> heard;
        const auto ask = [&] {
            m_client->ask({ { "ask", "schema" } },
                          [&](const Result<Json> &answer) { heard.push_back(answer); });
        };
        ask();
        QTRY_COMPARE(m_bench->look(&Bench::asked), 1);
        m_client->restart();
        QCOMPARE(stopped.count(), 1);
        QCOMPARE(m_bench->look(&Bench::aborted),
                 std::vector<Engine::Child> { Engine::Child::kill });
        QTRY_COMPARE(heard.size(), std::size_t(1));
        QVERIFY(!heard[0] && heard[0].error().code == ErrorCode::cancelled);
        QTRY_COMPARE(m_client->state(), EngineClient::State::ready);
        QTRY_COMPARE(m_bench->look(&Bench::gone), 1);
        QCOMPARE(m_bench->look(&Bench::made), 2);
        m_bench->set(&Bench::answers, true);
        ask();
        QTRY_COMPARE(heard.size(), std::size_t(2));
        QVERIFY(heard[1].ok());
        QCOMPARE(stopped.count(), 1);
    }

    /// Also before it has greeted: its hello is nobody's any more.
    void oneThatNeverGreetsIsStartedAgain()
    {
        m_bench->hello = false;
        const QSignalSpy failed(m_client.get(), &EngineClient::callFailed);
        m_client->start();
        QTRY_COMPARE(m_bench->look(&Bench::made), 1);
        m_client->restart();
        QTRY_COMPARE(m_client->state(), EngineClient::State::ready);
        QCOMPARE(m_bench->look(&Bench::made), 2);
        QTRY_COMPARE(m_bench->look(&Bench::gone), 1);
        QCOMPARE(failed.count(), 0);
    }

    /// A call without a reply is told as silence, which a sign of life ends.
    void aReplyThatDoesNotComeIsSilence()
    {
        const QSignalSpy silent(m_client.get(), &EngineClient::engineSilent);
        const QSignalSpy failed(m_client.get(), &EngineClient::callFailed);
        m_client->start();
        m_client->cancel(1);
        QTRY_COMPARE(silent.count(), 1);
        QCOMPARE(failed.count(), 0);
        QVERIFY(m_client->isSilent());
        const QSignalSpy ended(m_client.get(), &EngineClient::silenceEnded);
        bool answered = false;
        m_client->ask({ { "ask", "schema" } },
                      [&](const Result<Json> &answer) { answered = answer.ok(); });
        QTRY_VERIFY(answered);
        QVERIFY(!m_client->isSilent());
        QCOMPARE(ended.count(), 1);
    }

    /// A long answer of an engine that speaks otherwise is no silence.
    void aLateReplyAmongEventsIsNoSilence()
    {
        const QSignalSpy silent(m_client.get(), &EngineClient::engineSilent);
        const QSignalSpy failed(m_client.get(), &EngineClient::callFailed);
        const QSignalSpy log(m_client.get(), &EngineClient::logArrived);
        m_bench->answers = false;
        m_bench->late = true;
        bool ended = false;
        m_client->ask({ { "ask", "schema" } }, [&](const Result<Json> &) { ended = true; });
        QTRY_COMPARE(m_bench->look(&Bench::asked), 1);
        const Engine::Listener say = m_bench->look(&Bench::listener);
        say(JobLog { 1, LogLevel::info, "at work" });
        QTRY_COMPARE(log.count(), 1);
        m_bench->set(&Bench::answers, true);
        QTRY_VERIFY(ended);
        QCOMPARE(failed.count(), 1);
        QCOMPARE(silent.count(), 0);
        QVERIFY(!m_client->isSilent());
    }
};

QTEST_GUILESS_MAIN(TstEngineEndings)
#include "tst_engine_endings.moc"
