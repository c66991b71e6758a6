// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/application.h"

#include "app/gui/desktop_theme.h"
#include "app/gui/main_window.h"
#include "app/gui/shell.h"
#include "app/gui/single_instance.h"
#include "app/gui/translation.h"
#include "app/gui/windows.h"
#include "core/job/remote_engine.h"
#include "views/models/what_if_model.h"
#include "views/panels/ablate_page.h"
#include "views/panels/compare_page.h"
#include "views/panels/evaluate_page.h"
#include "views/panels/inspect_page.h"
#include "views/plots/plot_widget.h"

#include <QApplication>
#include <QDir>
#include <QFileInfo>
#include <QPointer>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <cstdio>

namespace batlab::app {

EngineClient::Factory engineFactory(const QString &command)
{
    std::string line = command.toStdString();
    if (line.empty()) {
        QString beside = QCoreApplication::applicationDirPath() + QStringLiteral("/batlab-cli");
        if (!QFileInfo(beside).isExecutable())
            beside = QStandardPaths::findExecutable(QStringLiteral("batlab-cli"));
        if (beside.isEmpty())
            return [] {
                return Error { ErrorCode::notFound,
                               "batlab-cli, the engine, is neither beside batlab nor in PATH",
                               "engine", "build or install it, or name one with --engine" };
            };
        line = '"' + beside.toStdString() + "\" serve";
    }
    return [line]() -> Result<std::unique_ptr<Engine>> {
        Result<std::unique_ptr<RemoteEngine>> engine = RemoteEngine::start(line);
        if (!engine)
            return engine.error();
        return std::unique_ptr<Engine>(std::move(*engine));
    };
}

std::unique_ptr<QSettings> makeSettings(const Options &options)
{
    QString file = options.settingsFile;
    if (file.isEmpty())
        file = QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation)
            + (options.fresh ? QStringLiteral("/fresh.ini") : QStringLiteral("/settings.ini"));
    auto settings = std::make_unique<QSettings>(file, QSettings::IniFormat);
    if (options.fresh)
        settings->clear();
    return settings;
}

QString dataFolder(const Options &options, const QSettings *settings)
{
    if (!options.dataFolder.isEmpty())
        return options.dataFolder;
    const QString set =
        settings ? settings->value(QStringLiteral("dataFolder")).toString() : QString();
    return set.isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation)
                         : set;
}

bool isWaiting(const MainWindow &window)
{
    switch (window.page()) {
    case MainWindow::Compare: return window.comparePage()->isWaiting();
    case MainWindow::Evaluate: return !window.evaluatePage()->isSettled();
    case MainWindow::Ablate: return window.ablatePage()->model()->isBusy();
    default: return false;
    }
}

void flushPage(const MainWindow &window)
{
    window.inspectPage()->flush();
    if (window.page() == MainWindow::Compare)
        window.comparePage()->flush();
    if (window.page() == MainWindow::Evaluate)
        window.evaluatePage()->flush();
}

namespace {

/// A picture of numbers, not of waiting for them; the first question loads the model.
void waitForAnswer(const MainWindow &window)
{
    constexpr int most = 60000;
    QElapsedTimer clock;
    clock.start();
    while (isWaiting(window) && clock.elapsed() < most)
        QCoreApplication::processEvents(
            QEventLoop::ExcludeUserInputEvents | QEventLoop::WaitForMoreEvents, 100);
    QCoreApplication::processEvents(QEventLoop::ExcludeUserInputEvents, 200);
}

} // namespace

QStringList writeScreenshots(MainWindow &window, const QString &folder)
{
    QDir().mkpath(folder);
    const struct
    {
        MainWindow::Page page;
        const char *name;
    } pages[] = { { MainWindow::Welcome, "welcome" },
                  { MainWindow::Inspect, "inspect" },
                  { MainWindow::Compare, "compare" },
                  { MainWindow::Ablate, "ablate" },
                  { MainWindow::Evaluate, "evaluate" } };
    const MainWindow::Page before = window.page();
    const QString theme = window.themeName();
    QStringList files;
    for (const char *look : { "light", "dark" }) {
        window.setThemeName(QString::fromLatin1(look));
        for (const QSize size : { QSize(1600, 1000), QSize(1280, 800) }) {
            window.resize(size);
            for (const auto &p : pages) {
                const bool empty = window.workbench()->document()->isEmpty();
                if (empty != (p.page == MainWindow::Welcome))
                    continue; // nothing to see
                window.setPage(p.page);
                window.resize(size);
                QCoreApplication::sendPostedEvents();
                QCoreApplication::processEvents(QEventLoop::ExcludeUserInputEvents, 50);
                flushPage(window);
                waitForAnswer(window);
                QCoreApplication::processEvents(QEventLoop::ExcludeUserInputEvents, 50);
                const int ratio = static_cast<int>(window.devicePixelRatioF());
                QString file = QStringLiteral("%1/%2-%3-%4")
                                   .arg(folder, QLatin1String(p.name), QLatin1String(look))
                                   .arg(size.width());
                if (ratio > 1)
                    file += QStringLiteral("@%1x").arg(ratio);
                file += QStringLiteral(".png");
                if (window.grab().save(file))
                    files.append(file);
            }
        }
    }
    window.setThemeName(theme);
    window.setPage(before);
    return files;
}

