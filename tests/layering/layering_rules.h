// SPDX-License-Identifier: Apache-2.0
// The house rules of ARCHITECTURE.md as data: which room may see which, and which libraries it may
// use.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace batlab::layering {

/// One folder of sources. `sees`: the rooms whose headers it may include and whose targets it may
/// link, besides its own. `uses`: the foreign libraries, by the names that libraryOfHeader() and
/// libraryOfTarget() give.
struct Room
{
    std::string_view name;
    std::vector<std::string_view> sees;
    std::vector<std::string_view> uses;
};

/// Every room of the house, lowest first: a room only sees rooms above it in this list.
[[nodiscard]] const std::vector<Room> &rooms();

/// The room that holds `path` (relative to the repository root, '/' separated): "core/engine/nn"
/// for "core/engine/nn/rope.cpp", "core/engine" for a file directly in it. Empty: not source code
/// of the house.
[[nodiscard]] std::string roomOf(std::string_view path);

/// "torch", "qt", "qcustomplot", "hdf5", ... for a foreign header; empty for the C++ standard
/// library and the system.
[[nodiscard]] std::string_view libraryOfHeader(std::string_view header);

/// The same for a CMake target or variable ("Qt6::Widgets", "${HDF5_C_LIBRARIES}"); empty when it
/// is none of them.
[[nodiscard]] std::string_view libraryOfTarget(std::string_view target);

/// What is wrong with `file` including `header`; empty when it may.
[[nodiscard]] std::string checkInclude(std::string_view file, std::string_view header);

/// What is wrong with the CMake file `file` linking `target`; empty when it may.
[[nodiscard]] std::string checkLink(std::string_view file, std::string_view target);

} // namespace batlab::layering
