// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/desktop_theme.h"

#include "app/gui/desktop_bus.h"

#include <QDBusPendingReply>
#include <QPointer>

#include <optional>

namespace batlab::app {

namespace {

const QString kPath = QStringLiteral("/org/freedesktop/portal/desktop");
const QString kInterface = QStringLiteral("org.freedesktop.portal.Settings");
const QString kGroup = QStringLiteral("org.freedesktop.appearance");
const QString kScheme = QStringLiteral("color-scheme"), kContrast = QStringLiteral("contrast");

/// What the portal said last; empty: it has no wish, or there is none.
std::optional<plots::ThemeKind> wish;

/// Read() answers a variant in a variant.
uint number(QVariant value)
{
    while (value.canConvert<QDBusVariant>())
        value = value.value<QDBusVariant>().variant();
    return value.toUInt();
}

} // namespace

plots::ThemeKind desktopThemeKind()
{
    static const plots::ThemeKind started = plots::systemThemeKind();
    return wish.value_or(started);
}

DesktopTheme::DesktopTheme(QObject *parent) : QObject(parent) { }

DesktopTheme::~DesktopTheme() { wish.reset(); }

void DesktopTheme::listen()
{
    whenConnected(&QDBusConnection::sessionBus, [self = QPointer(this)](bool connected) {
        if (!connected || !self)
            return;
        // Qt D-Bus finds the slot's types by name, also when no message has been sent yet.
        qRegisterMetaType<QDBusVariant>();
        // Of any sender: naming the portal would wait for its owner, and only it has this path.
        QDBusConnection::sessionBus().connect({}, kPath, kInterface,
                                              QStringLiteral("SettingChanged"), self,
                                              SLOT(take(QString, QString, QDBusVariant)));
        self->ask(kScheme);
        self->ask(kContrast);
    });
}

void DesktopTheme::ask(const QString &key)
{
    QDBusMessage message =
        QDBusMessage::createMethodCall(QStringLiteral("org.freedesktop.portal.Desktop"), kPath,
                                       kInterface, QStringLiteral("Read"));
    message << kGroup << key;
    using Reply = QDBusPendingReply<QDBusVariant>;
    whenAnswered<Reply>(QDBusConnection::sessionBus(), message,
                        [self = QPointer(this), key](const Reply &reply) {
                            if (self && !reply.isError())
                                self->take(kGroup, key, reply.value());
                        });
}

void DesktopTheme::take(const QString &group, const QString &key, const QDBusVariant &value)
{
    if (group != kGroup || (key != kScheme && key != kContrast))
        return;
    const plots::ThemeKind before = desktopThemeKind();
    (key == kScheme ? m_scheme : m_contrast) = number(value.variant());
    if (m_contrast == 1)
        wish = plots::ThemeKind::highContrast;
    else if (m_scheme == 1 || m_scheme == 2)
        wish = m_scheme == 1 ? plots::ThemeKind::dark : plots::ThemeKind::light;
    else
        wish.reset();
    if (desktopThemeKind() != before)
        Q_EMIT changed();
}

} // namespace batlab::app
