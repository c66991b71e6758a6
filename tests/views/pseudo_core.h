// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCoreApplication>
#include <QFile>
#include <QTranslator>

// A language in which one sees what was translated.
namespace batlab::test {

/// Texts of the core and of the window's own readers in brackets; one with its places turned round.
class Pseudo : public QTranslator
{
public:
    [[nodiscard]] bool isEmpty() const override { return false; }
    [[nodiscard]] QString translate(const char *context, const char *source, const char *,
                                    int) const override
    {
        if (!QList<QByteArray> { "core", "DeepLink", "ImportedResults" }.contains(
                QByteArray(context)))
            return {};
        if (QByteArray(source) == "about %1 GB are needed in %2 and %3 GB are free")
            return QStringLiteral("%3 frei, %1 in %2 nötig");
        return QLatin1Char('[') + QString::fromUtf8(source) + QLatin1Char(']');
    }
};

struct WithPseudo
{
    WithPseudo() { QCoreApplication::installTranslator(&translator); }
    ~WithPseudo() { QCoreApplication::removeTranslator(&translator); }
    Pseudo translator;
};

/// A source file of the program; empty where there is none.
inline QString readSource(const QString &path)
{
    QFile file(QStringLiteral(BATLAB_SOURCE_DIR "/") + path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

} // namespace batlab::test
