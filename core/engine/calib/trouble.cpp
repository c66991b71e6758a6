// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/trouble.h"

#include "core/engine/calib/walker.h"
#include "core/engine/device/current_error.h"
#include "core/engine/quant/fake_quant.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include <cmath>
#include <optional>

namespace batlab::calib {

namespace {

constexpr std::string_view kKept = "Finished layers are kept";

/// Sums of squares are fp64: they are finite if all of the fp32 values are.
bool isFinite(const at::Tensor &x) { return !x.defined() || std::isfinite(quant::sumOfSquares(x)); }

} // namespace

void rethrowAt(const std::string &place, bool kept)
{
    Error error = currentError();
    if (error.code == ErrorCode::cancelled || error.code == ErrorCode::diskFull
        || error.code == ErrorCode::readOnly)
        throw;
    error.where = error.where.empty() ? place : place + ", " + error.where;
    if (kept && error.hint.find(kKept) == std::string::npos)
        error.hint += fmt::format("{}{}.", error.hint.empty() ? "" : " ", kKept);
    throw Exception(error);
}

void requireFinite(const Context &context, std::int64_t layer, const at::Tensor &input,
                   const at::Tensor &output)
{
    if (isFinite(output))
        return;
    const nn::Decoder &decoder = *context.decoder;
    const std::string place =
        fmt::format("layer {}", toString(LayerId { Branch::text, static_cast<int>(layer) }));
    std::string where = "its output";
    if (!isFinite(input)) {
        where = "its input";
    } else {
        std::optional<Site> first;
        const auto plain = decoder.layer(layer);
        const nn::CapturingOps capture(*plain, [&](Site site, const at::Tensor &x) {
            if (!isFinite(x) && (!first || site < *first))
                first = site;
        });
        siteInputsOfStream(context, capture, input, Site::t4);
        if (first)
            where = fmt::format("{} ({})", name(*first), title(*first));
    }
    throw Exception({ ErrorCode::badInput, "the full-precision model gives NaN or Inf",
                      place + ", " + where,
                      "Its activations overflow: check that the model file is whole, or take "
                      "another calibration text (calibration.source, calibration.file)." });
}

SkippedSteps::SkippedSteps(JobContext &job, std::string what, std::string lever)
    : m_job(job), m_what(std::move(what)), m_lever(std::move(lever))
{ }

void SkippedSteps::add(std::int64_t step)
{
    if (++m_count == 1)
        m_job.log(LogLevel::warning,
                  fmt::format("{}: the loss or its gradient is not finite in step {}; such steps "
                              "are skipped. {}",
                              m_what, step, m_lever));
}

void SkippedSteps::finish(std::int64_t total) const
{
    if (m_count > 1)
        m_job.log(LogLevel::warning,
                  fmt::format("{}: {} of {} steps were skipped", m_what, m_count, total));
}

} // namespace batlab::calib
