// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace batlab::views {

/// A title or description of a shipped preset, in the window's language. They are plain English
/// data; they stand once more in preset_texts.cpp, where the translation tools find them (context
/// "presets"). What a user's own preset says stays as it is. Not for a variant's title, which its
/// session keeps.
[[nodiscard]] QString presetText(const QString &english);

/// Titles and descriptions of the shipped presets, each once, in their order.
[[nodiscard]] QStringList presetTexts();
/// preset_texts.cpp as it has to be.
[[nodiscard]] QString presetTextsSource();

} // namespace batlab::views
