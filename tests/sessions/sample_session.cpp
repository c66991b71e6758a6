// SPDX-License-Identifier: Apache-2.0
#include "tests/sessions/sample_session.h"

#include "core/base/hash.h"

#include <cmath>
#include <cstring>
#include <limits>

namespace batlab::test {

namespace {
class Numbers
{
public:
    explicit Numbers(std::uint64_t seed) : m_seed(seed) { }
    double next() { return randomUniform(m_seed, m_at++); }
    template<class T = float>
    std::vector<T> list(std::int64_t n, double scale = 1)
    {
        std::vector<T> out;
        for (std::int64_t i = 0; i < n; ++i)
            out.push_back(static_cast<T>(next() * scale));
        return out;
    }

private:
    std::uint64_t m_seed, m_at = 0;
};

SiteStats stats(Numbers &n, const std::string &variant, LayerId layer, Site site, StatStage stage)
{
    SiteStats s;
    s.variant = variant;
    s.layer = layer;
    s.site = site;
    s.stage = stage;
    s.tokens = 4096;
    s.blocks = site == Site::t4 ? 48 : 18;
    s.energy = n.list(s.blocks, 10);
    s.maxAbs = n.list(s.blocks, 40);
    s.kurtosis = n.list(s.blocks, 9);
    s.bimodality = n.list(s.blocks);
    s.valleyDepth = n.list(s.blocks);
    s.dip = n.list(s.blocks, 0.25);
    s.clipShare = n.list(s.blocks, 0.1);
    if (stage == StatStage::after)
        s.sqnrDb = n.list(s.blocks, 30);
    s.bins = 96;
    s.histogramLimit = 8;
    s.histogram = n.list<std::uint32_t>(s.blocks * s.bins, 5000);
    s.codeUse = n.list<std::uint32_t>(s.blocks * 16, 70000);
    return s;
}
} // namespace

Session sampleSession(int layers, std::uint64_t seed)
{
    Numbers n(seed);
    Session s = Session::make("batlab tests");
    ModelSummary model;
    model.path = "/models/tiny.gguf";
    model.container = "gguf";
    model.quickHash = "00ff";
    model.contentHash = "ff00";
    model.config = { { "layers", layers }, { "rope_theta", 100000.0 } };
    model.tensors =
        Json::array({ { { "name", "blk.0.attn_q.weight" }, { "shape", { 576, 576 } } } });
    s.add(model);
    SampleTokens sample;
    sample.ids = { 1, 5, 9 };
    sample.pieces = { "Die", std::string("\0\xff", 2), "" };
    s.add(sample);
    for (const char *id : { "reference", "rtn", "bat" }) {
        const std::string variant(id);
        VariantInfo info;
        info.id = variant;
        info.title = variant + " – title";
        info.family = variant == "reference" ? "reference" : "bat";
        info.filled = variant == "bat";
        info.recipe = { { "passes", Json::array() }, { "lr", 1e-3 } };
        info.protocol = { { "weights", "mxfp4" } };
        info.settings = { { "ties", "even" } };
        info.recipeHash = hashHex(variant);
        info.onlineParameters = 1234;
        info.onlineFlopPerToken = 5.5e6;
        info.calibrationSeconds = n.next();
        s.add(info);
        EvaluationResult e;
        e.variant = variant;
        e.task = "wikitext2";
        e.metric = "perplexity";
        e.value = 20 + n.next();
        e.standardError = 0.1;
        e.samples = 20;
        e.tokens = 40960;
        e.windowNll = n.list<double>(20, 3);
        if (variant != "reference") {
            e.windowKld = n.list<double>(20);
            e.deltaPPercentiles = n.list<double>(11);
            e.kld = 0.1;
        }
        s.add(e);
        for (int l = 0; l < layers; ++l) {
            const LayerId layer { Branch::text, l };
            for (const Site site : kLinearSites) {
                s.add(stats(n, variant, layer, site,
                            variant == "reference" ? StatStage::before : StatStage::after));
                TokenEnergyMap map;
                map.variant = variant;
                map.layer = layer;
                map.site = site;
                map.stage = StatStage::after;
                map.tokens = 256;
                map.blocks = 18;
                map.energy = n.list(map.tokens * map.blocks, 4);
                if (site == Site::t1 && l == 0)
                    s.add(map);
            }
            if (variant == "reference")
                continue;
            for (const Linear linear : kLinears) {
                LinearScore score;
                score.variant = variant;
                score.layer = layer;
                score.linear = linear;
                score.outputSqnrDb = 10 + 10 * n.next();
                score.weightSqnrDb = n.next();
                score.outputMse = n.next();
                s.add(score);
            }
            LayerDone done;
            done.variant = variant;
            done.layer = layer;
            done.relativeError = n.next();
            done.maxCondition = 1;
            done.seconds = n.next();
            s.add(done);
            SiteFlow flow;
            flow.variant = variant;
            flow.layer = layer;
            flow.site = Site::t2;
            flow.condition = 1 + n.next();
            flow.clippedMaxima = n.next();
            flow.groups = 18;
            flow.energyFlow = n.list(18 * 18);
            s.add(flow);
            LossCurve loss;
            loss.variant = variant;
            loss.layer = layer;
            loss.objective = "layer-mse";
            loss.loss = n.list(50);
            loss.learningRate = n.list(50);
            s.add(loss);
        }
        LossCurve whole;
        whole.variant = variant;
        whole.layer = kWholeModel;
        whole.objective = "end-to-end-kl";
        whole.loss = n.list(30);
        whole.learningRate = n.list(30);
        s.add(whole);
    }
    VariantOutcome outcome;
    outcome.variant = "bat";
    outcome.state = "failed";
    outcome.error = "a matrix is singular (bat, text.1)";
    outcome.peakMemoryBytes = 3.5e9;
    s.add(outcome);
    Sweep sweep;
    sweep.id = "damping";
    sweep.base = "gptq";
    sweep.axes = Json::array({ { { "path", "round.damp" }, { "values", { 0.01, 0.1 } } } });
    sweep.cells = Json::array({ { { "at", { 0 } }, { "value", 12.25 } },
                                { { "at", { 1 } }, { "value", nullptr }, { "reason", "no" } } });
    sweep.context = Json::object();
    s.add(sweep);
    RunRecord run;
    run.id = "run-1";
    run.state = "succeeded";
    run.started = "2026-01-01T00:00:00Z";
    run.finished = "2026-01-01T00:10:00Z";
    run.host = "somewhere";
    run.device = "cpu";
    run.threads = 2;
    run.specHash = hashHex("spec");
    run.specJson = R"({"model":"demo","seed":0})";
    run.logTail = std::string(20000, 'x') + "\nend";
    s.add(run);
    s.notes = "# Notes\nä ö ü";
    s.viewState = R"({"page":"inspect"})";
    return s;
}

Part samplePart(std::uint64_t seed, std::int64_t rows)
{
    Numbers n(seed);
    Part part;
    part.kind = "layer-solution";
    part.attributes = {
        { "layer", "text.0" }, { "g1", 8 }, { "lr", 0.1 }, { "names", { "a", "b" } }
    };
    const auto raw = [](const auto &values) {
        std::vector<std::uint8_t> bytes(values.size() * sizeof(values[0]));
        std::memcpy(bytes.data(), values.data(), bytes.size());
        return bytes;
    };
    part.tensors.push_back({ "bat/T1.a", "f32", { rows, 8 }, raw(n.list(rows * 8)) });
    part.tensors.push_back({ "empty", "f32", { 0, 4 }, {} });
    part.tensors.push_back(
        { "q_proj.codes", "u8", { rows, 288 }, n.list<std::uint8_t>(rows * 288, 255) });
    part.tensors.push_back(
        { "q_proj.raw", "bf16", { rows, 2 }, n.list<std::uint8_t>(rows * 4, 255) });
    part.tensors.push_back({ "step", "i64", {}, raw(std::vector<std::int64_t> { 77 }) });
    part.tensors.push_back(
        { "sum",
          "f64",
          { 2 },
          raw(std::vector<double> { std::numeric_limits<double>::quiet_NaN(), -0.0 }) });
    return part;
}

} // namespace batlab::test
