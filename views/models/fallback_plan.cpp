// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/fallback_plan.h"

#include "core/spec/format_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

namespace batlab::views {

namespace {

int mantissaBits(const std::string &format)
{
    if (isUnquantized(format))
        return 7; // bf16
    const std::size_t m = format.find('m', format.find("-e")); // "mxfp8-e4m3"
    if (format.find("-e") != std::string::npos && m != std::string::npos && m + 1 < format.size())
        return format[m + 1] - '0';
    return format == "mxint8" ? 6 : 1;
}

double bitsOf(const FallbackUnit &unit, const std::string &format)
{
    return unit.weights * storedBits(format, static_cast<std::int64_t>(unit.width));
}

/// The next format up; none at the top and for formats that are no rung.
std::optional<std::string> above(const FallbackUnit &unit)
{
    for (const std::string &format : fallbackFormats()) {
        if (bitsOf(unit, format) > bitsOf(unit, unit.format))
            return format;
    }
    return {};
}

} // namespace

const std::vector<std::string> &fallbackFormats()
{
    static const std::vector<std::string> formats { "mxfp4", "mxfp8-e4m3", "bf16" };
    return formats;
}

double errorRatio(const std::string &from, const std::string &to)
{
    return std::pow(4.0, mantissaBits(from) - mantissaBits(to));
}

double estimatedError(const FallbackUnit &unit)
{
    return unit.error * errorRatio(unit.measured, unit.format);
}

FallbackPoint pointOf(const std::vector<FallbackUnit> &units)
{
    FallbackPoint out;
    double weights = 0;
    for (const FallbackUnit &unit : units) {
        weights += unit.weights;
        out.bits += bitsOf(unit, unit.format);
        out.error += estimatedError(unit);
    }
    out.bits = weights > 0 ? out.bits / weights : 0;
    return out;
}

double weightBytes(const std::vector<FallbackUnit> &units)
{
    double bits = 0;
    for (const FallbackUnit &unit : units)
        bits += bitsOf(unit, unit.format);
    return bits / 8;
}

std::vector<FallbackUnit> greedyFallback(std::vector<FallbackUnit> units, double bits,
                                         std::vector<FallbackPoint> *path)
{
    double weights = 0;
    for (const FallbackUnit &unit : units)
        weights += unit.weights;
    FallbackPoint now = pointOf(units);
    if (path)
        path->assign(1, now);
    while (true) {
        FallbackUnit *best = nullptr;
        std::string next;
        double bestGain = 0, addedBits = 0, lessError = 0;
        for (FallbackUnit &unit : units) {
            const std::optional<std::string> format = above(unit);
            if (!format)
                continue;
            const double cost = bitsOf(unit, *format) - bitsOf(unit, unit.format);
            // Half a thousandth of a bit: a budget typed with two decimals.
            if (now.bits + cost / weights > bits + 5e-4)
                continue;
            const double error = estimatedError(unit);
            const double less = error - error * errorRatio(unit.format, *format);
            if (less / cost > bestGain) {
                bestGain = less / cost;
                best = &unit;
                next = *format;
                addedBits = cost;
                lessError = less;
            }
        }
        if (!best)
            return units;
        best->format = next;
        now.bits += addedBits / weights;
        now.error -= lessError;
        if (path)
            path->push_back(now);
    }
}

std::vector<std::string> precisionLines(const std::vector<FallbackUnit> &units,
                                        const std::vector<FallbackUnit> &base)
{
    std::vector<std::string> out;
    for (const Site site : kLinearSites) {
        std::map<int, std::string> changed;
        for (std::size_t i = 0; i < units.size() && i < base.size(); ++i) {
            if (units[i].site == site && units[i].format != base[i].format)
                changed[units[i].layer] = units[i].format;
        }
        for (auto at = changed.begin(); at != changed.end();) {
            auto last = at;
            for (auto then = std::next(at); then != changed.end() && then->first == last->first + 1
                 && then->second == at->second;
                 ++then)
                last = then;
            const std::string layers = at->first == last->first
                ? fmt::format("layer {}", at->first)
                : fmt::format("layers {}-{}", at->first, last->first);
            const std::string format = isUnquantized(at->second) ? "none" : at->second;
            for (const char *what : { "weights", "activations" })
                out.push_back(fmt::format("{}:{}:{}={}", layers, name(site), what, format));
            at = std::next(last);
        }
    }
    return out;
}

} // namespace batlab::views
