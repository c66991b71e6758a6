// SPDX-License-Identifier: Apache-2.0
// Pictures of every page, both sizes, both themes (SYNTHETIC data), and what must hold for all of
// them.
#include "tests/app/window_fixture.h"
#include "views/panels/inspect_page.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/theme.h"

#include <QFileInfo>
#include <QTest>

#include <map>

using namespace batlab;
using batlab::app::MainWindow;

namespace {

/// Widgets that keep a window from getting narrow, the widest first.
QString demanding(const QWidget &root)
{
    std::multimap<int, QString> found;
    for (const QWidget *w : root.findChildren<QWidget *>()) {
        const int least = std::max(w->minimumWidth(), w->minimumSizeHint().width());
        if (least > 400)
            found.emplace(
                -least,
                QStringLiteral("%1 %2 %3")
                    .arg(least)
                    .arg(QString::fromLatin1(w->metaObject()->className()), w->objectName()));
    }
    QStringList out;
    for (const auto &[width, text] : found)
        out.append(text);
    return out.join(QStringLiteral("; "));
}

} // namespace

class TstWindowLooks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pictures()
    {
        test::WindowFixture f(test::fakeEngine(30));
        MainWindow &w = *f.window;
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        QTRY_COMPARE(f.workbench->engine()->state(), app::EngineClient::State::ready);
        QTest::qWait(300);
        QStringList files = app::writeScreenshots(w, QStringLiteral(BATLAB_LOOKS_DIR));
        w.startDemo();
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->hasActiveJobs(), 90000);
        QTest::qWait(500);
        files += app::writeScreenshots(w, QStringLiteral(BATLAB_LOOKS_DIR));
        QCOMPARE(files.size(), 20);
        for (const QString &file : files) {
            const QImage image(file);
            const qreal ratio = w.devicePixelRatioF();
            QVERIFY2(image.width() == qRound(1600 * ratio) || image.width() == qRound(1280 * ratio),
                     qPrintable(file + QStringLiteral(": ") + demanding(w)));
            // The theme reaches every corner: the darkest of a light picture's frame is light, and
            // the reverse.
            const bool dark = file.contains(QStringLiteral("-dark-"));
            for (const QPoint corner :
                 { QPoint(3, 3), QPoint(image.width() - 4, 3), QPoint(3, image.height() - 4),
                   QPoint(image.width() - 4, image.height() - 4) })
                QVERIFY2((image.pixelColor(corner).lightness() < 100) == dark, qPrintable(file));
            qInfo("%s", qPrintable(QFileInfo(file).absoluteFilePath()));
        }
    }
};

QTEST_MAIN(TstWindowLooks)
#include "tst_window_looks.moc"
