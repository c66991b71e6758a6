// SPDX-License-Identifier: Apache-2.0
// What comes in and goes out of the window: files and URLs, saving before opening, opening that is
// cancelled, exports of plots, messages of panels, the desktop's theme (SYNTHETIC data).
#include "app/gui/comparison_files.h"
#include "app/gui/desktop_theme.h"
#include "app/gui/plot_exporter.h"
#include "tests/app/file_dialog.h"
#include "tests/app/session_steps.h"
#include "tests/support/fake_document.h"
#include "views/panels/banner.h"
#include "views/panels/compare_page.h"
#include "views/panels/inspect_page.h"
#include "views/panels/notice_dialog.h"
#include "views/panels/project_panel.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/series_plot.h"
#include "views/plots/theme.h"

#include <QCheckBox>
#include <QDBusConnection>
#include <QDialog>
#include <QDir>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QProcess>
#include <QPushButton>
#include <QRadioButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

using namespace batlab;
using batlab::app::MainWindow;
using batlab::test::put;

/// The settings portal of a desktop that can be told what to wish for.
class FakePortal : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.portal.Settings")

public:
    uint scheme = 0;

public Q_SLOTS:
    QDBusVariant Read(const QString &, const QString &key) const
    {
        // As the real one: a variant in a variant.
        return QDBusVariant(
            QVariant::fromValue(QDBusVariant(key == QLatin1String("color-scheme") ? scheme : 0U)));
    }

Q_SIGNALS:
    void SettingChanged(const QString &group, const QString &key, const QDBusVariant &value);
};

namespace {

bool logged(app::Workbench &b, const QString &text)
{
    for (int i = 0; i < b.log()->rowCount(); ++i)
        for (int c = 0; c < b.log()->columnCount(); ++c)
            if (b.log()->index(i, c).data().toString().contains(text))
                return true;
    return false;
}

/// The button of a label in a widget; fails where there is none.
QAbstractButton *button(const QWidget *in, const QString &text)
{
    for (QAbstractButton *b : in->findChildren<QAbstractButton *>())
        if (b->text() == text && b->isVisible())
            return b;
    QTest::qFail(qPrintable(QStringLiteral("no button ") + text), __FILE__, __LINE__);
    return nullptr;
}

/// Presses a button of the message box that comes next.
void answerQuestion(QMessageBox::StandardButton answer)
{
    auto *timer = new QTimer(qApp);
    QObject::connect(timer, &QTimer::timeout, timer, [timer, answer] {
        if (auto *box = qobject_cast<QMessageBox *>(QApplication::activeModalWidget())) {
            timer->deleteLater();
            box->button(answer)->click();
        }
    });
    timer->start(20);
}

/// The row of the project tree with this text in its first column.
QModelIndex findRow(const QAbstractItemModel &model, const QString &text,
                    const QModelIndex &in = {})
{
    for (int r = 0; r < model.rowCount(in); ++r) {
        const QModelIndex at = model.index(r, 0, in);
        if (at.data().toString().contains(text))
            return at;
        if (const QModelIndex inside = findRow(model, text, at); inside.isValid())
            return inside;
    }
    return {};
}

} // namespace

class TstWindowFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// file: URLs, as desktops pass them; the second session gets a window of its own; results go
    /// to Evaluate.
    void filesComeAsUrls()
    {
        test::WindowsFixture f(test::fakeEngine(4));
        app::Windows &windows = f.windows;
        const QTemporaryDir &folder = f.folder;
        MainWindow &w = f.first;
        w.show();
        views::WorkbenchDocument *document = w.workbench()->document();
        document->addArtifacts(test::demoArtifacts(4));
        const QString first = folder.filePath(QStringLiteral("a first one.batlab.h5")),
                      second = folder.filePath(QStringLiteral("second ü.batlab.h5"));
        QVERIFY(test::saveAndWait(w, first));
        QVERIFY(test::saveAndWait(w, second));
        w.workbench()->store()->newSession();
        w.openPaths({ QString::fromUtf8(QUrl::fromLocalFile(first).toEncoded()), second });
        QTRY_COMPARE_WITH_TIMEOUT(document->path(), first, 20000);
        QCOMPARE(windows.count(), std::size_t(2));
        windows.at(1)->setAskOnClose(false);
        views::WorkbenchDocument *beside = windows.at(1)->workbench()->document();
        QTRY_COMPARE_WITH_TIMEOUT(beside->path(), second, 20000);

        // Dropped: results join the session.
        const QByteArray text =
            "{\"model_name\": \"rival\", \"results\": {\"piqa\": {\"acc,none\": "
            "0.71, \"acc_stderr,none\": 0.012}}}";
        put(folder.filePath(QStringLiteral("results_1.json")), text);
        QMimeData mime;
        mime.setUrls({ QUrl::fromLocalFile(folder.filePath(QStringLiteral("results_1.json"))) });
        w.setPage(MainWindow::Inspect);
        QDragEnterEvent enter(QPoint(9, 9), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&w, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(9, 9), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&w, &drop);
        QTRY_COMPARE_WITH_TIMEOUT(document->imports().size(), std::size_t(1), 20000);
        QCOMPARE(int(w.page()), int(MainWindow::Evaluate));
        QCOMPARE(document->path(), first); // nothing was replaced
        // A session that is open and results: the results join it, whatever window is looked at.
        put(folder.filePath(QStringLiteral("results_2.json")), text);
        app::Options handed;
        handed.files = QStringList { first, folder.filePath(QStringLiteral("results_2.json")) };
        windows.at(1)->activateWindow();
        windows.open(handed);
        QTRY_COMPARE_WITH_TIMEOUT(document->imports().size(), std::size_t(2), 20000);
        QVERIFY(beside->imports().empty());
        // Without a session there is nothing to compare with.
        w.workbench()->store()->newSession();
        w.openPath(folder.filePath(QStringLiteral("results_1.json")));
        QTRY_VERIFY(w.banner()->isVisible());
        QVERIFY(w.banner()->text().contains(QStringLiteral("open a session first")));
    }

    void openingGoesOnAfterSaving()
    {
        test::WindowFixture f(test::fakeEngine(4));
        MainWindow &w = *f.window;
        views::WorkbenchDocument *document = f.workbench->document();
        document->addArtifacts(test::demoArtifacts(4));
        const QString one = f.folder.filePath(QStringLiteral("one.batlab.h5")),
                      two = f.folder.filePath(QStringLiteral("two.batlab.h5"));
        QVERIFY(test::saveAndWait(w, two));
        QVERIFY(test::saveAndWait(w, one));
        document->setNotes(QStringLiteral("kept"));
        w.setAskOnClose(true);
        answerQuestion(QMessageBox::Cancel);
        w.openSession(two);
        QVERIFY(!f.workbench->store()->isBusy());
        answerQuestion(QMessageBox::Save);
        w.openSession(two);
        QTRY_COMPARE_WITH_TIMEOUT(document->path(), two, 30000);
        QVERIFY(document->notes().isEmpty());
        w.openSession(one);
        QTRY_COMPARE_WITH_TIMEOUT(document->notes(), QStringLiteral("kept"), 30000);
        w.setAskOnClose(false);
    }

    void openingIsShownAndCanBeCancelled()
    {
        test::WindowFixture f(test::fakeEngine(4));
        MainWindow &w = *f.window;
        views::WorkbenchDocument *document = f.workbench->document();
        document->addArtifacts(test::demoArtifacts(4));
        const QString path = f.folder.filePath(QStringLiteral("some.batlab.h5"));
        QVERIFY(test::saveAndWait(w, path));
        f.workbench->store()->newSession();
        auto *cancel = w.findChild<QToolButton *>(QStringLiteral("cancelTask"));
        QVERIFY(cancel && !cancel->isVisible());
        w.openSession(path);
        QCOMPARE(f.workbench->store()->activity(), QStringLiteral("Opening some.batlab.h5…"));
        QVERIFY(cancel->isVisible());
        QTest::mouseClick(cancel, Qt::LeftButton);
        QVERIFY(!cancel->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->store()->isBusy(), 30000);
        QVERIFY(document->isEmpty());
        QVERIFY(w.banner()->isHidden()); // whoever cancelled knows
        // Of two that were asked for only the second comes, and it does come.
        int resets = 0;
        connect(document, &views::WorkbenchDocument::documentReset, this, [&resets] { ++resets; });
        w.openSession(path);
        w.openSession(path);
        QTRY_COMPARE_WITH_TIMEOUT(document->path(), path, 30000);
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->store()->isBusy(), 30000);
        QCOMPARE(resets, 1);
        w.saveTo(path);
        QCOMPARE(f.workbench->store()->activity(), QStringLiteral("Saving some.batlab.h5…"));
        QVERIFY(!cancel->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(f.workbench->store()->activity().isEmpty(), 30000);
    }

    void panelsAreHeard()
    {
        test::WindowFixture f(test::fakeEngine(3));
        MainWindow &w = *f.window;
        test::runDemo(f);
        // An export into a folder where nobody may write: said, and still in the log after the
        // next message.
        plots::HeatmapPlot *map = w.inspectPage()->map();
        const QString nowhere = QStringLiteral("/proc/map.png");
        test::answerFileDialog(nowhere);
        map->exportMenu()->actions().first()->trigger();
        QTRY_VERIFY(w.banner()->text().contains(nowhere));
        w.showBanner(views::Banner::Tone::info, QStringLiteral("something else"));
        QVERIFY(logged(*f.workbench, nowhere));
        w.showProblem({ ErrorCode::badInput, "no such thing", "here", "look there" });
        QVERIFY(logged(*f.workbench, QStringLiteral("no such thing")));

        // Details of a panel that failed.
        map->setError(QStringLiteral("it failed"), QStringLiteral("the whole story"));
        QTest::mouseClick(button(map, QStringLiteral("Details")), Qt::LeftButton);
        auto *details = w.findChild<views::NoticeDialog *>(QStringLiteral("errorDetails"));
        QVERIFY(details && details->isVisible());
        QCOMPARE(details->text(), QStringLiteral("the whole story"));
        details->close();

        // A run in the project tree: its job; after the session was opened again, its facts.
        auto *project = w.findChild<views::ProjectPanel *>();
        const auto clickRun = [project] {
            QTreeView *view = project->view();
            view->expandAll();
            const QModelIndex run = findRow(*view->model(), QStringLiteral("r0001"));
            QVERIFY(run.isValid());
            view->scrollTo(run);
            QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->visualRect(run).center());
        };
        auto *jobs = w.findChild<QDockWidget *>(QStringLiteral("jobs"));
        jobs->hide();
        clickRun();
        QVERIFY(jobs->isVisible());
        const QString path = f.folder.filePath(QStringLiteral("s.batlab.h5"));
        QVERIFY(test::saveAndWait(w, path));
        w.openSession(path);
        QTRY_COMPARE_WITH_TIMEOUT(f.workbench->jobs()->rowCount(), 0, 30000);
        clickRun();
        auto *facts = w.findChild<views::NoticeDialog *>(QStringLiteral("runFacts"));
        QVERIFY(facts && facts->text().contains(QStringLiteral("State: done")));
        QVERIFY(facts->text().contains(QStringLiteral("variants:")));
        const QString said = facts->text().section(QStringLiteral("\n\n"), 0, 0);
        for (const char *key : { "\ndevice: ", "\nthreads: ", "\nversion: " })
            QVERIFY2(!said.contains(QLatin1String(key)), qPrintable(said)); // words of the file
        QVERIFY2(said.contains(QStringLiteral("\nThreads: 2\n")), qPrintable(said));
        facts->close();

        // The contract chip, also as an action.
        QVERIFY(f.workbench->actions()->trigger(QStringLiteral("view.contract")));
        auto *contract = w.findChild<views::NoticeDialog *>(QStringLiteral("contract"));
        QVERIFY(contract && !contract->text().isEmpty());
        QTest::mouseClick(button(contract, QStringLiteral("Compare specs")), Qt::LeftButton);
        QCOMPARE(int(w.page()), int(MainWindow::Compare));
    }

    void allPlotsAreExported()
    {
        test::WindowFixture f(test::fakeEngine(4));
        MainWindow &w = *f.window;
        w.resize(1500, 950);
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        f.workbench->document()->addArtifacts(test::demoArtifacts(4));
        w.setPage(MainWindow::Inspect);
        const QString folder = f.folder.filePath(QStringLiteral("figures"));
        QSignalSpy spy(w.plotExporter(), &app::PlotExporter::finished);
        const auto wanted = [&](const QString &to, QList<plots::PlotFormat> formats) {
            return app::PlotExport { to, std::move(formats), false };
        };
        w.plotExporter()->start(
            wanted(folder, { std::begin(plots::kPlotFormats), std::end(plots::kPlotFormats) }));
        QVERIFY(w.plotExporter()->isBusy());
        QTRY_COMPARE_WITH_TIMEOUT(spy.size(), 1, 60000);
        const QStringList written = spy.takeFirst().at(0).toStringList();
        QVERIFY2(written.size() >= 10 && written.size() % 5 == 0, qPrintable(written.join(' ')));
        const QString map =
            folder + QLatin1Char('/') + plots::fileTitle(w.inspectPage()->map()->title());
        const QImage one(map + QStringLiteral(".png")), two(map + QStringLiteral("@2x.png"));
        QVERIFY2(!one.isNull(), qPrintable(map + QLatin1Char('\n') + written.join('\n')));
        QCOMPARE(two.width(), 2 * one.width());
        for (const QString &file : written)
            QVERIFY2(QFileInfo(file).size() > 100, qPrintable(file));

        // Nowhere to write: one banner for all of them.
        w.plotExporter()->start(wanted(QStringLiteral("/proc/none"), { plots::PlotFormat::csv }));
        QTRY_COMPARE_WITH_TIMEOUT(spy.size(), 1, 60000);
        QVERIFY(spy.takeFirst().at(1).toStringList().size() >= 2);
        QVERIFY2(w.banner()->text().contains(QStringLiteral("could not be written to /proc/none")),
                 qPrintable(w.banner()->text()));

        // Through the dialog, on all pages, and back on the page it started from.
        QVERIFY(f.workbench->actions()->trigger(QStringLiteral("file.exportPlots")));
        auto *dialog = w.findChild<QDialog *>(QStringLiteral("exportPlots"));
        QVERIFY(dialog);
        const QString all = f.folder.filePath(QStringLiteral("all"));
        auto *line = dialog->findChild<QLineEdit *>(QStringLiteral("exportFolder"));
        line->clear();
        QVERIFY(!button(dialog, QStringLiteral("Export"))->isEnabled());
        line->setText(all);
        for (QCheckBox *box : dialog->findChildren<QCheckBox *>())
            box->setChecked(box->objectName() == QLatin1String("format.svg"));
        dialog->findChild<QRadioButton *>(QStringLiteral("allPages"))->setChecked(true);
        if (const QString looks = QStringLiteral(BATLAB_LOOKS_DIR); QDir().mkpath(looks))
            dialog->grab().save(looks + QStringLiteral("/export-plots.png"));
        QTest::mouseClick(button(dialog, QStringLiteral("Export")), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(spy.size(), 1, 120000);
        QCOMPARE(int(w.page()), int(MainWindow::Inspect));
        for (const char *page : { "inspect-*.svg", "compare-*.svg", "evaluate-*.svg",
                                  "compare-first-wrong-layer.svg" }) // behind a tab
            QVERIFY2(!QDir(all).entryList({ QString::fromLatin1(page) }).isEmpty(), page);
        QVERIFY(w.comparePage()->sqnr()->isVisibleTo(w.comparePage())); // in front as before
        QVERIFY(QDir(all).entryList({ QStringLiteral("*.png") }).isEmpty());
        QCOMPARE(w.settings()->value(QStringLiteral("export/folder")).toString(), all);
    }

    /// A settings portal on a bus of its own: what it wishes at the start, and when it changes.
    void themeFollowsTheDesktop()
    {
        QProcess daemon;
        daemon.start(QStringLiteral("dbus-daemon"),
                     { QStringLiteral("--session"), QStringLiteral("--nofork"),
                       QStringLiteral("--print-address=1") });
        if (!daemon.waitForStarted())
            QSKIP("no dbus-daemon");
        QVERIFY(daemon.waitForReadyRead());
        const QByteArray address = daemon.readLine().trimmed();
        qputenv("DBUS_SESSION_BUS_ADDRESS", address);
        QDBusConnection desktop =
            QDBusConnection::connectToBus(QString::fromLatin1(address), QStringLiteral("desktop"));
        FakePortal portal;
        portal.scheme = 1;
        const QString path = QStringLiteral("/org/freedesktop/portal/desktop");
        QVERIFY(desktop.registerObject(
            path, &portal, QDBusConnection::ExportAllSlots | QDBusConnection::ExportAllSignals));
        QVERIFY(desktop.registerService(QStringLiteral("org.freedesktop.portal.Desktop")));

        test::WindowsFixture f(test::fakeEngine(4));
        MainWindow &w = f.first;
        const auto kind = [] { return int(plots::themeKindOf(QApplication::palette())); };
        const int dark = int(plots::ThemeKind::dark), light = int(plots::ThemeKind::light);
        app::DesktopTheme theme;
        connect(&theme, &app::DesktopTheme::changed, &f.windows, &app::Windows::followDesktop);
        theme.listen();
        QTRY_COMPARE_WITH_TIMEOUT(kind(), dark, 10000);
        const QString group = QStringLiteral("org.freedesktop.appearance");
        const auto wish = [&](const QString &key, uint value) {
            Q_EMIT portal.SettingChanged(group, key, QDBusVariant(value));
        };
        wish(QStringLiteral("color-scheme"), 2);
        QTRY_COMPARE(kind(), light);
        wish(QStringLiteral("contrast"), 1);
        QTRY_COMPARE(kind(), int(plots::ThemeKind::highContrast));
        wish(QStringLiteral("contrast"), 0);
        QTRY_COMPARE(kind(), light);
        // A theme the user has chosen stays.
        w.setThemeName(QStringLiteral("light"));
        wish(QStringLiteral("color-scheme"), 1);
        QTRY_COMPARE(int(app::desktopThemeKind()), dark);
        QCOMPARE(kind(), light);
        w.setThemeName(QStringLiteral("system"));
        QCOMPARE(kind(), dark);
        daemon.kill();
        daemon.waitForFinished();
    }
};

QTEST_MAIN(TstWindowFiles)
#include "tst_window_files.moc"
