// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/table.h"

#include "kernels/cpu/matrix.h"

/// Quantizers along rows: lanes are columns, one 32-column block at a time.
namespace batlab::kernels::BATLAB_LEVEL {

namespace {

template <class Q, DType In, DType Out, bool Clipped, bool Stream>
void fakeQuantizeRows(const Q &q, const ConstMatrix &in, const Clip &clip, const Matrix &out,
                      std::int64_t begin, std::int64_t end)
{
    constexpr std::int64_t inSize = In == DType::f32 ? 4 : 2;
    constexpr std::int64_t outSize = Out == DType::f32 ? 4 : 2;
    constexpr int parts = 32 / Q::block;
    const std::int64_t whole = in.cols / 32;
    for (std::int64_t row = begin; row < end; ++row) {
        const char *source = at(in, row, 0);
        char *target = at(out, row, 0);
        auto oneBlock = [&](std::int64_t block, F * x) __attribute__((always_inline))
        {
            if constexpr (Clipped) {
                const std::int64_t entry = row * clip.rowStride + block * parts * clip.blockStride;
                // The second half of a padded NVFP4 block may have no ratio of its own.
                const bool both = (block * 32 + Q::block) < in.cols;
                clipBlock<Q>(x, clip.lo + entry, clip.hi + entry, both ? clip.blockStride : 0);
            }
            Scale s[parts];
            scalesOf(q, x, s);
            for (int v = 0; v < blockVectors; ++v) {
                x[v] = q.fakeQuantize(x[v], s[v * W / Q::block]);
            }
        };
        for (std::int64_t block = 0; block < whole; ++block) {
            F x[blockVectors];
            for (int v = 0; v < blockVectors; ++v) {
                x[v] = loadAs<In>(source + v * W * inSize);
            }
            oneBlock(block, x);
            for (int v = 0; v < blockVectors; ++v) {
                storeAs<Out, Q::exactInBf16, Stream>(target + v * W * outSize, x[v]);
            }
            source += 32 * inSize;
            target += 32 * outSize;
        }
        if (const std::int64_t rest = in.cols - whole * 32; rest > 0) {
            alignas(64) float buffer[32];
            loadPart(In, source, rest, 32, buffer);
            F x[blockVectors];
            for (int v = 0; v < blockVectors; ++v) {
                x[v] = load<F>(buffer + v * W);
            }
            oneBlock(whole, x);
            for (int v = 0; v < blockVectors; ++v) {
                store(buffer + v * W, x[v]);
            }
            storePart(Out, target, rest, buffer);
        }
    }
    if constexpr (Stream) {
        streamFence();
    }
}

/// f(row, block, x) for every 32-column block, zero-padded.
template <class Function>
void forBlocks(const ConstMatrix &in, const Exec &exec, const Function &f)
{
    const std::int64_t blocks = (in.cols + 31) / 32;
    withType(in.dtype, [&](auto type) {
        constexpr DType T = decltype(type)::value;
        forRanges(in.rows, rowGrain(in.cols), exec.threads,
                  [&](std::int64_t begin, std::int64_t end) {
                      for (std::int64_t row = begin; row < end; ++row) {
                          for (std::int64_t block = 0; block < blocks; ++block) {
                              F x[blockVectors];
                              const char *source = at(in, row, block * 32);
                              if (block * 32 + 32 <= in.cols) {
                                  for (int v = 0; v < blockVectors; ++v) {
                                      x[v] = loadAs<T>(source + v * W * (T == DType::f32 ? 4 : 2));
                                  }
                              } else {
                                  alignas(64) float buffer[32];
                                  loadPart(T, source, in.cols - block * 32, 32, buffer);
                                  for (int v = 0; v < blockVectors; ++v) {
                                      x[v] = load<F>(buffer + v * W);
                                  }
                              }
                              f(row, block, x);
                          }
                      }
                  });
    });
}

/// Quantization blocks of a row, and those of them that lie in 32-column block `block`.
template <class Q>
BATLAB_INLINE std::int64_t blocksIn(std::int64_t cols)
{
    return (cols + Q::block - 1) / Q::block;
}
template <class Q>
BATLAB_INLINE int partsIn(std::int64_t cols, std::int64_t block)
{
    return Q::block == 32 || block * 32 + Q::block >= cols ? 1 : 2;
}

} // namespace

void fakeQuantize(ConstMatrix in, const Clip &clip, const QuantSpec &spec, Matrix out,
                  const Exec &exec)
{
    const bool clipped = clip.lo != nullptr && clip.hi != nullptr;
    const bool stream = !clipped && shouldStream(out, in.data);
    withQuantizer(spec, [&](const auto &q) {
        using Q = std::remove_cvref_t<decltype(q)>;
        withType(in.dtype, [&](auto from) {
            withType(out.dtype, [&](auto to) {
                constexpr DType In = decltype(from)::value;
                constexpr DType Out = decltype(to)::value;
                auto rows = clipped ? &fakeQuantizeRows<Q, In, Out, true, false>
                    : stream        ? &fakeQuantizeRows<Q, In, Out, false, true>
                                    : &fakeQuantizeRows<Q, In, Out, false, false>;
                forRanges(in.rows, rowGrain(in.cols), exec.threads,
                          [&](std::int64_t begin, std::int64_t end) {
                              rows(q, in, clip, out, begin, end);
                          });
            });
        });
    });
}

void blockScales(ConstMatrix in, const QuantSpec &spec, std::uint8_t *scales, const Exec &exec)
{
    withQuantizer(spec, [&](const auto &q) {
        using Q = std::remove_cvref_t<decltype(q)>;
        const std::int64_t blocks = blocksIn<Q>(in.cols);
        forBlocks(in, exec, [&](std::int64_t row, std::int64_t block, F *x) {
            Scale s[32 / Q::block];
            scalesOf(q, x, s);
            for (int part = 0; part < partsIn<Q>(in.cols, block); ++part) {
                scales[row * blocks + block * (32 / Q::block) + part] =
                    static_cast<std::uint8_t>(s[part].byte[0]);
            }
        });
    });
}

void quantize(ConstMatrix in, const QuantSpec &spec, std::uint8_t *codes, std::uint8_t *scales,
              const Exec &exec)
{
    withQuantizer(spec, [&](const auto &q) {
        using Q = std::remove_cvref_t<decltype(q)>;
        const std::int64_t blocks = blocksIn<Q>(in.cols);
        forBlocks(in, exec, [&](std::int64_t row, std::int64_t block, F *x) {
            Scale s[32 / Q::block];
            scalesOf(q, x, s);
            const int parts = partsIn<Q>(in.cols, block);
            const std::int64_t first = row * blocks + block * (32 / Q::block);
            for (int part = 0; part < parts; ++part) {
                scales[first + part] = static_cast<std::uint8_t>(s[part].byte[0]);
            }
            std::uint8_t *target = codes + first * Q::block;
            for (int v = 0; v < parts * Q::block / W; ++v) {
                const I c = q.code(x[v], s[v * W / Q::block]);
                store(target + v * W, __builtin_convertvector(as<U>(c), U8));
            }
        });
    });
}

void packMxfp4(ConstMatrix in, const QuantSpec &spec, std::uint8_t *nibbles, std::uint8_t *scales,
               const Exec &exec)
{
    const std::int64_t blocks = (in.cols + 31) / 32;
    withQuantizer(spec, [&](const auto &q) {
        using Q = std::remove_cvref_t<decltype(q)>;
        if constexpr (Q::kind == Kind::e2m1 || Q::kind == Kind::prescale) {
            forBlocks(in, exec, [&](std::int64_t row, std::int64_t block, F *x) {
                Scale s;
                scalesOf(q, x, &s);
                const std::int64_t index = row * blocks + block;
                scales[index] = static_cast<std::uint8_t>(s.byte[0]);
                for (int v = 0; v < blockVectors; ++v) {
                    // Two codes per pair of bytes -> one byte: low nibble first.
                    typedef std::uint16_t Pairs __attribute__((vector_size(W)));
                    typedef std::uint8_t Bytes __attribute__((vector_size(W / 2)));
                    const auto pairs = __builtin_bit_cast(
                        Pairs, __builtin_convertvector(as<U>(q.code(x[v], s)), U8));
                    const Pairs packed = (pairs & 15) | (pairs >> 4);
                    store(nibbles + index * 16 + v * W / 2, __builtin_convertvector(packed, Bytes));
                }
            });
        }
    });
}

} // namespace batlab::kernels::BATLAB_LEVEL
