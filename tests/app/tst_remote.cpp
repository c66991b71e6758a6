// SPDX-License-Identifier: Apache-2.0
// The engine at the end of a slow line (50 ms each way), as through ssh: the same window, awake;
// noise of a login shell, another version, a broken line.
#include "app/gui/shell.h"
#include "core/base/machine.h"
#include "core/job/remote_engine.h"
#include "tests/app/session_steps.h"

#include <QElapsedTimer>
#include <QFileInfo>
#include <QPushButton>
#include <QTest>

#include <csignal>
#include <utility>

using namespace batlab;
using batlab::app::MainWindow;
using batlab::test::WindowFixture;

namespace {

WindowFixture::Make throughLine(const std::string &server, pid_t *child = nullptr)
{
    return [server, child]() -> Result<std::unique_ptr<Engine>> {
        auto engine = RemoteEngine::start("\"" BATLAB_DELAY_PIPE "\" 50 " + server);
        if (!engine)
            return engine.error();
        if (child)
            *child = (*engine)->pid();
        return std::unique_ptr<Engine>(std::move(*engine));
    };
}

const std::string kServer = "\"" BATLAB_FAKE_SERVER "\" --layers 6";

/// Says where it runs.
class PlacedEngine : public FakeEngine
{
public:
    explicit PlacedEngine(std::string machine)
        : FakeEngine(Options { 3, false, 0 }), m_machine(std::move(machine))
    { }
    Result<Json> hello() override
    {
        Result<Json> said = FakeEngine::hello();
        if (said) {
            (*said)["machine"] = m_machine;
            (*said)["host"] = "far";
        }
        return said;
    }

private:
    std::string m_machine;
};

WindowFixture::Make placed(const std::string &machine)
{
    return [machine]() -> Result<std::unique_ptr<Engine>> {
        return std::unique_ptr<Engine>(std::make_unique<PlacedEngine>(machine));
    };
}

bool press(MainWindow &window, const QString &text)
{
    for (QPushButton *button : window.banner()->findChildren<QPushButton *>()) {
        if (button->text() != text || !button->isVisible())
            continue;
        QTest::mouseClick(button, Qt::LeftButton);
        return true;
    }
    return false;
}

} // namespace

