// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/calibrate.h"
#include "core/engine/calib/moments.h"

#include <functional>
#include <string>

namespace batlab::calib {

/// Says which layer a pass works on, within the whole job.
void setStage(const Context &context, const std::string &stage, std::int64_t layer);

/// A residual stream [sequences, length, hidden] of the context's sequences that walks the layers.
class Walker
{
public:
    explicit Walker(const Context &context) : m_context(context) { }

    /// The stream entering the layer it stands at.
    [[nodiscard]] const at::Tensor &input();
    /// Runs every batch through `ops` and returns the output; the walker stays where it is.
    [[nodiscard]] at::Tensor run(const nn::LayerOps &ops);
    /// Moves on: `output` enters the next layer.
    void advance(at::Tensor output);
    [[nodiscard]] std::int64_t layer() const { return m_layer; }

private:
    void start();
    const Context &m_context;
    at::Tensor m_x;
    std::int64_t m_layer = 0;
};

/// body(batch) of every batch of a stream, put together to a stream of the same shape.
[[nodiscard]] at::Tensor mapStream(const Context &context, const at::Tensor &x,
                                   const std::function<at::Tensor(const at::Tensor &)> &body);
/// One layer over a whole stream.
[[nodiscard]] at::Tensor forwardStream(const Context &context, const nn::LayerOps &ops,
                                       const at::Tensor &x);
/// Second moments at T1..T4 of a layer that reads `input`, run by `ops`.
[[nodiscard]] LayerMoments captureMoments(const Context &context, const at::Tensor &input,
                                          const nn::LayerOps &ops);

} // namespace batlab::calib
