// SPDX-License-Identifier: Apache-2.0
#include "sessions/session.h"
#include "sessions/session_tools.h"
#include "tests/sessions/sample_session.h"
#include "tests/support/big_session.h"

#include <benchmark/benchmark.h>

#include <filesystem>
#include <string>

#include <unistd.h>

using namespace batlab;

namespace {

/// Saving and opening, in processor time: a session of 11,510 HDF5 objects (64 layers; opening one
/// of 10,000 is to take less than a second), and one of the size that an 8B model gives (36 layers,
/// 252 linears, 512 tokens; it is to open in 2 s).
const std::filesystem::path kFile = std::filesystem::temp_directory_path()
    / ("bench_session-" + std::to_string(getpid()) + ".batlab.h5");

Session manyObjects() { return test::sampleSession(64, 2); }

Session big()
{
    Session session = Session::make("batlab tests");
    for (const ArtifactPtr &artifact : test::bigArtifacts())
        session.add(artifact);
    return session;
}

void saveSession(benchmark::State &state, Session (*make)())
{
    const Session session = make();
    for (auto _ : state)
        if (const auto saved = save(session, kFile); !saved)
            state.SkipWithError(saved.error().message().c_str());
    if (const auto report = verify(kFile))
        state.counters["objects"] = static_cast<double>(report->objects);
    state.counters["MB"] = static_cast<double>(std::filesystem::file_size(kFile)) / 1e6;
    std::filesystem::remove(kFile);
}

void openSession(benchmark::State &state, Session (*make)())
{
    if (const auto saved = save(make(), kFile); !saved)
        state.SkipWithError(saved.error().message().c_str());
    for (auto _ : state) {
        auto session = load(kFile);
        if (!session)
            state.SkipWithError(session.error().message().c_str());
        benchmark::DoNotOptimize(session);
    }
    std::filesystem::remove(kFile);
}

} // namespace

BENCHMARK_CAPTURE(saveSession, objects, manyObjects)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(openSession, objects, manyObjects)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(saveSession, 8B, big)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(openSession, 8B, big)->Unit(benchmark::kMillisecond);
BENCHMARK_MAIN();
