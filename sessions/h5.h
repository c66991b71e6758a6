// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Private RAII over the HDF5 C API. Everything here is called with a Lock held: all HDF5 calls of
/// this library are serialized by one process-wide recursive mutex, because single calls of a
/// thread-safe libhdf5 are atomic but sequences and handle destruction are not.
namespace batlab::h5 {

/// Holds the mutex and turns HDF5's automatic error printing off for the calling thread (its error
/// stack is per thread). Declare it before any Handle, so that handles close under it. At its end
/// the library hands back what it keeps of closed files.
class Lock
{
public:
    Lock();
    ~Lock();
    Lock(const Lock &) = delete;
    Lock &operator=(const Lock &) = delete;

private:
    std::unique_lock<std::recursive_mutex> m_lock;
};

/// Owns a hid_t; negative means empty.
template<herr_t (*Close)(hid_t)>
class Handle
{
public:
    Handle() = default;
    explicit Handle(hid_t id) : m_id(id) { }
    ~Handle() { reset(); }
    Handle(Handle &&other) noexcept : m_id(std::exchange(other.m_id, -1)) { }
    Handle &operator=(Handle &&other) noexcept
    {
        if (this != &other) {
            reset();
            m_id = std::exchange(other.m_id, -1);
        }
        return *this;
    }
    [[nodiscard]] hid_t get() const { return m_id; }
    explicit operator bool() const { return m_id >= 0; }
    void reset()
    {
        if (m_id >= 0)
            Close(m_id);
        m_id = -1;
    }

private:
    hid_t m_id = -1;
};
using File = Handle<&H5Fclose>;
using Group = Handle<&H5Gclose>;
using Object = Handle<&H5Oclose>;
using Dataset = Handle<&H5Dclose>;
using Space = Handle<&H5Sclose>;
using Type = Handle<&H5Tclose>;
using Attribute = Handle<&H5Aclose>;
using Plist = Handle<&H5Pclose>;

/// An Error whose `where` is the given place plus HDF5's own error stack; clears the stack. A
/// system error number found in the stack decides the code (no space -> diskFull, no permission ->
/// readOnly), else `fallback`.
[[nodiscard]] Error error(ErrorCode fallback, std::string what, std::string where);

/// An HDF5 file in memory (core driver, no backing file), so that a full disk can never leave
/// libhdf5 with an unflushable cache: the finished image is written by commitFile().
[[nodiscard]] Result<File> createInMemory(std::string_view nameForErrors);
/// The bytes of a flushed in-memory file; valid while the file is open.
[[nodiscard]] Result<std::span<const std::byte>> image(const File &file,
                                                       std::string_view nameForErrors);
/// Opens read-only without HDF5's file locking (a viewer never blocks a writer). Missing, truncated
/// and non-HDF5 files are told apart in the error.
[[nodiscard]] Result<File> openForReading(const std::filesystem::path &path);

/// Number of distinct objects (groups and datasets) below and including the root; links out are not
/// followed.
[[nodiscard]] std::int64_t countObjects(hid_t file);

struct Child
{
    std::string name;
    H5L_type_t link = H5L_TYPE_HARD;
};
/// Links of a group in name order.
[[nodiscard]] std::vector<Child> children(hid_t group);

/// A text usable as one link name: '/', '%', control characters and a leading '.' become %XX.
[[nodiscard]] std::string linkName(std::string_view text);
/// Inverse of linkName.
[[nodiscard]] std::string fromLinkName(std::string_view name);

/// Element types of datasets: name, size, file type and memory type.
struct ElementType
{
    std::string_view
        name; ///< "f32", "f64", "bf16", "f16", "u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64"
    std::size_t bytes;
    hid_t file, memory;
    bool compress; ///< integers are deflated, floats are not (noise does not compress)
};
[[nodiscard]] std::optional<ElementType> elementType(std::string_view name);
template<class T>
[[nodiscard]] constexpr std::string_view elementName();
template<>
constexpr std::string_view elementName<float>()
{
    return "f32";
}
template<>
constexpr std::string_view elementName<double>()
{
    return "f64";
}
template<>
constexpr std::string_view elementName<std::uint8_t>()
{
    return "u8";
}
template<>
constexpr std::string_view elementName<std::uint32_t>()
{
    return "u32";
}
template<>
constexpr std::string_view elementName<std::int32_t>()
{
    return "i32";
}
template<>
constexpr std::string_view elementName<std::int64_t>()
{
    return "i64";
}

} // namespace batlab::h5
