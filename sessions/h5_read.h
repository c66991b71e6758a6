// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sessions/h5.h"
#include "sessions/h5_write.h"

#include <algorithm>

namespace batlab::h5 {

/// Reads attributes and datasets. The first failure sticks, as in Out. Sizes are checked against
/// what the file really stores before memory is taken, so that a hostile header cannot ask for
/// terabytes.
class In
{
public:
    explicit In(std::string file) : m_file(std::move(file)) { }
    [[nodiscard]] bool ok() const { return !m_error; }
    [[nodiscard]] const Error &error() const { return *m_error; }
    void fail(std::string what, const std::string &where);
    void clear() { m_error.reset(); }
    [[nodiscard]] const std::string &file() const { return m_file; }

    [[nodiscard]] bool has(hid_t object, const char *attribute) const;
    [[nodiscard]] bool hasLink(hid_t parent, const std::string &name) const;
    /// Fixed or variable-length string attribute.
    std::string text(hid_t object, const char *name);
    std::string textOr(hid_t object, const char *name, std::string_view fallback);
    std::int64_t integer(hid_t object, const char *name);
    double real(hid_t object, const char *name);

    struct Array
    {
        Dims dims;
        std::vector<std::uint8_t> bytes; ///< little-endian
    };
    Array array(hid_t parent, const std::string &name, std::string_view element);
    template<class T>
    std::vector<T> values(hid_t parent, const std::string &name, Dims *dims = nullptr)
    {
        Array a = array(parent, name, elementName<T>());
        std::vector<T> out(a.bytes.size() / sizeof(T));
        if (!out.empty())
            std::copy_n(a.bytes.data(), a.bytes.size(),
                        reinterpret_cast<std::uint8_t *>(out.data()));
        if (dims)
            *dims = std::move(a.dims);
        return out;
    }
    /// Scalar string dataset, fixed or variable length.
    std::string document(hid_t parent, const std::string &name);
    std::vector<std::string> strings(hid_t parent, const std::string &name);
    /// Rows of a compound dataset as `type` lays them out in memory; members are matched by name.
    std::vector<std::uint8_t> table(hid_t parent, const std::string &name, hid_t type,
                                    std::int64_t *count);

    /// Opens an object below parent and says where if that fails.
    Object open(hid_t parent, const std::string &name);
    [[nodiscard]] static std::string pathOf(hid_t object);

private:
    struct Opened
    {
        Dataset set;
        Dims dims;
        std::int64_t count = 0;
    };
    std::optional<Opened> openSet(hid_t parent, const std::string &name, std::size_t memoryBytes);
    bool check(bool good, const char *what, hid_t object, const std::string &name);
    std::string m_file;
    std::optional<Error> m_error;
};

} // namespace batlab::h5
