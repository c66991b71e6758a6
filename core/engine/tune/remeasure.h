// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/calibrate.h"

#include <string>
#include <vector>

namespace batlab::tune {

/// Walks the calibration sequences through the tuned layers (parts: their content hashes) and
/// returns for each layer what has changed: SiteStats and block maps after the transform, and
/// LayerDone with the new part. The linears' scores stay those of the rounding. before: LayerDone
/// of the untuned layers, for their seconds; layerBase: calib::calibrationKey() of their pass.
[[nodiscard]] std::vector<std::vector<Artifact>>
remeasure(const calib::Context &context, const VariantSpec &variant, const std::string &layerBase,
          const std::vector<std::string> &parts, const std::vector<LayerDone> &before);

} // namespace batlab::tune
