// SPDX-License-Identifier: Apache-2.0
#include "sessions/file_lock.h"

#include "sessions/file_commit.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace batlab {

namespace {
std::string lockName(const std::filesystem::path &path) { return path.string() + ".lock"; }

std::string holder(int fd)
{
    std::array<char, 256> text {};
    const ssize_t n = ::pread(fd, text.data(), text.size() - 1, 0);
    std::string out(text.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
    while (!out.empty() && out.back() == '\n')
        out.pop_back();
    return out.empty() ? "another program" : out;
}
} // namespace

Result<FileLock> FileLock::acquire(const std::filesystem::path &path)
{
    const std::string name = lockName(path);
    for (;;) {
        const int fd = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (fd < 0)
            return systemFailure(errno, "write here", path);
        FileLock lock(path, fd);
        if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
            const int failed = errno;
            lock.m_fd = -1; // not ours to remove
            const std::string who = holder(fd);
            ::close(fd);
            if (failed == EWOULDBLOCK)
                return Error { ErrorCode::busy, "in use: it is being written by " + who,
                               path.string(), "Close it there, or save under another name." };
            return systemFailure(failed, "lock", path);
        }
        // The holder before us may have removed the name between our open and flock: then this lock
        // guards nothing.
        struct stat mine = {}, named = {};
        if (::fstat(fd, &mine) != 0 || ::stat(name.c_str(), &named) != 0
            || mine.st_ino != named.st_ino) {
            lock.m_fd = -1;
            ::close(fd);
            continue;
        }
        std::array<char, 128> host {};
        ::gethostname(host.data(), host.size() - 1);
        const std::string text = fmt::format("process {} on {}\n", ::getpid(), host.data());
        // Only information for the message; a full disk must not prevent locking.
        (void)!::ftruncate(fd, 0);
        (void)!::pwrite(fd, text.data(), text.size(), 0);
        return lock;
    }
}

FileLock::FileLock(FileLock &&other) noexcept
    : m_path(std::move(other.m_path)), m_fd(std::exchange(other.m_fd, -1))
{ }

FileLock &FileLock::operator=(FileLock &&other) noexcept
{
    if (this != &other) {
        release();
        m_path = std::move(other.m_path);
        m_fd = std::exchange(other.m_fd, -1);
    }
    return *this;
}

FileLock::~FileLock() { release(); }

void FileLock::release()
{
    if (m_fd < 0)
        return;
    ::unlink(lockName(m_path).c_str()); // while still holding it
    ::close(m_fd);
    m_fd = -1;
}

} // namespace batlab
