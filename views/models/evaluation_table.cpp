// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/evaluation_table.h"

#include "core/stats/explain.h"
#include "core/stats/paired_tests.h"
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

/// One row's results: a variant, all calibration seeds of a variant, or an import.
struct Source
{
    EvaluationRow row;
    std::string reference; ///< id of the row it is measured against
    std::map<std::pair<std::string, std::string>, std::vector<const EvaluationResult *>> own;
    const ImportedResults *import = nullptr;
};

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

std::vector<std::vector<double>> windows(const std::vector<const EvaluationResult *> &results)
{
    std::vector<std::vector<double>> out;
    for (const EvaluationResult *r : results)
        out.push_back(r->windowNll);
    return out;
}

double mean(const std::vector<const EvaluationResult *> &results, double EvaluationResult::*value)
{
    double sum = 0;
    for (const EvaluationResult *r : results)
        sum += r->*value;
    return sum / static_cast<double>(results.size());
}

const ImportedTask *taskOf(const Source &source, const EvaluationColumn &column)
{
    if (!source.import)
        return nullptr;
    for (const ImportedTask &t : source.import->tasks)
        if (t.task == column.task && t.metric == column.metric)
            return &t;
    return nullptr;
}

const std::vector<const EvaluationResult *> *resultsOf(const Source &source,
                                                       const EvaluationColumn &column)
{
    const auto at = source.own.find({ column.task, column.metric });
    return at == source.own.end() ? nullptr : &at->second;
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
                source.row.cells[c] = cell(source, m_table.columns[c], baseline);
            finish(source);
        }
        correct();
        for (std::size_t c = 0; c < m_table.columns.size(); ++c)
            markBest(c);
        const Source *rtn = nullptr;
        for (const Source &s : m_sources)
            if (!rtn && s.row.family == "none" && !s.row.filled && !s.import)
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
                    s.row.note = QStringLiteral("%1 seeds").arg(seeds[group]);
                s.reference = referenceOf(v.id);
                m_sources.push_back(std::move(s));
                at = std::prev(m_sources.end());
            }
            for (const EvaluationResult &r : m_input.results) {
                if (r.variant != v.id || r.metric == kSiteMetric)
                    continue;
                at->own[{ r.task, r.metric }].push_back(&r);
                column(r.task, r.metric, false, false);
            }
        }
    }

    void gatherImports()
    {
        std::string reference = m_input.importReference;
        if (reference.empty() && !m_input.imports.empty())
            reference = m_input.imports.front().id;
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
                EvaluationColumn &c = column(t.task, t.metric, t.higherIsBetter,
                                             t.higherIsBetter && t.value >= 0 && t.value <= 1);
                if (s.row.isReference) {
                    c.chance = chanceOf(t);
                    c.nearChance = std::abs(t.value - c.chance) <= kZ95 * t.standardError;
                }
            }
            m_sources.push_back(std::move(s));
        }
    }

    EvaluationColumn &column(const std::string &task, const std::string &metric, bool higher,
                             bool percent)
    {
        for (EvaluationColumn &c : m_table.columns)
            if (c.task == task && c.metric == metric)
                return c;
        EvaluationColumn c;
        c.task = task;
        c.metric = metric;
        c.title = taskTitle(task, metric);
        c.higherIsBetter = higher;
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

    EvaluationCell cell(const Source &source, const EvaluationColumn &column,
                        const Source *baseline) const
    {
        const Source *reference = find(source.reference);
        return source.import ? importedCell(source, column, reference, baseline)
                             : ownCell(source, column, reference, baseline);
    }

    EvaluationCell ownCell(const Source &source, const EvaluationColumn &column,
                           const Source *reference, const Source *baseline) const
    {
        EvaluationCell cell;
        const auto *results = resultsOf(source, column);
        if (!results)
            return cell;
        const auto n = static_cast<double>(results->size());
        cell.value = mean(*results, &EvaluationResult::value);
        double spread = 0; // of the seeds' mean
        for (const EvaluationResult *r : *results)
            spread += (r->value - cell.value) * (r->value - cell.value);
        spread = n > 1 ? std::sqrt(spread / (n - 1) / n) : 0;
        cell.error = kZ95 * std::hypot(mean(*results, &EvaluationResult::standardError), spread);
        cell.samples = results->front()->samples;
        const bool perplexity = column.metric == "perplexity";
        PairedDifference toReference;
        const auto *of = reference ? resultsOf(*reference, column) : nullptr;
        if (of && reference == &source) {
            cell.recovery = cell.recoveryLow = cell.recoveryHigh = 100;
        } else if (of) {
            const double full = mean(*of, &EvaluationResult::value);
            cell.recovery = perplexity ? 100 * full / cell.value : 100 * cell.value / full;
            toReference = twoLevelBootstrap(windows(*results), windows(*of), m_seed);
            if (perplexity && std::isfinite(toReference.low)) {
                cell.recoveryLow = 100 * std::exp(-toReference.high);
                cell.recoveryHigh = 100 * std::exp(-toReference.low);
            }
        }
        const auto *base = baseline ? resultsOf(*baseline, column) : nullptr;
        if (!base || baseline == &source)
            return cell;
        cell.delta = cell.value - mean(*base, &EvaluationResult::value);
        const PairedDifference d = baseline == reference
            ? toReference
            : twoLevelBootstrap(windows(*results), windows(*base), m_seed);
        if (d.pairs > 1 && std::isfinite(d.low)) {
            cell.p = d.pValue;
            cell.verdict = d.mean < 0 ? 1 : -1; // of a loss; correct() takes back what is not sure
        }
        return cell;
    }

    EvaluationCell importedCell(const Source &source, const EvaluationColumn &column,
                                const Source *reference, const Source *baseline) const
    {
        EvaluationCell cell;
        const ImportedTask *task = taskOf(source, column);
        if (!task)
            return cell;
        cell.value = task->value;
        cell.error = kZ95 * task->standardError;
        cell.samples = task->samples;
        const ImportedTask *full = reference ? taskOf(*reference, column) : nullptr;
        if (full && reference == &source) {
            cell.recovery = cell.recoveryLow = cell.recoveryHigh = 100;
        } else if (full && full->value > 0 && task->value > 0) {
            cell.recovery = 100
                * (task->higherIsBetter ? task->value / full->value : full->value / task->value);
            double error = itemDifference(*task, *full).error;
            if (std::isnan(error) && task->standardError > 0)
                error = std::hypot(task->standardError, full->standardError);
            const double half = kZ95 * 100 * error / full->value;
            if (std::isfinite(half)) {
                cell.recoveryLow = cell.recovery - half;
                cell.recoveryHigh = cell.recovery + half;
            }
        }
        // The pin where it was run on the same tasks, else the imports' own reference.
        const ImportedTask *base = baseline ? taskOf(*baseline, column) : nullptr;
        const Source *against = base ? baseline : reference;
        base = base ? base : full;
        if (!base || against == &source)
            return cell;
        cell.delta = task->value - base->value;
        const ItemDifference items = itemDifference(*task, *base);
        cell.paired = !std::isnan(items.p);
        cell.p = cell.paired
            ? items.p
            : normalPValue(cell.delta,
                           task->standardError > 0 && base->standardError > 0
                               ? std::hypot(task->standardError, base->standardError)
                               : 0);
        if (!std::isnan(cell.p))
            cell.verdict = (cell.delta > 0) == task->higherIsBetter ? 1 : -1;
        return cell;
    }

    static void finish(Source &source)
    {
        double sum = 0, squares = 0, accuracy = 0;
        int n = 0, percents = 0;
        bool sure = true;
        for (const EvaluationCell &cell : source.row.cells) {
            if (!std::isnan(cell.recovery)) {
                sum += cell.recovery;
                const double half = (cell.recoveryHigh - cell.recoveryLow) / 2;
                sure = sure && std::isfinite(half);
                squares += half * half;
                ++n;
            }
            if (source.import && cell.present() && cell.value <= 1) {
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
            const auto *value = resultsOf(source, c), *worst = resultsOf(*rtn, c),
                       *full = resultsOf(*reference, c);
            if (!value || !worst || !full)
                continue;
            const double least = mean(*full, &EvaluationResult::value);
            const double range = mean(*worst, &EvaluationResult::value) - least;
            if (range > 0)
                source.row.gapLeft = (mean(*value, &EvaluationResult::value) - least) / range;
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
