// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/evaluation_table.h"

#include "core/stats/explain.h"
#include "core/stats/metric.h"
#include "core/stats/paired_tests.h"
#include "core/stats/rtn_row.h"
#include "views/models/evaluation_cell.h"
#include "views/models/guest_session.h"
#include "views/models/imported_samples.h"
#include "views/models/text.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace batlab::views {

namespace {

constexpr double kZ95 = 1.959964;
constexpr double kSignificant = 0.05;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using Source = EvaluationSource;

QString taskTitle(const std::string &task, const std::string &metric)
{
    if (metric != "perplexity")
        return QStringLiteral("%1 %2").arg(qs(task), qs(metric));
    const QString name = task == "wikitext2" ? QStringLiteral("WikiText-2")
        : task == "wikitext2-valid"          ? QStringLiteral("WikiText-2 valid")
        : task == "gsm8k"                    ? QStringLiteral("GSM8K")
                                             : qs(task);
    return name + QStringLiteral(" ppl");
}

class Maker
{
public:
    Maker(const EvaluationInput &input, std::uint64_t seed) : m_input(input), m_seed(seed)
    {
        gatherOwn();
        gatherImports();
        std::stable_partition(m_sources.begin(), m_sources.end(),
                              [](const Source &s) { return s.row.isReference; });
    }

    EvaluationTable make()
    {
        const Source *baseline = find(m_input.baseline);
        if (baseline) {
            m_table.baseline = qs(baseline->row.variant);
            m_table.baselineTitle = baseline->row.title;
        }
        for (Source &source : m_sources) {
            source.row.cells.resize(m_table.columns.size());
            for (std::size_t c = 0; c < m_table.columns.size(); ++c)
                source.row.cells[c] = evaluationCell(source, m_table.columns[c],
                                                     find(source.reference), baseline, m_seed);
            finish(source);
        }
        correct();
        for (std::size_t c = 0; c < m_table.columns.size(); ++c)
            markBest(c);
        const Source *rtn = nullptr;
        for (const Source &s : m_sources)
            if (s.row.family == "none" && !s.row.filled && !s.import
                && (!rtn || (isUsualRtn(s.row.variant) && !isUsualRtn(rtn->row.variant))))
                rtn = &s;
        for (Source &s : m_sources) {
            gap(s, rtn);
            m_table.rows.push_back(s.row);
        }
        return std::move(m_table);
    }

private:
    void gatherOwn()
    {
        std::map<std::string, int> seeds; // variants of a group that have a result
        const auto has = [&](const std::string &id) {
            return std::any_of(m_input.results.begin(), m_input.results.end(),
                               [&](const auto &r) { return r.variant == id; });
        };
        for (const VariantInfo &v : m_input.variants)
            if (has(v.id))
                ++seeds[seedGroup(v)];
        for (const VariantInfo &v : m_input.variants) {
            if (!has(v.id))
                continue;
            const std::string group = seedGroup(v);
            const std::string id = seeds[group] > 1 ? group : v.id;
            auto at = std::find_if(m_sources.begin(), m_sources.end(),
                                   [&](const Source &s) { return s.row.variant == id; });
            if (at == m_sources.end()) {
                Source s;
                s.row.variant = id;
                s.row.family = v.family;
                s.row.filled = v.filled;
                s.row.isReference = v.family == "reference";
                s.row.title = qs(v.title.empty() ? v.id : v.title);
                s.row.onlineParameters = static_cast<double>(v.onlineParameters);
                s.row.onlineFlopPerToken = v.onlineFlopPerToken;
                if (seeds[group] > 1)
                    s.row.note = WorkbenchDocument::tr("%1 seeds").arg(seeds[group]);
                s.reference = referenceOf(v.id);
                m_sources.push_back(std::move(s));
                at = std::prev(m_sources.end());
            }
            for (const EvaluationResult &r : m_input.results) {
                if (r.variant != v.id || r.metric == kSiteMetric)
                    continue;
                at->own[{ r.task, r.metric }].push_back(&r);
                const MetricFacts facts = metricFacts(r.metric);
                column(r.task, r.metric, facts.better, facts.share && r.value >= 0 && r.value <= 1);
            }
        }
    }

