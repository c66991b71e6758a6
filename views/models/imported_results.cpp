// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/imported_results.h"

#include "core/base/json.h"
#include "core/base/json_text.h"
#include "core/stats/metric.h"
#include "views/models/imported_samples.h"
#include "views/models/text.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <cmath>
#include <limits>

namespace batlab::views {

namespace {

constexpr qint64 kMostBytes = 64 << 20; // of a results file
constexpr std::size_t kMostTasks = 2000;

Error bad(const QString &what, const QString &where)
{
    return { ErrorCode::badInput, ss(what), ss(where),
             ss(QCoreApplication::translate("ImportedResults",
                                            "Choose a results_*.json that lm-evaluation-harness "
                                            "wrote with --output_path.")) };
}

const Json *member(const Json &object, const std::string &key)
{
    const auto at = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && at != object.end() ? &*at : nullptr;
}

double numberOf(const Json &object, const std::string &key)
{
    const Json *value = member(object, key);
    return value && value->is_number() ? value->get<double>()
                                       : std::numeric_limits<double>::quiet_NaN();
}

/// "acc_norm,none" -> {"acc_norm", "none"}.
struct MetricKey
{
    std::string metric, filter;
};

/// Which way is better, as the file says, else as is known of the metric.
Better betterOf(const Json &file, const std::string &task, const std::string &metric)
{
    if (const Json *table = member(file, "higher_is_better"))
        if (const Json *row = member(*table, task))
            if (const Json *value = member(*row, metric); value && value->is_boolean())
                return value->get<bool>() ? Better::higher : Better::lower;
    return metricFacts(metric).better;
}

/// The metrics of a task that have a finite value.
std::vector<MetricKey> metricsOf(const Json &task)
{
    std::vector<MetricKey> found;
    for (const auto &[key, value] : task.items()) {
        if (!value.is_number() || !std::isfinite(value.get<double>()))
            continue;
        const std::size_t comma = key.find(',');
        MetricKey m { key.substr(0, comma),
                      comma == std::string::npos ? std::string() : key.substr(comma + 1) };
        if (!m.metric.ends_with("_stderr") && m.metric != "sample_len")
            found.push_back(std::move(m));
    }
    return found;
}

/// The metric a task is judged by: the usual ones first, then any that points somewhere.
std::optional<MetricKey> mainMetric(const Json &file, const std::string &task,
                                    const std::vector<MetricKey> &metrics)
{
    for (const char *wanted : { "acc_norm", "acc", "exact_match", "word_perplexity", "perplexity" })
        for (const MetricKey &m : metrics)
            if (m.metric == wanted)
                return m;
    for (const MetricKey &m : metrics)
        if (betterOf(file, task, m.metric) != Better::unknown)
            return m;
    return std::nullopt;
}

std::int64_t sampleCount(const Json &file, const std::string &task)
{
    if (const Json *table = member(file, "n-samples"))
        if (const Json *row = member(*table, task))
            if (const double n = numberOf(*row, "effective"); n > 0 && n < 1e12)
                return static_cast<std::int64_t>(n);
    return 0;
}

std::string modelName(const Json &file, const QString &path)
{
    std::string name = textAt(file, "model_name");
    if (name.empty())
        if (const Json *config = member(file, "config"))
            name = textAt(*config, "model");
    if (name.empty())
        name = ss(QFileInfo(path).dir().dirName());
    // The last folder of a path says it; the rest would fill the column.
    while (name.size() > 1 && name.back() == '/')
        name.pop_back();
    if (const std::size_t slash = name.rfind('/'); slash != std::string::npos)
        name = name.substr(slash + 1);
    return name;
}

QString noteOf(const Json &file)
{
    QStringList parts { QStringLiteral("lm-eval") };
    if (const std::string version = textAt(file, "lm_eval_version"); !version.empty())
        parts.append(qs(version));
    if (const Json *config = member(file, "config")) {
        if (const std::string dtype = textAt(*config, "model_dtype"); !dtype.empty())
            parts.append(qs(dtype).section(QLatin1Char('.'), -1));
        if (const double limit = numberOf(*config, "limit"); limit > 0)
            parts.append(QStringLiteral("limit %1").arg(limit));
    }
    return parts.join(QLatin1Char(' '));
}

/// A few letters that tell files apart, whoever else is open and in which order they came.
QString mark(const QString &path)
{
    return QString::fromLatin1(
        QCryptographicHash::hash(path.toUtf8(), QCryptographicHash::Sha1).toHex().left(6));
}

Result<ImportedResults> readFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error { ErrorCode::notFound, ss(file.errorString()), ss(path), {} };
    if (file.size() > kMostBytes)
        return bad(QCoreApplication::translate("ImportedResults",
                                               "the file is larger than 64 MiB, results are small"),
                   path);
    const QByteArray bytes = file.readAll();
    const Result<Json> json = parseJson(
        std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())), ss(path));
    if (!json)
        return json.error();
    const Json *results = member(*json, "results");
    if (!results || !results->is_object())
        return bad(
            QCoreApplication::translate("ImportedResults", "there is no object \"results\" in it"),
            path);
    if (results->size() > kMostTasks)
        return bad(QCoreApplication::translate("ImportedResults", "more than 2 000 tasks"), path);
    ImportedResults out;
    out.path = QFileInfo(path).absoluteFilePath();
    out.model = modelName(*json, path);
    out.id = "lm-eval " + out.model + " " + ss(mark(out.path));
    QStringList leftOut;
    for (const auto &[name, row] : results->items()) {
        if (!row.is_object())
            return bad(QCoreApplication::translate("ImportedResults", "results.%1 is no object")
                           .arg(qs(name)),
                       path);
        const std::vector<MetricKey> metrics = metricsOf(row);
        if (metrics.empty())
            continue; // a group without numbers of its own
        const std::optional<MetricKey> key = mainMetric(*json, name, metrics);
        if (!key) { // neither colour nor p could be given
            leftOut.append(qs(name));
            continue;
        }
        const std::string suffix = key->filter.empty() ? std::string() : "," + key->filter;
        ImportedTask task;
        task.task = name;
        task.metric = key->metric;
        task.value = numberOf(row, key->metric + suffix);
        const double error = numberOf(row, key->metric + "_stderr" + suffix);
        task.standardError = std::isfinite(error) && error > 0 ? error : 0;
        task.samples = sampleCount(*json, name);
        task.higherIsBetter = betterOf(*json, name, key->metric) == Better::higher;
        const Result<std::vector<ImportedSample>> items = readSamples(path, task, key->filter);
        if (!items)
            return items.error();
        task.items = *items;
        if (task.samples == 0)
            task.samples = static_cast<std::int64_t>(task.items.size());
        out.tasks.push_back(std::move(task));
    }
    if (out.tasks.empty())
        return bad(
            leftOut.isEmpty()
                ? QCoreApplication::translate("ImportedResults", "no task in it has a number")
                : QCoreApplication::translate(
                      "ImportedResults", "which way is better is not known of the metrics of %1")
                      .arg(leftOut.join(QStringLiteral(", "))),
            path);
    out.note = ss(noteOf(*json));
    if (!leftOut.isEmpty())
        out.note += ss(
            QCoreApplication::translate("ImportedResults", ", left out (direction not known): %1")
                .arg(leftOut.join(QStringLiteral(", "))));
    return out;
}

} // namespace

