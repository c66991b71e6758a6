// SPDX-License-Identifier: Apache-2.0
#include "sessions/tensor_file.h"

#include "sessions/file_commit.h"
#include "sessions/h5.h"

#include <fmt/format.h>

#include <algorithm>

namespace batlab {

namespace {

constexpr std::uint64_t kMostElements = std::uint64_t { 1 } << 32;

h5::Plist intermediateGroups()
{
    h5::Plist lcpl(H5Pcreate(H5P_LINK_CREATE));
    H5Pset_create_intermediate_group(lcpl.get(), 1);
    return lcpl;
}

} // namespace

struct TensorFileWriter::Private
{
    std::filesystem::path path, temporary;
    h5::File file;
    h5::Dataset open;
    hid_t memoryType = -1;
    std::vector<hsize_t> shape;
    hsize_t row = 0;

    ~Private()
    {
        const h5::Lock lock;
        open.reset();
        file.reset();
        if (!temporary.empty()) {
            std::error_code ignored;
            std::filesystem::remove(temporary, ignored);
        }
    }

    Error failed(const char *what) const
    {
        return h5::error(ErrorCode::diskFull, fmt::format("cannot write {}", what), path.string());
    }
};

TensorFileWriter::TensorFileWriter(std::unique_ptr<Private> p) : m_p(std::move(p)) { }
TensorFileWriter::~TensorFileWriter() = default;
TensorFileWriter::TensorFileWriter(TensorFileWriter &&) noexcept = default;
TensorFileWriter &TensorFileWriter::operator=(TensorFileWriter &&) noexcept = default;

Result<TensorFileWriter> TensorFileWriter::create(const std::filesystem::path &path)
{
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    std::error_code ec;
    if (!std::filesystem::is_directory(folder, ec))
        return Error { ErrorCode::notFound, "there is no such folder", folder.string(),
                       "Make the folder, or write to another place." };
    const h5::Lock lock;
    auto p = std::make_unique<Private>();
    p->path = path;
    const std::filesystem::path temporary =
        folder / fmt::format(".{}.{}.tmp", path.filename().string(), randomId());
    p->file = h5::File(H5Fcreate(temporary.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT));
    if (!p->file) {
        Error e = h5::error(ErrorCode::readOnly, "cannot write there", path.string());
        e.hint = "Choose a folder you may write to.";
        return e;
    }
    p->temporary = temporary;
    return TensorFileWriter(std::move(p));
}

Result<void> TensorFileWriter::begin(const std::string &group, const std::string &name,
                                     std::string_view dtype, const std::vector<std::int64_t> &shape)
{
    const h5::Lock lock;
    const auto type = h5::elementType(dtype);
    if (!type)
        return Error {
            ErrorCode::internal, fmt::format("unknown number type '{}'", dtype), name, {}
        };
    m_p->shape.assign(shape.begin(), shape.end());
    m_p->row = 0;
    m_p->memoryType = type->memory;
    const h5::Space space(
        H5Screate_simple(static_cast<int>(shape.size()), m_p->shape.data(), nullptr));
    const std::string target = (group == "/" ? "" : group) + "/" + name;
    m_p->open = h5::Dataset(H5Dcreate2(m_p->file.get(), target.c_str(), type->file, space.get(),
                                       intermediateGroups().get(), H5P_DEFAULT, H5P_DEFAULT));
    if (!m_p->open)
        return m_p->failed(target.c_str());
    return {};
}

Result<void> TensorFileWriter::append(std::int64_t rows, const void *data)
{
    const h5::Lock lock;
    std::vector<hsize_t> count = m_p->shape, start(m_p->shape.size(), 0);
    count.front() = static_cast<hsize_t>(rows);
    start.front() = m_p->row;
    if (m_p->row + count.front() > m_p->shape.front())
        return Error {
            ErrorCode::internal, "more rows than the dataset has", m_p->path.string(), {}
        };
    const auto rank = static_cast<int>(count.size());
    const h5::Space memory(H5Screate_simple(rank, count.data(), nullptr));
    const h5::Space file(H5Dget_space(m_p->open.get()));
    const bool good = std::find(count.begin(), count.end(), 0U) != count.end()
        || (H5Sselect_hyperslab(file.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(),
                                nullptr)
                >= 0
            && H5Dwrite(m_p->open.get(), m_p->memoryType, memory.get(), file.get(), H5P_DEFAULT,
                        data)
                >= 0);
    if (!good)
        return m_p->failed("rows");
    m_p->row += count.front();
    return {};
}

Result<void> TensorFileWriter::write(const std::string &group, const std::string &name,
                                     std::string_view dtype, const std::vector<std::int64_t> &shape,
                                     const void *data)
{
    if (auto begun = begin(group, name, dtype, shape); !begun)
        return begun;
    return append(shape.front(), data);
}

Result<void> TensorFileWriter::commit()
{
    const h5::Lock lock;
    m_p->open.reset();
    const bool flushed = H5Fflush(m_p->file.get(), H5F_SCOPE_GLOBAL) >= 0;
    if (!flushed)
        return m_p->failed("the end of the file");
    m_p->file.reset();
    std::error_code ec;
    std::filesystem::rename(m_p->temporary, m_p->path, ec);
    if (ec)
        return systemFailure(ec.value(), "replace", m_p->path);
    m_p->temporary.clear();
    return {};
}

namespace {

struct Found
{
    std::string name;
    std::vector<std::string> paths;
};

herr_t visit(hid_t, const char *path, const H5O_info_t *info, void *data)
{
    auto &found = *static_cast<Found *>(data);
    const std::string_view text(path);
    const bool matches = text == found.name
        || (text.size() > found.name.size() && text.ends_with(found.name)
            && text[text.size() - found.name.size() - 1] == '/');
    if (info->type == H5O_TYPE_DATASET && matches)
        found.paths.emplace_back(text);
    return 0;
}

Result<NamedMatrix> readMatrix(const h5::File &file, const std::string &path,
                               const std::string &where)
{
    const Error damaged { ErrorCode::badInput, "the dataset cannot be read", where,
                          "Check that the file is complete." };
    const h5::Dataset set(H5Dopen2(file.get(), path.c_str(), H5P_DEFAULT));
    const h5::Space space(set ? H5Dget_space(set.get()) : -1);
    const h5::Type type(set ? H5Dget_type(set.get()) : -1);
    if (!set || !space || !type)
        return damaged;
    const H5T_class_t kind = H5Tget_class(type.get());
    if (kind != H5T_FLOAT && kind != H5T_INTEGER)
        return Error { ErrorCode::badInput, "the dataset holds no numbers", where,
                       "Write it as float32." };
    const int rank = H5Sget_simple_extent_ndims(space.get());
    if (rank != 1 && rank != 2)
        return Error { ErrorCode::badInput, fmt::format("the dataset has {} axes, not 2", rank),
                       where, "Write it as [rows, columns]." };
    hsize_t dims[2] = { 1, 1 };
    H5Sget_simple_extent_dims(space.get(), rank == 1 ? dims + 1 : dims, nullptr);
    if (dims[0] > kMostElements || dims[1] > kMostElements || dims[0] * dims[1] > kMostElements)
        return Error { ErrorCode::badInput, "the dataset is larger than 16 GiB", where,
                       "Split it." };
    NamedMatrix out;
    out.rows = static_cast<std::int64_t>(dims[0]);
    out.cols = static_cast<std::int64_t>(dims[1]);
    out.values.resize(dims[0] * dims[1]);
    if (!out.values.empty()
        && H5Dread(set.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, out.values.data())
            < 0)
        return damaged;
    return out;
}

} // namespace

Result<std::vector<NamedMatrix>> readMatrices(const std::filesystem::path &path,
                                              const std::string &name)
{
    const h5::Lock lock;
    auto file = h5::openForReading(path);
    if (!file)
        return file.error();
    Found found { name, {} };
    if (H5Ovisit2(file->get(), H5_INDEX_NAME, H5_ITER_INC, &visit, &found, H5O_INFO_BASIC) < 0)
        return h5::error(ErrorCode::badInput, "the HDF5 file is damaged", path.string());
    if (found.paths.empty())
        return Error { ErrorCode::badInput, fmt::format("no group has a dataset '{}'", name),
                       path.string(),
                       fmt::format("Give each group a float32 dataset '{}' [rows, n].", name) };
    std::vector<NamedMatrix> out;
    for (const std::string &each : found.paths) {
        auto matrix = readMatrix(*file, each, fmt::format("{}: /{}", path.string(), each));
        if (!matrix)
            return matrix.error();
        matrix->group = "/" + each.substr(0, each.size() - std::min(each.size(), name.size() + 1));
        out.push_back(std::move(*matrix));
    }
    return out;
}

} // namespace batlab
