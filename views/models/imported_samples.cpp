// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/imported_samples.h"

#include "core/base/json.h"
#include "core/stats/paired_tests.h"
#include "views/models/text.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <cmath>
#include <limits>

namespace batlab::views {

namespace {

constexpr qint64 kMostLine = 16 << 20;
constexpr std::size_t kMostSamples = 2000000;
constexpr std::size_t kMostText = 4000; ///< of a prompt; its end is what is asked

/// The file of the same moment as the results, else the newest of the task.
QString samplesFile(const QString &resultsFile, const std::string &task)
{
    const QFileInfo results(resultsFile);
    const QString stamp = results.completeBaseName().section(QLatin1Char('_'), 1);
    const QString exact = QStringLiteral("samples_%1_%2.jsonl").arg(qs(task), stamp);
    const QDir folder = results.dir();
    if (folder.exists(exact))
        return folder.filePath(exact);
    // "_2" starts a year: "arc_easy" must not take the file of "arc_easy_hard".
    const QStringList all = folder.entryList({ QStringLiteral("samples_%1_2*.jsonl").arg(qs(task)),
                                               QStringLiteral("samples_%1.jsonl").arg(qs(task)) },
                                             QDir::Files, QDir::Name);
    return all.isEmpty() ? QString() : folder.filePath(all.last());
}

double number(const Json &value)
{
    if (value.is_number())
        return value.get<double>();
    if (value.is_string()) { // the harness writes log likelihoods as text
        bool ok = false;
        const double v = qs(value.get<std::string>()).toDouble(&ok);
        if (ok)
            return v;
    }
    return std::numeric_limits<double>::quiet_NaN();
}

std::string text(const Json &value)
{
    return value.is_string() ? value.get<std::string>()
        : value.is_null()    ? std::string()
                             : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// {context, continuation} of every request of a sample.
std::vector<std::pair<std::string, std::string>> requests(const Json &sample)
{
    std::vector<std::pair<std::string, std::string>> out;
    const auto at = sample.find("arguments");
    if (at == sample.end())
        return out;
    for (const Json &one : *at) { // a list of pairs, or {"gen_args_0": {"arg_0", "arg_1"}}
        if (one.is_array() && !one.empty())
            out.emplace_back(text(one[0]), one.size() > 1 ? text(one[1]) : std::string());
        else if (one.is_object())
            out.emplace_back(one.contains("arg_0") ? text(one["arg_0"]) : std::string(),
                             one.contains("arg_1") ? text(one["arg_1"]) : std::string());
    }
    return out;
}

int targetOf(const Json &sample, const std::vector<std::string> &choices)
{
    const auto at = sample.find("target");
    if (at == sample.end())
        return -1;
    const double index = number(*at);
    if (index >= 0 && index < static_cast<double>(choices.size()) && index == std::floor(index))
        return static_cast<int>(index);
    const QString wanted = qs(text(*at)).trimmed();
    for (std::size_t i = 0; i < choices.size(); ++i)
        if (qs(choices[i]).trimmed() == wanted)
            return static_cast<int>(i);
    return -1;
}

void readChoices(const Json &sample, const std::string &metric, ImportedSample &out)
{
    const auto answers = sample.find("filtered_resps");
    const auto asked = requests(sample);
    if (!asked.empty())
        out.prompt = asked.front().first;
    if (answers == sample.end() || !answers->is_array())
        return;
    const bool scored =
        answers->size() > 1 && std::all_of(answers->begin(), answers->end(), [](const Json &a) {
            return a.is_array() && !a.empty() && !std::isnan(number(a[0]));
        });
    if (!scored) {
        if (!answers->empty())
            out.response = text(answers->front());
        return;
    }
    double best = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < answers->size(); ++i) {
        out.scores.push_back(number((*answers)[i][0]));
        out.choices.push_back(i < asked.size() ? asked[i].second : std::string());
        // acc_norm divides by the bytes of the choice.
        const double length = metric == "acc_norm"
            ? static_cast<double>(std::max<std::size_t>(1, out.choices.back().size()))
            : 1.0;
        if (out.scores.back() / length > best) {
            best = out.scores.back() / length;
            out.answer = static_cast<int>(i);
        }
    }
    out.target = targetOf(sample, out.choices);
}

} // namespace

Result<std::vector<ImportedSample>> readSamples(const QString &resultsFile,
                                                const ImportedTask &task, const std::string &filter)
{
    std::vector<ImportedSample> out;
    const QString path = samplesFile(resultsFile, task.task);
    if (path.isEmpty())
        return out;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error { ErrorCode::notFound, ss(file.errorString()), ss(path), {} };
    for (int line = 1; !file.atEnd(); ++line) {
        const std::string where = ss(QCoreApplication::translate("ImportedResults", "%1, line %2")
                                         .arg(path, QString::number(line)));
        const QByteArray bytes = file.readLine(kMostLine);
        if (bytes.size() + 1 >= kMostLine || out.size() >= kMostSamples)
            return Error { ErrorCode::badInput,
                           ss(QCoreApplication::translate("ImportedResults",
                                                          "too long for a list of samples")),
                           where,
                           {} };
        if (bytes.trimmed().isEmpty())
            continue;
        const Result<Json> sample = parseJson(
            std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())), where);
        if (!sample)
            return sample.error();
        const auto id = sample->is_object() ? sample->find("doc_id") : sample->end();
        if (!sample->is_object() || id == sample->end() || !id->is_number_integer())
            return Error {
                ErrorCode::badInput,
                ss(QCoreApplication::translate("ImportedResults", "a sample without doc_id")),
                where,
                ss(QCoreApplication::translate(
                    "ImportedResults", "Choose the files that lm_eval wrote with --log_samples."))
            };
        if (const auto own = sample->find("filter");
            own != sample->end() && own->is_string() && !filter.empty() && *own != filter)
            continue;
        ImportedSample s;
        s.id = id->get<std::int64_t>();
        readChoices(*sample, task.metric, s);
        if (const auto score = sample->find(task.metric); score != sample->end())
            s.score = score->is_boolean() ? double(score->get<bool>()) : number(*score);
        if (std::isnan(s.score))
            s.score = 0;
        if (s.prompt.size() > kMostText)
            s.prompt = s.prompt.substr(s.prompt.size() - kMostText);
        out.push_back(std::move(s));
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const ImportedSample &a, const ImportedSample &b) { return a.id < b.id; });
    return out;
}

