// SPDX-License-Identifier: Apache-2.0
#include <QtTest> // first: moc 6.4 cannot read <concepts> before it

#include "sessions/file_commit.h"
#include "sessions/session.h"
#include "sessions/session_tools.h"
#include "tests/sessions/check.h"
#include "tests/sessions/sample_session.h"
#include "tests/support/session_version.h"

#include <hdf5.h>

using namespace batlab;
using batlab::test::makeOlder;
using batlab::test::setFormatVersion;
namespace fs = std::filesystem;

namespace {
fs::path inside(const QTemporaryDir &dir, const char *name)
{
    return fs::path(dir.path().toStdString()) / name;
}

/// What formats 1.2 and 1.3 added.
void addLaterHashes(Session &s)
{
    ModelSummary model = *s.model();
    model.tokenizerHash = "abcd";
    s.add(model);
    EvaluationResult result = *s.evaluations().at(0);
    result.textHash = "ef01";
    s.add(result);
    VariantInfo info = *s.variant("bat");
    info.calibrationHash = "2345";
    s.add(info);
}

/// Texts of a string attribute, one of fixed length or any number of variable length; empty if it
/// is absent.
std::vector<std::string> texts(hid_t object, const char *name)
{
    std::vector<std::string> out;
    if (H5Aexists(object, name) <= 0)
        return out;
    const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    const hid_t space = H5Aget_space(attribute), type = H5Aget_type(attribute);
    const bool variable = H5Tis_variable_str(type) > 0;
    if (std::string value(H5Tget_size(type), '\0'); !variable) {
        if (H5Aread(attribute, type, value.data()) >= 0)
            out.emplace_back(value.c_str());
    }
    std::vector<char *> values(
        variable ? static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)) : 0);
    if (!values.empty() && H5Aread(attribute, type, values.data()) >= 0)
        for (char *v : values) {
            out.emplace_back(v);
            H5free_memory(v);
        }
    H5Tclose(type);
    H5Sclose(space);
    H5Aclose(attribute);
    return out;
}

std::vector<hsize_t> shape(hid_t parent, const std::string &name)
{
    const hid_t set = H5Dopen2(parent, name.c_str(), H5P_DEFAULT);
    if (set < 0)
        return { 0, 0, 0, 0 };
    const hid_t space = H5Dget_space(set);
    std::vector<hsize_t> dims(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space)));
    H5Sget_simple_extent_dims(space, dims.data(), nullptr);
    H5Sclose(space);
    H5Dclose(set);
    return dims;
}

struct Plots
{
    int count = 0;
    std::string wrong;
};

herr_t checkPlot(hid_t root, const char *name, const H5O_info_t *info, void *data)
{
    auto &plots = *static_cast<Plots *>(data);
    if (info->type != H5O_TYPE_GROUP)
        return 0;
    const hid_t group = H5Gopen2(root, name, H5P_DEFAULT);
    if (texts(group, "NX_class") == std::vector<std::string> { "NXdata" }) {
        ++plots.count;
        const auto signal = texts(group, "signal"), axes = texts(group, "axes");
        const auto dims = shape(group, signal.empty() ? "?" : signal[0]);
        bool good = signal.size() == 1 && axes.size() == dims.size();
        for (std::size_t d = 0; good && d < axes.size(); ++d)
            good = shape(group, axes[d]) == std::vector<hsize_t> { dims[d] };
        for (const std::string &other : texts(group, "auxiliary_signals"))
            good = good && shape(group, other) == dims;
        if (!good)
            plots.wrong += std::string(name) + " ";
    }
    H5Gclose(group);
    return 0;
}
} // namespace

class TestSessionFormat : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyPlotFits();
    void rootAttributes();
    void filesBeforeTokenizerAndTextHashes();
    void laterFieldsAreUnderAChecksum();
    void migratesOlderFiles();
    void otherVersions();
    void newerVersionsAreNotSavedOver();
};

void TestSessionFormat::everyPlotFits()
{
    const QTemporaryDir dir;
    const fs::path path = inside(dir, "s.batlab.h5");
    VERIFY_OK(save(test::sampleSession(2, 1), path));
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    QVERIFY(file >= 0);
    Plots plots;
    H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_INC, &checkPlot, &plots, H5O_INFO_BASIC);
    // overview; per variant: 2 layers x 4 sites x (stats, histogram, codes), 1 token map, 4 maps, 1
    // evaluation; 4 losses, 4 energy flows, 3 losses of the whole model
    QCOMPARE(plots.count, 1 + 3 * (2 * 4 * 3 + 1 + 4 + 1) + 4 + 4 + 3);
    QVERIFY2(plots.wrong.empty(), plots.wrong.c_str());
    const std::string histogram = "/variants/bat/layers/text.0001/T4/after/histogram/";
    QCOMPARE(shape(file, histogram + "count"), (std::vector<hsize_t> { 48, 96 }));
    QCOMPARE(shape(file, histogram + "edge"), (std::vector<hsize_t> { 97 }));
    QCOMPARE(shape(file, "/variants/bat/layers/text.0000/T1/after_tokens/lod_max_1"),
             (std::vector<hsize_t> { 128, 9 }));
    const hid_t energy = H5Dopen2(file, "/variants/bat/maps/T4_after/energy", H5P_DEFAULT);
    QCOMPARE(texts(energy, "units"), (std::vector<std::string> { "activation^2" }));
    H5Dclose(energy);
    H5Fclose(file);
}

