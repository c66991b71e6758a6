// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace batlab::tune {

/// All trained values of a model in one flat fp32 vector with their gradients and learning rates:
/// what the optimizer sees and a checkpoint keeps.
class Parameters
{
public:
    /// A run of values with a shape; unused slots are empty.
    struct Slot
    {
        std::int64_t offset = -1;
        std::vector<std::int64_t> shape;
        [[nodiscard]] bool used() const { return offset >= 0; }
    };

    /// Adds the values of `initial` with a rate; rate 0 adds nothing.
    Slot add(const at::Tensor &initial, double rate);
    /// Ends the adding; from here on the values live on `device`.
    void seal(at::Device device = at::kCPU);

    /// The slot's values as a leaf that requires grad (a copy of the moment; cheap).
    [[nodiscard]] at::Tensor leaf(const Slot &slot) const;
    /// Adds a leaf's gradient to the slot's.
    void collect(const Slot &slot, const at::Tensor &leaf);
    void clearGradients();

    [[nodiscard]] at::Tensor &values() { return m_values; } ///< fp32 [size]
    [[nodiscard]] at::Tensor &gradients() { return m_gradients; }
    [[nodiscard]] const std::vector<float> &rates() const { return m_rates; }
    [[nodiscard]] std::size_t size() const { return m_rates.size(); }

private:
    std::vector<float> m_initial, m_rates;
    at::Tensor m_values, m_gradients;
};

} // namespace batlab::tune
