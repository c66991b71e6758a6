// SPDX-License-Identifier: Apache-2.0
#include "kernels/produced.h"

#include "kernels/parallel.h"
#include "kernels/scalar/block.h"

#include <cmath>
#include <vector>

namespace batlab::kernels {

namespace {

std::int64_t bytesOf(DType type) { return type == DType::f32 ? 4 : 2; }

/// Rows [first, first + count) of a matrix.
Matrix rowsOf(Matrix m, std::int64_t first, std::int64_t count)
{
    m.data = static_cast<std::uint8_t *>(m.data) + first * m.rowStride * bytesOf(m.dtype);
    m.rows = count;
    return m;
}

/// One row as the model produces it, in fp32.
void produceRow(const Produced &s, std::int64_t row, std::vector<float> &x, std::vector<float> &up)
{
    const auto cols = static_cast<int>(s.x.cols);
    oracle::loadRow(s.x, row, 0, cols, x.data());
    if (s.up.data != nullptr) {
        oracle::loadRow(s.up, row, 0, cols, up.data());
    }
    for (std::size_t c = 0; c < x.size(); ++c) {
        if (s.up.data != nullptr) {
            x[c] = x[c] / (1.0F + std::exp(-x[c])) * up[c];
        } else if (s.rowScale != nullptr) {
            x[c] = x[c] * s.rowScale[row] * s.gamma[c];
        }
    }
}

} // namespace

void producedByEntries(const Backend &table, const Produced &produced, OnlineTransform transform,
                       const Gpk &p, const Clip &clip, const QuantSpec &spec, const Matrix &out,
                       const Exec &exec)
{
    const std::int64_t cols = produced.x.cols;
    forRanges(produced.x.rows, rowGrain(cols), exec.threads,
              [&](std::int64_t begin, std::int64_t end) {
                  const std::int64_t rows = end - begin;
                  std::vector<float> row(static_cast<std::size_t>(cols));
                  std::vector<float> up(produced.up.data != nullptr ? row.size() : 0);
                  std::vector<std::uint8_t> memory(
                      static_cast<std::size_t>(rows * cols * bytesOf(produced.dtype)));
                  const Matrix stored { memory.data(), produced.dtype, rows, cols, cols };
                  for (std::int64_t r = 0; r < rows; ++r) {
                      produceRow(produced, begin + r, row, up);
                      oracle::storeRow(stored, r, 0, static_cast<int>(cols), row.data());
                  }
                  Clip own = clip;
                  if (clip.lo != nullptr && clip.hi != nullptr) {
                      own.lo += begin * clip.rowStride;
                      own.hi += begin * clip.rowStride;
                  }
                  const Matrix target = rowsOf(out, begin, rows);
                  switch (transform) {
                  case OnlineTransform::none:
                      table.fakeQuantize(stored, own, spec, target, {});
                      break;
                  case OnlineTransform::hadamard32: {
                      std::vector<float> turned(static_cast<std::size_t>(rows * cols));
                      const Matrix between { turned.data(), DType::f32, rows, cols, cols };
                      table.hadamard32(stored, nullptr, between, {});
                      table.fakeQuantize(between, own, spec, target, {});
                      break;
                  }
                  case OnlineTransform::gpk:
                      table.gpkFakeQuantize(stored, p, own, spec, target, {});
                      break;
                  }
              });
}

} // namespace batlab::kernels
