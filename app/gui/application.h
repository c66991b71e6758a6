// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/engine_client.h"
#include "app/gui/options.h"

#include <QElapsedTimer>
#include <QSettings>

#include <memory>

class QApplication;

namespace batlab::app {

class MainWindow;

/// What starts the engine: `command`, or batlab-cli beside this program.
[[nodiscard]] EngineClient::Factory engineFactory(const QString &command);
[[nodiscard]] std::unique_ptr<QSettings> makeSettings(const Options &options);
/// Where work, recovery files and the log go: the option's folder, else the setting's.
[[nodiscard]] QString dataFolder(const Options &options, const QSettings *settings = nullptr);
/// Builds the window, opens what was asked for, runs the event loop.
[[nodiscard]] int runApplication(QApplication &app, const Options &options,
                                 const QElapsedTimer &clock);

/// Workers or the engine still compute what the page shows.
[[nodiscard]] bool isWaiting(const MainWindow &window);
/// Brings what the page shows up to date at once, apart from what workers and the engine compute.
void flushPage(const MainWindow &window);
/// Pictures of every page at both sizes and in both themes; returns the files written.
QStringList writeScreenshots(MainWindow &window, const QString &folder);

} // namespace batlab::app
