// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/inspect_map.h"

#include "core/stats/pyramid.h"
#include "views/models/activation_source.h"
#include "views/models/core_text.h"
#include "views/models/selection_context.h"
#include "views/models/site_texts.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"
#include "views/panels/ui_kit.h"
#include "views/plots/heat_map_plottable.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/theme.h"

#include <QComboBox>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace batlab::views {

namespace {

constexpr int kCoalesceMs = 120; ///< artifacts of a layer come together
constexpr int kBlock = 32;

} // namespace

InspectMap::InspectMap(WorkbenchDocument *document, SelectionContext *selection,
                       ActivationSource *source, QWidget *parent)
    : QWidget(parent)
    , m_document(document)
    , m_selection(selection)
    , m_source(source)
    , m_plot(new plots::HeatmapPlot(tr("Block outlier energy"), this))
    , m_modes(new QComboBox(this))
    , m_stages(new SegmentBar(this))
    , m_sites(new SegmentBar(this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_plot);
    const auto energy = std::make_shared<plots::ColorScale>();
    m_scales = { { LayerBlock, energy },
                 { TokenBlock, energy },
                 { TokenBlockError, std::make_shared<plots::ColorScale>() },
                 { TokenChannel, std::make_shared<plots::ColorScale>() },
                 { LayerBlockDelta,
                   std::make_shared<plots::ColorScale>(plots::ColorMap::diverging,
                                                       plots::ScaleMode::linear) } };
    m_plot->setColorScale(energy);

    m_modes->addItem(tr("Layer × block"), LayerBlock);
    m_modes->addItem(tr("Layer × block, Δ"), LayerBlockDelta);
    m_modes->setItemData(1, tr("Difference of every block to the pinned baseline, dB"),
                         Qt::ToolTipRole);
    m_modes->addItem(tr("Token × block"), TokenBlock);
    m_modes->addItem(tr("Token × block, error"), TokenBlockError);
    m_modes->addItem(tr("Token × channel"), TokenChannel);
    m_modes->setAccessibleName(tr("What the map shows"));
    m_modes->setToolTip(tr("What the map shows"));
    m_modes->setFixedHeight(plots::px(24));
    m_modes->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_modes->setMinimumContentsLength(12);
    m_stages->addSegment(tr("Before"), tr("Before the transform: the model's own numbers"), 1);
    m_stages->addSegment(tr("After"), tr("After the transform: what enters the quantizer"), 0);
    for (const Site site : kSites)
        m_sites->addSegment(qs(name(site)),
                            QStringLiteral("%1 %2").arg(qs(name(site)), qs(title(site))),
                            static_cast<int>(site));
    m_plot->addHeaderWidget(m_modes);
    m_plot->addHeaderWidget(m_stages);
    m_plot->addHeaderWidget(m_sites);

    m_timer.setSingleShot(true);
    m_timer.setInterval(kCoalesceMs);
    connect(&m_timer, &QTimer::timeout, this, &InspectMap::rebuild);
    connect(m_modes, &QComboBox::activated, this,
            [this](int at) { setMode(static_cast<Mode>(m_modes->itemData(at).toInt())); });
    connect(m_stages, &SegmentBar::chosen, this, [this](int before) { setBefore(before == 1); });
    connect(m_sites, &SegmentBar::chosen, this,
            [this](int site) { m_selection->setSite(static_cast<Site>(site)); });
    connect(m_plot, &plots::HeatmapPlot::cellSelected, this, &InspectMap::select);
    connect(m_plot, &plots::PlotWidget::readout, this, &InspectMap::readout);
    connect(m_plot, &plots::PlotWidget::pinRequested, this,
            [this] { m_document->pinBaseline(m_selection->current().variant); });
    connect(m_plot, &plots::PlotWidget::retryRequested, m_source, &ActivationSource::retry);
    connect(m_plot, &plots::PlotWidget::cancelRequested, m_source, &ActivationSource::cancel);
    connect(m_plot, &plots::PlotWidget::actionTriggered, this, &InspectMap::runRequested);
    connect(m_source, &ActivationSource::changed, this, [this] {
        if (needsEngine() && isVisible())
            rebuildActivations();
    });
    const auto later = [this] {
        m_stale = true;
        if (isVisible() && !m_timer.isActive())
            m_timer.start();
    };
    connect(document, &WorkbenchDocument::documentReset, this, [this, later] {
        m_plot->setRegion({});
        m_plot->restoreRegion({}); // nor one that waited for data
        later();
    });
    connect(selection->filter(), &PlaceFilter::changed, this, [this] {
        m_stale = m_stale || isByLayer();
        if (m_stale && isVisible())
            rebuild();
    });
    connect(document, &WorkbenchDocument::artifactsAdded, this,
            [this, later](const std::vector<ArtifactPtr> &artifacts) {
                for (const ArtifactPtr &a : artifacts) {
                    const auto *stats = std::get_if<SiteStats>(a.get());
                    if (std::holds_alternative<ModelSummary>(*a)
                        || (stats
                            && (stats->variant == shownVariant()
                                || (m_mode == LayerBlockDelta
                                    && stats->variant == ss(m_document->baseline())))))
                        return later();
                }
            });
    connect(document, &WorkbenchDocument::baselineChanged, this, [this, later] {
        if (m_mode == LayerBlockDelta)
            later();
    });
    connect(selection, &SelectionContext::changed, this,
            [this](const Selection &now, const Selection &before) {
                const bool place = !isByLayer() && now.layer != before.layer;
                if (now.variant != before.variant || now.site != before.site || place) {
                    m_stale = true;
                    if (isVisible())
                        rebuild();
                }
                showSelection();
            });
}

