// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/recipe/precision.h"
#include "core/recipe/recipe.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace batlab {

/// Bit formats, evaluation text and dtype: results stand in one table only if this is equal
/// (DESIGN.md 3).
struct Protocol
{
    std::string weightFormat = "mxfp4";
    std::string activationFormat = "mxfp4"; ///< or "none"
    std::string nvfp4Scale = "calibrated"; ///< of NVFP4 activations: "calibrated" or "dynamic"
    std::string kvFormat = "bf16";
    std::string dtype = "bf16"; ///< compute type of evaluation: "bf16" or "fp32"
    std::string text = "wikitext2"; ///< data set id or a text file
    std::int64_t windowLength = 2048;
    std::int64_t windows = 20; ///< -1: all
    [[nodiscard]] Json toJson() const;
    [[nodiscard]] std::string hash() const;
};

struct CalibrationSpec
{
    std::string source =
        "self"; ///< "self": text sampled from the model itself; "file": a text file; "mixed": both
    std::string file;
    double fileShare = 0.5; ///< mixed: of the sequences
    std::int64_t sequences = 32;
    std::int64_t length = 512;
    double temperature = 1.0;
    double topP = 1.0;
    std::int64_t topK = 0; ///< 0: off
    bool operator==(const CalibrationSpec &) const = default;
};

struct VariantSpec
{
    std::string id; ///< unique in the run; defaults to the preset's id
    Recipe recipe;
    /// Run-level values of this variant alone, by path: "seed", "settings.*", "calibration.*"
    /// (several seeds, sweeps). Empty: the run's.
    Json own = Json::object();
};

struct AnalysisSpec
{
    bool enabled = true;
    std::int64_t histogramBins = 96;
    std::int64_t sampleTokens = 256;
    bool errorBySite = false; ///< the divergence with one site of all layers quantized at a time
    std::int64_t siteWindows = 4; ///< evaluation windows for that
};

/// Everything a run does, frozen at submit. YAML and JSON have the same shape; see
/// resources/help/run-spec.md.
struct RunSpec
{
    std::string model = "demo";
    std::uint64_t seed = 0;
    std::string contract =
        "uniform"; ///< "uniform": every variant gets `settings`; "own": each recipe keeps its own
    RecipeSettings settings;
    Protocol protocol;
    CalibrationSpec calibration;
    std::vector<VariantSpec> variants;
    AnalysisSpec analysis;
    bool evaluate = true;
    std::vector<std::string> alsoEvaluate; ///< texts beside protocol.text, read as that is

    [[nodiscard]] Json
    toJson() const; ///< canonical and complete: variants carry their whole recipe
    [[nodiscard]] std::string hash() const;
};

/// Scale rule and ties a variant is quantized with: its own, else the run's under the uniform
/// contract, else its recipe's.
[[nodiscard]] RecipeSettings effectiveSettings(const RunSpec &spec, const VariantSpec &variant);

/// The run's protocol, then the same on each text of alsoEvaluate.
[[nodiscard]] std::vector<Protocol> evaluationProtocols(const RunSpec &spec);

/// The bit formats of a layer of a variant: the protocol's, changed by the recipe's "precision"
/// stage.
[[nodiscard]] LayerFormats layerFormats(const Protocol &protocol, const Recipe &recipe,
                                        std::int64_t layer);
/// The run as a variant sees it: seed and calibration are its own where it has some.
[[nodiscard]] RunSpec specFor(const RunSpec &spec, const VariantSpec &variant);
/// The calibration text of the run, then that of each variant in their order.
[[nodiscard]] std::vector<CalibrationSpec> calibrationTexts(const RunSpec &spec);
/// Whether a variant may have a run-level parameter of its own: seed, scale rule, calibration; not
/// what makes rows comparable (protocol).
[[nodiscard]] bool mayBeOwn(std::string_view path);

/// From JSON (variants may be {"preset": "bat", "id": ..., "budget": ..., "set": {"train.epochs":
/// 2}, "own": {"seed": 1}} or whole recipes).
[[nodiscard]] Result<RunSpec> runSpecFromJson(const Json &value, const PresetLibrary &presets,
                                              std::string_view where);
[[nodiscard]] Result<RunSpec> runSpecFromYaml(std::string_view text, const PresetLibrary &presets,
                                              std::string_view where);
[[nodiscard]] Result<RunSpec> loadRunSpec(const std::filesystem::path &file,
                                          const PresetLibrary &presets);
[[nodiscard]] std::string toYaml(const RunSpec &spec);
/// "--set path=value": run-level paths, or "variants.<id>.<stage>.<name>".
[[nodiscard]] Result<RunSpec> withSetting(const RunSpec &spec, std::string_view path,
                                          std::string_view value);
/// YAML text -> Json (tags and anchors resolved, size and depth limited).
[[nodiscard]] Result<Json> yamlToJson(std::string_view text, std::string_view where);

/// Rows {path, before, after} of what differs between two specs (differences only).
struct SpecDifference
{
    std::string path, before, after;
};
[[nodiscard]] std::vector<SpecDifference> diff(const Json &before, const Json &after);

} // namespace batlab
