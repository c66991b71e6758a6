// SPDX-License-Identifier: Apache-2.0
#include <QtTest> // first: moc 6.4 cannot read <concepts> before it

#include "core/spec/embedded.h"
#include "core/spec/sweep.h"
#include "core/stats/sweep_table.h"

#include <set>

using namespace batlab;

/// Axes, cells and tables of sweeps; every shipped family.
class TestSweep : public QObject
{
    Q_OBJECT

    const PresetLibrary m_presets = *PresetLibrary::builtIn();
    VariantSpec bat() const { return { "bat", *m_presets.find("bat"), Json::object() }; }
    static std::vector<SweepAxis> axes(const std::vector<std::string> &texts)
    {
        std::vector<SweepAxis> out;
        for (const std::string &text : texts)
            out.push_back(*sweepAxis(text));
        return out;
    }

private Q_SLOTS:
    void axesAreRead()
    {
        const SweepAxis damp = *sweepAxis("round.damp=0.01,0.1");
        QCOMPARE(damp.values.size(), std::size_t(2));
        QCOMPARE(damp.values[1].changes.at("round.damp"), Json(0.1));
        const SweepAxis pair = *sweepAxis("transform.g1:transform.g2=1:32,8:4");
        QCOMPARE(pair.values[0].changes.at("transform.g2"), Json(32));
        QCOMPARE(pair.values[1].text, std::string("8:4"));
        const SweepAxis sites = *sweepAxis("fold.sites=T1+T3,T2");
        QCOMPARE(sites.values[0].changes.at("fold.sites"), Json::array({ "T1", "T3" }));
        QCOMPARE(sweepAxis("seed=0,1")->values[1].changes.at("seed"), Json(1));
        QCOMPARE(sweepAxis("stream=fp,mixed")->values.size(), std::size_t(2));
        QCOMPARE(sweepAxis("calibration.sequences=8,16")->values.size(), std::size_t(2));
        // A value out of range keeps its reason; it is an error only if no value is left.
        const SweepAxis some = *sweepAxis("round.damp=0.01,50");
        QVERIFY(some.values[0].reason.empty() && !some.values[1].reason.empty());
        for (const char *bad : { "round.damp", "=1", "round.damp=", "round.damps=1", "round.damp=x",
                                 "protocol.windows=2", "model=demo", "round.damp=1,1",
                                 "transform.g1:transform.g2=1,2" }) {
            const auto axis = sweepAxis(bad);
            QVERIFY2(!axis.ok() && axis.error().code == ErrorCode::usage, bad);
        }
        QVERIFY(sweepAxis("round.damps=1").error().hint.find("round.damp") != std::string::npos);
        // What is there but cannot differ between rows says why, and what can.
        const Error format = sweepAxis("protocol.weightFormat=mxfp4,mxfp6-e2m3").error();
        QVERIFY2(format.what.find("one for all rows") != std::string::npos, format.what.c_str());
        QVERIFY(format.hint.find("precision.overrides") != std::string::npos);
        QVERIFY(sweepAxis("protocol.windows=1,2").error().hint.find("--set") != std::string::npos);
    }

    void cells()
    {
        const auto two = axes({ "transform.g1=4,8", "round.damp=0.01,0.02,0.03" });
        const auto grid = sweepCells(two, SweepMode::grid);
        QCOMPARE(grid.size(), std::size_t(6));
        QVERIFY(grid[4] == (SweepCell { 1, 1 })); // row-major
        const auto each = sweepCells(two, SweepMode::oneAtATime);
        QCOMPARE(each.size(), std::size_t(1 + 2 + 3));
        QVERIFY(each[0] == (SweepCell { std::nullopt, std::nullopt }));
        QVERIFY(each[5] == (SweepCell { std::nullopt, 2 }));
    }

