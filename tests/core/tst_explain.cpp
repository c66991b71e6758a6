// SPDX-License-Identifier: Apache-2.0
#include <QtTest> // first: moc 6.4 cannot read <concepts> before it

#include "core/stats/explain.h"

#include <cmath>
#include <limits>

using namespace batlab;

/// Where a variant goes wrong first, and the summary of its sites, on known numbers.
class TestExplain : public QObject
{
    Q_OBJECT

    static ArtifactPtr make(Artifact a) { return std::make_shared<const Artifact>(std::move(a)); }
    static SiteStats stats(const char *variant, StatStage stage, std::vector<float> energy)
    {
        SiteStats s;
        s.variant = variant;
        s.stage = stage;
        s.blocks = static_cast<std::int64_t>(energy.size());
        s.energy = std::move(energy);
        s.kurtosis.assign(s.energy.size(), 3);
        s.bimodality.assign(s.energy.size(), 0.4F);
        s.bimodality.front() = 0.9F;
        return s;
    }

private Q_SLOTS:
    void againstABaseline()
    {
        const std::vector<double> base { 0.01, 0.02, 0.04, 0.05 };
        QVERIFY(!firstWrongAgainst(std::vector { 0.01, 0.02, 0.08, 0.05 }, base).found());
        const WrongLayer wrong = firstWrongAgainst(std::vector { 0.01, 0.02, 0.09, 0.9 }, base);
        QCOMPARE(wrong.layer, std::int64_t(2));
        QVERIFY(std::abs(wrong.factor - 2.25) < 1e-12);
        const double nan = std::numeric_limits<double>::quiet_NaN();
        QCOMPARE(firstWrongAgainst(std::vector { 0.01, nan }, base).layer, std::int64_t(1));
        // A layer the baseline gets exactly right, or lacks, decides nothing.
        QVERIFY(!firstWrongAgainst(std::vector { 0.5, 0.5 }, std::vector { 0.0 }).found());
        QVERIFY(!firstWrongAgainst({}, base).found());
    }

    void jumps()
    {
        QVERIFY(!firstJump(std::vector { 0.01, 0.015, 0.0225, 0.034 }).found()); // steady growth
        // A jump is found where it happens although the error stays high after it.
        const WrongLayer jump = firstJump(std::vector { 0.04, 0.05, 0.05, 0.14, 0.14, 0.14 });
        QCOMPARE(jump.layer, std::int64_t(3));
        QVERIFY(std::abs(jump.factor - 2.8) < 1e-12);
        QCOMPARE(firstJump(std::vector { 0.01, 0.03 }).layer, std::int64_t(1));
        QVERIFY(!firstJump(std::vector { 0.9 }).found());
        // One bad layer before it does not hide the next.
        QCOMPARE(firstJump(std::vector { 0.1, 0.1, 0.24, 0.1, 0.4 }).layer, std::int64_t(4));
        QCOMPARE(firstJump(std::vector { std::numeric_limits<double>::infinity() }).layer,
                 std::int64_t(0));
    }

    void summary()
    {
        std::vector<ArtifactPtr> artifacts;
        artifacts.push_back(make(stats("reference", StatStage::before, { 1, 1, 100 })));
        SiteStats after = stats("bat", StatStage::after, { 1, 1, 10 });
        after.codeUse.assign(48, 0);
        after.codeUse[7] = after.codeUse[16 + 15] = after.codeUse[1] = after.codeUse[2] = 5;
        artifacts.push_back(make(after));
        artifacts.push_back(make(stats("other", StatStage::after, { 1, 1, 1e6F })));
        for (int layer = 0; layer < 2; ++layer) {
            SiteFlow flow;
            flow.variant = "bat";
            flow.layer = { Branch::text, layer };
            flow.condition = layer == 1 ? 7 : 2;
            flow.clippedMaxima = 0.25;
            flow.groups = 2;
            flow.energyFlow = layer == 1 ? std::vector<float> { 1, 0, 0, 1 }
                                         : std::vector<float> { 0.5F, 0.5F, 0, 0 };
            artifacts.push_back(make(flow));
            LayerDone done;
            done.variant = "bat";
            done.layer = flow.layer;
            done.relativeError = 0.1 * (1 + layer);
            artifacts.push_back(make(done));
            done.variant = "rtn";
            done.relativeError = 0.04;
            artifacts.push_back(make(done));
        }
        LinearScore score;
        score.variant = "bat";
        score.linear = Linear::down;
        score.outputSqnrDb = 12;
        artifacts.push_back(make(score));
        EvaluationResult alone;
        alone.variant = "bat";
        alone.metric = kSiteMetric;
        alone.task = "wikitext2-T3";
        alone.value = 0.125;
        alone.standardError = 0.01;
        artifacts.push_back(make(alone));
        alone.variant = "other";
        alone.task = "wikitext2-T2";
        artifacts.push_back(make(alone));
        const Explanation e = explain(artifacts, "bat", "rtn");
        QCOMPARE(e.sites[2].aloneKld, 0.125);
        QCOMPARE(e.sites[2].aloneKldError, 0.01);
        QVERIFY(std::isnan(e.sites[1].aloneKld));
        const SiteExplanation &t1 = e.sites[0];
        QVERIFY(std::abs(t1.energySpreadBefore - 20) < 1e-6);
        QVERIFY(std::abs(t1.energySpreadAfter - 10) < 1e-6);
        QVERIFY(std::abs(t1.bimodalAfter - 1.0 / 3) < 1e-9);
        QCOMPARE(t1.maxCondition, 7.0);
        QCOMPARE(toString(t1.maxConditionLayer), std::string("text.1"));
        // Layer 0: one row half moved, one without energy; layer 1: nothing moved.
        QVERIFY(std::abs(t1.energyMoved - 0.25) < 1e-9);
        QVERIFY(std::abs(t1.codeEntropyBits - 2) < 1e-9);
        QCOMPARE(t1.largestCodeShare, 0.5);
        QCOMPARE(e.sites[3].outputSqnrDb, 12.0);
        QVERIFY(std::isnan(e.sites[1].energySpreadBefore));
        QCOMPARE(e.againstBaseline.layer, std::int64_t(0));
        QCOMPARE(e.baseline, std::string("rtn"));
        QVERIFY(explain(artifacts, "bat", "absent").baseline.empty());
        const Json json = toJson(e);
        QVERIFY(json.at("sites").at("T2").at("energy_moved").is_null());
        QCOMPARE(json.at("sites").at("T3").at("alone_kld"), Json(0.125));
        QCOMPARE(json.at("first_wrong_layer").at("layer"), Json(0));
        QVERIFY(render(e).find("first wrong layer: 0 (2.5 x the error of rtn") == 0);
    }

    void matrix()
    {
        SiteFlow flow;
        flow.variant = "quarot";
        flow.groups = 2;
        flow.energyFlow = { 1, 0, 0.25F, 0.75F };
        QCOMPARE(render(flow).substr(render(flow).find('\n')), std::string("\n#.\n27\n"));
    }
};

QTEST_GUILESS_MAIN(TestExplain)
#include "tst_explain.moc"
