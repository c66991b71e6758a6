// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/calibrate.h"

#include <string>
#include <vector>

namespace batlab::tune {

/// Stage "tune" of a model pass: trains what its parameters name, end to end on KL(full precision
/// || quantized) and without labels, with codes and block scales standing still
/// (measured-smollm2.md 5.5, 9). Adam with a linear warm-up and a cosine, gradients through the
/// whole model by recomputing layers, the straight-through estimator of methods.md 1.5.
/// `layerParts` are what the layer pass gave, `sequences` the stage's own text. Afterwards every
/// value is rounded as it is deployed; publishes LossCurve "end-to-end-kl" of kWholeModel, then
/// SiteStats and LayerDone of every layer again, pointing to the new parts, and VariantInfo.
/// Returns the new parts' content hashes. Resumes from its own checkpoints to the same bytes.
[[nodiscard]] std::vector<std::string>
tuneVariant(const calib::Context &context, const VariantSpec &variant,
            const std::vector<std::string> &layerParts,
            const std::vector<std::vector<std::int32_t>> &sequences);

} // namespace batlab::tune
