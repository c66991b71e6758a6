// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "core/model/model_source.h"
#include "core/text/tokenizer.h"

#include <functional>
#include <memory>
#include <string_view>

namespace batlab {

struct OpenedModel
{
    std::shared_ptr<const ModelSource> source;
    std::shared_ptr<const Tokenizer> tokenizer;
};

/// "demo", a folder or a GGUF file. A model without a readable tokenizer is an error.
[[nodiscard]] Result<OpenedModel> openModel(std::string_view model);
/// The model alone (inspect).
[[nodiscard]] Result<std::shared_ptr<const ModelSource>> openSource(std::string_view model);

/// Bytes of the tensors in the files.
[[nodiscard]] std::uint64_t storedBytes(const ModelSource &source);
/// Whether the linears are stored in a block-quantized type (then the dequantized values are the
/// reference).
[[nodiscard]] bool isQuantizedSource(const ModelSource &source);

/// Provenance as a session keeps it. contentHash is left empty.
[[nodiscard]] ModelSummary modelSummary(const ModelSource &source);

/// What `inspect` prints: {"path", "container", "quick_hash", "tokenizer_hash", "config",
/// "parameters": {"total", "linear"}, "stored_bytes", "sites": [{"site", "title", "width",
/// "blocks", "linears"}], "tensors": [{"name", "shape", "storage", "bytes", "file"}], "memory":
/// {...}, "warnings": [...]}.
[[nodiscard]] Json inspectModel(const ModelSource &source);

/// Sentences about what a user should know before calibrating this model.
[[nodiscard]] std::vector<std::string> modelWarnings(const ModelSource &source);

/// Bytes an evaluation or calibration keeps in memory at least: embedding, head and a few layers in
/// bf16 or fp32.
[[nodiscard]] std::uint64_t workingSetBytes(const ModelConfig &config, bool bf16,
                                            std::int64_t calibrationTokens);

} // namespace batlab
