// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/engine_client.h"
#include "app/gui/options.h"

#include <QObject>
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
        QString host {}; ///< its name, where the command has it
    };
    explicit Windows(Parts parts, QObject *parent = nullptr);
    ~Windows() override;

    /// One more, not shown yet. It lives until it is closed, the first one too.
    MainWindow *add();
    /// A place of a session (batlab://open?session=...) in the window that has the session open, or
    /// in an empty one.
    void showLink(const QString &link);
    /// What a command line asks for, while the program runs: a session in the window that has it,
    /// results of lm-eval beside the session looked at, anything else in an empty window.
    void open(const Options &options);
    /// The desktop's theme is another: windows that follow it get it.
    void followDesktop();
    [[nodiscard]] std::size_t count() const { return m_all.size(); }
    [[nodiscard]] MainWindow *at(std::size_t index) const;

private:
    struct One; ///< a window and what it shows
    void forget(One *one);
    [[nodiscard]] One *having(const QString &session) const; ///< null: no window has it open
    [[nodiscard]] MainWindow *emptyOne(); ///< a new one if need be
    [[nodiscard]] MainWindow *lookedAt(); ///< the active one, or the latest
    void toFront(MainWindow *window);

    Parts m_parts;
    std::vector<One *> m_all; ///< children; those that are closed are not among them
    int m_made = 0;
    QByteArray m_token; ///< of the desktop, for the next window that comes to the front
};

} // namespace batlab::app
