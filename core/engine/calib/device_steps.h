// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "core/engine/calib/device_adamw.h"
#include "core/engine/calib/trained_values.h"
#include "core/engine/device/step_graphs.h"

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace batlab::calib {

/// Training steps on a device that the host does not wait for: losses are read once an epoch. Where
/// the device can record (device/step_graphs.h), a step (forward, backward, update) is recorded
/// once for each shape of its batch and replayed from then on: what differs between steps, the
/// sequences and the learning rate, lies in memory that stays, and the result is the same bit for
/// bit. A layer records anew: its weights and its graph's branches are its own, and a recording
/// costs the host about as much as a step.
class DeviceSteps
{
public:
    struct Settings
    {
        bool normalizeLoss = false; ///< the gradient is that of loss / its own value
        double gradientNorm = 0; ///< as in AdamW::update
    };
    /// The loss of a batch x, y [sequences, length, hidden]: an fp32 scalar with its graph.
    using Loss = std::function<at::Tensor(const at::Tensor &x, const at::Tensor &y)>;
    using Tell = std::function<void(const std::string &text)>;

    /// Goes on where `state` stands. Until it ends, this thread's work on the device goes to the
    /// queue of the steps. `tell` hears why steps are not recorded, here or later. `parameters`
    /// outlives it.
    DeviceSteps(const AdamW &state, Parameters &parameters, const Settings &settings, Loss loss,
                Tell tell);
    ~DeviceSteps();
    DeviceSteps(const DeviceSteps &) = delete;
    DeviceSteps &operator=(const DeviceSteps &) = delete;

    /// One step down the gradient of the loss over sequences `rows` of input and target, their
    /// first `length` tokens; returns the steps done.
    std::int64_t run(const at::Tensor &input, const at::Tensor &target, at::IntArrayRef rows,
                     std::int64_t length, double rate);
    /// Waits for the device and brings the host's state and curve up to date; `skip` hears of steps
    /// whose loss or gradient was not finite: they changed nothing.
    void read(AdamW &state, LossCurve &curve, const std::function<void(std::int64_t)> &skip);

    /// Steps of a shape before it is recorded: libtorch and its libraries make what they keep.
    static constexpr int kWarmUpSteps = 2;

private:
    /// Batches of one shape.
    struct Batch
    {
        at::Tensor x, y;
        int steps = 0;
        int graph = -1;
    };
    Batch &batchFor(const at::Tensor &input, const at::Tensor &target, std::int64_t count,
                    std::int64_t length);
    void step(const Batch &batch);
    void record(Batch &batch);
    [[nodiscard]] bool holdsGraphs() const;
    /// step(); where it finds no memory beside the graphs, without them.
    void stepOrMakeRoom(const Batch &batch);

    Settings m_settings;
    Loss m_loss;
    Tell m_tell;
    at::Tensor m_flat;
    std::unique_ptr<device::StepGraphs>
        m_graphs; ///< first: what follows lives on its queue; or null
    DeviceAdamW m_optimizer;
    bool m_recording;
    std::list<Batch> m_batches;
    at::Tensor m_lossValue; ///< fp32 [1], of the last step
    std::vector<at::Tensor> m_unread; ///< fp32 [2] a step since the last read: loss, taken
};

} // namespace batlab::calib
