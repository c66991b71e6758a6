// SPDX-License-Identifier: Apache-2.0
// How work ends: every answer of the dialogs that ask before a window closes, and a job that fails
// on its way (SYNTHETIC data).
#include "tests/app/answers.h"
#include "tests/app/unsaved_work.h"
#include "tests/support/fake_document.h"
#include "tests/support/fake_run.h"

#include <QDir>
#include <QScopeGuard>
#include <QSignalSpy>
#include <QTest>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

using namespace batlab;
using batlab::app::MainWindow;
using batlab::test::answerQuestion;
using batlab::test::fakeEngine;
using batlab::test::saveAndWait;
using batlab::test::smallSpec;
using batlab::test::WindowFixture;

namespace {

constexpr int kLayers = 6;

/// Plays its jobs when it is told to, and lets them fail.
class BreakingEngine : public FakeEngine
{
public:
    BreakingEngine() : FakeEngine(Options { .layers = kLayers, .manual = true }) { }

    void setListener(Listener listener) override
    {
        FakeEngine::setListener([this, listener = std::move(listener)](const EngineEvent &event) {
            const auto *state = std::get_if<JobStateChanged>(&event);
            if (listener && state && state->state == JobState::cancelled)
                listener(JobStateChanged { state->job, JobState::failed, m_error });
            else if (listener)
                listener(event);
        });
    }
    void fail(JobId job, const Error &error)
    {
        m_error = error;
        QVERIFY(cancel(job).ok());
        QCOMPARE(step(), std::size_t(1));
    }

private:
    Error m_error;
};

/// Steps of a run until this many layers are solved.
std::size_t stepsTo(const Json &spec, int layers)
{
    const RunSpec read =
        runSpecFromJson(spec, PresetLibrary::builtIn().orThrow(), "test").orThrow();
    std::size_t steps = 0;
    for (const FakeStep &step : fakeRun(read, kLayers)) {
        if (layers == 0)
            break;
        ++steps;
        layers -= std::holds_alternative<LayerDone>(step.artifact) ? 1 : 0;
    }
    return steps;
}

/// Answers submit() when the test lets it.
class SlowEngine : public FakeEngine
{
public:
    struct Door
    {
        std::mutex mutex;
        std::condition_variable changed;
        bool open = false;
        bool inUse = false; ///< the folder, the first time
        int waiting = 0;

        int count()
        {
            const std::lock_guard lock(mutex);
            return waiting;
        }
        void letGo()
        {
            const std::lock_guard lock(mutex);
            open = true;
            changed.notify_all();
        }
    };
    explicit SlowEngine(std::shared_ptr<Door> door)
        : FakeEngine(Options { .layers = 30, .secondsPerStep = 0.02 }), m_door(std::move(door))
    { }
    Result<JobId> submit(const JobRequest &request) override
    {
        {
            std::unique_lock lock(m_door->mutex);
            ++m_door->waiting;
            m_door->changed.wait(lock, [this] { return m_door->open; });
            if (std::exchange(m_door->inUse, false))
                return Error { ErrorCode::busy, "in use: it is being written by batlab-cli",
                               request.workspace, "Wait for that job." };
        }
        return FakeEngine::submit(request);
    }

private:
    std::shared_ptr<Door> m_door;
};

bool logged(app::Workbench &b, const QString &text)
{
    for (int i = 0; i < b.log()->rowCount(); ++i)
        if (b.log()->toText(i).contains(text))
            return true;
    return false;
}

QStringList recoveryCopies(const WindowFixture &f)
{
    return QDir(f.folder.filePath(QStringLiteral("data/recovery"))).entryList(QDir::Files);
}

} // namespace

