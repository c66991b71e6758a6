// SPDX-License-Identifier: Apache-2.0
#include <QtTest> // first: moc 6.4 cannot read <concepts> before it

#include "core/recipe/recipe.h"
#include "core/spec/run_spec.h"

#include <map>

using namespace batlab;

/// What presets ask for beyond their desk recipe: the paper's budget, its text, transforms of the
/// cache.
class TestBudgets : public QObject
{
    Q_OBJECT

    const PresetLibrary m_presets = *PresetLibrary::builtIn();

private Q_SLOTS:
    /// methods.md App. B: what the paper's budget changes, a row for every preset.
    void paperBudgets_data()
    {
        static const std::map<std::string, std::pair<const char *, const char *>> rows {
            { "rtn-ocp", { "", "" } },
            { "rtn-uos", { "", "" } },
            { "h32", { "", "" } },
            { "smoothquant", { "128 x 2048", "" } },
            { "awq", { "128 x 512", "fold.searchSequences=128" } },
            { "gptq", { "128 x 2048", "" } },
            { "gptq-asym", { "128 x 2048", "" } },
            { "autoround", { "128 x 2048", "round.learnBatch=8 round.learnSteps=200" } },
            { "mr-gptq", { "1024 x 2048", "round.scaleSearch=mse" } },
            { "quarot", { "128 x 2048", "" } },
            { "spinquant",
              { "128 x 2048",
                "learn-rotation.batch=8 learn-rotation.length=2048 "
                "learn-rotation.sequences=800" } },
            { "brq", { "128 x 2048", "" } },
            { "brq-spin",
              { "128 x 2048",
                "learn-rotation.batch=8 learn-rotation.length=2048 "
                "learn-rotation.sequences=800" } },
            { "flatquant-mx", { "128 x 2048", "train.epochs=15" } },
            { "duquant", { "128 x 2048", "transform.greedySteps=256" } },
            { "bat-paper", { "128 x 2048 self", "train.epochs=5" } },
            { "wush",
              { "1024 x 2048",
                "round.kind=babai round.scales=dynamic transform.moment=conditional" } },
            { "hires", { "128 x 2048", "" } },
            { "diag-h32", { "128 x 2048", "" } },
            { "bat", { "128 x 2048", "train.epochs=5" } },
            { "bat-rtn", { "128 x 2048", "train.epochs=5" } },
            { "bat-plus", { "128 x 2048", "tune.sequences=4000 tune.steps=2000" } },
            { "bat-plus-refined", { "128 x 2048", "tune.sequences=4000 tune.steps=2000" } },
            { "bat-plus-lr", { "128 x 2048", "tune.sequences=4000 tune.steps=2000" } },
        };
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("changes");
        for (const std::string &id : m_presets.ids()) {
            const auto row = rows.find(id);
            QTest::newRow(id.c_str()) << (row == rows.end() ? "no row" : row->second.first)
                                      << (row == rows.end() ? "no row" : row->second.second);
        }
    }
    void paperBudgets()
    {
        QFETCH(QString, text);
        QFETCH(QString, changes);
        const std::string id = QTest::currentDataTag();
        QStringList differs;
        for (const SpecDifference &d :
             diff(m_presets.find(id)->toJson(), m_presets.find(id, "paper")->toJson()))
            if (d.path != "budget" && d.path != "filled")
                differs << QString::fromStdString(d.path).section(".stages.", -1) + "="
                        + QString::fromStdString(d.after);
        differs.sort();
        QCOMPARE(differs.join(' '), changes);
        QVERIFY(m_presets.calibrationText(id, "desk").empty());
        const Json asked = m_presets.calibrationText(id, "paper");
        QString said;
        if (asked.contains("calibration.sequences"))
            said = QStringLiteral("%1 x %2")
                       .arg(asked.at("calibration.sequences").get<int>())
                       .arg(asked.at("calibration.length").get<int>());
        if (asked.contains("calibration.source"))
            said += " " + QString::fromStdString(asked.at("calibration.source").get<std::string>());
        QCOMPARE(said, text);
    }

    /// methods.md 2.11.6, 2.14: transforms of the cache, idle where it is not quantized.
    void cacheTransforms()
    {
        QStringList said;
        for (const std::string &id : m_presets.ids())
            if (const Recipe r = *m_presets.find(id); const Stage *kv = r.findStage("kv"))
                said << QString::fromStdString(id + " " + text(*kv, "keys") + " "
                                               + text(*kv, "values"));
        QCOMPARE(said.join(", "),
                 QString("quarot hadamard-head none, spinquant hadamard-head none, "
                         "brq hadamard none, brq-spin hadamard none, flatquant-mx gpk none, "
                         "bat-paper gpk gpk, bat gpk gpk, bat-rtn gpk gpk, bat-plus gpk gpk, "
                         "bat-plus-refined gpk gpk, bat-plus-lr gpk gpk"));
    }

    /// The text a preset's budget asks for is the variant's own, unless the run names another.
    void textOfBudgets()
    {
        const std::string variants =
            "variants: [rtn, mr-gptq, {preset: mr-gptq, id: paper, budget: paper},"
            " {preset: wush, budget: paper, own: {calibration.sequences: 3}}]\n";
        const auto amounts = [&](const RunSpec &spec) {
            QStringList out;
            for (const VariantSpec &v : spec.variants) {
                const CalibrationSpec c = specFor(spec, v).calibration;
                out << QStringLiteral("%1x%2").arg(c.sequences).arg(c.length);
            }
            return out.join(' ');
        };
        const RunSpec open = *runSpecFromYaml(variants, m_presets, "x");
        QCOMPARE(amounts(open), QString("32x512 32x512 1024x2048 3x2048"));
        QCOMPARE(runSpecFromJson(open.toJson(), m_presets, "y")->hash(), open.hash());
        const RunSpec named =
            *runSpecFromYaml("calibration: {length: 256}\n" + variants, m_presets, "x");
        QCOMPARE(amounts(named), QString("32x256 32x256 1024x256 3x256"));
        QCOMPARE(amounts(*withSetting(open, "calibration.sequences", "8")),
                 QString("8x512 8x512 8x2048 8x2048"));
    }
};

QTEST_GUILESS_MAIN(TestBudgets)
#include "tst_budgets.moc"
