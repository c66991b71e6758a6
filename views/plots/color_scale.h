// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/colormaps.h"

#include <QObject>

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace batlab::plots {

enum class ScaleMode { linear, log, percentile };

/// From value to colour: map, mode and limits. Maps that share one ColorScale have identical limits
/// by construction.
class ColorScale : public QObject
{
    Q_OBJECT
public:
    explicit ColorScale(ColorMap map = ColorMap::viridis, ScaleMode mode = ScaleMode::log,
                        QObject *parent = nullptr);

    [[nodiscard]] ColorMap map() const { return m_map; }
    [[nodiscard]] ScaleMode mode() const { return m_mode; }
    [[nodiscard]] double lower() const { return m_lower; }
    [[nodiscard]] double upper() const { return m_upper; }
    /// Limits set by hand (handles, lock) stay when new data come.
    [[nodiscard]] bool isLocked() const { return m_locked; }

    void setMap(ColorMap map);
    void setMode(ScaleMode mode);
    /// Limits by hand; locks. lower < upper; log needs lower > 0 (else the smallest positive value
    /// is taken).
    void setLimits(double lower, double upper);
    /// Locks or frees the present limits; free limits follow the data at once.
    void setLocked(bool locked);
    /// The values that automatic limits and percentiles come from (all maps that share the scale).
    /// NaN is skipped.
    void setValues(const std::vector<std::span<const float>> &values);
    /// Automatic limits again.
    void reset();
    /// What automatic limits are from now on, whatever the data: those of a share.
    void setNaturalLimits(double lower, double upper);

    /// Special results of index().
    static constexpr int kMissing = -1; ///< NaN
    static constexpr int kOver = -2; ///< above the upper limit
    static constexpr int kBlank =
        -3; ///< exact 0 (or below) on a log scale, exact 0 when zeroIsBlank
    /// Entry of the colour table, 0..1023, or one of the above. Below the lower limit: 0.
    [[nodiscard]] int index(float value) const;
    /// Place along the bar, 0 (lower) to 1 (upper); may leave [0,1].
    [[nodiscard]] double position(double value) const;
    [[nodiscard]] double valueAt(double position) const;
    /// Exact zeros are drawn as empty cells (energy flow), not as the lowest colour.
    void setZeroIsBlank(bool blank);
    [[nodiscard]] QColor color(float value, const Tokens &tokens) const;
    /// Values that ask for a tick between the limits, at most `count`, ascending.
    [[nodiscard]] std::vector<double> ticks(int count) const;
    /// The smallest and largest finite value seen.
    [[nodiscard]] double dataMinimum() const { return m_dataMin; }
    [[nodiscard]] double dataMaximum() const { return m_dataMax; }
    /// Percentiles come from every n-th value; 1: from all.
    [[nodiscard]] std::size_t stride() const { return m_stride; }

Q_SIGNALS:
    void changed();
    void lockedChanged(bool locked);

private:
    void automatic();
    [[nodiscard]] double rank(double value) const;
    void prepare();

    ColorMap m_map;
    ScaleMode m_mode;
    double m_lower = 0, m_upper = 1;
    double m_dataMin = 0, m_dataMax = 1, m_dataMinPositive = 1;
    double m_scale = 1, m_offset = 0; ///< index = f(value) * scale + offset
    std::optional<std::pair<double, double>> m_natural; ///< none: those of the data
    bool m_locked = false;
    bool m_zeroIsBlank = false;
    std::vector<float> m_quantiles; ///< ascending sample of the values
    std::size_t m_stride = 1; ///< of that sample
};

/// Round tick values between lower and upper: 1-2-5 steps (linear) or 1-2-5 per decade (log), at
/// most `count`.
[[nodiscard]] std::vector<double> roundTicks(double lower, double upper, bool log, int count);

} // namespace batlab::plots
