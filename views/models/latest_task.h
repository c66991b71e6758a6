// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/off_thread.h"

#include <QObject>

#include <functional>
#include <utility>

namespace batlab::views {

/// A calculation off the GUI thread of which only the newest result counts: results of older
/// starts are dropped, and so are those that come after the task has gone.
template<class R>
class LatestTask
{
public:
    void start(std::function<R()> work, std::function<void(const R &)> done)
    {
        m_done = std::move(done);
        offThread(&m_owner, std::move(work), [this, mine = ++m_started](const R &result) {
            if (mine != m_started)
                return;
            if (const auto then = std::exchange(m_done, {}))
                then(result);
        });
    }
    void cancel() { m_done = {}; }
    [[nodiscard]] bool isRunning() const { return static_cast<bool>(m_done); }

private:
    std::function<void(const R &)> m_done;
    int m_started = 0;
    QObject m_owner; ///< last: gone first, so that nothing comes back to a half-destroyed task
};

} // namespace batlab::views
