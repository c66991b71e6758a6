// SPDX-License-Identifier: Apache-2.0
#include "core/spec/parameter.h"

#include "core/artifact/fields.h"
#include "core/spec/suggestion.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace batlab {

namespace {
constexpr std::array<std::string_view, 7> kTypeNames { "boolean", "integer", "real",     "choice",
                                                       "text",    "file",    "text-list" };

Error bad(const Parameter &parameter, std::string_view where, std::string what,
          std::string hint = {})
{
    return { ErrorCode::badInput, fmt::format("{}: {}", parameter.path, what), std::string(where),
             std::move(hint) };
}

std::string shown(const Json &value)
{
    std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (text.size() > 60)
        text = text.substr(0, 57) + "...";
    return text;
}

std::string range(const Parameter &p)
{
    if (p.minimum && p.maximum)
        return fmt::format("Allowed: {} to {}{}{}.", *p.minimum, *p.maximum,
                           p.unit.empty() ? "" : " ", p.unit);
    if (p.minimum)
        return fmt::format("Allowed: {} or more.", *p.minimum);
    return p.maximum ? fmt::format("Allowed: {} or less.", *p.maximum) : std::string();
}

Result<void> checkNumber(const Parameter &p, const Json &value, std::string_view where)
{
    const double number = value.get<double>();
    if (!std::isfinite(number) || (p.minimum && number < *p.minimum)
        || (p.maximum && number > *p.maximum))
        return bad(p, where, fmt::format("{} is out of range", shown(value)), range(p));
    return {};
}

Result<void> checkName(const Parameter &p, const Json &value, std::string_view where)
{
    if (!value.is_string())
        return bad(p, where, fmt::format("expected one of its names, found {}", shown(value)),
                   allowedHint({}, p.choices));
    const auto text = value.get<std::string>();
    if (std::find(p.choices.begin(), p.choices.end(), text) == p.choices.end())
        return bad(p, where, fmt::format("'{}' is not allowed", text.substr(0, 60)),
                   allowedHint(text, p.choices));
    return {};
}
} // namespace

Result<void> checkValue(const Parameter &p, const Json &value, std::string_view where)
{
    switch (p.type) {
    case ParameterType::boolean:
        if (!value.is_boolean())
            return bad(p, where, fmt::format("expected true or false, found {}", shown(value)));
        return {};
    case ParameterType::integer:
        if (!value.is_number_integer())
            return bad(p, where, fmt::format("expected a whole number, found {}", shown(value)),
                       range(p));
        return checkNumber(p, value, where);
    case ParameterType::real:
        if (!value.is_number())
            return bad(p, where, fmt::format("expected a number, found {}", shown(value)),
                       range(p));
        return checkNumber(p, value, where);
    case ParameterType::choice: return checkName(p, normalized(p, value), where);
    case ParameterType::text:
    case ParameterType::file:
        if (!value.is_string() || value.get_ref<const std::string &>().size() > 4096)
            return bad(
                p, where,
                fmt::format("expected a text of at most 4096 bytes, found {}", shown(value)));
        if (!isUtf8(value.get_ref<const std::string &>()))
            return bad(p, where, "the text is not valid UTF-8");
        return {};
    case ParameterType::textList: break;
    }
    if (!value.is_array())
        return bad(p, where, fmt::format("expected a list, found {}", shown(value)),
                   allowedHint({}, p.choices));
    std::vector<std::string> seen;
    for (const Json &item : value) {
        // Without choices the items are short texts of a grammar that checkRecipe knows.
        if (p.choices.empty()) {
            if (!item.is_string() || item.get_ref<const std::string &>().size() > 200
                || !isUtf8(item.get_ref<const std::string &>()))
                return bad(p, where, fmt::format("expected short texts, found {}", shown(item)));
        } else if (Result<void> good = checkName(p, item, where); !good) {
            return good;
        }
        if (std::find(seen.begin(), seen.end(), item.get<std::string>()) != seen.end())
            return bad(p, where, fmt::format("{} comes twice", shown(item)));
        seen.push_back(item.get<std::string>());
    }
    return {};
}

Json normalized(const Parameter &p, const Json &value)
{
    if (p.type == ParameterType::real && value.is_number())
        return value.get<double>();
    // YAML reads size: 32 as a number although it is one of the names "16", "32", .., "full".
    if (p.type == ParameterType::choice && value.is_number_integer())
        return value.dump();
    return value;
}

