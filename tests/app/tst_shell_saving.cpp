// SPDX-License-Identifier: Apache-2.0
// Saving where something stands in the way: a file of that name, a full disk, another window; and
// the recovery copy while another session is opened (SYNTHETIC data).
#include "sessions/session.h"
#include "tests/app/answers.h"
#include "tests/app/file_dialog.h"
#include "tests/app/session_steps.h"
#include "tests/support/fake_document.h"
#include "views/models/what_if_model.h"
#include "views/panels/ablate_page.h"

#include <QFile>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTest>
#include <QUndoStack>

#include <csignal>

#include <sys/resource.h>

using namespace batlab;
using batlab::app::MainWindow;
using batlab::test::answerFileDialog;
using batlab::test::answerQuestion;
using batlab::test::fakeEngine;
using batlab::test::put;
using batlab::test::saveAndWait;
using batlab::test::WindowFixture;

namespace {

const QStringList kSaveAs { QStringLiteral("Save as…") };

/// While it lives no file may grow beyond this; writing then fails as it does on a full disk.
class FullDisk
{
public:
    explicit FullDisk(qint64 bytes) : m_handler(std::signal(SIGXFSZ, SIG_IGN))
    {
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        rlimit limit = m_before;
        limit.rlim_cur = static_cast<rlim_t>(bytes);
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullDisk()
    {
        ::setrlimit(RLIMIT_FSIZE, &m_before);
        std::signal(SIGXFSZ, m_handler);
    }
    FullDisk(const FullDisk &) = delete;
    FullDisk &operator=(const FullDisk &) = delete;

private:
    void (*m_handler)(int);
    rlimit m_before {};
};

QByteArray bytes(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QString notesIn(const QString &path)
{
    const Result<Session> file = load(std::filesystem::path(path.toStdString()));
    return file ? QString::fromStdString(file->notes) : QStringLiteral("cannot be read");
}

} // namespace

class TstShellSaving : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aSuffixReplacesNothingUnasked_data()
    {
        QTest::addColumn<QString>("action");
        QTest::addColumn<QString>("typed");
        for (const char *action : { "file.saveAs", "file.savePortable" })
            for (const char *typed : { "plain", "my.v2" })
                QTest::addRow("%s, %s", action, typed)
                    << QString::fromLatin1(action) << QString::fromLatin1(typed);
    }

    /// The name that is typed is free, the file it stands for is there.
    void aSuffixReplacesNothingUnasked()
    {
        QFETCH(QString, action);
        QFETCH(QString, typed);
        WindowFixture f(fakeEngine(3));
        app::SessionStore *store = f.workbench->store();
        f.workbench->document()->addArtifacts(test::demoArtifacts(3));
        const QString name = f.folder.filePath(typed), there = name + QStringLiteral(".batlab.h5"),
                      other = f.folder.filePath(QStringLiteral("other.batlab.h5"));
        put(there, "somebody's work");
        // No: the dialog stays, for another name.
        bool asked = false;
        answerFileDialog(name, [&] {
            answerQuestion(QStringLiteral("No"), [&] {
                asked = true;
                answerFileDialog(other);
            });
        });
        QVERIFY(f.workbench->actions()->trigger(action));
        QVERIFY(asked);
        QTRY_VERIFY_WITH_TIMEOUT(!store->isBusy(), 30000);
        QCOMPARE(bytes(there), QByteArray("somebody's work"));
        if (action != QStringLiteral("file.saveAs"))
            return;
        QCOMPARE(f.workbench->document()->path(), other);
        answerFileDialog(name, [] { answerQuestion(QStringLiteral("Yes")); });
        QVERIFY(f.workbench->actions()->trigger(action));
        QTRY_COMPARE_WITH_TIMEOUT(f.workbench->document()->path(), there, 30000);
        QCOMPARE(notesIn(there), QString());
    }

