// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QString>
#include <QVector>

#include <array>

/// The tokens of the look: every colour of the window has a name here, and no other place holds a
/// colour.
namespace batlab::plots {

enum class ThemeKind { light, dark, highContrast };
inline constexpr std::array<ThemeKind, 3> kThemeKinds { ThemeKind::light, ThemeKind::dark,
                                                        ThemeKind::highContrast };
/// "light", "dark", "high-contrast": what settings store.
[[nodiscard]] QString name(ThemeKind kind);
[[nodiscard]] ThemeKind themeKindFromName(const QString &name,
                                          ThemeKind fallback = ThemeKind::light);

/// A method's family: what its transform is. Fixes colour and marker for good.
enum class Family {
    reference,
    none,
    diagonal,
    globalRotation,
    blockRotation,
    closedForm,
    bat,
    batPlus,
    other
};
inline constexpr int kFamilies = 9;
/// From VariantInfo::family ("reference", "none", "global-rotation", ...); unknown strings are
/// `other`.
[[nodiscard]] Family familyFromName(const QString &name);

enum class Marker {
    none,
    cross,
    square,
    diamond,
    triangleUp,
    triangleDown,
    circle,
    plus,
    pentagon,
    star,
    hexagon
};

struct Tokens
{
    ThemeKind kind = ThemeKind::light;
    // surfaces
    QColor window, chrome, base, alt, field, button, hover;
    QColor border, buttonBorder, borderStrong;
    // text
    QColor text, text2, text3, disabled;
    // state
    QColor accent, accentFill, accentFillText, progress, sel, selText;
    QColor good, goodBg, warn, warnBg, bad, badBg;
    // plots
    QColor grid, axis, tick, hist, histLine;
    QColor markerInner, markerOuter; ///< selection frame: inner line inside an outer one
    std::array<QColor, kFamilies> family;

    [[nodiscard]] bool isDark() const { return kind == ThemeKind::dark; }
};

/// All tokens of a theme (design 1.1, 1.2).
[[nodiscard]] const Tokens &tokens(ThemeKind kind);

/// How a method is drawn everywhere: tree, legend, table, plot.
struct MethodStyle
{
    QColor color;
    Marker marker = Marker::none;
    bool filled = false; ///< filled after GPTQ or learned rounding, open with RTN weights
    qreal width = 1.5;
    QVector<qreal> dash; ///< empty: solid; the reference is dashed 3-2
};
[[nodiscard]] MethodStyle methodStyle(const Tokens &tokens, const QString &family, bool filled);

/// WCAG 2 contrast ratio of two opaque colours, 1..21.
[[nodiscard]] double contrastRatio(const QColor &a, const QColor &b);
/// White or black, whichever reads better on `background` (text on a heat cell): 4.5:1 or more on
/// any colour.
[[nodiscard]] QColor textOn(const QColor &background);

} // namespace batlab::plots
