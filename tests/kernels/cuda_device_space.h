// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/cuda_backend.h"
#include "kernels/cuda/device_ops.h"

#include <QtTest>

#include <cuda_runtime_api.h>

#include <vector>

/// The checks of cuda_checks.h on a device, and what keeps them honest there.
namespace cuda_test {

/// Why no kernel can run here; empty where one can.
inline QByteArray whyNoDevice()
{
    int count = 0;
    const cudaError_t code = cudaGetDeviceCount(&count);
    if (code != cudaSuccess || count == 0) {
        if (qEnvironmentVariableIsSet("BATLAB_TEST_GPU")) { // a skip would look like a pass
            qFatal("BATLAB_TEST_GPU is set, but there is no CUDA device: %s",
                   cudaGetErrorString(code));
        }
        return QByteArray("no CUDA device: ") + cudaGetErrorString(code);
    }
    return {};
}

struct DeviceSpace
{
    static constexpr bool emulated = false;

    template<class T>
    class Buffer
    {
    public:
        explicit Buffer(std::size_t count) : m_count(count)
        {
            must(cudaMalloc(&m_data, count * sizeof(T) + 1));
        }
        explicit Buffer(const std::vector<T> &data) : Buffer(data.size())
        {
            must(cudaMemcpy(m_data, data.data(), data.size() * sizeof(T), cudaMemcpyHostToDevice));
        }
        ~Buffer() { cudaFree(m_data); }
        Buffer(const Buffer &) = delete;
        Buffer &operator=(const Buffer &) = delete;
        [[nodiscard]] T *data() { return static_cast<T *>(m_data); }
        [[nodiscard]] std::vector<T> get() const
        {
            std::vector<T> out(m_count);
            must(cudaMemcpy(out.data(), m_data, m_count * sizeof(T), cudaMemcpyDeviceToHost));
            return out;
        }

    private:
        void *m_data = nullptr;
        std::size_t m_count;
    };

    static void must(cudaError_t code)
    {
        if (code != cudaSuccess) {
            qFatal("CUDA: %s", cudaGetErrorString(code));
        }
    }
    static const batlab::kernels::Backend &table() { return batlab::kernels::cudaBackend(); }
    /// Every entry runs in the default stream; its status must stay clean.
    template<class Entry>
    static void run(const Entry &entry)
    {
        entry(batlab::kernels::Exec {});
        must(cudaDeviceSynchronize());
        const auto &status = batlab::kernels::cuda::lastError();
        QVERIFY2(status.ok(), status.text);
    }

    template<class... A>
    static void fakeQuantize(const A &...a)
    {
        run([&](const auto &exec) { table().fakeQuantize(a..., exec); });
    }
    template<class... A>
    static void fakeQuantizeBackward(const A &...a)
    {
        run([&](const auto &exec) { table().fakeQuantizeBackward(a..., exec); });
    }
    template<class... A>
    static void quantize(const A &...a)
    {
        run([&](const auto &exec) { table().quantize(a..., exec); });
    }
    template<class... A>
    static void dequantize(const A &...a)
    {
        run([&](const auto &exec) { table().dequantize(a..., exec); });
    }
    template<class... A>
    static void packMxfp4(const A &...a)
    {
        run([&](const auto &exec) { table().packMxfp4(a..., exec); });
    }
    template<class... A>
    static void packMxfp4Swizzled(const A &...a)
    {
        run([&](const auto &exec) { batlab::kernels::cuda::packMxfp4Swizzled(a..., exec); });
    }
    template<class... A>
    static void unpackMxfp4(const A &...a)
    {
        run([&](const auto &exec) { table().unpackMxfp4(a..., exec); });
    }
    template<class... A>
    static void blockScales(const A &...a)
    {
        run([&](const auto &exec) { table().blockScales(a..., exec); });
    }
    template<class... A>
    static void hadamard32(const A &...a)
    {
        run([&](const auto &exec) { table().hadamard32(a..., exec); });
    }
    template<class... A>
    static void blockStats(const A &...a)
    {
        run([&](const auto &exec) { table().blockStats(a..., exec); });
    }
    template<class... A>
    static void gptqColumns(const A &...a)
    {
        run([&](const auto &exec) { table().gptqColumns(a..., exec); });
    }
    template<class... A>
    static void roundOnScales(const A &...a)
    {
        run([&](const auto &exec) { table().roundOnScales(a..., exec); });
    }
};

} // namespace cuda_test
