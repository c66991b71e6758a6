// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "views/panels/banner.h"

#include <QAbstractButton>
#include <QApplication>
#include <QMessageBox>
#include <QPushButton>
#include <QTest>
#include <QTimer>
#include <QToolButton>

#include <functional>

// How a user answers what the window asks.
namespace batlab::test {

/// Clicks the button with this text in the message box that comes next, then calls `then`.
inline void answerQuestion(const QString &text, const std::function<void()> &then = {})
{
    auto *timer = new QTimer(qApp);
    QObject::connect(timer, &QTimer::timeout, timer, [timer, text, then] {
        auto *box = qobject_cast<QMessageBox *>(QApplication::activeModalWidget());
        if (!box)
            return;
        timer->stop();
        timer->deleteLater();
        for (QAbstractButton *button : box->buttons())
            if (button->text().remove(u'&') == text) {
                QTest::mouseClick(button, Qt::LeftButton);
                if (then)
                    then();
                return;
            }
        QTest::qFail(qPrintable(QStringLiteral("no button ") + text), __FILE__, __LINE__);
        box->reject();
    });
    timer->start(20);
}

inline void press(const views::Banner &banner, const QString &text)
{
    for (QPushButton *button : banner.findChildren<QPushButton *>())
        if (button->text() == text)
            return QTest::mouseClick(button, Qt::LeftButton);
    QTest::qFail(qPrintable(QStringLiteral("no button ") + text), __FILE__, __LINE__);
}

/// The cross at the banner's end: later.
inline void putOff(const views::Banner &banner)
{
    QTest::mouseClick(banner.findChild<QToolButton *>(), Qt::LeftButton);
}

} // namespace batlab::test
