// SPDX-License-Identifier: Apache-2.0
#include "core/job/frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <ctime>
#include <poll.h>
#include <unistd.h>

namespace batlab {

namespace {

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxValues = std::size_t(4) << 20;
constexpr std::size_t kReadStep = std::size_t(1) << 20;

Error bad(std::string what)
{
    return { ErrorCode::badInput, std::move(what), "engine message", {} };
}

/// Walks CBOR (RFC 8949) without building anything or recursing.
class CborScan
{
public:
    explicit CborScan(std::span<const std::uint8_t> bytes) : m_bytes(bytes) { }

    /// What is wrong, empty if nothing.
    std::string problem()
    {
        struct Level
        {
            std::uint64_t left; ///< values still to come
            bool map;
        };
        std::vector<Level> levels { { 1, false } };
        while (!levels.empty()) {
            Level &level = levels.back();
            if (level.left == 0) {
                levels.pop_back();
                continue;
            }
            const bool key = level.map && level.left % 2 == 0;
            --level.left;
            if (++m_values > kMaxValues)
                return "more than 4 million values";
            std::uint8_t major = 0;
            std::uint64_t argument = 0;
            if (std::string text = head(major, argument); !text.empty())
                return text;
            if (key && major != 3)
                return "a key that is no text";
            if (major == 2 || major == 3) {
                if (argument > m_bytes.size() - m_at)
                    return "a length past the end";
                m_at += argument;
            } else if (major == 4 || major == 5) {
                // Every value takes at least one byte, so this bounds the count before it is
                // doubled.
                if (argument > m_bytes.size() - m_at)
                    return "a length past the end";
                if (levels.size() > kMaxDepth)
                    return "more than 64 levels";
                levels.push_back({ major == 5 ? 2 * argument : argument, major == 5 });
            }
        }
        return m_at == m_bytes.size() ? std::string() : "bytes left over";
    }

private:
    std::string head(std::uint8_t &major, std::uint64_t &argument)
    {
        if (m_at >= m_bytes.size())
            return "ends too early";
        const std::uint8_t first = m_bytes[m_at++];
        major = first >> 5;
        const std::uint8_t low = first & 31;
        if (major == 6)
            return "a tag";
        if (low >= 28)
            return "an indefinite or reserved length";
        argument = low;
        if (low >= 24) {
            const std::size_t size = std::size_t(1) << (low - 24);
            if (size > m_bytes.size() - m_at)
                return "ends too early";
            argument = 0;
            for (std::size_t i = 0; i < size; ++i)
                argument = argument << 8 | m_bytes[m_at++];
        }
        if (major == 7 && !(low == 20 || low == 21 || low == 22 || (low >= 25 && low <= 27)))
            return "an unknown simple value";
        return {};
    }

