// SPDX-License-Identifier: GPL-3.0-or-later
// What is wrong with a run specification, a recipe or a preset; see core_texts.cpp.
// clang-format off
#include "views/models/core_text.h"

#include <QtGlobal>

#include <iterator>

namespace batlab::views {

namespace {
const char *const kSpecTexts[] = {
    // core/base/json.cpp, core/spec/yaml.cpp: what is no text of its kind
    QT_TRANSLATE_NOOP("core", "JSON is nested deeper than 256 levels"),
    QT_TRANSLATE_NOOP("core", "Check that it is the right file."),
    QT_TRANSLATE_NOOP("core", "not valid JSON: %1"),
    QT_TRANSLATE_NOOP("core", "Check that the file is complete."),
    QT_TRANSLATE_NOOP("core", "an alias stands inside the value it names"),
    QT_TRANSLATE_NOOP("core", "nested deeper than 64 levels"),
    QT_TRANSLATE_NOOP("core", "tag '%1' is not supported here"),
    QT_TRANSLATE_NOOP("core", "more than 100,000 values (an alias that multiplies itself?)"),
    QT_TRANSLATE_NOOP("core", "a key must be a plain text"),
    QT_TRANSLATE_NOOP("core", "merge keys (<<) are not supported: write the keys out"),
    QT_TRANSLATE_NOOP("core", "key '%1' comes twice"),
    QT_TRANSLATE_NOOP("core", "See the manual's page on run specifications."),
    QT_TRANSLATE_NOOP("core", "the YAML text is larger than 1 MiB"),
    QT_TRANSLATE_NOOP("core", "the file is not a YAML text (it holds zero bytes)"),
    QT_TRANSLATE_NOOP("core", "the file holds more than one YAML document"),
    QT_TRANSLATE_NOOP("core", "not valid here: %1"),
    // core/spec/read_run_spec.cpp, change_run_spec.cpp, format_names.cpp: a run specification
    QT_TRANSLATE_NOOP("core", "a run specification is a map with model, variants and more"),
    QT_TRANSLATE_NOOP("core", "no variants"),
    QT_TRANSLATE_NOOP("core", "List at least one, such as variants: [{preset: rtn}]."),
    QT_TRANSLATE_NOOP("core", "'%1' is a section of keys"),
    QT_TRANSLATE_NOOP("core", "unknown key '%1'"),
    QT_TRANSLATE_NOOP("core", "variants is a list of at least one"),
    QT_TRANSLATE_NOOP("core", "Such as variants: [{preset: rtn}]."),
    QT_TRANSLATE_NOOP("core", "more than %1 variants"),
    QT_TRANSLATE_NOOP("core", "Split the run."),
    QT_TRANSLATE_NOOP("core", "a variant is a map with preset or recipe"),
    QT_TRANSLATE_NOOP("core", "expected a text"),
    QT_TRANSLATE_NOOP("core", "a variant needs either preset or recipe"),
    QT_TRANSLATE_NOOP("core", "a budget belongs to a preset"),
    QT_TRANSLATE_NOOP("core", "A whole recipe states its values itself."),
    QT_TRANSLATE_NOOP("core", "set is a map such as {train.epochs: 3}"),
    QT_TRANSLATE_NOOP("core", "own is a map such as {seed: 1}"),
    QT_TRANSLATE_NOOP("core", "a variant has no '%1' of its own"),
    QT_TRANSLATE_NOOP("core", "'%1' is no variant id"),
    QT_TRANSLATE_NOOP("core", "Use letters, digits and - _ + . = only, at most 64."),
    QT_TRANSLATE_NOOP("core", "the id 'reference' belongs to the full-precision model"),
    QT_TRANSLATE_NOOP("core", "Choose another id."),
    QT_TRANSLATE_NOOP("core", "Give one of them an id of its own."),
    QT_TRANSLATE_NOOP("core", "cannot read the run specification"),
    QT_TRANSLATE_NOOP("core", "Check the path and its permissions."),
    QT_TRANSLATE_NOOP("core", "Did you mean '%1'? %2"),
    QT_TRANSLATE_NOOP("core", "'%1' belongs to a variant, not to the run"),
    QT_TRANSLATE_NOOP("core", "No variant here has a stage %1."),
    QT_TRANSLATE_NOOP("core", "Write %1."),
    QT_TRANSLATE_NOOP("core", "a run specification has no parameter '%1'"),
    QT_TRANSLATE_NOOP("core", "there is no variant '%1'"),
    QT_TRANSLATE_NOOP("core", "unknown %1 '%2'"),
    QT_TRANSLATE_NOOP("core", "scale rule '%1' is not defined for %2"),
    QT_TRANSLATE_NOOP("core", "Defined for it: %1."),
    // core/recipe/read_recipe.cpp, preset_library.cpp: a recipe and the presets
    QT_TRANSLATE_NOOP("core", "a recipe needs an id of lower-case letters, digits, '-', '_' or '+'"),
    QT_TRANSLATE_NOOP("core", "unknown family '%1'"),
    QT_TRANSLATE_NOOP("core", "filled is %1 although the weights are rounded by %2"),
    QT_TRANSLATE_NOOP("core", "Leave the key out: it follows from the round stage."),
    QT_TRANSLATE_NOOP("core", "expected a map of %1, found %2"),
    QT_TRANSLATE_NOOP("core", "expected a text, found %1"),
    QT_TRANSLATE_NOOP("core", "a recipe needs a list of passes"),
    QT_TRANSLATE_NOOP("core", "more than 16 passes"),
    QT_TRANSLATE_NOOP("core", "unknown scope '%1'"),
    QT_TRANSLATE_NOOP("core", "unknown stream '%1'"),
    QT_TRANSLATE_NOOP("core", "mixedFrom is a share of the epochs, 0 to 1"),
    QT_TRANSLATE_NOOP("core", "a pass needs a list of stages"),
    QT_TRANSLATE_NOOP("core", "a stage is written as one key with its parameters, such as round: {kind: gptq}"),
    QT_TRANSLATE_NOOP("core", "unknown stage '%1'"),
    QT_TRANSLATE_NOOP("core", "a recipe has no parameter '%1'"),
    QT_TRANSLATE_NOOP("core", "recipe %1"),
    QT_TRANSLATE_NOOP("core", "there is no '%1' here"),
    QT_TRANSLATE_NOOP("core", "a preset is a map with id, passes and more"),
    QT_TRANSLATE_NOOP("core", "budgets is a map of maps, such as paper: {train.epochs: 5}"),
    QT_TRANSLATE_NOOP("core", "own is a map, such as {settings.scaleRule: floor}"),
    QT_TRANSLATE_NOOP("core", "order is a whole number"),
    QT_TRANSLATE_NOOP("core", "aliases is a list of names"),
    QT_TRANSLATE_NOOP("core", "there is already a preset '%1'"),
    QT_TRANSLATE_NOOP("core", "cannot read the folder of presets: %1"),
    QT_TRANSLATE_NOOP("core", "cannot read the preset"),
    QT_TRANSLATE_NOOP("core", "Check its permissions."),
    QT_TRANSLATE_NOOP("core", "unknown preset '%1'"),
    QT_TRANSLATE_NOOP("core", "preset '%1' has no budget '%2'"),
};
} // namespace

std::vector<const char *> coreSpecTexts()
{
    return { std::begin(kSpecTexts), std::end(kSpecTexts) };
}

} // namespace batlab::views
