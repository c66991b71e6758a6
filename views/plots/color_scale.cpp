// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/color_scale.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace batlab::plots {

namespace {
constexpr std::size_t kQuantileSample = 4096;
}

ColorScale::ColorScale(ColorMap map, ScaleMode mode, QObject *parent)
    : QObject(parent), m_map(map), m_mode(mode)
{
    automatic();
}

void ColorScale::setMap(ColorMap map)
{
    if (m_map == map)
        return;
    m_map = map;
    if (!m_locked)
        automatic();
    Q_EMIT changed();
}

void ColorScale::setMode(ScaleMode mode)
{
    if (m_mode == mode)
        return;
    m_mode = mode;
    if (!m_locked)
        automatic();
    else
        setLimits(m_lower, m_upper);
    prepare();
    Q_EMIT changed();
}

void ColorScale::setLimits(double lower, double upper)
{
    if (m_mode == ScaleMode::log && !(lower > 0))
        lower = std::min(m_dataMinPositive, upper / 10);
    if (!(upper > lower) || !std::isfinite(lower) || !std::isfinite(upper))
        return;
    m_lower = lower;
    m_upper = upper;
    prepare();
    setLocked(true);
    Q_EMIT changed();
}

void ColorScale::setLocked(bool locked)
{
    if (m_locked == locked)
        return;
    m_locked = locked;
    Q_EMIT lockedChanged(locked);
    if (!locked) {
        automatic();
        Q_EMIT changed();
    }
}

void ColorScale::setValues(const std::vector<std::span<const float>> &values)
{
    constexpr double inf = std::numeric_limits<double>::infinity();
    double low = inf, high = -inf, positive = inf;
    std::size_t total = 0;
    for (const auto &part : values) {
        total += part.size();
        for (const float v : part) {
            if (!std::isfinite(v))
                continue;
            low = std::min(low, double(v));
            high = std::max(high, double(v));
            if (v > 0)
                positive = std::min(positive, double(v));
        }
    }
    if (low > high) {
        low = 0;
        high = 1;
    }
    m_dataMin = low;
    m_dataMax = high;
    m_dataMinPositive = std::isfinite(positive) ? positive : 1;
    // An evenly spaced sample is enough for ranks; the extremes are always in it.
    m_quantiles.clear();
    m_stride = std::max<std::size_t>(1, total / kQuantileSample);
    std::size_t next = 0, position = 0;
    for (const auto &part : values) {
        for (; next < position + part.size(); next += m_stride) {
            const float v = part[next - position];
            if (std::isfinite(v))
                m_quantiles.push_back(v);
        }
        position += part.size();
    }
    m_quantiles.push_back(float(low));
    m_quantiles.push_back(float(high));
    std::sort(m_quantiles.begin(), m_quantiles.end());
    if (!m_locked)
        automatic();
    prepare();
    Q_EMIT changed();
}

void ColorScale::reset()
{
    if (m_locked) {
        setLocked(false);
        return;
    }
    automatic();
    Q_EMIT changed();
}

void ColorScale::setNaturalLimits(double lower, double upper)
{
    m_natural = { lower, upper };
    if (m_locked)
        return;
    automatic();
    Q_EMIT changed();
}

void ColorScale::automatic()
{
    if (m_natural) {
        m_lower = m_natural->first;
        m_upper = m_natural->second;
    } else if (m_map == ColorMap::diverging && m_mode == ScaleMode::linear) {
        const double extent = std::max(std::abs(m_dataMin), std::abs(m_dataMax));
        m_upper = extent > 0 ? extent : 1;
        m_lower = -m_upper;
    } else if (m_mode == ScaleMode::log) {
        m_upper = m_dataMax > 0 ? m_dataMax : 1;
        m_lower = m_dataMax > 0 ? m_dataMinPositive : 0.1;
        // Six decades hold everything that can be told apart; one near-zero cell must not eat the
        // scale.
        m_lower = std::max(m_lower, m_upper * 1e-6);
        if (!(m_upper > m_lower * 1.0001))
            m_lower = m_upper / 10;
    } else {
        m_lower = m_dataMin;
        m_upper = m_dataMax > m_dataMin ? m_dataMax : m_dataMin + 1;
    }
    prepare();
}

double ColorScale::rank(double value) const
{
    if (m_quantiles.size() < 2)
        return value;
    const auto high = std::upper_bound(m_quantiles.begin(), m_quantiles.end(), float(value));
    if (high == m_quantiles.begin())
        return 0;
    if (high == m_quantiles.end())
        return 1;
    const auto low = high - 1;
    const double f = (value - *low) / (*high - *low);
    return (double(low - m_quantiles.begin()) + f) / double(m_quantiles.size() - 1);
}

void ColorScale::prepare()
{
    double a = m_lower, b = m_upper;
    if (m_mode == ScaleMode::log) {
        a = std::log2(a);
        b = std::log2(b);
    } else if (m_mode == ScaleMode::percentile) {
        a = rank(a);
        b = rank(b);
    }
    m_scale = b > a ? 1 / (b - a) : 1;
    m_offset = -a * m_scale;
}

