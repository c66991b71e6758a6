// SPDX-License-Identifier: Apache-2.0
#include <QtTest> // first: moc 6.4 cannot read <concepts> before it

#include "core/engine/calib/fold.h"
#include "core/engine/calib/formats.h"
#include "core/engine/calib/linear_scores.h"
#include "core/engine/calib/round.h"
#include "core/engine/calib/site_flow.h"
#include "core/engine/calib/statistics.h"
#include "core/engine/proxy/layer_memo.h"
#include "core/engine/proxy/proxy.h"
#include "core/engine/service/open_model.h"
#include "tests/engine/random_tensor.h"
#include "tests/support/tiny_model.h"

#include <QTemporaryDir>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cmath>
#include <set>

using namespace batlab;

/// The fast proxy and the energy flow of a site's transform.
class TestProxy : public QObject
{
    Q_OBJECT

    const PresetLibrary m_presets = *PresetLibrary::builtIn();
    QTemporaryDir m_dir;
    std::unique_ptr<CheckpointStore> m_store = makeMemoryCheckpointStore();
    JobContext m_job { {}, *m_store, 1 };

    struct Model
    {
        std::shared_ptr<const nn::Decoder> decoder;
        std::vector<proxy::LayerCache> layers;
    };
    Model model(const test::TinyModelOptions &options, std::int64_t tokens)
    {
        const auto folder = test::writeTinyModel(
            m_dir.filePath(QString::number(options.seed + options.hidden)).toStdString(), options);
        Model out;
        out.decoder =
            std::make_shared<const nn::Decoder>(*openSource(folder.string()), nn::Compute::fp32);
        std::vector<std::vector<std::int32_t>> sequences(2);
        for (std::size_t s = 0; s < 2; ++s)
            for (std::int64_t i = 0; i < tokens / 2; ++i)
                sequences[s].push_back(
                    static_cast<std::int32_t>(randomBits(s, static_cast<std::uint64_t>(i)) % 250));
        std::vector<std::int64_t> all;
        for (std::int64_t l = 0; l < options.layers; ++l)
            all.push_back(l);
        out.layers = proxy::cacheLayers(*out.decoder, sequences, all, tokens, m_job);
        return out;
    }
    proxy::Scores score(const Model &m, std::size_t layer, const char *preset,
                        const Json &changes = Json::object(), const Protocol &protocol = {}) const
    {
        const Recipe recipe = *withOverrides(*m_presets.find(preset), changes);
        return proxy::score(m.decoder->config(), m.layers[layer], recipe, { "uos", "even" },
                            protocol, 0, [] {});
    }

private Q_SLOTS:
    void scoresEveryLinear()
    {
        test::TinyModelOptions options;
        options.biases = true;
        const Model m = model(options, 128);
        QCOMPARE(m.layers.size(), std::size_t(2));
        QCOMPARE(m.layers[1].inputs[3].sizes(), at::IntArrayRef({ 128, 128 }));
        for (const char *preset : { "rtn-uos", "mr-gptq", "diag-h32", "bat", "bat-paper" }) {
            const proxy::Scores s = score(m, 1, preset);
            QCOMPARE(s.linears.size(), std::size_t(7));
            for (const LinearScore &l : s.linears)
                QVERIFY2(l.outputSqnrDb > 5 && l.outputSqnrDb < 30 && l.weightSqnrDb > 5, preset);
            for (const proxy::SiteScore &site : s.sites)
                QVERIFY(site.activationSqnrDb > 5 && site.condition >= 1);
        }
        // The same question has the same answer, and training is not part of it.
        QCOMPARE(score(m, 0, "bat").outputSqnrDb(), score(m, 0, "bat").outputSqnrDb());
        QCOMPARE(score(m, 0, "bat").outputSqnrDb(),
                 score(m, 0, "bat", { { "train.epochs", 7 } }).outputSqnrDb());
        QVERIFY(score(m, 0, "bat").outputSqnrDb()
                != score(m, 0, "bat", { { "fold.alpha", 0.1 } }).outputSqnrDb());
    }

