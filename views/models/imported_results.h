// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// Results of EleutherAI's lm-evaluation-harness, read beside our own.
namespace batlab::views {

/// One question of a task as a model answered it.
struct ImportedSample
{
    std::int64_t id = 0; ///< doc_id: the same in all models' files
    std::string prompt; ///< what the model was given, or the question of the document
    std::vector<std::string> choices; ///< continuations that were scored; empty: generated text
    std::vector<double> scores; ///< log likelihood of each choice, nats
    int answer = -1; ///< index of the choice the model prefers; -1: unknown
    int target = -1; ///< index of the right one; -1: unknown
    std::string response; ///< generated text
    double score = 0; ///< of the task's first metric: 1 right, 0 wrong
    /// Log likelihood of the right choice over the best wrong one, nats; NaN without choices.
    [[nodiscard]] double margin() const;
};

/// One metric of one task.
struct ImportedTask
{
    std::string task, metric; ///< "piqa", "acc_norm"
    double value = 0, standardError = 0; ///< 0: unknown
    std::int64_t samples = 0;
    bool higherIsBetter = true;
    std::vector<ImportedSample> items; ///< by id; empty unless samples were logged
};

/// A results file: one model.
struct ImportedResults
{
    QString path; ///< of results_*.json
    std::string model; ///< name shown; unique in a document by its id
    std::string id; ///< "lm-eval:NAME"
    std::string note; ///< dtype, few-shot settings, version of the harness
    std::vector<ImportedTask> tasks;
};

/// Reads a results file, or every results_*.json in a folder (and the folders in it), with the
/// samples_TASK_*.jsonl beside each. One metric a task: acc_norm, acc, exact_match, else the first.
/// Errors name file and key.
[[nodiscard]] Result<std::vector<ImportedResults>> importResults(const std::filesystem::path &path);

} // namespace batlab::views
