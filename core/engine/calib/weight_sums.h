// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <string>

namespace batlab::calib {

struct LayerState;

/// What folds and transforms ask of a site's weights: sums over all output rows of its linears, in
/// the coordinates of what has been folded so far.
class WeightSums
{
public:
    virtual ~WeightSums() = default;
    [[nodiscard]] virtual at::Tensor meanSquares(Site site) = 0; ///< fp64 [n]
    /// fp64 [k, g, g], columns padded with zeros (weightBlockMoments).
    [[nodiscard]] virtual at::Tensor blockMoments(Site site, std::int64_t g) = 0;
    [[nodiscard]] virtual at::Tensor peaks(Site site) = 0; ///< largest |w| of a column, fp32 [n]
    /// make()'s result, which nothing but `key`, the folds, the inputs and the weights decides:
    /// whoever remembers it need not make it again.
    [[nodiscard]] virtual at::Tensor kept(Site site, const std::string &key,
                                          const std::function<at::Tensor()> &make)
    {
        (void)site, (void)key;
        return make();
    }
    /// A diagonal d (fp64 [n], as applyDiagonal returned it) was folded at a site.
    virtual void folded(Site site, const at::Tensor &d) = 0;
};

/// Sums of the weights as they stand in the state.
class StateSums : public WeightSums
{
public:
    explicit StateSums(const LayerState &state) : m_state(state) { }
    [[nodiscard]] at::Tensor meanSquares(Site site) override;
    [[nodiscard]] at::Tensor blockMoments(Site site, std::int64_t g) override;
    [[nodiscard]] at::Tensor peaks(Site site) override;
    void folded(Site, const at::Tensor &) override { }

private:
    const LayerState &m_state;
};

/// Indices of `kept` of `rows` output rows, evenly spread: a linear that holds fewer rows than its
/// model has holds these. int64 [kept].
[[nodiscard]] at::Tensor evenRows(std::int64_t rows, std::int64_t kept);

} // namespace batlab::calib
