// SPDX-License-Identifier: Apache-2.0
#include "app/cli/sweep_run.h"

#include "app/cli/session_run.h"
#include "core/base/hash.h"
#include "core/stats/sweep_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <set>

namespace batlab::cli {

namespace {

/// One variant's sweep while it runs: which variant stands for which cell.
struct Planned
{
    Sweep sweep;
    std::vector<std::pair<SweepCell, std::string>> variants; ///< cell, variant id
};

Sweep emptySweep(const VariantSpec &base, const SweepPlan &plan, const Json &context)
{
    Sweep out;
    out.base = base.id;
    out.mode = name(plan.mode);
    out.axes = toJson(plan.axes);
    out.cells = Json::array();
    out.context = context;
    out.id = fmt::format("run-{}-{}", base.id,
                         hashHex(Json { out.mode, out.axes, out.context }.dump()).substr(0, 8));
    out.metric = "perplexity";
    out.higherIsBetter = false;
    return out;
}

/// Mean perplexity and KLD of a variant, over its seeds.
Json cellOf(const RecoveryTable &table, const SweepCell &cell, const std::string &variant)
{
    Json out { { "at", placeJson(cell) }, { "value", nullptr } };
    for (const RecoveryRow &row : table.rows) {
        if (row.variant != variant)
            continue;
        if (row.failed())
            out["reason"] = row.error;
        else
            out["value"] = row.perplexity;
        if (!row.failed())
            out["detail"] = { { "variant", variant },
                              { "perplexity_se", row.perplexityError },
                              { "perplexity_seed_sd", row.perplexitySpread },
                              { "seeds", row.seeds.size() },
                              { "kld", row.kld },
                              { "kld_se", row.kldError },
                              { "top1", row.top1 } };
    }
    return out;
}

} // namespace

void printSweeps(const Common &common, const std::vector<Sweep> &sweeps, const std::string &format)
{
    const TableFormat how = common.json ? TableFormat::json : tableFormatFromName(format);
    if (how == TableFormat::json) {
        Json list = Json::array();
        for (const Sweep &sweep : sweeps)
            list.push_back(Json::parse(render(sweep, how), nullptr, false));
        std::fputs((Json { { "sweeps", list } }.dump(2) + "\n").c_str(), stdout);
        return;
    }
    bool first = true;
    for (const Sweep &sweep : sweeps) {
        if (!first && how != TableFormat::csv)
            std::fputs("\n", stdout);
        first = false;
        std::fputs(render(sweep, how).c_str(), stdout);
    }
}

void runSweep(Common &common, RunSpec spec, const SweepPlan &plan, const std::string &session,
              const TableOptions &table, const std::function<void(RunSpec &)> &expand)
{
    const Json context { { "contract", spec.contract },
                         { "settings", spec.toJson().at("settings") },
                         { "protocol", spec.protocol.toJson() },
                         { "calibration", spec.toJson().at("calibration") } };
    std::vector<VariantSpec> all;
    std::vector<Planned> planned;
    std::set<std::string> ids;
    for (const VariantSpec &base : spec.variants) {
        if (!plan.only.empty() && presetId(base.id) != plan.only) {
            if (ids.insert(base.id).second)
                all.push_back(base);
            continue;
        }
        Planned one { emptySweep(base, plan, context), {} };
        for (const SweepCell &cell : sweepCells(plan.axes, plan.mode)) {
            Result<VariantSpec> variant = sweptVariant(base, plan.axes, cell);
            if (!variant) {
                one.sweep.cells.push_back({ { "at", placeJson(cell) },
                                            { "value", nullptr },
                                            { "reason", variant.error().message() } });
                continue;
            }
            one.variants.emplace_back(cell, variant->id);
            if (ids.insert(variant->id).second)
                all.push_back(*std::move(variant));
        }
        planned.push_back(std::move(one));
    }
    if (all.empty())
        throw Exception({ ErrorCode::usage, "no combination of the sweep is possible",
                          planned.front().sweep.base,
                          planned.front().sweep.cells.front().value("reason", "") });
    spec.variants = std::move(all);
    expand(spec);
    runIntoSession(common, spec, session, table, [&](const RecoveryTable &result) {
        std::vector<Sweep> sweeps;
        for (const Planned &one : planned) {
            sweeps.push_back(one.sweep);
            for (const auto &[cell, variant] : one.variants)
                sweeps.back().cells.push_back(cellOf(result, cell, variant));
        }
        return sweeps;
    });
}

} // namespace batlab::cli
