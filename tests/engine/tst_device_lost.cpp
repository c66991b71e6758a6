// SPDX-License-Identifier: Apache-2.0
#include <QtTest> // first: moc 6.4 cannot read <concepts> before it

#include "core/engine/device/device_kernels.h"
#include "core/engine/service/local_engine.h"
#include "core/spec/run_spec.h"
#include "tests/engine/spy_device.h"
#include "tests/support/tiny_model.h"

#include <QTemporaryDir>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

using namespace batlab;
using namespace batlab::test;

namespace {

constexpr std::int64_t kRoom = std::int64_t { 16 } << 30;

/// What an engine says.
class Heard
{
public:
    Engine::Listener listener(std::function<void(const Artifact &)> seen = {})
    {
        return [this, seen = std::move(seen)](const EngineEvent &event) {
            const std::lock_guard lock(m_mutex);
            if (const auto *s = std::get_if<JobStateChanged>(&event)) {
                m_ends[s->job] = *s;
            } else if (const auto *a = std::get_if<JobArtifact>(&event)) {
                if (const auto *layer = std::get_if<LayerDone>(a->artifact.get()))
                    m_layers.push_back(*layer);
                if (seen)
                    seen(*a->artifact);
            } else if (const auto *stopped = std::get_if<EngineStopped>(&event)) {
                m_stopped = stopped->error;
            }
            m_changed.notify_all();
        };
    }
    bool waitForEnd(JobId job)
    {
        return waitFor([&] { return m_ends.contains(job) && isFinal(m_ends[job].state); });
    }
    bool waitForStop()
    {
        return waitFor([&] { return m_stopped.has_value(); });
    }
    JobStateChanged end(JobId job)
    {
        const std::lock_guard lock(m_mutex);
        return m_ends[job];
    }
    std::vector<LayerDone> layers()
    {
        const std::lock_guard lock(m_mutex);
        return m_layers;
    }
    std::optional<Error> stopped()
    {
        const std::lock_guard lock(m_mutex);
        return m_stopped;
    }

private:
    template<class Test>
    bool waitFor(Test test)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, std::chrono::minutes(2), test);
    }
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::map<JobId, JobStateChanged> m_ends;
    std::vector<LayerDone> m_layers;
    std::optional<Error> m_stopped;
};

} // namespace

/// What the engine behind the window does when its GPU is gone for good.
class DeviceLostTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    const PresetLibrary m_presets = *PresetLibrary::builtIn();
    std::shared_ptr<CheckpointStore> m_store = makeMemoryCheckpointStore();
    Json m_spec;

    std::unique_ptr<LocalEngine> engine() const
    {
        LocalEngine::Options options;
        options.threads = 1;
        options.presets = m_presets;
        options.stores = [this](const std::filesystem::path &) {
            return Result<std::shared_ptr<CheckpointStore>>(m_store);
        };
        options.device = "spy";
        options.open = [](std::string_view) {
            return Result<device::Device>(device::Device { spy::open(), "spy", kRoom });
        };
        return std::make_unique<LocalEngine>(std::move(options));
    }

private Q_SLOTS:
    void initTestCase()
    {
        const auto folder = writeTinyModel((m_dir.path() + "/m").toStdString(), {});
        m_spec = runSpecFromYaml("model: " + folder.string()
                                     + "\nprotocol: {dtype: fp32}\nevaluate: false\n"
                                       "calibration: {sequences: 4, length: 64}\n"
                                       "variants: [{preset: rtn-uos}]\n",
                                 m_presets, "test")
                     .orThrow()
                     .toJson();
    }

    /// The job fails with its finished layers kept, nothing else runs, and the engine says that it
    /// ends; another one goes on where it stood.
    void theEngineEndsWithItsDevice()
    {
        spy::setFreeMemory(kRoom);
        Heard heard;
        {
            const auto first = engine();
            first->setListener(heard.listener([](const Artifact &artifact) {
                if (std::holds_alternative<LayerDone>(artifact))
                    spy::loseNext("unspecified launch failure");
            }));
            const JobId job = first->submit({ m_spec, "w" }).orThrow();
            const Result<JobId> next = first->submit({ m_spec, "w" });
            QVERIFY(heard.waitForEnd(job));
            QVERIFY(heard.waitForStop());
            const JobStateChanged end = heard.end(job);
            QCOMPARE(end.state, JobState::failed);
            QCOMPARE(end.error.code, ErrorCode::deviceLost);
            QVERIFY2(end.error.what.find("unspecified launch failure") != std::string::npos,
                     end.error.message().c_str());
            QVERIFY2(end.error.hint.find("started anew") != std::string::npos,
                     end.error.message().c_str());
            QCOMPARE(heard.stopped()->code, ErrorCode::deviceLost);
            if (next) // it came before the end
                QCOMPARE(heard.end(*next).error.code, ErrorCode::deviceLost);
            const Result<JobId> late = first->submit({ m_spec, "w" });
            QVERIFY(!late.ok());
            QCOMPARE(late.error().code, ErrorCode::deviceLost);
        }
        QCOMPARE(heard.layers().size(), std::size_t { 1 });
        QVERIFY(!m_store->keys({}).empty());

        spy::setFreeMemory(kRoom); // another process
        Heard again;
        const auto second = engine();
        second->setListener(again.listener());
        const JobId job = second->submit({ m_spec, "w" }).orThrow();
        QVERIFY(again.waitForEnd(job));
        QVERIFY2(again.end(job).state == JobState::succeeded,
                 again.end(job).error.message().c_str());
        QVERIFY(!again.stopped());
        QVERIFY(again.layers().size() >= 2);
        QCOMPARE(again.layers().front().part, heard.layers().front().part);
    }

    /// A failure after which the device answers ends its job only.
    void aFailureMayPass()
    {
        spy::setFreeMemory(kRoom);
        m_store = makeMemoryCheckpointStore();
        Heard heard;
        const auto one = engine();
        bool failed = false;
        one->setListener(heard.listener([&failed](const Artifact &artifact) {
            if (std::holds_alternative<LayerDone>(artifact) && !std::exchange(failed, true))
                spy::failNext("no launch resources");
        }));
        const JobId job = one->submit({ m_spec, "w" }).orThrow();
        QVERIFY(heard.waitForEnd(job));
        QCOMPARE(heard.end(job).error.code, ErrorCode::device);
        const JobId next = one->submit({ m_spec, "w" }).orThrow();
        QVERIFY(heard.waitForEnd(next));
        QVERIFY2(heard.end(next).state == JobState::succeeded,
                 heard.end(next).error.message().c_str());
        QVERIFY(!heard.stopped());
        one->setListener({});
    }
};

QTEST_GUILESS_MAIN(DeviceLostTest)
#include "tst_device_lost.moc"
