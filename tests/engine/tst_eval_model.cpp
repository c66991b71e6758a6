// SPDX-License-Identifier: Apache-2.0
#include "core/base/hash.h"
#include "core/engine/eval/generate.h"
#include "core/engine/eval/perplexity.h"
#include "core/engine/eval/variant_logits.h"
#include "core/engine/nn/packed_layer.h"
#include "core/engine/service/calibration_tokens.h"
#include "core/engine/service/sampled_text.h"
#include "core/text/tokenizer.h"
#include "tests/engine/calibration_run.h"
#include "tests/support/tiny_model.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

#include <cmath>

using namespace batlab;

namespace {

/// A variant whose weights are the model's times (1 + noise): something that differs, and counts
/// the layers it gives out.
class Disturbed : public Variant
{
public:
    Disturbed(std::string id, std::shared_ptr<const nn::Decoder> decoder, double noise)
        : m_id(std::move(id)), m_decoder(std::move(decoder)), m_noise(noise)
    { }
    const std::string &id() const override { return m_id; }
    std::shared_ptr<const nn::LayerOps> layer(std::int64_t i) const override
    {
        ++given;
        nn::LayerWeights weights = m_decoder->loadLayer(i, nn::matmulType(m_decoder->compute()));
        if (m_noise != 0)
            for (const Linear l : kLinears)
                weights.of(l).mul_(1 + m_noise * (static_cast<int>(l) % 2 ? 1 : -1));
        return std::make_shared<nn::PlainOps>(std::move(weights));
    }
    mutable int given = 0;

private:
    std::string m_id;
    std::shared_ptr<const nn::Decoder> m_decoder;
    double m_noise;
};

std::vector<std::vector<std::int32_t>> windows(std::size_t count, std::size_t length)
{
    std::vector<std::vector<std::int32_t>> out(count);
    for (std::size_t w = 0; w < count; ++w)
        for (std::size_t t = 0; t < length; ++t)
            out[w].push_back(static_cast<std::int32_t>(randomBits(w + 1, t) % 300));
    return out;
}

struct Bench
{
    explicit Bench(std::unique_ptr<CheckpointStore> given = makeMemoryCheckpointStore(),
                   int threads = 1)
        : store(std::move(given))
        , job({ [this](ArtifactPtr a) { published.push_back(std::move(a)); }, {} }, *store, threads)
    { }
    std::unique_ptr<CheckpointStore> store;
    std::vector<ArtifactPtr> published;
    JobContext job;
};

/// All logits of a sequence, straight through the layers, float64 softmax afterwards.
std::vector<std::vector<double>> slowLogProbabilities(const nn::Decoder &decoder,
                                                      const Variant &variant,
                                                      const std::vector<std::int32_t> &ids)
{
    c10::NoGradGuard noGrad;
    at::Tensor x = decoder.embed(nn::idTensor({ ids }));
    for (std::int64_t l = 0; l < decoder.config().layers; ++l)
        x = decoder.forward(*variant.layer(l), x);
    const at::Tensor p =
        at::log_softmax(decoder.logits(decoder.finalNorm(x.squeeze(0))).to(at::kDouble), -1)
            .contiguous();
    std::vector<std::vector<double>> out;
    for (std::int64_t t = 0; t < p.size(0); ++t)
        out.emplace_back(p.const_data_ptr<double>() + t * p.size(1),
                         p.const_data_ptr<double>() + (t + 1) * p.size(1));
    return out;
}

} // namespace

class TestEvalModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void greedyWithCacheEqualsFullForward();
    void packedLinearsGiveTheSameBits();
    void samplesDoNotDependOnTheBatch();
    void stopTokensEndASequence();
    void badPromptsAreRefused();
    void perplexityEqualsSlowComputation();
    void threadsDoNotMatter();
    void resumeAndAddedVariantReuseWork();
    void cancelStops();
    void logitsInChunks();
    void calibrationTokensAreCachedAndSeeded();
    void sampledInGroups();
    void groupsFollowFromTheModel();
    void hostileCalibrationText();
    void tuningTextIsSeenOnce();

