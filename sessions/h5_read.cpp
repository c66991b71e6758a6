// SPDX-License-Identifier: Apache-2.0
#include "sessions/h5_read.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace batlab::h5 {

namespace {
constexpr std::size_t kMaxAttributeBytes = 1 << 16;
/// Deflate cannot shrink by more than about 1032:1.
constexpr std::uint64_t kMaxRatio = 1100;

std::string untilZero(const char *data, std::size_t bytes)
{
    return std::string(
        data,
        static_cast<const char *>(std::memchr(data, 0, bytes)) ? ::strnlen(data, bytes) : bytes);
}
} // namespace

void In::fail(std::string what, const std::string &where)
{
    if (!m_error)
        m_error = Error { ErrorCode::badInput, std::move(what), m_file + ": " + where,
                          "Restore the file from a backup or write it again." };
}

bool In::check(bool good, const char *what, hid_t object, const std::string &name)
{
    if (!good && !m_error) {
        m_error = h5::error(ErrorCode::badInput, std::string("cannot read ") + what,
                            m_file + ": " + pathOf(object) + "/" + name);
        m_error->hint =
            "The file is damaged or of another kind; restore it from a backup or write it again.";
    }
    return good;
}

std::string In::pathOf(hid_t object)
{
    std::string text(512, '\0');
    const ssize_t n = H5Iget_name(object, text.data(), text.size());
    text.resize(n > 0 ? std::min<std::size_t>(static_cast<std::size_t>(n), text.size() - 1) : 0);
    return text == "/" ? std::string() : text;
}

bool In::has(hid_t object, const char *attribute) const { return H5Aexists(object, attribute) > 0; }

bool In::hasLink(hid_t parent, const std::string &name) const
{
    return H5Lexists(parent, name.c_str(), H5P_DEFAULT) > 0;
}

Object In::open(hid_t parent, const std::string &name)
{
    if (!ok())
        return {};
    Object o(H5Oopen(parent, name.c_str(), H5P_DEFAULT));
    check(bool(o), "the object", parent, name);
    return o;
}

std::string In::text(hid_t object, const char *name)
{
    if (!ok())
        return {};
    const Attribute a(H5Aopen(object, name, H5P_DEFAULT));
    const Type type(a ? H5Aget_type(a.get()) : -1);
    const Space space(a ? H5Aget_space(a.get()) : -1);
    if (!check(a && type && H5Tget_class(type.get()) == H5T_STRING
                   && H5Sget_simple_extent_npoints(space.get()) == 1,
               "the text attribute", object, name))
        return {};
    if (H5Tis_variable_str(type.get()) > 0) {
        char *pointer = nullptr;
        if (!check(H5Aread(a.get(), type.get(), &pointer) >= 0, "the text attribute", object, name))
            return {};
        std::string out = pointer ? pointer : "";
        H5free_memory(pointer);
        return out;
    }
    const std::size_t bytes = H5Tget_size(type.get());
    std::string out(std::min(bytes, kMaxAttributeBytes), '\0');
    if (!check(bytes <= kMaxAttributeBytes && H5Aread(a.get(), type.get(), out.data()) >= 0,
               "the text attribute", object, name))
        return {};
    return untilZero(out.data(), out.size());
}

std::string In::textOr(hid_t object, const char *name, std::string_view fallback)
{
    return has(object, name) ? text(object, name) : std::string(fallback);
}

std::int64_t In::integer(hid_t object, const char *name)
{
    std::int64_t value = 0;
    if (!ok())
        return value;
    const Attribute a(H5Aopen(object, name, H5P_DEFAULT));
    const Space space(a ? H5Aget_space(a.get()) : -1);
    check(a && H5Sget_simple_extent_npoints(space.get()) == 1
              && H5Aread(a.get(), H5T_NATIVE_INT64, &value) >= 0,
          "the number attribute", object, name);
    return value;
}

double In::real(hid_t object, const char *name)
{
    double value = 0;
    if (!ok())
        return value;
    const Attribute a(H5Aopen(object, name, H5P_DEFAULT));
    const Space space(a ? H5Aget_space(a.get()) : -1);
    check(a && H5Sget_simple_extent_npoints(space.get()) == 1
              && H5Aread(a.get(), H5T_NATIVE_DOUBLE, &value) >= 0,
          "the number attribute", object, name);
    return value;
}

