// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace batlab {

/// The linker's hash of the running program (the GNU build ID of its ELF file, hex), so that
/// results name the very build they come from; empty where the linker wrote none.
[[nodiscard]] std::string buildId();

} // namespace batlab
