// SPDX-License-Identifier: Apache-2.0
#include "core/engine/device/step_graphs.h"

#include "core/base/result.h"

#include <algorithm>
#include <array>
#include <string>

namespace batlab::device {

namespace {

/// Where an operation writes why it failed.
struct Text
{
    std::array<char, 512> chars {};

    [[nodiscard]] Exception problem() const
    {
        std::string what(chars.data());
        what.resize(std::min(what.size(), what.find('\n')));
        return Exception({ ErrorCode::device, "the GPU failed: " + what, "step graph",
                           "Finished layers are kept: run the same command again, or on another "
                           "device (--device)." });
    }
};

} // namespace

std::unique_ptr<StepGraphs> StepGraphs::open(c10::Device device)
{
    const GraphOps *ops = opsOf(device.type()).graphs;
    if (ops == nullptr)
        return nullptr;
    Text text;
    void *recorder =
        ops->open(device.has_index() ? device.index() : 0, text.chars.data(), text.chars.size());
    if (recorder == nullptr)
        throw text.problem();
    return std::unique_ptr<StepGraphs>(new StepGraphs(*ops, recorder));
}

StepGraphs::~StepGraphs() { m_ops.close(m_recorder); }

int StepGraphs::record(const std::function<void()> &step)
{
    Text text;
    if (!m_ops.begin(m_recorder, text.chars.data(), text.chars.size()))
        throw text.problem();
    try {
        step();
    } catch (...) {
        (void)m_ops.end(m_recorder, false, text.chars.data(), text.chars.size());
        throw;
    }
    const int graph = m_ops.end(m_recorder, true, text.chars.data(), text.chars.size());
    if (graph < 0)
        throw text.problem();
    return graph;
}

void StepGraphs::replay(int graph)
{
    Text text;
    if (!m_ops.replay(m_recorder, graph, text.chars.data(), text.chars.size()))
        throw text.problem();
}

WithoutGraphs::WithoutGraphs(c10::DeviceType type, const GraphOps *instead)
    : m_type(type), m_before(kernelsOf(type)), m_ops(opsOf(type))
{
    m_ops.graphs = instead;
    DeviceKernels kernels = m_before;
    kernels.ops = &m_ops;
    registerKernels(m_type, kernels);
}

WithoutGraphs::~WithoutGraphs() { registerKernels(m_type, m_before); }

} // namespace batlab::device
