// SPDX-License-Identifier: Apache-2.0
// The line across the window: what it offers is not lost to another message, and models that have
// moved are located from it or from the menu (SYNTHETIC data).
#include "tests/app/answers.h"
#include "tests/app/file_dialog.h"
#include "tests/app/session_steps.h"

#include <QFileDialog>
#include <QMenu>
#include <QMenuBar>
#include <QTest>
#include <QUndoStack>

using namespace batlab;
using batlab::app::MainWindow;
using batlab::test::answerFileDialog;
using batlab::test::fakeEngine;
using batlab::test::press;
using batlab::test::put;
using batlab::test::putOff;
using batlab::test::runDemo;
using batlab::test::saveAndWait;
using batlab::test::WindowFixture;

namespace {

const QString kResume = QStringLiteral("Resume"), kLocate = QStringLiteral("Locate…");
const QString kFirst = QStringLiteral("/no/such/first.gguf"),
              kSecond = QStringLiteral("/no/such/second.gguf");

/// Says what the test wants.
class TalkingEngine : public FakeEngine
{
public:
    explicit TalkingEngine(std::shared_ptr<Listener> say)
        : FakeEngine(Options { .layers = 3 }), m_say(std::move(say))
    { }
    void setListener(Listener listener) override
    {
        if (listener)
            *m_say = listener;
        FakeEngine::setListener(std::move(listener));
    }

private:
    std::shared_ptr<Listener> m_say;
};

/// Closes the next file dialog without a file.
void cancelFileDialog()
{
    auto *timer = new QTimer(qApp);
    QObject::connect(timer, &QTimer::timeout, timer, [timer] {
        if (auto *dialog = qobject_cast<QFileDialog *>(QApplication::activeModalWidget())) {
            timer->stop();
            timer->deleteLater();
            dialog->reject();
        }
    });
    timer->start(20);
}

/// The demo's run, and one more for each further model, as made with these models.
void runsOf(views::WorkbenchDocument *document, const QStringList &models)
{
    views::RunEntry run = document->runs().front();
    for (const QString &model : models) {
        run.spec["model"] = model.toStdString();
        run.specHash = model; // runs of one hash share a spec in the file
        document->putRun(run);
        run.id = document->nextRunId();
    }
}

} // namespace

