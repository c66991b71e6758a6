// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/application.h"
#include "app/gui/main_window.h"
#include "app/gui/shell.h"
#include "app/gui/windows.h"
#include "core/job/remote_engine.h"
#include "tests/support/fake_engine.h"

#include <QTemporaryDir>
#include <QThreadPool>

#include <memory>
#include <mutex>
#include <vector>

namespace batlab::test {

/// Passes everything on to an engine and notes what was submitted.
class RecordingEngine : public Engine
{
public:
    struct Notes
    {
        std::mutex mutex;
        std::vector<JobRequest> requests;
        Engine *engine = nullptr; ///< the present one
    };
    RecordingEngine(std::unique_ptr<Engine> engine, std::shared_ptr<Notes> notes)
        : m_engine(std::move(engine)), m_notes(std::move(notes))
    {
        const std::lock_guard lock(m_notes->mutex);
        m_notes->engine = m_engine.get();
    }
    ~RecordingEngine() override
    {
        const std::lock_guard lock(m_notes->mutex);
        if (m_notes->engine == m_engine.get())
            m_notes->engine = nullptr;
    }
    void setListener(Listener listener) override { m_engine->setListener(std::move(listener)); }
    Result<Json> hello() override { return m_engine->hello(); }
    Result<JobId> submit(const JobRequest &request) override
    {
        {
            const std::lock_guard lock(m_notes->mutex);
            m_notes->requests.push_back(request);
        }
        return m_engine->submit(request);
    }
    Result<void> cancel(JobId job) override { return m_engine->cancel(job); }
    Result<void> pause(JobId job) override { return m_engine->pause(job); }
    Result<void> resume(JobId job) override { return m_engine->resume(job); }
    Result<Json> ask(const Json &question) override { return m_engine->ask(question); }
    void supersede(const Json &newer) override { m_engine->supersede(newer); }
    void abort(const Error &why, Child child) override { m_engine->abort(why, child); }

private:
    std::unique_ptr<Engine> m_engine;
    std::shared_ptr<Notes> m_notes;
};

/// A real window on an engine of the test's choice, with settings and data of its own.
struct WindowFixture
{
    using Make = std::function<Result<std::unique_ptr<Engine>>()>;

    explicit WindowFixture(Make make) : notes(std::make_shared<RecordingEngine::Notes>())
    {
        app::Options options;
        options.settingsFile = folder.filePath(QStringLiteral("settings.ini"));
        options.dataFolder = folder.filePath(QStringLiteral("data"));
        auto settings = app::makeSettings(options);
        settings->setValue(QStringLiteral("theme"), QStringLiteral("light"));
        auto factory = [make, notesCopy = notes]() -> Result<std::unique_ptr<Engine>> {
            Result<std::unique_ptr<Engine>> engine = make();
            if (!engine)
                return engine.error();
            return std::unique_ptr<Engine>(
                std::make_unique<RecordingEngine>(std::move(*engine), notesCopy));
        };
        clock.start();
        workbench = std::make_unique<app::Workbench>(factory, options.dataFolder);
        window = std::make_unique<app::MainWindow>(workbench.get(), std::move(settings));
        // No bus of the machine is asked.
        window->shell()->sleepInhibitor()->setTake(
            [](const QString &, const std::function<void(app::SleepInhibitor::Lock)> &) {});
        window->startFrameClock(clock);
        window->setAskOnClose(false);
        window->show();
    }
    ~WindowFixture()
    {
        window.reset();
        workbench.reset();
        QThreadPool::globalInstance()->waitForDone(); // its engine may still write to the folder
    }

    QTemporaryDir folder;
    std::shared_ptr<RecordingEngine::Notes> notes;
    QElapsedTimer clock;
    std::unique_ptr<app::Workbench> workbench;
    std::unique_ptr<app::MainWindow> window;
};

/// The program's windows with settings and data of their own, and the first of them.
struct WindowsFixture
{
    explicit WindowsFixture(WindowFixture::Make make)
        : windows({ std::move(make), folder.filePath(QStringLiteral("data")),
                    [this] {
                        return std::make_unique<QSettings>(
                            folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
                    },
                    false })
        , first(*windows.add())
    {
        first.setAskOnClose(false);
    }

    struct PoolEnd
    {
        ~PoolEnd() { QThreadPool::globalInstance()->waitForDone(); }
    };

    QTemporaryDir folder;
    PoolEnd poolEnd; ///< the windows' engines may still write to the folder
    app::Windows windows;
    app::MainWindow &first; ///< not shown yet
};

/// "batlab-cli serve" as a child; `child` gets its process id whenever it is started.
[[nodiscard]] inline WindowFixture::Make realEngine(const QString &cli, pid_t &child)
{
    return [command = '"' + cli.toStdString() + "\" serve",
            &child]() -> Result<std::unique_ptr<Engine>> {
        auto engine = RemoteEngine::start(command);
        if (!engine)
            return engine.error();
        child = (*engine)->pid();
        return std::unique_ptr<Engine>(std::move(*engine));
    };
}

/// A run of one preset on the demo model.
[[nodiscard]] inline Json smallSpec(const char *preset = "rtn")
{
    return { { "model", "demo" },
             { "variants", Json::array({ { { "preset", preset }, { "id", preset } } }) } };
}

/// The scripted engine playing on a thread.
[[nodiscard]] inline WindowFixture::Make fakeEngine(int layers, double secondsPerStep = 0)
{
    return [=]() -> Result<std::unique_ptr<Engine>> {
        FakeEngine::Options options;
        options.layers = layers;
        options.secondsPerStep = secondsPerStep;
        return std::unique_ptr<Engine>(std::make_unique<FakeEngine>(options));
    };
}

} // namespace batlab::test
