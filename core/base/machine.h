// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace batlab {

/// Names what a path means here: a hash of the kernel's boot (/proc/sys/kernel/random/boot_id) and
/// of the root folder's device and inode. The same for two processes that see the same files;
/// another one on another machine, in a container, and after the next boot. Empty without /proc.
[[nodiscard]] std::string machineId();
/// The machine's own name; empty if it has none.
[[nodiscard]] std::string hostName();

} // namespace batlab
