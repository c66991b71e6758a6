// SPDX-License-Identifier: Apache-2.0
// The microscope's numbers under every scale rule and tie, against the kernels' oracle.
#include "kernels/backend.h"
#include "tests/views/fake_ask.h"
#include "tests/views/view_test.h"
#include "views/models/block_methods_model.h"
#include "views/panels/microscope_panel.h"
#include "views/plots/microscope_plot.h"
#include "views/plots/theme.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QDir>
#include <QTableView>
#include <QTest>

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

using namespace batlab;
using namespace batlab::views;
using kernels::ScaleRule;
using kernels::Ties;

class TstRoundings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { plots::applyTheme(*qApp, plots::ThemeKind::light); }

    void everyCodeIsTheOraclesCode()
    {
        const kernels::Backend *oracle = kernels::cpuBackend(kernels::CpuLevel::scalar);
        QVERIFY(oracle);
        std::mt19937 random(7);
        std::normal_distribution<float> normal;
        int splitTies = 0;
        for (int trial = 0; trial < 300; ++trial) {
            std::vector<float> values(trial % 5 == 0 ? 12 : 32);
            for (float &v : values) // every third block lies on halves, where ties decide
                v = trial % 3 == 0 ? 0.25F * std::round(8 * normal(random))
                                   : std::ldexp(normal(random), trial % 40 - 20);
            for (const auto format : { kernels::Format::mxfp4, kernels::Format::mxfp8E4m3,
                                       kernels::Format::mxfp6E2m3 }) {
                std::vector<std::pair<ScaleRule, Ties>> seen;
                for (const BlockRounding &r : blockRoundings(values, format)) {
                    splitTies += r.ties.size() < 3 ? 1 : 0;
                    for (const Ties ties : r.ties) {
                        seen.emplace_back(r.rule, ties);
                        const kernels::QuantSpec spec { format, r.rule, ties, 1.0F };
                        const auto n = static_cast<std::int64_t>(values.size());
                        const kernels::ConstMatrix in { values.data(), kernels::DType::f32, 1, n,
                                                        n };
                        std::vector<std::uint8_t> codes(32);
                        std::uint8_t scale = 0;
                        oracle->quantize(in, spec, codes.data(), &scale, {});
                        codes.resize(values.size());
                        QCOMPARE(r.codes, codes);
                        QCOMPARE(r.scaleByte, int(scale));
                        std::vector<float> back(values.size());
                        oracle->fakeQuantize(in, {}, spec,
                                             { back.data(), kernels::DType::f32, 1, n, n }, {});
                        for (std::size_t i = 0; i < back.size(); ++i) // -0 is 0
                            QVERIFY(r.dequantized[i] == back[i]);
                    }
                }
                std::size_t defined = 0;
                for (int rule = 0; rule <= int(ScaleRule::prescale); ++rule)
                    defined += kernels::isDefined(format, ScaleRule(rule)) ? 3 : 0;
                QCOMPARE(seen.size(), defined); // each rule with each tie, once
                std::sort(seen.begin(), seen.end());
                QVERIFY(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
            }
        }
        QVERIFY(splitTies > 0);
        QVERIFY(blockRoundings({}, kernels::Format::mxfp4).empty());
        QVERIFY(blockRoundings(std::vector<float>(16, 1.0F), kernels::Format::nvfp4).empty());
    }

    void aRowDrawsItsCodes()
    {
        WorkbenchDocument document;
        document.addArtifacts(test::demoArtifacts(6));
        document.putRun(test::demoRun());
        SelectionContext selection;
        selection.setExtent(test::demoExtent(6, 64));
        test::FakeAsk ask;
        MicroscopePanel panel(&document, &selection);
        panel.resize(360, 760);
        panel.setAsk(ask.bind());
        selection.setVariant(QStringLiteral("bat"));
        selection.setCell(2, Site::t4, 3);
        panel.show();
        BlockMethodsModel *methods = panel.methods();
        QAbstractItemModelTester tester(methods,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        QTRY_COMPARE(methods->methodCount(), 6);
        QCOMPARE(methods->headingRow(), 6);
        QVERIFY(!(methods->flags(methods->index(6, 0)) & Qt::ItemIsSelectable));
        QVERIFY(methods->roundings().size() >= 8);
        QCOMPARE(panel.plot()->block(true).values[5], 50.5F); // the variant's own

        // A click on "floor" shows the variant's numbers, and floor's codes of the same.
        const QModelIndex floor = methods->index(7, BlockMethodsModel::Method);
        QCOMPARE(floor.data().toString(), QStringLiteral("floor"));
        QTableView *table = panel.table();
        table->scrollTo(floor);
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(floor).center());
        QCOMPARE(panel.plot()->block(false).values[5], 50.5F);
        QCOMPARE(panel.plot()->block(true).name, QStringLiteral("floor"));
        QCOMPARE(panel.plot()->block(true).codes, methods->roundings().front().codes);
        QCOMPARE(selection.current().variant, QStringLiteral("bat"));
        // It stays over blocks, until a method is chosen.
        QTest::keyClick(panel.plot(), Qt::Key_Right);
        QTRY_COMPARE(panel.plot()->block(false).values[0], 64.0F);
        QCOMPARE(panel.plot()->block(true).name, QStringLiteral("floor"));
        QVERIFY(QDir().mkpath(QStringLiteral(BATLAB_LOOKS_DIR)));
        QVERIFY(panel.grab().save(QStringLiteral(BATLAB_LOOKS_DIR "/inspect-roundings.png")));
        table->setFocus();
        table->setCurrentIndex(methods->index(methods->find(QStringLiteral("bat")), 0));
        QVERIFY(panel.plot()->block(true).name.startsWith(QStringLiteral("After")));
        table->setCurrentIndex(floor);
        selection.setVariant(QLatin1String(kReference)); // elsewhere
        QVERIFY(panel.plot()->block(true).isEmpty());
        QCOMPARE(panel.plot()->block(false).values[0], 128.0F);
    }

    void aRowIsChosenWhileTheAnswerIsOnItsWay()
    {
        WorkbenchDocument document;
        document.addArtifacts(test::demoArtifacts(6));
        document.putRun(test::demoRun());
        SelectionContext selection;
        selection.setExtent(test::demoExtent(6, 64));
        test::FakeAsk engine;
        bool slow = false;
        std::vector<std::pair<Json, AskReply>> waiting;
        MicroscopePanel panel(&document, &selection);
        panel.resize(360, 760);
        panel.setAsk([&](const std::string &, const Json &question, const AskReply &done) {
            if (slow)
                waiting.emplace_back(question, done);
            else
                done(Result<Json>(engine.answer(question)));
        });
        selection.setVariant(QStringLiteral("bat"));
        selection.setCell(2, Site::t4, 3);
        panel.show();
        BlockMethodsModel *methods = panel.methods();
        QTRY_COMPARE(methods->methodCount(), 6);
        slow = true;
        QTest::keyClick(panel.plot(), Qt::Key_Right);
        panel.flush();
        QCOMPARE(waiting.size(), std::size_t(1));
        QCOMPARE(int(panel.plot()->state()), int(plots::PanelState::loading));
        panel.table()->setCurrentIndex(methods->index(methods->headingRow() + 1, 0));
        QCOMPARE(int(panel.plot()->state()), int(plots::PanelState::loading));
        waiting[0].second(Result<Json>(engine.answer(waiting[0].first)));
        QCOMPARE(panel.plot()->block(false).values[0], 64.0F);
        QCOMPARE(panel.plot()->block(true).name, QStringLiteral("floor")); // what was chosen
        // Not waited for: nothing of the block before stays, and Retry asks again.
        QTest::keyClick(panel.plot(), Qt::Key_Right);
        panel.flush();
        QCOMPARE(waiting.size(), std::size_t(2));
        Q_EMIT panel.plot()->cancelRequested();
        QCOMPARE(methods->rowCount(), 0);
        QCOMPARE(int(panel.plot()->state()), int(plots::PanelState::error));
        waiting[1].second(Result<Json>(engine.answer(waiting[1].first)));
        QCOMPARE(int(panel.plot()->state()), int(plots::PanelState::error)); // too late
        slow = false;
        Q_EMIT panel.plot()->retryRequested();
        QCOMPARE(int(panel.plot()->state()), int(plots::PanelState::ready));
        QCOMPARE(panel.plot()->block(false).values[0], 80.0F);
        QCOMPARE(methods->methodCount(), 6);
    }
};

QTEST_MAIN(TstRoundings)
#include "tst_roundings.moc"
