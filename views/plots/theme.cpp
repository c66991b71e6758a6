// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/theme.h"

#include "views/plots/batlab_style.h"

#include <QApplication>
#include <QFontDatabase>
#include <QFontMetricsF>
#include <QHash>
#include <QIcon>
#include <QPainter>
#include <QPixmap>
#include <QPixmapCache>
#include <QSvgRenderer>
#include <QToolTip>
#include <QWidget>

#include <algorithm>
#include <cmath>

namespace batlab::plots {

namespace {

constexpr double kSmallestPoints = 8;

QFont scaled(double delta)
{
    QFont font = QApplication::font();
    const double points = font.pointSizeF() > 0 ? font.pointSizeF() : font.pixelSize() * 0.75;
    font.setPointSizeF(std::max(kSmallestPoints, points + delta));
    return font;
}

/// Strokes on a 24-grid, 1.75 wide.
QByteArray glyphBody(const QString &name)
{
    static const QHash<QString, QByteArray> bodies {
        { QStringLiteral("map"),
          "<rect x='3.5' y='4.5' width='17' height='15' rx='1'/><path d='M9.2 4.5v15M14.8 "
          "4.5v15'/>" },
        { QStringLiteral("table"),
          "<rect x='3.5' y='4.5' width='17' height='15' rx='1'/><path d='M3.5 9.5h17M3.5 "
          "14.5h17M10 9.5v10'/>" },
        { QStringLiteral("export"), "<path d='M12 4v11M7.5 11l4.5 4.5L16.5 11M4.5 19.5h15'/>" },
        { QStringLiteral("more"),
          "<g fill='currentColor' stroke='none'><circle cx='5' cy='12' r='1.7'/>"
          "<circle cx='12' cy='12' r='1.7'/><circle cx='19' cy='12' r='1.7'/></g>" },
        { QStringLiteral("lock"),
          "<rect x='5.5' y='11' width='13' height='9' rx='1.5'/><path d='M8.5 11V8a3.5 3.5 0 0 1 7 "
          "0v3'/>" },
        { QStringLiteral("reset"), "<path d='M5 8.5A8 8 0 1 1 4 13M5 4v4.7h4.7'/>" },
        { QStringLiteral("copy"),
          "<rect x='8.5' y='8.5' width='11.5' height='11.5' rx='1.5'/><path d='M5.5 15.5h-1V5A1 1 "
          "0 0 1 5 4.5h10.5v1'/>" },
        { QStringLiteral("close"), "<path d='M6 6l12 12M18 6L6 18'/>" },
        { QStringLiteral("search"), "<circle cx='10.5' cy='10.5' r='6'/><path d='M15 15l5 5'/>" },
        { QStringLiteral("filter"), "<path d='M4 5h16l-6.2 7.5V19l-3.6-2v-4.5z'/>" },
        { QStringLiteral("pin"), "<path d='M9 4h6l-.7 6 3.2 3.5H6.5L9.7 10zM12 13.5V20'/>" },
        { QStringLiteral("curve"), "<path d='M3.5 19.5c5 0 4.5-13 8.5-13s3.5 13 8.5 13'/>" },
        { QStringLiteral("region"),
          "<path d='M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 "
          "20H5a1 1 "
          "0 0 1-1-1v-3'/><path d='M9 14.5l2-3 2 1.5 2.5-4'/>" },
        { QStringLiteral("chevron-down"), "<path d='M6.5 9.5l5.5 5.5 5.5-5.5'/>" },
    };
    return bodies.value(name);
}

QPixmap glyphPixmap(const QByteArray &body, const QColor &color, int size, qreal ratio)
{
    return svgPixmap(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'>"
        "<g fill='none' stroke='currentColor' stroke-width='1.75' stroke-linecap='round' "
        "stroke-linejoin='round'>"
            + body + "</g></svg>",
        color, size, ratio);
}

} // namespace

QPixmap svgPixmap(QByteArray svg, const QColor &color, int size, qreal ratio)
{
    svg.replace("currentColor", color.name().toLatin1());
    const QString key = QStringLiteral("batlab %1 %2 %3").arg(qHash(svg)).arg(size).arg(ratio);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap))
        return pixmap;
    pixmap = QPixmap(QSize(size, size) * ratio);
    pixmap.fill(Qt::transparent);
    QSvgRenderer renderer(svg);
    QPainter painter(&pixmap);
    renderer.render(&painter);
    painter.end();
    pixmap.setDevicePixelRatio(ratio);
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

