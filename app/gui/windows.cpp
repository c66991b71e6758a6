// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/windows.h"

#include "app/gui/log_file.h"
#include "app/gui/main_window.h"
#include "app/gui/session_store.h"
#include "app/gui/shell.h"
#include "views/models/deep_link.h"

namespace batlab::app {

/// Goes as a whole: an answer that is on its way finds the window and the workbench, or neither.
struct Windows::One : public QObject
{
    explicit One(QObject *parent) : QObject(parent) { }
    ~One() override
    {
        delete window; // before the workbench, which its parts refer to
    }
    Q_DISABLE_COPY_MOVE(One)

    std::unique_ptr<Workbench> workbench;
    std::unique_ptr<LogFile> log;
    MainWindow *window = nullptr;
};

Windows::Windows(Parts parts, QObject *parent) : QObject(parent), m_parts(std::move(parts)) { }

Windows::~Windows()
{
    m_all.clear();
    while (!children().isEmpty()) // with those that were closed and are not deleted yet
        delete children().first();
}

MainWindow *Windows::add()
{
    ++m_made;
    auto *one = new One(this);
    one->workbench = std::make_unique<Workbench>(m_parts.engine, m_parts.dataFolder);
    const QString number = m_made > 1 ? QStringLiteral("-%1").arg(m_made) : QString();
    one->log = std::make_unique<LogFile>(one->workbench->log(),
                                         m_parts.dataFolder
                                             + QStringLiteral("/log/batlab%1.log").arg(number));
    auto *window = new MainWindow(one->workbench.get(), m_parts.settings());
    one->window = window;
    window->shell()->setRemote(m_parts.remote, m_parts.host);
    window->shell()->setOpenLinkElsewhere([this](const QString &link) { showLink(link); });
    window->shell()->setOpenWindow([this] {
        MainWindow *more = add();
        more->show();
        return more;
    });
    connect(window, &MainWindow::closed, this, [this, one] { forget(one); });
    if (m_made > 1) {
        window->setFurther();
        constexpr int kStep = 32; // so that the one below is seen
        window->move(window->pos() + QPoint(kStep, kStep));
        QElapsedTimer clock;
        clock.start();
        window->startFrameClock(clock);
    }
    m_all.push_back(one);
    return window;
}

MainWindow *Windows::at(std::size_t index) const { return m_all[index]->window; }

void Windows::followDesktop()
{
    const QString system = QStringLiteral("system");
    for (One *one : m_all) {
        if (one->window->themeName() == system) {
            one->window->setThemeName(system); // all windows have the theme then
            return;
        }
    }
}

void Windows::forget(One *one)
{
    std::erase(m_all, one);
    one->deleteLater(); // not WA_DeleteOnClose: the workbench goes in the same breath
}

void Windows::showLink(const QString &text)
{
    const Result<views::DeepLink> link = views::parseDeepLink(text);
    One *found = nullptr;
    for (One *one : m_all)
        if (link && views::isSameFile(one->workbench->store()->session(), link->session))
            found = one;
    MainWindow *window = found ? found->window : add();
    window->show();
    window->raise();
    window->activateWindow();
    window->shell()->openLink(text); // says what is wrong with it
}

} // namespace batlab::app