private:
    std::shared_ptr<const nn::Decoder> decoder(nn::Compute compute = nn::Compute::fp32) const
    {
        return std::make_shared<const nn::Decoder>(m_source, compute);
    }
    std::vector<EvaluationResult>
    evaluate(Bench &bench, const std::shared_ptr<const nn::Decoder> &model,
             const std::vector<const Variant *> &variants,
             const std::vector<std::vector<std::int32_t>> &text) const;
    QTemporaryDir m_dir;
    std::shared_ptr<const ModelSource> m_source;
    std::shared_ptr<const Tokenizer> m_tokenizer;
};

void TestEvalModel::initTestCase()
{
    at::set_num_threads(1);
    test::TinyModelOptions options;
    options.vocab = 300;
    const auto folder =
        test::writeTinyModel(std::filesystem::path(m_dir.path().toStdString()) / "tiny", options);
    m_source = ModelSource::open(folder).orThrow();
    m_tokenizer = Tokenizer::open(folder).orThrow();
}

std::vector<EvaluationResult>
TestEvalModel::evaluate(Bench &bench, const std::shared_ptr<const nn::Decoder> &model,
                        const std::vector<const Variant *> &variants,
                        const std::vector<std::vector<std::int32_t>> &text) const
{
    eval::PerplexityInput input {
        *model, { variants.front(), "reference" }, {}, text, "wikitext2", "protocol", "test"
    };
    for (std::size_t i = 1; i < variants.size(); ++i)
        input.variants.push_back({ variants[i], variants[i]->id() });
    input.memoryBytes = 200000; // three windows a group
    return eval::evaluatePerplexity(input, bench.job);
}

void TestEvalModel::greedyWithCacheEqualsFullForward()
{
    Bench bench;
    const auto model = decoder();
    const auto reference = referenceVariant(model);
    const auto layers = eval::loadLayers(*model, *reference, bench.job);
    eval::GenerateOptions options;
    options.sampling.temperature = 0;
    options.newTokens = 12;
    const std::vector<std::vector<std::int32_t>> prompts { { 1, 2, 3 }, { 40, 50, 60 } };
    const auto got = eval::generate(*model, layers, prompts, options, bench.job);
    for (std::size_t s = 0; s < prompts.size(); ++s) {
        std::vector<std::int32_t> ids = prompts[s];
        for (const std::int32_t token : got[s]) {
            const auto p = slowLogProbabilities(*model, *reference, ids).back();
            QCOMPARE(token,
                     static_cast<std::int32_t>(std::max_element(p.begin(), p.end()) - p.begin()));
            ids.push_back(token);
        }
        QCOMPARE(got[s].size(), std::size_t(12));
    }
    QCOMPARE(eval::generate(*model, layers, prompts, options, bench.job), got);
}

void TestEvalModel::packedLinearsGiveTheSameBits()
{
    const c10::NoGradGuard noGrad;
    for (const auto &[rows, in, out] : { std::array<std::int64_t, 3> { 32, 576, 1536 },
                                         { 32, 1536, 576 },
                                         { 32, 576, 192 },
                                         { 7, 96, 50 },
                                         { 1, 576, 576 } }) {
        for (const bool biased : { false, true }) {
            const at::Tensor w = at::randn({ out, in }).to(at::kBFloat16),
                             b = biased ? at::randn({ out }).to(at::kBFloat16) : at::Tensor(),
                             x = at::randn({ rows, 1, in }).to(at::kBFloat16);
            const nn::PackedLinear packed(w, b, rows);
            QVERIFY2(at::equal(packed.apply(x), at::linear(x, w, b)),
                     qPrintable(QStringLiteral("%1 x %2 x %3").arg(rows).arg(in).arg(out)));
            // Another number of rows (a prompt) goes the plain way.
            const at::Tensor two = at::cat({ x, x }, 1);
            QVERIFY(at::equal(packed.apply(two), at::linear(two, w, b)));
        }
    }
    const nn::PackedLinear exact(at::randn({ 8, 32 }), {}, 4);
    QVERIFY(!exact.isPacked()); // fp32 stays as it is
}

