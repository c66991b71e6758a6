// SPDX-License-Identifier: Apache-2.0
#include <QtTest> // first: moc 6.4 cannot read <concepts> before it

#include "core/base/hash.h"
#include "core/job/engine_messages.h"
#include "core/job/engine_server.h"
#include "core/job/frame.h"
#include "core/job/remote_engine.h"
#include "core/spec/embedded.h"
#include "tests/core/engine_pipe.h"
#include "tests/support/fake_run.h"

#include <condition_variable>
#include <csignal>
#include <future>
#include <thread>
#include <unistd.h>

using namespace batlab;
using namespace std::chrono_literals;
using test::Loop;
using test::Pipe;
using test::Recorder;

class TestProtocol : public QObject
{
    Q_OBJECT

    PresetLibrary m_presets = *PresetLibrary::builtIn();

    Json spec(const char *yaml = "variants: [rtn]\n") const
    {
        return runSpecFromYaml(yaml, m_presets, "test")->toJson();
    }
    static std::string server(const QString &arguments)
    {
        return (QCoreApplication::applicationDirPath() + "/fake_server " + arguments).toStdString();
    }

private Q_SLOTS:
    void framesRoundTrip()
    {
        Pipe pipe;
        const Json message { { "a", { 1, -2, 3.5, nullptr, true, "x" } },
                             { "b", Json::binary({ 0, 255 }) } };
        pipe.put(*encodeFrame(message));
        pipe.put(*encodeFrame(Json(7)));
        pipe.closeWrite();
        QVERIFY(**readFrame(pipe.fds[0]) == message);
        QVERIFY(**readFrame(pipe.fds[0]) == Json(7));
        QVERIFY(!readFrame(pipe.fds[0])->has_value()); // the end
    }

    void hostileCbor_data()
    {
        QTest::addColumn<QByteArray>("hex");
        QTest::newRow("empty") << QByteArray("");
        QTest::newRow("array past the end") << QByteArray("9bffffffffffffffff");
        QTest::newRow("map past the end") << QByteArray("bb8000000000000000");
        QTest::newRow("bytes past the end") << QByteArray("5bffffffffffffffff00");
        QTest::newRow("text past the end") << QByteArray("7affffffff00");
        QTest::newRow("indefinite array") << QByteArray("9f01ff");
        QTest::newRow("indefinite map") << QByteArray("bfff");
        QTest::newRow("tag") << QByteArray("c001");
        QTest::newRow("break") << QByteArray("ff");
        QTest::newRow("reserved") << QByteArray("1c");
        QTest::newRow("undefined") << QByteArray("f7");
        QTest::newRow("simple") << QByteArray("f8ff");
        QTest::newRow("number key") << QByteArray("a10102");
        QTest::newRow("left over") << QByteArray("0101");
        QTest::newRow("short number") << QByteArray("1a0000");
        QTest::newRow("half a map") << QByteArray("a16161");
        QTest::newRow("deep") << QByteArray("81").repeated(100000) + "01";
        QTest::newRow("deep maps") << QByteArray("a16161").repeated(70) + "01";
    }
    void hostileCbor()
    {
        QFETCH(QByteArray, hex);
        const QByteArray bytes = QByteArray::fromHex(hex);
        const auto *data = reinterpret_cast<const std::uint8_t *>(bytes.constData());
        QVERIFY(!decodeCbor({ data, static_cast<std::size_t>(bytes.size()) }).ok());
    }

    /// Any bytes give a value or an error, never a crash.
    void randomCbor()
    {
        const std::vector<std::uint8_t> good =
            *encodeFrame(toJson(EngineEvent(JobLog { 3, LogLevel::info, "text", 1.5 })));
        for (std::uint64_t i = 0; i < 20000; ++i) {
            std::vector<std::uint8_t> bytes(good.begin() + 4, good.end());
            for (int k = 0; k < 3; ++k)
                bytes[randomBits(i, static_cast<std::uint64_t>(2 * k)) % bytes.size()] =
                    static_cast<std::uint8_t>(randomBits(i, static_cast<std::uint64_t>(2 * k + 1)));
            if (const Result<Json> value = decodeCbor(bytes))
                (void)eventFromJson(*value);
        }
    }

