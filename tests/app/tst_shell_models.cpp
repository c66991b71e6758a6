// SPDX-License-Identifier: Apache-2.0
// Models in the window: looked into before a run.
#include "sessions/session.h"
#include "tests/app/window_fixture.h"
#include "views/models/run_retry.h"
#include "views/models/tensor_model.h"
#include "views/panels/banner.h"
#include "views/panels/field_editor.h"
#include "views/panels/run_dialog.h"
#include "views/panels/status_strip.h"
#include "views/panels/tensors_panel.h"
#include "views/panels/welcome_page.h"

#include <QDir>
#include <QFile>
#include <QInputDialog>
#include <QPushButton>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

using namespace batlab;
using batlab::app::MainWindow;
using batlab::test::fakeEngine;
using batlab::test::WindowFixture;

namespace {

QString touch(const QString &path)
{
    QFile file(path);
    [&] { QVERIFY(file.open(QIODevice::WriteOnly)); }();
    return path;
}

/// A scripted engine that says it has a GPU and a disk.
class GpuEngine : public FakeEngine
{
public:
    GpuEngine() : FakeEngine(Options { .layers = 2 }) { }
    Result<Json> ask(const Json &question) override
    {
        if (question["ask"] != "resources")
            return FakeEngine::ask(question);
        constexpr double kGib = 1024.0 * 1024 * 1024;
        return Json { { "memoryBytes", 64 * kGib },
                      { "availableBytes", 40 * kGib },
                      { "diskFreeBytes", 512 * kGib },
                      { "deviceMemory", { { "free", 20 * kGib }, { "total", 80 * kGib } } },
                      { "deviceLoad", 37 } };
    }
};

/// Every job fails at once.
class FailingEngine : public FakeEngine
{
public:
    explicit FailingEngine(std::shared_ptr<Error> error)
        : FakeEngine(Options { .layers = 2, .manual = true }), m_error(std::move(error))
    { }
    void setListener(Listener listener) override
    {
        m_listener = listener;
        FakeEngine::setListener(std::move(listener));
    }
    Result<JobId> submit(const JobRequest &request) override
    {
        Result<JobId> job = FakeEngine::submit(request);
        if (job && m_listener)
            m_listener(JobStateChanged { *job, JobState::failed, *m_error });
        return job;
    }

private:
    std::shared_ptr<Error> m_error;
    Listener m_listener;
};

} // namespace

class TstShellModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void openingShowsTheTensors()
    {
        WindowFixture f(fakeEngine(6));
        MainWindow &w = *f.window;
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        QVERIFY(!f.workbench->actions()->trigger(QStringLiteral("go.tensors"))); // nothing open
        w.openPath(touch(f.folder.filePath(QStringLiteral("some.gguf"))));
        QVERIFY(w.runDialog());
        QTRY_COMPARE(w.page(), MainWindow::Inspect);
        QVERIFY(w.tensorsPanel()->view()->isVisible());
        QVERIFY(w.tensorsPanel()->rows()->totals().quantized > 0);
        QVERIFY(!f.workbench->document()->isModified()); // looking is nothing to save
        w.runDialog()->close();
        // A session keeps the model of its results.
        w.startDemo();
        QTRY_VERIFY_WITH_TIMEOUT(
            !f.workbench->hasActiveJobs() && !f.workbench->document()->runs().empty(), 60000);
        const ModelSummary *before = f.workbench->document()->artifacts().model();
        w.openPath(f.folder.filePath(QStringLiteral("some.gguf")));
        QTest::qWait(200);
        QCOMPARE(f.workbench->document()->artifacts().model(), before);
        QVERIFY(w.banner()->isHidden());
    }

    /// The engine of another machine: its memory, disk and GPU, its models.
    void anotherMachineIsNotMixedWithThisOne()
    {
        QCOMPARE(app::remoteHostOf(QStringLiteral("ssh big.example batlab-cli serve")),
                 QStringLiteral("big.example"));
        QCOMPARE(app::remoteHostOf(QStringLiteral("/usr/bin/ssh -p 22 -C -i \"a key\" me@big "
                                                  "\"batlab-cli serve\"")),
                 QStringLiteral("big"));
        QCOMPARE(app::remoteHostOf(QStringLiteral("docker exec x batlab-cli serve")), QString());

        WindowFixture f([]() -> Result<std::unique_ptr<Engine>> {
            return std::unique_ptr<Engine>(std::make_unique<GpuEngine>());
        });
        MainWindow &w = *f.window;
        w.shell()->setRemote(true, QStringLiteral("big"));
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        auto *status = w.findChild<views::StatusStrip *>();
        QTRY_VERIFY_WITH_TIMEOUT(status->resourceText().contains(QStringLiteral("VRAM")), 8000);
        QCOMPARE(status->resourceText(),
                 QStringLiteral("RAM 24.0 GiB / 64.0 GiB · Disk 512.0 GiB free · "
                                "VRAM 60.0 GiB / 80.0 GiB · load 37 %"));
        // A path there, typed; no dialog of local files.
        QVERIFY(f.workbench->actions()->trigger(QStringLiteral("file.openModel")));
        auto *dialog = w.findChild<QInputDialog *>();
        QVERIFY(dialog);
        QVERIFY(dialog->labelText().contains(QStringLiteral("big")));
        dialog->setTextValue(QStringLiteral(" /models/some "));
        dialog->accept();
        QVERIFY(w.runDialog());
        QTRY_VERIFY(w.tensorsPanel()->view()->isVisible());
        w.runDialog()->close();
        QCOMPARE(w.settings()->value(QStringLiteral("remoteModels/big")).toStringList(),
                 QStringList { QStringLiteral("/models/some") });
        // A run makes no folder here.
        QVERIFY(f.workbench->queueRun(test::smallSpec(), QStringLiteral("x")).ok());
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->hasActiveJobs(), 60000);
        const views::RunEntry &run = f.workbench->document()->runs().front();
        QVERIFY(run.workspace.startsWith(QStringLiteral("batlab-work/")));
        QVERIFY(!QDir(run.workspace).exists());
        QVERIFY(!run.where.contains("host")); // not this machine's name
        // What lies there is not in a portable copy, and that is said.
        const QString copy = f.folder.filePath(QStringLiteral("copy.batlab.h5"));
        w.shell()->writePortable(copy);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(copy) && w.banner()->isVisible(), 20000);
        QVERIFY2(w.banner()->text().contains(QStringLiteral("they lie on big")),
                 qPrintable(w.banner()->text()));
        const Result<Session> read = load(std::filesystem::path(copy.toStdString()));
        QVERIFY(read.ok());
        QVERIFY(!read->all<LayerDone>().empty());
    }

    void aRunWithoutMemoryIsRetriedSmaller()
    {
        auto error = std::make_shared<Error>(
            Error { ErrorCode::outOfMemory, "not enough memory", "engine", "use less" });
        WindowFixture f([error]() -> Result<std::unique_ptr<Engine>> {
            return std::unique_ptr<Engine>(std::make_unique<FailingEngine>(error));
        });
        MainWindow &w = *f.window;
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        QVERIFY(f.workbench->queueRun(test::smallSpec("bat"), QStringLiteral("x")).ok());
        QTRY_VERIFY(w.banner()->isVisible());
        QVERIFY(w.banner()->text().contains(QStringLiteral("not enough memory")));
        QCOMPARE(
            w.banner()->buttons(),
            (QStringList { QStringLiteral("Retry with less memory…"), QStringLiteral("Resume") }));
        const Json before = f.workbench->document()->runs().front().spec;
        const views::SmallerRun smaller = views::smallerRun(before);
        QCOMPARE(smaller.spec["calibration"]["sequences"].get<int>(),
                 before["calibration"]["sequences"].get<int>() / 2);
        QVERIFY2(smaller.changes.contains(QStringLiteral("train.batch 4 → 2")),
                 qPrintable(smaller.changes.join(QLatin1Char(','))));
        QTest::mouseClick(w.banner()->findChildren<QPushButton *>().value(0), Qt::LeftButton);
        QVERIFY(w.runDialog());
        auto *box =
            w.runDialog()->editor(QStringLiteral("calibration.sequences"))->findChild<QSpinBox *>();
        QCOMPARE(box->value(), smaller.spec["calibration"]["sequences"].get<int>());
        w.runDialog()->close();
        // At one there is nothing left to halve.
        Json least = smaller.spec;
        for (int i = 0; i < 10; ++i)
            least = views::smallerRun(least).spec;
        QVERIFY(views::smallerRun(least).changes.isEmpty());
        QVERIFY(views::smallerRun(Json(3)).changes.isEmpty());

        // Any other failure: go on from the checkpoint.
        error->code = ErrorCode::internal;
        w.banner()->hide();
        QVERIFY(f.workbench->queueRun(test::smallSpec(), QStringLiteral("y")).ok());
        QTRY_VERIFY(w.banner()->isVisible());
        QCOMPARE(w.banner()->buttons(), QStringList { QStringLiteral("Resume") });
        const auto before2 = f.notes->requests.size();
        QTest::mouseClick(w.banner()->findChildren<QPushButton *>().value(0), Qt::LeftButton);
        QTRY_COMPARE(f.notes->requests.size(), before2 + 1);
        QTRY_VERIFY(!f.workbench->hasActiveJobs());
    }

    void aSampleFillsThePages()
    {
        WindowFixture f(fakeEngine(2));
        MainWindow &w = *f.window;
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        QToolButton *link = nullptr;
        for (QToolButton *b : w.welcomePage()->findChildren<QToolButton *>())
            if (b->text().startsWith(QStringLiteral("First look")))
                link = b;
        QVERIFY(link);
        QTest::mouseClick(link, Qt::LeftButton);
        QTRY_COMPARE(w.page(), MainWindow::Inspect);
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->hasActiveJobs(), 60000);
        const views::RunEntry &run = f.workbench->document()->runs().front();
        QCOMPARE(int(run.state), int(JobState::succeeded));
        QCOMPARE(run.spec["variants"].size(), std::size_t(2));
        QVERIFY(!f.workbench->document()->artifacts().evaluations().empty());
        const QString before = f.workbench->store()->uuid();
        QVERIFY(f.workbench->actions()->trigger(QStringLiteral("help.sample")));
        QTRY_VERIFY(f.workbench->store()->uuid() != before); // a new session
        QTRY_COMPARE(f.workbench->document()->runs().size(), std::size_t(1));
    }
};

QTEST_MAIN(TstShellModels)
#include "tst_shell_models.moc"
