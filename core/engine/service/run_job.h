// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/device/device.h"
#include "core/engine/variant/variant.h"
#include "core/job/job.h"
#include "core/spec/run_spec.h"
#include "core/text/tokenizer.h"

#include <filesystem>

namespace batlab {

/// The main job: opens the model, prepares calibration tokens, takes the statistics of the
/// full-precision model and evaluates it once, then calibrates and evaluates one variant after the
/// other, publishing artifacts as they complete. A variant that fails is published as failed and
/// the next one begins; what no variant could survive (cancel, full disk) stops the job. Everything
/// is checkpointed in job.store(): a killed job that is started again gives the same results.
/// Throws Exception, after the last variant if some failed.
/// On a GPU, a run that cannot fit its memory is refused before it begins.
void runJob(const RunSpec &spec, const std::filesystem::path &dataDir, JobContext &job,
            const device::Device &device = {});

/// A solved variant to evaluate: its id and the content hashes of its layers' parts.
struct SolvedVariant
{
    std::string id;
    std::vector<std::string> layerParts;
};

struct EvaluationReport
{
    std::vector<EvaluationResult> results; ///< reference first
    std::int64_t textTokens = 0; ///< of the whole evaluation text
};

/// Perplexity by the protocol of the reference and of solved variants, from parts in job.store().
[[nodiscard]] EvaluationReport
evaluateVariants(const Protocol &protocol, const std::shared_ptr<const nn::Decoder> &decoder,
                 const Tokenizer &tokenizer, const std::vector<SolvedVariant> &variants,
                 const std::filesystem::path &dataDir, JobContext &job);

/// "bf16", "fp32" -> Compute; anything else is an error.
[[nodiscard]] Result<nn::Compute> computeFromName(std::string_view dtype);

} // namespace batlab
