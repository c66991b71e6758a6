// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/cost_panel.h"

#include "views/models/core_text.h"
#include "views/models/cost_model.h"
#include "views/models/text.h"
#include "views/models/what_if_model.h"
#include "views/panels/cell_delegates.h"
#include "views/panels/panel_frame.h"
#include "views/panels/table_copy.h"
#include "views/panels/ui_kit.h"
#include "views/plots/delegates.h"
#include "views/plots/theme.h"

#include <QFormLayout>
#include <QHeaderView>
#include <QIdentityProxyModel>
#include <QPointer>
#include <QTableView>
#include <QVBoxLayout>

#include <cmath>

namespace batlab::views {

namespace {

class DrawnCosts : public QIdentityProxyModel
{
public:
    using QIdentityProxyModel::QIdentityProxyModel;

    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override
    {
        if (role == plots::BarRole)
            return QIdentityProxyModel::data(index, CostModel::ShareOfMostRole);
        if (role == Qt::FontRole && QIdentityProxyModel::data(index, CostModel::OwnRole).toBool()) {
            QFont font = plots::tableFont();
            font.setBold(true);
            return font;
        }
        return QIdentityProxyModel::data(index, role);
    }
};

QString orDash(double value, const QString &text)
{
    return std::isnan(value) ? QStringLiteral("–") : text;
}

} // namespace

CostPanel::CostPanel(WhatIfModel *model, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
    , m_costs(new CostModel(this))
    , m_frame(new PanelFrame(tr("Cost"), this))
    , m_view(new QTableView(m_frame))
    , m_site(new ElidedLabel(m_frame))
    , m_size(new ElidedLabel(m_frame))
    , m_bits(new ElidedLabel(m_frame))
    , m_speed(makeLabel({}, &plots::Tokens::warn, plots::tableFont(), m_frame))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_frame);
    m_frame->setSubtitle(tr("whole model, online transforms"));
    auto *drawn = new DrawnCosts(this);
    drawn->setSourceModel(m_costs);
    m_view->setModel(drawn);
    m_view->setAccessibleName(tr("Cost against alternatives"));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setShowGrid(false);
    m_view->setTabKeyNavigation(false);
    m_view->setSelectionMode(QAbstractItemView::NoSelection);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setItemDelegate(new TextCellDelegate(m_view));
    m_view->setItemDelegateForColumn(CostModel::Share, new plots::BarDelegate(m_view));
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(plots::px(22));
    QHeaderView *header = m_view->horizontalHeader();
    header->setFixedHeight(plots::px(24));
    header->setHighlightSections(false);
    header->setSectionResizeMode(QHeaderView::Fixed);
    header->setSectionResizeMode(CostModel::Transform, QHeaderView::Stretch);
    header->resizeSection(CostModel::Bytes, plots::px(52));
    new TableCopy(m_view);
    auto *content = new QWidget(m_frame);
    auto *inside = new QVBoxLayout(content);
    inside->setContentsMargins(0, 0, 0, 0);
    inside->setSpacing(0);
    inside->addWidget(m_view, 1);
    inside->addWidget(makeHairline(Qt::Horizontal, content));
    auto *facts = new QFormLayout;
    facts->setContentsMargins(plots::px(12), plots::px(6), plots::px(8), plots::px(6));
    facts->setHorizontalSpacing(plots::px(8));
    facts->setVerticalSpacing(plots::px(3));
    for (ElidedLabel *label : { m_site, m_size, m_bits })
        label->setFont(plots::tableFont());
    m_site->setMostLines(2);
    m_size->setAccessibleDescription(tr("Weights, and online parameters in bf16"));
    const auto fact = [&](const QString &title, QLabel *value) {
        facts->addRow(makeLabel(title, &plots::Tokens::text3, plots::tableFont(), content), value);
    };
    fact(tr("Site"), m_site);
    fact(tr("Model"), m_size);
    fact(tr("Bits/weight"), m_bits);
    m_speed->setWordWrap(true);
    m_speed->setToolTip(tr("Numbers of a block format are dequantized, exactly, and multiplied in "
                           "the compute type of the evaluation; nothing here says what a native "
                           "kernel would take."));
    fact(tr("Speed"), m_speed);
    inside->addLayout(facts);
    m_frame->setContent(content);
    m_rest.setSingleShot(true);
    m_rest.setInterval(WhatIfModel::kRestMs);
    connect(&m_rest, &QTimer::timeout, this, &CostPanel::ask);
    connect(model, &WhatIfModel::changed, this, &CostPanel::schedule);
    connect(model, &WhatIfModel::baseChanged, this, [this] {
        showSpeed();
        schedule();
    });
    connect(
        m_frame, &PanelFrame::actionTriggered, this,
        [this] {
            m_asked.clear();
            schedule();
        },
        Qt::QueuedConnection);
    m_frame->setEmpty(tr("No cost yet."));
    showSpeed();
}