const Parameter *findParameter(const std::vector<Parameter> &table, std::string_view path)
{
    for (const Parameter &row : table)
        if (row.path == path)
            return &row;
    return nullptr;
}

Result<Json> parseValue(const Parameter &p, std::string_view text)
{
    Json value;
    const char *end = text.data() + text.size();
    switch (p.type) {
    case ParameterType::boolean:
        if (text == "true" || text == "on" || text == "yes" || text == "1")
            value = true;
        else if (text == "false" || text == "off" || text == "no" || text == "0")
            value = false;
        else
            return bad(p, {},
                       fmt::format("expected true or false, found '{}'", text.substr(0, 60)));
        break;
    case ParameterType::integer: {
        std::int64_t number = 0;
        const auto [at, error] = std::from_chars(text.data(), end, number);
        if (error != std::errc() || at != end)
            return bad(p, {},
                       fmt::format("expected a whole number, found '{}'", text.substr(0, 60)),
                       range(p));
        value = number;
        break;
    }
    case ParameterType::real: {
        double number = 0;
        const auto [at, error] = std::from_chars(text.data(), end, number);
        if (error != std::errc() || at != end)
            return bad(p, {}, fmt::format("expected a number, found '{}'", text.substr(0, 60)),
                       range(p));
        value = number;
        break;
    }
    case ParameterType::choice:
    case ParameterType::text:
    case ParameterType::file: value = std::string(text); break;
    case ParameterType::textList:
        value = Json::array();
        if (text.size() >= 2 && text.front() == '[' && text.back() == ']')
            text = text.substr(1, text.size() - 2); // as in YAML
        while (!text.empty()) {
            const std::size_t comma = std::min(text.find(','), text.size());
            std::string_view item = text.substr(0, comma);
            while (!item.empty() && item.front() == ' ')
                item.remove_prefix(1);
            while (!item.empty() && item.back() == ' ')
                item.remove_suffix(1);
            for (const char quote : { '"', '\'' })
                if (item.size() >= 2 && item.front() == quote && item.back() == quote)
                    item = item.substr(1, item.size() - 2);
            value.push_back(std::string(item));
            text.remove_prefix(std::min(comma + 1, text.size()));
        }
        break;
    }
    if (Result<void> good = checkValue(p, value, {}); !good)
        return good.error();
    return value;
}

Json toJson(const Parameter &p)
{
    Json out { { "path", p.path },
               { "type", kTypeNames[static_cast<std::size_t>(p.type)] },
               { "default", p.defaultValue },
               { "unit", p.unit },
               { "title", p.title },
               { "help", p.help },
               { "group", p.group },
               { "appliesWhenQueued", p.appliesWhenQueued } };
    out["choices"] = p.choices;
    if (p.minimum)
        out["minimum"] = *p.minimum;
    if (p.maximum)
        out["maximum"] = *p.maximum;
    return out;
}

Result<Parameter> parameterFromJson(const Json &value)
{
    if (!value.is_object())
        return Error { ErrorCode::badInput, "expected a parameter", "schema", {} };
    Parameter p;
    std::string type;
    fields::Reader reader(value, "schema");
    reader.value("path", p.path);
    reader.value("type", type);
    reader.value("default", p.defaultValue);
    reader.value("unit", p.unit);
    reader.value("title", p.title);
    reader.value("help", p.help);
    reader.value("group", p.group);
    reader.value("appliesWhenQueued", p.appliesWhenQueued);
    reader.value("choices", p.choices);
    const auto bound = [&](const char *key, std::optional<double> &out) {
        if (!value.contains(key))
            return;
        double number = 0;
        reader.value(key, number);
        out = number;
    };
    bound("minimum", p.minimum);
    bound("maximum", p.maximum);
    const auto it = std::find(kTypeNames.begin(), kTypeNames.end(), type);
    if (it == kTypeNames.end())
        reader.fail("unknown type of parameter", "type");
    if (reader.error())
        return *reader.error();
    p.type = static_cast<ParameterType>(it - kTypeNames.begin());
    if (Result<void> good = checkValue(p, p.defaultValue, "schema"); !good)
        return good.error();
    return p;
}

} // namespace batlab
