// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/about_text.h"

#include "core/base/build_id.h"
#include "core/base/json_text.h"
#include "views/models/text.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QSysInfo>

namespace batlab::app {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("batlab::app", text); }

} // namespace

QStringList gpuNames(const QString &folder)
{
    QStringList out;
    const QDir gpus(folder);
    for (const QString &gpu : gpus.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name)) {
        QFile file(gpus.filePath(gpu + QStringLiteral("/information")));
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const QByteArray key("Model:");
        for (const QByteArray &line : file.readAll().split('\n'))
            if (line.startsWith(key))
                out.append(QString::fromUtf8(line.mid(key.size()).trimmed()));
    }
    return out;
}

QString aboutText(const Json &hello, const QString &device, const QString &resources,
                  const QString &remote, const QStringList &gpus)
{
    QStringList lines;
    const auto line = [&](const QString &name, const QString &value) {
        if (!value.isEmpty())
            lines.append(name + QStringLiteral(": ") + value);
    };
    const auto told = [&](const char *key) { return views::qs(shownAt(hello, key)); };
    line(tr("Window"),
         tr("batlab %1, Qt %2, GPL-3.0-or-later")
             .arg(QStringLiteral(BATLAB_VERSION), QString::fromLatin1(qVersion())));
    QStringList build { QStringLiteral(BATLAB_BUILD_TYPE), QStringLiteral(BATLAB_COMPILER),
                        tr("for Qt %1").arg(QStringLiteral(QT_VERSION_STR)), QSysInfo::buildAbi(),
                        views::qs(buildId()) };
    build.removeAll(QString()); // a linker need not write an ID
    line(tr("Build"), build.join(QStringLiteral(", ")));
    line(tr("System"),
         QStringLiteral("%1, %2 %3, %4")
             .arg(QSysInfo::prettyProductName(), QSysInfo::kernelType(), QSysInfo::kernelVersion(),
                  QSysInfo::currentCpuArchitecture()));
    line(tr("GPU of this machine"),
         gpus.isEmpty() ? tr("none that NVIDIA's driver lists") : gpus.join(QStringLiteral(", ")));
    if (!hello.is_object() || hello.empty()) {
        line(tr("Engine"), tr("not started"));
        return lines.join(QLatin1Char('\n'));
    }
    QStringList engine { tr("batlab-cli %1").arg(told("version")) };
    if (!told("torch").isEmpty())
        engine.append(tr("libtorch %1").arg(told("torch")));
    engine.append(QStringLiteral("Apache-2.0"));
    line(tr("Engine"), engine.join(QStringLiteral(", ")));
    line(tr("Engine's build"), told("build"));
    line(tr("Engine's machine"), remote);
    line(tr("Device"), device);
    line(tr("Resources"), resources);
    return lines.join(QLatin1Char('\n'));
}

} // namespace batlab::app
