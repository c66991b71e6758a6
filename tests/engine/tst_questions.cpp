// SPDX-License-Identifier: Apache-2.0
#include <QtTest> // first: moc 6.4 cannot read <concepts> before it

#include "core/engine/calib/finished_layer.h"
#include "core/engine/service/local_engine.h"
#include "core/engine/service/question_answers.h"
#include "core/spec/run_spec.h"
#include "kernels/formats.h"
#include "tests/support/tiny_model.h"

#include <ATen/ops/linspace.h>
#include <ATen/ops/randn.h>
#include <QTemporaryDir>

#include <cmath>
#include <condition_variable>
#include <mutex>

using namespace batlab;

/// What the window asks about layers and numbers, through the engine and after a real run.
class TestQuestions : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    const PresetLibrary m_presets = *PresetLibrary::builtIn();
    std::shared_ptr<CheckpointStore> m_store = makeMemoryCheckpointStore();
    std::unique_ptr<LocalEngine> m_engine;
    Json m_spec;
    std::map<std::string, std::map<int, std::string>> m_parts;
    std::map<std::string, VariantInfo> m_infos;

    Json specJson(const std::string &variants, const std::string &model) const
    {
        return runSpecFromYaml("model: " + model
                                   + "\nprotocol: {dtype: fp32}\nevaluate: false\n"
                                     "calibration: {sequences: 4, length: 64}\n"
                                     "analysis: {sampleTokens: 48}\nvariants: "
                                   + variants,
                               m_presets, "test")
            .orThrow()
            .toJson();
    }
    Json ask(Json question) const
    {
        question["workspace"] = "w";
        return m_engine->ask(question).orThrow();
    }
    Json variantRefs(int layer) const
    {
        Json out = Json::array();
        for (const auto &[id, parts] : m_parts)
            out.push_back({ { "id", id }, { "part", parts.at(layer) }, { "entry", parts.at(0) } });
        return out;
    }
    std::vector<JobState> run(const Json &spec)
    {
        std::mutex mutex;
        std::condition_variable done;
        std::vector<JobState> states;
        std::vector<Artifact> artifacts;
        std::string error;
        m_engine->setListener([&](const EngineEvent &event) {
            const std::lock_guard lock(mutex);
            if (const auto *s = std::get_if<JobStateChanged>(&event)) {
                states.push_back(s->state);
                error = s->error.message();
                done.notify_all();
            } else if (const auto *a = std::get_if<JobArtifact>(&event)) {
                artifacts.push_back(*a->artifact);
            }
        });
        (void)m_engine->submit({ spec, "w" }).orThrow();
        {
            std::unique_lock lock(mutex);
            done.wait(lock, [&] { return !states.empty() && isFinal(states.back()); });
        }
        m_engine->setListener({});
        if (states.back() != JobState::succeeded)
            qWarning("%s", error.c_str());
        for (const Artifact &a : artifacts) {
            if (const auto *layer = std::get_if<LayerDone>(&a))
                m_parts[layer->variant][layer->layer.index] = layer->part;
            else if (const auto *info = std::get_if<VariantInfo>(&a))
                m_infos[info->id] = *info; // the last one counts all layers
        }
        return states;
    }

