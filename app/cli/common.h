// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/json.h"
#include "core/engine/device/device.h"
#include "core/job/job.h"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace batlab::cli {

/// Options that every verb has.
struct Common
{
    bool json = false;
    std::string progress =
        "auto"; ///< "bar", "json", "none"; auto: bar on a terminal, else lines of the log
    std::string device = "cpu";
    int threads = 0; ///< 0: all cores
    std::optional<std::uint64_t> seed;
    std::string data;
    int exitStatus = 0; ///< set by a verb that ends without an error

    [[nodiscard]] std::uint64_t seedOr(std::uint64_t fallback) const
    {
        return seed.value_or(fallback);
    }
    [[nodiscard]] std::filesystem::path dataDir() const { return data; }
    /// The number of threads to use, at least 1.
    [[nodiscard]] int threadCount() const;
    /// The device of --device, ready to compute, or an Exception that says what is missing; sets
    /// libtorch's threads. Verbs that run a model call it first.
    [[nodiscard]] device::Device prepareDevice() const;
    /// For verbs that compute on the host: refuses another device.
    void prepareHost() const;
};

void addCommonOptions(CLI::App &app, Common &common);

/// With --json the document, else nothing.
void printJson(const Common &common, const Json &document);
/// A line on stdout; nothing with --json.
void printLine(const Common &common, std::string_view text);

// One function a verb: defines its options and what it does.
void addBench(CLI::App &app, Common &common);
void addCodec(CLI::App &app, Common &common);
void addCompare(CLI::App &app, Common &common);
void addDoctor(CLI::App &app, Common &common);
void addEvaluate(CLI::App &app, Common &common);
void addGenerate(CLI::App &app, Common &common);
void addInspect(CLI::App &app, Common &common);
void addLogits(CLI::App &app, Common &common);
void addMan(CLI::App &app, Common &common);
void addMethods(CLI::App &app, Common &common);
void addPresets(CLI::App &app, Common &common);
void addRun(CLI::App &app, Common &common);
void addServe(CLI::App &app, Common &common);
void addSession(CLI::App &app, Common &common);
void addTokenize(CLI::App &app, Common &common);
void addWhy(CLI::App &session, Common &common); ///< below the verb session

} // namespace batlab::cli
