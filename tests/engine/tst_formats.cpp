// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/block_scales.h"
#include "core/engine/calib/fold.h"
#include "core/engine/calib/formats.h"
#include "core/engine/calib/integer_round.h"
#include "core/engine/calib/layer_state.h"
#include "core/engine/calib/round.h"
#include "core/engine/calib/round_inputs.h"
#include "tests/engine/calibration_run.h"
#include "tests/engine/random_tensor.h"

#include <ATen/Parallel.h>

#include <fmt/format.h>

#include <QTest>

using namespace batlab;
using namespace batlab::test;

namespace {

RecipeSettings rule(const char *name)
{
    RecipeSettings settings;
    settings.scaleRule = name;
    return settings;
}

/// NVFP4 knows no other rule.
quant::Quantizer quantizerOf(const std::string &format)
{
    return quant::makeQuantizer(format, rule(format == "nvfp4" ? "even" : "uos"));
}

RunSpec specWith(const std::string &variants, const std::string &weights,
                 const std::string &activations)
{
    RunSpec s = specOf(variants);
    if (weights == "nvfp4" || activations == "nvfp4")
        s = withSetting(s, "settings.scaleRule", "even").orThrow();
    s = withSetting(s, "protocol.weightFormat", weights).orThrow();
    return withSetting(s, "protocol.activationFormat", activations).orThrow();
}

/// The same arithmetic from ATen operations, both roundings replaced by the identity in backward.
at::Tensor integerReference(const at::Tensor &x, const at::Tensor &lo, const at::Tensor &hi,
                            const IntegerFormat &format)
{
    const auto straight = [](const at::Tensor &t) { return t + (t.round() - t).detach(); };
    const double half = 1 << (format.bits - 1);
    const at::Tensor low = x.amin(-1, true).clamp_max(0) * lo;
    const at::Tensor high = x.amax(-1, true).clamp_min(0) * hi;
    if (format.symmetric) {
        const at::Tensor scale = at::maximum(-low, high) / (half - 1);
        return straight(x / scale).clamp(-half, half - 1) * scale;
    }
    const at::Tensor scale = (high - low) / (2 * half - 1);
    const at::Tensor zero = straight(-low / scale);
    return ((straight(x / scale) + zero).clamp(0, 2 * half - 1) - zero) * scale;
}

double objective(const at::Tensor &w, const at::Tensor &q, const at::Tensor &h)
{
    const at::Tensor d = (w - q).to(at::kDouble);
    return (at::matmul(d, h) * d).sum().item<double>();
}

} // namespace

class FormatsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { at::set_num_threads(1); } // tiny products: threads would only wait

    void integersByHand()
    {
        const at::Tensor x = at::tensor({ -1.0F, 0.0F, 0.45F, 2.0F }).view({ 1, 4 });
        const quant::IntegerGrid grid = quant::integerGrid(x, {}, { 4, 0, false });
        QVERIFY(std::abs(grid.scales.item<float>() - 0.2F) < 1e-7);
        QCOMPARE(grid.zeros.item<float>(), 5.0F);
        const at::Tensor codes = quant::integerCodes(x, grid);
        QVERIFY(at::equal(codes, at::tensor({ 0, 5, 7, 15 }, at::kByte).view({ 1, 4 })));
        QVERIFY(relative(quant::integerValues(codes, grid),
                         at::tensor({ -1.0F, 0.0F, 0.4F, 2.0F }).view({ 1, 4 }))
                < 1e-6);
        // Symmetric: scale 1.75/7, codes around 8.
        const at::Tensor y = at::tensor({ -1.0F, 0.0F, 0.45F, 1.75F }).view({ 1, 4 });
        const quant::IntegerGrid even = quant::integerGrid(y, {}, { 4, 0, true });
        QCOMPARE(even.scales.item<float>(), 0.25F);
        QVERIFY(at::equal(quant::integerCodes(y, even),
                          at::tensor({ 4, 8, 10, 15 }, at::kByte).view({ 1, 4 })));
        // All positive: the range still holds zero. All zero: stays zero. NaN stays NaN.
        const at::Tensor ones = at::ones({ 2, 8 });
        QVERIFY(
            at::equal(quant::integerFakeQuantize(ones, {}, { 4, 0, false }, {}, at::kFloat), ones));
        const at::Tensor zeros = at::zeros({ 2, 8 });
        for (const bool symmetric : { false, true })
            QVERIFY(at::equal(
                quant::integerFakeQuantize(zeros, {}, { 4, 0, symmetric }, {}, at::kFloat), zeros));
        at::Tensor bad = ones.clone();
        bad[0][3] = NAN;
        const at::Tensor got = quant::integerFakeQuantize(bad, {}, { 8, 0, false }, {}, at::kFloat);
        QVERIFY(at::isnan(got[0][3]).item<bool>() && at::isfinite(got[1]).all().item<bool>());
    }

    void integerGradients_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<double>("ratio");
        for (const char *format : { "int4", "int4-sym", "int8", "int8-sym" })
            for (const double ratio : { 1.0, 0.7 })
                QTest::addRow("%s, %.1f", format, ratio) << QString::fromLatin1(format) << ratio;
    }
    void integerGradients()
    {
        QFETCH(QString, format);
        QFETCH(double, ratio);
        const IntegerFormat f = *integerFromName(format.toStdString());
        const at::Tensor values = randomTensor({ 6, 40 }, 3);
        const at::Tensor weight = randomTensor({ 6, 40 }, 4);
        const auto gradients = [&](bool reference) {
            const at::ScalarType type = reference ? at::kDouble : at::kFloat;
            const at::Tensor x = values.to(type).clone().requires_grad_(true);
            const at::Tensor lo = at::full({ 6, 1 }, ratio, type).requires_grad_(true);
            const at::Tensor hi = at::full({ 6, 1 }, ratio * 0.95, type).requires_grad_(true);
            const at::Tensor y = reference
                ? integerReference(x, lo, hi, f)
                : quant::integerFakeQuantize(x, { lo, hi }, f, { true, true }, at::kFloat);
            (y * weight.to(type)).sum().backward();
            return std::vector<at::Tensor> { y.detach(), x.grad(), lo.grad(), hi.grad() };
        };
        const at::AutoGradMode grad(true);
        const auto want = gradients(true);
        const auto got = gradients(false);
        for (std::size_t i = 0; i < want.size(); ++i) {
            const double scale = want[i].abs().max().item<double>();
            const double off = (got[i].to(at::kDouble) - want[i]).abs().max().item<double>();
            QVERIFY2(off < 1e-4 * std::max(scale, 1.0),
                     qPrintable(QStringLiteral("%1: %2 of %3").arg(i).arg(off).arg(scale)));
        }
    }

    void integerPartsRoundTrip_data()
    {
        QTest::addColumn<QString>("format");
        for (const std::string &name : integerFormatNames())
            QTest::addRow("%s", name.c_str()) << QString::fromStdString(name);
    }
    void integerPartsRoundTrip()
    {
        QFETCH(QString, format);
        const quant::Quantizer q = quantizerOf(format.toStdString());
        const at::Tensor w = randomTensor({ 12, 160 }, 5);
        LinearSolution s;
        calib::roundToIntegers(s, w, {}, *q.integer, nullptr, {}, [] {});
        QVERIFY(at::equal(s.weight(at::kFloat), quant::fakeQuantize(w, {}, q, at::kFloat)));
        LayerSolution layer;
        layer.inputNorm = layer.postNorm = at::ones({ 4 });
        for (const Linear l : kLinears)
            layer.of(l) = s;
        const Part part = layer.toPart({ Branch::text, 0 });
        const LayerSolution again = LayerSolution::fromPart(part).orThrow();
        QVERIFY(at::equal(again.of(Linear::o).weight(at::kFloat), s.weight(at::kFloat)));
        QCOMPARE(again.toPart({ Branch::text, 0 }).contentHash(), part.contentHash());
    }

    /// tr(dW H dW^T) of GPTQ against round to nearest, every weight format.
    void gptqIsNeverWorse_data()
    {
        QTest::addColumn<QString>("format");
        for (const std::string &name : allFormatNames())
            QTest::addRow("%s", name.c_str()) << QString::fromStdString(name);
    }
    void gptqIsNeverWorse()
    {
        QFETCH(QString, format);
        const quant::Quantizer base = quantizerOf(format.toStdString());
        const auto nothing = [] {};
        double sum = 0;
        double nearest = 0;
        for (std::uint64_t seed = 0; seed < 8; ++seed) {
            const at::Tensor w = randomTensor({ 16, 160 }, seed);
            const quant::Quantizer q = base.forTensor(w.abs().max().item<double>());
            const at::Tensor h = randomMoments(1, 160, 100 + seed)[0];
            const calib::GptqSettings settings { 0.01, 64,
                                                 seed % 2 == 0 ? calib::ColumnOrder::activation
                                                               : calib::ColumnOrder::natural,
                                                 0 };
            const calib::GptqFactor factor = calib::gptqFactor(h, settings, nothing);
            at::Tensor values;
            if (q.integer) {
                LinearSolution s;
                calib::roundToIntegers(s, w, {}, *q.integer, &factor, settings, nothing);
                values = s.weight(at::kFloat);
            } else {
                const calib::ScaleSource scales { calib::ruleScales(w, *q.spec), {} };
                values = calib::gptqRound(w, factor, scales, *q.spec, settings, nothing).values;
            }
            const at::Tensor plain =
                quant::fakeQuantize(w, {}, q, at::kFloat) / double(q.epilogue());
            sum += objective(w, values, h);
            nearest += objective(w, plain, h);
            QVERIFY2(objective(w, values, h) <= objective(w, plain, h) * (1 + 1e-6),
                     qPrintable(QString::number(seed)));
        }
        QVERIFY2(sum < 0.9 * nearest, qPrintable(QString::number(sum / nearest)));
    }

    void identityHessianIsRoundToNearestForIntegers()
    {
        const at::Tensor w = randomTensor({ 16, 96 }, 9);
        for (const std::string &name : integerFormatNames()) {
            const IntegerFormat f = *integerFromName(name);
            const calib::GptqSettings settings { 0.01, 32, calib::ColumnOrder::activation, 0 };
            const calib::GptqFactor factor =
                calib::gptqFactor(at::eye(96, at::kDouble), settings, [] {});
            LinearSolution nearest;
            LinearSolution gptq;
            calib::roundToIntegers(nearest, w, {}, f, nullptr, settings, [] {});
            calib::roundToIntegers(gptq, w, {}, f, &factor, settings, [] {});
            QVERIFY(at::equal(nearest.codes, gptq.codes));
        }
    }

    /// NVFP4's tensor factor: a site of tiny numbers keeps its precision, tokens do not see one
    /// another.
    void nvfp4Factors()
    {
        const quant::Quantizer q = quantizerOf("nvfp4");
        const at::Tensor x = randomTensor({ 8, 64 }, 6);
        const auto error = [&](const quant::Quantizer &with, double scale) {
            const at::Tensor in = x * scale;
            return relative(quant::fakeQuantize(in, {}, with, at::kFloat) / double(with.epilogue()),
                            in);
        };
        const double usual = error(q.forTensor(1), 1);
        QVERIFY(usual < 0.12);
        QVERIFY(std::abs(error(q.forTensor(1e-4), 1e-4) - usual) < 0.02);
        QVERIFY(error(q, 1e-4) > 0.5); // without the factor the scale underflows
        quant::Quantizer dynamic = q;
        dynamic.dynamicScale = true;
        QCOMPARE(dynamic.epilogue(), 1.0F);
        for (const double scale : { 1.0, 1e-4, 3e4 })
            QVERIFY(std::abs(error(dynamic, scale) - usual) < 0.02);
        at::Tensor mixed = x.clone();
        mixed[0] *= 1e6;
        const at::Tensor whole = quant::fakeQuantize(mixed, {}, dynamic, at::kFloat);
        const at::Tensor alone =
            quant::fakeQuantize(x.narrow(0, 1, 7).contiguous(), {}, dynamic, at::kFloat);
        QVERIFY(at::equal(whole.narrow(0, 1, 7), alone));
    }

    /// Every pair of formats from calibration to logits.
    void everyPairRuns_data()
    {
        QTest::addColumn<QString>("weights");
        QTest::addColumn<QString>("activations");
        const char *pairs[][2] = {
            { "mxfp4", "mxfp4" },
            { "mxfp4", "mxfp8-e4m3" },
            { "mxfp8-e4m3", "mxfp8-e4m3" },
            { "mxfp6-e2m3", "mxfp6-e2m3" },
            { "mxfp4", "none" },
            { "none", "mxfp4" },
            { "nvfp4", "nvfp4" },
            { "mxint8", "mxint8" },
            { "int4-sym", "int4" },
            { "int4-sym", "int4-sym" },
            { "int4-g32", "int4-g32-sym" },
            { "int4-g128", "int8" },
            { "int8", "none" },
        };
        for (const auto &pair : pairs)
            QTest::addRow("%s x %s", pair[0], pair[1])
                << QString::fromLatin1(pair[0]) << QString::fromLatin1(pair[1]);
    }
    void everyPairRuns()
    {
        QFETCH(QString, weights);
        QFETCH(QString, activations);
        TinyModelOptions options;
        options.family = "qwen3";
        options.hidden = 96; // three blocks, six of NVFP4; not a whole group of 128
        options.heads = 3;
        options.kvHeads = 1;
        options.headDim = 32;
        options.layers = 1;
        const Model model(options);
        const at::Tensor reference = logits(*model.decoder, *referenceVariant(model.decoder));
        const auto error = [&](const std::string &variant) {
            const auto store = makeMemoryCheckpointStore();
            Run run(model,
                    specWith("[" + variant + "]", weights.toStdString(), activations.toStdString()),
                    *store);
            const auto parts = run.go();
            const auto bits = run.all<VariantInfo>().back().settings.at("weightBits").get<double>();
            if (std::abs(bits - storedBits(weights.toStdString(), 96)) > 0.5)
                qFatal("%f weight bits", bits);
            return relative(
                logits(*model.decoder, *solvedVariant("v", model.decoder, parts, *store)),
                reference);
        };
        std::vector<double> errors;
        std::vector<const char *> variants {
            "{preset: rtn-uos}", "{preset: mr-gptq, set: {settings.scaleRule: uos}}",
            "{preset: bat, set: {transform.g1: 8, transform.g2: 8, clip.activations: block, "
            "clip.weights: row, train.epochs: 1}}"
        };
        if (weights == QLatin1String("int4-sym") && activations == weights) // FlatQuant's own
            variants.push_back("{preset: flatquant-mx, set: {train.epochs: 1}}");
        for (const char *variant : variants) {
            errors.push_back(error(variant));
            QVERIFY2(errors.back() > 1e-5 && errors.back() < 0.6,
                     fmt::format("{}: {}", variant, errors.back()).c_str());
        }
        // Low-bit weights or activations cost; eight bits hardly do.
        const auto coarse = [](const QString &format) {
            const std::string name = format.toStdString();
            return name == "mxfp4" || name == "nvfp4" || name.starts_with("int4")
                || name.starts_with("mxfp6");
        };
        const bool low = coarse(weights) || coarse(activations);
        QVERIFY2(low || errors.front() < 0.2, qPrintable(QString::number(errors.front())));
    }

    /// What integer weights do not have is told before a run; gains and orders of columns work.
    void roundingOfIntegerWeights()
    {
        const Model model({});
        RunSpec spec = specWith("[{preset: gptq}]", "int4", "int4-sym");
        const auto set = [&](const char *stage, const char *parameter, const char *value) {
            for (Stage &s : spec.variants.front().recipe.passes.front().stages)
                if (s.kind == stage)
                    s.parameters[parameter] = value;
        };
        const auto fit = [&] {
            const auto fits =
                calib::checkModelFit(spec.protocol, spec.variants.front(), model.source->config());
            return fits ? std::string() : fits.error().message();
        };
        QCOMPARE(fit(), std::string());
        for (const auto &[parameter, value, usual] : { std::tuple { "kind", "babai", "gptq" },
                                                       { "kind", "learned", "gptq" },
                                                       { "scales", "dynamic", "static" },
                                                       { "scaleSearch", "hessian", "none" } }) {
            set("round", parameter, value);
            QVERIFY2(fit().find(value) != std::string::npos, fit().c_str());
            set("round", parameter, usual);
        }
        const auto first = [&](const std::string &more) {
            const auto store = makeMemoryCheckpointStore();
            Run run(model, specWith("[{preset: gptq, set: {" + more + "}}]", "int4", "int4-sym"),
                    *store);
            return LayerSolution::fromPart(store->getByHash(run.go()[0]).orThrow().value())
                .orThrow()
                .of(Linear::q);
        };
        const LinearSolution plain = first("");
        const LinearSolution reversed = first("round.order: reversed");
        QVERIFY(!plain.gain.defined() && !at::equal(reversed.codes, plain.codes));
        QVERIFY(!at::equal(reversed.codes, first("round.order: natural").codes));
        QCOMPARE(first("round.gain: row").gain.numel(), plain.codes.size(0));
        QCOMPARE(first("round.gain: tensor").gain.numel(), std::int64_t { 1 });
    }

    /// Integers share a scale over a row or a group of it: the balance between blocks stays. A
    /// block with a scale of its own gets ratios within it only, and to those a transform mixes it
    /// with.
    void diagonalsOverTheirScale_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addRow("balanced") << QStringLiteral("balanced");
        QTest::addRow("smoothquant") << QStringLiteral("smoothquant");
    }
    void diagonalsOverTheirScale()
    {
        QFETCH(QString, kind);
        const Model model({});
        const nn::Decoder &decoder = *model.decoder;
        const Json parameters =
            withOverrides(PresetLibrary::builtIn().orThrow().find("smoothquant").orThrow(),
                          Json { { "fold.diagonal", kind.toStdString() }, { "fold.alpha", 0.25 } })
                .orThrow()
                .findStage("fold")
                ->parameters;
        const auto logarithms = [&](const char *weights, const char *activations,
                                    const Stage *transform = nullptr) {
            calib::LayerState state {
                decoder.config(), decoder.loadLayer(0, at::kFloat), {}, {}, {}, {}, 5
            };
            state.weightQuantizers.fill(quantizerOf(weights));
            for (SiteSolution &s : state.sites)
                s.activation = quantizerOf(activations);
            const auto plain = decoder.layer(0);
            const nn::CapturingOps capture(*plain, [&](Site s, const at::Tensor &in) {
                const at::Tensor up = at::linspace(0, 3, in.size(-1)).exp(); // block after block
                state.momentsOf(s).add(in * up);
            });
            (void)decoder.forward(capture, decoder.embed(nn::idTensor(tokens(3, 24))));
            return calib::runFold(state, parameters, transform)[0].log();
        };
        const auto byBlock = [](const at::Tensor &d) { return d.view({ -1, 32 }).mean(1); };
        const at::Tensor blocks = logarithms("mxfp4", "mxfp4");
        QVERIFY(byBlock(blocks).abs().max().item<double>() < 1e-2); // norms are stored in bf16
        const auto transform = [](const Json &changes) {
            const Recipe diag = PresetLibrary::builtIn().orThrow().find("diag-h32").orThrow();
            return *withOverrides(diag, changes).orThrow().findStage("transform");
        };
        const Stage kronecker = transform({ { "transform.kind", "kronecker" } }),
                    full = transform({ { "transform.size", "full" } }),
                    small = transform({ { "transform.kind", "gpk" } }),
                    wide = transform({ { "transform.kind", "gpk" }, { "transform.g1", 16 } });
        for (const auto &[weights, activations, behind] :
             { std::tuple { "int4-sym", "int4-sym", static_cast<const Stage *>(nullptr) },
               { "mxfp4", "int4", nullptr },
               { "int4", "mxfp4", &small },
               { "mxfp4", "mxfp4", &kronecker },
               { "mxfp4", "mxfp4", &full } }) {
            const at::Tensor whole = logarithms(weights, activations, behind);
            QVERIFY(std::abs(whole.mean().item<double>()) < 1e-2);
            QVERIFY(byBlock(whole).abs().max().item<double>() > 0.1);
            const at::Tensor within = whole.view({ -1, 32 }) - byBlock(whole).unsqueeze(1);
            QVERIFY((within.view({ -1 }) - blocks).abs().max().item<double>() < 2e-2);
        }
        QVERIFY(at::equal(logarithms("mxfp4", "mxfp4", &small), blocks));
        const at::Tensor pairs = logarithms("mxfp4", "mxfp4", &wide); // blocks of 64
        QVERIFY(pairs.view({ -1, 64 }).mean(1).abs().max().item<double>() < 1e-2);
        QVERIFY(byBlock(pairs).abs().max().item<double>() > 0.05);
    }

    /// Hessians of the inputs as they are hold no activation quantizer, integers included; the
    /// linears in front are the rounded ones.
    void capturesOfIntegerSites()
    {
        const Model model({});
        const nn::Decoder &decoder = *model.decoder;
        const at::NoGradGuard guard;
        const Recipe gptq = PresetLibrary::builtIn().orThrow().find("gptq").orThrow();
        const Json parameters = withOverrides(gptq, Json { { "round.sequential", "sublayer" } })
                                    .orThrow()
                                    .findStage("round")
                                    ->parameters;
        const auto store = makeMemoryCheckpointStore();
        Run run(model, specWith("[{preset: gptq}]", "int4", "int4"), *store);
        const auto hessian = [&](const char *activations, const LayerSolution *rounded) {
            calib::LayerState state {
                decoder.config(), decoder.loadLayer(0, at::kFloat), {}, {}, {}, {}, 5
            };
            state.weightQuantizers.fill(quantizerOf("int4"));
            for (SiteSolution &s : state.sites)
                s.activation = quantizerOf(activations);
            calib::StreamInputs inputs(run.context, state, parameters,
                                       decoder.embed(nn::idTensor(tokens(3, 24))),
                                       [] { return at::Tensor(); });
            return inputs.hessian(Site::t4,
                                  rounded != nullptr ? *rounded : calib::unrounded(state));
        };
        const at::Tensor exact = hessian("none", nullptr);
        QVERIFY(relative(hessian("int4", nullptr), exact) < 1e-9);
        const LayerSolution rounded =
            LayerSolution::fromPart(store->getByHash(run.go()[0]).orThrow().value()).orThrow();
        QVERIFY(relative(hessian("int4", &rounded), exact) > 1e-3);
    }

    void errorFallsWithBits()
    {
        const Model model({});
        const at::Tensor reference = logits(*model.decoder, *referenceVariant(model.decoder));
        const auto error = [&](const char *weights, const char *activations) {
            const auto store = makeMemoryCheckpointStore();
            const auto parts =
                Run(model, specWith("[{preset: rtn-uos}]", weights, activations), *store).go();
            return relative(
                logits(*model.decoder, *solvedVariant("v", model.decoder, parts, *store)),
                reference);
        };
        const double w4a4 = error("mxfp4", "mxfp4");
        const double w4a8 = error("mxfp4", "mxfp8-e4m3");
        const double w4a16 = error("mxfp4", "none");
        const double w16a4 = error("none", "mxfp4");
        const double w6a6 = error("mxfp6-e2m3", "mxfp6-e2m3");
        const double w8a8 = error("mxfp8-e4m3", "mxfp8-e4m3");
        const double mxint8 = error("mxint8", "mxint8");
        const double nvfp4 = error("nvfp4", "nvfp4");
        const double int4 = error("int4-g32", "int4-g32");
        const double int8 = error("int8", "int8");
        const std::string all = fmt::format("{} {} {} {} {} {} {} {} {} {}", w4a4, w4a8, w4a16,
                                            w16a4, w6a6, w8a8, mxint8, nvfp4, int4, int8);
        QVERIFY2(w4a8 < w4a4 && w4a16 < w4a4 && w16a4 < w4a4 && w6a6 < w4a8 && w8a8 < w4a8
                     && mxint8 < w8a8 && nvfp4 < w4a4 && int4 < w4a4 && int8 < w4a8,
                 all.c_str());
        // A8 beside W4 is nearly free.
        QVERIFY2(w4a8 < 1.1 * w4a16, all.c_str());
    }

    /// Overrides by site, linear and layer reach the parts, and lower the error.
    void perSitePrecision()
    {
        const Model model({});
        const at::Tensor reference = logits(*model.decoder, *referenceVariant(model.decoder));
        const auto run = [&](const std::string &preset, const std::string &overrides) {
            const auto store = makeMemoryCheckpointStore();
            Run r(model,
                  specOf("[{preset: " + preset + ", set: {precision.overrides: [" + overrides
                         + "]}}]"),
                  *store);
            const auto parts = r.go();
            const LayerSolution first =
                LayerSolution::fromPart(store->getByHash(parts[0]).orThrow().value()).orThrow();
            const LayerSolution last =
                LayerSolution::fromPart(store->getByHash(parts[1]).orThrow().value()).orThrow();
            const double error =
                relative(logits(*model.decoder, *solvedVariant("v", model.decoder, parts, *store)),
                         reference);
            return std::tuple { first, last, error, r.all<VariantInfo>().back().settings };
        };
        for (const char *preset : { "rtn-uos", "gptq", "bat" }) {
            const auto [f0, l0, plain, s0] = run(preset, "");
            const auto [first, last, mixed, settings] =
                run(preset,
                    "\"T4:activations=mxfp8-e4m3\", \"down_proj:weights=none\", "
                    "\"layer 0:all:weights=mxfp8-e4m3\", \"layer 0:all:activations=int8\"");
            QVERIFY2(mixed < plain, qPrintable(QStringLiteral("%1 %2").arg(mixed).arg(plain)));
            QCOMPARE(first.of(Linear::q).quantizer().formatName(), std::string("mxfp8-e4m3"));
            QCOMPARE(first.at(Site::t1).activation.formatName(), std::string("int8"));
            QCOMPARE(last.of(Linear::q).quantizer().formatName(), std::string("mxfp4"));
            QCOMPARE(last.at(Site::t4).activation.formatName(), std::string("mxfp8-e4m3"));
            QVERIFY(last.of(Linear::down).plain.defined());
            QCOMPARE(s0.at("weightBits").get<double>(), 4.25);
            QVERIFY(settings.at("weightBits").get<double>() > 7);
            QVERIFY(settings.at("activationBits").get<double>() > 5);
            QCOMPARE(settings.at("cacheBits").get<double>(), 16.0);
        }
    }

    /// One linear of one layer, or what enters it, is enough; the cache is none.
    void integersAreFound()
    {
        const auto has = [](const char *variant, const char *weights, const char *activations) {
            const RunSpec spec = specWith(variant, weights, activations);
            return calib::hasIntegers(spec.protocol, spec.variants.front().recipe, 2);
        };
        QVERIFY(!has("[{preset: rtn-uos}]", "mxfp4", "mxfp4"));
        QVERIFY(has("[{preset: rtn-uos}]", "int4-g32", "mxfp4"));
        QVERIFY(has("[{preset: rtn-uos}]", "mxfp4", "int4"));
        const auto with = [&](const std::string &line) {
            return has(
                ("[{preset: rtn-uos, set: {precision.overrides: ['" + line + "']}}]").c_str(),
                "mxfp4", "mxfp4");
        };
        QVERIFY(with("layer 1:down_proj:weights=int4-g32"));
        QVERIFY(with("T3:activations=int4"));
        QVERIFY(!with("all:cache=int4"));
        QVERIFY(!with("layer 2:all:weights=int4")); // there are two layers
    }

    void threadsDoNotChangeTheBytes()
    {
        const Model model({});
        const int before = at::get_num_threads();
        std::vector<std::vector<std::string>> parts;
        for (const int threads : { 1, 2 }) {
            at::set_num_threads(threads);
            const auto store = makeMemoryCheckpointStore();
            parts.push_back(
                Run(model,
                    specWith("[{preset: bat, set: {clip.activations: block, clip.weights: row}}]",
                             "int4-g32", "int4"),
                    *store)
                    .go());
        }
        at::set_num_threads(before);
        QCOMPARE(parts[0], parts[1]);
    }
};

QTEST_GUILESS_MAIN(FormatsTest)
#include "tst_formats.moc"
