// SPDX-License-Identifier: Apache-2.0
#include "app/cli/session_run.h"
#include "app/cli/foreground.h"
#include "app/cli/results.h"
#include "core/engine/service/local_engine.h"
#include "core/engine/service/preflight.h"
#include "core/stats/sweep_table.h"
#include "sessions/checkpoint_folder.h"
#include "sessions/session.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <ctime>
#include <deque>
#include <optional>
#include <unistd.h>

namespace batlab::cli {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kSaveEvery { 60 };
constexpr int kSaveRest = 20; // a save takes a core from the job: it rests so many times as long
constexpr std::size_t kLogTail = 400;

std::string now() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

std::string hostName()
{
    char name[256] = {};
    return gethostname(name, sizeof name - 1) == 0 ? name : "";
}

/// Engine events in order, for the main thread.
class Inbox
{
public:
    void put(const EngineEvent &event)
    {
        {
            const std::lock_guard lock(m_mutex);
            m_events.push_back(event);
        }
        m_wake.notify_one();
    }
    std::deque<EngineEvent> take(std::chrono::milliseconds patience)
    {
        std::unique_lock lock(m_mutex);
        m_wake.wait_for(lock, patience, [this] { return !m_events.empty(); });
        return std::exchange(m_events, {});
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<EngineEvent> m_events;
};

class SessionRun
{
public:
    SessionRun(Common &common, const RunSpec &spec, std::filesystem::path path, TableOptions table,
               SweepMaker sweeps);
    void run();

private:
    void handle(const EngineEvent &event);
    void handle(const Artifact &artifact);
    void saveNow();
    [[nodiscard]] TableInput input() const;
    void report();

