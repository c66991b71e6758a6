// SPDX-License-Identifier: Apache-2.0
#include "kernels/bench/kernel_bench.h"

#include "kernels/bench/timing.h"
#include "kernels/parallel.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <random>

namespace batlab::kernels::bench {

namespace {

std::uint16_t roundToBf16(float v)
{
    std::uint32_t bits = 0;
    std::memcpy(&bits, &v, 4);
    return static_cast<std::uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

/// Copies or reads with the same number of threads as the kernel it stands beside.
void copyWith(int threads, void *to, const void *from, std::int64_t bytes)
{
    forRanges(
        bytes, (bytes + threads - 1) / threads, threads, [&](std::int64_t begin, std::int64_t end) {
            std::memcpy(static_cast<char *>(to) + begin, static_cast<const char *>(from) + begin,
                        static_cast<std::size_t>(end - begin));
        });
}
void readWith(int threads, const void *from, std::int64_t bytes)
{
    const std::int64_t part = (bytes / threads + 4095) / 4096 * 4096;
    forRanges(bytes, part, threads, [&](std::int64_t begin, std::int64_t end) {
        const std::uint64_t sum =
            readAll(static_cast<const char *>(from) + begin, static_cast<std::size_t>(end - begin));
        asm volatile("" : : "r"(sum) : "memory");
    });
}

class Suite
{
public:
    explicit Suite(const Options &options)
        : m_options(options)
        , m_rows(options.rows)
        , m_cols(options.cols)
        , m_count(options.rows * options.cols)
        , m_input(bytes(4))
        , m_half(bytes(2))
        , m_gradient(bytes(4))
        , m_output(bytes(4))
        , m_expected(bytes(4))
        , m_a(64)
        , m_b(static_cast<std::size_t>(m_cols / 32 * 16))
    {
        std::random_device seed;
        std::mt19937 random(seed());
        // A pool of normal values with 0.1 % outliers of 30 sigma, drawn from at random: quick and
        // never zero.
        std::normal_distribution<float> normal;
        std::vector<float> pool(std::size_t { 1 } << 16);
        for (float &v : pool) {
            v = normal(random) * (random() % 1000 == 0 ? 30.0F : 1.0F);
        }
        for (std::int64_t i = 0; i < m_count; ++i) {
            const std::uint32_t r = random();
            m_input.as<float>()[i] = pool[r & 0xffff];
            m_half.as<std::uint16_t>()[i] = roundToBf16(pool[r & 0xffff]);
            m_gradient.as<float>()[i] = pool[r >> 16];
        }
        for (float &v : m_a) {
            v = normal(random) * 0.35F;
        }
        for (float &v : m_b) {
            v = normal(random) * 0.5F;
        }
    }

    std::vector<Row> run()
    {
        denominators();
        for (int threads = 1; threads <= m_options.maxThreads; threads *= 2) {
            m_threads = threads;
            fakeQuantize();
            packing();
            transforms();
            statistics();
            gptq();
        }
        m_threads = 1;
        levels();
        threadsReallyRun();
        return std::move(m_result);
    }

private:
    using Job = std::function<void()>;
    struct Against
    {
        const char *name;
        double target;
        Job run;
    };

    [[nodiscard]] std::size_t bytes(std::int64_t size) const
    {
        return static_cast<std::size_t>(m_count * size);
    }
    [[nodiscard]] bool wanted(const std::string &name) const
    {
        return name.find(m_options.filter) != std::string::npos;
    }
    [[nodiscard]] Exec exec() const { return { m_threads }; }
    [[nodiscard]] double target(double one, double more) const
    {
        return m_threads == 1 ? one : more;
    }
    [[nodiscard]] ConstMatrix input() const
    {
        return { m_input.as<float>(), DType::f32, m_rows, m_cols, m_cols };
    }
    [[nodiscard]] ConstMatrix half() const
    {
        return { m_half.as<std::uint16_t>(), DType::bf16, m_rows, m_cols, m_cols };
    }
    [[nodiscard]] ConstMatrix gradient() const
    {
        return { m_gradient.as<float>(), DType::f32, m_rows, m_cols, m_cols };
    }
    [[nodiscard]] Matrix output(DType type = DType::f32) const
    {
        return { m_output.as<float>(), type, m_rows, m_cols, m_cols };
    }
    [[nodiscard]] Matrix expected(DType type = DType::f32) const
    {
        return { m_expected.as<float>(), type, m_rows, m_cols, m_cols };
    }
    [[nodiscard]] Gpk gpk() const { return { m_a.data(), m_b.data(), 8, 4 }; }

    /// memcpy and read of what the kernel moves: `moved` bytes in total, half of them each way for
    /// the copy.
    Against copyOf(std::int64_t moved, double wantedRatio)
    {
        const std::int64_t n = std::min<std::int64_t>(moved / 2, m_count * 4);
        return { "memcpy", wantedRatio,
                 [this, n] { copyWith(m_threads, m_output.as<char>(), m_input.as<char>(), n); } };
    }
    Against readOf(const void *data, std::int64_t n, double wantedRatio)
    {
        return { "read", wantedRatio, [this, data, n] { readWith(m_threads, data, n); } };
    }

    /// Runs `reference` into the expected buffer, the kernel into a poisoned output, and compares
    /// `size` bytes.
    bool check(const Job &reference, const Job &kernel, std::size_t size)
    {
        m_expected.poison();
        m_output.poison();
        reference();
        kernel();
        return std::memcmp(m_expected.as<char>(), m_output.as<char>(), size) == 0;
    }

    void measure(const std::string &name, const Job &kernel, std::int64_t moved, bool correct,
                 std::vector<Against> baselines, double scale = 1.0)
    {
        for (const Baseline &extra : m_options.baselines) {
            if (extra.benchmark == name) {
                baselines.push_back({ extra.name.c_str(), extra.target, [this, &extra] {
                                         extra.run({ m_rows, m_cols, m_input.as<float>(),
                                                     m_half.as<std::uint16_t>(),
                                                     m_gradient.as<float>(), gpk(),
                                                     m_output.as<void>(), m_threads });
                                     } });
            }
        }
        for (const Against &baseline : baselines) {
            const Ratio ratio =
                alternate(baseline.run, kernel, m_threads == 1, m_options.secondsPerRow);
            Row row { name,
                      baseline.name,
                      ratio.median * scale,
                      ratio.p10 * scale,
                      ratio.p90 * scale,
                      baseline.target,
                      0.0,
                      0.0,
                      m_threads,
                      correct };
            row.bytesPerSecond = static_cast<double>(moved) / ratio.seconds;
            row.elementsPerSecond = static_cast<double>(m_count) / ratio.seconds;
            publish(row);
        }
    }
    void publish(const Row &row)
    {
        m_result.push_back(row);
        if (m_options.onRow) {
            m_options.onRow(row);
        }
    }

    void denominators()
    {
        m_threads = 1;
        if (wanted("Copy")) {
            measure("Copy",
                    [this] { copyWith(1, m_output.as<char>(), m_input.as<char>(), m_count * 4); },
                    m_count * 8, true, { readOf(m_input.as<char>(), m_count * 4, 0.0) });
        }
    }

    void fakeQuantize()
    {
        const QuantSpec spec;
        const Backend &oracle = *cpuBackend(CpuLevel::scalar);
        if (wanted("FakeQuantF32")) {
            const Job job = [&] { cpu().fakeQuantize(input(), {}, spec, output(), exec()); };
            const bool ok = check(
                [&] { oracle.fakeQuantize(input(), {}, spec, expected(), { 2 }); }, job, bytes(4));
            measure("FakeQuantF32", job, m_count * 8, ok,
                    { copyOf(m_count * 8, target(0.72, 0.95)) });
        }
        if (wanted("FakeQuantBF16")) {
            const Job job = [&] {
                cpu().fakeQuantize(half(), {}, spec, output(DType::bf16), exec());
            };
            const bool ok =
                check([&] { oracle.fakeQuantize(half(), {}, spec, expected(DType::bf16), { 2 }); },
                      job, bytes(2));
            measure("FakeQuantBF16", job, m_count * 4, ok,
                    { copyOf(m_count * 4, target(0.65, 0.80)) });
        }
    }

    void packing()
    {
        const QuantSpec spec;
        std::uint8_t *const nibbles = m_output.as<std::uint8_t>();
        std::uint8_t *const scales = nibbles + m_count / 2;
        std::uint8_t *const wantedNibbles = m_expected.as<std::uint8_t>();
        const Backend &oracle = *cpuBackend(CpuLevel::scalar);
        const auto packed = static_cast<std::size_t>(m_count / 2 + m_count / 32);
        const struct
        {
            const char *name;
            ConstMatrix in;
            std::int64_t size;
        } packs[] = { { "PackF32", input(), 4 }, { "PackBF16", half(), 2 } };
        for (const auto &pack : packs) {
            if (!wanted(pack.name)) {
                continue;
            }
            const Job job = [&] { cpu().packMxfp4(pack.in, spec, nibbles, scales, exec()); };
            const bool ok = check(
                [&] {
                    oracle.packMxfp4(pack.in, spec, wantedNibbles, wantedNibbles + m_count / 2,
                                     { 2 });
                },
                job, packed);
            measure(pack.name, job, m_count * pack.size + static_cast<std::int64_t>(packed), ok,
                    { readOf(pack.in.data, m_count * pack.size, 0.70) });
        }
        for (const DType type : { DType::f32, DType::bf16 }) {
            const std::string name = type == DType::f32 ? "UnpackF32" : "UnpackBF16";
            if (!wanted(name)) {
                continue;
            }
            // Packed into the gradient buffer's place would spoil it: use a buffer of its own.
            const Buffer codes(packed);
            auto *const at = codes.as<std::uint8_t>();
            cpu().packMxfp4(input(), spec, at, at + m_count / 2, exec());
            const Job job = [&] {
                cpu().unpackMxfp4(at, at + m_count / 2, spec, output(type), exec());
            };
            const std::int64_t size = type == DType::f32 ? 4 : 2;
            const bool ok = check(
                [&] { oracle.unpackMxfp4(at, at + m_count / 2, spec, expected(type), { 2 }); }, job,
                bytes(size));
            const std::int64_t moved = m_count * size + static_cast<std::int64_t>(packed);
            measure(name, job, moved, ok, { copyOf(m_count * size * 2, 0.70) });
        }
    }

    void transforms()
    {
        const QuantSpec spec;
        const Backend &oracle = *cpuBackend(CpuLevel::scalar);
        const Job quantizeOnly = [&] { cpu().fakeQuantize(input(), {}, spec, output(), exec()); };
        if (wanted("GpkFakeQuantFwd")) {
            const Job job = [&] {
                cpu().gpkFakeQuantize(input(), gpk(), {}, spec, output(), exec());
            };
            const bool ok =
                check([&] { oracle.gpkFakeQuantize(input(), gpk(), {}, spec, expected(), { 2 }); },
                      job, bytes(4));
            measure("GpkFakeQuantFwd", job, m_count * 8, ok,
                    { copyOf(m_count * 8, target(0.50, 0.65)),
                      { "FakeQuantF32 time", 1.0 / 1.7, quantizeOnly } });
        }
        if (wanted("GpkFakeQuantFwdBF16")) {
            const Job job = [&] {
                cpu().gpkFakeQuantize(half(), gpk(), {}, spec, output(DType::bf16), exec());
            };
            const bool ok = check(
                [&] {
                    oracle.gpkFakeQuantize(half(), gpk(), {}, spec, expected(DType::bf16), { 2 });
                },
                job, bytes(2));
            measure("GpkFakeQuantFwdBF16", job, m_count * 4, ok, { copyOf(m_count * 4, 0.0) });
        }
        if (wanted("GpkFakeQuantBwd")) {
            std::vector<float> dA(m_a.size());
            std::vector<float> dB(m_b.size());
            const Job job = [&] {
                cpu().gpkFakeQuantizeBackward(input(), gradient(), gpk(), {}, spec, {}, output(),
                                              dA.data(), dB.data(), {}, exec());
            };
            std::vector<float> wantA(m_a.size());
            std::vector<float> wantB(m_b.size());
            bool ok = check(
                [&] {
                    oracle.gpkFakeQuantizeBackward(input(), gradient(), gpk(), {}, spec, {},
                                                   expected(), wantA.data(), wantB.data(), {},
                                                   { 2 });
                },
                job, bytes(4));
            ok = ok && dA == wantA && dB == wantB;
            // 12 bytes per element move; the copy moves 8, so its time counts one and a half times.
            measure("GpkFakeQuantBwd", job, m_count * 12, ok,
                    { copyOf(m_count * 8, target(0.30, 0.35)) }, 1.5);
        }
        if (wanted("Hadamard32Quant")) {
            const Job job = [&] { cpu().hadamard32(input(), &spec, output(), exec()); };
            const bool ok =
                check([&] { oracle.hadamard32(input(), &spec, expected(), { 2 }); }, job, bytes(4));
            measure("Hadamard32Quant", job, m_count * 8, ok, { copyOf(m_count * 8, 0.50) });
        }
    }

    void statistics()
    {
        if (!wanted("BlockStats")) {
            return;
        }
        const auto k = static_cast<std::size_t>(m_cols / 32);
        std::vector<double> sums(5 * k);
        std::vector<float> maxAbs(k);
        std::vector<float> energy(k * static_cast<std::size_t>(m_rows));
        std::vector<std::uint32_t> histogram(k * 256);
        BlockStatsOut out;
        out.sum = sums.data();
        out.sum2 = out.sum + k;
        out.sum3 = out.sum2 + k;
        out.sum4 = out.sum3 + k;
        out.sumBlockMax = out.sum4 + k;
        out.maxAbs = maxAbs.data();
        out.rowEnergy = energy.data();
        out.histogram = histogram.data();
        out.bins = 256;
        const Job job = [&] { cpu().blockStats(input(), {}, out, exec()); };
        job();
        const std::vector<double> got = sums;
        const std::vector<std::uint32_t> counts = histogram;
        cpuBackend(CpuLevel::scalar)->blockStats(input(), {}, out, { 2 });
        measure("BlockStats", job, m_count * 4, got == sums && counts == histogram,
                { readOf(m_input.as<char>(), m_count * 4, 0.35) });
    }

    void gptq()
    {
        if (!wanted("GptqBlock")) {
            return;
        }
        // 1024 rows, one 128-column block after the other over 1024 columns.
        constexpr std::int64_t n = 1024;
        std::vector<float> u(n * n);
        std::vector<float> scale(n * n, 0.5F);
        for (std::int64_t i = 0; i < n; ++i) {
            for (std::int64_t j = i; j < n; ++j) {
                u[static_cast<std::size_t>(i * n + j)] =
                    i == j ? 1.0F : 0.01F * m_input.as<float>()[i * n + j];
            }
        }
        std::vector<float> errors(n * 128);
        auto runOn = [&](const Backend &backend, Buffer &target, int threads) {
            float *const w = target.as<float>();
            std::memcpy(w, m_input.as<float>(), n * n * sizeof(float));
            for (std::int64_t c = 0; c < n; c += 128) {
                backend.gptqColumns(w, n, n, c, c + 128, u.data(), scale.data(), n, {}, w + n * n,
                                    errors.data(), { threads });
            }
        };
        const Backend &oracle = *cpuBackend(CpuLevel::scalar);
        const Job job = [&] { runOn(cpu(), m_output, m_threads); };
        const bool ok =
            check([&] { runOn(oracle, m_expected, 2); }, job, 2 * n * n * sizeof(float));
        const std::int64_t whole = m_count;
        m_count = n * n;
        measure("GptqBlock", job, n * n * 12, ok,
                { { "scalar loop", 0.0, [&] { runOn(oracle, m_output, m_threads); } } });
        m_count = whole;
    }

    void levels()
    {
        if (!wanted("IsaDispatch")) {
            return;
        }
        const Backend *best = cpuBackend(CpuLevel::v4);
        for (const CpuLevel level : { CpuLevel::v2, CpuLevel::v3 }) {
            const Backend *backend = cpuBackend(level);
            if (best == nullptr || backend == nullptr) {
                continue;
            }
            const double wantedRatio = level == CpuLevel::v3 ? 0.85 : 0.60;
            const std::string suffix = level == CpuLevel::v3 ? "/v3" : "/v2";
            measure("IsaDispatch/FakeQuantF32" + suffix,
                    [&] { backend->fakeQuantize(input(), {}, {}, output(), { 1 }); }, m_count * 8,
                    true, { { "v4", wantedRatio, [&] {
                                 best->fakeQuantize(input(), {}, {}, output(), { 1 });
                             } } });
            measure("IsaDispatch/GpkFakeQuantFwd" + suffix,
                    [&] { backend->gpkFakeQuantize(input(), gpk(), {}, {}, output(), { 1 }); },
                    m_count * 8, true,
                    { { "v4", wantedRatio, [&] {
                           best->gpkFakeQuantize(input(), gpk(), {}, {}, output(), { 1 });
                       } } });
        }
    }

    void threadsReallyRun()
    {
        if (!wanted("ThreadsReallyRun") || m_options.maxThreads < 2) {
            return;
        }
        // 256 x 2048 floats stay in L2; many passes so that starting a thread does not count.
        const ConstMatrix in { m_input.as<float>(), DType::f32, 256, 2048, 2048 };
        const Matrix out { m_output.as<float>(), DType::f32, 256, 2048, 2048 };
        auto passes = [&](int threads) {
            for (int i = 0; i < 20; ++i) {
                cpu().gpkFakeQuantize(in, gpk(), {}, {}, out, { threads });
            }
        };
        const std::int64_t whole = m_count;
        m_count = 20 * 256 * 2048;
        m_threads = 2;
        measure("ThreadsReallyRun", [&] { passes(2); }, m_count * 8, true,
                { { "1 thread", 1.5, [&] { passes(1); } } });
        m_threads = 1;
        m_count = whole;
    }

    const Options &m_options;
    std::int64_t m_rows;
    std::int64_t m_cols;
    std::int64_t m_count;
    Buffer m_input, m_half, m_gradient, m_output, m_expected;
    std::vector<float> m_a, m_b;
    int m_threads = 1;
    std::vector<Row> m_result;
};

} // namespace

std::vector<Row> run(const Options &options) { return Suite(options).run(); }

std::string header()
{
    return "benchmark                      thr  against              ratio   p10   p90  target   "
           "GB/s  Gelt/s";
}

std::string format(const Row &row)
{
    char line[200];
    std::snprintf(line, sizeof line, "%-30s %3d  %-18s %7.2f %5.2f %5.2f  %6.2f %6.1f  %6.2f%s",
                  row.name.c_str(), row.threads, row.baseline.c_str(), row.ratio, row.ratioP10,
                  row.ratioP90, row.target, row.bytesPerSecond * 1e-9, row.elementsPerSecond * 1e-9,
                  row.correct ? "" : "  WRONG RESULT");
    return line;
}

} // namespace batlab::kernels::bench
