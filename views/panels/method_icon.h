// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/artifact.h"
#include "views/plots/tokens.h"

#include <QIcon>

class QPainter;

namespace batlab::views {

/// The marker of a variant's family in its colour; the reference is a dashed line.
[[nodiscard]] QIcon methodIcon(const QString &family, bool filled, const plots::Tokens &tokens);
[[nodiscard]] QIcon methodIcon(const VariantInfo &info, const plots::Tokens &tokens);

} // namespace batlab::views
