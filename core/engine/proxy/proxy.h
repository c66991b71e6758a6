// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/moments.h"
#include "core/engine/nn/decoder.h"
#include "core/job/job.h"
#include "core/spec/run_spec.h"

#include <array>
#include <functional>
#include <string>
#include <vector>

/// The fast proxy: how well a recipe's transforms, folds and clips suit a layer, judged by the
/// output error of its linears on cached activations with weights rounded to nearest. Nothing is
/// trained and errors of earlier layers are left out, so that a question takes a fraction of a
/// second.
namespace batlab::proxy {

/// A full-precision layer with what its sites saw.
struct LayerCache
{
    LayerId layer;
    nn::LayerWeights weights; ///< fp32
    at::Tensor stream; ///< [sequences, length, hidden] fp32, entering the layer
    std::array<at::Tensor, 4> inputs; ///< T1..T4, [tokens, n] fp32
};

/// Runs the full-precision model on the first `tokens` calibration tokens and keeps the chosen
/// layers (sorted, each once). Throws Exception; cancellable.
[[nodiscard]] std::vector<LayerCache>
cacheLayers(const nn::Decoder &decoder, const std::vector<std::vector<std::int32_t>> &sequences,
            const std::vector<std::int64_t> &layers, std::int64_t tokens, JobContext &job);

/// What of a recipe the proxy measures: without training and tuning, weights rounded to nearest.
/// Two recipes with equal proxy forms get equal scores.
[[nodiscard]] Recipe proxyForm(const Recipe &recipe);

struct SiteScore
{
    double activationSqnrDb = 0; ///< of the transformed, quantized numbers at the site
    double outputSqnrDb = 0; ///< over all linears of the site: total energy over total error
    double condition = 1; ///< of the online transform
};
struct Scores
{
    std::array<SiteScore, 4> sites; ///< T1..T4
    std::vector<LinearScore> linears; ///< the seven of the layer
    [[nodiscard]] double outputSqnrDb() const; ///< mean over the linears, dB
};

/// Scores of a recipe on one layer, in well under 300 ms for 512 tokens of a small model on two
/// cores. seed: of random initial rotations, as the run's. check is called between the steps and
/// may throw. Throws Exception where the recipe cannot run on the layer.
[[nodiscard]] Scores score(const ModelConfig &config, const LayerCache &cache, const Recipe &recipe,
                           const RecipeSettings &settings, const Protocol &protocol,
                           std::uint64_t seed, const std::function<void()> &check);

} // namespace batlab::proxy
