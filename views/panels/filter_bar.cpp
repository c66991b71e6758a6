// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/filter_bar.h"

#include "views/models/place_filter.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include <algorithm>

namespace batlab::views {

namespace {
constexpr int kStepsShown = 6; ///< what a narrow window has room for
}

FilterBar::FilterBar(PlaceFilter *filter, QWidget *parent)
    : QWidget(parent), m_filter(filter), m_row(new QHBoxLayout(this))
{
    setObjectName(QStringLiteral("filterBar"));
    setAutoFillBackground(true);
    keepColors(this, { { QPalette::Window, &plots::Tokens::hover } });
    m_row->setContentsMargins(plots::px(12), plots::px(2), plots::px(8), plots::px(2));
    m_row->setSpacing(plots::px(6));
    m_row->addWidget(makeLabel(tr("Filtered:"), &plots::Tokens::text2, plots::tableFont(), this));
    auto *undo = makeLink(tr("Undo filter"), this);
    auto *reset = makeLink(tr("Show everything"), this);
    m_row->addWidget(undo);
    m_row->addWidget(reset);
    m_row->addStretch(1);
    // Steps that a narrow page has no room for are cut off; the links before them take them away.
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    setMinimumWidth(0);
    m_row->setSizeConstraint(QLayout::SetNoConstraint);
    connect(undo, &QAbstractButton::clicked, filter, &PlaceFilter::pop);
    connect(reset, &QAbstractButton::clicked, filter, &PlaceFilter::reset);
    connect(filter, &PlaceFilter::changed, this, &FilterBar::showSteps);
    showSteps();
}

void FilterBar::showSteps()
{
    qDeleteAll(m_steps);
    m_steps.clear();
    const std::vector<PlaceTerm> &terms = m_filter->places().terms;
    const int count = static_cast<int>(terms.size());
    for (int at = std::max(0, count - kStepsShown); at < count; ++at) {
        const PlaceTerm term = terms[static_cast<std::size_t>(at)];
        auto *step = new QToolButton(this);
        step->setAutoRaise(true);
        keepIcon(step, QStringLiteral("close"));
        step->setText(PlaceFilter::text(term));
        step->setFont(plots::tableFont());
        step->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        step->setFocusPolicy(Qt::TabFocus);
        step->setToolTip(tr("Take this step away"));
        step->setAccessibleName(tr("%1: take this step away").arg(step->text()));
        m_row->insertWidget(3 + static_cast<int>(m_steps.size()), step);
        m_steps.append(step);
        connect(
            step, &QToolButton::clicked, m_filter,
            [filter = m_filter, term] { filter->remove(term); },
            Qt::QueuedConnection); // after the press: the button goes with its step
    }
    setVisible(count > 0);
}

} // namespace batlab::views
