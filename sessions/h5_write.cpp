// SPDX-License-Identifier: Apache-2.0
#include "sessions/h5_write.h"

#include <algorithm>
#include <cmath>

namespace batlab::h5 {

namespace {
constexpr std::size_t kCompactBytes = 8192;
constexpr std::size_t kChunkBytes = std::size_t { 1 } << 18;

Plist linkCreation()
{
    Plist lcpl(H5Pcreate(H5P_LINK_CREATE));
    H5Pset_create_intermediate_group(lcpl.get(), 1);
    H5Pset_char_encoding(lcpl.get(), H5T_CSET_UTF8);
    return lcpl;
}

Type variableString()
{
    Type type(H5Tcopy(H5T_C_S1));
    H5Tset_size(type.get(), H5T_VARIABLE);
    H5Tset_cset(type.get(), H5T_CSET_UTF8);
    return type;
}

/// Whole rows up to 256 kB; of long rows a tile of about 256 kB (2-D reads touch rows or columns).
std::vector<hsize_t> chunkOf(const Dims &dims, std::size_t elementBytes)
{
    std::vector<hsize_t> chunk(dims.begin(), dims.end());
    const auto total = [&] {
        std::size_t n = elementBytes;
        for (const hsize_t c : chunk)
            n *= c;
        return n;
    };
    for (std::size_t d = 0; total() > kChunkBytes; d = (d + 1) % chunk.size())
        if (chunk[d] > 1)
            chunk[d] = (chunk[d] + 1) / 2;
    return chunk;
}
} // namespace

Out::Out(std::string file)
    : m_file(std::move(file))
    , m_link(linkCreation())
    , m_group(H5Pcreate(H5P_GROUP_CREATE))
    , m_compact(H5Pcreate(H5P_DATASET_CREATE))
    , m_variableString(variableString())
    , m_scalar(H5Screate(H5S_SCALAR))
{
    H5Pset_link_phase_change(m_group.get(), 32, 16);
    H5Pset_attr_phase_change(m_group.get(), 64, 32);
    H5Pset_obj_track_times(m_group.get(), false);
    H5Pset_layout(m_compact.get(), H5D_COMPACT);
    H5Pset_attr_phase_change(m_compact.get(), 64, 32);
    H5Pset_obj_track_times(m_compact.get(), false);
}

Type stringType(std::size_t bytes)
{
    Type type(H5Tcopy(H5T_C_S1));
    H5Tset_size(type.get(), std::max<std::size_t>(bytes, 1));
    H5Tset_strpad(type.get(), H5T_STR_NULLPAD);
    H5Tset_cset(type.get(), H5T_CSET_UTF8);
    return type;
}

void Out::fail(ErrorCode code, std::string what, const std::string &where)
{
    fail(Error { code, std::move(what), m_file + ": " + where, {} });
}

void Out::check(bool good, const char *what, const std::string &where)
{
    if (!good && !m_error)
        m_error = h5::error(ErrorCode::internal, std::string("cannot write ") + what,
                            m_file + ": " + where);
}

Group Out::group(hid_t parent, const std::string &path, std::string_view encoding)
{
    if (!ok())
        return {};
    if (exists(parent, path))
        return Group(H5Gopen2(parent, path.c_str(), H5P_DEFAULT));
    Group made(H5Gcreate2(parent, path.c_str(), m_link.get(), m_group.get(), H5P_DEFAULT));
    check(bool(made), "the group", path);
    if (!encoding.empty()) {
        text(made.get(), "encoding-type", encoding);
        text(made.get(), "encoding-version", "1.0");
    }
    return made;
}

void Out::text(hid_t object, const char *name, std::string_view value)
{
    if (!ok())
        return;
    // Of fixed length: a variable one lives in a heap whose damage HDF5 1.10 does not notice when
    // it reads.
    const std::string copy(value.empty() ? std::string_view("\0", 1) : value);
    const Type type(H5Tcopy(H5T_C_S1));
    H5Tset_size(type.get(), copy.size());
    H5Tset_strpad(type.get(), H5T_STR_NULLPAD);
    H5Tset_cset(type.get(), H5T_CSET_UTF8);
    const Attribute a(
        H5Acreate2(object, name, type.get(), m_scalar.get(), H5P_DEFAULT, H5P_DEFAULT));
    check(a && H5Awrite(a.get(), type.get(), copy.data()) >= 0, "the attribute", name);
}

void Out::variableText(hid_t object, const char *name, std::string_view value)
{
    if (!ok())
        return;
    const std::string copy(value);
    const char *pointer = copy.c_str();
    const hid_t type = m_variableString.get();
    const Attribute a(H5Acreate2(object, name, type, m_scalar.get(), H5P_DEFAULT, H5P_DEFAULT));
    check(a && H5Awrite(a.get(), type, &pointer) >= 0, "the attribute", name);
}

void Out::texts(hid_t object, const char *name, const std::vector<std::string> &values)
{
    if (!ok())
        return;
    std::vector<const char *> pointers;
    for (const std::string &v : values)
        pointers.push_back(v.c_str());
    const hsize_t n = values.size();
    const Space space(H5Screate_simple(1, &n, nullptr));
    const hid_t type = m_variableString.get();
    const Attribute a(H5Acreate2(object, name, type, space.get(), H5P_DEFAULT, H5P_DEFAULT));
    check(a && (n == 0 || H5Awrite(a.get(), type, pointers.data()) >= 0), "the attribute", name);
}

void Out::integer(hid_t object, const char *name, std::int64_t value)
{
    if (!ok())
        return;
    const Attribute a(
        H5Acreate2(object, name, H5T_STD_I64LE, m_scalar.get(), H5P_DEFAULT, H5P_DEFAULT));
    check(a && H5Awrite(a.get(), H5T_NATIVE_INT64, &value) >= 0, "the attribute", name);
}

void Out::real(hid_t object, const char *name, double value)
{
    if (!ok())
        return;
    const Attribute a(
        H5Acreate2(object, name, H5T_IEEE_F64LE, m_scalar.get(), H5P_DEFAULT, H5P_DEFAULT));
    check(a && H5Awrite(a.get(), H5T_NATIVE_DOUBLE, &value) >= 0, "the attribute", name);
}

Dataset Out::create(hid_t parent, const std::string &name, hid_t fileType, std::size_t elementBytes,
                    const Dims &dims, bool compress)
{
    std::size_t bytes = elementBytes;
    for (const std::int64_t d : dims)
        bytes *= static_cast<std::size_t>(d);
    Plist chunked;
    hid_t dcpl = m_compact.get();
    if (bytes > kCompactBytes) {
        chunked = Plist(H5Pcopy(dcpl));
        dcpl = chunked.get();
        H5Pset_layout(dcpl, H5D_CONTIGUOUS);
    }
    if (bytes > kCompactBytes && !dims.empty()) {
        const std::vector<hsize_t> chunk = chunkOf(dims, elementBytes);
        H5Pset_chunk(dcpl, static_cast<int>(chunk.size()), chunk.data());
        H5Pset_fill_time(dcpl, H5D_FILL_TIME_NEVER);
        if (compress) {
            H5Pset_shuffle(dcpl);
            H5Pset_deflate(dcpl, 1);
        }
        H5Pset_fletcher32(dcpl);
    }
    const std::vector<hsize_t> extent(dims.begin(), dims.end());
    Space simple;
    if (!dims.empty())
        simple = Space(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr));
    const hid_t space = dims.empty() ? m_scalar.get() : simple.get();
    Dataset made(
        H5Dcreate2(parent, name.c_str(), fileType, space, m_link.get(), dcpl, H5P_DEFAULT));
    check(bool(made), "the dataset", name);
    return made;
}

