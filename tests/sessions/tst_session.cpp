// SPDX-License-Identifier: Apache-2.0
#include <QtTest> // first: moc 6.4 cannot read <concepts> before it

#include "sessions/checkpoint_folder.h"
#include "sessions/file_commit.h"
#include "sessions/session.h"
#include "sessions/session_tools.h"
#include "tests/sessions/check.h"
#include "tests/sessions/sample_session.h"

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
    void cacheAndStreamRoundTrip();
    void loadingCanBeStopped();
    void queries();
    void parts();
    void diffSeesOnlyPayload();
    void packed();
    void extracts();
    void readersFindPlots();
    void tenThousandObjectsComeBack();
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

/// Statistics of K, V and R stand beside those of T1..T4, which sessions before them have alone.
void TestSession::cacheAndStreamRoundTrip()
{
    const QTemporaryDir dir;
    const fs::path path = inside(dir, "a.batlab.h5");
    Session before = test::sampleSession(2, 1);
    const LayerId layer { Branch::text, 1 };
    for (const Site site : { Site::k, Site::v, Site::residual }) {
        QVERIFY(!before.siteStats("bat", layer, site, StatStage::after));
        for (const auto &[variant, stage] :
             { std::pair("reference", StatStage::before), std::pair("bat", StatStage::after) }) {
            SiteStats stats = *before.siteStats("bat", layer, Site::t1, StatStage::after);
            stats.variant = variant;
            stats.stage = stage;
            stats.site = site;
            stats.energy.front() = 3;
            before.add(stats);
            TokenEnergyMap map { variant, layer, site, stage, 2, 3, { 1, 2, 3, 4, 5, 6 } };
            before.add(map);
        }
    }
    VERIFY_OK(save(before, path));
    const Result<Session> loaded = load(path);
    VERIFY_OK(loaded);
    const std::vector<std::string> differences = changed(before, *loaded);
    QVERIFY2(differences.empty(), differences.empty() ? "" : differences.front().c_str());
    const SiteStats *keys = loaded->siteStats("reference", layer, Site::k, StatStage::before);
    QVERIFY(keys && keys->energy.front() == 3);
    const TokenEnergyMap *stream =
        loaded->tokenEnergy("bat", layer, Site::residual, StatStage::after);
    QVERIFY(stream && stream->energy.back() == 6);
    QCOMPARE(loaded->energyMap("reference", Site::v, StatStage::before).layers.size(),
             std::size_t { 1 });
    QVERIFY2(loaded->warnings.empty(), loaded->warnings.empty() ? "" : loaded->warnings[0].c_str());
}

