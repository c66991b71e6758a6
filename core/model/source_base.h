// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/mapped_file.h"
#include "core/model/model_source.h"
#include "core/model/storage_type.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace batlab {

/// Where a tensor's bytes lie, for both containers.
struct StoredTensor
{
    TensorInfo info;
    std::shared_ptr<const MappedFile> file;
    std::uint64_t offset = 0;
    const StorageType *type = nullptr;
    /// > 0: rows are stored for interleaved rotary embedding with this head size
    /// (export-formats.md 5.3) and are put back on reading.
    std::int64_t unpermuteHeadDim = 0;
};

/// What the two containers share: look-up, decoding by rows, hashes.
class SourceBase : public ModelSource
{
public:
    [[nodiscard]] const ModelConfig &config() const override { return m_config; }
    [[nodiscard]] const std::vector<TensorInfo> &tensors() const override { return m_infos; }
    [[nodiscard]] std::filesystem::path path() const override { return m_path; }
    [[nodiscard]] Result<void> read(std::string_view name, std::int64_t row0, std::int64_t rows,
                                    float *out) const override;
    [[nodiscard]] Result<std::string>
    contentHash(const std::function<bool(double)> &progress) const override;
    [[nodiscard]] std::string quickHash() const override { return m_quickHash; }

protected:
    /// Sorts by name and publishes the table; a name that occurs twice is an error.
    [[nodiscard]] Result<void> setTensors(std::vector<StoredTensor> tensors);

    ModelConfig m_config;
    std::filesystem::path m_path;
    std::vector<std::filesystem::path> m_files; ///< all bytes of contentHash, in order
    std::string m_quickHash;

private:
    std::vector<StoredTensor> m_tensors; ///< sorted by name, parallel to m_infos
    std::vector<TensorInfo> m_infos;
};

[[nodiscard]] Result<std::shared_ptr<const ModelSource>>
openGgufModel(const std::filesystem::path &path);
[[nodiscard]] Result<std::shared_ptr<const ModelSource>>
openSafetensorsModel(const std::filesystem::path &folder);

} // namespace batlab
