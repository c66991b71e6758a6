// SPDX-License-Identifier: Apache-2.0
// The about dialog: versions and build, this machine's GPU, what the engine told, to be copied.
#include "app/gui/about_text.h"
#include "tests/app/window_fixture.h"
#include "views/panels/notice_dialog.h"

#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFile>
#include <QPushButton>
#include <QTest>

using namespace batlab;
using batlab::test::fakeEngine;
using batlab::test::WindowFixture;

class TstAbout : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void gpusAreThoseOfTheDriver()
    {
        QTemporaryDir folder;
        QVERIFY(app::gpuNames(folder.path()).isEmpty());
        QVERIFY(app::gpuNames(folder.filePath(QStringLiteral("gone"))).isEmpty());
        for (const char *gpu : { "0000:01:00.0", "0000:41:00.0" }) {
            const QString place = folder.filePath(QLatin1String(gpu));
            QVERIFY(QDir().mkpath(place));
            QFile file(place + QStringLiteral("/information"));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write("Model: \t\t NVIDIA H200\nIRQ:   \t\t 16\n");
        }
        QCOMPARE(app::gpuNames(folder.path()),
                 QStringList({ QStringLiteral("NVIDIA H200"), QStringLiteral("NVIDIA H200") }));
    }

    void textSaysWhatIsKnown()
    {
        const QString none = app::aboutText(Json(), {}, {}, {}, {});
        QVERIFY2(none.contains(QStringLiteral("Engine: not started")), qPrintable(none));
        QVERIFY(none.contains(QStringLiteral("Build: ")));
        QVERIFY(none.contains(QStringLiteral("for Qt ")));
        QVERIFY(none.contains(QStringLiteral("GPU of this machine: none")));
        const QString all = app::aboutText(
            { { "version", "9.8.7" }, { "torch", "2.11.0" }, { "build", "9.8.7 GNU-12 ab" } },
            QStringLiteral("CPU v4 · GPU cuda:0"), QStringLiteral("VRAM 1 / 2"),
            QStringLiteral("server"), { QStringLiteral("NVIDIA H200") });
        for (const char *line : { "Engine: batlab-cli 9.8.7, libtorch 2.11.0, Apache-2.0",
                                  "Engine's build: 9.8.7 GNU-12 ab", "Engine's machine: server",
                                  "Device: CPU v4 · GPU cuda:0", "Resources: VRAM 1 / 2",
                                  "GPU of this machine: NVIDIA H200" })
            QVERIFY2(all.split(u'\n').contains(QString::fromUtf8(line)), qPrintable(all));
    }

    void dialogIsCopied()
    {
        WindowFixture f(fakeEngine(2));
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        f.workbench->engine()->start();
        QTRY_COMPARE(f.workbench->engine()->state(), app::EngineClient::State::ready);
        f.workbench->actions()->trigger(QStringLiteral("help.about"));
        const auto *dialog = f.window->findChild<views::NoticeDialog *>(QStringLiteral("about"));
        QVERIFY(dialog);
        const QString text = dialog->text();
        QVERIFY2(text.contains(QStringLiteral("batlab-cli synthetic")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("GPU none · FP4 emulated")), qPrintable(text));
        QGuiApplication::clipboard()->clear();
        for (QPushButton *button : dialog->findChildren<QPushButton *>())
            if (button->text() == QLatin1String("Copy"))
                button->click();
        QCOMPARE(QGuiApplication::clipboard()->text(), text);
    }
};

QTEST_MAIN(TstAbout)
#include "tst_about.moc"