void TestEvalModel::samplesDoNotDependOnTheBatch()
{
    Bench bench;
    const auto model = decoder();
    const auto layers = eval::loadLayers(*model, *referenceVariant(model), bench.job);
    eval::GenerateOptions options;
    options.newTokens = 16;
    options.sampling.seed = 5;
    const std::vector<std::int32_t> prompt { 256 };
    const auto three =
        eval::generate(*model, layers, { prompt, prompt, prompt }, options, bench.job);
    const auto one = eval::generate(*model, layers, { prompt }, options, bench.job);
    QCOMPARE(one.front(), three.front());
    QVERIFY(three[0] != three[1] && three[1] != three[2]);
    options.sampling.seed = 6;
    QVERIFY(eval::generate(*model, layers, { prompt }, options, bench.job) != one);
}

void TestEvalModel::stopTokensEndASequence()
{
    Bench bench;
    const auto model = decoder();
    const auto layers = eval::loadLayers(*model, *referenceVariant(model), bench.job);
    eval::GenerateOptions options;
    options.newTokens = 20;
    options.sampling.seed = 2;
    const auto free = eval::generate(*model, layers, { { 7 }, { 9 } }, options, bench.job);
    const std::int32_t stop = free[0][3];
    options.stopTokens = { stop };
    const auto stopped = eval::generate(*model, layers, { { 7 }, { 9 } }, options, bench.job);
    const auto first = std::find(free[0].begin(), free[0].end(), stop);
    QCOMPARE(stopped[0], std::vector<std::int32_t>(free[0].begin(), first + 1));
    QVERIFY(std::equal(stopped[1].begin(), stopped[1].end(), free[1].begin()));
}

void TestEvalModel::badPromptsAreRefused()
{
    Bench bench;
    const auto model = decoder();
    const auto layers = eval::loadLayers(*model, *referenceVariant(model), bench.job);
    for (const std::vector<std::vector<std::int32_t>> &prompts :
         { std::vector<std::vector<std::int32_t>> {},
           { {} },
           { { 1 }, { 1, 2 } },
           { { 300 } },
           { { -1 } } })
        QVERIFY_THROWS_EXCEPTION(Exception,
                                 (void)eval::generate(*model, layers, prompts, {}, bench.job));
}

void TestEvalModel::perplexityEqualsSlowComputation()
{
    Bench bench;
    const auto model = decoder();
    const Disturbed reference("reference", model, 0), same("same", model, 0),
        other("other", model, 0.2);
    const auto text = windows(7, 40);
    const auto results = evaluate(bench, model, { &reference, &same, &other }, text);
    QCOMPARE(results.size(), std::size_t(3));
    double total = 0, totalOther = 0, kldSum = 0;
    std::int64_t agree = 0;
    for (std::size_t w = 0; w < text.size(); ++w) {
        const auto p = slowLogProbabilities(*model, reference, text[w]);
        const auto q = slowLogProbabilities(*model, other, text[w]);
        double nll = 0, nllOther = 0, kld = 0;
        for (std::size_t t = 0; t + 1 < text[w].size(); ++t) {
            const auto next = static_cast<std::size_t>(text[w][t + 1]);
            nll -= p[t][next] / 39;
            nllOther -= q[t][next] / 39;
            for (std::size_t i = 0; i < p[t].size(); ++i)
                kld += std::exp(p[t][i]) * (p[t][i] - q[t][i]) / 39;
            agree += std::max_element(p[t].begin(), p[t].end()) - p[t].begin()
                == std::max_element(q[t].begin(), q[t].end()) - q[t].begin();
        }
        QVERIFY(std::abs(results[0].windowNll[w] - nll) < 1e-5);
        QVERIFY(std::abs(results[2].windowNll[w] - nllOther) < 1e-5);
        QVERIFY(std::abs(results[2].windowKld[w] - kld) < 1e-5);
        total += nll / 7;
        totalOther += nllOther / 7;
        kldSum += kld / 7;
    }
    QVERIFY(std::abs(results[0].value / std::exp(total) - 1) < 1e-5);
    QVERIFY(std::abs(results[2].value / std::exp(totalOther) - 1) < 1e-5);
    QVERIFY(std::abs(results[2].kld - kldSum) < 1e-5);
    QVERIFY(results[2].kld > 1e-3);
    QVERIFY(std::abs(results[2].top1Agreement - static_cast<double>(agree) / (7 * 39)) < 1e-9);
    QCOMPARE(results[0].tokens, std::int64_t(7 * 39));
    // the same model as a variant
    QCOMPARE(results[1].windowNll, results[0].windowNll);
    QCOMPARE(results[1].kld, 0.0);
    QCOMPARE(results[1].top1Agreement, 1.0);
    for (const double d : results[1].deltaPPercentiles)
        QCOMPARE(d, 0.0);
    // streamed: the first results speak of part of the windows
    const auto &first = std::get<EvaluationResult>(*bench.published.front());
    QVERIFY(first.samples < 7);
    QCOMPARE(std::get<EvaluationResult>(*bench.published.back()).samples, std::int64_t(7));
}

