// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/cuda/bench_row.h"
#include "kernels/cuda/cuda_backend.h"

#include <ATen/ATen.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAStream.h>

#include <array>
#include <stdexcept>
#include <string_view>

/// What the files of the GPU benchmark share.
namespace batlab::cuda {

inline constexpr int kSets = 4; ///< of inputs, larger than the L2 cache together

inline kernels::Matrix matrix(const at::Tensor &t)
{
    return { t.data_ptr(),
             t.scalar_type() == at::kBFloat16 ? kernels::DType::bf16 : kernels::DType::f32,
             t.size(0), t.size(1), t.size(1) };
}

/// The current queue, with scratch as the engine gives it: the driver's own allocator is not timed.
[[nodiscard]] kernels::Exec exec();

/// Measures pairs and hands their rows on.
class Bench
{
public:
    Bench(std::string filter, const std::function<void(const std::string &)> &row)
        : m_filter(std::move(filter)), m_row(row)
    { }
    [[nodiscard]] bool wanted(std::string_view name) const;
    /// Nothing if the name does not hold the filter; a row with an error if it cannot run.
    void run(const Pair &pair);
    /// A row that says why a benchmark does not run here.
    void refuse(const Pair &pair, const std::string &why);
    /// Rows that share inputs. What ends the group (no memory for its inputs) ends no other.
    void group(const std::string &name, const std::function<void()> &rows);

private:
    std::string m_filter;
    const std::function<void(const std::string &)> &m_row;
};

/// Normal numbers in bf16 with a thousandth of outliers 30 times larger.
[[nodiscard]] at::Tensor sample(at::IntArrayRef shape);

/// Four inputs and outputs of one shape, and copies of the first as the denominator.
struct Sets
{
    std::array<at::Tensor, kSets> in, out;
    explicit Sets(at::IntArrayRef shape);
    [[nodiscard]] std::function<void(int)> copy() const
    {
        return [this](int i) { out[i].copy_(in[i]); };
    }
    [[nodiscard]] double elements() const { return static_cast<double>(in[0].numel()); }
};

/// GPK factors of 8 x 4 near the identity over `cols` columns.
struct Factors
{
    at::Tensor a, b;
    explicit Factors(std::int64_t cols);
    [[nodiscard]] kernels::Gpk gpk() const
    {
        return { a.data_ptr<float>(), b.data_ptr<float>(), 8, 4 };
    }
};

// The groups of rows.
void benchElementwise(Bench &bench, const std::vector<std::int64_t> &shape);
void benchChains(Bench &bench, const std::vector<std::int64_t> &shape);
void benchFused(Bench &bench, const std::vector<std::int64_t> &shape);
void benchHadamard(Bench &bench, const std::vector<std::int64_t> &shape);
void benchLinears(Bench &bench, std::int64_t tokens);
void benchGptq(Bench &bench);
void benchNative(Bench &bench, int capability, std::int64_t tokens);

} // namespace batlab::cuda
