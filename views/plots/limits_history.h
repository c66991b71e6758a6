// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>

#include <utility>
#include <vector>

namespace batlab::plots {

/// The limits a user has left behind, newest last; Backspace goes one back. Steps of one gesture (a
/// spin of the wheel, a drag) within `kMergeMs` count as one.
template<typename Limits>
class LimitsHistory
{
public:
    static constexpr int kMergeMs = 400;
    static constexpr std::size_t kDepth = 64;

    /// Remembers `current` before it is changed.
    void push(const Limits &current, bool merge)
    {
        const bool sameGesture = merge && m_clock.isValid() && m_clock.elapsed() < kMergeMs;
        m_clock.start();
        if (sameGesture && !m_past.empty())
            return;
        if (!m_past.empty() && m_past.back() == current)
            return;
        m_past.push_back(current);
        if (m_past.size() > kDepth)
            m_past.erase(m_past.begin());
    }
    [[nodiscard]] bool empty() const { return m_past.empty(); }
    [[nodiscard]] Limits pop()
    {
        Limits last = std::move(m_past.back());
        m_past.pop_back();
        m_clock.invalidate();
        return last;
    }
    void clear() { m_past.clear(); }

private:
    std::vector<Limits> m_past;
    QElapsedTimer m_clock;
};

} // namespace batlab::plots
