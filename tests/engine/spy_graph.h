// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/device/device_ops.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>

#include <functional>
#include <string>

/// Recording on the spy device as CUDA does it: operators and kernels are noted with the addresses
/// and values that they are called with, memory is afterwards as if nothing had run, and replay()
/// does the noted work again, whatever the host's variables say by then.
namespace batlab::test::spy {

/// Whether the queue is being recorded, and not by an operator that is noted as a whole.
[[nodiscard]] bool recording();
void note(std::function<void()> work);
/// What CUDA says to a thread that reads or waits while recording.
[[noreturn]] void refuse(const std::string &what);
/// Runs an operator on the CPU's fallback and, while recording, notes it.
void runOperator(const c10::OperatorHandle &op, torch::jit::Stack *stack);
/// Whether this thread is in one: its copies are not the host's.
[[nodiscard]] bool inOperator();
/// The same memory, without t's graph.
[[nodiscard]] at::Tensor aliasOf(const at::Tensor &t);

[[nodiscard]] const device::GraphOps &emulatedGraphs();

} // namespace batlab::test::spy
