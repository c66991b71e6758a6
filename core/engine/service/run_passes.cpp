// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/run_passes.h"

#include "core/engine/service/calibration_tokens.h"
#include "core/engine/tune/learn_rotation.h"
#include "core/engine/tune/tune.h"

namespace batlab {

std::vector<std::string> runPasses(calib::Context &context, const VariantSpec &variant,
                                   const Tokenizer &tokenizer)
{
    const auto layers = static_cast<std::uint64_t>(context.decoder->config().layers);
    if (const Stage *stage = variant.recipe.findStage("learn-rotation")) {
        const auto sequences =
            tuneTokens(context.spec, *stage, context.decoder, tokenizer, context.job);
        const tune::LearnedRotations learned = tune::learnRotations(context, variant, sequences);
        context.rotations = learned.part;
        context.secondsBefore = learned.seconds;
        context.progressDone += layers;
    }
    std::vector<std::string> parts = calib::calibrateVariant(context, variant);
    context.progressDone += layers;
    if (const Stage *stage = variant.recipe.findStage("tune")) {
        const auto sequences =
            tuneTokens(context.spec, *stage, context.decoder, tokenizer, context.job);
        parts = tune::tuneVariant(context, variant, parts, sequences);
        context.progressDone += layers;
    }
    return parts;
}

std::uint64_t passCount(const VariantSpec &variant)
{
    return variant.recipe.passes.size(); // each counts as one walk
}

} // namespace batlab
