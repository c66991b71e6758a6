// SPDX-License-Identifier: Apache-2.0
#include "core/engine/proxy/proxy.h"

#include "core/base/hash.h"
#include "core/engine/calib/branch.h"
#include "core/engine/calib/finished_layer.h"
#include "core/engine/calib/fold.h"
#include "core/engine/calib/formats.h"
#include "core/engine/calib/layer_state.h"
#include "core/engine/calib/linear_scores.h"
#include "core/engine/calib/rotate.h"
#include "core/engine/calib/round.h"
#include "core/engine/calib/site_flow.h"
#include "core/engine/calib/site_transform.h"
#include "core/engine/calib/state_ops.h"
#include "core/engine/calib/statistics.h"
#include "core/engine/proxy/layer_memo.h"
#include "core/spec/parameter.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace batlab::proxy {

namespace {

constexpr std::int64_t kScoredRows = 512;

/// Stages that do not change what the proxy measures.
bool leftOut(const std::string &kind)
{
    return kind == "train" || kind == "kv" || kind == "refine" || kind == "recover";
}

Json nearestRounding()
{
    Json out = Json::object();
    for (const Parameter &row : stageParameters("round"))
        out[row.path.substr(row.path.find('.') + 1)] = row.defaultValue;
    out["kind"] = "rtn";
    return out;
}

/// Rounding to nearest treats every output row alone, so a part of them tells the error of all:
/// every linear keeps kScoredRows of its rows, evenly spread.
void sampleRows(calib::LayerState &state)
{
    for (const Linear l : kLinears) {
        at::Tensor &w = state.weights.of(l);
        const std::int64_t rows = w.size(0);
        if (rows <= kScoredRows)
            continue;
        const at::Tensor chosen = calib::evenRows(rows, kScoredRows);
        const auto thin = [&](at::Tensor &t) {
            if (t.defined() && t.size(0) == rows)
                t = t.index_select(0, chosen);
        };
        thin(w);
        thin(state.weights.biasOf(l));
        thin(state.branch[static_cast<std::size_t>(l)]);
        thin(state.weightClip[static_cast<std::size_t>(l)].lo);
        thin(state.weightClip[static_cast<std::size_t>(l)].hi);
    }
}

/// Whether a stage before rounding asks for second moments of the inputs.
bool needsMoments(const Recipe &recipe)
{
    const Stage *fold = recipe.findStage("fold");
    const Stage *transform = recipe.findStage("transform");
    const Stage *clip = recipe.findStage("clip");
    return fold != nullptr || (transform != nullptr && text(*transform, "kind") != "hadamard")
        || (clip != nullptr && text(*clip, "weights") == "search");
}

/// Width of the diagonal blocks of the second moments that are all a recipe's stages ask for; 0:
/// they ask for more.
std::int64_t momentBlocks(const Recipe &recipe)
{
    const Stage *fold = recipe.findStage("fold");
    const Stage *transform = recipe.findStage("transform");
    const Stage *clip = recipe.findStage("clip");
    if (recipe.findStage("rotate") != nullptr || recipe.findStage("branch") != nullptr
        || (fold != nullptr && text(*fold, "permutation") != "none")
        || (clip != nullptr && text(*clip, "weights") == "search"))
        return 0;
    if (transform == nullptr)
        return kMxBlock;
    const std::string kind = text(*transform, "kind");
    if (kind == "gpk" && text(*transform, "moment") == "marginal")
        return transform->parameters.at("g1").get<std::int64_t>()
            * transform->parameters.at("g2").get<std::int64_t>();
    if (kind == "dense" && text(*transform, "moment") == "marginal")
        return std::stoll(text(*transform, "size"));
    return kind == "hadamard" || kind == "none" ? kMxBlock : 0;
}

/// Whether all stages leave a linear's output rows alone, or scale each by itself: then the scored
/// rows are all that is folded and rounded, and the figures of all rows are known from questions
/// before.
bool rowsAreAlone(const Recipe &recipe)
{
    const Stage *fold = recipe.findStage("fold");
    const Stage *transform = recipe.findStage("transform");
    return recipe.findStage("rotate") == nullptr && recipe.findStage("branch") == nullptr
        && (fold == nullptr
            || (text(*fold, "permutation") == "none" && text(*fold, "diagonal") != "awq"))
        && (transform == nullptr || text(*transform, "kind") != "kronecker");
}

/// Rounding to nearest asks for second moments only where it searches for clips.
class CachedInputs : public calib::RoundInputs
{
public:
    explicit CachedInputs(const calib::LayerState &state) : m_state(state) { }
    [[nodiscard]] at::Tensor hessian(Site site, const LayerSolution &) override
    {
        return calib::transformedMoment(m_state, site);
    }
    [[nodiscard]] Paired paired(Site, const LayerSolution &) override { return {}; }

private:
    const calib::LayerState &m_state;
};

/// What the linears of a site give in full precision: folds move factors between inputs and
/// weights, and only those of output rows are seen.
std::array<at::Tensor, 7> exactOutputs(LayerMemo &memo, const MemoSums &sums,
                                       const LayerCache &cache, const nn::LayerWeights &sampled,
                                       Site site)
{
    std::array<at::Tensor, 7> out;
    for (const Linear l : kLinears) {
        if (inputSite(l) != site)
            continue;
        at::Tensor &y = out[static_cast<std::size_t>(l)];
        y = memoOutput(memo, cache.inputs[static_cast<std::size_t>(site)], sampled.of(l),
                       sampled.biasOf(l));
        if (const at::Tensor &by = sums.rowFactor(l); by.defined())
            y = y
                * (by.size(0) == y.size(1)
                       ? by
                       : by.index_select(0, calib::evenRows(by.size(0), y.size(1))))
                      .to(at::kFloat);
    }
    return out;
}

} // namespace

