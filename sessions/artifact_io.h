// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "sessions/h5_read.h"
#include "sessions/h5_write.h"

/// Artifacts as HDF5 groups and tables. The fields are those of toJson(Artifact): texts and numbers
/// become attributes, packed arrays datasets, JSON values text datasets; so a field added in core
/// is stored without a change here.
namespace batlab::h5 {

/// What is known about a field beyond its JSON form.
struct FieldInfo
{
    std::string_view kind, key;
    std::string_view element; ///< of arrays: elementType() name
    std::string_view path; ///< dataset below the group; empty: the key
    std::string_view units, longName;
};
/// Null for fields without an entry (plain texts and JSON).
[[nodiscard]] const FieldInfo *fieldInfo(std::string_view kind, std::string_view key);
[[nodiscard]] const std::vector<FieldInfo> &fieldTable();

/// toJson() of a default artifact of this kind: its keys and their types. Null for an unknown kind.
[[nodiscard]] const Json *prototype(std::string_view kind);

/// toJson(artifact) as it will be read back: texts end at a NUL, JSON values have passed through
/// text.
[[nodiscard]] Json storedForm(const Artifact &artifact);
/// XXH3-128 over the CBOR form.
[[nodiscard]] std::string recordHash(const Json &record);

/// Shape of an array field of `count` elements.
[[nodiscard]] Dims shapeOf(const Json &record, std::string_view key, std::int64_t count);

/// Writes the fields into an existing group, with encoding-type = kind, record_hash and, where the
/// kind has fields that came later, full_hash.
void writeRecord(Out &out, hid_t group, const Json &record);
/// Reads and verifies a group written by writeRecord in a file of format 1.`minor`.
[[nodiscard]] Result<Artifact> readRecord(In &in, hid_t group, std::string_view kind, int minor);

/// Records of one kind and one variant as a compound table (one row each, without "kind" and
/// "variant").
void writeTable(Out &out, hid_t parent, const std::string &name, const std::vector<Json> &records);
[[nodiscard]] Result<std::vector<Artifact>> readTable(In &in, hid_t parent, const std::string &name,
                                                      std::string_view kind,
                                                      std::string_view variant);

} // namespace batlab::h5
