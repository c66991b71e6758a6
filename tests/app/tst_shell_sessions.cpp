// SPDX-License-Identifier: Apache-2.0
// Sessions in the window: view, notes, report, locks, recovery, moved models, links, bad input.
#include "app/gui/log_file.h"
#include "app/gui/settings_dialog.h"
#include "app/gui/shell.h"
#include "app/gui/shortcut_editor.h"
#include "tests/app/file_dialog.h"
#include "tests/app/session_steps.h"
#include "tests/support/bars.h"
#include "views/models/deep_link.h"
#include "views/models/text.h"
#include "views/models/what_if_model.h"
#include "views/panels/ablate_page.h"
#include "views/panels/banner.h"
#include "views/panels/command_palette.h"
#include "views/panels/help_viewer.h"
#include "views/panels/inspect_page.h"
#include "views/panels/jobs_panel.h"
#include "views/panels/notes_panel.h"
#include "views/panels/run_dialog.h"
#include "views/panels/sweep_panel.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QTest>
#include <QUndoStack>

using namespace batlab;
using batlab::app::MainWindow;
using batlab::test::fakeEngine;
using batlab::test::runDemo;
using batlab::test::saveAndWait;
using batlab::test::WindowFixture;

class TstShellSessions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void notesAndBookmarksAreKeptAndUndone()
    {
        WindowFixture f(fakeEngine(4));
        MainWindow &w = *f.window;
        runDemo(f);
        views::WorkbenchDocument *document = f.workbench->document();
        f.workbench->selection()->setCell(2, Site::t4, 11);
        plots::HeatmapPlot *map = w.inspectPage()->map();
        const std::vector<double> seen { 4.5, 20.5, 0.5, 2.5 };
        map->restoreLimits(seen);
        QTRY_COMPARE(map->limitValues(), seen);
        QVERIFY(f.workbench->actions()->trigger(QStringLiteral("edit.bookmark")));
        QCOMPARE(document->annotations()->rowCount(), 1);
        document->annotations()->setText(0, QStringLiteral("hot"));
        document->undoStack()->undo();
        QCOMPARE(document->annotations()->at(0).text, QString());
        document->undoStack()->redo();
        document->setNotes(QStringLiteral("# What was seen"));
        const QString path = f.folder.filePath(QStringLiteral("notes.batlab.h5"));
        QVERIFY(saveAndWait(w, path));
        f.workbench->store()->newSession();
        QCOMPARE(document->annotations()->rowCount(), 0);
        w.openSession(path);
        QTRY_COMPARE_WITH_TIMEOUT(document->annotations()->rowCount(), 1, 30000);
        QCOMPARE(document->annotations()->at(0).text, QStringLiteral("hot"));
        QCOMPARE(document->annotations()->at(0).place.block, 11);
        QCOMPARE(document->notes(), QStringLiteral("# What was seen"));
        QVERIFY(!document->isModified());
        // The bookmark brings back what was seen of the map.
        map->restoreLimits({});
        f.workbench->selection()->setCell(1, Site::t1, 0);
        w.setPage(MainWindow::Compare);
        auto *table = w.shell()->notes()->findChild<QTableView *>();
        table->setCurrentIndex(table->model()->index(0, 0));
        Q_EMIT table->doubleClicked(table->currentIndex());
        QCOMPARE(int(w.page()), int(MainWindow::Inspect));
        QCOMPARE(f.workbench->selection()->current().block, 11);
        QTRY_COMPARE(map->limitValues(), seen);
    }

    void reportStandsAlone()
    {
        WindowFixture f(fakeEngine(4));
        MainWindow &w = *f.window;
        runDemo(f);
        f.workbench->document()->setNotes(QStringLiteral("A *note* & more"));
        const QString path = f.folder.filePath(QStringLiteral("report.html"));
        bool written = false, ended = false;
        w.stalls()->reset();
        w.shell()->writeReport(path, [&](bool ok) {
            written = ok;
            ended = true;
        });
        QTRY_VERIFY_WITH_TIMEOUT(ended, 60000);
        QVERIFY(written);
        qInfo("%s", qPrintable(w.stalls()->summary()));
        QVERIFY2(w.stalls()->worstCpuMs() < (test::barsHold() ? app::StallMonitor::kLimitMs : 90),
                 qPrintable(w.stalls()->summary()));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString html = QString::fromUtf8(file.readAll());
        QVERIFY(html.count(QStringLiteral("data:image/png;base64,")) >= 8);
        for (const char *outside : { "http://", "https://", "src=\"/", "<script", "<link" })
            QVERIFY2(!html.contains(QLatin1String(outside)), outside);
        for (const char *part : { "Recovery", "Provenance", "Spec hash", "note</span>",
                                  "&amp; more", "r0001", "variants:" })
            QVERIFY2(html.contains(QLatin1String(part)), part);
        if (const QString keep = qEnvironmentVariable("BATLAB_KEEP_REPORT"); !keep.isEmpty())
            QFile::copy(path, keep);
        ended = false;
        w.shell()->writeReport(f.folder.filePath(QStringLiteral("no/such/folder/r.html")),
                               [&](bool ok) {
                                   written = ok;
                                   ended = true;
                               });
        QTRY_VERIFY_WITH_TIMEOUT(ended, 60000);
        QVERIFY(!written && w.banner()->isVisible());
    }

    void secondWindowReadsOnly()
    {
        WindowFixture f(fakeEngine(3)), g(fakeEngine(3));
        runDemo(f);
        const QString path = f.folder.filePath(QStringLiteral("shared.batlab.h5"));
        QVERIFY(saveAndWait(*f.window, path));
        g.window->openSession(path);
        QTRY_VERIFY_WITH_TIMEOUT(g.window->banner()->isVisible(), 30000);
        QVERIFY2(g.window->banner()->text().contains(QStringLiteral("read-only")),
                 qPrintable(g.window->banner()->text()));
        QVERIFY(!g.workbench->document()->isEmpty());
        QVERIFY(!saveAndWait(*g.window, path)); // refused, and said
        QVERIFY(saveAndWait(*g.window, f.folder.filePath(QStringLiteral("mine.batlab.h5"))));
        QVERIFY(g.workbench->store()->readOnlyReason().isEmpty());
        QVERIFY(saveAndWait(*f.window, path)); // the first one still may
    }

    void recoveryOffersThreeWays()
    {
        const auto leave = [](WindowFixture &f, const QString &saved) {
            // What a crash leaves: a recovery copy of a process that is gone.
            QString copy;
            f.workbench->document()->addArtifacts(
                { std::make_shared<const Artifact>(SampleTokens { { 9 }, { "unsaved" } }) });
            QSignalSpy spy(f.workbench->store(), &app::SessionStore::autosaved);
            f.workbench->store()->autosaveNow();
            [&] { QTRY_COMPARE_WITH_TIMEOUT(spy.size(), 1, 20000); }();
            const QString from = spy.value(0).value(0).toString();
            copy = f.workbench->store()->dataFolder()
                + QStringLiteral("/recovery/left.999999999.batlab.h5");
            QVERIFY(QFile::rename(from, copy));
            QFile::remove(from + QStringLiteral(".origin"));
            QFile note(copy + QStringLiteral(".origin"));
            QVERIFY(note.open(QIODevice::WriteOnly));
            note.write(saved.toUtf8());
        };
        WindowFixture f(fakeEngine(3));
        runDemo(f);
        const QString saved = f.folder.filePath(QStringLiteral("mine.batlab.h5"));
        QVERIFY(saveAndWait(*f.window, saved));
        leave(f, saved);
        const std::vector<app::Leftover> left = f.workbench->store()->leftovers();
        QCOMPARE(left.size(), std::size_t(1));
        QCOMPARE(left[0].origin, saved);
        f.workbench->store()->newSession();
        bool opened = false;
        f.workbench->store()->recover(left[0], [&](const Result<void> &r) { opened = r.ok(); });
        QTRY_VERIFY_WITH_TIMEOUT(opened, 30000);
        QCOMPARE(f.workbench->document()->path(), saved);
        QVERIFY(f.workbench->document()->isModified());
        QVERIFY(f.workbench->document()->artifacts().sampleTokens());
        QVERIFY(f.workbench->store()->leftovers().empty()); // no other window takes it as well
        QVERIFY(QFileInfo::exists(left[0].file));
        QVERIFY(saveAndWait(*f.window, saved));
        QVERIFY(!QFileInfo::exists(left[0].file));
        QVERIFY(f.workbench->store()->leftovers().empty()); // saved, so not offered again
    }

    void missingModelIsLocatedByItsHash()
    {
        WindowFixture f(fakeEngine(3));
        runDemo(f);
        views::WorkbenchDocument *document = f.workbench->document();
        views::RunEntry run = document->runs()[0];
        run.spec["model"] = "/no/such/model.gguf";
        document->putRun(run);
        const QString path = f.folder.filePath(QStringLiteral("moved.batlab.h5"));
        QVERIFY(saveAndWait(*f.window, path));
        f.window->openSession(path);
        QTRY_VERIFY_WITH_TIMEOUT(f.window->banner()->isVisible(), 30000);
        QVERIFY(f.window->banner()->text().contains(QStringLiteral("/no/such/model.gguf")));
        QCOMPARE(f.window->banner()->buttons(), QStringList { QStringLiteral("Locate…") });
        document->replaceModel(QStringLiteral("/no/such/model.gguf"), QStringLiteral("/else.gguf"));
        QCOMPARE(document->models(), QStringList { QStringLiteral("/else.gguf") });
        document->undoStack()->undo();
        QCOMPARE(document->models(), QStringList { QStringLiteral("/no/such/model.gguf") });
    }

    /// Banner, Locate…, a dialog: the runs read the model where it is now, if it is the same one.
    void movedModelIsRelinkedThroughTheWindow()
    {
        WindowFixture f(fakeEngine(3));
        runDemo(f);
        views::WorkbenchDocument *document = f.workbench->document();
        views::RunEntry run = document->runs()[0];
        const QString before = QStringLiteral("/no/such/model.gguf");
        run.spec["model"] = views::ss(before);
        document->putRun(run);
        const QString path = f.folder.filePath(QStringLiteral("moved.batlab.h5"));
        QVERIFY(saveAndWait(*f.window, path));
        f.window->openSession(path);
        views::Banner &banner = *f.window->banner();
        QTRY_VERIFY_WITH_TIMEOUT(banner.isVisible(), 30000);
        const QString there = f.folder.filePath(QStringLiteral("moved-here.gguf"));
        QFile file(there);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("GGUF") == 4);
        file.close();
        const auto locate = [&] {
            test::answerFileDialog(there);
            QTest::mouseClick(banner.findChildren<QPushButton *>().value(0), Qt::LeftButton);
        };
        // Other weights, by their hash: refused, and both hashes are said.
        ModelSummary other = *document->artifacts().model();
        other.contentHash = other.quickHash = "0123456789abcdef";
        document->addArtifacts({ std::make_shared<const Artifact>(other) });
        locate();
        QTRY_VERIFY_WITH_TIMEOUT(banner.text().contains(QStringLiteral("other weights")), 20000);
        QVERIFY(banner.text().contains(QStringLiteral("0123456789ab")));
        QCOMPARE(document->models(), QStringList { before });
        // The same weights with another tokenizer, and without one.
        f.window->openSession(path);
        QTRY_VERIFY_WITH_TIMEOUT(banner.buttons().contains(QStringLiteral("Locate…")), 30000);
        other = *document->artifacts().model();
        other.tokenizerHash = "fedcba9876543210";
        document->addArtifacts({ std::make_shared<const Artifact>(other) });
        locate();
        QTRY_VERIFY_WITH_TIMEOUT(banner.text().contains(QStringLiteral("another tokenizer")),
                                 20000);
        QVERIFY(banner.text().contains(QStringLiteral("fedcba987654")));
        QCOMPARE(document->models(), QStringList { before });
        // The same weights in another place.
        f.window->openSession(path);
        QTRY_VERIFY_WITH_TIMEOUT(banner.buttons().contains(QStringLiteral("Locate…")), 30000);
        locate();
        QTRY_VERIFY2_WITH_TIMEOUT(document->models() == QStringList { there },
                                  qPrintable(banner.text()), 20000);
        QTRY_VERIFY(banner.text().contains(QStringLiteral("Same weights")));
        document->undoStack()->undo();
        QCOMPARE(document->models(), QStringList { before });
    }

    void badInputIsSaidWhereOneLooks()
    {
        WindowFixture f(fakeEngine(3));
        MainWindow &w = *f.window;
        runDemo(f);
        const std::size_t before = f.workbench->document()->artifacts().size();
        const auto refused = [&](const QString &path, const QString &word) {
            w.banner()->hide();
            w.openPath(path);
            [&] { QTRY_VERIFY_WITH_TIMEOUT(w.banner()->isVisible(), 20000); }();
            QVERIFY2(w.banner()->text().contains(word), qPrintable(w.banner()->text()));
            QCOMPARE(f.workbench->document()->artifacts().size(), before); // nothing is lost
        };
        const QString text = f.folder.filePath(QStringLiteral("paper.pdf"));
        QFile file(text);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("%PDF-1.7");
        file.close();
        refused(text, QStringLiteral("neither a session"));
        refused(f.folder.path(), QStringLiteral("neither a session"));
        refused(QStringLiteral("batlab://open?layer=many"), QStringLiteral("no index"));
        // A truncated session.
        const QString whole = f.folder.filePath(QStringLiteral("whole.batlab.h5"));
        QVERIFY(saveAndWait(w, whole));
        const QString half = f.folder.filePath(QStringLiteral("half.batlab.h5"));
        QVERIFY(QFile::copy(whole, half));
        QFile cut(half);
        QVERIFY(cut.resize(QFileInfo(whole).size() / 2));
        refused(half, QStringLiteral("half.batlab.h5"));
        // A run spec with a mistake.
        const QString yaml = f.folder.filePath(QStringLiteral("wrong.yaml"));
        QFile spec(yaml);
        QVERIFY(spec.open(QIODevice::WriteOnly));
        spec.write("model: demo\nvariants: 5\n");
        spec.close();
        refused(yaml, QStringLiteral("wrong.yaml"));
        if (w.runDialog())
            w.runDialog()->close();
        // No room, or no right, to save: the session stays as it is, unsaved.
        f.workbench->document()->setNotes(QStringLiteral("x"));
        w.banner()->hide();
        QVERIFY(!saveAndWait(w, text + QStringLiteral("/inside/a/file.batlab.h5")));
        QVERIFY(w.banner()->isVisible());
        QVERIFY(f.workbench->document()->isModified());
        QCOMPARE(f.workbench->document()->path(), whole);
        // Dropped on the window.
        QMimeData mime;
        mime.setUrls({ QUrl::fromLocalFile(text) });
        w.banner()->hide();
        QDragEnterEvent enter(QPoint(10, 10), Qt::CopyAction, &mime, Qt::LeftButton,
                              Qt::NoModifier);
        QCoreApplication::sendEvent(&w, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&w, &drop);
        QTRY_VERIFY(w.banner()->isVisible());
    }

    void linksLeadBack()
    {
        WindowFixture f(fakeEngine(6));
        runDemo(f);
        views::SelectionContext *selection = f.workbench->selection();
        selection->setVariant(QStringLiteral("bat"));
        selection->setCell(4, Site::t4, 21);
        QVERIFY(f.workbench->actions()->trigger(QStringLiteral("edit.copyLink")));
        const QString link = QApplication::clipboard()->text();
        QVERIFY2(link.startsWith(QStringLiteral("batlab://open?")), qPrintable(link));
        selection->setVariant(QStringLiteral("rtn"));
        selection->setCell(0, Site::t1, 0);
        f.window->openPath(link);
        QCOMPARE(selection->current().layer, 4);
        QCOMPARE(selection->current().block, 21);
        QCOMPARE(selection->current().variant, QStringLiteral("bat"));
        f.window->shell()->openLink(QStringLiteral("2/T2/7"));
        QCOMPARE(selection->current().layer, 2);
        QCOMPARE(selection->current().site, Site::t2);
        QCOMPARE(selection->current().block, 7);

        // A place in a session that is on its way waits for it, and for the view it brings.
        const QString path = f.folder.filePath(QStringLiteral("linked.batlab.h5"));
        QVERIFY(saveAndWait(*f.window, path));
        f.workbench->store()->newSession();
        f.window->openPath(path);
        QVERIFY(f.workbench->store()->isOpening());
        f.window->shell()->openLink(QStringLiteral("5/T1/3"));
        QTRY_COMPARE_WITH_TIMEOUT(f.workbench->document()->path(), path, 30000);
        QTRY_COMPARE(selection->current().layer, 5);
        QCOMPARE(selection->current().site, Site::t1);
        QCOMPARE(selection->current().block, 3);
    }
};

QTEST_MAIN(TstShellSessions)
#include "tst_shell_sessions.moc"
