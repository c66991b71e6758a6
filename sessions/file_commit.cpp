// SPDX-License-Identifier: Apache-2.0
#include "sessions/file_commit.h"

#include "core/base/hash.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <random>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace batlab {

namespace fs = std::filesystem;

namespace {
constexpr std::size_t kSealBytes = 72;
constexpr std::string_view kSealStart = "\nbatlab-xxh3-128 ";

class Descriptor
{
public:
    explicit Descriptor(int fd) : m_fd(fd) { }
    ~Descriptor() { close(); }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    [[nodiscard]] int get() const { return m_fd; }
    bool close()
    {
        const bool good = m_fd < 0 || ::close(m_fd) == 0;
        m_fd = -1;
        return good;
    }

private:
    int m_fd;
};

std::string sealFor(const std::string &hash, std::uint64_t size)
{
    std::string text = fmt::format("{}{} {:016x}", kSealStart, hash, size);
    text.resize(kSealBytes - 1, ' ');
    return text + "\n";
}

bool writeAll(int fd, const void *data, std::size_t bytes)
{
    const auto *at = static_cast<const char *>(data);
    while (bytes > 0) {
        const ssize_t n = ::write(fd, at, std::min<std::size_t>(bytes, std::size_t { 1 } << 30));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            if (n == 0)
                errno = ENOSPC;
            return false;
        }
        at += n;
        bytes -= static_cast<std::size_t>(n);
    }
    return true;
}

fs::path folderOf(const fs::path &path)
{
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

Result<void> syncFolder(const fs::path &folder)
{
    const Descriptor dir(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // Some network file systems refuse to sync a folder; the rename itself has happened.
    if (dir.get() < 0 || (::fsync(dir.get()) != 0 && errno != EINVAL && errno != ENOTSUP))
        return systemFailure(errno, "make the change of the folder durable", folder);
    return {};
}

Result<void> writeTemporary(const fs::path &temporary, const fs::path &path,
                            std::span<const std::byte> bytes, bool sealed)
{
    Descriptor fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (fd.get() < 0)
        return systemFailure(errno, "write", path);
    struct stat old = {};
    if (::stat(path.c_str(), &old) == 0)
        (void)!::fchmod(fd.get(), old.st_mode & 07777);
    bool good = writeAll(fd.get(), bytes.data(), bytes.size());
    if (good && sealed) {
        const std::string seal =
            sealFor(Hasher().update(bytes.data(), bytes.size()).hex(), bytes.size());
        good = writeAll(fd.get(), seal.data(), seal.size());
    }
    good = good && ::fsync(fd.get()) == 0;
    const int failed = errno;
    if (!good)
        return systemFailure(failed, "write", path);
    if (!fd.close())
        return systemFailure(errno, "write", path);
    return {};
}
} // namespace

ErrorCode codeOfSystemError(int systemError, ErrorCode fallback)
{
    switch (systemError) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return ErrorCode::diskFull;
    case EACCES:
    case EPERM:
    case EROFS: return ErrorCode::readOnly;
    case ENOMEM: return ErrorCode::outOfMemory;
    case ENOENT: return ErrorCode::notFound;
    default: return fallback;
    }
}

Error systemFailure(int systemError, std::string_view verb, const fs::path &path)
{
    const ErrorCode code = codeOfSystemError(systemError, ErrorCode::badInput);
    std::string hint;
    if (code == ErrorCode::diskFull)
        hint = "Free some space or choose another folder; nothing was changed.";
    else if (code == ErrorCode::readOnly)
        hint =
            "Choose a folder and file you may use, or change the permissions; nothing was changed.";
    else if (code == ErrorCode::notFound)
        hint = "Check that the folder exists.";
    return Error { code, fmt::format("cannot {}: {}", verb, std::strerror(systemError)),
                   path.string(), hint };
}

Result<void> checkReadable(const fs::path &path)
{
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.get() < 0)
        return systemFailure(errno, "read", path);
    return {};
}

