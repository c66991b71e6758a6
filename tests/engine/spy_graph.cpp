// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/spy_graph.h"

#include "tests/engine/spy_device.h"
#include "tests/engine/spy_memory.h"

#include <ATen/ATen.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/native/CPUFallback.h>

#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

namespace batlab::test::spy {

namespace {

using Work = std::vector<std::function<void()>>;

struct Recorder
{
    std::vector<Work> graphs;
};

std::mutex mutex; ///< the backward pass notes its work on a thread of its own
Work noted;
std::atomic<bool> recordingNow { false };
std::atomic<long> recorded { 0 }, replayed { 0 };
thread_local bool within = false; ///< an operator

struct Within
{
    Within() : before(std::exchange(within, true)) { }
    ~Within() { within = before; }
    Within(const Within &) = delete;
    Within &operator=(const Within &) = delete;
    bool before;
};

void fallBack(const c10::OperatorHandle &op, torch::jit::Stack *stack)
{
    const Within whole;
    at::native::cpu_fallback(op, stack);
}

/// A number of the host's keeps its rank in type promotion.
at::Tensor copyOf(const at::Tensor &t)
{
    at::Tensor copy = t.clone();
    if (t.unsafeGetTensorImpl()->is_wrapped_number())
        copy.unsafeGetTensorImpl()->set_wrapped_number(true);
    return copy;
}

at::IValue kept(const at::IValue &value)
{
    if (value.isTensor() && value.toTensor().defined())
        return value.toTensor().is_cpu() ? copyOf(value.toTensor()) : aliasOf(value.toTensor());
    if (!value.isTensorList())
        return value;
    std::vector<at::Tensor> all;
    for (const at::Tensor &t : value.toTensorVector())
        all.push_back(t.defined() ? aliasOf(t) : t);
    return at::IValue(all);
}

void give(const at::IValue &from, const at::IValue &to)
{
    const auto one = [](const at::Tensor &fresh, at::Tensor place) {
        if (fresh.defined() && fresh.const_data_ptr() != place.const_data_ptr())
            place.copy_(fresh);
    };
    if (from.isTensor()) {
        one(from.toTensor(), to.toTensor());
    } else if (from.isTensorList()) {
        const auto fresh = from.toTensorVector();
        const auto places = to.toTensorVector();
        for (std::size_t i = 0; i < fresh.size(); ++i)
            one(fresh[i], places[i]);
    }
}

void *open(int, char *, std::size_t) { return new Recorder; }

bool begin(void *, char *, std::size_t)
{
    memory().beginRecording();
    recordingNow = true;
    return true;
}

int end(void *recorder, bool keep, char *, std::size_t)
{
    recordingNow = false;
    Work work = std::exchange(noted, {});
    memory().endRecording();
    if (!keep)
        return -1;
    ++recorded;
    auto &graphs = static_cast<Recorder *>(recorder)->graphs;
    graphs.push_back(std::move(work));
    return static_cast<int>(graphs.size()) - 1;
}

bool replay(void *recorder, int graph, char *, std::size_t)
{
    ++replayed;
    for (const auto &work :
         static_cast<Recorder *>(recorder)->graphs.at(static_cast<std::size_t>(graph)))
        work();
    return true;
}

void close(void *recorder)
{
    delete static_cast<Recorder *>(recorder);
    memory().release();
}

} // namespace

bool recording() { return recordingNow && !within; }

void note(std::function<void()> work)
{
    const std::lock_guard lock(mutex);
    noted.push_back(std::move(work));
}

void refuse(const std::string &what)
{
    C10_THROW_ERROR(Error, "CUDA error: operation not permitted when stream is capturing: " + what);
}

at::Tensor aliasOf(const at::Tensor &t)
{
    return at::Tensor(t.getIntrusivePtr()->shallow_copy_and_detach(c10::VariableVersion(0), true));
}

bool inOperator() { return within; }

void runOperator(const c10::OperatorHandle &op, torch::jit::Stack *stack)
{
    if (!recording()) {
        fallBack(op, stack);
        return;
    }
    const std::size_t arguments = op.schema().arguments().size();
    torch::jit::Stack in;
    for (std::size_t i = stack->size() - arguments; i < stack->size(); ++i)
        in.push_back(kept((*stack)[i]));
    fallBack(op, stack);
    torch::jit::Stack out;
    for (std::size_t i = stack->size() - op.schema().returns().size(); i < stack->size(); ++i) {
        const at::IValue &value = (*stack)[i];
        if (!value.isTensor() && !value.isTensorList())
            refuse(op.schema().name()); // the host would wait for it
        out.push_back(kept(value));
    }
    note([op, in = std::move(in), out = std::move(out)] {
        const at::AutoDispatchBelowADInplaceOrView guard;
        torch::jit::Stack again = in;
        fallBack(op, &again);
        for (std::size_t i = 0; i < out.size(); ++i)
            give(again[i], out[i]);
    });
}

const device::GraphOps &emulatedGraphs()
{
    static const device::GraphOps all { &open, &begin, &end, &replay, &close };
    return all;
}

long recordings() { return recorded; }
long replays() { return replayed; }

} // namespace batlab::test::spy
