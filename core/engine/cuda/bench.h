// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

namespace batlab::cuda {

/// Times every operation of performance.md 5.3 whose name holds `filter` on device `index`, and
/// gives each row as JSON: {"name", "shape", "against", "ratio", "ratio_p10", "ratio_p90",
/// "target", "seconds", "bytes_per_second"} or, for matrix products, "flop_per_second". Ratios are
/// the baseline's time over ours, medians of at least 20 pairs that run one after the other; inputs
/// rotate through four sets, larger than the L2 cache together. A row that cannot be measured has
/// {"name", "shape", "error"} and the others go on. Throws what libtorch throws.
void runBench(int index, const std::string &filter,
              const std::function<void(const std::string &)> &row);

} // namespace batlab::cuda
