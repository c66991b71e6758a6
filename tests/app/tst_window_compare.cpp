// SPDX-License-Identifier: Apache-2.0
// Other sessions and imported results in the real window (SYNTHETIC data).
#include "app/gui/comparison_files.h"
#include "tests/app/answers.h"
#include "tests/app/file_dialog.h"
#include "tests/app/session_steps.h"
#include "tests/support/fake_document.h"
#include "views/models/evaluation_model.h"
#include "views/models/text.h"
#include "views/panels/banner.h"
#include "views/panels/compare_page.h"
#include "views/panels/evaluate_page.h"
#include "views/panels/variant_chooser.h"
#include "views/plots/qcp.h"
#include "views/plots/small_multiples.h"

#include <QComboBox>
#include <QDir>
#include <QMenu>
#include <QMenuBar>
#include <QPointer>
#include <QTest>

using namespace batlab;
using batlab::app::MainWindow;
using batlab::test::put;

class TstWindowCompare : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sessionsAndResults()
    {
        test::WindowFixture f(test::fakeEngine(4));
        MainWindow &w = *f.window;
        views::WorkbenchDocument *document = f.workbench->document();
        const QString path = f.folder.filePath(QStringLiteral("other.batlab.h5"));
        document->addArtifacts(test::demoArtifacts(4));
        const std::size_t own = document->artifacts().variants().size();
        QVERIFY(test::saveAndWait(w, path));

        // The same file beside itself: every variant twice, in both pages.
        w.comparisonFiles()->addSession(path);
        QTRY_COMPARE_WITH_TIMEOUT(document->artifacts().variants().size(), 2 * own, 20000);
        QCOMPARE(document->guests().front().name, QStringLiteral("other"));
        w.setPage(MainWindow::Compare);
        QTRY_VERIFY_WITH_TIMEOUT(!w.comparePage()->isWaiting(), 20000);
        QCOMPARE(w.comparePage()->chooser()->shown().size(), 2 * own);
        QCOMPARE(w.comparePage()->pairedTable().rows.size(), 2 * (own - 1) - 1);
        QCOMPARE(w.comparePage()->multiples()->table().columns.size(), 2 + 2 * int(own));
        w.setPage(MainWindow::Evaluate);
        QTRY_VERIFY_WITH_TIMEOUT(w.evaluatePage()->isSettled(), 20000);
        QCOMPARE(w.evaluatePage()->model()->rowCount(), 2 * int(own));
        // A guest's recovery is of its own full-precision model: the same numbers.
        const views::EvaluationTable &table = w.evaluatePage()->model()->table();
        const int mine = w.evaluatePage()->model()->find(QStringLiteral("bat")),
                  theirs = w.evaluatePage()->model()->find(QStringLiteral("other:bat"));
        QVERIFY(mine >= 0 && theirs >= 0);
        QCOMPARE(table.rows[std::size_t(mine)].recovery, table.rows[std::size_t(theirs)].recovery);
        bool inBaseline = false;
        for (const QComboBox *box : w.findChildren<QComboBox *>())
            inBaseline = inBaseline || box->findData(QStringLiteral("other:bat")) >= 0;
        QVERIFY(inBaseline);

        // A hostile results file: the banner says what and where, nothing changes.
        const QString results = f.folder.filePath(QStringLiteral("results_1.json"));
        put(results, "{\"results\": 7}");
        w.comparisonFiles()->importResults({ results });
        QTRY_VERIFY(w.banner()->isVisible());
        QCOMPARE(document->imports().size(), std::size_t(0));
        put(results,
            "{\"model_name\": \"m\", \"results\": {\"piqa\": {\"acc,none\": 0.7, "
            "\"acc_stderr,none\": 0.01}}}");
        w.comparisonFiles()->importResults({ results });
        QTRY_COMPARE(document->imports().size(), std::size_t(1));

        // Saved and opened again: both come back, the session is as saved.
        const QString again = f.folder.filePath(QStringLiteral("again.batlab.h5"));
        QVERIFY(test::saveAndWait(w, again));
        w.openSession(again);
        QTRY_COMPARE_WITH_TIMEOUT(document->path(), again, 20000);
        QTRY_COMPARE_WITH_TIMEOUT(document->guests().size(), std::size_t(1), 20000);
        QTRY_COMPARE_WITH_TIMEOUT(document->imports().size(), std::size_t(1), 20000);
        QTRY_VERIFY(!w.comparisonFiles()->isBusy());
        QCOMPARE(document->artifacts().variants().size(), 2 * own);
        QVERIFY(!document->isModified());
        document->removeGuest(QStringLiteral("other"));
        QCOMPARE(document->artifacts().variants().size(), own);

        // A file that is no session.
        w.comparisonFiles()->addSession(results);
        QTRY_VERIFY(w.banner()->isVisible());
        QVERIFY(document->guests().empty());
    }

    /// File > Import lm-eval results…: a dialog, and the numbers stand in the recovery table.
    void resultsAreImportedThroughTheMenu()
    {
        test::WindowFixture f(test::fakeEngine(4));
        MainWindow &w = *f.window;
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        views::WorkbenchDocument *document = f.workbench->document();
        document->addArtifacts(test::demoArtifacts(4));
        w.setPage(MainWindow::Evaluate);
        QTRY_VERIFY_WITH_TIMEOUT(w.evaluatePage()->isSettled(), 20000);
        const int before = w.evaluatePage()->model()->rowCount();
        const QString path = f.folder.filePath(QStringLiteral("results_2026.json"));
        put(path,
            "{\"model_name\": \"rival\", \"results\": {\"piqa\": {\"acc,none\": 0.71, "
            "\"acc_stderr,none\": 0.012}}}");
        QAction *import = f.workbench->actions()->action(QStringLiteral("file.importResults"));
        bool inMenu = false;
        for (QAction *menu : w.menuBar()->actions())
            inMenu = inMenu || menu->menu()->actions().contains(import);
        QVERIFY(inMenu && import->isEnabled());
        test::answerFileDialog(path);
        import->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(document->imports().size(), std::size_t(1), 20000);
        QTRY_VERIFY_WITH_TIMEOUT(w.evaluatePage()->isSettled(), 20000);
        const views::EvaluationModel &model = *w.evaluatePage()->model();
        QCOMPARE(model.rowCount(), before + 1);
        QString shown;
        for (int row = 0; row < model.rowCount(); ++row)
            for (int column = 0; column < model.columnCount(); ++column)
                shown += model.index(row, column).data().toString() + QLatin1Char('|');
        QVERIFY2(shown.contains(QStringLiteral("rival")), qPrintable(shown));
        QVERIFY2(shown.contains(QStringLiteral("71.0")), qPrintable(shown));
        QVERIFY(document->isModified());
        QVERIFY(!w.banner()->isVisible());
    }

    /// A folder of them: one row a file, in order; what is no results file is told of and keeps
    /// nothing else out; the reference comes back with the session.
    void aFolderOfResultsKeepsItsReference()
    {
        test::WindowFixture f(test::fakeEngine(4));
        MainWindow &w = *f.window;
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        views::WorkbenchDocument *document = f.workbench->document();
        document->addArtifacts(test::demoArtifacts(4));
        const QString folder = f.folder.filePath(QStringLiteral("lm"));
        for (const char *model : { "a", "b", "c" }) {
            QDir().mkpath(folder + QLatin1Char('/') + QLatin1String(model));
            put(folder + QLatin1Char('/') + QLatin1String(model)
                    + QStringLiteral("/results_2026.json"),
                QByteArray("{\"model_name\": \"same\", \"results\": {\"piqa\": {\"acc,none\": 0.")
                    + QByteArray::number(5 + model[0] - 'a') + "}}}");
        }
        QAction *import =
            f.workbench->actions()->action(QStringLiteral("file.importResultsFolder"));
        QVERIFY(import && import->isEnabled());
        test::answerFileDialog(folder);
        import->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(document->imports().size(), std::size_t(3), 20000);
        QCOMPARE(document->imports()[2].model, std::string("same (3)"));
        const QString bad = f.folder.filePath(QStringLiteral("results_bad.json")),
                      good = f.folder.filePath(QStringLiteral("results_good.json"));
        put(bad, "[]");
        put(good, "{\"model_name\": \"good\", \"results\": {\"piqa\": {\"acc,none\": 0.5}}}");
        w.comparisonFiles()->importResults({ bad, good });
        QTRY_COMPARE_WITH_TIMEOUT(document->imports().size(), std::size_t(4), 20000);
        QVERIFY(w.banner()->isVisible());
        const QString chosen = views::qs(document->imports()[1].id);
        document->setImportReference(chosen);
        const QString path = f.folder.filePath(QStringLiteral("with.batlab.h5"));
        QVERIFY(test::saveAndWait(w, path));
        f.workbench->store()->newSession();
        QVERIFY(document->importReference().isEmpty());
        w.openSession(path);
        QTRY_COMPARE_WITH_TIMEOUT(document->imports().size(), std::size_t(4), 20000);
        QCOMPARE(document->importReference(), chosen);
        QCOMPARE(views::qs(document->imports()[1].id), chosen);
        QVERIFY(!document->isModified());
    }

    /// Files beside a session are found where both are now; of those that are gone the session has
    /// values and samples itself, under the names by which they are pinned.
    void importedResultsTravelWithTheSession()
    {
        test::WindowFixture f(test::fakeEngine(4));
        MainWindow &w = *f.window;
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        views::WorkbenchDocument *document = f.workbench->document();
        document->addArtifacts(test::demoArtifacts(4));
        const QString home = f.folder.filePath(QStringLiteral("home")),
                      there = f.folder.filePath(QStringLiteral("there")),
                      results = QStringLiteral("/lm/results_b.json"),
                      name = QStringLiteral("/s.batlab.h5");
        QVERIFY(QDir().mkpath(home + QStringLiteral("/lm")) && QDir().mkpath(there));
        put(home + QStringLiteral("/lm/results_a.json"),
            "{\"model_name\": \"a\", \"results\": {\"piqa\": {\"acc,none\": 0.5}}}");
        put(home + QStringLiteral("/lm/samples_piqa_a.jsonl"),
            "{\"doc_id\": 3, \"acc\": 1.0, \"target\": 0, \"arguments\": [[\"Why?\", \" yes\"], "
            "[\"Why?\", \" no\"]], \"filtered_resps\": [[\"-1.5\", \"True\"], [\"-2.5\", "
            "\"False\"]]}\n");
        put(home + results,
            "{\"model_name\": \"b\", \"results\": {\"piqa\": {\"acc,none\": 0.25}}}");
        w.comparisonFiles()->importResults({ home + QStringLiteral("/lm") });
        QTRY_COMPARE_WITH_TIMEOUT(document->imports().size(), std::size_t(2), 20000);
        const std::string chosen = document->imports()[1].id;
        document->setImportReference(views::qs(chosen));
        QVERIFY(test::saveAndWait(w, home + name));
        QVERIFY(QFile::copy(home + name, there + name));
        const auto reopen = [&] {
            f.workbench->store()->newSession();
            w.openSession(there + name);
            QTRY_COMPARE_WITH_TIMEOUT(document->imports().size(), std::size_t(2), 20000);
            QTRY_VERIFY(!w.comparisonFiles()->isBusy());
            QCOMPARE(document->imports()[1].id, chosen);
            QCOMPARE(document->importReference(), views::qs(chosen));
            QVERIFY(!document->isModified());
            QVERIFY2(!w.banner()->isVisible(), qPrintable(w.banner()->text()));
        };

        // Those of the session's own files, while they are there.
        QVERIFY(QDir().mkpath(there + QStringLiteral("/lm")));
        put(there + results,
            "{\"model_name\": \"b\", \"results\": {\"piqa\": {\"acc,none\": 0.75}}}");
        reopen();
        QCOMPARE(document->imports()[1].path, home + results);
        QCOMPARE(document->imports()[1].tasks.front().value, 0.25);
        QVERIFY(QDir(there + QStringLiteral("/lm")).removeRecursively());

        QVERIFY(QDir().rename(home + QStringLiteral("/lm"), there + QStringLiteral("/lm")));
        put(there + results,
            "{\"model_name\": \"b\", \"results\": {\"piqa\": {\"acc,none\": 0.75}}}");
        reopen();
        QCOMPARE(document->imports()[1].path, there + results);
        QCOMPARE(document->imports()[1].tasks.front().value, 0.75); // the file's own
        // Another file at the place from which they came is not taken for them.
        QVERIFY(QDir().mkpath(home + QStringLiteral("/lm")));
        put(home + results,
            "{\"model_name\": \"b\", \"results\": {\"piqa\": {\"acc,none\": 0.5}}}");
        w.comparisonFiles()->importResults({ home + results });
        QTRY_COMPARE_WITH_TIMEOUT(document->imports().size(), std::size_t(3), 20000);
        QVERIFY(document->imports()[2].id != chosen);
        QCOMPARE(document->imports()[1].id, chosen);
        QVERIFY(QDir(home + QStringLiteral("/lm")).removeRecursively());

        QVERIFY(QDir(there + QStringLiteral("/lm")).removeRecursively());
        reopen();
        QCOMPARE(document->imports()[0].model, std::string("a"));
        QCOMPARE(document->imports()[1].tasks.front().value, 0.25);
        const views::ImportedTask &task = document->imports()[0].tasks.front();
        QCOMPARE(task.items.size(), std::size_t(1));
        QCOMPARE(task.items.front().prompt, std::string("Why?"));
        QCOMPARE(task.items.front().margin(), 1.0);
        QVERIFY(task.higherIsBetter);
        // Saved once more it still has them.
        QVERIFY(test::saveAndWait(w, there + name));
        reopen();
        QCOMPARE(document->imports()[1].tasks.front().value, 0.25);
    }

    /// Of an earlier version, without values: a file that cannot be read today may be there
    /// tomorrow.
    void aFileThatIsGoneStaysNamed()
    {
        test::WindowFixture f(test::fakeEngine(4));
        MainWindow &w = *f.window;
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        views::WorkbenchDocument *document = f.workbench->document();
        const QString results = f.folder.filePath(QStringLiteral("results_gone.json")),
                      session = f.folder.filePath(QStringLiteral("gone.batlab.h5")),
                      takeOut = QStringLiteral("Take it out of the session");
        views::DocumentSnapshot snapshot;
        snapshot.artifacts = test::demoArtifacts(4);
        snapshot.viewState = { { "importedResults", Json::array({ views::ss(results) }) },
                               { "comparedSessions", Json::array({ views::ss(session) }) } };
        document->reset(snapshot, {});
        const auto isNamed = [document](const char *key) {
            return document->snapshot().viewState.contains(key);
        };
        QTRY_VERIFY_WITH_TIMEOUT(w.banner()->text().contains(results), 20000);
        QTRY_VERIFY(!w.comparisonFiles()->isBusy());
        QVERIFY(isNamed("importedResults") && isNamed("comparedSessions"));
        QVERIFY(!document->isModified());
        test::press(*w.banner(), takeOut);
        QVERIFY(!isNamed("importedResults") && isNamed("comparedSessions"));
        QVERIFY(document->isModified());
        QVERIFY(w.banner()->isVisible() && w.banner()->text().contains(session));
        test::press(*w.banner(), takeOut);
        QVERIFY(!isNamed("comparedSessions") && !w.banner()->isVisible());
    }

    /// A cell of another session's variant leads to that session's window, once.
    void blocksOfOtherSessionsOpenTheirWindow()
    {
        test::WindowsFixture f(test::fakeEngine(4));
        app::Windows &windows = f.windows;
        const QTemporaryDir &folder = f.folder;
        MainWindow &w = f.first;
        w.show();
        views::WorkbenchDocument *document = w.workbench()->document();
        document->addArtifacts(test::demoArtifacts(4));
        const QString path = folder.filePath(QStringLiteral("other.batlab.h5")),
                      own = folder.filePath(QStringLiteral("own.batlab.h5"));
        QVERIFY(test::saveAndWait(w, path));
        QVERIFY(test::saveAndWait(w, own));
        w.workbench()->store()->newSession();
        w.openSession(own);
        QTRY_COMPARE_WITH_TIMEOUT(document->path(), own, 20000);
        w.comparisonFiles()->addSession(path);
        QTRY_COMPARE_WITH_TIMEOUT(document->guests().size(), std::size_t(1), 20000);
        w.setPage(MainWindow::Compare);
        QTRY_VERIFY_WITH_TIMEOUT(!w.comparePage()->isWaiting(), 20000);
        views::Selection at;
        at.variant = QStringLiteral("gptq");
        at.layer = 2;
        at.site = Site::t3;
        at.block = 7;
        w.workbench()->selection()->set(at);
        const auto inspect = [&w] {
            return w.workbench()->actions()->trigger(QStringLiteral("go.inspect"));
        };
        QVERIFY(inspect()); // its own: here
        QCOMPARE(int(w.page()), int(MainWindow::Inspect));
        QCOMPARE(windows.count(), std::size_t(1));

        w.setPage(MainWindow::Compare);
        plots::SmallMultiplesHeatmap *maps = w.comparePage()->multiples();
        const QString theirs = QStringLiteral("other:bat");
        const int count = int(maps->table().columns.size()) - 2;
        for (int i = 0; i < count && w.workbench()->selection()->current().variant != theirs; ++i) {
            QTRY_VERIFY_WITH_TIMEOUT(!w.comparePage()->isWaiting(), 20000);
            maps->plot()->replot(); // each has its place
            QTest::mouseClick(maps->plot(), Qt::LeftButton, {}, maps->mapRect(i).center());
        }
        QCOMPARE(w.workbench()->selection()->current().variant, theirs);
        QTest::keyClick(maps, Qt::Key_Up); // stays in the map that was clicked
        at = w.workbench()->selection()->current();
        QCOMPARE(at.variant, theirs);
        QTest::keyClick(maps, Qt::Key_Return);
        QCOMPARE(int(w.page()), int(MainWindow::Compare)); // this window stays where it is
        QCOMPARE(windows.count(), std::size_t(2));
        MainWindow &there = *windows.at(1);
        there.setAskOnClose(false);
        QTRY_COMPARE_WITH_TIMEOUT(there.workbench()->document()->path(), path, 20000);
        const views::SelectionContext *selection = there.workbench()->selection();
        QTRY_COMPARE_WITH_TIMEOUT(selection->current().variant, QStringLiteral("bat"), 20000);
        QCOMPARE(selection->current().layer, at.layer);
        QCOMPARE(selection->current().site, at.site);
        QCOMPARE(selection->current().block, at.block);
        QTRY_COMPARE(int(there.page()), int(MainWindow::Inspect));

        // The same window again, at the new place.
        at.layer = 3;
        at.site = Site::t1;
        at.block = 2;
        w.workbench()->selection()->set(at);
        QVERIFY(inspect());
        QCOMPARE(windows.count(), std::size_t(2));
        QCOMPARE(w.workbench()->selection()->current().layer, 3);
        QTRY_COMPARE(selection->current().layer, 3);
        QCOMPARE(selection->current().site, Site::t1);
        QCOMPARE(selection->current().block, 2);

        // The first window goes like any other, while the second stays.
        const QPointer<MainWindow> first(&w);
        w.close();
        QCOMPARE(windows.count(), std::size_t(1));
        QCOMPARE(windows.at(0), &there);
        QTRY_VERIFY(first.isNull());
    }
};

QTEST_MAIN(TstWindowCompare)
#include "tst_window_compare.moc"
