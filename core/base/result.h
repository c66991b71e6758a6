// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/error.h"

#include <cassert>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace batlab {

/// Either a value or an Error (std::expected is not in g++ 12). Test it before use:
/// `auto r = open(p); if (!r) return r.error();`
template<class T>
class [[nodiscard]] Result
{
    /// Something that becomes a T but is none of what the other constructors take.
    template<class U, class V = std::remove_cvref_t<U>>
    static constexpr bool isOther =
        std::is_convertible_v<
            U &&,
            T> && !std::is_same_v<V, T> && !std::is_same_v<V, Error> && !std::is_same_v<V, Result>;

public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) { }
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) { }
    template<class U>
    requires isOther<U> Result(U &&value) : m_state(std::in_place_index<0>, std::forward<U>(value))
    { }

    [[nodiscard]] bool ok() const { return m_state.index() == 0; }
    explicit operator bool() const { return ok(); }

    T &value() &
    {
        assert(ok());
        return *std::get_if<0>(&m_state);
    }
    const T &value() const &
    {
        assert(ok());
        return *std::get_if<0>(&m_state);
    }
    T &&value() &&
    {
        assert(ok());
        return std::move(*std::get_if<0>(&m_state));
    }
    T &operator*() & { return value(); }
    const T &operator*() const & { return value(); }
    T &&operator*() && { return std::move(*this).value(); }
    T *operator->() { return &value(); }
    const T *operator->() const { return &value(); }

    [[nodiscard]] const Error &error() const
    {
        assert(!ok());
        return *std::get_if<1>(&m_state);
    }

    /// The value, or its Error thrown as Exception: for code inside a job's border.
    T orThrow() &&
    {
        if (!ok())
            throw Exception(error());
        return std::move(*std::get_if<0>(&m_state));
    }

private:
    std::variant<T, Error> m_state;
};

/// Success without a value, or an Error.
template<>
class [[nodiscard]] Result<void>
{
public:
    Result() = default;
    Result(Error error) : m_error(std::move(error)) { }

    [[nodiscard]] bool ok() const { return !m_error; }
    explicit operator bool() const { return ok(); }
    [[nodiscard]] const Error &error() const
    {
        assert(m_error);
        return *m_error;
    }
    void orThrow() &&
    {
        if (m_error)
            throw Exception(*m_error);
    }

private:
    std::optional<Error> m_error;
};

} // namespace batlab