    /// Without quantizers nothing is lost, whatever is folded and transformed.
    void exactWithoutQuantizers()
    {
        test::TinyModelOptions options;
        options.family = "qwen3";
        options.seed = 5;
        const Model m = model(options, 64);
        Protocol none;
        none.weightFormat = none.activationFormat = "none";
        for (const char *preset : { "rtn-uos", "h32", "diag-h32" }) {
            const proxy::Scores s =
                proxy::score(m.decoder->config(), m.layers[0], *m_presets.find(preset),
                             { "uos", "even" }, none, 0, [] {});
            // Plain weights are kept in bf16.
            QVERIFY2(s.outputSqnrDb() > 45, qPrintable(QString::number(s.outputSqnrDb())));
        }
    }

    void outlierChannelsAskForADiagonal()
    {
        test::TinyModelOptions options;
        options.seed = 9;
        Model m = model(options, 128);
        // Planted: a few loud input channels at T1, made by the norm.
        proxy::LayerCache &cache = m.layers[0];
        cache.weights.inputNorm = cache.weights.inputNorm.clone();
        for (const std::int64_t channel : { 3, 40 })
            cache.weights.inputNorm[channel] *= 40;
        cache.inputs[0] = cache.inputs[0].clone();
        cache.inputs[0].select(1, 3) *= 40;
        cache.inputs[0].select(1, 40) *= 40;
        const double plain = score(m, 0, "rtn-uos").sites[0].activationSqnrDb;
        const double balanced = score(m, 0, "diag-h32").sites[0].outputSqnrDb;
        const double rtn = score(m, 0, "rtn-uos").sites[0].outputSqnrDb;
        QVERIFY(std::isfinite(plain));
        QVERIFY2(balanced > rtn + 1, qPrintable(QString("%1 %2").arg(balanced).arg(rtn)));
    }

    /// AWQ's search runs over the cached layer; its scales are not none at all.
    void awqIsSearched()
    {
        const Model m = model({}, 64);
        const proxy::Scores awq = score(m, 0, "awq");
        QCOMPARE(awq.linears.size(), std::size_t(7));
        QCOMPARE(score(m, 0, "awq").outputSqnrDb(), awq.outputSqnrDb());
        QVERIFY(score(m, 0, "awq", { { "fold.diagonal", "none" } }).outputSqnrDb()
                != awq.outputSqnrDb());
    }

    static test::TinyModelOptions sampledModel()
    {
        test::TinyModelOptions options;
        options.hidden = 576;
        options.intermediate = 640; // more rows than are scored
        options.heads = 9;
        options.kvHeads = 3;
        options.layers = 1;
        options.biases = true;
        return options;
    }

    /// Whatever was asked before, an answer is the one of a layer nobody asked about.
    void memoChangesNothing()
    {
        const Model m = model(sampledModel(), 64);
        const std::vector<Json> edits {
            Json::object(),
            { { "transform.g1", 4 }, { "transform.g2", 8 } },
            { { "fold.alpha", 0.4 } },
            { { "fold.diagonal", "none" } },
            { { "fold.diagonal", "smoothquant" } },
            { { "transform.init", "random-orthogonal" } },
            { { "fold.sites", { "T1", "T4" } } },
            { { "transform.moment", "conditional" } },
            Json::object(),
        };
        QVERIFY(m.layers[0].memo);
        Model fresh = m;
        std::set<double> different;
        for (const Json &edit : edits) {
            fresh.layers[0].memo.reset();
            const proxy::Scores a = score(m, 0, "bat", edit), b = score(fresh, 0, "bat", edit);
            QCOMPARE(a.linears.size(), std::size_t(7));
            for (std::size_t l = 0; l < 7; ++l) {
                QCOMPARE(a.linears[l].outputSqnrDb, b.linears[l].outputSqnrDb);
                QCOMPARE(a.linears[l].weightSqnrDb, b.linears[l].weightSqnrDb);
            }
            for (std::size_t s = 0; s < 4; ++s) {
                QCOMPARE(a.sites[s].activationSqnrDb, b.sites[s].activationSqnrDb);
                QCOMPARE(a.sites[s].condition, b.sites[s].condition);
            }
            different.insert(a.outputSqnrDb());
        }
        QCOMPARE(different.size(), edits.size() - 1); // the last edit is the first
    }

