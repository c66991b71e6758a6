// SPDX-License-Identifier: Apache-2.0
// One user, from the first look to the session on disk: the real window, the real engine, the demo
// job on a small real model. BATLAB_TEST_JOURNEY=small fails on stalls of the event loop too; =demo
// does the same on SmolLM2, in a quarter of an hour.
#include "app/gui/shell.h"
#include "core/base/heap.h"
#include "tests/app/window_fixture.h"
#include "tests/support/tiny_model.h"
#include "views/models/what_if_model.h"
#include "views/panels/ablate_page.h"
#include "views/panels/banner.h"
#include "views/panels/compare_page.h"
#include "views/panels/cost_panel.h"
#include "views/panels/evaluate_page.h"
#include "views/panels/inspect_page.h"
#include "views/panels/spec_difference_dialog.h"
#include "views/plots/heatmap_plot.h"

#include <QApplication>
#include <QClipboard>
#include <QDialogButtonBox>
#include <QFile>
#include <QFileInfo>
#include <QPushButton>
#include <QTableWidget>
#include <QTest>
#include <QUndoStack>

using namespace batlab;
using batlab::app::MainWindow;
using batlab::test::WindowFixture;

namespace {

constexpr int kJobMs = 1800 * 1000;

const char *const kVariants[] = { "rtn-uos", "gptq", "mr-gptq", "diag-h32", "bat" };

} // namespace

class TstJourney : public QObject
{
    Q_OBJECT