nn::SiteTensors siteInputs(const ModelConfig &config, const nn::LayerOps &ops,
                           const at::Tensor &stream, at::Tensor *output)
{
    nn::SiteTensors out;
    const nn::CapturingAllOps capture(ops, [&](Site site, const at::Tensor &x) {
        out[static_cast<std::size_t>(site)] =
            x.reshape({ x.size(0) * x.size(1), -1 }).to(at::kFloat).contiguous();
    });
    const nn::Rope rope(config, nn::Compute::fp32);
    const at::Tensor y =
        nn::layerForward(config, nn::Compute::fp32, rope, capture, stream.to(at::kFloat));
    if (output != nullptr)
        *output = y;
    return out;
}

LayerWalk::LayerWalk(std::shared_ptr<const nn::Decoder> decoder,
                     const std::vector<std::vector<std::int32_t>> &sequences, std::int64_t tokens)
    : m_decoder(std::move(decoder))
{
    if (sequences.empty() || sequences.front().empty() || tokens < 1)
        throw Exception({ ErrorCode::usage, "the proxy needs tokens", "proxy", {} });
    const auto length = std::min(tokens, static_cast<std::int64_t>(sequences.front().size()));
    const auto count =
        std::clamp<std::int64_t>(tokens / length, 1, static_cast<std::int64_t>(sequences.size()));
    for (std::int64_t i = 0; i < count; ++i)
        m_tokens.emplace_back(sequences[static_cast<std::size_t>(i)].begin(),
                              sequences[static_cast<std::size_t>(i)].begin() + length);
}

LayerCache LayerWalk::layer(std::int64_t layer, JobContext &job)
{
    const c10::NoGradGuard noGrad;
    const ModelConfig &config = m_decoder->config();
    if (layer < 0 || layer >= config.layers)
        throw Exception({ ErrorCode::usage, fmt::format("there is no layer {}", layer), "proxy",
                          fmt::format("The model has layers 0 to {}.", config.layers - 1) });
    if (m_streams.empty())
        m_streams.push_back(m_decoder->embed(nn::idTensor(m_tokens)).to(at::kFloat));
    const auto wanted = static_cast<std::size_t>(layer);
    for (std::size_t l = std::min(wanted, m_streams.size() - 1);; ++l) {
        job.checkpoint();
        job.setStage(fmt::format("full precision: layer {} of {}", l + 1, wanted + 1), l,
                     wanted + 1);
        LayerCache cache;
        cache.layer = { Branch::text, static_cast<std::int32_t>(l) };
        cache.weights = m_decoder->loadLayer(static_cast<std::int64_t>(l), at::kFloat);
        cache.stream = m_streams[l];
        at::Tensor y;
        cache.inputs = siteInputs(config, nn::PlainOps(cache.weights), cache.stream, &y);
        if (m_streams.size() == l + 1)
            m_streams.push_back(y);
        if (l == wanted) {
            cache.memo = std::make_shared<LayerMemo>();
            return cache;
        }
    }
}

