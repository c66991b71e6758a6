// SPDX-License-Identifier: Apache-2.0
#include "core/recipe/recipe.h"

#include "core/recipe/precision.h"
#include "core/spec/format_names.h"
#include "core/spec/parameter.h"
#include "core/spec/suggestion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

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
        for (std::size_t i = 0; i < m_recipe.passes.size(); ++i)
            checkPass(i, fmt::format("passes[{}]", i));
        if (!layerPassBefore(m_recipe.passes.size()))
            fail("passes", "no pass works layer by layer",
                 "Add one; the least is one layer pass with a round stage.");
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

    void checkPass(std::size_t index, const std::string &place)
    {
        const Pass &pass = m_recipe.passes[index];
        for (const Stage &stage : pass.stages)
            if (isModelStage(stage.kind) != (pass.scope == "model"))
                return fail(place,
                            fmt::format("stage '{}' does not belong in a pass of scope {}",
                                        stage.kind, pass.scope),
                            isModelStage(stage.kind)
                                ? "Put it into a pass of its own: - {scope: model, stages: [...]}."
                                : "Put it into the first pass, which works layer by layer.");
        if (pass.scope == "model")
            return checkModelPass(index, place);
        if (layerPassBefore(index))
            return fail("passes", "there are two layer passes",
                        "The first one has already rounded the weights: put all stages into one "
                        "pass.");
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
                            fmt::format("The order is {}: later stages see what earlier ones made.",
                                        fmt::join(order, ", ")));
            last = at;
        }
        const Stage *round = m_recipe.findStage("round");
        if (round == nullptr)
            return fail(place, "the last stage must be 'round'",
                        "Without it the weights stay unquantized: add - round: {kind: rtn}.");
        if (const Stage *precision = m_recipe.findStage("precision"))
            if (const auto read = precisionFromJson(precision->parameters.at("overrides")); !read)
                return fail("precision.overrides", read.error().what, read.error().hint);
        if (const Stage *kv = m_recipe.findStage("kv");
            kv && (text(*kv, "keys") == "gpk" || text(*kv, "values") == "gpk"))
            checkBlock(*kv);
        if (const Stage *transform = m_recipe.findStage("transform"))
            checkTransform(*transform);
        if (const Stage *fold = m_recipe.findStage("fold"))
            checkFold(*fold);
        checkRound(*round);
        if (m_recipe.findStage("branch"))
            checkBranch(*round);
        if (const Stage *refine = m_recipe.findStage("refine"))
            checkRefine(*refine);
        if (const Stage *recover = m_recipe.findStage("recover"))
            checkRecover(*recover);
        if (const Stage *train = m_recipe.findStage("train"))
            checkTrain(*train);
        else if (pass.stream == Stream::mixed)
            fail(place + ".stream", "the mixed stream needs a train stage",
                 "Without training use fp or quantized.");
    }

    [[nodiscard]] bool layerPassBefore(std::size_t index) const
    {
        const auto end = m_recipe.passes.begin() + static_cast<std::ptrdiff_t>(index);
        return std::any_of(m_recipe.passes.begin(), end,
                           [](const Pass &p) { return p.scope == "layer"; });
    }

    void checkModelPass(std::size_t index, const std::string &place)
    {
        const Pass &pass = m_recipe.passes[index];
        if (pass.stages.size() != 1)
            return fail(place, "a model pass holds one tune or one learn-rotation stage",
                        "Keep one of them.");
        const Stage &stage = pass.stages.front();
        if (stage.kind == "learn-rotation") {
            if (index != 0)
                return fail(place, "rotations are learned before the layer pass, which fuses them",
                            "Put the pass with learn-rotation first.");
            return checkLearnRotation(stage);
        }
        if (!layerPassBefore(index))
            return fail(place + ".scope", "a tune stage needs layers that are solved",
                        "Put the layer pass before it.");
        if (index > 0 && m_recipe.passes[index - 1].scope == "model")
            return fail("passes", "there are two model passes with a tune stage",
                        "Keep one of them.");
        checkTune(stage);
    }

    void checkLearnRotation(const Stage &learn)
    {
        const Stage *rotate = m_recipe.findStage("rotate");
        if (rotate == nullptr
            || (text(*rotate, "residual") == "none" && text(*rotate, "values") == "none"))
            return fail("learn-rotation", "there is no rotation to learn",
                        "The rotate stage says which rotations there are, where they start and "
                        "fuses them: add - rotate: {residual: hadamard, values: hadamard}, or drop "
                        "the learn-rotation stage.");
        if (text(learn, "blocks") == "private" && text(*rotate, "residual") != "block-hadamard")
            fail("learn-rotation.blocks",
                 fmt::format("a residual rotation of kind {} has no blocks",
                             text(*rotate, "residual")),
                 "Use rotate.residual: block-hadamard, or learn-rotation.blocks: shared.");
        const Stage *transform = m_recipe.findStage("transform");
        if (transform && text(*transform, "kind") != "none"
            && text(*transform, "kind") != "hadamard")
            fail("transform.kind",
                 fmt::format("rotations are learned before the {} transform is made, so they would "
                             "be learned for another network",
                             text(*transform, "kind")),
                 "Use transform.kind: hadamard or none, or drop the learn-rotation stage.");
        const Stage *fold = m_recipe.findStage("fold");
        if (fold && (text(*fold, "diagonal") != "none" || text(*fold, "permutation") != "none"))
            fail("fold",
                 "rotations are learned before channels are scaled or permuted, so they would be "
                 "learned for another network",
                 "Drop the fold stage or the learn-rotation stage.");
        const Stage *kv = m_recipe.findStage("kv");
        if (kv && (text(*kv, "keys") == "gpk" || text(*kv, "values") == "gpk"))
            fail("kv", "rotations are learned before the cache's block transforms are made",
                 "Use hadamard, hadamard-head or none for kv.keys and kv.values.");
        if (kv && text(*kv, "values") != "none" && text(*rotate, "values") != "none")
            fail("kv.values", "the heads of V are rotated by rotate.values already",
                 "Use kv.values: none, or rotate.values: none.");
    }

    void checkTune(const Stage &tune)
    {
        const Json &groups = tune.parameters.at("groups");
        const auto trains = [&](const char *group) {
            return std::find(groups.begin(), groups.end(), Json(group)) != groups.end();
        };
        const bool codes = text(tune, "codes") == "learned";
        if (groups.empty() && !codes)
            return fail("tune.groups", "names nothing to train",
                        "Name at least one of factors, biases, norms, gains, branch, clips; or "
                        "drop the tune stage.");
        const Stage *transform = m_recipe.findStage("transform");
        const Stage *clip = m_recipe.findStage("clip");
        const bool always = trains("biases") || trains("norms") || trains("gains") || codes;
        const bool factors = trains("factors") && transform && text(*transform, "kind") != "none"
            && text(*transform, "kind") != "hadamard";
        const bool clips = trains("clips") && clip && text(*clip, "activations") != "none";
        const bool branch = trains("branch") && m_recipe.findStage("branch");
        if (!always && !factors && !clips && !branch)
            return fail("tune.groups", "the recipe has none of the groups named",
                        "Factors need transform.kind: gpk, dense or kronecker, clips need "
                        "clip.activations, branch needs a branch stage; biases, norms and gains "
                        "always work.");
    }

    void checkBranch(const Stage &round)
    {
        if (text(round, "kind") == "learned")
            fail("round.kind", "learned rounding does not run the low-rank branch in its loop",
                 "Use round.kind: gptq, or drop the branch stage.");
        if (text(round, "target") == "asymmetric")
            fail(
                "round.target",
                "the asymmetric target replaces the whole weight, of which the branch holds a part",
                "Use round.target: plain, or drop the branch stage.");
    }

    void checkRefine(const Stage &refine)
    {
        checkSites(refine, "drop the stage");
        if (const Stage *clip = m_recipe.findStage("clip");
            clip && text(*clip, "activations") != "none")
            fail("refine",
                 "a clip shrinks the maxima that block scales come from, which the refinement "
                 "takes as they are",
                 "Use clip.activations: none, or drop the refine stage.");
    }

    void checkRecover(const Stage &recover)
    {
        if (recover.parameters.at("parts").empty())
            fail("recover.parts", "names nothing to correct",
                 "Name values, gates or both, or drop the recover stage.");
        if (m_recipe.findStage("branch"))
            fail("recover", "gains scale the product of the codes, of which the branch is not part",
                 "Drop the branch stage or the recover stage.");
    }

    void checkSites(const Stage &stage, std::string_view instead)
    {
        if (stage.parameters.at("sites").empty())
            fail(stage.kind + ".sites", "names no site",
                 fmt::format("Name at least one of T1, T2, T3, T4, or {}.", instead));
    }

    /// g1 and g2 of a "transform" or "kv" stage.
    void checkBlock(const Stage &stage)
    {
        const std::int64_t g1 = integer(stage, "g1");
        const std::int64_t g2 = integer(stage, "g2");
        const auto powerOfTwo = [](std::int64_t v) { return v > 0 && (v & (v - 1)) == 0; };
        const std::int64_t product = g1 * g2;
        if (!powerOfTwo(g1) || !powerOfTwo(g2) || product < 16 || product > 128)
            fail(fmt::format("{0}.g1, {0}.g2", stage.kind),
                 fmt::format("{} x {} is no block of this transform", g1, g2),
                 "Both must be powers of two, and g1*g2 must be 16, 32, 64 or 128, so that blocks "
                 "of 32 divide or are divided by it.");
    }

    void checkFold(const Stage &stage)
    {
        const bool permuted = text(stage, "permutation") != "none";
        if (text(stage, "diagonal") != "none" || permuted)
            checkSites(stage, "set diagonal: none and permutation: none");
        if (permuted && !atSite(stage, Site::t2) && !atSite(stage, Site::t4))
            fail("fold.permutation", "no chosen site can be permuted",
                 "T1 and T3 share the residual stream's order: add T2 or T4 to fold.sites, or set "
                 "permutation: none.");
    }

    void checkTransform(const Stage &stage)
    {
        const std::string kind = text(stage, "kind");
        if (kind == "none")
            return;
        checkSites(stage, "set kind: none");
        if (kind == "hadamard")
            return;
        const std::string init = text(stage, "init");
        if (kind == "gpk")
            checkBlock(stage);
        if (kind == "dense" && text(stage, "size") == "full")
            fail("transform.size", "a dense transform over the whole width costs a GEMM",
                 "Use size: 16, 32, 64 or 128, or kind: kronecker.");
        if (kind != "dense" && (init == "hires" || init == "greedy"))
            fail("transform.init", fmt::format("{} gives a dense matrix for every block", init),
                 "Use kind: dense, or another start.");
        if (kind == "kronecker" && init == "closed-form")
            fail("transform.init", "there is no closed form over the whole width",
                 "Use init: random-orthogonal, hadamard or identity, or kind: gpk or dense.");
        if (text(stage, "parametrization") == "orthogonal"
            && (init == "closed-form" || init == "hires"))
            fail(
                "transform.init",
                fmt::format("an orthogonal transform cannot start from the {}",
                            init == "hires" ? "HiRes geometry" : "closed form"),
                "Its factors are not orthogonal (they equalise second moments): use init: hadamard "
                "or parametrization: affine.");
        const double cap = number(stage, "conditionCap");
        if (cap > 0 && cap < 1)
            fail("transform.conditionCap",
                 fmt::format("a condition number is never below 1 (found {})", cap),
                 "Use 0 for no cap, or a value such as 8.");
    }

    void checkRound(const Stage &round)
    {
        const std::string kind = text(round, "kind");
        const std::string start = kind == "learned" ? text(round, "learnStart") : kind;
        if (start != "rtn")
            return;
        if (text(round, "scales") == "dynamic")
            fail("round.scales", "rounding to nearest updates no weights",
                 "Dynamic scales need kind: gptq or babai; use scales: static.");
        if (text(round, "scaleSearch") == "block")
            fail("round.scaleSearch", "rounding to nearest has no feedback inside a block",
                 "Use scaleSearch: hessian or mse, or kind: gptq or babai.");
    }

    void checkTrain(const Stage &train)
    {
        const Stage *transform = m_recipe.findStage("transform");
        const Stage *clip = m_recipe.findStage("clip");
        const Stage *fold = m_recipe.findStage("fold");
        const std::string kind = transform ? text(*transform, "kind") : "none";
        const bool blocks = kind != "none" && kind != "hadamard";
        const bool activationClip = clip && text(*clip, "activations") != "none";
        const bool weightClip = clip && text(*clip, "weights") == "row";
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
                 "Use transform.kind: gpk, dense or kronecker, a clip, or train.trainDiagonal: "
                 "true; or drop the train "
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

Result<void> checkWeightRounding(const Recipe &recipe, const std::vector<std::string> &formats)
{
    const Stage *round = recipe.findStage("round");
    if (round == nullptr)
        return {};
    const auto refused = [](std::string what, std::string hint) {
        return Error { ErrorCode::badInput, std::move(what), "round", std::move(hint) };
    };
    const auto integers = std::find_if(formats.begin(), formats.end(), [](const std::string &f) {
        return integerFromName(f).has_value();
    });
    const auto plain = std::count_if(formats.begin(), formats.end(),
                                     [](const std::string &f) { return isUnquantized(f); });
    const bool all = plain == static_cast<std::ptrdiff_t>(formats.size());
    const std::string kind = text(*round, "kind");
    if (kind == "learned" && (integers != formats.end() || (plain > 0 && !all)))
        return refused("learned rounding needs block formats for all weights",
                       "Use round.kind: gptq, or block formats without exceptions.");
    if (integers == formats.end())
        return {};
    const auto notThere = [&](const Stage &stage, const char *parameter) {
        return refused(fmt::format("{}.{}: {} is not there for {} weights", stage.kind, parameter,
                                   text(stage, parameter), *integers),
                       "Integer weights know round.kind rtn and gptq, round.scales static, "
                       "round.scaleSearch none and clip.weights none or row.");
    };
    if (kind != "rtn" && kind != "gptq")
        return notThere(*round, "kind");
    if (text(*round, "scales") != "static")
        return notThere(*round, "scales");
    if (text(*round, "scaleSearch") != "none")
        return notThere(*round, "scaleSearch");
    if (const Stage *clip = recipe.findStage("clip");
        clip != nullptr && text(*clip, "weights") == "search")
        return notThere(*clip, "weights");
    return {};
}

} // namespace batlab
