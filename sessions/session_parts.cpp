// SPDX-License-Identifier: Apache-2.0
#include "sessions/session_parts.h"

#include "sessions/checkpoint_folder.h"
#include "sessions/file_commit.h"
#include "sessions/part_file.h"
#include "sessions/part_io.h"

namespace batlab {

namespace fs = std::filesystem;

namespace {
/// The file of a part in the folders that may hold it; empty if none does.
fs::path partFile(const Session &session, const fs::path &path, const SaveOptions &options,
                  const std::string &hash)
{
    std::vector<fs::path> folders { partsFolderFor(path) };
    folders.insert(folders.end(), options.partFolders.begin(), options.partFolders.end());
    if (!session.origin.empty())
        folders.push_back(partsFolderFor(session.origin));
    std::error_code ec;
    for (const fs::path &folder : folders)
        if (!folder.empty() && fs::exists(folder / partFileName(hash), ec))
            return folder / partFileName(hash);
    return {};
}

/// A part embedded in a packed session; nothing if it is not inside.
Result<std::optional<Part>> embeddedPart(const fs::path &session, std::string_view hash)
{
    const h5::Lock lock;
    Result<h5::File> file = h5::openForReading(session);
    if (!file)
        return file.error();
    h5::In in(session.string());
    if (!in.hasLink(file->get(), "parts"))
        return std::optional<Part>();
    const h5::Object parts = in.open(file->get(), "parts");
    if (!in.ok())
        return in.error();
    if (!in.hasLink(parts.get(), std::string(hash)))
        return std::optional<Part>();
    const h5::Object group = in.open(parts.get(), std::string(hash));
    if (!in.ok())
        return in.error();
    Result<Part> part = h5::readPartGroup(in, group.get(), hash);
    if (!part)
        return part.error();
    return std::optional<Part>(*std::move(part));
}
} // namespace

std::set<std::string> referencedParts(const Session &session)
{
    std::set<std::string> out;
    for (const LayerDone *done : session.all<LayerDone>())
        if (isContentHash(done->part))
            out.insert(done->part);
    return out;
}

Result<Part> locatePart(const Session &session, const fs::path &path, const SaveOptions &options,
                        const std::string &hash)
{
    if (const fs::path file = partFile(session, path, options, hash); !file.empty())
        return readPart(file, hash);
    std::error_code ec;
    if (session.packed && !session.origin.empty() && fs::exists(session.origin, ec)) {
        Result<std::optional<Part>> inside = embeddedPart(session.origin, hash);
        if (!inside)
            return inside.error();
        if (*inside)
            return **std::move(inside);
    }
    return Error { ErrorCode::notFound, "the part " + hash + " of this session is missing",
                   partsFolderFor(path).string(),
                   "Bring the .parts folder back beside the session, or run the job again." };
}

int leaveOutMissingParts(Session &session, const fs::path &path, const SaveOptions &options)
{
    int out = 0;
    for (auto &[key, artifact] : session.artifacts) {
        const auto *done = std::get_if<LayerDone>(artifact.get());
        if (!done || !isContentHash(done->part)
            || !partFile(session, path, options, done->part).empty())
            continue;
        std::error_code ec;
        if (!session.origin.empty() && fs::exists(session.origin, ec))
            if (const auto inside = embeddedPart(session.origin, done->part); inside && *inside)
                continue;
        LayerDone without = *done;
        without.part.clear();
        artifact = std::make_shared<const Artifact>(std::move(without));
        ++out;
    }
    return out;
}

Result<void> gatherParts(const Session &session, const fs::path &path, const SaveOptions &options)
{
    const fs::path folder = partsFolderFor(path);
    std::vector<std::string> pinned;
    std::error_code ec;
    for (const std::string &hash : referencedParts(session)) {
        const fs::path file = partFile(session, path, options, hash);
        if (file.empty())
            continue;
        pinned.push_back(hash);
        if (file.parent_path() == folder)
            continue;
        fs::create_directories(folder, ec);
        if (ec)
            return systemFailure(ec.value(), "make the folder", folder);
        if (Result<void> done = shareFile(file, folder / partFileName(hash)); !done)
            return done;
    }
    if (pinned.empty())
        return {};
    return pinParts(folder, path.filename().string(), pinned);
}

Result<Part> loadPart(const fs::path &session, std::string_view hash)
{
    if (!isContentHash(hash))
        return Error { ErrorCode::usage,
                       "\"" + std::string(hash) + "\" is not a content hash",
                       session.string(),
                       {} };
    Session probe;
    probe.origin = session;
    probe.packed = true;
    return locatePart(probe, session, {}, std::string(hash));
}

} // namespace batlab