    void hostileFrames()
    {
        {
            Pipe pipe; // a huge length and no bytes: an error, and no memory taken
            pipe.put({ 0, 0, 0, 0x10 });
            pipe.closeWrite();
            QVERIFY(!readFrame(pipe.fds[0]).ok());
        }
        {
            Pipe pipe;
            pipe.put({ 0xff, 0xff, 0xff, 0xff });
            QVERIFY(!readFrame(pipe.fds[0]).ok());
        }
        {
            Pipe pipe;
            pipe.put({ 'L', 'a', 's', 't' });
            const Result<std::optional<Json>> greeting = readFrame(pipe.fds[0]);
            QVERIFY(!greeting.ok() && greeting.error().what.find("\"Last\"") != std::string::npos);
        }
        {
            Pipe pipe;
            pipe.put({ 5, 0 });
            pipe.closeWrite();
            QVERIFY(!readFrame(pipe.fds[0]).ok());
        }
        {
            Pipe pipe; // nobody reads: an error and no SIGPIPE
            pipe.closeRead();
            QVERIFY(!writeAll(pipe.fds[1], *encodeFrame(Json(1))).ok());
        }
        QVERIFY(!encodeFrame(Json::binary(std::vector<std::uint8_t>(kMaxFrameBytes + 1))).ok());
    }

    void eventsRoundTrip()
    {
        const std::vector<EngineEvent> events {
            JobStateChanged { 1, JobState::failed, { ErrorCode::diskFull, "w", "x", "h" } },
            JobProgress { 2, { "s", 1, 2, 3, 4, 5.5, 6.5, -1, 0.25 } },
            JobLog { 3, LogLevel::warning, "t", 1.5e9 },
            JobArtifact { 4, std::make_shared<const Artifact>(LinearScore {}) },
        };
        for (const EngineEvent &event : events) {
            const Json json = toJson(event);
            const Result<EngineEvent> again = eventFromJson(json);
            QVERIFY2(again.ok(), again ? "" : again.error().message().c_str());
            QVERIFY(toJson(*again) == json);
            for (const auto &[key, unused] : json.items()) {
                if (key == "error")
                    continue;
                Json broken = json;
                broken.erase(key);
                QVERIFY2(!eventFromJson(broken).ok(), key.c_str());
                broken[key] = Json::array();
                QVERIFY2(!eventFromJson(broken).ok(), key.c_str());
            }
        }
    }

    void wholeRunThroughThePipe()
    {
        Loop loop({ 3, false, 0 });
        Recorder recorder;
        loop.remote->setListener(recorder.listener());
        const Result<Json> hello = loop.remote->hello();
        QVERIFY2(hello.ok(), hello ? "" : hello.error().message().c_str());
        QCOMPARE(protocolOf(*hello).first, kEngineProtocolMajor);
        const Result<JobId> job = loop.remote->submit({ spec("variants: [rtn, bat]\n"), {} });
        QVERIFY2(job.ok(), job ? "" : job.error().message().c_str());
        QVERIFY(recorder.waitForState(*job, JobState::succeeded));
        // Everything arrives, in order, bit for bit.
        const std::vector<FakeStep> expected =
            fakeRun(*runSpecFromYaml("variants: [rtn, bat]\n", m_presets, "x"), 3);
        std::size_t at = 0;
        std::vector<JobState> states;
        std::uint64_t lastProgress = 0;
        for (const EngineEvent &event : recorder.events()) {
            if (const auto *a = std::get_if<JobArtifact>(&event)) {
                QVERIFY(at < expected.size());
                QVERIFY(Json::to_cbor(toJson(*a->artifact))
                        == Json::to_cbor(toJson(expected[at++].artifact)));
            } else if (const auto *s = std::get_if<JobStateChanged>(&event)) {
                states.push_back(s->state);
            } else if (const auto *p = std::get_if<JobProgress>(&event)) {
                QVERIFY(p->progress.subDone >= lastProgress);
                QVERIFY(states.back() == JobState::running);
                lastProgress = p->progress.subDone;
            }
        }
        QCOMPARE(at, expected.size());
        QCOMPARE(lastProgress, expected.size()); // coalesced, but the last one is never lost
        QCOMPARE(
            states,
            (std::vector<JobState> { JobState::queued, JobState::running, JobState::succeeded }));
        QVERIFY(loop.remote->ask({ { "ask", "schema" } })->contains("stages"));
        const Result<Json> odd = loop.remote->ask({ { "ask", "the time" } });
        QVERIFY(!odd.ok());
        QVERIFY(odd.error().code == ErrorCode::unsupported);
        const Result<JobId> bad = loop.remote->submit({ Json { { "modell", 1 } }, {} });
        QVERIFY(!bad.ok() && bad.error().hint.find("model") != std::string::npos);
        QVERIFY(!loop.remote->cancel(99).ok());
    }

