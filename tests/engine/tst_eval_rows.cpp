// SPDX-License-Identifier: Apache-2.0
#include "core/base/hash.h"
#include "core/engine/eval/row_kernels.h"
#include "core/engine/eval/row_scores.h"
#include "core/engine/eval/sampler.h"
#include "core/engine/eval/window_scores.h"

#include <QTest>

#include <cmath>
#include <cstring>
#include <map>

using namespace batlab;
using namespace batlab::eval;

namespace {

/// Roughly normal numbers times `spread`.
std::vector<float> logits(std::int64_t rows, std::int64_t vocab, double spread, std::uint64_t seed)
{
    std::vector<float> out(static_cast<std::size_t>(rows * vocab));
    for (std::size_t i = 0; i < out.size(); ++i) {
        double sum = 0;
        for (std::uint64_t j = 0; j < 4; ++j)
            sum += randomUniform(seed, 4 * i + j) - 0.5;
        out[i] = static_cast<float>(sum * 1.7 * spread);
    }
    return out;
}

std::vector<std::uint16_t> toBf16(const std::vector<float> &values)
{
    std::vector<std::uint16_t> out;
    for (const float v : values) {
        std::uint32_t bits = 0;
        std::memcpy(&bits, &v, 4);
        out.push_back(static_cast<std::uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16));
    }
    return out;
}

std::vector<float> fromBf16(const std::vector<std::uint16_t> &values)
{
    std::vector<float> out;
    for (const std::uint16_t v : values) {
        const std::uint32_t bits = static_cast<std::uint32_t>(v) << 16;
        float f = 0;
        std::memcpy(&f, &bits, 4);
        out.push_back(f);
    }
    return out;
}

struct Expected
{
    double nll = 0, kld = 0;
    std::int32_t argmax = 0;
};

Expected expected(const float *ref, const float *row, std::int64_t n, std::int32_t next)
{
    const auto lse = [n](const float *p) {
        double max = p[0], sum = 0;
        for (std::int64_t i = 0; i < n; ++i)
            max = std::max(max, static_cast<double>(p[i]));
        for (std::int64_t i = 0; i < n; ++i)
            sum += std::exp(p[i] - max);
        return max + std::log(sum);
    };
    Expected out;
    const double lr = lse(ref), lv = lse(row);
    out.nll = lv - row[next];
    for (std::int64_t i = 0; i < n; ++i) {
        out.kld += std::exp(ref[i] - lr) * ((ref[i] - lr) - (row[i] - lv));
        if (row[i] > row[out.argmax])
            out.argmax = static_cast<std::int32_t>(i);
    }
    return out;
}

} // namespace

class TestEvalRows : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void scoresEqualDoublePrecision_data();
    void scoresEqualDoublePrecision();
    void aModelAgainstItselfHasNoDivergence();
    void threadsDoNotMatter();
    void instructionSetsAgree();
    void firstOfEqualMaximaWins();
    void samplesFollowTheDistribution();
    void topKAndTopPCut();
    void summaryOfKnownNumbers();
    void scoresSurviveTheirPart();
};

void TestEvalRows::scoresEqualDoublePrecision_data()
{
    QTest::addColumn<int>("vocab");
    QTest::addColumn<double>("spread");
    QTest::addColumn<bool>("bf16");
    for (const int vocab : { 1, 5, 16, 17, 1023, 1024, 1025, 4099 })
        for (const double spread : { 0.01, 3.0, 40.0 })
            for (const bool bf16 : { false, true })
                QTest::addRow("%d %.2f %s", vocab, spread, bf16 ? "bf16" : "f32")
                    << vocab << spread << bf16;
}

