// SPDX-License-Identifier: Apache-2.0
#include "core/stats/dip.h"

#include <algorithm>
#include <cstddef>

namespace batlab {

namespace {

using Index = std::ptrdiff_t;

/// Distances are in steps of the distribution function (1/n); the modal interval shrinks to where
/// the greatest convex minorant below it and the least concave majorant above it touch.
class Dip
{
public:
    explicit Dip(std::vector<float> values) : m_x(values.begin(), values.end())
    {
        std::sort(m_x.begin(), m_x.end());
        m_last = static_cast<Index>(m_x.size()) - 1;
        convexNeighbours();
        concaveNeighbours();
    }

    double steps()
    {
        Index low = 0, high = m_last;
        double dip = 1;
        for (;;) {
            const Gap gap = widestGap(low, high);
            if (gap.steps < dip)
                return dip;
            dip = std::max({ dip, belowMode(gap.minorant), aboveMode(gap.majorant) });
            const Index nextLow = m_minorant[gap.minorant], nextHigh = m_majorant[gap.majorant];
            if (nextLow == low && nextHigh == high)
                return dip;
            low = nextLow;
            high = nextHigh;
        }
    }

private:
    struct Gap
    {
        double steps = 0;
        std::size_t minorant = 0, majorant = 0; ///< places in the two hulls
    };

    double x(Index i) const { return m_x[static_cast<std::size_t>(i)]; }

    /// For each point the one before it on the convex minorant of the points up to it.
    void convexNeighbours()
    {
        m_before.assign(m_x.size(), 0);
        for (Index i = 1; i <= m_last; ++i) {
            Index at = i - 1;
            for (;;) {
                const Index further = m_before[static_cast<std::size_t>(at)];
                const auto run = static_cast<double>(i - at);
                const auto rest = static_cast<double>(at - further);
                if (at == 0 || (x(i) - x(at)) * rest < (x(at) - x(further)) * run)
                    break;
                at = further;
            }
            m_before[static_cast<std::size_t>(i)] = at;
        }
    }

    /// For each point the one after it on the concave majorant of the points from it on.
    void concaveNeighbours()
    {
        m_after.assign(m_x.size(), m_last);
        for (Index i = m_last - 1; i >= 0; --i) {
            Index at = i + 1;
            for (;;) {
                const Index further = m_after[static_cast<std::size_t>(at)];
                const auto run = static_cast<double>(i - at);
                const auto rest = static_cast<double>(at - further);
                if (at == m_last || (x(i) - x(at)) * rest < (x(at) - x(further)) * run)
                    break;
                at = further;
            }
            m_after[static_cast<std::size_t>(i)] = at;
        }
    }

    /// Where minorant (from high down) and majorant (from low up) of the interval lie furthest
    /// apart, looked at in the corners of both.
    Gap widestGap(Index low, Index high)
    {
        m_minorant.assign(1, high);
        while (m_minorant.back() > low)
            m_minorant.push_back(m_before[static_cast<std::size_t>(m_minorant.back())]);
        m_majorant.assign(1, low);
        while (m_majorant.back() < high)
            m_majorant.push_back(m_after[static_cast<std::size_t>(m_majorant.back())]);

        Gap best { 0, m_minorant.size() - 1, m_majorant.size() - 1 };
        if (m_minorant.size() == 2 && m_majorant.size() == 2) {
            best.steps = 1;
            return best;
        }
        auto down = static_cast<Index>(m_minorant.size()) - 2;
        std::size_t up = 1;
        do {
            const Index corner = m_minorant[static_cast<std::size_t>(down)];
            const Index other = m_majorant[up];
            if (corner > other) { // the next corner is the majorant's
                const Index left = m_minorant[static_cast<std::size_t>(down) + 1];
                const double slope = static_cast<double>(corner - left) / (x(corner) - x(left));
                const double gap =
                    static_cast<double>(other - left + 1) - (x(other) - x(left)) * slope;
                ++up;
                if (gap >= best.steps)
                    best = { gap, static_cast<std::size_t>(down) + 1, up - 1 };
            } else {
                const Index left = m_majorant[up - 1];
                const double slope = static_cast<double>(other - left) / (x(other) - x(left));
                const double gap =
                    (x(corner) - x(left)) * slope - static_cast<double>(corner - left - 1);
                --down;
                if (gap >= best.steps)
                    best = { gap, static_cast<std::size_t>(down + 1), up };
            }
            down = std::max<Index>(down, 0);
            up = std::min(up, m_majorant.size() - 1);
        } while (m_minorant[static_cast<std::size_t>(down)] != m_majorant[up]);
        return best;
    }

    /// Largest distance of the sample from one chord of a hull. sign +1: sample above the chord.
    double fromChord(Index from, Index to, double sign) const
    {
        double most = 1;
        if (to - from > 1 && x(to) != x(from)) {
            const double slope = static_cast<double>(to - from) / (x(to) - x(from));
            for (Index i = from; i <= to; ++i)
                most = std::max(
                    most, sign * (static_cast<double>(i - from) - (x(i) - x(from)) * slope) + 1);
        }
        return most;
    }
    double belowMode(std::size_t from) const
    {
        double most = 0;
        for (std::size_t i = from; i + 1 < m_minorant.size(); ++i)
            most = std::max(most, fromChord(m_minorant[i + 1], m_minorant[i], 1));
        return most;
    }
    double aboveMode(std::size_t from) const
    {
        double most = 0;
        for (std::size_t i = from; i + 1 < m_majorant.size(); ++i)
            most = std::max(most, fromChord(m_majorant[i], m_majorant[i + 1], -1));
        return most;
    }

    std::vector<double> m_x; ///< sorted
    Index m_last = 0;
    std::vector<Index> m_before, m_after;
    std::vector<Index> m_minorant, m_majorant; ///< corners in the present interval
};

} // namespace

double dipStatistic(std::vector<float> values)
{
    if (values.empty())
        return 0;
    const auto n = static_cast<double>(values.size());
    if (std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end())
        return 0.5 / n; // all equal: any point mass is unimodal
    return Dip(std::move(values)).steps() / (2 * n);
}

} // namespace batlab
