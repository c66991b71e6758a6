// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/nn/layer.h"
#include "core/job/job.h"

namespace batlab::calib {

/// Forwards to inner operations and checks for cancel before each: a forward pass of a large layer
/// takes seconds.
class InterruptibleOps : public nn::ForwardingOps
{
public:
    InterruptibleOps(const nn::LayerOps &inner, JobContext &job) : ForwardingOps(inner), m_job(job)
    { }
    [[nodiscard]] at::Tensor input(Site site, const at::Tensor &x) const override
    {
        m_job.checkpoint();
        return ForwardingOps::input(site, x);
    }
    [[nodiscard]] at::Tensor inputOf(Site site, const quant::Produced &x,
                                     nn::Compute compute) const override
    {
        m_job.checkpoint();
        return inner().inputOf(site, x, compute);
    }
    [[nodiscard]] at::Tensor linear(Linear linear, const at::Tensor &x) const override
    {
        m_job.checkpoint();
        return ForwardingOps::linear(linear, x);
    }

private:
    JobContext &m_job;
};

} // namespace batlab::calib