void TestEvalRows::scoresEqualDoublePrecision()
{
    QFETCH(int, vocab);
    QFETCH(double, spread);
    QFETCH(bool, bf16);
    const std::int64_t rows = 5;
    std::vector<float> ref = logits(rows, vocab, spread, 1), var = logits(rows, vocab, spread, 2);
    const std::vector<std::uint16_t> refBits = toBf16(ref), varBits = toBf16(var);
    if (bf16) {
        ref = fromBf16(refBits);
        var = fromBf16(varBits);
    }
    std::vector<std::int32_t> next;
    for (std::int64_t r = 0; r < rows; ++r)
        next.push_back(static_cast<std::int32_t>((r * 7 + vocab - 1) % vocab));
    const auto view = [&](const std::vector<float> &f, const std::vector<std::uint16_t> &h) {
        return bf16 ? LogitRows { nullptr, h.data(), rows, vocab }
                    : LogitRows { f.data(), nullptr, rows, vocab };
    };
    ReferenceRows reference;
    scoreReference(view(ref, refBits), next.data(), 1, reference);
    std::vector<RowScore> scores(static_cast<std::size_t>(rows));
    scoreVariant(reference, view(var, varBits), next.data(), 1, scores.data());
    for (std::int64_t r = 0; r < rows; ++r) {
        const auto i = static_cast<std::size_t>(r);
        const Expected want =
            expected(ref.data() + r * vocab, var.data() + r * vocab, vocab, next[i]);
        const Expected wantRef =
            expected(ref.data() + r * vocab, ref.data() + r * vocab, vocab, next[i]);
        QVERIFY2(std::abs(scores[i].nll - want.nll) <= 2e-6 * (1 + std::abs(want.nll)),
                 qPrintable(QString::number(scores[i].nll - want.nll)));
        QVERIFY(std::abs(reference.scores[i].nll - wantRef.nll)
                <= 2e-6 * (1 + std::abs(wantRef.nll)));
        QVERIFY2(std::abs(scores[i].kld - want.kld) <= 3e-6 * (1 + want.kld),
                 qPrintable(QString::number(scores[i].kld - want.kld)));
        QCOMPARE(scores[i].argmax, want.argmax);
        QVERIFY(std::abs(scores[i].probability - std::exp(-want.nll)) < 1e-5);
    }
}

void TestEvalRows::aModelAgainstItselfHasNoDivergence()
{
    const auto ref = logits(9, 5003, 8, 3);
    const std::vector<std::int32_t> next(9, 17);
    ReferenceRows reference;
    scoreReference({ ref.data(), nullptr, 9, 5003 }, next.data(), 2, reference);
    std::vector<RowScore> scores(9);
    scoreVariant(reference, { ref.data(), nullptr, 9, 5003 }, next.data(), 2, scores.data());
    for (std::size_t r = 0; r < 9; ++r) {
        QCOMPARE(scores[r].kld, 0.0);
        QCOMPARE(scores[r].nll, reference.scores[r].nll);
    }
}

void TestEvalRows::threadsDoNotMatter()
{
    const auto ref = logits(64, 777, 5, 4), var = logits(64, 777, 5, 5);
    const std::vector<std::int32_t> next(64, 3);
    std::vector<RowScore> before;
    for (const int threads : { 1, 2, 3, 7 }) {
        ReferenceRows reference;
        scoreReference({ ref.data(), nullptr, 64, 777 }, next.data(), threads, reference);
        std::vector<RowScore> scores(64);
        scoreVariant(reference, { var.data(), nullptr, 64, 777 }, next.data(), threads,
                     scores.data());
        for (std::size_t r = 0; !before.empty() && r < 64; ++r) {
            QCOMPARE(scores[r].nll, before[r].nll);
            QCOMPARE(scores[r].kld, before[r].kld);
        }
        before = scores;
    }
}

void TestEvalRows::instructionSetsAgree()
{
    const auto row = logits(1, 3001, 6, 6), other = logits(1, 3001, 6, 7);
    float max = 0;
    std::int32_t argmax = 0;
    baseline::kTable.maxF32(row.data(), 3001, &max, &argmax);
    float max2 = 0;
    std::int32_t argmax2 = 0;
    rowKernels().maxF32(row.data(), 3001, &max2, &argmax2);
    QCOMPARE(max2, max);
    QCOMPARE(argmax2, argmax);
    std::vector<float> a(3001), b(3001);
    std::vector<double> sumA(3), sumB(3);
    baseline::kTable.expF32(row.data(), 3001, max, 1, a.data(), sumA.data());
    rowKernels().expF32(row.data(), 3001, max, 1, b.data(), sumB.data());
    for (std::size_t i = 0; i < a.size(); ++i) {
        QVERIFY(std::abs(a[i] - b[i]) <= 1e-6F * a[i]);
        const float argument = row[i] - max;
        QVERIFY(std::abs(a[i] - std::exp(static_cast<double>(argument))) <= 5e-7 * a[i]);
    }
    for (std::size_t i = 0; i < 3; ++i)
        QVERIFY(std::abs(sumA[i] - sumB[i]) <= 1e-6 * sumA[i]);
    const double d1 = baseline::kTable.differenceF32(a.data(), row.data(), other.data(), 3001);
    const double d2 = rowKernels().differenceF32(a.data(), row.data(), other.data(), 3001);
    QVERIFY(std::abs(d1 - d2) <= 1e-5 * (1 + std::abs(d1)));
}

void TestEvalRows::firstOfEqualMaximaWins()
{
    std::vector<float> row(2500, 1.0F);
    row[1300] = row[1310] = row[2400] = 4.0F;
    QCOMPARE(sampleToken({ row.data(), nullptr, 1, 2500 }, 0, { 0, 1, 0, 0 }, 0.9), 1300);
    row[2499] = std::nanf("");
    float max = 0;
    std::int32_t argmax = 0;
    rowKernels().maxF32(row.data(), 2500, &max, &argmax);
    QVERIFY(std::isnan(max));
}

