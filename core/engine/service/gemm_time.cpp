// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/gemm_time.h"

#include "core/engine/calib/moments.h"
#include "core/engine/calib/rotate.h"
#include "core/engine/calib/rounding.h"
#include "core/engine/calib/streams.h"
#include "core/engine/nn/site_width.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <chrono>

namespace batlab {

namespace {

class Counter
{
public:
    Counter(const ModelConfig &config, std::vector<GemmRow> &rows) : m_config(config), m_rows(rows)
    { }

    /// All layers over `tokens` tokens, `rows` at a time.
    void layers(const std::string &what, double tokens, std::int64_t rows)
    {
        inputs(what, tokens, rows);
        m_rows.push_back({ what + ": down", 1, rows, m_config.hidden, m_config.intermediate, false,
                           calls(tokens, rows) });
    }
    /// The same as far as what enters the last product.
    void inputs(const std::string &what, double tokens, std::int64_t rows)
    {
        const ModelConfig &c = m_config;
        const double count = calls(tokens, rows);
        const std::int64_t heads = c.heads * c.headDim;
        const std::int64_t keys = c.kvHeads * c.headDim;
        m_rows.push_back({ what + ": q", 1, rows, heads, c.hidden, false, count });
        m_rows.push_back({ what + ": k, v", 1, rows, keys, c.hidden, false, 2 * count });
        m_rows.push_back({ what + ": o", 1, rows, c.hidden, heads, false, count });
        m_rows.push_back(
            { what + ": gate, up", 1, rows, c.intermediate, c.hidden, false, 2 * count });
    }
    /// Causal attention of all layers over `tokens` tokens in sequences of `length`.
    void attention(const std::string &what, double tokens, std::int64_t length)
    {
        const double count =
            tokens / static_cast<double>(length) * static_cast<double>(m_config.layers) / 2;
        m_rows.push_back(
            { what + ": scores", m_config.heads, length, length, m_config.headDim, false, count });
        m_rows.push_back(
            { what + ": mixing", m_config.heads, length, m_config.headDim, length, false, count });
    }
    void head(const std::string &what, double tokens, std::int64_t rows)
    {
        m_rows.push_back({ what + ": head", 1, rows, m_config.vocab, m_config.hidden, false,
                           tokens / static_cast<double>(rows) });
    }

private:
    [[nodiscard]] double calls(double tokens, std::int64_t rows) const
    {
        return tokens / static_cast<double>(rows) * static_cast<double>(m_config.layers);
    }
    const ModelConfig &m_config;
    std::vector<GemmRow> &m_rows;
};

double seconds(std::chrono::steady_clock::time_point since)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

/// What the variants that share a calibration text do with it, in walks over all layers.
struct TextWork
{
    explicit TextWork(const RunSpec &spec) : calibration(spec.calibration), seed(spec.seed) { }
    CalibrationSpec calibration;
    std::uint64_t seed;
    double passes = 1; ///< the first: full precision
    double captures = 0; ///< of site inputs alone
    double hessians = 0;
    double crosses = 0; ///< products of two streams
    bool used = false; ///< some variant reads it

