// SPDX-License-Identifier: Apache-2.0
// The tensors of an opened model: groups, filter, order, totals, copying.
#include "tests/support/fake_document.h"
#include "views/models/selection_context.h"
#include "views/models/tensor_model.h"
#include "views/models/workbench_document.h"
#include "views/panels/tensors_panel.h"
#include "views/plots/theme.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>
#include <QTreeView>

using namespace batlab;
using namespace batlab::views;

namespace {

Json tensor(const char *name, std::vector<std::int64_t> shape, const char *storage = "BF16")
{
    std::int64_t n = 1;
    for (const std::int64_t d : shape)
        n *= d;
    return { { "name", name },
             { "shape", shape },
             { "storage", storage },
             { "bytes", 2 * n },
             { "file", "model.safetensors" } };
}

/// Two layers, one with a linear whose input is no multiple of 32.
ArtifactPtr smallModel()
{
    ModelSummary model;
    model.config = { { "layers", 2 } };
    model.tensors = Json::array({
        tensor("lm_head.weight", { 100, 64 }),
        tensor("model.layers.10.mlp.down_proj.weight", { 64, 100 }),
        tensor("model.layers.2.mlp.down_proj.weight", { 64, 128 }, "F16"),
        tensor("model.layers.2.self_attn.q_proj.bias", { 64 }),
        tensor("model.layers.2.self_attn.q_proj.weight", { 64, 64 }),
        tensor("model.layers.2.input_layernorm.weight", { 64 }),
        tensor("model.embed_tokens.weight", { 100, 64 }),
        tensor("model.norm.weight", { 64 }),
    });
    return std::make_shared<const Artifact>(model);
}

} // namespace

class TstTensors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { plots::applyTheme(*qApp, plots::ThemeKind::light); }

    void groupsAndReasons()
    {
        TensorModel model;
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setModel(&std::get<ModelSummary>(*smallModel()));
        QStringList groups;
        for (int g = 0; g < model.rowCount(); ++g)
            groups << model.index(g, 0).data().toString();
        QCOMPARE(groups,
                 (QStringList { QStringLiteral("Embedding"), QStringLiteral("Layer 2"),
                                QStringLiteral("Layer 10"), QStringLiteral("After the layers") }));
        const auto uses = [&](int group) {
            QStringList out;
            const QModelIndex at = model.index(group, 0);
            for (int t = 0; t < model.rowCount(at); ++t)
                out << model.index(t, TensorModel::Name, at).data().toString() + QStringLiteral(" ")
                        + model.index(t, TensorModel::Quantized, at).data().toString();
            return out.join(QLatin1Char('|'));
        };
        QCOMPARE(uses(0), QStringLiteral("embed_tokens no: embedding"));
        QCOMPARE(uses(1),
                 QStringLiteral("mlp.down_proj yes|self_attn.q_proj.bias no: bias|"
                                "self_attn.q_proj yes|input_layernorm no: norm"));
        QCOMPARE(uses(2), QStringLiteral("mlp.down_proj yes, padded"));
        QCOMPARE(uses(3), QStringLiteral("lm_head no: head|norm no: norm"));
        QCOMPARE(model.index(1, TensorModel::Quantized).data().toString(),
                 QStringLiteral("2 of 4"));
        model.setModel(nullptr);
        QCOMPARE(model.rowCount(), 0);
    }

    void filterAndOrder()
    {
        TensorModel model;
        model.setModel(&std::get<ModelSummary>(*smallModel()));
        TensorFilter rows(&model);
        QAbstractItemModelTester tester(&rows,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(rows.totals().tensors, 8);
        QCOMPARE(rows.totals().quantized, 3);
        QCOMPARE(rows.totals().bytes, 2.0 * (6400 + 6400 + 8192 + 64 + 4096 + 64 + 6400 + 64));
        rows.setFilterText(QStringLiteral("2 down")); // letters in their order
        QCOMPARE(rows.totals().tensors, 1);
        QCOMPARE(rows.rowCount(), 1);
        rows.setFilterText(QStringLiteral("10"));
        QCOMPARE(rows.totals().tensors, 1);
        rows.setFilterText(QStringLiteral("1")); // no part of 10
        QCOMPARE(rows.totals().tensors, 0);
        rows.setFilterText(QStringLiteral("f16 proj"));
        QVERIFY(rows.tsv().contains(QStringLiteral("model.layers.2.mlp.down_proj.weight\t64x128\t"
                                                   "F16\t16384\tyes\tmodel.safetensors\n")));
        rows.setFilterText({});
        rows.sort(TensorModel::Bytes, Qt::DescendingOrder);
        QCOMPARE(rows.index(0, 0).data().toString(), QStringLiteral("Layer 2"));
        QCOMPARE(rows.index(0, TensorModel::Shape, rows.index(0, 0)).data().toString(),
                 QStringLiteral("64×128"));
        rows.sort(TensorModel::Name);
        QCOMPARE(rows.index(2, 0).data().toString(), QStringLiteral("Layer 10")); // by number
    }

    void panelFollowsTheDocument()
    {
        WorkbenchDocument document;
        SelectionContext selection;
        SelectionExtent extent;
        extent.layers = 11;
        extent.blocks = { 2, 2, 2, 4, 0, 0, 0 };
        selection.setExtent(extent);
        TensorsPanel panel(&document, &selection);
        panel.resize(440, 500);
        panel.show();
        QSignalSpy open(&panel, &TensorsPanel::openRequested);
        QVERIFY(!panel.filter()->isEnabled()); // nothing there: one line and one action
        QVERIFY(!panel.view()->isVisible());
        document.addArtifacts({ smallModel() });
        QVERIFY(panel.view()->isVisible());
        QVERIFY2(panel.totals().contains(QStringLiteral("3 quantized")),
                 qPrintable(panel.totals()));
        QTest::keyClicks(panel.filter(), QStringLiteral("10 down"));
        QCOMPARE(panel.rows()->totals().tensors, 1);
        const QModelIndex group = panel.rows()->index(0, 0);
        QVERIFY(panel.view()->isExpanded(group));
        // A tensor selects its place everywhere.
        const QRect at = panel.view()->visualRect(panel.rows()->index(0, 0, group));
        QTest::mouseClick(panel.view()->viewport(), Qt::LeftButton, {}, at.center());
        QCOMPARE(selection.current().layer, 10);
        QCOMPARE(selection.current().site, Site::t4);
        QTest::keyClick(panel.view(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->text().count(QLatin1Char('\n')), 2);
        document.reset({}, {});
        QVERIFY(!panel.view()->isVisible());
        QCOMPARE(open.count(), 0);
    }

    void aRunsModelTakesItsPlace()
    {
        WorkbenchDocument document;
        SelectionContext selection;
        TensorsPanel panel(&document, &selection);
        document.addArtifacts({ smallModel() });
        document.addArtifacts(test::demoArtifacts(6));
        QCOMPARE(panel.rows()->totals().quantized, 6 * 7);
    }
};

QTEST_MAIN(TstTensors)
#include "tst_tensors.moc"
