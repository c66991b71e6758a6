// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <functional>
#include <memory>

namespace batlab::app {

/// Keeps the computer from falling asleep while a job runs. What asks the desktop is exchangeable;
/// where nothing answers, nothing happens.
class SleepInhibitor : public QObject
{
    Q_OBJECT

public:
    /// What holds sleep back until it is destroyed.
    using Lock = std::shared_ptr<void>;
    /// Asks for a lock and gives it to `done`, at once or later; never, where there is none.
    using Take = std::function<void(const QString &reason, std::function<void(Lock)> done)>;
    /// Without `take`: takeSleepLock.
    explicit SleepInhibitor(Take take = {}, QObject *parent = nullptr);
    void setActive(bool active, const QString &reason);
    [[nodiscard]] bool isHeld() const { return m_lock != nullptr; }
    void setTake(Take take) { m_take = std::move(take); }

private:
    Take m_take;
    Lock m_lock;
    int m_asked = 0; ///< an answer to an earlier question holds nothing
    bool m_active = false;
};

/// systemd-logind's Inhibit on the system bus, else org.freedesktop.ScreenSaver's on the session
/// bus. Does not wait.
void takeSleepLock(const QString &reason, std::function<void(SleepInhibitor::Lock)> done);

} // namespace batlab::app
