// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/windows.h"

#include "app/gui/log_file.h"
#include "app/gui/main_window.h"
#include "app/gui/shell.h"
#include "views/models/deep_link.h"

#include <QFileInfo>
#include <QTimer>

#include <algorithm>

namespace batlab::app {

Windows::Windows(Parts parts, QObject *parent) : QObject(parent), m_parts(std::move(parts)) { }

Windows::~Windows()
{
    for (One &one : m_all)
        delete one.window; // before the workbench it shows
}

MainWindow *Windows::add()
{
    ++m_made;
    One one;
    one.workbench = std::make_unique<Workbench>(m_parts.engine, m_parts.dataFolder);
    const QString number = m_made > 1 ? QStringLiteral("-%1").arg(m_made) : QString();
    one.log = std::make_unique<LogFile>(
        one.workbench->log(), m_parts.dataFolder + QStringLiteral("/log/batlab%1.log").arg(number));
    auto *window = new MainWindow(one.workbench.get(), m_parts.settings());
    one.window = window;
    window->shell()->setRemote(m_parts.remote);
    window->shell()->setOpenLinkElsewhere([this](const QString &link) { showLink(link); });
    window->shell()->setOpenWindow([this] { add()->show(); });
    if (m_made > 1) {
        constexpr int kStep = 32; // so that the one below is seen
        window->move(window->pos() + QPoint(kStep, kStep));
        window->setAttribute(Qt::WA_DeleteOnClose);
        QElapsedTimer clock;
        clock.start();
        window->startFrameClock(clock);
        // The workbench goes after the window's parts, which refer to it.
        connect(window, &QObject::destroyed, this,
                [this] { QTimer::singleShot(0, this, &Windows::forgetClosed); });
    }
    m_all.push_back(std::move(one));
    return window;
}

void Windows::forgetClosed()
{
    std::erase_if(m_all, [](const One &one) { return one.window.isNull(); });
}

void Windows::showLink(const QString &text)
{
    const Result<views::DeepLink> link = views::parseDeepLink(text);
    MainWindow *window = nullptr;
    for (const One &one : m_all)
        if (link && one.window && !one.workbench->document()->path().isEmpty()
            && QFileInfo(one.workbench->document()->path()) == QFileInfo(link->session))
            window = one.window;
    if (!window)
        window = add();
    window->show();
    window->raise();
    window->activateWindow();
    window->shell()->openLink(text); // says what is wrong with it
}

} // namespace batlab::app
