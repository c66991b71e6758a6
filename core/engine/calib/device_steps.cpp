// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/device_steps.h"

#include "core/engine/calib/streams.h"
#include "core/engine/device/current_error.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace batlab::calib {

namespace {

void tellOneByOne(const DeviceSteps::Tell &tell, const Error &why)
{
    tell(fmt::format("training steps run one by one, not as a recorded graph: {}", why.what));
}

/// Null, and told, where the device cannot be opened for it: steps run without.
std::unique_ptr<device::StepGraphs> openedGraphs(at::Device device, const DeviceSteps::Tell &tell)
{
    try {
        return device::StepGraphs::open(device);
    } catch (const Exception &e) {
        tellOneByOne(tell, e.error);
        return nullptr;
    }
}

} // namespace

DeviceSteps::DeviceSteps(const AdamW &state, Parameters &parameters, const Settings &settings,
                         Loss loss, Tell tell)
    : m_settings(settings)
    , m_loss(std::move(loss))
    , m_tell(std::move(tell))
    , m_flat(parameters.flat())
    , m_graphs(openedGraphs(parameters.device(), m_tell))
    , m_optimizer(state, m_flat, parameters.factors())
    , m_recording(m_graphs != nullptr && m_optimizer.recordable())
    , m_lossValue(at::zeros({ 1 }, m_optimizer.mean().options()))
{ }

DeviceSteps::~DeviceSteps()
{
    m_flat.mutable_grad() = at::Tensor(); // may be memory of a graph
}

DeviceSteps::Batch &DeviceSteps::batchFor(const at::Tensor &input, const at::Tensor &target,
                                          std::int64_t count, std::int64_t length)
{
    const auto fits = [&](const at::Tensor &kept, const at::Tensor &stream) {
        return kept.size(0) == count && kept.size(1) == length && kept.size(2) == stream.size(2)
            && kept.scalar_type() == stream.scalar_type();
    };
    for (Batch &batch : m_batches)
        if (fits(batch.x, input) && fits(batch.y, target))
            return batch;
    const auto room = [&](const at::Tensor &stream) {
        return at::empty({ count, length, stream.size(2) },
                         m_flat.options().dtype(stream.scalar_type()).requires_grad(false));
    };
    return m_batches.emplace_back(Batch { room(input), room(target) });
}

void DeviceSteps::step(const Batch &batch)
{
    const at::AutoGradMode grad(true);
    m_flat.mutable_grad() = at::Tensor();
    const at::Tensor loss = m_loss(batch.x, batch.y);
    const at::Tensor value = loss.detach();
    (m_settings.normalizeLoss ? loss / at::where(value > 0, value, at::ones_like(value)) : loss)
        .backward();
    const at::NoGradGuard guard;
    m_optimizer.apply(m_flat, m_flat.grad(), value, m_settings.gradientNorm);
    m_lossValue.copy_(value.view({ 1 }));
}

void DeviceSteps::record(Batch &batch)
{
    try {
        batch.graph = m_graphs->record([&] { step(batch); });
    } catch (...) {
        const Error error = currentError();
        if (error.code == ErrorCode::cancelled)
            throw;
        m_recording = false; // nothing has changed: this step runs as those before
        tellOneByOne(m_tell, error);
    }
}

bool DeviceSteps::holdsGraphs() const
{
    return std::any_of(m_batches.begin(), m_batches.end(),
                       [](const Batch &batch) { return batch.graph >= 0; });
}

void DeviceSteps::stepOrMakeRoom(const Batch &batch)
{
    try {
        step(batch);
        return;
    } catch (...) {
        if (currentError().code != ErrorCode::outOfMemory || !holdsGraphs())
            throw;
    }
    // Out of memory before anything was changed, beside the graphs of other shapes.
    m_flat.mutable_grad() = at::Tensor();
    m_recording = false;
    for (Batch &each : m_batches)
        each.graph = -1;
    m_graphs.reset(); // its memory goes back to the device
    m_tell("training steps run one by one: the GPU has not enough memory beside a recorded graph");
    step(batch);
}

std::int64_t DeviceSteps::run(const at::Tensor &input, const at::Tensor &target,
                              at::IntArrayRef rows, std::int64_t length, double rate)
{
    Batch &batch = batchFor(input, target, static_cast<std::int64_t>(rows.size()), length);
    takeSequences(input, rows, length, batch.x);
    takeSequences(target, rows, length, batch.y);
    m_optimizer.beginStep(rate);
    if (m_recording && batch.graph < 0 && ++batch.steps > kWarmUpSteps)
        record(batch);
    if (batch.graph >= 0)
        m_graphs->replay(batch.graph);
    else
        stepOrMakeRoom(batch);
    m_unread.push_back(at::cat({ m_lossValue, m_optimizer.taken() }));
    return m_optimizer.step();
}

void DeviceSteps::read(AdamW &state, LossCurve &curve,
                       const std::function<void(std::int64_t)> &skip)
{
    if (m_unread.empty())
        return;
    const at::Tensor steps = at::stack(m_unread).cpu();
    const auto *p = steps.const_data_ptr<float>();
    for (std::int64_t i = 0; i < steps.size(0); ++i) {
        const float loss = p[2 * i];
        if (!std::isfinite(loss) || p[2 * i + 1] == 0.0F)
            skip(static_cast<std::int64_t>(curve.loss.size()));
        curve.loss.push_back(loss);
    }
    m_unread.clear();
    m_optimizer.save(state);
}

} // namespace batlab::calib
