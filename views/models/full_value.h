// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Qt>

namespace batlab::views {

/// Role of a cell's value in full, for what is copied or written to a file: a number in the unit of
/// its heading (NaN: missing) or the whole text. A cell without one is written as it is shown.
inline constexpr int kFullValueRole = Qt::UserRole + 300;

} // namespace batlab::views
