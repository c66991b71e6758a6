// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/engine_client.h"

#include <QObject>
#include <QPointer>
#include <QSettings>

#include <functional>
#include <memory>
#include <vector>

namespace batlab::app {

class LogFile;
class MainWindow;
class Workbench;

/// The windows of the program: one session each, with a workbench and an engine of its own.
class Windows : public QObject
{
    Q_OBJECT

public:
    struct Parts
    {
        EngineClient::Factory engine;
        QString dataFolder;
        std::function<std::unique_ptr<QSettings>()> settings; ///< of one more window
        bool remote = false; ///< the engine's paths are those of another machine
    };
    explicit Windows(Parts parts, QObject *parent = nullptr);
    ~Windows() override;

    /// One more, not shown yet. The first one lives as long as the program, the others until they
    /// are closed.
    MainWindow *add();
    /// A place of a session (batlab://open?session=...) in the window that has the session open, or
    /// in a new one.
    void showLink(const QString &link);
    [[nodiscard]] std::size_t count() const { return m_all.size(); }
    [[nodiscard]] MainWindow *at(std::size_t index) const { return m_all[index].window; }

private:
    struct One
    {
        std::unique_ptr<Workbench> workbench;
        std::unique_ptr<LogFile> log;
        QPointer<MainWindow> window;
    };
    void forgetClosed();

    Parts m_parts;
    std::vector<One> m_all;
    int m_made = 0;
};

} // namespace batlab::app