std::vector<LayerCache> cacheLayers(const nn::Decoder &decoder,
                                    const std::vector<std::vector<std::int32_t>> &sequences,
                                    const std::vector<std::int64_t> &layers, std::int64_t tokens,
                                    JobContext &job)
{
    // The caller's decoder outlives the walk.
    LayerWalk walk({ std::shared_ptr<void>(), &decoder }, sequences, tokens);
    std::vector<LayerCache> out;
    out.reserve(layers.size());
    for (const std::int64_t l : layers)
        out.push_back(walk.layer(l, job));
    return out;
}

Recipe proxyForm(const Recipe &recipe)
{
    Recipe out = recipe;
    std::vector<Pass> passes;
    for (Pass &pass : out.passes) {
        if (pass.scope != "layer")
            continue;
        pass.stream = Stream::fp;
        pass.mixedFrom = Pass {}.mixedFrom;
        std::erase_if(pass.stages, [](const Stage &s) { return leftOut(s.kind); });
        for (Stage &stage : pass.stages)
            if (stage.kind == "round")
                stage.parameters = nearestRounding();
        passes.push_back(std::move(pass));
    }
    out.passes = std::move(passes);
    out.filled = false;
    return out;
}

double Scores::outputSqnrDb() const
{
    double sum = 0;
    for (const LinearScore &s : linears)
        sum += s.outputSqnrDb;
    return linears.empty() ? 0 : sum / static_cast<double>(linears.size());
}