void TestEvalModel::threadsDoNotMatter()
{
    const auto model = decoder(nn::Compute::bf16);
    const Disturbed reference("reference", model, 0), other("other", model, 0.2);
    const auto text = windows(3, 64);
    std::vector<EvaluationResult> before;
    for (const int threads : { 1, 2, 4 }) {
        at::set_num_threads(threads);
        Bench bench(makeMemoryCheckpointStore(), threads);
        const auto now = evaluate(bench, model, { &reference, &other }, text);
        for (std::size_t i = 0; i < before.size(); ++i) {
            QCOMPARE(now[i].windowNll, before[i].windowNll);
            QCOMPARE(now[i].windowKld, before[i].windowKld);
            QCOMPARE(now[i].deltaPPercentiles, before[i].deltaPPercentiles);
        }
        before = now;
    }
    at::set_num_threads(1);
}

void TestEvalModel::resumeAndAddedVariantReuseWork()
{
    Bench bench;
    const auto model = decoder();
    const Disturbed reference("reference", model, 0), a("a", model, 0.1), b("b", model, 0.2);
    const auto text = windows(6, 32);
    const auto first = evaluate(bench, model, { &reference, &a }, text);
    const int referenceLayers = reference.given, aLayers = a.given;
    QVERIFY(aLayers > 0);
    // everything again: nothing runs
    const auto again = evaluate(bench, model, { &reference, &a }, text);
    QCOMPARE(a.given, aLayers);
    QCOMPARE(reference.given, referenceLayers);
    QCOMPARE(again[1].windowNll, first[1].windowNll);
    QCOMPARE(again[1].kld, first[1].kld);
    // one more variant: only it runs
    const auto more = evaluate(bench, model, { &reference, &a, &b }, text);
    QCOMPARE(reference.given, referenceLayers);
    QCOMPARE(a.given, aLayers);
    QVERIFY(b.given > 0);
    Bench fresh;
    const auto all = evaluate(fresh, model, { &reference, &a, &b }, text);
    for (std::size_t i = 0; i < 3; ++i) {
        QCOMPARE(more[i].windowNll, all[i].windowNll);
        QCOMPARE(more[i].windowKld, all[i].windowKld);
    }
}

void TestEvalModel::cancelStops()
{
    Bench bench;
    const auto model = decoder();
    const Disturbed reference("reference", model, 0);
    bench.job.requestCancel();
    try {
        (void)evaluate(bench, model, { &reference }, windows(2, 32));
        QFAIL("went on after cancel");
    } catch (const Exception &e) {
        QCOMPARE(e.error.code, ErrorCode::cancelled);
    }
}

void TestEvalModel::logitsInChunks()
{
    Bench bench;
    const auto model = decoder();
    const auto reference = referenceVariant(model);
    const auto ids = windows(1, 400).front(); // two chunks
    std::vector<float> got;
    std::vector<std::int64_t> starts;
    eval::variantLogits(*model, *reference, ids, bench.job,
                        [&](std::int64_t first, std::int64_t rows, const float *values) {
                            starts.push_back(first);
                            got.insert(got.end(), values, values + rows * 300);
                        });
    QCOMPARE(starts, (std::vector<std::int64_t> { 0, 256 }));
    QCOMPARE(got.size(), std::size_t(400 * 300));
    const auto p = slowLogProbabilities(*model, *reference, ids);
    double sum = 0;
    for (int i = 0; i < 300; ++i)
        sum += std::exp(static_cast<double>(got[399 * 300 + static_cast<std::size_t>(i)]));
    QVERIFY(std::abs(got[399 * 300 + 5] - std::log(sum) - p[399][5]) < 1e-5);
}

