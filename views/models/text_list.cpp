// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/text_list.h"

namespace batlab::views {

QString textListSource(const QString &subject, const QString &context, const QString &array,
                       const QStringList &texts)
{
    const QString head = QStringLiteral(
        "// SPDX-License-Identifier: GPL-3.0-or-later\n"
        "// Generated: %1, for the translation tools.\n"
        "// tst_translation compares it with its source and writes what it has to be.\n"
        "// clang-format off\n"
        "#include <QtGlobal>\n\n"
        "namespace batlab::views {\n\n"
        "extern const char *const %2[];\n"
        "const char *const %2[] = {\n");
    QString out = head.arg(subject, array);
    for (QString text : texts) {
        text.replace(QLatin1Char('\\'), QLatin1String("\\\\"));
        text.replace(QLatin1Char('"'), QLatin1String("\\\""));
        out += QStringLiteral("    QT_TRANSLATE_NOOP(\"%1\", \"%2\"),\n").arg(context, text);
    }
    return out + QStringLiteral("};\n\n} // namespace batlab::views\n");
}

} // namespace batlab::views
