// SPDX-License-Identifier: Apache-2.0
// A second program on the same data folder hands over what it was told to open (SYNTHETIC data).
#include "app/gui/single_instance.h"
#include "tests/app/session_steps.h"
#include "tests/support/fake_document.h"

#include <QFile>
#include <QLocalSocket>
#include <QMessageBox>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

#include <algorithm>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace batlab;
using batlab::app::MainWindow;
using batlab::app::SingleInstance;

class TstSingleInstance : public QObject
{
    Q_OBJECT

    QTemporaryDir m_runtime; ///< for the user alone, as XDG_RUNTIME_DIR is

    /// Whether batlab, started with these arguments, left at once and well.
    static bool second(const QString &dataFolder, const QStringList &arguments,
                       const QString &from = {})
    {
        QProcess program;
        program.setWorkingDirectory(from);
        program.start(QStringLiteral(BATLAB_PROGRAM),
                      QStringList { QStringLiteral("--data-folder"), dataFolder } + arguments);
        if (!program.waitForStarted())
            return false;
        // Our windows must answer meanwhile.
        const bool left =
            QTest::qWaitFor([&] { return program.state() == QProcess::NotRunning; }, 60000);
        program.kill();
        return left && program.exitStatus() == QProcess::NormalExit && program.exitCode() == 0;
    }

private Q_SLOTS:
    void initTestCase() { qputenv("XDG_RUNTIME_DIR", m_runtime.path().toLocal8Bit()); }

    void aSecondProgramHandsOver()
    {
        test::WindowsFixture f(test::fakeEngine(4));
        app::Windows &windows = f.windows;
        const QString data = f.folder.filePath(QStringLiteral("data"));
        SingleInstance instance(data);
        QVERIFY(instance.listen([&](const app::Options &options) { windows.open(options); }));
        MainWindow &w = f.first;
        w.show();
        views::WorkbenchDocument *document = w.workbench()->document();
        document->addArtifacts(test::demoArtifacts(4));
        const QString name = QStringLiteral("own.batlab.h5"), path = f.folder.filePath(name);
        QVERIFY(test::saveAndWait(w, path));
        w.workbench()->store()->newSession();

        // A session, by a path that means something where the second program is: in the window that
        // shows nothing.
        QVERIFY(second(data, { name }, f.folder.path()));
        QTRY_COMPARE_WITH_TIMEOUT(document->path(), path, 20000);
        QCOMPARE(windows.count(), std::size_t(1));
        // A place of it by such a path too, and the file as a desktop names it: no other window.
        const views::SelectionContext *selection = w.workbench()->selection();
        QVERIFY(second(
            data, { QStringLiteral("batlab://open?session=%1&layer=2&site=T4&block=1").arg(name) },
            f.folder.path()));
        QTRY_COMPARE(selection->current().layer, 2);
        QCOMPARE(selection->current().site, Site::t4);
        QVERIFY(second(data, { QUrl::fromLocalFile(path).toString() }));
        QVERIFY(second(data, { QStringLiteral("--select"), QStringLiteral("3/T1/0") }));
        QTRY_COMPARE(selection->current().layer, 3);
        QCOMPARE(windows.count(), std::size_t(1));
        // Nothing to open: a window.
        QVERIFY(second(data, {}));
        QTRY_COMPARE(windows.count(), std::size_t(2));
        windows.at(1)->setAskOnClose(false);
        QVERIFY(windows.at(1)->isVisible());
    }

    /// What is handed over takes a window that shows nothing, opens nothing and asks nothing.
    void onlyAnEmptyWindowIsTaken_data()
    {
        QTest::addColumn<std::size_t>("windows");
        QTest::newRow("empty") << std::size_t(1);
        for (const char *what : { "model", "notes", "opening", "question" })
            QTest::newRow(what) << std::size_t(2);
    }
    void onlyAnEmptyWindowIsTaken()
    {
        QFETCH(std::size_t, windows);
        const QString what = QString::fromLatin1(QTest::currentDataTag());
        test::WindowsFixture f(test::fakeEngine(4));
        MainWindow &w = f.first;
        w.show();
        views::WorkbenchDocument *document = w.workbench()->document();
        document->addArtifacts(test::demoArtifacts(4));
        const QString path = f.folder.filePath(QStringLiteral("own.batlab.h5"));
        QVERIFY(test::saveAndWait(w, path));
        w.workbench()->store()->newSession();
        QVERIFY(document->isEmpty() && !document->hasWork());

        QMessageBox box(QMessageBox::Question, QStringLiteral("Batlab"), QStringLiteral("Which?"),
                        QMessageBox::Ok, &w);
        if (what == QStringLiteral("model"))
            w.workbench()->showModel(test::demoArtifacts(4).front());
        else if (what == QStringLiteral("notes"))
            document->setNotes(QStringLiteral("kept"));
        else if (what == QStringLiteral("opening"))
            w.openSession(path);
        else if (what == QStringLiteral("question"))
            box.open();
        f.windows.open({});
        QCOMPARE(f.windows.count(), windows);
        if (windows > 1) {
            f.windows.at(1)->setAskOnClose(false);
            QVERIFY(f.windows.at(1)->isVisible());
        }
        box.close();
        if (what == QStringLiteral("opening"))
            QTRY_COMPARE_WITH_TIMEOUT(document->path(), path, 20000);
    }

