// SPDX-License-Identifier: Apache-2.0
#include "sessions/file_commit.h"
#include "sessions/session.h"
#include "sessions/session_reader.h"
#include "sessions/session_tools.h"

#include <fmt/format.h>

namespace batlab {

namespace fs = std::filesystem;

namespace {

std::string versionText(int major, int minor) { return fmt::format("{}.{}", major, minor); }

/// "<name>.1.1.bak", or with a number where that is taken: an earlier backup is somebody's.
fs::path freeBackup(const fs::path &path, const std::string &version)
{
    std::error_code ec;
    fs::path out = path.string() + "." + version + ".bak";
    for (int n = 2; fs::exists(out, ec); ++n)
        out = fmt::format("{}.{}.{}.bak", path.string(), version, n);
    return out;
}

} // namespace

Result<Migration> migrate(const fs::path &given)
{
    std::error_code ec; // a link leads to the file that is replaced
    const fs::path path = fs::is_symlink(given, ec) ? fs::weakly_canonical(given, ec) : given;
    Migration out;
    out.to = versionText(kSessionFormatMajor, kSessionFormatMinor);
    {
        const h5::Lock hold;
        Session header;
        if (const Result<h5::File> file = openSession(path, header); !file)
            return file.error();
        if (header.isNewer())
            return newerContent(path);
        out.from = versionText(header.formatMajor, header.formatMinor);
    }
    if (out.from == out.to)
        return out;
    const Result<FileLock> lock = FileLock::acquire(path);
    if (!lock)
        return lock.error();
    const Result<Session> session = loadToAdd(path);
    if (!session)
        return session.error();
    out.backup = freeBackup(path, out.from);
    if (const Result<void> kept = shareFile(path, out.backup); !kept)
        return kept.error();
    SaveOptions options;
    options.lock = &*lock;
    if (const Result<void> saved = save(*session, path, options); !saved) {
        fs::remove(out.backup, ec); // the file is as it was
        return saved.error();
    }
    return out;
}

} // namespace batlab