    /// The diagonal of integers is balanced over other channels, and factors follow it: those of
    /// another format are not taken for its own.
    void memoTellsFormatsApart()
    {
        const Model m = model(sampledModel(), 64);
        Model fresh = m;
        std::vector<double> conditions;
        for (const char *format : { "mxfp4", "int4-sym", "mxfp4" }) {
            Protocol protocol;
            protocol.weightFormat = protocol.activationFormat = format;
            fresh.layers[0].memo.reset();
            const proxy::Scores a = score(m, 0, "bat", Json::object(), protocol);
            const proxy::Scores b = score(fresh, 0, "bat", Json::object(), protocol);
            for (std::size_t l = 0; l < 7; ++l)
                QCOMPARE(a.linears[l].outputSqnrDb, b.linears[l].outputSqnrDb);
            for (std::size_t s = 0; s < 4; ++s)
                QCOMPARE(a.sites[s].condition, b.sites[s].condition);
            conditions.push_back(b.sites[0].condition);
        }
        QVERIFY(conditions[0] != conditions[1]);
        QCOMPARE(conditions[2], conditions[0]);
    }

    /// Sums kept of raw weights, scaled, are the sums of the folded ones.
    void sumsFollowFolds()
    {
        const Model m = model(sampledModel(), 64);
        const ModelConfig &config = m.decoder->config();
        const proxy::LayerCache &cache = m.layers[0];
        calib::LayerState state { config, cache.weights, {}, {}, {}, {}, 0 };
        for (const Site site : kLinearSites)
            state.momentsOf(site).add(cache.inputs[static_cast<std::size_t>(site)]);
        proxy::MemoSums sums(*cache.memo, config, cache.weights, cache.inputs, 0);
        calib::StateSums direct(state);
        const auto agree = [&] {
            for (const Site site : kLinearSites)
                if (test::relative(sums.meanSquares(site), direct.meanSquares(site)) > 1e-6
                    || test::relative(sums.blockMoments(site, 32), direct.blockMoments(site, 32))
                        > 1e-5
                    || test::relative(sums.peaks(site), direct.peaks(site)) > 1e-6)
                    return false;
            return true;
        };
        QVERIFY(agree());
        for (const char *diagonal : { "balanced", "smoothquant" }) { // one fold on top of another
            const Recipe recipe =
                *withOverrides(*m_presets.find("bat"), { { "fold.diagonal", diagonal } });
            const auto applied = calib::runFold(state, recipe.findStage("fold")->parameters,
                                                recipe.findStage("transform"), nullptr, &sums);
            for (const at::Tensor &d : applied)
                QVERIFY(d.defined() && d.max().item<double>() > 1.01);
            QVERIFY(agree());
        }
    }

    /// The dip statistic is of 128 tokens, the same ones whether tokens come as rows or as
    /// sequences, in one piece or in several.
    void dipsAreOfASample()
    {
        const at::Tensor x = test::randomTensor({ 6, 100, 64 }, 9);
        const auto dips = [](const std::vector<at::Tensor> &pieces) {
            calib::SiteStatistics statistics({}, 64);
            for (const at::Tensor &piece : pieces)
                statistics.add(piece);
            return statistics.finish("v", { Branch::text, 0 }, Site::t1, StatStage::before).dip;
        };
        const std::vector<float> rows = dips({ x.reshape({ 600, 64 }) });
        QCOMPARE(rows.size(), std::size_t(2));
        QVERIFY(rows[0] > 1.0F / (2 * 128 * 32)); // 1/(2 n) is the least there is
        QCOMPARE(dips({ x }), rows);
        QCOMPARE(dips({ x.narrow(0, 0, 2), x.narrow(0, 2, 4) }), rows);
        QVERIFY(dips({ x.reshape({ 600, 64 }).narrow(0, 0, 128) }) != rows);
    }

