// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Plain HDF5 files of numeric arrays in groups: what `logits` and `codec` exchange with other
/// programs.
namespace batlab {

/// Writes arrays, large ones row by row. The file appears under its name at commit(); without it
/// nothing stays.
class TensorFileWriter
{
public:
    [[nodiscard]] static Result<TensorFileWriter> create(const std::filesystem::path &path);
    ~TensorFileWriter();
    TensorFileWriter(TensorFileWriter &&) noexcept;
    TensorFileWriter &operator=(TensorFileWriter &&) noexcept;

    /// Dataset <group>/<name> of dtype "f32", "f64", "u8", "i32" or "i64". The group is made if
    /// missing.
    Result<void> write(const std::string &group, const std::string &name, std::string_view dtype,
                       const std::vector<std::int64_t> &shape, const void *data);
    /// Starts a dataset whose rows (first axis) follow by append(), in order. One at a time.
    Result<void> begin(const std::string &group, const std::string &name, std::string_view dtype,
                       const std::vector<std::int64_t> &shape);
    Result<void> append(std::int64_t rows, const void *data);
    /// Flushes, and replaces the file of that name in one step.
    Result<void> commit();

private:
    struct Private;
    explicit TensorFileWriter(std::unique_ptr<Private> p);
    std::unique_ptr<Private> m_p;
};

struct NamedMatrix
{
    std::string group; ///< "/layer0/q", or "/" for the root
    std::int64_t rows = 0, cols = 0; ///< a 1-D dataset is one row
    std::vector<float> values; ///< [rows, cols]; other number types are converted
};

/// All datasets of this name, anywhere in the file, in the order of their groups' names. Errors: no
/// HDF5 file, none of that name, not numeric, more than two axes, over 16 GiB.
[[nodiscard]] Result<std::vector<NamedMatrix>> readMatrices(const std::filesystem::path &path,
                                                            const std::string &name);

} // namespace batlab
