// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/nn/layer.h"
#include "core/engine/tune/learned_codes.h"
#include "core/engine/tune/parameters.h"

#include <memory>
#include <vector>

namespace batlab::tune {

/// A layer of which something is trained end to end; its values are slots of Parameters.
class TrainedLayer : public nn::LayerOps
{
public:
    /// Builds the graph of a visit with `leading` token axes from the parameters of the moment.
    virtual void prepare(at::IntArrayRef leading) = 0;
    /// Adds the gradients of the last visit to the parameters' and drops its graph. Learned codes
    /// take their step at once: their gradients are never all in memory.
    virtual void collect(const CodeStep &codes = {}) = 0;
    /// Drops the graph, and what is not kept between visits.
    virtual void release() = 0;
};

} // namespace batlab::tune