    /// Discarded for a session that cannot be read: what is open stays, and so does its copy.
    void aCopyGoesWithItsDocument()
    {
        WindowFixture f(fakeEngine(3));
        MainWindow &w = *f.window;
        app::SessionStore *store = f.workbench->store();
        views::WorkbenchDocument *document = f.workbench->document();
        document->addArtifacts(test::demoArtifacts(3));
        const QString other = f.folder.filePath(QStringLiteral("other.batlab.h5")),
                      broken = f.folder.filePath(QStringLiteral("broken.batlab.h5"));
        QVERIFY(saveAndWait(w, other));
        QVERIFY(saveAndWait(w, f.folder.filePath(QStringLiteral("mine.batlab.h5"))));
        put(broken, "no session");
        document->setNotes(QStringLiteral("later"));
        const QSignalSpy copied(store, &app::SessionStore::autosaved);
        store->autosaveNow();
        QTRY_COMPARE_WITH_TIMEOUT(copied.size(), 1, 20000);
        const QString copy = store->recoveryPath();
        QVERIFY(QFileInfo::exists(copy));
        w.setAskOnClose(true);
        answerQuestion(QStringLiteral("Discard"));
        w.openSession(broken);
        QTRY_VERIFY_WITH_TIMEOUT(w.banner()->isVisible() && !store->isBusy(), 20000);
        QVERIFY(document->isModified());
        QCOMPARE(document->notes(), QStringLiteral("later"));
        QVERIFY(QFileInfo::exists(copy));
        // A copy that was dropped is none: the next one is due at once.
        store->forgetRecovery();
        QVERIFY(!QFileInfo::exists(copy));
        store->autosaveNow();
        QTRY_COMPARE_WITH_TIMEOUT(copied.size(), 2, 20000);
        QVERIFY(QFileInfo::exists(copy));
        answerQuestion(QStringLiteral("Discard"));
        w.openSession(other);
        QTRY_COMPARE_WITH_TIMEOUT(document->path(), other, 20000);
        w.setAskOnClose(false);
        QVERIFY(!document->isModified());
        QVERIFY(!QFileInfo::exists(copy));
    }

    /// Neither a save nor a recovery copy that finds no room takes anything away.
    void aFullDiskLosesNothing()
    {
        WindowFixture f(fakeEngine(3));
        MainWindow &w = *f.window;
        app::SessionStore *store = f.workbench->store();
        views::WorkbenchDocument *document = f.workbench->document();
        document->addArtifacts(test::demoArtifacts(3));
        const QString path = f.folder.filePath(QStringLiteral("mine.batlab.h5")),
                      elsewhere = f.folder.filePath(QStringLiteral("elsewhere.batlab.h5"));
        QVERIFY(saveAndWait(w, path));
        const QByteArray before = bytes(path);
        document->setNotes(QStringLiteral("later"));
        const auto isSaid = [&w](const QString &where) {
            QVERIFY(w.banner()->isVisible());
            QVERIFY2(w.banner()->text().contains(where)
                         && w.banner()->text().contains(QStringLiteral("Free some space")),
                     qPrintable(w.banner()->text()));
            QCOMPARE(w.banner()->buttons(), kSaveAs);
        };
        {
            const FullDisk full(before.size() / 2);
            QVERIFY(!saveAndWait(w, path));
            isSaid(path);
            w.banner()->hide();
            const QSignalSpy copied(store, &app::SessionStore::autosaved);
            store->autosaveNow();
            QVERIFY(store->isBusy());
            QTRY_VERIFY_WITH_TIMEOUT(!store->isBusy(), 20000);
            QCOMPARE(copied.size(), 0);
            isSaid(store->recoveryPath());
            QVERIFY(!QFileInfo::exists(store->recoveryPath()));
        }
        QVERIFY(bytes(path) == before);
        QVERIFY(document->isModified());
        QCOMPARE(document->path(), path);
        answerFileDialog(elsewhere);
        test::press(*w.banner(), kSaveAs.first());
        QTRY_COMPARE_WITH_TIMEOUT(document->path(), elsewhere, 30000);
        QVERIFY(!document->isModified());
        QVERIFY(!w.banner()->isVisible());
        QCOMPARE(notesIn(elsewhere), QStringLiteral("later"));
    }

