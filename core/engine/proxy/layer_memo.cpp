// SPDX-License-Identifier: Apache-2.0
#include "core/engine/proxy/layer_memo.h"

#include "core/engine/calib/finished_layer.h"
#include "core/engine/calib/moments.h"
#include "core/engine/calib/site_flow.h"
#include "core/engine/calib/site_transform.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>

namespace batlab::proxy {

namespace {

constexpr std::size_t kMostBytes = std::size_t { 256 } << 20;
constexpr std::size_t kMostEntries = 128; // the search looks at each
constexpr std::int64_t kSmall = 1 << 16; ///< numbers that are compared one by one
constexpr std::int64_t kWidestKept = 2048; ///< channels whose n x n moments are kept

bool same(const at::Tensor &a, const at::Tensor &b)
{
    if (!a.defined() || !b.defined())
        return a.defined() == b.defined();
    return a.is_same(b)
        || (a.numel() <= kSmall && a.sizes() == b.sizes() && a.scalar_type() == b.scalar_type()
            && at::equal(a, b));
}

std::size_t bytesOf(const LayerMemo::Tensors &tensors)
{
    std::size_t sum = 0;
    for (const at::Tensor &t : tensors)
        sum += t.defined() ? t.nbytes() : 0;
    return sum;
}

std::vector<Linear> linearsOf(Site site)
{
    std::vector<Linear> out;
    for (const Linear l : kLinears)
        if (inputSite(l) == site)
            out.push_back(l);
    return out;
}

} // namespace

const LayerMemo::Tensors &LayerMemo::of(const std::string &what, const Tensors &from,
                                        const std::function<Tensors()> &make)
{
    const auto known = std::find_if(m_entries.begin(), m_entries.end(), [&](const Entry &e) {
        return e.what == what
            && std::equal(e.from.begin(), e.from.end(), from.begin(), from.end(), same);
    });
    if (known != m_entries.end()) {
        std::rotate(m_entries.begin(), known, known + 1);
    } else {
        m_entries.push_front({ what, from, make() });
        m_bytes += bytesOf(m_entries.front().value);
        while (m_entries.size() > kMostEntries || (m_bytes > kMostBytes && m_entries.size() > 1)) {
            m_bytes -= bytesOf(m_entries.back().value);
            m_entries.pop_back();
        }
    }
    return m_entries.front().value;
}

std::vector<at::Tensor> MemoSums::figures(Site site, const std::string &what, const Figure &figure)
{
    std::vector<at::Tensor> out;
    for (const Linear l : linearsOf(site)) {
        const at::Tensor &w = m_raw.of(l), &by = rowFactor(l);
        out.push_back(
            m_memo.of(what, { w, by }, [&]() -> LayerMemo::Tensors { return { figure(w, by) }; })
                .front());
    }
    return out;
}

at::Tensor MemoSums::mean(Site site, const std::string &what, const Figure &figure)
{
    const std::vector<at::Tensor> each = figures(site, what, figure);
    const std::vector<Linear> linears = linearsOf(site);
    at::Tensor total;
    double rows = 0;
    for (std::size_t i = 0; i < each.size(); ++i) {
        const auto count = static_cast<double>(m_raw.of(linears[i]).size(0));
        total = total.defined() ? total + each[i] * count : each[i] * count;
        rows += count;
    }
    return total / rows;
}

at::Tensor MemoSums::meanSquares(Site site)
{
    const at::Tensor raw =
        mean(site, "mean squares", [](const at::Tensor &w, const at::Tensor &by) {
            return calib::weightMeanSquares({ w }, { by });
        });
    const at::Tensor &d = m_columns[static_cast<std::size_t>(site)];
    return d.defined() ? raw / d.square() : raw;
}

at::Tensor MemoSums::blockMoments(Site site, std::int64_t g)
{
    const at::Tensor raw =
        mean(site, fmt::format("moments of {}", g), [g](const at::Tensor &w, const at::Tensor &by) {
            return calib::weightBlockMoments({ w }, g, { by });
        });
    const at::Tensor &d = m_columns[static_cast<std::size_t>(site)];
    if (!d.defined())
        return raw;
    const std::int64_t k = raw.size(0);
    const at::Tensor blocks = at::constant_pad_nd(d, { 0, k * g - d.size(0) }, 1).reshape({ k, g });
    return raw / (blocks.unsqueeze(1) * blocks.unsqueeze(2));
}

at::Tensor MemoSums::peaks(Site site)
{
    at::Tensor peak;
    for (const at::Tensor &each :
         figures(site, "peaks", [](const at::Tensor &w, const at::Tensor &by) {
             return (by.defined() ? w * by.to(at::kFloat).unsqueeze(1) : w).abs().amax(0);
         }))
        peak = peak.defined() ? at::maximum(peak, each) : each;
    const at::Tensor &d = m_columns[static_cast<std::size_t>(site)];
    return d.defined() ? (peak.to(at::kDouble) / d).to(at::kFloat) : peak;
}

at::Tensor MemoSums::kept(Site site, const std::string &key,
                          const std::function<at::Tensor()> &make)
{
    const auto s = static_cast<std::size_t>(site);
    LayerMemo::Tensors from { m_inputs[s], m_columns[s] };
    for (const Linear l : linearsOf(site))
        from.insert(from.end(), { m_raw.of(l), rowFactor(l) });
    return m_memo
        .of(fmt::format("{}, moments {}", key, m_moments), from,
            [&]() -> LayerMemo::Tensors { return { make() }; })
        .front();
}

void MemoSums::folded(Site site, const at::Tensor &d)
{
    const auto times = [](at::Tensor &to, const at::Tensor &by) {
        to = to.defined() ? to * by : by;
    };
    times(m_columns[static_cast<std::size_t>(site)], d);
    if (site == Site::t2) // tied over the query heads of a key/value head
        times(m_rows[static_cast<std::size_t>(Linear::v)],
              d.view({ m_config.kvHeads, m_config.heads / m_config.kvHeads, m_config.headDim })
                  .select(1, 0)
                  .reshape({ -1 }));
    else if (site == Site::t4)
        times(m_rows[static_cast<std::size_t>(Linear::up)], d);
}

calib::SiteMoments memoMoments(LayerMemo &memo, const at::Tensor &x, std::int64_t blocks)
{
    const auto make = [&] {
        calib::SiteMoments m;
        if (blocks > 0)
            m.addBlocks(x, blocks);
        else
            m.add(x);
        return m;
    };
    if (blocks == 0 && x.size(1) > kWidestKept)
        return make();
    const LayerMemo::Tensors &kept =
        memo.of(fmt::format("input moments of {}", blocks), { x }, [&]() -> LayerMemo::Tensors {
            const calib::SiteMoments m = make();
            return { m.sum, m.blockSums, m.maxAbs, m.sumAbs };
        });
    calib::SiteMoments out;
    out.sum = kept[0];
    out.blockSums = kept[1];
    out.maxAbs = kept[2];
    out.sumAbs = kept[3];
    out.tokens = x.size(0);
    return out;
}

nn::LayerWeights memoRows(LayerMemo &memo, const nn::LayerWeights &weights, std::int64_t rows)
{
    nn::LayerWeights out = weights;
    for (const Linear l : kLinears) {
        const at::Tensor &w = weights.of(l), &bias = weights.biasOf(l);
        if (w.size(0) <= rows)
            continue;
        const LayerMemo::Tensors &kept =
            memo.of(fmt::format("{} rows", rows), { w, bias }, [&]() -> LayerMemo::Tensors {
                const at::Tensor chosen = calib::evenRows(w.size(0), rows);
                return { w.index_select(0, chosen),
                         bias.defined() ? bias.index_select(0, chosen) : at::Tensor() };
            });
        out.of(l) = kept[0];
        out.biasOf(l) = kept[1];
    }
    return out;
}

at::Tensor memoOutput(LayerMemo &memo, const at::Tensor &x, const at::Tensor &weight,
                      const at::Tensor &bias)
{
    return memo
        .of("output", { x, weight, bias },
            [&]() -> LayerMemo::Tensors { return { at::linear(x, weight, bias) }; })
        .front();
}

void memoTransform(LayerMemo &memo, const std::string &key, const nn::SiteTensors &inputs,
                   calib::LayerState &state, const Json &parameters,
                   const std::function<void()> &check, MemoSums &sums)
{
    const std::string kind = parameters.at("kind");
    if (kind != "gpk" && kind != "dense") { // made in no time, or of all rows
        calib::runTransform(state, parameters, check, &sums);
        return;
    }
    // The diagonals themselves: what they depend on is the fold's affair.
    LayerMemo::Tensors from { inputs.begin(), inputs.begin() + kLinearSites.size() };
    from.insert(from.end(), sums.diagonals().begin(), sums.diagonals().end());
    const LayerMemo::Tensors kept =
        memo.of("transform " + parameters.dump() + key, from, [&]() -> LayerMemo::Tensors {
            calib::runTransform(state, parameters, check, &sums);
            LayerMemo::Tensors out;
            for (const SiteSolution &site : state.sites)
                out.insert(out.end(), { site.factors.a, site.factors.b });
            return out;
        });
    for (std::size_t s = 0; s < 4; ++s) {
        if (!kept[2 * s].defined())
            continue;
        state.sites[s].transform = SiteSolution::Transform::gpk;
        state.sites[s].factors = { kept[2 * s], kept[2 * s + 1] };
    }
}

double memoCondition(LayerMemo &memo, const SiteSolution &site)
{
    if (site.transform != SiteSolution::Transform::gpk || site.fixed)
        return 1;
    return memo
        .of("condition", { site.factors.a, site.factors.b },
            [&]() -> LayerMemo::Tensors {
                return { at::full({}, calib::siteCondition(site), at::kDouble) };
            })
        .front()
        .item<double>();
}

} // namespace batlab::proxy
