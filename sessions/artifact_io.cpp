// SPDX-License-Identifier: Apache-2.0
#include "sessions/artifact_io.h"

#include "core/base/hash.h"
#include "sessions/session.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>

namespace batlab::h5 {

namespace {
constexpr std::size_t kMaxCell = 4096; ///< bytes of a text in a table

template<std::size_t... I>
std::map<std::string, Json, std::less<>> makePrototypes(std::index_sequence<I...>)
{
    std::map<std::string, Json, std::less<>> out;
    for (const Artifact &a : { Artifact(std::variant_alternative_t<I, Artifact> {})... })
        out.emplace(kindName(a), toJson(a));
    return out;
}

std::size_t elementBytes(const FieldInfo *info)
{
    return info && !info->element.empty() ? elementType(info->element)->bytes : 1;
}

std::string dumped(const Json &value)
{
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Token pieces are byte strings: one run of bytes and where each ends.
void writePieces(Out &out, hid_t group, const std::string &key, const Json &pieces)
{
    std::vector<std::uint8_t> bytes;
    std::vector<std::int64_t> ends;
    for (const Json &piece : pieces) {
        const auto &b = piece.get_binary();
        bytes.insert(bytes.end(), b.begin(), b.end());
        ends.push_back(static_cast<std::int64_t>(bytes.size()));
    }
    out.array(group, key + "_bytes", "u8", bytes.data(),
              { static_cast<std::int64_t>(bytes.size()) }, {},
              "bytes of all pieces, one after the other");
    out.array(group, key + "_end", "i64", ends.data(), { static_cast<std::int64_t>(ends.size()) },
              "bytes", "where each piece ends");
}

Json readPieces(In &in, hid_t group, const std::string &key)
{
    const auto bytes = in.values<std::uint8_t>(group, key + "_bytes");
    const auto ends = in.values<std::int64_t>(group, key + "_end");
    Json pieces = Json::array();
    std::int64_t from = 0;
    for (const std::int64_t to : ends) {
        if (to < from || to > static_cast<std::int64_t>(bytes.size())) {
            in.fail("the ends of the token pieces are out of order", In::pathOf(group));
            return pieces;
        }
        pieces.push_back(Json::binary({ bytes.begin() + from, bytes.begin() + to }));
        from = to;
    }
    return pieces;
}

Json readField(In &in, hid_t group, std::string_view kind, const std::string &key, const Json &like)
{
    const FieldInfo *info = fieldInfo(kind, key);
    switch (like.type()) {
    case Json::value_t::string: return in.text(group, key.c_str());
    case Json::value_t::boolean: return in.integer(group, key.c_str()) != 0;
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned: return in.integer(group, key.c_str());
    case Json::value_t::number_float: return in.real(group, key.c_str());
    case Json::value_t::array: return readPieces(in, group, key);
    case Json::value_t::binary: {
        const std::string path(info && !info->path.empty() ? info->path : std::string_view(key));
        const std::string top = path.substr(0, path.find('/'));
        if (!in.hasLink(group, top))
            return Json::binary({});
        return Json::binary(in.array(group, path, info ? info->element : "u8").bytes);
    }
    default: {
        const std::string text = in.document(group, key);
        if (!in.ok())
            return {};
        Result<Json> json = parseJson(text, in.file() + ": " + In::pathOf(group) + "/" + key);
        if (!json) {
            in.fail(json.error().what, In::pathOf(group) + "/" + key);
            return {};
        }
        return *std::move(json);
    }
    }
}

/// Texts that came with format 1.2 and 1.3. Files before it lack them, and programs before it read
/// the rest of a record: its checksum is without them, and from 1.3 on a second one covers all.
constexpr int kFullHashMinor = 3;
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kLaterFields {
    { { "model-summary", "tokenizer_hash" },
      { "evaluation-result", "text_hash" },
      { "variant-info", "calibration_hash" } }
};

bool isLater(std::string_view kind, std::string_view key)
{
    return std::find(kLaterFields.begin(), kLaterFields.end(), std::pair(kind, key))
        != kLaterFields.end();
}

bool hasLater(std::string_view kind)
{
    return std::any_of(kLaterFields.begin(), kLaterFields.end(),
                       [&](const auto &field) { return field.first == kind; });
}

std::string checksum(const Json &record)
{
    for (const auto &[kind, key] : kLaterFields) {
        if (record.at("kind").get_ref<const std::string &>() != kind)
            continue;
        Json known = record;
        known.erase(std::string(key));
        return recordHash(known);
    }
    return recordHash(record);
}

struct Column
{
    std::string key;
    Json::value_t type;
    std::size_t width, offset;
};

Type memoryType(const std::vector<Column> &columns, std::size_t rowBytes)
{
    Type row(H5Tcreate(H5T_COMPOUND, rowBytes));
    for (const Column &c : columns) {
        if (c.type == Json::value_t::string)
            H5Tinsert(row.get(), c.key.c_str(), c.offset, stringType(c.width).get());
        else
            H5Tinsert(row.get(), c.key.c_str(), c.offset,
                      c.type == Json::value_t::number_float ? H5T_IEEE_F64LE : H5T_STD_I64LE);
    }
    return row;
}

std::vector<Column> columnsOf(const Json &like)
{
    std::vector<Column> out;
    for (const auto &[key, value] : like.items())
        if (key != "kind" && key != "variant")
            out.push_back({ key, value.type(), 8, 0 });
    return out;
}

std::size_t layOut(std::vector<Column> &columns)
{
    std::size_t at = 0;
    for (Column &c : columns) {
        c.offset = at;
        at += c.width;
    }
    return at;
}
} // namespace

const FieldInfo *fieldInfo(std::string_view kind, std::string_view key)
{
    const auto &table = fieldTable();
    const auto it = std::find_if(table.begin(), table.end(), [&](const FieldInfo &f) {
        return f.kind == kind && f.key == key;
    });
    return it == table.end() ? nullptr : &*it;
}

const Json *prototype(std::string_view kind)
{
    static const auto all =
        makePrototypes(std::make_index_sequence<std::variant_size_v<Artifact>>());
    const auto it = all.find(kind);
    return it == all.end() ? nullptr : &it->second;
}

Json storedForm(const Artifact &artifact)
{
    Json record = toJson(artifact);
    const Json &like = *prototype(kindName(artifact));
    for (auto &[key, value] : record.items()) {
        if (value.is_string())
            value = std::string(value.get_ref<const std::string &>().c_str());
        else if (like.at(key).is_null())
            value = Json::parse(dumped(value));
    }
    return record;
}

std::string recordHash(const Json &record)
{
    const std::vector<std::uint8_t> cbor = Json::to_cbor(record);
    return Hasher().update(cbor.data(), cbor.size()).hex();
}

Dims shapeOf(const Json &record, std::string_view key, std::int64_t count)
{
    const std::string kind = record.value("kind", "");
    std::int64_t rows = 0;
    if (kind == "site-stats" && (key == "histogram" || key == "code_use"))
        rows = record.value("blocks", std::int64_t { 0 });
    else if (kind == "token-energy")
        rows = record.value("tokens", std::int64_t { 0 });
    else if (kind == "site-flow")
        rows = record.value("groups", std::int64_t { 0 });
    if (rows > 0 && count % rows == 0)
        return { rows, count / rows };
    return { count };
}

void writeRecord(Out &out, hid_t group, const Json &record)
{
    const std::string kind = record.at("kind").get<std::string>();
    const Json &like = *prototype(kind);
    out.text(group, "encoding-type", kind);
    out.text(group, "encoding-version", "1.0");
    out.text(group, "record_hash", checksum(record));
    if (hasLater(kind))
        out.text(group, "full_hash", recordHash(record));
    for (const auto &[key, value] : record.items()) {
        const FieldInfo *info = fieldInfo(kind, key);
        if (key == "kind")
            continue;
        if (like.at(key).is_null()) {
            out.document(group, key, dumped(value));
        } else if (value.is_string()) {
            out.text(group, key.c_str(), value.get_ref<const std::string &>());
        } else if (value.is_boolean()) {
            out.integer(group, key.c_str(), value.get<bool>() ? 1 : 0);
        } else if (value.is_number_integer()) {
            out.integer(group, key.c_str(), value.get<std::int64_t>());
        } else if (value.is_number()) {
            out.real(group, key.c_str(), value.get<double>());
        } else if (value.is_array()) {
            writePieces(out, group, key, value);
        } else if (value.is_binary() && !value.get_binary().empty()) {
            const auto &bytes = value.get_binary();
            const auto count = static_cast<std::int64_t>(bytes.size() / elementBytes(info));
            const std::string path(info && !info->path.empty() ? info->path
                                                               : std::string_view(key));
            out.array(group, path, info ? info->element : "u8", bytes.data(),
                      shapeOf(record, key, count), info ? info->units : "",
                      info ? info->longName : "");
        }
    }
}

Result<Artifact> readRecord(In &in, hid_t group, std::string_view kind, int minor)
{
    const Json *like = prototype(kind);
    if (!like)
        return Error { ErrorCode::unsupported,
                       "unknown kind of artifact \"" + std::string(kind) + "\"",
                       in.file() + ": " + In::pathOf(group),
                       {} };
    Json record = Json::object();
    record["kind"] = kind;
    for (const auto &[key, value] : like->items())
        if (key != "kind" && (!isLater(kind, key) || in.has(group, key.c_str())))
            record[key] = readField(in, group, kind, key, value);
    const std::string hash = in.text(group, "record_hash");
    // A file written before a field was added lacks it, and so does its checksum.
    if (in.ok() && checksum(record) != hash && record.contains("dip") && record["dip"].is_binary()
        && record["dip"].get_binary().empty())
        record.erase("dip");
    // In a newer file the full one may cover fields that are not known here.
    const bool full = hasLater(kind) && minor >= kFullHashMinor && minor <= kSessionFormatMinor;
    if (const std::string all = full ? in.text(group, "full_hash") : std::string();
        in.ok() && (checksum(record) != hash || (full && recordHash(record) != all)))
        in.fail("the content differs from its checksum: the file is damaged or was changed",
                In::pathOf(group));
    if (!in.ok())
        return in.error();
    Result<Artifact> artifact = artifactFromJson(record);
    if (!artifact) {
        Error e = artifact.error();
        e.where = in.file() + ": " + In::pathOf(group) + ": " + e.where;
        return e;
    }
    return artifact;
}

void writeTable(Out &out, hid_t parent, const std::string &name, const std::vector<Json> &records)
{
    if (records.empty() || !out.ok())
        return;
    const std::string kind = records.front().at("kind").get<std::string>();
    std::vector<Column> columns = columnsOf(*prototype(kind));
    for (Column &c : columns)
        if (c.type == Json::value_t::string)
            for (const Json &r : records)
                c.width = std::max(c.width, r.at(c.key).get_ref<const std::string &>().size());
    const std::size_t rowBytes = layOut(columns);
    std::vector<std::uint8_t> rows(rowBytes * records.size());
    std::vector<std::string> units;
    for (const Column &c : columns) {
        const FieldInfo *info = fieldInfo(kind, c.key);
        units.emplace_back(info ? info->units : "");
        if (c.type == Json::value_t::string && c.width > kMaxCell)
            return out.fail(ErrorCode::internal, "a text is too long for a table",
                            name + "." + c.key);
        for (std::size_t i = 0; i < records.size(); ++i) {
            const Json &v = records[i].at(c.key);
            std::uint8_t *cell = rows.data() + i * rowBytes + c.offset;
            if (v.is_string()) {
                const auto &s = v.get_ref<const std::string &>();
                std::copy(s.begin(), s.end(), cell);
            } else if (v.is_number_float()) {
                const double d = v.get<double>();
                std::memcpy(cell, &d, sizeof d);
            } else {
                const std::int64_t n =
                    v.is_boolean() ? (v.get<bool>() ? 1 : 0) : v.get<std::int64_t>();
                std::memcpy(cell, &n, sizeof n);
            }
        }
    }
    out.table(parent, name, memoryType(columns, rowBytes).get(), rows.data(),
              static_cast<std::int64_t>(records.size()));
    if (!out.ok())
        return;
    const Object set(H5Oopen(parent, name.c_str(), H5P_DEFAULT));
    out.text(set.get(), "encoding-type", "table");
    out.text(set.get(), "encoding-version", "1.0");
    out.text(set.get(), "rows", kind);
    out.texts(set.get(), "units", units);
    out.text(set.get(), "record_hash", recordHash(Json(records)));
}

Result<std::vector<Artifact>> readTable(In &in, hid_t parent, const std::string &name,
                                        std::string_view kind, std::string_view variant)
{
    const Json &like = *prototype(kind);
    std::vector<Column> columns = columnsOf(like);
    const Object set = in.open(parent, name);
    const std::string hash = in.text(set.get(), "record_hash");
    if (!in.ok())
        return in.error();
    const std::string where = In::pathOf(parent) + "/" + name;
    const Type stored(H5Iget_type(set.get()) == H5I_DATASET ? H5Dget_type(set.get()) : -1);
    if (!stored || H5Tget_class(stored.get()) != H5T_COMPOUND)
        in.fail("expected a table", where);
    for (Column &c : columns) {
        const int at = in.ok() ? H5Tget_member_index(stored.get(), c.key.c_str()) : -1;
        if (at < 0) {
            in.fail("the table has no column \"" + c.key + "\"", where);
            break;
        }
        const Type member(H5Tget_member_type(stored.get(), static_cast<unsigned>(at)));
        const bool isText =
            H5Tget_class(member.get()) == H5T_STRING && H5Tis_variable_str(member.get()) <= 0;
        if (isText != (c.type == Json::value_t::string) || H5Tget_size(member.get()) > kMaxCell) {
            in.fail("the column \"" + c.key + "\" has another type", where);
            break;
        }
        c.width = isText ? H5Tget_size(member.get()) : 8;
    }
    if (!in.ok())
        return in.error();
    const std::size_t rowBytes = layOut(columns);
    std::int64_t count = 0;
    const std::vector<std::uint8_t> rows =
        in.table(parent, name, memoryType(columns, rowBytes).get(), &count);
    std::vector<Json> records;
    for (std::int64_t i = 0; i < count; ++i) {
        Json record { { "kind", kind }, { "variant", variant } };
        for (const Column &c : columns) {
            const std::uint8_t *cell =
                rows.data() + static_cast<std::size_t>(i) * rowBytes + c.offset;
            const auto *text = reinterpret_cast<const char *>(cell);
            double d = 0;
            std::int64_t n = 0;
            if (c.type == Json::value_t::string) {
                record[c.key] = std::string(text, ::strnlen(text, c.width));
            } else if (c.type == Json::value_t::number_float) {
                std::memcpy(&d, cell, sizeof d);
                record[c.key] = d;
            } else {
                std::memcpy(&n, cell, sizeof n);
                record[c.key] = c.type == Json::value_t::boolean ? Json(n != 0) : Json(n);
            }
        }
        records.push_back(std::move(record));
    }
    if (in.ok() && recordHash(Json(records)) != hash)
        in.fail("the content differs from its checksum: the file is damaged or was changed", where);
    if (!in.ok())
        return in.error();
    std::vector<Artifact> out;
    for (const Json &record : records) {
        Result<Artifact> artifact = artifactFromJson(record);
        if (!artifact)
            return artifact.error();
        out.push_back(*std::move(artifact));
    }
    return out;
}

} // namespace batlab::h5
