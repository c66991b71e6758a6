// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/nn/layer.h"
#include "core/job/job.h"

namespace batlab::calib {

/// Forwards to inner operations and checks for cancel before each: a forward pass of a large layer
/// takes seconds.
class InterruptibleOps : public nn::LayerOps
{
public:
    InterruptibleOps(const nn::LayerOps &inner, JobContext &job) : m_inner(inner), m_job(job) { }
    [[nodiscard]] const at::Tensor &inputNorm() const override { return m_inner.inputNorm(); }
    [[nodiscard]] const at::Tensor &postNorm() const override { return m_inner.postNorm(); }
    [[nodiscard]] const at::Tensor &qNorm() const override { return m_inner.qNorm(); }
    [[nodiscard]] const at::Tensor &kNorm() const override { return m_inner.kNorm(); }
    [[nodiscard]] at::Tensor input(Site site, const at::Tensor &x) const override
    {
        m_job.checkpoint();
        return m_inner.input(site, x);
    }
    [[nodiscard]] at::Tensor linear(Linear linear, const at::Tensor &x) const override
    {
        m_job.checkpoint();
        return m_inner.linear(linear, x);
    }
    [[nodiscard]] at::Tensor cached(Site site, const at::Tensor &x) const override
    {
        return m_inner.cached(site, x);
    }

private:
    const nn::LayerOps &m_inner;
    JobContext &m_job;
};

} // namespace batlab::calib
