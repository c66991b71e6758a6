// SPDX-License-Identifier: Apache-2.0
// Panels on synthetic artifacts, without a window around them.
#include "tests/views/view_test.h"
#include "views/models/bimodality_model.h"
#include "views/models/evaluation_model.h"
#include "views/models/jobs_model.h"
#include "views/models/log_model.h"
#include "views/models/project_model.h"
#include "views/panels/banner.h"
#include "views/panels/compare_page.h"
#include "views/panels/evaluate_page.h"
#include "views/panels/inspect_page.h"
#include "views/panels/jobs_panel.h"
#include "views/panels/log_panel.h"
#include "views/panels/panel_frame.h"
#include "views/panels/preflight_panel.h"
#include "views/panels/project_panel.h"
#include "views/panels/selection_bar.h"
#include "views/panels/status_strip.h"
#include "views/panels/ui_kit.h"
#include "views/panels/welcome_page.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/histogram_plot.h"
#include "views/plots/series_plot.h"
#include "views/plots/small_multiples.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

using namespace batlab;
using namespace batlab::views;

class TstPanels : public test::ViewTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        plots::applyTheme(*qApp, plots::ThemeKind::light);
        m_artifacts = test::demoArtifacts(6);
    }

    void init() { makeDocument(); }

    void inspectFillsLayerByLayer()
    {
        InspectPage page(m_document.get(), m_selection.get());
        page.resize(1100, 700);
        page.show();
        QCOMPARE(int(page.map()->state()), int(plots::PanelState::empty));
        std::vector<ArtifactPtr> first;
        for (const ArtifactPtr &a : m_artifacts) {
            const auto *stats = std::get_if<SiteStats>(a.get());
            if (std::holds_alternative<ModelSummary>(*a)
                || (stats && stats->variant == kReference && stats->layer.index < 2))
                first.push_back(a);
        }
        m_document->addArtifacts(first);
        QTRY_COMPARE(page.map()->rows(), 6);
        QCOMPARE(int(page.map()->state()), int(plots::PanelState::ready));
        QTRY_COMPARE(page.ranking()->rowCount(), 2 * (18 + 18 + 18 + 48));
        m_document->addArtifacts(m_artifacts);
        QTRY_COMPARE(page.ranking()->rowCount(), 6 * (18 + 18 + 18 + 48));
        QVERIFY(!page.map()->grab().isNull());
    }

    void inspectIsLinked()
    {
        m_document->addArtifacts(m_artifacts);
        m_selection->setVariant(QLatin1String(kReference));
        InspectPage page(m_document.get(), m_selection.get());
        page.resize(1100, 700);
        page.show();
        m_selection->setCell(3, Site::t4, 11);
        QCOMPARE(page.map()->selectedCell().row, 3);
        QCOMPARE(page.map()->selectedCell().column, 11);
        QCOMPARE(page.map()->columns(), 48);
        m_selection->setSite(Site::t1);
        QCOMPARE(page.map()->columns(), 18);
        Q_EMIT page.map()->cellSelected(2, 4);
        QCOMPARE(m_selection->current().layer, 2);
        QCOMPARE(m_selection->current().block, 4);
        QVERIFY2(page.selectionText().contains(QStringLiteral("layer 2 · T1")),
                 qPrintable(page.selectionText()));
        QCOMPARE(int(page.histogram()->state()), int(plots::PanelState::ready));
        page.goToWorst();
        const BimodalityRow worst = page.ranking()->row(0);
        QCOMPARE(m_selection->current().layer, worst.layer);
        QCOMPARE(m_selection->current().block, worst.block);
    }

    void compareSharesLimits()
    {
        m_document->addArtifacts(m_artifacts);
        ComparePage page(m_document.get(), m_selection.get());
        page.resize(1300, 800);
        page.show();
        page.setCurrentPanel(page.histogramPanel());
        page.flush();
        QVERIFY(page.histograms().size() >= 6);
        QCOMPARE(int(page.multiples()->state()), int(plots::PanelState::ready));
        Q_EMIT page.multiples()->cellSelected(QStringLiteral("gptq"), 4, 9);
        QCOMPARE(m_selection->current().layer, 4);
        QCOMPARE(m_selection->current().block, 9);
        QCOMPARE(m_selection->current().variant, QStringLiteral("gptq"));
        for (plots::HistogramPlot *histogram : page.histograms())
            QCOMPARE(int(histogram->state()), int(plots::PanelState::ready));
        QCOMPARE(int(page.sqnr()->state()), int(plots::PanelState::ready));
        QVERIFY(page.sqnr()->table().rows > 0);
    }

    void evaluateEmptyAndFull()
    {
        EvaluatePage page(m_document.get(), m_selection.get());
        page.resize(1100, 700);
        page.show();
        page.flush();
        QSignalSpy asked(&page, &EvaluatePage::runRequested);
        QPushButton *action = nullptr;
        for (QPushButton *b : page.findChildren<QPushButton *>())
            action = b->text() == QStringLiteral("New run…") ? b : action;
        QVERIFY(action); // one line and one action
        QTest::mouseClick(action, Qt::LeftButton);
        QCOMPARE(asked.count(), 1);
        m_document->addArtifacts(m_artifacts);
        QTRY_VERIFY(page.model()->rowCount() >= 6);
        page.copyAs(TableFormat::latex);
        QTRY_VERIFY((page.copyAs(TableFormat::latex),
                     QApplication::clipboard()->text().contains(QLatin1Char('&'))));
    }

    void jobsButtonsAskForTheRightJob()
    {
        JobsModel jobs;
        JobsPanel panel(&jobs);
        panel.resize(900, 150);
        panel.show();
        JobRow row;
        row.run = QStringLiteral("r0001");
        jobs.add(row);
        jobs.setJobId(row.run, 42);
        jobs.setState(42, JobState::running, {});
        QSignalSpy stop(&panel, &JobsPanel::stopRequested),
            resume(&panel, &JobsPanel::resumeRequested);
        const auto press = [&](const QString &start) {
            for (QToolButton *b : panel.findChildren<QToolButton *>())
                if (b->toolTip().startsWith(start) && b->isEnabled()) {
                    b->click();
                    return true;
                }
            return false;
        };
        QVERIFY(press(QStringLiteral("Stop")));
        QCOMPARE(stop.value(0).value(0).toULongLong(), 42ULL);
        QVERIFY(!press(QStringLiteral("Resume")));
        jobs.setState(42, JobState::cancelled, {});
        QVERIFY(press(QStringLiteral("Resume")));
        QCOMPARE(resume.value(0).value(0).toString(), row.run);
        QVERIFY(!press(QStringLiteral("Stop")));
    }

    void logCopies()
    {
        LogModel log;
        LogPanel panel(&log);
        log.append(LogLevel::info, QStringLiteral("first"));
        log.append(LogLevel::debug, QStringLiteral("hidden"));
        log.append(LogLevel::error, QStringLiteral("second"));
        panel.copySelection();
        const QString text = QApplication::clipboard()->text();
        QVERIFY(text.contains(QStringLiteral("first")) && text.contains(QStringLiteral("second")));
        QVERIFY(!text.contains(QStringLiteral("hidden")));
    }

    void projectClickSelects()
    {
        m_document->addArtifacts(m_artifacts);
        ProjectModel model(m_document.get());
        ProjectPanel panel(&model, m_selection.get());
        panel.resize(260, 700);
        panel.show();
        m_selection->setCell(4, Site::t3, 2);
        QCOMPARE(panel.view()->currentIndex().data(ProjectModel::LayerRole).toInt(), 4);
        QCOMPARE(panel.view()->currentIndex().data(ProjectModel::SiteRole).toInt(), int(Site::t3));
        const QAbstractItemModel *shown = panel.view()->model();
        const QModelIndexList bat =
            shown->match(shown->index(0, 0), ProjectModel::IdRole, QStringLiteral("bat"), 1,
                         Qt::MatchExactly | Qt::MatchRecursive);
        QVERIFY(!bat.isEmpty());
        Q_EMIT panel.view()->clicked(bat.first());
        QCOMPARE(m_selection->current().variant, QStringLiteral("bat"));
    }

    void contractChipTells()
    {
        SelectionBar bar(m_document.get(), m_selection.get());
        bar.resize(1600, 32);
        bar.show();
        m_document->addArtifacts(m_artifacts);
        auto *chip = bar.findChild<Chip *>();
        QVERIFY(chip);
        QCOMPARE(int(chip->tone()), int(Chip::Tone::good));
        QVERIFY2(chip->text().contains(QStringLiteral("one contract")), qPrintable(chip->text()));
        VariantInfo other = *m_document->artifacts().variant("bat");
        other.id = "other";
        other.settings["scaleRule"] = "floor";
        m_document->addArtifacts({ std::make_shared<const Artifact>(other) });
        QCOMPARE(int(chip->tone()), int(Chip::Tone::warn));
        QVERIFY2(chip->toolTip().contains(QStringLiteral("scaleRule")),
                 qPrintable(chip->toolTip()));
    }

    void narrowBarKeepsChannelAndToken()
    {
        m_document->addArtifacts(m_artifacts);
        SelectionExtent extent = m_selection->extent();
        extent.tokens = 64;
        m_selection->setExtent(extent);
        SelectionBar bar(m_document.get(), m_selection.get());
        bar.resize(1280, 32);
        bar.show();
        QToolButton *more = nullptr;
        for (auto *button : bar.findChildren<QToolButton *>())
            if (button->menu())
                more = button;
        QVERIFY(more && more->isHidden());
        bar.setCompact(true);
        QVERIFY(more->isVisible() && !more->accessibleName().isEmpty());
        more->menu()->popup(bar.mapToGlobal(QPoint(0, 32)));
        QTRY_VERIFY(more->menu()->isVisible());
        const QList<QSpinBox *> boxes = more->menu()->findChildren<QSpinBox *>();
        QCOMPARE(boxes.size(), 2);
        for (QSpinBox *box : boxes)
            QVERIFY(box->isVisible() && !box->accessibleName().isEmpty());
        m_selection->setCell(1, Site::t1, 2);
        QCOMPARE(boxes.at(0)->value(), 64);
        boxes.at(0)->setValue(70);
        QCOMPARE(m_selection->current().channel, 70);
        boxes.at(1)->setValue(3);
        QCOMPARE(m_selection->current().token, 3);
        more->menu()->close();
        bar.setCompact(false);
        QVERIFY(more->isHidden());
    }

    void barOffersCacheAndStream()
    {
        m_document->addArtifacts(m_artifacts);
        SelectionBar bar(m_document.get(), m_selection.get());
        bar.show();
        QComboBox *sites = nullptr;
        for (auto *box : bar.findChildren<QComboBox *>())
            if (box->accessibleName() == QStringLiteral("Site"))
                sites = box;
        QVERIFY(sites);
        QStringList texts;
        for (int i = 0; i < sites->count(); ++i)
            texts << sites->itemText(i);
        QCOMPARE(texts.mid(4),
                 (QStringList { QStringLiteral("K cache"), QStringLiteral("V cache"),
                                QStringLiteral("R residual") }));
        Q_EMIT sites->activated(5);
        QCOMPARE(int(m_selection->current().site), int(Site::v));
        m_selection->setSite(Site::residual);
        QCOMPARE(sites->currentText(), QStringLiteral("R residual"));
    }

    void themeReachesThePanels()
    {
        Banner banner;
        banner.showMessage(Banner::Tone::error, QStringLiteral("wrong"),
                           { QStringLiteral("Retry") });
        Chip chip;
        chip.setChip(Chip::Tone::warn, QStringLiteral("x"));
        plots::applyTheme(*qApp, plots::ThemeKind::dark);
        QCoreApplication::processEvents();
        QCOMPARE(chip.palette().color(QPalette::WindowText),
                 plots::tokens(plots::ThemeKind::dark).warn);
        plots::applyTheme(*qApp, plots::ThemeKind::light);
        QCoreApplication::processEvents();
        QCOMPARE(chip.palette().color(QPalette::WindowText),
                 plots::tokens(plots::ThemeKind::light).warn);
    }

    void preflightInWords()
    {
        const Json answer {
            { "seconds", 720.0 },
            { "memory", { { "needed", 2147483648LL }, { "available", 8589934592LL } } },
            { "deviceMemory", { { "needed", 3221225472LL }, { "available", 2147483648LL } } },
            { "warnings", { "padded" } },
            { "errors", { "no such file" } }
        };
        PreflightPanel panel;
        panel.setAnswer(answer);
        QVERIFY(!panel.mayStart());
        const QString text = panel.text();
        QVERIFY2(text.startsWith(QStringLiteral("✗ Error no such file")), qPrintable(text));
        QVERIFY(text.contains(QStringLiteral("! Warning padded")));
        QVERIFY(text.contains(QStringLiteral("≈ 12 min")));
        QVERIFY(text.contains(QStringLiteral("Memory 2.0 GiB needed, 8.0 GiB free")));
        QVERIFY(text.contains(QStringLiteral("! GPU memory 3.0 GiB needed, 2.0 GiB free")));
        panel.setAnswer(Json { { "seconds", 5.0 } });
        QVERIFY(panel.mayStart());
        panel.setError(QStringLiteral("gone"), false);
        QVERIFY(!panel.mayStart());
        panel.setChecking();
        QVERIFY(!panel.mayStart());
    }

    void statusSaysEmulated()
    {
        JobsModel jobs;
        StatusStrip strip(&jobs);
        strip.setEngine({ { "cpu", "v4" }, { "device", "cpu" }, { "threads", 2 } }, {});
        QVERIFY2(strip.deviceText().contains(QStringLiteral("GPU none · FP4 emulated")),
                 qPrintable(strip.deviceText()));
        QVERIFY(strip.deviceText().contains(QStringLiteral("2 threads")));
        // A GPU's memory stands there while there is one.
        strip.setResources(1073741824.0, 4294967296.0, 1073741824.0);
        QVERIFY(!strip.resourceText().contains(QStringLiteral("VRAM")));
        const Json room { { "free", 1073741824.0 }, { "total", 3221225472.0 } };
        strip.setAnswer({ { "deviceMemory", room }, { "memoryBytes", 1e12 } }, {});
        QCOMPARE(strip.resourceText(),
                 QStringLiteral("RAM 1.0 GiB / 4.0 GiB · Disk 1.0 GiB free · "
                                "VRAM 2.0 GiB / 3.0 GiB"));
        strip.setEngine(Json(), QStringLiteral("stopped"));
        QVERIFY(
            !strip.resourceText().contains(QStringLiteral("VRAM"))); // of an engine that is gone
        QVERIFY(!strip.resourceText().endsWith(QStringLiteral("· ")));
        strip.setAnswer({ { "deviceMemory", room }, { "memoryBytes", 1e12 } }, {});
        strip.setAnswer({ { "deviceMemory", nullptr } }, {});
        QVERIFY(!strip.resourceText().contains(QStringLiteral("VRAM")));
    }

private:
    std::vector<ArtifactPtr> m_artifacts;
};

QTEST_MAIN(TstPanels)
#include "tst_panels.moc"
