// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/text.h"

#include <QCoreApplication>

#include <array>
#include <cmath>

namespace batlab::views {

namespace {

constexpr QChar kMinus(0x2212);
constexpr QChar kThinSpace(0x2009);

QString tr(const char *text) { return QCoreApplication::translate("batlab::views", text); }

QString withMinus(QString text)
{
    if (text.startsWith(QLatin1Char('-')))
        text[0] = kMinus;
    return text;
}

} // namespace

QString number(double value, int decimals)
{
    if (std::isnan(value))
        return tr("n/a");
    if (std::isinf(value))
        return value > 0 ? QStringLiteral("∞") : QString(kMinus) + QStringLiteral("∞");
    return withMinus(QString::number(value, 'f', decimals));
}

QString signedNumber(double value, int decimals)
{
    const QString text = number(value, decimals);
    return value > 0 ? QLatin1Char('+') + text : text;
}

QString significant(double value, int digits)
{
    if (!std::isfinite(value))
        return number(value, 0);
    QString text = withMinus(QString::number(value, 'g', digits));
    text.replace(QLatin1String("e-0"), QLatin1String("e-"));
    text.replace(QLatin1String("e-"), QLatin1Char('e') + QString(kMinus));
    text.replace(QLatin1String("e+0"), QLatin1String("e"));
    text.replace(QLatin1String("e+"), QLatin1String("e"));
    return text;
}

QString count(std::int64_t value)
{
    QString digits = QString::number(value < 0 ? -value : value);
    for (qsizetype at = digits.size() - 3; at > 0; at -= 3)
        digits.insert(at, kThinSpace);
    return value < 0 ? QString(kMinus) + digits : digits;
}

QString shortCount(double value)
{
    struct Step
    {
        double size;
        const char *suffix;
    };
    static constexpr std::array<Step, 4> steps {
        { { 1e12, "T" }, { 1e9, "G" }, { 1e6, "M" }, { 1e3, "k" } }
    };
    for (const Step &step : steps) {
        if (std::abs(value) >= step.size)
            return number(value / step.size, 1) + QLatin1Char(' ') + QLatin1String(step.suffix);
    }
    return number(value, 0);
}

QString bytes(double value)
{
    struct Step
    {
        double size;
        const char *suffix;
    };
    static constexpr std::array<Step, 3> steps {
        { { 1073741824.0, "GiB" }, { 1048576.0, "MiB" }, { 1024.0, "KiB" } }
    };
    for (const Step &step : steps) {
        if (value >= step.size)
            return number(value / step.size, 1) + QLatin1Char(' ') + QLatin1String(step.suffix);
    }
    return number(value, 0) + QStringLiteral(" B");
}

QString clock(double seconds)
{
    const auto whole = static_cast<std::int64_t>(std::max(0.0, seconds));
    const auto two = [](std::int64_t v) {
        return QString::number(v).rightJustified(2, QLatin1Char('0'));
    };
    if (whole >= 3600) {
        return QString::number(whole / 3600) + QLatin1Char(':') + two(whole / 60 % 60)
            + QLatin1Char(':') + two(whole % 60);
    }
    return two(whole / 60) + QLatin1Char(':') + two(whole % 60);
}

QString eta(double seconds)
{
    if (!(seconds >= 0) || std::isinf(seconds))
        return {};
    if (seconds < 90)
        return tr("≈ %1 s").arg(std::max(1, static_cast<int>(std::lround(seconds))));
    const auto minutes = static_cast<std::int64_t>(std::lround(seconds / 60));
    if (minutes < 60)
        return tr("≈ %1 min").arg(minutes);
    return tr("≈ %1 h %2 min").arg(minutes / 60).arg(minutes % 60);
}

QString pValue(double p) { return p < 0.001 ? QStringLiteral("<0.001") : number(p, 3); }

} // namespace batlab::views
