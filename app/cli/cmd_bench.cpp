// SPDX-License-Identifier: Apache-2.0
#include "app/cli/bench_what_if.h"
#include "app/cli/common.h"
#include "app/cli/session_run.h"
#include "core/engine/service/gemm_time.h"
#include "core/engine/service/op_chain.h"
#include "core/engine/service/open_model.h"
#include "core/engine/service/preflight.h"
#include "kernels/bench/kernel_bench.h"

#include <fmt/format.h>

namespace batlab::cli {

namespace {

namespace kb = kernels::bench;

struct Options
{
    std::string filter;
    std::int64_t size = 4096;
    double seconds = 0.6;
    std::string spec, model = "demo";
    double elapsed = 0;
};

/// What the matrix products of a run spec's job take by themselves on this machine, now.
void benchJob(Common &common, const Options &options)
{
    common.prepareDevice();
    const RunSpec spec = loadRunSpec(options.spec, presetLibrary()).orThrow();
    const std::shared_ptr<const ModelSource> source = openSource(spec.model).orThrow();
    const std::vector<GemmRow> gemms = jobGemms(spec, source->config());
    Json rows = Json::array();
    double total = 0;
    printLine(common,
              fmt::format("{:<24}{:>28}{:>12}{:>12}{:>10}", "product", "batch x m x n x k", "calls",
                          "GFLOP/s", "seconds"));
    for (const GemmRow &row : gemms) {
        const double one = timeGemm(row, spec.protocol.dtype, options.seconds / 4);
        const double all = one * row.count;
        const double speed = row.flop() / row.count / one;
        total += all;
        printLine(common,
                  fmt::format("{:<24}{:>28}{:>12.0f}{:>12.0f}{:>10.1f}", row.what,
                              fmt::format("{} x {} x {} x {}", row.batch, row.m, row.n, row.k),
                              row.count, speed / 1e9, all));
        rows.push_back({ { "what", row.what },
                         { "shape", { row.batch, row.m, row.n, row.k } },
                         { "fp32", row.fp32 },
                         { "count", row.count },
                         { "flop_per_second", speed },
                         { "seconds", all } });
    }
    printLine(common, fmt::format("matrix products alone: {:.1f} s", total));
    Json out { { "rows", rows }, { "seconds", total }, { "resources", resources() } };
    if (options.elapsed > 0) {
        printLine(common,
                  fmt::format("the job took {:.1f} s: {:.2f} times its products", options.elapsed,
                              options.elapsed / total));
        out["ratio"] = options.elapsed / total;
    }
    printJson(common, out);
}

void bench(Common &common, const Options &options)
{
    common.prepareDevice();
    kb::Options run;
    run.filter = options.filter == "kernels" ? "" : options.filter;
    run.maxThreads = common.threadCount();
    run.secondsPerRow = options.seconds;
    run.rows = run.cols = options.size;
    run.baselines.push_back(
        { "FakeQuantF32", "libtorch lean chain", 20.0, [](const kb::Workload &w) {
             chainFakeQuantize(w.input, w.rows, w.cols, static_cast<float *>(w.output));
         } });
    run.baselines.push_back(
        { "GpkFakeQuantFwd", "libtorch lean chain", 20.0, [](const kb::Workload &w) {
             chainGpkFakeQuantize(w.input, w.rows, w.cols, w.gpk.a, w.gpk.b, w.gpk.g1, w.gpk.g2,
                                  static_cast<float *>(w.output));
         } });
    run.onRow = [&common](const kb::Row &row) {
        printLine(common, kb::format(row));
        if (!common.json)
            std::fflush(stdout);
    };
    printLine(common, kb::header());
    Json rows = Json::array();
    bool correct = true;
    for (const kb::Row &row : kb::run(run)) {
        rows.push_back({ { "name", row.name },
                         { "baseline", row.baseline },
                         { "threads", row.threads },
                         { "ratio", row.ratio },
                         { "ratio_p10", row.ratioP10 },
                         { "ratio_p90", row.ratioP90 },
                         { "target", row.target },
                         { "bytes_per_second", row.bytesPerSecond },
                         { "elements_per_second", row.elementsPerSecond },
                         { "correct", row.correct } });
        correct = correct && row.correct;
    }
    if (rows.empty())
        throw Exception({ ErrorCode::usage, "no benchmark has '" + options.filter + "' in its name",
                          "bench", "Leave the filter out to run all." });
    printJson(common, { { "rows", rows }, { "resources", resources() } });
    if (!correct)
        common.exitStatus = exitStatus(ErrorCode::verification);
}

} // namespace

void addBench(CLI::App &app, Common &common)
{
    auto options = std::make_shared<Options>();
    CLI::App *verb = app.add_subcommand(
        "bench",
        "Kernel speed as ratios to memcpy and to libtorch op chains; checks the results first");
    verb->add_option("FILTER", options->filter,
                     "Only benchmarks with this in their name; kernels: all; what-if: the window's "
                     "questions");
    verb->add_option("--model", options->model, "With what-if: folder, GGUF file or demo");
    verb->add_option("--size", options->size, "Rows and columns of the matrix (4096)")
        ->check(CLI::Range(256, 32768));
    verb->add_option("--seconds", options->seconds, "Time for each row (0.6)")
        ->check(CLI::Range(0.01, 60.0));
    verb->add_option("--spec", options->spec,
                     "Instead: time every matrix product of this run spec's job, and their sum");
    verb->add_option("--elapsed", options->elapsed,
                     "With --spec: what the job took in seconds; prints the ratio")
        ->needs("--spec");
    verb->callback([&common, options] {
        if (options->filter == "what-if")
            benchWhatIf(common, options->model);
        else if (options->spec.empty())
            bench(common, *options);
        else
            benchJob(common, *options);
    });
}

} // namespace batlab::cli
