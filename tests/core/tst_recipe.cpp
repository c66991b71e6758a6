// SPDX-License-Identifier: Apache-2.0
#include <QtTest> // first: moc 6.4 cannot read <concepts> before it

#include "core/recipe/recipe.h"
#include "core/spec/parameter.h"
#include "core/spec/run_spec.h"

#include <fstream>

using namespace batlab;

class TestRecipe : public QObject
{
    Q_OBJECT

    static PresetLibrary library()
    {
        Result<PresetLibrary> presets = PresetLibrary::builtIn();
        if (!presets)
            qFatal("%s", presets.error().message().c_str());
        return *std::move(presets);
    }
    static Result<Recipe> fromYaml(const std::string &yaml)
    {
        Result<Json> json = yamlToJson(yaml, "r.yaml");
        if (!json)
            return json.error();
        return recipeFromJson(*json, "r.yaml");
    }
    static std::string minimal(const std::string &stages)
    {
        return "id: x\npasses:\n  - stages: [" + stages + "]\n";
    }

private Q_SLOTS:
    void presetsLoadInOrder()
    {
        const PresetLibrary presets = library();
        const std::vector<std::string> expected {
            "rtn-ocp",  "rtn-uos",      "smoothquant",      "awq",
            "h32",      "gptq",         "gptq-asym",        "autoround",
            "mr-gptq",  "quarot",       "spinquant",        "brq",
            "brq-spin", "flatquant-mx", "duquant",          "bat-paper",
            "wush",     "hires",        "diag-h32",         "bat",
            "bat-rtn",  "bat-plus",     "bat-plus-refined", "bat-plus-lr"
        };
        QCOMPARE(presets.ids(), expected);
        for (const std::string &id : presets.ids()) {
            for (const char *budget : { "desk", "paper" }) {
                Result<Recipe> recipe = presets.find(id, budget);
                QVERIFY2(recipe.ok(), recipe ? "" : recipe.error().message().c_str());
                QVERIFY(!recipe->description.empty() && !recipe->source.empty());
                QCOMPARE(recipe->budget, std::string(budget));
                Result<Recipe> again = recipeFromJson(recipe->toJson(), "again");
                QVERIFY2(again.ok(), again ? "" : again.error().message().c_str());
                QCOMPARE(again->toJson().dump(), recipe->toJson().dump());
                QCOMPARE(again->hash(), recipe->hash());
            }
        }
        QCOMPARE(presets.find("rtn")->id, std::string("rtn-uos"));
    }

    void whatLooksAtTheCalibrationText()
    {
        QStringList none;
        for (const std::string &id : library().ids())
            if (!usesCalibration(*library().find(id)))
                none << QString::fromStdString(id);
        QCOMPARE(none.join(' '), QString("rtn-ocp rtn-uos h32"));
        QVERIFY(usesCalibration(*withOverride(*library().find("h32"), "round.gain", "row")));
        QVERIFY(usesCalibration(*withOverride(*library().find("rtn"), "tune.steps", 3)));
    }

