// SPDX-License-Identifier: Apache-2.0
// What a run costs in matrix products, told from its specification.
#include "core/engine/service/preflight.h"
#include "core/recipe/recipe.h"
#include "core/spec/run_spec.h"

#include <QTest>

#include <cmath>

using namespace batlab;

namespace {

/// SmolLM2-135M's shape.
ModelConfig config()
{
    ModelConfig c;
    c.layers = 30;
    c.hidden = 576;
    c.intermediate = 1536;
    c.heads = 9;
    c.kvHeads = 3;
    c.headDim = 64;
    c.vocab = 49152;
    return c;
}

WorkEstimate estimate(const std::string &yaml)
{
    return estimateWork(
        runSpecFromYaml("model: tiny\n" + yaml, PresetLibrary::builtIn().orThrow(), "test")
            .orThrow(),
        config());
}

bool near(double a, double b) { return std::abs(a - b) <= 1e-9 * std::abs(b); }

} // namespace

class TstWorkEstimate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void variantsCountOnTheirOwnText()
    {
        const WorkEstimate plain = estimate("variants: [rtn, gptq]\n");
        QVERIFY(plain.sampling > 0 && plain.statistics > 0 && plain.calibration > 0);
        // Twice the tokens for everybody: twice the products of all but attention.
        const WorkEstimate doubled =
            estimate("calibration: {sequences: 64}\nvariants: [rtn, gptq]\n");
        QVERIFY(near(doubled.sampling, 2 * plain.sampling));
        QVERIFY(near(doubled.calibration, 2 * plain.calibration));
        // For one variant alone: its text is sampled beside the run's, and walked by itself.
        const WorkEstimate own = estimate("variants: [rtn, {preset: gptq, own: "
                                          "{calibration.sequences: 64}}]\n");
        QVERIFY(near(own.sampling, plain.sampling + doubled.sampling));
        QVERIFY(near(own.statistics, plain.statistics)); // they are of the run's text
        QVERIFY(own.calibration > plain.calibration && own.calibration < doubled.calibration * 1.5);
        // The same text under another name is the same text.
        const WorkEstimate same = estimate("variants: [rtn, {preset: gptq, own: "
                                           "{calibration.sequences: 32}}]\n");
        QVERIFY(near(same.sampling, plain.sampling) && near(same.calibration, plain.calibration));
        // Text from a file is not sampled.
        const WorkEstimate file = estimate("calibration: {source: file, file: README.md}\n"
                                           "variants: [rtn]\n");
        QCOMPARE(file.sampling, 0.0);
    }

    void everyTextIsEvaluated()
    {
        const WorkEstimate one = estimate("variants: [rtn]\n");
        const WorkEstimate two = estimate("alsoEvaluate: [gsm8k]\nvariants: [rtn]\n");
        QVERIFY(near(two.evaluation, 2 * one.evaluation));
        QCOMPARE(estimate("evaluate: false\nvariants: [rtn]\n").evaluation, 0.0);
    }
};

QTEST_APPLESS_MAIN(TstWorkEstimate)
#include "tst_work_estimate.moc"
