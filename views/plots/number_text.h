// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace batlab::plots {

/// A number for the screen: `digits` significant digits, U+2212 as minus, thousands split by a thin
/// space, powers as "2.1e−6"; "–" for NaN, "∞" for infinity.
[[nodiscard]] QString numberText(double value, int digits = 3);
/// Fixed decimals, same signs and spaces: 12 345.60.
[[nodiscard]] QString fixedText(double value, int decimals);
/// With a sign: "+4.27", "−2.12", "0.00".
[[nodiscard]] QString signedText(double value, int decimals);
/// A difference in significant digits: "▲ +0.42".
[[nodiscard]] QString deltaText(double delta);
/// "3 060".
[[nodiscard]] QString countText(qlonglong value);

} // namespace batlab::plots