    void presetsSayWhatTheTableSays()
    {
        const PresetLibrary presets = library();
        const auto settings = [&](const char *id) {
            const Recipe r = *presets.find(id);
            return r.settings.scaleRule + "/" + r.settings.ties;
        };
        QCOMPARE(settings("rtn-ocp"), std::string("floor/away"));
        // What a preset is about it keeps under every contract, unless the variant says otherwise.
        const auto ruleOf = [&](const char *variant) {
            const RunSpec spec = *runSpecFromYaml(
                std::string("model: m\nvariants: [") + variant + "]\n", presets, "test");
            const RecipeSettings s = effectiveSettings(spec, spec.variants.front());
            return s.scaleRule + "/" + s.ties;
        };
        QCOMPARE(ruleOf("rtn-ocp"), std::string("floor/away"));
        QCOMPARE(ruleOf("gptq"), std::string("uos/even"));
        QCOMPARE(ruleOf("{preset: rtn-ocp, own: {settings.ties: even}}"),
                 std::string("floor/even"));
        QCOMPARE(ruleOf("{preset: rtn-ocp, set: {settings.scaleRule: ceil}}"),
                 std::string("ceil/away"));
        QCOMPARE(settings("gptq"), std::string("floor/away"));
        QCOMPARE(settings("mr-gptq"), std::string("prescale/even"));
        QCOMPARE(settings("bat"), std::string("uos/even"));
        QVERIFY(!presets.find("rtn")->filled);
        QVERIFY(presets.find("gptq")->filled);
        QVERIFY(!presets.find("bat-rtn")->filled);
        const Recipe bat = *presets.find("bat");
        QVERIFY(bat.passes[0].stream == Stream::quantized);
        const Stage *transform = bat.findStage("transform");
        QVERIFY(transform);
        QCOMPARE(integer(*transform, "g1"), std::int64_t(8));
        QCOMPARE(integer(*transform, "g2"), std::int64_t(4));
        QCOMPARE(text(*transform, "init"), std::string("closed-form"));
        QVERIFY(atSite(*transform, Site::t4));
        QVERIFY(integer(*presets.find("bat", "paper")->findStage("train"), "epochs") == 5);
        QVERIFY(integer(*bat.findStage("train"), "epochs") < 5);
        const Recipe paper = *presets.find("bat-paper");
        QVERIFY(paper.passes[0].stream == Stream::mixed); // trained on full precision alone
        QCOMPARE(paper.passes[0].mixedFrom, 1.0);
        QVERIFY(!paper.findStage("fold"));
        QCOMPARE(text(*paper.findStage("clip"), "activations"), std::string("block"));
        QVERIFY(presets.find("mr-gptq")->hash() != presets.find("gptq")->hash());
    }

    void titleDoesNotChangeTheHash()
    {
        Recipe recipe = *library().find("bat");
        const std::string hash = recipe.hash();
        recipe.title = "other";
        recipe.description = "other";
        recipe.source = "other";
        QCOMPARE(recipe.hash(), hash);
        recipe.settings.ties = "away";
        QVERIFY(recipe.hash() != hash);
    }

    void overrides()
    {
        const Recipe bat = *library().find("bat");
        QCOMPARE(integer(*withOverride(bat, "train.epochs", 3)->findStage("train"), "epochs"),
                 std::int64_t(3));
        const Recipe rtn = *withOverride(bat, "round.kind", "rtn");
        QVERIFY(bat.filled && !rtn.filled);
        QCOMPARE(withOverride(bat, "settings.scaleRule", "floor")->settings.scaleRule,
                 std::string("floor"));
        QVERIFY(withOverride(bat, "stream", "mixed")->passes[0].stream == Stream::mixed);
        // A stage that is not there is inserted where it belongs.
        const Recipe clipped =
            *withOverride(*library().find("mr-gptq"), "clip.activations", "block");
        QCOMPARE(clipped.passes[0].stages.size(), std::size_t(3));
        QCOMPARE(clipped.passes[0].stages[1].kind, std::string("clip"));
        const Result<Recipe> wrong = withOverride(bat, "train.epoch", 3);
        QVERIFY(!wrong.ok());
        QVERIFY(wrong.error().hint.find("train.epochs") != std::string::npos);
        QVERIFY(!withOverride(bat, "train.epochs", 0).ok());
        QVERIFY(!withOverride(bat, "train.epochs", "three").ok());
        QVERIFY(!withOverride(bat, "settings.scaleRule", "floored").ok());
    }

