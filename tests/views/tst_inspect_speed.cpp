// SPDX-License-Identifier: Apache-2.0
// Inspect on a session of the size of an 8B model (SYNTHETIC: 36 layers, 252 linears, 512 tokens):
// no update may hold the event loop.
#include "tests/views/fake_ask.h"
#include "views/models/bimodality_model.h"
#include "views/models/findings_model.h"
#include "views/models/selection_context.h"
#include "views/panels/detail_panel.h"
#include "views/panels/inspect_map.h"
#include "views/panels/inspect_page.h"
#include "views/panels/token_panel.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/theme.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>

using namespace batlab;
using namespace batlab::views;

namespace {

constexpr int kLayers = 36, kTokens = 512;
constexpr std::array<int, 4> kBlocks { 128, 128, 128, 448 }; // hidden 4096, intermediate 14336

std::vector<ArtifactPtr> session8b()
{
    std::vector<ArtifactPtr> out;
    const auto add = [&](Artifact a) {
        out.push_back(std::make_shared<const Artifact>(std::move(a)));
    };
    ModelSummary model;
    model.config = { { "layers", kLayers }, { "hidden", 4096 }, { "intermediate", 14336 } };
    add(model);
    SampleTokens sample;
    for (int t = 0; t < kTokens; ++t) {
        sample.ids.push_back(t);
        sample.pieces.push_back(" word" + std::to_string(t));
    }
    add(sample);
    const std::array<std::pair<const char *, const char *>, 5> variants {
        { { kReference, "reference" },
          { "rtn", "none" },
          { "h32", "block-rotation" },
          { "wush", "closed-form" },
          { "bat", "bat" } }
    };
    std::uint32_t state = 1;
    const auto noise = [&state] {
        state = state * 1664525U + 1013904223U;
        return float(state >> 8) / 16777216.0F;
    };
    for (const auto &[id, family] : variants) {
        VariantInfo info;
        info.id = info.title = id;
        info.family = family;
        add(info);
        const bool reference = info.id == kReference;
        for (int layer = 0; layer < kLayers; ++layer) {
            for (std::size_t s = 0; s < 4; ++s) {
                SiteStats stats;
                stats.variant = id;
                stats.layer = { Branch::text, layer };
                stats.site = kLinearSites[s];
                stats.stage = reference ? StatStage::before : StatStage::after;
                stats.blocks = kBlocks[s];
                stats.bins = 96;
                stats.histogramLimit = 8;
                const auto n = std::size_t(kBlocks[s]);
                for (auto *v :
                     { &stats.energy, &stats.maxAbs, &stats.kurtosis, &stats.bimodality,
                       &stats.valleyDepth, &stats.clipShare, &stats.sqnrDb, &stats.dip }) {
                    v->resize(n);
                    for (float &x : *v)
                        x = noise();
                }
                stats.histogram.assign(n * 96, 7);
                stats.codeUse.assign(n * 16, 11);
                TokenEnergyMap map;
                map.variant = id;
                map.layer = stats.layer;
                map.site = stats.site;
                map.stage = stats.stage;
                map.tokens = kTokens;
                map.blocks = stats.blocks;
                map.energy.resize(std::size_t(kTokens) * n);
                for (std::size_t i = 0; i < map.energy.size(); i += 7)
                    map.energy[i] = noise();
                add(std::move(stats));
                add(std::move(map));
            }
            for (const Linear linear : kLinears) {
                if (reference)
                    break;
                LinearScore score;
                score.variant = id;
                score.layer = { Branch::text, layer };
                score.linear = linear;
                score.outputSqnrDb = 10 + double(noise());
                add(score);
            }
        }
    }
    return out;
}

} // namespace

class TstInspectSpeed : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { plots::applyTheme(*qApp, plots::ThemeKind::light); }

    void noUpdateHoldsTheLoop()
    {
        WorkbenchDocument document;
        SelectionContext selection;
        SelectionExtent extent;
        extent.layers = kLayers;
        extent.blocks = { 128, 128, 128, 448, 0, 0, 0 };
        extent.tokens = kTokens;
        selection.setExtent(extent);
        InspectPage page(&document, &selection);
        DetailPanel detail(&document, &selection);
        FindingsModel findings(&document);
        page.resize(1000, 700);
        detail.resize(320, 700);
        page.show();
        detail.show();
        const std::vector<ArtifactPtr> artifacts = session8b();
        document.addArtifacts(artifacts);
        QTRY_VERIFY(page.ranking()->rowCount() == kLayers * (3 * 128 + 448));
        double worst = 0;
        const auto timed = [&](const char *what, const std::function<void()> &act) {
            QElapsedTimer clock;
            clock.start();
            act();
            const double direct = double(clock.nsecsElapsed()) / 1e6;
            // What it left to do, one turn of the loop at a time.
            double later = 0;
            for (int turn = 0; turn < 30; ++turn) {
                clock.restart();
                QCoreApplication::processEvents(QEventLoop::AllEvents, 1);
                later = std::max(later, double(clock.nsecsElapsed()) / 1e6);
                QTest::qSleep(2);
            }
            qInfo("%-36s %6.1f ms, then at most %6.1f ms a turn", what, direct, later);
            worst = std::max({ worst, direct, later });
        };
        timed("another variant", [&] { selection.setVariant(QStringLiteral("bat")); });
        timed("another site", [&] { selection.setSite(Site::t1); });
        timed("another layer", [&] { selection.setLayer(20); });
        timed("another block", [&] { selection.setCell(20, Site::t4, 400); });
        timed("before the transform", [&] { page.maps()->setBefore(true); });
        timed("token x block", [&] { page.maps()->setMode(InspectMap::TokenBlock); });
        timed("tokens as text", [&] { page.showTokens(true); });
        timed("another layer, with tokens", [&] { selection.setLayer(7); });
        timed("sensitivity", [&] { detail.setTab(DetailPanel::Sensitivity); });
        timed("info", [&] { detail.setTab(DetailPanel::Info); });
        timed("ranking by dip", [&] {
            page.showTokens(false);
            page.ranking()->sort(BimodalityModel::Dip, Qt::DescendingOrder);
        });
        timed("a layer arrives", [&] {
            document.addArtifacts({ artifacts.end() - 15, artifacts.end() });
        });
        qInfo("worst: %.1f ms (the bar is 50 ms on an idle machine)", worst);
        QVERIFY(worst < 400); // shared machines stall; the figures are printed
    }
};

QTEST_MAIN(TstInspectSpeed)
#include "tst_inspect_speed.moc"