    void pauseResumeCancel()
    {
        Loop loop({ 30, false, 0.002 });
        Recorder recorder;
        loop.remote->setListener(recorder.listener());
        const JobId job = *loop.remote->submit({ spec(), {} });
        QVERIFY(recorder.waitForState(job, JobState::running));
        QVERIFY(loop.remote->pause(job).ok());
        QVERIFY(recorder.waitForState(job, JobState::paused));
        const std::size_t artifacts = recorder.events().size();
        QVERIFY(loop.remote->ask({ { "ask", "schema" } }).ok()); // answered while paused
        QCOMPARE(recorder.events().size(), artifacts);
        QVERIFY(loop.remote->resume(job).ok());
        QElapsedTimer timer;
        timer.start();
        QVERIFY(loop.remote->cancel(job).ok());
        QVERIFY(recorder.waitForState(job, JobState::cancelled));
        QVERIFY(timer.elapsed() < 1000);
    }

    void progressIsCoalesced()
    {
        Loop loop({ 30, false, 0.001 });
        Recorder recorder;
        loop.remote->setListener(recorder.listener());
        QElapsedTimer timer;
        timer.start();
        const JobId job = *loop.remote->submit({ spec("variants: [rtn]\nevaluate: false\n"), {} });
        QVERIFY(recorder.waitForState(job, JobState::succeeded));
        const double seconds = static_cast<double>(timer.elapsed()) / 1000;
        std::size_t progress = 0;
        for (const EngineEvent &event : recorder.events())
            progress += std::holds_alternative<JobProgress>(event) ? 1 : 0;
        QVERIFY(progress >= 1);
        QVERIFY2(static_cast<double>(progress) <= 10 * seconds + 4,
                 qPrintable(QString("%1 in %2 s").arg(progress).arg(seconds)));
    }

