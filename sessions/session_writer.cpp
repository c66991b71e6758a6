// SPDX-License-Identifier: Apache-2.0
#include "sessions/artifact_io.h"
#include "sessions/file_commit.h"
#include "sessions/nexus.h"
#include "sessions/part_io.h"
#include "sessions/session.h"
#include "sessions/session_layout.h"
#include "sessions/session_parts.h"
#include "sessions/session_reader.h"

#include <fmt/format.h>

#include <map>

namespace batlab {

namespace fs = std::filesystem;

namespace {
using h5::Group;
using h5::Out;

void writeRuns(Out &out, hid_t file, const Session &session)
{
    const Group runs = out.group(file, "/runs", "group");
    for (std::size_t i = 0; i < session.runs.size(); ++i) {
        const RunRecord &r = session.runs[i];
        const Group g = out.group(runs.get(), h5::linkName(r.id), "run");
        out.text(g.get(), "id", r.id);
        out.integer(g.get(), "order", static_cast<std::int64_t>(i));
        out.text(g.get(), "state", r.state);
        out.text(g.get(), "started", r.started);
        out.text(g.get(), "finished", r.finished);
        out.text(g.get(), "host", r.host);
        out.text(g.get(), "device", r.device);
        out.integer(g.get(), "threads", r.threads);
        out.text(g.get(), "spec_hash", r.specHash);
        out.document(g.get(), "error", r.error);
        out.document(g.get(), "log", r.logTail);
        const std::string spec = "/spec/" + h5::linkName(r.specHash);
        if (out.ok() && !out.exists(file, spec)) {
            const Group s = out.group(file, spec, "run-spec");
            out.document(s.get(), "run_spec", r.specJson);
        }
    }
}

void writeArtifacts(Out &out, hid_t file, const Session &session)
{
    h5::Nexus nexus(out, file);
    for (const std::string &id : session.variantIds()) {
        const Group g = out.group(file, h5::variantPath(id));
        if (!session.variant(
                id)) { // measured, but never described: statistics of the reference, say
            out.text(g.get(), "encoding-type", "variant");
            out.text(g.get(), "encoding-version", "1.0");
            out.text(g.get(), "id", id);
        }
    }
    std::map<std::string, std::vector<Json>> tables;
    for (const auto &[key, artifact] : session.artifacts) {
        if (!out.ok())
            return;
        if (const std::string table = h5::tablePath(*artifact); !table.empty()) {
            tables[table].push_back(h5::storedForm(*artifact));
            continue;
        }
        const Group g = out.group(file, h5::artifactPath(*artifact));
        h5::writeRecord(out, g.get(), h5::storedForm(*artifact));
        nexus.decorate(g.get(), *artifact);
    }
    for (const auto &[path, records] : tables)
        h5::writeTable(out, file, path, records);
    nexus.overview(session);
    nexus.maps(session);
}

/// solution: a link to the part file beside the session, or to the copy inside.
Result<void> writeSolutions(Out &out, hid_t file, const Session &session, const fs::path &path,
                            const SaveOptions &options)
{
    if (session.packed)
        for (const std::string &hash : referencedParts(session)) {
            const Result<Part> part = locatePart(session, path, options, hash);
            if (!part)
                return part.error();
            const Group g = out.group(file, "/parts/" + hash, h5::kPartEncoding);
            h5::writePartGroup(out, g.get(), *part, hash);
        }
    const std::string folder = partsFolderFor(path).filename().string();
    const std::set<std::string> known = referencedParts(session);
    for (const LayerDone *done : session.all<LayerDone>()) {
        if (!known.contains(done->part))
            continue;
        const Group g = out.group(file, h5::layerPath(done->variant, done->layer));
        if (session.packed)
            out.hardLink(file, "/parts/" + done->part, g.get(), "solution");
        else
            out.externalLink(g.get(), "solution", folder + "/" + done->part + ".h5");
    }
    return {};
}

void writeRoot(Out &out, hid_t file, const Session &session)
{
    out.text(file, "format", h5::kSessionFormat);
    out.text(file, "format_version",
             fmt::format("{}.{}", kSessionFormatMajor, kSessionFormatMinor));
    out.text(file, "creator", session.creator);
    out.text(file, "created", session.created);
    out.text(file, "uuid", session.uuid);
    out.variableText(file, "NX_class", "NXroot");
    out.variableText(file, "default", "entry");
    out.text(file, "encoding-type", "session");
    out.text(file, "encoding-version", "1.0");
    out.integer(file, "packed", session.packed ? 1 : 0);
    const Group entry = out.group(file, "/entry", "entry");
    out.text(entry.get(), "NX_class", "NXentry");
    out.document(entry.get(), "title", session.model() ? session.model()->path : "Batlab session");
    const Group variants = out.group(file, "/variants", "group");
    out.strings(variants.get(), "order", session.variantOrder);
    (void)out.group(file, "/evaluations", "group");
    (void)out.group(file, "/spec", "group");
    out.document(file, "notes", session.notes);
    out.document(file, "view_state", session.viewState);
}

/// The file there is not this session as a newer Batlab left it.
Result<void> checkReplaced(const fs::path &path, const std::string &uuid)
{
    std::error_code ec;
    if (!fs::is_regular_file(path, ec))
        return {};
    const h5::Lock lock;
    return holdsNewer(path, uuid) ? Result<void>(newerContent(path)) : Result<void>();
}

Result<void> checkWritten(const fs::path &temporary, const std::string &uuid, std::int64_t objects)
{
    const Result<Seal> seal = checkSeal(temporary);
    if (!seal)
        return seal.error();
    const Result<h5::File> file = h5::openForReading(temporary);
    if (!file)
        return file.error();
    h5::In in(temporary.string());
    // The seal holds for every byte: walking the objects again would prove nothing more.
    const bool same = *seal == Seal::intact && in.text(file->get(), "uuid") == uuid
        && in.integer(file->get(), "object_count") == objects;
    if (!in.ok())
        return in.error();
    if (!same)
        return Error { ErrorCode::verification,
                       "the written file does not read back as it was written", temporary.string(),
                       "The disk or file system may be failing; save somewhere else." };
    return {};
}
} // namespace

Result<void> save(const Session &session, const fs::path &path, const SaveOptions &options)
{
    std::error_code ec;
    if (path.filename().empty() || fs::is_directory(path, ec))
        return Error { ErrorCode::usage, "a session needs a file name", path.string(),
                       "For example run.batlab.h5." };
    std::optional<FileLock> own;
    if (!options.lock) {
        Result<FileLock> lock = FileLock::acquire(path);
        if (!lock)
            return lock.error();
        own.emplace(*std::move(lock));
    }
    if (Result<void> mayGo = checkReplaced(path, session.uuid); !mayGo)
        return mayGo;
    removeLeftovers(path);
    if (!session.packed)
        if (Result<void> gathered = gatherParts(session, path, options); !gathered)
            return gathered;
    const h5::Lock h5lock;
    Result<h5::File> file = h5::createInMemory(path.string());
    if (!file)
        return file.error();
    Out out(path.string());
    writeRoot(out, file->get(), session);
    writeRuns(out, file->get(), session);
    writeArtifacts(out, file->get(), session);
    if (Result<void> linked = writeSolutions(out, file->get(), session, path, options); !linked)
        return linked;
    const std::int64_t objects = h5::countObjects(file->get());
    out.integer(file->get(), "object_count", objects);
    if (!out.ok())
        return out.error();
    const auto bytes = h5::image(*file, path.string());
    if (!bytes)
        return bytes.error();
    return commitFile(path, *bytes, true, [&](const fs::path &temporary) {
        return checkWritten(temporary, session.uuid, objects);
    });
}

} // namespace batlab