void TestSessionFormat::rootAttributes()
{
    const QTemporaryDir dir;
    const fs::path path = inside(dir, "s.batlab.h5");
    VERIFY_OK(save(test::sampleSession(1, 1), path));
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    QVERIFY(file >= 0);
    const auto is = [&](const char *name, const char *value) {
        return texts(file, name) == std::vector<std::string> { value };
    };
    QVERIFY(is("format", "batlab-session"));
    QVERIFY(is("format_version", "1.3"));
    QVERIFY(is("NX_class", "NXroot"));
    QVERIFY(is("default", "entry"));
    QCOMPARE(texts(file, "uuid").at(0).size(), std::size_t { 36 });
    H5Fclose(file);
}

/// Files of format 1.1 lack them; programs of that time read the rest of what has them.
void TestSessionFormat::filesBeforeTokenizerAndTextHashes()
{
    const QTemporaryDir dir;
    const fs::path path = inside(dir, "s.batlab.h5");
    Session s = test::sampleSession(1, 1);
    ModelSummary model = *s.model();
    const auto checksum = [&] {
        const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
        const hid_t group = H5Gopen2(file, "/entry/model", H5P_DEFAULT);
        std::vector<std::string> sum = texts(group, "record_hash");
        H5Gclose(group);
        H5Fclose(file);
        return sum;
    };
    VERIFY_OK(save(s, path));
    const std::vector<std::string> without = checksum();
    QCOMPARE(without.size(), std::size_t { 1 });
    addLaterHashes(s);
    VERIFY_OK(save(s, path));
    QCOMPARE(checksum(), without);
    const Result<Session> now = load(path);
    VERIFY_OK(now);
    QCOMPARE(now->model()->tokenizerHash, std::string("abcd"));
    QCOMPARE(now->evaluations().at(0)->textHash, std::string("ef01"));
    QCOMPARE(now->variant("bat")->calibrationHash, std::string("2345"));
    makeOlder(path, 2); // the first two are there, under no checksum
    const Result<Session> before = load(path);
    VERIFY_OK(before);
    QVERIFY(before->variant("bat")->calibrationHash.empty());
    QCOMPARE(before->model()->tokenizerHash, std::string("abcd"));
    makeOlder(path, 1);
    const Result<Session> older = load(path);
    VERIFY_OK(older);
    QVERIFY(older->model()->tokenizerHash.empty());
    QCOMPARE(older->model()->contentHash, model.contentHash);
    QCOMPARE(older->evaluations().size(), now->evaluations().size());
}

/// record_hash is without them, for older programs; full_hash is not.
void TestSessionFormat::laterFieldsAreUnderAChecksum()
{
    const QTemporaryDir dir;
    const fs::path path = inside(dir, "s.batlab.h5");
    Session s = test::sampleSession(1, 1);
    addLaterHashes(s);
    const auto change = [&path](const char *group, const char *field, bool taken) {
        const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
        const hid_t object = H5Gopen2(file, group, H5P_DEFAULT);
        const hid_t attribute = H5Aopen(object, field, H5P_DEFAULT);
        const hid_t type = attribute < 0 ? attribute : H5Aget_type(attribute);
        std::string value(type < 0 ? 0 : H5Tget_size(type), 'x');
        bool done = type >= 0 && H5Awrite(attribute, type, value.data()) >= 0;
        H5Tclose(type);
        H5Aclose(attribute);
        if (taken)
            done = H5Adelete(object, field) >= 0;
        H5Gclose(object);
        H5Fclose(file);
        return done;
    };
    for (const auto &[group, field] :
         { std::pair("/entry/model", "tokenizer_hash"),
           std::pair("/evaluations/reference/wikitext2/perplexity", "text_hash"),
           std::pair("/variants/bat", "calibration_hash") }) {
        for (const bool taken : { false, true }) {
            for (const char *what : { field, "full_hash" }) {
                VERIFY_OK(save(s, path));
                VERIFY_OK(load(path));
                QVERIFY(change(group, what, taken));
                VERIFY_FAILS(load(path), ErrorCode::badInput);
            }
        }
    }
    VERIFY_OK(save(s, path));
    QVERIFY(change("/entry/model", "full_hash", false));
    setFormatVersion(path, "1.7"); // it may cover what this Batlab does not know
    VERIFY_OK(load(path));
}

