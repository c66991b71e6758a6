// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/translation.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

#include <array>

namespace batlab::app {

namespace {

/// lupdate and moc do not always name a context alike (free functions, nested namespaces): what is
/// not found under the asked context is looked for under the other spellings of it.
class Translation : public QTranslator
{
public:
    using QTranslator::QTranslator;
    [[nodiscard]] QString translate(const char *context, const char *source,
                                    const char *disambiguation, int n) const override
    {
        QString found = QTranslator::translate(context, source, disambiguation, n);
        if (!found.isEmpty() || !context)
            return found;
        const QByteArray full(context), last = full.mid(full.lastIndexOf(':') + 1);
        const std::array<QByteArray, 7> others {
            last,
            QByteArray("batlab::app::").append(last),
            QByteArray("batlab::views::").append(last),
            QByteArray("batlab::plots::").append(last),
            QByteArray("batlab::app"),
            QByteArray("batlab::views"),
            QByteArray("batlab::plots"),
        };
        for (const QByteArray &other : others) {
            found = QTranslator::translate(other.constData(), source, disambiguation, n);
            if (!found.isEmpty())
                return found;
        }
        return {};
    }
    [[nodiscard]] bool isEmpty() const override { return false; }
};

const QString kFolder = QStringLiteral(":/i18n"), kPrefix = QStringLiteral("batlab_");
} // namespace

QList<Language> languages()
{
    QList<Language> out { { QStringLiteral("en"), QStringLiteral("English") } };
    for (const QString &file :
         QDir(kFolder).entryList({ kPrefix + QStringLiteral("*.qm") }, QDir::Files, QDir::Name)) {
        const QString id = QFileInfo(file).baseName().mid(kPrefix.size());
        if (id == QLatin1String("en"))
            continue; // its plurals only
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
    // English has a file of its own for plurals ("1 job waits", "2 jobs wait").
    for (const QString &name :
         { wanted, wanted.section(QLatin1Char('_'), 0, 0), QStringLiteral("en") }) {
        auto *translator = new Translation(&app);
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
