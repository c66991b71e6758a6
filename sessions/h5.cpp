// SPDX-License-Identifier: Apache-2.0
#include "sessions/h5.h"

#include "sessions/file_commit.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

namespace batlab::h5 {

namespace {
std::recursive_mutex &mutex()
{
    static std::recursive_mutex m;
    return m;
}

struct StackText
{
    std::string text;
    int systemError = 0;
};

herr_t collect(unsigned n, const H5E_error2_t *entry, void *data)
{
    auto &out = *static_cast<StackText *>(data);
    const std::string_view desc = entry->desc ? entry->desc : "";
    // The sec2 and core drivers put "errno = N" into the description.
    if (const auto at = desc.find("errno = "); at != std::string_view::npos && out.systemError == 0)
        out.systemError = std::atoi(desc.data() + at + 8);
    if (n
        < 4) { // the innermost entries say what happened, the outer ones only which call it was in
        if (!out.text.empty())
            out.text += " < ";
        out.text +=
            std::string(entry->func_name ? entry->func_name : "?") + ": " + std::string(desc);
    }
    return 0;
}

herr_t countOne(hid_t, const char *, const H5O_info_t *, void *data)
{
    ++*static_cast<std::int64_t *>(data);
    return 0;
}

herr_t listOne(hid_t, const char *name, const H5L_info_t *info, void *data)
{
    static_cast<std::vector<Child> *>(data)->push_back({ name, info->type });
    return 0;
}

Plist fileAccess()
{
    Plist fapl(H5Pcreate(H5P_FILE_ACCESS));
    H5Pset_libver_bounds(fapl.get(), H5F_LIBVER_V18, H5F_LIBVER_V110);
    H5Pset_fclose_degree(fapl.get(), H5F_CLOSE_STRONG);
    return fapl;
}
} // namespace

Lock::Lock() : m_lock(mutex()) { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }
Lock::~Lock() { H5garbage_collect(); }

Error error(ErrorCode fallback, std::string what, std::string where)
{
    StackText stack;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, &collect, &stack);
    H5Eclear2(H5E_DEFAULT);
    if (!stack.text.empty())
        where += (where.empty() ? "HDF5: " : "; HDF5: ") + stack.text;
    if (stack.systemError != 0)
        fallback = codeOfSystemError(stack.systemError, fallback);
    return Error { fallback, std::move(what), std::move(where), {} };
}

Result<File> createInMemory(std::string_view nameForErrors)
{
    constexpr std::size_t kGrowth = std::size_t { 4 } << 20;
    const Plist fapl = fileAccess();
    H5Pset_fapl_core(fapl.get(), kGrowth, false);
    H5Pset_meta_block_size(fapl.get(), 1 << 16);
    // What leaves the cache goes to memory anyway: a cache that holds all metadata of a session
    // takes three times the memory of the image and saves no time.
    H5AC_cache_config_t cache {};
    cache.version = H5AC__CURR_CACHE_CONFIG_VERSION;
    H5Pget_mdc_config(fapl.get(), &cache);
    cache.set_initial_size = true;
    cache.initial_size = cache.max_size = std::size_t { 4 } << 20;
    H5Pset_mdc_config(fapl.get(), &cache);
    const Plist fcpl(H5Pcreate(H5P_FILE_CREATE));
    H5Pset_link_phase_change(fcpl.get(), 32, 16);
    H5Pset_attr_phase_change(fcpl.get(), 64, 32);
    H5Pset_obj_track_times(fcpl.get(), false);
    File file(H5Fcreate(std::string(nameForErrors).c_str(), H5F_ACC_TRUNC, fcpl.get(), fapl.get()));
    if (!file)
        return error(ErrorCode::internal, "cannot start an HDF5 file", std::string(nameForErrors));
    return file;
}

