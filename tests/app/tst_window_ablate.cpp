// SPDX-License-Identifier: Apache-2.0
// The Ablate page in the real window, with the scripted engine.
#include "tests/app/session_steps.h"
#include "views/models/fallback_model.h"
#include "views/models/text.h"
#include "views/models/what_if_model.h"
#include "views/models/what_if_sweep.h"
#include "views/panels/ablate_page.h"
#include "views/panels/fallback_panel.h"
#include "views/panels/metrics_panel.h"
#include "views/panels/spec_difference_dialog.h"
#include "views/panels/sweep_panel.h"

#include <QDir>
#include <QTabWidget>
#include <QTest>

using namespace batlab;
using batlab::app::MainWindow;

namespace {

/// The page with an edited form and both of its lower tabs, for the eye.
void pictures(MainWindow &window, views::AblatePage &page)
{
    const QString folder = QStringLiteral(BATLAB_LOOKS_DIR);
    QDir().mkpath(folder);
    for (const char *theme : { "dark", "light" }) {
        window.setThemeName(QString::fromLatin1(theme));
        for (const QSize size : { QSize(1600, 1000), QSize(1280, 800) }) {
            window.resize(size);
            for (const int tab : { 0, 1 }) {
                page.lowerTabs()->setCurrentIndex(tab);
                QTest::qWait(400);
                const QString file =
                    QStringLiteral("%1/ablate-%2-%3-%4%5.png")
                        .arg(folder,
                             tab == 0 ? QStringLiteral("sweep") : QStringLiteral("fallback"),
                             QString::fromLatin1(theme), QString::number(size.width()),
                             window.devicePixelRatioF() > 1 ? QStringLiteral("@2x") : QString());
                QVERIFY(window.grab().save(file));
            }
        }
    }
    window.resize(1600, 1000);
}

} // namespace

