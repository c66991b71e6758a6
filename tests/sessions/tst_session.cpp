// SPDX-License-Identifier: Apache-2.0
#include <QtTest> // first: moc 6.4 cannot read <concepts> before it

#include "sessions/checkpoint_folder.h"
#include "sessions/file_commit.h"
#include "sessions/session.h"
#include "tests/sessions/sample_session.h"

#include <QElapsedTimer>
#include <QTemporaryDir>

#include <fmt/format.h>

using namespace batlab;
namespace fs = std::filesystem;

namespace {
#define VERIFY_OK(result)                                                                          \
    QVERIFY2((result).ok(), (result).ok() ? "" : (result).error().message().c_str())

fs::path inside(const QTemporaryDir &dir, const char *name)
{
    return fs::path(dir.path().toStdString()) / name;
}

/// Artifacts of b that differ from a's, by exact value.
std::vector<std::string> changed(const Session &a, const Session &b)
{
    std::vector<std::string> out;
    for (const auto &[key, artifact] : a.artifacts) {
        const auto it = b.artifacts.find(key);
        if (it == b.artifacts.end()
            || Json::to_cbor(toJson(*artifact)) != Json::to_cbor(toJson(*it->second)))
            out.push_back(key);
    }
    if (a.artifacts.size() != b.artifacts.size())
        out.push_back(
            fmt::format("{} artifacts became {}", a.artifacts.size(), b.artifacts.size()));
    return out;
}
} // namespace

class TestSession : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everythingRoundTrips();
    void queries();
    void parts();
    void tenThousandObjectsOpenFast();
};

void TestSession::everythingRoundTrips()
{
    const QTemporaryDir dir;
    const fs::path path = inside(dir, "a.batlab.h5");
    const Session before = test::sampleSession(3, 1);
    VERIFY_OK(save(before, path));
    const Result<Session> loaded = load(path);
    VERIFY_OK(loaded);
    const Session &after = *loaded;
    const std::vector<std::string> differences = changed(before, after);
    QVERIFY2(differences.empty(), differences.empty() ? "" : differences.front().c_str());
    QCOMPARE(after.uuid, before.uuid);
    QCOMPARE(after.created, before.created);
    QCOMPARE(after.creator, before.creator);
    QCOMPARE(after.notes, before.notes);
    QCOMPARE(after.viewState, before.viewState);
    QCOMPARE(after.variantOrder, before.variantOrder);
    QCOMPARE(after.runs.size(), std::size_t { 1 });
    QCOMPARE(after.runs[0].specJson, before.runs[0].specJson);
    QCOMPARE(after.runs[0].logTail, before.runs[0].logTail);
    QCOMPARE(after.runs[0].threads, before.runs[0].threads);
    QVERIFY2(after.warnings.empty(), after.warnings.empty() ? "" : after.warnings[0].c_str());
    QCOMPARE(after.origin, path);
}

void TestSession::queries()
{
    const Session s = test::sampleSession(3, 1);
    QCOMPARE(s.variantIds(), (std::vector<std::string> { "reference", "rtn", "bat" }));
    QCOMPARE(s.variants().size(), std::size_t { 3 });
    QVERIFY(s.siteStats("bat", { Branch::text, 2 }, Site::t4, StatStage::after));
    QVERIFY(!s.siteStats("bat", { Branch::text, 3 }, Site::t4, StatStage::after));
    QCOMPARE(s.linearScores("rtn").size(), std::size_t { 21 });
    QCOMPARE(s.layers("bat").size(), std::size_t { 3 });
    QCOMPARE(s.evaluations().size(), std::size_t { 3 });
    QCOMPARE(s.evaluations()[1]->variant, std::string("rtn"));
    const LayerBlockMap map = s.energyMap("bat", Site::t4, StatStage::after);
    QCOMPARE(map.layers.size(), std::size_t { 3 });
    QCOMPARE(map.energy.size(), std::size_t { 3 * 48 });
    QCOMPARE(map.energy[48],
             s.siteStats("bat", { Branch::text, 1 }, Site::t4, StatStage::after)->energy[0]);
}

void TestSession::parts()
{
    const QTemporaryDir dir;
    const Part part = test::samplePart(3);
    std::string hash;
    {
        auto store = openCheckpointFolder(inside(dir, "work"));
        VERIFY_OK(store);
        const auto put = (*store)->put("spec/bat/layer/0000", part);
        VERIFY_OK(put);
        hash = *put;
        QCOMPARE(hash, part.contentHash());
        const auto got = (*store)->get("spec/bat/layer/0000");
        VERIFY_OK(got);
        QVERIFY(got->has_value());
        QCOMPARE((*got)->contentHash(), hash);
        QCOMPARE((*got)->tensors[2].shape, part.tensors[2].shape);
    }
    Session s = test::sampleSession(1, 1);
    LayerDone done = *s.layers("bat")[0];
    done.part = hash;
    s.add(done);
    SaveOptions options;
    options.partFolders = { inside(dir, "work") };
    VERIFY_OK(save(s, inside(dir, "s.batlab.h5"), options));
    QVERIFY(fs::exists(inside(dir, "s.parts") / (hash + ".h5")));
    const Result<Part> read = loadPart(inside(dir, "s.batlab.h5"), hash);
    VERIFY_OK(read);
    QCOMPARE(read->contentHash(), hash);
}

void TestSession::tenThousandObjectsOpenFast()
{
    const QTemporaryDir dir;
    const fs::path path = inside(dir, "big.batlab.h5");
    const Session big = test::sampleSession(60, 2);
    QElapsedTimer timer;
    timer.start();
    VERIFY_OK(save(big, path));
    qInfo() << "saved" << big.artifacts.size() << "artifacts," << fs::file_size(path) << "bytes, in"
            << timer.restart() << "ms";
    const Result<Session> loaded = load(path);
    const qint64 ms = timer.elapsed();
    VERIFY_OK(loaded);
    qInfo() << "opened in" << ms << "ms";
    QVERIFY2(ms < 1000, fmt::format("{} ms", ms).c_str());
}

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
