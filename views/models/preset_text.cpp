// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/preset_text.h"

#include "core/recipe/recipe.h"
#include "views/models/text.h"
#include "views/models/text_list.h"

#include <QCoreApplication>

namespace batlab::views {

QString presetText(const QString &english)
{
    return english.isEmpty() ? english
                             : QCoreApplication::translate("presets", english.toUtf8().constData());
}

QStringList presetTexts()
{
    QStringList out;
    const Result<PresetLibrary> presets = PresetLibrary::builtIn();
    if (!presets)
        return out;
    for (const std::string &id : presets->ids()) {
        const Result<Recipe> recipe = presets->find(id);
        if (!recipe)
            continue;
        for (const std::string &text : { recipe->title, recipe->description })
            if (!text.empty() && !out.contains(qs(text)))
                out.append(qs(text));
    }
    return out;
}

QString presetTextsSource()
{
    return textListSource(QStringLiteral("the texts of the shipped presets (resources/presets)"),
                          QStringLiteral("presets"), QStringLiteral("kPresetTexts"), presetTexts());
}

} // namespace batlab::views
