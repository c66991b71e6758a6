// SPDX-License-Identifier: Apache-2.0
#include <QtTest> // first: moc 6.4 cannot read <concepts> before it

#include "core/spec/embedded.h"
#include "core/spec/parameter.h"
#include "core/spec/run_spec.h"
#include "core/spec/yaml.h"

#include <set>

using namespace batlab;

class TestSpec : public QObject
{
    Q_OBJECT

    PresetLibrary m_presets = *PresetLibrary::builtIn();

    Result<RunSpec> read(const std::string &yaml) const
    {
        return runSpecFromYaml(yaml, m_presets, "run.yaml");
    }
    RunSpec demo() const { return *runSpecFromYaml(builtInSpec("demo"), m_presets, "demo.yaml"); }

private Q_SLOTS:
    void schemaIsConsistent()
    {
        std::set<std::string> paths;
        std::vector<Parameter> all = runParameters();
        for (const std::string &kind : stageKinds())
            for (const Parameter &row : stageParameters(kind)) {
                QVERIFY(row.path.starts_with(kind + "."));
                all.push_back(row);
            }
        for (const Parameter &row : all) {
            QVERIFY2(paths.insert(row.path).second, row.path.c_str());
            QVERIFY2(!row.title.empty() && !row.help.empty() && !row.group.empty(),
                     row.path.c_str());
            QVERIFY2(checkValue(row, row.defaultValue, "x").ok(), row.path.c_str());
            Result<Parameter> again = parameterFromJson(toJson(row));
            QVERIFY2(again.ok(), row.path.c_str());
            QCOMPARE(toJson(*again).dump(), toJson(row).dump());
        }
        QVERIFY(stageParameters("nope").empty());
    }

    void values()
    {
        const Parameter &epochs = *findParameter(stageParameters("train"), "train.epochs");
        QCOMPARE(*parseValue(epochs, "3"), Json(3));
        for (const char *bad : { "0", "1001", "3.5", "three", "", "3 " })
            QVERIFY2(!parseValue(epochs, bad).ok(), bad);
        const Parameter &rate = *findParameter(stageParameters("train"), "train.learningRate");
        QCOMPARE(*parseValue(rate, "2e-3"), Json(2e-3));
        for (const char *bad : { "nan", "inf", "2", "-1" })
            QVERIFY2(!parseValue(rate, bad).ok(), bad);
        const Parameter &sites = *findParameter(stageParameters("fold"), "fold.sites");
        QCOMPARE(*parseValue(sites, "T1, T4"), Json::array({ "T1", "T4" }));
        QVERIFY(!parseValue(sites, "T1,T1").ok());
        QVERIFY(!parseValue(sites, "T1,T9").ok());
        const Parameter &flag = *findParameter(stageParameters("train"), "train.steMask");
        QCOMPARE(*parseValue(flag, "off"), Json(false));
        QVERIFY(!parseValue(flag, "maybe").ok());
    }

    void demoSpec()
    {
        const Result<RunSpec> spec = runSpecFromYaml(builtInSpec("demo"), m_presets, "demo.yaml");
        QVERIFY2(spec.ok(), spec ? "" : spec.error().message().c_str());
        QStringList ids;
        for (const VariantSpec &v : spec->variants)
            ids << QString::fromStdString(v.id);
        QCOMPARE(ids.join(' '), QString("rtn-uos gptq mr-gptq diag-h32 bat"));
        QCOMPARE(spec->protocol.windows, std::int64_t(20));
        QCOMPARE(spec->calibration.sequences * spec->calibration.length, std::int64_t(16384));
        // Uniform contract: MR-GPTQ's own prescale gives way.
        QCOMPARE(effectiveSettings(*spec, spec->variants[2]).scaleRule, std::string("uos"));
        RunSpec own = *spec;
        own.contract = "own";
        QCOMPARE(effectiveSettings(own, own.variants[2]).scaleRule, std::string("prescale"));
    }

    void roundTrips()
    {
        const RunSpec spec = demo();
        const Result<RunSpec> fromJson = runSpecFromJson(spec.toJson(), PresetLibrary(), "json");
        QVERIFY2(fromJson.ok(), fromJson ? "" : fromJson.error().message().c_str());
        QCOMPARE(fromJson->toJson().dump(), spec.toJson().dump());
        const std::string yaml = toYaml(spec);
        const Result<RunSpec> fromYaml = runSpecFromYaml(yaml, PresetLibrary(), "yaml");
        QVERIFY2(fromYaml.ok(), fromYaml ? "" : (fromYaml.error().message() + "\n" + yaml).c_str());
        QCOMPARE(fromYaml->toJson().dump(), spec.toJson().dump());
        QCOMPARE(fromYaml->hash(), spec.hash());
        QCOMPARE(toYaml(*fromYaml), yaml);
        // "1" and "1.0" are one value.
        QCOMPARE(read("calibration: {temperature: 1}\nvariants: [rtn]\n")->hash(),
                 read("calibration: {temperature: 1.0}\nvariants: [rtn]\n")->hash());
    }

