// SPDX-License-Identifier: Apache-2.0
#include "sessions/file_commit.h"
#include "sessions/h5_read.h"
#include "sessions/part_file.h"
#include "sessions/session.h"
#include "sessions/session_layout.h"
#include "sessions/session_parts.h"
#include "sessions/session_reader.h"
#include "sessions/session_tools.h"

#include <fmt/format.h>

namespace batlab {

namespace fs = std::filesystem;

namespace {
struct Reading
{
    VerifyReport *report;
    std::string file;
};

/// Reads every dataset once in its own type, so that libhdf5 checks what it has checksums for.
herr_t readOne(hid_t root, const char *name, const H5O_info_t *info, void *data)
{
    auto &reading = *static_cast<Reading *>(data);
    ++reading.report->objects;
    if (info->type != H5O_TYPE_DATASET)
        return 0;
    const h5::Dataset set(H5Dopen2(root, name, H5P_DEFAULT));
    const h5::Space space(set ? H5Dget_space(set.get()) : -1);
    const h5::Type type(set ? H5Dget_type(set.get()) : -1);
    const hssize_t points = space ? H5Sget_simple_extent_npoints(space.get()) : -1;
    constexpr std::uint64_t kMost = std::uint64_t { 1 } << 36;
    bool good = set && space && type && points >= 0;
    if (good && points > 0) {
        const auto n = static_cast<std::uint64_t>(points);
        const std::uint64_t width = H5Tget_size(type.get());
        good = n <= kMost / width && n * width <= H5Dget_storage_size(set.get()) * 1100 + 65536;
        if (good) {
            std::vector<std::uint8_t> bytes(n * width);
            good = H5Dread(set.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) >= 0;
            if (good && H5Tdetect_class(type.get(), H5T_VLEN) > 0)
                H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, bytes.data());
            reading.report->bytes += static_cast<std::int64_t>(bytes.size());
        }
    }
    if (!good)
        reading.report->problems.push_back(h5::error(
            ErrorCode::badInput, "a dataset cannot be read", reading.file + ": /" + name));
    return 0;
}

Json modelInfo(const Session &session)
{
    const ModelSummary *model = session.model();
    if (!model)
        return nullptr;
    return { { "path", model->path },
             { "container", model->container },
             { "contentHash", model->contentHash },
             { "tokenizerHash", model->tokenizerHash },
             { "tensors", model->tensors.is_array() ? model->tensors.size() : 0 } };
}

Json variantInfo(const Session &session, const std::string &id)
{
    Json out { { "id", id }, { "layers", session.layers(id).size() } };
    if (const VariantInfo *info = session.variant(id)) {
        out["title"] = info->title;
        out["family"] = info->family;
        out["recipeHash"] = info->recipeHash;
        out["protocolHash"] = info->protocolHash;
        out["calibrationHash"] = info->calibrationHash;
    }
    out["evaluations"] = Json::array();
    for (const EvaluationResult *e : session.evaluations())
        if (e->variant == id)
            out["evaluations"].push_back({ { "task", e->task },
                                           { "metric", e->metric },
                                           { "value", e->value },
                                           { "stderr", e->standardError },
                                           { "samples", e->samples } });
    return out;
}
} // namespace

Json VerifyReport::toJson() const
{
    Json list = Json::array();
    for (const Error &e : problems)
        list.push_back({ { "code", name(e.code) },
                         { "what", e.what },
                         { "where", e.where },
                         { "hint", e.hint } });
    return { { "ok", problems.empty() }, { "problems", list }, { "objects", objects },
             { "artifacts", artifacts }, { "parts", parts },   { "bytes", bytes } };
}

