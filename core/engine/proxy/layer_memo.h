// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/layer_state.h"
#include "core/engine/calib/weight_sums.h"

#include <array>
#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace batlab::proxy {

/// What one question about a layer worked out and the next may use again: sums of its weights and
/// inputs, sampled rows, transforms. One thread at a time.
class LayerMemo
{
public:
    using Tensors = std::vector<at::Tensor>;
    /// make()'s tensors, made when `what` was not asked for of these tensors lately. Large tensors
    /// are the same if they are one object, small ones if their values are equal.
    const Tensors &of(const std::string &what, const Tensors &from,
                      const std::function<Tensors()> &make);

private:
    struct Entry
    {
        std::string what;
        Tensors from, value;
    };
    std::deque<Entry> m_entries; ///< newest first
    std::size_t m_bytes = 0; ///< of all values
};

/// Sums of a layer's whole weights under folds, each worked out once a layer: a diagonal scales
/// the columns of its site, and the rows of V (T2) and up (T4), which alone are summed again.
class MemoSums : public calib::WeightSums
{
public:
    /// raw: all rows, nothing folded; inputs: of the sites, nothing folded. They outlive this.
    /// moments: how those of the inputs were summed (memoMoments); last bits depend on it.
    MemoSums(LayerMemo &memo, const ModelConfig &config, const nn::LayerWeights &raw,
             const nn::SiteTensors &inputs, std::int64_t moments)
        : m_memo(memo), m_config(config), m_raw(raw), m_inputs(inputs), m_moments(moments)
    { }
    [[nodiscard]] at::Tensor meanSquares(Site site) override;
    [[nodiscard]] at::Tensor blockMoments(Site site, std::int64_t g) override;
    [[nodiscard]] at::Tensor peaks(Site site) override;
    [[nodiscard]] at::Tensor kept(Site site, const std::string &key,
                                  const std::function<at::Tensor()> &make) override;
    void folded(Site site, const at::Tensor &d) override;
    /// What a linear's output rows were multiplied by, fp64 [out]; undefined: nothing.
    [[nodiscard]] const at::Tensor &rowFactor(Linear l) const
    {
        return m_rows[static_cast<std::size_t>(l)];
    }
    /// What the inputs were multiplied by, fp64 [n] by site; undefined: nothing.
    [[nodiscard]] const std::array<at::Tensor, 4> &diagonals() const { return m_columns; }

private:
    /// rowFactor: not yet in the weight; undefined: none.
    using Figure = std::function<at::Tensor(const at::Tensor &weight, const at::Tensor &rowFactor)>;
    /// One figure of every linear of a site.
    [[nodiscard]] std::vector<at::Tensor> figures(Site site, const std::string &what,
                                                  const Figure &figure);
    /// Figures that are means over rows, put together.
    [[nodiscard]] at::Tensor mean(Site site, const std::string &what, const Figure &figure);

    LayerMemo &m_memo;
    const ModelConfig &m_config;
    const nn::LayerWeights &m_raw;
    const nn::SiteTensors &m_inputs;
    std::int64_t m_moments;
    std::array<at::Tensor, 4> m_columns; ///< fp64 [n] by site
    std::array<at::Tensor, 7> m_rows;
};

/// Moments of a site's raw inputs; blocks as SiteMoments::addBlocks, 0: all of them.
[[nodiscard]] calib::SiteMoments memoMoments(LayerMemo &memo, const at::Tensor &x,
                                             std::int64_t blocks);
/// The weights with at most `rows` output rows a linear (calib::evenRows).
[[nodiscard]] nn::LayerWeights memoRows(LayerMemo &memo, const nn::LayerWeights &weights,
                                        std::int64_t rows);
/// x W^T + b of the sampled weights, before any fold.
[[nodiscard]] at::Tensor memoOutput(LayerMemo &memo, const at::Tensor &x, const at::Tensor &weight,
                                    const at::Tensor &bias);
/// Stage "transform": its starting factors are looked up under `key`, which names everything that
/// decides them beside the parameters, the inputs, the weights and the diagonals of `sums`.
void memoTransform(LayerMemo &memo, const std::string &key, const nn::SiteTensors &inputs,
                   calib::LayerState &state, const Json &parameters,
                   const std::function<void()> &check, MemoSums &sums);
/// calib::siteCondition.
[[nodiscard]] double memoCondition(LayerMemo &memo, const SiteSolution &site);

} // namespace batlab::proxy
