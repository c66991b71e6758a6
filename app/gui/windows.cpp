// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/windows.h"

#include "app/gui/log_file.h"
#include "app/gui/main_window.h"
#include "app/gui/session_store.h"
#include "app/gui/shell.h"
#include "views/models/deep_link.h"

#include <QDialog>
#include <QUrl>

#include <algorithm>
#include <utility>

namespace batlab::app {

namespace {

/// What it is asked about is its own, not of what another program hands over.
bool hasQuestion(const MainWindow &window)
{
    const auto dialogs = window.findChildren<QDialog *>();
    return std::any_of(dialogs.begin(), dialogs.end(),
                       [](const QDialog *d) { return d->isVisible() && d->isModal(); });
}

} // namespace

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

Windows::One *Windows::having(const QString &session) const
{
    for (One *one : m_all)
        if (views::isSameFile(one->workbench->store()->session(), session))
            return one;
    return nullptr;
}

MainWindow *Windows::emptyOne()
{
    for (const One *one : m_all)
        if (one->workbench->document()->isEmpty() && !one->workbench->document()->hasWork()
            && one->workbench->store()->session().isEmpty() && !hasQuestion(*one->window))
            return one->window;
    return add();
}

MainWindow *Windows::lookedAt()
{
    for (const One *one : m_all)
        if (one->window->isActiveWindow())
            return one->window;
    return m_all.empty() ? add() : m_all.back()->window;
}

void Windows::toFront(MainWindow *window)
{
    window->setWindowState(window->windowState() & ~Qt::WindowMinimized);
    window->show();
    window->raise();
    // Qt reads it there, and nowhere else: what is started later must not find it.
    const QByteArray token = std::exchange(m_token, {});
    if (!token.isEmpty())
        qputenv(kActivationToken, token);
    window->activateWindow();
    if (!token.isEmpty())
        qunsetenv(kActivationToken);
}

void Windows::showLink(const QString &text)
{
    const Result<views::DeepLink> link = views::parseDeepLink(text);
    const One *found = link ? having(link->session) : nullptr;
    const bool elsewhere = link && !link->session.isEmpty();
    MainWindow *window = found ? found->window : elsewhere ? emptyOne() : lookedAt();
    toFront(window);
    window->shell()->openLink(text); // says what is wrong with it
}

void Windows::open(const Options &options)
{
    m_token = options.activationToken;
    QStringList results, others;
    MainWindow *window = nullptr;
    for (const QString &given : options.files) {
        const QUrl url(given);
        const QString file = url.isLocalFile() ? url.toLocalFile() : given;
        if (file.startsWith(QLatin1String("batlab:")))
            showLink(file);
        else if (const One *one = having(file))
            toFront(window = one->window);
        else
            (MainWindow::isResults(file) ? results : others).append(file);
    }
    const bool nothing = options.files.isEmpty() && options.select.isEmpty();
    if (!others.isEmpty() || options.demo || nothing) {
        toFront(window = emptyOne());
        if (!others.isEmpty())
            window->openPaths(others + results);
    } else if (!results.isEmpty()) {
        toFront(window = window ? window : lookedAt());
        window->openPaths(results);
    }
    if (!options.select.isEmpty()) {
        toFront(window = window ? window : lookedAt());
        window->shell()->openLink(options.select);
    }
    if (options.demo)
        window->startDemo();
}

} // namespace batlab::app
