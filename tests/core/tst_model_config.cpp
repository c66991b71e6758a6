// SPDX-License-Identifier: Apache-2.0
// config.json of every family, in the layouts of transformers 4 and 5, and the rotary frequencies
// against numbers worked out from the formulas (export-formats.md 6.2).
#include "core/model/config_json.h"

#include <QTest>

#include <cmath>
#include <numbers>

using namespace batlab;

namespace {

Json base(const char *family)
{
    return { { "model_type", family },      { "hidden_size", 2048 },
             { "intermediate_size", 8192 }, { "num_hidden_layers", 16 },
             { "num_attention_heads", 32 }, { "num_key_value_heads", 8 },
             { "vocab_size", 128256 },      { "max_position_embeddings", 131072 },
             { "rms_norm_eps", 1e-5 },      { "hidden_act", "silu" },
             { "bos_token_id", 128000 } };
}

ModelConfig parse(const Json &json)
{
    auto config = configFromJson(json, "config.json");
    if (!config)
        qFatal("%s", config.error().message().c_str());
    return *config;
}

ErrorCode codeOf(const Json &json)
{
    const auto config = configFromJson(json, "config.json");
    return config ? ErrorCode::internal : config.error().code;
}

bool near(double a, double b) { return std::abs(a - b) <= 1e-12 * std::abs(b); }

} // namespace