/// Whoever does not wait for a session any more is not kept busy by it, and the file is free.
void TestSession::loadingCanBeStopped()
{
    const QTemporaryDir dir;
    const fs::path path = inside(dir, "a.batlab.h5");
    VERIFY_OK(save(test::sampleSession(3, 1), path));
    const auto isOpen = [file = fs::canonical(path)] {
        std::error_code ec;
        for (const auto &descriptor : fs::directory_iterator("/proc/self/fd"))
            if (fs::read_symlink(descriptor.path(), ec) == file)
                return true;
        return false;
    };
    int asked = 0;
    bool wasOpen = false;
    const Result<Session> whole = load(path, [&] {
        wasOpen = wasOpen || isOpen();
        return ++asked > 0;
    });
    VERIFY_OK(whole);
    QVERIFY(wasOpen);
    QVERIFY2(asked > 50, qPrintable(QString::number(asked))); // at every object
    for (const int last : { 1, 2, 3, asked / 2, asked }) {
        int questions = 0;
        const Result<Session> part = load(path, [&] { return ++questions < last; });
        VERIFY_FAILS(part, ErrorCode::cancelled);
        QCOMPARE(questions, last); // nothing was read after the answer
        QVERIFY(!isOpen());
    }
    VERIFY_OK(load(path));
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

void TestSession::diffSeesOnlyPayload()
{
    const QTemporaryDir dir;
    Session a = test::sampleSession(2, 1), b = test::sampleSession(2, 1);
    QVERIFY(a.uuid != b.uuid);
    b.created = "2001-01-01T00:00:00Z";
    b.runs[0].host = "elsewhere";
    b.runs[0].threads = 64;
    RunRecord again = b.runs[0];
    again.id = "run-2"; // the same spec, resumed
    b.add(again);
    LayerDone done = *b.layers("bat")[0];
    done.seconds += 1;
    b.add(done);
    ModelSummary model = *b.model();
    model.path = "/other/tiny.gguf";
    b.add(model);
    VERIFY_OK(save(a, inside(dir, "a.h5")));
    VERIFY_OK(save(b, inside(dir, "b.h5")));
    const auto same = diff(inside(dir, "a.h5"), inside(dir, "b.h5"));
    VERIFY_OK(same);
    QVERIFY2(same->empty(),
             same->empty() ? "" : (same->front().where + ": " + same->front().what).c_str());
    SiteStats stats = *b.siteStats("bat", { Branch::text, 1 }, Site::t1, StatStage::after);
    stats.energy[3] += 0.5F;
    b.add(stats);
    EvaluationResult e = *b.evaluations()[1];
    e.value += 1e-12;
    b.add(e);
    VERIFY_OK(save(b, inside(dir, "b.h5")));
    const auto two = diff(inside(dir, "a.h5"), inside(dir, "b.h5"));
    VERIFY_OK(two);
    QCOMPARE(two->size(), std::size_t { 2 });
    QCOMPARE((*two)[1].where, std::string("site-stats/bat/text.1/T1/after.energy"));
    QCOMPARE((*two)[1].what, std::string("1 of 18 values differ, by up to 0.5"));
}

void TestSession::packed()
{
    const QTemporaryDir dir;
    const fs::path path = inside(dir, "s.batlab.h5"), copy = inside(dir, "copy.batlab.h5");
    const Part part = test::samplePart(3);
    Session s = test::sampleSession(1, 1);
    for (const char *variant : { "rtn", "bat" }) { // both point to one part
        LayerDone done = *s.layers(variant)[0];
        done.part = part.contentHash();
        s.add(done);
    }
    VERIFY_OK(save(s, path));
    const auto missing = verify(path);
    VERIFY_OK(missing);
    QCOMPARE(missing->problems.size(), std::size_t { 1 });
    VERIFY_FAILS(pack(path, copy), ErrorCode::notFound);
    VERIFY_OK((*openCheckpointFolder(inside(dir, "s.parts")))->put("k", part));
    VERIFY_OK(pack(path, copy));
    fs::remove_all(inside(dir, "s.parts"));
    const Result<Part> read = loadPart(copy, part.contentHash());
    VERIFY_OK(read);
    QCOMPARE(read->contentHash(), part.contentHash());
    const auto report = verify(copy);
    VERIFY_OK(report);
    QVERIFY2(report->problems.empty(),
             report->problems.empty() ? "" : report->problems[0].message().c_str());
    QCOMPARE(report->parts, 1);
    const auto same = diff(path, copy);
    VERIFY_OK(same);
    QVERIFY(same->empty());
    Result<Session> again = load(copy); // a packed session stays packed under a new name
    VERIFY_OK(again);
    VERIFY_OK(save(*again, inside(dir, "third.batlab.h5")));
    VERIFY_OK(loadPart(inside(dir, "third.batlab.h5"), part.contentHash()));
    const auto summary = info(copy);
    VERIFY_OK(summary);
    QCOMPARE((*summary)["parts"]["present"].get<int>(), 1);
    QCOMPARE((*summary)["variants"].size(), std::size_t { 3 });
}

void TestSession::extracts()
{
    const QTemporaryDir dir;
    const fs::path path = inside(dir, "s.batlab.h5"), out = inside(dir, "out.csv");
    const Session s = test::sampleSession(1, 1);
    VERIFY_OK(save(s, path));
    VERIFY_OK(extract(path, "/variants/bat/linears", out));
    const Result<std::string> csv = readText(out, 1 << 20);
    VERIFY_OK(csv);
    QVERIFY(csv->find("layer,linear,output_mse,output_sqnr_db,weight_sqnr_db\ntext.0,")
            != std::string::npos);
    QCOMPARE(std::count(csv->begin(), csv->end(), '\n'), 2 + 1 + 7);
    VERIFY_OK(extract(path, "/variants/bat/layers/text.0000/T1/after", inside(dir, "energy.raw")));
    QCOMPARE(fs::file_size(inside(dir, "energy.raw")), std::uintmax_t { 18 * 4 });
    VERIFY_OK(extract(path, "/variants/bat/recipe", inside(dir, "recipe.json")));
    QCOMPARE(*readText(inside(dir, "recipe.json"), 1 << 20), s.variant("bat")->recipe.dump());
    VERIFY_FAILS(extract(path, "/nothing/here", out), ErrorCode::notFound);
}

void TestSession::readersFindPlots()
{
    QProcess python;
    python.start("python3", { "-c", "import h5py" });
    if (!python.waitForFinished() || python.exitCode() != 0)
        QSKIP("python3 with h5py is not installed: the NXdata attributes were not read by another "
              "program");
    const QTemporaryDir dir;
    const fs::path path = inside(dir, "s.batlab.h5");
    VERIFY_OK(save(test::sampleSession(2, 1), path));
    // Counts NXdata groups; prints a complaint for each whose signal or axes are missing or do not
    // fit.
    const char *script = R"(
import sys, h5py
f = h5py.File(sys.argv[1], 'r')
plots = 0
def visit(name, o):
    global plots
    if isinstance(o, h5py.Group) and o.attrs.get('NX_class') == 'NXdata':
        plots += 1
        signal, axes = o[o.attrs['signal']], list(o.attrs['axes'])
        if [o[a].shape for a in axes] != [(n,) for n in signal.shape]:
            print(name, signal.shape, axes)
f.visititems(visit)
start = f[f.attrs['default']]
assert start[start.attrs['default']].attrs['NX_class'] == 'NXdata'
print('plots', plots)
)";
    python.start("python3", { "-c", script, QString::fromStdString(path.string()) });
    QVERIFY(python.waitForFinished());
    const QByteArray said = python.readAllStandardOutput();
    QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
    QVERIFY2(said.startsWith("plots "), said.constData());
}

void TestSession::tenThousandObjectsComeBack()
{
    const QTemporaryDir dir;
    const fs::path path = inside(dir, "big.batlab.h5");
    const Session big = test::sampleSession(64, 2);
    VERIFY_OK(save(big, path));
    const Result<Session> loaded = load(path);
    VERIFY_OK(loaded);
    const auto report = verify(path);
    VERIFY_OK(report);
    QVERIFY(report->objects >= 10000);
    const fs::path copy = inside(dir, "copy.batlab.h5");
    VERIFY_OK(save(*loaded, copy));
    const auto same = diff(path, copy);
    VERIFY_OK(same);
    QVERIFY(same->empty());
}

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