void TestEvalModel::calibrationTokensAreCachedAndSeeded()
{
    Bench bench;
    const auto model = decoder();
    RunSpec spec;
    spec.protocol.dtype = "fp32";
    spec.calibration.sequences = 3;
    spec.calibration.length = 24;
    const auto first = calibrationTokens(spec, model, *m_tokenizer, bench.job);
    QCOMPARE(first.size(), std::size_t(3));
    for (const auto &sequence : first) {
        QCOMPARE(sequence.size(), std::size_t(24));
        QCOMPARE(sequence.front(), m_tokenizer->documentStart());
    }
    QCOMPARE(bench.store->keys("tokens/").size(), std::size_t(1));
    QCOMPARE(calibrationTokens(spec, model, *m_tokenizer, bench.job), first);
    QCOMPARE(bench.store->keys("tokens/").size(), std::size_t(1));
    spec.seed = 1;
    QVERIFY(calibrationTokens(spec, model, *m_tokenizer, bench.job) != first);
}

/// A job stopped in the second of three groups: the text is the one that one group gives, and the
/// first group is not sampled again.
void TestEvalModel::sampledInGroups()
{
    const auto model = decoder();
    RunSpec spec;
    spec.protocol.dtype = "fp32";
    const TextWanted want { 7, 24, 3 };
    Bench whole;
    const auto expected = sampledText(spec, want, model, *m_tokenizer, whole.job);
    QCOMPARE(whole.store->keys("tokens/").size(), std::size_t(1));

    Bench bench;
    test::StoppingStore store(*bench.store, 1, [](auto &&...) { return true; });
    JobContext stopped({ {}, {} }, store, 1);
    store.stops(stopped);
    try {
        (void)sampledText(spec, want, model, *m_tokenizer, stopped, 3);
        QFAIL("it was not stopped");
    } catch (const Exception &e) {
        QCOMPARE(e.error.code, ErrorCode::cancelled);
    }
    QCOMPARE(store.keys("tokens/").size(), std::size_t(1));
    JobContext again({ {}, {} }, store, 1);
    QCOMPARE(sampledText(spec, want, model, *m_tokenizer, again, 3), expected);
    QCOMPARE(store.seen(), 1 + 2 + 1); // the second and third group, the whole
    QCOMPARE(again.snapshot().subDone, std::uint64_t(3 * 23));
    QCOMPARE(again.snapshot().subTotal, std::uint64_t(3 * 23));
}

void TestEvalModel::groupsFollowFromTheModel()
{
    ModelConfig c;
    c.layers = 36;
    c.kvHeads = 8;
    c.headDim = 128;
    // Qwen3-8B: 302 MB a sequence of 2,048 tokens in bf16.
    QCOMPARE(sequencesAtOnce(c, 2048, 2, false), std::int64_t(7));
    QCOMPARE(sequencesAtOnce(c, 2048, 2, true), std::int64_t(56));
    QCOMPARE(sequencesAtOnce(c, 1 << 20, 2, false), std::int64_t(1));
    c.hidden = 4096;
    QVERIFY(samplingBytes(c, 128, 2048, 2, true) < (std::uint64_t(17) << 30));
}