std::optional<In::Opened> In::openSet(hid_t parent, const std::string &name,
                                      std::size_t memoryBytes)
{
    if (!ok())
        return std::nullopt;
    Opened out;
    out.set = Dataset(H5Dopen2(parent, name.c_str(), H5P_DEFAULT));
    const Space space(out.set ? H5Dget_space(out.set.get()) : -1);
    if (!check(out.set && space, "the dataset", parent, name))
        return std::nullopt;
    std::vector<hsize_t> dims(H5S_MAX_RANK);
    const int rank = H5Sget_simple_extent_dims(space.get(), dims.data(), nullptr);
    if (!check(rank >= 0, "the shape of the dataset", parent, name))
        return std::nullopt;
    std::uint64_t count = H5Sget_simple_extent_type(space.get()) == H5S_NULL ? 0 : 1;
    constexpr std::uint64_t kLimit = std::uint64_t { 1 } << 40;
    for (int d = 0; d < rank; ++d) {
        const auto side = static_cast<std::uint64_t>(dims[static_cast<std::size_t>(d)]);
        if (side != 0 && count > kLimit / side) {
            fail("a dataset claims an impossible size", pathOf(parent) + "/" + name);
            return std::nullopt;
        }
        count *= side;
        out.dims.push_back(static_cast<std::int64_t>(side));
    }
    const auto stored = static_cast<std::uint64_t>(H5Dget_storage_size(out.set.get()));
    if (count > 0 && count * memoryBytes > stored * kMaxRatio + 65536) {
        fail("a dataset claims more values than the file holds", pathOf(parent) + "/" + name);
        return std::nullopt;
    }
    out.count = static_cast<std::int64_t>(count);
    return out;
}

In::Array In::array(hid_t parent, const std::string &name, std::string_view element)
{
    const std::optional<ElementType> type = elementType(element);
    if (!type) {
        fail("unknown element type \"" + std::string(element) + "\"", pathOf(parent) + "/" + name);
        return {};
    }
    const std::optional<Opened> opened = openSet(parent, name, type->bytes);
    if (!opened)
        return {};
    Array out { opened->dims,
                std::vector<std::uint8_t>(static_cast<std::size_t>(opened->count) * type->bytes) };
    if (opened->count > 0)
        check(H5Dread(opened->set.get(), type->memory, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                      out.bytes.data())
                  >= 0,
              "the dataset", parent, name);
    return out;
}

std::vector<std::string> In::strings(hid_t parent, const std::string &name)
{
    const std::optional<Opened> opened = openSet(parent, name, 1);
    if (!opened)
        return {};
    const Type type(H5Dget_type(opened->set.get()));
    if (!check(type && H5Tget_class(type.get()) == H5T_STRING, "the text", parent, name))
        return {};
    const auto n = static_cast<std::size_t>(opened->count);
    std::vector<std::string> out;
    if (n == 0)
        return out;
    out.reserve(n);
    if (H5Tis_variable_str(type.get()) > 0) { // other programs' files
        std::vector<char *> pointers(n, nullptr);
        if (check(H5Dread(opened->set.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT,
                          pointers.data())
                      >= 0,
                  "the text", parent, name))
            for (const char *p : pointers)
                out.emplace_back(p ? p : "");
        for (char *p : pointers)
            H5free_memory(p);
        return out;
    }
    const std::size_t width = H5Tget_size(type.get());
    const auto stored = static_cast<std::uint64_t>(H5Dget_storage_size(opened->set.get()));
    if (width > (stored * kMaxRatio + 65536) / n) {
        fail("a text claims more bytes than the file holds", pathOf(parent) + "/" + name);
        return {};
    }
    std::vector<char> bytes(width * n);
    if (!check(H5Dread(opened->set.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data())
                   >= 0,
               "the text", parent, name))
        return {};
    for (std::size_t i = 0; i < n; ++i)
        out.push_back(untilZero(bytes.data() + i * width, width));
    return out;
}

std::string In::document(hid_t parent, const std::string &name)
{
    const std::vector<std::string> all = strings(parent, name);
    if (ok() && all.size() != 1)
        fail("expected one text", pathOf(parent) + "/" + name);
    return ok() ? all.front() : std::string();
}

std::vector<std::uint8_t> In::table(hid_t parent, const std::string &name, hid_t type,
                                    std::int64_t *count)
{
    *count = 0;
    const std::size_t width = H5Tget_size(type);
    const std::optional<Opened> opened = openSet(parent, name, width);
    if (!opened)
        return {};
    std::vector<std::uint8_t> out(width * static_cast<std::size_t>(opened->count));
    if (opened->count > 0
        && !check(H5Dread(opened->set.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out.data()) >= 0,
                  "the table", parent, name))
        return {};
    *count = opened->count;
    return out;
}

} // namespace batlab::h5
