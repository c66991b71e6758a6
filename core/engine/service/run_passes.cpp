// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/run_passes.h"

#include "core/engine/calib/trouble.h"
#include "core/engine/service/calibration_tokens.h"
#include "core/engine/tune/learn_rotation.h"
#include "core/engine/tune/tune.h"

#include <fmt/format.h>

namespace batlab {

namespace {

/// What `pass` returns; its errors name the stage.
template<class Pass>
auto modelPass(const VariantSpec &variant, const Stage &stage, bool layersAreKept, Pass pass)
{
    try {
        return pass();
    } catch (...) {
        calib::rethrowAt(fmt::format("{}: stage {}", variant.id, stage.kind), layersAreKept);
    }
}

} // namespace

std::vector<std::string> runPasses(calib::Context &context, const VariantSpec &variant,
                                   const Tokenizer &tokenizer)
{
    const auto layers = static_cast<std::uint64_t>(context.decoder->config().layers);
    if (const Stage *stage = variant.recipe.findStage("learn-rotation")) {
        const tune::LearnedRotations learned = modelPass(variant, *stage, false, [&] {
            return tune::learnRotations(
                context, variant,
                tuneTokens(context.spec, *stage, context.decoder, tokenizer, context.job));
        });
        context.rotations = learned.part;
        context.secondsBefore = learned.seconds;
        context.progressDone += layers;
    }
    std::vector<std::string> parts = calib::calibrateVariant(context, variant);
    context.progressDone += layers;
    if (const Stage *stage = variant.recipe.findStage("tune")) {
        parts = modelPass(variant, *stage, true, [&] {
            return tune::tuneVariant(
                context, variant, parts,
                tuneTokens(context.spec, *stage, context.decoder, tokenizer, context.job));
        });
        context.progressDone += layers;
    }
    return parts;
}

std::uint64_t passCount(const VariantSpec &variant)
{
    return variant.recipe.passes.size(); // each counts as one walk
}

} // namespace batlab
