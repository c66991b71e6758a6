// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/training.h"

#include "core/base/hash.h"
#include "core/engine/calib/adamw.h"
#include "core/engine/calib/streams.h"
#include "core/engine/calib/trouble.h"
#include "core/engine/calib/walker.h"
#include "core/engine/device/device_kernels.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <numeric>

namespace batlab::tune {

namespace {

using Clock = std::chrono::steady_clock;
constexpr int kLogEvery = 20; // steps
constexpr std::uint64_t kOrderStream = 7000; // of the run's seed: one permutation an epoch

double since(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Rates over the full rates at a step: a linear rise, then a cosine.
double schedule(std::int64_t step, std::int64_t total, std::int64_t warmup, double floor)
{
    const double rise = warmup > 0
        ? std::min(1.0, static_cast<double>(step + 1) / static_cast<double>(warmup))
        : 1.0;
    return rise * calib::cosine(step, total, floor);
}

double meanOfLast(const std::vector<float> &values, std::size_t count)
{
    return std::accumulate(values.end() - static_cast<std::ptrdiff_t>(count), values.end(), 0.0)
        / static_cast<double>(std::max<std::size_t>(count, 1));
}

/// The sequences of each step: epochs of seeded permutations, one after the other.
class Batches
{
public:
    Batches(std::int64_t sequences, std::int64_t batch, std::uint64_t seed)
        : m_batch(batch), m_seed(seed), m_order(static_cast<std::size_t>(sequences))
    { }

    [[nodiscard]] at::Tensor of(std::int64_t step)
    {
        const auto count = static_cast<std::int64_t>(m_order.size());
        std::vector<std::int64_t> out;
        for (std::int64_t i = step * m_batch; i < (step + 1) * m_batch; ++i) {
            if (i / count != m_epoch)
                shuffle(i / count);
            out.push_back(m_order[static_cast<std::size_t>(i % count)]);
        }
        return at::tensor(out, at::kLong);
    }

private:
    void shuffle(std::int64_t epoch)
    {
        std::iota(m_order.begin(), m_order.end(), 0);
        const std::uint64_t seed =
            randomBits(m_seed, kOrderStream + static_cast<std::uint64_t>(epoch));
        for (std::size_t n = m_order.size(); n > 1; --n)
            std::swap(m_order[n - 1], m_order[static_cast<std::size_t>(randomBits(seed, n) % n)]);
        m_epoch = epoch;
    }

    std::int64_t m_batch;
    std::uint64_t m_seed;
    std::vector<std::int64_t> m_order;
    std::int64_t m_epoch = -1;
};

/// share: of the stage, 0 to 1; it counts as much as one walk through the layers.
void setShare(const calib::Context &context, const std::string &what, double share)
{
    const auto layers = static_cast<double>(context.decoder->config().layers);
    calib::setStage(context, what, static_cast<std::int64_t>(share * layers));
}

} // namespace

void runSteps(const Training &t, Progress &p)
{
    const std::int64_t total = integer(t.stage, "steps");
    const std::int64_t every = integer(t.stage, "checkpointSteps");
    JobContext &job = t.context.job;
    Batches batches(t.sequences, integer(t.stage, "batch"), t.context.spec.seed);
    calib::SkippedSteps skipped(job, t.variant,
                                fmt::format("Lower the rates of the {} stage.", t.stage.kind));
    auto logged = Clock::now();
    while (p.step < total) {
        job.checkpoint();
        setShare(t.context, fmt::format("{}: {}", t.variant, t.doing),
                 static_cast<double>(p.step) / static_cast<double>(total));
        const auto start = Clock::now();
        const double rate = schedule(p.step, total, integer(t.stage, "warmup"),
                                     number(t.stage, "minLearningRateFactor"));
        const double loss = t.gradient(batches.of(p.step), p.step, rate);
        if (std::isfinite(loss) && at::isfinite(t.gradients).all().item<bool>())
            t.update(rate);
        else
            skipped.add(p.step);
        ++p.step;
        p.curve.loss.push_back(static_cast<float>(loss));
        p.curve.learningRate.push_back(static_cast<float>(rate));
        p.seconds += since(start);
        job.setStep(static_cast<std::uint64_t>(p.step), static_cast<std::uint64_t>(total), loss);
        const bool last = p.step == total;
        if (p.step % kLogEvery == 0 || last) {
            const auto count = static_cast<std::size_t>(std::min<std::int64_t>(kLogEvery, p.step));
            job.log(LogLevel::info,
                    fmt::format("{}: step {} of {}: {} {:.4f} over the last {}, {:.2f} s a step",
                                t.variant, p.step, total, t.lossName,
                                meanOfLast(p.curve.loss, count), count,
                                since(logged) / static_cast<double>(count)));
            logged = Clock::now();
        }
        if (p.step % every == 0 && !last) {
            t.save();
            job.publish(p.curve);
        }
    }
    skipped.finish(total);
}

bool endsWorse(const std::vector<float> &losses)
{
    std::vector<double> finite;
    std::copy_if(losses.begin(), losses.end(), std::back_inserter(finite),
                 [](float loss) { return std::isfinite(loss); });
    if (finite.empty())
        return !losses.empty();
    const auto last =
        static_cast<std::ptrdiff_t>(std::min<std::size_t>(20, (finite.size() + 1) / 2));
    const double end =
        std::accumulate(finite.end() - last, finite.end(), 0.0) / static_cast<double>(last);
    return end > 3.0 * finite.front();
}

std::uint64_t keptBytes(const nn::Decoder &decoder, std::uint64_t onHost)
{
    if (decoder.device().is_cpu())
        return onHost;
    return static_cast<std::uint64_t>(
        std::max<std::int64_t>(device::freeMemory(decoder.device()), 0) / 4);
}

at::Tensor teacherStates(const calib::Context &context, const std::string &variant,
                         const std::vector<std::vector<std::int32_t>> &sequences)
{
    calib::Context own = context;
    own.sequences = sequences;
    const nn::Decoder &decoder = *context.decoder;
    JobContext &job = context.job;
    const std::int64_t layers = decoder.config().layers;
    calib::Walker walker(own);
    for (std::int64_t l = 0; l < layers; ++l) {
        job.checkpoint();
        setShare(context, variant + ": full-precision targets", 0);
        job.setStep(static_cast<std::uint64_t>(l), static_cast<std::uint64_t>(layers));
        walker.advance(walker.run(*decoder.layer(l)));
    }
    const at::Tensor x = walker.input();
    at::Tensor out = calib::makeStream(x.sizes(), nn::matmulType(decoder.compute()),
                                       job.store().folder(), decoder.device());
    for (std::int64_t s = 0; s < x.size(0); ++s) {
        job.checkpoint();
        out[s].copy_(decoder.finalNorm(x[s].to(decoder.device())));
    }
    return out;
}

} // namespace batlab::tune
