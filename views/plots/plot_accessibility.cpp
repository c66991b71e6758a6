// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/plot_widget.h"

#include <QAccessible>
#include <QAccessibleWidget>

namespace batlab::plots {

namespace {

/// A plot is one chart with a name and a sentence; its picture has no parts a reader could visit,
/// its table twin has.
class AccessiblePlot : public QAccessibleWidget
{
public:
    explicit AccessiblePlot(PlotWidget *plot)
        : QAccessibleWidget(plot, QAccessible::Chart, plot->title())
    { }

    QString text(QAccessible::Text kind) const override
    {
        const auto *plot = qobject_cast<PlotWidget *>(object());
        if (!plot)
            return {};
        switch (kind) {
        case QAccessible::Name: return plot->accessibleName();
        case QAccessible::Description: return plot->accessibleDescription();
        case QAccessible::Help:
            return PlotWidget::tr("T shows the data as a table, plus and minus zoom, 0 shows all, "
                                  "Ctrl+Shift and arrows move the view");
        default: return QAccessibleWidget::text(kind);
        }
    }
};

QAccessibleInterface *plotInterface(const QString &className, QObject *object)
{
    if (className == QLatin1String("batlab::plots::PlotWidget"))
        if (auto *plot = qobject_cast<PlotWidget *>(object))
            return new AccessiblePlot(plot);
    return nullptr;
}

} // namespace

void installPlotAccessibility() { QAccessible::installFactory(plotInterface); }

} // namespace batlab::plots
