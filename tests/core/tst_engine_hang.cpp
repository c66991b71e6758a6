// SPDX-License-Identifier: Apache-2.0
// An engine that hangs, or a line to it that is open at one end only: it can be given up, and its
// silence is told.
#include <QtTest> // first: moc 6.4 cannot read <concepts> before it

#include "tests/core/engine_pipe.h"

#include <csignal>
#include <poll.h>
#include <thread>

using namespace batlab;
using namespace std::chrono_literals;
using test::Loop;
using test::Pipe;
using test::Recorder;

namespace {

/// Shakes hands, playing the engine's side of both pipes.
bool greet(RemoteEngine &remote, Pipe &up, Pipe &down)
{
    std::thread engine([&] {
        const Json call = **readFrame(up.fds[0]);
        down.put(*encodeFrame({ { "reply", call["id"] },
                                { "value", { { "protocol", { kEngineProtocolMajor, 0 } } } } }));
    });
    const bool greeted = remote.hello().ok();
    engine.join();
    return greeted;
}

} // namespace

class TestEngineHang : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void abortFreesCalls_data()
    {
        QTest::addColumn<bool>("kill");
        QTest::addColumn<int>("bytes");
        for (const bool kill : { true, false }) {
            const char *then = kill ? ", killed" : ", left";
            QTest::addRow("waits for a reply%s", then) << kill << 10;
            QTest::addRow("writes to a full pipe%s", then) << kill << (4 << 20);
        }
    }
    /// An engine that reads nothing more holds nobody who gives it up.
    void abortFreesCalls()
    {
        QFETCH(bool, kill);
        QFETCH(int, bytes);
        Pipe up, down;
        std::unique_ptr<RemoteEngine> remote = RemoteEngine::over(down.fds[0], up.fds[1], {});
        Recorder recorder;
        remote->setListener(recorder.listener());
        QVERIFY(greet(*remote, up, down));
        std::future<Result<Json>> asked = std::async(std::launch::async, [&] {
            return remote->ask({ { "ask", std::string(static_cast<std::size_t>(bytes), 'x') } });
        });
        pollfd begun { up.fds[0], POLLIN, 0 };
        QCOMPARE(poll(&begun, 1, 20000), 1); // the question is on its way
        remote->abort({ ErrorCode::cancelled, "given up", {}, {} },
                      kill ? Engine::Child::kill : Engine::Child::leave);
        QVERIFY(asked.wait_for(20s) == std::future_status::ready);
        const Result<Json> answer = asked.get();
        QVERIFY(!answer.ok() && answer.error().what == "given up");
        QVERIFY(!remote->running());
        QVERIFY(!remote->ask({ { "ask", "schema" } }).ok());
        if (kill)
            QVERIFY(recorder.waitFor([](const EngineEvent &e) {
                const auto *stopped = std::get_if<EngineStopped>(&e);
                return stopped && stopped->error.what == "given up";
            }));
    }

    /// A folder that another engine writes to is no engine that hangs.
    void noReplyIsNoFolderInUse()
    {
        Pipe up, down;
        RemoteEngine::Options options;
        options.replySeconds = 0.05;
        const Result<Json> hello = RemoteEngine::over(down.fds[0], up.fds[1], options)->hello();
        QVERIFY(!hello.ok() && gotNoReply(hello.error()));
        QVERIFY(!gotNoReply({ ErrorCode::busy, "in use", "/work", {} }));
        QVERIFY(!gotNoReply({ ErrorCode::device, "gone", "engine", {} }));
    }

    /// Its process is gone, whatever it was doing.
    void abortKillsTheChild()
    {
        Result<std::unique_ptr<RemoteEngine>> remote = RemoteEngine::start(
            (QCoreApplication::applicationDirPath() + "/fake_server --hang 1").toStdString());
        QVERIFY(remote.ok() && (*remote)->hello().ok());
        std::future<Result<Json>> asked = std::async(std::launch::async, [&] {
            return (*remote)->ask({ { "ask", "schema" } });
        });
        const pid_t child = (*remote)->pid();
        QVERIFY(kill(child, 0) == 0);
        (*remote)->abort({ ErrorCode::cancelled, "given up", {}, {} }, Engine::Child::kill);
        QVERIFY(asked.wait_for(20s) == std::future_status::ready);
        remote->reset();
        QVERIFY(kill(child, 0) != 0);
    }

    /// Silence is asked about once, and told once; any bytes end it.
    void silenceIsTold()
    {
        Pipe up, down;
        RemoteEngine::Options options;
        options.pingSeconds = 0.02;
        options.silentSeconds = 0.05;
        std::unique_ptr<RemoteEngine> remote = RemoteEngine::over(down.fds[0], up.fds[1], options);
        Recorder recorder;
        remote->setListener(recorder.listener());
        QVERIFY(greet(*remote, up, down));
        const auto silent = [](const EngineEvent &e) {
            const auto *quiet = std::get_if<EngineSilent>(&e);
            return quiet && quiet->seconds >= 0.05;
        };
        QVERIFY(recorder.waitFor(silent));
        QCOMPARE((**readFrame(up.fds[0]))["call"], Json("ping"));
        QTest::qWait(200);
        const std::vector<EngineEvent> told = recorder.events();
        QCOMPARE(std::count_if(told.begin(), told.end(), silent), std::ptrdiff_t(1));
        pollfd more { up.fds[0], POLLIN, 0 };
        QCOMPARE(poll(&more, 1, 0), 0); // one ping
        QVERIFY(remote->running()); // it may answer yet

        // The engine answers a ping, so it is not silent while nothing is asked.
        Loop loop({ 1, true, 0 });
        loop.remote.reset();
        const auto call = [&](const Json &message) {
            loop.up.put(*encodeFrame(message));
            return **readFrame(loop.down.fds[0]);
        };
        (void)call(
            { { "id", 1 }, { "call", "hello" }, { "protocol", { kEngineProtocolMajor, 2 } } });
        QVERIFY(call({ { "id", 2 }, { "call", "ping" } }).contains("value"));
    }
};

QTEST_GUILESS_MAIN(TestEngineHang)
#include "tst_engine_hang.moc"
