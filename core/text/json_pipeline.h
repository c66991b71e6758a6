// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/text/normalizer.h"
#include "core/text/pre_tokenizer.h"
#include "core/text/text_decoder.h"

#include <string>
#include <vector>

namespace batlab {

/// The steps of a tokenizer.json round its model.
struct JsonPipeline
{
    std::vector<NormStep> normalizers;
    std::vector<PreStep> preSteps;
    TextDecoder decoder;
    bool byteLevel = false; ///< a ByteLevel pre-tokenizer or normalizer turns bytes into symbols
};

/// Reads "normalizer", "pre_tokenizer" and "decoder". Errors: unsupported for a step the program
/// does not know (its type is named), badInput for a wrong one.
[[nodiscard]] Result<JsonPipeline> readJsonPipeline(const Json &json, const std::string &where);

} // namespace batlab
