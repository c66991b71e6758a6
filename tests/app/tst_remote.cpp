// SPDX-License-Identifier: Apache-2.0
// The engine at the end of a slow line (50 ms each way), as through ssh: the same window, awake;
// noise of a login shell, another version, a broken line.
#include "app/gui/shell.h"
#include "core/job/remote_engine.h"
#include "tests/app/window_fixture.h"

#include <QElapsedTimer>
#include <QPushButton>
#include <QTest>

#include <csignal>

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