    /// The largest magnitude of a block is 0 where every number of it was NaN.
    void statisticsOfNothing()
    {
        at::Tensor x = test::randomTensor({ 4, 64 }, 9);
        x.narrow(1, 0, 32).fill_(std::nan(""));
        calib::SiteStatistics statistics({}, 64, false);
        for (int piece = 0; piece < 2; ++piece) {
            statistics.add(x);
            const std::vector<float> peaks =
                statistics.finish("v", { Branch::text, 0 }, Site::t1, StatStage::before).maxAbs;
            QCOMPARE(peaks[0], 0.0F);
            QCOMPARE(peaks[1], x.narrow(1, 32, 32).abs().max().item<float>());
        }
    }

    /// Moments kept of blocks only are the diagonal blocks of all of them, folded or not.
    void momentsOfBlocks()
    {
        const at::Tensor x = test::randomTensor({ 40, 72 }, 5);
        const at::Tensor d = test::randomTensor({ 72 }, 6).to(at::kDouble).abs().add(0.5);
        calib::SiteMoments all, blocks;
        for (int half = 0; half < 2; ++half) {
            all.add(x.narrow(0, half * 20, 20));
            blocks.addBlocks(x.narrow(0, half * 20, 20), 32);
        }
        for (int folded = 0; folded < 2; ++folded) {
            QCOMPARE(blocks.channels(), all.channels());
            QVERIFY(test::relative(blocks.blockMeans(32), all.blockMeans(32)) < 1e-6);
            QVERIFY(test::relative(blocks.meanSquares(), all.meanSquares()) < 1e-6);
            QVERIFY(at::equal(blocks.meanAbs(), all.meanAbs()));
            all.scale(d);
            blocks.scale(d);
        }
        QVERIFY_EXCEPTION_THROWN((void)blocks.blockMeans(16), Exception);
        const std::vector<at::Tensor> weights { test::randomTensor({ 24, 72 }, 7),
                                                test::randomTensor({ 8, 72 }, 8) };
        const at::Tensor w = at::cat(weights).to(at::kDouble);
        QVERIFY(test::relative(calib::weightMeanSquares(weights), w.square().mean(0)) < 1e-12);
        const at::Tensor full = w.t().mm(w) / 32;
        const at::Tensor own = calib::weightBlockMoments(weights, 32);
        QVERIFY(test::relative(own.select(0, 1), full.narrow(0, 32, 32).narrow(1, 32, 32)) < 1e-5);
        QVERIFY(own.select(0, 2).narrow(0, 8, 24).abs().max().item<double>() == 0);
    }

    /// Factors of output rows, multiplied in while summing, are those of weights that hold them.
    void sumsOfScaledRows()
    {
        // Three groups of blocks that are copied together; the last one ends within a block.
        const std::vector<at::Tensor> weights { test::randomTensor({ 24, 300 }, 7),
                                                test::randomTensor({ 8, 300 }, 8) };
        const at::Tensor by = test::randomTensor({ 8 }, 9).to(at::kDouble).abs().add(0.5);
        const std::vector<at::Tensor> factors { at::Tensor(), by };
        const std::vector<at::Tensor> scaled { weights[0],
                                               weights[1] * by.to(at::kFloat).unsqueeze(1) };
        QVERIFY(at::equal(calib::weightMeanSquares(weights, factors),
                          calib::weightMeanSquares(scaled)));
        for (const std::int64_t g : { 16, 32, 256 })
            QVERIFY(at::equal(calib::weightBlockMoments(weights, g, factors),
                              calib::weightBlockMoments(scaled, g)));
        const at::Tensor w = at::cat(scaled).to(at::kDouble);
        const at::Tensor full = w.t().mm(w) / 32;
        const at::Tensor own = calib::weightBlockMoments(weights, 32, factors);
        QCOMPARE(own.size(0), std::int64_t(10));
        for (std::int64_t b = 0; b < 10; ++b) {
            const std::int64_t m = b < 9 ? 32 : 12;
            QVERIFY(test::relative(own.select(0, b).narrow(0, 0, m).narrow(1, 0, m),
                                   full.narrow(0, 32 * b, m).narrow(1, 32 * b, m))
                    < 1e-5);
        }
        QVERIFY(own.select(0, 9).narrow(0, 12, 20).abs().max().item<double>() == 0);
    }

