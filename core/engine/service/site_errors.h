// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/calibrate.h"
#include "core/engine/eval/protocol_text.h"

#include <cstdint>
#include <string>
#include <vector>

namespace batlab {

/// analysis.errorBySite: the divergence from the full-precision model when only one site of a
/// variant is quantized, its activations and its weights in all layers, on the first
/// analysis.siteWindows windows. Publishes one EvaluationResult a site, metric kSiteMetric, task
/// "<task>-T1" .. "-T4", the divergence as its value. `layerParts` are the variant's final layers;
/// the layer pass must have kept its unrounded ones. context.progressDone moves on.
void siteErrors(calib::Context &context, const VariantSpec &variant,
                const std::vector<std::string> &layerParts, const eval::ProtocolText &text);

/// Steps of progress that takes a variant.
[[nodiscard]] std::uint64_t siteErrorWork(const RunSpec &spec, std::size_t windows);

} // namespace batlab
