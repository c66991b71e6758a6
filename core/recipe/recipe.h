// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/base/json.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace batlab {

class SourcePlaces;

/// One step of a pass: one of stageKinds() ("precision", "fold", .. "round" of a layer pass,
/// "learn-rotation" or "tune" of a model pass) with its parameters (core/spec/parameter.h).
struct Stage
{
    std::string kind;
    Json parameters; ///< complete: defaults filled in
};

/// A parameter of a stage by name ("epochs"); the stage must be complete, as recipeFromJson makes
/// it.
[[nodiscard]] double number(const Stage &stage, std::string_view name);
[[nodiscard]] std::int64_t integer(const Stage &stage, std::string_view name);
[[nodiscard]] bool flag(const Stage &stage, std::string_view name);
[[nodiscard]] std::string text(const Stage &stage, std::string_view name);
/// The stage's "sites" holds this one.
[[nodiscard]] bool atSite(const Stage &stage, Site site);

/// Where a pass takes its layer inputs from while it walks the layers.
enum class Stream : std::uint8_t { fp, quantized, mixed };

/// "fp", "quantized", "mixed".
[[nodiscard]] std::string_view name(Stream stream);
[[nodiscard]] std::optional<Stream> streamFromName(std::string_view text);

struct Pass
{
    std::string scope = "layer"; ///< "layer" or "model"
    Stream stream = Stream::quantized;
    /// With Stream::mixed: the share of a stage's epochs after which training takes the quantized
    /// stream (methods.md 6.9).
    double mixedFrom = 0.667;
    std::vector<Stage> stages;
};

/// Scale rule and ties belong to the recipe; `compare --contract uniform` overrides them.
struct RecipeSettings
{
    std::string scaleRule = "uos";
    std::string ties = "even";
};

/// A method as data: an ordered list of passes (DESIGN.md 3).
struct Recipe
{
    std::string id, title, family, description;
    std::string source; ///< where the method comes from: paper, code, measurement
    bool filled = false; ///< rounds by GPTQ or learned rounding; follows from the stages
    std::string budget = "desk"; ///< "desk" or "paper"
    RecipeSettings settings;
    std::vector<Pass> passes;

    [[nodiscard]] Json toJson() const;
    [[nodiscard]] std::string
    hash() const; ///< of the canonical JSON without title, description and source
    /// The first stage of this kind in any pass, null if none.
    [[nodiscard]] const Stage *findStage(std::string_view kind) const;
};

/// Some number of the calibration text, or of the seed, goes into what the recipe makes. Without:
/// weights rounded to nearest, behind Hadamard transforms or none, at block scales of their own.
[[nodiscard]] bool usesCalibration(const Recipe &recipe);
/// The recipe without its model-scope passes: what the layer pass depends on.
[[nodiscard]] Recipe layerPassOf(const Recipe &recipe);
/// The pass that walks the layers; every checked recipe has one.
[[nodiscard]] const Pass &layerPass(const Recipe &recipe);

/// Reads a recipe from its JSON/YAML form: unknown keys, unknown stages and values out of range are
/// errors that name file, key and what is allowed; impossible combinations say why (e.g. g1*g2 must
/// divide or be a multiple of 32).
[[nodiscard]] Result<Recipe> recipeFromJson(const Json &value, std::string_view where);
/// The same for a value read from a file: messages name the line of the key.
[[nodiscard]] Result<Recipe> recipeFromJson(const Json &value, const SourcePlaces &places);
/// Combinations that cannot work, each with its reason: order and number of stages, g1*g2,
/// orthogonal blocks with a closed-form start, training with nothing to train, ... `where` starts
/// the place of the message.
[[nodiscard]] Result<void> checkRecipe(const Recipe &recipe, std::string_view where);
/// Whether weights in these formats can be rounded as the recipe says: integers have no block
/// scales to search or to learn with. Errors name the parameter and the format.
[[nodiscard]] Result<void> checkWeightRounding(const Recipe &recipe,
                                               const std::vector<std::string> &formats);
/// Applies "train.epochs=3" / "settings.scaleRule=floor" / "round.kind=rtn" to the first matching
/// stage; also "stream" and "mixedFrom" of the layer pass. A stage the recipe lacks is inserted
/// with its defaults, in the order of stageKinds(); "learn-rotation" and "tune" in a model pass of
/// their own, before and after the layer pass.
[[nodiscard]] Result<Recipe> withOverride(const Recipe &recipe, std::string_view path,
                                          const Json &value);
/// Several at once ({"transform.g1": 1, "transform.g2": 32}): combinations are judged when all are
/// in.
[[nodiscard]] Result<Recipe> withOverrides(const Recipe &recipe, const Json &changes);
/// "/" + the first path of `changes` that is refused by itself, empty if only the combination is:
/// where to point.
[[nodiscard]] std::string refusedOverride(const Recipe &recipe, const Json &changes);

/// The shipped presets (resources/presets/*.yaml, compiled in) and the user's (folder), by id.
class PresetLibrary
{
public:
    [[nodiscard]] static Result<PresetLibrary> builtIn();
    /// The shipped ones and those in userFolder(), if there is one.
    [[nodiscard]] static Result<PresetLibrary> installed();
    /// Where presets of the user are looked for: batlab/presets in the user's folder of settings;
    /// empty if there is none.
    [[nodiscard]] static std::filesystem::path userFolder();
    Result<void> addFolder(const std::filesystem::path &folder);
    [[nodiscard]] Result<Recipe> find(std::string_view id, std::string_view budget = "desk") const;
    /// Settings that a preset keeps under every contract, since they are the method:
    /// {"settings.scaleRule": "floor"}.
    [[nodiscard]] Json own(std::string_view id) const;
    /// What a preset's budget asks of the calibration text where the run says nothing itself, by
    /// path: {"calibration.sequences": 1024, "calibration.length": 2048}. Empty: the run's.
    [[nodiscard]] Json calibrationText(std::string_view id, std::string_view budget) const;
    /// The budgets a preset names overrides for; "desk" and "paper" are always allowed.
    [[nodiscard]] std::vector<std::string> budgets(std::string_view id) const;
    [[nodiscard]] std::vector<std::string> ids() const; ///< in the order of methods.md App. B

private:
    struct Entry
    {
        std::string id;
        Json source; ///< the recipe's own keys
        Json budgets; ///< {"paper": {"train.epochs": 5}}
        Json own = Json::object(); ///< {"settings.ties": "away"}
        Json texts = Json::object(); ///< {"paper": {"calibration.sequences": 128}}
        std::vector<std::string> aliases;
        std::int64_t order = 1000;
        std::shared_ptr<const SourcePlaces> places;
    };
    Result<void> add(std::string_view yaml, std::string_view where);
    [[nodiscard]] const Entry *entry(std::string_view id) const;
    std::vector<Entry> m_entries; ///< sorted by order, then id
};

} // namespace batlab
