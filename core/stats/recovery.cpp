// SPDX-License-Identifier: Apache-2.0
#include "core/stats/recovery.h"

#include "core/base/json_text.h"
#include "core/stats/rtn_row.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace batlab {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

bool isReference(const VariantInfo &v) { return v.id == "reference" || v.family == "reference"; }

std::uint64_t seedOf(const VariantInfo &v)
{
    const auto it = v.settings.is_object() ? v.settings.find("seed") : v.settings.end();
    return v.settings.is_object() && it != v.settings.end() && it->is_number_integer()
        ? it->get<std::uint64_t>()
        : 0;
}

/// A row in the making: the seeds of one variant that were evaluated, and what failed.
struct Group
{
    std::string id, title;
    const VariantInfo *info = nullptr; ///< of the first seed; null if it failed before its first
                                       ///< layer
    std::vector<const VariantInfo *> seeds;
    std::vector<const EvaluationResult *> results; ///< one a seed
    const VariantOutcome *failure = nullptr;
    std::string error;
    double peakMemoryBytes = 0;
    [[nodiscard]] bool isReference() const { return info && batlab::isReference(*info); }
};

class TableMaker
{
public:
    explicit TableMaker(const TableInput &input) : m_input(input)
    {
        const std::vector<std::string> tasks = evaluatedTasks(input);
        m_task = !input.task.empty() ? input.task : tasks.empty() ? "" : tasks.front();
        for (const EvaluationResult &r : input.results)
            if (r.metric == "perplexity" && r.task == m_task)
                m_results.emplace(r.variant, &r); // the first of several protocols
        for (const VariantOutcome &o : input.outcomes)
            m_outcomes.emplace(o.variant, &o);
        for (const LinearScore &s : input.scores) {
            auto &[sum, count] = m_sqnr[s.variant][static_cast<std::size_t>(inputSite(s.linear))];
            sum += s.outputSqnrDb;
            ++count;
        }
        gather();
    }

    RecoveryTable make()
    {
        RecoveryTable table;
        table.bootstrapSeed = m_input.bootstrapSeed;
        for (const Group &g : m_groups) {
            if (g.results.empty())
                continue;
            if (g.isReference())
                m_reference = &g;
            else if (isRtn(g) && (!m_rtn || (isUsualRtn(g.id) && !isUsualRtn(m_rtn->id))))
                m_rtn = &g;
            const bool wanted = g.id == m_input.baseline
                || std::any_of(g.seeds.begin(), g.seeds.end(),
                               [&](const VariantInfo *v) { return v->id == m_input.baseline; });
            if (wanted || (m_input.baseline.empty() && !m_base && !g.isReference()))
                m_base = &g;
        }
        if (m_base)
            table.baseline = m_base->id;
        const EvaluationResult *first = nullptr;
        for (const Group &g : m_groups) {
            table.rows.push_back(row(g));
            for (const EvaluationResult *r : g.results) {
                first = first ? first : r;
                table.comparable = table.comparable && r->protocolHash == first->protocolHash;
            }
        }
        table.contract = contractLine();
        return table;
    }

private:
    static bool isRtn(const Group &g) { return g.info->family == "none" && !g.info->filled; }

    /// Groups in the order of the variants, the reference first; those without a result are left
    /// out unless they failed.
    void gather()
    {
        std::vector<Group> groups;
        const auto groupOf = [&](const std::string &id) -> Group & {
            for (Group &g : groups)
                if (g.id == id)
                    return g;
            groups.push_back({});
            groups.back().id = id;
            return groups.back();
        };
        const auto failed = [](const VariantOutcome *o) { return o && o->state == "failed"; };
        for (const VariantInfo &v : m_input.variants) {
            const VariantOutcome *outcome = find(m_outcomes, v.id);
            const EvaluationResult *result = find(m_results, v.id);
            if (!result && !failed(outcome))
                continue;
            Group &g = groupOf(seedGroup(v));
            g.info = g.info ? g.info : &v;
            if (failed(outcome)) {
                fail(g, *outcome, seedOf(v));
            } else {
                g.seeds.push_back(&v);
                g.results.push_back(result);
                g.peakMemoryBytes =
                    std::max(g.peakMemoryBytes, outcome ? outcome->peakMemoryBytes : 0);
            }
        }
        const auto described = [&](const VariantOutcome &o) {
            return std::any_of(m_input.variants.begin(), m_input.variants.end(),
                               [&](const VariantInfo &v) { return v.id == o.variant; });
        };
        for (const VariantOutcome &o : m_input.outcomes)
            if (failed(&o) && !described(o))
                fail(groupOf(o.variant), o, 0);
        for (Group &g : groups)
            if (g.seeds.size() == 1 && g.error.empty()) // nothing to tell apart from
                g.id = g.seeds.front()->id;
        std::stable_partition(groups.begin(), groups.end(),
                              [](const Group &g) { return g.isReference(); });
        m_groups = std::move(groups);
    }