    void otherVersionIsRefused()
    {
        // An engine of another major version.
        Pipe up, down;
        std::unique_ptr<RemoteEngine> remote = RemoteEngine::over(down.fds[0], up.fds[1], {});
        std::thread engine([&] {
            const Json call = **readFrame(up.fds[0]);
            down.put(
                *encodeFrame({ { "reply", call["id"] },
                               { "value", { { "protocol", { kEngineProtocolMajor + 1, 0 } } } } }));
        });
        const Result<Json> hello = remote->hello();
        engine.join();
        QVERIFY(!hello.ok());
        QVERIFY2(hello.error().what.find("version 2.0") != std::string::npos,
                 hello.error().message().c_str());
        // A window of another major version, and calls before hello.
        Loop loop({ 1, true, 0 });
        loop.remote.reset();
        const auto call = [&](const Json &message) {
            loop.up.put(*encodeFrame(message));
            return **readFrame(loop.down.fds[0]);
        };
        QCOMPARE(call({ { "id", 1 },
                        { "call", "ask" },
                        { "question", { { "ask", "schema" } } } })["error"]["code"],
                 Json("usage"));
        QCOMPARE(
            call({ { "id", 2 }, { "call", "hello" }, { "protocol", { 0, 9 } } })["error"]["code"],
            Json("unsupported"));
        QCOMPARE(call({ { "id", 3 }, { "call", "hello" } })["error"]["code"], Json("unsupported"));
        QVERIFY(
            call({ { "id", 4 }, { "call", "hello" }, { "protocol", { kEngineProtocolMajor, 99 } } })
                .contains("value"));
        QCOMPARE(call({ { "id", 5 }, { "call", "dance" }, { "job", 1 } })["error"]["code"],
                 Json("unsupported"));
        QCOMPARE(call({ { "id", 6 }, { "call", "cancel" } })["error"]["code"], Json("usage"));
        QCOMPARE(call({ { "id", 7 }, { "call", "submit" } })["error"]["code"], Json("usage"));
    }

    void serverRefusesNonsense()
    {
        for (const Json &nonsense :
             { Json(3), Json::object(), Json { { "id", -1 }, { "call", "hello" } },
               Json { { "id", 1 }, { "call", 3 } } }) {
            Loop loop({ 1, true, 0 });
            loop.remote.reset();
            loop.up.put(*encodeFrame(nonsense));
            QVERIFY(!loop.served.get().ok());
        }
    }

    void killedChildIsReported()
    {
        Result<std::unique_ptr<RemoteEngine>> remote =
            RemoteEngine::start(server("--layers 30 --step-seconds 0.005"));
        QVERIFY2(remote.ok(), remote ? "" : remote.error().message().c_str());
        Recorder recorder;
        (*remote)->setListener(recorder.listener());
        const Result<JobId> job = (*remote)->submit({ spec(), {} });
        QVERIFY2(job.ok(), job ? "" : job.error().message().c_str());
        QVERIFY(recorder.waitForArtifact());
        QVERIFY((*remote)->running());
        kill((*remote)->pid(), SIGKILL);
        QVERIFY(recorder.waitFor(
            [](const EngineEvent &e) { return std::holds_alternative<EngineStopped>(e); }));
        const EngineEvent last = recorder.events().back();
        const Error error = std::get<EngineStopped>(last).error;
        QVERIFY2(error.what.find("SIGKILL") != std::string::npos, error.message().c_str());
        QVERIFY(error.code == ErrorCode::outOfMemory);
        QVERIFY(!(*remote)->running());
        // The greeting is cached; everything else fails.
        QVERIFY(!(*remote)->cancel(*job).ok());
        QVERIFY(!(*remote)->submit({ spec(), {} }).ok());
        QVERIFY(!(*remote)->ask({ { "ask", "schema" } }).ok());
        // Starting again is all it takes.
        remote = RemoteEngine::start(server("--layers 1"));
        Recorder second;
        (*remote)->setListener(second.listener());
        const JobId again = *(*remote)->submit({ spec(), {} });
        QVERIFY(second.waitForState(again, JobState::succeeded));
        QElapsedTimer timer;
        timer.start();
        remote->reset(); // closing its input ends the child
        QVERIFY(timer.elapsed() < 4000);
    }

