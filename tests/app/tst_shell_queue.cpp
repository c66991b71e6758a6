// SPDX-License-Identifier: Apache-2.0
// The queue that pauses, the computer that stays awake, docks that come back.
#include "app/gui/shell.h"
#include "app/gui/sleep_inhibitor.h"
#include "tests/app/window_fixture.h"
#include "views/panels/banner.h"
#include "views/panels/jobs_panel.h"

#include <QDockWidget>
#include <QTest>
#include <QToolButton>

using namespace batlab;
using batlab::app::MainWindow;
using batlab::test::fakeEngine;
using batlab::test::smallSpec;
using batlab::test::WindowFixture;

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
