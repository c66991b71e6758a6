// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/evaluation_cell.h"

#include "core/stats/paired_tests.h"
#include "views/models/imported_samples.h"

#include <cmath>

namespace batlab::views {

namespace {

constexpr double kZ95 = 1.959964;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// A value with its standard error; 0: unknown.
struct Estimate
{
    double value = 0, error = 0;
};

const ImportedTask *taskOf(const EvaluationSource &source, const EvaluationColumn &column)
{
    if (!source.import)
        return nullptr;
    for (const ImportedTask &t : source.import->tasks)
        if (t.task == column.task && t.metric == column.metric)
            return &t;
    return nullptr;
}

/// What the windows of a result can be paired on, by seed; empty vectors where nothing is stored.
std::vector<std::vector<double>> windows(const std::vector<const EvaluationResult *> &results,
                                         const std::string &metric)
{
    std::vector<std::vector<double>> out;
    for (const EvaluationResult *r : results)
        out.push_back(metric == "perplexity" ? r->windowNll
                          : metric == "kld"  ? r->windowKld
                                             : std::vector<double>());
    return out;
}

/// The value in % of full precision; NaN where there is no such ratio.
double recoveryOf(const EvaluationColumn &column, double value, double full)
{
    if (!column.directed || !(full > 0) || !(value >= 0))
        return kNaN;
    if (column.higherIsBetter)
        return 100 * value / full;
    return value > 0 ? 100 * full / value : kNaN;
}

void setInterval(EvaluationCell &cell, double half)
{
    if (!std::isfinite(half))
        return;
    cell.recoveryLow = cell.recovery - half;
    cell.recoveryHigh = cell.recovery + half;
}

double errorOfDifference(const Estimate &a, const Estimate &b)
{
    return a.error > 0 && b.error > 0 ? std::hypot(a.error, b.error) : 0;
}

int verdictOf(const EvaluationColumn &column, double delta)
{
    return (delta > 0) == column.higherIsBetter ? 1 : -1;
}

/// Tests cell.delta from two standard errors.
void testUnpaired(EvaluationCell &cell, const EvaluationColumn &column, const Estimate &value,
                  const Estimate &base)
{
    cell.paired = false;
    cell.p = normalPValue(cell.delta, errorOfDifference(value, base));
    if (!std::isnan(cell.p))
        cell.verdict = verdictOf(column, cell.delta);
}

Estimate estimateOf(const std::vector<const EvaluationResult *> &results)
{
    const double mean = meanOf(results, &EvaluationResult::value);
    const auto n = static_cast<double>(results.size());
    double spread = 0; // of the seeds' mean
    for (const EvaluationResult *r : results)
        spread += (r->value - mean) * (r->value - mean);
    spread = n > 1 ? std::sqrt(spread / (n - 1) / n) : 0;
    return { mean, std::hypot(meanOf(results, &EvaluationResult::standardError), spread) };
}

EvaluationCell ownCell(const EvaluationSource &source, const EvaluationColumn &column,
                       const EvaluationSource *reference, const EvaluationSource *baseline,
                       std::uint64_t seed)
{
    EvaluationCell cell;
    const auto *results = resultsOf(source, column);
    if (!results)
        return cell;
    const Estimate own = estimateOf(*results);
    cell.value = own.value;
    cell.error = kZ95 * own.error;
    cell.samples = results->front()->samples;
    if (!column.directed)
        return cell;
    const auto mine = windows(*results, column.metric);
    const bool paired = !mine.front().empty();
    PairedDifference toReference;
    const auto *of = reference ? resultsOf(*reference, column) : nullptr;
    if (of && reference == &source) {
        cell.recovery = cell.recoveryLow = cell.recoveryHigh = 100;
    } else if (of) {
        const Estimate full = estimateOf(*of);
        cell.recovery = recoveryOf(column, own.value, full.value);
        if (paired)
            toReference = twoLevelBootstrap(mine, windows(*of, column.metric), seed);
        if (column.metric == "perplexity" && toReference.pairs > 1
            && std::isfinite(toReference.low)) {
            cell.recoveryLow = 100 * std::exp(-toReference.high);
            cell.recoveryHigh = 100 * std::exp(-toReference.low);
        } else if (const double error = errorOfDifference(own, full); !paired && error > 0) {
            setInterval(cell, kZ95 * 100 * error / full.value);
        }
    }
    const auto *base = baseline ? resultsOf(*baseline, column) : nullptr;
    if (!base || baseline == &source)
        return cell;
    const Estimate against = estimateOf(*base);
    cell.delta = own.value - against.value;
    const auto theirs = windows(*base, column.metric);
    if (!paired && theirs.front().empty()) {
        testUnpaired(cell, column, own, against);
        return cell;
    }
    const PairedDifference d =
        baseline == reference ? toReference : twoLevelBootstrap(mine, theirs, seed);
    if (d.pairs > 1 && std::isfinite(d.low)) {
        cell.p = d.pValue;
        cell.verdict = verdictOf(column, d.mean);
    }
    return cell;
}

EvaluationCell importedCell(const EvaluationSource &source, const EvaluationColumn &column,
                            const EvaluationSource *reference, const EvaluationSource *baseline)
{
    EvaluationCell cell;
    const ImportedTask *task = taskOf(source, column);
    if (!task)
        return cell;
    const Estimate own { task->value, task->standardError };
    cell.value = own.value;
    cell.error = kZ95 * own.error;
    cell.samples = task->samples;
    if (!column.directed)
        return cell;
    const ImportedTask *full = reference ? taskOf(*reference, column) : nullptr;
    if (full && reference == &source) {
        cell.recovery = cell.recoveryLow = cell.recoveryHigh = 100;
    } else if (full) {
        cell.recovery = recoveryOf(column, own.value, full->value);
        double error = itemDifference(*task, *full).error;
        if (std::isnan(error) && own.error > 0)
            error = std::hypot(own.error, full->standardError);
        if (!std::isnan(cell.recovery))
            setInterval(cell, kZ95 * 100 * error / full->value);
    }
    // The pin where it was run on the same tasks, else the imports' own reference.
    const ImportedTask *base = baseline ? taskOf(*baseline, column) : nullptr;
    const EvaluationSource *against = base ? baseline : reference;
    base = base ? base : full;
    if (!base || against == &source)
        return cell;
    cell.delta = own.value - base->value;
    const ItemDifference items = itemDifference(*task, *base);
    if (std::isnan(items.p)) {
        testUnpaired(cell, column, own, { base->value, base->standardError });
    } else {
        cell.p = items.p;
        cell.verdict = verdictOf(column, cell.delta);
    }
    return cell;
}

} // namespace

double meanOf(const std::vector<const EvaluationResult *> &results, double EvaluationResult::*value)
{
    double sum = 0;
    for (const EvaluationResult *r : results)
        sum += r->*value;
    return sum / static_cast<double>(results.size());
}

const std::vector<const EvaluationResult *> *resultsOf(const EvaluationSource &source,
                                                       const EvaluationColumn &column)
{
    const auto at = source.own.find({ column.task, column.metric });
    return at == source.own.end() ? nullptr : &at->second;
}

EvaluationCell evaluationCell(const EvaluationSource &source, const EvaluationColumn &column,
                              const EvaluationSource *reference, const EvaluationSource *baseline,
                              std::uint64_t seed)
{
    return source.import ? importedCell(source, column, reference, baseline)
                         : ownCell(source, column, reference, baseline, seed);
}

} // namespace batlab::views
