// SPDX-License-Identifier: Apache-2.0
#include <QtTest> // first: moc 6.4 cannot read <concepts> before it

#include "core/job/job.h"
#include "core/job/process.h"
#include "core/job/progress_meter.h"

#include <csignal>
#include <future>
#include <thread>
#include <unistd.h>

using namespace batlab;
using namespace std::chrono_literals;

class TestJob : public QObject
{
    Q_OBJECT

    std::unique_ptr<CheckpointStore> m_store = makeMemoryCheckpointStore();

    static Part part(std::uint8_t value)
    {
        return { "train-state", Json { { "step", value } }, { { "x", "u8", { 1 }, { value } } } };
    }

private Q_SLOTS:
    void cancelStopsAtTheNextCheckpoint()
    {
        JobContext context({}, *m_store, 2);
        context.checkpoint();
        context.requestCancel();
        QVERIFY(context.cancelRequested());
        try {
            context.checkpoint();
            QFAIL("went on");
        } catch (const Exception &e) {
            QVERIFY(e.error.code == ErrorCode::cancelled);
        }
    }

    void pauseHoldsAndResumeLetsGo()
    {
        JobContext context({}, *m_store, 2);
        context.setPaused(true);
        std::future<bool> done = std::async(std::launch::async, [&] {
            context.checkpoint();
            return true;
        });
        QVERIFY(done.wait_for(50ms) == std::future_status::timeout);
        const double frozen = context.snapshot().elapsedSeconds;
        QCOMPARE(context.snapshot().elapsedSeconds, frozen); // a paused job does no work
        context.setPaused(false);
        QVERIFY(done.wait_for(5s) == std::future_status::ready);
        QVERIFY(done.get());
    }

    void cancelWakesAPausedJob()
    {
        JobContext context({}, *m_store, 2);
        context.setPaused(true);
        std::future<bool> cancelled = std::async(std::launch::async, [&] {
            try {
                context.checkpoint();
            } catch (const Exception &e) {
                return e.error.code == ErrorCode::cancelled;
            }
            return false;
        });
        context.requestCancel();
        QVERIFY(cancelled.wait_for(5s) == std::future_status::ready);
        QVERIFY(cancelled.get());
    }

    void sinksAreCalled()
    {
        int published = 0;
        std::string logged;
        JobContext context({ [&](const ArtifactPtr &) { ++published; },
                             [&](LogLevel level, std::string_view text) {
                                 logged = std::string(name(level)) + ":" + std::string(text);
                             } },
                           *m_store, 3);
        context.publish(LossCurve {});
        context.log(LogLevel::warning, "hm");
        QCOMPARE(published, 1);
        QCOMPARE(logged, std::string("warning:hm"));
        QCOMPARE(context.threads(), 3);
        QVERIFY(&context.store() == m_store.get());
    }

    void meterEstimates()
    {
        ProgressMeter meter;
        double now = 0;
        meter.setStage("layer 1", 0, 10, now);
        QVERIFY(meter.snapshot(now).etaSeconds < 0); // not known yet
        for (int layer = 0; layer < 5; ++layer) {
            meter.setStage("layer", static_cast<std::uint64_t>(layer), 10, now);
            for (int step = 1; step <= 20; ++step) {
                now += 0.5; // 2 steps a second, 10 s a layer
                meter.setStep(static_cast<std::uint64_t>(step), 20, 0.5, now);
            }
        }
        meter.setStage("layer", 5, 10, now);
        const ProgressSnapshot p = meter.snapshot(now);
        QVERIFY2(std::abs(p.perSecond - 2) < 0.1, qPrintable(QString::number(p.perSecond)));
        QVERIFY2(std::abs(p.etaSeconds - 50) < 3, qPrintable(QString::number(p.etaSeconds)));
        QCOMPARE(p.elapsedSeconds, 50.0);
        QCOMPARE(p.loss, 0.5);
        QVERIFY(meter.snapshot(now + 10).etaSeconds < p.etaSeconds);
        // Another yardstick: the old rate says nothing.
        meter.setStage("windows", 0, 20, now + 1);
        QVERIFY(meter.snapshot(now + 1).etaSeconds < 0);
    }

