// SPDX-License-Identifier: Apache-2.0
#include "core/model/gguf_file.h"

#include "core/model/storage_decode.h"
#include "core/model/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <set>

namespace batlab {

namespace {

constexpr std::int32_t kBool = 7;
constexpr std::int32_t kString = 8;
constexpr std::int32_t kArray = 9;
constexpr std::uint64_t kMaxLength = std::uint64_t { 1 } << 30; ///< of strings and arrays
constexpr std::array<std::string_view, 13> kTypeNames { "u8",  "i8",  "u16",  "i16",    "u32",
                                                        "i32", "f32", "bool", "string", "array",
                                                        "u64", "i64", "f64" };

/// Bytes of a scalar type; 0 for strings, arrays and unknown types.
std::uint64_t scalarBytes(std::int32_t type)
{
    constexpr std::array<std::uint8_t, 13> kBytes { 1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8 };
    return type >= 0 && type < 13 ? kBytes[static_cast<std::size_t>(type)] : 0;
}

} // namespace

/// A bounds-checked cursor over the header. The first failure sticks.
class GgufReader
{
public:
    explicit GgufReader(GgufFile &file) : m_out(file), m_map(*file.m_file) { }

    Result<void> run()
    {
        readHeader();
        for (std::uint64_t i = 0; i < m_valueCount && !m_error; ++i)
            readKeyValue();
        if (!m_error)
            findAlignment();
        for (std::uint64_t i = 0; i < m_tensorCount && !m_error; ++i)
            readTensor();
        if (!m_error)
            placeTensors();
        if (m_error)
            return *m_error;
        return {};
    }

private:
    void fail(std::string what, ErrorCode code = ErrorCode::badInput,
              std::string hint = "The file is damaged or incomplete: fetch it again.")
    {
        if (!m_error)
            m_error =
                Error { code, std::move(what),
                        fmt::format("{}, byte {}", m_map.path().string(), m_pos), std::move(hint) };
    }

    bool need(std::uint64_t bytes)
    {
        if (m_error)
            return false;
        if (bytes > m_map.size() - m_pos) {
            fail(fmt::format("the header ends early: {} more bytes needed, {} left", bytes,
                             m_map.size() - m_pos));
            return false;
        }
        return true;
    }

    template<class T>
    T take()
    {
        if (!need(sizeof(T)))
            return T {};
        const T value = storage::load<T>(m_map.data() + m_pos);
        m_pos += sizeof(T);
        return value;
    }

    std::string_view takeString()
    {
        const auto length = take<std::uint64_t>();
        if (length > kMaxLength)
            fail(fmt::format("a string claims {} bytes", length));
        if (!need(length))
            return {};
        const auto *begin = reinterpret_cast<const char *>(m_map.data() + m_pos);
        m_pos += length;
        return { begin, static_cast<std::size_t>(length) };
    }

    void readHeader()
    {
        if (m_map.size() < 4 || std::memcmp(m_map.data(), "GGUF", 4) != 0)
            return fail("this is not a GGUF file (it does not start with \"GGUF\")",
                        ErrorCode::badInput, "Give a .gguf model file.");
        m_pos = 4;
        const auto version = take<std::uint32_t>();
        if (!m_error && (version & 0xFFFFU) == 0)
            return fail("the GGUF file is big-endian", ErrorCode::unsupported,
                        "Convert it to little-endian.");
        if (!m_error && version != 2 && version != 3)
            return fail(fmt::format("GGUF version {} is not supported", version),
                        ErrorCode::unsupported, "Convert the model again: versions 2 and 3 work.");
        m_tensorCount = take<std::uint64_t>();
        m_valueCount = take<std::uint64_t>();
        // The smallest entries: key-value 8+4+1 bytes, tensor 8+4+8+4+8.
        if (!m_error && m_valueCount > m_map.size() / 13)
            fail(fmt::format("the header claims {} key-values, more than the file can hold",
                             m_valueCount));
        if (!m_error && m_tensorCount > m_map.size() / 32)
            fail(fmt::format("the header claims {} tensors, more than the file can hold",
                             m_tensorCount));
    }

