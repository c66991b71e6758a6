// SPDX-License-Identifier: Apache-2.0
// A slow line to a program: delay_pipe MILLISECONDS PROGRAM [ARGUMENT]... runs it and passes
// standard input and output on, every byte that much later in each direction. Stands for ssh in
// tests.
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

/// Reads from one descriptor and writes to another after `delay`, without slowing the reading.
class Line
{
public:
    Line(int from, int to, std::chrono::milliseconds delay)
        : m_from(from), m_to(to), m_delay(delay), m_reader([this] { read(); }), m_writer([this] {
            write();
        })
    { }
    void join()
    {
        m_writer.join();
        m_reader.detach(); // may wait for input that never comes
    }

private:
    struct Piece
    {
        Clock::time_point due;
        std::string bytes; ///< empty: the end
    };

    void put(std::string bytes)
    {
        const std::lock_guard lock(m_mutex);
        m_pieces.push_back({ Clock::now() + m_delay, std::move(bytes) });
        m_changed.notify_one();
    }

    void read()
    {
        std::string buffer(65536, '\0');
        for (;;) {
            const ssize_t n = ::read(m_from, buffer.data(), buffer.size());
            if (n <= 0)
                break;
            put(buffer.substr(0, static_cast<std::size_t>(n)));
        }
        put({});
    }

    void write()
    {
        for (;;) {
            Piece piece;
            {
                std::unique_lock lock(m_mutex);
                m_changed.wait(lock, [this] { return !m_pieces.empty(); });
                piece = std::move(m_pieces.front());
                m_pieces.pop_front();
            }
            std::this_thread::sleep_until(piece.due);
            std::size_t done = 0;
            while (done < piece.bytes.size()) {
                const ssize_t n =
                    ::write(m_to, piece.bytes.data() + done, piece.bytes.size() - done);
                if (n <= 0)
                    break;
                done += static_cast<std::size_t>(n);
            }
            if (piece.bytes.empty() || done < piece.bytes.size()) {
                ::close(m_to);
                return;
            }
        }
    }

    int m_from, m_to;
    std::chrono::milliseconds m_delay;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Piece> m_pieces;
    std::thread m_reader, m_writer;
};

} // namespace

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    int in[2], out[2];
    if (::pipe(in) != 0 || ::pipe(out) != 0)
        return 2;
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(in[0], STDIN_FILENO);
        ::dup2(out[1], STDOUT_FILENO);
        for (const int fd : { in[0], in[1], out[0], out[1] })
            ::close(fd);
        ::execvp(argv[2], argv + 2);
        ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    const std::chrono::milliseconds delay(std::atoi(argv[1]));
    Line there(STDIN_FILENO, in[1], delay), back(out[0], STDOUT_FILENO, delay);
    back.join(); // the program's output has ended
    int status = 0;
    ::waitpid(child, &status, 0);
    ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}
