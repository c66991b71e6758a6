// SPDX-License-Identifier: Apache-2.0
#include <QtTest> // first: moc 6.4 cannot read <concepts> before it

#include "core/base/hash.h"
#include "core/stats/block_statistics.h"
#include "core/stats/pyramid.h"
#include "core/stats/recovery.h"

#include <cmath>
#include <limits>

using namespace batlab;

class TestStats : public QObject
{
    Q_OBJECT

    static PowerSums sumsOf(const std::vector<double> &xs)
    {
        PowerSums s;
        for (const double x : xs) {
            s.count += 1;
            s.sum += x;
            s.sum2 += x * x;
            s.sum3 += x * x * x;
            s.sum4 += x * x * x * x;
        }
        return s;
    }
    static std::vector<std::uint32_t> histogram(double distance, double sigma, double count,
                                                std::uint64_t seed)
    {
        std::vector<std::uint32_t> h(96);
        for (int i = 0; i < 96; ++i) {
            const double x = -8 + (i + 0.5) / 6;
            const auto bump = [&](double m) {
                return std::exp(-0.5 * (x - m) * (x - m) / (sigma * sigma));
            };
            const double mean =
                count * 0.5 * (bump(-distance) + bump(distance)) / (sigma * 2.5066 * 6);
            const double noise = randomUniform(seed, static_cast<std::uint64_t>(i))
                + randomUniform(seed, 1000 + static_cast<std::uint64_t>(i)) - 1;
            h[static_cast<std::size_t>(i)] =
                static_cast<std::uint32_t>(std::max(0.0, mean + noise * 2.4 * std::sqrt(mean)));
        }
        return h;
    }
    static std::vector<VariantInfo> variants()
    {
        std::vector<VariantInfo> out(4);
        const char *ids[] { "rtn", "bat", "reference", "gptq" };
        const char *families[] { "none", "bat", "reference", "none" };
        for (std::size_t i = 0; i < 4; ++i) {
            out[i].id = ids[i];
            out[i].title = i == 1 ? "BAT_& 100%" : ids[i];
            out[i].family = families[i];
            out[i].filled = i == 1 || i == 3;
            out[i].settings = { { "scaleRule", "uos" }, { "ties", "even" } };
            out[i].protocol = { { "weightFormat", "mxfp4" },
                                { "activationFormat", "mxfp4" },
                                { "kvFormat", "bf16" },
                                { "dtype", "bf16" },
                                { "text", "wikitext2" },
                                { "windowLength", 2048 },
                                { "windows", 4 } };
        }
        out[1].onlineParameters = 13824;
        out[1].onlineFlopPerToken = 2.5e6;
        return out;
    }
    static std::vector<EvaluationResult> results()
    {
        std::vector<EvaluationResult> out;
        const auto add = [&](const char *id, double ppl, double kld, std::vector<double> nll) {
            EvaluationResult r;
            r.variant = id;
            r.task = "wikitext2";
            r.metric = "perplexity";
            r.value = ppl;
            r.standardError = ppl / 100;
            r.kld = kld;
            r.kldStandardError = kld / 50;
            r.top1Agreement = 0.75;
            r.windowNll = std::move(nll);
            r.windowKld = kld > 0 ? std::vector<double>(4, kld) : std::vector<double>();
            r.samples = 4;
            r.protocolHash = "p";
            out.push_back(std::move(r));
        };
        add("bat", 25, 0.25, { 3.2, 3.25, 3.18, 3.22 });
        add("reference", 20, 0, { 3.0, 3.05, 2.98, 3.02 });
        add("rtn", 60, 1.0, { 4.0, 4.1, 4.05, 4.15 });
        add("gptq", 20.3, 0.05, { 3.01, 3.06, 2.99, 3.03 });
        return out;
    }

private Q_SLOTS:
    void moments()
    {
        std::vector<double> uniform;
        for (int i = 0; i < 20001; ++i)
            uniform.push_back(-1 + i / 10000.0);
        QVERIFY(std::abs(kurtosis(sumsOf(uniform)) - 1.8) < 1e-3);
        QVERIFY(std::abs(bimodality(sumsOf(uniform)) - 5.0 / 9) < 1e-3);
        QCOMPARE(kurtosis(sumsOf({ -2, 2, -2, 2 })), 1.0);
        QCOMPARE(bimodality(sumsOf({ -2, 2, -2, 2 })), 1.0);
        // Moments are central: a shift changes nothing.
        QVERIFY(std::abs(kurtosis(sumsOf({ 8, 12, 8, 12 })) - 1) < 1e-9);
        const PowerSums skewed = sumsOf({ 0, 0, 0, 4 }); // m2 3, m3 6, m4 21
        QVERIFY(std::abs(skewness(skewed) - 6 / std::pow(3, 1.5)) < 1e-12);
        QVERIFY(std::abs(kurtosis(skewed) - 21.0 / 9) < 1e-12);
        QVERIFY(std::isnan(kurtosis(sumsOf({ 3, 3, 3 }))));
        QVERIFY(std::isnan(bimodality(PowerSums {})));
    }