    [[nodiscard]] static bool finished(const WindowFixture &f)
    {
        return !f.workbench->hasActiveJobs();
    }

public:
    static void initMain() { keepLittleMemory(); } // as batlab's main does

private Q_SLOTS:
    void wholeJourney()
    {
        const QString cli = qEnvironmentVariable("BATLAB_BIN_DIR") + QStringLiteral("/batlab-cli");
        if (!QFileInfo(cli).isExecutable())
            QSKIP("no batlab-cli in BATLAB_BIN_DIR: the journey was not made");
        const bool demo = qEnvironmentVariable("BATLAB_TEST_JOURNEY") == QLatin1String("demo");
        const QTemporaryDir models;
        if (!demo) {
            const std::filesystem::path stories =
                qEnvironmentVariable("BATLAB_SHARED_DIR").toStdString() + "/models/stories260K";
            if (!std::filesystem::exists(stories / "stories260K.bin"))
                QSKIP("no stories260K in shared/models: the journey was not made");
            const auto file = test::convertLlama2cToGguf(
                stories / "stories260K.bin", stories / "tok512.bin",
                models.filePath(QStringLiteral("stories260K.gguf")).toStdString());
            qputenv("BATLAB_DEMO_MODEL", QByteArray::fromStdString(file.string()));
        }

        pid_t child = -1;
        WindowFixture f(test::realEngine(cli, child));
        MainWindow &w = *f.window;
        auto *document = f.workbench->document();
        auto *actions = f.workbench->actions();
        w.resize(1600, 1000);
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        QCOMPARE(w.page(), MainWindow::Welcome);

        // Welcome -> demo -> inspect while it runs.
        auto *button = w.findChild<QPushButton *>(QStringLiteral("demoButton"));
        QVERIFY(button && button->isVisible());
        QTest::mouseClick(button, Qt::LeftButton);
        QTRY_COMPARE(w.page(), MainWindow::Inspect);
        QTest::qWait(300); // the page switch is the user's click
        w.stalls()->reset();
        QTRY_VERIFY_WITH_TIMEOUT(
            document->artifacts().siteStats("reference", { Branch::text, 0 }, Site::t1) != nullptr,
            kJobMs);
        QVERIFY(f.workbench->hasActiveJobs());
        f.workbench->selection()->setCell(0, Site::t1, 1);
        w.inspectPage()->flush();
        QVERIFY(!w.inspectPage()->map()->isHidden());

        // Cancel, and resume.
        QVERIFY(actions->trigger(QStringLiteral("run.stop")));
        QTRY_VERIFY_WITH_TIMEOUT(finished(f), 20000);
        QCOMPARE(document->runs().at(0).state, JobState::cancelled);
        QVERIFY(document->artifacts().size() > 0);
        QVERIFY(actions->trigger(QStringLiteral("run.resume")));
        QTRY_VERIFY_WITH_TIMEOUT(finished(f), kJobMs);
        QVERIFY2(document->runs().at(0).state == JobState::succeeded,
                 qPrintable(document->runs().at(0).note));
        for (const char *variant : kVariants)
            QVERIFY2(document->artifacts().evaluation(variant, "wikitext2"), variant);

        // What if, undone and done again.
        f.workbench->selection()->setVariant(QStringLiteral("bat"));
        f.workbench->selection()->setCell(1, Site::t4, 1);
        w.setPage(MainWindow::Ablate);
        views::AblatePage *ablate = w.ablatePage();
        ablate->flush();
        views::WhatIfModel *model = ablate->model();
        QVERIFY2(model->base(), qPrintable(ablate->emptyText()));
        QTRY_VERIFY_WITH_TIMEOUT((model->answer() && !model->isStale()) || model->error(), 120000);
        QVERIFY2(!model->error(), model->error() ? model->error()->message().c_str() : "");
        const double before = model->answer()->outputSqnrDb;
        QVERIFY(before > 5 && before < 60);
        QTRY_VERIFY2_WITH_TIMEOUT(ablate->cost()->lines().contains(QStringLiteral("4.2")),
                                  qPrintable(ablate->cost()->lines()), 20000);
        model->edit({ { "fold.diagonal", "none" } }, QStringLiteral("no diagonal"));
        QTRY_VERIFY_WITH_TIMEOUT(!model->isStale(), 60000);
        const double without = model->answer()->outputSqnrDb;
        QVERIFY(without != before);
        document->undoStack()->undo();
        QTRY_VERIFY_WITH_TIMEOUT(!model->isStale(), 60000);
        QCOMPARE(model->answer()->outputSqnrDb, before);
        document->undoStack()->redo();
        QTRY_COMPARE(model->changedCount(), 1);

        // Queue it as a run.
        ablate->queueAsRun();
        QTRY_VERIFY(ablate->differenceDialog() != nullptr);
        QCOMPARE(ablate->differenceDialog()->table()->rowCount(), 1);
        ablate->differenceDialog()->accept();
        QTRY_COMPARE(document->runs().size(), std::size_t(2));
        QTRY_VERIFY_WITH_TIMEOUT(finished(f), kJobMs);
        QVERIFY2(document->runs().at(1).state == JobState::succeeded,
                 qPrintable(document->runs().at(1).note));
        const std::string added = document->runs().at(1).spec.at("variants").at(0).at("id");
        QVERIFY2(document->artifacts().evaluation(added, "wikitext2"), added.c_str());

        // Compare, evaluate, report.
        w.setPage(MainWindow::Compare);
        w.comparePage()->flush();
        document->pinBaseline(QStringLiteral("mr-gptq"));
        w.setPage(MainWindow::Evaluate);
        QVERIFY(actions->trigger(QStringLiteral("edit.copyMarkdown")));
        const auto copied = [] { return QApplication::clipboard()->text(); };
        QTRY_VERIFY2_WITH_TIMEOUT(copied().contains(QStringLiteral("| MR-GPTQ")),
                                  qPrintable(copied()), 20000);
        const QString report = f.folder.filePath(QStringLiteral("report.html"));
        bool written = false;
        w.shell()->writeReport(report, [&written](bool ok) { written = ok; });
        QTRY_VERIFY_WITH_TIMEOUT(written, 60000);
        QFile html(report);
        QVERIFY(html.open(QIODevice::ReadOnly));
        const QByteArray page = html.readAll();
        QVERIFY(page.contains("MR-GPTQ") && page.contains("data:image/png;base64,"));
        QVERIFY(!page.contains("http://") || page.contains("http://www.w3.org"));

        // Save, close, open again: the same view.
        f.workbench->selection()->setCell(1, Site::t3, 1);
        const views::Selection selected = f.workbench->selection()->current();
        const QString path = f.folder.filePath(QStringLiteral("journey.batlab.h5"));
        bool saved = false;
        w.saveTo(path, [&saved](bool ok) { saved = ok; });
        QTRY_VERIFY_WITH_TIMEOUT(saved, 60000);
        Json view = document->viewState();
        view.erase("docks"); // holds what hidden docks asked for last, too
        const std::size_t artifacts = document->artifacts().size();
        const QString summary = w.stalls()->summary();
        const double worst = w.stalls()->worstCpuMs();
        qInfo("%s", qPrintable(summary));
        for (const auto &stall : w.stalls()->stalls())
            qInfo("stall %.0f ms wall, %.0f ms CPU at %.1f s: %s", stall.wallMs, stall.cpuMs,
                  stall.atSeconds, qPrintable(stall.activity));
        QVERIFY(actions->trigger(QStringLiteral("file.close")));
        QTRY_COMPARE(w.page(), MainWindow::Welcome);
        w.openSession(path);
        QTRY_COMPARE(w.page(), MainWindow::Evaluate);
        QTRY_COMPARE(document->artifacts().size(), artifacts);
        QCOMPARE(document->baseline(), QStringLiteral("mr-gptq"));
        QCOMPARE(document->runs().size(), std::size_t(2));
        QCOMPARE(f.workbench->selection()->current().layer, selected.layer);
        QCOMPARE(f.workbench->selection()->current().site, selected.site);
        QCOMPARE(f.workbench->selection()->current().block, selected.block);
        const auto differences = [&] {
            std::string out;
            Json now = w.shell()->captureView();
            now.erase("docks");
            for (const SpecDifference &d : diff(view, now))
                out += d.path + ": " + d.before + " / " + d.after + '\n';
            return out;
        };
        QTRY_VERIFY2(differences().empty(), differences().c_str());
        QVERIFY2(!w.banner()->isVisible(), qPrintable(w.banner()->text()));
        if (qEnvironmentVariableIsSet("BATLAB_TEST_JOURNEY")) // a quiet machine, somebody who asked
            QVERIFY2(worst < 50, qPrintable(summary));
    }
};

QTEST_MAIN(TstJourney)
#include "tst_journey.moc"
