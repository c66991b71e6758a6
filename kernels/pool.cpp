// SPDX-License-Identifier: Apache-2.0
#include "kernels/backend.h"
#include "kernels/team.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace batlab::kernels {

namespace {

/// One parallelFor: chunks are claimed from `next`; the caller works too and waits only for chunks
/// that helpers have claimed, so it can never wait for work that nobody has begun.
struct Loop
{
    void (*body)(void *, std::int64_t, std::int64_t);
    void *context;
    std::int64_t n;
    std::int64_t grain;
    std::atomic<std::int64_t> next { 0 };
    int helpersWanted = 0; ///< guarded by the pool's mutex, as is helpersInside
    int helpersInside = 0;

    void work()
    {
        for (;;) {
            const std::int64_t begin = next.fetch_add(grain, std::memory_order_relaxed);
            if (begin >= n) {
                return;
            }
            body(context, begin, std::min(n, begin + grain));
        }
    }
};

thread_local bool insideLoop = false;

class Pool
{
public:
    ~Pool()
    {
        {
            const std::lock_guard lock(m_mutex);
            m_stopping = true;
        }
        m_wake.notify_all();
        for (std::thread &thread : m_threads) {
            thread.join();
        }
    }

    void run(Loop &loop, int helpers)
    {
        {
            const std::lock_guard lock(m_mutex);
            while (static_cast<int>(m_threads.size()) < helpers) {
                m_threads.emplace_back([this] { serve(); });
            }
            loop.helpersWanted = helpers;
            m_loops.push_back(&loop);
        }
        for (int i = 0; i < helpers; ++i) {
            m_wake.notify_one();
        }
        loop.work();
        std::unique_lock lock(m_mutex);
        m_loops.erase(std::remove(m_loops.begin(), m_loops.end(), &loop), m_loops.end());
        m_done.wait(lock, [&loop] { return loop.helpersInside == 0; });
    }

private:
    void serve()
    {
        insideLoop = true;
        std::unique_lock lock(m_mutex);
        for (;;) {
            m_wake.wait(lock, [this] { return m_stopping || !m_loops.empty(); });
            if (m_stopping) {
                return;
            }
            Loop *loop = m_loops.front();
            if (--loop->helpersWanted == 0) {
                m_loops.pop_front();
            }
            ++loop->helpersInside;
            lock.unlock();
            loop->work();
            lock.lock();
            if (--loop->helpersInside == 0) {
                m_done.notify_all();
            }
        }
    }

    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::condition_variable m_done;
    std::deque<Loop *> m_loops;
    std::vector<std::thread> m_threads;
    bool m_stopping = false;
};

/// The kernels' threads: made on first use, joined at exit.
Pool &pool()
{
    static Pool instance;
    return instance;
}

std::atomic<Team> givenTeam { nullptr };

/// Loops of this thread run inline while it lives.
class Inside
{
public:
    Inside() = default;
    ~Inside() { insideLoop = m_before; }
    Inside(const Inside &) = delete;
    Inside &operator=(const Inside &) = delete;

private:
    bool m_before = std::exchange(insideLoop, true);
};

void workInLoop(void *loop)
{
    const Inside inside;
    static_cast<Loop *>(loop)->work();
}

} // namespace

void parallelFor(std::int64_t n, std::int64_t grain, int threads,
                 void (*body)(void *ctx, std::int64_t begin, std::int64_t end), void *ctx)
{
    if (n <= 0) {
        return;
    }
    grain = std::max<std::int64_t>(1, grain);
    const std::int64_t chunks = (n + grain - 1) / grain;
    const auto workers = static_cast<int>(std::min<std::int64_t>(std::max(1, threads), chunks));
    if (workers == 1 || insideLoop) {
        for (std::int64_t begin = 0; begin < n; begin += grain) {
            body(ctx, begin, std::min(n, begin + grain));
        }
        return;
    }
    Loop loop { body, ctx, n, grain };
    if (const Team team = givenTeam.load(std::memory_order_acquire)) {
        team(workers, workInLoop, &loop);
        return;
    }
    const Inside inside;
    pool().run(loop, workers - 1);
}

void setTeam(Team team) { givenTeam.store(team, std::memory_order_release); }

} // namespace batlab::kernels
