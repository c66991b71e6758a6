// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/walker.h"

#include "core/engine/calib/interrupt.h"
#include "core/engine/calib/kept_streams.h"
#include "core/engine/calib/streams.h"
#include "core/engine/calib/trouble.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace batlab::calib {

void setStage(const Context &context, const std::string &stage, std::int64_t layer)
{
    const auto layers = static_cast<std::uint64_t>(context.decoder->config().layers);
    context.job.setStage(stage, context.progressDone + static_cast<std::uint64_t>(layer),
                         context.progressTotal > 0 ? context.progressTotal : layers);
}

const at::Tensor &Walker::input()
{
    if (!m_x.defined())
        start();
    return m_x;
}

at::Tensor Walker::run(const nn::LayerOps &ops) { return forwardStream(m_context, ops, input()); }

void Walker::advance(at::Tensor output)
{
    m_x = std::move(output);
    ++m_layer;
}

void Walker::start()
{
    const at::Tensor ids = nn::idTensor(m_context.sequences);
    m_x = makeStream({ ids.size(0), ids.size(1), m_context.decoder->config().hidden },
                     nn::residualType(m_context.decoder->compute()), m_context.job.store().folder(),
                     m_context.decoder->device());
    forBatches(ids.size(0), sequencesPerBatch(ids.size(1)),
               [&](std::int64_t first, std::int64_t count) {
                   m_context.job.checkpoint();
                   m_x.narrow(0, first, count)
                       .copy_(m_context.decoder->embed(ids.narrow(0, first, count)));
               });
}

at::Tensor ReferenceWalker::output()
{
    if (m_context.kept != nullptr)
        if (at::Tensor kept = m_context.kept->find(layer()); kept.defined())
            return kept;
    return run(*m_context.decoder->layer(layer()));
}

at::Tensor ReferenceWalker::output(const nn::CapturingOps &ops) { return run(ops); }

at::Tensor ReferenceWalker::run(const nn::LayerOps &ops)
{
    at::Tensor out = m_walker.run(ops);
    requireFinite(m_context, layer(), m_walker.input(), out);
    if (m_context.kept != nullptr)
        m_context.kept->keep(layer(), out, [this] { m_context.job.checkpoint(); });
    return out;
}

at::Tensor mapStream(const Context &context, const at::Tensor &x,
                     const std::function<at::Tensor(const at::Tensor &)> &body)
{
    at::Tensor out = makeStream(x.sizes(), x.scalar_type(), context.job.store().folder(),
                                context.decoder->device());
    forBatches(x.size(0), sequencesPerBatch(x.size(1)),
               [&](std::int64_t first, std::int64_t count) {
                   out.narrow(0, first, count).copy_(body(x.narrow(0, first, count)));
               });
    return out;
}

at::Tensor forwardStream(const Context &context, const nn::LayerOps &ops, const at::Tensor &x)
{
    const InterruptibleOps interruptible(ops, context.job);
    return mapStream(context, x, [&](const at::Tensor &batch) {
        return context.decoder->forward(interruptible, batch);
    });
}

void siteInputsOfStream(const Context &context, const nn::LayerOps &ops, const at::Tensor &x,
                        Site last)
{
    const InterruptibleOps interruptible(ops, context.job);
    forBatches(x.size(0), sequencesPerBatch(x.size(1)),
               [&](std::int64_t first, std::int64_t count) {
                   context.decoder->siteInputs(interruptible, x.narrow(0, first, count), last);
               });
}

LayerMoments captureMoments(const Context &context, const at::Tensor &input,
                            const nn::LayerOps &ops, const std::vector<Site> &sites)
{
    LayerMoments moments;
    const nn::CapturingOps capture(ops, [&](Site site, const at::Tensor &x) {
        if (std::find(sites.begin(), sites.end(), site) != sites.end())
            moments[static_cast<std::size_t>(site)].add(x);
    });
    siteInputsOfStream(context, capture, input, *std::max_element(sites.begin(), sites.end()));
    return moments;
}

} // namespace batlab::calib