    void snapshotWhileRunning()
    {
        JobContext context({}, *m_store, 1);
        context.setStage("x", 1, 4);
        context.setStep(3, 9, 0.25);
        const ProgressSnapshot p = context.snapshot();
        QCOMPARE(p.stage, std::string("x"));
        QVERIFY(p.done == 1 && p.total == 4 && p.subDone == 3 && p.subTotal == 9 && p.loss == 0.25);
    }

    void memoryStore()
    {
        const std::unique_ptr<CheckpointStore> store = makeMemoryCheckpointStore();
        const std::string hash = *store->put("a/1", part(1));
        QCOMPARE(hash, part(1).contentHash());
        QVERIFY(store->put("a/2", part(1)).ok());
        QVERIFY(store->put("b/1", part(2)).ok());
        QCOMPARE(store->keys("a/"), (std::vector<std::string> { "a/1", "a/2" }));
        QCOMPARE((*store->get("a/1"))->contentHash(), hash);
        QVERIFY(!store->get("c")->has_value());
        QVERIFY(store->remove("a/1").ok());
        QVERIFY(store->getByHash(hash)->has_value()); // a/2 still points there
        QVERIFY(store->put("a/2", part(3)).ok());
        QVERIFY(!store->getByHash(hash)->has_value());
        Part damaged = part(4);
        damaged.tensors[0].bytes.clear();
        QVERIFY(!store->put("a/2", damaged).ok());
        QCOMPARE((*store->get("a/2"))->contentHash(), part(3).contentHash());
        QVERIFY(!store->put("", part(1)).ok());
    }

    void stateNames()
    {
        for (int i = 0; i < 8; ++i) {
            const auto state = static_cast<JobState>(i);
            QVERIFY(jobStateFromName(name(state)) == state);
        }
        QVERIFY(!jobStateFromName("odd"));
        QVERIFY(isFinal(JobState::failed) && !isFinal(JobState::paused));
    }

    void commandLines()
    {
        const auto split = [](const char *text) { return *splitCommandLine(text); };
        QCOMPARE(split("ssh host batlab-cli serve"),
                 (std::vector<std::string> { "ssh", "host", "batlab-cli", "serve" }));
        QCOMPARE(split(" 'a b'  \"c \\\"d\\\"\" e\\ f '' "),
                 (std::vector<std::string> { "a b", "c \"d\"", "e f", "" }));
        for (const char *bad : { "", "  ", "'open", "\"open", "end\\" })
            QVERIFY2(!splitCommandLine(bad).ok(), bad);
    }

    void processEnds()
    {
        std::unique_ptr<Process> seven = *Process::spawn({ "sh", "-c", "exit 7" });
        QCOMPARE(QString::fromStdString(seven->wait(10)->inWords()),
                 QString("exited with status 7"));
        std::unique_ptr<Process> killed = *Process::spawn({ "sleep", "1000" });
        QVERIFY(!killed->wait(0));
        killed->send(SIGKILL);
        QVERIFY(killed->wait(10)->inWords().find("memory") != std::string::npos);
        std::unique_ptr<Process> crashed = *Process::spawn({ "sh", "-c", "kill -SEGV $$" });
        QVERIFY(crashed->wait(10)->inWords().find("SIGSEGV") != std::string::npos);
        const Result<std::unique_ptr<Process>> missing = Process::spawn({ "/nonexistent/program" });
        QVERIFY(!missing.ok());
        QVERIFY(missing.error().code == ErrorCode::notFound);
        QVERIFY(!Process::spawn({}).ok());
    }

    void processPipes()
    {
        std::unique_ptr<Process> cat = *Process::spawn({ "cat" });
        QCOMPARE(write(cat->input(), "hello", 5), ssize_t(5));
        cat->closeInput();
        char buffer[16] {};
        QCOMPARE(read(cat->output(), buffer, sizeof buffer), ssize_t(5));
        QCOMPARE(std::string(buffer), std::string("hello"));
        QCOMPARE(cat->wait(10)->code, 0);
        // One that does not want to end goes with its owner.
        pid_t pid = -1;
        {
            std::unique_ptr<Process> stubborn =
                *Process::spawn({ "sh", "-c", "trap '' TERM; exec sleep 1000" });
            pid = stubborn->pid();
        }
        QCOMPARE(kill(pid, 0), -1);
    }
};

QTEST_GUILESS_MAIN(TestJob)
#include "tst_job.moc"
