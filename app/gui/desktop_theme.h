// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/theme.h"

#include <QDBusVariant>
#include <QObject>

namespace batlab::app {

/// The theme the desktop asks for: what its settings portal says, else that of the palette the
/// program was started with. Call first before any theme is applied.
[[nodiscard]] plots::ThemeKind desktopThemeKind();

/// Follows colour scheme and contrast of the desktop's settings (org.freedesktop.portal.Settings)
/// while the program runs.
class DesktopTheme : public QObject
{
    Q_OBJECT

public:
    explicit DesktopTheme(QObject *parent = nullptr);
    ~DesktopTheme() override;
    void listen(); ///< asks the session bus, on a worker; without one nothing changes

Q_SIGNALS:
    void changed(); ///< desktopThemeKind() is another

private Q_SLOTS:
    void take(const QString &group, const QString &key, const QDBusVariant &value);

private:
    void ask(const QString &key);

    uint m_scheme = 0; ///< 1 dark, 2 light, 0 no wish
    uint m_contrast = 0; ///< 1 high
};

} // namespace batlab::app
