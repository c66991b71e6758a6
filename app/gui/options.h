// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace batlab::app {

/// Names the variable by which a desktop lets a window come to the front (Wayland).
inline constexpr const char *kActivationToken = "XDG_ACTIVATION_TOKEN";

/// The command line of `batlab`.
struct Options
{
    QStringList files; ///< sessions, models, run specs, results, links to open
    bool demo = false; ///< start the demo job at once
    QString engine; ///< command of the engine; empty: batlab-cli beside this program
    bool fresh = false; ///< default settings, nothing remembered
    QString settingsFile;
    QString select; ///< place to show: "layer/site/block" or a batlab:// link
    QString theme; ///< "", "system", "light", "dark", "high-contrast"
    QString language; ///< "en", "de"; empty: as set, else the desktop's
    QString screenshots; ///< folder: write pictures of every page and leave
    bool selfTest = false;
    QByteArray activationToken; ///< of a program that hands over
    QString dataFolder; ///< work and recovery files; empty: the user's data folder
};

/// Parses the arguments; prints help, version or a mistake and leaves the program for those.
[[nodiscard]] Options parseOptions(const QStringList &arguments);

} // namespace batlab::app