QPalette paletteFor(ThemeKind kind)
{
    const Tokens &t = tokens(kind);
    QPalette p;
    p.setColor(QPalette::Window, t.window);
    p.setColor(QPalette::WindowText, t.text);
    p.setColor(QPalette::Base, t.base);
    p.setColor(QPalette::AlternateBase, t.alt);
    p.setColor(QPalette::ToolTipBase, t.window);
    p.setColor(QPalette::ToolTipText, t.text);
    p.setColor(QPalette::PlaceholderText, t.text3);
    p.setColor(QPalette::Text, t.text);
    p.setColor(QPalette::Button, t.button);
    p.setColor(QPalette::ButtonText, t.text);
    p.setColor(QPalette::BrightText, t.accentFillText);
    p.setColor(QPalette::Light, t.base);
    p.setColor(QPalette::Midlight, t.hover);
    p.setColor(QPalette::Mid, t.border);
    p.setColor(QPalette::Dark, t.borderStrong);
    p.setColor(QPalette::Shadow, t.border);
    p.setColor(QPalette::Highlight, t.sel);
    p.setColor(QPalette::HighlightedText, t.selText);
    p.setColor(QPalette::Link, t.accent);
    p.setColor(QPalette::LinkVisited, t.accent);
    for (const auto role :
         { QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::PlaceholderText })
        p.setColor(QPalette::Disabled, role, t.disabled);
    p.setColor(QPalette::Disabled, QPalette::Highlight, t.hover);
    p.setColor(QPalette::Disabled, QPalette::HighlightedText, t.disabled);
    return p;
}

ThemeKind themeKindOf(const QPalette &palette)
{
    const QColor base = palette.color(QPalette::Active, QPalette::Base);
    const QColor text = palette.color(QPalette::Active, QPalette::Text);
    for (const ThemeKind kind : kThemeKinds)
        if (tokens(kind).base == base && tokens(kind).text == text)
            return kind;
    return base.lightnessF() < text.lightnessF() ? ThemeKind::dark : ThemeKind::light;
}

ThemeKind systemThemeKind() { return themeKindOf(QApplication::palette()); }

const Tokens &tokensOf(const QWidget *widget)
{
    // A panel may carry a role-swapped palette of its own; the window's theme decides.
    return tokens(themeKindOf(widget ? widget->palette() : QApplication::palette()));
}

void applyTheme(QApplication &app, ThemeKind kind)
{
    if (!qobject_cast<BatlabStyle *>(QApplication::style()))
        QApplication::setStyle(new BatlabStyle);
    QApplication::setPalette(paletteFor(kind));
    QToolTip::setPalette(paletteFor(kind));
    QToolTip::setFont(tableFont());
    for (const char *view :
         { "QTableView", "QTreeView", "QListView", "QHeaderView", "QLineEdit", "QAbstractSpinBox",
           "QComboBox", "QPushButton", "QCheckBox", "QRadioButton", "QDockWidget", "QStatusBar" })
        QApplication::setFont(tableFont(), view);
    app.setProperty("batlabTheme", name(kind));
}

QFont baseFont() { return QApplication::font(); }

QFont titleFont()
{
    QFont font = QApplication::font();
    font.setWeight(QFont::DemiBold);
    return font;
}

QFont tableFont() { return scaled(-0.75); }

QFont captionFont() { return scaled(-1.5); }

QFont monoFont()
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSizeF(captionFont().pointSizeF());
    return font;
}

QFont welcomeFont()
{
    QFont font = QApplication::font();
    font.setPointSizeF(18);
    return font;
}

int px(qreal atReference)
{
    // 9.75 pt is 13 px on the reference screen.
    const QFont font = QApplication::font();
    const qreal pixels = QFontInfo(font).pixelSize();
    return int(std::lround(atReference * std::max<qreal>(pixels, 10) / 13.0));
}

QIcon glyph(const QString &name, const Tokens &t)
{
    QIcon icon;
    const QByteArray body = glyphBody(name);
    if (body.isEmpty())
        return icon;
    for (const int size : { 14, 16, 20 }) {
        for (const qreal ratio : { 1.0, 2.0 }) {
            icon.addPixmap(glyphPixmap(body, t.text2, size, ratio), QIcon::Normal);
            icon.addPixmap(glyphPixmap(body, t.accent, size, ratio), QIcon::Normal, QIcon::On);
            icon.addPixmap(glyphPixmap(body, t.disabled, size, ratio), QIcon::Disabled);
        }
    }
    return icon;
}

} // namespace batlab::plots
