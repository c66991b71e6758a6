// SPDX-License-Identifier: Apache-2.0
// The panels of Inspect on synthetic artifacts and a made-up engine.
#include "tests/support/fake_statistics.h"
#include "tests/views/fake_ask.h"
#include "tests/views/view_test.h"
#include "views/models/activation_source.h"
#include "views/models/bimodality_model.h"
#include "views/models/block_methods_model.h"
#include "views/models/findings_model.h"
#include "views/models/row_filter.h"
#include "views/models/sensitivity_model.h"
#include "views/models/variant_facts.h"
#include "views/panels/detail_panel.h"
#include "views/panels/facts_view.h"
#include "views/panels/findings_panel.h"
#include "views/panels/inspect_map.h"
#include "views/panels/inspect_page.h"
#include "views/panels/microscope_panel.h"
#include "views/panels/sensitivity_panel.h"
#include "views/panels/token_panel.h"
#include "views/panels/token_strip.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/histogram_plot.h"
#include "views/plots/microscope_plot.h"
#include "views/plots/qcp.h"
#include "views/plots/theme.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QSignalSpy>
#include <QTabBar>
#include <QTableView>
#include <QTest>

#include <cmath>

using namespace batlab;
using namespace batlab::views;

class TstInspect : public test::ViewTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        plots::applyTheme(*qApp, plots::ThemeKind::light);
        m_artifacts = test::demoArtifacts(6);
    }

    void init()
    {
        makeDocument(test::demoExtent(6, 64));
        m_document->addArtifacts(m_artifacts);
        m_document->putRun(test::demoRun());
        m_ask = {};
    }

    void microscopeWalks()
    {
        MicroscopePanel panel(m_document.get(), m_selection.get());
        panel.resize(320, 700);
        panel.setAsk(m_ask.bind());
        m_selection->setVariant(QStringLiteral("bat"));
        QVERIFY(m_ask.questions.empty()); // hidden: nothing is asked
        m_selection->setCell(2, Site::t4, 3);
        panel.show();
        QTRY_COMPARE(panel.methods()->methodCount(), 6); // untouched and five methods
        QVERIFY(!panel.plot()->block(true).isEmpty());
        QCOMPARE(panel.plot()->block(false).values[5], 101.0F);
        QCOMPARE(panel.plot()->block(true).values[5], 50.5F);
        QVERIFY(panel.plot()->block(false).scaleText.contains(QStringLiteral("0x81 = 2²")));
        QCOMPARE(panel.plot()->block(false).note, QStringLiteral("8 of 32 → 0"));
        const Json &asked = m_ask.questions.back();
        QCOMPARE(asked["site"].get<std::string>(), std::string("T4"));
        QCOMPARE(asked["layer"].get<int>(), 2);
        QVERIFY(!asked["variants"][0]["part"].get<std::string>().empty());
        QVERIFY(!asked["variants"][0]["entry"].get<std::string>().empty());
        // Arrow keys walk blocks and tokens, and everything else goes with them.
        QTest::keyClick(panel.plot(), Qt::Key_Right);
        QCOMPARE(m_selection->current().block, 4);
        QTest::keyClick(panel.plot(), Qt::Key_Down);
        QCOMPARE(m_selection->current().token, 1);
        QTRY_COMPARE(panel.plot()->block(false).values[0], 228.0F);
        // Another variant of the same block needs no question.
        const std::size_t before = m_ask.questions.size();
        m_selection->setVariant(QLatin1String(kReference));
        QTest::qWait(60);
        QVERIFY(panel.plot()->block(true).isEmpty());
        QCOMPARE(m_ask.questions.size(), before);
        QCOMPARE(panel.plot()->table().columns.size(), 5);
        QVERIFY(panel.plot()->summary().contains(QStringLiteral("largest error")));
        QVERIFY(!panel.grab().isNull());
        QAbstractItemModelTester tester(panel.methods());
    }

    void microscopeSaysWhatIsMissing()
    {
        MicroscopePanel panel(m_document.get(), m_selection.get());
        panel.show();
        m_ask.error = { ErrorCode::notFound, "the model is gone", "model.gguf", "relink it" };
        panel.setAsk(m_ask.bind());
        QTRY_COMPARE(int(panel.plot()->state()), int(plots::PanelState::error));
        QVERIFY(panel.plot()->accessibleDescription().contains(QStringLiteral("relink it")));
        // Malformed answers are errors too, not crashes.
        m_ask.error = {};
        panel.setAsk([](const std::string &, const Json &, const AskReply &done) {
            done(Result<Json>(Json { { "block", 1 }, { "token", "x" } }));
        });
        panel.flush();
        QCOMPARE(int(panel.plot()->state()), int(plots::PanelState::error));
        // A session without a run: one line and one action.
        WorkbenchDocument bare;
        bare.addArtifacts(m_artifacts);
        MicroscopePanel other(&bare, m_selection.get());
        other.setAsk(m_ask.bind());
        other.show();
        other.flush();
        QCOMPARE(int(other.plot()->state()), int(plots::PanelState::empty));
    }

    void shortBlocksAndPlainSites()
    {
        Json answer = m_ask.answer({ { "ask", "block" }, { "variants", Json::array() } });
        answer["channels"] = { 0, 11 };
        QVERIFY(!blockAnswerFromJson(answer)); // 32 numbers for 12 channels
        const std::vector<float> twelve(12, 1.0F);
        answer["reference"] = { { "values", packArray(twelve) },
                                { "dequantized", packArray(twelve) },
                                { "maxError", 0.0 },
                                { "sqnrDb", 200.0 } };
        const auto parsed = blockAnswerFromJson(answer);
        QVERIFY(parsed.ok());
        QVERIFY(!parsed->reference.hasCodes);
        QCOMPARE(parsed->piece, std::string(" word"));
    }

    void filters()
    {
        const QStringList keys = SensitivityModel::filterKeys();
        const auto number = [](const QString &key) {
            return key == QStringLiteral("sqnr") ? 11.5 : std::nan("");
        };
        const QString name = QStringLiteral("20 · T4 · down_proj");
        const auto holds = [&](const char *text) {
            return RowFilter(QString::fromUtf8(text), keys).accepts(20, name, number);
        };
        QVERIFY(holds("") && holds("layer:20 T4") && holds("layer:18-22") && holds("DOWN"));
        QVERIFY(!holds("layer:2") && !holds("layer:21-25") && !holds("T1"));
        QVERIFY(holds("sqnr<12") && holds("sqnr>=11.5 t4") && !holds("sqnr>12"));
        QVERIFY(!holds("mse<1")); // unknown numbers pass no comparison
        QVERIFY(!holds("nonsense<12"));
    }

    void sensitivitySortsFiltersCopies()
    {
        SensitivityPanel panel(m_document.get(), m_selection.get());
        panel.resize(600, 500);
        m_selection->setVariant(QStringLiteral("gptq"));
        panel.show();
        QCOMPARE(panel.rows()->rowCount(), 6 * 7);
        double last = -1e9;
        for (int i = 0; i < panel.rows()->rowCount(); ++i) {
            const double sqnr = panel.rows()->row(i).values[SensitivityModel::OutputSqnr];
            QVERIFY(sqnr >= last);
            last = sqnr;
        }
        panel.filter()->setText(QStringLiteral("layer:2 T4"));
        QCOMPARE(panel.rows()->rowCount(), 1);
        panel.copyExcludeList();
        QCOMPARE(QApplication::clipboard()->text(),
                 QStringLiteral("- model.layers.2.mlp.down_proj\n"));
        panel.copyPrecisionLines();
        QCOMPARE(QApplication::clipboard()->text(),
                 QStringLiteral("- layer 2:down_proj:weights=none\n"));
        panel.copyTable();
        const QStringList lines = QApplication::clipboard()->text().split(QLatin1Char('\n'));
        QCOMPARE(lines.at(0).split(QLatin1Char('\t')).size(), 12);
        QCOMPARE(lines.at(1).split(QLatin1Char('\t')).size(), 12);
        // Filtering selects nothing by itself; a row does.
        panel.filter()->setText(QStringLiteral("layer:4 o_proj"));
        panel.view()->setCurrentIndex(panel.rows()->index(0, 0));
        QCOMPARE(m_selection->current().layer, 4);
        QCOMPARE(int(m_selection->current().site), int(Site::t2));
        m_selection->setVariant(QLatin1String(kReference));
        panel.filter()->clear();
        QCOMPARE(panel.rows()->rowCount(), 6 * 4); // sites: the reference quantizes no linear
        const auto &row = panel.rows()->row(0);
        QVERIFY(row.values[SensitivityModel::Entropy] > 0
                && row.values[SensitivityModel::Entropy] <= 4);
    }

    void findingsAreRulesOverNumbers()
    {
        SiteStats stats;
        stats.variant = kReference;
        stats.layer = { Branch::text, 3 };
        stats.site = Site::t4;
        stats.blocks = 4;
        stats.energy = { 1, 1, 97, 1 };
        SiteFlow flow;
        flow.variant = "rotated";
        flow.layer = stats.layer;
        flow.site = stats.site;
        flow.condition = 250;
        flow.groups = 4;
        flow.energyFlow.assign(16, 0.25F);
        VariantInfo info;
        info.id = "rotated";
        info.family = "global-rotation";
        VariantInfo rtn;
        rtn.id = "rtn";
        rtn.family = "none";
        ModelSummary model;
        model.config = { { "layers", 6 } };
        std::vector<ArtifactPtr> artifacts;
        const auto add = [&](Artifact a) {
            artifacts.push_back(std::make_shared<const Artifact>(std::move(a)));
        };
        add(model);
        add(info);
        add(rtn);
        add(stats);
        add(flow);
        for (int layer = 0; layer < 6; ++layer) {
            LinearScore score;
            score.layer = { Branch::text, layer };
            score.linear = Linear::down;
            score.variant = "rtn";
            score.outputSqnrDb = 12;
            add(score);
            score.variant = "rotated";
            score.outputSqnrDb = layer == 4 ? 1 : 11;
            add(score);
        }
        WorkbenchDocument document;
        document.addArtifacts(artifacts);
        FindingsModel model2(&document);
        model2.flush();
        const auto find = [&](const std::string &rule) -> const Finding * {
            for (int i = 0; i < model2.rowCount(); ++i)
                if (model2.row(i).rule == rule)
                    return &model2.row(i);
            return nullptr;
        };
        const Finding *share = find("energy-share");
        QVERIFY(share && share->severity == Severity::serious && share->at.block == 2);
        QVERIFY2(share->text.contains(QStringLiteral("97 %")), qPrintable(share->text));
        const Finding *moved = find("energy-moved");
        QVERIFY(moved && std::abs(moved->value - 0.75) < 1e-6);
        QVERIFY2(moved->text.contains(QStringLiteral("75 %"))
                     && moved->text.contains(QStringLiteral("3 others")),
                 qPrintable(moved->text));
        const Finding *condition = find("condition");
        QVERIFY(condition && condition->severity == Severity::warning);
        const Finding *dip = find("layer-dip");
        QVERIFY(dip && dip->at.layer == 4 && dip->severity == Severity::serious);
        const Finding *worse = find("worse-than-rtn");
        QVERIFY(worse && std::abs(worse->value - (12 - 56.0 / 6)) < 1e-9);
        QVERIFY(!find("clip-share") && !find("variant-failed"));
        QCOMPARE(int(model2.row(0).severity), int(Severity::serious)); // the worst first
        QAbstractItemModelTester tester(&model2);
        // A click goes there.
        FindingsPanel panel(&model2, m_selection.get());
        panel.resize(900, 160);
        panel.show();
        Q_EMIT panel.view()->clicked(model2.index(0, 0));
        QCOMPARE(m_selection->current().layer, *model2.row(0).at.layer);
    }

    void findingsFollowTheDocument()
    {
        WorkbenchDocument document;
        FindingsModel model(&document);
        QSignalSpy found(&model, &FindingsModel::found);
        document.addArtifacts(m_artifacts);
        QTRY_VERIFY(found.count() > 0);
        const auto rows = model.rowCount();
        model.flush();
        QCOMPARE(model.rowCount(), rows); // the pool found what this thread finds
    }

    void cancelledActivationsCanBeAskedForAgain()
    {
        InspectPage page(m_document.get(), m_selection.get());
        int asked = 0;
        page.setAsk([&](const std::string &stream, const Json &question, const AskReply &done) {
            if (++asked > 1) // the first one is never answered
                m_ask.bind()(stream, question, done);
        });
        page.resize(1100, 700);
        page.show();
        m_selection->setVariant(QStringLiteral("bat"));
        m_selection->setCell(1, Site::t1, 0);
        page.maps()->setMode(InspectMap::TokenChannel);
        QTRY_COMPARE(int(page.map()->state()), int(plots::PanelState::loading));
        QTRY_COMPARE(asked, 1);
        Q_EMIT page.map()->cancelRequested();
        QCOMPARE(int(page.map()->state()), int(plots::PanelState::error)); // nothing runs any more
        Q_EMIT page.map()->retryRequested();
        QTRY_COMPARE(page.map()->columns(), 64);
    }

    void mapModes()
    {
        InspectPage page(m_document.get(), m_selection.get());
        page.setAsk(m_ask.bind());
        page.resize(1100, 700);
        page.show();
        m_selection->setVariant(QStringLiteral("bat"));
        m_selection->setCell(1, Site::t1, 0);
        InspectMap *maps = page.maps();
        QCOMPARE(page.map()->rows(), 6);
        QVERIFY(page.map()->subtitle().contains(QStringLiteral("quantizer")));
        maps->setBefore(true);
        QVERIFY(page.map()->subtitle().contains(QStringLiteral("before any transform")));
        QCOMPARE(maps->shownVariant(), std::string(kReference));
        // Locked limits stay from view to view of one quantity.
        page.map()->colorScale()->setLimits(0.5, 2);
        maps->setMode(InspectMap::TokenBlock);
        QCOMPARE(page.map()->rows(), 64);
        QCOMPARE(page.map()->colorScale()->upper(), 2.0);
        maps->setBefore(false);
        QCOMPARE(page.map()->colorScale()->upper(), 2.0);
        QVERIFY(m_ask.questions.empty()); // energies by token are in the session
        Q_EMIT page.map()->cellSelected(7, 11);
        QCOMPARE(m_selection->current().token, 7);
        QCOMPARE(m_selection->current().block, 11);
        // Single numbers come from the engine.
        maps->setMode(InspectMap::TokenChannel);
        QTRY_COMPARE(page.map()->columns(), 64);
        QCOMPARE(page.map()->rows(), 8);
        QCOMPARE(m_ask.questions.size(), std::size_t(1));
        QCOMPARE(m_ask.questions.back()["ask"].get<std::string>(), std::string("activations"));
        QVERIFY(page.map()->colorScale()->upper() > 2); // another quantity, its own limits
        Q_EMIT page.map()->cellSelected(3, 40);
        QCOMPARE(m_selection->current().channel, 40);
        QCOMPARE(m_selection->current().block, 1);
        page.map()->setRegion({ 1, 1, 0, 31 });
        QCOMPARE(page.map()->statistics().n, 32);
        QVERIFY(page.map()->statistics().above >= 0);
        maps->setMode(InspectMap::TokenBlockError);
        QTRY_COMPARE(page.map()->columns(), 2);
        QCOMPARE(m_ask.questions.size(), std::size_t(1)); // the same numbers, seen otherwise
        // What is seen comes back.
        const Json state = page.viewState();
        maps->setMode(InspectMap::LayerBlock);
        page.histogram()->setKernelShown(true);
        page.restoreViewState(state);
        QCOMPARE(int(maps->mode()), int(InspectMap::TokenBlockError));
        QVERIFY(!page.histogram()->isKernelShown());
        page.restoreViewState(Json { { "map", { { "mode", "x" }, { "scales", 3 } } } });
        // An engine that cannot answer says so in the panel.
        m_ask.error = { ErrorCode::notFound, "the model is gone", "x", "relink it" };
        maps->setMode(InspectMap::TokenChannel);
        m_selection->setCell(2, Site::t1, 0);
        QTRY_COMPARE(int(page.map()->state()), int(plots::PanelState::error));
    }

    void activationsComeWithTheLayer()
    {
        LayerDone late;
        std::vector<ArtifactPtr> early;
        for (const ArtifactPtr &a : m_artifacts) {
            const auto *done = std::get_if<LayerDone>(a.get());
            if (done && done->variant == "bat" && done->layer.index == 2)
                late = *done;
            else
                early.push_back(a);
        }
        const auto add = [](WorkbenchDocument &document, const LayerDone &done) {
            document.addArtifacts({ std::make_shared<const Artifact>(done) });
        };
        WorkbenchDocument document;
        document.addArtifacts(early);
        document.putRun(test::demoRun());
        m_selection->setVariant(QStringLiteral("bat"));
        m_selection->setCell(2, Site::t1, 0);
        ActivationSource source(&document, m_selection.get());
        source.setAsk(m_ask.bind());
        const QObject viewer;
        source.setWanted(&viewer, true);
        QTRY_COMPARE(int(source.state()), int(ActivationSource::State::error)); // not done yet
        QVERIFY(m_ask.questions.empty());
        add(document, late);
        QTRY_COMPARE(int(source.state()), int(ActivationSource::State::ready));
        QVERIFY(source.view());
        QCOMPARE(m_ask.questions.size(), std::size_t(1));
        // The layer of another variant is no reason to ask; the replaced one is.
        LayerDone other = late;
        other.variant = "rtn";
        other.part = "other";
        add(document, other);
        QTest::qWait(60);
        QVERIFY(source.view());
        QCOMPARE(m_ask.questions.size(), std::size_t(1));
        late.part = "tuned";
        add(document, late);
        QVERIFY(!source.view()); // it is of the layer as it was
        QTRY_VERIFY(source.view());
        QCOMPARE(m_ask.questions.size(), std::size_t(2));
        QCOMPARE(m_ask.questions.back()["variants"][0]["part"].get<std::string>(),
                 std::string("tuned"));
    }

    /// K, V and R: what an older session says, what the maps show, and what keeps to the linears.
    void cacheAndStream()
    {
        InspectPage page(m_document.get(), m_selection.get());
        page.setAsk(m_ask.bind());
        page.resize(1100, 700);
        page.show();
        m_selection->setVariant(QLatin1String(kReference));
        m_selection->setCell(1, Site::k, 0);
        InspectMap *maps = page.maps();
        for (const auto mode : { InspectMap::LayerBlock, InspectMap::TokenBlock }) {
            maps->setMode(mode);
            QCOMPARE(int(page.map()->state()), int(plots::PanelState::empty));
            QVERIFY2(page.map()->accessibleDescription().contains(
                         QStringLiteral("Start the analysis again")),
                     qPrintable(page.map()->accessibleDescription()));
        }
        QVERIFY(page.histogram()->accessibleDescription().contains(
            QStringLiteral("Start the analysis again")));
        // Its numbers can be asked for all the same.
        maps->setMode(InspectMap::TokenChannel);
        QTRY_COMPARE(page.map()->columns(), 64);
        QCOMPARE(m_ask.questions.back()["site"].get<std::string>(), std::string("K"));

        const auto ranked = bimodalityRows(m_document->artifacts(), kReference).size();
        std::vector<ArtifactPtr> more;
        for (int layer = 0; layer < 6; ++layer) {
            for (const Site site : { Site::k, Site::v, Site::residual }) {
                SiteStats stats =
                    emptySiteStats(kReference, layer, site, StatStage::before, 100, 6);
                stats.energy.assign(6, 2.0F + static_cast<float>(layer));
                TokenEnergyMap map = emptyTokenMap(stats, 64);
                map.energy.assign(64 * 6, 1.5F);
                more.push_back(std::make_shared<const Artifact>(std::move(stats)));
                more.push_back(std::make_shared<const Artifact>(std::move(map)));
            }
        }
        m_document->addArtifacts(more);
        maps->setMode(InspectMap::LayerBlock);
        maps->rebuild();
        QCOMPARE(page.map()->rows(), 6);
        QCOMPARE(page.map()->columns(), 6);
        QVERIFY2(page.map()->subtitle().startsWith(QStringLiteral("K cache,")),
                 qPrintable(page.map()->subtitle()));
        maps->setMode(InspectMap::TokenBlock);
        QCOMPARE(page.map()->rows(), 64);
        m_selection->setSite(Site::residual);
        QVERIFY(page.map()->subtitle().contains(QStringLiteral("R residual")));
        // A variant that leaves them alone points to what is there.
        m_selection->setVariant(QStringLiteral("bat"));
        QCOMPARE(int(page.map()->state()), int(plots::PanelState::empty));
        QVERIFY(page.map()->accessibleDescription().contains(QStringLiteral("transforms R")));
        maps->setBefore(true);
        QCOMPARE(page.map()->rows(), 64);
        // Where a variant transforms K in some layers, nobody waits for the others.
        SiteStats turned = emptySiteStats("bat", 1, Site::k, StatStage::after, 100, 6);
        turned.energy.assign(6, 3.0F);
        m_document->addArtifacts({ std::make_shared<const Artifact>(std::move(turned)) });
        m_selection->setSite(Site::k);
        maps->setBefore(false);
        maps->setMode(InspectMap::LayerBlock);
        maps->rebuild();
        QSignalSpy readouts(page.map(), &plots::PlotWidget::readout);
        const auto says = [&](int layer, const QString &what) {
            QTest::mouseMove(page.map()->plot(),
                             page.map()->cellRect({ layer, 2 }).center().toPoint());
            return QTest::qWaitFor([&] {
                return !readouts.isEmpty()
                    && readouts.back().at(0).toString().startsWith(
                        QStringLiteral("layer %1 ·").arg(layer))
                    && readouts.back().at(0).toString().contains(what);
            });
        };
        QVERIFY(says(1, QStringLiteral("E 3")));
        QVERIFY2(says(0, QStringLiteral("no value")), qPrintable(readouts.back().at(0).toString()));
        m_selection->setSite(Site::residual);
        // Ranks and tables are those of the linears' inputs.
        QCOMPARE(bimodalityRows(m_document->artifacts(), kReference).size(), ranked);
        SensitivityPanel panel(m_document.get(), m_selection.get());
        panel.resize(600, 500);
        panel.show();
        QCOMPARE(panel.rows()->rowCount(), 6 * 7);
        QVERIFY2(panel.note().contains(QStringLiteral("select T1")), qPrintable(panel.note()));
        m_selection->setSite(Site::t1);
        QVERIFY(!panel.note().contains(QStringLiteral("select T1")));
    }

    void tokensAreText()
    {
        InspectPage page(m_document.get(), m_selection.get());
        page.setAsk(m_ask.bind());
        page.resize(1100, 700);
        page.show();
        m_selection->setCell(1, Site::t1, 2);
        page.showTokens(true);
        TokenStrip *strip = page.tokens()->strip();
        QCOMPARE(strip->count(), 64);
        QVERIFY(strip->describe(3).contains(QStringLiteral("word3")));
        const TokenEnergyMap *map =
            m_document->artifacts().tokenMap(kReference, { Branch::text, 1 }, Site::t1);
        QCOMPARE(strip->colorScale()->dataMaximum(), [&] {
            double most = 0;
            for (int t = 0; t < 64; ++t)
                most = std::max(most, double(map->energy[std::size_t(t * 18 + 2)]));
            return most;
        }());
        QTest::mouseClick(strip->viewport(), Qt::LeftButton, {}, strip->itemRect(9).center());
        QCOMPARE(m_selection->current().token, 9);
        QTest::keyClick(strip, Qt::Key_Right);
        QCOMPARE(m_selection->current().token, 10);
        m_selection->setToken(4);
        QCOMPARE(strip->token(), 4);
        strip->copy();
        QCOMPARE(QApplication::clipboard()->text().count(QLatin1Char('\n')), 65);
        QVERIFY(QApplication::clipboard()->text().startsWith(QStringLiteral("token\ttext\tE (")));
        QCOMPARE(QApplication::clipboard()->mimeData()->data( // as every table is copied
                     QStringLiteral("text/tab-separated-values")),
                 QApplication::clipboard()->text().toUtf8());
        // Its table, with the token that is selected, and back; a picture of every line.
        QVERIFY(!page.tokens()->isTableShown());
        page.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&page));
        QTest::keyClick(strip, Qt::Key_T);
        QVERIFY(page.tokens()->isTableShown());
        auto *table = page.tokens()->findChild<QTableView *>();
        QCOMPARE(table->model()->rowCount(), 64);
        QCOMPARE(table->currentIndex().row(), 4);
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                          table->visualRect(table->model()->index(6, 1)).center());
        QCOMPARE(m_selection->current().token, 6);
        QTest::keyClick(table, Qt::Key_T);
        QVERIFY(!page.tokens()->isTableShown());
        QVERIFY(strip->picture(2).height() >= 2 * strip->itemRect(63).bottom());
        const auto *menu = page.tokens()->findChild<QMenu *>(QStringLiteral("tokenExport"));
        QVERIFY(menu);
        for (QAction *action : menu->actions()) {
            if (action->text() == QLatin1String("Copy picture")) {
                action->trigger();
                QVERIFY(!QApplication::clipboard()->image().isNull());
            }
        }
        page.tokens()->setQuantity(TokenPanel::SiteError);
        QTRY_COMPARE(strip->count(), 8); // as many as the engine was asked for
        QVERIFY(page.tokens()->emptyText().isEmpty());
    }

    void factsAndTabs()
    {
        DetailPanel panel(m_document.get(), m_selection.get());
        panel.setAsk(m_ask.bind());
        panel.resize(320, 600);
        panel.show();
        m_selection->setVariant(QStringLiteral("bat"));
        panel.setTab(DetailPanel::Info);
        QVERIFY(panel.info()->topLevelItemCount() > 10);
        QVERIFY(!panel.microscope()->isVisible());
        const std::vector<Fact> parameters = parameterFacts(*m_document, QStringLiteral("bat"));
        const auto has = [&](const QString &name, const QString &value) {
            return std::any_of(parameters.begin(), parameters.end(), [&](const Fact &f) {
                return f.name == name && f.value.contains(value);
            });
        };
        QVERIFY(has(QStringLiteral("transform"), QStringLiteral("gpk")));
        QVERIFY(has(QStringLiteral("round"), QStringLiteral("gptq")));
        panel.setLow(true);
        panel.setTab(DetailPanel::Parameters);
        panel.setLow(false);
        QCOMPARE(int(panel.tab()), int(DetailPanel::Microscope));
        panel.info()->copy();
        QVERIFY(QApplication::clipboard()->text().contains(QLatin1Char('\t')));
    }

    /// Pictures of page and dock (SYNTHETIC data) for the eye; what can be checked is checked.
    void pictures()
    {
        QDir().mkpath(QStringLiteral(BATLAB_LOOKS_DIR));
        InspectPage page(m_document.get(), m_selection.get());
        DetailPanel detail(m_document.get(), m_selection.get());
        page.setAsk(m_ask.bind());
        detail.setAsk(m_ask.bind());
        page.resize(1016, 700);
        detail.resize(328, 700);
        page.show();
        detail.show();
        m_selection->setVariant(QStringLiteral("bat"));
        m_selection->setCell(2, Site::t4, 3);
        QTRY_VERIFY(!detail.microscope()->plot()->block(true).isEmpty());
        const int ratio = int(page.devicePixelRatioF());
        const auto save = [&](QWidget &widget, const QString &name) {
            const QString file = QStringLiteral(BATLAB_LOOKS_DIR) + QStringLiteral("/inspect-")
                + name + (ratio > 1 ? QStringLiteral("@2x.png") : QStringLiteral(".png"));
            QCoreApplication::processEvents();
            QVERIFY(widget.grab().save(file));
        };
        for (const plots::ThemeKind kind : { plots::ThemeKind::light, plots::ThemeKind::dark }) {
            plots::applyTheme(*qApp, kind);
            const QString look = plots::name(kind);
            page.maps()->setMode(InspectMap::LayerBlock);
            page.showTokens(false);
            page.histogram()->setKernelShown(true);
            page.flush();
            save(page, QStringLiteral("layers-") + look);
            page.maps()->setMode(InspectMap::TokenBlock);
            page.map()->setRegion({ 20, 34, 10, 21 });
            page.showTokens(true);
            save(page, QStringLiteral("tokens-") + look);
            for (const auto tab :
                 { DetailPanel::Microscope, DetailPanel::Sensitivity, DetailPanel::Info }) {
                detail.setTab(tab);
                save(detail, QStringLiteral("detail%1-%2").arg(int(tab)).arg(look));
            }
            detail.setTab(DetailPanel::Microscope);
        }
        plots::applyTheme(*qApp, plots::ThemeKind::light);
        m_ask.error = { ErrorCode::notFound, "the model is gone", "x", "relink it" };
        detail.microscope()->flush();
        save(detail, QStringLiteral("detail-error"));
    }

private:
    std::vector<ArtifactPtr> m_artifacts;
    test::FakeAsk m_ask;
};

QTEST_MAIN(TstInspect)
#include "tst_inspect.moc"
