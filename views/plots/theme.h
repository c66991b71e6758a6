// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/tokens.h"

#include <QFont>
#include <QPalette>

class QApplication;
class QIcon;
class QWidget;

namespace batlab::plots {

/// The QPalette of a theme; a change of theme is one palette, plots follow on PaletteChange.
[[nodiscard]] QPalette paletteFor(ThemeKind kind);
/// The theme a palette belongs to (exact base and text colours, else by lightness: Qt 6.4 has no
/// colour scheme).
[[nodiscard]] ThemeKind themeKindOf(const QPalette &palette);
/// What the desktop asks for: dark when its own palette is dark. Call before applyTheme.
[[nodiscard]] ThemeKind systemThemeKind();
/// Tokens for painting inside `widget`.
[[nodiscard]] const Tokens &tokensOf(const QWidget *widget);

/// Installs the Batlab style (once) and the palette, tool-tip palette and item-view fonts.
void applyTheme(QApplication &app, ThemeKind kind);

/// Fonts of design 1.3, derived from the application font; never below 8 pt.
[[nodiscard]] QFont baseFont(); ///< B: menus, tabs
[[nodiscard]] QFont titleFont(); ///< B semi-bold: panel titles
[[nodiscard]] QFont tableFont(); ///< B - 0.75 pt: tables, docks, controls
[[nodiscard]] QFont captionFont(); ///< B - 1.5 pt: ticks, captions, units, chips
[[nodiscard]] QFont monoFont(); ///< fixed font at caption size: codes, hashes, log
[[nodiscard]] QFont welcomeFont(); ///< 18 pt

/// Logical pixels of design 1.3 scaled with the font: px(32) is 32 when the application font is 13
/// px high.
[[nodiscard]] int px(qreal atReference);

/// Header glyphs, drawn as strokes in the given colours (normal, disabled): "map", "table",
/// "export", "more", "lock", "reset", "copy", "close", "search", "filter", "pin", "chevron-down".
[[nodiscard]] QIcon glyph(const QString &name, const Tokens &tokens);
/// An SVG with its currentColor replaced, size x size logical pixels at a device pixel ratio; drawn
/// once.
[[nodiscard]] QPixmap svgPixmap(QByteArray svg, const QColor &color, int size, qreal ratio);

} // namespace batlab::plots
