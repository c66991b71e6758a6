// SPDX-License-Identifier: Apache-2.0
#include <QtTest> // first: moc 6.4 cannot read <concepts> before it

#include "core/recipe/precision.h"
#include "core/spec/format_names.h"
#include "core/spec/run_spec.h"

using namespace batlab;

/// Format names and the grammar of the "precision" stage.
class TestPrecision : public QObject
{
    Q_OBJECT

    static LayerFormats applied(const char *lines, std::int64_t layer)
    {
        const auto overrides = precisionFromJson(Json::parse(lines));
        if (!overrides)
            qFatal("%s", overrides.error().message().c_str());
        return withOverrides(LayerFormats::uniform("mxfp4", "mxfp4", "bf16"), *overrides, layer);
    }

private Q_SLOTS:
    void integerNames()
    {
        for (const std::string &text : integerFormatNames()) {
            const auto format = integerFromName(text);
            QVERIFY(format.has_value());
            QCOMPARE(name(*format), text);
        }
        const auto format = integerFromName("int4-g128-sym");
        QVERIFY(format && format->bits == 4 && format->group == 128 && format->symmetric);
        QVERIFY(!integerFromName("int4-g33") && !integerFromName("int5")
                && !integerFromName("mxint8"));
        QCOMPARE(storedBits("mxfp4", 4096), 4.25);
        QCOMPARE(storedBits("nvfp4", 4096), 4.5);
        QCOMPARE(storedBits("mxfp6-e2m3", 4096), 6.25);
        QCOMPARE(storedBits("int4-g128", 4096), 4 + 40.0 / 128);
        QCOMPARE(storedBits("int8-sym", 64), 8 + 32.0 / 64);
        QCOMPARE(storedBits("none", 64), 16.0);
    }