    /// What-ifs do not raise the document's revision: one that is changed, or taken back, while the
    /// file is written is still asked for.
    void anEditWhileItIsSavedIsStillUnsaved()
    {
        WindowFixture f(fakeEngine(3));
        MainWindow &w = *f.window;
        views::WorkbenchDocument *document = f.workbench->document();
        test::runDemo(f);
        w.ablatePage()->flush();
        views::WhatIfModel *model = w.ablatePage()->model();
        QVERIFY(model->base());
        const QString path = f.folder.filePath(QStringLiteral("mine.batlab.h5"));
        bool ended = false;
        const auto done = [&ended](bool) { ended = true; };
        const auto tried = [&path] {
            const Result<Session> file = load(std::filesystem::path(path.toStdString()));
            return file ? Json::parse(file->viewState)["ablate"]["changes"] : Json();
        };
        const Json first { { "settings.scaleRule", "ceil" } };
        const Json second { { "settings.ties", "away" } };
        model->load(first, QStringLiteral("ceil"));
        const quint64 revision = document->revision();
        w.saveTo(path, done);
        QVERIFY(f.workbench->store()->isBusy());
        model->load(second, QStringLiteral("away"));
        QCOMPARE(document->revision(), revision);
        QTRY_VERIFY_WITH_TIMEOUT(ended, 30000);
        QVERIFY(tried() == first);
        QVERIFY(document->isModified());
        QVERIFY(saveAndWait(w, path));
        QVERIFY(tried() == second);
        QVERIFY(!document->isModified());

        model->load(first, QStringLiteral("ceil"));
        ended = false;
        w.saveTo(path, done);
        document->undoStack()->undo(); // to what was saved before
        QTRY_VERIFY_WITH_TIMEOUT(ended, 30000);
        QVERIFY(tried() == first && model->changes() == second);
        QVERIFY(document->isModified());
        QVERIFY(saveAndWait(w, path));
        QVERIFY(!document->isModified());

        // What waits for the save asks again.
        w.setAskOnClose(true);
        model->load(first, QStringLiteral("ceil"));
        answerQuestion(QStringLiteral("Save"));
        QVERIFY(f.workbench->actions()->trigger(QStringLiteral("file.close")));
        model->load(Json::object(), QStringLiteral("nothing"));
        bool asked = false;
        answerQuestion(QStringLiteral("Cancel"), [&asked] { asked = true; });
        QTRY_VERIFY_WITH_TIMEOUT(asked, 30000);
        w.setAskOnClose(false);
        QVERIFY(!document->isEmpty() && document->isModified());
    }

    void aFileInUseIsSavedElsewhere()
    {
        WindowFixture f(fakeEngine(3)), g(fakeEngine(3));
        f.workbench->document()->addArtifacts(test::demoArtifacts(3));
        const QString path = f.folder.filePath(QStringLiteral("shared.batlab.h5")),
                      mine = f.folder.filePath(QStringLiteral("mine.batlab.h5"));
        QVERIFY(saveAndWait(*f.window, path));
        const views::Banner &banner = *g.window->banner();
        g.window->openSession(path);
        QTRY_VERIFY_WITH_TIMEOUT(banner.isVisible(), 30000);
        test::putOff(banner);
        QVERIFY(!saveAndWait(*g.window, path));
        QVERIFY(banner.isVisible());
        QCOMPARE(banner.buttons(), kSaveAs);
        answerFileDialog(mine);
        test::press(banner, kSaveAs.first());
        QTRY_COMPARE_WITH_TIMEOUT(g.workbench->document()->path(), mine, 30000);
    }
};

QTEST_MAIN(TstShellSaving)
#include "tst_shell_saving.moc"
