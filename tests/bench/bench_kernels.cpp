// SPDX-License-Identifier: Apache-2.0
#include "kernels/bench/kernel_bench.h"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <thread>

/// Google Benchmark front of kernels/bench: one entry per ratio, with the counters of
/// performance.md 5.1. The suite times kernel and baseline alternately itself, so each entry
/// reports one finished measurement. BATLAB_BENCH_FILTER selects benchmarks before they run (Google
/// Benchmark's own filter only hides them).
int main(int argc, char **argv)
{
    using namespace batlab::kernels::bench;
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 2;
    }
    Options options;
    if (const char *filter = std::getenv("BATLAB_BENCH_FILTER")) {
        options.filter = filter;
    }
    options.maxThreads = std::thread::hardware_concurrency() > 1 ? 2 : 1;
    bool correct = true;
    for (const Row &row : run(options)) {
        correct = correct && row.correct;
        const std::string name =
            "BM_" + row.name + '/' + std::to_string(row.threads) + "t/" + row.baseline;
        benchmark::RegisterBenchmark(name.c_str(),
                                     [row](benchmark::State &state) {
                                         for (auto _ : state) {
                                             state.SetIterationTime(1.0 / row.elementsPerSecond);
                                         }
                                         state.counters["ratio"] = row.ratio;
                                         state.counters["ratio_p10"] = row.ratioP10;
                                         state.counters["ratio_p90"] = row.ratioP90;
                                         state.counters["target"] = row.target;
                                         state.counters["bytes_per_second"] = row.bytesPerSecond;
                                         state.counters["elt/s"] = row.elementsPerSecond;
                                         state.counters["threads"] = row.threads;
                                     })
            ->UseManualTime()
            ->Iterations(1);
    }
    benchmark::RunSpecifiedBenchmarks();
    if (!correct) {
        std::fputs("a kernel's output differs from the scalar oracle's\n", stderr);
    }
    return correct ? 0 : 1;
}
