// SPDX-License-Identifier: Apache-2.0
#include "tests/app/user_hands.h"

#include "app/gui/main_window.h"
#include "tests/app/file_dialog.h"
#include "views/plots/qcp.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QDockWidget>
#include <QMenu>
#include <QMenuBar>
#include <QPointer>
#include <QScrollArea>
#include <QSpinBox>
#include <QTabBar>
#include <QTest>
#include <QToolBar>

#include <memory>

namespace batlab::test {

namespace {

constexpr int kPauseMs = 30; ///< more than a beat of the stall monitor

bool cannot(const QString &what, const QString &why)
{
    qWarning("a user could not use %s: %s", qPrintable(what), qPrintable(why));
    return false;
}

QString nameOf(const QWidget *widget)
{
    if (!widget)
        return QStringLiteral("a widget that is not there");
    return QStringLiteral("%1 \"%2\"")
        .arg(QString::fromLatin1(widget->metaObject()->className()),
             widget->accessibleName().isEmpty() ? widget->objectName() : widget->accessibleName());
}

/// Seen and on; scrolled to, as with the wheel, where it stands in a form.
bool usable(QWidget *widget)
{
    if (!widget || !widget->isVisible() || !widget->isEnabled())
        return cannot(nameOf(widget), QStringLiteral("it is hidden or off"));
    for (QWidget *p = widget->parentWidget(); p; p = p->parentWidget())
        if (auto *area = qobject_cast<QScrollArea *>(p))
            area->ensureWidgetVisible(widget);
    return !widget->visibleRegion().isEmpty()
        || cannot(nameOf(widget), QStringLiteral("it is out of sight"));
}

void pause() { QTest::qWait(kPauseMs); }

QString plain(QString text) { return text.remove(QLatin1Char('&')); }

} // namespace

bool press(QWidget *widget) { return widget ? press(widget, widget->rect().center()) : usable({}); }

bool press(QWidget *widget, const QPoint &at)
{
    if (!usable(widget))
        return false;
    QWidget *window = widget->window();
    const QPoint there = widget->mapTo(window, at);
    QWidget *hit = window->childAt(there);
    if (!hit || (hit != widget && !widget->isAncestorOf(hit)))
        return cannot(nameOf(widget), QStringLiteral("it lies under ") + nameOf(hit));
    QTest::mouseClick(hit, Qt::LeftButton, {}, hit->mapFrom(window, there));
    pause();
    return true;
}

bool pressButton(QWidget *in, const QString &text)
{
    for (QAbstractButton *button :
         in ? in->findChildren<QAbstractButton *>() : QList<QAbstractButton *>())
        if (button->isVisible()
            && (plain(button->text()) == text || button->accessibleName() == text
                || button->toolTip() == text))
            return press(button);
    return cannot(QStringLiteral("the button ") + text,
                  QStringLiteral("there is none in ") + nameOf(in));
}

bool pressTab(QTabBar *bar, const QString &text)
{
    for (int i = 0; bar && i < bar->count(); ++i)
        if (plain(bar->tabText(i)) == text)
            return bar->isTabEnabled(i)
                ? press(bar, bar->tabRect(i).center())
                : cannot(QStringLiteral("the tab ") + text, QStringLiteral("it is off"));
    return cannot(QStringLiteral("the tab ") + text,
                  QStringLiteral("there is none in ") + nameOf(bar));
}

bool pressCell(plots::HeatmapPlot *map, plots::HeatCell cell)
{
    pause(); // new data are laid out
    const QRectF place = map->cellRect(cell);
    if (place.isNull())
        return cannot(nameOf(map),
                      QStringLiteral("cell %1, %2 is out of sight").arg(cell.row).arg(cell.column));
    return press(map->plot(), place.center().toPoint());
}

bool openPage(app::MainWindow &window, const QString &title)
{
    return pressTab(named<QTabBar>(&window, QStringLiteral("Pages")), title);
}

bool raiseDock(app::MainWindow &window, const QString &title)
{
    for (const QDockWidget *dock : window.findChildren<QDockWidget *>())
        if (dock->windowTitle() == title && dock->widget()->isVisible()
            && !dock->widget()->visibleRegion().isEmpty())
            return true;
    for (QTabBar *bar : window.findChildren<QTabBar *>())
        for (int i = 0; i < bar->count() && bar->isVisible(); ++i)
            if (plain(bar->tabText(i)) == title)
                return pressTab(bar, title);
    return cannot(QStringLiteral("the dock ") + title, QStringLiteral("it is not shown"));
}

bool choose(QComboBox *box, const QVariant &data)
{
    if (!usable(box))
        return false;
    box->setFocus(Qt::TabFocusReason);
    // A choice may fill the box anew: its place is looked up at every step.
    for (int left = box->count(); left > 0 && box->currentData() != data; --left) {
        const int to = box->findData(data);
        if (to < 0)
            break;
        QTest::keyClick(box, box->currentIndex() < to ? Qt::Key_Down : Qt::Key_Up);
        pause();
    }
    return box->currentData() == data
        || cannot(nameOf(box), QStringLiteral("no entry %1").arg(data.toString()));
}

bool chooseText(QComboBox *box, const QString &text)
{
    if (!usable(box))
        return false;
    box->setFocus(Qt::TabFocusReason);
    const QPointer<QComboBox> guard(box); // a choice may build its form anew
    for (qsizetype i = 0; i < text.size() && guard && guard->currentText() != text; ++i)
        QTest::keyClicks(guard.data(), text.mid(i, 1));
    const bool chosen = !guard || guard->currentText() == text;
    pause();
    return chosen || cannot(nameOf(guard.data()), QStringLiteral("no entry ") + text);
}

bool type(QSpinBox *box, int value)
{
    if (!usable(box))
        return false;
    box->setFocus(Qt::TabFocusReason);
    QTest::keyClick(box, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClicks(box, QString::number(value));
    QTest::keyClick(box, Qt::Key_Return);
    pause();
    return box->value() == value
        || cannot(nameOf(box), QStringLiteral("it did not take %1").arg(value));
}

bool pickFromMenu(app::MainWindow &window, const QString &menu, const QString &entry)
{
    for (QAction *title : window.menuBar()->actions()) {
        if (plain(title->text()) != menu || !title->menu())
            continue;
        Q_EMIT title->menu()->aboutToShow(); // as a click on the title
        for (QAction *action : title->menu()->actions()) {
            if (plain(action->text()) != entry)
                continue;
            if (!action->isEnabled() || !action->isVisible())
                return cannot(entry, QStringLiteral("it is off"));
            action->trigger();
            pause();
            return true;
        }
    }
    return cannot(entry, QStringLiteral("it does not stand in the menu ") + menu);
}

bool pressTool(app::MainWindow &window, const QString &action)
{
    const QAction *found = window.workbench()->actions()->action(action);
    return found
        ? pressButton(window.findChild<QToolBar *>(QStringLiteral("mainToolBar")), found->toolTip())
        : cannot(action, QStringLiteral("there is no such action"));
}

bool throughFileDialog(app::MainWindow &window, const QString &path,
                       const std::function<bool()> &open)
{
    const auto answered = std::make_shared<bool>(false);
    app::StallMonitor *stalls = window.stalls();
    stalls->stop();
    answerFileDialog(path, [stalls, answered] {
        stalls->start();
        *answered = true;
    });
    if (!open())
        return false;
    return *answered || cannot(path, QStringLiteral("no file dialog came"));
}

} // namespace batlab::test