    static void fail(Group &g, const VariantOutcome &outcome, std::uint64_t seed)
    {
        g.failure = &outcome;
        if (!g.error.empty())
            g.error += "; ";
        if (seed != 0)
            g.error += fmt::format("seed {}: ", seed);
        g.error += outcome.error;
    }

    template<class T>
    static const T *find(const std::map<std::string, const T *> &map, const std::string &key)
    {
        const auto it = map.find(key);
        return it == map.end() ? nullptr : it->second;
    }

    /// Windows of every seed, [seeds][windows]; empty unless all seeds have as many.
    static std::vector<std::vector<double>> windows(const Group &g,
                                                    std::vector<double> EvaluationResult::*which)
    {
        std::vector<std::vector<double>> out;
        for (const EvaluationResult *r : g.results)
            out.push_back(r->*which);
        return out;
    }

    template<class Value>
    static double mean(const Group &g, Value value)
    {
        double sum = 0;
        for (const EvaluationResult *r : g.results)
            sum += value(*r);
        return sum / static_cast<double>(g.results.size());
    }

    template<class Value>
    static double spread(const Group &g, Value value)
    {
        if (g.results.size() < 2)
            return 0;
        const double centre = mean(g, value);
        double sum = 0;
        for (const EvaluationResult *r : g.results)
            sum += (value(*r) - centre) * (value(*r) - centre);
        return std::sqrt(sum / static_cast<double>(g.results.size() - 1));
    }

    /// Standard error over windows of the seeds' average, where all seeds have the same windows.
    static double windowError(const Group &g, std::vector<double> EvaluationResult::*which)
    {
        const auto rows = windows(g, which);
        const std::size_t n = rows.front().size();
        if (n < 2
            || std::any_of(rows.begin(), rows.end(), [&](const auto &r) { return r.size() != n; }))
            return 0;
        std::vector<double> average(n, 0.0);
        double centre = 0, squares = 0;
        for (std::size_t i = 0; i < n; ++i) {
            for (const auto &r : rows)
                average[i] += r[i] / static_cast<double>(rows.size());
            centre += average[i] / static_cast<double>(n);
        }
        for (const double v : average)
            squares += (v - centre) * (v - centre);
        return std::sqrt(squares / static_cast<double>(n - 1) / static_cast<double>(n));
    }

    [[nodiscard]] double perplexity(const Group *g) const
    {
        return g ? mean(*g, [](const EvaluationResult &r) { return r.value; }) : kNaN;
    }

