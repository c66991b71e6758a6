// SPDX-License-Identifier: Apache-2.0
#include "core/model/mapped_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace batlab {

namespace {

Error openError(const std::filesystem::path &path, int code)
{
    if (code == ENOENT || code == ENOTDIR)
        return { ErrorCode::notFound, "the file does not exist", path.string(),
                 "Check the spelling of the path." };
    if (code == EACCES || code == EPERM)
        return { ErrorCode::readOnly, "no permission to read the file", path.string(),
                 "Change its access rights." };
    return { ErrorCode::badInput, fmt::format("the file cannot be opened: {}", strerror(code)),
             path.string(), "Check the disk and the path." };
}

struct Descriptor
{
    int fd = -1;
    ~Descriptor()
    {
        if (fd >= 0)
            ::close(fd);
    }
    int take() { return std::exchange(fd, -1); }
};

/// Opens a regular file; fills `info`.
Result<int> openRegular(const std::filesystem::path &path, struct stat &info)
{
    // O_NONBLOCK: a named pipe must not hang the program.
    Descriptor d { ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK) };
    if (d.fd < 0)
        return openError(path, errno);
    if (::fstat(d.fd, &info) != 0)
        return openError(path, errno);
    if (!S_ISREG(info.st_mode))
        return Error { ErrorCode::badInput, "this is not a regular file", path.string(),
                       "Give a file, not a folder or a device." };
    return d.take();
}

} // namespace

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::filesystem::path &path)
{
    struct stat info
    { };
    auto fd = openRegular(path, info);
    if (!fd)
        return fd.error();
    std::shared_ptr<MappedFile> file(new MappedFile);
    file->m_path = path;
    file->m_descriptor = *fd;
    file->m_size = static_cast<std::uint64_t>(info.st_size);
    file->m_modified = std::int64_t { info.st_mtim.tv_sec } * 1'000'000'000 + info.st_mtim.tv_nsec;
    if (file->m_size == 0)
        return Error { ErrorCode::badInput, "the file is empty", path.string(),
                       "Fetch it again: the download was probably interrupted." };
    void *map = ::mmap(nullptr, file->m_size, PROT_READ, MAP_SHARED, file->m_descriptor, 0);
    if (map == MAP_FAILED)
        return Error { ErrorCode::outOfMemory,
                       fmt::format("the file cannot be mapped: {}", strerror(errno)), path.string(),
                       "Check the limits on address space (ulimit -v)." };
    file->m_data = static_cast<const std::uint8_t *>(map);
    return std::shared_ptr<const MappedFile>(std::move(file));
}

MappedFile::~MappedFile()
{
    if (m_data)
        ::munmap(const_cast<std::uint8_t *>(m_data), m_size);
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

Result<void> MappedFile::checkUnchanged() const
{
    struct stat info
    { };
    if (::fstat(m_descriptor, &info) != 0 || static_cast<std::uint64_t>(info.st_size) < m_size)
        return Error { ErrorCode::badInput, "the file became shorter while it was in use",
                       m_path.string(), "Restore the file and open the model again." };
    return {};
}

void MappedFile::release(std::uint64_t offset, std::uint64_t bytes) const
{
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    const std::uint64_t first = (offset + page - 1) / page * page;
    const std::uint64_t last = (offset + bytes) / page * page;
    if (last > first && last <= m_size)
        ::madvise(const_cast<std::uint8_t *>(m_data) + first, last - first, MADV_DONTNEED);
}

Result<std::string> readTextFile(const std::filesystem::path &path, std::uint64_t limit)
{
    struct stat info
    { };
    auto fd = openRegular(path, info);
    if (!fd)
        return fd.error();
    Descriptor d { *fd };
    if (static_cast<std::uint64_t>(info.st_size) > limit)
        return Error { ErrorCode::badInput,
                       fmt::format("the file has {} bytes, more than the {} this kind may have",
                                   info.st_size, limit),
                       path.string(), "Check that it is the right file." };
    std::string text(static_cast<std::size_t>(info.st_size), '\0');
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t n = ::read(d.fd, text.data() + done, text.size() - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return openError(path, errno);
        if (n == 0)
            break;
        done += static_cast<std::size_t>(n);
    }
    text.resize(done);
    return text;
}

Result<std::string> hashFiles(const std::vector<std::filesystem::path> &files,
                              const std::function<bool(double)> &progress)
{
    double total = 0;
    for (const auto &file : files) {
        std::error_code ec;
        total += static_cast<double>(std::filesystem::file_size(file, ec));
    }
    Hasher hasher;
    std::vector<char> buffer(std::size_t { 4 } << 20);
    double done = 0;
    for (const auto &file : files) {
        struct stat info
        { };
        auto fd = openRegular(file, info);
        if (!fd)
            return fd.error();
        Descriptor d { *fd };
        for (;;) {
            const ssize_t n = ::read(d.fd, buffer.data(), buffer.size());
            if (n < 0 && errno == EINTR)
                continue;
            if (n < 0)
                return openError(file, errno);
            if (n == 0)
                break;
            hasher.update(buffer.data(), static_cast<std::size_t>(n));
            done += static_cast<double>(n);
            if (progress && !progress(total > 0 ? std::min(1.0, done / total) : 1.0))
                return Error { ErrorCode::cancelled, "hashing was stopped", file.string(), {} };
        }
    }
    return hasher.hex();
}

} // namespace batlab