void InspectMap::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_source->setWanted(this, needsEngine());
    if (m_stale)
        rebuild();
}

void InspectMap::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_source->setWanted(this, false);
}

void InspectMap::setMode(Mode mode)
{
    if (mode == m_mode)
        return;
    // A pixel of a difference shows what differs most, whichever way.
    if (mode == LayerBlockDelta) {
        m_pooling = static_cast<int>(m_plot->pooling());
        m_plot->setPooling(plots::Pooling::extreme);
    } else if (m_mode == LayerBlockDelta) {
        m_plot->setPooling(static_cast<plots::Pooling>(m_pooling));
    }
    m_mode = mode;
    m_modes->setCurrentIndex(m_modes->findData(mode));
    m_plot->setColorScale(m_scales[mode]);
    m_source->setWanted(this, needsEngine() && isVisible());
    rebuild();
}

void InspectMap::setBefore(bool before)
{
    if (before == m_before)
        return;
    m_before = before;
    m_source->setBefore(before);
    rebuild();
    Q_EMIT beforeChanged(before);
}

std::string InspectMap::shownVariant() const
{
    const QString chosen = m_selection->current().variant;
    return m_before || chosen.isEmpty() ? std::string(kReference) : ss(chosen);
}

QString InspectMap::stageText() const
{
    return shownVariant() == kReference
        ? tr("before any transform")
        : tr("as it enters the quantizer of %1").arg(m_document->variantTitle(qs(shownVariant())));
}

QString InspectMap::pieceText(int token) const
{
    const SampleTokens *sample = m_document->artifacts().sampleTokens();
    const auto at = static_cast<std::size_t>(token);
    return sample && at < sample->pieces.size()
        ? QStringLiteral("“%1”").arg(qs(sample->pieces[at]).simplified())
        : QString();
}

void InspectMap::rebuild()
{
    m_timer.stop();
    m_stale = false;
    const bool reference = m_selection->current().variant.isEmpty()
        || m_selection->current().variant == QLatin1String(kReference);
    m_stages->setEnabled(!reference);
    m_stages->setCurrent(reference || m_before ? 1 : 0);
    switch (m_mode) {
    case LayerBlock: rebuildLayers(); break;
    case LayerBlockDelta: rebuildDifference(); break;
    case TokenBlock: rebuildTokens(); break;
    case TokenBlockError:
    case TokenChannel: rebuildActivations(); break;
    }
    showSelection();
}

void InspectMap::showMap(std::shared_ptr<const LodPyramid> pyramid, const plots::HeatmapText &text,
                         const QString &title, const QString &subtitle)
{
    m_plot->setReady();
    m_plot->setTitle(title);
    m_plot->setSubtitle(subtitle);
    m_plot->setPendingRows({});
    m_plot->setPartial(0, 0, {});
    const std::vector<float> &cells = pyramid->levels.front().max;
    if (m_mode == LayerBlockDelta) { // limits on both sides of 0
        std::vector<float> mirrored(cells.size());
        std::transform(cells.begin(), cells.end(), mirrored.begin(), std::negate<>());
        m_scales[m_mode]->setValues({ std::span<const float>(cells), std::span(mirrored) });
    } else {
        m_scales[m_mode]->setValues({ std::span<const float>(cells) });
    }
    m_plot->setData(std::move(pyramid), text);
}

void InspectMap::showPending(std::vector<bool> pending)
{
    const auto layers = static_cast<int>(pending.size()),
               missing = static_cast<int>(std::ranges::count(pending, true));
    m_plot->setPendingRows(std::move(pending));
    m_plot->setPartial(layers - missing, layers, tr("layers"));
}

void InspectMap::showNothing(const QString &title, const QString &text, const QString &action)
{
    m_plot->setTitle(title);
    m_plot->setSubtitle({});
    m_plot->setPartial(0, 0, {});
    m_plot->setData(nullptr, {});
    m_plot->setEmpty(text, action);
}

QString InspectMap::missing(const std::string &variant, const QString &otherwise) const
{
    const QString why =
        whyNoStatistics(m_document->artifacts(), variant, m_selection->current().site);
    return why.isEmpty() ? otherwise : why;
}