    void impossibleCombinations_data()
    {
        QTest::addColumn<QString>("stages");
        QTest::addColumn<QString>("says");
        QTest::newRow("block of 48") << "transform: {kind: gpk, g1: 12, g2: 4}, round"
                                     << "12 x 4";
        QTest::newRow("block of 256") << "transform: {kind: gpk, g1: 16, g2: 16}, round"
                                      << "16 x 16";
        QTest::newRow("block of 8") << "transform: {kind: gpk, g1: 4, g2: 2}, round"
                                    << "4 x 2";
        QTest::newRow("orthogonal closed form")
            << "transform: {parametrization: orthogonal, init: closed-form}, round"
            << "not orthogonal";
        QTest::newRow("full dense") << "transform: {kind: dense, size: full}, round"
                                    << "costs a GEMM";
        QTest::newRow("greedy GPK") << "transform: {kind: gpk, init: greedy}, round"
                                    << "kind: dense";
        QTest::newRow("closed-form Kronecker")
            << "transform: {kind: kronecker, init: closed-form}, round"
            << "no closed form";
        QTest::newRow("orthogonal HiRes")
            << "transform: {kind: dense, init: hires, parametrization: orthogonal}, round"
            << "HiRes geometry";
        QTest::newRow("size of 48") << "transform: {kind: hadamard, size: 48}, round"
                                    << "'48' is not allowed";
        QTest::newRow("permutation of the stream")
            << "fold: {permutation: zigzag, sites: [T1]}, round"
            << "no chosen site can be permuted";
        QTest::newRow("rotate late") << "fold, rotate, round"
                                     << "comes after";
        QTest::newRow("cap") << "transform: {conditionCap: 0.5}, round"
                             << "never below 1";
        QTest::newRow("no site") << "transform: {sites: []}, round"
                                 << "names no site";
        QTest::newRow("nothing to train") << "transform: {kind: hadamard}, train, round"
                                          << "nothing to train";
        QTest::newRow("no diagonal") << "transform, train: {trainDiagonal: true}, round"
                                     << "no diagonal to train";
        QTest::newRow("weight clip outside")
            << "transform, clip: {weights: row}, train: {weightsInLoop: none}, round"
            << "no gradient";
        QTest::newRow("no round") << "transform: {kind: hadamard}"
                                  << "last stage must be 'round'";
        QTest::newRow("two rounds") << "round, round"
                                    << "comes twice";
        QTest::newRow("order") << "round, fold"
                               << "comes after";
        QTest::newRow("unknown stage") << "rund"
                                       << "Did you mean 'round'";
        QTest::newRow("unknown key") << "round: {demp: 1}"
                                     << "Did you mean 'damp'";
        QTest::newRow("range") << "round: {damp: 11}"
                               << "out of range";
        QTest::newRow("tune in the layer pass") << "round, tune"
                                                << "does not belong in a pass of scope layer";
        QTest::newRow("branch and learned rounding") << "branch, round: {kind: learned}"
                                                     << "low-rank branch";
        QTest::newRow("branch and another target") << "branch, round: {target: asymmetric}"
                                                   << "of which the branch holds a part";
        QTest::newRow("round after recover") << "recover, round"
                                             << "comes after";
        QTest::newRow("recover alone") << "recover"
                                       << "last stage must be 'round'";
        QTest::newRow("recover nothing") << "round, recover: {parts: []}"
                                         << "names nothing to correct";
        QTest::newRow("branch and recover") << "branch, round, recover"
                                            << "of which the branch is not part";
        QTest::newRow("two keys") << "{round: {}, fold: {}}"
                                  << "one key";
    }
    void impossibleCombinations()
    {
        QFETCH(QString, stages);
        QFETCH(QString, says);
        const Result<Recipe> recipe = fromYaml(minimal(stages.toStdString()));
        QVERIFY(!recipe.ok());
        QVERIFY2(QString::fromStdString(recipe.error().message()).contains(says),
                 recipe.error().message().c_str());
        QVERIFY(recipe.error().code == ErrorCode::badInput);
    }

    void passRules()
    {
        QVERIFY(!fromYaml("id: x\npasses: []\n").ok());
        QVERIFY(!fromYaml("id: x\n").ok());
        QVERIFY(!fromYaml("id: 'Not an id'\npasses: [{stages: [round]}]\n").ok());
        QVERIFY(!fromYaml("id: x\npasses: [{stages: [round]}, {stages: [round]}]\n").ok());
        QVERIFY(!fromYaml("id: x\npasses: [{scope: model, stages: [round]}]\n").ok());
        QVERIFY(!fromYaml("id: x\npasses: [{stream: mixed, stages: [round]}]\n").ok());
        QVERIFY(!fromYaml("id: x\nfamily: bad\npasses: [{stages: [round]}]\n").ok());
        QVERIFY(
            !fromYaml("id: x\nfilled: false\npasses: [{stages: [round: {kind: gptq}]}]\n").ok());
        QVERIFY(fromYaml("id: x\npasses: [{stages: [round]}]\n").ok());
        QVERIFY(fromYaml("id: x\npasses: [{stream: mixed, mixedFrom: 0.5, stages: [transform, "
                         "train, round]}]\n")
                    .ok());
        QVERIFY(!fromYaml("id: x\npasses: [{stream: mixed, mixedFrom: 1.5, stages: [transform, "
                          "train, round]}]\n")
                     .ok());
    }

