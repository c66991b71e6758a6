// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/tune/device_codes.h"
#include "core/engine/variant/layer_solution.h"

#include <cstdint>
#include <vector>

namespace batlab::tune {

/// Rate and averages of one step of the codes.
struct CodeStep
{
    double rate = 0; ///< in steps of the grid
    double beta1 = 0.9, beta2 = 0.95;
    std::int64_t step = 0; ///< from 0
};

/// A weight whose E2M1 codes may each move to a neighbour on the grid. Every code has an offset in
/// [-1, 1] that starts at 0 and follows the straight-through gradient of the weight (in units of
/// grid steps, Adam's mean for each code, its second moment for each block); the code is the
/// starting one plus the rounded offset. Block scales stand still. About 4 bytes a weight, on the
/// device of the solution.
class LearnedCodes
{
public:
    /// solution.format must be mxfp4 or nvfp4 (canLearn).
    explicit LearnedCodes(const LinearSolution &solution);
    [[nodiscard]] static bool canLearn(const LinearSolution &solution);

    /// Dequantized values of the moment times epilogue() in `type`, kept up to date by step().
    [[nodiscard]] const at::Tensor &weight(at::ScalarType type);
    /// Moves the offsets by one step; gradient: of the loss in weight(), any floating type.
    void step(const at::Tensor &gradient, const CodeStep &how);
    /// Writes the codes of the moment, packed as the solution's were.
    void store(LinearSolution &solution) const;
    /// Codes that differ from the start.
    [[nodiscard]] std::int64_t moved() const;

    /// What an interrupted stage needs: offsets, means, second moments.
    [[nodiscard]] std::vector<NamedTensor> state(const std::string &prefix) const;
    [[nodiscard]] bool restore(const Part &part, const std::string &prefix);

private:
    void refresh();
    [[nodiscard]] CodeTensors tensors() const;
    bool m_packed;
    at::Tensor m_start; ///< int8 [out, in]: place on the sorted grid, -7 to 7
    at::Tensor m_signs; ///< u8 [out, in]: code of a starting zero, which may be negative
    at::Tensor m_scales; ///< fp32 [out, blocks], times epilogue
    at::Tensor m_offset; ///< int16 [out, in], in 1/16384 of a step
    at::Tensor m_mean; ///< bf16 [out, in]
    at::Tensor m_square; ///< fp32 [out, blocks]
    at::Tensor m_weight;
};

} // namespace batlab::tune
