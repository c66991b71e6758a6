// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/tokens.h"

#include <QRgb>

#include <array>

namespace batlab::plots {

/// viridis: magnitude and energy. cividis: shares. diverging: differences, centred on 0, blue is
/// better.
enum class ColorMap { viridis, cividis, diverging };

inline constexpr int kColorEntries = 1024;
using ColorTable = std::array<QRgb, kColorEntries>;

/// The 1,024 opaque entries of a map, low to high. Only `diverging` depends on the theme (0 fades
/// into the surface).
[[nodiscard]] const ColorTable &colorTable(ColorMap map, ThemeKind theme);

} // namespace batlab::plots
