// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace batlab::views {

/// The C++ source of an array of texts that live in data, where the translation tools find them.
/// `subject` says what they are of, `context` is what translate() is asked with.
[[nodiscard]] QString textListSource(const QString &subject, const QString &context,
                                     const QString &array, const QStringList &texts);

} // namespace batlab::views