const ImportedResults *importReference(const std::vector<ImportedResults> &imports,
                                       const std::string &id)
{
    const auto at =
        std::find_if(imports.begin(), imports.end(), [&](const auto &i) { return i.id == id; });
    return at != imports.end() ? &*at : imports.empty() ? nullptr : &imports.front();
}

std::vector<SamplePair> pairSamples(const ImportedResults &reference,
                                    const ImportedResults &candidate, const std::string &task)
{
    std::vector<SamplePair> out;
    for (std::size_t t = 0; t < reference.tasks.size(); ++t) {
        const ImportedTask &a = reference.tasks[t];
        const auto b = std::find_if(
            candidate.tasks.begin(), candidate.tasks.end(),
            [&](const ImportedTask &c) { return c.task == a.task && c.metric == a.metric; });
        if (b == candidate.tasks.end() || (!task.empty() && a.task != task))
            continue;
        auto at = b->items.begin();
        for (const ImportedSample &item : a.items) {
            at = std::find_if(at, b->items.end(),
                              [&](const ImportedSample &s) { return s.id >= item.id; });
            if (at == b->items.end())
                break;
            if (at->id != item.id)
                continue;
            const bool was = item.score >= 0.5, is = at->score >= 0.5;
            out.push_back({ t, &item, &*at,
                            was && is ? Flip::bothRight
                                : was ? Flip::lost
                                : is  ? Flip::gained
                                      : Flip::bothWrong,
                            at->margin() - item.margin() });
        }
    }
    return out;
}

ItemDifference itemDifference(const ImportedTask &candidate, const ImportedTask &baseline)
{
    ItemDifference out;
    std::vector<double> differences;
    std::int64_t lost = 0, gained = 0;
    bool binary = true;
    auto at = candidate.items.begin();
    for (const ImportedSample &item : baseline.items) {
        while (at != candidate.items.end() && at->id < item.id)
            ++at;
        if (at == candidate.items.end())
            break;
        if (at->id != item.id)
            continue;
        const double d = at->score - item.score;
        differences.push_back(d);
        for (const double score : { at->score, item.score })
            binary = binary && (score == 0 || score == 1);
        lost += d < 0 ? 1 : 0;
        gained += d > 0 ? 1 : 0;
    }
    const auto n = static_cast<double>(differences.size());
    if (differences.size() < 2)
        return out;
    double sum = 0, squares = 0;
    for (const double d : differences)
        sum += d;
    out.mean = sum / n;
    for (const double d : differences)
        squares += (d - out.mean) * (d - out.mean);
    out.error = std::sqrt(squares / (n - 1) / n);
    out.p = binary ? mcnemar(lost, gained) : out.error > 0 ? normalPValue(out.mean, out.error) : 1;
    return out;
}

double chanceOf(const ImportedTask &task)
{
    if (task.items.empty())
        return std::numeric_limits<double>::quiet_NaN();
    const std::size_t choices = task.items.front().choices.size();
    for (const ImportedSample &item : task.items)
        if (item.choices.size() != choices)
            return std::numeric_limits<double>::quiet_NaN();
    return choices > 1 ? 1.0 / static_cast<double>(choices)
                       : std::numeric_limits<double>::quiet_NaN();
}

} // namespace batlab::views
