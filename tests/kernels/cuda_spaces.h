// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/kernels/cuda_emulator.h"

#include <vector>

/// Where a check of the CUDA kernels runs: emulated on the host here; the device test has its own.
namespace cuda_test {

struct HostSpace
{
    static constexpr bool emulated = true;

    template<class T>
    class Buffer
    {
    public:
        explicit Buffer(std::size_t count) : m_data(count) { }
        explicit Buffer(const std::vector<T> &data) : m_data(data) { }
        [[nodiscard]] T *data() { return m_data.data(); }
        [[nodiscard]] std::vector<T> get() const { return m_data; }

    private:
        std::vector<T> m_data;
    };

    static void fakeQuantize(ConstMatrix in, const Clip &clip, const QuantSpec &spec, Matrix out)
    {
        cuda::runFakeQuantize(in, clip, spec, out, EmulatedLaunch {});
    }
    static void fakeQuantizeBackward(ConstMatrix x, ConstMatrix gy, const Clip &clip,
                                     const QuantSpec &spec, const Ste &ste, Matrix gx,
                                     const ClipGrad &dclip)
    {
        const bool wantClip = cuda::isClipping(clip) && dclip.lo != nullptr;
        const std::int64_t blocks = cuda::blocksOf(x.cols, blockSize(spec.format));
        std::vector<ClipShare> shares(static_cast<std::size_t>(x.rows * blocks));
        cuda::runFakeQuantizeBackward(x, gy, clip, spec, ste, gx,
                                      wantClip ? shares.data() : nullptr, EmulatedLaunch {});
        if (wantClip) {
            addClipShares(shares, x.rows, blocks, clip, dclip);
        }
    }
    static void quantize(ConstMatrix in, const QuantSpec &spec, std::uint8_t *codes,
                         std::uint8_t *scales)
    {
        cuda::runQuantize(in, spec, codes, scales, EmulatedLaunch {}, "quantize");
    }
    static void dequantize(const std::uint8_t *codes, const std::uint8_t *scales,
                           const QuantSpec &spec, Matrix out)
    {
        cuda::runDequantize(codes, scales, spec, out, EmulatedLaunch {});
    }
    static void packMxfp4(ConstMatrix in, const QuantSpec &spec, std::uint8_t *nibbles,
                          std::uint8_t *scales)
    {
        cuda::runPack(in, spec, nibbles, scales, cuda::ScaleLayout::linear, EmulatedLaunch {}, "");
    }
    static void packMxfp4Swizzled(ConstMatrix in, const QuantSpec &spec, std::uint8_t *nibbles,
                                  std::uint8_t *scales)
    {
        cuda::runPack(in, spec, nibbles, scales, cuda::ScaleLayout::swizzled, EmulatedLaunch {},
                      "");
    }
    static void unpackMxfp4(const std::uint8_t *nibbles, const std::uint8_t *scales,
                            const QuantSpec &spec, Matrix out)
    {
        cuda::runUnpack(nibbles, scales, spec, out, EmulatedLaunch {});
    }
    static void blockScales(ConstMatrix in, const QuantSpec &spec, std::uint8_t *scales)
    {
        cuda::runQuantize(in, spec, nullptr, scales, EmulatedLaunch {}, "blockScales");
    }
    static void hadamard32(ConstMatrix x, const QuantSpec *spec, Matrix out)
    {
        cuda::runHadamard32(x, spec, out, EmulatedLaunch {});
    }
    static void blockStats(ConstMatrix x, const QuantSpec &spec, const BlockStatsOut &out)
    {
        cuda::withQuantizer(spec, [&](const auto &q) { emulateStats(q, x, out); });
    }
    static void gptqColumns(float *w, std::int64_t rows, std::int64_t n, std::int64_t c0,
                            std::int64_t c1, const float *u, const float *scaleValue,
                            std::int64_t scaleRowStride, const QuantSpec &spec, float *quantized,
                            float *errors)
    {
        cuda::withGrid(spec, [&](const auto &q) {
            emulateGptq(q, w, rows, n, c0, static_cast<int>(c1 - c0), u, scaleValue, scaleRowStride,
                        quantized, errors, {});
        });
    }
    static void roundOnScales(const float *w, const float *offset, std::int64_t rows,
                              std::int64_t cols, const float *scaleValue, const QuantSpec &spec,
                              float *out)
    {
        cuda::runRoundOnScales(w, offset, rows, cols, scaleValue, spec, out, EmulatedLaunch {});
    }
};

} // namespace cuda_test
