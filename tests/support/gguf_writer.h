// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace batlab::test {

/// Writes a GGUF version 3 file (export-formats.md 5.1). Numbers are little-endian.
class GgufWriter
{
public:
    void addText(const std::string &key, const std::string &value);
    void addU16(const std::string &key, std::uint16_t value);
    void addU32(const std::string &key, std::uint32_t value);
    void addI32(const std::string &key, std::int32_t value);
    void addF32(const std::string &key, float value);
    void addBool(const std::string &key, bool value);
    void addTexts(const std::string &key, const std::vector<std::string> &values);
    void addI32s(const std::string &key, const std::vector<std::int32_t> &values);
    void addF32s(const std::string &key, const std::vector<float> &values);
    /// `shape` outermost first, `type` the GGUF number, `data` the encoded bytes.
    void addTensor(const std::string &name, const std::vector<std::int64_t> &shape,
                   std::int32_t type, std::string data);
    void addTensor(const std::string &name, const std::vector<std::int64_t> &shape,
                   const std::vector<float> &values); ///< F32

    [[nodiscard]] std::string bytes() const;
    void write(const std::filesystem::path &file) const;

private:
    struct Tensor
    {
        std::string name;
        std::vector<std::int64_t> shape;
        std::int32_t type = 0;
        std::string data;
    };
    template<class T>
    void addScalar(const std::string &key, std::int32_t type, T value);
    template<class T>
    void addArray(const std::string &key, std::int32_t type, const std::vector<T> &values);
    void addKey(const std::string &key, std::int32_t type);

    std::string m_values;
    std::uint64_t m_valueCount = 0;
    std::vector<Tensor> m_tensors;
};

/// Creates the folders above and writes the bytes; throws std::runtime_error on failure.
void writeBytes(const std::filesystem::path &file, const std::string &bytes);

} // namespace batlab::test
