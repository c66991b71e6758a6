// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/calibrate.h"

#include <string>

/// What goes wrong in a pass, told once, with its place and with what helps.
namespace batlab::calib {

/// Call it in a catch block: throws what is being thrown again as an Exception whose error begins
/// with `place` ("bat: layer text.3, stage round"), and says that finished layers are kept where
/// `kept`. A cancelled job and a full disk pass unchanged.
[[noreturn]] void rethrowAt(const std::string &place, bool kept);

/// Exception{badInput} if what the model's own layer gives holds NaN or Inf: it names the site
/// where that begins.
void requireFinite(const Context &context, std::int64_t layer, const at::Tensor &input,
                   const at::Tensor &output);

/// Training steps that were left out since their loss or gradient was not finite: the first one is
/// told when it comes, with what helps, the others are counted.
class SkippedSteps
{
public:
    /// what: "bat: layer text.3"; lever: a sentence.
    SkippedSteps(JobContext &job, std::string what, std::string lever);
    void add(std::int64_t step);
    /// Says how many of `total` steps there were, if more than one.
    void finish(std::int64_t total) const;

private:
    JobContext &m_job;
    std::string m_what, m_lever;
    std::int64_t m_count = 0;
};

} // namespace batlab::calib
