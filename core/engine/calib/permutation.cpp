// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/permutation.h"

#include <ATen/ATen.h>

#include <vector>

namespace batlab::calib {

namespace {

void permuteRows(nn::LayerWeights &w, Linear l, const at::Tensor &order)
{
    w.of(l) = w.of(l).index_select(0, order);
    if (w.biasOf(l).defined())
        w.biasOf(l) = w.biasOf(l).index_select(0, order);
}

void permuteColumns(LayerState &state, Site site, const at::Tensor &order)
{
    for (const Linear l : state.linearsOf(site))
        state.weights.of(l) = state.weights.of(l).index_select(1, order);
    SiteMoments &m = state.momentsOf(site);
    m.sum = m.sum.index_select(0, order).index_select(1, order);
    m.maxAbs = m.maxAbs.index_select(0, order);
    m.sumAbs = m.sumAbs.index_select(0, order);
}

void permuteValues(LayerState &state, const std::string &kind)
{
    const ModelConfig &c = state.config;
    const std::int64_t group = c.heads / c.kvHeads;
    const at::Tensor peak =
        state.momentsOf(Site::t2).maxAbs.view({ c.kvHeads, group, c.headDim }).amax(1);
    std::vector<at::Tensor> rows;
    std::vector<at::Tensor> columns;
    std::vector<at::Tensor> turns;
    for (std::int64_t h = 0; h < c.kvHeads; ++h) {
        const at::Tensor order = channelOrder(peak[h], kind, kMxBlock);
        rows.push_back(order + h * c.headDim);
        turns.push_back(at::eye(c.headDim, at::kDouble).index_select(1, order.cpu()));
        for (std::int64_t j = h * group; j < (h + 1) * group; ++j)
            columns.push_back(order + j * c.headDim);
    }
    permuteRows(state.weights, Linear::v, at::cat(rows));
    permuteColumns(state, Site::t2, at::cat(columns));
    state.basis.turnValues(c.kvHeads, at::stack(turns));
}

} // namespace

at::Tensor channelOrder(const at::Tensor &magnitude, const std::string &kind, std::int64_t block)
{
    const at::Tensor sorted = std::get<1>(magnitude.sort(true, 0, true)).cpu().contiguous();
    if (kind == "cluster")
        return sorted.to(magnitude.device());
    const std::int64_t n = magnitude.size(0);
    const std::int64_t bins = (n + block - 1) / block;
    std::vector<std::vector<std::int64_t>> dealt(static_cast<std::size_t>(bins));
    const auto room = [&](std::int64_t bin) {
        const std::int64_t capacity = std::min(block, n - bin * block); // the last may be short
        return static_cast<std::int64_t>(dealt[static_cast<std::size_t>(bin)].size()) < capacity;
    };
    const std::int64_t *channel = sorted.const_data_ptr<std::int64_t>();
    for (std::int64_t i = 0, turn = 0; i < n; ++turn) {
        const std::int64_t along = turn % bins;
        const std::int64_t bin = (turn / bins) % 2 == 0 ? along : bins - 1 - along;
        if (room(bin))
            dealt[static_cast<std::size_t>(bin)].push_back(channel[i++]);
    }
    at::Tensor out = at::empty({ n }, at::kLong);
    std::int64_t *p = out.data_ptr<std::int64_t>();
    for (const auto &bin : dealt)
        p = std::copy(bin.begin(), bin.end(), p);
    return out.to(magnitude.device());
}

void runPermutation(LayerState &state, const std::string &kind, const Json &sites)
{
    if (kind == "none")
        return;
    if (chosen(sites, Site::t2))
        permuteValues(state, kind);
    if (chosen(sites, Site::t4)) {
        const at::Tensor order = channelOrder(state.momentsOf(Site::t4).maxAbs, kind, kMxBlock);
        permuteRows(state.weights, Linear::gate, order);
        permuteRows(state.weights, Linear::up, order);
        permuteColumns(state, Site::t4, order);
        state.basis.downOrder = order.cpu();
    }
}

} // namespace batlab::calib
