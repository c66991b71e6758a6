// SPDX-License-Identifier: Apache-2.0
#include "sessions/session.h"
#include "sessions/session_tools.h"
#include "tests/sessions/sample_session.h"

#include <benchmark/benchmark.h>

#include <filesystem>
#include <string>

#include <unistd.h>

using namespace batlab;

namespace {

/// Saving and opening a session of 11,510 HDF5 objects (64 layers), in processor time: opening one
/// of 10,000 is to take less than a second.
const std::filesystem::path kFile = std::filesystem::temp_directory_path()
    / ("bench_session-" + std::to_string(getpid()) + ".batlab.h5");

void saveSession(benchmark::State &state)
{
    const Session session = test::sampleSession(64, 2);
    for (auto _ : state)
        if (const auto saved = save(session, kFile); !saved)
            state.SkipWithError(saved.error().message().c_str());
    if (const auto report = verify(kFile))
        state.counters["objects"] = static_cast<double>(report->objects);
    std::filesystem::remove(kFile);
}

void openSession(benchmark::State &state)
{
    if (const auto saved = save(test::sampleSession(64, 2), kFile); !saved)
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

BENCHMARK(saveSession)->Unit(benchmark::kMillisecond);
BENCHMARK(openSession)->Unit(benchmark::kMillisecond);
BENCHMARK_MAIN();
