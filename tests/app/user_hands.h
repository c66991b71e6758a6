// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "views/plots/heatmap_plot.h"

#include <QString>
#include <QVariant>
#include <QWidget>

#include <functional>

class QComboBox;
class QSpinBox;
class QTabBar;

namespace batlab::app {
class MainWindow;
}

/// What a user does at a window, for journeys: clicks on what can be seen where it is seen, keys
/// into fields, entries of menus. Each returns false, with the reason in the log, where a user
/// could not have done it. The event loop has a turn after every click and key, as between those of
/// a hand.
namespace batlab::test {

/// A click in the middle of a widget, which nothing may cover.
[[nodiscard]] bool press(QWidget *widget);
[[nodiscard]] bool press(QWidget *widget, const QPoint &at);
/// The button in `in` that is seen and has this text, name or tooltip.
[[nodiscard]] bool pressButton(QWidget *in, const QString &text);
[[nodiscard]] bool pressTab(QTabBar *bar, const QString &text);
[[nodiscard]] bool pressCell(plots::HeatmapPlot *map, plots::HeatCell cell);
/// A page of the window by the name on its tab.
[[nodiscard]] bool openPage(app::MainWindow &window, const QString &title);
/// A dock of the window by its title; one that lies behind another comes to the front.
[[nodiscard]] bool raiseDock(app::MainWindow &window, const QString &title);
/// The entry of a combo box with this data, with the arrow keys; each step on the way is chosen.
[[nodiscard]] bool choose(QComboBox *box, const QVariant &data);
/// The entry of a combo box with this text, by its first letters.
[[nodiscard]] bool chooseText(QComboBox *box, const QString &text);
[[nodiscard]] bool type(QSpinBox *box, int value);
/// The entry of a menu of the menu bar, texts without their accelerators.
[[nodiscard]] bool pickFromMenu(app::MainWindow &window, const QString &menu, const QString &entry);
/// A tool of the main toolbar by the id of its action.
[[nodiscard]] bool pressTool(app::MainWindow &window, const QString &action);
/// Does what brings up a file dialog and answers it with `path`. The stall monitor rests until the
/// dialog's button is pressed: the dialog is the toolkit's, on a desktop another program's.
[[nodiscard]] bool throughFileDialog(app::MainWindow &window, const QString &path,
                                     const std::function<bool()> &open);

/// The widget in `in` that is seen and has this accessible name; null without one.
template<class Widget>
[[nodiscard]] Widget *named(const QWidget *in, const QString &name)
{
    for (Widget *widget : in ? in->findChildren<Widget *>() : QList<Widget *>())
        if (widget->isVisible() && widget->accessibleName() == name)
            return widget;
    return nullptr;
}

} // namespace batlab::test