class TstShellEndings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Its end comes after the answer: it is not offered at the next start.
    void discardedWhileACopyIsWritten()
    {
        WindowFixture f(fakeEngine(kLayers));
        views::WorkbenchDocument *document = f.workbench->document();
        app::SessionStore *store = f.workbench->store();
        document->addArtifacts(test::demoArtifacts(kLayers));
        const QSignalSpy copied(store, &app::SessionStore::autosaved);
        store->autosaveNow();
        QVERIFY(store->isBusy());
        store->forgetRecovery();
        QTRY_VERIFY(!store->isBusy());
        QCOMPARE(recoveryCopies(f), QStringList());
        QCOMPARE(copied.size(), 0);
        store->autosaveNow(); // the document lives on
        QTRY_COMPARE(copied.size(), 1);
        QVERIFY(!recoveryCopies(f).isEmpty());
    }

    /// A model that was only looked at, even where the document counts as changed.
    void nothingWithoutWorkIsCopied()
    {
        WindowFixture f(fakeEngine(kLayers));
        views::WorkbenchDocument *document = f.workbench->document();
        app::SessionStore *store = f.workbench->store();
        f.workbench->showModel(test::demoArtifacts(kLayers).front());
        document->setUnsaved();
        QVERIFY(!document->isEmpty() && document->isModified() && !document->hasWork());
        store->autosaveNow();
        QVERIFY(!store->isBusy());
        QCOMPARE(recoveryCopies(f), QStringList());
        document->setNotes(QStringLiteral("work"));
        store->autosaveNow();
        QVERIFY(store->isBusy());
        QTRY_VERIFY(!store->isBusy());
        QVERIFY(!recoveryCopies(f).isEmpty());
        document->setNotes({}); // taken back: nobody is asked, and no copy is left to be offered
        (void)f.window->close();
        QCOMPARE(recoveryCopies(f), QStringList());
    }

    void quitAsksWhatBecomesOfTheJobs_data()
    {
        QTest::addColumn<QString>("answer");
        QTest::addColumn<bool>("held"); // jobs wait, none is at work
        for (const char *answer : { "Stop and keep", "Stop and discard", "Cancel" }) {
            QTest::addRow("%s, at work", answer) << QString::fromLatin1(answer) << false;
            QTest::addRow("%s, waiting", answer) << QString::fromLatin1(answer) << true;
        }
    }

    void quitAsksWhatBecomesOfTheJobs()
    {
        QFETCH(QString, answer);
        QFETCH(bool, held);
        WindowFixture f(fakeEngine(30, 0.02));
        app::Workbench &b = *f.workbench;
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        b.holdQueue(held);
        QVERIFY(b.queueRun(smallSpec(), QStringLiteral("one")).ok());
        QVERIFY(b.queueRun(smallSpec("gptq"), QStringLiteral("two")).ok());
        if (!held)
            QTRY_VERIFY_WITH_TIMEOUT(b.document()->artifacts().size() > 3, 30000);
        const QString work = b.store()->workspace();
        QDir().mkpath(work);
        f.window->setPage(MainWindow::Evaluate);
        test::tryAndType(f);
        QSignalSpy closed(f.window.get(), &MainWindow::closed);
        f.window->setAskOnClose(true);
        answerQuestion(answer);
        const bool goes = f.window->close();
        f.window->setAskOnClose(false);

        if (answer == QStringLiteral("Cancel")) {
            QVERIFY(!goes && f.window->isVisible());
            QCOMPARE(closed.size(), 0);
            QCOMPARE(b.jobs()->activeCount(), 2); // as if nothing had been asked
            QVERIFY(QDir(work).exists());
            b.stopAll();
            QTRY_VERIFY_WITH_TIMEOUT(!b.hasActiveJobs(), 30000);
            return;
        }
        QVERIFY(goes && !f.window->isVisible());
        QCOMPARE(closed.size(), 1);
        QTRY_VERIFY_WITH_TIMEOUT(!b.hasActiveJobs(), 30000);
        QTRY_VERIFY_WITH_TIMEOUT(!b.store()->isBusy(), 30000);
        if (answer == QStringLiteral("Stop and discard")) {
            // Nothing of it is offered at the next start.
            QCOMPARE(recoveryCopies(f), QStringList());
            QVERIFY(!QDir(work).exists());
            return;
        }
        // All that was there is in the copy that the next start offers; the parts of its layers lie
        // where they were.
        QVERIFY(QDir(work).exists());
        const Result<Session> copy = test::recoveryCopy(f);
        QVERIFY2(copy.ok(), copy.ok() ? "" : copy.error().message().c_str());
        QCOMPARE(copy->runs.size(), std::size_t(2));
        QVERIFY(held == copy->artifacts.empty());
        QCOMPARE(QString::fromStdString(copy->notes), QStringLiteral("typed"));
        QVERIFY(Json::parse(copy->viewState)["page"] == Json("batlab::views::EvaluatePage"));
        QVERIFY(test::triedIn(copy) == test::kTried);
    }

    /// A run may be stopped while the engine still takes it in: it ends as soon as that is over,
    /// and can be resumed.
    void stoppedBeforeItsIdIsThere_data()
    {
        QTest::addColumn<bool>("inUse");
        QTest::addRow("taken") << false;
        QTest::addRow("its folder is in use") << true; // it would be tried again
    }

    void stoppedBeforeItsIdIsThere()
    {
        QFETCH(bool, inUse);
        const auto door = std::make_shared<SlowEngine::Door>();
        door->inUse = inUse;
        WindowFixture f([door]() -> Result<std::unique_ptr<Engine>> {
            return std::unique_ptr<Engine>(std::make_unique<SlowEngine>(door));
        });
        // A failed test must not hold the window's end.
        const auto end = qScopeGuard([door] { door->letGo(); });
        app::Workbench &b = *f.workbench;
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        const QString run = QStringLiteral("r0001");
        QVERIFY(b.queueRun(smallSpec(), QStringLiteral("one")).ok());
        QTRY_COMPARE(door->count(), 1);
        b.stopAll();
        QVERIFY(b.hasActiveJobs()); // the engine has it, under a number nobody knows yet
        door->letGo();
        QTRY_VERIFY_WITH_TIMEOUT(!b.hasActiveJobs(), 30000);
        QCOMPARE(int(b.document()->run(run)->state), int(JobState::cancelled));
        const std::size_t artifacts = b.document()->artifacts().size();
        b.resumeRun(run); // it was stopped once
        QTRY_VERIFY_WITH_TIMEOUT(b.document()->artifacts().size() > artifacts + 3, 30000);
        QVERIFY(b.hasActiveJobs());
        b.stopAll();
        QTRY_VERIFY_WITH_TIMEOUT(!b.hasActiveJobs(), 30000);
    }

    void unsavedChangesAreAskedFor_data()
    {
        QTest::addColumn<QString>("answer");
        for (const char *answer : { "Save", "Discard", "Cancel" })
            QTest::newRow(answer) << QString::fromLatin1(answer);
    }

    void unsavedChangesAreAskedFor()
    {
        QFETCH(QString, answer);
        WindowFixture f(fakeEngine(3));
        views::WorkbenchDocument *document = f.workbench->document();
        test::runDemo(f);
        const QString path = f.folder.filePath(QStringLiteral("mine.batlab.h5"));
        QVERIFY(saveAndWait(*f.window, path));
        document->setNotes(QStringLiteral("later"));
        QSignalSpy closed(f.window.get(), &MainWindow::closed);
        f.window->setAskOnClose(true);
        answerQuestion(answer);
        (void)f.window->close();
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->store()->isBusy(), 30000);
        QTRY_COMPARE(f.window->isVisible(), answer == QStringLiteral("Cancel"));
        f.window->setAskOnClose(false);
        QCOMPARE(closed.size(), answer == QStringLiteral("Cancel") ? 0 : 1);
        QCOMPARE(document->isModified(), answer != QStringLiteral("Save"));
        const Result<Session> file = load(std::filesystem::path(path.toStdString()));
        QVERIFY(file.ok());
        QCOMPARE(QString::fromStdString(file->notes),
                 answer == QStringLiteral("Save") ? QStringLiteral("later") : QString());
        QCOMPARE(recoveryCopies(f), QStringList());
    }

    /// What was published stays, can be saved and is gone on from; the reason stands in the banner,
    /// in the log, with the job and in the session.
    void aJobThatFailsOnItsWayKeepsWhatItMade()
    {
        WindowFixture f([]() -> Result<std::unique_ptr<Engine>> {
            return std::unique_ptr<Engine>(std::make_unique<BreakingEngine>());
        });
        MainWindow &w = *f.window;
        app::Workbench &b = *f.workbench;
        views::WorkbenchDocument *document = b.document();
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        const QString run = QStringLiteral("r0001"), why = QStringLiteral("no space is left");
        QVERIFY(b.queueRun(smallSpec(), QStringLiteral("one")).ok());
        QTRY_VERIFY_WITH_TIMEOUT(b.jobs()->findRun(run)->job != 0, 30000);
        const auto withEngine = [&f](const std::function<void(BreakingEngine &)> &act) {
            const std::lock_guard lock(f.notes->mutex);
            auto *engine = dynamic_cast<BreakingEngine *>(f.notes->engine);
            QVERIFY(engine);
            act(*engine);
        };
        const std::size_t steps = stepsTo(smallSpec(), 2);
        const auto layers = [document] { return document->artifacts().layersDone("rtn").size(); };
        withEngine([&](BreakingEngine &engine) { QCOMPARE(engine.step(steps), steps); });
        QTRY_COMPARE_WITH_TIMEOUT(layers(), std::size_t(2), 30000);
        QVERIFY(b.hasActiveJobs() && !w.banner()->isVisible());
        w.setPage(MainWindow::Inspect);

        withEngine([&](BreakingEngine &engine) {
            engine.fail(b.jobs()->findRun(run)->job,
                        { ErrorCode::diskFull, why.toStdString(), "/parts", "free some" });
        });
        QTRY_VERIFY_WITH_TIMEOUT(!b.hasActiveJobs(), 30000);
        QVERIFY(w.banner()->isVisible());
        QVERIFY2(w.banner()->text().startsWith(run) && w.banner()->text().contains(why),
                 qPrintable(w.banner()->text()));
        QCOMPARE(w.banner()->buttons(), QStringList { QStringLiteral("Resume") });
        QVERIFY(logged(b, why));
        QCOMPARE(int(b.jobs()->findRun(run)->state), int(JobState::failed));
        QVERIFY(views::JobsModel::stateText(*b.jobs()->findRun(run)).contains(why));
        QCOMPARE(int(document->run(run)->state), int(JobState::failed));
        QCOMPARE(layers(), std::size_t(2));
        QCOMPARE(w.page(), MainWindow::Inspect);
        QVERIFY(document->artifacts().siteStats("rtn", { Branch::text, 1 }, Site::t4));

        // As after a night: saved, opened again.
        const QString path = f.folder.filePath(QStringLiteral("part.batlab.h5"));
        QVERIFY(saveAndWait(w, path));
        b.store()->newSession();
        QCOMPARE(layers(), std::size_t(0));
        w.openSession(path);
        QTRY_COMPARE_WITH_TIMEOUT(layers(), std::size_t(2), 30000);
        QCOMPARE(int(document->run(run)->state), int(JobState::failed));
        QVERIFY2(document->run(run)->note.contains(why), qPrintable(document->run(run)->note));

        // The same spec goes on to the end.
        b.resumeRun(run);
        QTRY_VERIFY_WITH_TIMEOUT(b.jobs()->findRun(run)->job != 0, 30000);
        withEngine([](BreakingEngine &engine) { engine.finish(); });
        QTRY_COMPARE_WITH_TIMEOUT(int(document->run(run)->state), int(JobState::succeeded), 30000);
        QCOMPARE(layers(), std::size_t(kLayers));
        QVERIFY(document->artifacts().evaluation("rtn", "wikitext2"));
        const std::lock_guard lock(f.notes->mutex);
        QCOMPARE(f.notes->requests.size(), std::size_t(2));
        QCOMPARE(f.notes->requests[1].spec.dump(), f.notes->requests[0].spec.dump());
        QCOMPARE(f.notes->requests[1].workspace, f.notes->requests[0].workspace);
    }
};

QTEST_MAIN(TstShellEndings)
#include "tst_shell_endings.moc"