void TestEvalModel::hostileCalibrationText()
{
    Bench bench;
    const auto model = decoder();
    RunSpec spec;
    spec.calibration.source = "file";
    spec.calibration.sequences = 2;
    spec.calibration.length = 64;
    const auto code = [&](const QString &file, const QByteArray *content) {
        const QString path = m_dir.filePath(file);
        if (content) {
            QFile out(path);
            if (!out.open(QIODevice::WriteOnly))
                return ErrorCode::internal;
            out.write(*content);
        }
        spec.calibration.file = path.toStdString();
        try {
            (void)calibrationTokens(spec, model, *m_tokenizer, bench.job);
        } catch (const Exception &e) {
            if (e.error.where.find(file.toStdString()) == std::string::npos)
                qWarning("%s", e.what());
            return e.error.code;
        }
        return ErrorCode::internal;
    };
    const QByteArray empty, tiny("hello");
    QCOMPARE(code("none.txt", nullptr), ErrorCode::notFound);
    QCOMPARE(code("empty.txt", &empty), ErrorCode::badInput);
    QCOMPARE(code("tiny.txt", &tiny), ErrorCode::badInput);
    const QByteArray enough(1000, 'x');
    QFile out(m_dir.filePath("enough.txt"));
    QVERIFY(out.open(QIODevice::WriteOnly));
    out.write(enough);
    out.close();
    spec.calibration.file = m_dir.filePath("enough.txt").toStdString();
    const auto windowsOfFile = calibrationTokens(spec, model, *m_tokenizer, bench.job);
    QCOMPARE(windowsOfFile.size(), std::size_t(2));
    QCOMPARE(windowsOfFile.front().size(), std::size_t(64));
}

/// Windows to tune on share nothing with each other nor with the calibration's; a file that is too
/// short for that is told.
void TestEvalModel::tuningTextIsSeenOnce()
{
    Bench bench;
    const auto model = decoder();
    QByteArray numbers; // no stretch comes twice
    for (int i = 0; i < 500; ++i)
        numbers += QByteArray::number(1000 + i) + '\n';
    QFile file(m_dir.filePath("numbers.txt"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(numbers);
    file.close();
    const std::vector<TokenId> ids = m_tokenizer->encode(numbers.toStdString()).orThrow();
    RunSpec spec;
    spec.protocol.dtype = "fp32";
    spec.calibration.source = "file";
    spec.calibration.file = m_dir.filePath("numbers.txt").toStdString();
    spec.calibration.sequences = 4;
    spec.calibration.length = 64;
    const Recipe recipe = PresetLibrary::builtIn().orThrow().find("bat-plus").orThrow();
    Stage tune = *recipe.findStage("tune");
    tune.parameters["text"] = "file";
    tune.parameters["length"] = 32;
    std::vector<std::string> warnings;
    JobContext job({ {},
                     [&](LogLevel level, std::string_view text) {
                         if (level >= LogLevel::warning)
                             warnings.emplace_back(text);
                     } },
                   *bench.store, 1);
    std::vector<int> seen(ids.size(), 0);
    const auto mark = [&](const std::vector<std::vector<TokenId>> &windows, int by) {
        for (const auto &window : windows) {
            const auto at = std::search(ids.begin(), ids.end(), window.begin(), window.end());
            for (std::size_t i = 0; at != ids.end() && i < window.size(); ++i)
                seen.at(static_cast<std::size_t>(at - ids.begin()) + i) += by;
        }
    };
    const auto room = static_cast<std::int64_t>(ids.size()) - 4 * 64;
    tune.parameters["sequences"] = room / 64; // half of it
    const auto windows = tuneTokens(spec, tune, model, *m_tokenizer, job);
    QCOMPARE(windows.size(), static_cast<std::size_t>(room / 64));
    mark(windows, 1);
    QCOMPARE(std::count(seen.begin(), seen.end(), 1), room / 64 * 32);
    mark(calibrationTokens(spec, model, *m_tokenizer, job), 100);
    QCOMPARE(std::count(seen.begin(), seen.end(), 1), room / 64 * 32);
    QVERIFY(tuneTokens(spec, tune, model, *m_tokenizer, job) == windows);
    QVERIFY(warnings.empty());
    tune.parameters["sequences"] = room;
    QCOMPARE(tuneTokens(spec, tune, model, *m_tokenizer, job).size(),
             static_cast<std::size_t>(room));
    QCOMPARE(warnings.size(), std::size_t { 1 });
    QVERIFY(warnings.front().find("numbers.txt") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestEvalModel)
#include "tst_eval_model.moc"
