// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>

class QWidget;

namespace batlab::test {

/// Texts below `root` that do not fit where they are shown: labels, buttons, combo boxes, headers
/// and tabs, each as "class name: text (needs/has)". Texts that give way on purpose (ElidedLabel,
/// wrapped labels) and those scrolled out of sight are left out.
[[nodiscard]] QStringList clippedTexts(const QWidget &root);

/// Cells of tables and trees in sight whose text is elided.
[[nodiscard]] QStringList elidedCells(const QWidget &root);

} // namespace batlab::test
