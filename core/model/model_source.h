// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/model/model_config.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace batlab {

/// One stored tensor under its canonical (Hugging Face) name, e.g.
/// "model.layers.3.self_attn.q_proj.weight".
struct TensorInfo
{
    std::string name;
    std::vector<std::int64_t> shape; ///< row-major, outermost first: [out, in] for linears
    std::string storage; ///< "F32", "BF16", "F16", "Q4_1", "Q6_K", "MXFP4", ...
    std::uint64_t bytes = 0; ///< in the file
    std::string file; ///< file name without its folder
    [[nodiscard]] std::int64_t elements() const;
};

/// Read-only access to a checkpoint: config at once, tensors mmapped and decoded on demand.
/// Thread-safe after open(). GGUF names and the llama q/k row order are already turned into HF's.
class ModelSource
{
public:
    virtual ~ModelSource() = default;

    [[nodiscard]] virtual const ModelConfig &config() const = 0;
    [[nodiscard]] virtual const std::vector<TensorInfo> &tensors() const = 0; ///< sorted by name
    [[nodiscard]] virtual std::filesystem::path path() const = 0;
    /// "gguf" or "safetensors".
    [[nodiscard]] virtual std::string_view container() const = 0;
    /// Raw metadata (GGUF key-values without arrays over 64 entries; config.json), for provenance.
    [[nodiscard]] virtual Json metadata() const = 0;

    [[nodiscard]] const TensorInfo *find(std::string_view name) const;
    /// Rows [row0, row0+rows) decoded to fp32 into out[rows * elements-per-row]; 1-d tensors are
    /// one row. Errors: unknown name, rows out of range, truncated file, a NaN or Inf in the
    /// values.
    [[nodiscard]] virtual Result<void> read(std::string_view name, std::int64_t row0,
                                            std::int64_t rows, float *out) const = 0;
    [[nodiscard]] Result<std::vector<float>> readAll(std::string_view name) const;
    /// XXH3-128 of the files' bytes (hex). Reads everything once; `progress` gets a fraction and
    /// may return false to stop.
    [[nodiscard]] virtual Result<std::string>
    contentHash(const std::function<bool(double)> &progress = {}) const = 0;
    /// XXH3-128 of the tokenizer (hex): of tokenizer.json, or else tokenizer.model, beside the
    /// weights, or of a GGUF file's key-values about it. Read anew; empty if there is none.
    [[nodiscard]] virtual std::string tokenizerHash() const { return {}; }
    /// Quick identity without reading the weights: hash of header, sizes and modification times.
    [[nodiscard]] virtual std::string quickHash() const = 0;

    /// Opens a folder with config.json + safetensors, or a .gguf file (first part of a split one
    /// too). Checks every tensor the architecture needs: present, right shape. Opening an 8B header
    /// needs < 100 MB.
    [[nodiscard]] static Result<std::shared_ptr<const ModelSource>>
    open(const std::filesystem::path &path);
};

/// Where `demo` points: the pinned SmolLM2-135M GGUF in the dependency folder (BATLAB_DEMO_MODEL,
/// or .deps/ beside the build, or the installation's share). Error with a remedy when it is not
/// there.
[[nodiscard]] Result<std::filesystem::path> demoModelPath();
/// "demo", a folder, or a GGUF file -> a path that exists.
[[nodiscard]] Result<std::filesystem::path> resolveModel(std::string_view model);

} // namespace batlab