void CostPanel::setSite(Site site)
{
    m_shownSite = site;
    showLines();
}

void CostPanel::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    // The bytes stand under the table as well (design 5: secondary columns leave first).
    const bool narrow = width() < plots::px(320);
    m_view->setColumnHidden(CostModel::Bytes, narrow);
    m_view->setColumnHidden(CostModel::Share, width() < plots::px(280));
    QHeaderView *header = m_view->horizontalHeader();
    header->resizeSection(CostModel::Parameters, plots::px(60));
    header->resizeSection(CostModel::Flop, plots::px(narrow ? 58 : 64));
    header->resizeSection(CostModel::Share, plots::px(60));
}

void CostPanel::setActive(bool active)
{
    m_active = active;
    schedule();
}

void CostPanel::schedule()
{
    if (m_active && m_model->base() && m_model->current())
        m_rest.start();
}

void CostPanel::ask()
{
    const Result<RunSpec> pinned = m_model->pinnedSpec();
    if (!m_model->current() || !m_model->ask())
        return;
    RunSpec spec = *m_model->current();
    spec.variants.front().id = "what-if";
    spec.variants.front().recipe.title = ss(tr("What if"));
    if (pinned && !m_model->changes().empty()) {
        VariantSpec before = pinned->variants.front();
        before.id = "pinned";
        before.recipe.title = ss(m_model->pinnedTitle());
        spec.variants.insert(spec.variants.begin(), before);
    } else {
        spec.variants.front().recipe.title = ss(m_model->pinnedTitle());
    }
    Json question { { "ask", "cost" }, { "spec", spec.toJson() } };
    const std::string key = question.dump();
    if (key == m_asked)
        return;
    m_asked = key;
    m_model->ask()("what-if.cost", std::move(question),
                   [guard = QPointer<CostPanel>(this), key](const Result<Json> &answer) {
                       if (!guard || guard->m_asked != key)
                           return;
                       const Result<void> good = answer ? guard->m_costs->setAnswer(*answer)
                                                        : Result<void>(answer.error());
                       if (good)
                           guard->m_frame->setReady();
                       else
                           guard->m_frame->setError(coreText(good.error()));
                       guard->showLines();
                   });
}

void CostPanel::showSpeed()
{
    const WhatIfBase *base = m_model->base();
    if (!base)
        return m_speed->clear();
    const QString type = qs(base->spec.protocol.dtype);
    m_speed->setText(base->device.isEmpty()
                         ? tr("emulated in %1, not native FP4").arg(type)
                         : tr("emulated in %1 on %2, not native FP4").arg(type, base->device));
}

void CostPanel::showLines()
{
    showSpeed(); // its run may have learned of its device since
    const CostRow *row = m_costs->variant();
    if (!row)
        return;
    const auto at = row->sites.find(m_shownSite);
    const CostRow::AtSite site = at == row->sites.end() ? CostRow::AtSite {} : at->second;
    m_site->setText(tr("%1: %2 params, %3 FLOP")
                        .arg(qs(name(m_shownSite)),
                             orDash(site.parameters, shortCount(site.parameters)),
                             orDash(site.flopPerToken, shortCount(site.flopPerToken))));
    m_size->setText(tr("%1 + %2").arg(orDash(row->modelBytes, bytes(row->modelBytes)),
                                      orDash(row->bytes, bytes(row->bytes))));
    m_bits->setText(orDash(row->bitsPerWeight, number(row->bitsPerWeight, 3)));
}

QString CostPanel::lines() const
{
    return m_site->text() + QLatin1Char('\n') + m_size->text() + QLatin1Char('\n') + m_bits->text()
        + QLatin1Char('\n') + m_speed->text();
}

} // namespace batlab::views
