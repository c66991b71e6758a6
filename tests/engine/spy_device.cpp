// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/spy_device.h"

#include "core/engine/device/device_kernels.h"
#include "tests/engine/spy_graph.h"
#include "tests/engine/spy_memory.h"
#include "tests/engine/spy_ops.h"

#include <ATen/ATen.h>
#include <ATen/EmptyTensor.h>
#include <ATen/detail/PrivateUse1HooksInterface.h>
#include <ATen/native/CPUFallback.h>
#include <ATen/ops/_reshape_alias_native.h>
#include <ATen/ops/as_strided_native.h>
#include <ATen/ops/view_native.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>

#include <atomic>
#include <mutex>
#include <utility>

namespace batlab::test::spy {

namespace {

constexpr auto kType = c10::DeviceType::PrivateUse1;
const c10::Device kDevice(kType, 0);

std::atomic<long> calls { 0 }, hostReads { 0 };
std::atomic<long> produced { 0 };
std::atomic<std::int64_t> freeBytes { std::int64_t { 1 } << 30 };
std::mutex failing;
std::string failure;
bool losing = false; ///< the device goes with it

/// libtorch's view of which device is current.
struct Guard final : c10::impl::NoOpDeviceGuardImpl<kType>
{
    c10::Device exchangeDevice(c10::Device) const override { return kDevice; }
    c10::Device getDevice() const override { return kDevice; }
    c10::Stream getStream(c10::Device) const noexcept override { return stream(); }
    c10::Stream getDefaultStream(c10::Device) const override { return stream(); }
    c10::Stream exchangeStream(c10::Stream) const noexcept override { return stream(); }

private:
    static c10::Stream stream() { return c10::Stream(c10::Stream::DEFAULT, kDevice); }
};
C10_REGISTER_GUARD_IMPL(PrivateUse1, Guard)

struct Hooks final : at::PrivateUse1HooksInterface
{
    bool isBuilt() const override { return true; }
    bool isAvailable() const override { return true; }
    bool hasPrimaryContext(c10::DeviceIndex) const override { return true; }
};

/// A tensor's memory as the host may read it.
at::Tensor readable(const at::Tensor &t)
{
    if (t.device() != kDevice || t.numel() == 0)
        return t.device() == kDevice
            ? at::empty_strided(t.sizes(), t.strides(), t.options().device(at::kCPU))
            : t;
    return at::from_blob(memory().host(t.const_data_ptr()), t.sizes(), t.strides(),
                         at::TensorOptions().dtype(t.scalar_type()));
}

at::Tensor emptyMemoryFormat(at::IntArrayRef size, std::optional<at::ScalarType> type,
                             std::optional<at::Layout>, std::optional<at::Device>,
                             std::optional<bool>, std::optional<at::MemoryFormat> format)
{
    return { at::detail::empty_generic(size, allocator(),
                                       c10::DispatchKeySet(c10::DispatchKey::PrivateUse1),
                                       type.value_or(at::kFloat), format) };
}

at::Tensor emptyStrided(at::IntArrayRef size, at::IntArrayRef stride,
                        std::optional<at::ScalarType> type, std::optional<at::Layout>,
                        std::optional<at::Device>, std::optional<bool>)
{
    return { at::detail::empty_strided_generic(size, stride, allocator(),
                                               c10::DispatchKeySet(c10::DispatchKey::PrivateUse1),
                                               type.value_or(at::kFloat)) };
}

at::Tensor asStrided(const at::Tensor &self, at::IntArrayRef size, at::IntArrayRef stride,
                     std::optional<std::int64_t> offset)
{
    return at::native::as_strided_tensorimpl(self, size, stride, offset);
}

at::Tensor reshapeAlias(const at::Tensor &self, at::IntArrayRef size, at::IntArrayRef stride)
{
    return at::native::_reshape_alias(self, size, stride);
}

at::Tensor viewOf(const at::Tensor &self, at::IntArrayRef size)
{
    return at::native::view(self, size);
}

at::Tensor copyFrom(const at::Tensor &from, const at::Tensor &to, bool)
{
    hostReads += !inOperator() && from.device() == kDevice && to.device() != kDevice ? 1 : 0;
    if (recording()) {
        if (from.device() != to.device())
            refuse("a copy between host and device");
        note([source = aliasOf(from), target = aliasOf(to)] {
            readable(target).copy_(readable(source));
        });
    }
    readable(to).copy_(readable(from));
    return to;
}

at::Tensor copyFromAndResize(const at::Tensor &from, const at::Tensor &to)
{
    if (to.sizes() != from.sizes())
        to.resize_(from.sizes());
    readable(to).copy_(readable(from));
    return to;
}

const at::Tensor &resize(const at::Tensor &self, at::IntArrayRef size,
                         std::optional<at::MemoryFormat>)
{
    const at::Tensor fresh = emptyMemoryFormat(size, self.scalar_type(), {}, {}, {}, {});
    self.unsafeGetTensorImpl()->set_storage_keep_dtype(fresh.storage());
    self.unsafeGetTensorImpl()->set_sizes_contiguous(size);
    return self;
}

at::Scalar localScalar(const at::Tensor &self)
{
    if (recording())
        refuse("a value for the host");
    hostReads += inOperator() ? 0 : 1;
    return readable(self).item();
}

/// Everything else: on the CPU, but only for operands that a GPU would take too.
void fallback(const c10::OperatorHandle &op, c10::DispatchKeySet, torch::jit::Stack *stack)
{
    const std::size_t count = op.schema().arguments().size();
    const auto refuse = [&](const at::Tensor &t) {
        TORCH_CHECK(!t.defined() || t.device() == kDevice || t.dim() == 0, "spy device: operator ",
                    op.schema().name(), " mixes devices: ", t.sizes());
    };
    for (std::size_t i = stack->size() - count; i < stack->size(); ++i) {
        const c10::IValue &value = (*stack)[i];
        if (value.isTensor())
            refuse(value.toTensor());
        else if (value.isTensorList())
            for (const at::Tensor &t : value.toTensorVector())
                refuse(t);
    }
    runOperator(op, stack);
}

TORCH_LIBRARY_IMPL(aten, PrivateUse1, m)
{
    m.impl("empty.memory_format", &emptyMemoryFormat);
    m.impl("empty_strided", &emptyStrided);
    m.impl("as_strided", &asStrided);
    m.impl("_reshape_alias", &reshapeAlias);
    m.impl("view", &viewOf);
    m.impl("resize_", &resize);
    m.impl("_copy_from", &copyFrom);
    m.impl("_copy_from_and_resize", &copyFromAndResize);
    m.impl("_local_scalar_dense", &localScalar);
}

TORCH_LIBRARY_IMPL(_, PrivateUse1, m)
{
    m.fallback(torch::CppFunction::makeFromBoxedFunction<&fallback>());
}

// Arguments of kernels: device pointers become the host's view, values stay.
template<class T>
T *here(T *p)
{
    return p != nullptr ? static_cast<T *>(memory().host(p)) : nullptr;
}
const kernels::QuantSpec *here(const kernels::QuantSpec *spec) { return spec; } // a host value
const kernels::QuantSpec &here(const kernels::QuantSpec &spec) { return spec; }
const kernels::Ste &here(const kernels::Ste &ste) { return ste; }
std::int64_t here(std::int64_t n) { return n; }
kernels::ConstMatrix here(kernels::ConstMatrix m)
{
    m.data = m.data != nullptr ? memory().host(m.data) : nullptr;
    return m;
}
kernels::Matrix here(kernels::Matrix m)
{
    m.data = m.data != nullptr ? memory().host(m.data) : nullptr;
    return m;
}
kernels::Clip here(const kernels::Clip &c)
{
    return { here(c.lo), here(c.hi), c.rowStride, c.blockStride };
}
kernels::ClipGrad here(const kernels::ClipGrad &c) { return { here(c.lo), here(c.hi) }; }
kernels::Gpk here(const kernels::Gpk &p) { return { here(p.a), here(p.b), p.g1, p.g2 }; }
kernels::BlockStatsOut here(const kernels::BlockStatsOut &out)
{
    kernels::BlockStatsOut o = out;
    for (double **p : { &o.sum, &o.sum2, &o.sum3, &o.sum4, &o.sumBlockMax, &o.quantError2 })
        *p = here(*p);
    for (float **p : { &o.maxAbs, &o.rowEnergy })
        *p = here(*p);
    for (std::uint32_t **p : { &o.histogram, &o.codeUse, &o.clipped })
        *p = here(*p);
    return o;
}
kernels::Exec here(const kernels::Exec &exec)
{
    kernels::Exec e = exec;
    e.scratch = here(static_cast<char *>(exec.scratch));
    return e;
}

/// A host matrix as a tensor.
at::Tensor tensorOf(const kernels::ConstMatrix &m)
{
    return at::from_blob(const_cast<void *>(m.data), { m.rows, m.cols }, { m.rowStride, 1 },
                         m.dtype == kernels::DType::f32 ? at::kFloat : at::kBFloat16);
}

/// The gate is libtorch's, whose exponential is another than the kernels' on the host: the spy then
/// gives the bits of the operators that the call stands for, as a GPU does.
void producedFakeQuantize(const kernels::Produced &p, kernels::OnlineTransform transform,
                          const kernels::Gpk &factors, const kernels::Clip &clip,
                          const kernels::QuantSpec &spec, kernels::Matrix out,
                          const kernels::Exec &exec)
{
    ++calls;
    ++produced;
    kernels::Produced source = p;
    source.x = here(p.x);
    source.rowScale = here(p.rowScale);
    source.gamma = here(p.gamma);
    source.up = {};
    at::Tensor gated;
    if (p.up.data != nullptr) {
        gated = at::silu(tensorOf(source.x).to(at::kFloat)).mul_(tensorOf(here(p.up)));
        source.x = { gated.data_ptr(), kernels::DType::f32, p.x.rows, p.x.cols, p.x.cols };
    }
    kernels::cpu().producedFakeQuantize(source, transform, here(factors), here(clip), spec,
                                        here(out), here(exec));
}

template<auto Entry, class... P>
auto translated(void (*kernels::Backend::*)(P...)) -> void (*)(P...)
{
    return [](P... arguments) {
        ++calls;
        if (recording())
            note([=] { (kernels::cpu().*Entry)(here(arguments)...); });
        (kernels::cpu().*Entry)(here(arguments)...);
    };
}

template<auto Entry>
void put(kernels::Backend &table)
{
    table.*Entry = translated<Entry>(Entry);
}

const kernels::Backend &table()
{
    static const kernels::Backend all = [] {
        using B = kernels::Backend;
        B t {};
        t.name = "spy";
        put<&B::fakeQuantize>(t);
        put<&B::fakeQuantizeBackward>(t);
        put<&B::quantize>(t);
        put<&B::dequantize>(t);
        put<&B::packMxfp4>(t);
        put<&B::unpackMxfp4>(t);
        put<&B::blockScales>(t);
        put<&B::gpkTransform>(t);
        put<&B::gpkFakeQuantize>(t);
        put<&B::gpkFakeQuantizeBackward>(t);
        put<&B::gpkTransformBackward>(t);
        put<&B::hadamard32>(t);
        put<&B::blockStats>(t);
        put<&B::gptqColumns>(t);
        put<&B::roundOnScales>(t);
        t.producedFakeQuantize = &producedFakeQuantize;
        return t;
    }();
    return all;
}

std::string takeFailure()
{
    const std::lock_guard lock(failing);
    if (!failure.empty() && std::exchange(losing, false))
        freeBytes = -1;
    return std::exchange(failure, std::string());
}

std::int64_t freeOf(int) { return freeBytes; }

} // namespace

at::Device open()
{
    static const bool once = [] {
        c10::register_privateuse1_backend("spy");
        at::RegisterPrivateUse1HooksInterface(new Hooks);
        return true;
    }();
    (void)once;
    useOps(false);
    return kDevice;
}

void useOps(bool on, bool graphs)
{
    static const device::DeviceOps recordable = [] {
        device::DeviceOps ops = emulatedOps();
        ops.graphs = &emulatedGraphs();
        return ops;
    }();
    device::registerKernels(kType,
                            { &table(), nullptr, &takeFailure, &freeOf, 4096,
                              graphs   ? &recordable
                                  : on ? &emulatedOps()
                                       : nullptr });
}

void failNext(std::string message)
{
    const std::lock_guard lock(failing);
    failure = std::move(message);
}

void loseNext(std::string message)
{
    const std::lock_guard lock(failing);
    failure = std::move(message);
    losing = true;
}

long kernelCalls() { return calls; }
long readsByHost() { return hostReads; }
long producedCalls() { return produced; }
void setFreeMemory(std::int64_t bytes) { freeBytes = bytes; }

} // namespace batlab::test::spy
