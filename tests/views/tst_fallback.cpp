// SPDX-License-Identifier: Apache-2.0
// The fallback editor on the Ablate page: suggestion, undo, what waits to be applied.
#include "tests/views/ablate_test.h"
#include "views/models/fallback_model.h"
#include "views/panels/fallback_panel.h"
#include "views/plots/series_plot.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QDoubleSpinBox>
#include <QPushButton>
#include <QTabWidget>
#include <QTest>
#include <QUndoStack>

using namespace batlab;
using namespace batlab::views;

class TstFallback : public test::AblateTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { plots::applyTheme(*qApp, plots::ThemeKind::light); }

    void init() { makePage(); }
    void cleanup() { m_page.reset(); }

    void fallbackSuggestsAndApplies()
    {
        fill();
        m_page->lowerTabs()->setCurrentWidget(m_page->fallback());
        FallbackPanel *panel = m_page->fallback();
        QVERIFY2(panel->state().contains(QStringLiteral("4.250 bits")), qPrintable(panel->state()));
        panel->budget()->setValue(4.75);
        QTest::mouseClick(panel->suggestButton(), Qt::LeftButton);
        QVERIFY2(!panel->state().contains(QStringLiteral("4.250 bits")),
                 qPrintable(panel->state()));
        QVERIFY(panel->pareto()->table().rows > 4);
        QTest::mouseClick(panel->applyButton(), Qt::LeftButton);
        QVERIFY(m_page->model()->changes().contains("precision.overrides"));
        QVERIFY2(m_page->model()->current().ok(), qPrintable(m_page->model()->problem()));
    }

    void fallbackEditsAreUndoneAndSurviveAnotherBase()
    {
        fill();
        m_page->lowerTabs()->setCurrentWidget(m_page->fallback());
        FallbackPanel *panel = m_page->fallback();
        FallbackModel *fallback = panel->fallback();
        QUndoStack *undo = m_document->undoStack();
        QVERIFY(!panel->applyButton()->isEnabled()); // nothing to write
        const double start = fallback->point().bits;
        const QModelIndex cell = fallback->index(2, FallbackModel::T4);
        QVERIFY(fallback->setData(cell, QStringLiteral("bf16")));
        const double edited = fallback->point().bits;
        QVERIFY(edited > start);
        QVERIFY(panel->applyButton()->isEnabled());
        QVERIFY2(panel->state().startsWith(QStringLiteral("not applied yet")),
                 qPrintable(panel->state()));
        panel->budget()->setValue(5.5);
        QTest::mouseClick(panel->suggestButton(), Qt::LeftButton);
        QVERIFY(fallback->point().bits != edited);
        undo->undo();
        QCOMPARE(fallback->point().bits, edited);
        undo->undo();
        QCOMPARE(fallback->point().bits, start);
        undo->redo();
        QCOMPARE(fallback->point().bits, edited);
        // Another variant has its own precision; what was set waits.
        const QString first = m_selection->current().variant;
        m_selection->setVariant(QStringLiteral("gptq"));
        m_page->flush();
        QTRY_COMPARE(m_page->model()->base()->variant, QStringLiteral("gptq"));
        QVERIFY(!panel->applyButton()->isEnabled());
        m_selection->setVariant(first);
        m_page->flush();
        QTRY_COMPARE(fallback->point().bits, edited);
        // Written, it belongs to the what-if.
        QTest::mouseClick(panel->applyButton(), Qt::LeftButton);
        QVERIFY(m_page->model()->changes().contains("precision.overrides"));
        QTRY_VERIFY(!panel->applyButton()->isEnabled());
        m_document->reset({}, {});
        QVERIFY(!undo->canUndo());
    }

    /// What waits goes through a session; what no table can show is left out.
    void editsAreKeptByVariant()
    {
        fill();
        m_page->lowerTabs()->setCurrentWidget(m_page->fallback());
        FallbackModel *fallback = m_page->fallback()->fallback();
        QVERIFY(fallback->edits().empty());
        QVERIFY(fallback->setData(fallback->index(2, FallbackModel::T4), QStringLiteral("bf16")));
        const Json kept = fallback->edits();
        QCOMPARE(kept.at("bat").size(), fallback->units().size());
        const double edited = fallback->point().bits;
        fallback->forget();
        fallback->reset();
        QVERIFY(fallback->point().bits != edited);
        fallback->restoreEdits(kept); // of the variant that is shown: seen at once
        QCOMPARE(fallback->point().bits, edited);
        QVERIFY(fallback->edits() == kept);
        const std::size_t units = fallback->units().size();
        for (const Json &hostile :
             { Json(3), Json { { "bat", "bf16" } }, Json { { "bat", Json::array({ 1, 2 }) } },
               Json { { "bat", std::vector<std::string>(units, "mxfp99") } } })
            fallback->restoreEdits(hostile);
        fallback->restoreEdits({ { "gptq", { "bf16" } } }); // of another model: too few
        QCOMPARE(fallback->point().bits, edited);
        m_selection->setVariant(QStringLiteral("gptq"));
        m_page->flush();
        QTRY_COMPARE(m_page->model()->base()->variant, QStringLiteral("gptq"));
        QVERIFY(!fallback->hasUnapplied());
    }
};

QTEST_MAIN(TstFallback)
#include "tst_fallback.moc"
