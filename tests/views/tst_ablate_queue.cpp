// SPDX-License-Identifier: Apache-2.0
// The what-if that becomes a run: what differs, what it needs, when it may be queued.
#include "tests/views/ablate_test.h"
#include "views/panels/preflight_panel.h"
#include "views/panels/spec_difference_dialog.h"
#include "views/panels/what_if_form.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTest>

using namespace batlab;
using namespace batlab::views;

class TstAblateQueue : public test::AblateTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { plots::applyTheme(*qApp, plots::ThemeKind::light); }

    void init() { makePage(); }
    void cleanup() { m_page.reset(); }

    void queuesWithItsDifference()
    {
        fill();
        QSignalSpy queued(m_page.get(), &AblatePage::queueRequested);
        m_page->model()->edit({ { "settings.scaleRule", "floor" } }, QStringLiteral("rule"));
        QTest::mouseClick(m_page->form()->queueButton(), Qt::LeftButton);
        SpecDifferenceDialog *dialog = m_page->differenceDialog();
        QVERIFY(dialog);
        QCOMPARE(dialog->table()->rowCount(), 1);
        QCOMPARE(dialog->table()->item(0, 0)->text(), QStringLiteral("settings.scaleRule"));
        QCOMPARE(dialog->table()->item(0, 1)->text(), QStringLiteral("uos"));
        QCOMPARE(dialog->table()->item(0, 2)->text(), QStringLiteral("floor"));
        QCOMPARE(queued.count(), 0);
        dialog->accept();
        QCOMPARE(queued.count(), 1);
        const auto spec = queued[0][0].value<Json>();
        QCOMPARE(spec["variants"].size(), std::size_t(1));
        QCOMPARE(spec["variants"][0]["own"]["settings.scaleRule"].get<std::string>(),
                 std::string("floor"));
        m_page->copyCommand();
        QVERIFY(QApplication::clipboard()->text().startsWith(QStringLiteral("batlab-cli compare")));
    }

    /// The same preflight as the run form's: what it needs, what stands against it.
    void queueWaitsForPreflight()
    {
        fill();
        QSignalSpy queued(m_page.get(), &AblatePage::queueRequested);
        m_page->setWorkspace([] { return QStringLiteral("/work"); });
        m_page->model()->edit({ { "settings.scaleRule", "floor" } }, QStringLiteral("rule"));
        m_ask->preflight = {
            { "errors", { "the disk is too small" } },
            { "warnings", Json::array() },
            { "memory", { { "needed", 2e9 }, { "available", 8e9 } } },
        };
        m_ask->atOnce = false;
        m_page->queueAsRun();
        SpecDifferenceDialog *dialog = m_page->differenceDialog();
        QVERIFY(dialog && !dialog->queueButton()->isEnabled());
        QCOMPARE(m_ask->waitingOn("preflight"), 1);
        const Json question = m_ask->waiting.back().question;
        QCOMPARE(question["workspace"].get<std::string>(), std::string("/work"));
        QCOMPARE(question["spec"]["variants"][0]["own"]["settings.scaleRule"].get<std::string>(),
                 std::string("floor"));
        m_ask->answer();
        const QString said = dialog->preflight()->text();
        QVERIFY2(said.contains(QStringLiteral("the disk is too small")), qPrintable(said));
        QVERIFY2(said.contains(QStringLiteral("needed")), qPrintable(said));
        QTest::mouseClick(dialog->queueButton(), Qt::LeftButton);
        QCOMPARE(queued.count(), 0);

        m_ask->preflight = Json::object();
        Q_EMIT dialog->preflight()->retryRequested();
        QVERIFY(!dialog->queueButton()->isEnabled());
        m_ask->answer();
        QTest::mouseClick(dialog->queueButton(), Qt::LeftButton);
        QCOMPARE(queued.count(), 1);

        // An engine that cannot tell keeps nothing back, one that fails does.
        QTRY_VERIFY(!m_page->differenceDialog());
        for (const ErrorCode code : { ErrorCode::unsupported, ErrorCode::internal }) {
            m_ask->error = Error { code, "no answer", "engine", {} };
            m_page->queueAsRun();
            m_ask->answer();
            QCOMPARE(m_page->differenceDialog()->queueButton()->isEnabled(),
                     code == ErrorCode::unsupported);
            m_page->differenceDialog()->reject();
            QTRY_VERIFY(!m_page->differenceDialog());
        }
    }
};

QTEST_MAIN(TstAblateQueue)
#include "tst_ablate_queue.moc"