    [[nodiscard]] bool isOf(const RunSpec &spec) const
    {
        return calibration == spec.calibration && seed == spec.seed;
    }
    [[nodiscard]] double tokens() const
    {
        return static_cast<double>(calibration.sequences * calibration.length);
    }
    [[nodiscard]] std::int64_t batch() const
    {
        return calib::sequencesPerBatch(calibration.length) * calibration.length;
    }
};

/// Text of `count` sequences, `all` tokens, as far as the model writes it itself.
void addSampling(Counter &counter, const CalibrationSpec &calibration, const std::string &source,
                 std::int64_t count, double all)
{
    const double share = source == "self" ? 1.0
        : source == "file"                ? 0.0
                                          : 1.0 - calibration.fileShare;
    if (share <= 0)
        return;
    const auto own =
        std::max<std::int64_t>(1, static_cast<std::int64_t>(share * static_cast<double>(count)));
    counter.layers("sampling", share * all, own);
    counter.head("sampling", share * all, own);
}

/// Training on all layers at once: targets once, if there is a teacher; `walks` of the layers a
/// step; heads of the student, of the teacher, and one backward.
void addEndToEnd(Counter &counter, const CalibrationSpec &calibration, const Stage &stage,
                 const char *name, double walks, bool taught)
{
    const std::int64_t own =
        integer(stage, "length") > 0 ? integer(stage, "length") : calibration.length;
    const std::int64_t texts = integer(stage, "sequences");
    const std::int64_t together = integer(stage, "batch") * own;
    const std::string source = text(stage, "text");
    addSampling(counter, calibration, source == "calibration" ? calibration.source : source, texts,
                static_cast<double>(texts * own));
    const double visited =
        static_cast<double>(integer(stage, "steps")) * static_cast<double>(together);
    const double all = walks * visited + (taught ? static_cast<double>(texts * own) : 0.0);
    counter.layers(name, all, together);
    counter.attention(name, all, own);
    counter.head(name, (taught ? 3 : 2) * visited, 256);
}

void addVariant(TextWork &work, const Recipe &recipe, const ModelConfig &config, Counter &counter,
                std::vector<GemmRow> &rows)
{
    const std::int64_t sequences = work.calibration.sequences;
    const Stage *round = recipe.findStage("round");
    const Stage *fold = recipe.findStage("fold");
    const bool diagonal = fold != nullptr && text(*fold, "diagonal") != "none";
    const bool rounded = round != nullptr && calib::needsHessian(round->parameters);
    work.used = true;
    work.passes += 1; // solved layer
    if (rounded || diagonal) {
        work.captures += 1;
        work.hessians += 1;
    }
    if (rounded) {
        const bool paired = text(*round, "target") == "asymmetric";
        const bool own = paired || text(*round, "hessian") == "quantized";
        const bool perSite = text(*round, "sequential") == "sublayer";
        if (own || perSite) {
            // T1 to T4, each as far as it goes
            work.captures += (paired ? 2 : 1) * (perSite ? 2 : 1);
            work.hessians += 1;
            work.crosses += paired ? 1 : 0;
        }
    }
    if (round != nullptr && text(*round, "kind") == "learned") {
        const auto each =
            static_cast<double>(std::min<std::int64_t>(integer(*round, "learnBatch"), sequences));
        work.passes += 3 * static_cast<double>(integer(*round, "learnSteps")) * each
            / static_cast<double>(sequences);
    }
    if (const Stage *train = recipe.findStage("train")) {
        const std::int64_t all = integer(*train, "sequences");
        const double part =
            all > 0 ? static_cast<double>(std::min(all, sequences)) / double(sequences) : 1;
        work.passes += 3 * part * static_cast<double>(integer(*train, "epochs"));
    }
    if (const Stage *tune = recipe.findStage("tune")) {
        // A step is a forward pass, a second one, and the gradient of the inputs (and of the
        // weights, where codes are learned).
        addEndToEnd(counter, work.calibration, *tune, "calibration, tuning",
                    text(*tune, "codes") == "learned" ? 4 : 3, true);
        work.passes += 2; // measuring the tuned layers
    }
    if (const Stage *learn = recipe.findStage("learn-rotation")) {
        addEndToEnd(counter, work.calibration, *learn, "calibration, rotations", 4,
                    text(*learn, "loss") == "divergence");
        const Json &rotate = recipe.findStage("rotate")->parameters;
        const std::int64_t side = calib::rotationBlocks(config, rotate).residual;
        if (side > 0) // every weight is rotated twice and its gradient taken once a step
            rows.push_back({ "calibration, rotations", 1,
                             config.linearParameters() / config.layers / side, side, side, true,
                             3.0 * static_cast<double>(integer(*learn, "steps"))
                                 * static_cast<double>(config.layers) });
    }
}

void addText(const TextWork &work, const ModelConfig &config, Counter &counter,
             std::vector<GemmRow> &rows)
{
    const double tokens = work.tokens();
    const std::int64_t batch = work.batch();
    counter.layers("calibration", work.passes * tokens, batch);
    counter.inputs("calibration, site inputs", work.captures * tokens, batch);
    counter.attention("calibration", (work.passes + work.captures) * tokens,
                      work.calibration.length);
    for (const Site site : kLinearSites) {
        const std::int64_t n = siteWidth(config, site);
        const double calls =
            tokens / static_cast<double>(batch) * static_cast<double>(config.layers);
        // Of a square the panels on and below the diagonal.
        const double lower = (1 + double(std::min(calib::kSquarePanel, n)) / double(n)) / 2;
        rows.push_back(
            { "Hessians", 1, n, n, batch, true, (work.hessians * lower + work.crosses) * calls });
    }
}

} // namespace

std::vector<GemmRow> jobGemms(const RunSpec &spec, const ModelConfig &config)
{
    std::vector<GemmRow> rows;
    Counter counter(config, rows);
    std::vector<TextWork> texts { TextWork(spec) }; // the run's own first: statistics are its
    texts.front().passes = spec.analysis.enabled ? 0 : 1; // the statistics' walk serves
    for (const VariantSpec &variant : spec.variants) {
        const RunSpec own = specFor(spec, variant);
        auto at = std::find_if(texts.begin(), texts.end(),
                               [&](const TextWork &w) { return w.isOf(own); });
        if (at == texts.end())
            at = texts.insert(texts.end(), TextWork(own));
        addVariant(*at, variant.recipe, config, counter, rows);
    }
    for (const TextWork &work : texts) {
        const bool first = &work == &texts.front();
        if (!first || spec.analysis.enabled || work.used)
            addSampling(counter, work.calibration, work.calibration.source,
                        work.calibration.sequences, work.tokens());
        if (first && spec.analysis.enabled) {
            counter.layers("statistics", work.tokens(), work.batch());
            counter.attention("statistics", work.tokens(), work.calibration.length);
        }
        if (work.used)
            addText(work, config, counter, rows);
    }
    if (spec.evaluate) {
        const std::int64_t window = spec.protocol.windowLength;
        const double scored = static_cast<double>(spec.variants.size() + 1)
            * static_cast<double>(spec.protocol.windows > 0 ? spec.protocol.windows : 148)
            * static_cast<double>(window) * static_cast<double>(1 + spec.alsoEvaluate.size());
        counter.layers("evaluation", scored, window);
        counter.attention("evaluation", scored, window);
        counter.head("evaluation", scored, 256);
    }
    return rows;
}

double timeGemm(const GemmRow &row, std::string_view dtype, double budget)
{
    const c10::NoGradGuard noGrad;
    const auto type =
        at::TensorOptions().dtype(row.fp32 || dtype != "bf16" ? at::kFloat : at::kBFloat16);
    const at::Tensor a = at::ones({ row.batch, row.m, row.k }, type);
    const at::Tensor b = at::ones({ row.batch, row.n, row.k }, type).transpose(1, 2);
    const auto product = [&] { return row.batch == 1 ? at::mm(a[0], b[0]) : at::bmm(a, b); };
    (void)product(); // warm up
    std::vector<double> times;
    const auto begin = std::chrono::steady_clock::now();
    while (times.size() < 3 || seconds(begin) < budget) {
        const auto one = std::chrono::steady_clock::now();
        (void)product();
        times.push_back(seconds(one));
    }
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2),
                     times.end());
    return times[times.size() / 2];
}

} // namespace batlab