Scores score(const ModelConfig &config, const LayerCache &cache, const Recipe &recipe,
             const RecipeSettings &settings, const Protocol &protocol, std::uint64_t seed,
             const std::function<void()> &check, Detail detail)
{
    const c10::NoGradGuard noGrad;
    const Recipe form = proxyForm(recipe);
    if (form.passes.size() != 1)
        throw Exception({ ErrorCode::unsupported,
                          "the proxy looks at recipes with one layer-wise pass",
                          recipe.id,
                          {} });
    const bool alone = rowsAreAlone(form);
    LayerMemo forgotten;
    LayerMemo &memo = cache.memo ? *cache.memo : forgotten;
    const std::int64_t blocks = needsMoments(form) ? momentBlocks(form) : 0;
    MemoSums sums(memo, config, cache.weights, cache.inputs, blocks);
    const nn::LayerWeights sampled =
        alone ? memoRows(memo, cache.weights, kScoredRows) : cache.weights;
    calib::LayerState state { config, sampled, {}, {}, {}, {}, 0 };
    state.seed = randomBits(seed, static_cast<std::uint64_t>(cache.layer.index) + 1);
    state.weightsInSlabs = true;
    calib::setFormats(state, layerFormats(protocol, form, cache.layer.index), settings, protocol);
    // A folded layer is a plain layer with other weights: its sites see other numbers.
    nn::SiteTensors inputs = cache.inputs;
    const auto recapture = [&] {
        inputs = siteInputs(config, calib::StateOps(state, nn::Compute::fp32), cache.stream);
        check();
    };
    if (const Stage *rotate = form.findStage("rotate")) { // as if the model had this layer only
        const auto rotations = calib::makeRotations(config, rotate->parameters, seed);
        calib::runRotate(state, rotations, cache.layer.index);
        state.entry = state.exit = rotations.residual;
        recapture();
    }
    if (needsMoments(form)) {
        for (const Site site : kLinearSites) {
            const at::Tensor &x = inputs[static_cast<std::size_t>(site)];
            if (alone)
                state.momentsOf(site) = memoMoments(memo, x, blocks);
            else if (blocks > 0)
                state.momentsOf(site).addBlocks(x, blocks);
            else
                state.momentsOf(site).add(x);
        }
    }
    check();

    calib::RoundedLayer rounded;
    for (const Stage &stage : form.passes.front().stages) {
        check();
        if (stage.kind == "fold") {
            const nn::Rope rope(config, nn::Compute::fp32); // for AWQ's search over the layer
            const calib::FoldInput search { nn::Compute::fp32, rope, cache.stream.device(),
                                            cache.stream, check };
            const auto diagonals =
                calib::runFold(state, stage.parameters, form.findStage("transform"), &search,
                               alone ? &sums : nullptr);
            if (stage.parameters.at("permutation") != "none") {
                recapture();
                continue;
            }
            for (std::size_t s = 0; s < 4; ++s)
                if (diagonals[s].defined())
                    inputs[s] = inputs[s] * diagonals[s].to(at::kFloat);
            check();
        } else if (stage.kind == "transform") {
            if (alone)
                memoTransform(memo, fmt::format("{} {}", blocks, state.seed), cache.inputs, state,
                              stage.parameters, check, sums);
            else
                calib::runTransform(state, stage.parameters, check);
        } else if (stage.kind == "clip") {
            calib::runClip(state, stage.parameters);
        } else if (stage.kind == "branch") {
            calib::runBranch(state, stage.parameters, check);
        } else if (stage.kind == "round") {
            calib::fuseValueFactor(state);
            for (const Site site : kLinearSites) {
                SiteSolution &s = state.site(site);
                if (s.activation.needsTensorScale())
                    s.activation = s.activation.forTensor(
                        s.transformed(inputs[static_cast<std::size_t>(site)], at::kFloat)
                            .abs()
                            .max()
                            .item<double>());
            }
            sampleRows(state);
            CachedInputs moments(state);
            rounded = calib::runRound(state, stage.parameters, moments, { check, {} });
        }
    }
    const LayerSolution &solution = rounded.solution;
    if (!solution.inputNorm.defined())
        throw Exception({ ErrorCode::unsupported, "the recipe does not round", recipe.id, {} });
    state.moments = {};
    check();
    const auto ops = solvedOps(solution, nn::Compute::fp32);
    Scores out;
    for (const Site site : kLinearSites) {
        const auto index = static_cast<std::size_t>(site);
        const SiteSolution &s = solution.at(site);
        const at::Tensor &x = inputs[index];
        calib::KnownOutputs known;
        known.input = ops->input(site, x);
        if (alone)
            known.exact = exactOutputs(memo, sums, cache, sampled, site);
        for (std::size_t l = 0; l < known.target.size(); ++l) // a clipped weight is not the target
            if (!state.clipSearch && !state.weightClip[l].active())
                known.target[l] = rounded.updated[l];
        const auto scores =
            calib::linearScores(state, *ops, solution, site, x, recipe.id, cache.layer, &known);
        double signal = 0, noise = 0;
        for (const LinearScore &l : scores) {
            const auto rows =
                static_cast<double>(cache.weights.of(l.linear).size(0)); // not only those scored
            const double error = rows * std::max(l.outputMse, 1e-300);
            noise += error;
            signal += error * std::pow(10, l.outputSqnrDb / 10);
        }
        const at::Tensor t = s.transformed(x, at::kFloat);
        // The columns behind are those of a branch.
        const at::Tensor q = known.input.narrow(-1, 0, t.size(-1)) / s.activation.epilogue();
        out.sites[index].activationSqnrDb =
            calib::decibel(quant::sumOfSquares(t), quant::sumOfSquaredDifferences(t, q));
        out.sites[index].outputSqnrDb = calib::decibel(signal, noise);
        out.sites[index].condition = memoCondition(memo, s);
        if (detail == Detail::statistics) {
            calib::SiteStatistics statistics(calib::statisticsSpec(s.activation, settings, t), 96,
                                             false);
            statistics.add(t);
            out.sites[index].statistics =
                statistics.finish(recipe.id, cache.layer, site, StatStage::after);
        }
        out.linears.insert(out.linears.end(), scores.begin(), scores.end());
        check();
    }
    return out;
}

} // namespace batlab::proxy
