// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/tokens.h"

#include <algorithm>
#include <cmath>

namespace batlab::plots {

namespace {

QColor rgb(QRgb value) { return QColor(value | 0xff000000U); }

Tokens light()
{
    Tokens t;
    t.kind = ThemeKind::light;
    t.window = rgb(0xF3F4F6);
    t.chrome = rgb(0xEBEDF0);
    t.base = rgb(0xFFFFFF);
    t.alt = rgb(0xF7F8FA);
    t.field = rgb(0xFFFFFF);
    t.button = rgb(0xFBFBFC);
    t.hover = rgb(0xE4E7EC);
    t.border = rgb(0xD3D8DF);
    t.buttonBorder = rgb(0xC3C9D2);
    t.borderStrong = rgb(0x8A93A0);
    t.text = rgb(0x1A1E25);
    t.text2 = rgb(0x434C59);
    t.text3 = rgb(0x59626F);
    t.disabled = rgb(0x8D95A1);
    t.accent = rgb(0x4F46C8);
    t.accentFill = rgb(0x4F46C8);
    t.accentFillText = rgb(0xFFFFFF);
    t.progress = rgb(0x4F46C8);
    t.sel = rgb(0xE3E2F8);
    t.selText = rgb(0x1A1E25);
    t.good = rgb(0x0B6E5F);
    t.goodBg = rgb(0xE1F1EE);
    t.warn = rgb(0x855600);
    t.warnBg = rgb(0xFAEFD8);
    t.bad = rgb(0xAF3A08);
    t.badBg = rgb(0xFBE5DB);
    t.grid = rgb(0xE6E9ED);
    t.axis = rgb(0x77808D);
    t.tick = rgb(0x434C59);
    t.hist = rgb(0xA9B2BF);
    t.histLine = rgb(0x5F6875);
    t.markerInner = rgb(0xFFFFFF);
    t.markerOuter = rgb(0x000000);
    t.family = { rgb(0x1A1E25), rgb(0xA83A00), rgb(0x5F6875), rgb(0xC28A00), rgb(0x2C8FCB),
                 rgb(0xB85C90), rgb(0x007F5A), rgb(0x004F8A), rgb(0x5F6875) };
    return t;
}

Tokens dark()
{
    Tokens t;
    t.kind = ThemeKind::dark;
    t.window = rgb(0x1C1F24);
    t.chrome = rgb(0x23272D);
    t.base = rgb(0x15181C);
    t.alt = rgb(0x191C21);
    t.field = rgb(0x121417);
    t.button = rgb(0x2C3138);
    t.hover = rgb(0x2C3138);
    t.border = rgb(0x343A42);
    t.buttonBorder = rgb(0x343A42);
    t.borderStrong = rgb(0x6D7682);
    t.text = rgb(0xE6E9ED);
    t.text2 = rgb(0xB9C0CA);
    t.text3 = rgb(0xA1A9B4);
    t.disabled = rgb(0x6B7480);
    t.accent = rgb(0xA3A0FF);
    t.accentFill = rgb(0x5A54D4);
    t.accentFillText = rgb(0xFFFFFF);
    t.progress = rgb(0x7571E6);
    t.sel = rgb(0x343466);
    t.selText = rgb(0xF2F3F5);
    t.good = rgb(0x5CCDB3);
    t.goodBg = rgb(0x16332E);
    t.warn = rgb(0xE6B04A);
    t.warnBg = rgb(0x372B12);
    t.bad = rgb(0xFF9068);
    t.badBg = rgb(0x3D2116);
    t.grid = rgb(0x262B31);
    t.axis = rgb(0x7C8693);
    t.tick = rgb(0xB9C0CA);
    t.hist = rgb(0x5B6572);
    t.histLine = rgb(0xA7B0BC);
    t.markerInner = rgb(0xFFFFFF);
    t.markerOuter = rgb(0x000000);
    t.family = { rgb(0xE6E9ED), rgb(0xDE5A1E), rgb(0xA7B0BC), rgb(0xF5C04A), rgb(0x8CCBF0),
                 rgb(0xDE93BC), rgb(0x22B58C), rgb(0x3A8FE0), rgb(0xA7B0BC) };
    return t;
}

/// Light with black text, strong lines and a filled selection: every pair above 7:1.
Tokens highContrast()
{
    Tokens t = light();
    t.kind = ThemeKind::highContrast;
    t.window = t.chrome = t.base = t.field = t.button = rgb(0xFFFFFF);
    t.alt = rgb(0xF4F4F4);
    t.hover = rgb(0xDADADA);
    t.border = t.buttonBorder = t.borderStrong = rgb(0x3A3A3A);
    t.text = t.text2 = t.text3 = t.tick = t.axis = rgb(0x000000);
    t.disabled = rgb(0x5A5A5A);
    t.accent = t.accentFill = t.progress = rgb(0x2A1FA0);
    t.sel = rgb(0xFFE873); // light: coloured texts and markers stay readable on it
    t.selText = rgb(0x000000);
    t.good = rgb(0x064F44);
    t.warn = rgb(0x5E3C00);
    t.bad = rgb(0x7F2600);
    t.grid = rgb(0xC8C8C8);
    t.hist = rgb(0x8A8A8A);
    t.histLine = rgb(0x303030);
    return t;
}

double luminance(const QColor &c)
{
    const auto lin = [](double v) {
        return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * lin(c.redF()) + 0.7152 * lin(c.greenF()) + 0.0722 * lin(c.blueF());
}

} // namespace

QString name(ThemeKind kind)
{
    switch (kind) {
    case ThemeKind::light: return QStringLiteral("light");
    case ThemeKind::dark: return QStringLiteral("dark");
    case ThemeKind::highContrast: return QStringLiteral("high-contrast");
    }
    return {};
}

ThemeKind themeKindFromName(const QString &text, ThemeKind fallback)
{
    for (const ThemeKind kind : kThemeKinds)
        if (name(kind) == text)
            return kind;
    return fallback;
}

Family familyFromName(const QString &text)
{
    static constexpr std::array<const char *, 8> names {
        "reference",      "none",        "diagonal", "global-rotation",
        "block-rotation", "closed-form", "bat",      "bat-plus"
    };
    for (std::size_t i = 0; i < names.size(); ++i)
        if (text == QLatin1String(names[i]))
            return static_cast<Family>(i);
    return Family::other;
}

const Tokens &tokens(ThemeKind kind)
{
    static const std::array<Tokens, 3> all { light(), dark(), highContrast() };
    return all[static_cast<std::size_t>(kind)];
}

MethodStyle methodStyle(const Tokens &t, const QString &family, bool filled)
{
    static constexpr std::array<Marker, 8> markers { Marker::none,         Marker::cross,
                                                     Marker::plus,         Marker::square,
                                                     Marker::diamond,      Marker::triangleUp,
                                                     Marker::triangleDown, Marker::circle };
    const Family f = familyFromName(family);
    MethodStyle style;
    style.color = t.family[static_cast<std::size_t>(f)];
    style.filled = filled;
    if (f == Family::other) {
        // Families this version does not know: one of the remaining markers, the same on every
        // start.
        static constexpr std::array<Marker, 3> rest { Marker::pentagon, Marker::star,
                                                      Marker::hexagon };
        unsigned sum = 0;
        for (const QChar c : family)
            sum = sum * 31U + c.unicode();
        style.marker = rest[sum % rest.size()];
    } else {
        style.marker = markers[static_cast<std::size_t>(f)];
    }
    if (f == Family::reference)
        style.dash = { 3, 2 };
    if (f == Family::batPlus)
        style.width = 2;
    return style;
}

double contrastRatio(const QColor &a, const QColor &b)
{
    const double la = luminance(a);
    const double lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

QColor textOn(const QColor &background)
{
    // Black and white are 21:1 apart, so one of them is sqrt(21) = 4.58:1 from any colour; of white
    // and the near black of the tokens the middle of every map would be 4.3:1 from both.
    const QColor white = rgb(0xFFFFFF);
    const QColor black = rgb(0x000000);
    return contrastRatio(white, background) >= contrastRatio(black, background) ? white : black;
}

} // namespace batlab::plots