    Common &m_common;
    const RunSpec &m_spec;
    std::filesystem::path m_path;
    TableOptions m_tableOptions;
    SweepMaker m_sweepMaker;
    Session m_session;
    std::vector<Sweep> m_sweeps;
    RunRecord m_record;
    std::deque<std::string> m_log;
    ProgressPrinter m_printer;
    JobState m_state = JobState::queued;
    Error m_error;
    std::optional<Error> m_saveError;
    std::int64_t m_layers = 0;
    bool m_changed = false, m_saveSoon = false;
    Clock::time_point m_saved = Clock::now(), m_begin = Clock::now();
    Clock::duration m_saveTook {};
};

SessionRun::SessionRun(Common &common, const RunSpec &spec, std::filesystem::path path,
                       TableOptions table, SweepMaker sweeps)
    : m_common(common)
    , m_spec(spec)
    , m_path(std::move(path))
    , m_tableOptions(std::move(table))
    , m_sweepMaker(std::move(sweeps))
    , m_printer(common)
{
    const std::filesystem::path folder = m_path.has_parent_path() ? m_path.parent_path() : ".";
    std::error_code ec;
    if (!std::filesystem::is_directory(folder, ec))
        throw Exception({ ErrorCode::notFound, "there is no such folder for the session",
                          folder.string(), "Make the folder first." });
    const bool there = std::filesystem::exists(m_path, ec);
    m_session = there ? loadToAdd(m_path).orThrow() : Session::make(sessionCreator());
    for (const std::string &warning : m_session.warnings)
        m_printer.log(LogLevel::warning, warning);
    m_record.specHash = spec.hash();
    m_record.specJson = spec.toJson().dump();
    m_record.id = "run-" + m_record.specHash.substr(0, 8); // the same spec continues the same run
    m_record.state = name(JobState::running);
    m_record.started = now();
    m_record.host = hostName();
    m_record.device = common.device;
    m_record.threads = common.threadCount();
}

void SessionRun::handle(const Artifact &artifact)
{
    if (const auto *model = std::get_if<ModelSummary>(&artifact))
        m_layers = model->config.value("layers", std::int64_t(0));
    if (const auto *layer = std::get_if<LayerDone>(&artifact))
        m_saveSoon = m_saveSoon || layer->layer.index + 1 == m_layers;
    if (std::holds_alternative<EvaluationResult>(artifact)
        || std::holds_alternative<VariantOutcome>(artifact))
        m_saveSoon = true;
}

void SessionRun::handle(const EngineEvent &event)
{
    if (const auto *progress = std::get_if<JobProgress>(&event)) {
        m_printer.progress(progress->progress);
    } else if (const auto *log = std::get_if<JobLog>(&event)) {
        m_printer.log(log->level, log->text);
        m_log.push_back(fmt::format("{}: {}", name(log->level), log->text));
        if (m_log.size() > kLogTail)
            m_log.pop_front();
    } else if (const auto *artifact = std::get_if<JobArtifact>(&event)) {
        handle(*artifact->artifact);
        m_session.add(artifact->artifact);
        m_changed = true;
    } else if (const auto *state = std::get_if<JobStateChanged>(&event)) {
        m_state = state->state;
        m_error = state->error;
    }
}

void SessionRun::saveNow()
{
    m_record.state = name(isFinal(m_state) ? m_state : JobState::running);
    m_record.finished = isFinal(m_state) ? now() : std::string();
    m_record.error = m_state == JobState::failed ? m_error.message() : std::string();
    m_record.logTail.clear();
    for (const std::string &line : m_log)
        m_record.logTail += line + "\n";
    m_session.add(m_record);
    const auto begin = Clock::now();
    m_changed = m_saveSoon = false;
    m_saveError.reset();
    if (auto saved = save(m_session, m_path); !saved) {
        m_saveError = saved.error();
        m_printer.log(LogLevel::error, saved.error().message());
    }
    m_saved = Clock::now();
    m_saveTook = m_saved - begin;
}

void SessionRun::run()
{
    saveNow(); // a place one cannot write to is told before the work
    if (m_saveError)
        throw Exception(*m_saveError);
    Interrupt interrupt;
    Inbox inbox;
    LocalEngine::Options options;
    options.threads = m_common.threadCount();
    options.dataDir = m_common.dataDir();
    options.presets = presetLibrary();
    options.stores = &openWorkspace;
    options.device = m_common.device;
    LocalEngine engine(std::move(options));
    engine.setListener([&inbox](const EngineEvent &event) { inbox.put(event); });
    const JobId job = engine.submit({ m_spec.toJson(), partsFolderFor(m_path).string() }).orThrow();
    bool cancelled = false;
    while (!isFinal(m_state)) {
        for (const EngineEvent &event : inbox.take(std::chrono::milliseconds(50)))
            handle(event);
        if (Interrupt::requested() && !cancelled) {
            cancelled = true;
            (void)engine.cancel(job);
        }
        const auto rested = Clock::now() - m_saved;
        if (m_changed && !isFinal(m_state) && rested > kSaveRest * m_saveTook
            && (m_saveSoon || rested > kSaveEvery))
            saveNow();
    }
    if (m_sweepMaker)
        m_sweeps = m_sweepMaker(recoveryTable(input()));
    for (const Sweep &sweep : m_sweeps)
        m_session.add(Artifact(sweep));
    saveNow();
    report();
}

TableInput SessionRun::input() const
{
    std::vector<std::string> ids;
    for (const VariantSpec &variant : m_spec.variants)
        ids.push_back(variant.id);
    std::vector<std::string> protocols;
    for (const Protocol &protocol : evaluationProtocols(m_spec))
        protocols.push_back(protocol.hash());
    return tableInput(m_session, m_tableOptions, ids, protocols);
}

void SessionRun::report()
{
    const TableInput input = this->input();
    const RecoveryTable table = recoveryTable(input);
    const bool forPeople = !m_common.json && m_tableOptions.format == "text";

    Json document { { "session", m_path.string() },
                    { "parts", partsFolderFor(m_path).string() },
                    { "state", name(m_state) },
                    { "results", Json::array() },
                    { "seconds", std::chrono::duration<double>(Clock::now() - m_begin).count() } };
    for (const VariantInfo &variant : input.variants)
        for (const EvaluationResult &result : input.results)
            if (result.variant == variant.id)
                document["results"].push_back(resultJson(result));
    if (!table.rows.empty()) {
        if (!m_common.json)
            printTable(m_common, table, m_tableOptions);
        document["table"] = Json::parse(render(table, TableFormat::json), nullptr, false);
    }
    const std::vector<std::string> tasks = evaluatedTasks(input);
    for (std::size_t i = 1; i < tasks.size(); ++i) {
        TableInput other = input;
        other.task = tasks[i];
        const RecoveryTable beside = recoveryTable(other);
        if (forPeople)
            printLine(m_common, "");
        if (!m_common.json)
            printTable(m_common, beside, m_tableOptions);
        document["other_tables"][tasks[i]] =
            Json::parse(render(beside, TableFormat::json), nullptr, false);
    }
    for (const Sweep &sweep : m_sweeps) {
        if (forPeople)
            printLine(m_common, "\n" + render(sweep, TableFormat::text));
        document["sweeps"].push_back(Json::parse(render(sweep, TableFormat::json), nullptr, false));
    }
    if (m_state == JobState::succeeded && !m_saveError) {
        if (forPeople)
            printLine(m_common, fmt::format("session: {}", m_path.string()));
        printJson(m_common, document);
        return;
    }
    const Error error = m_state == JobState::succeeded ? *m_saveError : m_error;
    m_common.exitStatus = exitStatus(error.code);
    if (error.code == ErrorCode::cancelled)
        m_printer.log(
            LogLevel::info,
            fmt::format("cancelled; what is done is in {}. The same command goes on from there.",
                        m_path.string()));
    else
        m_printer.log(LogLevel::error, error.message());
    document["error"] = { { "code", name(error.code) },
                          { "what", error.what },
                          { "where", error.where },
                          { "hint", error.hint } };
    printJson(m_common, document);
}

} // namespace

std::string sessionCreator() { return "batlab-cli " + resources().at("build").get<std::string>(); }

PresetLibrary presetLibrary() { return PresetLibrary::installed().orThrow(); }

Result<std::shared_ptr<CheckpointStore>> openWorkspace(const std::filesystem::path &folder)
{
    auto store = openCheckpointFolder(folder);
    if (!store)
        return store.error();
    return std::shared_ptr<CheckpointStore>(std::move(*store));
}

std::string presetId(const std::string &text) { return text == "rtn" ? "rtn-uos" : text; }

void applySettings(RunSpec &spec, const std::vector<std::string> &settings)
{
    std::vector<std::string> left = settings;
    while (!left.empty()) {
        // One may need another that comes after it (source=file, file=...): it is tried again.
        std::vector<std::string> refused;
        std::optional<Error> first;
        for (const std::string &text : left) {
            const std::size_t equals = text.find('=');
            if (equals == std::string::npos || equals == 0)
                throw Exception({ ErrorCode::usage, "'" + text + "' is not path=value", "--set",
                                  "For example --set calibration.sequences=16." });
            Result<RunSpec> changed =
                withSetting(spec, text.substr(0, equals), text.substr(equals + 1));
            if (changed) {
                spec = *std::move(changed);
                continue;
            }
            first = first.value_or(changed.error());
            refused.push_back(text);
        }
        if (refused.size() == left.size())
            throw Exception(*first);
        left = std::move(refused);
    }
}

void runIntoSession(Common &common, const RunSpec &spec, const std::filesystem::path &session,
                    const TableOptions &table, const SweepMaker &sweeps)
{
    (void)common.prepareDevice();
    SessionRun(common, spec, session, table, sweeps).run();
}

} // namespace batlab::cli
