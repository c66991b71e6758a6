// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/application.h"
#include "app/gui/options.h"
#include "core/base/heap.h"

#include <QApplication>
#include <QElapsedTimer>

int main(int argc, char **argv)
{
    QElapsedTimer clock;
    clock.start();
    batlab::keepLittleMemory();
    QApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("batlab"));
    QCoreApplication::setApplicationVersion(QStringLiteral(BATLAB_VERSION));
    QCoreApplication::setOrganizationName(QStringLiteral("batlab"));
    return batlab::app::runApplication(
        app, batlab::app::parseOptions(QCoreApplication::arguments()), clock);
}
