// SPDX-License-Identifier: Apache-2.0
// The whole demo job in the real window with the real engine: stalls, memory, kill and resume.
// About a quarter of an hour, so only on request: BATLAB_TEST_DEMO=FOLDER, where the session and
// pictures are left.
#include "core/base/heap.h"
#include "core/model/model_source.h"
#include "tests/app/window_fixture.h"
#include "views/panels/banner.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QPushButton>
#include <QTest>

#include <csignal>

using namespace batlab;
using batlab::app::MainWindow;
using batlab::test::WindowFixture;

namespace {

constexpr int kLongestMs = 3600 * 1000;

/// "VmHWM" and the like of this process in MB.
double memoryMb(const char *line)
{
    QFile file(QStringLiteral("/proc/self/status"));
    if (!file.open(QIODevice::ReadOnly))
        return -1;
    for (const QByteArray &text : file.readAll().split('\n'))
        if (text.startsWith(line))
            return text.simplified().split(' ').value(1).toDouble() / 1024;
    return -1;
}

} // namespace

class TestWindowDemo : public QObject
{
    Q_OBJECT

public:
    static void initMain() { keepLittleMemory(); } // as batlab's main does

private Q_SLOTS:
    void wholeDemoJob()
    {
        const QString out = qEnvironmentVariable("BATLAB_TEST_DEMO");
        if (out.isEmpty())
            QSKIP("the whole demo job was not run in the window: set BATLAB_TEST_DEMO=FOLDER "
                  "(a quarter of an hour)");
        const QString cli = qEnvironmentVariable("BATLAB_BIN_DIR") + QStringLiteral("/batlab-cli");
        QVERIFY2(QFileInfo(cli).isExecutable(), "no batlab-cli in BATLAB_BIN_DIR");
        QVERIFY2(demoModelPath().ok(), "no demo model");
        QVERIFY(QDir().mkpath(out));

        pid_t child = -1;
        WindowFixture f(test::realEngine(cli, child));
        MainWindow &w = *f.window;
        w.resize(1600, 1000);
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        qInfo("first frame after %.2f s", w.firstFrameSeconds());
        w.startDemo();
        QTest::qWait(300); // the page switch is the user's click, not the job's work
        w.stalls()->reset();

        // Somebody looks around: another page every 5 s, another layer and site in between.
        QElapsedTimer clock;
        clock.start();
        bool killed = false;
        double switches = 0;
        const auto finished = [&] {
            return !f.workbench->hasActiveJobs()
                && f.workbench->document()->runs().at(0).state == JobState::succeeded;
        };
        for (int tick = 0; !finished(); ++tick) {
            QVERIFY2(clock.elapsed() < kLongestMs, "the demo job does not end");
            QTest::qWait(1000);
            const auto *row = f.workbench->jobs()->running();
            if (!killed && row
                && QString::fromStdString(row->progress.stage)
                       .startsWith(QStringLiteral("bat: layer 12 "))
                && row->progress.subDone >= 3) {
                killed = true;
                qInfo("killing the engine at %.0f s: %s, step %llu", clock.elapsed() / 1e3,
                      row->progress.stage.c_str(),
                      static_cast<unsigned long long>(row->progress.subDone));
                kill(child, SIGKILL);
                QTRY_VERIFY_WITH_TIMEOUT(w.banner()->isVisible(), 20000);
                QVERIFY(w.isVisible());
                QTest::mouseClick(w.banner()->findChildren<QPushButton *>().value(0),
                                  Qt::LeftButton);
                QTRY_VERIFY_WITH_TIMEOUT(f.workbench->hasActiveJobs(), 20000);
            }
            QVERIFY2(!w.banner()->isVisible(), qPrintable(w.banner()->text()));
            if (tick % 5 == 4) {
                // The switch itself is measured apart: it is an answer to a click.
                constexpr std::array pages { MainWindow::Inspect, MainWindow::Compare,
                                             MainWindow::Evaluate };
                QElapsedTimer one;
                one.start();
                w.setPage(pages[static_cast<std::size_t>(tick / 5) % pages.size()]);
                switches = std::max(switches, one.nsecsElapsed() / 1e6);
            } else if (tick % 5 == 2) {
                f.workbench->selection()->setCell(
                    (tick / 5) % 30, kLinearSites[static_cast<std::size_t>(tick / 5) % 4],
                    tick % 16);
            }
        }
        // Of the job alone; saving and pictures come after.
        const double peak = memoryMb("VmHWM");
        qInfo("%.0f s; window: peak %.0f MB, now %.0f MB; slowest page switch %.0f ms",
              clock.elapsed() / 1e3, peak, memoryMb("VmRSS"), switches);
        qInfo("%s", qPrintable(w.stalls()->summary()));
        for (const auto &stall : w.stalls()->stalls())
            qInfo("stall %.0f ms wall, %.0f ms CPU at %.1f s: %s", stall.wallMs, stall.cpuMs,
                  stall.atSeconds, qPrintable(stall.activity));
        const QString summary = w.stalls()->summary();
        const double worst = w.stalls()->worstCpuMs();
        QVERIFY2(killed, "the engine was never killed");
        bool saved = false;
        f.window->saveTo(QDir(out).filePath(QStringLiteral("window.batlab.h5")),
                         [&saved](bool ok) { saved = ok; });
        QTRY_VERIFY_WITH_TIMEOUT(saved, 60000);
        for (const QString &picture : app::writeScreenshots(w, out))
            qInfo("%s", qPrintable(picture));
        QVERIFY(peak <= 400);
        QVERIFY2(worst < 50, qPrintable(summary));
    }
};

QTEST_MAIN(TestWindowDemo)
#include "tst_window_demo.moc"