double ImportedSample::margin() const
{
    if (target < 0 || static_cast<std::size_t>(target) >= scores.size() || scores.size() < 2)
        return std::numeric_limits<double>::quiet_NaN();
    double other = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < scores.size(); ++i)
        if (i != static_cast<std::size_t>(target))
            other = std::max(other, scores[i]);
    return scores[static_cast<std::size_t>(target)] - other;
}

Result<std::vector<ImportedResults>> importResults(const std::filesystem::path &path)
{
    const QString name = qs(path.string());
    QStringList files;
    if (QFileInfo(name).isDir()) {
        QDirIterator walk(name, { QStringLiteral("results*.json") }, QDir::Files,
                          QDirIterator::Subdirectories);
        while (walk.hasNext() && files.size() < 1000)
            files.append(walk.next());
        files.sort();
        if (files.isEmpty())
            return Error { ErrorCode::notFound,
                           ss(QCoreApplication::translate("ImportedResults",
                                                          "no results_*.json in this folder")),
                           path.string(),
                           ss(QCoreApplication::translate(
                               "ImportedResults",
                               "Choose the folder that was given to lm_eval as --output_path.")) };
    } else {
        files.append(name);
    }
    std::vector<ImportedResults> out;
    for (const QString &file : files) {
        Result<ImportedResults> one = readFile(file);
        if (!one)
            return one.error();
        out.push_back(std::move(*one));
    }
    return out;
}

} // namespace batlab::views
