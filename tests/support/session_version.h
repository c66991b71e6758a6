// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace batlab::test {

/// Makes a session what a Batlab of another format version ("1.7") would have left: with that
/// version, with content that no present one knows, without a seal.
void setFormatVersion(const std::filesystem::path &session, const std::string &version);

/// Makes a session what a Batlab of format 1.`minor` (below 3) would have left: with that version,
/// without the hashes that later ones added, without a seal.
void makeOlder(const std::filesystem::path &session, int minor);

} // namespace batlab::test
