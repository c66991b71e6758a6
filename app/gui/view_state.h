// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

class QWidget;

namespace batlab::app {

/// What a page looks like, as {"key": value}: sizes of splitters, columns and order of tables,
/// filters, choices of combo boxes and segments, toggles, limits, colours and table twin of every
/// plot. Keys are made of class and object name, or of class, panel and number where a widget has
/// no name. Splitters have names, so that a panel may gain one and old states still fit. What shows
/// the selection is left out: it follows the selection.
[[nodiscard]] Json captureWidgets(const QWidget &root);
/// The reverse; entries without a widget and widgets without an entry are passed over. Limits of
/// plots that have no data yet are kept until they have.
void restoreWidgets(QWidget &root, const Json &state);

} // namespace batlab::app
