// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/spec/parameter.h"

#include <QString>
#include <QStringList>

namespace batlab::views {

struct FormField;

/// What the parameter tables say, in the window's language. The tables are plain English data of
/// the core; their texts stand once more in parameter_texts.cpp, where the translation tools find
/// them (context "parameters").
[[nodiscard]] QString parameterTitle(const Parameter &parameter);
[[nodiscard]] QString parameterHelp(const Parameter &parameter);
[[nodiscard]] QString parameterUnit(const Parameter &parameter);
[[nodiscard]] QString parameterGroup(const Parameter &parameter); ///< form section
/// Help and range of a field: its tooltip.
[[nodiscard]] QString parameterHint(const FormField &field);

/// All texts of the tables, each once, in their order.
[[nodiscard]] QStringList parameterTexts();
/// parameter_texts.cpp as it has to be.
[[nodiscard]] QString parameterTextsSource();

} // namespace batlab::views