    void stubbornTextsSurvive()
    {
        for (const char *text : { "true", "12", "1e3", "null", "~", "a: b", "# no", "\"q\"", "'",
                                  "- x", "line\nline", "\xc3\xa4", " lead", "" }) {
            RunSpec spec = demo();
            spec.model = text;
            const Result<RunSpec> again = runSpecFromYaml(toYaml(spec), m_presets, "x");
            QVERIFY2(again.ok(), text);
            QCOMPARE(again->model, std::string(text));
        }
    }

    void errorsNamePlaceAndRemedy_data()
    {
        QTest::addColumn<QString>("yaml");
        QTest::addColumn<QString>("where");
        QTest::addColumn<QString>("says");
        QTest::newRow("section key") << "protocol:\n  window: 3\nvariants: [rtn]\n"
                                     << "run.yaml:2, protocol.window"
                                     << "Did you mean 'windows'";
        QTest::newRow("top key") << "model: demo\nsede: 1\nvariants: [rtn]\n"
                                 << "run.yaml:2"
                                 << "Did you mean 'seed'";
        QTest::newRow("range") << "calibration:\n  sequences: 0\nvariants: [rtn]\n"
                               << "run.yaml:2"
                               << "Allowed: 1 to 65536";
        QTest::newRow("type") << "seed: many\nvariants: [rtn]\n"
                              << "run.yaml:1"
                              << "whole number";
        QTest::newRow("nan") << "calibration: {temperature: .nan}\nvariants: [rtn]\n"
                             << "run.yaml:1"
                             << "out of range";
        QTest::newRow("preset") << "variants:\n  - preset: rtn\n  - preset: btn\n"
                                << "run.yaml:3, variants[1].preset"
                                << "unknown preset 'btn'";
        QTest::newRow("set") << "variants:\n  - preset: bat\n    set:\n      train.epoch: 3\n"
                             << "run.yaml:4"
                             << "train.epochs";
        QTest::newRow("recipe") << "variants:\n  - recipe:\n      id: r\n      passes:\n        - "
                                   "stages:\n            - round: {kind: best}\n"
                                << "run.yaml:6"
                                << "Allowed: rtn, gptq";
        QTest::newRow("twice") << "variants: [rtn, rtn]\n"
                               << "run.yaml:1, variants[1]"
                               << "comes twice";
        QTest::newRow("reference") << "variants: [{preset: rtn, id: reference}]\n"
                                   << "run.yaml:1"
                                   << "full-precision model";
        QTest::newRow("none") << "model: demo\n"
                              << "run.yaml"
                              << "no variants";
        QTest::newRow("rule") << "settings: {scaleRule: prescale}\nprotocol: {weightFormat: "
                                 "mxint8}\nvariants: [rtn]\n"
                              << "run.yaml:1"
                              << "not defined for mxint8";
        QTest::newRow("no file") << "calibration: {source: file}\nvariants: [rtn]\n"
                                 << "run.yaml"
                                 << "calibration.file";
        QTest::newRow("section as value") << "protocol: mxfp4\nvariants: [rtn]\n"
                                          << "run.yaml:1"
                                          << "section";
        QTest::newRow("duplicate") << "seed: 1\nseed: 2\nvariants: [rtn]\n"
                                   << "run.yaml:2"
                                   << "comes twice";
        QTest::newRow("broken") << "model: [demo\n"
                                << "run.yaml:"
                                << "";
    }
    void errorsNamePlaceAndRemedy()
    {
        QFETCH(QString, yaml);
        QFETCH(QString, where);
        QFETCH(QString, says);
        const Result<RunSpec> spec = read(yaml.toStdString());
        QVERIFY(!spec.ok());
        QVERIFY2(QString::fromStdString(spec.error().where).startsWith(where),
                 spec.error().message().c_str());
        QVERIFY2(QString::fromStdString(spec.error().message()).contains(says),
                 spec.error().message().c_str());
        QVERIFY(spec.error().code == ErrorCode::badInput);
    }

    void settings()
    {
        const RunSpec spec = demo();
        QCOMPARE(withSetting(spec, "protocol.windows", "-1")->protocol.windows, std::int64_t(-1));
        const Result<RunSpec> epochs = withSetting(spec, "variants.bat.train.epochs", "3");
        QVERIFY2(epochs.ok(), epochs ? "" : epochs.error().message().c_str());
        QCOMPARE(integer(*epochs->variants[4].recipe.findStage("train"), "epochs"),
                 std::int64_t(3));
        QCOMPARE(
            withSetting(spec, "variants.bat.stream", "fp")->variants[4].recipe.passes[0].stream,
            Stream::fp);
        QVERIFY(withSetting(spec, "variants.mr-gptq.settings.scaleRule", "uos").ok());
        for (const auto &[path, value] : std::vector<std::pair<std::string, std::string>> {
                 { "protocol.window", "1" },
                 { "variants.bta.train.epochs", "1" },
                 { "variants.bat.train.epoch", "1" },
                 { "variants.bat", "1" },
                 { "seed", "x" },
                 { "", "" },
                 { "protocol.windows", "0" } }) {
            const Result<RunSpec> refused = withSetting(spec, path, value);
            QVERIFY2(!refused.ok(), path.c_str());
            QVERIFY2(refused.error().where.find("--set") != std::string::npos,
                     refused.error().message().c_str());
        }
        const Result<RunSpec> bare = withSetting(spec, "train.epochs", "3");
        QVERIFY(!bare.ok());
        QVERIFY2(bare.error().hint == "Write variants.bat.train.epochs.",
                 bare.error().message().c_str());
    }