Result<std::uint64_t> freeBytes(const fs::path &folder)
{
    struct statvfs info = {};
    if (::statvfs(folder.c_str(), &info) != 0)
        return systemFailure(errno, "use the folder", folder);
    return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

Result<void> commitFile(const fs::path &wanted, std::span<const std::byte> bytes, bool sealed,
                        const std::function<Result<void>(const fs::path &)> &check)
{
    std::error_code ec;
    // A symbolic link keeps pointing at the file it names.
    const fs::path path = fs::is_symlink(wanted, ec) ? fs::weakly_canonical(wanted, ec) : wanted;
    const fs::path folder = folderOf(path);
    const Result<std::uint64_t> space = freeBytes(folder);
    if (!space)
        return space.error();
    constexpr std::uint64_t kReserve = 64
        << 10; // the folder entry and the file system's own blocks
    if (*space < bytes.size() + kReserve)
        return Error { ErrorCode::diskFull,
                       fmt::format("{} kB are needed, {} kB are free", bytes.size() / 1024 + 64,
                                   *space / 1024),
                       path.string(),
                       "Free some space or choose another folder; nothing was changed." };
    if (fs::exists(path, ec) && ::access(path.c_str(), W_OK) != 0)
        return systemFailure(errno, "replace", path);
    const fs::path temporary =
        folder / fmt::format(".{}.{}.tmp", path.filename().string(), randomId());
    Result<void> done = writeTemporary(temporary, path, bytes, sealed);
    if (done && check)
        done = check(temporary);
    if (done && ::rename(temporary.c_str(), path.c_str()) != 0)
        done = systemFailure(errno, "replace", path);
    if (!done) {
        ::unlink(temporary.c_str());
        return done;
    }
    return syncFolder(folder);
}

Result<void> commitText(const fs::path &path, std::string_view text)
{
    return commitFile(path, std::as_bytes(std::span(text.data(), text.size())), false);
}

Result<void> shareFile(const fs::path &source, const fs::path &target)
{
    std::error_code ec;
    if (fs::exists(target, ec))
        return {};
    if (::link(source.c_str(), target.c_str()) == 0)
        return syncFolder(folderOf(target));
    if (errno == EEXIST)
        return {};
    constexpr std::uint64_t kLimit = std::uint64_t { 64 } << 30;
    const Result<std::string> bytes = readText(source, kLimit);
    if (!bytes)
        return bytes.error();
    return commitText(target, *bytes);
}

void removeLeftovers(const fs::path &path)
{
    const std::string start = "." + path.filename().string() + ".";
    std::error_code ec;
    std::vector<fs::path> old;
    for (fs::directory_iterator it(folderOf(path), ec), end; !ec && it != end; it.increment(ec)) {
        const std::string file = it->path().filename().string();
        if (file.size() == start.size() + 16 + 4 && file.starts_with(start)
            && file.ends_with(".tmp"))
            old.push_back(it->path());
    }
    for (const fs::path &file : old)
        fs::remove(file, ec);
}

Error noLongerWanted(const fs::path &path)
{
    return { ErrorCode::cancelled, "reading was stopped", path.string(), {} };
}

Result<Seal> checkSeal(const fs::path &path, const StillWanted &wanted)
{
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat info = {};
    if (fd.get() < 0 || ::fstat(fd.get(), &info) != 0)
        return systemFailure(errno, "read", path);
    const auto total = static_cast<std::uint64_t>(info.st_size);
    if (total <= kSealBytes)
        return Seal::absent;
    const std::uint64_t size = total - kSealBytes;
    std::string seal(kSealBytes, '\0');
    if (::pread(fd.get(), seal.data(), seal.size(), static_cast<off_t>(size))
            != static_cast<ssize_t>(kSealBytes)
        || !seal.starts_with(kSealStart))
        return Seal::absent;
    Hasher hasher;
    std::vector<char> buffer(std::size_t { 1 } << 20);
    for (std::uint64_t at = 0; at < size;) {
        if (wanted && !wanted())
            return noLongerWanted(path);
        const ssize_t n =
            ::pread(fd.get(), buffer.data(), std::min<std::uint64_t>(buffer.size(), size - at),
                    static_cast<off_t>(at));
        if (n <= 0)
            return systemFailure(n == 0 ? EIO : errno, "read", path);
        hasher.update(buffer.data(), static_cast<std::size_t>(n));
        at += static_cast<std::uint64_t>(n);
    }
    if (seal != sealFor(hasher.hex(), size))
        return Error { ErrorCode::badInput,
                       "the file is damaged: its content differs from its checksum", path.string(),
                       "Restore it from a backup or write it again." };
    return Seal::intact;
}

Result<std::string> readText(const fs::path &path, std::uint64_t limit)
{
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat info = {};
    if (fd.get() < 0 || ::fstat(fd.get(), &info) != 0)
        return systemFailure(errno, "read", path);
    if (static_cast<std::uint64_t>(info.st_size) > limit)
        return Error { ErrorCode::badInput,
                       fmt::format("the file is larger than {} bytes", limit),
                       path.string(),
                       {} };
    std::string text(static_cast<std::size_t>(info.st_size), '\0');
    for (std::size_t at = 0; at < text.size();) {
        const ssize_t n = ::read(fd.get(), text.data() + at, text.size() - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return systemFailure(n == 0 ? EIO : errno, "read", path);
        at += static_cast<std::size_t>(n);
    }
    return text;
}

std::string randomId()
{
    std::random_device device;
    return fmt::format("{:08x}{:08x}", device(), device());
}

} // namespace batlab