class TstRemote : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void journeyOverASlowLine()
    {
        WindowFixture f(throughLine(kServer + " --step-seconds 0.002"));
        MainWindow &w = *f.window;
        w.shell()->setRemote(true);
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        QTRY_COMPARE_WITH_TIMEOUT(f.workbench->engine()->state(), app::EngineClient::State::ready,
                                  20000);
        QElapsedTimer clock;
        clock.start();
        bool answered = false;
        f.workbench->engine()->ask({ { "ask", "presets" } },
                                   [&](const Result<Json> &r) { answered = r.ok(); });
        QTRY_VERIFY(answered);
        QVERIFY2(clock.elapsed() >= 100, "the line is slow");
        w.stalls()->reset();
        w.startDemo();
        QTest::qWait(300); // the page switch
        w.stalls()->reset();
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->hasActiveJobs(), 60000);
        qInfo("%s", qPrintable(w.stalls()->summary()));
        QVERIFY2(w.stalls()->worstCpuMs() < 50, qPrintable(w.stalls()->summary()));
        QCOMPARE(int(f.workbench->document()->runs().at(0).state), int(JobState::succeeded));
        // Work lies on the other machine, the session here.
        QVERIFY2(f.workbench->document()->runs().at(0).workspace.startsWith(
                     QStringLiteral("batlab-work/")),
                 qPrintable(f.workbench->document()->runs().at(0).workspace));
        bool saved = false;
        w.saveTo(f.folder.filePath(QStringLiteral("remote.batlab.h5")),
                 [&](bool ok) { saved = ok; });
        QTRY_VERIFY_WITH_TIMEOUT(saved, 30000);
    }

    void stopReachesTheOtherEnd()
    {
        WindowFixture f(throughLine(kServer + " --step-seconds 0.05"));
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        f.window->startDemo();
        QTRY_VERIFY_WITH_TIMEOUT(f.workbench->document()->artifacts().size() > 3, 20000);
        QElapsedTimer clock;
        clock.start();
        QVERIFY(f.workbench->actions()->trigger(QStringLiteral("run.stop")));
        QTRY_VERIFY(!f.workbench->hasActiveJobs());
        QVERIFY2(clock.elapsed() < 1000, "stop takes less than a second");
    }

    void brokenLineCanBeMended()
    {
        pid_t child = -1;
        WindowFixture f(throughLine(kServer + " --step-seconds 0.02", &child));
        MainWindow &w = *f.window;
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        w.startDemo();
        QTRY_VERIFY_WITH_TIMEOUT(f.workbench->document()->artifacts().size() > 5, 20000);
        const std::size_t before = f.workbench->document()->artifacts().size();
        kill(child, SIGKILL);
        QTRY_VERIFY_WITH_TIMEOUT(w.banner()->isVisible(), 10000);
        QVERIFY(f.workbench->document()->artifacts().size() >= before);
        QCOMPARE(w.banner()->buttons().value(0), QStringLiteral("Restart and resume"));
        auto *again = w.banner()->findChildren<QPushButton *>().value(0);
        QTest::mouseClick(again, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(f.workbench->document()->runs().at(0).state == JobState::succeeded,
                                 60000);
    }

    /// An engine that neither reads nor writes any more: said, ended, and its run goes on with the
    /// next.
    void aHungEngineIsEndedFromTheWindow()
    {
        bool hangs = true;
        WindowFixture f([&hangs]() -> Result<std::unique_ptr<Engine>> {
            RemoteEngine::Options options;
            options.pingSeconds = 0.2;
            options.silentSeconds = 0.5;
            auto engine = std::exchange(hangs, false)
                ? RemoteEngine::start("\"" BATLAB_FAKE_SERVER "\" --hang 1", options)
                : RemoteEngine::start(kServer);
            if (!engine)
                return engine.error();
            return std::unique_ptr<Engine>(std::move(*engine));
        });
        MainWindow &w = *f.window;
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        w.startDemo();
        QTRY_VERIFY_WITH_TIMEOUT(w.banner()->isVisible(), 20000);
        QVERIFY2(w.banner()->text().contains(QStringLiteral("no sign of life")),
                 qPrintable(w.banner()->text()));
        QVERIFY(f.workbench->actions()->action(QStringLiteral("run.restartEngine"))->isEnabled());
        QVERIFY(press(w, QStringLiteral("Start the engine again")));
        QTRY_COMPARE_WITH_TIMEOUT(f.workbench->engine()->state(), app::EngineClient::State::ready,
                                  20000);
        QCOMPARE(int(f.workbench->document()->runs().at(0).state), int(JobState::cancelled));
        QVERIFY(press(w, QStringLiteral("Restart and resume")));
        QTRY_COMPARE_WITH_TIMEOUT(int(f.workbench->document()->runs().at(0).state),
                                  int(JobState::succeeded), 60000);
    }

    /// A script that leads to another machine: the engine says so, and a run that was queued before
    /// lies there.
    void aMachineBehindAScriptIsKnown()
    {
        WindowFixture f(placed("another"));
        const QString here = f.workbench->store()->workspace();
        QVERIFY(!f.window->shell()->isRemote()); // by its command
        QVERIFY(f.workbench->queueRun(test::smallSpec(), QStringLiteral("x")).ok());
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->hasActiveJobs(), 60000);
        QVERIFY(f.window->shell()->isRemote());
        QCOMPARE(f.window->shell()->remoteHost(), QStringLiteral("far"));
        const views::RunEntry &run = f.workbench->document()->runs().front();
        QVERIFY2(run.workspace.startsWith(QStringLiteral("batlab-work/")),
                 qPrintable(run.workspace));
        QCOMPARE(f.notes->requests.front().workspace, run.workspace.toStdString());
        QVERIFY(!QFileInfo::exists(here)); // no folder of it here
        QVERIFY(run.where["host"] == Json("far"));
    }

    /// A stopped run whose folder lies on the machine of another engine has no path on this one's;
    /// one whose folder is at hand goes on in it, wherever its session lies by then.
    void aResumedRunLiesOnTheEnginesMachine()
    {
        WindowFixture f(test::fakeEngine(3));
        app::Workbench &b = *f.workbench;
        const QString run = QStringLiteral("r0001");
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        b.holdQueue(true);
        QVERIFY(b.queueRun(test::smallSpec(), QStringLiteral("one")).ok());
        const auto resumed = [&b, run] {
            b.takeOut(run);
            [&] { QCOMPARE(int(b.document()->run(run)->state), int(JobState::cancelled)); }();
            b.resumeRun(run);
            return b.document()->run(run)->workspace;
        };
        for (const bool remote : { true, false }) {
            b.takeOut(run); // or it would follow the engine while it waits
            f.window->shell()->setRemote(remote);
            b.resumeRun(run);
            QCOMPARE(b.document()->run(run)->workspace, b.store()->workspace());
            QVERIFY(b.store()->workspace().startsWith(QStringLiteral("batlab-work/")) == remote);
            QCOMPARE(resumed(), b.store()->workspace());
        }
        const QString before = b.store()->workspace();
        QVERIFY(test::saveAndWait(*f.window, f.folder.filePath(QStringLiteral("s.batlab.h5"))));
        QVERIFY(b.store()->workspace() != before);
        QCOMPARE(resumed(), before);
        b.stopAll();
    }

    /// "ssh" to this machine, or a container's program that sees its files: paths are those here.
    void thisMachineBehindSshIsKnown()
    {
        WindowFixture f(placed(machineId()));
        f.window->shell()->setRemote(true, QStringLiteral("localhost"));
        f.workbench->engine()->start();
        QTRY_VERIFY(!f.window->shell()->isRemote());
        QVERIFY(f.workbench->store()->workspace().startsWith(f.folder.path()));
    }

    void anotherVersionIsNamed()
    {
        WindowFixture f(throughLine(kServer + " --protocol 9"));
        QTRY_VERIFY_WITH_TIMEOUT(f.window->banner()->isVisible(), 20000);
        QVERIFY2(f.window->banner()->text().contains(QStringLiteral("9.")),
                 qPrintable(f.window->banner()->text()));
        QVERIFY(f.workbench->engine()->state() != app::EngineClient::State::ready);
    }

    void aHostThatDoesNotAnswerIsNamed()
    {
        WindowFixture f(throughLine("sh -c 'echo no route to host >&2; exit 255'"));
        QTRY_VERIFY_WITH_TIMEOUT(f.window->banner()->isVisible(), 20000);
        QVERIFY2(f.window->banner()->text().contains(QStringLiteral("no route to host")),
                 qPrintable(f.window->banner()->text()));
        QVERIFY(f.workbench->actions()->action(QStringLiteral("run.restartEngine"))->isEnabled());
    }
};

QTEST_MAIN(TstRemote)
#include "tst_remote.moc"
