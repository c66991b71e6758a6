// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/filter_bar.h"

#include "views/models/place_filter.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

namespace batlab::views {

FilterBar::FilterBar(PlaceFilter *filter, QWidget *parent)
    : QWidget(parent)
    , m_filter(filter)
    , m_row(new QHBoxLayout(this))
    , m_older(makeLabel({}, &plots::Tokens::text2, plots::tableFont(), this))
{
    setObjectName(QStringLiteral("filterBar"));
    setAutoFillBackground(true);
    keepColors(this, { { QPalette::Window, &plots::Tokens::hover } });
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed); // no page is wider for it
    m_row->setContentsMargins(plots::px(12), plots::px(2), plots::px(8), plots::px(2));
    m_row->setSpacing(plots::px(6));
    m_row->addWidget(makeLabel(tr("Filtered:"), &plots::Tokens::text2, plots::tableFont(), this));
    m_row->addWidget(m_older);
    m_row->addStretch(1);
    auto *undo = makeLink(tr("Undo filter"), this);
    auto *reset = makeLink(tr("Show everything"), this);
    m_row->addWidget(undo);
    m_row->addWidget(reset);
    connect(undo, &QAbstractButton::clicked, filter, &PlaceFilter::pop);
    connect(reset, &QAbstractButton::clicked, filter, &PlaceFilter::reset);
    connect(filter, &PlaceFilter::changed, this, &FilterBar::showSteps);
    showSteps();
}

void FilterBar::showSteps()
{
    qDeleteAll(m_steps);
    m_steps.clear();
    for (const PlaceTerm &term : m_filter->places().terms) {
        auto *step = new QToolButton(this);
        step->setAutoRaise(true);
        keepIcon(step, QStringLiteral("close"));
        step->setText(PlaceFilter::text(term));
        step->setFont(plots::tableFont());
        step->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        step->setFocusPolicy(Qt::TabFocus);
        step->setToolTip(tr("Take this step away"));
        step->setAccessibleName(tr("%1: take this step away").arg(step->text()));
        m_row->insertWidget(kBeforeSteps + static_cast<int>(m_steps.size()), step);
        m_steps.append(step);
        connect(
            step, &QToolButton::clicked, m_filter,
            [filter = m_filter, term] { filter->remove(term); },
            Qt::QueuedConnection); // after the press: the button goes with its step
    }
    setVisible(!m_steps.isEmpty());
    arrange();
}

void FilterBar::arrange()
{
    int room = width() - m_row->contentsMargins().left() - m_row->contentsMargins().right()
        - plots::px(36); // "+12"
    for (int i = 0; i < m_row->count(); ++i)
        if (QWidget *w = m_row->itemAt(i)->widget();
            w && w != m_older && !m_steps.contains(static_cast<QToolButton *>(w)))
            room -= w->sizeHint().width() + m_row->spacing();
    QStringList older;
    for (qsizetype i = m_steps.size() - 1; i >= 0; --i) { // the newest first
        room -= m_steps[i]->sizeHint().width() + m_row->spacing();
        m_steps[i]->setVisible(room >= 0);
        if (room < 0)
            older.prepend(m_steps[i]->text());
    }
    m_older->setText(older.isEmpty() ? QString() : QStringLiteral("+%1").arg(older.size()));
    m_older->setToolTip(older.join(QLatin1Char('\n')));
    m_older->setAccessibleName(older.join(QStringLiteral(", ")));
}

void FilterBar::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
}

} // namespace batlab::views
