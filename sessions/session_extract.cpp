// SPDX-License-Identifier: Apache-2.0
#include "sessions/file_commit.h"
#include "sessions/h5_read.h"
#include "sessions/session.h"
#include "sessions/session_reader.h"
#include "sessions/session_tools.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

namespace batlab {

namespace fs = std::filesystem;

namespace {
using h5::Type;

std::string quoted(std::string text)
{
    if (text.find_first_of(",\"\n") == std::string::npos)
        return text;
    for (std::size_t at = text.find('"'); at != std::string::npos; at = text.find('"', at + 2))
        text.insert(at, 1, '"');
    return '"' + text + '"';
}

/// One element as text; compound members are separated by commas.
std::string cell(hid_t type, const std::uint8_t *data)
{
    const std::size_t bytes = H5Tget_size(type);
    const auto number = [&](auto value) {
        std::memcpy(&value, data, sizeof value);
        return fmt::format("{}", value);
    };
    switch (H5Tget_class(type)) {
    case H5T_FLOAT: return bytes == 4 ? number(float {}) : number(double {});
    case H5T_INTEGER: {
        const bool isSigned = H5Tget_sign(type) == H5T_SGN_2;
        if (bytes == 1)
            return isSigned ? fmt::format("{}", static_cast<int>(static_cast<std::int8_t>(*data)))
                            : fmt::format("{}", static_cast<int>(*data));
        if (bytes == 2)
            return isSigned ? number(std::int16_t {}) : number(std::uint16_t {});
        if (bytes == 4)
            return isSigned ? number(std::int32_t {}) : number(std::uint32_t {});
        return isSigned ? number(std::int64_t {}) : number(std::uint64_t {});
    }
    case H5T_STRING: {
        const auto *text = reinterpret_cast<const char *>(data);
        return quoted(std::string(text, ::strnlen(text, bytes)));
    }
    case H5T_COMPOUND: {
        std::string out;
        for (int m = 0; m < H5Tget_nmembers(type); ++m) {
            const auto index = static_cast<unsigned>(m);
            const Type member(H5Tget_member_type(type, index));
            out += (m ? "," : "") + cell(member.get(), data + H5Tget_member_offset(type, index));
        }
        return out;
    }
    default: return "?";
    }
}

std::string header(hid_t type)
{
    std::string out;
    for (int m = 0; H5Tget_class(type) == H5T_COMPOUND && m < H5Tget_nmembers(type); ++m) {
        char *member = H5Tget_member_name(type, static_cast<unsigned>(m));
        out += (m ? "," : "") + quoted(member ? member : "");
        H5free_memory(member);
    }
    return out.empty() ? out : out + "\n";
}

struct Content
{
    Type type;
    h5::Dims dims;
    std::vector<std::uint8_t> bytes;
    std::string units, longName;
};

Result<Content> readContent(h5::In &in, hid_t root, const std::string &name)
{
    h5::Object object = in.open(root, name);
    if (!in.ok())
        return Error { ErrorCode::notFound, "the session has no \"" + name + "\"", in.file(),
                       "`h5dump -n` or any HDF5 viewer lists the names." };
    if (H5Iget_type(object.get()) == H5I_GROUP) {
        if (!in.has(object.get(), "signal"))
            return Error { ErrorCode::usage, "\"" + name + "\" is a group without a plot",
                           in.file(), "Name a dataset in it." };
        object = in.open(object.get(), in.text(object.get(), "signal"));
        if (!in.ok())
            return in.error();
    }
    Content out;
    if (H5Iget_type(object.get()) == H5I_DATASET)
        out.type = Type(H5Dget_type(object.get()));
    if (!out.type || H5Tdetect_class(out.type.get(), H5T_VLEN) > 0
        || H5Tis_variable_str(out.type.get()) > 0)
        return Error {
            ErrorCode::unsupported, "\"" + name + "\" is not a dataset of fixed size", in.file(), {}
        };
    const h5::Space space(H5Dget_space(object.get()));
    const hssize_t points = H5Sget_simple_extent_npoints(space.get());
    const std::uint64_t width = H5Tget_size(out.type.get());
    const std::uint64_t most = H5Dget_storage_size(object.get()) * 1100 + 65536;
    if (points < 0 || static_cast<std::uint64_t>(points) > most / width)
        return Error { ErrorCode::badInput,
                       "a dataset claims more values than the file holds",
                       in.file() + ": " + name,
                       {} };
    std::vector<hsize_t> dims(H5S_MAX_RANK);
    const int rank = H5Sget_simple_extent_dims(space.get(), dims.data(), nullptr);
    out.dims.assign(dims.begin(), dims.begin() + std::max(rank, 0));
    out.bytes.resize(static_cast<std::size_t>(points) * width);
    if (points > 0
        && H5Dread(object.get(), out.type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, out.bytes.data())
            < 0)
        return h5::error(ErrorCode::badInput, "the dataset cannot be read",
                         in.file() + ": " + name);
    const bool isTable = H5Tget_class(out.type.get()) == H5T_COMPOUND; // whose units are a list
    out.units = isTable ? std::string() : in.textOr(object.get(), "units", "");
    out.longName = in.textOr(object.get(), "long_name", "");
    return out;
}

std::string toCsv(const Content &content, const std::string &name, const Session &session)
{
    std::string out = fmt::format("# session {}\n# {}", session.uuid, name);
    if (!content.longName.empty())
        out += ": " + content.longName;
    out += content.units.empty() ? "\n" : fmt::format(" [{}]\n", content.units);
    out += header(content.type.get());
    const std::size_t width = H5Tget_size(content.type.get());
    const std::size_t columns =
        content.dims.size() < 2 ? 1 : static_cast<std::size_t>(content.dims.back());
    for (std::size_t i = 0; i * width < content.bytes.size(); ++i) {
        out += cell(content.type.get(), content.bytes.data() + i * width);
        out += (i + 1) % columns == 0 ? '\n' : ',';
    }
    return out;
}
} // namespace

Result<void> extract(const fs::path &path, std::string_view name, const fs::path &target)
{
    const h5::Lock lock;
    Session session;
    const Result<h5::File> file = openSession(path, session);
    if (!file)
        return file.error();
    h5::In in(path.string());
    const Result<Content> content = readContent(in, file->get(), std::string(name));
    if (!content)
        return content.error();
    if (target.extension() == ".csv")
        return commitText(target, toCsv(*content, std::string(name), session));
    if (H5Tget_class(content->type.get()) == H5T_STRING) {
        const auto *text = reinterpret_cast<const char *>(content->bytes.data());
        return commitText(target, std::string(text, ::strnlen(text, content->bytes.size())));
    }
    return commitFile(target, std::as_bytes(std::span(content->bytes)), false);
}

} // namespace batlab
