// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace batlab::calib {

/// All trained values of a layer in one flat fp32 tensor; slots are views into it.
class Parameters
{
public:
    struct Slot
    {
        std::int64_t offset = -1;
        std::vector<std::int64_t> shape;
        [[nodiscard]] bool used() const { return offset >= 0; }
    };

    explicit Parameters(at::Device device = at::kCPU) : m_device(device) { }
    [[nodiscard]] at::Device device() const { return m_device; }

    /// `factor` times the learning rate is the slot's own.
    Slot add(const at::Tensor &initial, double factor);
    /// No slots after this; on the device, with gradients, from here on.
    void seal();

    [[nodiscard]] at::Tensor get(const Slot &slot) const;
    [[nodiscard]] at::Tensor &flat() { return m_flat; }
    [[nodiscard]] const std::vector<float> &factors() const { return m_factors; }
    [[nodiscard]] std::size_t size() const { return m_values.size(); }

private:
    at::Device m_device;
    std::vector<float> m_values;
    std::vector<float> m_factors;
    at::Tensor m_flat;
};

/// How a factor's matrix follows from its free values.
enum class FactorForm : std::uint8_t {
    affine, ///< the matrix itself
    orthogonal, ///< A0 times a Cayley rotation: stays orthogonal if A0 is (methods.md 2.7)
    svd ///< U0 C(S_u) diag(e^z) C(S_v)^T V0^T of A0 = U0 diag(e^z0) V0^T (methods.md 2.9, A.2)
};
[[nodiscard]] FactorForm factorForm(std::string_view parametrization);

/// A or B of a transform while it is trained: [.., g, g] fp32.
class TrainedFactor
{
public:
    TrainedFactor() = default;
    /// cap > 0 bounds the condition number in the svd form: log singular values within log(cap)/2
    /// of their mean.
    TrainedFactor(Parameters &parameters, const at::Tensor &start, FactorForm form, double cap);

    [[nodiscard]] bool used() const { return m_first.used(); }
    /// The matrix of the current values, fp32, with their graph.
    [[nodiscard]] at::Tensor matrix(const Parameters &parameters) const;

private:
    FactorForm m_form = FactorForm::affine;
    double m_bound = 0;
    at::Tensor m_left, m_right; ///< fp64: A0, or U0 and V0^T
    Parameters::Slot m_first, m_second, m_logs;
};

} // namespace batlab::calib
