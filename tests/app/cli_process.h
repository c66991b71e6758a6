// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QJsonDocument>
#include <QProcess>
#include <QStringList>

namespace batlab::test {

/// What a finished batlab-cli left behind.
struct CliResult
{
    int status = -1; ///< exit status; -1: did not start, or died by a signal
    QByteArray out, err;
    /// stdout as one JSON document; null if it is anything else.
    [[nodiscard]] QJsonDocument json() const;
};

/// Starts build/bin/batlab-cli; the caller waits.
void startCli(QProcess &process, const QStringList &arguments);
/// Runs it to the end (at most two minutes).
[[nodiscard]] CliResult cli(const QStringList &arguments);
[[nodiscard]] CliResult finished(QProcess &process);

/// Writes a file and returns its path.
QString writeFile(const QString &path, const QByteArray &content);

} // namespace batlab::test
