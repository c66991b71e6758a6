// SPDX-License-Identifier: Apache-2.0
// Journeys through the real window.
#include "core/job/remote_engine.h"
#include "core/model/model_source.h"
#include "tests/app/window_fixture.h"
#include "tests/support/bars.h"
#include "views/models/bimodality_model.h"
#include "views/models/evaluation_model.h"
#include "views/models/text.h"
#include "views/panels/banner.h"
#include "views/panels/command_palette.h"
#include "views/panels/compare_page.h"
#include "views/panels/evaluate_page.h"
#include "views/panels/field_editor.h"
#include "views/panels/inspect_page.h"
#include "views/panels/panel_frame.h"
#include "views/panels/run_dialog.h"
#include "views/panels/ui_kit.h"
#include "views/panels/welcome_page.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/histogram_plot.h"
#include "views/plots/small_multiples.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabBar>
#include <QTableView>
#include <QTest>
#include <QUndoStack>

#include <csignal>

using namespace batlab;
using batlab::app::MainWindow;
using batlab::test::fakeEngine;
using batlab::test::WindowFixture;

namespace {

QPushButton *bannerButton(MainWindow &window, int at)
{
    return window.banner()->findChildren<QPushButton *>().value(at);
}

QByteArray contents(const views::DocumentSnapshot &snapshot)
{
    std::map<std::string, std::string> byKey;
    for (const ArtifactPtr &a : snapshot.artifacts) {
        const std::vector<std::uint8_t> cbor = Json::to_cbor(toJson(*a));
        byKey[artifactKey(*a)] = std::string(cbor.begin(), cbor.end());
    }
    QByteArray out;
    for (const auto &[key, value] : byKey)
        out += QByteArray::fromStdString(key) + '=' + QByteArray::fromStdString(value) + '\n';
    return out;
}

/// Text that does not fit its widget, as "class objectName: text".
QStringList clipped(const QWidget &root)
{
    QStringList out;
    for (const QWidget *w : root.findChildren<QWidget *>()) {
        if (!w->isVisible() || w->visibleRegion().isEmpty())
            continue;
        QString text;
        int room = w->width();
        if (const auto *label = qobject_cast<const QLabel *>(w)) {
            if (label->wordWrap() || qobject_cast<const views::ElidedLabel *>(label)
                || label->textFormat() == Qt::RichText)
                continue;
            text = label->text();
            room -= 2 * label->margin();
        } else if (const auto *button = qobject_cast<const QAbstractButton *>(w)) {
            const auto *tool = qobject_cast<const QToolButton *>(w);
            if (tool && tool->toolButtonStyle() == Qt::ToolButtonIconOnly && !tool->icon().isNull())
                continue;
            text = button->text();
        } else {
            continue;
        }
        if (text.isEmpty() || text.contains(QLatin1Char('\n'))
            || text.endsWith(QStringLiteral("…")))
            continue;
        text.remove(QLatin1Char('&'));
        const QFontMetrics metrics(w->font());
        if (metrics.horizontalAdvance(text) > room + 1 || metrics.height() > w->height() + 2)
            out.append(
                QStringLiteral("%1 %2: %3 (%4 in %5, high %6 in %7)")
                    .arg(QString::fromLatin1(w->metaObject()->className()), w->objectName(), text)
                    .arg(metrics.horizontalAdvance(text))
                    .arg(room)
                    .arg(metrics.height())
                    .arg(w->height()));
    }
    return out;
}

/// Widgets a user can act on without an accessible name.
QStringList nameless(const QWidget &root)
{
    QStringList out;
    for (const QWidget *w : root.findChildren<QWidget *>()) {
        if (w->objectName().startsWith(QLatin1String("qt_"))
            || w->inherits("QComboBoxPrivateContainer"))
            continue;
        const bool input = qobject_cast<const QComboBox *>(w)
            || qobject_cast<const QAbstractSpinBox *>(w)
            || (qobject_cast<const QLineEdit *>(w)
                && !qobject_cast<const QAbstractSpinBox *>(w->parentWidget())
                && !qobject_cast<const QComboBox *>(w->parentWidget()));
        const auto *button = qobject_cast<const QAbstractButton *>(w);
        if (button
            && (!button->text().isEmpty() || w->inherits("QTableCornerButton")
                || w->parentWidget()->inherits("QLineEdit")
                || w->parentWidget()->inherits("QTabBar") || w->parentWidget()->inherits("QToolBar")
                || w->parentWidget()->inherits("QMenuBar")))
            continue;
        if ((input || button) && w->accessibleName().isEmpty()
            && (!button || button->toolTip().isEmpty()))
            out.append(QString::fromLatin1(w->metaObject()->className()) + QLatin1Char(' ')
                       + w->objectName() + QStringLiteral(" in ")
                       + QString::fromLatin1(w->parentWidget()->metaObject()->className()));
    }
    return out;
}

} // namespace

class TstWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void firstFrameIsFast()
    {
        WindowFixture f(fakeEngine(2));
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        qInfo("first frame after %.3f s", f.window->firstFrameSeconds());
        QVERIFY2(f.window->firstFrameSeconds() < (test::barsHold() ? 1.0 : 3.0),
                 "bar: 1 s on a quiet machine; 3 s allow for a busy one");
        QCOMPARE(f.window->page(), MainWindow::Welcome);
        QTRY_COMPARE(f.workbench->engine()->state(), app::EngineClient::State::ready);
    }

    void demoJourney()
    {
        WindowFixture f(fakeEngine(8));
        MainWindow &w = *f.window;
        w.resize(1600, 1000);
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        QTest::qWait(100);
        w.stalls()->reset();

        auto *demo = w.findChild<QPushButton *>(QStringLiteral("demoButton"));
        QVERIFY(demo && demo->isVisible());
        QTest::mouseClick(demo, Qt::LeftButton);
        QTRY_COMPARE(w.page(), MainWindow::Inspect);
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->hasActiveJobs(), 60000);
        views::WorkbenchDocument *document = f.workbench->document();
        QCOMPARE(document->runs().size(), std::size_t(1));
        QCOMPARE(int(document->runs()[0].state), int(JobState::succeeded));
        QTRY_VERIFY(document->artifacts().evaluations().size() >= 6);
        w.inspectPage()->flush();
        QCOMPARE(w.inspectPage()->map()->rows(), 8);

        // A table row, the map, the spin boxes and the arrow keys set one selection.
        views::SelectionContext *selection = f.workbench->selection();
        selection->setVariant(QStringLiteral("reference"));
        views::BimodalityModel *ranking = w.inspectPage()->ranking();
        QVERIFY(ranking->rowCount() > 100);
        const views::BimodalityRow third = ranking->row(3);
        w.inspectPage()->rankingView()->setCurrentIndex(ranking->index(3, 0));
        QCOMPARE(selection->current().layer, third.layer);
        QCOMPARE(selection->current().block, third.block);
        QCOMPARE(w.inspectPage()->map()->selectedCell().row, third.layer);
        QCOMPARE(w.inspectPage()->map()->selectedCell().column, third.block);
        for (QSpinBox *box : w.findChildren<QSpinBox *>()) {
            if (box->accessibleName() == QStringLiteral("Layer"))
                QCOMPARE(box->value(), third.layer);
            if (box->accessibleName() == QStringLiteral("Block"))
                QCOMPARE(box->value(), third.block);
        }
        selection->setCell(1, Site::t4, 7);
        w.inspectPage()->map()->setFocus();
        QTest::keyClick(w.inspectPage()->map(), Qt::Key_Right);
        QCOMPARE(selection->current().block, 8);
        QVERIFY(f.workbench->actions()->trigger(QStringLiteral("go.back")));
        QCOMPARE(selection->current().block, 7);

        w.setPage(MainWindow::Compare);
        w.comparePage()->setCurrentPanel(w.comparePage()->histogramPanel());
        QTRY_COMPARE(w.comparePage()->histograms().size(), std::size_t(6));
        QTRY_VERIFY(w.comparePage()->multiples()->mapRect(5).isValid());
        QVERIFY(w.comparePage()->multiples()->table().rows > 0);

        w.setPage(MainWindow::Evaluate);
        views::EvaluationModel *table = w.evaluatePage()->model();
        QTRY_VERIFY(table->rowCount() >= 6);
        w.evaluatePage()->copyAs(TableFormat::markdown);
        QVERIFY(QApplication::clipboard()->text().contains(QStringLiteral("| ")));
        w.evaluatePage()->copyAs(TableFormat::csv);
        QVERIFY(QApplication::clipboard()->text().count(QLatin1Char('\n')) >= 6);
        document->pinBaseline(QStringLiteral("gptq"));
        QTRY_COMPARE(table->table().baseline, QStringLiteral("gptq"));
        document->undoStack()->undo();
        QTRY_COMPARE(table->table().baseline, QStringLiteral("reference"));

        qInfo("%s", qPrintable(w.stalls()->summary()));
        QVERIFY(w.stalls()->beats() > 0);

        // Save, reopen, equal.
        const QString path = f.folder.filePath(QStringLiteral("demo.batlab.h5"));
        const QByteArray before = contents(document->snapshot());
        bool saved = false, ended = false;
        w.saveTo(path, [&](bool ok) {
            saved = ok;
            ended = true;
        });
        QTRY_VERIFY_WITH_TIMEOUT(ended, 30000);
        QVERIFY2(saved, qPrintable(w.banner()->text()));
        QVERIFY(!document->isModified());
        f.workbench->store()->newSession();
        QCOMPARE(w.page(), MainWindow::Welcome);
        w.openSession(path);
        QTRY_VERIFY_WITH_TIMEOUT(!document->isEmpty(), 30000);
        QCOMPARE(contents(document->snapshot()).size(), before.size());
        QCOMPARE(contents(document->snapshot()), before);
        QCOMPARE(document->runs().size(), std::size_t(1));
        QCOMPARE(document->path(), path);
        QCOMPARE(w.page(), MainWindow::Evaluate); // as it was saved
    }

    void stallsStayShortDuringTheJob()
    {
        WindowFixture f(fakeEngine(30, 0.001));
        MainWindow &w = *f.window;
        w.resize(1600, 1000);
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        w.startDemo();
        QTest::qWait(300); // the page switch is the user's click, not the job's work
        w.stalls()->reset();
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->hasActiveJobs(), 120000);
        qInfo("%s", qPrintable(w.stalls()->summary()));
        // Wall time depends on who else computes; our own work between two beats does not.
        QVERIFY2(w.stalls()->worstCpuMs() < 50, qPrintable(w.stalls()->summary()));
    }

    void killedEngineResumes()
    {
        // A real child process, really killed.
        pid_t child = -1;
        const auto make = [&child]() -> Result<std::unique_ptr<Engine>> {
            auto engine =
                RemoteEngine::start("\"" BATLAB_FAKE_SERVER "\" --layers 6 --step-seconds 0.01");
            if (!engine)
                return engine.error();
            child = (*engine)->pid();
            return std::unique_ptr<Engine>(std::move(*engine));
        };
        WindowFixture f(make);
        MainWindow &w = *f.window;
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        w.startDemo();
        QTRY_VERIFY_WITH_TIMEOUT(f.workbench->document()->artifacts().size() > 20, 30000);
        QVERIFY(child > 0);
        kill(child, SIGKILL);
        QTRY_VERIFY_WITH_TIMEOUT(w.banner()->isVisible(), 10000);
        QVERIFY2(w.banner()->text().contains(QStringLiteral("checkpoint kept")),
                 qPrintable(w.banner()->text()));
        QVERIFY(w.isVisible());
        QVERIFY(!f.workbench->hasActiveJobs());
        QCOMPARE(w.banner()->buttons().value(0), QStringLiteral("Restart and resume"));
        QTest::mouseClick(bannerButton(w, 0), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(f.workbench->document()->runs().at(0).state == JobState::succeeded,
                                 60000);
        QVERIFY(!w.banner()->isVisible());
        const std::lock_guard lock(f.notes->mutex);
        QCOMPARE(f.notes->requests.size(), std::size_t(2));
        QCOMPARE(f.notes->requests[0].spec.dump(), f.notes->requests[1].spec.dump());
        QCOMPARE(f.notes->requests[0].workspace, f.notes->requests[1].workspace);
        QVERIFY(!f.notes->requests[0].workspace.empty());
    }

    void realEngineKilledAndResumed()
    {
        const QString cli = qEnvironmentVariable("BATLAB_BIN_DIR") + QStringLiteral("/batlab-cli");
        if (!QFileInfo(cli).isExecutable())
            QSKIP("no batlab-cli in BATLAB_BIN_DIR: the window's journey with the real engine was "
                  "not made");
        if (!demoModelPath())
            QSKIP("no demo model: the window's journey with the real engine was not made");
        pid_t child = -1;
        WindowFixture f(test::realEngine(cli, child));
        MainWindow &w = *f.window;
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        const Json spec { { "model", "demo" },
                          { "evaluate", false },
                          { "calibration", { { "sequences", 1 }, { "length", 32 } } },
                          { "analysis", { { "sampleTokens", 16 } } },
                          { "variants",
                            Json::array({ { { "preset", "rtn" }, { "id", "rtn" } } }) } };
        const Result<QString> run = f.workbench->queueRun(spec, QStringLiteral("small"));
        QVERIFY2(run.ok(), run.ok() ? "" : run.error().message().c_str());
        QTRY_VERIFY_WITH_TIMEOUT(
            f.workbench->document()->artifacts().size() > 10 || w.banner()->isVisible(), 240000);
        QVERIFY2(!w.banner()->isVisible(), qPrintable(w.banner()->text()));
        kill(child, SIGKILL);
        QTRY_VERIFY_WITH_TIMEOUT(w.banner()->isVisible(), 20000);
        QVERIFY2(w.banner()->text().contains(QStringLiteral("checkpoint kept")),
                 qPrintable(w.banner()->text()));
        QTest::mouseClick(bannerButton(w, 0), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->hasActiveJobs()
                                     && f.workbench->document()->runs().at(0).state
                                         == JobState::succeeded,
                                 240000);
    }

    void noEngineIsSaidPolitely()
    {
        WindowFixture f([]() -> Result<std::unique_ptr<Engine>> {
            return Error { ErrorCode::notFound, "there is no engine", "here", "build one" };
        });
        QTRY_VERIFY(f.window->banner()->isVisible());
        QVERIFY(f.window->banner()->text().contains(QStringLiteral("build one")));
        f.window->startDemo();
        QTRY_VERIFY(!f.workbench->hasActiveJobs());
        QCOMPARE(int(f.workbench->document()->runs().at(0).state), int(JobState::failed));
    }

    void damagedSessionIsRefused()
    {
        WindowFixture f(fakeEngine(2));
        const QString path = f.folder.filePath(QStringLiteral("broken.batlab.h5"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("not HDF5 at all");
        file.close();
        f.window->openPath(path);
        QTRY_VERIFY(f.window->banner()->isVisible());
        QVERIFY2(f.window->banner()->text().contains(QStringLiteral("broken.batlab.h5")),
                 qPrintable(f.window->banner()->text()));
        QVERIFY(f.workbench->document()->isEmpty());
        f.window->openPath(f.folder.filePath(QStringLiteral("missing.gguf")));
        QVERIFY(f.window->banner()->text().contains(QStringLiteral("missing.gguf")));
    }

    void runFormQueuesWhatItShows()
    {
        WindowFixture f(fakeEngine(2));
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        QVERIFY(f.workbench->actions()->trigger(QStringLiteral("run.new")));
        views::RunDialog *dialog = f.window->runDialog();
        QVERIFY(dialog);
        QVERIFY(dialog->editorCount() > 30);
        views::FieldEditor *sequences = dialog->editor(QStringLiteral("calibration.sequences"));
        QVERIFY(sequences);
        auto *box = sequences->findChild<QSpinBox *>();
        QVERIFY(box);
        box->setValue(4);
        QTRY_VERIFY(!dialog->preflightText().isEmpty());
        QVERIFY2(nameless(*dialog).isEmpty(),
                 qPrintable(nameless(*dialog).join(QLatin1Char('\n'))));
        QPushButton *queue = nullptr;
        for (QPushButton *b : dialog->findChildren<QPushButton *>())
            queue = b->text() == QStringLiteral("Queue run") ? b : queue;
        QVERIFY(queue);
        QTRY_VERIFY2(queue->isEnabled(), qPrintable(dialog->preflightText()));
        QTest::mouseClick(queue, Qt::LeftButton);
        QTRY_COMPARE(f.workbench->document()->runs().size(), std::size_t(1));
        QCOMPARE(f.workbench->document()->runs()[0].spec["calibration"]["sequences"].get<int>(), 4);
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->hasActiveJobs(), 30000);
    }

    void stopKeepsTheCheckpoint()
    {
        WindowFixture f(fakeEngine(30, 0.02));
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        f.window->startDemo();
        QTRY_VERIFY(f.workbench->document()->artifacts().size() > 5);
        QElapsedTimer clock;
        clock.start();
        QVERIFY(f.workbench->actions()->trigger(QStringLiteral("run.stop")));
        QTRY_VERIFY(!f.workbench->hasActiveJobs());
        qInfo("stopped after %lld ms", static_cast<long long>(clock.elapsed()));
        QCOMPARE(int(f.workbench->document()->runs().at(0).state), int(JobState::cancelled));
        QVERIFY(
            f.workbench->document()->runs().at(0).note.contains(QStringLiteral("checkpoint kept")));
        QVERIFY(f.workbench->actions()->trigger(QStringLiteral("run.resume")));
        QTRY_VERIFY(f.workbench->hasActiveJobs());
        f.workbench->stopAll();
        QTRY_VERIFY(!f.workbench->hasActiveJobs());
    }

    void everyActionSpeaks()
    {
        WindowFixture f(fakeEngine(2));
        QSet<QKeySequence> keys;
        const std::vector<QAction *> actions = f.workbench->actions()->actions();
        QVERIFY(actions.size() > 30);
        for (const QAction *a : actions) {
            QVERIFY2(!a->text().isEmpty(), qPrintable(a->objectName()));
            QVERIFY2(!a->objectName().isEmpty(), qPrintable(a->text()));
            QVERIFY2(!a->toolTip().isEmpty(), qPrintable(a->objectName()));
            if (!a->shortcut().isEmpty()) {
                QVERIFY2(!keys.contains(a->shortcut()),
                         qPrintable(QStringLiteral("%1 is taken").arg(a->shortcut().toString())));
                keys.insert(a->shortcut());
            }
        }
        views::CommandPalette palette(
            f.workbench->actions(),
            { { QStringLiteral("Layer 12"), QStringLiteral("Go to"), {}, [] {} } });
        QCOMPARE(palette.matches(QStringLiteral("lay12")).front().title,
                 QStringLiteral("Layer 12"));
        QVERIFY(palette.matches(QStringLiteral("new run"))
                    .front()
                    .title.startsWith(QStringLiteral("New run")));
        QVERIFY(palette.matches(QStringLiteral("zzzz")).empty());
    }

    void textFitsAndInputsHaveNames()
    {
        WindowFixture f(fakeEngine(4));
        MainWindow &w = *f.window;
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        QStringList bad = clipped(w);
        w.startDemo();
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->hasActiveJobs(), 30000);
        QTest::qWait(300);
        for (const QSize size : { QSize(1600, 1000), QSize(1280, 800) }) {
            for (int page = MainWindow::Inspect; page < MainWindow::PageCount; ++page) {
                w.resize(size);
                w.setPage(static_cast<MainWindow::Page>(page));
                QTest::qWait(60);
                QVERIFY2(w.size() == size,
                         qPrintable(QStringLiteral("page %1 wants %2 x %3")
                                        .arg(page)
                                        .arg(w.width())
                                        .arg(w.height())));
                for (const QString &line : clipped(w))
                    bad.append(
                        QStringLiteral("%1 px, page %2: %3").arg(size.width()).arg(page).arg(line));
            }
        }
        QVERIFY2(bad.isEmpty(), qPrintable(bad.join(QLatin1Char('\n'))));
        const QStringList silent = nameless(w);
        QVERIFY2(silent.isEmpty(), qPrintable(silent.join(QLatin1Char('\n'))));
    }
};

QTEST_MAIN(TstWindow)
#include "tst_window.moc"