    /// In slabs of rows, W P^-T is what it is of the whole weight, at any number of threads; who
    /// does not ask for slabs gets the whole product, bit for bit.
    void weightsAreTransformedInSlabs()
    {
        const ModelConfig config {};
        nn::LayerWeights weights;
        weights.of(Linear::q) = test::randomTensor({ 70, 100 }, 3); // no whole slabs, no blocks
        calib::LayerState state { config, weights, {}, {}, {}, {}, 0 };
        SiteSolution &site = state.site(Site::t1);
        site.transform = SiteSolution::Transform::gpk;
        site.factors = { test::randomTensor({ 8, 8 }, 4) + 3 * at::eye(8),
                         test::randomTensor({ 4, 4, 4 }, 5) + 3 * at::eye(4) };
        const transform::GpkFactors p = site.matrixFactors(100);
        const at::Tensor padded =
            at::constant_pad_nd(weights.of(Linear::q).to(at::kDouble), { 0, 28 });
        const at::Tensor whole = transform::applyFactors(padded, transform::inverseTransposed(p));
        QVERIFY(at::equal(calib::transformedWeight(state, Linear::q, at::kDouble), whole));
        state.weightsInSlabs = true;
        const at::Tensor fine = calib::transformedWeight(state, Linear::q, at::kDouble);
        QCOMPARE(fine.sizes(), at::IntArrayRef({ 70, 128 }));
        QVERIFY(test::relative(fine, whole) < 1e-14);
        QVERIFY(test::relative(transform::applyFactors(fine, transform::transposed(p)), padded)
                < 1e-12);
        const int threads = at::get_num_threads();
        at::set_num_threads(1);
        const at::Tensor alone = calib::transformedWeight(state, Linear::q);
        at::set_num_threads(2);
        const at::Tensor both = calib::transformedWeight(state, Linear::q);
        at::set_num_threads(threads);
        QVERIFY(at::equal(alone, both) && alone.scalar_type() == at::kFloat);
    }

    /// A weight's figure is against what its codes had to hold; whoever has that hands it on.
    void targetsAreHandedOn()
    {
        const Model m = model(sampledModel(), 64);
        const proxy::LayerCache &cache = m.layers[0];
        const Recipe recipe = proxy::proxyForm(*m_presets.find("rtn-uos"));
        const RecipeSettings settings { "uos", "even" };
        calib::LayerState state { m.decoder->config(), cache.weights, {}, {}, {}, {}, 0 };
        calib::setFormats(state, layerFormats({}, recipe, 0), settings, {});
        struct Nothing : calib::RoundInputs // rounding to nearest asks for nothing
        {
            at::Tensor hessian(Site, const LayerSolution &) override { return {}; }
            Paired paired(Site, const LayerSolution &) override { return {}; }
        } nothing;
        const calib::RoundedLayer rounded =
            calib::runRound(state, recipe.findStage("round")->parameters, nothing, { [] {}, {} });
        const auto ops = solvedOps(rounded.solution, nn::Compute::fp32);
        const at::Tensor &x = cache.inputs[0];
        calib::KnownOutputs known;
        known.input = ops->input(Site::t1, x);
        const auto weightSqnr = [&] {
            return calib::linearScores(state, *ops, rounded.solution, Site::t1, x, recipe.id,
                                       cache.layer, &known)
                .front()
                .weightSqnrDb;
        };
        const double made = weightSqnr();
        known.target = rounded.updated;
        QCOMPARE(weightSqnr(), made);
        known.target.front() = rounded.updated.front() * 1.5;
        QVERIFY(weightSqnr() < made - 3);

        // A clipped weight is what was rounded, but not what the codes had to hold.
        const Json half { { "clip.weights", "row" }, { "clip.initLogit", 0.0 } };
        const double whole = score(m, 0, "bat").linears.front().weightSqnrDb;
        QVERIFY(score(m, 0, "bat", half).linears.front().weightSqnrDb < whole - 3);
    }

    void refusals()
    {
        test::TinyModelOptions options;
        options.layers = 1;
        const Model m = model(options, 64);
        QVERIFY_EXCEPTION_THROWN(
            (void)proxy::cacheLayers(*m.decoder, { { 1, 2, 3 } }, { 7 }, 3, m_job), Exception);
        QVERIFY_EXCEPTION_THROWN((void)proxy::cacheLayers(*m.decoder, {}, { 0 }, 3, m_job),
                                 Exception);
    }

