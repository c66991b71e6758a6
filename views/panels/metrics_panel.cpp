// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/metrics_panel.h"

#include "views/models/core_text.h"
#include "views/models/text.h"
#include "views/models/what_if_metrics.h"
#include "views/models/what_if_model.h"
#include "views/panels/cell_delegates.h"
#include "views/panels/panel_frame.h"
#include "views/panels/table_copy.h"
#include "views/panels/table_kit.h"
#include "views/panels/ui_kit.h"
#include "views/plots/delegates.h"
#include "views/plots/theme.h"

#include <QHeaderView>
#include <QIdentityProxyModel>
#include <QTableView>
#include <QVBoxLayout>

#include <cmath>
#include <utility>

namespace batlab::views {

namespace {

/// The model's roles as the drawing delegates name them.
class DrawnMetrics : public QIdentityProxyModel
{
public:
    DrawnMetrics(const WhatIfModel *model, QWidget *panel)
        : QIdentityProxyModel(panel), m_model(model), m_panel(panel)
    { }

    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override
    {
        switch (role) {
        case plots::DeltaRole:
            return QIdentityProxyModel::data(index, WhatIfMetrics::DeltaValueRole);
        case plots::BetterRole:
            return QIdentityProxyModel::data(index, WhatIfMetrics::BetterSignRole);
        case plots::DecimalsRole:
            return QIdentityProxyModel::data(index, WhatIfMetrics::DecimalsRole);
        case plots::DeltaSuffixRole:
            return QIdentityProxyModel::data(index, WhatIfMetrics::SuffixRole);
        case plots::ShareRole: return QIdentityProxyModel::data(index, WhatIfMetrics::ShareRole);
        case Qt::ForegroundRole:
            return m_model->isStale() && index.column() >= WhatIfMetrics::WhatIf
                ? QVariant(plots::tokensOf(m_panel).text3)
                : QVariant();
        case Qt::FontRole: {
            if (index.row() > 0 || index.column() > WhatIfMetrics::WhatIf)
                return {};
            QFont font = plots::tableFont(); // what everything else is about
            font.setBold(true);
            return font;
        }
        default: return QIdentityProxyModel::data(index, role);
        }
    }

private:
    const WhatIfModel *m_model;
    QWidget *m_panel;
};

} // namespace

MetricsPanel::MetricsPanel(WhatIfModel *model, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
    , m_metrics(new WhatIfMetrics(this))
    , m_frame(new PanelFrame({}, this))
    , m_view(new QTableView(m_frame))
    , m_note(makeLabel({}, &plots::Tokens::text3, plots::captionFont(), m_frame))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_frame);
    auto *drawn = new DrawnMetrics(model, this);
    drawn->setSourceModel(m_metrics);
    m_view->setModel(drawn);
    m_view->setAccessibleName(tr("Metrics of the what-if"));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setShowGrid(false);
    m_view->setAlternatingRowColors(true);
    m_view->setTabKeyNavigation(false);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setItemDelegate(new TextCellDelegate(m_view));
    m_view->setItemDelegateForColumn(WhatIfMetrics::Delta, new plots::DeltaDelegate(m_view));
    m_view->setItemDelegateForColumn(WhatIfMetrics::Better, new plots::BetterDelegate(m_view));
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(plots::px(22));
    m_view->verticalHeader()->setMinimumSectionSize(plots::px(22));
    QHeaderView *header = m_view->horizontalHeader();
    header->setFixedHeight(plots::px(24));
    header->setHighlightSections(false);
    header->setSectionResizeMode(QHeaderView::Fixed);
    header->setSectionResizeMode(WhatIfMetrics::Metric, QHeaderView::Stretch);
    for (const auto &[section, least] :
         { std::pair(WhatIfMetrics::WhatIf, 80), std::pair(WhatIfMetrics::Delta, 84),
           std::pair(WhatIfMetrics::Better, 104) })
        header->resizeSection(section, sectionWidth(header, section, least));
    new TableCopy(m_view);
    auto *content = new QWidget(m_frame);
    auto *inside = new QVBoxLayout(content);
    inside->setContentsMargins(0, 0, 0, 0);
    inside->setSpacing(0);
    inside->addWidget(m_view, 1);
    m_note->setContentsMargins(plots::px(12), plots::px(3), plots::px(12), plots::px(3));
    m_note->setWordWrap(true);
    inside->addWidget(m_note);
    m_frame->setContent(content);
    // Queued: the panel's button goes away while its click is still being told.
    connect(m_frame, &PanelFrame::actionTriggered, model, &WhatIfModel::retry,
            Qt::QueuedConnection);
    connect(model, &WhatIfModel::answerChanged, this, &MetricsPanel::update);
    connect(model, &WhatIfModel::changed, this, &MetricsPanel::update);
    update();
}

void MetricsPanel::setSite(Site site)
{
    if (site == m_site)
        return;
    m_site = site;
    update();
}

void MetricsPanel::update()
{
    m_frame->setTitle(
        tr("Layer %1 · %2 %3").arg(m_model->layer()).arg(qs(name(m_site)), qs(title(m_site))));
    m_metrics->setAnswers(m_model->pinned(), m_model->answer(), m_site, m_model->pinnedTitle());
    QHeaderView *header = m_view->horizontalHeader(); // it names what is pinned
    header->resizeSection(WhatIfMetrics::Pinned, sectionWidth(header, WhatIfMetrics::Pinned, 116));
    const WhatIfAnswerPtr answer = m_model->answer();
    if (m_model->error())
        m_subtitle = tr("not scored");
    else if (!m_model->problem().isEmpty())
        m_subtitle = tr("impossible as it is; the numbers are of the last setting that worked");
    else if (m_model->isBusy())
        m_subtitle =
            answer ? tr("re-scoring…") : tr("scoring; the first time the model is loaded…");
    else if (answer)
        m_subtitle = tr("re-scored in %1 ms, %2 tokens%3")
                         .arg(number(answer->milliseconds, 0), count(answer->tokens),
                              answer->cached ? tr(", cached") : QString());
    else
        m_subtitle.clear();
    m_frame->setSubtitle(m_subtitle);
    m_note->setText(
        answer && !answer->notApplied.isEmpty()
            ? tr("Applies when queued: %1").arg(answer->notApplied.join(QStringLiteral(", ")))
            : QString());
    m_note->setVisible(!m_note->text().isEmpty());
    if (const auto &error = m_model->error(); error && !m_model->isBusy())
        m_frame->setError(coreText(*error));
    else if (answer || m_model->pinned())
        m_frame->setReady();
    else
        m_frame->setEmpty(m_model->base() ? (m_model->isBusy() ? tr("Scoring…") : QString())
                                          : tr("Nothing to start from."));
}

} // namespace batlab::views
