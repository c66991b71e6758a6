// SPDX-License-Identifier: Apache-2.0
// The refinement of activation codes at run time against a search of its own, in every block format
// and through a whole run.
#include "core/engine/calib/formats.h"
#include "core/engine/quant/block_codes.h"
#include "core/engine/quant/bridge.h"
#include "core/engine/quant/code_refinement.h"
#include "kernels/formats.h"
#include "tests/engine/calibration_run.h"
#include "tests/engine/random_tensor.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <QTest>

#include <map>

using namespace batlab;
using test::Model;
using test::TinyModelOptions;

namespace {

constexpr std::int64_t kRows = 24; ///< tokens
constexpr std::int64_t kChannels = 96;
constexpr std::int64_t kOutputs = 40;

/// Weights, what is stored of them, and tokens to multiply them with.
struct Case
{
    explicit Case(const char *format, const char *rule = "uos")
        : q(quant::makeQuantizer(format, { rule, "even" }))
    {
        const at::NoGradGuard guard;
        w = test::randomTensor({ kOutputs, kChannels }, 1);
        stored = w + 0.1 * test::randomTensor({ kOutputs, kChannels }, 2);
        x = test::randomTensor({ kRows, kChannels }, 3);
        x.select(1, 5).mul_(30); // an outlier channel
        x.narrow(0, 3, 1).zero_();
        q = q.forTensor(x.abs().max().item<double>());
        refinement = quant::codeRefinement(w, stored, q.blockSize(kChannels));
    }
    [[nodiscard]] at::Tensor nearest() const { return quant::fakeQuantize(x, {}, q, at::kFloat); }
    [[nodiscard]] at::Tensor refined() const
    {
        return quant::refinedFakeQuantize(x, q, refinement, at::kFloat);
    }
    /// What block b of token t adds to the outputs' error, fp64; y with the epilogue.
    [[nodiscard]] double error(const at::Tensor &y, std::int64_t t, std::int64_t b) const
    {
        const std::int64_t n = q.blockSize(kChannels);
        const auto part = [&](const at::Tensor &m, std::int64_t axis) {
            return m.narrow(axis, b * n, n).to(at::kDouble);
        };
        const at::Tensor miss = at::mv(part(stored, 1), part(y[t], 0) / q.epilogue())
            - at::mv(part(w, 1), part(x[t], 0));
        return miss.square().sum().item<double>();
    }

    quant::Quantizer q;
    at::Tensor w, stored, x;
    quant::CodeRefinement refinement;
};

void formats()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QString>("rule");
    for (const char *format :
         { "mxfp4", "mxfp6-e2m3", "mxfp6-e3m2", "mxfp8-e4m3", "mxfp8-e5m2", "mxint8" })
        QTest::newRow(format) << QString::fromLatin1(format) << QStringLiteral("floor");
    QTest::newRow("nvfp4") << QStringLiteral("nvfp4") << QStringLiteral("even");
    QTest::newRow("mxfp4, uos") << QStringLiteral("mxfp4") << QStringLiteral("uos");
    QTest::newRow("mxfp4, prescale") << QStringLiteral("mxfp4") << QStringLiteral("prescale");
}

} // namespace

class RefineTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { at::set_num_threads(1); }

    /// No other single step does better, and what moves goes to the neighbour on the grid.
    void takesTheBestStep_data() { formats(); }
    void takesTheBestStep()
    {
        QFETCH(QString, format);
        QFETCH(QString, rule);
        const at::NoGradGuard guard;
        const Case c(format.toLatin1().constData(), rule.toLatin1().constData());
        const at::Tensor before = c.nearest();
        const at::Tensor after = c.refined();
        const std::int64_t n = c.q.blockSize(kChannels);
        const auto grid = quant::sortedGrid(c.q.spec->format);
        at::Tensor codes = at::empty(c.x.sizes(), at::kByte);
        at::Tensor scales = at::empty({ kRows, kChannels / n }, at::kByte);
        quant::run(c.x, &kernels::Backend::quantize, quant::view(c.x), *c.q.spec,
                   codes.data_ptr<std::uint8_t>(), scales.data_ptr<std::uint8_t>());
        scales = quant::scaleValues(scales, *c.q.spec) * c.q.epilogue();
        int moved = 0;
        for (std::int64_t t = 0; t < kRows; ++t) {
            for (std::int64_t b = 0; b < kChannels / n; ++b) {
                const double start = c.error(before, t, b);
                double best = start;
                const auto scale = scales[t][b].item<float>();
                for (std::int64_t i = b * n; i < (b + 1) * n; ++i) {
                    const auto code = codes[t][i].item<std::uint8_t>();
                    const auto own = kernels::decodeTable(c.q.spec->format)[code];
                    for (const auto &[value, other] : grid) {
                        const bool next =
                            value != own
                            && std::none_of(grid.begin(), grid.end(), [&, v = value](auto g) {
                                   return std::min(v, own) < g.first && g.first < std::max(v, own);
                               });
                        if (!next)
                            continue;
                        at::Tensor trial = before.clone();
                        trial[t][i] = value * scale;
                        best = std::min(best, c.error(trial, t, b));
                    }
                }
                const double reached = c.error(after, t, b);
                QVERIFY2(reached <= best + 1e-4 * (start + 1e-3),
                         qPrintable(QStringLiteral("token %1, block %2: %3, best %4 from %5")
                                        .arg(t)
                                        .arg(b)
                                        .arg(reached)
                                        .arg(best)
                                        .arg(start)));
                const auto changed = (after[t].narrow(0, b * n, n) != before[t].narrow(0, b * n, n))
                                         .sum()
                                         .item<int>();
                QVERIFY(changed <= 1);
                moved += changed;
            }
        }
        QVERIFY2(moved > kRows, qPrintable(QString::number(moved)));
    }

    /// The loop for host memory and the operators of a device say the same.
    void hostAndDeviceAgree_data() { formats(); }
    void hostAndDeviceAgree()
    {
        QFETCH(QString, format);
        QFETCH(QString, rule);
        const at::NoGradGuard guard;
        Case c(format.toLatin1().constData(), rule.toLatin1().constData());
        const auto same = [&] {
            const at::Tensor other = quant::refinedByOperators(c.x, c.q, c.refinement, at::kFloat);
            // Steps that are equally good to rounding may differ: not in one block of a hundred.
            const double differ = (c.refined() != other).to(at::kDouble).mean().item<double>();
            QVERIFY2(differ < 1e-3, qPrintable(QString::number(differ)));
        };
        same();
        if (c.q.spec->format == kernels::Format::nvfp4) {
            c.q.dynamicScale = true;
            c.q.spec->tensorScale = 1;
            same();
        }
    }

    void exactWeightsKeepNearestCodes()
    {
        const at::NoGradGuard guard;
        // Orthogonal outputs: the error is that of the numbers themselves, which is least already.
        Case c("mxfp4");
        const at::Tensor eye = at::eye(kChannels);
        c.refinement = quant::codeRefinement(eye, eye, 32);
        const at::Tensor before = c.nearest();
        const double moved = (c.refined() != before).to(at::kDouble).mean().item<double>();
        const double gained = (c.refined() - c.x).square().sum().item<double>()
            / (before - c.x).square().sum().item<double>();
        // Only numbers above the largest of the grid and ties could move, and none of them gains.
        QVERIFY2(moved == 0 && gained == 1, qPrintable(QString::number(moved)));
    }

    /// Through a run: every family folds, stores and reloads it, and outputs come nearer.
    void inARun_data()
    {
        QTest::addColumn<QString>("family");
        for (const char *family : { "llama", "qwen2", "qwen3" })
            QTest::newRow(family) << QString::fromLatin1(family);
    }
    void inARun()
    {
        QFETCH(QString, family);
        TinyModelOptions o;
        o.family = family.toStdString();
        o.outliers = 20;
        const Model model(o);
        const auto go = [&](bool refine) {
            RunSpec spec = test::specOf("[hires]", "analysis: {enabled: false}\n");
            std::erase_if(spec.variants.front().recipe.passes.front().stages,
                          [&](const Stage &stage) {
                              return stage.kind == "recover" || (!refine && stage.kind == "refine");
                          });
            const auto store = makeMemoryCheckpointStore();
            test::Run run(model, spec, *store);
            const std::vector<std::string> parts = run.go();
            const LayerSolution first =
                LayerSolution::fromPart(store->getByHash(parts[0]).orThrow().value()).orThrow();
            for (const Site site : kLinearSites)
                if (first.at(site).refinement.active() != refine)
                    throw std::runtime_error("a site is not refined");
            std::map<Linear, double> sqnr; // of the first layer: its input is the same in both
            for (const LinearScore &score : run.all<LinearScore>())
                if (score.layer.index == 0 && inputSite(score.linear) == Site::t1)
                    sqnr[score.linear] = score.outputSqnrDb;
            return sqnr;
        };
        const auto with = go(true);
        const auto without = go(false);
        QCOMPARE(with.size(), std::size_t { 3 });
        double gained = 0;
        for (const auto &[linear, sqnr] : with)
            gained += sqnr - without.at(linear);
        QVERIFY2(gained / 3 > 0.1, qPrintable(QString::number(gained / 3)));
    }

    void whatCannotBeRefined()
    {
        const TinyModelOptions o;
        const Model model(o);
        RunSpec spec = test::specOf("[hires]", "analysis: {enabled: false}\n");
        const auto fit = [&] {
            const auto fits =
                calib::checkModelFit(spec.protocol, spec.variants.front(), model.source->config());
            return fits ? std::string() : fits.error().message();
        };
        QCOMPARE(fit(), std::string());
        spec.protocol.activationFormat = "int4";
        QVERIFY2(fit().find("refine.sites") != std::string::npos, fit().c_str());
        // One site of one layer, by the precision stage.
        spec.protocol.activationFormat = "mxfp4";
        std::vector<Stage> &stages = spec.variants.front().recipe.passes.front().stages;
        Json precision = Json::object();
        precision["overrides"] = Json::array({ "layer 1:T4:activations=int4" });
        stages.insert(stages.begin(), Stage { "precision", precision });
        QVERIFY2(fit().find("site T4") != std::string::npos, fit().c_str());
        stages.erase(stages.begin());
        spec.protocol.activationFormat = "int4";
        const auto store = makeMemoryCheckpointStore();
        test::Run run(model, spec, *store);
        try {
            (void)run.go();
            QFAIL("integer codes were refined");
        } catch (const Exception &e) {
            const QString text = QString::fromStdString(e.error.what + e.error.hint);
            QVERIFY2(text.contains(QStringLiteral("refine.sites")), qPrintable(text));
        }
    }
};

QTEST_GUILESS_MAIN(RefineTest)
#include "tst_refine.moc"
