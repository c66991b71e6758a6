// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/table.h"

#include "kernels/cpu/rows.h"

/// Quantizers along rows: lanes are columns, one 32-column block at a time.
namespace batlab::kernels::BATLAB_LEVEL {

namespace {

template<class Q, DType In, DType Out, bool Clipped, bool Stream>
void fakeQuantizeRows(const QuantConstants &constants, const ConstMatrix &in, const Clip &clip,
                      const Matrix &out, std::int64_t begin, std::int64_t end)
{
    const Q q(constants);
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
}

#if BATLAB_WIDTH < 16
// --- bf16 to bf16, MXFP4, ties to even: 16-bit integers all the way
// --------------------------------

typedef std::int16_t S16 __attribute__((vector_size(W * 4)));
constexpr int halves = 2 * W; ///< bf16 lanes of a vector
constexpr int halfVectors = 32 / halves;

BATLAB_INLINE S16 maxS(S16 a, S16 b) { return a > b ? a : b; }

/// Largest lane in every lane: pairs of lanes as 32-bit lanes, then the two of a pair.
BATLAB_INLINE S16 reduceMaxHalves(S16 v)
{
    if constexpr (W > 8) {
        v = maxS(v, as<S16>(swapLanes<8>(as<I>(v))));
    }
    if constexpr (W > 4) {
        v = maxS(v, as<S16>(swapLanes<4>(as<I>(v))));
    }
    v = maxS(v, as<S16>(swapLanes<2>(as<I>(v))));
    v = maxS(v, as<S16>(swapLanes<1>(as<I>(v))));
    const U pair = as<U>(v);
    return maxS(v, as<S16>((pair << 16) | (pair >> 16)));
}

/// Every dequantized value is a bf16, so rounding is integer arithmetic on the bits: keep one
/// mantissa bit above the scale s, and pick among 0, s/2 and s below it. Scales near the ends of
/// the range take the general path.
template<bool Stream>
void fakeQuantizeHalves(const QuantConstants &constants, const ConstMatrix &in, const Clip &clip,
                        const Matrix &out, std::int64_t begin, std::int64_t end)
{
    using General = Quantizer<Kind::e2m1, true>;
    // The 23-bit threshold among 7-bit fractions: the first of them that is not below it.
    const int bump = constants.bump == 0 ? 0 : 128 - ((0x800000 - constants.bump + 0xffff) >> 16);
    for (std::int64_t row = begin; row < end; ++row) {
        const char *source = at(in, row, 0);
        char *target = at(out, row, 0);
        for (std::int64_t col = 0; col + 32 <= in.cols; col += 32, source += 64, target += 64) {
            S16 x[halfVectors];
            S16 amax {};
            for (int v = 0; v < halfVectors; ++v) {
                x[v] = load<S16>(source + v * W * 4);
                amax = maxS(amax, x[v] & 0x7fff);
            }
            amax = reduceMaxHalves(amax);
            const S16 e = ((amax + static_cast<std::int16_t>(bump)) >> 7) - 2;
            if (static_cast<unsigned>(e[0] - 3) > 247U) {
                const ConstMatrix from { source, DType::bf16, 1, 32, 32 };
                const Matrix to { target, DType::bf16, 1, 32, 32 };
                fakeQuantizeRows<General, DType::bf16, DType::bf16, false, false>(constants, from,
                                                                                  clip, to, 0, 1);
                continue;
            }
            const S16 s = e << 7;
            const S16 top = s + 0x140; // 6 s
            for (int v = 0; v < halfVectors; ++v) {
                S16 a = x[v] & 0x7fff;
                a = a < top ? a : top;
                const S16 normal = (a + 0x1f + ((a >> 6) & 1)) & static_cast<std::int16_t>(~0x3f);
                const S16 low = a > s - 0x100 ? s - 0x80 : S16 {}; // above s/4: s/2
                const S16 small = a >= s - 0x40 ? s : low; // from 3s/4: s
                const S16 r = (a < s ? small : normal) | (x[v] & static_cast<std::int16_t>(0x8000));
                Stream ? streamStore(target + v * W * 4, r) : store(target + v * W * 4, r);
            }
        }
        if (const std::int64_t rest = in.cols % 32; rest > 0) {
            const ConstMatrix from { source, DType::bf16, 1, rest, rest };
            const Matrix to { target, DType::bf16, 1, rest, rest };
            fakeQuantizeRows<General, DType::bf16, DType::bf16, false, false>(constants, from, clip,
                                                                              to, 0, 1);
        }
    }
}

#endif

/// f(row, block, x) for every 32-column block, zero-padded.
template<class Function>
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
template<class Q>
BATLAB_INLINE std::int64_t blocksIn(std::int64_t cols)
{
    return (cols + Q::block - 1) / Q::block;
}
template<class Q>
BATLAB_INLINE int partsIn(std::int64_t cols, std::int64_t block)
{
    return Q::block == 32 || block * 32 + Q::block >= cols ? 1 : 2;
}

} // namespace

QuantizeRows pickRows(const QuantSpec &spec, DType in, DType out, bool clipped, bool stream)
{
    QuantizeRows f = nullptr;
    withQuantizer(spec, [&](const auto &q) {
        using Q = std::remove_cvref_t<decltype(q)>;
        withType(in, [&](auto from) {
            withType(out, [&](auto to) {
                constexpr DType In = decltype(from)::value;
                constexpr DType Out = decltype(to)::value;
                f = clipped ? &fakeQuantizeRows<Q, In, Out, true, false>
                            : &fakeQuantizeRows<Q, In, Out, false, false>;
                // Streaming pays where the kernel keeps up with memory; the rest is not worth its
                // code.
                if constexpr (std::is_same_v<Q, Quantizer<Kind::e2m1, true>>) {
                    f = !clipped && stream ? &fakeQuantizeRows<Q, In, Out, false, true> : f;
                }
            });
        });
    });
    if (in == DType::bf16 && out == DType::bf16 && !clipped && spec.format == Format::mxfp4
        && spec.ties == Ties::even && spec.rule != ScaleRule::prescale) {
#if BATLAB_WIDTH == 16
        // 16-bit compares into mask registers are slower than AVX2's (measured: 3.6 against 4.7
        // Gelt/s on Zen 4).
        f = level_v3::pickRows(spec, in, out, clipped, stream);
#else
        f = stream ? &fakeQuantizeHalves<true> : &fakeQuantizeHalves<false>;
#endif
    }
    return f;
}

void fakeQuantize(ConstMatrix in, const Clip &clip, const QuantSpec &spec, Matrix out,
                  const Exec &exec)
{
    const bool clipped = clip.lo != nullptr && clip.hi != nullptr;
    const bool stream = !clipped && shouldStream(out, in.data);
    const QuantizeRows rows = pickRows(spec, in.dtype, out.dtype, clipped, stream);
    const QuantConstants constants = quantConstants(spec);
    forRanges(in.rows, rowGrain(in.cols), exec.threads, [&](std::int64_t begin, std::int64_t end) {
        rows(constants, in, clip, out, begin, end);
        if (stream) {
            streamFence();
        }
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
                store(target + v * W, narrow8(as<U>(c)));
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
                    const auto pairs = __builtin_bit_cast(Pairs, narrow8(as<U>(q.code(x[v], s))));
                    const Pairs packed = (pairs & 15) | (pairs >> 4);
                    store(nibbles + index * 16 + v * W / 2, __builtin_convertvector(packed, Bytes));
                }
            });
        }
    });
}

} // namespace batlab::kernels::BATLAB_LEVEL
