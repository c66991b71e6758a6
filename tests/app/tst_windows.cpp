// SPDX-License-Identifier: Apache-2.0
// Several windows of one program: how they end together, and which one opens what is handed over
// (SYNTHETIC data).
#include "sessions/session.h"
#include "tests/app/answers.h"
#include "tests/app/session_steps.h"
#include "tests/support/fake_document.h"

#include <QDir>
#include <QTest>

using namespace batlab;
using batlab::app::MainWindow;
using batlab::test::answerQuestion;
using batlab::test::fakeEngine;
using batlab::test::put;
using batlab::test::saveAndWait;
using batlab::test::WindowsFixture;

class TstWindows : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void quittingGoesOnAfterASave_data()
    {
        QTest::addColumn<QString>("answer"); // of the second window
        QTest::addColumn<std::size_t>("left");
        QTest::newRow("saved too") << QStringLiteral("Save") << std::size_t(0);
        QTest::newRow("cancelled") << QStringLiteral("Cancel") << std::size_t(1);
    }

    /// A window that is saved first stays for that long; Quit means the others nevertheless.
    void quittingGoesOnAfterASave()
    {
        QFETCH(QString, answer);
        QFETCH(std::size_t, left);
        WindowsFixture f(fakeEngine(3));
        MainWindow *windows[] = { &f.first, f.windows.add() };
        const QString files[] = { f.folder.filePath(QStringLiteral("a.batlab.h5")),
                                  f.folder.filePath(QStringLiteral("b.batlab.h5")) };
        for (int i = 0; i < 2; ++i) {
            windows[i]->show();
            windows[i]->workbench()->document()->addArtifacts(test::demoArtifacts(3));
            QVERIFY(saveAndWait(*windows[i], files[i]));
            windows[i]->workbench()->document()->setNotes(QStringLiteral("later"));
            windows[i]->setAskOnClose(true);
        }
        bool second = false;
        answerQuestion(QStringLiteral("Save"),
                       [&second, answer] { answerQuestion(answer, [&second] { second = true; }); });
        QVERIFY(windows[0]->workbench()->actions()->trigger(QStringLiteral("file.quit")));
        QTRY_VERIFY_WITH_TIMEOUT(second, 30000);
        QTRY_COMPARE_WITH_TIMEOUT(f.windows.count(), left, 30000);
        std::size_t saved = 0;
        for (const QString &file : files) {
            const Result<Session> session = load(std::filesystem::path(file.toStdString()));
            if (session && session->notes == "later")
                ++saved;
        }
        QCOMPARE(saved, 2 - left);
        if (left > 0) {
            f.windows.at(0)->setAskOnClose(false);
            QVERIFY(f.windows.at(0)->isVisible());
        }
    }

    void aFolderOfResultsJoinsTheSession_data()
    {
        QTest::addColumn<QString>("given");
        QTest::newRow("folder") << QStringLiteral("lm");
        QTest::newRow("with a slash") << QStringLiteral("lm/");
        QTest::newRow("file") << QStringLiteral("lm/model/results_1.json");
    }

    /// As `batlab FOLDER` while the program runs, where a window that shows nothing is open too.
    void aFolderOfResultsJoinsTheSession()
    {
        QFETCH(QString, given);
        WindowsFixture f(fakeEngine(3));
        MainWindow *empty = &f.first, *looked = f.windows.add();
        looked->setAskOnClose(false);
        empty->show();
        looked->show();
        looked->workbench()->document()->addArtifacts(test::demoArtifacts(3));
        looked->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(looked));
        QVERIFY(QDir(f.folder.path()).mkpath(QStringLiteral("lm/model")));
        put(f.folder.filePath(QStringLiteral("lm/model/results_1.json")),
            "{\"model_name\": \"rival\", \"results\": {\"piqa\": {\"acc,none\": 0.5}}}");
        app::Options handed;
        handed.files = QStringList { f.folder.filePath(given) };
        f.windows.open(handed);
        QTRY_COMPARE_WITH_TIMEOUT(looked->workbench()->document()->imports().size(), std::size_t(1),
                                  20000);
        QCOMPARE(f.windows.count(), std::size_t(2));
        QVERIFY2(!empty->banner()->isVisible(), qPrintable(empty->banner()->text()));
    }
};

QTEST_MAIN(TstWindows)
#include "tst_windows.moc"