    void flowOfBlockTransforms()
    {
        const at::Tensor x = test::randomTensor({ 8, 5, 160 }, 1); // 5 blocks of 32
        SiteSolution site;
        const auto identity = [&](const SiteFlow &flow) {
            for (std::int64_t j = 0; j < flow.groups; ++j)
                for (std::int64_t i = 0; i < flow.groups; ++i) {
                    const float share =
                        flow.energyFlow[static_cast<std::size_t>(j * flow.groups + i)];
                    if (i == j ? std::abs(share - 1) > 1e-5F : share != 0)
                        return false;
                }
            return true;
        };
        QVERIFY(identity(calib::siteFlow(site, {}, x, "v", {}, Site::t1)));
        site.transform = SiteSolution::Transform::hadamard32;
        const SiteFlow hadamard = calib::siteFlow(site, {}, x, "v", {}, Site::t1);
        QVERIFY(identity(hadamard) && hadamard.groups == 5 && hadamard.condition == 1);
        // Blocks of 64 mix pairs of quantizer blocks: half of each goes to the neighbour.
        site.transform = SiteSolution::Transform::gpk;
        const auto wide = transform::hadamardFactors(8, 8, 3);
        site.factors = { wide.a.to(at::kFloat), wide.b.to(at::kFloat) };
        const SiteFlow flow = calib::siteFlow(site, {}, x, "v", {}, Site::t1);
        const auto at = [&](int j, int i) {
            return flow.energyFlow[static_cast<std::size_t>(j * 5 + i)];
        };
        QVERIFY(std::abs(at(0, 1) - 0.5F) < 0.1F && std::abs(at(0, 0) + at(0, 1) - 1) < 1e-5F);
        QCOMPARE(at(0, 2), 0.0F);
        for (int j = 0; j < 4; ++j) {
            float sum = 0;
            for (int i = 0; i < 5; ++i)
                sum += at(j, i);
            QVERIFY(std::abs(sum - 1) < 1e-5F);
        }
    }

    void flowOfFoldedRotations()
    {
        // What a variant sees is x U; the flow is that of the model's own blocks.
        const std::int64_t n = 192;
        const at::Tensor own = test::randomTensor({ 64, n }, 3);
        const auto share = [](const SiteFlow &flow, std::int64_t from, std::int64_t to) {
            return flow.energyFlow[static_cast<std::size_t>(from * flow.groups + to)];
        };
        const auto flowOf = [&](const calib::FoldedBasis &basis, Site at, const at::Tensor &dense) {
            const at::Tensor seen = at::matmul(own.to(at::kDouble), dense).to(at::kFloat);
            if (!at::allclose(basis.apply(at, own), seen, 1e-4, 1e-4)
                || !at::allclose(basis.undo(at, seen), own, 1e-4, 1e-4))
                qFatal("the basis is not the matrix it was made of");
            const SiteFlow flow = calib::siteFlow({}, basis, seen, "v", {}, at);
            // Against the definition, block by block.
            for (std::int64_t j = 0; j < flow.groups; ++j) {
                const at::Tensor alone = at::matmul(own.narrow(1, 32 * j, 32).to(at::kDouble),
                                                    dense.narrow(0, 32 * j, 32));
                const double all = alone.square().sum().item<double>();
                for (std::int64_t i = 0; i < flow.groups; ++i) {
                    const double here = alone.narrow(1, 32 * i, 32).square().sum().item<double>();
                    if (!(std::abs(share(flow, j, i) - here / all) < 1e-5))
                        qFatal("row %d, column %d", int(j), int(i));
                }
            }
            return flow;
        };
        calib::FoldedBasis residual;
        residual.residual.factors = { transform::randomOrthogonal(n, 5),
                                      at::ones({ 1, 1, 1 }, at::kDouble) };
        const at::Tensor r = residual.residual.factors.a;
        for (const Site at : { Site::t1, Site::t3 })
            QVERIFY(share(flowOf(residual, at, r), 0, 0) < 0.5F); // spread over six blocks
        // Heads of 64 channels: three query heads read one key/value head.
        calib::FoldedBasis values;
        values.turnValues(1, transform::hadamard(64));
        const at::Tensor head =
            test::randomTensor({ 64, 64 }, 6, at::kDouble) + 8 * at::eye(64, at::kDouble);
        values.turnValues(1, head); // a second factor, not orthogonal
        const at::Tensor both = at::matmul(transform::hadamard(64), head);
        const SiteFlow heads = flowOf(values, Site::t2, at::block_diag({ both, both, both }));
        QVERIFY(share(heads, 0, 1) > 0.1F);
        QCOMPARE(share(heads, 0, 2), 0.0F); // another head
        calib::FoldedBasis order;
        order.downOrder = at::arange(n - 1, -1, -1, at::kLong);
        const SiteFlow turned =
            flowOf(order, Site::t4, at::eye(n, at::kDouble).index_select(1, order.downOrder));
        QCOMPARE(share(turned, 0, 5), 1.0F);
        // Sites that a fold does not concern stay as they are.
        QVERIFY(order.apply(Site::t1, own).is_same(own)
                && residual.apply(Site::t2, own).is_same(own));
    }

