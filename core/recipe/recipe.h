// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/json.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace batlab {

/// One step of a pass: "fold", "transform", "clip", "train", "round" with its parameters (core/spec/parameter.h).
struct Stage
{
    std::string kind;
    Json parameters; ///< complete: defaults filled in
};

/// Where a pass takes its layer inputs from while it walks the layers.
enum class Stream : std::uint8_t { fp, quantized, mixed };

struct Pass
{
    std::string scope = "layer"; ///< "layer" or "model"
    Stream stream = Stream::quantized;
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
    bool filled = false; ///< rounds by GPTQ or learned rounding
    std::string budget = "desk"; ///< "desk" or "paper"
    RecipeSettings settings;
    std::vector<Pass> passes;

    [[nodiscard]] Json toJson() const;
    [[nodiscard]] std::string hash() const; ///< of the canonical JSON without title and description
    /// The first stage of this kind in any pass, null if none.
    [[nodiscard]] const Stage *findStage(std::string_view kind) const;
};

/// Reads a recipe from its JSON/YAML form: unknown keys, unknown stages and values out of range are errors that name
/// file, key and what is allowed; impossible combinations say why (e.g. g1*g2 must divide or be a multiple of 32).
[[nodiscard]] Result<Recipe> recipeFromJson(const Json &value, std::string_view where);
/// Applies "train.epochs=3" / "settings.scaleRule=floor" / "round.kind=rtn" to the first matching stage.
[[nodiscard]] Result<Recipe> withOverride(const Recipe &recipe, std::string_view path, const Json &value);

/// The shipped presets (resources/presets/*.yaml, compiled in) and the user's (folder), by id.
class PresetLibrary
{
public:
    [[nodiscard]] static Result<PresetLibrary> builtIn();
    Result<void> addFolder(const std::filesystem::path &folder);
    [[nodiscard]] Result<Recipe> find(std::string_view id, std::string_view budget = "desk") const;
    [[nodiscard]] std::vector<std::string> ids() const; ///< in the order of methods.md App. B

private:
    struct Entry
    {
        std::string id;
        Json source; ///< parsed YAML with an optional "budgets" map of overrides
        std::string where;
    };
    std::vector<Entry> m_entries;
};

} // namespace batlab
