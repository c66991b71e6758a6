// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/model/mapped_file.h"
#include "core/model/storage_type.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace batlab {

/// One key's value. Arrays stay in the file until asked for.
struct GgufValue
{
    std::int32_t type = 0; ///< GGUF value type, 9 = array
    std::int32_t elementType = 0; ///< of an array
    std::uint64_t count = 1; ///< items of an array
    std::uint64_t offset = 0; ///< of the value's (or first item's) bytes
};

/// One tensor of one part, under its name in the file.
struct GgufTensor
{
    std::string name;
    std::vector<std::int64_t> shape; ///< outermost first, outer ones dropped
    const StorageType *type = nullptr;
    std::uint64_t offset = 0; ///< from the start of the file
    std::uint64_t bytes = 0;
};

/// One .gguf file, versions 2 and 3: key-values and tensor table, bounds-checked and mmapped
/// (export-formats.md 5.1). Opening touches the header only.
class GgufFile
{
public:
    /// Errors: notFound, badInput (not a GGUF, truncated, hostile), unsupported (version 1,
    /// big-endian, an unknown tensor type).
    [[nodiscard]] static Result<std::shared_ptr<const GgufFile>>
    open(const std::filesystem::path &path);

    [[nodiscard]] const MappedFile &file() const { return *m_file; }
    [[nodiscard]] const std::vector<GgufTensor> &tensors() const { return m_tensors; }
    [[nodiscard]] const std::map<std::string, GgufValue, std::less<>> &values() const
    {
        return m_values;
    }
    [[nodiscard]] bool has(std::string_view key) const { return m_values.contains(key); }
    /// Bytes before the tensor data.
    [[nodiscard]] std::uint64_t headerBytes() const { return m_headerBytes; }

    // Typed look-up: empty if the key is missing; a value of another kind is an error.
    [[nodiscard]] Result<std::optional<std::int64_t>> integer(std::string_view key) const;
    [[nodiscard]] Result<std::optional<double>> number(std::string_view key) const;
    [[nodiscard]] Result<std::optional<bool>> boolean(std::string_view key) const;
    [[nodiscard]] Result<std::optional<std::string>> text(std::string_view key) const;
    /// Items point into the map: they live as long as this object.
    [[nodiscard]] Result<std::vector<std::string_view>> texts(std::string_view key) const;
    /// Any numeric or boolean array (or one number, as an array of one).
    [[nodiscard]] Result<std::vector<double>> numbers(std::string_view key) const;

    /// All key-values as JSON; arrays of more than `maxItems` become {"array": type, "count": n}.
    [[nodiscard]] Json toJson(std::size_t maxItems) const;

private:
    friend class GgufReader;
    GgufFile() = default;
    [[nodiscard]] Json scalar(std::int32_t type, std::uint64_t offset) const;
    [[nodiscard]] std::string_view stringAt(std::uint64_t offset) const;
    [[nodiscard]] Error wrongKind(std::string_view key, std::string_view expected) const;

    std::shared_ptr<const MappedFile> m_file;
    std::map<std::string, GgufValue, std::less<>> m_values;
    std::vector<GgufTensor> m_tensors;
    std::uint64_t m_headerBytes = 0;
};

} // namespace batlab