void TestSessionFormat::migratesOlderFiles()
{
    const QTemporaryDir dir;
    const fs::path path = inside(dir, "s.batlab.h5");
    const auto bytes = [](const fs::path &of) {
        QFile file(QString::fromStdString(of.string()));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    const Session s = test::sampleSession(1, 1);
    VERIFY_OK(save(s, path));
    const QByteArray current = bytes(path);
    Result<Migration> done = migrate(path);
    VERIFY_OK(done);
    QVERIFY(done->backup.empty());
    QCOMPARE(bytes(path), current);

    makeOlder(path, 1);
    const QByteArray old = bytes(path);
    QCOMPARE(load(path)->formatMinor, 1);
    {
        const auto window = FileLock::acquire(path);
        VERIFY_OK(window);
        VERIFY_FAILS(migrate(path), ErrorCode::busy);
    }
    QCOMPARE(bytes(path), old);
    QVERIFY(!fs::exists(inside(dir, "s.batlab.h5.1.1.bak")));

    done = migrate(path);
    VERIFY_OK(done);
    QCOMPARE(done->from, std::string("1.1"));
    QCOMPARE(done->to, std::string("1.3"));
    QVERIFY(done->backup == inside(dir, "s.batlab.h5.1.1.bak"));
    QCOMPARE(bytes(done->backup), old);
    const Result<Session> now = load(path);
    VERIFY_OK(now);
    QCOMPARE(now->formatMinor, kSessionFormatMinor);
    QCOMPARE(now->uuid, s.uuid);
    QVERIFY(now->warnings.empty()); // it has a seal again
    const auto differences = diff(path, done->backup);
    VERIFY_OK(differences);
    QVERIFY(differences->empty());
    QVERIFY(migrate(path)->backup.empty());

    makeOlder(path, 1); // an earlier backup is not written over
    done = migrate(path);
    VERIFY_OK(done);
    QVERIFY(done->backup == inside(dir, "s.batlab.h5.1.1.2.bak"));
    QCOMPARE(bytes(inside(dir, "s.batlab.h5.1.1.bak")), old);

    setFormatVersion(path, "1.7");
    VERIFY_FAILS(migrate(path), ErrorCode::unsupported);
}

void TestSessionFormat::otherVersions()
{
    const QTemporaryDir dir;
    const fs::path path = inside(dir, "s.batlab.h5");
    const Session s = test::sampleSession(1, 1);
    VERIFY_OK(save(s, path));
    setFormatVersion(path, "1.7");
    const Result<Session> minor = load(path);
    VERIFY_OK(minor);
    QCOMPARE(minor->artifacts.size(), s.artifacts.size());
    QCOMPARE(minor->warnings.size(), std::size_t { 3 }); // no seal, newer, unknown content
    QVERIFY(minor->warnings[2].find("hologram") != std::string::npos);
    VERIFY_FAILS(pack(path, inside(dir, "p.h5")), ErrorCode::unsupported);
    fs::remove(path);
    VERIFY_OK(save(s, path));
    setFormatVersion(path, "2.0");
    VERIFY_FAILS(load(path), ErrorCode::unsupported);
    fs::remove(path);
    VERIFY_OK(save(s, path));
    setFormatVersion(path, "banana");
    VERIFY_FAILS(load(path), ErrorCode::badInput);
}

/// What this Batlab does not know would be gone: the file stays as it is, byte for byte.
void TestSessionFormat::newerVersionsAreNotSavedOver()
{
    const QTemporaryDir dir;
    const fs::path path = inside(dir, "s.batlab.h5"), beside = inside(dir, "copy.batlab.h5");
    const auto bytes = [&path] {
        QFile file(QString::fromStdString(path.string()));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    Session s = test::sampleSession(1, 1);
    VERIFY_OK(save(s, path));
    VERIFY_OK(loadToAdd(path));
    VERIFY_OK(save(s, path));
    for (const char *version : { "1.7", "2.0" }) {
        setFormatVersion(path, version);
        const QByteArray before = bytes();
        VERIFY_FAILS(loadToAdd(path), ErrorCode::unsupported);
        VERIFY_FAILS(save(s, path), ErrorCode::unsupported);
        QVERIFY(!before.isEmpty() && bytes() == before);
        fs::remove(path);
        VERIFY_OK(save(s, path));
    }
    setFormatVersion(path, "1.7");
    const Result<std::string> sound = readText(path, 1 << 30);
    VERIFY_OK(sound);
    // Damaged (a seal that does not fit): a newer Batlab may still save what is left.
    VERIFY_OK(commitText(path,
                         *sound + "\nbatlab-xxh3-128 " + std::string(32, '0')
                             + std::string(72 - 17 - 32 - 1, ' ') + '\n'));
    VERIFY_FAILS(load(path), ErrorCode::badInput);
    VERIFY_FAILS(save(s, path), ErrorCode::unsupported);
    VERIFY_OK(commitText(path, *sound));
    const Result<Session> newer = load(path);
    VERIFY_OK(newer);
    QVERIFY(newer->isNewer());
    // Under another name there is nothing to lose, and the copy is of this version.
    VERIFY_OK(save(*newer, beside));
    VERIFY_OK(loadToAdd(beside));
    // Nor is it lost where somebody replaces it by another session.
    s.uuid = Session::make("test").uuid;
    VERIFY_OK(save(s, path));
}

QTEST_GUILESS_MAIN(TestSessionFormat)
#include "tst_session_format.moc"