    void modelPass()
    {
        const auto two = [](const std::string &stages) {
            return fromYaml("id: x\npasses:\n  - stages: [transform, round]\n"
                            "  - {scope: model, stages: ["
                            + stages + "]}\n");
        };
        QVERIFY(two("tune").ok());
        QVERIFY(!two("round").ok());
        QVERIFY(!two("tune, tune").ok());
        QVERIFY(!two("").ok());
        QVERIFY(!two("tune: {groups: []}").ok());
        QVERIFY(two("tune: {groups: [], codes: learned}").ok());
        QVERIFY(!two("tune: {groups: [branch]}").ok());
        for (const auto &[preset, trains] : { std::pair { "bat", true },
                                              { "wush", true },
                                              { "flatquant-mx", true },
                                              { "mr-gptq", false } })
            QCOMPARE(
                withOverride(*library().find(preset), "tune.groups", Json::array({ "factors" }))
                    .ok(),
                trains);
        QVERIFY(!two("tune: {groups: [clips]}").ok());
        QVERIFY(!two("learn-rotation").ok());
        QVERIFY(
            !fromYaml("id: x\npasses: [{scope: model, stages: [tune]}, {stages: [round]}]\n").ok());
        QVERIFY(!fromYaml("id: x\npasses: [{scope: model, stages: [learn-rotation]}]\n").ok());
        QVERIFY(!fromYaml("id: x\npasses: [{stages: [round]}, {scope: model, stages: [tune: "
                          "{groups: [factors]}]}]\n")
                     .ok());
        const Recipe tuned = *two("tune");
        QCOMPARE(layerPassOf(tuned).passes.size(), std::size_t(1));
        const Recipe other = *withOverride(tuned, "tune.steps", 7);
        QVERIFY(other.hash() != tuned.hash());
        QCOMPARE(layerPassOf(other).hash(), layerPassOf(tuned).hash());
        // A recipe without the stage gets a pass of its own.
        const Recipe gptq = *withOverride(*library().find("gptq"), "tune.steps", 7);
        QCOMPARE(gptq.passes.size(), std::size_t(2));
        QCOMPARE(gptq.passes[1].scope, std::string("model"));
        QCOMPARE(integer(*gptq.findStage("tune"), "steps"), std::int64_t(7));
    }

    void learnedRotations_data()
    {
        QTest::addColumn<QString>("stages");
        QTest::addColumn<QString>("says");
        QTest::newRow("residual") << "rotate, round"
                                  << "";
        QTest::newRow("values") << "rotate: {residual: none, values: hadamard}, round"
                                << "";
        QTest::newRow("no rotate") << "transform: {kind: hadamard}, round"
                                   << "no rotation to learn";
        QTest::newRow("none of both") << "rotate: {residual: none}, round"
                                      << "no rotation to learn";
        QTest::newRow("trained transform") << "rotate, transform: {kind: gpk}, round"
                                           << "another network";
        QTest::newRow("fold") << "rotate, fold, round"
                              << "scaled or permuted";
        QTest::newRow("cache") << "rotate: {values: hadamard}, kv: {values: hadamard}, round"
                               << "rotated by rotate.values already";
    }
    void learnedRotations()
    {
        QFETCH(QString, stages);
        QFETCH(QString, says);
        const auto with = [&](const std::string &learn) {
            return fromYaml("id: x\npasses:\n  - {scope: model, stages: [" + learn
                            + "]}\n  - stages: [" + stages.toStdString() + "]\n");
        };
        const Result<Recipe> recipe = with("learn-rotation");
        QCOMPARE(recipe.ok(), says.isEmpty());
        if (!recipe) {
            QVERIFY2(QString::fromStdString(recipe.error().message()).contains(says),
                     recipe.error().message().c_str());
            return;
        }
        QCOMPARE(layerPass(*recipe).stages.back().kind, std::string("round"));
        QCOMPARE(layerPassOf(*recipe).passes.size(), std::size_t(1));
        QVERIFY(withOverride(*recipe, "stream", "fp")->passes[1].stream == Stream::fp);
        QCOMPARE(withOverride(*recipe, "tune.steps", 7)->passes.size(), std::size_t(3));
        QVERIFY(!with("learn-rotation: {blocks: private}").ok());
    }