    /// Who has not waited for the answer opens it itself.
    void onlyWhatIsWaitedForIsOpened()
    {
        QTemporaryDir folder;
        SingleInstance instance(folder.path());
        QStringList opened;
        QByteArray token;
        QVERIFY(instance.listen([&](const app::Options &options) {
            opened += options.files;
            token = options.activationToken;
        }));
        QLocalSocket gone, stays;
        for (QLocalSocket *socket : { &gone, &stays }) {
            socket->connectToServer(instance.socketPath());
            QVERIFY(socket->waitForConnected());
        }
        gone.write("{\"files\": [\"/gone\"]}\n");
        QVERIFY(gone.waitForBytesWritten());
        gone.abort();
        stays.write("{\"files\": [\"/stays\"], \"token\": \"t\"}\n");
        QTRY_COMPARE(stays.bytesAvailable(), qint64(1));
        QCOMPARE(opened, QStringList());
        stays.write("\n");
        QTRY_COMPARE(opened, QStringList { QStringLiteral("/stays") });
        QCOMPARE(token, QByteArray("t"));
        QVERIFY(!qEnvironmentVariableIsSet(app::kActivationToken)); // only where a window uses it
    }

    void oneToAFolder()
    {
        QTemporaryDir folder;
        const QString data = folder.filePath(QStringLiteral("data"));
        const auto open = [](const app::Options &) {};
        {
            SingleInstance first(data), other(data),
                elsewhere(folder.filePath(QStringLiteral("x")));
            QVERIFY(!first.handOver({})); // nobody is there
            QVERIFY(first.listen(open));
            QVERIFY(!other.listen(open));
            QVERIFY(elsewhere.listen(open));
            QVERIFY(first.socketPath() != elsewhere.socketPath());
        }
        SingleInstance next(data); // once the first has gone
        QVERIFY(next.listen(open));
    }

    /// What a crash leaves is no program.
    void aStaleSocketIsTaken()
    {
        QTemporaryDir folder;
        SingleInstance instance(folder.path());
        const QByteArray path = QFile::encodeName(instance.socketPath());
        sockaddr_un address {};
        address.sun_family = AF_UNIX;
        QVERIFY(path.size() < int(sizeof address.sun_path));
        std::copy(path.begin(), path.end(), address.sun_path);
        const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        QVERIFY(bind(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0);
        close(fd);
        QVERIFY(QFile::exists(instance.socketPath()));
        QVERIFY(!instance.handOver({}));
        QVERIFY(instance.listen([](const app::Options &) {}));
    }

    /// Who asks for a program of another kind gets it.
    void onlyWhatOpensIsHandedOver()
    {
        app::Options options;
        options.files = QStringList { QStringLiteral("a.batlab.h5") };
        options.select = QStringLiteral("1/T1/0");
        options.demo = true;
        QVERIFY(app::onlyOpens(options));
        for (QString app::Options::*other :
             { &app::Options::engine, &app::Options::settingsFile, &app::Options::theme,
               &app::Options::language, &app::Options::screenshots }) {
            app::Options asked = options;
            asked.*other = QStringLiteral("x");
            QVERIFY(!app::onlyOpens(asked));
        }
        for (bool app::Options::*other : { &app::Options::fresh, &app::Options::selfTest }) {
            app::Options asked = options;
            asked.*other = true;
            QVERIFY(!app::onlyOpens(asked));
        }
    }
};

QTEST_MAIN(TstSingleInstance)
#include "tst_single_instance.moc"