    void gatherImports()
    {
        const ImportedResults *first = importReference(m_input.imports, m_input.importReference);
        const std::string reference = first ? first->id : std::string();
        for (const ImportedResults &import : m_input.imports) {
            Source s;
            s.row.variant = import.id;
            s.row.isReference = import.id == reference;
            s.row.family = s.row.isReference ? "reference" : "imported";
            s.row.title = qs(import.model);
            s.row.note = qs(import.note);
            s.reference = reference;
            s.import = &import;
            for (const ImportedTask &t : import.tasks) {
                EvaluationColumn &c =
                    column(t.task, t.metric, t.higherIsBetter ? Better::higher : Better::lower,
                           t.higherIsBetter && t.value >= 0 && t.value <= 1);
                if (s.row.isReference) {
                    c.chance = chanceOf(t);
                    c.nearChance = std::abs(t.value - c.chance) <= kZ95 * t.standardError;
                }
            }
            m_sources.push_back(std::move(s));
        }
    }

    EvaluationColumn &column(const std::string &task, const std::string &metric, Better better,
                             bool percent)
    {
        for (EvaluationColumn &c : m_table.columns)
            if (c.task == task && c.metric == metric)
                return c;
        EvaluationColumn c;
        c.task = task;
        c.metric = metric;
        c.title = taskTitle(task, metric);
        c.higherIsBetter = better == Better::higher;
        c.directed = better != Better::unknown;
        c.percent = percent;
        m_table.columns.push_back(std::move(c));
        return m_table.columns.back();
    }

    const Source *find(const std::string &id) const
    {
        for (const Source &s : m_sources)
            if (s.row.variant == id)
                return &s;
        for (const VariantInfo &v : m_input.variants) // a seed of a group
            if (v.id == id)
                for (const Source &s : m_sources)
                    if (s.row.variant == seedGroup(v))
                        return &s;
        return nullptr;
    }

    void finish(Source &source) const
    {
        double sum = 0, squares = 0, accuracy = 0;
        int n = 0, percents = 0;
        bool sure = true;
        for (std::size_t c = 0; c < source.row.cells.size(); ++c) {
            const EvaluationCell &cell = source.row.cells[c];
            if (!std::isnan(cell.recovery)) {
                sum += cell.recovery;
                const double half = (cell.recoveryHigh - cell.recoveryLow) / 2;
                sure = sure && std::isfinite(half);
                squares += half * half;
                ++n;
            }
            if (m_table.columns[c].percent && cell.present()) {
                accuracy += 100 * cell.value;
                ++percents;
            }
        }
        if (n > 0)
            source.row.recovery = sum / n;
        if (n > 0 && sure) { // tasks err independently
            source.row.low = source.row.recovery - std::sqrt(squares) / n;
            source.row.high = source.row.recovery + std::sqrt(squares) / n;
        }
        if (percents > 1)
            source.row.meanAccuracy = accuracy / percents;
    }

    /// Holm over every test of the table, then the verdicts.
    void correct()
    {
        std::vector<double> p;
        for (const Source &s : m_sources)
            for (const EvaluationCell &c : s.row.cells)
                p.push_back(c.p);
        p = holm(p);
        std::size_t at = 0;
        for (Source &s : m_sources)
            for (EvaluationCell &c : s.row.cells) {
                c.p = p[at++];
                if (!(c.p < kSignificant))
                    c.verdict = 0;
            }
    }

    void markBest(std::size_t column)
    {
        if (!m_table.columns[column].directed)
            return;
        const double sign = m_table.columns[column].higherIsBetter ? 1 : -1;
        double best = kNaN;
        for (const Source &s : m_sources) {
            const EvaluationCell &c = s.row.cells[column];
            if (!s.row.isReference && c.present() && !(sign * c.value <= sign * best))
                best = c.value;
        }
        for (Source &s : m_sources)
            s.row.cells[column].best = !s.row.isReference && s.row.cells[column].value == best;
    }

    void gap(Source &source, const Source *rtn) const
    {
        const Source *reference = find(source.reference);
        if (!rtn || !reference || source.row.isReference)
            return;
        for (const EvaluationColumn &c : m_table.columns) {
            if (c.metric != "perplexity")
                continue;
            const auto *value = resultsOf(source, c), *worst = resultsOf(*rtn, c),
                       *full = resultsOf(*reference, c);
            if (!value || !worst || !full)
                continue;
            const double least = meanOf(*full, &EvaluationResult::value);
            const double range = meanOf(*worst, &EvaluationResult::value) - least;
            if (range > 0)
                source.row.gapLeft = (meanOf(*value, &EvaluationResult::value) - least) / range;
            return;
        }
    }

    const EvaluationInput &m_input;
    std::uint64_t m_seed;
    std::vector<Source> m_sources;
    EvaluationTable m_table;
};

} // namespace

EvaluationTable evaluationTable(const EvaluationInput &input, std::uint64_t seed)
{
    return Maker(input, seed).make();
}

} // namespace batlab::views
