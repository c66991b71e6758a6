// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/base/json.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Immutable results. The engine publishes them as they complete; sessions store them; views show
/// them. Arrays are flat, row-major; shapes are stated beside each field.
namespace batlab {

/// before: as the model produces the numbers. after: as they enter the variant's quantizer
/// (folded diagonal and online transform applied, clipping not).
enum class StatStage : std::uint8_t { before, after };

/// "before", "after".
[[nodiscard]] std::string_view name(StatStage stage);
[[nodiscard]] std::optional<StatStage> statStageFromName(std::string_view text);

/// Architecture, sites and provenance of the model of a run.
struct ModelSummary
{
    std::string path, container, quickHash, contentHash;
    std::string tokenizerHash; ///< ModelSource::tokenizerHash; empty: not known
    Json config; ///< ModelConfig::toJson
    Json tensors; ///< [{name, shape, storage, bytes, file}]
};

/// What a variant is: frozen recipe, protocol and settings. family and filled fix colour and
/// marker.
struct VariantInfo
{
    std::string id, title;
    std::string family; ///< "reference", "none", "diagonal", "global-rotation", "block-rotation",
                        ///< "closed-form", "bat", "bat-plus"
    bool filled = false; ///< weights rounded by GPTQ or learned rounding (filled marker)
    Json recipe, protocol, settings;
    std::string recipeHash, protocolHash;
    std::string calibrationHash; ///< tokensHash of the calibration's sequences; empty: not known
    /// Online parameters and FLOP a token, folded parameters (methods.md 2.15).
    std::int64_t onlineParameters = 0;
    double onlineFlopPerToken = 0;
    double calibrationSeconds = 0; ///< wall; 0 while unfinished; not part of any hash or diff
};

/// Statistics of one site of one layer: per 32-column block over all calibration tokens.
struct SiteStats
{
    std::string variant; ///< "reference" for before
    LayerId layer;
    Site site = Site::t1;
    StatStage stage = StatStage::before;
    std::int64_t tokens = 0;
    std::int64_t blocks = 0;
    std::vector<float> energy; ///< [blocks] mean x^2 (activation^2)
    std::vector<float> maxAbs; ///< [blocks]
    std::vector<float> kurtosis; ///< [blocks] m4/m2^2 (3 for a normal)
    std::vector<float>
        bimodality; ///< [blocks] Sarle's coefficient (skew^2+1)/kurtosis; 5/9 for a uniform
    std::vector<float>
        valleyDepth; ///< [blocks] 0..1: how deep the histogram dips between its two highest modes
    std::vector<float>
        dip; ///< [blocks] Hartigan's dip of a seeded sample of 4,096 x/scale; empty: not measured
    std::vector<float> clipShare; ///< [blocks] share of |x/scale| > 6
    std::vector<float> sqnrDb; ///< [blocks] of the activation quantizer
    std::int64_t bins = 0;
    float histogramLimit =
        0; ///< bins cover x/scale in [-limit, limit]; outside counts in the end bins
    std::vector<std::uint32_t> histogram; ///< [blocks, bins]
    std::vector<std::uint32_t> codeUse; ///< [blocks, 16]
};

/// Energy of each token's blocks for the sample sequence: mean x^2 of 32 channels.
struct TokenEnergyMap
{
    std::string variant;
    LayerId layer;
    Site site = Site::t1;
    StatStage stage = StatStage::before;
    std::int64_t tokens = 0, blocks = 0;
    std::vector<float> energy; ///< [tokens, blocks]
};

/// The sample sequence behind TokenEnergyMap.
struct SampleTokens
{
    std::vector<std::int32_t> ids;
    std::vector<std::string> pieces;
};

/// Quality of one quantized linear on the calibration inputs.
struct LinearScore
{
    std::string variant;
    LayerId layer;
    Linear linear = Linear::q;
    double outputSqnrDb = 0; ///< 10 log10(|XW'|^2 / |XW' - Q(X)Q(W)'|^2)
    double weightSqnrDb = 0; ///< of the transformed weights
    double outputMse = 0;
};

/// A layer of a variant is done: its output error and its part in the checkpoint store.
struct LayerDone
{
    std::string variant;
    LayerId layer;
    double relativeError =
        0; ///< |F(X)-F_q(X)|^2/|F(X)|^2 of the layer's output on the calibration stream
    double firstTokenError = 0; ///< the same for the first token of each sequence
    double maxCondition =
        0; ///< largest condition number of the layer's online transforms; 1 if orthogonal
    double seconds = 0; ///< wall; not part of any diff
    std::string part; ///< content hash of the LayerSolution part
};

/// Loss of a training stage, one point a step.
struct LossCurve
{
    std::string variant;
    LayerId layer;
    std::string objective; ///< "layer-mse", "kl"
    std::vector<float> loss; ///< [steps]
    std::vector<float> learningRate; ///< [steps]
};

/// One variant on one task. For wikitext2: perplexity, and divergence from the reference on the
/// same tokens.
struct EvaluationResult
{
    std::string variant, task, metric; ///< "wikitext2", "perplexity"
    double value = 0, standardError = 0;
    std::int64_t samples = 0; ///< windows or items
    std::int64_t tokens = 0;
    std::vector<double> windowNll; ///< [windows] nats, mean of each window
    std::vector<double>
        windowKld; ///< [windows] mean KL(reference || variant), nats; empty for the reference
    double kld = 0, kldStandardError = 0; ///< nats a token, over windows
    double top1Agreement = 0; ///< share of positions with the reference's argmax
    std::vector<double>
        deltaPPercentiles; ///< p(next) - p_ref(next) at 0.1,1,5,10,25,50,75,90,95,99,99.9 %
    std::string protocolHash;
    std::string textHash; ///< of the text's bytes (the protocol has its name); empty: not known
    double seconds = 0; ///< wall; not part of any diff
};

/// How the work on a variant ended and what it took.
struct VariantOutcome
{
    std::string variant, title, family; ///< as in VariantInfo, which a failed variant may lack
    std::string state; ///< "done", "failed"
    std::string error; ///< message when failed
    double peakMemoryBytes = 0; ///< largest resident set while it was calibrated and evaluated; 0:
                                ///< unknown; not part of any diff
};

/// What a site's online transform does to the energy of its blocks, measured on sample tokens.
struct SiteFlow
{
    std::string variant;
    LayerId layer;
    Site site = Site::t1;
    double condition = 1; ///< of the online transform, 1 if orthogonal or absent
    double clippedMaxima = 0; ///< share of (token, block) pairs whose largest magnitude lies beyond
                              ///< the largest code
    std::int64_t groups = 0;
    std::int64_t blocksPerGroup = 1; ///< 32-channel blocks in a group; the last may have fewer
    /// [groups, groups] row j, column i: share of the energy of input group j that lands in group i
    /// after the transform. Rows sum to 1; a group without energy has a row of zeros.
    std::vector<float> energyFlow;
};

/// A table over parameter values: axes are rows of the schema, cells numbers or the reason why
/// there is none.
struct Sweep
{
    std::string id; ///< unique in the session
    std::string base; ///< preset that was varied
    std::string mode; ///< "grid", "one-at-a-time"
    std::string metric, unit; ///< "output SQNR", "dB"
    bool higherIsBetter = true;
    Json axes; ///< [{"path": "transform.g1", "values": [1, 2]}]
    Json cells; ///< [{"at": [0, 1], "value": 18.2 | null, "reason": "...", "detail": {...}}]; with
                ///< one-at-a-time null stands in `at` for the base's own value
    Json context; ///< what it was measured on: model, layers, tokens, formats
};

/// A named tensor of a part, raw little-endian bytes.
struct NamedTensor
{
    std::string name;
    std::string dtype; ///< "f32", "f64", "bf16", "u8", "i32", "i64"
    std::vector<std::int64_t> shape;
    std::vector<std::uint8_t> bytes;
};

/// An immutable, content-addressed bundle: a layer's solution (codes, scales, transforms) or a
/// training state.
struct Part
{
    std::string kind; ///< "layer-solution", "train-state", "artifacts", "calibration-tokens"
    Json attributes;
    std::vector<NamedTensor> tensors; ///< sorted by name
    [[nodiscard]] const NamedTensor *find(std::string_view name) const;
    /// XXH3-128 over kind, canonical attributes and tensors.
    [[nodiscard]] std::string contentHash() const;
};

/// Bytes of one element: f32 f64 bf16 u8 i32 i64; 0 for an unknown type.
[[nodiscard]] std::int64_t dtypeSize(std::string_view dtype);
/// Names unique and sorted, bytes match dtype and shape. The error names the tensor.
[[nodiscard]] Result<void> checkPart(const Part &part);

using Artifact =
    std::variant<ModelSummary, VariantInfo, SiteStats, TokenEnergyMap, SampleTokens, LinearScore,
                 LayerDone, LossCurve, EvaluationResult, VariantOutcome, SiteFlow, Sweep>;
using ArtifactPtr = std::shared_ptr<const Artifact>;

/// "model-summary", "variant-info", ... (the alternatives in order).
[[nodiscard]] std::string_view kindName(const Artifact &artifact);
/// Identity within a session: kind + variant + layer + site + stage + task; a later artifact with
/// the same key replaces.
[[nodiscard]] std::string artifactKey(const Artifact &artifact);
/// CBOR form: a Json object with "kind"; arrays as packed byte strings (core/base/json.h).
[[nodiscard]] Json toJson(const Artifact &artifact);
[[nodiscard]] Result<Artifact> artifactFromJson(const Json &value);
[[nodiscard]] Json toJson(const Part &part);
[[nodiscard]] Result<Part> partFromJson(const Json &value);

} // namespace batlab