namespace {

/// Saves what is open, reopens it and compares; tells the event loop how it ended.
void selfTest(MainWindow &window)
{
    auto folder = std::make_shared<QTemporaryDir>();
    const QString path = folder->filePath(QStringLiteral("self-test.batlab.h5"));
    window.workbench()->document()->addArtifacts(
        { std::make_shared<const Artifact>(SampleTokens { { 1, 2, 3 }, { "a", "b", "c" } }) });
    window.saveTo(path, [&window, path, folder](bool saved) {
        if (!saved) {
            std::fprintf(stderr, "self-test: saving failed\n");
            QCoreApplication::exit(1);
            return;
        }
        window.workbench()->store()->open(path, [&window, folder](const Result<void> &opened) {
            const bool same = opened && window.workbench()->document()->artifacts().sampleTokens();
            std::fprintf(stderr, "self-test: %s, first frame after %.2f s\n",
                         same ? "passed" : "failed", window.firstFrameSeconds());
            QCoreApplication::exit(same ? 0 : 1);
        });
    });
}

} // namespace

int runApplication(QApplication &app, const Options &options, const QElapsedTimer &clock)
{
    plots::installPlotAccessibility();
    std::unique_ptr<QSettings> settings = makeSettings(options);
    if (!options.theme.isEmpty())
        settings->setValue(QStringLiteral("theme"), options.theme);
    (void)installLanguage(app,
                          options.language.isEmpty()
                              ? settings->value(QStringLiteral("language")).toString()
                              : options.language);
    const QString folder = dataFolder(options, settings.get());
    const QString engine = options.engine.isEmpty()
        ? settings->value(QStringLiteral("engine/command")).toString()
        : options.engine;
    Windows windows({ engineFactory(engine), folder,
                      [file = settings->fileName()] {
                          return std::make_unique<QSettings>(file, QSettings::IniFormat);
                      },
                      isRemoteCommand(engine), remoteHostOf(engine) });
    SingleInstance instance(folder);
    const auto open = [&windows](const Options &asked) { windows.open(asked); };
    if (!options.selfTest && options.screenshots.isEmpty() && !instance.listen(open)
        && onlyOpens(options) && instance.handOver(options))
        return 0; // another program has the folder, and opens it
    MainWindow &window = *windows.add();
    DesktopTheme desktop;
    QObject::connect(&desktop, &DesktopTheme::changed, &windows, &Windows::followDesktop);
    desktop.listen();
    window.startFrameClock(clock);
    window.setAskOnClose(!options.selfTest && options.screenshots.isEmpty());
    QObject::connect(
        &window, &MainWindow::firstFrameShown, &window,
        [&window, &options] {
            if (!options.files.isEmpty())
                window.openPaths(options.files);
            if (!options.select.isEmpty())
                window.shell()->openLink(options.select);
            if (options.demo)
                window.startDemo();
            if (options.selfTest)
                selfTest(window);
            if (options.screenshots.isEmpty())
                return;
            const auto pictures = [&window, &options] {
                for (const QString &file : writeScreenshots(window, options.screenshots))
                    std::fprintf(stdout, "%s\n", qPrintable(file));
                QCoreApplication::exit(0);
            };
            // A session is read first; then the engine answers what its panels ask.
            QTimer::singleShot(options.files.isEmpty() ? 500 : 12000, &window, pictures);
        },
        Qt::QueuedConnection);
    const QPointer<MainWindow> first(&window); // gone if it was closed, and said so then
    const auto sayStalls = [first] {
        if (first)
            std::fprintf(stderr, "%s\n", qPrintable(first->stalls()->summary()));
    };
    QObject::connect(&window, &MainWindow::closed, &app, sayStalls);
    window.show();
    const int status = QApplication::exec();
    sayStalls();
    return status;
}

} // namespace batlab::app
