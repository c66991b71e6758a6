// SPDX-License-Identifier: Apache-2.0
// What tables show leaves the window by Ctrl+C, as TSV and as CSV, with its numbers in full.
#include "tests/views/view_test.h"
#include "views/models/bimodality_model.h"
#include "views/models/findings_model.h"
#include "views/models/full_value.h"
#include "views/models/sensitivity_model.h"
#include "views/models/what_if_model.h"
#include "views/models/windows_model.h"
#include "views/panels/compare_page.h"
#include "views/panels/cost_panel.h"
#include "views/panels/evaluation_texts.h"
#include "views/panels/findings_panel.h"
#include "views/panels/metrics_panel.h"
#include "views/panels/microscope_panel.h"
#include "views/panels/ranking_panel.h"
#include "views/panels/samples_panel.h"
#include "views/panels/sensitivity_panel.h"
#include "views/panels/spec_difference_dialog.h"
#include "views/panels/table_copy.h"
#include "views/panels/table_kit.h"
#include "views/panels/windows_panel.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QLineEdit>
#include <QStandardItemModel>
#include <QTableView>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QUndoStack>

#include <cmath>

using namespace batlab;
using namespace batlab::views;

namespace {

QList<QStringList> pressed(QTableView *view)
{
    QApplication::clipboard()->clear();
    QTest::keyClick(view, Qt::Key_C, Qt::ControlModifier);
    QList<QStringList> out;
    for (const QString &line :
         QApplication::clipboard()->text().split(QLatin1Char('\n'), Qt::SkipEmptyParts))
        out << line.split(QLatin1Char('\t'));
    return out;
}

QTableView *named(QWidget *panel, const QString &name)
{
    for (QTableView *view : panel->findChildren<QTableView *>())
        if (view->accessibleName() == name)
            return view;
    return nullptr;
}

} // namespace

