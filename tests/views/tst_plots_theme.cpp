// SPDX-License-Identifier: GPL-3.0-or-later
// Tokens, colour maps and number texts.
#include "views/plots/colormaps.h"
#include "views/plots/number_text.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QTest>

#include <cmath>
#include <set>

using namespace batlab::plots;

class TestTheme : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyTokenIsSet()
    {
        for (const ThemeKind kind : kThemeKinds) {
            const Tokens &t = tokens(kind);
            QCOMPARE(t.kind, kind);
            for (const QColor *c : { &t.window,       &t.chrome,         &t.base,
                                     &t.alt,          &t.field,          &t.button,
                                     &t.hover,        &t.border,         &t.buttonBorder,
                                     &t.borderStrong, &t.text,           &t.text2,
                                     &t.text3,        &t.disabled,       &t.accent,
                                     &t.accentFill,   &t.accentFillText, &t.progress,
                                     &t.sel,          &t.selText,        &t.good,
                                     &t.goodBg,       &t.warn,           &t.warnBg,
                                     &t.bad,          &t.badBg,          &t.grid,
                                     &t.axis,         &t.tick,           &t.hist,
                                     &t.histLine,     &t.markerInner,    &t.markerOuter })
                QVERIFY(c->isValid());
            for (const QColor &c : t.family)
                QVERIFY(c.isValid());
            QCOMPARE(themeKindOf(paletteFor(kind)), kind);
            QCOMPARE(themeKindFromName(name(kind)), kind);
        }
        QCOMPARE(tokens(ThemeKind::light).accent, QColor("#4F46C8"));
        QCOMPARE(tokens(ThemeKind::dark).base, QColor("#15181C"));
    }

    void textReadsOnEverySurface()
    {
        for (const ThemeKind kind : kThemeKinds) {
            const Tokens &t = tokens(kind);
            for (const QColor &text :
                 { t.text, t.text2, t.text3, t.tick, t.good, t.warn, t.bad, t.accent })
                for (const QColor &surface : { t.window, t.chrome, t.base, t.alt, t.field })
                    QVERIFY2(contrastRatio(text, surface) >= 4.5,
                             qPrintable(name(kind) + ": " + text.name() + " on " + surface.name()));
            QVERIFY(contrastRatio(t.selText, t.sel) >= 4.5);
            QVERIFY(contrastRatio(t.accentFillText, t.accentFill) >= 4.5);
            QVERIFY(contrastRatio(t.good, t.goodBg) >= 4.5);
            QVERIFY(contrastRatio(t.warn, t.warnBg) >= 4.5);
            QVERIFY(contrastRatio(t.bad, t.badBg) >= 4.5);
            // Graphics need 3:1.
            for (const QColor &series : t.family)
                QVERIFY2(contrastRatio(series, t.base) >= 2.95,
                         qPrintable(name(kind) + ": " + series.name()));
        }
    }

    void heatCellTextReads()
    {
        for (const ThemeKind kind : kThemeKinds)
            for (const ColorMap map : { ColorMap::viridis, ColorMap::cividis, ColorMap::diverging })
                for (const QRgb entry : colorTable(map, kind)) {
                    const QColor cell(entry);
                    QVERIFY2(contrastRatio(textOn(cell), cell) >= 4.5, qPrintable(cell.name()));
                }
    }

    void methodsKeepTheirLook()
    {
        std::set<int> markers;
        for (const char *family : { "none", "diagonal", "global-rotation", "block-rotation",
                                    "closed-form", "bat", "bat-plus" }) {
            const MethodStyle s =
                methodStyle(tokens(ThemeKind::light), QLatin1String(family), true);
            QVERIFY(s.filled);
            QVERIFY2(markers.insert(int(s.marker)).second, family);
        }
        const Tokens &t = tokens(ThemeKind::light);
        QCOMPARE(methodStyle(t, "bat-plus", true).color, QColor("#004F8A"));
        QCOMPARE(methodStyle(t, "bat-plus", true).width, 2.0);
        QCOMPARE(methodStyle(t, "reference", false).marker, Marker::none);
        QVERIFY(!methodStyle(t, "reference", false).dash.isEmpty());
        QCOMPARE(methodStyle(t, "someone's", false).marker,
                 methodStyle(t, "someone's", true).marker);
    }

    void mapsAreWhatTheySay()
    {
        const ColorTable &v = colorTable(ColorMap::viridis, ThemeKind::light);
        QCOMPARE(QColor(v.front()), QColor("#440154"));
        QCOMPARE(QColor(v.back()), QColor("#fde725"));
        // Lightness rises all the way: prints in grey.
        for (const ColorMap map : { ColorMap::viridis, ColorMap::cividis }) {
            const ColorTable &t = colorTable(map, ThemeKind::dark);
            for (std::size_t i = 0; i + 32 < t.size(); i += 32)
                QVERIFY(qGray(t[i + 32]) >= qGray(t[i]));
        }
        // Half way (entry 511.5) the map is the colour of zero.
        const QColor middle(colorTable(ColorMap::diverging, ThemeKind::light)[512]);
        QVERIFY(middle.red() > 253 && middle.green() > 253);
        QVERIFY(QColor(colorTable(ColorMap::diverging, ThemeKind::light).front()).red()
                > 150); // worse: orange
    }

    void numbersOnScreen()
    {
        QCOMPARE(numberText(-12.345, 3), QString::fromUtf8("−12.3"));
        QCOMPARE(numberText(0.5, 3), QString("0.5"));
        QCOMPARE(numberText(2.1e-6, 3), QString::fromUtf8("2.1e−6"));
        QCOMPARE(numberText(std::nan("")), QString::fromUtf8("–"));
        QCOMPARE(countText(262144), QString::fromUtf8("262\u2009144"));
        QCOMPARE(signedText(4.267, 2), QString("+4.27"));
        QCOMPARE(signedText(-0.001, 2), QString("0.00"));
        QCOMPARE(signedText(-2.12, 2), QString::fromUtf8("−2.12"));
        QCOMPARE(numberText(100, 2), QString("100"));
    }

    void fontsNeverTooSmall()
    {
        for (const QFont &font : { baseFont(), tableFont(), captionFont(), monoFont() })
            QVERIFY(font.pointSizeF() >= 8);
    }

    void glyphsExist()
    {
        for (const char *g : { "map", "table", "export", "more", "lock", "reset", "copy", "close",
                               "search", "filter", "pin", "chevron-down" }) {
            const QImage image =
                glyph(QLatin1String(g), tokens(ThemeKind::light)).pixmap(16, 16).toImage();
            bool inked = false;
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x)
                    inked |= qAlpha(image.pixel(x, y)) > 100;
            QVERIFY2(inked, g);
        }
    }
};

QTEST_MAIN(TestTheme)
#include "tst_plots_theme.moc"
