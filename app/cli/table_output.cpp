// SPDX-License-Identifier: Apache-2.0
#include "app/cli/table_output.h"

#include <algorithm>
#include <cstdio>

namespace batlab::cli {

void addTableOptions(CLI::App &verb, TableOptions &options)
{
    verb.add_option("--baseline", options.baseline,
                    "Variant the paired differences are against (default: the first)");
    verb.add_option("--format", options.format,
                    "Of the table: text (default), markdown, latex (booktabs), csv or json")
        ->check(CLI::IsMember(tableFormatNames()));
}

TableInput tableInput(const Session &session, const TableOptions &options,
                      const std::vector<std::string> &variants,
                      const std::vector<std::string> &protocolHashes)
{
    const auto wanted = [&](const std::string &id) {
        return variants.empty() || id == "reference"
            || std::find(variants.begin(), variants.end(), id) != variants.end();
    };
    TableInput out;
    for (const VariantInfo *info : session.variants())
        if (wanted(info->id))
            out.variants.push_back(*info);
    if (!variants.empty()) { // in the order of the run, which a session only adds to
        const auto rank = [&](const VariantInfo &v) {
            return v.id == "reference"
                ? -1
                : std::find(variants.begin(), variants.end(), v.id) - variants.begin();
        };
        std::stable_sort(
            out.variants.begin(), out.variants.end(),
            [&](const VariantInfo &a, const VariantInfo &b) { return rank(a) < rank(b); });
    }
    for (const EvaluationResult *result : session.evaluations())
        if (wanted(result->variant)
            && (protocolHashes.empty()
                || std::find(protocolHashes.begin(), protocolHashes.end(), result->protocolHash)
                    != protocolHashes.end()))
            out.results.push_back(*result);
    for (const LinearScore *score : session.all<LinearScore>())
        if (wanted(score->variant))
            out.scores.push_back(*score);
    for (const VariantOutcome *outcome : session.all<VariantOutcome>())
        if (wanted(outcome->variant))
            out.outcomes.push_back(*outcome);
    out.baseline = options.baseline;
    out.task = options.task;
    out.bootstrapSeed = options.bootstrapSeed;
    return out;
}

Result<void> checkBaseline(const RecoveryTable &table, const TableOptions &options,
                           const std::string &where)
{
    if (options.baseline.empty() || !table.baseline.empty())
        return {};
    std::string known;
    for (const RecoveryRow &row : table.rows)
        if (!row.failed())
            known += (known.empty() ? "" : ", ") + row.variant;
    return Error { ErrorCode::usage,
                   "the table has no row '" + options.baseline + "' to take differences against",
                   where, known.empty() ? std::string() : "It has: " + known + "." };
}

void printTable(const Common &common, const RecoveryTable &table, const TableOptions &options)
{
    const TableFormat format =
        common.json ? TableFormat::json : tableFormatFromName(options.format);
    std::fputs(render(table, format).c_str(), stdout);
}

} // namespace batlab::cli
