// SPDX-License-Identifier: Apache-2.0
#include "core/base/machine.h"

#include "core/base/hash.h"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace batlab {

std::string machineId()
{
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string boot;
    struct stat root = {};
    if (!std::getline(file, boot) || boot.empty() || stat("/", &root) != 0)
        return {};
    return hashHex(fmt::format("{} {} {}", boot, root.st_dev, root.st_ino));
}

std::string hostName()
{
    std::array<char, 256> name {};
    return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : std::string();
}

} // namespace batlab
