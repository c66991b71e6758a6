// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/text.h"

#include <cmath>

namespace batlab::views {

/// A difference as it is written everywhere: its arrow before its sign. `text` is the signed
/// number; one that rounds to 0 has no arrow.
[[nodiscard]] inline QString withArrow(const QString &text)
{
    return text.startsWith(QLatin1Char('+')) ? QStringLiteral("▲ ") + text
        : text.startsWith(QChar(0x2212))     ? QStringLiteral("▼ ") + text
                                             : text;
}

/// "▲ +0.42"; empty for NaN: nothing to compare with.
[[nodiscard]] inline QString deltaText(double delta, int decimals)
{
    if (!std::isfinite(delta))
        return {};
    const bool none = std::abs(delta) * std::pow(10.0, decimals) < 0.5;
    return none ? number(0, decimals) : withArrow(signedNumber(delta, decimals));
}

/// The same with significant digits, for numbers of any size.
[[nodiscard]] inline QString deltaSignificant(double delta)
{
    if (!std::isfinite(delta))
        return {};
    const QString text = significant(delta);
    return withArrow(delta > 0 ? QLatin1Char('+') + text : text);
}

} // namespace batlab::views