    /// Skips a value's bytes and notes where they are.
    void readValue(GgufValue &value, bool isText)
    {
        value.offset = m_pos;
        if (value.type == kString) {
            const std::string_view text = takeString();
            if (isText && !m_error && !isValidUtf8(text))
                fail("a text value is not valid UTF-8");
        } else if (value.type == kArray) {
            value.elementType = take<std::int32_t>();
            value.count = take<std::uint64_t>();
            value.offset = m_pos;
            const std::uint64_t each = scalarBytes(value.elementType);
            if (m_error)
                return;
            if (each == 0 && value.elementType != kString)
                return fail(fmt::format("an array has items of type {}", value.elementType),
                            ErrorCode::unsupported);
            if (value.count > kMaxLength
                || value.count
                    > (m_map.size() - m_pos) / std::max<std::uint64_t>(each, 8 * (each == 0)))
                return fail(fmt::format("an array claims {} items, more than the file can hold",
                                        value.count));
            if (each != 0) {
                m_pos += value.count * each;
            } else {
                for (std::uint64_t i = 0; i < value.count && !m_error; ++i)
                    takeString();
            }
        } else {
            const std::uint64_t bytes = scalarBytes(value.type);
            if (bytes == 0)
                return fail(fmt::format("a value has the unknown type {}", value.type),
                            ErrorCode::unsupported);
            if (need(bytes))
                m_pos += bytes;
        }
    }

    void readKeyValue()
    {
        const std::string_view key = takeString();
        GgufValue value;
        value.type = take<std::int32_t>();
        if (m_error)
            return;
        if (key.empty() || key.find('\0') != std::string_view::npos || !isValidUtf8(key))
            return fail("a key is empty or no valid text");
        if (!m_out.m_values.emplace(std::string(key), value).second)
            return fail(fmt::format("the key \"{}\" occurs twice", key));
        readValue(m_out.m_values.find(key)->second, true);
    }

    void findAlignment()
    {
        const auto alignment = m_out.integer("general.alignment");
        if (!alignment)
            m_error = alignment.error();
        else if (*alignment) {
            const std::int64_t value = **alignment;
            if (value < 1 || value > (1 << 20)
                || !std::has_single_bit(static_cast<std::uint64_t>(value)))
                return fail(fmt::format("general.alignment is {}, not a power of two", value));
            m_alignment = static_cast<std::uint64_t>(value);
        }
    }

    void readTensor()
    {
        GgufTensor tensor;
        const std::string_view name = takeString();
        const auto dims = take<std::uint32_t>();
        if (m_error)
            return;
        if (name.empty() || name.size() > 255 || !isValidUtf8(name))
            return fail("a tensor name is empty, too long or no valid text");
        tensor.name = name;
        if (!m_names.insert(tensor.name).second)
            return fail(fmt::format("the tensor \"{}\" occurs twice", name));
        if (dims < 1 || dims > 4)
            return fail(fmt::format("tensor \"{}\" has {} dimensions", name, dims));
        std::uint64_t elements = 1;
        for (std::uint32_t d = 0; d < dims; ++d) {
            const auto size = take<std::uint64_t>();
            if (m_error)
                return;
            if (size == 0 || size > (std::uint64_t { 1 } << 48)
                || elements > (std::uint64_t { 1 } << 48) / size)
                return fail(fmt::format("tensor \"{}\" has an impossible shape", name));
            elements *= size;
            tensor.shape.insert(tensor.shape.begin(), static_cast<std::int64_t>(size));
        }
        while (tensor.shape.size() > 1 && tensor.shape.front() == 1)
            tensor.shape.erase(tensor.shape.begin());
        const auto typeId = take<std::int32_t>();
        tensor.offset = take<std::uint64_t>();
        if (m_error)
            return;
        tensor.type = ggmlStorage(typeId);
        if (!tensor.type)
            return fail(fmt::format("unsupported type {} of tensor \"{}\"", typeId, name),
                        ErrorCode::unsupported,
                        "Use a file with F32, F16, BF16, Q4_0..Q8_0, Q2_K..Q6_K, IQ4 or MXFP4 "
                        "tensors.");
        const auto blockSize = static_cast<std::uint64_t>(tensor.type->blockSize);
        if (static_cast<std::uint64_t>(tensor.shape.back()) % blockSize != 0)
            return fail(fmt::format("tensor \"{}\": a row of {} values is no multiple of the {} "
                                    "block of {}",
                                    name, tensor.shape.back(), tensor.type->name, blockSize));
        tensor.bytes = elements / blockSize * static_cast<std::uint64_t>(tensor.type->blockBytes);
        m_out.m_tensors.push_back(std::move(tensor));
    }

