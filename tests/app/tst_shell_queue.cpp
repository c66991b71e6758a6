// SPDX-License-Identifier: Apache-2.0
// The queue that pauses, the computer that stays awake, docks that come back.
#include "app/gui/shell.h"
#include "app/gui/sleep_inhibitor.h"
#include "tests/app/answers.h"
#include "tests/app/session_steps.h"
#include "views/panels/banner.h"
#include "views/panels/jobs_panel.h"

#include <QDockWidget>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include <atomic>

using namespace batlab;
using batlab::app::MainWindow;
using batlab::test::fakeEngine;
using batlab::test::smallSpec;
using batlab::test::WindowFixture;

namespace {

/// Its folder is still held by the engine before, so many times.
class HeldFolderEngine : public FakeEngine
{
public:
    explicit HeldFolderEngine(int times) : FakeEngine(Options { .layers = 3 }), m_times(times) { }
    Result<JobId> submit(const JobRequest &request) override
    {
        if (m_times-- > 0)
            return Error { ErrorCode::busy, "in use: it is being written by batlab-cli",
                           request.workspace, "Wait for that job." };
        return FakeEngine::submit(request);
    }

private:
    int m_times;
};

} // namespace

class TstShellQueue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// A paused queue lets the running job end and starts no other until it goes on.
    void pausedQueueStartsNothing()
    {
        WindowFixture f(fakeEngine(3));
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        app::Workbench &b = *f.workbench;
        auto *hold = f.window->jobsPanel()->findChild<QToolButton *>(QStringLiteral("queueHold"));
        QVERIFY(hold && !hold->isChecked());
        QVERIFY(b.queueRun(smallSpec(), QStringLiteral("one")).ok());
        QVERIFY(b.queueRun(smallSpec("gptq"), QStringLiteral("two")).ok());
        QVERIFY(b.actions()->trigger(QStringLiteral("run.holdQueue")));
        QVERIFY(hold->isChecked()
                && b.actions()->action(QStringLiteral("run.holdQueue"))->isChecked());
        QVERIFY(f.window->shell()->captureView()["queueHeld"] == Json(true));
        QTRY_VERIFY_WITH_TIMEOUT(
            b.document()->run(QStringLiteral("r0001"))->state == JobState::succeeded, 30000);
        QTest::qWait(100);
        const views::JobRow *second = b.jobs()->findRun(QStringLiteral("r0002"));
        QVERIFY(second && second->waiting() && !b.jobs()->working());
        QVERIFY(b.jobs()
                    ->index(0, views::JobsModel::Job)
                    .data()
                    .toString()
                    .contains(QStringLiteral("the queue is paused")));
        hold->click();
        QVERIFY(!b.jobs()->isHeld());
        QTRY_VERIFY_WITH_TIMEOUT(!b.hasActiveJobs(), 30000);
        const std::lock_guard lock(f.notes->mutex);
        QCOMPARE(f.notes->requests.size(), std::size_t(2));
    }

    /// In a paused queue "stop" takes out what waits; there is nothing to pause.
    void stopTakesOutWhatWaits()
    {
        WindowFixture f(fakeEngine(3));
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        app::Workbench &b = *f.workbench;
        b.holdQueue(true);
        QVERIFY(b.queueRun(smallSpec(), QStringLiteral("one")).ok());
        QVERIFY(b.jobs()->running() && b.jobs()->running()->waiting());
        QVERIFY(!b.actions()->action(QStringLiteral("run.pause"))->isEnabled());
        f.window->openSession(QStringLiteral("other.batlab.h5"));
        QVERIFY2(f.window->banner()->text().contains(QStringLiteral("wait in the queue")),
                 qPrintable(f.window->banner()->text()));
        QVERIFY(b.actions()->trigger(QStringLiteral("run.stop")));
        QVERIFY(!b.hasActiveJobs());
        QCOMPARE(int(b.document()->runs().at(0).state), int(JobState::cancelled));
        QVERIFY(!b.actions()->action(QStringLiteral("run.stop"))->isEnabled());
        const std::lock_guard lock(f.notes->mutex);
        QVERIFY(f.notes->requests.empty());
    }

    /// The queue stays paused over save and open, also of a view of another version; a new session
    /// begins without.
    void holdComesBackWithTheSession()
    {
        WindowFixture f(fakeEngine(3));
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        app::Workbench &b = *f.workbench;
        QVERIFY(b.queueRun(smallSpec(), QStringLiteral("one")).ok());
        QTRY_VERIFY_WITH_TIMEOUT(!b.hasActiveJobs(), 30000);
        b.holdQueue(true);
        QVERIFY(b.document()->viewState()["queueHeld"] == Json(true)); // a recovery copy has it
        const QString path = f.folder.filePath(QStringLiteral("held.batlab.h5"));
        bool done = false;
        f.window->saveTo(path, [&](bool saved) { done = saved; });
        QTRY_VERIFY_WITH_TIMEOUT(done, 30000);
        b.store()->newSession();
        QVERIFY(!b.jobs()->isHeld());
        f.window->openSession(path);
        QTRY_VERIFY_WITH_TIMEOUT(!b.document()->isEmpty(), 30000);
        QTRY_VERIFY(b.jobs()->isHeld());
        views::DocumentSnapshot other;
        other.viewState = { { "version", 99 }, { "queueHeld", true } };
        b.holdQueue(false);
        b.document()->reset(other, {});
        QVERIFY(b.jobs()->isHeld());
    }

    /// An engine that stops takes the job it had along; what waits goes on with the next engine.
    void waitingJobsOutliveTheEngine()
    {
        WindowFixture f(fakeEngine(30, 0.02));
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        app::Workbench &b = *f.workbench;
        QVERIFY(b.queueRun(smallSpec(), QStringLiteral("one")).ok());
        QVERIFY(b.queueRun(smallSpec("gptq"), QStringLiteral("two")).ok());
        b.holdQueue(true);
        QTRY_VERIFY_WITH_TIMEOUT(
            b.jobs()->findRun(QStringLiteral("r0001"))->state == JobState::running, 30000);
        {
            const std::lock_guard lock(f.notes->mutex);
            auto *engine = dynamic_cast<FakeEngine *>(f.notes->engine);
            QVERIFY(engine);
            engine->crash({ ErrorCode::device, "killed", "engine", {} });
        }
        QTRY_VERIFY(b.jobs()->findRun(QStringLiteral("r0001"))->engineLost);
        QCOMPARE(int(b.document()->run(QStringLiteral("r0001"))->state), int(JobState::cancelled));
        QVERIFY(b.jobs()->findRun(QStringLiteral("r0002"))->waiting());
        QCOMPARE(int(b.document()->run(QStringLiteral("r0002"))->state), int(JobState::queued));
        QCOMPARE(b.jobs()->row(0).run, QStringLiteral("r0002")); // the stopped one lies below
        b.holdQueue(false);
        QTRY_VERIFY_WITH_TIMEOUT(
            b.jobs()->findRun(QStringLiteral("r0002"))->state == JobState::running, 30000);
        b.stopAll();
        QTRY_VERIFY(!b.hasActiveJobs());
    }

    /// An engine whose device is gone is replaced, once, also where no run waits or the queue is
    /// paused; one that ends otherwise only for runs.
    void anEngineWithoutItsDeviceIsReplaced_data()
    {
        QTest::addColumn<bool>("deviceLost");
        QTest::addColumn<bool>("waits");
        QTest::addRow("device") << true << false;
        QTest::addRow("device, and a run waits") << true << true;
        QTest::addRow("killed") << false << false;
    }
    void anEngineWithoutItsDeviceIsReplaced()
    {
        QFETCH(bool, deviceLost);
        QFETCH(bool, waits);
        std::atomic<int> made = 0;
        WindowFixture f([&]() -> Result<std::unique_ptr<Engine>> {
            ++made;
            return std::unique_ptr<Engine>(
                std::make_unique<FakeEngine>(FakeEngine::Options { 3, false, 0 }));
        });
        app::Workbench &b = *f.workbench;
        using State = app::EngineClient::State;
        QTRY_COMPARE(b.engine()->state(), State::ready);
        b.holdQueue(true);
        if (waits)
            QVERIFY(b.queueRun(smallSpec(), QStringLiteral("one")).ok());
        const QSignalSpy stopped(b.engine(), &app::EngineClient::engineStopped);
        {
            const std::lock_guard lock(f.notes->mutex);
            auto *engine = dynamic_cast<FakeEngine *>(f.notes->engine);
            QVERIFY(engine);
            engine->crash({ deviceLost ? ErrorCode::deviceLost : ErrorCode::device,
                            "the GPU failed",
                            "engine",
                            {} });
        }
        QTRY_COMPARE(stopped.count(), 1);
        QTRY_COMPARE(b.engine()->state(), deviceLost ? State::ready : State::lost);
        QCOMPARE(int(made), deviceLost ? 2 : 1);
        b.stopAll();
    }

    /// It is said once, and what waits neither fails the same way nor is lost.
    void anEngineThatDoesNotStartHoldsTheQueue()
    {
        std::atomic<bool> broken = true;
        std::atomic<int> made = 0;
        WindowFixture f([&]() -> Result<std::unique_ptr<Engine>> {
            ++made;
            if (broken)
                return Error { ErrorCode::deviceLost, "there is no GPU", "engine", {} };
            return std::unique_ptr<Engine>(
                std::make_unique<FakeEngine>(FakeEngine::Options { 30, false, 0.02 }));
        });
        app::Workbench &b = *f.workbench;
        const QSignalSpy said(&b, &app::Workbench::problem);
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        QTRY_VERIFY(made == 1 && b.engine()->state() == app::EngineClient::State::off);
        const auto before = said.count();
        for (const char *name : { "one", "two", "three" })
            QVERIFY(b.queueRun(smallSpec(), QString::fromLatin1(name)).ok());
        QTRY_VERIFY(b.jobs()->isHeld());
        QCOMPARE(said.count(), before + 1);
        QCOMPARE(int(b.document()->run(QStringLiteral("r0001"))->state), int(JobState::failed));
        QVERIFY(b.jobs()->findRun(QStringLiteral("r0002"))->waiting());
        QVERIFY(b.jobs()->findRun(QStringLiteral("r0003"))->waiting());

        broken = false;
        b.holdQueue(false);
        QTRY_VERIFY_WITH_TIMEOUT(
            b.jobs()->findRun(QStringLiteral("r0002"))->state == JobState::running, 30000);
        broken = true; // the next one finds no GPU
        {
            const std::lock_guard lock(f.notes->mutex);
            auto *engine = dynamic_cast<FakeEngine *>(f.notes->engine);
            QVERIFY(engine);
            engine->crash({ ErrorCode::deviceLost, "the GPU failed", "engine", {} });
        }
        QTRY_VERIFY(b.jobs()->isHeld());
        QVERIFY(b.jobs()->findRun(QStringLiteral("r0003"))->waiting());
        QTest::qWait(500);
        const int engines = made;
        QTest::qWait(500);
        QCOMPARE(int(made), engines); // not again and again
    }

    /// The engine before may still keep what it has: the run waits, and fails none after it.
    void aFolderInUseIsTriedAgain()
    {
        WindowFixture f([]() -> Result<std::unique_ptr<Engine>> {
            return std::unique_ptr<Engine>(std::make_unique<HeldFolderEngine>(2));
        });
        app::Workbench &b = *f.workbench;
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        const QSignalSpy said(&b, &app::Workbench::problem);
        QVERIFY(b.queueRun(smallSpec(), QStringLiteral("one")).ok());
        QVERIFY(b.queueRun(smallSpec("gptq"), QStringLiteral("two")).ok());
        QTRY_VERIFY_WITH_TIMEOUT(!b.hasActiveJobs(), 60000);
        for (const views::RunEntry &run : b.document()->runs())
            QCOMPARE(int(run.state), int(JobState::succeeded));
        QCOMPARE(said.count(), 0);
        const std::lock_guard lock(f.notes->mutex);
        QCOMPARE(f.notes->requests.size(), std::size_t(4)); // the first one three times
    }

    /// A healthy engine is not ended under its job without a question.
    void aJobAtWorkIsAskedFor()
    {
        WindowFixture f(fakeEngine(30, 0.02));
        app::Workbench &b = *f.workbench;
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        QVERIFY(b.queueRun(smallSpec(), QStringLiteral("one")).ok());
        QTRY_VERIFY_WITH_TIMEOUT(
            b.jobs()->findRun(QStringLiteral("r0001"))->state == JobState::running, 30000);
        const QSignalSpy stopped(b.engine(), &app::EngineClient::engineStopped);
        test::answerQuestion(QStringLiteral("Cancel"));
        QVERIFY(b.actions()->trigger(QStringLiteral("run.restartEngine")));
        QCOMPARE(stopped.count(), 0);
        test::answerQuestion(QStringLiteral("End and start again"));
        QVERIFY(b.actions()->trigger(QStringLiteral("run.restartEngine")));
        QCOMPARE(stopped.count(), 1);
        QVERIFY(b.jobs()->findRun(QStringLiteral("r0001"))->engineLost);
        QTRY_VERIFY(b.engine()->state() == app::EngineClient::State::ready);
        QVERIFY(b.actions()->trigger(QStringLiteral("run.restartEngine"))); // nothing to ask about
        QCOMPARE(stopped.count(), 2);
    }

    /// What waits lies on the engine's machine, wherever its session lay when it was queued.
    void waitingRunsFollowTheEngine()
    {
        WindowFixture f(fakeEngine(3));
        app::Workbench &b = *f.workbench;
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        b.holdQueue(true);
        QVERIFY(b.queueRun(smallSpec(), QStringLiteral("one")).ok());
        QVERIFY(b.repeatRun(QStringLiteral("r0001")).ok());
        QVERIFY(test::saveAndWait(*f.window, f.folder.filePath(QStringLiteral("s.batlab.h5"))));
        for (const bool remote : { true, false }) {
            f.window->shell()->setRemote(remote);
            const QString folder = b.store()->workspace();
            QCOMPARE(b.document()->run(QStringLiteral("r0001"))->workspace, folder);
            QCOMPARE(b.document()->run(QStringLiteral("r0002"))->workspace,
                     folder + QStringLiteral("/r0002"));
        }
        b.stopAll();
    }

    /// Sleep is held back while a job is at work, not before, not after, not against the setting.
    void sleepIsHeldBackWhileAJobRuns()
    {
        WindowFixture f(fakeEngine(3));
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        int taken = 0, released = 0;
        std::function<void(app::SleepInhibitor::Lock)> late;
        app::SleepInhibitor *sleep = f.window->shell()->sleepInhibitor();
        sleep->setTake(
            [&](const QString &reason, std::function<void(app::SleepInhibitor::Lock)> done) {
                QVERIFY(!reason.isEmpty());
                ++taken;
                done(app::SleepInhibitor::Lock(new int, [&](int *p) {
                    delete p;
                    ++released;
                }));
            });
        QVERIFY(!sleep->isHeld());
        QVERIFY(f.workbench->queueRun(smallSpec(), QStringLiteral("one")).ok());
        QTRY_COMPARE(taken, 1);
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->hasActiveJobs(), 30000);
        QVERIFY(!sleep->isHeld());
        QCOMPARE(taken, 1);
        QCOMPARE(released, 1);
        f.window->settings()->setValue(QStringLiteral("power/keepAwake"), false);
        QVERIFY(f.workbench->queueRun(smallSpec("gptq"), QStringLiteral("two")).ok());
        QVERIFY(!sleep->isHeld());
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->hasActiveJobs(), 30000);
        QCOMPARE(f.workbench->document()->runs().size(), std::size_t(2));
        QCOMPARE(taken, 1);
        QCOMPARE(released, 1);
        // An answer that comes after the job holds nothing.
        sleep->setTake([&](const QString &, std::function<void(app::SleepInhibitor::Lock)> done) {
            late = std::move(done);
        });
        sleep->setActive(true, QStringLiteral("x"));
        sleep->setActive(false, {});
        late(std::make_shared<int>(1));
        QVERIFY(!sleep->isHeld());
    }

    /// Docks a page shows are shown after a restart.
    void perspectivesAreRemembered()
    {
        QVariantMap kept;
        {
            WindowFixture f(fakeEngine(2));
            QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
            f.window->startDemo();
            QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->hasActiveJobs(), 60000);
            f.window->setPage(MainWindow::Compare);
            auto *jobs = f.window->findChild<QDockWidget *>(QStringLiteral("jobs"));
            QVERIFY(jobs->isHidden());
            jobs->show();
            QTRY_VERIFY(f.window->perspectives().contains(QString::number(MainWindow::Compare)));
            f.window->shell()->rememberPosition();
            kept = f.window->settings()->value(QStringLiteral("perspectives")).toMap();
        }
        WindowFixture f(fakeEngine(2));
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        f.window->setPerspectives(kept);
        f.window->setPerspectives({ { QStringLiteral("99"), QVariantList { true } },
                                    { QStringLiteral("1"), QVariantList { true } } }); // hostile
        f.window->startDemo();
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->hasActiveJobs(), 60000);
        f.window->setPage(MainWindow::Compare);
        QVERIFY(f.window->findChild<QDockWidget *>(QStringLiteral("jobs"))->isVisible());
        f.window->resetLayout();
        QVERIFY(f.window->findChild<QDockWidget *>(QStringLiteral("jobs"))->isHidden());
    }
};

QTEST_MAIN(TstShellQueue)
#include "tst_shell_queue.moc"