private Q_SLOTS:
    void initTestCase()
    {
        LocalEngine::Options options;
        options.threads = 2;
        options.presets = m_presets;
        options.stores = [this](const std::filesystem::path &) {
            return Result<std::shared_ptr<CheckpointStore>>(m_store);
        };
        m_engine = std::make_unique<LocalEngine>(std::move(options));
        test::TinyModelOptions model;
        model.hidden = 96; // three blocks
        model.heads = 4;
        model.headDim = 24;
        model.outliers = 6;
        const auto folder = test::writeTinyModel((m_dir.path() + "/m").toStdString(), model);
        m_spec =
            specJson("[{preset: rtn-uos}, {preset: mr-gptq}, {preset: brq}, {preset: diag-h32}, "
                     "{preset: bat-rtn, set: {train.epochs: 1}}, {preset: quarot}, "
                     "{preset: wush}, {preset: flatquant-mx, set: {train.epochs: 1}}, "
                     "{preset: hires}, "
                     "{preset: bat-plus-lr, set: {tune.steps: 1, tune.sequences: 2}}]",
                     folder.string());
        QCOMPARE(run(m_spec).back(), JobState::succeeded);
        QCOMPARE(m_parts.size(), std::size_t(10));
    }

    /// The plan's costs are those of the finished solutions.
    void costBeforeWork()
    {
        const Json cost = ask({ { "ask", "cost" }, { "spec", m_spec } });
        QCOMPARE(cost.at("variants").size(), std::size_t(10));
        for (const Json &each : cost.at("variants")) {
            const std::string id = each.at("id");
            const VariantInfo &info = m_infos.at(id);
            QCOMPARE(each.at("bitsPerWeight").get<double>(), 4.25);
            if (id == "hires") { // a correction that does not help is left out
                QVERIFY(each.at("onlineParameters").get<std::int64_t>() >= info.onlineParameters);
                continue;
            }
            QVERIFY2(each.at("onlineParameters").get<std::int64_t>() == info.onlineParameters,
                     id.c_str());
            QVERIFY2(std::abs(each.at("onlineFlopPerToken").get<double>() - info.onlineFlopPerToken)
                         < 1e-6,
                     id.c_str());
        }
        // Fused in two layers: diag-h32 at 96, 48 tied, 96 and 128 channels; FlatQuant no T2, but
        // P_d of 24 x 24 in V; Hadamard matrices are no values.
        const auto folded = [&](const char *id) {
            for (const Json &each : cost.at("variants"))
                if (each.at("id") == id)
                    return each.at("foldedParameters").get<int>();
            return -1;
        };
        QCOMPARE(folded("rtn-uos"), 0);
        QCOMPARE(folded("quarot"), 0);
        QCOMPARE(folded("diag-h32"), 2 * (96 + 48 + 96 + 128));
        QCOMPARE(folded("flatquant-mx"), 2 * (96 + 96 + 128 + 24 * 24));
        QCOMPARE(cost.at("references").size(), std::size_t(4));
        QCOMPARE(cost.at("references")[0].at("onlineParameters").get<int>(), 0);
        // 8x4: one A and a private B for every block of 96, 96, 96 and 128 channels, two layers.
        QCOMPARE(cost.at("references")[1].at("onlineParameters").get<int>(),
                 2 * (4 * 64 + 13 * 16));
    }

    void whatIf()
    {
        Json spec = specJson("[{preset: bat}]", m_spec.at("model"));
        const Json question {
            { "ask", "what-if" }, { "spec", spec }, { "layer", 1 }, { "tokens", 64 }
        };
        const Json first = ask(question), again = ask(question);
        QCOMPARE(first.at("cached").get<bool>(), false);
        QCOMPARE(again.at("cached").get<bool>(), true);
        QCOMPARE(first.at("tokens").get<int>(), 64);
        QCOMPARE(first.at("outputSqnrDb"), again.at("outputSqnrDb"));
        QVERIFY(first.at("outputSqnrDb").get<double>() > 8);
        const Json left = first.at("notApplied");
        QVERIFY(std::find(left.begin(), left.end(), "train") != left.end());
        const Json &site = first.at("sites").at("T4");
        QCOMPARE(unpackArray<float>(site.at("blockSqnrDb"), "t").orThrow().size(), std::size_t(4));
        QVERIFY(site.at("codeEntropy").get<double>() > 2.5
                && site.at("codeEntropy").get<double>() <= 4);
        QVERIFY(site.at("zeroShare").get<double>() > 0 && site.at("zeroShare").get<double>() < 0.5);
        QCOMPARE(first.at("linears").size(), std::size_t(7));
        // Another recipe, another score; outliers make the diagonal matter.
        Json plain = question;
        plain["spec"] = specJson("[{preset: rtn-uos}]", m_spec.at("model"));
        QVERIFY(ask(plain).at("outputSqnrDb").get<double>()
                < first.at("outputSqnrDb").get<double>());
        plain["layer"] = 7;
        QVERIFY(!m_engine->ask(plain));
    }

    void blocks()
    {
        const Json answer = ask({ { "ask", "block" },
                                  { "spec", m_spec },
                                  { "layer", 1 },
                                  { "site", "T4" },
                                  { "block", 2 },
                                  { "token", 5 },
                                  { "variants", variantRefs(1) } });
        QCOMPARE(answer.at("channels"), Json({ 64, 95 }));
        QVERIFY(answer.at("piece").is_binary());
        QCOMPARE(answer.at("variants").size(), std::size_t(10));
        const auto check = [](const Json &b, int moved = 0) {
            const auto values = unpackArray<float>(b.at("values"), "t").orThrow();
            const auto quantized = unpackArray<float>(b.at("dequantized"), "t").orThrow();
            const auto codes = unpackArray<std::uint8_t>(b.at("codes"), "t").orThrow();
            static const float grid[8] { 0, 0.5F, 1, 1.5F, 2, 3, 4, 6 };
            const auto scale = b.at("scale").get<float>();
            for (std::size_t i = 0; i < 32; ++i) {
                const float v = grid[codes[i] & 7] * scale * (codes[i] & 8 ? -1.0F : 1.0F);
                if (std::abs(v - quantized[i]) > 1e-6F * scale)
                    return false;
                // No code lies nearer unless the value is beyond the largest.
                if (std::abs(values[i]) <= 6 * scale
                    && std::abs(values[i] - quantized[i]) > 1.0F * scale && --moved < 0)
                    return false;
            }
            return values.size() == 32 && b.at("sqnrDb").get<double>() > 3;
        };
        QVERIFY(check(answer.at("reference")));
        for (const Json &variant : answer.at("variants")) // HiRes moves a code of a block
            QVERIFY2(check(variant, variant.at("id") == "hires" ? 1 : 0),
                     variant.at("id").get<std::string>().c_str());
        // A variant whose layer is not there yet is left out.
        Json later = variantRefs(1);
        later[0]["part"] = "0123";
        QCOMPARE(ask({ { "ask", "block" },
                       { "spec", m_spec },
                       { "layer", 1 },
                       { "site", "T1" },
                       { "block", 0 },
                       { "token", 0 },
                       { "variants", later } })
                     .at("variants")
                     .size(),
                 std::size_t(9));
    }

    /// The codes shown are those of the quantizer itself: whatever the scale rule, with learned
    /// clips, and with the factor of a row, they decode to what the linear reads.
    void codesAreTheQuantizers_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("rule");
        QTest::addColumn<double>("clip");
        for (const char *rule : { "floor", "ceil", "rceil", "even", "uos", "prescale" })
            for (const double clip : { 0.0, 0.6 })
                QTest::addRow("mxfp4 %s %g", rule, clip) << "mxfp4" << rule << clip;
        QTest::newRow("fp8") << "mxfp8-e4m3"
                             << "floor" << 0.6;
        QTest::newRow("nvfp4") << "nvfp4"
                               << "even" << 0.0;
        QTest::newRow("nvfp4 clipped") << "nvfp4"
                                       << "even" << 0.7;
    }
    void codesAreTheQuantizers()
    {
        QFETCH(QString, format);
        QFETCH(QString, rule);
        QFETCH(double, clip);
        RecipeSettings settings;
        if (!rule.isEmpty())
            settings.scaleRule = rule.toStdString();
        const ModelConfig config;
        at::manual_seed(7);
        at::Tensor x = at::randn({ 4, 96 }, at::kFloat).mul(3);
        x.select(1, 40).add_(20);
        x.select(1, 70).sub_(15);
        SiteView view { config, Site::t1, x, {}, {} };
        SiteSolution site;
        site.activation = quant::makeQuantizer(format.toStdString(), settings);
        if (format == QLatin1String("nvfp4"))
            site.activation.dynamicScale = true;
        const kernels::Format kind = site.activation.spec->format;
        if (clip > 0)
            site.clip = { at::linspace(clip, 1, 96 / kernels::blockSize(kind)),
                          at::linspace(1, clip, 96 / kernels::blockSize(kind)) };
        view.variants.push_back({ "v", site, x });
        const float *decode = kernels::decodeTable(kind);
        for (int block = 0; block < 3; ++block) {
            const Json answer = blockAnswer(view, settings, block, 2);
            for (const Json *b : { &answer.at("reference"), &answer.at("variants").at(0) }) {
                const auto quantized = unpackArray<float>(b->at("dequantized"), "t").orThrow();
                const auto codes = unpackArray<std::uint8_t>(b->at("codes"), "t").orThrow();
                const auto scale = b->at("scale").get<float>();
                QCOMPARE(quantized.size(), std::size_t(32));
                for (int i = 0; i < kernels::blockSize(kind); ++i) {
                    const auto at = static_cast<std::size_t>(i);
                    QVERIFY2(std::abs(decode[codes[at]] * scale - quantized[at]) <= 1e-5F * scale,
                             qPrintable(QStringLiteral("block %1, element %2: code %3 of scale %4 "
                                                       "is not %5")
                                            .arg(block)
                                            .arg(i)
                                            .arg(codes[at])
                                            .arg(double(scale))
                                            .arg(double(quantized[at]))));
                }
            }
        }
    }

    /// A rotation of blocks keeps their energy; RTN sees the numbers as they are.
    void activations()
    {
        const Json answer = ask({ { "ask", "activations" },
                                  { "spec", m_spec },
                                  { "layer", 1 },
                                  { "site", "T1" },
                                  { "tokens", 16 },
                                  { "variants", variantRefs(1) } });
        QCOMPARE(answer.at("tokens").get<int>(), 16);
        QCOMPARE(answer.at("channels").get<int>(), 96);
        QCOMPARE(answer.at("pieces").size(), std::size_t(16));
        const auto raw = unpackArray<float>(answer.at("reference"), "t").orThrow();
        QCOMPARE(raw.size(), std::size_t(16 * 96));
        for (const Json &variant : answer.at("variants")) {
            const auto x = unpackArray<float>(variant.at("values"), "t").orThrow();
            if (variant.at("id") == "rtn-uos")
                QCOMPARE(x, raw);
            if (variant.at("id") != "mr-gptq")
                continue;
            for (std::size_t b = 0; b < raw.size(); b += 32) {
                double before = 0, after = 0;
                for (std::size_t i = b; i < b + 32; ++i) {
                    before += double(raw[i]) * double(raw[i]);
                    after += double(x[i]) * double(x[i]);
                }
                QVERIFY(std::abs(before - after) < 1e-4 * before);
            }
        }
    }

    /// K and V are as wide as the key/value heads. RTN leaves the stream as it is, QuaRot turns it;
    /// in 16 bit, K is shown as activations would round it.
    void cacheAndStream()
    {
        const auto numbers = [&](const char *site) {
            return ask({ { "ask", "activations" },
                         { "spec", m_spec },
                         { "layer", 1 },
                         { "site", site },
                         { "tokens", 16 },
                         { "variants", variantRefs(1) } });
        };
        for (const char *site : { "K", "V" }) {
            const Json answer = numbers(site);
            QCOMPARE(answer.at("channels").get<int>(), 2 * 24);
            QCOMPARE(unpackArray<float>(answer.at("reference"), "t").orThrow().size(),
                     std::size_t(16 * 48));
            QCOMPARE(answer.at("variants").size(), std::size_t(10));
        }
        const Json stream = numbers("R");
        const auto raw = unpackArray<float>(stream.at("reference"), "t").orThrow();
        QCOMPARE(raw.size(), std::size_t(16 * 96));
        for (const Json &variant : stream.at("variants")) {
            const auto x = unpackArray<float>(variant.at("values"), "t").orThrow();
            if (variant.at("id") == "rtn-uos")
                QCOMPARE(x, raw);
            if (variant.at("id") != "quarot")
                continue;
            QVERIFY(x != raw);
            for (std::size_t token = 0; token < raw.size(); token += 96) {
                double before = 0, after = 0;
                for (std::size_t i = token; i < token + 96; ++i) {
                    before += double(raw[i]) * double(raw[i]);
                    after += double(x[i]) * double(x[i]);
                }
                QVERIFY(std::abs(before - after) < 1e-3 * before);
            }
        }
        const Json block = ask({ { "ask", "block" },
                                 { "spec", m_spec },
                                 { "layer", 1 },
                                 { "site", "K" },
                                 { "block", 1 },
                                 { "token", 5 },
                                 { "variants", variantRefs(1) } });
        QCOMPARE(block.at("channels"), Json({ 32, 47 }));
        QCOMPARE(block.at("reference").at("format"), Json("mxfp4"));
        for (const Json &variant : block.at("variants"))
            QVERIFY(variant.at("sqnrDb").get<double>() > 3);
    }

    /// What the microscope shows of K is what attention reads: heads quantized one by one, behind
    /// P_k, whatever the cache's format.
    void keysComeFromTheCache_data()
    {
        QTest::addColumn<QString>("format");
        for (const char *format : { "mxfp4", "mxfp8-e4m3", "int4" })
            QTest::newRow(format) << QString::fromLatin1(format);
    }
    void keysComeFromTheCache()
    {
        QFETCH(QString, format);
        const RecipeSettings settings;
        ModelConfig config;
        config.kvHeads = 2;
        config.headDim = 64;
        at::manual_seed(3);
        at::Tensor x = at::randn({ 4, 128 }, at::kFloat);
        x.narrow(1, 64, 64).mul_(9); // the second head is much louder
        LayerSolution solution;
        solution.kv.keys = quant::makeQuantizer(format.toStdString(), settings);
        solution.kv.setKeyTransform(transform::hadamardFactors(8, 4, 2), true);
        SiteView view { config, Site::k, x, {}, {} };
        view.variants.push_back({ "v", calib::viewedSite(solution, Site::k, {}), x });
        const at::Tensor heads = x.view({ 1, 4, 2, 64 }).transpose(1, 2);
        const at::Tensor cached = solution.kv.cached(Site::k, heads, at::kFloat);
        for (int block = 0; block < 4; ++block) {
            const Json answer = blockAnswer(view, settings, block, 2).at("variants").at(0);
            const auto shown = unpackArray<float>(answer.at("dequantized"), "t").orThrow();
            QCOMPARE(shown.size(), std::size_t(32));
            const at::Tensor expected =
                cached.select(0, 0).select(0, block / 2).select(0, 2).narrow(0, block % 2 * 32, 32);
            for (int i = 0; i < 32; ++i)
                QVERIFY(std::abs(shown[std::size_t(i)] - expected[i].item<float>())
                        <= 1e-5F * expected.abs().max().item<float>());
        }
    }

    void refusals()
    {
        QVERIFY(!m_engine->ask({ { "ask", "what-if" } }));
        QVERIFY(!m_engine->ask({ { "ask", "what-if" }, { "spec", m_spec }, { "workspace", "w" } }));
        const auto nowhere =
            m_engine->ask({ { "ask", "block" }, { "spec", m_spec }, { "site", "T9" } });
        QVERIFY(!nowhere && nowhere.error().hint.find("K, V and R") != std::string::npos);
        Json lost = specJson("[{preset: bat}]", m_dir.filePath("nowhere").toStdString());
        const auto answer = m_engine->ask({ { "ask", "what-if" }, { "spec", lost } });
        QVERIFY(!answer);
        QVERIFY(answer.error().message().find("nowhere") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestQuestions)
#include "tst_questions.moc"
