// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

/// Two visitors over one description of a struct's fields, so that writing and reading cannot drift
/// apart.
namespace batlab::fields {

/// Nothing in a run is larger; keeps products of two extents inside int64.
inline constexpr std::int64_t kMaxExtent = std::int64_t(1) << 31;

class Writer
{
public:
    static constexpr bool reading = false;
    explicit Writer(Json &out) : m_out(out) { }
    [[nodiscard]] static bool has(std::string_view) { return true; }
    template<class T>
    void value(std::string_view key, const T &v)
    {
        m_out[std::string(key)] = v;
    }
    void count(std::string_view key, std::int64_t v) { value(key, v); }
    void layer(std::string_view key, LayerId v) { value(key, toString(v)); }
    template<class Enum>
    void named(std::string_view key, Enum v, std::string_view text,
               std::optional<Enum> (*)(std::string_view))
    {
        (void)v;
        value(key, std::string(text));
    }
    template<class T>
    void array(std::string_view key, const std::vector<T> &v, std::int64_t, bool = false)
    {
        m_out[std::string(key)] = packArray(v);
    }

private:
    Json &m_out;
};

class Reader
{
public:
    static constexpr bool reading = true;
    Reader(const Json &in, std::string where) : m_in(in), m_where(std::move(where)) { }

    /// Whether a field that older files lack is there.
    [[nodiscard]] bool has(std::string_view key) const { return m_in.contains(std::string(key)); }
    void value(std::string_view key, std::string &v)
    {
        if (const Json *j = get(key, "a text", &Json::is_string))
            v = j->get<std::string>();
    }
    void value(std::string_view key, bool &v)
    {
        if (const Json *j = get(key, "true or false", &Json::is_boolean))
            v = j->get<bool>();
    }
    void value(std::string_view key, double &v)
    {
        if (const Json *j = get(key, "a number", &Json::is_number))
            v = j->get<double>();
    }
    void value(std::string_view key, float &v)
    {
        if (const Json *j = get(key, "a number", &Json::is_number))
            v = static_cast<float>(j->get<double>());
    }
    void value(std::string_view key, Json &v)
    {
        if (const Json *j = get(key, "a value", &isAnything))
            v = *j;
    }
    void value(std::string_view key, std::vector<std::string> &v);
    void value(std::string_view key, std::vector<std::int64_t> &v);
    /// An extent or count: an integer in [0, 2^31].
    void count(std::string_view key, std::int64_t &v);
    void layer(std::string_view key, LayerId &v);
    template<class Enum>
    void named(std::string_view key, Enum &v, std::string_view,
               std::optional<Enum> (*parse)(std::string_view))
    {
        std::string text;
        value(key, text);
        if (m_error)
            return;
        if (const std::optional<Enum> found = parse(text))
            v = *found;
        else
            fail(fmt::format("'{}' is not a known {}", text.substr(0, 40), key), key);
    }
    /// A packed array of exactly `expected` numbers (negative: any); `optional`: may also be empty.
    template<class T>
    void array(std::string_view key, std::vector<T> &v, std::int64_t expected,
               bool optional = false)
    {
        const Json *j = get(key, "a packed array", &Json::is_binary);
        if (!j)
            return;
        Result<std::vector<T>> unpacked = unpackArray<T>(*j, place(key));
        if (!unpacked) {
            m_error = unpacked.error();
            return;
        }
        const auto size = static_cast<std::int64_t>(unpacked->size());
        if (expected >= 0 && size != expected && !(optional && size == 0))
            return fail(fmt::format("holds {} numbers where its shape says {}", size, expected),
                        key);
        v = *std::move(unpacked);
    }
    void fail(std::string what, std::string_view key)
    {
        if (!m_error)
            m_error = Error { ErrorCode::badInput, std::move(what), place(key), {} };
    }
    [[nodiscard]] const std::optional<Error> &error() const { return m_error; }

private:
    static bool isAnything(const Json *) { return true; }
    [[nodiscard]] std::string place(std::string_view key) const
    {
        return fmt::format("{}.{}", m_where, key);
    }
    template<class Test>
    const Json *get(std::string_view key, std::string_view what, Test test)
    {
        if (m_error)
            return nullptr;
        const auto it = m_in.find(std::string(key));
        if (it == m_in.end()) {
            fail("is missing", key);
            return nullptr;
        }
        bool good = false;
        if constexpr (std::is_member_function_pointer_v<Test>)
            good = ((*it).*test)();
        else
            good = test(&*it);
        if (!good) {
            fail(fmt::format("expected {}, found {}", what, it->type_name()), key);
            return nullptr;
        }
        return &*it;
    }

    const Json &m_in;
    std::string m_where;
    std::optional<Error> m_error;
};

} // namespace batlab::fields
