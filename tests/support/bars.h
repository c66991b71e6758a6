// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtGlobal>

namespace batlab::test {

/// Whether times must keep the bars of the design, which hold on a quiet machine: on request, with
/// BATLAB_TEST_BARS=1. Otherwise they are printed, and a test only catches a fall.
[[nodiscard]] inline bool barsHold() { return qEnvironmentVariableIsSet("BATLAB_TEST_BARS"); }

} // namespace batlab::test
