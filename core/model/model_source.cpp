// SPDX-License-Identifier: Apache-2.0
#include "core/model/model_source.h"

#include "core/model/source_base.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace batlab {

namespace {

std::int64_t rowLength(const TensorInfo &info)
{
    return info.shape.empty() ? 1 : info.shape.back();
}

/// The row of the file that holds row `row` of Hugging Face's order: file row h*D + 2i + p is
/// model row h*D + p*D/2 + i (export-formats.md 5.3).
std::int64_t interleavedRow(std::int64_t row, std::int64_t headDim)
{
    const std::int64_t inHead = row % headDim;
    const std::int64_t half = headDim / 2;
    return row - inHead + 2 * (inHead % half) + inHead / half;
}

/// Index of the first NaN or infinity, or -1.
std::int64_t firstNonFinite(const float *values, std::int64_t n)
{
    // x * 0 is 0 for finite x and NaN otherwise: one fast pass that almost always suffices.
    float sum = 0.0F;
    for (std::int64_t i = 0; i < n; ++i)
        sum += values[i] * 0.0F;
    if (sum == 0.0F)
        return -1;
    for (std::int64_t i = 0; i < n; ++i)
        if (!std::isfinite(values[i]))
            return i;
    return -1;
}

template<class Tensors>
auto findByName(const Tensors &tensors, std::string_view name)
{
    const auto nameOf = [](const auto &t) -> const std::string & {
        if constexpr (requires { t.info; })
            return t.info.name;
        else
            return t.name;
    };
    const auto it = std::lower_bound(
        tensors.begin(), tensors.end(), name,
        [&](const auto &t, std::string_view key) { return std::string_view(nameOf(t)) < key; });
    return it != tensors.end() && nameOf(*it) == name ? &*it : nullptr;
}

} // namespace

std::int64_t TensorInfo::elements() const
{
    std::int64_t n = 1;
    for (const std::int64_t size : shape)
        n *= size;
    return n;
}

const TensorInfo *ModelSource::find(std::string_view name) const
{
    return findByName(tensors(), name);
}

Result<std::vector<float>> ModelSource::readAll(std::string_view name) const
{
    const TensorInfo *info = find(name);
    if (!info)
        return Error { ErrorCode::notFound, fmt::format("the model has no tensor \"{}\"", name),
                       path().string(), "List the tensors with \"batlab-cli inspect\"." };
    std::vector<float> values(static_cast<std::size_t>(info->elements()));
    if (auto done = read(name, 0, info->elements() / std::max<std::int64_t>(1, rowLength(*info)),
                         values.data());
        !done)
        return done.error();
    return values;
}

Result<std::shared_ptr<const ModelSource>> ModelSource::open(const std::filesystem::path &path)
{
    std::error_code ec;
    const auto status = std::filesystem::status(path, ec);
    if (status.type() == std::filesystem::file_type::not_found)
        return Error { ErrorCode::notFound, "there is no such model", path.string(),
                       "Give a folder with config.json and *.safetensors, or a .gguf file." };
    if (std::filesystem::is_directory(status))
        return openSafetensorsModel(path);
    return openGgufModel(path);
}

Result<void> SourceBase::setTensors(std::vector<StoredTensor> tensors)
{
    std::sort(tensors.begin(), tensors.end(),
              [](const auto &a, const auto &b) { return a.info.name < b.info.name; });
    for (std::size_t i = 1; i < tensors.size(); ++i)
        if (tensors[i].info.name == tensors[i - 1].info.name)
            return Error { ErrorCode::badInput,
                           fmt::format("the tensor \"{}\" occurs twice", tensors[i].info.name),
                           fmt::format("{} and {}", tensors[i - 1].info.file, tensors[i].info.file),
                           "The parts do not belong together: fetch the model again." };
    m_tensors = std::move(tensors);
    m_infos.clear();
    for (const auto &tensor : m_tensors)
        m_infos.push_back(tensor.info);
    return {};
}

Result<void> SourceBase::read(std::string_view name, std::int64_t row0, std::int64_t rows,
                              float *out) const
{
    const StoredTensor *t = findByName(m_tensors, name);
    if (!t)
        return Error { ErrorCode::notFound, fmt::format("the model has no tensor \"{}\"", name),
                       m_path.string(), "List the tensors with \"batlab-cli inspect\"." };
    const auto where = [&] { return fmt::format("{}, tensor {}", t->file->path().string(), name); };
    if (!t->type->decode)
        return Error { ErrorCode::unsupported,
                       fmt::format("{} numbers cannot be read as weights", t->info.storage),
                       where(), "Use the full-precision checkpoint (F32, F16 or BF16)." };
    const std::int64_t length = rowLength(t->info);
    const std::int64_t total = length > 0 ? t->info.elements() / length : 0;
    if (row0 < 0 || rows < 0 || row0 > total || rows > total - row0)
        return Error { ErrorCode::badInput,
                       fmt::format("rows {} to {} of {} do not exist", row0, row0 + rows, total),
                       where(),
                       {} };
    if (rows == 0)
        return {};
    if (auto ok = t->file->checkUnchanged(); !ok)
        return ok.error();
    const std::int64_t blocks = length / t->type->blockSize;
    const auto rowBytes = static_cast<std::uint64_t>(blocks * t->type->blockBytes);
    const std::uint8_t *data = t->file->data() + t->offset;
    if (t->unpermuteHeadDim > 0) {
        const bool vector = t->info.shape.size() == 1; // a bias: its elements are the rows
        if (vector) {
            std::vector<float> stored(static_cast<std::size_t>(length));
            t->type->decode(data, blocks, stored.data());
            for (std::int64_t i = 0; i < length; ++i)
                out[i] = stored[static_cast<std::size_t>(interleavedRow(i, t->unpermuteHeadDim))];
        } else {
            for (std::int64_t r = 0; r < rows; ++r) {
                const auto from =
                    static_cast<std::uint64_t>(interleavedRow(row0 + r, t->unpermuteHeadDim));
                t->type->decode(data + from * rowBytes, blocks, out + r * length);
            }
        }
    } else {
        t->type->decode(data + static_cast<std::uint64_t>(row0) * rowBytes, rows * blocks, out);
    }
    const std::uint64_t touched = rowBytes * static_cast<std::uint64_t>(rows);
    if (touched >= (1U << 20) && t->unpermuteHeadDim == 0)
        t->file->release(t->offset + static_cast<std::uint64_t>(row0) * rowBytes, touched);
    if (const std::int64_t bad = firstNonFinite(out, rows * length); bad >= 0)
        return Error { ErrorCode::badInput,
                       fmt::format("the value at row {}, column {} is {}", row0 + bad / length,
                                   bad % length, out[bad]),
                       where(), "The checkpoint is damaged or diverged: fetch it again." };
    return {};
}

Result<std::string> SourceBase::contentHash(const std::function<bool(double)> &progress) const
{
    return hashFiles(m_files, progress);
}

} // namespace batlab
