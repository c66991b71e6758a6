// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/token_panel.h"

#include "views/models/activation_source.h"
#include "views/models/core_text.h"
#include "views/models/selection_context.h"
#include "views/models/site_texts.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"
#include "views/panels/token_strip.h"
#include "views/plots/plot_table.h"
#include "views/plots/theme.h"

#include <QComboBox>
#include <QStackedWidget>
#include <QTableView>

namespace batlab::views {

namespace {

/// Column `block` of a row-major table, or the mean of every row for block < 0.
std::vector<float> column(const std::vector<float> &cells, std::size_t rows, std::size_t columns,
                          int block)
{
    std::vector<float> out(rows, 0);
    if (columns == 0 || cells.size() < rows * columns
        || (block >= 0 && static_cast<std::size_t>(block) >= columns))
        return {};
    for (std::size_t r = 0; r < rows; ++r) {
        const float *row = cells.data() + r * columns;
        if (block >= 0) {
            out[r] = row[block];
            continue;
        }
        double sum = 0;
        for (std::size_t c = 0; c < columns; ++c)
            sum += row[c];
        out[r] = static_cast<float>(sum / static_cast<double>(columns));
    }
    return out;
}

} // namespace

TokenPanel::TokenPanel(WorkbenchDocument *document, SelectionContext *selection,
                       ActivationSource *source, QWidget *parent)
    : PanelFrame(tr("Tokens"), parent)
    , m_document(document)
    , m_selection(selection)
    , m_source(source)
    , m_quantities(new QComboBox(this))
    , m_views(new QStackedWidget(this))
    , m_strip(new TokenStrip(m_views))
    , m_twin(new QTableView(m_views))
    , m_twinModel(new plots::PlotTableModel(this))
{
    m_quantities->addItem(tr("Energy of the block"), BlockEnergy);
    m_quantities->addItem(tr("Energy of the site"), SiteEnergy);
    m_quantities->addItem(tr("Error of the block"), BlockError);
    m_quantities->addItem(tr("Error of the site"), SiteError);
    m_quantities->setAccessibleName(tr("What colours the tokens"));
    m_quantities->setToolTip(tr("What colours the tokens"));
    m_quantities->setFixedHeight(plots::px(24));
    addHeaderWidget(m_quantities);
    buildTools();
    m_views->addWidget(m_strip);
    m_views->addWidget(m_twin);
    setContent(m_views);
    connect(m_quantities, &QComboBox::activated, this, [this](int at) {
        setQuantity(static_cast<Quantity>(m_quantities->itemData(at).toInt()));
    });
    connect(m_strip, &TokenStrip::tokenChosen, selection, &SelectionContext::setToken);
    connect(m_strip, &TokenStrip::readout, this, &TokenPanel::readout);
    const auto update = [this] {
        if (isVisible())
            rebuild();
    };
    connect(m_source, &ActivationSource::changed, this, [this, update] {
        if (needsEngine())
            update();
    });
    connect(document, &WorkbenchDocument::documentReset, this, update);
    connect(document, &WorkbenchDocument::artifactsAdded, this,
            [this, update](const std::vector<ArtifactPtr> &artifacts) {
                for (const ArtifactPtr &a : artifacts) {
                    const auto *map = std::get_if<TokenEnergyMap>(a.get());
                    if (std::holds_alternative<SampleTokens>(*a)
                        || (map && map->layer.index == m_selection->current().layer))
                        return update();
                }
            });
    connect(selection, &SelectionContext::changed, this,
            [this, update](const Selection &now, const Selection &before) {
                Selection same = before;
                same.token = now.token;
                if (same != now)
                    return update();
                m_strip->setToken(now.token);
                showTokenInTwin();
            });
    connect(this, &PanelFrame::actionTriggered, m_source, &ActivationSource::retry);
}

void TokenPanel::showEvent(QShowEvent *event)
{
    PanelFrame::showEvent(event);
    m_source->setWanted(this, needsEngine());
    rebuild();
}

void TokenPanel::hideEvent(QHideEvent *event)
{
    PanelFrame::hideEvent(event);
    m_source->setWanted(this, false);
}

void TokenPanel::setQuantity(Quantity quantity)
{
    m_quantity = quantity;
    m_quantities->setCurrentIndex(m_quantities->findData(quantity));
    m_source->setWanted(this, needsEngine() && isVisible());
    rebuild();
}

void TokenPanel::setBefore(bool before)
{
    m_before = before;
    if (isVisible())
        rebuild();
}

std::string TokenPanel::shownVariant() const
{
    const QString &chosen = m_selection->current().variant;
    return m_before || chosen.isEmpty() ? std::string(kReference) : ss(chosen);
}

std::vector<float> TokenPanel::energies(const std::string &variant) const
{
    const Selection &s = m_selection->current();
    const TokenEnergyMap *map =
        m_document->artifacts().tokenMap(variant, { Branch::text, s.layer }, s.site);
    if (!map)
        return {};
    return column(map->energy, static_cast<std::size_t>(map->tokens),
                  static_cast<std::size_t>(map->blocks), m_quantity == BlockEnergy ? s.block : -1);
}

std::vector<float> TokenPanel::errors() const
{
    const std::shared_ptr<const ActivationView> view = m_source->view();
    if (!view)
        return {};
    return column(view->blocks.error, static_cast<std::size_t>(view->blocks.tokens),
                  static_cast<std::size_t>(view->blocks.blocks),
                  m_quantity == BlockError ? m_selection->current().block : -1);
}

QString TokenPanel::whyEmpty() const
{
    if (!needsEngine()) {
        const Selection &s = m_selection->current();
        const QString why = whyNoStatistics(m_document->artifacts(), shownVariant(), s.site);
        return why.isEmpty() ? tr("No energies by token of layer %1 yet.").arg(s.layer) : why;
    }
    switch (m_source->state()) {
    case ActivationSource::State::noRun:
        return tr("Errors by token need a run: its model is read again.");
    case ActivationSource::State::error: return coreText(qs(m_source->error().what));
    default: return tr("The engine reads the model and the sample…");
    }
}

void TokenPanel::rebuild()
{
    const Selection &s = m_selection->current();
    const std::string variant = shownVariant();
    const SampleTokens *sample = m_document->artifacts().sampleTokens();
    const std::vector<float> values = needsEngine() ? errors() : energies(variant);
    if (!sample || values.empty()) {
        setSubtitle({});
        setEmpty(sample || !m_document->isEmpty() ? whyEmpty() : tr("No session."),
                 needsEngine() && m_source->state() == ActivationSource::State::error ? tr("Retry")
                                                                                      : QString());
        return;
    }
    QStringList pieces;
    const std::size_t shown =
        needsEngine() ? std::min(values.size(), sample->pieces.size()) : sample->pieces.size();
    for (std::size_t i = 0; i < shown; ++i)
        pieces << qs(sample->pieces[i]);
    setReady();
    const bool block = m_quantity == BlockEnergy || m_quantity == BlockError;
    m_strip->setTokens(pieces, values, needsEngine() ? tr("MSE") : tr("E"), tr("activation²"));
    m_strip->setToken(s.token);
    refreshTwin();
    const QString place = block
        ? tr("L%1 %2 block %3").arg(s.layer).arg(qs(name(s.site))).arg(s.block)
        : tr("L%1 %2, all blocks").arg(s.layer).arg(qs(name(s.site)));
    m_caption = tr("%1, %2 tokens, %3")
                    .arg(place, count(static_cast<std::int64_t>(shown)),
                         m_document->variantTitle(qs(variant)));
    setSubtitle(m_caption);
}

} // namespace batlab::views