    void valleys()
    {
        QCOMPARE(valleyDepth({}), 0.0);
        QCOMPARE(valleyDepth(std::vector<std::uint32_t>(96, 0)), 0.0);
        QCOMPARE(valleyDepth(std::vector<std::uint32_t>(96, 1000)), 0.0);
        for (std::uint64_t seed = 0; seed < 50; ++seed) {
            QCOMPARE(valleyDepth(histogram(0, 2, 5e5, seed)), 0.0); // noise is no valley
            QVERIFY(valleyDepth(histogram(3, 0.6, 5e5, seed)) > 0.99);
            const double half = valleyDepth(
                histogram(2, 1.2, 5e5, seed)); // 2 exp(-d^2/2s^2) / (1 + exp(-2d^2/s^2)): 0.50
            QVERIFY2(std::abs(half - 0.50) < 0.05, qPrintable(QString::number(half)));
        }
        // What lies outside gathers in the end bins and is no mode.
        std::vector<std::uint32_t> ends = histogram(0, 1, 5e5, 1);
        ends.front() = ends.back() = 1000000;
        QCOMPARE(valleyDepth(ends), 0.0);
    }

    void pyramidKeepsEveryOutlier()
    {
        const std::int64_t rows = 37, cols = 53;
        for (int hot = 0; hot < rows * cols; hot += 97) {
            std::vector<float> data(static_cast<std::size_t>(rows * cols), 1);
            data[static_cast<std::size_t>(hot)] = 100;
            const LodPyramid p = LodPyramid::build(data, rows, cols);
            QCOMPARE(p.levels.size(), std::size_t(7));
            for (std::size_t l = 1; l < p.levels.size(); ++l) {
                const std::int64_t r = (hot / cols) >> l, c = (hot % cols) >> l;
                QCOMPARE(p.levels[l].max[static_cast<std::size_t>(r * p.levels[l].cols + c)],
                         100.0F);
            }
            QVERIFY(p.levels.back().rows == 1 && p.levels.back().cols == 1);
            QVERIFY(std::abs(p.levels.back().mean[0] - (1 + 99.0 / (37 * 53))) < 1e-5);
            QCOMPARE(p.levels.back().min[0], 1.0F);
        }
    }

    void pyramidHoles()
    {
        const float nan = std::numeric_limits<float>::quiet_NaN();
        const LodPyramid p =
            LodPyramid::build(std::vector<float> { nan, nan, 3, nan, nan, 5 }, 2, 3);
        QVERIFY(std::isnan(p.levels[1].max[0]) && std::isnan(p.levels[1].mean[0]));
        QCOMPARE(p.levels[1].mean[1], 4.0F);
        QCOMPARE(p.levels[2].max[0], 5.0F);
        QCOMPARE(p.levels[2].min[0], 3.0F);
        QVERIFY(LodPyramid::build(std::vector<float> { 1, 2 }, 2, 3).levels.empty());
        QVERIFY(LodPyramid::build({}, 0, 0).levels.empty());
        QCOMPARE(LodPyramid::build(std::vector<float> { 1 }, 1, 1).levels.size(), std::size_t(1));
    }

    void bootstrap()
    {
        std::vector<double> a, b;
        for (std::uint64_t i = 0; i < 40; ++i) {
            b.push_back(3 + randomUniform(1, i));
            a.push_back(b.back() + 0.1 + 0.05 * (randomUniform(2, i) - 0.5));
        }
        const PairedDifference d = pairedBootstrap(a, b);
        QVERIFY(std::abs(d.mean - 0.1) < 0.01);
        QVERIFY(d.low > 0.09 && d.high < 0.11 && d.low < d.mean && d.mean < d.high);
        QVERIFY(d.significant());
        QVERIFY(d.pValue < 0.001 && d.pValue > 0);
        QCOMPARE(pairedBootstrap(a, b).low, d.low); // the same seed, the same interval
        QVERIFY(pairedBootstrap(a, b, 1).low != d.low);
        QCOMPARE(pairedBootstrap(b, a).mean, -d.mean);
        std::vector<double> noise;
        for (std::uint64_t i = 0; i < 40; ++i)
            noise.push_back(b[i] + randomUniform(3, i) - 0.5);
        QVERIFY(!pairedBootstrap(noise, b).significant());
        QVERIFY(pairedBootstrap(noise, b).pValue > 0.05);
        QVERIFY(!pairedBootstrap({ 1 }, { 0 }).significant());
        QCOMPARE(pairedBootstrap({ 1, 2 }, { 0 }).pairs, std::int64_t(0));
        const PairedDifference same = pairedBootstrap(a, a);
        QVERIFY(same.mean == 0 && !same.significant() && same.pValue == 1);
    }

