// SPDX-License-Identifier: Apache-2.0
#include "core/base/hash.h"
#include "core/text/dataset.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <array>
#include <fstream>
#include <numeric>

using namespace batlab;

namespace {

std::filesystem::path put(const QTemporaryDir &dir, const char *name, const std::string &text)
{
    const auto file = std::filesystem::path(dir.path().toStdString()) / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file;
}

std::vector<TokenId> counting(std::size_t n)
{
    std::vector<TokenId> out(n);
    std::iota(out.begin(), out.end(), 0);
    return out;
}

} // namespace

class TestDataset : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void protocolTextJoinsRows()
    {
        QTemporaryDir dir;
        const auto file = put(dir, "wiki.raw", " \n = Title = \n \n Words .\nlast");
        const auto text = wikitextProtocolText(file);
        QVERIFY(text.ok());
        // Rows "", " = Title = \n", "", " Words .\n", "last", joined by two newlines.
        QCOMPARE(QString::fromStdString(*text),
                 QString("\n\n = Title = \n\n\n\n\n Words .\n\n\nlast"));
    }

    void protocolTextRefusesBadFiles()
    {
        QTemporaryDir dir;
        QCOMPARE(wikitextProtocolText(dir.filePath("no").toStdString()).error().code,
                 ErrorCode::notFound);
        QCOMPARE(wikitextProtocolText(put(dir, "blank", " \n\n")).error().code,
                 ErrorCode::badInput);
        const auto binary = wikitextProtocolText(put(dir, "binary", "ab\xff"));
        QCOMPARE(binary.error().code, ErrorCode::badInput);
        QVERIFY(binary.error().where.find("byte 2") != std::string::npos);
        QCOMPARE(wikitextProtocolText(dir.path().toStdString()).error().code, ErrorCode::badInput);
    }

    void gsm8kIsRunningText()
    {
        QTemporaryDir dir;
        const auto text = gsm8kText(put(dir, "a.jsonl",
                                        "{\"question\": \"1+1?\", \"answer\": \"It is 2.\\n#### "
                                        "2\"}\n\n{\"question\": \"q\", \"answer\": \"a\"}\n"));
        QVERIFY(text.ok());
        QCOMPARE(QString::fromStdString(*text), QString("1+1?\nIt is 2.\n#### 2\n\nq\na"));
        const auto bad = gsm8kText(
            put(dir, "b.jsonl", "{\"question\": \"q\", \"answer\": \"a\"}\n{\"question\": 3}\n"));
        QCOMPARE(bad.error().code, ErrorCode::badInput);
        QVERIFY(bad.error().where.ends_with("line 2"));
        QCOMPARE(gsm8kText(put(dir, "c.jsonl", "\n")).error().code, ErrorCode::badInput);
    }

    void textsByName()
    {
        QTemporaryDir dir;
        put(dir, "gsm8k/test.jsonl", "{\"question\": \"q\", \"answer\": \"a\"}\n");
        const auto text = namedText("gsm8k", dir.path().toStdString());
        QVERIFY(text.ok());
        QCOMPARE(QString::fromStdString(*text), QString("q\na"));
        const auto unknown = namedText("chess", dir.path().toStdString());
        QCOMPARE(unknown.error().code, ErrorCode::notFound);
        QVERIFY(unknown.error().hint.find("wikitext2-valid") != std::string::npos);
    }

    void findDataLooksInOrder()
    {
        QTemporaryDir given;
        QTemporaryDir environment;
        put(given, "a/x.txt", "given");
        put(environment, "a/x.txt", "environment");
        put(environment, "a/y.txt", "environment");
        qputenv("BATLAB_DATA_DIR", environment.path().toUtf8());
        const auto x = findData("a/x.txt", given.path().toStdString());
        QVERIFY(x.ok() && x->string().starts_with(given.path().toStdString()));
        const auto y = findData("a/y.txt", given.path().toStdString());
        QVERIFY(y.ok() && y->string().starts_with(environment.path().toStdString()));
        const auto missing = findData("a/none.txt", given.path().toStdString());
        QCOMPARE(missing.error().code, ErrorCode::notFound);
        QVERIFY(missing.error().where.find(given.path().toStdString()) != std::string::npos);
        QVERIFY(missing.error().hint.find("--data") != std::string::npos);
        qunsetenv("BATLAB_DATA_DIR");
    }

    void windowsAreCutFromTheFront()
    {
        const auto windows = splitWindows(counting(10), 4);
        QCOMPARE(windows.size(), std::size_t { 2 });
        QCOMPARE(windows[1], (std::vector<TokenId> { 4, 5, 6, 7 }));
        QCOMPARE(splitWindows(counting(10), 4, 1).size(), std::size_t { 1 });
        QVERIFY(splitWindows(counting(3), 4).empty());
        QVERIFY(splitWindows(counting(3), 0).empty());
    }

    void randomWindowsRepeatAndReachBothEnds()
    {
        const auto tokens = counting(40);
        const auto a = randomWindows(tokens, 500, 8, 7);
        const auto b = randomWindows(tokens, 500, 8, 7);
        const auto c = randomWindows(tokens, 500, 8, 8);
        QVERIFY(a.ok() && b.ok() && c.ok());
        QVERIFY(*a == *b);
        QVERIFY(*a != *c);
        bool first = false;
        bool last = false;
        for (const auto &window : *a) {
            QCOMPARE(window.size(), std::size_t { 8 });
            QCOMPARE(window.back() - window.front(), 7);
            first = first || window.front() == 0;
            last = last || window.back() == 39;
        }
        QVERIFY(first && last);
    }

    void rangesKeepOffOthers()
    {
        const auto taken = randomRanges(2000, 6, 50, 3);
        QVERIFY(taken.ok());
        const auto free = randomRanges(2000, 200, 50, 4, *taken);
        QVERIFY(free.ok());
        QCOMPARE(free->size(), std::size_t { 200 });
        for (const TokenRange &a : *free)
            for (const TokenRange &b : *taken)
                QVERIFY(a.begin + a.length <= b.begin || b.begin + b.length <= a.begin);
        // The first set does not depend on there being a second one.
        const auto tokens = counting(2000);
        QCOMPARE(randomWindows(tokens, 6, 50, 3)->front().front(),
                 static_cast<TokenId>(taken->front().begin));
        const auto full = randomRanges(100, 3, 50, 4, { { 0, 100 } });
        QVERIFY(!full.ok());
        QCOMPARE(full.error().code, ErrorCode::badInput);
    }

    /// No token twice, none of a taken range, as many as there is room for, another choice for
    /// another seed.
    void disjointRangesShareNothing()
    {
        const std::vector<TokenRange> taken { { 700, 50 }, { 120, 50 }, { 130, 90 }, { 990, 10 } };
        const auto covered = [&](std::uint64_t seed, std::int64_t count) {
            const auto ranges = disjointRanges(1000, count, 32, seed, taken);
            std::vector<int> seen(1000, 0);
            if (!ranges)
                return seen;
            for (const TokenRange &r : *ranges)
                for (std::int64_t i = 0; i < r.length; ++i)
                    ++seen.at(static_cast<std::size_t>(r.begin + i));
            return seen;
        };
        const std::int64_t most = 120 / 32 + (700 - 220) / 32 + (990 - 750) / 32;
        for (std::uint64_t seed = 1; seed <= 3; ++seed)
            for (const std::int64_t count : { std::int64_t { 4 }, most }) {
                const std::vector<int> seen = covered(seed, count);
                QCOMPARE(std::count(seen.begin(), seen.end(), 1), count * 32);
                QVERIFY(*std::max_element(seen.begin(), seen.end()) == 1);
                for (const TokenRange &t : taken)
                    for (std::int64_t i = t.begin; i < t.begin + t.length; ++i)
                        QCOMPARE(seen.at(static_cast<std::size_t>(i)), 0);
            }
        QVERIFY(covered(1, 4) == covered(1, 4) && covered(1, 4) != covered(2, 4));
        QVERIFY(!disjointRanges(1000, most + 1, 32, 1, taken));
        QVERIFY(!disjointRanges(31, 1, 32, 1));
        QVERIFY(!disjointRanges(100, 1, 0, 1));
        QCOMPARE(disjointRanges(32, 1, 32, 1)->front().begin, std::int64_t { 0 });
        // The measured case: 600 x 512 of a file of 462,805 tokens beside the calibration's.
        const auto calibration = randomRanges(462805, 32, 512, 5).orThrow();
        QCOMPARE(disjointRanges(462805, 600, 512, 6, calibration)->size(), std::size_t { 600 });
    }

    /// Of the tokens as they lie in a file of 32-bit integers.
    void tokensAreHashed()
    {
        const std::array<std::uint8_t, 12> bytes { 1, 0, 0, 0, 2, 1, 0, 0, 3, 0, 0, 0 };
        const std::string whole = Hasher().update(bytes.data(), bytes.size()).hex();
        QCOMPARE(tokensHash({ { 1, 258 }, { 3 } }), whole);
        QVERIFY(tokensHash({ { 1, 258 }, { 4 } }) != whole);
        QVERIFY(tokensHash({ { 3 }, { 1, 258 } }) != whole);
    }

    void shortTextIsRefused()
    {
        const auto r = randomWindows(counting(8), 2, 8, 1);
        QCOMPARE(r.error().code, ErrorCode::badInput);
        QVERIFY(!r.error().hint.empty());
        QVERIFY(!randomWindows({}, 1, 1, 1).ok());
        QCOMPARE(randomWindows(counting(8), 1, 0, 1).error().code, ErrorCode::usage);
        QVERIFY(randomWindows(counting(9), 2, 8, 1).ok());
    }
};

QTEST_GUILESS_MAIN(TestDataset)
#include "tst_dataset.moc"
