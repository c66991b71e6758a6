// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/model/model_config.h"

#include <string>

namespace batlab {

/// The model's shape from a Hugging Face config.json, keys of transformers 4 and 5
/// (export-formats.md 6.2); `where` names the file. displayName is left empty.
/// Errors: unsupported (architecture, rope kind, activation, quantized weights), badInput.
[[nodiscard]] Result<ModelConfig> configFromJson(const Json &json, const std::string &where);

/// Token ids of generation_config.json override and complete those of config.json.
void addGenerationConfig(const Json &json, ModelConfig &config);

} // namespace batlab
