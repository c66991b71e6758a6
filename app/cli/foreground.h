// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/common.h"
#include "core/job/job.h"

#include <atomic>
#include <mutex>
#include <thread>

namespace batlab::cli {

/// Ctrl+C and a polite kill, noticed instead of dying. A second one ends the process at once.
class Interrupt
{
public:
    Interrupt();
    ~Interrupt();
    [[nodiscard]] static bool requested();
};

/// Writes progress and log to stderr as --progress says. Thread-safe.
class ProgressPrinter
{
public:
    explicit ProgressPrinter(const Common &common);
    ~ProgressPrinter();
    void progress(const ProgressSnapshot &now);
    void log(LogLevel level, std::string_view text);

private:
    void clearBar();
    enum class Mode { bar, json, lines, none };
    Mode m_mode;
    std::mutex m_mutex;
    bool m_barShown = false;
    std::string m_last;
};

/// A piece of work in this process that Ctrl+C cancels.
class ForegroundJob
{
public:
    ForegroundJob(const Common &common, CheckpointStore &store,
                  std::function<void(ArtifactPtr)> publish = {});
    ~ForegroundJob();
    [[nodiscard]] JobContext &context() { return *m_context; }

private:
    Interrupt m_interrupt;
    ProgressPrinter m_printer;
    std::unique_ptr<JobContext> m_context;
    std::atomic<bool> m_done { false };
    std::thread m_watcher;
};

} // namespace batlab::cli
