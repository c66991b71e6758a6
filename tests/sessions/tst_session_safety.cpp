// SPDX-License-Identifier: Apache-2.0
#include <QtTest> // first: moc 6.4 cannot read <concepts> before it

#include "core/base/hash.h"
#include "sessions/checkpoint_folder.h"
#include "sessions/file_commit.h"
#include "sessions/session.h"
#include "sessions/session_tools.h"
#include "tests/sessions/check.h"
#include "tests/sessions/sample_session.h"

#include <csignal>
#include <functional>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace batlab;
namespace fs = std::filesystem;

namespace {
fs::path inside(const QTemporaryDir &dir, const char *name)
{
    return fs::path(dir.path().toStdString()) / name;
}

/// Runs `body` in a child process and returns its exit status (-signal if it died).
int inChild(const std::function<int()> &body)
{
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit([&] {
            try {
                return body();
            } catch (const std::exception &e) { // must not unwind into the parent's test loop
                qWarning("%s", e.what());
                return 99;
            }
        }());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/// Kills a child that repeats `body` after a random time of up to `microseconds`.
void killWhile(const std::function<void()> &body, unsigned microseconds)
{
    const pid_t child = ::fork();
    if (child == 0) {
        for (;;)
            body();
    }
    ::usleep(static_cast<useconds_t>(QRandomGenerator::global()->bounded(microseconds)));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
}

/// 0 if the result fails with this code, else 1 (and the reason on stderr): for children.
template<class T>
int failsWith(const Result<T> &result, ErrorCode code)
{
    if (!result.ok() && result.error().code == code)
        return 0;
    qWarning("%s", result.ok() ? "no error" : result.error().message().c_str());
    return 1;
}

std::size_t randomAt(int i, std::size_t size)
{
    return static_cast<std::size_t>(randomUniform(7, static_cast<std::uint64_t>(i))
                                    * static_cast<double>(size));
}

int becomeNobody()
{
    if (::geteuid() != 0)
        return 0;
    return ::setgid(65534) != 0 || ::setuid(65534) != 0 ? 1 : 0;
}
} // namespace

class TestSessionSafety : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void killedWhileSaving();
    void killedWhilePutting();
    void fullDisk();
    void readOnlyFolder();
    void twoWriters();
    void flippedBytes();
    void truncated();
    void notASession();
    void damagedParts();
};

void TestSessionSafety::killedWhileSaving()
{
    const QTemporaryDir dir;
    const fs::path path = inside(dir, "s.batlab.h5");
    Session one = test::sampleSession(1, 1), two = test::sampleSession(1, 2);
    VERIFY_OK(save(one, path));
    for (int i = 0; i < 40; ++i) {
        killWhile(
            [&] {
                (void)save(two, path);
                (void)save(one, path);
            },
            120000);
        const Result<Session> loaded = load(path);
        VERIFY_OK(loaded);
        QVERIFY(loaded->uuid == one.uuid || loaded->uuid == two.uuid);
        QVERIFY(loaded->warnings.empty());
    }
    VERIFY_OK(
        save(two, path)); // the lock of the dead does not block; their temporary files are gone
    int files = 0;
    for (const auto &entry : fs::directory_iterator(path.parent_path()))
        files += entry.is_regular_file() ? 1 : 0;
    QCOMPARE(files, 1);
}

void TestSessionSafety::killedWhilePutting()
{
    const QTemporaryDir dir;
    const fs::path folder = inside(dir, "work");
    const Part one = test::samplePart(1), two = test::samplePart(2);
    for (int i = 0; i < 20; ++i) {
        killWhile(
            [&] {
                const auto store = openCheckpointFolder(folder);
                for (int k = 0; store && k < 100; ++k) {
                    (void)(*store)->put("layer/0", k % 2 ? one : two);
                    (void)(*store)->put("layer/1", k % 2 ? two : one);
                }
            },
            60000);
        const auto store = openCheckpointFolder(folder);
        VERIFY_OK(store);
        for (const std::string &key : (*store)->keys("layer/")) {
            const auto part = (*store)->get(key);
            VERIFY_OK(part);
            QVERIFY(part->has_value());
            const std::string hash = (*part)->contentHash();
            QVERIFY(hash == one.contentHash() || hash == two.contentHash());
        }
    }
}

