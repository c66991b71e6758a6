// SPDX-License-Identifier: Apache-2.0
#include "tests/support/gguf_writer.h"

#include <fstream>
#include <stdexcept>

namespace batlab::test {

namespace {

constexpr std::size_t kAlignment = 32;

template<class T>
void put(std::string &out, T value)
{
    out.append(reinterpret_cast<const char *>(&value), sizeof value);
}

void putText(std::string &out, const std::string &text)
{
    put(out, static_cast<std::uint64_t>(text.size()));
    out += text;
}

void pad(std::string &out)
{
    while (out.size() % kAlignment != 0)
        out.push_back('\0');
}

} // namespace

void writeBytes(const std::filesystem::path &file, const std::string &bytes)
{
    if (file.has_parent_path())
        std::filesystem::create_directories(file.parent_path());
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!out.flush())
        throw std::runtime_error("cannot write " + file.string());
}

void GgufWriter::addKey(const std::string &key, std::int32_t type)
{
    putText(m_values, key);
    put(m_values, type);
    ++m_valueCount;
}

template<class T>
void GgufWriter::addScalar(const std::string &key, std::int32_t type, T value)
{
    addKey(key, type);
    put(m_values, value);
}

template<class T>
void GgufWriter::addArray(const std::string &key, std::int32_t type, const std::vector<T> &values)
{
    addKey(key, 9);
    put(m_values, type);
    put(m_values, static_cast<std::uint64_t>(values.size()));
    for (const T &value : values) {
        if constexpr (std::is_same_v<T, std::string>)
            putText(m_values, value);
        else
            put(m_values, value);
    }
}

void GgufWriter::addText(const std::string &key, const std::string &value)
{
    addKey(key, 8);
    putText(m_values, value);
}
void GgufWriter::addU16(const std::string &key, std::uint16_t value) { addScalar(key, 2, value); }
void GgufWriter::addU32(const std::string &key, std::uint32_t value) { addScalar(key, 4, value); }
void GgufWriter::addI32(const std::string &key, std::int32_t value) { addScalar(key, 5, value); }
void GgufWriter::addF32(const std::string &key, float value) { addScalar(key, 6, value); }
void GgufWriter::addBool(const std::string &key, bool value)
{
    addScalar(key, 7, static_cast<std::uint8_t>(value ? 1 : 0));
}
void GgufWriter::addTexts(const std::string &key, const std::vector<std::string> &values)
{
    addArray(key, 8, values);
}
void GgufWriter::addI32s(const std::string &key, const std::vector<std::int32_t> &values)
{
    addArray(key, 5, values);
}
void GgufWriter::addF32s(const std::string &key, const std::vector<float> &values)
{
    addArray(key, 6, values);
}

void GgufWriter::addTensor(const std::string &name, const std::vector<std::int64_t> &shape,
                           std::int32_t type, std::string data)
{
    m_tensors.push_back({ name, shape, type, std::move(data) });
}

void GgufWriter::addTensor(const std::string &name, const std::vector<std::int64_t> &shape,
                           const std::vector<float> &values)
{
    addTensor(
        name, shape, 0,
        std::string(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(float)));
}

std::string GgufWriter::bytes() const
{
    std::string out = "GGUF";
    put(out, std::uint32_t { 3 });
    put(out, static_cast<std::uint64_t>(m_tensors.size()));
    put(out, m_valueCount);
    out += m_values;
    std::string data;
    for (const auto &tensor : m_tensors) {
        putText(out, tensor.name);
        put(out, static_cast<std::uint32_t>(tensor.shape.size()));
        for (auto size = tensor.shape.rbegin(); size != tensor.shape.rend(); ++size)
            put(out, static_cast<std::uint64_t>(*size));
        put(out, tensor.type);
        put(out, static_cast<std::uint64_t>(data.size()));
        data += tensor.data;
        pad(data);
    }
    pad(out);
    return out + data;
}

void GgufWriter::write(const std::filesystem::path &file) const { writeBytes(file, bytes()); }

} // namespace batlab::test
