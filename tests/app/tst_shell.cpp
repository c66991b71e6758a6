// SPDX-License-Identifier: Apache-2.0
// The shell of the window: queue, run specs, palette, keys, manual, themes, names.
#include "app/gui/log_file.h"
#include "app/gui/settings_dialog.h"
#include "app/gui/shell.h"
#include "app/gui/shortcut_editor.h"
#include "app/gui/view_state.h"
#include "tests/app/window_fixture.h"
#include "tests/support/bars.h"
#include "views/models/deep_link.h"
#include "views/models/tensor_model.h"
#include "views/models/text.h"
#include "views/panels/banner.h"
#include "views/panels/command_palette.h"
#include "views/panels/help_viewer.h"
#include "views/panels/inspect_page.h"
#include "views/panels/jobs_panel.h"
#include "views/panels/notice_dialog.h"
#include "views/panels/run_dialog.h"
#include "views/panels/tensors_panel.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QTest>
#include <QTreeView>
#include <QUndoStack>

using namespace batlab;
using batlab::app::MainWindow;
using batlab::test::fakeEngine;
using batlab::test::smallSpec;
using batlab::test::WindowFixture;

namespace {

/// A finished demo on the fake engine.
void runDemo(WindowFixture &f)
{
    QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
    f.window->startDemo();
    QTRY_VERIFY_WITH_TIMEOUT(
        !f.workbench->hasActiveJobs() && !f.workbench->document()->runs().empty(), 60000);
}

} // namespace