    void variants()
    {
        const auto two = axes({ "transform.g1:transform.g2=1:32,8:4,8:3", "seed=0,7" });
        const VariantSpec one = *sweptVariant(bat(), two, { 0, 1 });
        QCOMPARE(one.id, std::string("bat-g1xg2-1x32-seed-7"));
        QCOMPARE(integer(*one.recipe.findStage("transform"), "g2"), std::int64_t(32));
        QCOMPARE(one.own.at("seed"), Json(7));
        QVERIFY(one.recipe.title.find("g1:g2 1:32, seed 7") != std::string::npos);
        const auto impossible = sweptVariant(bat(), two, { 2, 0 });
        QVERIFY(!impossible.ok());
        QVERIFY(impossible.error().what.find("8 x 3") != std::string::npos);
        const VariantSpec same = *sweptVariant(bat(), two, { std::nullopt, std::nullopt });
        QCOMPARE(same.id, std::string("bat"));
        QVERIFY(same.own.empty());
        // Long ids stay unique and legal.
        const auto many =
            axes({ "fold.sites=T1+T2+T3+T4,T1+T2+T3", "transform.sites=T1+T2+T3+T4",
                   "transform.parametrization=affine", "train.learningRate=0.00123" });
        const VariantSpec a = *sweptVariant(bat(), many, { 0, 0, 0, 0 });
        const VariantSpec b = *sweptVariant(bat(), many, { 1, 0, 0, 0 });
        QVERIFY(a.id.size() <= 64 && a.id != b.id);
    }

    /// What belongs to one variant alone survives the spec's JSON and is refused where it may not.
    void ownValues()
    {
        RunSpec spec = *runSpecFromYaml(
            "variants: [rtn, {preset: bat, own: {seed: 5, calibration.sequences: 3, "
            "settings.scaleRule: floor}}]\n"
            "contract: uniform\n",
            m_presets, "x");
        const RunSpec again = *runSpecFromJson(spec.toJson(), m_presets, "y");
        QCOMPARE(again.hash(), spec.hash());
        QVERIFY(!spec.toJson().at("variants")[0].contains("own")); // hashes of older specs stay
        const RunSpec own = specFor(spec, spec.variants[1]);
        QVERIFY(own.seed == 5 && own.calibration.sequences == 3);
        QVERIFY(specFor(spec, spec.variants[0]).hash() == spec.hash());
        QCOMPARE(effectiveSettings(spec, spec.variants[1]).scaleRule, std::string("floor"));
        QCOMPARE(effectiveSettings(spec, spec.variants[0]).scaleRule, std::string("uos"));
        for (const char *bad :
             { "protocol.windows: 3", "seed: -1", "seed: x", "analysis.enabled: false" }) {
            const auto wrong = runSpecFromYaml(
                std::string("variants: [{preset: rtn, own: {") + bad + "}}]\n", m_presets, "x");
            QVERIFY2(!wrong.ok(), bad);
        }
        QVERIFY(!runSpecFromYaml("variants: [{preset: rtn, own: {calibration.source: file}}]\n",
                                 m_presets, "x")
                     .ok());
    }