    RecoveryRow row(const Group &g) const
    {
        RecoveryRow row;
        row.variant = g.id;
        row.title = g.info ? g.info->title : g.failure->title;
        row.family = g.info ? g.info->family : g.failure->family;
        row.filled = g.info && g.info->filled;
        row.error = g.error;
        row.siteSqnrDb.fill(kNaN);
        if (g.results.empty()) {
            row.perplexity = row.kld = row.top1 = row.recovery = row.gapLeft = kNaN;
            row.band = '-';
            return row;
        }
        const auto ppl = [](const EvaluationResult &r) { return r.value; };
        const auto kld = [](const EvaluationResult &r) { return r.kld; };
        const bool one = g.results.size() == 1;
        const EvaluationResult &first = *g.results.front();
        row.perplexity = mean(g, ppl);
        row.perplexityError = one ? first.standardError
                                  : row.perplexity * windowError(g, &EvaluationResult::windowNll);
        row.perplexitySpread = spread(g, ppl);
        row.kld = mean(g, kld);
        row.kldError = one ? first.kldStandardError : windowError(g, &EvaluationResult::windowKld);
        row.kldSpread = spread(g, kld);
        row.top1 = g.isReference()
            ? 1.0
            : mean(g, [](const EvaluationResult &r) { return r.top1Agreement; });
        const double reference = perplexity(m_reference);
        row.recovery = row.perplexity > 0 ? 100 * reference / row.perplexity : kNaN;
        row.band = bandOf(row.recovery);
        const double rtnGap = perplexity(m_rtn) - reference;
        row.gapLeft = rtnGap > 0 ? (row.perplexity - reference) / rtnGap : kNaN;
        if (m_base && m_base != &g) {
            row.nllVsBaseline = twoLevelBootstrap(windows(g, &EvaluationResult::windowNll),
                                                  windows(*m_base, &EvaluationResult::windowNll),
                                                  m_input.bootstrapSeed);
            if (!g.isReference())
                row.kldVsBaseline = twoLevelBootstrap(
                    windows(g, &EvaluationResult::windowKld),
                    windows(*m_base, &EvaluationResult::windowKld), m_input.bootstrapSeed);
        }
        addCosts(row, g);
        for (std::size_t i = 0; i < g.seeds.size(); ++i)
            row.seeds.push_back({ g.seeds[i]->id, seedOf(*g.seeds[i]), g.results[i]->value,
                                  g.results[i]->kld, g.results[i]->top1Agreement });
        return row;
    }

    void addCosts(RecoveryRow &row, const Group &g) const
    {
        std::array<std::pair<double, int>, 4> sums {};
        for (const VariantInfo *v : g.seeds) {
            row.seconds += v->calibrationSeconds / static_cast<double>(g.seeds.size());
            if (const auto it = m_sqnr.find(v->id); it != m_sqnr.end())
                for (std::size_t s = 0; s < 4; ++s) {
                    sums[s].first += it->second[s].first;
                    sums[s].second += it->second[s].second;
                }
        }
        for (std::size_t s = 0; s < 4; ++s)
            if (sums[s].second > 0)
                row.siteSqnrDb[s] = sums[s].first / sums[s].second;
        row.peakMemoryBytes = g.peakMemoryBytes;
        row.onlineParameters = g.info->onlineParameters;
        const Json &settings = g.info->settings; // sessions of earlier versions lack it
        if (const auto it = settings.find("onlineEpilogue");
            it != settings.end() && it->is_number_integer())
            row.onlineEpilogue = it->get<std::int64_t>();
        row.onlineFlopPerToken = g.info->onlineFlopPerToken;
    }

    /// Labels of arXiv 2601.09555: lossless up to 1 % drop, fair up to 3 %, risky beyond.
    static char bandOf(double recovery)
    {
        const double drop = 100 - recovery;
        if (drop <= 1)
            return 'L';
        return drop < 3 ? 'F' : 'R';
    }

    /// A variant of each quantized row, whatever its seeds.
    [[nodiscard]] std::vector<const VariantInfo *> oneOfEach() const
    {
        std::vector<const VariantInfo *> out;
        for (const Group &g : m_groups)
            if (g.info && !g.isReference())
                out.push_back(g.info);
        return out;
    }

    /// The rule of most rows, and whose is another; "each its own" where no rule has most.
    static std::string scaleRules(const std::vector<const VariantInfo *> &shown)
    {
        const auto rule = [](const VariantInfo *v) {
            return shownAt(v->settings, "scaleRule") + "/" + shownAt(v->settings, "ties");
        };
        std::map<std::string, std::size_t> count;
        for (const VariantInfo *v : shown)
            ++count[rule(v)];
        const auto most =
            std::max_element(count.begin(), count.end(),
                             [](const auto &a, const auto &b) { return a.second < b.second; });
        if (2 * most->second <= shown.size() && count.size() > 1)
            return "; each its own scale rule";
        std::string others;
        for (const VariantInfo *v : shown)
            if (rule(v) != most->first)
                others += fmt::format("{}{} {}", others.empty() ? "" : ", ", v->id, rule(v));
        return "; scales " + most->first + (others.empty() ? "" : " (" + others + ")");
    }

