// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/imported_json.h"

#include "core/base/json_text.h"
#include "views/models/text.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace batlab::views {

namespace {

/// Valid UTF-8, as JSON asks: long prompts are cut where they happen to be.
std::string clean(const std::string &text) { return ss(qs(text)); }

/// JSON has no infinities, log likelihoods do.
Json numberJson(double value)
{
    if (std::isfinite(value))
        return value;
    return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

double numberFrom(const Json &value)
{
    if (value.is_number())
        return value.get<double>();
    const double infinity = std::numeric_limits<double>::infinity();
    return value == Json("inf") ? infinity
        : value == Json("-inf") ? -infinity
                                : std::numeric_limits<double>::quiet_NaN();
}

double numberAt(const Json &object, const char *key)
{
    const auto at = object.find(key);
    return at != object.end() ? numberFrom(*at) : std::numeric_limits<double>::quiet_NaN();
}

std::int64_t integerAt(const Json &object, const char *key, std::int64_t otherwise)
{
    const auto at = object.find(key);
    return at != object.end() && at->is_number_integer() ? at->get<std::int64_t>() : otherwise;
}

/// A list at `key`; empty where there is none.
Json listAt(const Json &object, const char *key)
{
    const auto at = object.find(key);
    return at != object.end() && at->is_array() ? *at : Json::array();
}

std::size_t textBytes(const ImportedResults &results)
{
    std::size_t bytes = 0;
    for (const ImportedTask &task : results.tasks)
        for (const ImportedSample &item : task.items) {
            bytes += item.prompt.size() + item.response.size();
            for (const std::string &choice : item.choices)
                bytes += choice.size();
        }
    return bytes;
}

Json sampleJson(const ImportedSample &sample, bool withText)
{
    Json out { { "id", sample.id },
               { "score", numberJson(sample.score) },
               { "answer", sample.answer },
               { "target", sample.target } };
    for (const double score : sample.scores)
        out["scores"].push_back(numberJson(score));
    if (!withText)
        return out;
    out["prompt"] = clean(sample.prompt);
    out["response"] = clean(sample.response);
    for (const std::string &choice : sample.choices)
        out["choices"].push_back(clean(choice));
    return out;
}

ImportedSample sampleFrom(const Json &value)
{
    ImportedSample out;
    out.id = integerAt(value, "id", 0);
    out.score = numberAt(value, "score");
    if (std::isnan(out.score))
        out.score = 0;
    for (const Json &score : listAt(value, "scores"))
        out.scores.push_back(numberFrom(score));
    for (const Json &choice : listAt(value, "choices"))
        out.choices.push_back(choice.is_string() ? choice.get<std::string>() : std::string());
    out.choices.resize(out.scores.size()); // without their text there are as many
    const auto index = [&](const char *key) {
        const std::int64_t at = integerAt(value, key, -1);
        return at >= 0 && at < static_cast<std::int64_t>(out.choices.size()) ? static_cast<int>(at)
                                                                             : -1;
    };
    out.answer = index("answer");
    out.target = index("target");
    out.prompt = textAt(value, "prompt");
    out.response = textAt(value, "response");
    return out;
}

} // namespace

Json toJson(const std::vector<ImportedResults> &imports, std::size_t mostText)
{
    Json out = Json::array();
    for (const ImportedResults &results : imports) {
        const bool withText = textBytes(results) <= mostText;
        Json tasks = Json::array();
        for (const ImportedTask &task : results.tasks) {
            Json items = Json::array();
            for (const ImportedSample &item : task.items)
                items.push_back(sampleJson(item, withText));
            tasks.push_back({ { "task", clean(task.task) },
                              { "metric", clean(task.metric) },
                              { "value", numberJson(task.value) },
                              { "standardError", numberJson(task.standardError) },
                              { "samples", task.samples },
                              { "higherIsBetter", task.higherIsBetter },
                              { "items", std::move(items) } });
        }
        out.push_back({ { "path", ss(results.path) },
                        { "id", clean(results.id) },
                        { "model", clean(results.model) },
                        { "note", clean(results.note) },
                        { "tasks", std::move(tasks) } });
    }
    return out;
}

std::vector<ImportedResults> importsFromJson(const Json &imports)
{
    std::vector<ImportedResults> out;
    if (!imports.is_array())
        return out;
    for (const Json &value : imports) {
        if (!value.is_object())
            continue;
        ImportedResults results;
        results.path = qs(textAt(value, "path"));
        results.id = textAt(value, "id");
        results.model = textAt(value, "model");
        results.note = textAt(value, "note");
        for (const Json &row : listAt(value, "tasks")) {
            if (!row.is_object())
                continue;
            ImportedTask task;
            task.task = textAt(row, "task");
            task.metric = textAt(row, "metric");
            task.value = numberAt(row, "value");
            const double error = numberAt(row, "standardError");
            task.standardError = std::isfinite(error) && error > 0 ? error : 0;
            task.samples = std::max<std::int64_t>(0, integerAt(row, "samples", 0));
            const auto better = row.find("higherIsBetter");
            task.higherIsBetter =
                better == row.end() || !better->is_boolean() || better->get<bool>();
            for (const Json &item : listAt(row, "items"))
                if (item.is_object())
                    task.items.push_back(sampleFrom(item));
            std::stable_sort(
                task.items.begin(), task.items.end(),
                [](const ImportedSample &a, const ImportedSample &b) { return a.id < b.id; });
            if (!task.task.empty() && std::isfinite(task.value))
                results.tasks.push_back(std::move(task));
        }
        if (!results.path.isEmpty() && !results.id.empty() && !results.tasks.empty())
            out.push_back(std::move(results));
    }
    return out;
}

} // namespace batlab::views
