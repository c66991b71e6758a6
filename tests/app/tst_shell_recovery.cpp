// SPDX-License-Identifier: Apache-2.0
// Work that must not be lost: copies of sessions that were closed unexpectedly, offered with and
// without a file on the command line; sessions of a newer version (SYNTHETIC data).
#include "app/gui/windows.h"
#include "tests/app/answers.h"
#include "tests/app/file_dialog.h"
#include "tests/app/session_steps.h"
#include "tests/support/fake_document.h"
#include "tests/support/session_version.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTest>

using namespace batlab;
using batlab::app::MainWindow;
using batlab::test::fakeEngine;
using batlab::test::press;
using batlab::test::putOff;
using batlab::test::saveAndWait;
using batlab::test::WindowFixture;

namespace {

const QString kUnsaved = QStringLiteral("not saved yet");
const QString kRecover = QStringLiteral("Recover"), kOpenSaved = QStringLiteral("Open saved"),
              kSkip = QStringLiteral("Skip");

/// The program started on a data folder, with files as a command line or a double click names them.
struct Program
{
    explicit Program(const QString &data, const QStringList &files = {})
        : windows({ fakeEngine(3), data,
                    [data] {
                        return std::make_unique<QSettings>(data + QStringLiteral("/s.ini"),
                                                           QSettings::IniFormat);
                    },
                    false })
        , window(*windows.add())
        , document(window.workbench()->document())
    {
        window.setAskOnClose(false);
        clock.start();
        window.startFrameClock(clock);
        QObject::connect(
            &window, &MainWindow::firstFrameShown, &window,
            [this, files] {
                if (!files.isEmpty())
                    window.openPaths(files);
            },
            Qt::QueuedConnection);
        window.show();
    }

    [[nodiscard]] views::Banner &banner() const { return *window.banner(); }
    [[nodiscard]] bool canRecover() const
    {
        return window.workbench()->actions()->action(QStringLiteral("file.recover"))->isEnabled();
    }
    /// Everything that the start, or a file, brings with it is there.
    [[nodiscard]] bool settled() const
    {
        return window.firstFrameSeconds() > 0 && !window.workbench()->store()->isBusy();
    }

