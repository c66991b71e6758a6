// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/app/window_fixture.h"

#include <QFile>
#include <QTest>

// Steps that journeys through sessions share.
namespace batlab::test {

[[nodiscard]] inline bool saveAndWait(app::MainWindow &w, const QString &path, int mostMs = 30000)
{
    bool saved = false, ended = false;
    w.saveTo(path, [&](bool ok) {
        saved = ok;
        ended = true;
    });
    [&] { QTRY_VERIFY_WITH_TIMEOUT(ended, mostMs); }();
    return saved;
}

inline void put(const QString &path, const QByteArray &text)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
}

/// A finished demo on the fake engine.
inline void runDemo(WindowFixture &f)
{
    QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
    f.window->startDemo();
    QTRY_VERIFY_WITH_TIMEOUT(
        !f.workbench->hasActiveJobs() && !f.workbench->document()->runs().empty(), 60000);
}

} // namespace batlab::test
