// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/run_spec.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace batlab {

/// One value of an axis: what it sets, or why it cannot be set.
struct SweepValue
{
    std::string text; ///< as written
    Json changes = Json::object(); ///< {path: value}, one entry a path of the axis
    std::string reason; ///< empty: it can be set
};

/// One swept parameter, or several that move together ("transform.g1:transform.g2").
struct SweepAxis
{
    std::string path; ///< as written
    std::vector<SweepValue> values;
};

enum class SweepMode : std::uint8_t {
    grid, ///< every combination
    oneAtATime ///< each value of each axis with the base's other values, and the base itself first
};

/// A place of the table: the index of each axis' value, nothing for the base's own.
using SweepCell = std::vector<std::optional<std::size_t>>;

/// "path=a,b,c". path is a stage parameter ("round.damp"), "stream", "mixedFrom", or a run-level
/// parameter a variant may have of its own (mayBeOwn). Several paths that move together are joined
/// by ':' in path and values: "transform.g1:transform.g2=1:32,8:4". Items of a list are joined by
/// '+': "fold.sites=T1+T3,T1+T2+T3+T4". Unknown paths are usage errors that name the nearest ones;
/// so is an axis none of whose values can be set; single values that cannot keep their reason.
[[nodiscard]] Result<SweepAxis> sweepAxis(std::string_view text);

/// "grid", "one-at-a-time".
[[nodiscard]] std::string_view name(SweepMode mode);
[[nodiscard]] std::optional<SweepMode> sweepModeFromName(std::string_view text);

/// The cells of a table, row-major over the axes for a grid.
[[nodiscard]] std::vector<SweepCell> sweepCells(const std::vector<SweepAxis> &axes, SweepMode mode);

/// The variant of a cell: id and title say what was changed. An error is the reason why the
/// combination is impossible.
[[nodiscard]] Result<VariantSpec>
sweptVariant(const VariantSpec &base, const std::vector<SweepAxis> &axes, const SweepCell &cell);

/// The axes as a Sweep artifact has them.
[[nodiscard]] Json toJson(const std::vector<SweepAxis> &axes);
/// A cell's place as a Sweep artifact has it.
[[nodiscard]] Json placeJson(const SweepCell &cell);

/// A named family of sweeps: a base and axes, each swept by itself (resources/sweeps/*.yaml).
struct SweepFamily
{
    std::string title, description;
    std::string base; ///< preset
    Json set = Json::object(); ///< overrides of the base
    Json protocol = Json::object(); ///< of the run, such as its formats; the run's own values win
    SweepMode mode = SweepMode::oneAtATime;
    std::vector<SweepAxis> axes;
    std::vector<std::string> presets; ///< further presets for comparison
};
[[nodiscard]] Result<SweepFamily> sweepFamilyFromYaml(std::string_view text,
                                                      std::string_view where);
/// A file, or the name of a shipped family ("ablation-bat").
[[nodiscard]] Result<SweepFamily> loadSweepFamily(const std::string &nameOrFile);

} // namespace batlab
