// SPDX-License-Identifier: Apache-2.0
#include "app/cli/bench_calib.h"
#include "app/cli/bench_gpu.h"
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
    std::string spec, model = "demo", only;
    bool besideJob = false;
    CalibBench calib;
    double elapsed = 0;
};

/// What the matrix products of a run spec's job take by themselves on this machine, now.
void benchJob(Common &common, const Options &options)
{
    common.prepareHost();
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
    common.prepareHost();
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
                     "questions; gpu: the GPU's kernels; calib: layers of Qwen3-8B's shape");
    verb->add_option("--only", options->only,
                     "With gpu and what-if: only benchmarks with this in their name");
    verb->add_option("--preset", options->calib.preset, "With calib: the recipe (bat-paper)");
    verb->add_option("--hidden", options->calib.hidden,
                     "With calib: another width (4096 on a GPU, 256 on the CPU)")
        ->check(CLI::Range(128, 32768));
    verb->add_option("--layers", options->calib.layers, "With calib: layers that are timed (2)")
        ->check(CLI::Range(1, 128));
    verb->add_option("--sequences", options->calib.sequences,
                     "With calib: sequences (128 on a GPU, 8 on the CPU)")
        ->check(CLI::Range(1, 4096));
    verb->add_option("--length", options->calib.length,
                     "With calib: tokens of a sequence (2048 on a GPU, 128 on the CPU)")
        ->check(CLI::Range(16, 32768));
    verb->add_option("--model", options->model, "With what-if: folder, GGUF file or demo");
    verb->add_flag("--beside-job", options->besideJob,
                   "With what-if: while the same engine calibrates the same model; measuring "
                   "begins when the job's first layer is done");
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
            benchWhatIf(common, { options->model, options->only, options->besideJob });
        else if (options->filter == "gpu")
            benchGpu(common, options->only);
        else if (options->filter == "calib")
            benchCalib(common, options->calib);
        else if (options->spec.empty())
            bench(common, *options);
        else
            benchJob(common, *options);
    });
}

} // namespace batlab::cli
