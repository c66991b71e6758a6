// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/round.h"
#include "core/engine/calib/trainer.h"

namespace batlab::calib {

/// round.kind: learned (methods.md 6.15; the family of AutoRound). Every weight of the layer gets
/// an offset v in [-1/2, 1/2] grid steps and every block a share c in [1/2, 1] of its maximum:
///     q = s * grid(w/s + v * step(w/s)),   s = the start's scale moved by rule(c max) - rule(max),
/// with w what the start's codes were rounded from, so that v = 0, c = 1 gives the start. v and c
/// follow the sign of their straight-through gradients of the layer's output error, with a rate
/// that falls linearly to zero. The state with the least error on held-out sequences wins; the
/// start is among them.
///
/// Replaces the codes and scales in `layer`. Checkpointed under `key` every learnCheckpointSteps;
/// a resumed run gives the same bytes. Returns the loss curve ("rounding-mse").
[[nodiscard]] LossCurve learnRounding(const Context &context, const LayerState &state,
                                      RoundedLayer &layer, const Json &parameters, const Pass &pass,
                                      const TrainingData &data, LayerId id,
                                      const std::string &variant, const std::string &key);

} // namespace batlab::calib
