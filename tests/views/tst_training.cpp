// SPDX-License-Identifier: Apache-2.0
// Compare's losses: relative to the first step, of a layer and of the whole model, live
// (SYNTHETIC).
#include "tests/support/fake_document.h"
#include "views/models/selection_context.h"
#include "views/models/text.h"
#include "views/panels/compare_page.h"
#include "views/panels/training_plot.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QAbstractButton>
#include <QApplication>
#include <QDir>
#include <QTest>

using namespace batlab;
using namespace batlab::views;

namespace {

ArtifactPtr variant(const std::string &id, const std::string &family)
{
    VariantInfo info;
    info.id = info.title = id;
    info.family = family;
    return std::make_shared<const Artifact>(std::move(info));
}

ArtifactPtr losses(const std::string &id, LayerId layer, const std::string &objective,
                   std::vector<float> loss)
{
    LossCurve curve;
    curve.variant = id;
    curve.layer = layer;
    curve.objective = objective;
    curve.loss = std::move(loss);
    curve.learningRate.resize(curve.loss.size());
    return std::make_shared<const Artifact>(std::move(curve));
}

} // namespace

class TstTraining : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        plots::applyTheme(*qApp, plots::ThemeKind::light);
        QDir().mkpath(QStringLiteral(BATLAB_LOOKS_DIR));
    }

    void followsLayerAndJob()
    {
        WorkbenchDocument document;
        SelectionContext selection;
        SelectionExtent extent;
        extent.layers = 4;
        selection.setExtent(extent);
        ComparePage page(&document, &selection);
        page.resize(1344, 866);
        TrainingPlot *plot = page.training();
        page.setCurrentPanel(plot);
        page.show();
        document.addArtifacts({ variant("rtn", "none"), variant("bat", "bat") });
        page.flush();
        QCOMPARE(plot->state(), plots::PanelState::empty); // nothing is trained
        const LayerId first { Branch::text, 0 }, second { Branch::text, 1 };
        document.addArtifacts({ losses("bat", first, "layer-mse", { 4, 2, 1 }),
                                losses("bat", first, "rounding-mse", { 0.5F, 0.25F }) });
        QTRY_COMPARE(plot->state(), plots::PanelState::ready); // live
        plots::PlotTable table = plot->table();
        QCOMPARE(table.rows, 3);
        QCOMPARE(table.columns.size(), 3); // steps, transform, rounding
        const auto cell = [&](int row, int column) { return table.cell(row, column).toDouble(); };
        QCOMPARE(cell(0, 0), 1.0);
        QCOMPARE(cell(0, 1), 1.0);
        QCOMPARE(cell(2, 1), 0.25);
        QCOMPARE(cell(1, 2), 0.5);
        selection.setLayer(1);
        page.flush();
        QCOMPARE(plot->state(), plots::PanelState::empty); // not yet
        document.addArtifacts({ losses("bat", second, "layer-mse", { 3, 1 }) });
        QTRY_COMPARE(plot->state(), plots::PanelState::ready);
        QCOMPARE(plot->table().rows, 2);
        // Passes over the model, whatever layer is selected.
        document.addArtifacts({ losses("bat", kWholeModel, "end-to-end-kl", { 8, 4, 2, 1 }) });
        QAbstractButton *model = nullptr;
        for (QAbstractButton *button :
             plot->findChild<SegmentBar *>()->findChildren<QAbstractButton *>())
            if (button->text() == QStringLiteral("Model"))
                model = button;
        QVERIFY(model);
        QTest::mouseClick(model, Qt::LeftButton);
        page.flush();
        table = plot->table();
        QCOMPARE(table.rows, 4);
        QCOMPARE(cell(3, 1), 0.125);
        QVERIFY(plot->subtitle().contains(QStringLiteral("passes over the model")));
    }

    void pictures()
    {
        WorkbenchDocument document;
        SelectionContext selection;
        SelectionExtent extent;
        extent.layers = 30;
        selection.setExtent(extent);
        document.addArtifacts(test::demoArtifacts(30));
        selection.setVariant(QStringLiteral("bat"));
        for (const plots::ThemeKind theme : { plots::ThemeKind::light, plots::ThemeKind::dark }) {
            plots::applyTheme(*qApp, theme);
            ComparePage page(&document, &selection);
            page.resize(1344, 866);
            page.setCurrentPanel(page.training());
            page.show();
            page.flush();
            QCOMPARE(page.training()->state(), plots::PanelState::ready);
            QTRY_VERIFY(!page.isWaiting());
            QTest::qWait(50); // drawn
            QVERIFY(page.grab().save(QStringLiteral(BATLAB_LOOKS_DIR "/compare-training-%1.png")
                                         .arg(plots::name(theme))));
        }
        plots::applyTheme(*qApp, plots::ThemeKind::light);
    }
};

QTEST_MAIN(TstTraining)
#include "tst_training.moc"