void TestSessionSafety::fullDisk()
{
    const QTemporaryDir dir;
    const fs::path path = inside(dir, "s.batlab.h5");
    const Session small = test::sampleSession(1, 1), large = test::sampleSession(6, 2);
    VERIFY_OK(save(small, path));
    const int status = inChild([&] {
        std::signal(
            SIGXFSZ,
            SIG_IGN); // write() then fails with EFBIG, as it does with ENOSPC on a full disk
        const rlimit limit { 100000, 100000 };
        ::setrlimit(RLIMIT_FSIZE, &limit);
        const int first = failsWith(save(large, path), ErrorCode::diskFull);
        auto store = openCheckpointFolder(path.parent_path() / "work");
        return first
            | (store ? failsWith((*store)->put("k", test::samplePart(1, 4000)), ErrorCode::diskFull)
                     : 2);
    });
    QCOMPARE(status, 0);
    const Result<Session> loaded = load(path);
    VERIFY_OK(loaded);
    QCOMPARE(loaded->uuid, small.uuid);
    for (const auto &entry : fs::directory_iterator(path.parent_path()))
        QVERIFY2(entry.path().extension() != ".tmp", entry.path().c_str());
}

void TestSessionSafety::readOnlyFolder()
{
    const QTemporaryDir dir;
    const fs::path folder = inside(dir, "frozen");
    fs::create_directory(folder);
    const Session s = test::sampleSession(1, 1);
    VERIFY_OK(save(s, folder / "s.batlab.h5"));
    fs::permissions(dir.path().toStdString(), fs::perms::others_exec | fs::perms::others_read,
                    fs::perm_options::add);
    fs::permissions(folder, fs::perms(0555));
    const int status = inChild([&] {
        if (becomeNobody() != 0)
            return 3;
        return failsWith(save(s, folder / "s.batlab.h5"), ErrorCode::readOnly)
            | failsWith(openCheckpointFolder(folder / "work"), ErrorCode::readOnly)
            | (load(folder / "s.batlab.h5") ? 0 : 4);
    });
    QCOMPARE(status, 0);
    fs::permissions(folder, fs::perms(0755));
    VERIFY_FAILS(save(s, folder / "no" / "s.batlab.h5"), ErrorCode::notFound);
}

void TestSessionSafety::twoWriters()
{
    const QTemporaryDir dir;
    const fs::path path = inside(dir, "s.batlab.h5");
    const Session s = test::sampleSession(1, 1);
    Result<FileLock> held = FileLock::acquire(path);
    VERIFY_OK(held);
    const Result<void> refused = save(s, path);
    VERIFY_FAILS(refused, ErrorCode::busy);
    QVERIFY(refused.error().what.find("process " + std::to_string(::getpid()))
            != std::string::npos);
    SaveOptions options;
    options.lock = &*held;
    VERIFY_OK(save(s, path, options));
    const auto store = openCheckpointFolder(inside(dir, "work"));
    VERIFY_OK(store);
    QCOMPARE(inChild([&] {
                 return failsWith(openCheckpointFolder(inside(dir, "work")), ErrorCode::busy);
             }),
             0);
}

