// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/moments.h"

#include "core/base/error.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include <algorithm>

namespace batlab::calib {

void addSquare(at::Tensor &sum, const at::Tensor &x)
{
    const std::int64_t n = x.size(1);
    if (!sum.defined())
        sum = at::zeros({ n, n }, x.options().dtype(at::kFloat));
    const bool narrow = x.scalar_type() == at::kBFloat16; // exact factors, sums in fp32
    for (std::int64_t c = 0; c < n; c += kSquarePanel) {
        const std::int64_t m = std::min(kSquarePanel, n - c);
        at::Tensor below = sum.narrow(0, c, m).narrow(1, 0, c + m);
        if (narrow)
            below.add_(at::mm(x.narrow(1, c, m).t(), x.narrow(1, 0, c + m), at::kFloat));
        else
            below.addmm_(x.narrow(1, c, m).t(), x.narrow(1, 0, c + m));
        if (c > 0)
            sum.narrow(0, 0, c).narrow(1, c, m).copy_(below.narrow(1, 0, c).t());
    }
}

namespace {

/// x as rows, and what is kept of every channel alone.
at::Tensor addChannels(SiteMoments &to, const at::Tensor &x)
{
    const at::Tensor rows = x.detach().reshape({ -1, x.size(-1) }).to(at::kFloat);
    const at::Tensor magnitude = rows.abs();
    const at::Tensor peak = magnitude.amax(0);
    // As a matrix product: libtorch's sums depend on the number of threads.
    const at::Tensor total =
        at::mm(at::ones({ 1, rows.size(0) }, rows.options()), magnitude).select(0, 0);
    if (!to.maxAbs.defined()) {
        to.maxAbs = peak;
        to.sumAbs = total;
    } else {
        to.maxAbs = at::maximum(to.maxAbs, peak);
        to.sumAbs = to.sumAbs + total;
    }
    to.tokens += rows.size(0);
    return rows;
}

/// W_b^T W_b of every block of g columns, fp32 [k, g, g], columns padded with zeros.
at::Tensor blockSquares(const at::Tensor &w, std::int64_t g)
{
    const std::int64_t n = w.size(1), k = (n + g - 1) / g;
    if (!w.is_cpu()) {
        const at::Tensor blocks =
            at::constant_pad_nd(w, { 0, k * g - n }).reshape({ w.size(0), k, g }).transpose(0, 1);
        return at::bmm(blocks.transpose(1, 2), blocks);
    }
    at::Tensor out = at::zeros({ k, g, g }, w.options());
    // A block's product on one thread: the same sums at any number of them.
    at::parallel_for(0, k, 1, [&](std::int64_t begin, std::int64_t end) {
        const c10::NoGradGuard noGrad;
        for (std::int64_t b = begin; b < end; ++b) {
            const std::int64_t m = std::min(g, n - b * g);
            const at::Tensor block = w.narrow(1, b * g, m).contiguous();
            out.select(0, b).narrow(0, 0, m).narrow(1, 0, m).copy_(at::mm(block.t(), block));
        }
    });
    return out;
}

} // namespace

void SiteMoments::add(const at::Tensor &x)
{
    const at::Tensor rows = addChannels(*this, x);
    // A GPU multiplies bf16 ten times faster than fp32, with the same exact products.
    const bool narrow = x.is_cuda() && x.scalar_type() == at::kBFloat16;
    addSquare(sum, narrow ? x.detach().reshape({ -1, x.size(-1) }) : rows);
}

void SiteMoments::addBlocks(const at::Tensor &x, std::int64_t g)
{
    const at::Tensor squares = blockSquares(addChannels(*this, x), g);
    blockSums = blockSums.defined() ? blockSums + squares : squares;
}

void SiteMoments::scale(const at::Tensor &d)
{
    const at::Tensor f = d.to(at::kFloat);
    if (sum.defined())
        sum = sum * f.unsqueeze(0) * f.unsqueeze(1);
    if (blockSums.defined()) {
        const std::int64_t k = blockSums.size(0), g = blockSums.size(1);
        const at::Tensor blocks =
            at::constant_pad_nd(f, { 0, k * g - f.size(0) }).reshape({ k, g });
        blockSums = blockSums * blocks.unsqueeze(1) * blocks.unsqueeze(2);
    }
    if (maxAbs.defined())
        maxAbs = maxAbs * f;
    if (sumAbs.defined())
        sumAbs = sumAbs * f;
}

at::Tensor SiteMoments::mean() const { return sum.to(at::kDouble) / static_cast<double>(tokens); }

at::Tensor SiteMoments::meanAbs() const
{
    return sumAbs.to(at::kDouble) / static_cast<double>(tokens);
}

at::Tensor SiteMoments::meanSquares() const
{
    const at::Tensor squares = sum.defined()
        ? sum.diagonal()
        : blockSums.diagonal(0, 1, 2).reshape({ -1 }).narrow(0, 0, channels());
    return squares.to(at::kDouble) / static_cast<double>(tokens);
}

at::Tensor SiteMoments::blockMeans(std::int64_t g) const
{
    if (!sum.defined()) {
        if (blockSums.size(1) != g)
            throw Exception({ ErrorCode::internal,
                              fmt::format("second moments were kept of blocks of {}, not of {}",
                                          blockSums.size(1), g),
                              "site moments",
                              {} });
        return blockSums.to(at::kDouble) / static_cast<double>(tokens);
    }
    const std::int64_t n = sum.size(0), k = (n + g - 1) / g;
    at::Tensor out = at::zeros({ k, g, g }, sum.options().dtype(at::kDouble));
    for (std::int64_t b = 0; b < k; ++b) {
        const std::int64_t m = std::min(g, n - b * g);
        out.select(0, b).narrow(0, 0, m).narrow(1, 0, m).copy_(
            sum.narrow(0, b * g, m).narrow(1, b * g, m));
    }
    return out / static_cast<double>(tokens);
}

at::Tensor weightBlockMoments(const std::vector<at::Tensor> &weights, std::int64_t g)
{
    at::Tensor total;
    std::int64_t rows = 0;
    for (const at::Tensor &w : weights) {
        const at::Tensor product = blockSquares(w.to(at::kFloat), g).to(at::kDouble);
        total = total.defined() ? total + product : product;
        rows += w.size(0);
    }
    return total / static_cast<double>(rows);
}

at::Tensor weightMeanSquares(const std::vector<at::Tensor> &weights)
{
    const std::int64_t n = weights.front().size(1);
    if (!weights.front().is_cpu())
        return weightBlockMoments(weights, 32).diagonal(0, 1, 2).reshape({ -1 }).narrow(0, 0, n);
    // Sums of fp64 in the order of the rows, a strip of columns a thread.
    at::Tensor total = at::zeros({ n }, at::kDouble);
    auto *sums = total.data_ptr<double>();
    std::int64_t rows = 0;
    for (const at::Tensor &weight : weights) {
        const at::Tensor w = weight.to(at::kFloat).contiguous();
        const auto *from = w.const_data_ptr<float>();
        constexpr std::int64_t kStrip = 128;
        at::parallel_for(
            0, (n + kStrip - 1) / kStrip, 1, [&](std::int64_t begin, std::int64_t end) {
                const std::int64_t first = begin * kStrip, last = std::min(end * kStrip, n);
                for (std::int64_t r = 0; r < w.size(0); ++r)
                    for (std::int64_t c = first; c < last; ++c)
                        sums[c] += double(from[r * n + c]) * double(from[r * n + c]);
            });
        rows += w.size(0);
    }
    return total / static_cast<double>(rows);
}

} // namespace batlab::calib
