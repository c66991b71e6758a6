// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/json.h"
#include "core/engine/quant/fake_quant.h"

/// Quantizers as they stand in the attributes of a part.
namespace batlab {

/// {"format": "mxfp4", "rule": "uos", "ties": "even", "tensorScale": 1} or {"format": "int4-g128"}.
/// The quantizer must be active; its gradient convention is not kept.
[[nodiscard]] Json quantizerJson(const quant::Quantizer &quantizer);
/// Errors: unknown names, missing keys; `where` names the part.
[[nodiscard]] Result<quant::Quantizer> quantizerFromJson(const Json &value, std::string_view where);

} // namespace batlab
