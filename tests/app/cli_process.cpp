// SPDX-License-Identifier: Apache-2.0
#include "tests/app/cli_process.h"

#include <QFile>

namespace batlab::test {

QJsonDocument CliResult::json() const
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(out, &error);
    return error.error == QJsonParseError::NoError ? document : QJsonDocument();
}

void startCli(QProcess &process, const QStringList &arguments)
{
    // Threads that wait asleep: tests share the machine with others.
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("OMP_WAIT_POLICY"), QStringLiteral("passive"));
    process.setProcessEnvironment(environment);
    process.start(qEnvironmentVariable("BATLAB_BIN_DIR") + QStringLiteral("/batlab-cli"),
                  arguments);
    process.waitForStarted();
}

CliResult finished(QProcess &process)
{
    CliResult out;
    if (process.state() != QProcess::NotRunning && !process.waitForFinished(120000))
        process.kill();
    process.waitForFinished();
    if (process.exitStatus() == QProcess::NormalExit && process.error() != QProcess::FailedToStart)
        out.status = process.exitCode();
    out.out = process.readAllStandardOutput();
    out.err = process.readAllStandardError();
    return out;
}

CliResult cli(const QStringList &arguments)
{
    QProcess process;
    startCli(process, arguments);
    return finished(process);
}

QString writeFile(const QString &path, const QByteArray &content)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
        qFatal("cannot write %s", qPrintable(path));
    return path;
}

} // namespace batlab::test