void Out::array(hid_t parent, const std::string &name, std::string_view element, const void *data,
                const Dims &dims, std::string_view units, std::string_view longName)
{
    if (!ok())
        return;
    const std::optional<ElementType> type = elementType(element);
    if (!type)
        return fail(ErrorCode::internal, "unknown element type \"" + std::string(element) + "\"",
                    name);
    const Dataset set = create(parent, name, type->file, type->bytes, dims, type->compress);
    const bool empty = std::any_of(dims.begin(), dims.end(), [](std::int64_t d) { return d == 0; });
    if (ok() && !empty)
        check(H5Dwrite(set.get(), type->memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0,
              "the dataset", name);
    if (!units.empty())
        text(set.get(), "units", units);
    if (!longName.empty())
        text(set.get(), "long_name", longName);
}

void Out::document(hid_t parent, const std::string &name, std::string_view value)
{
    if (!ok())
        return;
    const Type type = stringType(value.size());
    const std::string copy(value); // one byte at least, and ended by a zero
    const Dataset set = create(parent, name, type.get(), H5Tget_size(type.get()), {}, false);
    if (ok())
        check(H5Dwrite(set.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, copy.c_str()) >= 0,
              "the text", name);
}

void Out::strings(hid_t parent, const std::string &name, const std::vector<std::string> &values)
{
    if (!ok())
        return;
    std::size_t width = 1;
    for (const std::string &v : values)
        width = std::max(width, v.size());
    std::vector<char> bytes(width * values.size() + 1);
    for (std::size_t i = 0; i < values.size(); ++i)
        std::copy(values[i].begin(), values[i].end(),
                  bytes.begin() + static_cast<std::ptrdiff_t>(i * width));
    const Type type = stringType(width);
    const auto n = static_cast<std::int64_t>(values.size());
    const Dataset set = create(parent, name, type.get(), width, { n }, true);
    if (ok() && n > 0)
        check(H5Dwrite(set.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) >= 0,
              "the texts", name);
}

void Out::table(hid_t parent, const std::string &name, hid_t type, const void *rows,
                std::int64_t count)
{
    if (!ok())
        return;
    const Dataset set = create(parent, name, type, H5Tget_size(type), { count }, true);
    if (ok() && count > 0)
        check(H5Dwrite(set.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, rows) >= 0, "the table",
              name);
}

void Out::hardLink(hid_t file, const std::string &target, hid_t parent, const std::string &name)
{
    if (ok())
        check(H5Lcreate_hard(file, target.c_str(), parent, name.c_str(), linkCreation().get(),
                             H5P_DEFAULT)
                  >= 0,
              "the link", name);
}

void Out::externalLink(hid_t parent, const std::string &name, const std::string &file)
{
    if (ok())
        check(H5Lcreate_external(file.c_str(), "/", parent, name.c_str(), linkCreation().get(),
                                 H5P_DEFAULT)
                  >= 0,
              "the link", name);
}

bool Out::exists(hid_t parent, const std::string &name) const
{
    // H5Lexists fails, rather than says no, when a group on the way is missing: ask step by step.
    for (std::size_t at = name.find('/', 1); at != std::string::npos; at = name.find('/', at + 1))
        if (H5Lexists(parent, name.substr(0, at).c_str(), H5P_DEFAULT) <= 0) {
            H5Eclear2(H5E_DEFAULT);
            return false;
        }
    return H5Lexists(parent, name.c_str(), H5P_DEFAULT) > 0;
}

} // namespace batlab::h5
