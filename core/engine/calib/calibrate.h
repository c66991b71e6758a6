// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/nn/decoder.h"
#include "core/engine/variant/layer_solution.h"
#include "core/job/job.h"
#include "core/spec/run_spec.h"

#include <memory>
#include <string>
#include <vector>

namespace batlab::calib {

class KeptStreams;

/// What every pass of a run shares.
struct Context
{
    std::shared_ptr<const nn::Decoder> decoder;
    std::vector<std::vector<std::int32_t>> sequences; ///< calibration tokens, all of one length
    const RunSpec &spec;
    JobContext &job;
    std::string keyPrefix; ///< checkpoint keys start with this (hash of model, spec parts that
                           ///< matter, tokens)
    std::uint64_t progressDone = 0; ///< layers or windows of the whole job finished before
    std::uint64_t progressTotal = 0; ///< of the whole job; 0: the layers of this pass are all
    KeptStreams *kept = nullptr; ///< of these sequences, shared by the passes of a job
    /// Content hash of the Rotations part (calib/rotate.h) that a model pass before the layer pass
    /// has learned; empty: the rotate stage makes its own.
    std::string rotations {};
    double secondsBefore = 0; ///< spent on the variant before the layer pass
};

/// Full-precision pass: statistics of every site of every layer as they enter the linears (stage
/// before, variant "reference"), the token x block maps of the sample, and SampleTokens is left to
/// the caller. Checkpointed per layer.
void referenceStatistics(const Context &context);

/// Runs the layer pass of a variant's recipe, publishing SiteStats (after), LinearScore, LossCurve,
/// LayerDone and VariantInfo; returns the content hash of each layer's part. Resumes from
/// checkpoints under keyPrefix; cancel keeps them.
[[nodiscard]] std::vector<std::string> calibrateVariant(const Context &context,
                                                        const VariantSpec &variant);

/// What a variant is, with what it costs online so far and the seconds spent on it.
[[nodiscard]] VariantInfo variantInfo(const Context &context, const VariantSpec &variant,
                                      const OnlineCost &cost, double seconds);

/// Checkpoint key of a variant's layer pass, with a hash of what decides it: model, tokens, the
/// recipe without its model passes, learned rotations, settings, protocol formats, seed, and what
/// is recorded. Passes whose layers are the same take them from each other (shared_layers.h).
[[nodiscard]] std::string calibrationKey(const Context &context, const VariantSpec &variant);

} // namespace batlab::calib