    void differences()
    {
        const RunSpec a = demo();
        RunSpec b = *withSetting(a, "variants.bat.train.epochs", "4");
        b = *withSetting(b, "seed", "7");
        b.variants.erase(b.variants.begin()); // one variant less is not five variants changed
        const std::vector<SpecDifference> rows = diff(a.toJson(), b.toJson());
        bool seed = false, epochs = false;
        for (const SpecDifference &row : rows) {
            seed = seed || (row.path == "seed" && row.before == "0" && row.after == "7");
            epochs = epochs
                || (row.path == "variants.bat.recipe.passes.0.stages.train.epochs"
                    && row.after == "4");
            QVERIFY2(row.path == "seed" || row.path.starts_with("variants.bat.")
                         || row.path.starts_with("variants.rtn-uos."),
                     row.path.c_str());
        }
        QVERIFY(seed && epochs);
        QVERIFY(diff(a.toJson(), a.toJson()).empty());
    }

    void yamlTypes()
    {
        const Result<Json> json = yamlToJson("a: 1\nb: 1.5\nc: 'x'\nd: '1'\ne: [true, ~, -3, 2e-3, "
                                             ".inf]\nf: &n {g: 1}\nh: *n\ni: !!str 12\n",
                                             "x");
        QVERIFY2(json.ok(), json ? "" : json.error().message().c_str());
        QCOMPARE((*json)["d"], Json("1"));
        QCOMPARE((*json)["h"]["g"], Json(1));
        QCOMPARE((*json)["i"], Json("12"));
        QCOMPARE((*json)["e"][3], Json(2e-3));
        QVERIFY((*json)["e"][1].is_null());
        QCOMPARE(*yamlToJson("{\"a\": [1, \"b\"]}", "x"), Json::parse(R"({"a":[1,"b"]})"));
    }

    void hostileYaml()
    {
        // Billion laughs: ten levels of ten aliases each.
        std::string laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
        for (int i = 1; i < 10; ++i) {
            const std::string last = "*a" + std::to_string(i - 1);
            laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
            for (int k = 1; k < 10; ++k)
                laughs += "," + last;
            laughs += "]\n";
        }
        QVERIFY(!yamlToJson(laughs, "x").ok());
        // A long text multiplied by aliases.
        std::string texts = "a: &a " + std::string(500000, 'x') + "\nb: [*a";
        for (int i = 0; i < 1000; ++i)
            texts += ",*a";
        QVERIFY(!yamlToJson(texts + "]\n", "x").ok());
        QVERIFY(!yamlToJson(std::string(100000, '['), "x").ok());
        QVERIFY(!yamlToJson(std::string(100000, '{'), "x").ok());
        std::string dashes;
        for (int i = 0; i < 20000; ++i)
            dashes += "- ";
        QVERIFY(!yamlToJson(dashes + "x\n", "x").ok());
        QVERIFY(!yamlToJson(std::string((1 << 20) + 1, ' '), "x").ok());
        QVERIFY(!yamlToJson("a: *b\n", "x").ok());
        QVERIFY(!yamlToJson("&a [*a]\n", "x").ok());
        QVERIFY(!yamlToJson("<<: {a: 1}\n", "x").ok());
        QVERIFY(!yamlToJson("a: !python/object 1\n", "x").ok());
        QVERIFY(!yamlToJson("? [a, b]\n: 1\n", "x").ok());
        QVERIFY(!yamlToJson("a: 1\n---\nb: 2\n", "x").ok());
        QVERIFY(!yamlToJson(std::string("a: \0 1\n", 7), "x").ok());
        QVERIFY(!yamlToJson("a: \"unclosed\n", "x").ok());
        QVERIFY(!yamlToJson("a: 'unclosed\nb: 2\n", "x").ok());
        QVERIFY(yamlToJson("a: |\n  text\n  more\n...\n", "x").ok());
        QVERIFY(!yamlToJson("\t- a\n", "x").ok());
        for (const char *odd : { "", "~", "3", "[]", "just text", "%TAG", "--- a", "\xff\xfe" })
            QVERIFY2(!read(odd).ok(), odd);
    }
};

QTEST_GUILESS_MAIN(TestSpec)
#include "tst_spec.moc"
