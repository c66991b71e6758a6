// SPDX-License-Identifier: Apache-2.0
#include "core/base/free_disk.h"

#include <system_error>

namespace batlab {

bool fitsFreeDisk(std::uint64_t bytes, const std::filesystem::path &folder, double share)
{
    if (folder.empty())
        return false;
    std::error_code error;
    const std::filesystem::space_info space = std::filesystem::space(folder, error);
    return !error && static_cast<double>(bytes) <= share * static_cast<double>(space.available);
}

} // namespace batlab