Result<std::span<const std::byte>> image(const File &file, std::string_view nameForErrors)
{
    void **memory = nullptr;
    hsize_t size = 0;
    if (H5Fflush(file.get(), H5F_SCOPE_LOCAL) < 0
        || H5Fget_vfd_handle(file.get(), H5P_DEFAULT, reinterpret_cast<void **>(&memory)) < 0
        || !memory || !*memory)
        return error(ErrorCode::internal, "cannot finish the HDF5 file",
                     std::string(nameForErrors));
    // H5Fget_filesize gives max(end of allocation, size of the buffer), and the buffer grows in
    // steps; the image ends where the allocation ends, which H5Fget_file_image reports without
    // copying.
    const ssize_t bytes = H5Fget_file_image(file.get(), nullptr, 0);
    if (bytes <= 0 || H5Fget_filesize(file.get(), &size) < 0 || static_cast<hsize_t>(bytes) > size)
        return error(ErrorCode::internal, "cannot finish the HDF5 file",
                     std::string(nameForErrors));
    return std::span(static_cast<const std::byte *>(*memory), static_cast<std::size_t>(bytes));
}

Result<File> openForReading(const std::filesystem::path &path)
{
    std::error_code ec;
    const auto status = std::filesystem::status(path, ec);
    if (ec && ec != std::errc::no_such_file_or_directory && ec != std::errc::not_a_directory)
        return systemFailure(ec.value(), "read", path);
    if (!std::filesystem::exists(status))
        return Error { ErrorCode::notFound, "there is no such file", path.string(),
                       "Check the path." };
    if (std::filesystem::is_directory(status))
        return Error { ErrorCode::badInput, "this is a folder, not a file", path.string(), {} };
    if (auto readable = checkReadable(path); !readable)
        return readable.error();
    const Plist fapl = fileAccess();
    H5Pset_file_locking(fapl.get(), false, true);
    if (H5Fis_hdf5(path.c_str()) <= 0) {
        H5Eclear2(H5E_DEFAULT);
        return Error { ErrorCode::badInput, "this is not an HDF5 file", path.string(),
                       "It may be damaged at its beginning, or be a file of another kind." };
    }
    File file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, fapl.get()));
    if (!file) {
        Error e =
            error(ErrorCode::badInput, "the HDF5 file is damaged or truncated", path.string());
        e.hint = "Restore it from a backup or write it again.";
        return e;
    }
    return file;
}

std::int64_t countObjects(hid_t file)
{
    std::int64_t n = 0;
    if (H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_NATIVE, &countOne, &n, H5O_INFO_BASIC) < 0) {
        H5Eclear2(H5E_DEFAULT);
        return -1;
    }
    return n;
}

std::vector<Child> children(hid_t group)
{
    std::vector<Child> out;
    H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, &listOne, &out);
    return out;
}

std::string linkName(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x20 || c == '/' || c == '%' || (c == '.' && i == 0))
            out += fmt::format("%{:02X}", c);
        else
            out += text[i];
    }
    return out.empty() ? "%" : out;
}

std::string fromLinkName(std::string_view name)
{
    if (name == "%")
        return {};
    std::string out;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == '%' && i + 2 < name.size()) {
            out += static_cast<char>(
                std::strtol(std::string(name.substr(i + 1, 2)).c_str(), nullptr, 16));
            i += 2;
        } else {
            out += name[i];
        }
    }
    return out;
}

std::optional<ElementType> elementType(std::string_view name)
{
    // bf16 and f16 have no portable HDF5 type of their own: their bits are stored as uint16.
    static const std::array<ElementType, 12> table { {
        { "f32", 4, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, false },
        { "f64", 8, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, false },
        { "bf16", 2, H5T_STD_U16LE, H5T_NATIVE_UINT16, false },
        { "f16", 2, H5T_STD_U16LE, H5T_NATIVE_UINT16, false },
        { "u8", 1, H5T_STD_U8LE, H5T_NATIVE_UINT8, true },
        { "i8", 1, H5T_STD_I8LE, H5T_NATIVE_INT8, true },
        { "u16", 2, H5T_STD_U16LE, H5T_NATIVE_UINT16, true },
        { "i16", 2, H5T_STD_I16LE, H5T_NATIVE_INT16, true },
        { "u32", 4, H5T_STD_U32LE, H5T_NATIVE_UINT32, true },
        { "i32", 4, H5T_STD_I32LE, H5T_NATIVE_INT32, true },
        { "u64", 8, H5T_STD_U64LE, H5T_NATIVE_UINT64, true },
        { "i64", 8, H5T_STD_I64LE, H5T_NATIVE_INT64, true },
    } };
    for (const ElementType &t : table)
        if (t.name == name)
            return t;
    return std::nullopt;
}

} // namespace batlab::h5