class TstTableCopy : public test::ViewTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { plots::applyTheme(*qApp, plots::ThemeKind::light); }

    void init()
    {
        makeDocument();
        m_document->addArtifacts(test::demoArtifacts(6));
        m_selection->setVariant(QStringLiteral("gptq"));
    }

    /// Text as shown, numbers in full, nothing where a dash or a NaN stands.
    void cells()
    {
        QStandardItemModel model(3, 3);
        model.setHorizontalHeaderLabels(
            { QStringLiteral("Name, kind"), QStringLiteral("Value"), QStringLiteral("Drawn") });
        model.setItem(0, 0, new QStandardItem(QStringLiteral("a \"b\",\tc")));
        model.setItem(1, 0, new QStandardItem(QStringLiteral("–")));
        model.setItem(2, 0, new QStandardItem(QStringLiteral("z")));
        for (const auto &[row, value] :
             { std::pair(0, 0.1234567890123), std::pair(1, -2.5), std::pair(2, std::nan("")) }) {
            auto *item = new QStandardItem(QStringLiteral("shown"));
            item->setData(value, kFullValueRole);
            model.setItem(row, 1, item);
        }
        const std::unique_ptr<QTableView> view(makeTable(&model, QStringLiteral("Some"), nullptr));
        view->setColumnHidden(1, true); // no room for it
        const QList<QStringList> lines = pressed(view.get());
        QCOMPARE(lines,
                 QList<QStringList>(
                     { { QStringLiteral("Name, kind"), QStringLiteral("Value") },
                       { QStringLiteral("a \"b\", c"), QStringLiteral("0.1234567890123") },
                       { QString(), QStringLiteral("-2.5") },
                       { QStringLiteral("z"), QString() } }));
        const QTemporaryDir dir;
        const QString path = dir.filePath(QStringLiteral("some.csv"));
        const auto *copy = view->findChild<TableCopy *>();
        QVERIFY(copy->save(path));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(
            QString::fromUtf8(file.readAll()),
            QStringLiteral("# Some\n\"Name, kind\",Value\n\"a \"\"b\"\",\tc\",0.1234567890123\n"
                           ",-2.5\nz,\n"));
        QVERIFY(!copy->save(dir.filePath(QStringLiteral("missing/some.csv"))));
        // The same in its menu.
        QCOMPARE(view->contextMenuPolicy(), Qt::ActionsContextMenu);
        QCOMPARE(view->actions().size(), 2);
        QApplication::clipboard()->clear();
        view->actions().first()->trigger();
        QVERIFY(
            QApplication::clipboard()->text().startsWith(QStringLiteral("Name, kind\tValue\n")));
    }

    void rankingInFull()
    {
        RankingPanel panel(m_document.get(), m_selection.get());
        panel.resize(400, 400);
        panel.show();
        panel.flush();
        const BimodalityModel &model = *panel.model();
        const QList<QStringList> lines = pressed(panel.view());
        QCOMPARE(lines.size(), model.rowCount() + 1);
        const qsizetype coefficient = lines.first().indexOf(QStringLiteral("BC")),
                        valley = lines.first().indexOf(QStringLiteral("Valley %"));
        QVERIFY(coefficient >= 0 && valley >= 0);
        QVERIFY(!lines.first().contains(QStringLiteral("Values ÷ scale"))); // a drawing
        for (int i = 0; i < model.rowCount(); ++i) {
            const QStringList &line = lines.at(i + 1);
            QCOMPARE(line.first().toInt(), i + 1);
            QCOMPARE(line.at(coefficient).toDouble(), model.row(i).bimodality);
            QCOMPARE(line.at(valley).toDouble(), model.row(i).valley * 100);
        }
    }

    /// Its rows are written with the names scripts know, in every way alike.
    void sensitivityAsItsTool()
    {
        SensitivityPanel panel(m_document.get(), m_selection.get());
        panel.show();
        panel.filter()->setText(QStringLiteral("layer:2"));
        QVERIFY(pressed(panel.view()).size() > 2);
        QCOMPARE(QApplication::clipboard()->text(), panel.rows()->tsv());
    }

    void windowsInFull()
    {
        EvaluationTexts texts;
        texts.rebuild(m_document->artifacts());
        WindowsPanel panel(m_document.get(), m_selection.get(), &texts);
        panel.show();
        panel.rebuild();
        QTableView *view = named(&panel, QStringLiteral("Windows"));
        const QList<QStringList> lines = pressed(view);
        QVERIFY(panel.model()->rowCount() > 0);
        QCOMPARE(lines.size(), panel.model()->rowCount() + 1);
        for (int i = 0; i < panel.model()->rowCount(); ++i) {
            QCOMPARE(lines.at(i + 1).at(0).toInt(), panel.model()->windowOf(i));
            QCOMPARE(lines.at(i + 1).at(WindowsModel::Delta).toDouble(),
                     panel.model()
                         ->index(i, WindowsModel::Delta)
                         .data(WindowsModel::kValueRole)
                         .toDouble());
        }
    }

    void everyTableHasIt()
    {
        QUndoStack undo;
        WhatIfModel whatIf(&undo, PresetLibrary::builtIn().orThrow());
        FindingsModel findings(m_document.get());
        EvaluationTexts texts;
        FindingsPanel findingsPanel(&findings, m_selection.get());
        MicroscopePanel microscope(m_document.get(), m_selection.get());
        WindowsPanel windows(m_document.get(), m_selection.get(), &texts);
        SamplesPanel samples(m_document.get(), m_selection.get());
        ComparePage compare(m_document.get(), m_selection.get());
        CostPanel cost(&whatIf);
        MetricsPanel metrics(&whatIf);
        SpecDifferenceDialog difference(QStringLiteral("bat"), { { "seed", "1", "2" } }, {});
        const std::pair<QWidget *, const char *> tables[] {
            { &findingsPanel, "Findings" },
            { &microscope, "The block under every method" },
            { &windows, "Windows" },
            { &samples, "Samples" },
            { &samples, "Choices of the sample" },
            { &compare, "Spec differences" },
            { &cost, "Cost against alternatives" },
            { &metrics, "Metrics of the what-if" },
            { &difference, "Differences of the spec" },
        };
        for (const auto &[panel, name] : tables) {
            QTableView *view = named(panel, QLatin1String(name));
            QVERIFY2(view, name);
            QCOMPARE(view->findChildren<TableCopy *>().size(), 1);
        }
        QCOMPARE(pressed(difference.table()),
                 QList<QStringList>(
                     { { QStringLiteral("Parameter"), QStringLiteral("bat"),
                         QStringLiteral("This run") },
                       { QStringLiteral("seed"), QStringLiteral("1"), QStringLiteral("2") } }));
    }
};

QTEST_MAIN(TstTableCopy)
#include "tst_table_copy.moc"
