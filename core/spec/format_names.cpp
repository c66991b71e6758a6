// SPDX-License-Identifier: Apache-2.0
#include "core/spec/format_names.h"

#include "core/spec/suggestion.h"
#include "kernels/formats.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace batlab {

const std::vector<std::string> &formatNames()
{
    static const std::vector<std::string> names { "mxfp4",      "mxfp8-e4m3", "mxfp8-e5m2",
                                                  "mxfp6-e2m3", "mxfp6-e3m2", "mxint8",
                                                  "nvfp4" };
    return names;
}

const std::vector<std::string> &scaleRuleNames()
{
    static const std::vector<std::string> names { "floor",   "ceil", "rceil",     "even",
                                                  "ct-even", "uos",  "log-round", "prescale" };
    return names;
}

const std::vector<std::string> &tiesNames()
{
    static const std::vector<std::string> names { "even", "away", "zero" };
    return names;
}

namespace {
template<class Enum>
std::optional<Enum> find(const std::vector<std::string> &names, std::string_view text)
{
    const auto it = std::find(names.begin(), names.end(), text);
    if (it == names.end())
        return std::nullopt;
    return static_cast<Enum>(it - names.begin());
}

Error unknown(std::string_view what, std::string_view text, const std::vector<std::string> &names)
{
    return {
        ErrorCode::usage, fmt::format("unknown {} '{}'", what, text), {}, allowedHint(text, names)
    };
}
} // namespace

std::string_view name(kernels::Format format)
{
    return formatNames()[static_cast<std::size_t>(format)];
}
std::string_view name(kernels::ScaleRule rule)
{
    return scaleRuleNames()[static_cast<std::size_t>(rule)];
}
std::string_view name(kernels::Ties ties) { return tiesNames()[static_cast<std::size_t>(ties)]; }
std::optional<kernels::Format> formatFromName(std::string_view text)
{
    return find<kernels::Format>(formatNames(), text);
}
std::optional<kernels::ScaleRule> scaleRuleFromName(std::string_view text)
{
    return find<kernels::ScaleRule>(scaleRuleNames(), text);
}
std::optional<kernels::Ties> tiesFromName(std::string_view text)
{
    return find<kernels::Ties>(tiesNames(), text);
}

std::string name(const IntegerFormat &format)
{
    return fmt::format("int{}{}{}", format.bits,
                       format.group > 0 ? fmt::format("-g{}", format.group) : std::string(),
                       format.symmetric ? "-sym" : "");
}

namespace {
std::vector<IntegerFormat> integerFormats()
{
    std::vector<IntegerFormat> out;
    for (const int bits : { 4, 8 })
        for (const std::int64_t group : { 0, 32, 64, 128 })
            for (const bool symmetric : { false, true })
                out.push_back({ bits, group, symmetric });
    return out;
}
} // namespace

const std::vector<std::string> &integerFormatNames()
{
    static const std::vector<std::string> names = [] {
        std::vector<std::string> out;
        for (const IntegerFormat &format : integerFormats())
            out.push_back(name(format));
        return out;
    }();
    return names;
}

const std::vector<std::string> &allFormatNames()
{
    static const std::vector<std::string> names = [] {
        std::vector<std::string> out = formatNames();
        out.insert(out.end(), integerFormatNames().begin(), integerFormatNames().end());
        return out;
    }();
    return names;
}

std::optional<IntegerFormat> integerFromName(std::string_view text)
{
    for (const IntegerFormat &format : integerFormats())
        if (name(format) == text)
            return format;
    return std::nullopt;
}

bool isUnquantized(std::string_view format)
{
    return format == "none" || format == "bf16" || format == "fp32";
}

double storedBits(std::string_view format, std::int64_t width)
{
    if (const auto integer = integerFromName(format)) {
        const auto n = static_cast<double>(std::max<std::int64_t>(width, 1));
        const double groups =
            integer->group > 0 ? std::ceil(n / static_cast<double>(integer->group)) : 1.0;
        const double each = 32 + (integer->symmetric ? 0 : 8); // fp32 scale, zero point in a byte
        return integer->bits + groups * each / n;
    }
    const auto known = formatFromName(format);
    if (!known)
        return 16;
    return kernels::elementFormat(*known).codeBits + 8.0 / kernels::blockSize(*known);
}

Result<void> checkFormat(std::string_view format, std::string_view rule, std::string_view ties)
{
    if (isUnquantized(format) || integerFromName(format))
        return {};
    if (const auto spec = quantSpec(format, rule, ties); !spec)
        return spec.error();
    return {};
}

Result<kernels::QuantSpec> quantSpec(std::string_view format, std::string_view rule,
                                     std::string_view ties)
{
    kernels::QuantSpec spec;
    const std::optional<kernels::Format> f = formatFromName(format);
    if (!f)
        return unknown("format", format, allFormatNames());
    const std::optional<kernels::ScaleRule> r = scaleRuleFromName(rule);
    if (!r)
        return unknown("scale rule", rule, scaleRuleNames());
    const std::optional<kernels::Ties> t = tiesFromName(ties);
    if (!t)
        return unknown("tie mode", ties, tiesNames());
    if (!kernels::isDefined(*f, *r)) {
        std::vector<std::string> defined;
        for (std::size_t i = 0; i < scaleRuleNames().size(); ++i)
            if (kernels::isDefined(*f, static_cast<kernels::ScaleRule>(i)))
                defined.push_back(scaleRuleNames()[i]);
        return Error { ErrorCode::usage,
                       fmt::format("scale rule '{}' is not defined for {}", rule, format),
                       {},
                       fmt::format("Defined for it: {}.", fmt::join(defined, ", ")) };
    }
    spec.format = *f;
    spec.rule = *r;
    spec.ties = *t;
    return spec;
}

} // namespace batlab
