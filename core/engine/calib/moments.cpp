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

constexpr std::int64_t kCopiedColumns = 128;

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

/// W_b^T W_b of every block of g columns, fp32 [k, g, g], columns padded with zeros. rowFactor:
/// what the rows are multiplied by before, [rows]; undefined: nothing.
at::Tensor blockSquares(const at::Tensor &w, std::int64_t g, const at::Tensor &rowFactor = {})
{
    const std::int64_t rows = w.size(0), n = w.size(1), k = (n + g - 1) / g;
    if (!w.is_cpu()) {
        const at::Tensor scaled =
            rowFactor.defined() ? w * rowFactor.to(w.device(), at::kFloat).unsqueeze(1) : w;
        const at::Tensor blocks =
            at::constant_pad_nd(scaled, { 0, k * g - n }).reshape({ rows, k, g }).transpose(0, 1);
        return at::bmm(blocks.transpose(1, 2), blocks);
    }
    const at::Tensor in = w.contiguous();
    const at::Tensor by =
        rowFactor.defined() ? rowFactor.to(at::kFloat).contiguous() : at::Tensor();
    const auto *from = in.const_data_ptr<float>();
    const auto *factors = by.defined() ? by.const_data_ptr<float>() : nullptr;
    at::Tensor out = at::zeros({ k, g, g }, w.options());
    // Blocks are copied a few at a time: in a wide matrix, the rows of one block lie pages apart.
    const std::int64_t together = std::max<std::int64_t>(1, kCopiedColumns / g);
    const auto copied = [&](std::int64_t first, std::int64_t columns, float *to) {
        for (std::int64_t r = 0; r < rows; ++r) {
            for (std::int64_t c = 0; c < columns; c += g) {
                const std::int64_t m = std::min(g, columns - c);
                const float *line = from + r * n + first + c;
                float *block = to + rows * c + r * m;
                if (factors == nullptr)
                    std::copy_n(line, m, block);
                else
                    std::transform(line, line + m, block,
                                   [f = factors[r]](float x) { return x * f; });
            }
        }
    };
    // A block's product on one thread: the same sums at any number of them.
    at::parallel_for(
        0, (k + together - 1) / together, 1, [&](std::int64_t begin, std::int64_t end) {
            const c10::NoGradGuard noGrad;
            for (std::int64_t p = begin; p < end; ++p) {
                const std::int64_t first = p * together * g;
                const std::int64_t columns = std::min(together * g, n - first);
                const at::Tensor panel = at::empty({ rows * columns }, w.options());
                copied(first, columns, panel.data_ptr<float>());
                for (std::int64_t c = 0; c < columns; c += g) {
                    const std::int64_t m = std::min(g, columns - c);
                    const at::Tensor block = panel.narrow(0, rows * c, rows * m).view({ rows, m });
                    out.select(0, (first + c) / g)
                        .narrow(0, 0, m)
                        .narrow(1, 0, m)
                        .copy_(at::mm(block.t(), block));
                }
            }
        });
    return out;
}

const at::Tensor &factorOf(const std::vector<at::Tensor> &factors, std::size_t weight)
{
    static const at::Tensor none;
    return weight < factors.size() ? factors[weight] : none;
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

at::Tensor weightBlockMoments(const std::vector<at::Tensor> &weights, std::int64_t g,
                              const std::vector<at::Tensor> &rowFactors)
{
    at::Tensor total;
    std::int64_t rows = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const at::Tensor &w = weights[i];
        const at::Tensor product =
            blockSquares(w.to(at::kFloat), g, factorOf(rowFactors, i)).to(at::kDouble);
        total = total.defined() ? total + product : product;
        rows += w.size(0);
    }
    return total / static_cast<double>(rows);
}

at::Tensor weightMeanSquares(const std::vector<at::Tensor> &weights,
                             const std::vector<at::Tensor> &rowFactors)
{
    const std::int64_t n = weights.front().size(1);
    if (!weights.front().is_cpu())
        return weightBlockMoments(weights, 32, rowFactors)
            .diagonal(0, 1, 2)
            .reshape({ -1 })
            .narrow(0, 0, n);
    // Sums of fp64 in the order of the rows, a strip of columns a thread.
    at::Tensor total = at::zeros({ n }, at::kDouble);
    auto *sums = total.data_ptr<double>();
    std::int64_t rows = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const at::Tensor w = weights[i].to(at::kFloat).contiguous();
        const at::Tensor &given = factorOf(rowFactors, i);
        const at::Tensor by = given.defined() ? given.to(at::kFloat).contiguous()
                                              : at::ones({ w.size(0) }, at::kFloat);
        const auto *from = w.const_data_ptr<float>();
        const auto *factors = by.const_data_ptr<float>();
        constexpr std::int64_t kStrip = 128;
        at::parallel_for(
            0, (n + kStrip - 1) / kStrip, 1, [&](std::int64_t begin, std::int64_t end) {
                const std::int64_t first = begin * kStrip, last = std::min(end * kStrip, n);
                for (std::int64_t r = 0; r < w.size(0); ++r) {
                    for (std::int64_t c = first; c < last; ++c) {
                        const double x = double(from[r * n + c] * factors[r]);
                        sums[c] += x * x;
                    }
                }
            });
        rows += w.size(0);
    }
    return total / static_cast<double>(rows);
}

} // namespace batlab::calib