    void learnedRotationsByOverride()
    {
        const Recipe quarot = *library().find("quarot");
        const Recipe learned = *withOverride(quarot, "learn-rotation.steps", 7);
        QCOMPARE(learned.passes.size(), std::size_t(2));
        QCOMPARE(learned.passes[0].scope, std::string("model"));
        QCOMPARE(layerPassOf(learned).hash(), layerPassOf(quarot).hash());
        const Result<Recipe> gptq =
            withOverride(*library().find("gptq"), "learn-rotation.steps", 7);
        QVERIFY(!gptq.ok());
        QVERIFY(gptq.error().hint.find("rotate") != std::string::npos);
    }

    void userFolder()
    {
        QTemporaryDir dir;
        const auto write = [&](const char *name, const char *text) {
            std::ofstream(dir.filePath(QString::fromLatin1(name)).toStdString()) << text;
        };
        write("mine.yaml",
              "id: mine\nbudgets:\n  tiny: {train.epochs: 1}\npasses:\n  - stages: [transform, "
              "train, round]\n");
        PresetLibrary presets = library();
        QVERIFY(presets.addFolder(dir.path().toStdString()).ok());
        QCOMPARE(presets.ids().back(), std::string("mine"));
        QCOMPARE(integer(*presets.find("mine", "tiny")->findStage("train"), "epochs"),
                 std::int64_t(1));
        QVERIFY(!presets.find("mine", "huge").ok());
        const Result<Recipe> typo = presets.find("mien");
        QVERIFY(!typo.ok() && typo.error().hint.find("mine") != std::string::npos);

        // A budget that gives no valid recipe is refused at once, with the line of the override.
        write("worse.yaml",
              "id: worse\nbudgets:\n  tiny:\n    train.epochs: 0\npasses:\n  - stages: [transform, "
              "train, round]\n");
        PresetLibrary more = library();
        const Result<void> refused = more.addFolder(dir.path().toStdString());
        QVERIFY(!refused.ok());
        QVERIFY2(refused.error().where.find("worse.yaml:4") != std::string::npos,
                 refused.error().message().c_str());
        QVERIFY(!more.find("worse").ok());
        // The calibration text it asks for is checked as the run's own.
        const auto asking = [&](const char *text) {
            const std::string preset = std::string("id: worse\nbudgets:\n  tiny:\n    ") + text
                + "\npasses:\n  - stages: [round]\n";
            write("worse.yaml", preset.c_str());
            PresetLibrary fresh = library();
            const Result<void> added = fresh.addFolder(dir.path().toStdString());
            return added ? fresh.calibrationText("worse", "tiny").dump() : added.error().message();
        };
        QCOMPARE(asking("calibration.sequences: 8"), std::string(R"({"calibration.sequences":8})"));
        for (const char *wrong : { "calibration.sequences: 0", "calibration.sequences: many",
                                   "calibration.sequence: 8", "protocol.windows: 8" }) {
            const std::string said = asking(wrong);
            QVERIFY2(said.find("worse.yaml:4") != std::string::npos, said.c_str());
        }
        QVERIFY(!library().addFolder("/nonexistent/folder").ok());
    }

    /// The folder of the user's settings is looked into; one bad file is named.
    void installedPresets()
    {
        QTemporaryDir dir;
        const bool given = qEnvironmentVariableIsSet("XDG_CONFIG_HOME");
        const QByteArray before = qgetenv("XDG_CONFIG_HOME");
        qputenv("XDG_CONFIG_HOME", dir.path().toUtf8());
        const auto restore = qScopeGuard([given, before] {
            if (given)
                qputenv("XDG_CONFIG_HOME", before);
            else
                qunsetenv("XDG_CONFIG_HOME");
        });
        QCOMPARE(PresetLibrary::installed()->ids(), library().ids());
        QVERIFY(QDir(dir.path()).mkpath(QStringLiteral("batlab/presets")));
        const std::string file =
            dir.filePath(QStringLiteral("batlab/presets/mine.yaml")).toStdString();
        std::ofstream(file) << "id: mine\npasses:\n  - stages: [round]\n";
        QVERIFY(PresetLibrary::installed()->find("mine").ok());
        std::ofstream(file) << "id: mine\npasses: 7\n";
        const Result<PresetLibrary> wrong = PresetLibrary::installed();
        QVERIFY(!wrong.ok() && wrong.error().where.find("mine.yaml:2") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestRecipe)
#include "tst_recipe.moc"
