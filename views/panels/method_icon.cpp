// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/method_icon.h"

#include "views/models/text.h"
#include "views/plots/markers.h"

#include <QPainter>
#include <QPixmap>

namespace batlab::views {

QIcon methodIcon(const QString &family, bool filled, const plots::Tokens &tokens)
{
    const plots::MethodStyle style = plots::methodStyle(tokens, family, filled);
    QIcon icon;
    for (const int ratio : { 1, 2, 3 }) {
        QPixmap pixmap(16 * ratio, 16 * ratio);
        pixmap.setDevicePixelRatio(ratio);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing);
        plots::drawMarker(painter, QPointF(8, 8), 9, style, tokens.base);
        painter.end();
        for (const QIcon::Mode mode : { QIcon::Normal, QIcon::Selected })
            icon.addPixmap(pixmap, mode);
    }
    return icon;
}

QIcon methodIcon(const VariantInfo &info, const plots::Tokens &tokens)
{
    return methodIcon(qs(info.family), info.filled, tokens);
}

} // namespace batlab::views
