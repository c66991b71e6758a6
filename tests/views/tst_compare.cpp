// SPDX-License-Identifier: Apache-2.0
// The Compare page and what it shows: paired differences by hand, guests, activations from a fake
// engine, what specs differ in.
#include "core/stats/paired_tests.h"
#include "tests/views/view_test.h"
#include "views/models/guest_session.h"
#include "views/models/method_activations.h"
#include "views/models/project_model.h"
#include "views/models/spec_table.h"
#include "views/models/text.h"
#include "views/panels/compare_page.h"
#include "views/panels/panel_frame.h"
#include "views/panels/selection_bar.h"
#include "views/panels/ui_kit.h"
#include "views/panels/variant_chooser.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/paired_plot.h"
#include "views/plots/ridge_plot.h"
#include "views/plots/series_plot.h"
#include "views/plots/small_multiples.h"
#include "views/plots/theme.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QDir>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include <cmath>

using namespace batlab;
using namespace batlab::views;

namespace {

ArtifactPtr make(Artifact artifact)
{
    return std::make_shared<const Artifact>(std::move(artifact));
}

/// A variant whose linears at every site of layer l have the SQNR `base + step * l`.
std::vector<ArtifactPtr> scored(const std::string &id, double base, double step, int layers)
{
    VariantInfo info;
    info.id = info.title = id;
    info.family = "none";
    std::vector<ArtifactPtr> out { make(info) };
    for (int l = 0; l < layers; ++l)
        for (const Linear linear : kLinears) {
            LinearScore score;
            score.variant = id;
            score.layer = { Branch::text, l };
            score.linear = linear;
            score.outputSqnrDb = base + step * l;
            score.outputMse = 0.5;
            out.push_back(make(score));
        }
    return out;
}

ArtifactPtr modelOf(int layers)
{
    ModelSummary model;
    model.config = { { "layers", layers } };
    return make(model);
}

} // namespace

