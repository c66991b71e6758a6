// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/translation.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

namespace batlab::app {

namespace {
const QString kFolder = QStringLiteral(":/i18n"), kPrefix = QStringLiteral("batlab_");
}

QList<Language> languages()
{
    QList<Language> out { { QStringLiteral("en"), QStringLiteral("English") } };
    for (const QString &file :
         QDir(kFolder).entryList({ kPrefix + QStringLiteral("*.qm") }, QDir::Files, QDir::Name)) {
        const QString id = QFileInfo(file).baseName().mid(kPrefix.size());
        QString name = QLocale(id).nativeLanguageName();
        if (!name.isEmpty())
            name[0] = name.at(0).toUpper();
        out.append({ id, name });
    }
    return out;
}

QString installLanguage(QCoreApplication &app, const QString &id)
{
    QString wanted = id.isEmpty() ? QLocale::system().name() : id;
    for (const QString &name : { wanted, wanted.section(QLatin1Char('_'), 0, 0) }) {
        auto *translator = new QTranslator(&app);
        if (!translator->load(kFolder + QLatin1Char('/') + kPrefix + name)) {
            delete translator;
            continue;
        }
        // Qt's own dialogs, where its translations are installed.
        auto *qt = new QTranslator(&app);
        if (qt->load(QStringLiteral("qtbase_") + name,
                     QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
            QCoreApplication::installTranslator(qt);
        else
            delete qt;
        QCoreApplication::installTranslator(translator);
        QLocale::setDefault(QLocale(name));
        return name;
    }
    return QStringLiteral("en");
}

} // namespace batlab::app
