// SPDX-License-Identifier: GPL-3.0-or-later
// ComparePage: the selected block's values under every variant.
#include "views/models/selection_context.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"
#include "views/panels/compare_page.h"
#include "views/panels/panel_frame.h"
#include "views/panels/ui_kit.h"
#include "views/plots/histogram_plot.h"
#include "views/plots/theme.h"

#include <QVBoxLayout>

namespace batlab::views {

void ComparePage::syncHistograms()
{
    const std::vector<std::string> wanted = variantsAtSite();
    bool same = wanted.size() == m_multiples.size();
    for (std::size_t i = 0; same && i < wanted.size(); ++i)
        same = wanted[i] == m_multiples[i].variant;
    if (wanted.empty())
        m_frame->setEmpty(missing(tr("No shown variant has statistics of this site yet.")));
    else
        m_frame->setReady();
    if (same)
        return;
    for (const Multiple &m : m_multiples)
        m.box->deleteLater();
    m_multiples.clear();
    for (const std::string &id : wanted) {
        const QString title = m_document->variantTitle(qs(id));
        Multiple m;
        m.variant = id;
        m.box = new QWidget(m_sheet);
        auto *column = new QVBoxLayout(m.box);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(0);
        m.caption = new ElidedLabel(m.box);
        m.caption->setFont(plots::tableFont());
        m.caption->setText(title);
        m.caption->setFixedHeight(plots::px(18));
        column->addWidget(m.caption);
        m.histogram = new plots::HistogramPlot(tr("Values ÷ block scale of %1").arg(title), m.box);
        m.histogram->setHeaderVisible(false);
        m.histogram->setMinimumSize(plots::px(220), plots::px(90));
        column->addWidget(m.histogram, 1);
        connect(m.histogram, &plots::PlotWidget::readout, this, &ComparePage::readout);
        m_sheet->layout()->addWidget(m.box);
        m_multiples.push_back(m);
    }
}

void ComparePage::showHistograms()
{
    const Selection &s = m_selection->current();
    if (!m_multiples.empty())
        m_frame->setSubtitle(tr("layer %1, %2 %3, block %4 under each method")
                                 .arg(s.layer)
                                 .arg(qs(name(s.site)), qs(title(s.site)))
                                 .arg(s.block));
    for (const Multiple &m : m_multiples) {
        const SiteStats *stats =
            m_document->artifacts().siteStats(m.variant, { Branch::text, s.layer }, s.site);
        if (!stats || stats->bins <= 0 || s.block >= stats->blocks) {
            m.histogram->setEmpty(tr("No histogram yet."));
            continue;
        }
        m.histogram->setReady();
        m.histogram->setData(plots::HistogramData::fromStats(*stats, s.block));
    }
}

} // namespace batlab::views