class TstWindowAblate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIfToQueuedRun()
    {
        test::WindowFixture f(test::fakeEngine(4));
        MainWindow &w = *f.window;
        w.resize(1600, 1000);
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        w.startDemo();
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->hasActiveJobs(), 60000);
        views::SelectionContext *selection = f.workbench->selection();
        selection->setVariant(QStringLiteral("bat"));
        QVERIFY(f.workbench->actions()->trigger(QStringLiteral("view.ablate")));
        QCOMPARE(w.page(), MainWindow::Ablate);
        views::AblatePage *page = w.ablatePage();
        views::WhatIfModel *model = page->model();
        QTRY_VERIFY(model->base());
        QCOMPARE(model->base()->run, QStringLiteral("r0001"));
        QTRY_VERIFY(model->answer() && !model->isStale());
        QVERIFY(!f.workbench->actions()->action(QStringLiteral("ablate.queue"))->isEnabled());

        w.stalls()->reset();
        const views::WhatIfAnswerPtr first = model->answer();
        model->edit({ { "transform.g1", 4 }, { "transform.g2", 8 } }, QStringLiteral("g1 × g2"));
        model->edit({ { "settings.scaleRule", "floor" } }, QStringLiteral("rule"));
        QVERIFY(model->isStale());
        QTRY_VERIFY(!model->isStale());
        QVERIFY(model->answer() != first);
        QVERIFY(f.workbench->actions()->trigger(QStringLiteral("edit.undo")));
        QVERIFY(!model->changes().contains("settings.scaleRule"));
        QVERIFY(f.workbench->actions()->trigger(QStringLiteral("edit.redo")));

        page->sweep()->setAxis(2, QStringLiteral("transform.parametrization"),
                               QStringLiteral("affine,orthogonal"));
        QVERIFY(f.workbench->actions()->trigger(QStringLiteral("ablate.sweep")));
        // Orthogonal blocks cannot start from a closed form: those cells say so.
        QTRY_COMPARE_WITH_TIMEOUT(page->sweep()->sweep()->doneCount(), 96, 20000);

        pictures(w, *page);

        QVERIFY(f.workbench->actions()->trigger(QStringLiteral("ablate.queue")));
        QVERIFY(page->differenceDialog());
        page->differenceDialog()->accept();
        QCOMPARE(f.workbench->document()->runs().size(), std::size_t(2));
        const views::RunEntry &run = f.workbench->document()->runs().back();
        QVERIFY2(run.title.contains(QStringLiteral("r0001")), qPrintable(run.title));
        QCOMPARE(run.spec["variants"].size(), std::size_t(1));
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->hasActiveJobs(), 60000);
        QCOMPARE(int(f.workbench->document()->runs().back().state), int(JobState::succeeded));
        // The new variant can be varied in its turn.
        selection->setVariant(views::qs(run.spec["variants"][0]["id"].get<std::string>()));
        QTRY_COMPARE(model->base()->run, run.id);
        QVERIFY(model->changes().empty());
    }

    /// What was varied on any variant, its pin and the fallbacks nobody has applied are in the
    /// session, also while another variant is selected, and once more after a save in between.
    void whatIfsOfAllVariantsAreKept()
    {
        test::WindowFixture f(test::fakeEngine(4));
        MainWindow &w = *f.window;
        test::runDemo(f);
        views::AblatePage *page = w.ablatePage();
        views::WhatIfModel *model = page->model();
        views::FallbackModel *fallback = page->fallback()->fallback();
        const auto show = [&](const char *variant) {
            f.workbench->selection()->setVariant(QString::fromLatin1(variant));
            page->flush();
            page->fallback()->rebuild();
            QVERIFY(model->base());
            QCOMPARE(model->base()->variant, QString::fromLatin1(variant));
        };
        const Json pinned { { "settings.scaleRule", "ceil" } };
        const Json tried { { "settings.ties", "away" } };
        const Json factors { { "transform.g1", 4 }, { "transform.g2", 8 } };
        const auto raised = [fallback] { // layer 2, T4
            return fallback->units().at(2 * 4 + 3).format == "bf16" && fallback->hasUnapplied();
        };
        show("gptq");
        model->load(pinned, QStringLiteral("ceil"));
        model->pin();
        const QString title = model->pinnedTitle();
        model->load(tried, QStringLiteral("away"));
        show("bat");
        model->load(factors, QStringLiteral("factors"));
        fallback->setFormat(2, Site::t4, "bf16");
        QVERIFY(raised());
        // The page is not looked at again: its base stays that of "bat".
        f.workbench->selection()->setVariant(QStringLiteral("mr-gptq"));

        for (const char *name : { "one.batlab.h5", "two.batlab.h5" }) {
            const QString path = f.folder.filePath(QString::fromLatin1(name));
            QVERIFY(test::saveAndWait(w, path));
            f.workbench->store()->newSession();
            QVERIFY(fallback->edits().empty());
            w.openSession(path);
            QTRY_COMPARE_WITH_TIMEOUT(f.workbench->document()->path(), path, 30000);
            QTRY_COMPARE(f.workbench->selection()->current().variant, QStringLiteral("mr-gptq"));
            QVERIFY(!f.workbench->document()->isModified());
        }
        show("mr-gptq");
        QVERIFY(model->changes().empty() && !fallback->hasUnapplied());
        show("bat");
        QVERIFY2(model->changes() == factors, model->changes().dump().c_str());
        QVERIFY(raised());
        show("gptq");
        QVERIFY2(model->changes() == tried, model->changes().dump().c_str());
        QVERIFY(model->history().pin && *model->history().pin == pinned);
        QCOMPARE(model->pinnedTitle(), title);
        QVERIFY(!f.workbench->actions()->trigger(QStringLiteral("edit.undo"))); // nothing was done
        // Of a base that was varied since, this is what counts.
        model->load(pinned, QStringLiteral("ceil"));
        show("bat");
        show("gptq");
        QVERIFY2(model->changes() == pinned, model->changes().dump().c_str());
    }

    void firstRunIsOffered()
    {
        test::WindowFixture f(test::fakeEngine(2));
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        QVERIFY(!f.window->ablatePage()->emptyText().isEmpty());
        QVERIFY(!f.workbench->actions()->action(QStringLiteral("view.ablate"))->isEnabled());
        QCOMPARE(f.workbench->actions()->action(QStringLiteral("view.ablate"))->shortcut(),
                 QKeySequence(QStringLiteral("Alt+3")));
        QCOMPARE(f.workbench->actions()->action(QStringLiteral("view.evaluate"))->shortcut(),
                 QKeySequence(QStringLiteral("Alt+4")));
    }
};

QTEST_MAIN(TstWindowAblate)
#include "tst_window_ablate.moc"