    /// The reference row names formats it does not use: the contract is that of the quantized rows.
    [[nodiscard]] std::string contractLine() const
    {
        std::vector<const VariantInfo *> shown;
        for (const Group &g : m_groups)
            if (g.info && !g.isReference())
                shown.insert(shown.end(), g.seeds.begin(), g.seeds.end());
        const bool quantized = !shown.empty();
        if (!quantized && m_reference)
            shown.push_back(m_reference->info);
        if (shown.empty())
            return {};
        const Json &p = shown.front()->protocol;
        std::string line = fmt::format(
            "W {}, A {}, KV {}; {}, {} x {} tokens, {}", shownAt(p, "weightFormat"),
            shownAt(p, "activationFormat"), shownAt(p, "kvFormat"), m_task,
            shownAt(p, "windows") == "-1" ? "all windows" : shownAt(p, "windows") + " windows",
            shownAt(p, "windowLength"), shownAt(p, "dtype"));
        if (!quantized)
            return line;
        line += scaleRules(oneOfEach());
        const auto textOf = [](const VariantInfo *v) {
            return shownAt(v->settings, "calibration");
        };
        const auto amountOf = [&](const VariantInfo *v) { // without the seed, which is said below
            return textOf(v).substr(0, textOf(v).find(", seed"));
        };
        const bool sameText = std::all_of(shown.begin(), shown.end(), [&](const VariantInfo *v) {
            return amountOf(v) == amountOf(shown.front());
        });
        if (!sameText)
            line += "; each its own calibration text";
        else if (const std::string text = textOf(shown.front()); !text.empty())
            line += "; calibrated on " + text;
        std::size_t most = 0;
        for (const Group &g : m_groups)
            most = std::max(most, g.seeds.size());
        if (most > 1)
            line += fmt::format("; {} calibration seeds", most);
        return line;
    }

    const TableInput &m_input;
    std::string m_task;
    std::map<std::string, const EvaluationResult *> m_results;
    std::map<std::string, const VariantOutcome *> m_outcomes;
    std::map<std::string, std::array<std::pair<double, int>, 4>> m_sqnr; ///< sum and count by site
    std::vector<Group> m_groups;
    const Group *m_reference = nullptr, *m_rtn = nullptr, *m_base = nullptr;
};

} // namespace

std::string seededId(const std::string &id, std::uint64_t seed)
{
    return seed == 0 ? id : fmt::format("{}.s{}", id, seed);
}

std::string seedGroup(const VariantInfo &variant)
{
    const std::string suffix = seededId({}, seedOf(variant));
    return !suffix.empty() && variant.id.ends_with(suffix)
        ? variant.id.substr(0, variant.id.size() - suffix.size())
        : variant.id;
}

std::vector<std::string> evaluatedTasks(const TableInput &input)
{
    std::vector<std::string> own, other;
    const auto add = [](std::vector<std::string> &to, const std::string &task) {
        if (std::find(to.begin(), to.end(), task) == to.end())
            to.push_back(task);
    };
    for (const EvaluationResult &r : input.results)
        if (r.metric == "perplexity") {
            const bool isOwn =
                std::any_of(input.variants.begin(), input.variants.end(), [&](const auto &v) {
                    return v.id == r.variant && v.protocolHash == r.protocolHash;
                });
            add(isOwn ? own : other, r.task);
        }
    for (const std::string &task : other)
        add(own, task);
    return own;
}

RecoveryTable recoveryTable(const TableInput &input) { return TableMaker(input).make(); }

RecoveryTable recoveryTable(const std::vector<VariantInfo> &variants,
                            const std::vector<EvaluationResult> &results,
                            const std::string &baseline)
{
    return recoveryTable(TableInput { variants, results, {}, {}, baseline, 0, {} });
}

} // namespace batlab
