// SPDX-License-Identifier: Apache-2.0
#include "core/spec/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>
#include <utility>

namespace batlab {

namespace {

constexpr std::size_t kMaxBytes = std::size_t(1) << 20;
constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxValues = 100000;

std::string escaped(const std::string &key)
{
    std::string out;
    for (const char c : key) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out += c;
    }
    return out;
}

/// Type of a plain scalar by YAML's core schema.
Json plainScalar(const std::string &text)
{
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL")
        return nullptr;
    if (text == "true" || text == "True" || text == "TRUE")
        return true;
    if (text == "false" || text == "False" || text == "FALSE")
        return false;
    const char first = text[0];
    const bool numeric =
        (first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.';
    if (!numeric)
        return text;
    const std::string_view digits =
        first == '+' ? std::string_view(text).substr(1) : std::string_view(text);
    const char *const end = digits.data() + digits.size();
    std::int64_t integer = 0;
    if (const auto [at, error] = std::from_chars(digits.data(), end, integer);
        error == std::errc() && at == end)
        return integer;
    std::uint64_t large = 0;
    if (const auto [at, error] = std::from_chars(digits.data(), end, large);
        error == std::errc() && at == end)
        return large;
    if (digits == ".inf" || digits == "-.inf")
        return digits[0] == '-' ? -HUGE_VAL : HUGE_VAL;
    if (digits == ".nan")
        return std::nan("");
    double real = 0;
    const bool named = digits.find_first_of("infNaI")
        != std::string_view::npos; // from_chars takes "inf" and "nan"
    if (const auto [at, error] = std::from_chars(digits.data(), end, real);
        !named && error == std::errc() && at == end)
        return real;
    return text;
}

/// Builds Json from parser events; every limit is checked before anything grows.
class Builder : public YAML::EventHandler
{
public:
    explicit Builder(std::string_view where) : m_places(std::string(where)) { }

    void OnDocumentStart(const YAML::Mark &) override { }
    void OnDocumentEnd() override { }
    void OnNull(const YAML::Mark &mark, YAML::anchor_t anchor) override
    {
        scalar(mark, anchor, nullptr);
    }
    void OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor) override
    {
        const auto it = m_anchors.find(anchor);
        if (it == m_anchors.end())
            fail(mark, "an alias stands inside the value it names");
        count(mark, it->second.values);
        if (m_stack.size() + it->second.depth > kMaxDepth)
            fail(mark, "nested deeper than 64 levels");
        place(mark, it->second.value, it->second.values);
    }
    void OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                  const std::string &text) override
    {
        if (tag == "?" || tag.empty())
            return scalar(mark, anchor, plainScalar(text), text);
        if (tag == "!" || tag == "tag:yaml.org,2002:str")
            return scalar(mark, anchor, text, text);
        Json value = plainScalar(text);
        const bool fits = (tag == "tag:yaml.org,2002:int" && value.is_number_integer())
            || (tag == "tag:yaml.org,2002:float" && value.is_number())
            || (tag == "tag:yaml.org,2002:bool" && value.is_boolean())
            || (tag == "tag:yaml.org,2002:null" && value.is_null());
        if (!fits)
            fail(mark, fmt::format("tag '{}' is not supported here", tag.substr(0, 60)));
        scalar(mark, anchor, std::move(value), text);
    }
    void OnSequenceStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override
    {
        open(mark, tag, "tag:yaml.org,2002:seq", anchor, Json::array());
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override
    {
        open(mark, tag, "tag:yaml.org,2002:map", anchor, Json::object());
    }
    void OnMapEnd() override { close(); }

    [[nodiscard]] YamlDocument take() && { return { std::move(m_root), std::move(m_places) }; }

private:
    struct Frame
    {
        Json value;
        std::string pointer;
        std::string key; ///< of the value to come, in a map
        bool hasKey = false;
        YAML::anchor_t anchor = 0;
        std::size_t values = 1; ///< in this subtree so far
        std::size_t depth = 1;
        int line = 0;
    };
    struct Anchored
    {
        Json value;
        std::size_t values = 1, depth = 1;
    };

    [[noreturn]] static void fail(const YAML::Mark &mark, const std::string &what)
    {
        throw YAML::ParserException(mark, what);
    }
    void count(const YAML::Mark &mark, std::size_t values)
    {
        m_values += values;
        if (m_values > kMaxValues)
            fail(mark, "more than 100,000 values (an alias that multiplies itself?)");
    }
    void open(const YAML::Mark &mark, const std::string &tag, std::string_view allowed,
              YAML::anchor_t anchor, Json empty)
    {
        if (tag != "?" && !tag.empty() && tag != "!" && tag != allowed)
            fail(mark, fmt::format("tag '{}' is not supported here", tag.substr(0, 60)));
        if (m_stack.size() >= kMaxDepth)
            fail(mark, "nested deeper than 64 levels");
        if (!m_stack.empty() && m_stack.back().value.is_object() && !m_stack.back().hasKey)
            fail(mark, "a key must be a plain text");
        count(mark, 1);
        Frame frame;
        frame.value = std::move(empty);
        frame.pointer = nextPointer();
        frame.anchor = anchor;
        frame.line = mark.line + 1;
        if (m_stack.empty() || m_stack.back().value.is_array())
            m_places.add(frame.pointer, frame.line);
        m_stack.push_back(std::move(frame));
    }
    void close()
    {
        Frame frame = std::move(m_stack.back());
        m_stack.pop_back();
        if (frame.anchor != 0)
            m_anchors[frame.anchor] = { frame.value, frame.values, frame.depth };
        if (!m_stack.empty())
            m_stack.back().depth = std::max(m_stack.back().depth, frame.depth + 1);
        attach(std::move(frame.value), frame.values);
    }
    void scalar(const YAML::Mark &mark, YAML::anchor_t anchor, Json value,
                const std::string &text = {})
    {
        const std::size_t weight =
            1 + text.size() / 64; // long texts count, or an alias could multiply them
        count(mark, weight);
        if (anchor != 0)
            m_anchors[anchor] = { value, weight, 1 };
        if (!m_stack.empty() && m_stack.back().value.is_object() && !m_stack.back().hasKey) {
            if (!value.is_string() && text.empty())
                fail(mark, "a key must be a plain text");
            takeKey(mark, value.is_string() ? value.get<std::string>() : text);
            return;
        }
        place(mark, std::move(value), weight);
    }
    void takeKey(const YAML::Mark &mark, std::string key)
    {
        Frame &map = m_stack.back();
        if (key == "<<")
            fail(mark, "merge keys (<<) are not supported: write the keys out");
        if (map.value.contains(key))
            fail(mark, fmt::format("key '{}' comes twice", key.substr(0, 60)));
        m_places.add(map.pointer + "/" + escaped(key), mark.line + 1);
        map.key = std::move(key);
        map.hasKey = true;
    }
    void place(const YAML::Mark &mark, Json value, std::size_t values)
    {
        if (!m_stack.empty() && m_stack.back().value.is_object() && !m_stack.back().hasKey)
            fail(mark, "a key must be a plain text");
        if (!m_stack.empty() && m_stack.back().value.is_array())
            m_places.add(nextPointer(), mark.line + 1);
        attach(std::move(value), values);
    }
    void attach(Json value, std::size_t values)
    {
        if (m_stack.empty()) {
            m_root = std::move(value);
            return;
        }
        Frame &parent = m_stack.back();
        parent.values += values;
        if (parent.value.is_array()) {
            parent.value.push_back(std::move(value));
        } else {
            parent.value[parent.key] = std::move(value);
            parent.hasKey = false;
        }
    }
    [[nodiscard]] std::string nextPointer() const
    {
        if (m_stack.empty())
            return {};
        const Frame &parent = m_stack.back();
        return parent.pointer + "/"
            + (parent.value.is_array() ? std::to_string(parent.value.size()) : escaped(parent.key));
    }

    SourcePlaces m_places;
    std::vector<Frame> m_stack;
    std::map<YAML::anchor_t, Anchored> m_anchors;
    std::size_t m_values = 0;
    Json m_root;
};

} // namespace