    void linesApplyInOrder()
    {
        const char *lines = R"(["layers 0-1:all:weights=mxfp8-e4m3", "T4:activations=mxfp6-e2m3",
            "down_proj:weights=none", "layer 1 : K : cache = int8", "all:cache=int4",
            "layers 1:T1:activations=none"])";
        const LayerFormats first = applied(lines, 0);
        QCOMPARE(first.weights[0], std::string("mxfp8-e4m3"));
        QCOMPARE(first.weights[6], std::string("none"));
        QCOMPARE(first.activations[3], std::string("mxfp6-e2m3"));
        QCOMPARE(first.activations[0], std::string("mxfp4"));
        QCOMPARE(first.keys, std::string("int4")); // a later line wins
        const LayerFormats second = applied(lines, 1);
        QCOMPARE(second.activations[0], std::string("none"));
        const LayerFormats third = applied(lines, 2);
        QCOMPARE(third.weights[0], std::string("mxfp4"));
        QCOMPARE(third.weights[6], std::string("none"));
        const LayerFormats site = applied(R"(["T1:weights=int4-g32"])", 5);
        QCOMPARE(site.weights[2], std::string("int4-g32"));
        QCOMPARE(site.weights[3], std::string("mxfp4"));
        const LayerFormats value = applied(R"(["V:cache=mxint8"])", 5);
        QCOMPARE(value.values, std::string("mxint8"));
        QCOMPARE(value.keys, std::string("bf16"));
    }

    void refusedLines_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("says");
        QTest::newRow("no format") << "T4:activations"
                                   << "names no format";
        QTest::newRow("format") << "T4:activations=mxfp5"
                                << "Did you mean 'mxfp4'";
        QTest::newRow("side") << "T4:activation=mxfp4"
                              << "Did you mean 'activations'";
        QTest::newRow("no side") << "T4=mxfp4"
                                 << "does not say weights";
        QTest::newRow("target") << "down_prj:weights=mxfp4"
                                << "Did you mean 'down_proj'";
        QTest::newRow("residual") << "R:activations=mxfp4"
                                  << "unknown target";
        QTest::newRow("linear") << "q_proj:activations=mxfp4"
                                << "q_proj reads T1";
        QTest::newRow("cache weights") << "K:weights=mxfp4"
                                       << "K:cache";
        QTest::newRow("not cached") << "T1:cache=mxfp4"
                                    << "not cached";
        QTest::newRow("nvfp4 cache") << "K:cache=nvfp4"
                                     << "whole tensor";
        QTest::newRow("layers") << "layers 3-1:all:weights=mxfp4"
                                << "counted from 0";
        QTest::newRow("layer text") << "layer x:all:weights=mxfp4"
                                    << "counted from 0";
    }
    void refusedLines()
    {
        QFETCH(QString, line);
        QFETCH(QString, says);
        const auto read = precisionFromText(line.toStdString());
        QVERIFY(!read.ok());
        QVERIFY2(QString::fromStdString(read.error().message()).contains(says),
                 read.error().message().c_str());
    }

    void recipesAndRunsCheckIt()
    {
        const PresetLibrary presets = PresetLibrary::builtIn().orThrow();
        const auto run = [&](const std::string &set, const std::string &protocol) {
            return runSpecFromYaml("protocol: {" + protocol
                                       + "}\nvariants: [{preset: rtn-uos, set: {" + set + "}}]\n",
                                   presets, "test");
        };
        const auto good = run("precision.overrides: [\"T4:activations=mxfp8-e4m3\"]", "");
        QVERIFY2(good.ok(), good ? "" : good.error().message().c_str());
        const Recipe &recipe = good->variants.front().recipe;
        QCOMPARE(recipe.passes[0].stages.front().kind, std::string("precision"));
        QCOMPARE(layerFormats(good->protocol, recipe, 7).activations[3], std::string("mxfp8-e4m3"));
        QVERIFY(!run("precision.overrides: [\"T4:mxfp8-e4m3\"]", "").ok());
        QVERIFY(!run("precision.overrides: [3]", "").ok());
        // A format must be defined for the scale rule, wherever it is named.
        QVERIFY(!run("precision.overrides: [\"T4:activations=nvfp4\"]", "").ok());
        QVERIFY(!run("", "weightFormat: nvfp4").ok());
        QVERIFY(run("", "weightFormat: int4-g128, activationFormat: int4, kvFormat: int8").ok());
        QVERIFY(!run("", "kvFormat: nvfp4").ok());
        // What knows block scales only.
        const std::string learned = "round.kind: learned, round.learnStart: rtn";
        QVERIFY(run(learned, "").ok() && run(learned, "weightFormat: none").ok());
        QVERIFY(!run(learned, "weightFormat: int4").ok());
        QVERIFY(!run(learned + ", precision.overrides: [\"down_proj:weights=none\"]", "").ok());
        QVERIFY(!run("round.kind: gptq, round.scales: dynamic", "weightFormat: int4").ok());
        QVERIFY(!run("round.kind: babai", "weightFormat: int4").ok());
        QVERIFY(!run("round.scaleSearch: mse", "weightFormat: int4-g32").ok());
        QVERIFY(!run("clip.weights: search", "weightFormat: int4-g32").ok());
        const auto says = [&](const std::string &set) {
            return run(set, "weightFormat: int4-g32").error().message();
        };
        QVERIFY(says("round.scaleSearch: mse").find("round.scaleSearch: mse") != std::string::npos);
        QVERIFY(says("clip.weights: search").find("clip.weights: search") != std::string::npos);
        QVERIFY(says("round.kind: babai").find("int4-g32") != std::string::npos);
        QVERIFY(run("round.kind: gptq, round.order: reversed, round.gain: row",
                    "weightFormat: int4-g32")
                    .ok());
        QVERIFY(run("kv.keys: gpk, kv.g1: 16, kv.g2: 4", "kvFormat: mxfp4").ok());
        QVERIFY(!run("kv.keys: gpk, kv.g1: 12", "kvFormat: mxfp4").ok());
    }
};

QTEST_GUILESS_MAIN(TestPrecision)
#include "tst_precision.moc"