    QElapsedTimer clock;
    app::Windows windows;
    MainWindow &window;
    views::WorkbenchDocument *document;
};

/// Saves a session, writes a note into it and leaves what a crash would: a recovery copy in the
/// data folder, of a process that is gone. Returns the copy.
QString crash(const QString &data, const QString &saved, const QString &name)
{
    WindowFixture f(fakeEngine(3));
    views::WorkbenchDocument *document = f.workbench->document();
    document->addArtifacts(test::demoArtifacts(3));
    if (!saved.isEmpty() && !saveAndWait(*f.window, saved))
        return {};
    document->setNotes(kUnsaved);
    QSignalSpy spy(f.workbench->store(), &app::SessionStore::autosaved);
    f.workbench->store()->autosaveNow();
    [&] { QTRY_COMPARE_WITH_TIMEOUT(spy.size(), 1, 20000); }();
    QDir().mkpath(data + QStringLiteral("/recovery"));
    QString copy = QStringLiteral("%1/recovery/%2.999999999.batlab.h5").arg(data, name);
    QFile note(copy + QStringLiteral(".origin"));
    if (!QFile::copy(spy.value(0).value(0).toString(), copy) || !note.open(QIODevice::WriteOnly))
        return {};
    note.write(saved.toUtf8());
    return copy;
}

bool offers(const Program &program, const QString &file)
{
    return program.banner().isVisible() && program.banner().buttons().contains(kRecover)
        && program.banner().text().startsWith(QFileInfo(file).fileName());
}

QByteArray bytes(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TstShellRecovery : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyButtonOfTheOffer_data()
    {
        QTest::addColumn<QString>("button");
        for (const QString &button : { kRecover, kOpenSaved, kSkip })
            QTest::newRow(qPrintable(button)) << button;
    }

    void everyButtonOfTheOffer()
    {
        QFETCH(QString, button);
        const QTemporaryDir folder;
        const QString data = folder.filePath(QStringLiteral("data")),
                      saved = folder.filePath(QStringLiteral("mine.batlab.h5"));
        const QString copy = crash(data, saved, QStringLiteral("left"));
        QVERIFY(QFileInfo::exists(copy));
        const QByteArray before = bytes(saved);
        Program p(data);
        QTRY_VERIFY_WITH_TIMEOUT(offers(p, saved), 20000);
        QCOMPARE(p.banner().buttons(), (QStringList { kRecover, kOpenSaved, kSkip }));
        QVERIFY(p.canRecover());
        press(p.banner(), button);
        QTRY_VERIFY_WITH_TIMEOUT(p.settled() && p.document->isEmpty() == (button == kSkip), 30000);
        QVERIFY2(!p.banner().isVisible(), qPrintable(p.banner().text()));
        QVERIFY(!p.canRecover()); // it is answered
        QCOMPARE(p.document->path(), button == kSkip ? QString() : saved);
        QCOMPARE(p.document->notes(), button == kRecover ? kUnsaved : QString());
        QCOMPARE(p.document->isModified(), button == kRecover);
        // What was not taken is never thrown away.
        QCOMPARE(QFileInfo::exists(copy), button == kRecover);
        QCOMPARE(QFileInfo::exists(copy + QStringLiteral(".skipped")), button != kRecover);
        QVERIFY(bytes(saved) == before);
        if (button != kRecover)
            return;
        QVERIFY(saveAndWait(p.window, saved));
        QVERIFY(!QFileInfo::exists(copy)); // it is in the file now
        const Result<Session> now = load(std::filesystem::path(saved.toStdString()));
        QVERIFY(now.ok());
        QCOMPARE(QString::fromStdString(now->notes), kUnsaved);
    }

    /// A double click on the session that was lost: its copy comes first, those of others after it,
    /// and what was put off is offered again when asked.
    void offeredBesideAFileThatIsGiven()
    {
        const QTemporaryDir folder;
        const QString data = folder.filePath(QStringLiteral("data")),
                      mine = folder.filePath(QStringLiteral("mine.batlab.h5")),
                      other = folder.filePath(QStringLiteral("other.batlab.h5"));
        const QString first = crash(data, mine, QStringLiteral("a")),
                      second = crash(data, other, QStringLiteral("b"));
        QVERIFY(!first.isEmpty() && !second.isEmpty());
        Program p(data, { mine });
        QTRY_COMPARE_WITH_TIMEOUT(p.document->path(), mine, 20000);
        QTRY_VERIFY_WITH_TIMEOUT(offers(p, mine), 20000);
        QCOMPARE(p.document->notes(), QString());
        QCOMPARE(p.banner().buttons(), (QStringList { kRecover, kSkip })); // it is open
        putOff(p.banner());
        QVERIFY(offers(p, other));
        QCOMPARE(p.banner().buttons(), (QStringList { kRecover, kOpenSaved, kSkip }));
        // Another message takes its place for a while; the menu brings back what was put off.
        p.window.showProblem({ ErrorCode::badInput, "something else", "here", {} });
        putOff(p.banner());
        QVERIFY(offers(p, other));
        putOff(p.banner());
        QVERIFY(!p.banner().isVisible());
        QVERIFY(p.window.workbench()->actions()->trigger(QStringLiteral("file.recover")));
        QVERIFY(offers(p, mine));
        press(p.banner(), kRecover);
        QTRY_COMPARE_WITH_TIMEOUT(p.document->notes(), kUnsaved, 30000);
        QCOMPARE(p.document->path(), mine);
        QVERIFY(p.document->isModified());
        QVERIFY(offers(p, other)); // the next one
        press(p.banner(), kSkip);
        QVERIFY(!p.banner().isVisible());
        QVERIFY(QFileInfo::exists(second + QStringLiteral(".skipped")));
        QVERIFY(!p.canRecover());
        QVERIFY(!p.window.workbench()->actions()->trigger(QStringLiteral("file.recover")));
        QVERIFY(saveAndWait(p.window, mine));
        QVERIFY(!QFileInfo::exists(first));
    }

    /// Neither a session that is being saved nor one that is opened takes an offer away.
    void offeredUntilItIsAnswered()
    {
        const QTemporaryDir folder;
        const QString data = folder.filePath(QStringLiteral("data")),
                      plain = folder.filePath(QStringLiteral("plain.batlab.h5"));
        for (const QString &name : { QStringLiteral("a"), QStringLiteral("b") })
            QVERIFY(
                !crash(data, folder.filePath(name + QStringLiteral(".batlab.h5")), name).isEmpty());
        QVERIFY(!crash(folder.filePath(QStringLiteral("elsewhere")), plain, QStringLiteral("c"))
                     .isEmpty());
        Program p(data);
        QTRY_VERIFY_WITH_TIMEOUT(p.banner().isVisible(), 20000);
        const QString first = p.banner().text();
        p.window.saveTo(folder.filePath(QStringLiteral("saved.batlab.h5")));
        QVERIFY(!p.window.workbench()->store()->activity().isEmpty());
        putOff(p.banner());
        QVERIFY(p.banner().isVisible());
        const QString second = p.banner().text();
        QVERIFY(second != first);
        QTRY_VERIFY_WITH_TIMEOUT(p.settled(), 20000);
        p.window.openSession(plain);
        QTRY_VERIFY_WITH_TIMEOUT(p.document->path() == plain && p.settled(), 20000);
        QTRY_COMPARE(p.banner().text(), second);
        QVERIFY(p.banner().isVisible());
        putOff(p.banner());
        QVERIFY(!p.banner().isVisible());
    }

    /// One more window offers nothing by itself, and takes nothing that another one has recovered.
    void moreThanOneWindow_data()
    {
        QTest::addColumn<QString>("button");
        QTest::newRow("recover") << kRecover;
        QTest::newRow("skip") << kSkip;
    }

    void moreThanOneWindow()
    {
        QFETCH(QString, button);
        const QTemporaryDir folder;
        const QString data = folder.filePath(QStringLiteral("data")),
                      saved = folder.filePath(QStringLiteral("mine.batlab.h5"));
        const QString copy = crash(data, saved, QStringLiteral("left"));
        Program p(data);
        QTRY_VERIFY_WITH_TIMEOUT(offers(p, saved), 20000);
        MainWindow *more = p.window.shell()->openWindow();
        more->setAskOnClose(false);
        app::Workbench *its = more->workbench();
        const QAction *recover = its->actions()->action(QStringLiteral("file.recover"));
        QTRY_VERIFY_WITH_TIMEOUT(recover->isEnabled(), 20000);
        QVERIFY(!more->banner()->isVisible());
        QVERIFY(its->actions()->trigger(QStringLiteral("file.recover")));
        QVERIFY(more->banner()->isVisible());
        press(p.banner(), kRecover);
        QTRY_COMPARE_WITH_TIMEOUT(p.document->notes(), kUnsaved, 30000);
        press(*more->banner(), button);
        QVERIFY(!its->store()->isBusy() && its->document()->isEmpty());
        QCOMPARE(more->banner()->isVisible(), button == kRecover); // says why not
        QVERIFY(QFileInfo::exists(copy));
    }

    /// Opened later in the run: the copy of that file, and no other one once more.
    void offeredWhenItsSessionIsOpened()
    {
        const QTemporaryDir folder;
        const QString data = folder.filePath(QStringLiteral("data")),
                      mine = folder.filePath(QStringLiteral("mine.batlab.h5")),
                      other = folder.filePath(QStringLiteral("other.batlab.h5"));
        QVERIFY(!crash(data, mine, QStringLiteral("a")).isEmpty());
        QVERIFY(!crash(data, other, QStringLiteral("b")).isEmpty());
        Program p(data);
        QTRY_VERIFY_WITH_TIMEOUT(p.banner().isVisible(), 20000);
        putOff(p.banner());
        QVERIFY(p.banner().isVisible());
        putOff(p.banner());
        QVERIFY(!p.banner().isVisible());
        p.window.openSession(mine);
        QTRY_VERIFY_WITH_TIMEOUT(offers(p, mine), 20000);
        putOff(p.banner());
        QVERIFY(!p.banner().isVisible());
    }

    /// The saved file cannot be read: nothing is put away, and its copy is offered.
    void aDamagedFileLeavesTheCopy()
    {
        const QTemporaryDir folder;
        const QString data = folder.filePath(QStringLiteral("data")),
                      saved = folder.filePath(QStringLiteral("mine.batlab.h5"));
        const QString copy = crash(data, saved, QStringLiteral("left"));
        QFile cut(saved);
        QVERIFY(cut.resize(QFileInfo(saved).size() / 2));
        Program p(data);
        QTRY_VERIFY_WITH_TIMEOUT(offers(p, saved), 20000);
        press(p.banner(), kOpenSaved);
        QTRY_VERIFY_WITH_TIMEOUT(p.settled() && p.banner().isVisible() && !offers(p, saved), 20000);
        QVERIFY(QFileInfo::exists(copy) && p.document->isEmpty());
        putOff(p.banner());
        QVERIFY(offers(p, saved));
        press(p.banner(), kRecover);
        QTRY_COMPARE_WITH_TIMEOUT(p.document->notes(), kUnsaved, 30000);
        QVERIFY(saveAndWait(p.window, saved)); // what was damaged is whole again
    }

    /// A job of this window goes before: the copy waits, and nothing is replaced.
    void recoveringReplacesNoRunningJob()
    {
        const QTemporaryDir folder;
        const QString data = folder.filePath(QStringLiteral("data"));
        QVERIFY(!crash(data, {}, QStringLiteral("left")).isEmpty());
        Program p(data);
        QTRY_VERIFY_WITH_TIMEOUT(p.banner().isVisible(), 20000);
        QVERIFY(p.banner().text().contains(QStringLiteral("never saved")));
        QCOMPARE(p.banner().buttons(), (QStringList { kRecover, kSkip }));
        p.window.workbench()->holdQueue(true);
        QVERIFY(p.window.workbench()->queueRun(test::smallSpec(), QStringLiteral("one")).ok());
        press(p.banner(), kRecover);
        QVERIFY(p.banner().text().contains(QStringLiteral("wait in the queue")));
        QVERIFY(p.document->notes().isEmpty() && p.canRecover());
        p.window.workbench()->stopAll();
        QVERIFY(p.window.workbench()->actions()->trigger(QStringLiteral("file.recover")));
        press(p.banner(), kRecover);
        QTRY_COMPARE_WITH_TIMEOUT(p.document->notes(), kUnsaved, 30000);
        QVERIFY(p.document->path().isEmpty());
    }

    /// What this Batlab does not know would be lost: nothing is written over it, and the banner
    /// says what can be done.
    void newerVersionIsReadOnly()
    {
        WindowFixture f(fakeEngine(3));
        MainWindow &w = *f.window;
        app::SessionStore *store = f.workbench->store();
        views::WorkbenchDocument *document = f.workbench->document();
        views::Banner &banner = *w.banner();
        document->addArtifacts(test::demoArtifacts(3));
        const QString path = f.folder.filePath(QStringLiteral("newer.batlab.h5")),
                      portable = f.folder.filePath(QStringLiteral("portable.batlab.h5")),
                      copy = f.folder.filePath(QStringLiteral("copy.batlab.h5"));
        QVERIFY(saveAndWait(w, path));
        store->newSession();
        test::setFormatVersion(path.toStdString(), "1.99");
        const QByteArray before = bytes(path);
        w.openSession(path);
        QTRY_VERIFY_WITH_TIMEOUT(banner.isVisible(), 30000);
        QVERIFY2(banner.text().contains(QStringLiteral("read-only"))
                     && banner.text().contains(QStringLiteral("1.99"))
                     && banner.text().contains(QStringLiteral("newer Batlab")),
                 qPrintable(banner.text()));
        QCOMPARE(banner.buttons(), QStringList { QStringLiteral("Save as…") });
        QVERIFY(!document->isEmpty());

        document->setNotes(kUnsaved);
        banner.hide();
        QVERIFY(f.workbench->actions()->trigger(QStringLiteral("file.save"))); // Ctrl+S
        QTRY_VERIFY(banner.isVisible());
        QVERIFY2(banner.text().contains(QStringLiteral("another name")), qPrintable(banner.text()));
        QVERIFY(!saveAndWait(w, path));
        // Nor by the way of another name for the same file.
        const QString link = f.folder.filePath(QStringLiteral("link.batlab.h5"));
        QVERIFY(QFile::link(path, link));
        QVERIFY(!saveAndWait(w, link));
        w.shell()->writePortable(portable);
        QTRY_VERIFY(banner.text().contains(QStringLiteral("portable copy would lose")));
        QVERIFY(!QFileInfo::exists(portable));
        QVERIFY(bytes(path) == before);
        QVERIFY(document->isModified());

        // The button of the banner: a copy of this version, which can be saved again.
        w.openSession(path);
        QTRY_VERIFY_WITH_TIMEOUT(banner.buttons().contains(QStringLiteral("Save as…")), 30000);
        document->setNotes(kUnsaved);
        test::answerFileDialog(copy);
        press(banner, QStringLiteral("Save as…"));
        QTRY_COMPARE_WITH_TIMEOUT(document->path(), copy, 30000);
        QVERIFY(store->readOnlyReason().isEmpty() && !store->isNewer());
        QVERIFY(saveAndWait(w, copy));
        const Result<Session> read = load(std::filesystem::path(copy.toStdString()));
        QVERIFY(read.ok());
        QVERIFY(!read->isNewer() && QString::fromStdString(read->notes) == kUnsaved);
        QVERIFY(bytes(path) == before);
    }

    /// A copy made by this Batlab of a session that a newer one has saved since.
    void recoveredWorkIsNotSavedOverANewerVersion()
    {
        const QTemporaryDir folder;
        const QString data = folder.filePath(QStringLiteral("data")),
                      saved = folder.filePath(QStringLiteral("mine.batlab.h5"));
        const QString copy = crash(data, saved, QStringLiteral("left"));
        test::setFormatVersion(saved.toStdString(), "1.99");
        const QByteArray before = bytes(saved);
        Program p(data);
        QTRY_VERIFY_WITH_TIMEOUT(offers(p, saved), 20000);
        press(p.banner(), kRecover);
        QTRY_COMPARE_WITH_TIMEOUT(p.document->notes(), kUnsaved, 30000);
        QVERIFY(!saveAndWait(p.window, saved));
        QTRY_VERIFY(p.banner().isVisible());
        QVERIFY2(p.banner().text().contains(QStringLiteral("newer Batlab")),
                 qPrintable(p.banner().text()));
        QVERIFY(bytes(saved) == before && QFileInfo::exists(copy));
        QVERIFY(saveAndWait(p.window, folder.filePath(QStringLiteral("mine too.batlab.h5"))));
    }
};

QTEST_MAIN(TstShellRecovery)
#include "tst_shell_recovery.moc"
