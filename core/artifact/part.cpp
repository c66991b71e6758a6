// SPDX-License-Identifier: Apache-2.0
#include "core/artifact/artifact.h"
#include "core/artifact/fields.h"
#include "core/base/hash.h"

#include <algorithm>

namespace batlab {

namespace {

void hashText(Hasher &hasher, std::string_view text)
{
    const std::uint64_t size = text.size();
    hasher.update(&size, sizeof size).update(text);
}

/// Bytes of `tensor` by its dtype and shape; nothing if the dtype is unknown or the shape
/// overflows.
std::optional<std::uint64_t> expectedBytes(const NamedTensor &tensor)
{
    const std::int64_t size = dtypeSize(tensor.dtype);
    if (size == 0)
        return std::nullopt;
    std::uint64_t bytes = static_cast<std::uint64_t>(size);
    for (const std::int64_t extent : tensor.shape) {
        if (extent < 0 || extent > fields::kMaxExtent)
            return std::nullopt;
        if (extent != 0 && bytes > (std::uint64_t(1) << 62) / static_cast<std::uint64_t>(extent))
            return std::nullopt;
        bytes *= static_cast<std::uint64_t>(extent);
    }
    return bytes;
}

} // namespace

std::int64_t dtypeSize(std::string_view dtype)
{
    if (dtype == "u8")
        return 1;
    if (dtype == "bf16")
        return 2;
    if (dtype == "f32" || dtype == "i32")
        return 4;
    if (dtype == "f64" || dtype == "i64")
        return 8;
    return 0;
}

const NamedTensor *Part::find(std::string_view wanted) const
{
    const auto it =
        std::lower_bound(tensors.begin(), tensors.end(), wanted,
                         [](const NamedTensor &t, std::string_view key) { return t.name < key; });
    return it != tensors.end() && it->name == wanted ? &*it : nullptr;
}

std::string Part::contentHash() const
{
    Hasher hasher;
    hashText(hasher, kind);
    hashText(hasher, attributes.dump(-1, ' ', false, Json::error_handler_t::replace));
    for (const NamedTensor &tensor : tensors) {
        hashText(hasher, tensor.name);
        hashText(hasher, tensor.dtype);
        const std::uint64_t rank = tensor.shape.size();
        hasher.update(&rank, sizeof rank).update(tensor.shape.data(), rank * sizeof(std::int64_t));
        const std::uint64_t size = tensor.bytes.size();
        hasher.update(&size, sizeof size).update(tensor.bytes.data(), tensor.bytes.size());
    }
    return hasher.hex();
}

Result<void> checkPart(const Part &part)
{
    const auto bad = [&](std::string what, std::string_view where) {
        return Error { ErrorCode::badInput,
                       std::move(what),
                       fmt::format("part {}, tensor {}", part.kind, where),
                       {} };
    };
    for (std::size_t i = 0; i < part.tensors.size(); ++i) {
        const NamedTensor &tensor = part.tensors[i];
        if (tensor.name.empty())
            return bad("a tensor has no name", std::to_string(i));
        if (i > 0 && !(part.tensors[i - 1].name < tensor.name))
            return bad("tensors are not sorted by name, or a name comes twice", tensor.name);
        const std::optional<std::uint64_t> expected = expectedBytes(tensor);
        if (!expected)
            return bad(
                fmt::format("unknown type '{}' or impossible shape", tensor.dtype.substr(0, 20)),
                tensor.name);
        if (*expected != tensor.bytes.size())
            return bad(fmt::format("holds {} bytes where its shape says {}", tensor.bytes.size(),
                                   *expected),
                       tensor.name);
    }
    return {};
}

Json toJson(const Part &part)
{
    Json tensors = Json::array();
    for (const NamedTensor &tensor : part.tensors)
        tensors.push_back({ { "name", tensor.name },
                            { "dtype", tensor.dtype },
                            { "shape", tensor.shape },
                            { "bytes", Json::binary(tensor.bytes) } });
    return { { "kind", part.kind },
             { "attributes", part.attributes },
             { "tensors", std::move(tensors) } };
}

Result<Part> partFromJson(const Json &value)
{
    if (!value.is_object())
        return Error { ErrorCode::badInput, "expected a part", "part", {} };
    Part part;
    Json tensors;
    fields::Reader reader(value, "part");
    reader.value("kind", part.kind);
    reader.value("attributes", part.attributes);
    reader.value("tensors", tensors);
    if (reader.error())
        return *reader.error();
    if (!tensors.is_array())
        return Error { ErrorCode::badInput, "expected a list of tensors", "part.tensors", {} };
    for (const Json &item : tensors) {
        if (!item.is_object())
            return Error { ErrorCode::badInput, "expected a tensor", "part.tensors", {} };
        NamedTensor tensor;
        fields::Reader fieldsOf(item, "part.tensors");
        fieldsOf.value("name", tensor.name);
        fieldsOf.value("dtype", tensor.dtype);
        fieldsOf.value("shape", tensor.shape);
        fieldsOf.array("bytes", tensor.bytes, -1);
        if (fieldsOf.error())
            return *fieldsOf.error();
        part.tensors.push_back(std::move(tensor));
    }
    if (Result<void> good = checkPart(part); !good)
        return good.error();
    return part;
}

} // namespace batlab