    void flowIsCondensed()
    {
        const at::Tensor x = test::randomTensor({ 4, 32 * 130 }, 2);
        const SiteFlow flow = calib::siteFlow({}, {}, x, "v", {}, Site::t4);
        QVERIFY(flow.groups <= 64 && flow.blocksPerGroup == 3 && flow.groups == 44);
        QCOMPARE(flow.energyFlow.size(), std::size_t(44 * 44));
        const SiteFlow silent = calib::siteFlow({}, {}, at::zeros({ 4, 64 }), "v", {}, Site::t1);
        for (const float share : silent.energyFlow)
            QCOMPARE(share, 0.0F);
    }

    void maximaBeyondTheGrid()
    {
        SiteSolution site;
        // Four blocks with maxima 6, 7, 7.25, 7.5: under floor the scale is 1 for each.
        at::Tensor x = at::ones({ 1, 128 });
        const std::array<float, 4> maxima { 6, 7, 7.25F, 7.5F };
        for (std::size_t i = 0; i < 4; ++i)
            x[0][static_cast<std::int64_t>(32 * i)] = maxima[i];
        QCOMPARE(calib::clippedMaxima(site, x), 0.0); // no quantizer
        site.activation = quant::makeQuantizer("mxfp4", { "floor", "even" });
        QCOMPARE(calib::clippedMaxima(site, x), 0.75);
        site.activation = quant::makeQuantizer("mxfp4", { "uos", "even" }); // 7.5 gets scale 2
        QCOMPARE(calib::clippedMaxima(site, x), 0.5);
        site.activation = quant::makeQuantizer("mxfp4", { "ceil", "even" });
        QCOMPARE(calib::clippedMaxima(site, x), 0.0);
        // Clipped to half, the scale is 1 for all: 6 itself would still fit.
        site.clip = { at::full({ 4 }, 0.5F), at::full({ 4 }, 0.5F) };
        QCOMPARE(calib::clippedMaxima(site, x), 0.75);
        site.clip = { at::full({ 1 }, 0.5F), at::full({ 1 }, 0.5F) };
        QCOMPARE(calib::clippedMaxima(site, x), 0.75);
        // Integers scale by the largest number of a group: only a clip leaves one outside.
        for (const char *format : { "int4-sym", "int4", "int8-g128" }) {
            site.activation = quant::makeQuantizer(format, {});
            site.clip = { at::full({ 1 }, 0.5F), at::full({ 1 }, 0.5F) };
            QCOMPARE(calib::clippedMaxima(site, x), 1.0);
            site.clip = {};
            QCOMPARE(calib::clippedMaxima(site, x), 0.0);
        }
        // A factor for each token fits small numbers as well as large ones.
        site.activation = quant::makeQuantizer("nvfp4", { "even", "even" });
        site.activation.dynamicScale = true;
        QCOMPARE(calib::clippedMaxima(site, x * 0x1p-17), calib::clippedMaxima(site, x));
    }
};

QTEST_GUILESS_MAIN(TestProxy)
#include "tst_proxy.moc"
