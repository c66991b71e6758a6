// SPDX-License-Identifier: Apache-2.0
#include "core/engine/eval/perplexity.h"
#include "core/base/free_disk.h"
#include "core/engine/device/device_kernels.h"
#include "core/engine/eval/device_scores.h"
#include "core/engine/eval/logits.h"
#include "core/engine/eval/window_scores.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <optional>

namespace batlab::eval {

namespace {

using Clock = std::chrono::steady_clock;

// Groups publish results as they finish; more windows a group would only save loading layers again,
// which takes longer than the windows on a device.
constexpr std::int64_t kMostWindowsAGroup = 10, kMostOnDevice = 64;
constexpr std::uint64_t kUsualRows = 8;
// Final hidden states of the reference are always kept up to the first size, and up to the second
// share of the free disk beyond it.
constexpr std::uint64_t kSmallHiddenBytes = std::uint64_t(256) << 20;
constexpr double kHiddenShareOfDisk = 0.1;

bool worthKeeping(std::uint64_t bytes, const std::filesystem::path &folder)
{
    return bytes <= kSmallHiddenBytes || fitsFreeDisk(bytes, folder, kHiddenShareOfDisk);
}

double since(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

class Evaluation
{
public:
    Evaluation(const PerplexityInput &input, JobContext &job);
    std::vector<EvaluationResult> run();

private:
    struct Row
    {
        EvaluatedVariant what;
        WindowScores total; ///< of the groups so far
        std::optional<WindowScores> group; ///< of this group, if known
        std::vector<at::Tensor> hidden; ///< [windows of the group] normed, [T, hidden]
    };

    void checkInput() const;
    [[nodiscard]] std::string key(const Row &row, const char *what) const;
    void restore(Row &row);
    bool restoreHidden(Row &row);
    void keepHidden(const Row &row);
    void forward(Row &row);
    void score();
    void finishGroup();
    [[nodiscard]] EvaluationResult result(const Row &row) const;

    const PerplexityInput &m_input;
    JobContext &m_job;
    std::vector<Row> m_rows; ///< reference first
    std::int64_t m_predicted; ///< tokens a window
    std::int64_t m_begin = 0, m_end = 0; ///< windows of this group
    std::uint64_t m_done = 0;
    bool m_keepsHidden = false;
};

Evaluation::Evaluation(const PerplexityInput &input, JobContext &job)
    : m_input(input), m_job(job), m_predicted(0), m_done(input.progressDone)
{
    checkInput();
    m_predicted = static_cast<std::int64_t>(input.windows.front().size()) - 1;
    m_rows.push_back({ input.reference, {}, {}, {} });
    for (const EvaluatedVariant &variant : input.variants)
        m_rows.push_back({ variant, {}, {}, {} });
}

void Evaluation::checkInput() const
{
    if (m_input.windows.empty() || m_input.windows.front().size() < 2)
        throw Exception({ ErrorCode::badInput, "the evaluation text gives no window", m_input.task,
                          "Use a longer text or shorter windows." });
    for (const auto &window : m_input.windows) {
        if (window.size() != m_input.windows.front().size())
            throw Exception(
                { ErrorCode::internal, "evaluation windows differ in length", m_input.task, {} });
        checkTokens(window, m_input.decoder.config().vocab, m_input.task);
    }
}

std::string Evaluation::key(const Row &row, const char *what) const
{
    return fmt::format("{}/eval/{}/{}/{:05}-{:05}", m_input.keyPrefix, row.what.contentKey, what,
                       m_begin, m_end);
}

void Evaluation::restore(Row &row)
{
    row.group.reset();
    row.hidden.clear();
    const auto part = m_job.store().get(key(row, "scores")).orThrow();
    if (part)
        row.group = WindowScores::fromPart(*part, m_end - m_begin, m_predicted).orThrow();
}

bool Evaluation::restoreHidden(Row &row)
{
    const auto part = m_job.store().get(key(row, "hidden")).orThrow();
    const NamedTensor *tensor = part ? part->find("hidden") : nullptr;
    const auto type = nn::matmulType(m_input.decoder.compute());
    const std::vector<std::int64_t> shape { m_end - m_begin, m_predicted + 1,
                                            m_input.decoder.config().hidden };
    if (!tensor || tensor->shape != shape)
        return false;
    const at::Tensor all = at::empty(shape, type);
    if (tensor->bytes.size() != all.nbytes())
        return false;
    std::memcpy(all.mutable_data_ptr(), tensor->bytes.data(), tensor->bytes.size());
    row.hidden = all.to(m_input.decoder.device()).unbind(0);
    return true;
}

void Evaluation::keepHidden(const Row &row)
{
    const at::Tensor all = at::stack(row.hidden).cpu();
    NamedTensor tensor;
    tensor.name = "hidden";
    tensor.dtype = all.scalar_type() == at::kBFloat16 ? "bf16" : "f32";
    tensor.shape = all.sizes().vec();
    tensor.bytes.resize(all.nbytes());
    std::memcpy(tensor.bytes.data(), all.const_data_ptr(), tensor.bytes.size());
    Part part;
    part.kind = "hidden-states";
    part.attributes = Json::object();
    part.tensors.push_back(std::move(tensor));
    if (const auto put = m_job.store().put(key(row, "hidden"), part); !put)
        throw Exception(put.error());
}

void Evaluation::forward(Row &row)
{
    const auto start = Clock::now();
    const nn::Decoder &decoder = m_input.decoder;
    const std::int64_t layers = decoder.config().layers;
    m_job.log(
        LogLevel::debug,
        fmt::format("evaluation of {}: windows {}-{}", row.what.variant->id(), m_begin + 1, m_end));
    std::vector<at::Tensor> streams;
    for (std::int64_t w = m_begin; w < m_end; ++w)
        streams.push_back(
            decoder.embed(nn::idTensor({ m_input.windows[static_cast<std::size_t>(w)] })));
    for (std::int64_t l = 0; l < layers; ++l) {
        m_job.checkpoint();
        const std::shared_ptr<const nn::LayerOps> ops = row.what.variant->layer(l);
        for (at::Tensor &stream : streams) {
            m_job.checkpoint();
            stream = decoder.forward(*ops, stream);
        }
        m_job.setStep(static_cast<std::uint64_t>(l + 1), static_cast<std::uint64_t>(layers));
    }
    row.hidden.clear();
    for (at::Tensor &stream : streams) {
        row.hidden.push_back(decoder.finalNorm(stream.squeeze(0)).contiguous());
        stream.reset();
    }
    row.total.seconds += since(start);
}

/// Logits of every pending variant against the reference's, 256 rows at a time.
void Evaluation::score()
{
    const nn::Decoder &decoder = m_input.decoder;
    std::vector<Row *> pending;
    for (Row &row : m_rows)
        if (!row.group) {
            row.group.emplace();
            pending.push_back(&row);
        }
    RowScorer scorer(m_job.threads());
    for (std::int64_t w = m_begin; w < m_end; ++w) {
        const std::vector<std::int32_t> &ids = m_input.windows[static_cast<std::size_t>(w)];
        for (Row *row : pending) {
            row->group->nll.push_back(0);
            if (row != &m_rows.front()) {
                row->group->kld.push_back(0);
                row->group->agree.push_back(0);
            }
        }
        for (std::int64_t begin = 0; begin < m_predicted; begin += kLogitRows) {
            m_job.checkpoint();
            const std::int64_t count = std::min(kLogitRows, m_predicted - begin);
            const std::int32_t *next = ids.data() + begin + 1;
            const auto logitsOf = [&](const Row &row) {
                return decoder
                    .logits(
                        row.hidden[static_cast<std::size_t>(w - m_begin)].narrow(0, begin, count))
                    .contiguous();
            };
            auto start = Clock::now();
            const at::Tensor referenceLogits = logitsOf(m_rows.front());
            const std::vector<RowScore> &reference = scorer.reference(referenceLogits, next);
            m_rows.front().total.seconds += since(start);
            for (Row *row : pending) {
                if (row == &m_rows.front()) {
                    for (std::int64_t r = 0; r < count; ++r)
                        row->group->nll.back() += reference[static_cast<std::size_t>(r)].nll;
                    continue;
                }
                start = Clock::now();
                const at::Tensor logits = logitsOf(*row);
                const std::vector<RowScore> &scores = scorer.variant(logits, next);
                for (std::int64_t r = 0; r < count; ++r) {
                    const RowScore &score = scores[static_cast<std::size_t>(r)];
                    const RowScore &ref = reference[static_cast<std::size_t>(r)];
                    row->group->nll.back() += score.nll;
                    row->group->kld.back() += score.kld;
                    row->group->agree.back() += score.argmax == ref.argmax ? 1 : 0;
                    row->group->deltaP.push_back(
                        static_cast<float>(score.probability - ref.probability));
                }
                row->total.seconds += since(start);
            }
        }
        for (Row *row : pending) {
            row->group->nll.back() /= static_cast<double>(m_predicted);
            if (row != &m_rows.front())
                row->group->kld.back() /= static_cast<double>(m_predicted);
        }
    }
    for (Row *row : pending)
        if (const auto put = m_job.store().put(key(*row, "scores"), row->group->toPart()); !put)
            throw Exception(put.error());
}

EvaluationResult Evaluation::result(const Row &row) const
{
    EvaluationResult out = summarize(row.total, m_predicted);
    out.variant = row.what.variant->id();
    out.task = m_input.task;
    out.protocolHash = m_input.protocolHash;
    out.textHash = m_input.textHash;
    return out;
}

void Evaluation::finishGroup()
{
    for (Row &row : m_rows) {
        row.total.append(*row.group);
        row.hidden.clear();
        const bool isReference = &row == &m_rows.front();
        if (isReference && !std::isfinite(result(row).value)) // nothing can be compared with it
            throw Exception({ ErrorCode::badInput,
                              "the perplexity of the full-precision model is not finite",
                              m_input.task,
                              "Check that the model file is whole and fits its configuration, or "
                              "take another text (protocol.text)." });
        if (!m_input.publishes || (isReference && !m_input.referenceIsNew))
            continue;
        EvaluationResult so = result(row);
        if (!std::isfinite(so.value))
            m_job.log(LogLevel::warning,
                      fmt::format("{}: the perplexity is not finite; the variant has diverged",
                                  so.variant));
        m_job.log(LogLevel::info,
                  row.what.contentKey == m_rows.front().what.contentKey
                      ? fmt::format("{}: perplexity {:.3f} ± {:.3f} on {} of {} windows",
                                    so.variant, so.value, so.standardError, so.samples,
                                    m_input.windows.size())
                      : fmt::format("{}: perplexity {:.3f} ± {:.3f}, KLD {:.4f}, top-1 {:.1f} % on "
                                    "{} of {} windows",
                                    so.variant, so.value, so.standardError, so.kld,
                                    100 * so.top1Agreement, so.samples, m_input.windows.size()));
        m_job.publish(Artifact(std::move(so)));
    }
}

std::vector<EvaluationResult> Evaluation::run()
{
    const auto count = static_cast<std::int64_t>(m_input.windows.size());
    const auto tokens = static_cast<std::uint64_t>(m_predicted + 1);
    const auto hidden = static_cast<std::uint64_t>(m_input.decoder.config().hidden);
    const auto wide =
        static_cast<std::uint64_t>(c10::elementSize(nn::matmulType(m_input.decoder.compute())));
    m_keepsHidden = worthKeeping(tokens * hidden * wide * static_cast<std::uint64_t>(count),
                                 m_job.store().folder());
    // fp32 stream in and out of a layer, and the final states of the rows: of a usual number of
    // them, so that the groups, and with them the checkpoints, stay the same when a variant is
    // added.
    const std::uint64_t aWindow = tokens * hidden * (8 + wide * kUsualRows);
    std::uint64_t memory = m_input.memoryBytes;
    std::int64_t most = kMostWindowsAGroup;
    if (const c10::Device device = m_input.decoder.device(); !device.is_cpu()) {
        // A power of two: the same groups, and with them checkpoints, when somewhat less is free.
        const auto free =
            static_cast<std::uint64_t>(std::max<std::int64_t>(device::freeMemory(device), 0));
        memory = std::max(memory, std::bit_floor(free) / 4);
        most = kMostOnDevice;
    }
    const auto fits = static_cast<std::int64_t>(std::max<std::uint64_t>(1, memory / aWindow));
    most = std::min(fits, most);
    const std::int64_t groups = (count + most - 1) / most;
    const std::int64_t size = (count + groups - 1) / groups;

    for (m_begin = 0; m_begin < count; m_begin = m_end) {
        m_end = std::min(m_begin + size, count);
        bool all = true;
        for (Row &row : m_rows) {
            restore(row);
            all = all && row.group;
        }
        for (Row &row : m_rows) {
            const bool isReference = &row == &m_rows.front();
            m_job.setStage(fmt::format("evaluation: {}, windows {}-{} of {}",
                                       row.what.variant->id(), m_begin + 1, m_end, count),
                           m_done, m_input.progressTotal);
            if (!all && (!row.group || isReference) && !(isReference && restoreHidden(row))) {
                forward(row);
                if (isReference && m_keepsHidden)
                    keepHidden(row);
            }
            if (!isReference || m_input.referenceIsNew)
                m_done += static_cast<std::uint64_t>(m_end - m_begin);
        }
        if (!all)
            score();
        finishGroup();
    }
    std::vector<EvaluationResult> out;
    for (const Row &row : m_rows)
        out.push_back(result(row));
    return out;
}

} // namespace

std::vector<EvaluationResult> evaluatePerplexity(const PerplexityInput &input, JobContext &job)
{
    const c10::NoGradGuard noGrad;
    return Evaluation(input, job).run();
}

} // namespace batlab::eval
