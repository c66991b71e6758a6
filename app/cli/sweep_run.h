// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/common.h"
#include "app/cli/table_output.h"
#include "core/spec/sweep.h"

#include <functional>
#include <string>
#include <vector>

namespace batlab::cli {

/// What to vary.
struct SweepPlan
{
    std::vector<SweepAxis> axes;
    SweepMode mode = SweepMode::grid;
    std::string only; ///< the variant that is varied; the others stay as they are; empty: all
};

struct ProxyOptions
{
    std::string layers; ///< "0,7,14"; empty: four spread over the model
    std::int64_t tokens = 512;
};

/// Calibrates and evaluates every cell of the plan for each variant of the spec; prints the table
/// and one matrix a variant, and keeps the matrices in the session. expand: what is done to the
/// complete list of variants (several seeds).
void runSweep(Common &common, RunSpec spec, const SweepPlan &plan, const std::string &session,
              const TableOptions &table, const std::function<void(RunSpec &)> &expand);

/// The same by the fast proxy: output SQNR of the linears of a few layers, nothing is trained.
/// Without axes the variants themselves are compared.
void runProxySweep(Common &common, const RunSpec &spec, const SweepPlan &plan,
                   const ProxyOptions &options, const std::string &session,
                   const std::string &format);

/// Prints sweeps one after the other; with --json as one document.
void printSweeps(const Common &common, const std::vector<Sweep> &sweeps, const std::string &format);

} // namespace batlab::cli
