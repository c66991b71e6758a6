// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/moments.h"
#include "core/engine/nn/decoder.h"
#include "core/job/job.h"
#include "core/spec/run_spec.h"

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// The fast proxy: how well a recipe's transforms, folds and clips suit a layer, judged by the
/// output error of its linears on cached activations with weights rounded to nearest. Nothing is
/// trained and errors of earlier layers are left out, so that a question takes a fraction of a
/// second.
namespace batlab::proxy {

class LayerMemo;

/// A full-precision layer with what its sites saw.
struct LayerCache
{
    LayerId layer;
    nn::LayerWeights weights; ///< fp32
    at::Tensor stream; ///< [sequences, length, hidden] fp32, entering the layer
    nn::SiteTensors inputs; ///< [tokens, n] fp32, heads of K and V side by side
    std::shared_ptr<LayerMemo> memo; ///< what score() keeps for the next question; null: nothing
};

/// Runs the full-precision model on the first `tokens` calibration tokens and keeps the chosen
/// layers (sorted, each once). Throws Exception; cancellable.
[[nodiscard]] std::vector<LayerCache>
cacheLayers(const nn::Decoder &decoder, const std::vector<std::vector<std::int32_t>> &sequences,
            const std::vector<std::int64_t> &layers, std::int64_t tokens, JobContext &job);

/// The same for one layer after the other, in any order: streams once walked are kept ([tokens,
/// hidden] fp32 a layer).
class LayerWalk
{
public:
    LayerWalk(std::shared_ptr<const nn::Decoder> decoder,
              const std::vector<std::vector<std::int32_t>> &sequences, std::int64_t tokens);
    /// Throws Exception; cancellable.
    [[nodiscard]] LayerCache layer(std::int64_t layer, JobContext &job);
    [[nodiscard]] const std::vector<std::vector<std::int32_t>> &tokens() const { return m_tokens; }

private:
    std::shared_ptr<const nn::Decoder> m_decoder;
    std::vector<std::vector<std::int32_t>> m_tokens;
    std::vector<at::Tensor> m_streams; ///< entering layers 0, 1, ...
};

/// x as it enters the sites when a layer's ops run on a stream: [tokens, n] fp32. output: what the
/// layer gives.
[[nodiscard]] nn::SiteTensors siteInputs(const ModelConfig &config, const nn::LayerOps &ops,
                                         const at::Tensor &stream, at::Tensor *output = nullptr);

/// What of a recipe the proxy measures: without training and tuning, weights rounded to nearest.
/// Two recipes with equal proxy forms get equal scores.
[[nodiscard]] Recipe proxyForm(const Recipe &recipe);

struct SiteScore
{
    double activationSqnrDb = 0; ///< of the transformed, quantized numbers at the site
    double outputSqnrDb = 0; ///< over all linears of the site: total energy over total error
    double condition = 1; ///< of the online transform
    std::optional<SiteStats> statistics; ///< of the transformed numbers; with Detail::statistics
};
struct Scores
{
    std::array<SiteScore, 4> sites; ///< T1..T4
    std::vector<LinearScore> linears; ///< the seven of the layer
    [[nodiscard]] double outputSqnrDb() const; ///< mean over the linears, dB
};

enum class Detail : std::uint8_t { scores, statistics };

/// Scores of a recipe on one layer, in well under 300 ms for 512 tokens of a small model on two
/// cores. Output errors are those of 512 evenly spread output rows where a linear has more. seed:
/// of random initial rotations, as the run's. check is called between the steps and may throw.
/// Weights, inputs and starts that an earlier question summed or made are taken from the cache's
/// memo, if it has one; then one thread at a time.
/// Throws Exception where the recipe cannot run on the layer.
[[nodiscard]] Scores score(const ModelConfig &config, const LayerCache &cache, const Recipe &recipe,
                           const RecipeSettings &settings, const Protocol &protocol,
                           std::uint64_t seed, const std::function<void()> &check,
                           Detail detail = Detail::scores);

} // namespace batlab::proxy
