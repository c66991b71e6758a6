// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractButton>
#include <QApplication>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QLineEdit>
#include <QListView>
#include <QTimer>

#include <functional>

namespace batlab::test {

/// Answers the next file dialog as a user does: types a path and presses its button. `typed`, where
/// given, is called between the two.
inline void answerFileDialog(const QString &path, const std::function<void()> &typed = {})
{
    auto *timer = new QTimer(qApp);
    timer->setInterval(20);
    QObject::connect(timer, &QTimer::timeout, timer, [timer, path, typed] {
        auto *dialog = qobject_cast<QFileDialog *>(QApplication::activeModalWidget());
        if (!dialog)
            return;
        timer->stop();
        timer->deleteLater();
        // What was named before stays selected where the window has no focus to type with.
        dialog->findChild<QListView *>(QStringLiteral("listView"))->clearSelection();
        dialog->findChild<QLineEdit *>(QStringLiteral("fileNameEdit"))->setText(path);
        if (typed)
            typed();
        for (QAbstractButton *button : dialog->findChild<QDialogButtonBox *>()->buttons())
            if (dialog->findChild<QDialogButtonBox *>()->buttonRole(button)
                == QDialogButtonBox::AcceptRole)
                button->click();
    });
    timer->start();
}

} // namespace batlab::test
