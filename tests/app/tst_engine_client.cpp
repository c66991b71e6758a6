// SPDX-License-Identifier: Apache-2.0
// The window's questions: of one stream the newest wins, also over one that the engine works on.
#include "app/gui/engine_client.h"

#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <set>

using namespace batlab;
using batlab::app::EngineClient;

namespace {

/// What a test sees and decides of an engine.
struct Desk
{
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Json> asked, superseded;
    std::set<int> slow; ///< questions that are worked on until superseded or released
    std::set<int> released; ///< slow questions that get their answer
    bool listens = true; ///< gives superseded questions up
    bool broken = false; ///< engines end instead of greeting
    int made = 0; ///< engines
    Engine::Listener listener; ///< of the present one

    int count()
    {
        const std::lock_guard lock(mutex);
        return static_cast<int>(asked.size());
    }
    void release(int n)
    {
        const std::lock_guard lock(mutex);
        released.insert(n);
        changed.notify_all();
    }
};

class DeskEngine : public Engine
{
public:
    explicit DeskEngine(std::shared_ptr<Desk> desk) : m_desk(std::move(desk))
    {
        const std::lock_guard lock(m_desk->mutex);
        m_number = ++m_desk->made;
    }
    void setListener(Listener listener) override
    {
        const std::lock_guard lock(m_desk->mutex);
        if (m_number == m_desk->made) // one that is let go later says nothing
            m_desk->listener = std::move(listener);
    }
    Result<Json> hello() override
    {
        const std::lock_guard lock(m_desk->mutex);
        if (!m_desk->broken)
            return Json::object();
        const Error gone { ErrorCode::deviceLost, "there is no GPU", "engine", {} };
        m_desk->listener(EngineStopped { gone });
        return gone;
    }
    Result<JobId> submit(const JobRequest &) override { return JobId(1); }
    Result<void> cancel(JobId) override { return {}; }
    Result<void> pause(JobId) override { return {}; }
    Result<void> resume(JobId) override { return {}; }
    Result<Json> ask(const Json &question) override
    {
        std::unique_lock lock(m_desk->mutex);
        m_desk->asked.push_back(question);
        const int n = question.at("n").get<int>();
        if (n < 0)
            return Error { ErrorCode::cancelled, "stopped for a reason of its own", {}, {} };
        bool givenUp = false;
        m_desk->changed.wait(lock, [&] {
            givenUp = m_desk->listens
                && std::any_of(m_desk->superseded.begin(), m_desk->superseded.end(),
                               [&](const Json &newer) {
                                   return newer["stream"] == question["stream"]
                                       && newer["turn"] > question["turn"];
                               });
            return givenUp || !m_desk->slow.contains(n) || m_desk->released.contains(n);
        });
        if (givenUp)
            return Error { ErrorCode::cancelled, "a newer question has taken its place", {}, {} };
        return Json { { "n", n } };
    }
    void supersede(const Json &newer) override
    {
        const std::lock_guard lock(m_desk->mutex);
        m_desk->superseded.push_back(newer);
        m_desk->changed.notify_all();
    }

private:
    std::shared_ptr<Desk> m_desk;
    int m_number = 0;
};

/// A client, its engine's desk, and what came back.
struct Fixture
{
    std::shared_ptr<Desk> desk = std::make_shared<Desk>();
    std::vector<int> heard; ///< numbers of answers; errors are negative
    EngineClient client { [this] {
        return Result<std::unique_ptr<Engine>>(std::make_unique<DeskEngine>(desk));
    } };

    ~Fixture()
    {
        const std::lock_guard lock(desk->mutex);
        desk->slow.clear(); // a failed test must not hold the client's threads
        desk->changed.notify_all();
    }
    void ask(const char *stream, int n)
    {
        client.askLatest(stream, { { "n", n } }, [this, n](const Result<Json> &answer) {
            heard.push_back(answer ? answer->at("n").get<int>() : -std::abs(n));
        });
    }
};

} // namespace

class TstEngineClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void newerEndsTheOneAtWork()
    {
        Fixture f;
        f.desk->slow = { 1 };
        f.ask("what-if", 1);
        QTRY_COMPARE(f.desk->count(), 1);
        f.ask("what-if", 2); // waits, and tells the engine
        f.ask("what-if", 3); // takes its place
        QTRY_COMPARE(f.heard, std::vector<int> { 3 }); // nothing of 1 and 2
        QCOMPARE(f.desk->count(), 2);
        QCOMPARE(f.desk->superseded.size(), std::size_t { 2 });
        const Json &newer = f.desk->superseded.back();
        QCOMPARE(newer["n"].get<int>(), 3);
        QCOMPARE(newer["stream"].get<std::string>(), std::string("what-if"));
        QVERIFY(newer["turn"] == 3 && f.desk->asked[0]["turn"] == 1
                && f.desk->asked[1]["turn"] == 3);
    }

    /// The engine was quicker, or knows nothing of streams: its answer is not thrown away.
    void anAnswerInTimeIsShown()
    {
        Fixture f;
        f.desk->listens = false;
        f.desk->slow = { 1 };
        f.ask("what-if", 1);
        QTRY_COMPARE(f.desk->count(), 1);
        f.ask("what-if", 2);
        f.desk->release(1);
        QTRY_COMPARE(f.heard, (std::vector<int> { 1, 2 }));
    }

    /// A null question ends the one at work, of which nothing is heard, and asks nothing.
    void aStreamCanBeGivenUp()
    {
        Fixture f;
        f.desk->slow = { 1 };
        f.ask("what-if", 1);
        QTRY_COMPARE(f.desk->count(), 1);
        f.client.askLatest("what-if", Json(), {});
        f.ask("what-if", 2);
        QTRY_COMPARE(f.heard, std::vector<int> { 2 });
        f.desk->slow = { 3 };
        f.ask("what-if", 3);
        QTRY_COMPARE(f.desk->count(), 3);
        f.client.askLatest("what-if", Json(), {});
        QTest::qWait(50);
        QCOMPARE(f.heard, std::vector<int> { 2 });
        f.ask("microscope", 4);
        QTRY_COMPARE(f.heard, (std::vector<int> { 2, 4 }));
        QCOMPARE(f.desk->count(), 4);
    }

    void otherStreamsGoOn()
    {
        Fixture f;
        f.desk->slow = { 1 };
        f.ask("what-if", 1);
        QTRY_COMPARE(f.desk->count(), 1);
        f.ask("microscope", 2);
        QTRY_COMPARE(f.heard, std::vector<int> { 2 });
        f.desk->release(1);
        QTRY_COMPARE(f.heard, (std::vector<int> { 2, 1 }));
        QVERIFY(f.desk->superseded.empty());
    }

    /// An engine whose GPU is gone for good gets no other job; who hears of its end decides whether
    /// there is another.
    void anEngineWithoutItsDeviceIsEnded()
    {
        Fixture f;
        int stopped = 0;
        int states = 0;
        QObject::connect(&f.client, &EngineClient::engineStopped, &f.client,
                         [&](const Error &error) {
                             ++stopped;
                             QVERIFY(error.code == ErrorCode::deviceLost);
                             QVERIFY(f.client.state() == EngineClient::State::lost);
                         });
        QObject::connect(&f.client, &EngineClient::jobStateChanged, &f.client,
                         [&](const JobStateChanged &) { ++states; });
        f.client.start();
        QTRY_VERIFY(f.client.state() == EngineClient::State::ready);
        const auto say = [&](ErrorCode code) {
            Engine::Listener listener;
            {
                const std::lock_guard lock(f.desk->mutex);
                listener = f.desk->listener;
            }
            listener(JobStateChanged { 1, JobState::failed, { code, "the GPU failed", {}, {} } });
        };
        say(ErrorCode::device);
        QTRY_COMPARE(states, 1); // an ordinary end: the engine stays
        QCOMPARE(stopped, 0);
        say(ErrorCode::deviceLost);
        QTRY_COMPARE(stopped, 1);
        QCOMPARE(states, 1);
        QVERIFY(f.client.state() == EngineClient::State::lost);
        f.ask("what-if", 1); // needs one
        QTRY_COMPARE(f.heard, std::vector<int> { 1 });
        const std::lock_guard lock(f.desk->mutex);
        QCOMPARE(f.desk->made, 2);
    }

    /// Nor another and another: one that ends instead of greeting is told once, also where that is
    /// known before all have heard of the end before.
    void anEngineThatCannotStartIsNotReplaced_data()
    {
        QTest::addColumn<bool>("atOnce");
        QTest::addRow("later") << false;
        QTest::addRow("at once") << true;
    }
    void anEngineThatCannotStartIsNotReplaced()
    {
        QFETCH(bool, atOnce);
        Fixture f;
        const QSignalSpy stopped(&f.client, &EngineClient::engineStopped),
            failed(&f.client, &EngineClient::callFailed);
        // As a window with runs that wait.
        QObject::connect(&f.client, &EngineClient::engineStopped, &f.client, [&] {
            f.client.start();
            if (atOnce)
                QTRY_COMPARE(failed.count(), 1);
        });
        f.client.start();
        QTRY_VERIFY(f.client.state() == EngineClient::State::ready);
        Engine::Listener listener;
        {
            const std::lock_guard lock(f.desk->mutex);
            f.desk->broken = true;
            listener = f.desk->listener;
        }
        listener(JobStateChanged {
            1, JobState::failed, { ErrorCode::deviceLost, "the GPU failed", {}, {} } });
        QTRY_COMPARE(failed.count(), 1);
        QTest::qWait(300); // some turns of the clock that takes events out
        QCOMPARE(failed.count(), 1);
        QCOMPARE(stopped.count(), 1);
        QVERIFY(f.client.state() == EngineClient::State::off);
        const std::lock_guard lock(f.desk->mutex);
        QCOMPARE(f.desk->made, 2);
    }

    /// What no newer question has ended is an error like any other.
    void cancelledOtherwiseIsTold()
    {
        Fixture f;
        f.ask("what-if", -4);
        QTRY_COMPARE(f.heard, std::vector<int> { -4 });
    }
};

QTEST_GUILESS_MAIN(TstEngineClient)
#include "tst_engine_client.moc"
