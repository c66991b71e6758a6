// SPDX-License-Identifier: Apache-2.0
#include "kernel_data.h"
#include "kernels/parallel.h"
#include "kernels/team.h"

#include <QScopeGuard>
#include <QtTest>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

using namespace kernel_test;

/// The kernels' thread pool.
class TestKernelPool : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Every index once, chunk borders from n and grain alone.
    void coversTheRange()
    {
        for (const std::int64_t n : { 0, 1, 7, 64, 1000 }) {
            for (const std::int64_t grain : { 1, 3, 64, 5000 }) {
                for (const int threads : { 1, 2, 5 }) {
                    std::vector<std::atomic<int>> hits(size_t(n) + 1);
                    std::atomic<bool> aligned { true };
                    forRanges(n, grain, threads, [&](std::int64_t begin, std::int64_t end) {
                        aligned =
                            aligned && begin % grain == 0 && end == std::min(n, begin + grain);
                        for (std::int64_t i = begin; i < end; ++i) {
                            ++hits[size_t(i)];
                        }
                    });
                    QVERIFY(aligned);
                    for (std::int64_t i = 0; i < n; ++i) {
                        QCOMPARE(hits[size_t(i)].load(), 1);
                    }
                }
            }
        }
    }

    /// Two chunks that wait for each other finish only if two threads run them.
    void usesSeveralThreads()
    {
        std::atomic<int> arrived { 0 };
        std::mutex mutex;
        std::set<std::thread::id> ids;
        forRanges(2, 1, 2, [&](std::int64_t, std::int64_t) {
            ++arrived;
            while (arrived < 2) {
                std::this_thread::yield();
            }
            const std::lock_guard lock(mutex);
            ids.insert(std::this_thread::get_id());
        });
        QCOMPARE(ids.size(), 2U);
    }

    void nestedLoopsRunInline()
    {
        std::atomic<int> count { 0 };
        forRanges(8, 1, 3, [&](std::int64_t, std::int64_t) {
            const auto self = std::this_thread::get_id();
            forRanges(10, 1, 3, [&](std::int64_t, std::int64_t) {
                count += std::this_thread::get_id() == self ? 1 : 1000;
            });
        });
        QCOMPARE(count.load(), 80);
    }

    void manyCallersAtOnce()
    {
        std::atomic<std::int64_t> total { 0 };
        std::vector<std::thread> callers;
        for (int c = 0; c < 6; ++c) {
            callers.emplace_back([&] {
                for (int round = 0; round < 200; ++round) {
                    forRanges(50, 1, 3, [&](std::int64_t begin, std::int64_t) { total += begin; });
                }
            });
        }
        for (std::thread &caller : callers) {
            caller.join();
        }
        QCOMPARE(total.load(), std::int64_t { 6 } * 200 * 1225);
    }

    /// Threads of another pool run the same chunks, each once, and loops within them run inline;
    /// one that grants the caller's thread alone finishes too.
    void threadsOfAnotherPool()
    {
        static std::atomic<int> asked { 0 };
        static bool alone = false;
        setTeam([](int workers, void (*member)(void *), void *context) {
            asked += workers;
            std::vector<std::thread> others;
            for (int i = 1; i < workers && !alone; ++i) {
                others.emplace_back(member, context);
            }
            member(context);
            for (std::thread &other : others) {
                other.join();
            }
        });
        const auto reset = qScopeGuard([] { setTeam(nullptr); });
        for (const bool withoutOthers : { false, true }) {
            alone = withoutOthers;
            asked = 0;
            std::vector<std::atomic<int>> hits(100);
            forRanges(100, 3, 4, [&](std::int64_t begin, std::int64_t end) {
                forRanges(end - begin, 1, 4,
                          [&](std::int64_t i, std::int64_t) { ++hits[size_t(begin + i)]; });
            });
            QCOMPARE(asked.load(), 4); // the outer loop's
            for (const std::atomic<int> &count : hits) {
                QCOMPARE(count.load(), 1);
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestKernelPool)
#include "test_kernel_pool.moc"