    void shippedFamilies()
    {
        const auto files = embeddedFiles("sweeps");
        QVERIFY(!files.empty());
        for (const EmbeddedFile &file : files) {
            const auto family = sweepFamilyFromYaml(file.text, file.name);
            QVERIFY2(family.ok(), family ? "" : family.error().message().c_str());
            const VariantSpec base { family->base, *m_presets.find(family->base), Json::object() };
            std::set<std::string> ids;
            std::size_t possible = 0;
            const std::vector<SweepCell> cells = sweepCells(family->axes, family->mode);
            const auto run = runSpecFromJson(
                { { "protocol", family->protocol }, { "variants", Json::array({ family->base }) } },
                m_presets, "x");
            QVERIFY2(run.ok(), run ? "" : run.error().message().c_str());
            for (const SweepCell &cell : cells)
                if (const auto variant = sweptVariant(base, family->axes, cell)) {
                    QVERIFY2(ids.insert(variant->id).second, variant->id.c_str());
                    ++possible;
                }
            QVERIFY(possible >= 5 && 10 * possible >= 9 * cells.size());
            for (const std::string &preset : family->presets)
                QVERIFY2(m_presets.find(preset).ok(), preset.c_str());
        }
        QVERIFY(loadSweepFamily("ablation-bat").ok());
        QCOMPARE(loadSweepFamily("ablation-bat-paper")->base, std::string("bat-paper"));
        QCOMPARE(loadSweepFamily("flatquant-int4")->protocol.at("activationFormat"),
                 Json("int4-sym"));
        QCOMPARE(loadSweepFamily("/no/such/file").error().code, ErrorCode::notFound);
        for (const char *bad : { "[]", "base: bat", "sweeps: ['round.damp=1']",
                                 "base: bat\nsweeps: ['round.damps=1']", "base: bat\nmore: 1",
                                 "base: bat\nmode: x\nsweeps: ['round.damp=1']",
                                 "base: bat\nprotocol: 4\nsweeps: ['round.damp=1']" })
            QVERIFY2(!sweepFamilyFromYaml(bad, "x").ok(), bad);
    }

    void tables()
    {
        Sweep sweep;
        sweep.id = "s_1";
        sweep.base = "bat";
        sweep.mode = "grid";
        sweep.metric = "output SQNR";
        sweep.unit = "dB";
        sweep.axes = toJson(axes({ "transform.g1=4,8", "transform.g2=2,4" }));
        const char *reason = "4 x 2 is no block";
        sweep.cells =
            Json::array({ { { "at", { 0, 0 } }, { "value", nullptr }, { "reason", reason } },
                          { { "at", { 0, 1 } }, { "value", 12.5 } },
                          { { "at", { 1, 0 } }, { "value", 13.25 } },
                          { { "at", { 1, 1 } }, { "value", 14.0 } } });
        QCOMPARE(QString::fromStdString(render(sweep, TableFormat::text)),
                 QString("s_1: output SQNR in dB of bat, more is better\n\n"
                         "g1  g2 2   g2 4\n4   [1]    12.50\n8   13.25  14.00\n"
                         "[1] 4 x 2 is no block\n"));
        const std::string latex = render(sweep, TableFormat::latex);
        QVERIFY(latex.find("{}4 & [1] & 12.50 \\\\") != std::string::npos);
        const QString csv = QString::fromStdString(render(sweep, TableFormat::csv));
        QCOMPARE(csv.count('\n'), 5);
        QVERIFY(Json::parse(render(sweep, TableFormat::json)).at("cells").size() == 4);
        sweep.mode = "one-at-a-time";
        sweep.cells = Json::array({ { { "at", { nullptr, nullptr } }, { "value", 14.0 } },
                                    { { "at", { 0, nullptr } }, { "value", 12.0 } } });
        const std::string list = render(sweep, TableFormat::text);
        QVERIFY(list.find("-2.00") != std::string::npos
                && list.find("(base)") != std::string::npos);
    }

    /// A session file may hold anything in these fields.
    void hostileContent()
    {
        for (const char *axes : { "null", "3", "[1]", "[{}]", "[{\"path\":1,\"values\":2}]",
                                  "[{\"path\":\"a\",\"values\":[1,2]}]" })
            for (const char *cells :
                 { "null", "[]", "[3]", "[{\"at\":[9]}]", "[{\"at\":[0,0]}]",
                   "[{\"at\":[-1],\"value\":\"x\"}]", "[{\"at\":[1],\"value\":1e308}]" })
                for (const char *mode : { "grid", "one-at-a-time", "" })
                    for (const std::string &format : tableFormatNames()) {
                        Sweep sweep;
                        sweep.mode = mode;
                        sweep.axes = Json::parse(axes);
                        sweep.cells = Json::parse(cells);
                        QVERIFY(!render(sweep, tableFormatFromName(format)).empty());
                    }
    }
};

QTEST_GUILESS_MAIN(TestSweep)
#include "tst_sweep.moc"
