// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>
#include <string>
#include <string_view>

/// How numbers and names are written on screen: minus is U+2212, thousands are split by a thin
/// space (design README 4). Files and the clipboard use the C locale instead.
namespace batlab::views {

[[nodiscard]] inline QString qs(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}
[[nodiscard]] inline std::string ss(const QString &text) { return text.toStdString(); }

/// Fixed decimals; "n/a" for NaN, "∞" for infinities.
[[nodiscard]] QString number(double value, int decimals);
/// With an explicit + or U+2212.
[[nodiscard]] QString signedNumber(double value, int decimals);
/// Significant digits, powers as "2.1e−6".
[[nodiscard]] QString significant(double value, int digits = 3);
/// 304978 -> "304 978" with thin spaces.
[[nodiscard]] QString count(std::int64_t value);
/// 134515008 -> "134.5 M".
[[nodiscard]] QString shortCount(double value);
/// Bytes as GiB, MiB or KiB with one decimal.
[[nodiscard]] QString bytes(double value);
/// 65 -> "01:05", 3700 -> "1:01:40".
[[nodiscard]] QString clock(double seconds);
/// "≈ 6 min", "≈ 40 s", "≈ 1 h 20 min"; empty when unknown (negative), never infinite.
[[nodiscard]] QString eta(double seconds);
/// p-values: "<0.001" or three decimals.
[[nodiscard]] QString pValue(double p);

} // namespace batlab::views
