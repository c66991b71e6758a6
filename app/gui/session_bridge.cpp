// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/session_bridge.h"

#include "core/base/json_text.h"
#include "views/models/imported_json.h"
#include "views/models/text.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <system_error>
#include <utility>

namespace batlab::app {

namespace {

using views::qs;
using views::ss;

constexpr std::array kStates { JobState::queued, JobState::running,    JobState::pausing,
                               JobState::paused, JobState::cancelling, JobState::succeeded,
                               JobState::failed, JobState::cancelled };

JobState stateFromName(const std::string &text)
{
    for (const JobState state : kStates) {
        if (name(state) == text)
            return isFinal(state) ? state : JobState::cancelled;
    }
    return JobState::cancelled;
}

/// A file that is gone from where it was and lay beside a session in `before`, where the session is
/// now; else where it was.
QString moved(const QString &path, const QString &before, const QString &now)
{
    if (before.isEmpty() || now.isEmpty() || before == now || QFileInfo::exists(path))
        return path;
    const QString there =
        QDir::cleanPath(QDir(now).absoluteFilePath(QDir(before).relativeFilePath(path)));
    return QFileInfo::exists(there) ? there : path;
}

/// The imported results that a session in the folder `now` keeps. Names of files in the view state
/// are those beside it from here on.
std::vector<views::ImportedResults> takeImports(Json &view, const QString &now)
{
    const QString before = qs(textAt(view, "folder"));
    for (const char *key : { "comparedSessions", "importedResults" })
        if (const auto paths = view.find(key); paths != view.end() && paths->is_array())
            for (Json &path : *paths)
                if (path.is_string())
                    path = ss(moved(qs(path.get<std::string>()), before, now));
    std::vector<views::ImportedResults> out;
    if (const auto values = view.find("importedValues"); values != view.end())
        out = views::importsFromJson(*values);
    for (views::ImportedResults &results : out)
        results.path = moved(results.path, before, now);
    view.erase("importedValues");
    view.erase("folder");
    return out;
}

} // namespace

Session toSession(const views::DocumentSnapshot &document, Session base, const QString &folder)
{
    base.artifacts.clear();
    base.variantOrder.clear();
    std::map<std::string, RunRecord> before; // what the window does not show (log tails) stays
    for (RunRecord &record : std::exchange(base.runs, {}))
        before.emplace(record.id, std::move(record));
    for (const ArtifactPtr &artifact : document.artifacts)
        base.add(artifact);
    Json runs = Json::object();
    for (const views::RunEntry &run : document.runs) {
        RunRecord record;
        if (const auto at = before.find(ss(run.id)); at != before.end())
            record = at->second;
        record.id = ss(run.id);
        if (const std::string host = textAt(run.where, "host"); !host.empty())
            record.host = host;
        if (const std::string device = textAt(run.where, "device"); !device.empty())
            record.device = device;
        if (run.where.is_object() && run.where.contains("threads")
            && run.where["threads"].is_number_integer())
            record.threads = run.where["threads"].get<std::int64_t>();
        record.state = name(run.state);
        record.started = ss(run.started);
        record.finished = ss(run.finished);
        record.specHash = ss(run.specHash);
        record.specJson = run.spec.dump();
        record.error = run.state == JobState::failed ? ss(run.note) : std::string();
        base.add(std::move(record));
        runs[ss(run.id)] = { { "title", ss(run.title) },
                             { "workspace", ss(run.workspace) },
                             { "note", ss(run.note) },
                             { "version", textAt(run.where, "version") },
                             { "build", textAt(run.where, "build") } };
    }
    Json view = document.viewState.is_object() ? document.viewState : Json::object();
    view["runs"] = std::move(runs);
    view["baseline"] = ss(document.baseline);
    view["annotations"] = views::toJson(document.annotations);
    if (document.imports && !document.imports->empty())
        view["importedValues"] = views::toJson(*document.imports);
    if (!folder.isEmpty())
        view["folder"] = ss(folder);
    base.notes = ss(document.notes);
    base.viewState = view.dump();
    return base;
}

views::DocumentSnapshot fromSession(const Session &session)
{
    views::DocumentSnapshot out;
    const auto rank = [&session](const ArtifactPtr &artifact) -> std::size_t {
        if (const auto *info = std::get_if<VariantInfo>(artifact.get())) {
            const auto at =
                std::find(session.variantOrder.begin(), session.variantOrder.end(), info->id);
            return static_cast<std::size_t>(at - session.variantOrder.begin());
        }
        if (const auto *result = std::get_if<EvaluationResult>(artifact.get())) {
            const auto at = std::find(session.variantOrder.begin(), session.variantOrder.end(),
                                      result->variant);
            return 1000000 + static_cast<std::size_t>(at - session.variantOrder.begin());
        }
        return 500000;
    };
    for (const auto &[key, artifact] : session.artifacts)
        out.artifacts.push_back(artifact);
    std::stable_sort(out.artifacts.begin(), out.artifacts.end(),
                     [&](const ArtifactPtr &a, const ArtifactPtr &b) { return rank(a) < rank(b); });

    out.viewState = Json::object();
    if (!session.viewState.empty()) {
        if (Result<Json> parsed = parseJson(session.viewState, "view state of the session");
            parsed && parsed->is_object())
            out.viewState = *parsed;
    }
    const Json extras = out.viewState.contains("runs") ? out.viewState["runs"] : Json::object();
    out.baseline = qs(textAt(out.viewState, "baseline"));
    out.notes = qs(session.notes);
    if (out.viewState.contains("annotations"))
        out.annotations = views::annotationsFromJson(out.viewState["annotations"]);
    const QString file = qs(session.origin.string());
    out.imports = std::make_shared<const std::vector<views::ImportedResults>>(
        takeImports(out.viewState, file.isEmpty() ? file : QFileInfo(file).absolutePath()));
    out.viewState.erase("annotations");
    out.viewState.erase("runs");
    out.viewState.erase("baseline");
    for (const RunRecord &record : session.runs) {
        views::RunEntry run;
        run.id = qs(record.id);
        run.state = stateFromName(record.state);
        run.started = qs(record.started);
        run.finished = qs(record.finished);
        run.specHash = qs(record.specHash);
        if (Result<Json> spec = parseJson(record.specJson, "spec of run " + record.id))
            run.spec = *spec;
        const Json extra =
            extras.is_object() && extras.contains(record.id) ? extras[record.id] : Json::object();
        run.where = { { "host", record.host },
                      { "device", record.device },
                      { "threads", record.threads },
                      { "version", textAt(extra, "version") },
                      { "build", textAt(extra, "build") } };
        run.title = qs(textAt(extra, "title"));
        run.workspace = qs(textAt(extra, "workspace"));
        run.note = record.error.empty() ? qs(textAt(extra, "note")) : qs(record.error);
        // A session of the command line, or one that was moved: its parts lie beside it.
        if (std::error_code ignored;
            run.workspace.isEmpty() || !std::filesystem::is_directory(ss(run.workspace), ignored)) {
            const std::filesystem::path beside = partsFolderFor(session.origin);
            if (!session.origin.empty() && std::filesystem::is_directory(beside, ignored))
                run.workspace = qs(beside.string());
        }
        if (run.title.isEmpty())
            run.title = run.id;
        out.runs.push_back(std::move(run));
    }
    return out;
}

std::vector<std::filesystem::path> partFolders(const views::DocumentSnapshot &document)
{
    std::vector<std::filesystem::path> folders;
    for (const views::RunEntry &run : document.runs) {
        const std::filesystem::path folder = ss(run.workspace);
        std::error_code ignored;
        if (!folder.empty() && std::filesystem::is_directory(folder, ignored)
            && std::find(folders.begin(), folders.end(), folder) == folders.end())
            folders.push_back(folder);
    }
    return folders;
}

} // namespace batlab::app
