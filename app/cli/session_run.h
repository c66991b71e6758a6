// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/common.h"
#include "app/cli/table_output.h"
#include "core/job/checkpoint_store.h"
#include "core/spec/run_spec.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace batlab::cli {

/// Makes the sweeps of a finished (or stopped) run from its table.
using SweepMaker = std::function<std::vector<Sweep>(const RecoveryTable &)>;

/// Runs a spec into a session file (made, or opened and added to): parts go into its .parts folder,
/// the session is saved after each variant and every minute, Ctrl+C cancels and keeps the
/// checkpoint. Prints the recovery table and sets common.exitStatus. The same spec started again
/// goes on where it stopped. Variants that fail stand in the table with their error and decide the
/// exit status. Sweeps made at the end are kept in the session and printed below the table. Throws
/// Exception on what fails before the job.
void runIntoSession(Common &common, const RunSpec &spec, const std::filesystem::path &session,
                    const TableOptions &table = {}, const SweepMaker &sweeps = {});

/// Applies --set options, "path=value" each (withSetting). Throws Exception naming the first wrong
/// one.
void applySettings(RunSpec &spec, const std::vector<std::string> &settings);
/// Built-in presets plus those of the user's folder (XDG_CONFIG_HOME/batlab/presets), where there
/// is one.
[[nodiscard]] PresetLibrary presetLibrary();
/// What made a session: this program with its build.
[[nodiscard]] std::string sessionCreator();
/// The checkpoint store of a workspace folder (LocalEngine's store factory).
[[nodiscard]] Result<std::shared_ptr<CheckpointStore>>
openWorkspace(const std::filesystem::path &folder);
/// A preset's id as people type it: "rtn" is short for "rtn-uos".
[[nodiscard]] std::string presetId(const std::string &text);

} // namespace batlab::cli
