// SPDX-License-Identifier: GPL-3.0-or-later
// Where windows stand: kept over restarts, and on a screen when one goes or shrinks.
#include "app/gui/main_window.h"
#include "app/gui/shell.h"

#include <QGuiApplication>
#include <QScreen>

#include <algorithm>

namespace batlab::app {

void Shell::restorePosition()
{
    const QSettings &settings = *m_window->settings();
    if (settings.contains(QStringLiteral("layout")))
        m_window->restoreDocks(settings.value(QStringLiteral("layout")).toByteArray());
    m_window->setPerspectives(settings.value(QStringLiteral("perspectives")).toMap());
    m_window->setKeptSizes(settings.value(QStringLiteral("dockSizes")).toMap());
    if (settings.contains(QStringLiteral("position"))) {
        m_window->move(settings.value(QStringLiteral("position")).toPoint());
        keepOnScreen();
    }
    if (settings.value(QStringLiteral("maximized")).toBool())
        m_window->setWindowState(Qt::WindowMaximized); // over the size it goes back to
}

void Shell::rememberPosition()
{
    QSettings &settings = *m_window->settings();
    const bool whole = m_window->isMaximized() || m_window->isFullScreen();
    const QRect normal = m_window->normalGeometry();
    settings.setValue(QStringLiteral("size"), whole ? normal.size() : m_window->size());
    settings.setValue(QStringLiteral("position"), whole ? normal.topLeft() : m_window->pos());
    settings.setValue(QStringLiteral("maximized"), m_window->isMaximized());
    settings.setValue(QStringLiteral("layout"), m_window->saveState(MainWindow::kLayoutVersion));
    settings.setValue(QStringLiteral("perspectives"), m_window->perspectives());
    settings.setValue(QStringLiteral("dockSizes"), m_window->keptSizes());
    settings.sync();
}

void Shell::followScreens()
{
    connect(qApp, &QGuiApplication::screenRemoved, this, &Shell::keepOnScreen);
    const auto follow = [this](const QScreen *screen) { // panels of the desktop come and go, too
        connect(screen, &QScreen::availableGeometryChanged, this, &Shell::keepOnScreen);
    };
    for (const QScreen *screen : QGuiApplication::screens())
        follow(screen);
    connect(qApp, &QGuiApplication::screenAdded, this, follow);
}

void Shell::keepOnScreen()
{
    QList<QRect> screens;
    for (const QScreen *screen : QGuiApplication::screens())
        screens.append(screen->availableGeometry());
    QList<QWidget *> windows { m_window };
    for (QWidget *widget : m_window->findChildren<QWidget *>()) // dialogs and floating docks
        if (widget->isWindow() && widget->isVisible() && widget->windowType() != Qt::Popup
            && widget->windowType() != Qt::ToolTip)
            windows.append(widget);
    for (QWidget *window : windows) {
        if (window->isMaximized() || window->isFullScreen())
            continue; // the desktop sees to it
        const QRect now(window->pos(), window->size()), wanted = onScreen(now, screens);
        if (wanted == now)
            continue;
        window->resize(wanted.size());
        window->move(wanted.topLeft());
    }
}

QRect onScreen(const QRect &window, const QList<QRect> &screens)
{
    if (screens.isEmpty())
        return window;
    constexpr int kGrip = 48; // enough of the title bar to drag it
    const QRect title(window.left(), window.top(), window.width(), kGrip);
    for (const QRect &screen : screens) {
        const QRect seen = screen & title;
        if (seen.width() >= kGrip * 2 && seen.height() >= kGrip / 2)
            return window;
    }
    const auto distance = [&](const QRect &screen) {
        return (screen.center() - window.center()).manhattanLength();
    };
    const QRect home =
        *std::min_element(screens.begin(), screens.end(), [&](const QRect &a, const QRect &b) {
            return distance(a) < distance(b);
        });
    const QSize size = window.size().boundedTo(home.size());
    return { QPoint(std::clamp(window.left(), home.left(), home.right() + 1 - size.width()),
                    std::clamp(window.top(), home.top(), home.bottom() + 1 - size.height())),
             size };
}

} // namespace batlab::app