void InspectMap::rebuildLayers()
{
    const QString heading = tr("Block outlier energy");
    const Site site = m_selection->current().site;
    const EnergyMap map =
        energyMap(m_document->artifacts(), shownVariant(), site, m_selection->filter());
    if (map.present == 0 || map.blocks == 0) {
        showNothing(heading,
                    m_document->isEmpty()
                        ? tr("No session.")
                        : missing(shownVariant(),
                                  tr("No statistics of this variant yet. They come layer by "
                                     "layer.")));
        return;
    }
    plots::HeatmapText text;
    text.rowAxis = tr("Layer");
    text.columnAxis = tr("Block (32 channels each)");
    text.row = tr("layer");
    text.column = tr("block");
    text.value = QStringLiteral("E");
    text.unit = tr("activation²");
    // Clipping of every cell, for rectangles.
    std::vector<float> beyond(map.cells.size(), std::numeric_limits<float>::quiet_NaN());
    std::vector<bool> pending(static_cast<std::size_t>(map.layers), false);
    for (int layer = 0; layer < map.layers; ++layer) {
        const SiteStats *stats =
            m_document->artifacts().siteStats(shownVariant(), textLayer(layer), site);
        pending[static_cast<std::size_t>(layer)] =
            statisticsPending(m_document->artifacts(), shownVariant(), textLayer(layer), site);
        for (std::size_t b = 0;
             stats && b < stats->clipShare.size() && b < static_cast<std::size_t>(map.blocks); ++b)
            beyond[static_cast<std::size_t>(layer) * static_cast<std::size_t>(map.blocks) + b] =
                stats->clipShare[b];
    }
    text.aboveLimit = [beyond = std::move(beyond), blocks = map.blocks](int row, int column) {
        return static_cast<double>(
            beyond[static_cast<std::size_t>(row) * static_cast<std::size_t>(blocks)
                   + static_cast<std::size_t>(column)]);
    };
    showMap(
        std::make_shared<const LodPyramid>(LodPyramid::build(map.cells, map.layers, map.blocks)),
        text, heading,
        tr("%1 %2, mean x² per block of 32 over %3 tokens, %4")
            .arg(qs(name(site)), qs(title(site)), count(map.tokens), stageText()));
    showPending(std::move(pending));
}

void InspectMap::rebuildActivations()
{
    const bool errors = m_mode == TokenBlockError;
    const QString heading = errors ? tr("Quantization error by token") : tr("Magnitude by channel");
    const Selection &s = m_selection->current();
    const std::shared_ptr<const ActivationView> view = m_source->view();
    if (!view) {
        switch (m_source->state()) {
        case ActivationSource::State::noRun:
            showNothing(heading, tr("Single numbers need a run: its model is read again."),
                        tr("New run…"));
            break;
        case ActivationSource::State::error: {
            const Error &e = m_source->error();
            m_plot->setTitle(heading);
            m_plot->setError(coreText(qs(e.hint.empty() ? e.what : e.what + ". " + e.hint)),
                             coreText(e));
            break;
        }
        default: m_plot->setLoading(-1, tr("The engine reads the model and the sample.")); break;
        }
        return;
    }
    plots::HeatmapText text;
    text.rowAxis = tr("Token");
    text.row = tr("token");
    text.note = [this](int row, int) { return pieceText(row); };
    const auto share = [view](int row, int block) {
        const auto at =
            static_cast<std::size_t>(row) * static_cast<std::size_t>(view->blocks.blocks)
            + static_cast<std::size_t>(block);
        return at < view->blocks.beyond.size() ? static_cast<double>(view->blocks.beyond[at])
                                               : std::numeric_limits<double>::quiet_NaN();
    };
    if (errors) {
        text.columnAxis = tr("Block (32 channels each)");
        text.column = tr("block");
        text.value = tr("MSE");
        text.unit = tr("activation²");
        text.aboveLimit = share;
    } else {
        text.columnAxis = tr("Channel");
        text.column = tr("channel");
        text.value = QStringLiteral("|x|");
        text.aboveLimit = [share](int row, int channel) { return share(row, channel / kBlock); };
    }
    const QString what = errors ? tr("mean squared error per block of 32, without learned clipping")
                                : tr("|x| of every channel");
    showMap({ view, errors ? &view->errors : &view->magnitude }, text, heading,
            tr("layer %1, %2 %3, %4, %5 sample tokens, %6")
                .arg(s.layer)
                .arg(qs(name(s.site)), qs(title(s.site)), what, count(view->tokens), stageText()));
    showSelection();
}

void InspectMap::showSelection()
{
    const Selection &s = m_selection->current();
    m_sites->setCurrent(static_cast<int>(s.site));
    m_plot->setSelectedCell(
        { isByLayer() ? s.layer : s.token, m_mode == TokenChannel ? s.channel : s.block });
}

void InspectMap::select(int row, int column)
{
    Selection s = m_selection->current();
    if (isByLayer())
        s.layer = row;
    else
        s.token = row;
    s.block = m_mode == TokenChannel ? column / kBlock : column;
    if (m_mode == TokenChannel)
        s.channel = column;
    m_selection->set(s);
}

} // namespace batlab::views
