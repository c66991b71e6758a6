// SPDX-License-Identifier: Apache-2.0
// Other sessions and imported results in the real window (SYNTHETIC data).
#include "app/gui/comparison_files.h"
#include "tests/app/window_fixture.h"
#include "tests/support/fake_document.h"
#include "views/models/evaluation_model.h"
#include "views/models/text.h"
#include "views/panels/banner.h"
#include "views/panels/compare_page.h"
#include "views/panels/evaluate_page.h"
#include "views/panels/variant_chooser.h"
#include "views/plots/small_multiples.h"

#include <QComboBox>
#include <QFile>
#include <QTest>

using namespace batlab;
using batlab::app::MainWindow;

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
        saveAs(w, path);

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
        w.comparisonFiles()->addResults(results);
        QTRY_VERIFY(w.banner()->isVisible());
        QCOMPARE(document->imports().size(), std::size_t(0));
        put(results,
            "{\"model_name\": \"m\", \"results\": {\"piqa\": {\"acc,none\": 0.7, "
            "\"acc_stderr,none\": 0.01}}}");
        w.comparisonFiles()->addResults(results);
        QTRY_COMPARE(document->imports().size(), std::size_t(1));

        // Saved and opened again: both come back, the session is as saved.
        const QString again = f.folder.filePath(QStringLiteral("again.batlab.h5"));
        saveAs(w, again);
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

private:
    static void saveAs(MainWindow &w, const QString &path)
    {
        bool saved = false, ended = false;
        w.saveTo(path, [&](bool ok) {
            saved = ok;
            ended = true;
        });
        QTRY_VERIFY_WITH_TIMEOUT(ended, 20000);
        QVERIFY(saved);
    }
    static void put(const QString &path, const QByteArray &bytes)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
};

QTEST_MAIN(TstWindowCompare)
#include "tst_window_compare.moc"