    /// Data offsets become file offsets; every tensor lies inside the file and none overlaps.
    void placeTensors()
    {
        const std::uint64_t rest = m_pos % m_alignment;
        std::uint64_t start = m_pos + (rest ? m_alignment - rest : 0);
        m_out.m_headerBytes = m_pos;
        if (m_out.m_tensors.empty())
            return;
        std::vector<GgufTensor *> order;
        for (auto &tensor : m_out.m_tensors) {
            if (start > m_map.size() || tensor.offset > m_map.size() - start
                || tensor.bytes > m_map.size() - start - tensor.offset)
                return fail(fmt::format("the file ends before the data of tensor \"{}\" ({} bytes "
                                        "at {} of {})",
                                        tensor.name, tensor.bytes, tensor.offset, m_map.size()));
            if (tensor.offset % m_alignment != 0)
                return fail(fmt::format("tensor \"{}\" is not aligned to {} bytes", tensor.name,
                                        m_alignment));
            tensor.offset += start;
            order.push_back(&tensor);
        }
        std::sort(order.begin(), order.end(),
                  [](const auto *a, const auto *b) { return a->offset < b->offset; });
        for (std::size_t i = 1; i < order.size(); ++i)
            if (order[i]->offset < order[i - 1]->offset + order[i - 1]->bytes)
                return fail(fmt::format("tensors \"{}\" and \"{}\" overlap", order[i - 1]->name,
                                        order[i]->name));
    }