void TestSessionSafety::flippedBytes()
{
    const QTemporaryDir dir;
    const fs::path path = inside(dir, "s.batlab.h5"), bad = inside(dir, "bad.batlab.h5");
    VERIFY_OK(save(test::sampleSession(1, 1), path));
    const Result<std::string> bytes = readText(path, 1 << 30);
    VERIFY_OK(bytes);
    for (int i = 0; i < 30; ++i) {
        std::string changed = *bytes;
        const std::size_t at = randomAt(i, changed.size() - 72);
        changed[at] = static_cast<char>(changed[at] ^ (1 << (i % 8)));
        VERIFY_OK(commitText(bad, changed));
        VERIFY_FAILS(load(bad), ErrorCode::badInput);
        // Without the seal HDF5's own checks and the record hashes have to find it, or it hit
        // unused space.
        VERIFY_OK(commitText(bad, changed.substr(0, changed.size() - 72)));
        QVERIFY2(inChild([&] { return load(bad) ? 0 : 1; }) >= 0, "load() crashed");
    }
    const Result<VerifyReport> report = verify(path);
    VERIFY_OK(report);
    QVERIFY(report->problems.empty());
}

void TestSessionSafety::truncated()
{
    const QTemporaryDir dir;
    const fs::path path = inside(dir, "s.batlab.h5"), bad = inside(dir, "bad.batlab.h5");
    VERIFY_OK(save(test::sampleSession(1, 1), path));
    const Result<std::string> bytes = readText(path, 1 << 30);
    VERIFY_OK(bytes);
    for (const double share : { 0.0, 0.0001, 0.01, 0.3, 0.9, 0.999 }) {
        VERIFY_OK(commitText(
            bad,
            bytes->substr(0,
                          static_cast<std::size_t>(share * static_cast<double>(bytes->size())))));
        VERIFY_FAILS(load(bad), ErrorCode::badInput);
    }
}

void TestSessionSafety::notASession()
{
    const QTemporaryDir dir;
    VERIFY_OK(commitText(inside(dir, "a.h5"), "hello"));
    VERIFY_FAILS(load(inside(dir, "a.h5")), ErrorCode::badInput);
    VERIFY_FAILS(load(inside(dir, "none.h5")), ErrorCode::notFound);
    VERIFY_FAILS(load(fs::path(dir.path().toStdString())), ErrorCode::badInput);
    const auto store = openCheckpointFolder(inside(dir, "work"));
    VERIFY_OK(store);
    const auto hash = (*store)->put("k", test::samplePart(1));
    VERIFY_OK(hash);
    const Result<Session> part = load(inside(dir, "work") / (*hash + ".h5"));
    VERIFY_FAILS(part, ErrorCode::badInput);
    QVERIFY(part.error().what.find("not a Batlab session") != std::string::npos);
}

void TestSessionSafety::damagedParts()
{
    const QTemporaryDir dir;
    const auto opened = openCheckpointFolder(inside(dir, "work"));
    VERIFY_OK(opened);
    CheckpointStore &store = **opened;
    const Part one = test::samplePart(1), two = test::samplePart(2);
    const auto hash = store.put("a", one);
    VERIFY_OK(hash);
    VERIFY_OK(store.put("b", one));
    const auto other = store.put("c", two);
    VERIFY_OK(other);
    const fs::path file = store.folder() / (*hash + ".h5"),
                   otherFile = store.folder() / (*other + ".h5");
    VERIFY_OK(store.remove("a"));
    QVERIFY(fs::exists(file)); // b still has it
    QVERIFY(!*store.get("a"));
    fs::copy_file(
        otherFile, file,
        fs::copy_options::overwrite_existing); // sealed and sound, but not what b asks for
    VERIFY_FAILS(store.get("b"), ErrorCode::badInput);
    fs::resize_file(file, 500);
    VERIFY_FAILS(store.getByHash(*hash), ErrorCode::badInput);
    fs::remove(file);
    VERIFY_FAILS(store.get("b"), ErrorCode::badInput);
    VERIFY_OK(pinParts(store.folder(), "s.batlab.h5", { *other }));
    VERIFY_OK(store.remove("c"));
    QVERIFY(fs::exists(otherFile)); // a session links to it
}

QTEST_GUILESS_MAIN(TestSessionSafety)
#include "tst_session_safety.moc"
