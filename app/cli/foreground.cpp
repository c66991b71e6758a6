// SPDX-License-Identifier: Apache-2.0
#include "app/cli/foreground.h"

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <unistd.h>

namespace batlab::cli {

namespace {

std::atomic<bool> g_interrupted { false };
static_assert(std::atomic<bool>::is_always_lock_free);

void onSignal(int signal)
{
    if (g_interrupted.exchange(true))
        _exit(128 + signal);
}

std::string duration(double seconds)
{
    const auto s = static_cast<long>(seconds + 0.5);
    return s >= 3600 ? fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
                     : fmt::format("{}:{:02}", s / 60, s % 60);
}

} // namespace

Interrupt::Interrupt()
{
    std::signal(SIGINT, onSignal);
    std::signal(SIGTERM, onSignal);
}

Interrupt::~Interrupt()
{
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
}

bool Interrupt::requested() { return g_interrupted.load(); }

ProgressPrinter::ProgressPrinter(const Common &common)
{
    if (common.progress == "json")
        m_mode = Mode::json;
    else if (common.progress == "none")
        m_mode = Mode::none;
    else if (common.progress == "bar" || isatty(STDERR_FILENO))
        m_mode = Mode::bar;
    else
        m_mode = Mode::lines;
}

ProgressPrinter::~ProgressPrinter() { clearBar(); }

void ProgressPrinter::clearBar()
{
    if (m_barShown)
        std::fputs("\r\033[K", stderr);
    m_barShown = false;
}

void ProgressPrinter::progress(const ProgressSnapshot &now)
{
    const std::lock_guard lock(m_mutex);
    if (m_mode == Mode::json) {
        const Json line { { "stage", now.stage },    { "done", now.done },
                          { "total", now.total },    { "step", now.subDone },
                          { "steps", now.subTotal }, { "elapsed", now.elapsedSeconds },
                          { "eta", now.etaSeconds } };
        // The clock alone is no news.
        const std::string key = fmt::format("{}|{}|{}|{}", now.stage, now.done, now.subDone,
                                            static_cast<long>(now.elapsedSeconds));
        if (key == m_last)
            return;
        m_last = key;
        std::fprintf(stderr, "%s\n", line.dump().c_str());
    } else if (m_mode == Mode::bar) {
        constexpr int width = 24;
        double share =
            now.total > 0 ? static_cast<double>(now.done) / static_cast<double>(now.total) : 0;
        if (now.total > 0 && now.subTotal > 0)
            share += static_cast<double>(now.subDone) / static_cast<double>(now.subTotal)
                / static_cast<double>(now.total);
        share = std::min(share, 1.0);
        const int filled = static_cast<int>(share * width);
        std::string line = fmt::format("[{}{}] {:3.0f} %  {}", std::string(filled, '#'),
                                       std::string(width - filled, ' '), 100 * share, now.stage);
        if (now.etaSeconds >= 0)
            line += "  " + duration(now.etaSeconds) + " left";
        if (line == m_last && m_barShown)
            return;
        m_last = line;
        std::fprintf(stderr, "\r\033[K%s", line.c_str());
        m_barShown = true;
    }
}

void ProgressPrinter::log(LogLevel level, std::string_view text)
{
    const std::lock_guard lock(m_mutex);
    if (m_mode == Mode::json) {
        const Json line { { "log", text }, { "level", name(level) } };
        std::fprintf(stderr, "%s\n",
                     line.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
        return;
    }
    if (level == LogLevel::debug || (m_mode == Mode::none && level == LogLevel::info))
        return;
    clearBar();
    const std::string prefix =
        level == LogLevel::info ? std::string() : fmt::format("{}: ", name(level));
    std::fprintf(stderr, "%s%.*s\n", prefix.c_str(), static_cast<int>(text.size()), text.data());
}

ForegroundJob::ForegroundJob(const Common &common, CheckpointStore &store,
                             std::function<void(ArtifactPtr)> publish)
    : m_printer(common)
{
    JobContext::Sinks sinks;
    sinks.publish = std::move(publish);
    sinks.log = [this](LogLevel level, std::string_view text) { m_printer.log(level, text); };
    m_context = std::make_unique<JobContext>(std::move(sinks), store, common.threadCount());
    m_watcher = std::thread([this] {
        for (int ticks = 0; !m_done; ++ticks) {
            if (Interrupt::requested())
                m_context->requestCancel();
            if (ticks % 4 == 3)
                m_printer.progress(m_context->snapshot());
            std::this_thread::sleep_for(std::chrono::milliseconds(25));
        }
    });
}

ForegroundJob::~ForegroundJob()
{
    m_done = true;
    m_watcher.join();
}

} // namespace batlab::cli