    GgufFile &m_out;
    const MappedFile &m_map;
    std::uint64_t m_pos = 0;
    std::uint64_t m_tensorCount = 0;
    std::uint64_t m_valueCount = 0;
    std::uint64_t m_alignment = 32;
    std::set<std::string, std::less<>> m_names;
    std::optional<Error> m_error;
};

Result<std::shared_ptr<const GgufFile>> GgufFile::open(const std::filesystem::path &path)
{
    auto mapped = MappedFile::open(path);
    if (!mapped)
        return mapped.error();
    std::shared_ptr<GgufFile> file(new GgufFile);
    file->m_file = std::move(*mapped);
    auto done = GgufReader(*file).run();
    if (!done)
        return done.error();
    return std::shared_ptr<const GgufFile>(std::move(file));
}

std::string_view GgufFile::stringAt(std::uint64_t offset) const
{
    const auto length = storage::load<std::uint64_t>(m_file->data() + offset);
    return { reinterpret_cast<const char *>(m_file->data() + offset + 8),
             static_cast<std::size_t>(length) };
}

Json GgufFile::scalar(std::int32_t type, std::uint64_t offset) const
{
    const std::uint8_t *p = m_file->data() + offset;
    switch (type) {
    case 0: return *p;
    case 1: return storage::load<std::int8_t>(p);
    case 2: return storage::load<std::uint16_t>(p);
    case 3: return storage::load<std::int16_t>(p);
    case 4: return storage::load<std::uint32_t>(p);
    case 5: return storage::load<std::int32_t>(p);
    case 6: return storage::load<float>(p);
    case kBool: return *p != 0;
    case kString: return std::string(stringAt(offset));
    case 10: return storage::load<std::uint64_t>(p);
    case 11: return storage::load<std::int64_t>(p);
    case 12: return storage::load<double>(p);
    default: return nullptr;
    }
}

Error GgufFile::wrongKind(std::string_view key, std::string_view expected) const
{
    return { ErrorCode::badInput, fmt::format("the value is no {}", expected),
             fmt::format("{}, key {}", m_file->path().string(), key),
             "Convert the model again with a current converter." };
}

Result<std::optional<std::int64_t>> GgufFile::integer(std::string_view key) const
{
    const auto it = m_values.find(key);
    if (it == m_values.end())
        return std::optional<std::int64_t> {};
    if (it->second.type == kArray || it->second.type == kString)
        return wrongKind(key, "integer");
    const Json value = scalar(it->second.type, it->second.offset);
    if (!value.is_number_integer()
        || (value.is_number_unsigned()
            && value.get<std::uint64_t>()
                > std::uint64_t { std::numeric_limits<std::int64_t>::max() }))
        return wrongKind(key, "integer");
    return std::optional<std::int64_t>(value.get<std::int64_t>());
}

Result<std::optional<double>> GgufFile::number(std::string_view key) const
{
    const auto it = m_values.find(key);
    if (it == m_values.end())
        return std::optional<double> {};
    const Json value = it->second.type == kArray || it->second.type == kString
        ? Json()
        : scalar(it->second.type, it->second.offset);
    if (!value.is_number())
        return wrongKind(key, "number");
    return std::optional<double>(value.get<double>());
}

Result<std::optional<bool>> GgufFile::boolean(std::string_view key) const
{
    const auto it = m_values.find(key);
    if (it == m_values.end())
        return std::optional<bool> {};
    if (it->second.type != kBool)
        return wrongKind(key, "boolean");
    return std::optional<bool>(scalar(kBool, it->second.offset).get<bool>());
}

Result<std::optional<std::string>> GgufFile::text(std::string_view key) const
{
    const auto it = m_values.find(key);
    if (it == m_values.end())
        return std::optional<std::string> {};
    if (it->second.type != kString)
        return wrongKind(key, "text");
    return std::optional<std::string>(std::string(stringAt(it->second.offset)));
}

Result<std::vector<std::string_view>> GgufFile::texts(std::string_view key) const
{
    std::vector<std::string_view> out;
    const auto it = m_values.find(key);
    if (it == m_values.end())
        return out;
    if (it->second.type != kArray || it->second.elementType != kString)
        return wrongKind(key, "list of texts");
    out.reserve(it->second.count);
    std::uint64_t offset = it->second.offset;
    for (std::uint64_t i = 0; i < it->second.count; ++i) {
        out.push_back(stringAt(offset));
        offset += 8 + out.back().size();
    }
    return out;
}

Result<std::vector<double>> GgufFile::numbers(std::string_view key) const
{
    std::vector<double> out;
    const auto it = m_values.find(key);
    if (it == m_values.end())
        return out;
    const std::int32_t type = it->second.type == kArray ? it->second.elementType : it->second.type;
    if (type == kString)
        return wrongKind(key, "list of numbers");
    out.reserve(it->second.count);
    for (std::uint64_t i = 0; i < it->second.count; ++i) {
        const Json value = scalar(type, it->second.offset + i * scalarBytes(type));
        out.push_back(value.is_boolean() ? (value.get<bool>() ? 1.0 : 0.0) : value.get<double>());
    }
    return out;
}

Json GgufFile::toJson(std::size_t maxItems) const
{
    Json out = Json::object();
    for (const auto &[key, value] : m_values) {
        if (value.type != kArray) {
            out[key] = scalar(value.type, value.offset);
        } else if (value.count > maxItems) {
            out[key] = { { "array", kTypeNames[static_cast<std::size_t>(value.elementType)] },
                         { "count", value.count } };
        } else if (value.elementType == kString) {
            Json items = Json::array();
            const auto strings = texts(key);
            for (const auto &item : *strings)
                items.push_back(isValidUtf8(item) ? Json(std::string(item)) : Json("(binary)"));
            out[key] = std::move(items);
        } else {
            out[key] = *numbers(key);
        }
    }
    return out;
}

} // namespace batlab