    /// An engine without its device ends the session from its side, with its error, and the
    /// process with a status of its own.
    void engineWithoutItsDeviceEnds()
    {
        Loop loop({ 30, false, 0.002 });
        Recorder recorder;
        loop.remote->setListener(recorder.listener());
        QVERIFY(loop.remote->submit({ spec(), {} }).ok());
        QVERIFY(recorder.waitForArtifact());
        loop.engine.crash({ ErrorCode::deviceLost, "the GPU failed", "engine", "start anew" });
        QVERIFY(loop.served.wait_for(20s) == std::future_status::ready);
        const Result<void> served = loop.served.get();
        QVERIFY(!served.ok() && served.error().code == ErrorCode::deviceLost);
        QVERIFY(recorder.waitFor([](const EngineEvent &e) {
            const auto *stopped = std::get_if<EngineStopped>(&e);
            return stopped && stopped->error.code == ErrorCode::deviceLost;
        }));

        QCOMPARE(exitStatus(ErrorCode::deviceLost), 5);
        QVERIFY(exitStatus(ErrorCode::device) != 5);
        QVERIFY(errorCodeFromName(name(ErrorCode::deviceLost)) == ErrorCode::deviceLost);
        Result<std::unique_ptr<RemoteEngine>> remote = RemoteEngine::start(server("--exit 5"));
        QVERIFY(remote.ok());
        const Result<Json> hello = (*remote)->hello();
        QVERIFY(!hello.ok());
        QVERIFY2(hello.error().code == ErrorCode::deviceLost, hello.error().message().c_str());
    }

    void childThatFailsToStart()
    {
        Result<std::unique_ptr<RemoteEngine>> remote = RemoteEngine::start(server("--exit 127"));
        QVERIFY(remote.ok());
        const Result<Json> hello = (*remote)->hello();
        QVERIFY(!hello.ok());
        QVERIFY2(hello.error().what.find("status 127") != std::string::npos,
                 hello.error().message().c_str());
        QVERIFY2(hello.error().what.find("cannot find the library") != std::string::npos,
                 hello.error().message().c_str());
        QVERIFY(!RemoteEngine::start("/nonexistent/batlab-cli serve").ok());
        QVERIFY(!RemoteEngine::start("").ok());
        remote = RemoteEngine::start(server("--greeting Welcome"));
        const Result<Json> greeted = (*remote)->hello();
        QVERIFY(!greeted.ok());
        QVERIFY2(greeted.error().what.find("protocol") != std::string::npos,
                 greeted.error().message().c_str());
    }

    void callFromTheListenerIsRefused()
    {
        Loop loop({ 1, false, 0 });
        std::promise<bool> refused;
        std::atomic<bool> asked { false };
        loop.remote->setListener([&](const EngineEvent &) {
            if (!asked.exchange(true))
                refused.set_value(!loop.remote->ask({ { "ask", "schema" } }).ok());
        });
        QVERIFY(loop.remote->submit({ spec(), {} }).ok());
        std::future<bool> result = refused.get_future();
        QVERIFY(result.wait_for(20s) == std::future_status::ready);
        QVERIFY(result.get());
        loop.remote.reset(); // before what the listener captured goes
    }

    void silentEngineTimesOut()
    {
        Pipe up, down;
        RemoteEngine::Options options;
        options.replySeconds = 0.05;
        std::unique_ptr<RemoteEngine> remote = RemoteEngine::over(down.fds[0], up.fds[1], options);
        const Result<Json> hello = remote->hello();
        QVERIFY(!hello.ok() && hello.error().code == ErrorCode::busy);
    }

    void manualFake()
    {
        FakeEngine engine({ 2, true, 0 });
        Recorder recorder;
        engine.setListener(recorder.listener());
        const JobId job = *engine.submit({ spec(), {} });
        QCOMPARE(recorder.events().size(), std::size_t(1)); // queued
        QCOMPARE(engine.step(3), std::size_t(3));
        QVERIFY(engine.pause(job).ok());
        engine.finish();
        QVERIFY(recorder.waitForState(job, JobState::paused));
        QVERIFY(engine.resume(job).ok());
        engine.finish();
        QVERIFY(recorder.waitForState(job, JobState::succeeded));
        QCOMPARE(engine.step(), std::size_t(0));
        engine.crash({ ErrorCode::device, "gone", {}, {} });
        QVERIFY(std::holds_alternative<EngineStopped>(recorder.events().back()));
        QVERIFY(!engine.submit({ spec(), {} }).ok());
    }
};

QTEST_GUILESS_MAIN(TestProtocol)
#include "tst_protocol.moc"
