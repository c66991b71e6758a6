// SPDX-License-Identifier: Apache-2.0
#include "sessions/artifact_io.h"
#include "sessions/session.h"
#include "sessions/session_tools.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <set>

namespace batlab {

namespace {
using Differences = std::vector<SessionDifference>;

bool isVolatile(std::string_view key)
{
    constexpr std::array<std::string_view, 11> kKeys { "seconds",
                                                       "calibration_seconds",
                                                       "peak_memory_bytes",
                                                       "path",
                                                       "host",
                                                       "device",
                                                       "threads",
                                                       "uuid",
                                                       "created",
                                                       "started",
                                                       "finished" };
    return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
}

/// Values that may be file names: only the last component counts.
bool isFileName(std::string_view key) { return key == "file" || key == "model"; }

std::string shortText(const Json &value)
{
    std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    constexpr std::size_t kMax = 60;
    if (text.size() > kMax)
        text = text.substr(0, kMax - 3) + "...";
    return text;
}

template<class T>
std::string compareValues(const std::vector<std::uint8_t> &a, const std::vector<std::uint8_t> &b)
{
    std::size_t count = 0;
    double largest = 0;
    for (std::size_t at = 0; at < a.size(); at += sizeof(T)) {
        if (std::memcmp(a.data() + at, b.data() + at, sizeof(T)) == 0)
            continue;
        T x, y;
        std::memcpy(&x, a.data() + at, sizeof(T));
        std::memcpy(&y, b.data() + at, sizeof(T));
        ++count;
        largest = std::max(largest, std::abs(static_cast<double>(x) - static_cast<double>(y)));
    }
    return fmt::format("{} of {} values differ, by up to {:.6g}", count, a.size() / sizeof(T),
                       largest);
}

std::string compareArrays(const std::vector<std::uint8_t> &a, const std::vector<std::uint8_t> &b,
                          std::string_view element)
{
    if (a.size() != b.size())
        return fmt::format("{} bytes against {}", a.size(), b.size());
    if (element == "f32")
        return compareValues<float>(a, b);
    if (element == "f64")
        return compareValues<double>(a, b);
    if (element == "u32")
        return compareValues<std::uint32_t>(a, b);
    if (element == "i32")
        return compareValues<std::int32_t>(a, b);
    return compareValues<std::uint8_t>(a, b);
}

bool sameNumber(const Json &a, const Json &b)
{
    const double x = a.get<double>(), y = b.get<double>();
    return a == b || (std::isnan(x) && std::isnan(y));
}

void compare(const Json &a, const Json &b, const std::string &where, std::string_view kind,
             Differences &out)
{
    if (a.is_object() && b.is_object()) {
        std::set<std::string> keys;
        for (const Json *side : { &a, &b })
            for (const auto &[key, value] : side->items())
                keys.insert(key);
        for (const std::string &key : keys) {
            if (isVolatile(key))
                continue;
            const std::string place = where + "." + key;
            if (!a.contains(key) || !b.contains(key)) {
                out.push_back(
                    { place, a.contains(key) ? "only in the first" : "only in the second" });
                continue;
            }
            const Json &x = a.at(key), &y = b.at(key);
            const auto last = [](const Json &v) {
                return std::filesystem::path(v.get<std::string>()).filename();
            };
            if (isFileName(key) && x.is_string() && y.is_string() && last(x) == last(y))
                continue;
            if (x.is_binary() && y.is_binary()) {
                const h5::FieldInfo *field = h5::fieldInfo(kind, key);
                if (x != y)
                    out.push_back({ place,
                                    compareArrays(x.get_binary(), y.get_binary(),
                                                  field ? field->element : "") });
                continue;
            }
            compare(x, y, place, kind, out);
        }
    } else if (a.is_array() && b.is_array() && a.size() == b.size()) {
        for (std::size_t i = 0; i < a.size(); ++i)
            compare(a[i], b[i], fmt::format("{}[{}]", where, i), kind, out);
    } else if (a.is_number() && b.is_number() ? !sameNumber(a, b) : a != b) {
        out.push_back({ where, shortText(a) + " against " + shortText(b) });
    }
}

/// The specs of the runs, each once: a resumed run has the spec of the one it resumes.
std::vector<Json> specs(const Session &session)
{
    std::vector<Json> out;
    for (const RunRecord &run : session.runs) {
        const Result<Json> parsed = parseJson(run.specJson, "spec");
        Json spec = parsed ? *parsed : Json(run.specJson);
        if (std::find(out.begin(), out.end(), spec) == out.end())
            out.push_back(std::move(spec));
    }
    return out;
}
} // namespace

Result<std::vector<SessionDifference>> diff(const std::filesystem::path &pathA,
                                            const std::filesystem::path &pathB)
{
    const Result<Session> a = load(pathA);
    if (!a)
        return a.error();
    const Result<Session> b = load(pathB);
    if (!b)
        return b.error();
    Differences out;
    compare(Json(specs(*a)), Json(specs(*b)), "specs", {}, out);
    std::set<std::string> keys;
    for (const Session *side : { &*a, &*b })
        for (const auto &[key, artifact] : side->artifacts)
            keys.insert(key);
    for (const std::string &key : keys) {
        const auto x = a->artifacts.find(key), y = b->artifacts.find(key);
        if (x == a->artifacts.end() || y == b->artifacts.end())
            out.push_back(
                { key, y == b->artifacts.end() ? "only in the first" : "only in the second" });
        else
            compare(h5::storedForm(*x->second), h5::storedForm(*y->second), key,
                    kindName(*x->second), out);
    }
    if (a->variantIds() != b->variantIds() && out.empty())
        out.push_back({ "variants", "the order differs" });
    if (a->notes != b->notes)
        out.push_back({ "notes", "the text differs" });
    return out;
}

} // namespace batlab