class TstCompare : public test::ViewTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        plots::applyTheme(*qApp, plots::ThemeKind::light);
        m_artifacts = test::demoArtifacts(6);
        QDir().mkpath(QStringLiteral(BATLAB_LOOKS_DIR));
    }

    void init() { makeDocument(); }

    void corrections()
    {
        // By hand: sorted 0.01, 0.03, 0.04 times 3, 2, 1 -> 0.03, 0.06, and 0.04 lifted to 0.06.
        const std::vector<double> p = holm({ 0.04, 0.01, 0.03, std::nan("") });
        QCOMPARE(p[1], 0.03);
        QCOMPARE(p[2], 0.06);
        QCOMPARE(p[0], 0.06);
        QVERIFY(std::isnan(p[3]));
        QCOMPARE(holm({ 0.9, 0.8 })[1], 1.0);
        // Binomial: 2 * (1 + 6) / 2^6 = 0.21875 for 1 against 5.
        QVERIFY(std::abs(mcnemar(1, 5) - 0.21875) < 1e-12);
        QVERIFY(std::abs(mcnemar(5, 1) - 0.21875) < 1e-12);
        QCOMPARE(mcnemar(0, 0), 1.0);
        QVERIFY(std::abs(mcnemar(3, 3) - 1.0) < 1e-12);
        QVERIFY(mcnemar(1000, 1400) < 1e-12);
        QVERIFY(std::abs(normalPValue(1.959964, 1) - 0.05) < 1e-6);
        QVERIFY(std::isnan(normalPValue(1, 0)));
    }

    void pairedByHand()
    {
        m_document->addArtifacts({ modelOf(4) });
        m_document->addArtifacts(scored("base", 10, 0, 4));
        m_document->addArtifacts(scored("up", 11, 1, 4)); // +1, +2, +3, +4 dB at every site
        m_document->addArtifacts(scored("down", 9.5, 0, 4)); // -0.5 everywhere
        const PairedInput input =
            pairedInput(m_document->artifacts(), { "base", "up", "down" }, "base");
        QCOMPARE(input.variants.size(), std::size_t(2));
        const PairedTable table = pairedTable(input);
        QCOMPARE(table.rows.size(), std::size_t(2));
        const PairedRow &up = table.rows[0], &down = table.rows[1];
        QCOMPARE(up.pairs, 16);
        QCOMPARE(up.better, 16);
        QCOMPARE(up.summary.mean, 2.5);
        QVERIFY(up.summary.low >= 1 && up.summary.low < 2.5);
        QVERIFY(up.summary.high <= 4 && up.summary.high > 2.5);
        QCOMPARE(up.delta[3][2], 3.0F);
        QCOMPARE(down.better, 0);
        QCOMPARE(down.summary.mean, -0.5);
        QCOMPARE(down.summary.low, -0.5); // no spread, no interval
        QVERIFY(down.corrected <= 0.001);
        // The reference has no error: the first variant takes its place, and says so.
        QCOMPARE(pairedInput(m_document->artifacts(), { "base", "up" }, kReference).baseline,
                 std::string("base"));
        // Same seed, same table.
        QCOMPARE(pairedTable(input).rows[0].summary.low, up.summary.low);
    }

    void flowLeaves()
    {
        SiteFlow flow;
        flow.groups = 2;
        flow.energyFlow = { 1, 0, 0, 1 };
        QCOMPARE(energyLeaving(flow), 0.0);
        flow.energyFlow = { 0.25, 0.75, 0.5, 0.5 };
        QCOMPARE(energyLeaving(flow), 0.625);
        flow.energyFlow = { 0, 0, 0.5, 0.5 }; // a group without energy does not count
        QCOMPARE(energyLeaving(flow), 0.5);
    }

    void specsDiffer()
    {
        m_document->addArtifacts(m_artifacts);
        SpecTable table;
        QAbstractItemModelTester tester(&table,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        table.show(*m_document, { "reference", "rtn", "gptq", "bat" }, "gptq");
        QCOMPARE(table.columnCount(), 4); // the reference has no spec
        QVERIFY(table.rowCount() > 0);
        for (int row = 0; row < table.rowCount(); ++row) {
            QSet<QString> values;
            for (int c = 1; c < 4; ++c)
                values.insert(table.index(row, c).data().toString());
            QVERIFY2(values.size() > 1, qPrintable(table.index(row, 0).data().toString()));
            QVERIFY(!table.index(row, 2).data(Qt::FontRole).isValid()); // the pin is never bold
        }
        table.show(*m_document, { "rtn", "rtn" }, "rtn");
        QCOMPARE(table.rowCount(), 0);
        // Other calibration tokens under the same words; not known of one: no difference.
        const auto hashes = [&]() -> QString {
            table.show(*m_document, { "rtn", "gptq" }, "rtn");
            for (int row = 0; row < table.rowCount(); ++row)
                if (table.index(row, 0).data().toString()
                    == QStringLiteral("calibration.tokenHash"))
                    return table.index(row, 1).data().toString() + QLatin1Char(' ')
                        + table.index(row, 2).data().toString();
            return {};
        };
        const auto setHash = [&](const char *id, const char *hash) {
            VariantInfo info = *m_document->artifacts().variant(id);
            info.calibrationHash = hash;
            m_document->addArtifacts({ std::make_shared<const Artifact>(info) });
        };
        setHash("rtn", "00ff");
        QCOMPARE(hashes(), QString());
        setHash("gptq", "00ff");
        QCOMPARE(hashes(), QString());
        setHash("gptq", "ff00");
        QCOMPARE(hashes(), QStringLiteral("00ff ff00"));
    }

    void guestsComeAndGo()
    {
        m_document->addArtifacts(m_artifacts);
        m_document->setSaved();
        const std::size_t before = m_document->artifacts().variants().size();
        QCOMPARE(guestName(QStringLiteral("/x/e2.batlab.h5"), {}), QStringLiteral("e2"));
        QCOMPARE(guestName(QStringLiteral("/x/e2.batlab.h5"), { QStringLiteral("e2") }),
                 QStringLiteral("e2-2"));
        const std::size_t own = m_document->snapshot().artifacts.size();
        ProjectModel tree(m_document.get());
        const GuestSession guest = makeGuest(
            QStringLiteral("e2"), QStringLiteral("/x/e2.batlab.h5"), m_document->snapshot());
        m_document->addGuest(guest);
        const ArtifactIndex &index = m_document->artifacts();
        QCOMPARE(index.variants().size(), 2 * before);
        QCOMPARE(m_document->variantTitle(QStringLiteral("e2:gptq")),
                 QStringLiteral("e2: ") + m_document->variantTitle(QStringLiteral("gptq")));
        QVERIFY(index.siteStats("e2:gptq", { Branch::text, 2 }, Site::t4));
        QVERIFY(index.siteStats("e2:reference", { Branch::text, 2 }, Site::t4)); // stage before
        QCOMPARE(index.meanSqnr("e2:bat"), index.meanSqnr("bat"));
        QVERIFY(tree.variantIndex(QStringLiteral("e2:bat")).isValid());
        QVERIFY(m_document->isModified());
        // Not saved with the document, but remembered.
        const DocumentSnapshot snapshot = m_document->snapshot();
        QCOMPARE(snapshot.artifacts.size(), own);
        QCOMPARE(snapshot.viewState["comparedSessions"][0].get<std::string>(),
                 std::string("/x/e2.batlab.h5"));
        m_document->pinBaseline(QStringLiteral("e2:bat"));
        m_document->removeGuest(QStringLiteral("e2"));
        QCOMPARE(index.variants().size(), before);
        QCOMPARE(m_document->baseline(), QLatin1String(kReference));
        WorkbenchDocument again;
        again.reset(snapshot, {});
        QCOMPARE(again.remembered().sessions, QStringList { QStringLiteral("/x/e2.batlab.h5") });
        // A save before it is read keeps it, one after it could not be read does not.
        QCOMPARE(again.snapshot().viewState["comparedSessions"].size(), 1U);
        again.forgetRemembered({ QStringLiteral("/x/e2.batlab.h5") });
        QVERIFY(!again.snapshot().viewState.contains("comparedSessions"));
        QVERIFY(again.guests().empty());
    }

    void contractJudgesGuests()
    {
        m_document->addArtifacts(m_artifacts);
        SelectionBar bar(m_document.get(), m_selection.get());
        bar.resize(1600, 32);
        DocumentSnapshot other = m_document->snapshot();
        for (ArtifactPtr &artifact : other.artifacts)
            if (const auto *info = std::get_if<VariantInfo>(artifact.get())) {
                VariantInfo changed = *info;
                changed.settings["scaleRule"] = "floor";
                artifact = make(changed);
            }
        QVERIFY(m_document->comparable());
        m_document->addGuest(makeGuest(QStringLiteral("e2"), QStringLiteral("/x"), other));
        QVERIFY(!m_document->comparable());
        QCOMPARE(int(bar.findChild<Chip *>()->tone()), int(Chip::Tone::warn));
        m_document->removeGuest(QStringLiteral("e2"));
        QVERIFY(m_document->comparable());
        QCOMPARE(int(bar.findChild<Chip *>()->tone()), int(Chip::Tone::good));
    }

    void treeShowsDeltas()
    {
        m_document->addArtifacts({ modelOf(2) });
        m_document->addArtifacts(scored("base", 10, 0, 2));
        m_document->addArtifacts(scored("up", 13, 0, 2));
        ProjectModel tree(m_document.get());
        const auto delta = [&](const char *id) {
            return tree.variantIndex(QLatin1String(id)).data(ProjectModel::DeltaRole).toDouble();
        };
        QVERIFY(std::isnan(delta("up"))); // the reference has no SQNR
        m_document->pinBaseline(QStringLiteral("base"));
        QCOMPARE(delta("up"), 3.0);
        QVERIFY(std::isnan(delta("base")));
    }

    void activationsComeFromTheEngine()
    {
        addRun();
        ComparePage page(m_document.get(), m_selection.get());
        page.resize(1400, 900);
        std::vector<Json> questions;
        std::vector<AskReply> replies;
        page.setAsk([&](const std::string &, Json question, AskReply done) {
            questions.push_back(std::move(question));
            replies.push_back(std::move(done));
        });
        m_selection->setCell(3, Site::t4, 17);
        page.show();
        page.flush();
        QCOMPARE(questions.size(), std::size_t(1));
        const Json q = questions.front();
        QCOMPARE(q["ask"].get<std::string>(), std::string("activations"));
        QCOMPARE(q["layer"].get<int>(), 3);
        QCOMPARE(q["site"].get<std::string>(), std::string("T4"));
        QCOMPARE(q["workspace"].get<std::string>(), std::string("/work"));
        QVERIFY(q["reference"].get<bool>());
        QCOMPARE(q["variants"].size(), std::size_t(5));
        QVERIFY(q["variants"][0]["part"] != q["variants"][0]["entry"]);
        // Meanwhile the stored energy is shown.
        QVERIFY(page.multiples()->title().contains(QStringLiteral("Energy")));
        // Not waited for: the energy says so, a late answer changes nothing, Retry asks again.
        Q_EMIT page.multiples()->cancelRequested();
        page.flush();
        QVERIFY(page.multiples()->subtitle().contains(QStringLiteral("not waited for")));
        QTRY_VERIFY(!page.isWaiting());
        replies.front()(answer(q, 4, 96));
        QTest::qWait(100);
        page.flush();
        QVERIFY(page.multiples()->title().contains(QStringLiteral("Energy")));
        QCOMPARE(questions.size(), std::size_t(1));
        for (QToolButton *link : page.findChildren<QToolButton *>())
            if (link->text() == QLatin1String("Retry") && link->isVisible())
                QTest::mouseClick(link, Qt::LeftButton);
        QCOMPARE(questions.size(), std::size_t(2));
        questions.erase(questions.begin());
        replies.erase(replies.begin());
        replies.front()(answer(q, 4, 96));
        QTRY_VERIFY(page.multiples()->title().contains(QStringLiteral("magnitude")));
        QCOMPARE(page.multiples()->table().rows, 4 * 96);
        QCOMPARE(page.multiples()->table().columns.size(), 2 + 6);
        QVERIFY(page.multiples()->table().cell(0, 2).toDouble() >= 0); // magnitudes
        // A click on a channel moves block and token.
        Q_EMIT page.multiples()->cellSelected(QStringLiteral("bat"), 2, 70);
        QCOMPARE(m_selection->current().block, 2);
        QCOMPARE(m_selection->current().channel, 70);
        QCOMPARE(m_selection->current().token, 2);
        QCOMPARE(m_selection->current().variant, QStringLiteral("bat"));
        page.flush();
        QCOMPARE(questions.size(), std::size_t(1)); // the same layer, site and variants
        page.chooser()->setShown("gptq", false);
        page.flush();
        QCOMPARE(questions.size(), std::size_t(2));
        QCOMPARE(questions.back()["variants"].size(), std::size_t(4));
        replies.back()(Error { ErrorCode::notFound, "the model is gone", "x.gguf", {} });
        QTRY_VERIFY(page.multiples()->subtitle().contains(QStringLiteral("the model is gone")));
        QVERIFY(page.multiples()->title().contains(QStringLiteral("Energy")));
    }

    void aReplacedLayerIsAskedAgain()
    {
        addRun();
        MethodActivations source(m_document.get());
        std::vector<Json> questions;
        std::vector<AskReply> replies;
        source.setAsk([&](const std::string &, Json question, AskReply done) {
            questions.push_back(std::move(question));
            replies.push_back(std::move(done));
        });
        const auto request = [&] { source.request(2, Site::t4, { "reference", "bat", "rtn" }); };
        request();
        QCOMPARE(questions.size(), std::size_t(1));
        replies.back()(answer(questions.back(), 2, 32));
        QTRY_COMPARE(int(source.state()), int(MethodActivations::State::ready));
        request();
        QCOMPARE(questions.size(), std::size_t(1));
        // A pass over the model replaces the layer, then the one that is the model's entry.
        LayerDone tuned;
        tuned.variant = "bat";
        tuned.layer = { Branch::text, 2 };
        tuned.part = "tuned";
        m_document->addArtifacts({ make(tuned) });
        request();
        QCOMPARE(questions.size(), std::size_t(2));
        QCOMPARE(questions.back()["variants"][0]["id"].get<std::string>(), std::string("bat"));
        QCOMPARE(questions.back()["variants"][0]["part"].get<std::string>(), std::string("tuned"));
        tuned.layer.index = 0;
        tuned.part = "entry";
        m_document->addArtifacts({ make(tuned) });
        request();
        QCOMPARE(questions.size(), std::size_t(3));
        QCOMPARE(questions.back()["variants"][0]["entry"].get<std::string>(), std::string("entry"));
        // A layer that nobody has yet: said once, or page and source would answer each other.
        QSignalSpy changes(&source, &MethodActivations::changed);
        for (int i = 0; i < 3; ++i)
            source.request(40, Site::t4, { "reference", "bat", "rtn" });
        QCOMPARE(int(source.state()), int(MethodActivations::State::none));
        QCOMPARE(changes.size(), 1);
        QCOMPARE(questions.size(), std::size_t(3));
    }

    void hostileAnswers()
    {
        addRun();
        MethodActivations source(m_document.get());
        AskReply reply;
        source.setAsk([&](const std::string &, Json, AskReply done) { reply = std::move(done); });
        const auto fails = [&](Json json) {
            source.clear();
            source.request(0, Site::t1, { "reference", "bat" });
            reply(Result<Json>(std::move(json)));
            return QTest::qWaitFor(
                [&] { return source.state() == MethodActivations::State::failed; }, 5000);
        };
        QVERIFY(fails(Json::array()));
        QVERIFY(fails({ { "tokens", -1 }, { "channels", 4 } }));
        QVERIFY(fails({ { "tokens", 2 },
                        { "channels", 4 },
                        { "reference", packArray(std::vector<float>(7)) } }));
        QVERIFY(fails({ { "tokens", 2 }, { "channels", 4 }, { "variants", { 5 } } }));
    }

    void panelsFill()
    {
        m_document->addArtifacts(m_artifacts);
        m_document->pinBaseline(QStringLiteral("rtn"));
        ComparePage page(m_document.get(), m_selection.get());
        page.resize(1344, 900);
        page.show();
        page.flush();
        QCOMPARE(int(page.sqnr()->state()), int(plots::PanelState::ready));
        QCOMPARE(int(page.flow()->state()), int(plots::PanelState::ready));
        QTRY_COMPARE(page.pairedTable().rows.size(), std::size_t(4));
        QCOMPARE(page.pairedTable().baseline, std::string("rtn"));
        QCOMPARE(page.paired()->table().rows, 4 * 4 * 6);
        QVERIFY(page.paired()->title().contains(m_document->variantTitle(QStringLiteral("rtn"))));
        // Pinning another recomputes.
        m_document->pinBaseline(QStringLiteral("bat"));
        page.flush();
        QTRY_COMPARE(page.pairedTable().baseline, std::string("bat"));
        QVERIFY(page.pairedTable().rows.front().summary.mean < 0);
        // Hidden panels are made when they are looked at.
        QCOMPARE(page.ridges()->table().rows, 0);
        page.setCurrentPanel(page.ridges());
        page.flush();
        QCOMPARE(page.ridges()->table().rows, 6 * 6);
        page.setCurrentPanel(page.specPanel());
        page.flush();
        QVERIFY(page.specs()->rowCount() > 0);
        // A ridge is chosen: the layer follows.
        Q_EMIT page.ridges()->layerSelected(QStringLiteral("gptq"), 4);
        QCOMPARE(m_selection->current().layer, 4);
        Q_EMIT page.paired()->cellSelected(QStringLiteral("rtn"), 1, 2);
        QCOMPARE(int(m_selection->current().site), int(Site::t2));
        QCOMPARE(m_selection->current().layer, 2);
    }

    void firstWrongLayer()
    {
        m_document->addArtifacts({ modelOf(4) });
        VariantInfo info;
        info.id = "v";
        m_document->addArtifacts({ make(info) });
        const double errors[] { 0.01, 0.02, 0.06, 0.09 };
        for (int l = 0; l < 4; ++l) {
            LayerDone done;
            done.variant = "v";
            done.layer = { Branch::text, l };
            done.relativeError = errors[l];
            m_document->addArtifacts({ make(done) });
        }
        ComparePage page(m_document.get(), m_selection.get());
        page.resize(1300, 800);
        page.show();
        page.setCurrentPanel(page.wrongLayer());
        page.flush();
        QCOMPARE(page.wrongLayer()->threshold(), std::optional<double>(5));
        QCOMPARE(page.wrongLayer()->crossing(QStringLiteral("v")), std::optional<double>(2));
        page.wrongLayer()->setThreshold(1.5);
        QCOMPARE(page.wrongLayer()->crossing(QStringLiteral("v")), std::optional<double>(1));
        page.wrongLayer()->setThreshold(50);
        QVERIFY(!page.wrongLayer()->crossing(QStringLiteral("v")));
    }

    void pictures()
    {
        m_document->addArtifacts(test::demoArtifacts(30));
        SelectionExtent extent = m_selection->extent();
        extent.layers = 30;
        m_selection->setExtent(extent);
        m_document->pinBaseline(QStringLiteral("rtn"));
        m_selection->setCell(20, Site::t4, 17);
        m_selection->setVariant(QStringLiteral("bat"));
        for (const plots::ThemeKind theme : { plots::ThemeKind::light, plots::ThemeKind::dark }) {
            plots::applyTheme(*qApp, theme);
            for (const QSize size : { QSize(1344, 866), QSize(1072, 666) }) {
                ComparePage page(m_document.get(), m_selection.get());
                page.resize(size);
                page.show();
                QWidget *const panels[][3] = {
                    { page.sqnr(), page.flow(), page.paired() },
                    { page.ridges(), page.histogramPanel(), page.specPanel() },
                    { page.wrongLayer(), page.tokenMap(), page.paired() },
                };
                for (int i = 0; i < 3; ++i) {
                    for (QWidget *panel : panels[i])
                        page.setCurrentPanel(panel);
                    page.flush();
                    QTRY_COMPARE(page.pairedTable().rows.size(), std::size_t(4));
                    QTest::qWait(30);
                    const QString file = QStringLiteral(BATLAB_LOOKS_DIR "/compare-%1-%2-%3.png")
                                             .arg(plots::name(theme))
                                             .arg(size.width())
                                             .arg(i);
                    QVERIFY(page.grab().save(file));
                }
            }
        }
        plots::applyTheme(*qApp, plots::ThemeKind::light);
    }

private:
    /// The demo's artifacts and the run they are of.
    void addRun()
    {
        m_document->addArtifacts(m_artifacts);
        RunEntry run;
        run.id = QStringLiteral("r0001");
        run.spec = test::demoSpec().toJson();
        run.workspace = QStringLiteral("/work");
        m_document->putRun(run);
    }

    static Result<Json> answer(const Json &question, int tokens, int channels)
    {
        const auto values = [&](float scale) {
            std::vector<float> v(static_cast<std::size_t>(tokens * channels));
            for (std::size_t i = 0; i < v.size(); ++i)
                v[i] = scale * (i % 2 == 0 ? 1.0F : -1.0F) * static_cast<float>(i % 13);
            return packArray(v);
        };
        Json out { { "tokens", tokens },
                   { "channels", channels },
                   { "pieces", { "a", "b", "c", "d" } },
                   { "reference", values(3) },
                   { "variants", Json::array() } };
        for (const Json &v : question["variants"])
            out["variants"].push_back({ { "id", v["id"] }, { "values", values(1) } });
        return out;
    }

    std::vector<ArtifactPtr> m_artifacts;
};

QTEST_MAIN(TstCompare)
#include "tst_compare.moc"