double ColorScale::position(double value) const
{
    switch (m_mode) {
    case ScaleMode::linear: break;
    case ScaleMode::log:
        if (!(value > 0))
            return -std::numeric_limits<double>::infinity();
        return std::log2(value) * m_scale + m_offset;
    case ScaleMode::percentile: return rank(value) * m_scale + m_offset;
    }
    return value * m_scale + m_offset;
}

double ColorScale::valueAt(double position) const
{
    const double x = (position - m_offset) / m_scale;
    if (m_mode == ScaleMode::log)
        return std::exp2(x);
    if (m_mode == ScaleMode::percentile && m_quantiles.size() >= 2) {
        const double at = std::clamp(x, 0.0, 1.0) * double(m_quantiles.size() - 1);
        const auto low = std::min(std::size_t(at), m_quantiles.size() - 2);
        const double f = at - double(low);
        return m_quantiles[low] + f * (double(m_quantiles[low + 1]) - m_quantiles[low]);
    }
    return x;
}

int ColorScale::index(float value) const
{
    if (std::isnan(value))
        return kMissing;
    if (value <= 0 && (m_mode == ScaleMode::log || (m_zeroIsBlank && value == 0)))
        return kBlank;
    // Compared as float: the largest cell itself is never "over" because of rounding in the limits.
    if (value > float(m_upper))
        return kOver;
    // A map asks this for every pixel: the logarithm in float is exact to a ten-thousandth of an
    // entry.
    const double p = m_mode == ScaleMode::log ? double(std::log2(value)) * m_scale + m_offset
                                              : position(double(value));
    return int(std::clamp(p, 0.0, 1.0) * (kColorEntries - 1) + 0.5);
}

void ColorScale::setZeroIsBlank(bool blank)
{
    if (m_zeroIsBlank == blank)
        return;
    m_zeroIsBlank = blank;
    Q_EMIT changed();
}

QColor ColorScale::color(float value, const Tokens &t) const
{
    const int i = index(value);
    if (i >= 0)
        return QColor(colorTable(m_map, t.kind)[std::size_t(i)]);
    return i == kOver ? t.bad : t.alt;
}

std::vector<double> ColorScale::ticks(int count) const
{
    if (m_mode != ScaleMode::percentile)
        return roundTicks(m_lower, m_upper, m_mode == ScaleMode::log, count);
    std::vector<double> result;
    for (int i = 0; i < count && count > 1; ++i)
        result.push_back(valueAt(double(i) / (count - 1)));
    return result;
}

std::vector<double> roundTicks(double lower, double upper, bool log, int count)
{
    std::vector<double> ticks;
    count = std::max(count, 2);
    if (!(upper > lower) || !std::isfinite(lower) || !std::isfinite(upper))
        return ticks;
    if (log && lower > 0) {
        const double decades = std::log10(upper / lower);
        const int first = int(std::floor(std::log10(lower) - 1e-9));
        const int last = int(std::ceil(std::log10(upper) + 1e-9));
        // 1-2-5, then 1-3, then every decade, then every n-th.
        static constexpr std::array<std::array<double, 3>, 3> sets {
            { { 1, 2, 5 }, { 1, 3, 0 }, { 1, 0, 0 } }
        };
        for (std::size_t s = 0; s < sets.size(); ++s) {
            const auto per = std::size_t(
                std::count_if(sets[s].begin(), sets[s].end(), [](double m) { return m > 0; }));
            if (s + 1 < sets.size() && decades * double(per) + 1 > count)
                continue;
            int step = s + 1 < sets.size() ? 1 : std::max(1, int(std::ceil(decades / count)));
            // Every n-th decade may hit the range only once; closer ones then say more.
            for (; step >= 1 && ticks.size() < 2; --step) {
                ticks.clear();
                for (int d = first; d <= last; d += step)
                    for (const double m : sets[s])
                        if (const double v = m * std::pow(10.0, d);
                            m > 0 && v >= lower * (1 - 1e-6) && v <= upper * (1 + 1e-6))
                            ticks.push_back(v);
            }
            break;
        }
        if (ticks.size() >= 2 || (!ticks.empty() && decades >= 1))
            return ticks;
        ticks.clear(); // less than a decade: linear steps read better
    }
    const double raw = (upper - lower) / count;
    const double magnitude = std::pow(10.0, std::floor(std::log10(raw)));
    double step = 10 * magnitude;
    for (const double m : { 1.0, 2.0, 5.0 }) {
        if (m * magnitude >= raw * 0.9999) {
            step = m * magnitude;
            break;
        }
    }
    for (double k = std::ceil(lower / step - 1e-6); k * step <= upper + step * 1e-6; ++k)
        ticks.push_back(k * step);
    if (ticks.size() < 2 && count < 6) // one tick is no scale
        return roundTicks(lower, upper, false, count + 1);
    return ticks;
}

} // namespace batlab::plots