std::string SourcePlaces::at(const std::string &pointer) const
{
    const std::string full = m_prefix + pointer;
    std::string out = m_file;
    // The line of the value itself, or of the nearest thing round it that has one.
    for (std::string p = full;; p.resize(p.rfind('/'))) {
        if (const auto it = m_lines.find(p); it != m_lines.end()) {
            out += ":" + std::to_string(it->second);
            break;
        }
        if (p.empty() || p.rfind('/') == std::string::npos)
            break;
    }
    std::string readable;
    std::size_t begin = 1;
    while (begin <= full.size() && !full.empty()) {
        const std::size_t end = std::min(full.find('/', begin), full.size());
        const std::string part = full.substr(begin, end - begin);
        const bool index =
            !part.empty() && part.find_first_not_of("0123456789") == std::string::npos;
        readable += index ? "[" + part + "]" : (readable.empty() ? part : "." + part);
        begin = end + 1;
    }
    if (!readable.empty())
        out += (out.empty() ? "" : ", ") + readable;
    return out;
}

SourcePlaces SourcePlaces::below(const std::string &pointer) const
{
    SourcePlaces out = *this;
    out.m_prefix += pointer;
    return out;
}

Result<YamlDocument> readYaml(std::string_view text, std::string_view where)
{
    const auto bad = [&](std::string what, const std::string &place) {
        return Error { ErrorCode::badInput, std::move(what), place,
                       "See the manual's page on run specifications." };
    };
    if (text.size() > kMaxBytes)
        return bad("the YAML text is larger than 1 MiB", std::string(where));
    if (text.find('\0') != std::string_view::npos)
        return bad("the file is not a YAML text (it holds zero bytes)", std::string(where));
    try {
        // yaml-cpp takes a quoted text that never ends for a whole one unless a document end stops
        // it.
        std::istringstream stream { std::string(text) + "\n...\n" };
        YAML::Parser parser(stream);
        Builder builder(where);
        parser.HandleNextDocument(builder);
        Builder second(where);
        if (parser && parser.HandleNextDocument(second))
            return bad("the file holds more than one YAML document", std::string(where));
        return std::move(builder).take();
    } catch (const YAML::Exception &e) {
        return bad(fmt::format("not valid here: {}", e.msg),
                   fmt::format("{}:{}:{}", where, e.mark.line + 1, e.mark.column + 1));
    }
}

} // namespace batlab
