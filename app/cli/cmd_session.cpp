// SPDX-License-Identifier: Apache-2.0
#include "app/cli/common.h"
#include "app/cli/table_output.h"
#include "sessions/session.h"
#include "sessions/session_tools.h"

#include <fmt/format.h>

namespace batlab::cli {

namespace {

struct Options
{
    std::string session, other, out, name;
    TableOptions table;
};

void printInfo(const Common &common, const Options &options)
{
    const Json document = info(options.session).orThrow();
    printJson(common, document);
    for (const auto &[key, value] : document.items()) {
        if (!value.is_array()) {
            printLine(common,
                      fmt::format("{:<10} {}", key,
                                  value.is_string() ? value.get<std::string>() : value.dump()));
            continue;
        }
        printLine(common, fmt::format("{:<10} {}", key, value.size()));
        for (const Json &entry : value)
            printLine(common,
                      "           "
                          + (entry.is_string() ? entry.get<std::string>() : entry.dump()));
    }
}

void check(Common &common, const Options &options)
{
    const VerifyReport report = verify(options.session).orThrow();
    printJson(common, report.toJson());
    for (const Error &problem : report.problems)
        printLine(common, "damaged: " + problem.message());
    printLine(common,
              fmt::format("{}: {} objects, {} artifacts, {} parts, {} problems", options.session,
                          report.objects, report.artifacts, report.parts, report.problems.size()));
    if (!report.problems.empty())
        common.exitStatus = exitStatus(ErrorCode::verification);
}

void compareSessions(Common &common, const Options &options)
{
    const auto differences = diff(options.session, options.other).orThrow();
    Json list = Json::array();
    for (const SessionDifference &difference : differences) {
        list.push_back({ { "where", difference.where }, { "what", difference.what } });
        printLine(common, fmt::format("{}: {}", difference.where, difference.what));
    }
    printJson(common, { { "differences", list } });
    if (!differences.empty())
        common.exitStatus = exitStatus(ErrorCode::verification);
}

void migrateSession(const Common &common, const Options &options)
{
    const Migration done = migrate(options.session).orThrow();
    printLine(common,
              done.backup.empty()
                  ? fmt::format("{}: already current (format {})", options.session, done.to)
                  : fmt::format("{}: format {} is now {}; the old file is {}", options.session,
                                done.from, done.to, done.backup.string()));
    printJson(common,
              { { "migrated", !done.backup.empty() },
                { "from", done.from },
                { "to", done.to },
                { "backup", done.backup.string() } });
}

void sessionTable(const Common &common, const Options &options)
{
    const Session session = load(options.session).orThrow();
    const RecoveryTable table = recoveryTable(tableInput(session, options.table));
    if (table.rows.empty() && !options.table.task.empty())
        throw Exception({ ErrorCode::usage,
                          "the session holds no evaluation on '" + options.table.task + "'",
                          options.session, "See batlab-cli session info." });
    if (table.rows.empty())
        throw Exception({ ErrorCode::notFound, "the session holds no evaluation", options.session,
                          "Run the job to its end, or evaluate a variant first." });
    checkBaseline(table, options.table, options.session).orThrow();
    printTable(common, table, options.table);
}

} // namespace

void addSession(CLI::App &app, Common &common)
{
    CLI::App *group =
        app.add_subcommand("session", "Look at, check, compare and copy session files");
    group->require_subcommand(1);
    const auto verb = [&](const char *name, const char *help,
                          const std::shared_ptr<Options> &options) {
        CLI::App *sub = group->add_subcommand(name, help);
        sub->add_option("SESSION", options->session, "Session file (NAME.batlab.h5)")->required();
        return sub;
    };
    auto options = std::make_shared<Options>();
    verb("info", "What a session holds", options)->callback([&common, options] {
        printInfo(common, *options);
    });

    options = std::make_shared<Options>();
    verb("verify", "Check every dataset, artifact and part; exit status 1 if one is damaged",
         options)
        ->callback([&common, options] { check(common, *options); });

    options = std::make_shared<Options>();
    CLI::App *sub =
        verb("diff",
             "What differs in two sessions, times and uuids aside; exit status 1 if anything does",
             options);
    sub->add_option("OTHER", options->other, "The other session")->required();
    sub->callback([&common, options] { compareSessions(common, *options); });

    options = std::make_shared<Options>();
    sub = verb("table", "The recovery table, with paired differences to a baseline", options);
    addTableOptions(*sub, options->table);
    sub->add_option("--text", options->table.task,
                    "Evaluation text of the table (default: that of the protocol)");
    sub->callback([&common, options] { sessionTable(common, *options); });

    addWhy(*group, common);

    options = std::make_shared<Options>();
    verb("migrate", "Rewrite a session of an older format version in the present one", options)
        ->callback([&common, options] { migrateSession(common, *options); });

    options = std::make_shared<Options>();
    sub = verb("extract", "One dataset as CSV (OUT ends in .csv) or raw bytes", options);
    sub->add_option("NAME", options->name, "Dataset or plot group, such as /variants/bat/linears")
        ->required();
    sub->add_option("OUT", options->out, "File to write")->required();
    sub->callback([&common, options] {
        extract(options->session, options->name, options->out).orThrow();
        printLine(common, options->out);
        printJson(common, { { "out", options->out } });
    });

    options = std::make_shared<Options>();
    sub = verb("pack", "A portable copy with all parts inside", options);
    sub->add_option("OUT", options->out, "File to write")->required();
    sub->callback([&common, options] {
        pack(options->session, options->out).orThrow();
        printLine(common, options->out);
        printJson(common, { { "out", options->out } });
    });
}

} // namespace batlab::cli