void TestEvalRows::samplesFollowTheDistribution()
{
    const std::vector<float> row { 0, std::log(2.0F), std::log(3.0F), std::log(4.0F) };
    for (const double temperature : { 1.0, 0.5 }) {
        std::map<std::int32_t, int> seen;
        const int draws = 20000;
        for (int i = 0; i < draws; ++i)
            ++seen[sampleToken({ row.data(), nullptr, 1, 4 }, 0, { temperature, 1, 0, 0 },
                               randomUniform(9, static_cast<std::uint64_t>(i)))];
        const double power = 1 / temperature;
        double total = 0;
        for (int k = 1; k <= 4; ++k)
            total += std::pow(k, power);
        for (int k = 1; k <= 4; ++k) {
            const double p = std::pow(k, power) / total;
            const double sigma = std::sqrt(p * (1 - p) / draws);
            QVERIFY2(std::abs(seen[k - 1] / double(draws) - p) < 5 * sigma,
                     qPrintable(QString::number(seen[k - 1])));
        }
    }
}

void TestEvalRows::topKAndTopPCut()
{
    // p = .4 .3 .2 .1 in a shuffled order
    const std::vector<float> row { std::log(0.2F), std::log(0.4F), std::log(0.1F), std::log(0.3F) };
    const LogitRows view { row.data(), nullptr, 1, 4 };
    std::map<std::int32_t, int> k2, p6, p71;
    for (std::uint64_t i = 0; i < 2000; ++i) {
        const double u = randomUniform(1, i);
        ++k2[sampleToken(view, 0, { 1, 1, 2, 0 }, u)];
        ++p6[sampleToken(view, 0, { 1, 0.6, 0, 0 }, u)];
        ++p71[sampleToken(view, 0, { 1, 0.75, 0, 0 }, u)];
    }
    QCOMPARE(k2.size(), std::size_t(2));
    QVERIFY(k2.count(1) && k2.count(3));
    QVERIFY(std::abs(k2[1] / 2000.0 - 4.0 / 7) < 0.06);
    QCOMPARE(p6.size(), std::size_t(2)); // .4 does not reach .6, .4 + .3 does
    QCOMPARE(p71.size(), std::size_t(3));
    QCOMPARE(sampleToken(view, 0, { 1, 1e-6, 0, 0 }, 0.999), 1);
}

void TestEvalRows::summaryOfKnownNumbers()
{
    WindowScores scores;
    scores.nll = { 1.0, 2.0, 3.0 };
    scores.kld = { 0.1, 0.2, 0.3 };
    scores.agree = { 3, 4, 4 };
    for (int i = 0; i < 12; ++i)
        scores.deltaP.push_back(static_cast<float>(11 - i));
    const EvaluationResult out = summarize(scores, 4);
    QVERIFY(std::abs(out.value - std::exp(2.0)) < 1e-12);
    QVERIFY(std::abs(out.standardError - std::exp(2.0) / std::sqrt(3.0)) < 1e-12);
    QVERIFY(std::abs(out.kld - 0.2) < 1e-12);
    QVERIFY(std::abs(out.kldStandardError - 0.1 / std::sqrt(3.0)) < 1e-12);
    QVERIFY(std::abs(out.top1Agreement - 11.0 / 12) < 1e-12);
    QCOMPARE(out.tokens, std::int64_t(12));
    QCOMPARE(out.deltaPPercentiles.size(), std::size_t(11));
    QVERIFY(std::abs(out.deltaPPercentiles[5] - 5.5) < 1e-6); // median
    QVERIFY(std::abs(out.deltaPPercentiles[4] - 2.75) < 1e-6);
}

void TestEvalRows::scoresSurviveTheirPart()
{
    WindowScores scores;
    scores.nll = { 1.5, 2.5 };
    scores.kld = { 0.1, 0.2 };
    scores.agree = { 1, 2 };
    scores.deltaP = { 0.1F, 0.2F, 0.3F, 0.4F };
    const Part part = scores.toPart();
    QVERIFY(checkPart(part).ok());
    const auto back = WindowScores::fromPart(part, 2, 2);
    QVERIFY(back.ok());
    QCOMPARE(back->nll, scores.nll);
    QCOMPARE(back->deltaP, scores.deltaP);
    QVERIFY(!WindowScores::fromPart(part, 3, 2).ok());
    QVERIFY(!WindowScores::fromPart(part, 2, 3).ok());
}

QTEST_GUILESS_MAIN(TestEvalRows)
#include "tst_eval_rows.moc"
