// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

class QCoreApplication;

namespace batlab::app {

struct Language
{
    QString id; ///< "en", "de"
    QString name; ///< in itself
};
/// English, and every language with a translation in the program.
[[nodiscard]] QList<Language> languages();
/// Installs the translation of `id` (empty: the desktop's language); English where there is none.
/// Returns the language in use.
QString installLanguage(QCoreApplication &app, const QString &id);

} // namespace batlab::app
