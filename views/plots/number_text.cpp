// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/number_text.h"

#include "views/models/delta_text.h"

#include <algorithm>
#include <cmath>

namespace batlab::plots {

namespace {

constexpr QChar kMinus(0x2212);
constexpr QChar kThin(0x2009);

/// ASCII digits of the C locale to the screen's signs and spaces.
QString dress(QString text)
{
    const int exponent = int(text.indexOf(QLatin1Char('e')));
    int end = int(text.indexOf(QLatin1Char('.')));
    if (end < 0)
        end = exponent < 0 ? int(text.size()) : exponent;
    const int begin =
        text.startsWith(QLatin1Char('-')) || text.startsWith(QLatin1Char('+')) ? 1 : 0;
    if (end - begin > 4)
        for (int i = end - 3; i > begin; i -= 3)
            text.insert(i, kThin);
    text.replace(QLatin1Char('-'), kMinus);
    return text;
}

} // namespace

QString numberText(double value, int digits)
{
    if (std::isnan(value))
        return QStringLiteral("–");
    if (std::isinf(value))
        return value > 0 ? QStringLiteral("∞") : QString(kMinus) + QStringLiteral("∞");
    if (value == 0)
        return QStringLiteral("0");
    const double magnitude = std::abs(value);
    if (magnitude < 1e-4 || magnitude >= 1e7) {
        QString text = QString::number(value, 'e', std::max(0, digits - 1));
        const int e = int(text.indexOf(QLatin1Char('e')));
        QString mantissa = text.left(e);
        if (mantissa.contains(QLatin1Char('.'))) {
            while (mantissa.endsWith(QLatin1Char('0')))
                mantissa.chop(1);
            if (mantissa.endsWith(QLatin1Char('.')))
                mantissa.chop(1);
        }
        return dress(mantissa + QLatin1Char('e') + QString::number(text.mid(e + 1).toInt()));
    }
    const int before = int(std::floor(std::log10(magnitude))) + 1;
    QString text = QString::number(value, 'f', std::clamp(digits - before, 0, 8));
    if (text.contains(QLatin1Char('.'))) {
        while (text.endsWith(QLatin1Char('0')))
            text.chop(1);
        if (text.endsWith(QLatin1Char('.')))
            text.chop(1);
    }
    return dress(text);
}

QString fixedText(double value, int decimals)
{
    if (!std::isfinite(value))
        return numberText(value);
    QString text = QString::number(value, 'f', decimals);
    if (text.startsWith(QLatin1Char('-')) && text.toDouble() == 0)
        text.remove(0, 1);
    return dress(text);
}

QString signedText(double value, int decimals)
{
    const QString text = fixedText(value, decimals);
    return std::isfinite(value) && QString::number(value, 'f', decimals).toDouble() > 0
        ? QLatin1Char('+') + text
        : text;
}

QString deltaText(double delta)
{
    const QString text = numberText(delta);
    return views::withArrow(delta > 0 ? QLatin1Char('+') + text : text);
}

QString countText(qlonglong value)
{
    QString text = QString::number(value);
    for (int i = int(text.size()) - 3; i > (value < 0 ? 1 : 0); i -= 3)
        text.insert(i, kThin);
    return text.replace(QLatin1Char('-'), kMinus);
}

} // namespace batlab::plots
