// SPDX-License-Identifier: Apache-2.0
// Of one stream the newest question wins: the one at work ends early, here and through the pipe.
#include <QtTest> // first: moc 6.4 cannot read <concepts> before it

#include "core/engine/service/local_engine.h"
#include "core/job/engine_server.h"
#include "core/job/remote_engine.h"
#include "core/spec/run_spec.h"
#include "tests/support/tiny_model.h"

#include <QTemporaryDir>

#include <condition_variable>
#include <future>
#include <mutex>
#include <unistd.h>

using namespace batlab;
using namespace std::chrono_literals;

namespace {

/// A store at whose gate whoever looks for calibration tokens waits, so that a question is at work
/// for as long as a test likes.
class GateStore : public CheckpointStore
{
public:
    Result<std::string> put(std::string_view key, const Part &part) override
    {
        if (isTokens(key)) {
            const std::lock_guard lock(m_mutex);
            ++m_kept;
        }
        return m_inner->put(key, part);
    }
    Result<std::optional<Part>> get(std::string_view key) const override
    {
        if (isTokens(key)) {
            std::unique_lock lock(m_mutex);
            m_reached = true;
            m_changed.notify_all();
            m_changed.wait(lock, [this] { return m_open; });
        }
        return m_inner->get(key);
    }
    Result<std::optional<Part>> getByHash(std::string_view hash) const override
    {
        return m_inner->getByHash(hash);
    }
    Result<void> remove(std::string_view key) override { return m_inner->remove(key); }
    [[nodiscard]] std::vector<std::string> keys(std::string_view prefix) const override
    {
        return m_inner->keys(prefix);
    }
    [[nodiscard]] std::filesystem::path folder() const override { return m_inner->folder(); }

    /// Whether somebody has come to the gate.
    [[nodiscard]] bool waitUntilReached() const
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, 60s, [this] { return m_reached; });
    }
    void open()
    {
        const std::lock_guard lock(m_mutex);
        m_open = true;
        m_changed.notify_all();
    }
    /// How many sets of tokens were sampled to the end.
    [[nodiscard]] int kept() const
    {
        const std::lock_guard lock(m_mutex);
        return m_kept;
    }

private:
    static bool isTokens(std::string_view key) { return key.starts_with("tokens/"); }

    std::unique_ptr<CheckpointStore> m_inner = makeMemoryCheckpointStore();
    mutable std::mutex m_mutex;
    mutable std::condition_variable m_changed;
    mutable bool m_reached = false;
    bool m_open = false;
    int m_kept = 0;
};

/// An engine behind the gate, alone or at the other end of a pipe.
struct Bench
{
    std::shared_ptr<GateStore> store = std::make_shared<GateStore>();
    std::unique_ptr<LocalEngine> local;
    int up[2] { -1, -1 }, down[2] { -1, -1 };
    std::future<Result<void>> served;
    std::unique_ptr<RemoteEngine> remote;

    Bench(const PresetLibrary &presets, bool throughPipe)
    {
        LocalEngine::Options options;
        options.threads = 2;
        options.presets = presets;
        options.stores = [this](const std::filesystem::path &) {
            return Result<std::shared_ptr<CheckpointStore>>(store);
        };
        local = std::make_unique<LocalEngine>(std::move(options));
        if (!throughPipe)
            return;
        if (pipe(up) != 0 || pipe(down) != 0)
            qFatal("no pipe");
        served =
            std::async(std::launch::async, [this] { return serveEngine(*local, up[0], down[1]); });
        remote = RemoteEngine::over(down[0], up[1], {});
    }
    ~Bench()
    {
        store->open(); // a failed test must not hold the engine
        remote.reset();
        if (served.valid()) {
            close(up[1]);
            served.wait();
            for (const int fd : { up[0], down[0], down[1] })
                close(fd);
        }
    }
    Bench(const Bench &) = delete;
    Bench &operator=(const Bench &) = delete;
    [[nodiscard]] Engine &engine() const
    {
        return remote ? static_cast<Engine &>(*remote) : *local;
    }
    /// Returns when the engine has been told: control calls are answered in their order.
    void supersede(const Json &newer) const
    {
        engine().supersede(newer);
        (void)engine().cancel(99);
    }
};

} // namespace

class QuestionStreamsTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    const PresetLibrary m_presets = *PresetLibrary::builtIn();
    Json m_spec;

    Json question(int tokens, int layer, int turn, const char *stream = "what-if") const
    {
        return { { "ask", "what-if" }, { "spec", m_spec }, { "workspace", "w" },
                 { "tokens", tokens }, { "layer", layer }, { "stream", stream },
                 { "turn", turn } };
    }
    /// What an engine says that is asked nothing else.
    double undisturbed(int tokens, int layer) const
    {
        const Bench quiet(m_presets, false);
        quiet.store->open();
        return quiet.engine()
            .ask(question(tokens, layer, 1))
            .orThrow()
            .at("outputSqnrDb")
            .get<double>();
    }

private Q_SLOTS:
    void initTestCase()
    {
        const auto folder = test::writeTinyModel((m_dir.path() + "/m").toStdString());
        m_spec = runSpecFromYaml("model: " + folder.string()
                                     + "\nprotocol: {dtype: fp32}\nevaluate: false\n"
                                       "calibration: {sequences: 4, length: 64}\n"
                                       "variants: [bat]\n",
                                 m_presets, "test")
                     .orThrow()
                     .toJson();
    }

    void theOneAtWorkEndsEarly_data()
    {
        QTest::addColumn<bool>("throughPipe");
        QTest::newRow("in process") << false;
        QTest::newRow("serve") << true;
    }
    void theOneAtWorkEndsEarly()
    {
        QFETCH(bool, throughPipe);
        const Bench bench(m_presets, throughPipe);
        auto older =
            std::async(std::launch::async, [&] { return bench.engine().ask(question(96, 0, 1)); });
        QVERIFY(bench.store->waitUntilReached());
        const Json newer = question(64, 1, 2);
        bench.supersede(newer);
        bench.store->open();
        const Result<Json> ended = older.get();
        QVERIFY(!ended.ok());
        QCOMPARE(ended.error().code, ErrorCode::cancelled);
        QCOMPARE(bench.store->kept(), 0); // it did not even sample its tokens
        const Result<Json> answer = bench.engine().ask(newer);
        QVERIFY2(answer.ok(), answer ? "" : answer.error().message().c_str());
        QCOMPARE(answer->at("tokens").get<int>(), 64);
        QCOMPARE(answer->at("outputSqnrDb").get<double>(), undisturbed(64, 1));
    }

    /// Tokens that both need are sampled to the end, once: else quick changes would never see one.
    void whatBothNeedIsFinished()
    {
        const Bench bench(m_presets, false);
        auto older =
            std::async(std::launch::async, [&] { return bench.engine().ask(question(64, 0, 1)); });
        QVERIFY(bench.store->waitUntilReached());
        const Json newer = question(64, 1, 2);
        bench.supersede(newer);
        bench.store->open();
        const Result<Json> ended = older.get();
        QVERIFY(!ended.ok() && ended.error().code == ErrorCode::cancelled);
        QCOMPARE(bench.store->kept(), 1);
        const Result<Json> answer = bench.engine().ask(newer);
        QVERIFY2(answer.ok(), answer ? "" : answer.error().message().c_str());
        QCOMPARE(bench.store->kept(), 1);
        QCOMPARE(answer->at("outputSqnrDb").get<double>(), undisturbed(64, 1));
    }

    /// One that comes after it was superseded ends at once; other streams and questions without
    /// one are left alone.
    void onlyOlderOnesOfTheStream()
    {
        const Bench bench(m_presets, false);
        bench.store->open();
        bench.engine().supersede(question(64, 0, 5));
        const Result<Json> late = bench.engine().ask(question(64, 0, 4));
        QVERIFY(!late.ok() && late.error().code == ErrorCode::cancelled);
        QVERIFY2(late.error().what.find("newer") != std::string::npos,
                 late.error().message().c_str());
        QVERIFY(bench.engine().ask(question(64, 0, 5)).ok());
        QVERIFY(bench.engine().ask(question(64, 0, 1, "what-if.pin")).ok());
        Json plain = question(64, 0, 1);
        plain.erase("stream");
        QVERIFY(bench.engine().ask(plain).ok());
        // Nonsense supersedes nothing.
        bench.engine().supersede(Json(3));
        bench.engine().supersede({ { "stream", "what-if" }, { "turn", "9" } });
        bench.engine().supersede({ { "stream", 3 }, { "turn", 9 } });
        QVERIFY(bench.engine().ask(question(64, 0, 6)).ok());
    }
};

QTEST_GUILESS_MAIN(QuestionStreamsTest)
#include "tst_questions_streams.moc"
