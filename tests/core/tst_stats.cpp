// SPDX-License-Identifier: Apache-2.0
#include <QtTest> // first: moc 6.4 cannot read <concepts> before it

#include "core/base/hash.h"
#include "core/stats/activation_blocks.h"
#include "core/stats/block_statistics.h"
#include "core/stats/dip.h"
#include "core/stats/pyramid.h"
#include "core/stats/recovery.h"

#include <cmath>
#include <limits>
#include <random>

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
        out[1].settings["onlineEpilogue"] = 3824;
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
    void activationsByBlock()
    {
        // One outlier of 64 in a block: the scale follows it, ones vanish. 40 channels: a short
        // block at the end, counted by its own 8.
        std::vector<float> values(2 * 40, 1.0F);
        values[3] = 64;
        values[40 + 35] = 0.5F;
        kernels::QuantSpec spec;
        spec.rule = kernels::ScaleRule::floor;
        const ActivationBlocks out = activationBlocks(values, 2, 40, spec);
        QCOMPARE(out.tokens, 2);
        QCOMPARE(out.blocks, 2);
        QVERIFY(std::abs(out.energy[0] - (64.0F * 64 + 31) / 32) < 1e-3F);
        QVERIFY(std::abs(out.error[0] - 31.0F / 32) < 1e-6F); // every 1 became 0
        QCOMPARE(out.beyond[0], 0.0F);
        QCOMPARE(out.error[1], 0.0F); // 1 is on the grid
        QVERIFY(std::abs(out.energy[3] - (7 + 0.25F) / 8) < 1e-6F);
        // 7.5 saturates at 6 under the floor rule.
        values.assign(32, 0.0F);
        values[0] = 7.5F;
        const ActivationBlocks clipped = activationBlocks(values, 1, 32, spec);
        QVERIFY(std::abs(clipped.beyond[0] - 1.0F / 32) < 1e-7F);
        QVERIFY(std::abs(clipped.error[0] - 1.5F * 1.5F / 32) < 1e-6F);
        QVERIFY(activationBlocks(values, 3, 32, spec).energy.empty()); // fewer numbers than said
    }

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

    /// A lower bound from the definition: the least d for which a convex and then concave function,
    /// which may jump at its mode, lies within d of the sample's distribution function.
    static double dipByDefinition(std::vector<double> x)
    {
        std::sort(x.begin(), x.end());
        const std::size_t n = x.size();
        // At x_i: F(x_i) >= (i+1)/n - d and, just before it, F <= i/n + d. At the mode F may jump:
        // the convex side knows only the second, the concave side only the first.
        const auto fits = [&](std::size_t from, std::size_t to, bool convex, double d) {
            for (std::size_t i = from; i <= to; ++i) {
                if (i == (convex ? to : from))
                    continue;
                const double below = double(i + 1) / double(n) - d;
                const double above = double(i) / double(n) + d;
                for (std::size_t a = from; a <= i; ++a) {
                    for (std::size_t b = i; b <= to; ++b) {
                        const double t = b == a ? 0 : (x[i] - x[a]) / (x[b] - x[a]);
                        const double upper = (double(a) + t * double(b - a)) / double(n) + d;
                        const double lower = (double(a + 1) + t * double(b - a)) / double(n) - d;
                        if (convex ? upper < below - 1e-12 : lower > above + 1e-12)
                            return false;
                    }
                }
            }
            return true;
        };
        double low = 0, high = 0.5;
        for (int pass = 0; pass < 40; ++pass) {
            const double d = (low + high) / 2;
            bool possible = false;
            for (std::size_t mode = 0; mode < n && !possible; ++mode)
                possible = fits(0, mode, true, d) && fits(mode, n - 1, false, d);
            (possible ? high : low) = d;
        }
        return high;
    }

    void dips()
    {
        QCOMPARE(dipStatistic({}), 0.0);
        QCOMPARE(dipStatistic({ 7 }), 0.5);
        std::vector<float> grid, two(64, -1.0F), same(50, 3.0F);
        for (int i = 0; i < 100; ++i)
            grid.push_back(float(i));
        two.insert(two.end(), 64, 1.0F);
        QCOMPARE(dipStatistic(grid), 1.0 / 200);
        QCOMPARE(dipStatistic(same), 1.0 / 100);
        QVERIFY(std::abs(dipStatistic(two) - 0.25) < 0.01);
        std::mt19937_64 random(5);
        for (int round = 0; round < 60; ++round) {
            std::normal_distribution<double> noise(0, 0.3 + 0.1 * (round % 5));
            std::vector<float> sample;
            std::vector<double> exact;
            for (int i = 0; i < 6 + round % 12; ++i) {
                sample.push_back(
                    static_cast<float>((round % 2 ? (i % 2 ? 1 : -1) : 0) + noise(random)));
                exact.push_back(double(sample.back()));
            }
            const double n = double(sample.size());
            const double found = dipStatistic(sample);
            QVERIFY(found >= dipByDefinition(exact) - 1e-6);
            QVERIFY(found >= 0.5 / n - 1e-12 && found <= 0.25 + 1e-12);
            // Neither place, scale nor direction matters.
            for (float &v : sample)
                v = 3 - 2 * v;
            QVERIFY(std::abs(dipStatistic(sample) - found) < 1e-5);
        }
        std::vector<float> uniform, bimodal;
        std::normal_distribution<float> peak(0, 0.4F);
        std::uniform_real_distribution<float> even(0, 1);
        for (int i = 0; i < 4096; ++i) {
            uniform.push_back(even(random));
            bimodal.push_back((i % 2 ? 2.0F : -2.0F) + peak(random));
        }
        QVERIFY(dipStatistic(uniform) < 0.02); // about 0.4/sqrt(n) = 0.006
        QVERIFY(dipStatistic(bimodal) > 0.1);
        for (float &v : bimodal)
            v += v > 0 ? 1e4F : -1e4F; // far apart: two points
        QVERIFY(std::abs(dipStatistic(bimodal) - 0.25) < 0.001);
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

    /// Whichever rounding comes first: the gap is that of the rule that clips least.
    void gapIsThatOfTheBestRounding()
    {
        auto infos = variants();
        auto scores = results();
        const auto rtn = [](const RecoveryTable &t) {
            return Json::parse(render(t, TableFormat::json)).at("rtn").get<std::string>();
        };
        QCOMPARE(rtn(recoveryTable(infos, scores)), std::string("rtn"));
        infos[0].id = "rtn-ocp";
        scores[2].variant = "rtn-ocp";
        const RecoveryTable one = recoveryTable(infos, scores);
        QCOMPARE(rtn(one), std::string("rtn-ocp"));
        QCOMPARE(one.rows[2].gapLeft, 0.125);
        infos.push_back(infos[0]);
        infos.back().id = "rtn-uos";
        scores.push_back(scores[2]);
        scores.back().variant = "rtn-uos";
        scores.back().value = 40;
        const RecoveryTable both = recoveryTable(infos, scores);
        QCOMPARE(rtn(both), std::string("rtn-uos"));
        QCOMPARE(both.rows[2].gapLeft, 0.25);
        QCOMPARE(both.rows[1].gapLeft, 2.0); // rtn-ocp itself
        QVERIFY(render(both, TableFormat::text).find("rtn-uos gap gone") != std::string::npos);
        // Paper budgets have texts of their own: none is claimed for all.
        QVERIFY(both.contract.find("calibrat") == std::string::npos);
        // Whose scale rule is another is named; where most differ, nobody's is the table's.
        QVERIFY(both.contract.ends_with("; scales uos/even"));
        infos[0].settings["scaleRule"] = "floor";
        QVERIFY(recoveryTable(infos, scores)
                    .contract.ends_with("; scales uos/even (rtn-ocp floor/even)"));
        auto each = infos;
        const char *rules[] = { "floor", "ceil", "even", "uos", "prescale" };
        for (std::size_t i = 0; i < each.size(); ++i)
            each[i].settings["scaleRule"] = rules[i % 5];
        QVERIFY(recoveryTable(each, scores).contract.ends_with("; each its own scale rule"));
        for (VariantInfo &v : infos)
            v.settings["calibration"] = "the model's own text, 32 x 512 tokens, seed 0";
        QVERIFY(recoveryTable(infos, scores).contract.ends_with("32 x 512 tokens, seed 0"));
        infos[0].settings["calibration"] = "the model's own text, 128 x 512 tokens, seed 0";
        QVERIFY(recoveryTable(infos, scores).contract.ends_with("each its own calibration text"));
    }

    /// Truth 0, seeds and windows both vary: an interval over windows alone is too short.
    void otherTextsHaveTheirOwnTable()
    {
        TableInput input { variants(), results(), {}, {}, "rtn", 0 };
        for (VariantInfo &v : input.variants)
            v.protocolHash = "p";
        std::vector<EvaluationResult> both;
        for (EvaluationResult r : results()) { // the other text first: order must not matter
            r.task = "gsm8k";
            r.protocolHash = "q";
            r.value *= 2;
            both.push_back(r);
        }
        both.insert(both.end(), input.results.begin(), input.results.end());
        const RecoveryTable alone = recoveryTable(input);
        input.results = both;
        QCOMPARE(evaluatedTasks(input), (std::vector<std::string> { "wikitext2", "gsm8k" }));
        QCOMPARE(render(recoveryTable(input), TableFormat::csv), render(alone, TableFormat::csv));
        input.task = "gsm8k";
        const RecoveryTable other = recoveryTable(input);
        QVERIFY(other.comparable);
        QVERIFY(other.contract.find("gsm8k, 4 windows") != std::string::npos);
        QCOMPARE(other.rows.front().perplexity, 40.0);
    }

    void twoLevelCoverage()
    {
        int held = 0, heldWithoutSeeds = 0;
        const auto normal = [](std::uint64_t seed, std::uint64_t i) {
            double x = -6;
            for (std::uint64_t k = 0; k < 12; ++k)
                x += randomUniform(seed, i * 12 + k);
            return x;
        };
        const int runs = 60;
        for (std::uint64_t run = 0; run < runs; ++run) {
            const std::size_t seeds = 8, windows = 20;
            std::vector<std::vector<double>> a(seeds, std::vector<double>(windows)), zero = a;
            for (std::size_t s = 0; s < seeds; ++s)
                for (std::size_t w = 0; w < windows; ++w)
                    a[s][w] = normal(900 + run, s) + 0.3 * normal(5000 + run, w)
                        + 0.1 * normal(9000 + run, s * windows + w);
            const PairedDifference both = twoLevelBootstrap(a, zero, run);
            held += both.low <= 0 && 0 <= both.high;
            std::vector<double> average(windows), none(windows);
            for (const auto &row : a)
                for (std::size_t w = 0; w < windows; ++w)
                    average[w] += row[w] / static_cast<double>(seeds);
            const PairedDifference windowsOnly = pairedBootstrap(average, none, run);
            heldWithoutSeeds += windowsOnly.low <= 0 && 0 <= windowsOnly.high;
        }
        QVERIFY2(held >= 48, qPrintable(QString::number(held)));
        QVERIFY2(heldWithoutSeeds < 40, qPrintable(QString::number(heldWithoutSeeds)));
    }

    void twoLevelKnownAnswers()
    {
        const std::vector<double> base { 1, 2, 3, 4 }, more { 1.5, 2.5, 3.5, 4.5 };
        // One seed of each is the paired bootstrap itself.
        const PairedDifference one = twoLevelBootstrap({ more }, { base }, 3);
        QCOMPARE(one.low, pairedBootstrap(more, base, 3).low);
        QVERIFY(one.mean == 0.5 && one.low == 0.5 && one.high == 0.5);
        // Seeds that move both sides alike cancel when they are paired.
        std::vector<std::vector<double>> a, b;
        for (const double shift : { -1.0, 0.0, 2.0 }) {
            a.emplace_back();
            b.emplace_back();
            for (std::size_t i = 0; i < 4; ++i) {
                a.back().push_back(more[i] + shift);
                b.back().push_back(base[i] + shift);
            }
        }
        const PairedDifference paired = twoLevelBootstrap(a, b);
        QVERIFY(std::abs(paired.mean - 0.5) < 1e-12 && std::abs(paired.low - 0.5) < 1e-12
                && std::abs(paired.high - 0.5) < 1e-12);
        // Against a baseline with one seed the spread of the seeds shows.
        const PairedDifference apart = twoLevelBootstrap(a, { base });
        QVERIFY(std::abs(apart.mean - (0.5 + 1.0 / 3)) < 1e-12);
        QVERIFY(apart.low < -0.1 && apart.high > 1.5);
        QCOMPARE(twoLevelBootstrap({ { 1, 2 }, { 1 } }, { { 1, 2 } }).pairs, std::int64_t(0));
        QCOMPARE(twoLevelBootstrap({}, { { 1, 2 } }).pairs, std::int64_t(0));
    }

    void seedsShareARow()
    {
        TableInput input { variants(), results(), {}, {}, "bat", 0 };
        const VariantInfo bat = input.variants[1];
        const EvaluationResult first = input.results[0];
        for (const int seed : { 1, 2 }) {
            VariantInfo info = bat;
            info.id = seededId("bat", static_cast<std::uint64_t>(seed));
            info.settings["seed"] = seed;
            input.variants.push_back(info);
            EvaluationResult r = first;
            r.variant = info.id;
            r.value += 3 * seed;
            for (double &v : r.windowNll)
                v += 0.1 * seed;
            input.results.push_back(r);
            LinearScore score;
            score.variant = info.id;
            score.linear = seed == 1 ? Linear::q : Linear::v;
            score.outputSqnrDb = 10.0 * seed;
            input.scores.push_back(score);
        }
        QCOMPARE(seedGroup(input.variants[4]), std::string("bat"));
        const RecoveryTable t = recoveryTable(input);
        QCOMPARE(t.rows.size(), std::size_t(4));
        const RecoveryRow &row = t.rows[2];
        QCOMPARE(row.variant, std::string("bat"));
        QCOMPARE(row.seeds.size(), std::size_t(3));
        QCOMPARE(row.perplexity, 28.0);
        QCOMPARE(row.perplexitySpread, 3.0);
        QCOMPARE(row.siteSqnrDb[0], 15.0);
        QVERIFY(std::isnan(row.siteSqnrDb[3]));
        QCOMPARE(t.baseline, std::string("bat"));
        QVERIFY(t.rows[1].nllVsBaseline.pairs == 4); // rtn, one seed, against three
        QVERIFY(render(t, TableFormat::text).find("(+- 3.000)") != std::string::npos);
        QVERIFY(t.contract.find("3 calibration seeds") != std::string::npos);
        // A single seed that is not 0 keeps its own id.
        TableInput lone { { input.variants[2], input.variants[4] }, input.results, {}, {}, {}, 0 };
        QCOMPARE(recoveryTable(lone).rows[1].variant, std::string("bat.s1"));
    }

    void failuresAreRows()
    {
        TableInput input { variants(), results(), {}, {}, {}, 0 };
        VariantOutcome broken {
            "wush", "WUSH", "closed-form", "failed", "the matrix is singular\n(layer 3)", 0
        };
        VariantOutcome later = broken;
        later.variant = "bat";
        VariantOutcome good { "gptq", "GPTQ", "none", "done", "", 1.5e9 };
        input.outcomes = { broken, later, good };
        const RecoveryTable t = recoveryTable(input);
        QCOMPARE(t.rows.size(), std::size_t(5));
        QVERIFY(t.rows[2].failed()); // bat: an older result does not hide the failure
        QVERIFY(t.rows[4].failed() && t.rows[4].title == "WUSH");
        QCOMPARE(t.rows[3].peakMemoryBytes, 1.5e9);
        const std::string text = render(t, TableFormat::text);
        QVERIFY(text.find("FAILED wush: the matrix is singular (layer 3)") != std::string::npos);
        QVERIFY(text.find("1500 MB") != std::string::npos);
        for (const QString &line :
             QString::fromStdString(render(t, TableFormat::latex)).split('\n'))
            QVERIFY(!line.contains("singular") || line.startsWith('%'));
        const Json json = Json::parse(render(t, TableFormat::json));
        QVERIFY(json["rows"][4]["perplexity"].is_null());
        QVERIFY(json["rows"][4]["error"].get<std::string>().find("singular") != std::string::npos);
        QVERIFY(json["rows"][3]["error"].is_null());
    }

    void latexIsEscaped()
    {
        QCOMPARE(latexEscaped("a_b & 5% #1 {x} $y$ ~ ^ \\ <1>"),
                 std::string("a\\_b \\& 5\\% \\#1 \\{x\\} \\$y\\$ \\textasciitilde{} "
                             "\\textasciicircum{} \\textbackslash{} $<$1$>$"));
        QCOMPARE(latexEscaped("1 \xc2\xb1 2"), std::string("1 $\\pm$ 2"));
        // A row that began with a bracket would be taken for the argument of the line break.
        TableInput input { variants(), results(), {}, {}, {}, 0 };
        input.variants[0].title = "[odd]";
        QVERIFY(render(recoveryTable(input), TableFormat::latex).find("\n{}[odd] &")
                != std::string::npos);
    }

    void renderings()
    {
        const RecoveryTable t = recoveryTable(variants(), results());
        const std::string text = render(t, TableFormat::text);
        const char *golden =
            "W mxfp4, A mxfp4, KV bf16; wikitext2, 4 windows x 2048 tokens, bf16; scales "
            "uos/even\n\n"
            "Method           Perplexity        KLD (nats)  Top-1 %  Recovery %  rtn gap gone  "
            "SQNR T1..T4 (dB)                   dNLL vs rtn                   dKLD vs rtn  "
            "Calibration  Memory  Online "
            "parameters  FLOP/token\n"
            "----------  ---------------  ----------------  -------  ----------  ------------  "
            "----------------  ----------------------------  ----------------------------  "
            "-----------  ------  "
            "-----------------  ----------\n"
            "reference   20.000 +- 0.200                 -   100.00      100.00             -  "
            "               -  @REF@                             -            -       -  "
            "                0           0\n"
            "rtn         60.000 +- 0.600  1.0000 +- 0.0200    75.00       33.33         0.0 %  "
            "               -                             -                             -  "
            "          -       -                  0           0\n";
        std::string expected = golden;
        const PairedDifference d = t.rows[0].nllVsBaseline;
        expected.replace(
            expected.find("@REF@"), 5,
            QString::asprintf("%+.4f [%+.4f, %+.4f] *", d.mean, d.low, d.high).toStdString());
        QCOMPARE(QString::fromStdString(text.substr(0, expected.size())),
                 QString::fromStdString(expected));
        QVERIFY(text.find("-0.7500 [-0.7500, -0.7500] *") != std::string::npos); // KLD of bat
        QVERIFY(text.find("10.0k + 3.8k") != std::string::npos);
        QVERIFY(text.find("2.5M") != std::string::npos);

        const std::string markdown = render(t, TableFormat::markdown);
        QVERIFY(markdown.find("|---|---:|---:|") != std::string::npos);
        QVERIFY(markdown.find("| BAT_& 100% | 25.000 \xc2\xb1 0.250 |") != std::string::npos);
        const std::string latex = render(t, TableFormat::latex);
        QVERIFY(latex.find("BAT\\_\\& 100\\% & 25.000 $\\pm$ 0.250") != std::string::npos);
        QVERIFY(latex.find("\\begin{tabular}{lrrrrrrrrrrrr}") != std::string::npos);
        const std::string csv = render(t, TableFormat::csv);
        QCOMPARE(QString::fromStdString(csv).count('\n'), 5);
        for (const QString &line : QString::fromStdString(csv).trimmed().split('\n'))
            QCOMPARE(line.count(','), 33);
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