class TstShell : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void queueKeepsItsOrderAndCanChange()
    {
        WindowFixture f(fakeEngine(8, 0.004));
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        app::Workbench &b = *f.workbench;
        QVERIFY(b.queueRun(smallSpec(), QStringLiteral("one")).ok());
        QVERIFY(b.queueRun(smallSpec("gptq"), QStringLiteral("two")).ok());
        QVERIFY(b.queueRun(smallSpec("bat"), QStringLiteral("three")).ok());
        QVERIFY(b.queueRun(smallSpec("h32"), QStringLiteral("four")).ok());
        views::JobsModel &jobs = *b.jobs();
        QCOMPARE(jobs.rowCount(), 4);
        QCOMPARE(jobs.row(1).run, QStringLiteral("r0002"));
        QVERIFY(jobs.index(1, views::JobsModel::Job)
                    .data()
                    .toString()
                    .contains(QStringLiteral("waits for r0001")));
        QVERIFY(!jobs.moveWaiting(QStringLiteral("r0001"), 1)); // it is with the engine
        Q_EMIT f.window->jobsPanel()->moveRequested(QStringLiteral("r0003"), -1);
        QCOMPARE(jobs.row(1).run, QStringLiteral("r0003"));
        Q_EMIT f.window->jobsPanel()->takeOutRequested(QStringLiteral("r0004"));
        QCOMPARE(int(b.document()->run(QStringLiteral("r0004"))->state), int(JobState::cancelled));
        QTRY_VERIFY_WITH_TIMEOUT(!b.hasActiveJobs(), 60000);
        const std::lock_guard lock(f.notes->mutex);
        QCOMPARE(f.notes->requests.size(), std::size_t(3));
        QVERIFY(f.notes->requests[1].spec["variants"][0]["id"] == Json("bat"));
        QVERIFY(f.notes->requests[2].spec["variants"][0]["id"] == Json("gptq"));
    }

    void repeatIsTheSameSpecInAFreshFolder()
    {
        WindowFixture f(fakeEngine(3));
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        app::Workbench &b = *f.workbench;
        QVERIFY(b.queueRun(smallSpec(), QStringLiteral("one")).ok());
        QTRY_VERIFY_WITH_TIMEOUT(!b.hasActiveJobs(), 30000);
        Q_EMIT f.window->jobsPanel()->repeatRequested(QStringLiteral("r0001"));
        QTRY_VERIFY_WITH_TIMEOUT(!b.hasActiveJobs() && b.document()->runs().size() == 2, 30000);
        {
            const std::lock_guard lock(f.notes->mutex);
            QCOMPARE(f.notes->requests.size(), std::size_t(2));
            QCOMPARE(f.notes->requests[0].spec.dump(), f.notes->requests[1].spec.dump());
            QVERIFY(f.notes->requests[0].workspace != f.notes->requests[1].workspace);
        }
        QString log;
        for (int i = 0; i < b.log()->rowCount(); ++i)
            log += b.log()->toText(i) + QLatin1Char('\n');
        QVERIFY2(log.contains(QStringLiteral("the same codes, bit for bit")), qPrintable(log));
        QVERIFY(b.document()->run(QStringLiteral("r0001"))->where.contains("host"));
    }

    void copiedCommandIsTheRun()
    {
        WindowFixture f(fakeEngine(2));
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        QVERIFY(f.workbench->queueRun(smallSpec("gptq"), QStringLiteral("one")).ok());
        Q_EMIT f.window->jobsPanel()->copyCommandRequested(QStringLiteral("r0001"));
        const QString text = QApplication::clipboard()->text();
        QVERIFY2(text.contains(QStringLiteral("batlab-cli run run.yaml --session")),
                 qPrintable(text));
        const QString yaml = text.section(QStringLiteral("<<'END_OF_SPEC'\n"), 1)
                                 .section(QStringLiteral("END_OF_SPEC\n"), 0, 0);
        const Result<RunSpec> read =
            runSpecFromYaml(views::ss(yaml), *PresetLibrary::builtIn(), "clipboard");
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message().c_str());
        QCOMPARE(views::qs(read->hash()), f.workbench->document()->runs()[0].specHash);
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->hasActiveJobs(), 30000);
    }

    void formTakesAndGivesYaml()
    {
        WindowFixture f(fakeEngine(2));
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        f.window->newRun();
        views::RunDialog *dialog = f.window->runDialog();
        QVERIFY(dialog);
        const QString path = f.folder.filePath(QStringLiteral("spec.yaml"));
        const auto write = [&](const QByteArray &text) {
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(text);
        };
        write("model: demo\nseed: 7\nvariants:\n  - preset: bat\n    set: {train.epochs: 3}\n");
        QVERIFY(dialog->openYaml(path).ok());
        QVERIFY(dialog->spec()["seed"] == Json(7));
        QVERIFY2(dialog->note().isEmpty(), qPrintable(dialog->note()));
        const QString out = f.folder.filePath(QStringLiteral("out.yaml"));
        QVERIFY(dialog->saveYaml(out).ok());
        const Result<RunSpec> a = loadRunSpec(views::ss(path), *PresetLibrary::builtIn()),
                              b = loadRunSpec(views::ss(out), *PresetLibrary::builtIn());
        QVERIFY(a.ok() && b.ok());
        QCOMPARE(a->hash(), b->hash());
        // What the form has no field for is said, and kept.
        write("model: demo\nvariants:\n  - preset: rtn\n    id: rtn.s1\n    own: {seed: 1}\n");
        QVERIFY(dialog->openYaml(path).ok());
        QVERIFY(!dialog->note().isEmpty());
        QVERIFY(dialog->spec()["variants"][0]["id"] == Json("rtn.s1"));
        // A mistake is named with its line.
        write("model: demo\nvariants:\n  - preset: rtn\nprotocol:\n  windows: many\n");
        const Result<void> wrong = dialog->openYaml(path);
        QVERIFY(!wrong.ok());
        QVERIFY2(views::qs(wrong.error().message()).contains(QStringLiteral("spec.yaml:5")),
                 wrong.error().message().c_str());
        dialog->close();
    }

    void paletteFindsEverythingFast()
    {
        WindowFixture f(fakeEngine(36));
        runDemo(f);
        QElapsedTimer clock;
        clock.start();
        views::CommandPalette palette(f.workbench->actions(), f.window->shell()->palettePlaces());
        const qint64 built = clock.restart();
        const auto first = [&](const char *text) {
            const auto found = palette.matches(QString::fromUtf8(text));
            return found.empty() ? QString() : found.front().title;
        };
        QCOMPARE(first("/layer 17"), QStringLiteral("Layer 17"));
        QCOMPARE(first(",data f"), QStringLiteral("Data folder"));
        QVERIFY(first("#demo").startsWith(QStringLiteral("r0001")));
        QVERIFY(palette.matches(QStringLiteral("@layer 17")).empty());
        QVERIFY(!palette.matches(QStringLiteral(">save")).empty());
        clock.restart();
        (void)palette.matches(QStringLiteral("l"));
        const qint64 matched = clock.elapsed();
        qInfo("palette: made in %lld ms, one letter in %lld ms", built, matched);
        QVERIFY(!test::barsHold() || std::max(built, matched) < 50);
    }

    /// Tensors of no layer stand in the list of tensors; a run leads to its job, or to its facts.
    void paletteLeadsToTensorsAndRuns()
    {
        WindowFixture f(fakeEngine(3));
        MainWindow &w = *f.window;
        runDemo(f);
        QVERIFY(f.workbench->queueRun(smallSpec(), QStringLiteral("a small one")).ok());
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->hasActiveJobs(), 60000);
        const auto go = [&w](const char *typed, const char *section) {
            const views::CommandPalette palette(w.workbench()->actions(),
                                                w.shell()->palettePlaces());
            for (const views::PaletteEntry &entry : palette.matches(QString::fromUtf8(typed))) {
                if (entry.section != QLatin1String(section))
                    continue;
                entry.run();
                return entry.title;
            }
            return QString();
        };
        w.setPage(MainWindow::Compare);
        const views::Selection before = f.workbench->selection()->current();
        const views::TensorsPanel &tensors = *w.tensorsPanel();
        for (const char *name : { "model.embed_tokens.weight", "model.norm.weight" }) {
            tensors.filter()->setText(QStringLiteral("down"));
            QCOMPARE(go(name, "Tensor"), QLatin1String(name));
            const QModelIndex at = tensors.view()->currentIndex();
            QVERIFY2(tensors.rows()->row(at), name);
            QCOMPARE(tensors.rows()->row(at)->name, QLatin1String(name));
            QVERIFY(tensors.view()->isVisible() && !tensors.view()->visualRect(at).isEmpty());
        }
        QVERIFY(f.workbench->selection()->current() == before);

        auto *jobs = w.findChild<QDockWidget *>(QStringLiteral("jobs"));
        const auto *chosen = w.jobsPanel()->findChild<QTableView *>();
        for (const char *run : { "r0001", "r0002" }) {
            jobs->hide();
            QVERIFY(go(run, "Show run").startsWith(QLatin1String(run)));
            QVERIFY(jobs->isVisible());
            QCOMPARE(chosen->currentIndex().data(views::JobsModel::RunRole).toString(),
                     QLatin1String(run));
        }
        f.workbench->jobs()->clear(); // as in a session that was opened again
        QVERIFY(!go("#small one", "Show run").isEmpty());
        auto *facts = w.findChild<views::NoticeDialog *>(QStringLiteral("runFacts"));
        QVERIFY(facts && facts->windowTitle().contains(QStringLiteral("r0002")));
        facts->close();
    }

    void keysCanBeChanged()
    {
        WindowFixture f(fakeEngine(2));
        views::ActionRegistry &actions = *f.workbench->actions();
        {
            app::ShortcutEditor editor(f.window->settings(), &actions);
            const QKeySequence keys(QStringLiteral("Ctrl+Alt+R"));
            QVERIFY(editor.assign(QStringLiteral("run.new"), keys));
            QCOMPARE(actions.action(QStringLiteral("run.new"))->shortcut(), keys);
            QVERIFY(!editor.assign(QStringLiteral("run.demo"), keys));
            QVERIFY(editor.message().contains(QStringLiteral("New run")));
        }
        actions.setShortcut(QStringLiteral("run.new"), {});
        app::loadShortcuts(*f.window->settings(), actions); // as at the next start
        QCOMPARE(actions.action(QStringLiteral("run.new"))->shortcut(),
                 QKeySequence(QStringLiteral("Ctrl+Alt+R")));
        app::ShortcutEditor editor(f.window->settings(), &actions);
        editor.resetAll();
        QCOMPARE(actions.action(QStringLiteral("run.new"))->shortcut(),
                 QKeySequence(QStringLiteral("Ctrl+R")));
    }

    void manualOpensWhereOneIs()
    {
        WindowFixture f(fakeEngine(2));
        runDemo(f);
        f.window->setPage(MainWindow::Inspect);
        QVERIFY(f.workbench->actions()->trigger(QStringLiteral("help.manual")));
        auto *viewer = f.window->findChild<views::HelpViewer *>();
        QVERIFY(viewer && viewer->isVisible());
        QVERIFY(!viewer->pageText().isEmpty());
        const auto pages = views::HelpViewer::pages();
        QVERIFY(pages.size() > 25);
        QCOMPARE(pages.front().path, QStringLiteral("index.md"));
        for (const auto &page : pages) {
            viewer->open(page.path);
            QCOMPARE(viewer->current(), page.path);
            QVERIFY2(viewer->pageText().size() > 40, qPrintable(page.path));
        }
        viewer->open(QStringLiteral("no/such/page.md"));
        QCOMPARE(viewer->current(), QStringLiteral("index.md"));
    }

    void themesChangeLive()
    {
        WindowFixture f(fakeEngine(2));
        for (const char *theme : { "dark", "high-contrast", "light" }) {
            f.window->setThemeName(QLatin1String(theme));
            QCOMPARE(plots::name(plots::themeKindOf(qApp->palette())), QLatin1String(theme));
        }
        f.window->shell()->showSettings();
        auto *dialog = f.window->findChild<app::SettingsDialog *>();
        QVERIFY(dialog);
        auto *theme = dialog->findChild<QComboBox *>();
        theme->setCurrentIndex(theme->findData(QStringLiteral("dark")));
        Q_EMIT theme->activated(theme->currentIndex());
        QCOMPARE(f.window->themeName(), QStringLiteral("dark"));
        f.window->setThemeName(QStringLiteral("light"));
    }

    void notificationsAreForLongJobsOnly()
    {
        QTemporaryDir folder;
        QSettings settings(folder.filePath(QStringLiteral("s.ini")), QSettings::IniFormat);
        QStringList said;
        app::Notifier notifier(&settings,
                               [&](const QString &title, const QString &) { said.append(title); });
        QVERIFY(!notifier.jobEnded(QStringLiteral("short"), {}, 5, false));
        QVERIFY(!notifier.jobEnded(QStringLiteral("seen"), {}, 500, true));
        QVERIFY(notifier.jobEnded(QStringLiteral("long"), {}, 500, false));
        settings.setValue(QStringLiteral("notify/enabled"), false);
        QVERIFY(!notifier.jobEnded(QStringLiteral("off"), {}, 500, false));
        QCOMPARE(said, QStringList { QStringLiteral("long") });
    }

    void windowComesBackToAScreen()
    {
        const QList<QRect> screens { QRect(0, 0, 1920, 1080) };
        const QRect good(100, 100, 1600, 900);
        QCOMPARE(app::onScreen(good, screens), good);
        const QRect lost = app::onScreen(QRect(2500, 100, 1600, 900), screens);
        QVERIFY(screens[0].contains(lost));
        QCOMPARE(lost.size(), QSize(1600, 900));
        const QRect large = app::onScreen(QRect(-5000, -3000, 4000, 3000), screens);
        QCOMPARE(large, screens[0]);
        QVERIFY(app::isRemoteCommand(QStringLiteral("ssh gpu batlab-cli serve")));
        QVERIFY(!app::isRemoteCommand(QStringLiteral("/opt/batlab-cli serve")));
    }

    void logSurvivesInAFile()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("log/batlab.log"));
        views::LogModel log;
        const app::LogFile file(&log, path);
        log.append(LogLevel::warning, QStringLiteral("kept"));
        QFile read(path);
        QVERIFY(read.open(QIODevice::ReadOnly));
        QVERIFY(read.readAll().contains("kept"));
    }

    void everythingFocusableHasAName()
    {
        WindowFixture f(fakeEngine(3));
        MainWindow &w = *f.window;
        runDemo(f);
        w.findChild<QDockWidget *>(QStringLiteral("notes"))->show();
        w.shell()->showSettings();
        w.shell()->showManual();
        w.shell()->showProvenance();
        w.newRun();
        QStringList silent;
        for (int page = MainWindow::Inspect; page < MainWindow::PageCount; ++page) {
            w.setPage(static_cast<MainWindow::Page>(page));
            QTest::qWait(30);
            for (const QWidget *widget : w.findChildren<QWidget *>()) {
                if (widget->focusPolicy() == Qt::NoFocus || !widget->isVisible()
                    || widget->objectName().startsWith(QLatin1String("qt_"))
                    || widget->inherits("QComboBoxPrivateContainer") || widget->inherits("QTabBar")
                    || widget->inherits("QTabWidget") || widget->inherits("QDialog")
                    || widget->inherits("QScrollArea") || widget->inherits("QMenuBar")
                    || widget->inherits("QTableCornerButton") || widget->inherits("QHeaderView"))
                    continue;
                const QWidget *above = widget->parentWidget();
                if (above && (above->inherits("QAbstractSpinBox") || above->inherits("QComboBox")))
                    continue;
                const auto *button = qobject_cast<const QAbstractButton *>(widget);
                const auto *label = qobject_cast<const QLabel *>(widget);
                if (widget->accessibleName().isEmpty() && (!button || button->text().isEmpty())
                    && (!label || label->text().isEmpty()))
                    silent.append(
                        QStringLiteral("%1 %2 in %3")
                            .arg(QString::fromLatin1(widget->metaObject()->className()),
                                 widget->objectName(),
                                 above ? QString::fromLatin1(above->metaObject()->className())
                                       : QString()));
            }
        }
        silent.removeDuplicates();
        for (QDialog *dialog : w.findChildren<QDialog *>())
            if (dialog->isVisible())
                QVERIFY(dialog->grab().save(QStringLiteral(BATLAB_LOOKS_DIR "/dialog-%1.png")
                                                .arg(dialog->windowTitle().toLower().replace(
                                                    QLatin1Char(' '), QLatin1Char('-')))));
        QVERIFY(w.findChild<QDockWidget *>(QStringLiteral("notes"))
                    ->grab()
                    .save(QStringLiteral(BATLAB_LOOKS_DIR "/dock-notes.png")));
        QVERIFY2(silent.isEmpty(), qPrintable(silent.join(QLatin1Char('\n'))));
        if (w.runDialog())
            w.runDialog()->close();
    }
};

QTEST_MAIN(TstShell)
#include "tst_shell.moc"
