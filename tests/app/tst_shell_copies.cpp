// SPDX-License-Identifier: Apache-2.0
// Recovery copies: what is in them, when one is due, and what must not take one away (SYNTHETIC
// data).
#include "tests/app/answers.h"
#include "tests/app/unsaved_work.h"

#include <QSignalSpy>
#include <QTest>
#include <QUndoStack>

using namespace batlab;
using batlab::app::MainWindow;
using batlab::test::answerQuestion;
using batlab::test::fakeEngine;
using batlab::test::kTried;
using batlab::test::recoveryCopy;
using batlab::test::saveAndWait;
using batlab::test::smallSpec;
using batlab::test::triedIn;
using batlab::test::tryAndType;
using batlab::test::typeNote;
using batlab::test::WindowFixture;

class TstShellCopies : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Neither a what-if nor what is taken back raises the document's revision, and steps may leave
    /// the undo stack where it was.
    void everyEditIsCopied()
    {
        WindowFixture f(fakeEngine(3));
        views::WorkbenchDocument *document = f.workbench->document();
        app::SessionStore *store = f.workbench->store();
        test::runDemo(f);
        QVERIFY(saveAndWait(*f.window, f.folder.filePath(QStringLiteral("mine.batlab.h5"))));
        QVERIFY(!document->isModified() && !store->isBusy());
        const QSignalSpy copied(store, &app::SessionStore::autosaved);
        store->autosaveNow();
        QVERIFY(!store->isBusy());
        f.window->setPage(MainWindow::Evaluate);
        tryAndType(f);
        store->autosaveNow();
        QTRY_COMPARE_WITH_TIMEOUT(copied.size(), 1, 20000);
        const Result<Session> copy = recoveryCopy(f);
        QVERIFY2(copy.ok(), copy.ok() ? "" : copy.error().message().c_str());
        QCOMPARE(QString::fromStdString(copy->notes), QStringLiteral("typed"));
        QVERIFY(Json::parse(copy->viewState)["page"] == Json("batlab::views::EvaluatePage"));
        QVERIFY(triedIn(recoveryCopy(f)) == kTried);
        store->autosaveNow(); // there is a copy of this
        QVERIFY(!store->isBusy());

        const quint64 revision = document->revision();
        const Json other { { "settings.ties", "away" } };
        views::WhatIfModel *model = f.window->ablatePage()->model();
        model->load(other, QStringLiteral("away"));
        store->autosaveNow();
        QTRY_COMPARE_WITH_TIMEOUT(copied.size(), 2, 20000);
        QVERIFY(triedIn(recoveryCopy(f)) == other);
        const int index = document->undoStack()->index();
        document->undoStack()->undo();
        model->load(Json::object(), QStringLiteral("nothing"));
        QCOMPARE(document->undoStack()->index(), index);
        QCOMPARE(document->revision(), revision);
        store->autosaveNow();
        QTRY_COMPARE_WITH_TIMEOUT(copied.size(), 3, 20000);
        QVERIFY(triedIn(recoveryCopy(f)) == Json::object());
    }

    /// What has just been typed is asked for too.
    void aNoteThatIsTypedIsAskedFor()
    {
        WindowFixture f(fakeEngine(3));
        test::runDemo(f);
        QVERIFY(saveAndWait(*f.window, f.folder.filePath(QStringLiteral("mine.batlab.h5"))));
        typeNote(f, QStringLiteral("typed"));
        QVERIFY(!f.workbench->document()->isModified());
        f.window->setAskOnClose(true);
        answerQuestion(QStringLiteral("Cancel"));
        const bool goes = f.window->close();
        f.window->setAskOnClose(false);
        QVERIFY(!goes);
        QCOMPARE(f.workbench->document()->notes(), QStringLiteral("typed"));
    }

    /// "Stop and keep" while the session is being saved: the end of the save takes no copy away.
    void keptWhileItIsSaved()
    {
        WindowFixture f(fakeEngine(3));
        app::Workbench &b = *f.workbench;
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        b.holdQueue(true);
        QVERIFY(b.queueRun(smallSpec(), QStringLiteral("one")).ok());
        bool saved = false;
        f.window->saveTo(f.folder.filePath(QStringLiteral("mine.batlab.h5")),
                         [&saved](bool ok) { saved = ok; });
        QVERIFY(b.store()->isBusy());
        b.document()->setNotes(QStringLiteral("later"));
        QVERIFY(f.window->close());
        QTRY_VERIFY_WITH_TIMEOUT(saved && !b.store()->isBusy(), 30000);
        const Result<Session> copy = recoveryCopy(f);
        QVERIFY2(copy.ok(), copy.ok() ? "" : copy.error().message().c_str());
        QCOMPARE(QString::fromStdString(copy->notes), QStringLiteral("later"));
    }
};

QTEST_MAIN(TstShellCopies)
#include "tst_shell_copies.moc"
