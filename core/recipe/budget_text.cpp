// SPDX-License-Identifier: Apache-2.0
#include "core/recipe/budget_text.h"

#include "core/spec/embedded.h"
#include "core/spec/yaml.h"

#include <string>

namespace batlab {

namespace {

/// {preset: {budget: {path: value}}} of the presets that are compiled in.
Json shippedTexts()
{
    Json out = Json::object();
    for (const EmbeddedFile &file : embeddedFiles("presets")) {
        Json preset = readYaml(file.text, file.name).orThrow().value;
        if (const auto budgets = preset.find("budgets"); budgets != preset.end())
            out[preset.at("id").get<std::string>()] = takenText(*budgets);
    }
    return out;
}

} // namespace

Json budgetText(std::string_view preset, std::string_view budget)
{
    static const Json texts = shippedTexts();
    return texts.value(std::string(preset), Json::object())
        .value(std::string(budget), Json::object());
}

Json takenText(Json &budgets)
{
    Json out = Json::object();
    for (auto &[budget, overrides] : budgets.items()) {
        Json rest = Json::object();
        for (const auto &[path, value] : overrides.items())
            (path.starts_with("calibration.") ? out[budget] : rest)[path] = value;
        overrides = std::move(rest);
    }
    return out;
}

} // namespace batlab