class TstShellBanners : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anOfferComesBackAfterOtherMessages()
    {
        WindowFixture f(fakeEngine(3));
        MainWindow &w = *f.window;
        runDemo(f);
        const views::Banner &banner = *w.banner();
        views::WorkbenchDocument *document = f.workbench->document();
        const auto setState = [document](JobState state) {
            views::RunEntry run = document->runs().front();
            run.state = state;
            document->putRun(run);
        };
        const auto fail = [&] {
            setState(JobState::failed);
            w.shell()->runFailed(document->runs().front().id,
                                 { ErrorCode::internal, "it broke", "here", {} });
        };
        const Error other { ErrorCode::badInput, "something else", "there", {} };
        fail();
        const QString offer = banner.text();
        QCOMPARE(banner.buttons(), QStringList { kResume });
        // A report that cannot be written.
        bool ended = false;
        w.shell()->writeReport(f.folder.filePath(QStringLiteral("no/such/folder/r.html")),
                               [&](bool) { ended = true; });
        QTRY_VERIFY_WITH_TIMEOUT(ended, 60000);
        QVERIFY(banner.isVisible() && banner.text() != offer && banner.buttons().isEmpty());
        w.showProblem(other);
        putOff(banner);
        QVERIFY(banner.isVisible());
        QCOMPARE(banner.text(), offer);
        const std::size_t before = f.notes->requests.size();
        press(banner, kResume);
        QVERIFY(!banner.isVisible());
        QTRY_COMPARE_WITH_TIMEOUT(f.notes->requests.size(), before + 1, 30000);
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->hasActiveJobs(), 60000);

        // Once, however often it was said.
        fail();
        w.showProblem(other);
        fail();
        w.showProblem(other);
        putOff(banner);
        QCOMPARE(banner.text(), offer);
        putOff(banner);
        QVERIFY(!banner.isVisible());
        // Two of them, the later one first.
        fail();
        bool answered = false;
        w.showBanner(views::Banner::Tone::info, QStringLiteral("later"), { QStringLiteral("Yes") },
                     [&](int) { answered = true; });
        w.showProblem(other);
        putOff(banner);
        QCOMPARE(banner.text(), QStringLiteral("later"));
        press(banner, QStringLiteral("Yes"));
        QVERIFY(answered && banner.isVisible());
        QCOMPARE(banner.text(), offer);
        // Not what no longer holds, nor what another session has left.
        w.showProblem(other);
        setState(JobState::succeeded);
        putOff(banner);
        QVERIFY(!banner.isVisible());
        fail();
        w.showProblem(other);
        f.workbench->store()->newSession();
        QVERIFY(!banner.isVisible());
        w.showProblem(other);
        putOff(banner);
        QVERIFY(!banner.isVisible());
    }

    void movedModelsAreLocatedOneAfterTheOther()
    {
        WindowFixture f(fakeEngine(3));
        MainWindow &w = *f.window;
        runDemo(f);
        const views::Banner &banner = *w.banner();
        views::WorkbenchDocument *document = f.workbench->document();
        QAction *locate = f.workbench->actions()->action(QStringLiteral("file.locateModel"));
        bool inMenu = false;
        for (QAction *menu : w.menuBar()->actions())
            inMenu = inMenu || menu->menu()->actions().contains(locate);
        QVERIFY(locate && inMenu && !locate->isEnabled());
        runsOf(document, { kFirst, kSecond });
        QCOMPARE(document->models(), (QStringList { kFirst, kSecond }));
        QVERIFY(locate->isEnabled());
        const QString path = f.folder.filePath(QStringLiteral("moved.batlab.h5"));
        QVERIFY(saveAndWait(w, path));
        w.openSession(path);
        QTRY_VERIFY2_WITH_TIMEOUT(banner.isVisible() && banner.text().contains(kFirst)
                                      && banner.text().contains(QStringLiteral("1 more")),
                                  qPrintable(banner.text()), 30000);
        // No file chosen: still offered, until it is put off; the menu offers it then.
        cancelFileDialog();
        press(banner, kLocate);
        QVERIFY(banner.isVisible() && banner.text().contains(kFirst));
        putOff(banner);
        QVERIFY(!banner.isVisible() && locate->isEnabled());
        const QString first = f.folder.filePath(QStringLiteral("first.gguf")),
                      second = f.folder.filePath(QStringLiteral("second.gguf"));
        put(first, "GGUF");
        put(second, "GGUF");
        answerFileDialog(first);
        locate->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(document->models(), (QStringList { first, kSecond }), 20000);
        QVERIFY(banner.isVisible() && banner.text().contains(first)
                && banner.text().contains(kSecond));
        answerFileDialog(second);
        press(banner, kLocate);
        QTRY_COMPARE_WITH_TIMEOUT(document->models(), (QStringList { first, second }), 20000);
        QVERIFY(banner.buttons().isEmpty() && banner.text().contains(second));
        QVERIFY(!locate->isEnabled());
        document->undoStack()->undo();
        QVERIFY(locate->isEnabled());
    }

    /// Paths of another machine are not missing here, and are once the engine is here.
    void modelsAreMissingOnThisMachineAlone()
    {
        WindowFixture f(fakeEngine(3));
        runDemo(f);
        runsOf(f.workbench->document(), { kFirst });
        const views::Banner &banner = *f.window->banner();
        const QAction *locate = f.workbench->actions()->action(QStringLiteral("file.locateModel"));
        QVERIFY(locate->isEnabled());
        f.window->shell()->setRemote(true);
        QVERIFY(!locate->isEnabled());
        f.window->shell()->setRemote(false);
        QVERIFY(locate->isEnabled());
        QVERIFY(banner.isVisible() && banner.text().contains(kFirst));
        f.window->shell()->setRemote(true);
        QVERIFY(!banner.isVisible());
    }

    /// The offer to end an engine goes with its first word.
    void silenceIsSaidWhileItLasts()
    {
        const auto say = std::make_shared<Engine::Listener>();
        WindowFixture f([say]() -> Result<std::unique_ptr<Engine>> {
            return std::unique_ptr<Engine>(std::make_unique<TalkingEngine>(say));
        });
        QTRY_VERIFY(f.workbench->engine()->state() == app::EngineClient::State::ready);
        const views::Banner &banner = *f.window->banner();
        (*say)(EngineSilent { 70 });
        QTRY_VERIFY(banner.isVisible());
        QVERIFY2(banner.text().contains(QStringLiteral("no sign of life")),
                 qPrintable(banner.text()));
        (*say)(JobLog { 1, LogLevel::info, "at work" });
        QTRY_VERIFY(!banner.isVisible());
    }

    /// What is odd about the file is said first, and hides nothing.
    void aReadOnlySessionTellsOfItsModelToo()
    {
        WindowFixture f(fakeEngine(3)), g(fakeEngine(3));
        runDemo(f);
        runsOf(f.workbench->document(), { kFirst });
        const QString path = f.folder.filePath(QStringLiteral("shared.batlab.h5"));
        QVERIFY(saveAndWait(*f.window, path)); // its lock is held
        const views::Banner &banner = *g.window->banner();
        g.window->openSession(path);
        QTRY_VERIFY_WITH_TIMEOUT(banner.isVisible(), 30000);
        QVERIFY2(banner.text().contains(QStringLiteral("read-only")), qPrintable(banner.text()));
        putOff(banner);
        QVERIFY(banner.isVisible() && banner.text().contains(kFirst));
        QCOMPARE(banner.buttons(), QStringList { kLocate });
        // Saved elsewhere it is read-only no more.
        g.window->shell()->sessionOpened();
        QVERIFY(banner.text().contains(QStringLiteral("read-only")));
        g.window->showProblem({ ErrorCode::badInput, "something else", "there", {} });
        QVERIFY(saveAndWait(*g.window, f.folder.filePath(QStringLiteral("mine.batlab.h5"))));
        putOff(banner);
        QVERIFY(banner.isVisible() && banner.text().contains(kFirst));
    }
};

QTEST_MAIN(TstShellBanners)
#include "tst_shell_banners.moc"
