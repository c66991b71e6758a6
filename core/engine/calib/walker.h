// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/calibrate.h"
#include "core/engine/calib/moments.h"

#include <functional>
#include <string>
#include <vector>

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

/// The full-precision stream: streams that another pass of the job kept are taken instead of run.
/// Exception{badInput} where the model gives NaN or Inf.
class ReferenceWalker
{
public:
    explicit ReferenceWalker(const Context &context) : m_context(context), m_walker(context) { }

    /// The stream entering the layer it stands at.
    [[nodiscard]] const at::Tensor &input() { return m_walker.input(); }
    /// The stream leaving it.
    [[nodiscard]] at::Tensor output();
    /// The same, run by `ops` that look on at the model's own.
    [[nodiscard]] at::Tensor output(const nn::CapturingOps &ops);
    /// Moves on: `output` enters the next layer.
    void advance(at::Tensor output) { m_walker.advance(std::move(output)); }
    [[nodiscard]] std::int64_t layer() const { return m_walker.layer(); }

private:
    [[nodiscard]] at::Tensor run(const nn::LayerOps &ops);
    const Context &m_context;
    Walker m_walker;
};

/// body(batch) of every batch of a stream, put together to a stream of the same shape.
[[nodiscard]] at::Tensor mapStream(const Context &context, const at::Tensor &x,
                                   const std::function<at::Tensor(const at::Tensor &)> &body);
/// One layer over a whole stream.
[[nodiscard]] at::Tensor forwardStream(const Context &context, const nn::LayerOps &ops,
                                       const at::Tensor &x);
/// One layer over a whole stream as far as what enters `last`, for what `ops.input` sees.
void siteInputsOfStream(const Context &context, const nn::LayerOps &ops, const at::Tensor &x,
                        Site last);
/// Second moments at these sites (at least one) of a layer that reads `input`, run by `ops`; the
/// others stay empty.
[[nodiscard]] LayerMoments captureMoments(const Context &context, const at::Tensor &input,
                                          const nn::LayerOps &ops, const std::vector<Site> &sites);

} // namespace batlab::calib
