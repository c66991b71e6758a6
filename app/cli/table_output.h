// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/common.h"
#include "core/stats/recovery.h"
#include "sessions/session.h"

#include <string>
#include <vector>

namespace batlab::cli {

/// How a recovery table is printed.
struct TableOptions
{
    std::string format = "text"; ///< tableFormatNames()
    std::string baseline; ///< variant the differences are against; empty: the first row
    std::string task; ///< evaluation text; empty: that of the variants' protocol
    std::uint64_t bootstrapSeed = 0;
};

/// --format and --baseline of a verb that prints a table.
void addTableOptions(CLI::App &verb, TableOptions &options);

/// What a session says about these variants (empty: all it has); results of other protocols than
/// `protocolHashes` are left out unless that is empty.
[[nodiscard]] TableInput tableInput(const Session &session, const TableOptions &options,
                                    const std::vector<std::string> &variants = {},
                                    const std::vector<std::string> &protocolHashes = {});

/// Whether a baseline names a row of the table; a usage error that lists the rows if not.
[[nodiscard]] Result<void> checkBaseline(const RecoveryTable &table, const TableOptions &options,
                                         const std::string &where);

/// The table on stdout in the format asked for; with --json as JSON.
void printTable(const Common &common, const RecoveryTable &table, const TableOptions &options);

} // namespace batlab::cli