Result<VerifyReport> verify(const fs::path &path)
{
    const h5::Lock lock;
    VerifyReport report;
    std::error_code ec;
    if (fs::is_regular_file(path, ec))
        if (const Result<Seal> seal = checkSeal(path); !seal) {
            // A file that fails here is not given to libhdf5, which trusts much of what it reads.
            if (seal.error().code != ErrorCode::badInput)
                return seal.error();
            report.problems.push_back(seal.error());
            return report;
        }
    Session header;
    const Result<h5::File> file = openSession(path, header);
    if (!file)
        return file.error();
    Reading reading { &report, path.string() };
    if (H5Ovisit2(file->get(), H5_INDEX_NAME, H5_ITER_NATIVE, &readOne, &reading, H5O_INFO_BASIC)
        < 0)
        report.problems.push_back(h5::error(
            ErrorCode::badInput, "the groups of the file cannot be walked", path.string()));
    h5::In in(path.string());
    const std::int64_t stated =
        in.has(file->get(), "object_count") ? in.integer(file->get(), "object_count") : -1;
    if (stated != report.objects)
        report.problems.push_back(
            { ErrorCode::verification,
              fmt::format("{} objects were written, {} are there", stated, report.objects),
              path.string(), "Another program changed the file." });
    const Result<Session> session = load(path);
    if (!session) {
        report.problems.push_back(session.error());
        return report;
    }
    report.artifacts = static_cast<std::int64_t>(session->artifacts.size());
    for (const std::string &hash : referencedParts(*session)) {
        const Result<Part> part = locatePart(*session, path, {}, hash);
        if (part)
            ++report.parts;
        else
            report.problems.push_back(part.error());
    }
    for (const LayerDone *done : session->all<LayerDone>())
        if (!done->part.empty() && !isContentHash(done->part))
            report.problems.push_back({ ErrorCode::verification,
                                        "the part of a layer is not a content hash",
                                        path.string() + ": " + artifactKey(Artifact(*done)),
                                        {} });
    return report;
}

Result<Json> info(const fs::path &path)
{
    const Result<Session> loaded = load(path);
    if (!loaded)
        return loaded.error();
    const Session &s = *loaded;
    std::error_code ec;
    Json out { { "format", h5::kSessionFormat },
               { "version", fmt::format("{}.{}", s.formatMajor, s.formatMinor) },
               { "uuid", s.uuid },
               { "created", s.created },
               { "creator", s.creator },
               { "packed", s.packed },
               { "bytes", fs::file_size(path, ec) },
               { "model", modelInfo(s) },
               { "warnings", s.warnings } };
    out["runs"] = Json::array();
    for (const RunRecord &r : s.runs)
        out["runs"].push_back({ { "id", r.id },
                                { "state", r.state },
                                { "started", r.started },
                                { "finished", r.finished },
                                { "device", r.device },
                                { "threads", r.threads },
                                { "specHash", r.specHash } });
    out["variants"] = Json::array();
    for (const std::string &id : s.variantIds())
        out["variants"].push_back(variantInfo(s, id));
    std::map<std::string, std::int64_t> kinds;
    for (const auto &[key, artifact] : s.artifacts)
        ++kinds[std::string(kindName(*artifact))];
    out["artifacts"] = kinds;
    std::int64_t present = 0;
    std::uintmax_t bytes = 0;
    const std::set<std::string> referenced = referencedParts(s);
    for (const std::string &hash : referenced) {
        const fs::path part = partsFolderFor(path) / partFileName(hash);
        if (s.packed || fs::exists(part, ec))
            ++present;
        if (!s.packed && fs::exists(part, ec))
            bytes += fs::file_size(part, ec);
    }
    out["parts"] = { { "referenced", referenced.size() },
                     { "present", present },
                     { "bytes", bytes } };
    return out;
}

Result<void> pack(const fs::path &path, const fs::path &target)
{
    Result<Session> session = load(path);
    if (!session)
        return session.error();
    if (session->isNewer())
        return Error { ErrorCode::unsupported,
                       "a newer Batlab wrote this session; a copy would lose content",
                       path.string(), "Pack it with a newer Batlab." };
    session->packed = true;
    return save(*session, target);
}

} // namespace batlab
