// SPDX-License-Identifier: Apache-2.0
#include "core/model/safetensors_file.h"

#include "core/base/json.h"
#include "core/model/storage_decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace batlab {

namespace {

/// The format allows 100 MB; the largest models need less than 1 MB a file. The limit bounds the
/// memory that a hostile header can make the parser take.
constexpr std::uint64_t kMaxHeader = std::uint64_t { 16 } << 20;
constexpr std::uint64_t kMaxElements = std::uint64_t { 1 } << 48;

Error bad(const std::filesystem::path &path, std::string what)
{
    return { ErrorCode::badInput, std::move(what), path.string(),
             "The file is damaged or incomplete: fetch it again." };
}

/// The header's JSON, a name that occurs twice refused.
Result<Json> parseHeader(std::string_view text, const std::filesystem::path &path)
{
    std::set<std::string> names;
    std::string twice;
    if (jsonDepth(text) > 4)
        return bad(path, "the header is no table of tensors");
    const auto watch = [&](int depth, Json::parse_event_t event, Json &value) {
        if (event == Json::parse_event_t::key && depth == 1
            && !names.insert(value.get<std::string>()).second)
            twice = value.get<std::string>();
        return true;
    };
    try {
        Json header = Json::parse(text.begin(), text.end(), watch);
        if (!header.is_object())
            return bad(path, "the header is no table of tensors");
        if (!twice.empty())
            return bad(path, fmt::format("the tensor \"{}\" occurs twice", twice));
        return header;
    } catch (const Json::exception &e) {
        return bad(path, fmt::format("the header is not valid JSON: {}", e.what()));
    }
}

bool isUnsigned(const Json &value) { return value.is_number_unsigned(); }

Result<SafetensorsEntry> readEntry(const std::string &name, const Json &json,
                                   const std::filesystem::path &path, std::uint64_t dataBytes)
{
    const auto wrong = [&](std::string_view what) {
        return bad(path, fmt::format("tensor \"{}\": {}", name, what));
    };
    if (!json.is_object() || !json.contains("dtype") || !json["dtype"].is_string()
        || !json.contains("shape") || !json["shape"].is_array() || !json.contains("data_offsets")
        || !json["data_offsets"].is_array() || json["data_offsets"].size() != 2
        || !isUnsigned(json["data_offsets"][0]) || !isUnsigned(json["data_offsets"][1]))
        return wrong("dtype, shape or data_offsets is missing or wrong");
    SafetensorsEntry entry;
    entry.name = name;
    const auto dtype = json["dtype"].get<std::string>();
    entry.type = safetensorsStorage(dtype);
    if (!entry.type)
        return Error { ErrorCode::unsupported,
                       fmt::format("tensor \"{}\" has the unknown dtype \"{}\"", name, dtype),
                       path.string(), "Use the full-precision checkpoint (F32, F16 or BF16)." };
    if (json["shape"].size() > 8)
        return wrong("more than 8 dimensions");
    std::uint64_t elements = 1;
    for (const auto &item : json["shape"]) {
        if (!isUnsigned(item))
            return wrong("the shape holds something that is no size");
        const auto size = item.get<std::uint64_t>();
        if (size > kMaxElements || (size != 0 && elements > kMaxElements / size))
            return wrong("the shape is impossibly large");
        elements *= size;
        entry.shape.push_back(static_cast<std::int64_t>(size));
    }
    const auto begin = json["data_offsets"][0].get<std::uint64_t>();
    const auto end = json["data_offsets"][1].get<std::uint64_t>();
    if (begin > end || end > dataBytes)
        return wrong(fmt::format("its data [{}, {}) lies outside the file ({} bytes of data)",
                                 begin, end, dataBytes));
    entry.bytes = end - begin;
    if (entry.bytes != elements * static_cast<std::uint64_t>(entry.type->blockBytes))
        return wrong(fmt::format("{} bytes do not fit its shape and dtype {}", entry.bytes, dtype));
    entry.offset = begin;
    return entry;
}

} // namespace

Result<SafetensorsFile> SafetensorsFile::open(const std::filesystem::path &path)
{
    auto mapped = MappedFile::open(path);
    if (!mapped)
        return mapped.error();
    SafetensorsFile out;
    out.file = std::move(*mapped);
    const MappedFile &map = *out.file;
    if (map.size() < 8)
        return bad(path, "the file is too short for a header");
    const auto length = storage::load<std::uint64_t>(map.data());
    if (length > map.size() - 8)
        return bad(path,
                   fmt::format("the header claims {} bytes, the file has {}", length, map.size()));
    if (length > kMaxHeader)
        return bad(path,
                   fmt::format("the header of {} bytes is larger than {}", length, kMaxHeader));
    out.headerBytes = 8 + length;
    const std::string_view text(reinterpret_cast<const char *>(map.data()) + 8,
                                static_cast<std::size_t>(length));
    auto header = parseHeader(text, path);
    if (!header)
        return header.error();
    const std::uint64_t dataBytes = map.size() - out.headerBytes;
    for (const auto &[name, value] : header->items()) {
        if (name == "__metadata__")
            continue;
        auto entry = readEntry(name, value, path, dataBytes);
        if (!entry)
            return entry.error();
        out.entries.push_back(std::move(*entry));
    }
    std::sort(out.entries.begin(), out.entries.end(), [](const auto &a, const auto &b) {
        return a.offset != b.offset ? a.offset < b.offset : a.bytes < b.bytes;
    });
    std::uint64_t expected = 0;
    for (auto &entry : out.entries) {
        if (entry.offset != expected)
            return bad(path,
                       fmt::format("tensor \"{}\" {} its neighbour's data", entry.name,
                                   entry.offset < expected ? "overlaps" : "leaves a hole after"));
        expected = entry.offset + entry.bytes;
        entry.offset += out.headerBytes;
    }
    if (expected != dataBytes)
        return bad(path, fmt::format("{} bytes of data belong to no tensor", dataBytes - expected));
    return out;
}

} // namespace batlab