class TestModelConfig : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void llama32()
    {
        Json json = base("llama");
        json["eos_token_id"] = { 128001, 128008, 128009 };
        json["rope_theta"] = 500000.0;
        json["rope_scaling"] = { { "rope_type", "llama3" },
                                 { "factor", 32.0 },
                                 { "low_freq_factor", 1.0 },
                                 { "high_freq_factor", 4.0 },
                                 { "original_max_position_embeddings", 8192 } };
        json["tie_word_embeddings"] = true;
        const ModelConfig c = parse(json);
        QCOMPARE(c.headDim, 64);
        QCOMPARE(c.kvHeads, 8);
        QVERIFY(c.tiedEmbeddings && !c.qkvBias && !c.oBias && !c.qkNorm);
        QCOMPARE(c.endTokens, (std::vector<std::int64_t> { 128001, 128008, 128009 }));
        QCOMPARE(c.eosToken.value_or(-1), 128001);
        QVERIFY(c.rope.kind == RopeConfig::Kind::llama3);
        const auto f = c.rope.inverseFrequencies(64);
        QCOMPARE(f.size(), std::size_t { 32 });
        for (std::size_t i = 0; i < f.size(); ++i) {
            const double plain = std::pow(500000.0, -static_cast<double>(i) / 32.0);
            const double turns = 8192.0 * plain / (2.0 * std::numbers::pi);
            const double expected = turns > 4.0 ? plain
                : turns < 1.0                   ? plain / 32.0
                              : plain * ((1.0 - (turns - 1.0) / 3.0) / 32.0 + (turns - 1.0) / 3.0);
            QVERIFY(near(f[i], expected));
        }
        QCOMPARE(c.linearParameters(), 16LL * (2048 * 2048 * 2 + 2048 * 512 * 2 + 3 * 2048 * 8192));
        QCOMPARE(c.totalParameters(), 1235814400LL); // Llama 3.2 1B's published number
    }

    void versionsFourAndFiveAgree()
    {
        Json four = base("qwen3");
        four["head_dim"] = 128;
        four["rope_theta"] = 1000000.0;
        four["rope_scaling"] = { { "type", "yarn" },
                                 { "factor", 4.0 },
                                 { "original_max_position_embeddings", 32768 } };
        Json five = base("qwen3");
        five["head_dim"] = 128;
        five["rope_parameters"] = { { "rope_type", "yarn" },
                                    { "factor", 4.0 },
                                    { "rope_theta", 1000000.0 },
                                    { "original_max_position_embeddings", 32768 } };
        QVERIFY(parse(four).toJson() == parse(five).toJson());
        QVERIFY(near(parse(five).rope.attentionFactor, 0.1 * std::log(4.0) + 1.0));
    }

    void yarnFrequencies()
    {
        RopeConfig rope;
        rope.kind = RopeConfig::Kind::yarn;
        rope.factor = 4.0;
        rope.originalMaxPositions = 32768;
        rope.theta = 1e6;
        const auto f = rope.inverseFrequencies(128);
        // dim(r) = 128 ln(32768 / (2 pi r)) / (2 ln 1e6): 23.6 for 32 turns, 39.7 for one.
        const double low = 23.0;
        const double high = 40.0;
        for (std::size_t i = 0; i < f.size(); ++i) {
            const double plain = std::pow(1e6, -static_cast<double>(i) / 64.0);
            const double ramp =
                std::min(1.0, std::max(0.0, (static_cast<double>(i) - low) / (high - low)));
            QVERIFY(near(f[i], plain * (1.0 - ramp) + plain / 4.0 * ramp));
        }
    }

    void linearAndFactors()
    {
        RopeConfig rope;
        rope.kind = RopeConfig::Kind::linear;
        rope.factor = 2.0;
        rope.freqFactors = { 1.0F, 4.0F };
        const auto f = rope.inverseFrequencies(4);
        QVERIFY(near(f[0], 0.5));
        QVERIFY(near(f[1], 0.01 / 2.0 / 4.0));
    }

    void qwen2()
    {
        Json json = base("qwen2");
        json["use_sliding_window"] = false;
        json["sliding_window"] = 32768;
        ModelConfig c = parse(json);
        QVERIFY(c.qkvBias && !c.oBias && !c.qkNorm);
        QCOMPARE(c.slidingWindow, 0);
        json["use_sliding_window"] = true;
        json["max_window_layers"] = 16; // no layer is left to slide
        QCOMPARE(parse(json).slidingWindow, 0);
        json["max_window_layers"] = 0;
        QCOMPARE(parse(json).slidingWindow, 32768);
        json["max_window_layers"] = 3;
        QCOMPARE(codeOf(json), ErrorCode::unsupported);
    }

    void qwen3()
    {
        Json json = base("qwen3");
        json["head_dim"] = 128;
        const ModelConfig c = parse(json);
        QCOMPARE(c.headDim, 128); // not 2048 / 32
        QVERIFY(c.qkNorm && !c.qkvBias);
    }

    void mistral()
    {
        Json json = base("mistral");
        json["sliding_window"] = 4096;
        QCOMPARE(parse(json).slidingWindow, 4096);
        json["sliding_window"] = nullptr;
        QCOMPARE(parse(json).slidingWindow, 0);
        json["sliding_window"] = 131072; // the whole context
        QCOMPARE(parse(json).slidingWindow, 0);
        json["head_dim"] = nullptr;
        QCOMPARE(parse(json).headDim, 64);
        json["head_dim"] = 128;
        QCOMPARE(parse(json).headDim, 128);
    }

    void biases()
    {
        Json json = base("llama");
        json["attention_bias"] = true;
        json["mlp_bias"] = true;
        const ModelConfig c = parse(json);
        QVERIFY(c.qkvBias && c.oBias && c.mlpBias);
    }

    void generationConfigCompletes()
    {
        Json json = base("qwen2");
        json["eos_token_id"] = 5;
        ModelConfig c = parse(json);
        addGenerationConfig({ { "eos_token_id", { 7, 5 } }, { "pad_token_id", 3 } }, c);
        QCOMPARE(c.endTokens, (std::vector<std::int64_t> { 5, 7 }));
        QCOMPARE(c.padToken.value_or(-1), 3);
        addGenerationConfig({ { "eos_token_id", "no number" } }, c);
        QCOMPARE(c.endTokens.size(), std::size_t { 2 });
    }

    void refusals_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        QTest::addColumn<int>("code");
        const int bad = static_cast<int>(ErrorCode::badInput);
        const int unsupported = static_cast<int>(ErrorCode::unsupported);
        QTest::newRow("architecture") << "model_type"
                                      << "\"gemma3\"" << unsupported;
        QTest::newRow("activation") << "hidden_act"
                                    << "\"gelu\"" << unsupported;
        QTest::newRow("quantized") << "quantization_config"
                                   << "{}" << unsupported;
        QTest::newRow("rope kind") << "rope_scaling"
                                   << R"({"rope_type": "longrope", "factor": 2})" << unsupported;
        QTest::newRow("partial") << "partial_rotary_factor"
                                 << "0.5" << unsupported;
        QTest::newRow("text number") << "hidden_size"
                                     << "\"2048\"" << bad;
        QTest::newRow("missing") << "hidden_size"
                                 << "null" << bad;
        QTest::newRow("zero") << "num_attention_heads"
                              << "0" << bad;
        QTest::newRow("negative") << "num_hidden_layers"
                                  << "-1" << bad;
        QTest::newRow("huge") << "intermediate_size"
                              << "9223372036854775807" << bad;
        QTest::newRow("huge unsigned") << "vocab_size"
                                       << "18446744073709551615" << bad;
        QTest::newRow("uneven heads") << "num_key_value_heads"
                                      << "5" << bad;
        QTest::newRow("odd head") << "head_dim"
                                  << "63" << bad;
        QTest::newRow("epsilon") << "rms_norm_eps"
                                 << "-1" << bad;
        QTest::newRow("theta") << "rope_theta"
                               << "0" << bad;
        QTest::newRow("rope list") << "rope_scaling"
                                   << "[1]" << bad;
        QTest::newRow("flag") << "tie_word_embeddings"
                              << "1" << bad;
        QTest::newRow("llama3 factors")
            << "rope_scaling"
            << R"({"rope_type": "llama3", "factor": 8, "low_freq_factor": 4, "high_freq_factor": 1})"
            << bad;
    }

    void refusals()
    {
        QFETCH(QString, key);
        QFETCH(QString, value);
        QFETCH(int, code);
        Json json = base("llama");
        json[key.toStdString()] = Json::parse(value.toStdString());
        const auto config = configFromJson(json, "here/config.json");
        QVERIFY(!config.ok());
        QCOMPARE(static_cast<int>(config.error().code), code);
        QVERIFY(config.error().where.find("here/config.json") != std::string::npos);
        QVERIFY(!config.error().hint.empty());
    }

    void notAnObject()
    {
        QCOMPARE(codeOf(Json::array()), ErrorCode::badInput);
        QCOMPARE(codeOf(Json()), ErrorCode::badInput);
        QCOMPARE(codeOf(Json::object()), ErrorCode::unsupported);
    }
};

QTEST_GUILESS_MAIN(TestModelConfig)
#include "tst_model_config.moc"