    std::span<const std::uint8_t> m_bytes;
    std::size_t m_at = 0;
    std::size_t m_values = 0;
};

/// Keeps a write to a closed pipe from raising SIGPIPE in this thread.
class SigpipeBlock
{
public:
    SigpipeBlock()
    {
        sigemptyset(&m_pipe);
        sigaddset(&m_pipe, SIGPIPE);
        sigset_t pending;
        sigpending(&pending);
        m_wasPending = sigismember(&pending, SIGPIPE) == 1;
        pthread_sigmask(SIG_BLOCK, &m_pipe, &m_old);
    }
    ~SigpipeBlock()
    {
        const timespec none {};
        if (!m_wasPending)
            while (sigtimedwait(&m_pipe, nullptr, &none) == -1 && errno == EINTR) { }
        pthread_sigmask(SIG_SETMASK, &m_old, nullptr);
    }
    SigpipeBlock(const SigpipeBlock &) = delete;
    SigpipeBlock &operator=(const SigpipeBlock &) = delete;

private:
    sigset_t m_pipe {}, m_old {};
    bool m_wasPending = false;
};

enum class Wait { ready, woken, failed };

Wait waitFor(int fd, short events, int wakeFd)
{
    std::array<pollfd, 2> fds { { { fd, events, 0 }, { wakeFd, POLLIN, 0 } } };
    for (;;) {
        const int n = poll(fds.data(), wakeFd >= 0 ? 2 : 1, -1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return Wait::failed;
        if (wakeFd >= 0 && fds[1].revents != 0)
            return Wait::woken;
        return Wait::ready;
    }
}

/// Reads up to `size` bytes; fewer at the end of the stream; -1 on an error; -2 when woken.
std::ptrdiff_t readSome(int fd, int wakeFd, const std::function<void()> &arrived, std::uint8_t *out,
                        std::size_t size)
{
    std::size_t got = 0;
    while (got < size) {
        const Wait state = waitFor(fd, POLLIN, wakeFd);
        if (state != Wait::ready)
            return state == Wait::woken ? -2 : -1;
        const ssize_t n = read(fd, out + got, size - got);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        if (arrived)
            arrived();
        got += static_cast<std::size_t>(n);
    }
    return static_cast<std::ptrdiff_t>(got);
}

} // namespace

Result<Json> decodeCbor(std::span<const std::uint8_t> bytes)
{
    if (const std::string problem = CborScan(bytes).problem(); !problem.empty())
        return bad("not a valid message: " + problem);
    Json value = Json::from_cbor(bytes.begin(), bytes.end(), true, false);
    if (value.is_discarded())
        return bad("not a valid message");
    return value;
}

Result<std::vector<std::uint8_t>> encodeFrame(const Json &message)
{
    std::vector<std::uint8_t> out(4);
    Json::to_cbor(message, out);
    const std::size_t size = out.size() - 4;
    if (size > kMaxFrameBytes)
        return Error { ErrorCode::unsupported,
                       fmt::format("a message of {} MiB is larger than the 256 MiB allowed",
                                   size >> 20),
                       "engine message",
                       {} };
    for (std::size_t i = 0; i < 4; ++i)
        out[i] = static_cast<std::uint8_t>(size >> (8 * i));
    return out;
}

Result<void> writeAll(int fd, std::span<const std::uint8_t> bytes, int wakeFd)
{
    const SigpipeBlock block;
    while (!bytes.empty()) {
        std::size_t step = bytes.size();
        if (wakeFd >= 0) {
            if (waitFor(fd, POLLOUT, wakeFd) == Wait::woken)
                return Error { ErrorCode::cancelled, "sending was given up", "engine pipe", {} };
            step = std::min<std::size_t>(step, PIPE_BUF); // a writable pipe has room for so much
        }
        const ssize_t n = write(fd, bytes.data(), step);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN) {
            pollfd out { fd, POLLOUT, 0 };
            poll(&out, 1, -1);
            continue;
        }
        if (n < 0)
            return Error { ErrorCode::device,
                           fmt::format("cannot send: {}", std::strerror(errno)),
                           "engine pipe",
                           {} };
        bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
    return {};
}

Result<std::optional<Json>> readFrame(int fd, int wakeFd, const std::function<void()> &arrived)
{
    const Error broken {
        ErrorCode::device, fmt::format("the stream breaks off inside a message"), "engine pipe", {}
    };
    std::array<std::uint8_t, 4> head {};
    const std::ptrdiff_t got = readSome(fd, wakeFd, arrived, head.data(), head.size());
    if (got == 0 || got == -2)
        return std::optional<Json>();
    if (got != 4)
        return broken;
    const std::size_t size = head[0] | std::size_t(head[1]) << 8 | std::size_t(head[2]) << 16
        | std::size_t(head[3]) << 24;
    if (size == 0 || size > kMaxFrameBytes) {
        // Typically a shell's greeting or an error text where the engine was expected.
        std::string text(head.begin(), head.end());
        const bool readable = std::all_of(text.begin(), text.end(), [](char c) {
            return (c >= ' ' && c < 127) || c == '\n' || c == '\r';
        });
        return Error {
            ErrorCode::badInput,
            readable ? fmt::format(
                "the other side does not speak the engine's protocol (it begins with \"{}\")", text)
                     : fmt::format("a message claims {} bytes", size),
            "engine pipe",
            "Check that the command starts 'batlab-cli serve' and prints nothing else."
        };
    }
    std::vector<std::uint8_t> bytes;
    while (bytes.size() < size) {
        const std::size_t step = std::min(kReadStep, size - bytes.size());
        const std::size_t at = bytes.size();
        bytes.resize(at + step);
        const std::ptrdiff_t n = readSome(fd, wakeFd, arrived, bytes.data() + at, step);
        if (n == -2)
            return std::optional<Json>();
        if (n != static_cast<std::ptrdiff_t>(step))
            return broken;
    }
    Result<Json> value = decodeCbor(bytes);
    if (!value)
        return value.error();
    return std::optional<Json>(*std::move(value));
}

} // namespace batlab
