// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/device/device_kernels.h"
#include "core/engine/device/device_ops.h"

#include <c10/core/Device.h>

#include <functional>
#include <memory>

namespace batlab::device {

/// Records what a step gives a device to do, and repeats it with one call. While it lives, this
/// thread's work on the device goes to a queue that can be recorded; it belongs to one thread.
class StepGraphs
{
public:
    /// Null where the device cannot record (DeviceOps::graphs). Exception{device} if it fails.
    [[nodiscard]] static std::unique_ptr<StepGraphs> open(c10::Device device);
    ~StepGraphs();
    StepGraphs(const StepGraphs &) = delete;
    StepGraphs &operator=(const StepGraphs &) = delete;

    /// Runs `step` while the device takes note and computes nothing; a step reads and writes the
    /// same memory each time, and no result on the host. Returns the graph's number. Throws what
    /// `step` throws, or Exception{device} if the device cannot record it; the device is then as
    /// before.
    [[nodiscard]] int record(const std::function<void()> &step);
    /// Queues what a graph recorded. Exception{device}.
    void replay(int graph);

private:
    StepGraphs(const GraphOps &ops, void *recorder) : m_ops(ops), m_recorder(recorder) { }
    const GraphOps &m_ops;
    void *m_recorder;
};

/// While it lives, devices of this kind record with `instead`, or not at all where that is null.
/// None of them is at work when it begins and ends.
class WithoutGraphs
{
public:
    explicit WithoutGraphs(c10::DeviceType type, const GraphOps *instead = nullptr);
    ~WithoutGraphs();
    WithoutGraphs(const WithoutGraphs &) = delete;
    WithoutGraphs &operator=(const WithoutGraphs &) = delete;

private:
    c10::DeviceType m_type;
    DeviceKernels m_before;
    DeviceOps m_ops;
};

} // namespace batlab::device
