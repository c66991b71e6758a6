// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <QString>

#include <vector>

namespace batlab::views {

/// What the core says (errors, warnings, what a job is doing), in the window's language. The core
/// writes plain English; its texts stand once more in core_texts*.cpp, with %1, %2 ... for what it
/// puts in, where the translation tools find them (context "core"). Takes a text alone, several
/// sentences of it, or what Error::message() joins, "what (where). hint"; what is not in the list
/// stays as it is.
[[nodiscard]] QString coreText(const QString &english);
/// Error::message() in the window's language.
[[nodiscard]] QString coreText(const Error &error);

/// The list, %1 before %2 in each.
[[nodiscard]] std::vector<const char *> coreTexts();
/// Parts of it: of files, of the engine, of run specifications.
[[nodiscard]] std::vector<const char *> coreFileTexts();
[[nodiscard]] std::vector<const char *> coreEngineTexts();
[[nodiscard]] std::vector<const char *> coreSpecTexts();

} // namespace batlab::views
