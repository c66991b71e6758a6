// SPDX-License-Identifier: Apache-2.0
#include "core/recipe/recipe.h"

#include "core/spec/format_names.h"
#include "core/spec/parameter.h"
#include "core/spec/suggestion.h"

#include <fmt/format.h>

#include <algorithm>

namespace batlab {

namespace {

class Checker
{
public:
    Checker(const Recipe &recipe, std::string_view where) : m_recipe(recipe), m_where(where) { }

    Result<void> check()
    {
        if (!scaleRuleFromName(m_recipe.settings.scaleRule))
            fail("settings.scaleRule",
                 fmt::format("unknown scale rule '{}'", m_recipe.settings.scaleRule),
                 allowedHint(m_recipe.settings.scaleRule, scaleRuleNames()));
        if (!tiesFromName(m_recipe.settings.ties))
            fail("settings.ties", fmt::format("unknown tie mode '{}'", m_recipe.settings.ties),
                 allowedHint(m_recipe.settings.ties, tiesNames()));
        if (m_recipe.passes.empty())
            fail("passes", "a recipe needs a pass",
                 "The least is one layer pass with a round stage.");
        if (m_recipe.passes.size() > 1)
            fail("passes", "there are two layer passes",
                 "The first one has already rounded the weights: put all stages into one pass.");
        for (std::size_t i = 0; i < m_recipe.passes.size(); ++i)
            checkPass(m_recipe.passes[i], fmt::format("passes[{}]", i));
        return m_error ? Result<void>(*m_error) : Result<void>();
    }

private:
    void fail(std::string_view place, std::string what, std::string hint)
    {
        if (!m_error)
            m_error = Error { ErrorCode::badInput, std::move(what),
                              m_where.empty() ? std::string(place)
                                              : fmt::format("{}, {}", m_where, place),
                              std::move(hint) };
    }

    void checkPass(const Pass &pass, const std::string &place)
    {
        if (pass.scope != "layer") {
            return fail(place + ".scope",
                        fmt::format("passes of scope '{}' are not supported yet", pass.scope),
                        "Use scope: layer.");
        }
        const std::vector<std::string> &order = stageKinds();
        std::ptrdiff_t last = -1;
        for (const Stage &stage : pass.stages) {
            const auto at = std::find(order.begin(), order.end(), stage.kind) - order.begin();
            if (at == last)
                return fail(place, fmt::format("stage '{}' comes twice", stage.kind),
                            "Keep one of them.");
            if (at < last)
                return fail(place,
                            fmt::format("stage '{}' comes after '{}'", stage.kind,
                                        order[static_cast<std::size_t>(last)]),
                            "The order is fold, transform, clip, train, round: later stages see "
                            "what earlier ones made.");
            last = at;
        }
        if (pass.stages.empty() || pass.stages.back().kind != "round")
            return fail(place, "the last stage must be 'round'",
                        "Without it the weights stay unquantized: add - round: {kind: rtn}.");
        if (const Stage *transform = m_recipe.findStage("transform"))
            checkTransform(*transform);
        if (const Stage *fold = m_recipe.findStage("fold");
            fold && text(*fold, "diagonal") != "none")
            checkSites(*fold, "diagonal: none");
        if (const Stage *train = m_recipe.findStage("train"))
            checkTrain(*train);
        else if (pass.stream == Stream::mixed)
            fail(place + ".stream", "the mixed stream needs a train stage",
                 "Without training use fp or quantized.");
    }

    void checkSites(const Stage &stage, std::string_view instead)
    {
        if (stage.parameters.at("sites").empty())
            fail(stage.kind + ".sites", "names no site",
                 fmt::format("Name at least one of T1, T2, T3, T4, or set {}.", instead));
    }

    void checkTransform(const Stage &stage)
    {
        const std::string kind = text(stage, "kind");
        if (kind == "none")
            return;
        checkSites(stage, "kind: none");
        if (kind != "gpk")
            return;
        const std::int64_t g1 = integer(stage, "g1");
        const std::int64_t g2 = integer(stage, "g2");
        const auto powerOfTwo = [](std::int64_t v) { return v > 0 && (v & (v - 1)) == 0; };
        const std::int64_t product = g1 * g2;
        if (!powerOfTwo(g1) || !powerOfTwo(g2) || product < 16 || product > 128)
            fail("transform.g1, transform.g2",
                 fmt::format("{} x {} is no block of this transform", g1, g2),
                 "Both must be powers of two, and g1*g2 must be 16, 32, 64 or 128, so that blocks "
                 "of 32 divide or are divided by it.");
        if (text(stage, "parametrization") == "orthogonal" && text(stage, "init") == "closed-form")
            fail("transform.init", "an orthogonal transform cannot start from the closed form",
                 "The closed form's factors are not orthogonal (they equalise second moments): use "
                 "init: hadamard or parametrization: affine.");
        const double cap = number(stage, "conditionCap");
        if (cap > 0 && cap < 1)
            fail("transform.conditionCap",
                 fmt::format("a condition number is never below 1 (found {})", cap),
                 "Use 0 for no cap, or a value such as 8.");
    }

    void checkTrain(const Stage &train)
    {
        const Stage *transform = m_recipe.findStage("transform");
        const Stage *clip = m_recipe.findStage("clip");
        const Stage *fold = m_recipe.findStage("fold");
        const bool blocks = transform && text(*transform, "kind") == "gpk";
        const bool activationClip = clip && text(*clip, "activations") != "none";
        const bool weightClip = clip && text(*clip, "weights") != "none";
        const bool diagonal = flag(train, "trainDiagonal");
        if (diagonal && (!fold || text(*fold, "diagonal") == "none"))
            fail("train.trainDiagonal", "there is no diagonal to train",
                 "Add a fold stage with a diagonal, or set train.trainDiagonal: false.");
        if (weightClip && text(train, "weightsInLoop") == "none")
            fail("clip.weights",
                 "weight clips get no gradient when the training loop does not round weights",
                 "Set train.weightsInLoop: rtn or clip.weights: none.");
        if (!blocks && !activationClip && !weightClip && !diagonal)
            fail("train", "there is nothing to train",
                 "Use transform.kind: gpk, a clip, or train.trainDiagonal: true; or drop the train "
                 "stage.");
    }

    const Recipe &m_recipe;
    std::string m_where;
    std::optional<Error> m_error;
};

} // namespace

Result<void> checkRecipe(const Recipe &recipe, std::string_view where)
{
    return Checker(recipe, where).check();
}

} // namespace batlab