    /// The interval holds the truth about 95 times in 100 (small samples: a little less).
    void bootstrapCoverage()
    {
        int held = 0;
        for (std::uint64_t run = 0; run < 200; ++run) {
            std::vector<double> a, zero(30, 0.0);
            for (std::uint64_t i = 0; i < 30; ++i) {
                double x = -6;
                for (std::uint64_t k = 0; k < 12; ++k)
                    x += randomUniform(77 + run, i * 12 + k);
                a.push_back(x);
            }
            const PairedDifference d = pairedBootstrap(a, zero, run);
            held += d.low <= 0 && 0 <= d.high;
        }
        QVERIFY2(held >= 176 && held <= 199, qPrintable(QString::number(held)));
    }

    void table()
    {
        const RecoveryTable t = recoveryTable(variants(), results());
        QStringList order;
        for (const RecoveryRow &row : t.rows)
            order << QString::fromStdString(row.variant);
        QCOMPARE(order.join(' '), QString("reference rtn bat gptq"));
        QCOMPARE(t.baseline, std::string("rtn"));
        QVERIFY(t.comparable);
        QCOMPARE(t.contract,
                 std::string("W mxfp4, A mxfp4, KV bf16; wikitext2, 4 windows x 2048 tokens, bf16; "
                             "scales uos/even"));
        QCOMPARE(t.rows[2].recovery, 80.0);
        QCOMPARE(t.rows[2].gapLeft, 0.125);
        QCOMPARE(t.rows[2].band, 'R');
        QCOMPARE(t.rows[3].band, 'F');
        QCOMPARE(t.rows[0].band, 'L');
        QCOMPARE(t.rows[2].nllVsBaseline.pairs, std::int64_t(4));
        QVERIFY(t.rows[2].nllVsBaseline.significant());
        QCOMPARE(t.rows[1].nllVsBaseline.pairs, std::int64_t(0));
        QCOMPARE(recoveryTable(variants(), results(), "gptq").baseline, std::string("gptq"));
        auto mixed = results();
        mixed[0].protocolHash = "other";
        QVERIFY(!recoveryTable(variants(), mixed).comparable);
        QVERIFY(recoveryTable({}, {}).rows.empty());
        QVERIFY(std::isnan(recoveryTable(variants(), { results()[0] }).rows[0].recovery));
    }

    void renderings()
    {
        const RecoveryTable t = recoveryTable(variants(), results());
        const std::string text = render(t, TableFormat::text);
        const char *golden =
            "W mxfp4, A mxfp4, KV bf16; wikitext2, 4 windows x 2048 tokens, bf16; scales "
            "uos/even\n\n"
            "Method      Weights           Perplexity        KLD (nats)  Top-1 %  Recovery %  Band "
            " "
            "Gap left                   dNLL vs rtn  Online par.  FLOP/token\n"
            "----------  -----------  ---------------  ----------------  -------  ----------  ---- "
            " "
            "--------  ----------------------------  -----------  ----------\n"
            "reference   full         20.000 +- 0.200                 -   100.00      100.00  -    "
            "    "
            "0.000  @REF@            0           0\n"
            "rtn         nearest      60.000 +- 0.600  1.0000 +- 0.0200    75.00       33.33  R    "
            "    "
            "1.000                             -            0           0\n";
        std::string expected = golden;
        const PairedDifference d = t.rows[0].nllVsBaseline;
        expected.replace(
            expected.find("@REF@"), 5,
            QString::asprintf("%+.4f [%+.4f, %+.4f] *", d.mean, d.low, d.high).toStdString());
        QCOMPARE(QString::fromStdString(text.substr(0, expected.size())),
                 QString::fromStdString(expected));
        QVERIFY(text.find("13.8k") != std::string::npos && text.find("2.5M") != std::string::npos);

        const std::string markdown = render(t, TableFormat::markdown);
        QVERIFY(markdown.find("|---|---|---:|") != std::string::npos);
        QVERIFY(markdown.find("| BAT_& 100% | compensated | 25.000 \xc2\xb1 0.250 |")
                != std::string::npos);
        const std::string latex = render(t, TableFormat::latex);
        QVERIFY(latex.find("BAT\\_\\& 100\\% & compensated & 25.000 $\\pm$ 0.250")
                != std::string::npos);
        QVERIFY(latex.find("\\begin{tabular}{llrrrrlrrrr}") != std::string::npos);
        const std::string csv = render(t, TableFormat::csv);
        QCOMPARE(QString::fromStdString(csv).count('\n'), 5);
        for (const QString &line : QString::fromStdString(csv).trimmed().split('\n'))
            QCOMPARE(line.count(','), 21);
        const Json json = Json::parse(render(t, TableFormat::json));
        QCOMPARE(json["rows"][2]["perplexity"], Json(25.0));
        QVERIFY(json["rows"][1]["nll_vs_baseline"].is_null());
        RecoveryTable wrong = t;
        wrong.comparable = false;
        for (const TableFormat f : { TableFormat::text, TableFormat::markdown, TableFormat::latex })
            QVERIFY(render(wrong, f).find("NOT COMPARABLE") != std::string::npos);
        // Every line before the tabular is a comment in LaTeX.
        QVERIFY(render(wrong, TableFormat::latex).find("\n% NOT") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestStats)
#include "tst_stats.moc"
