// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/factor_row.h"

#include "views/models/what_if_model.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QGridLayout>
#include <QHBoxLayout>

namespace batlab::views {

namespace {
constexpr const char *kG1 = "transform.g1", *kG2 = "transform.g2";
constexpr int kTitleWidth = 96;
} // namespace

FactorRow::FactorRow(WhatIfModel *model, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
    , m_dot(makeLabel({}, &plots::Tokens::accent, plots::captionFont(), this))
    , m_reset(makeTool(QStringLiteral("reset"), tr("Reset g1 × g2"), this))
    , m_box(new QWidget(this))
    , m_blocks(new SegmentBar(this))
{
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(plots::px(4));
    grid->setVerticalSpacing(plots::px(4));
    m_dot->setFixedWidth(plots::px(10));
    m_dot->setToolTip(tr("Changed"));
    m_reset->setFixedSize(plots::px(24), plots::px(24));
    QSizePolicy keep = m_reset->sizePolicy();
    keep.setRetainSizeWhenHidden(true);
    m_reset->setSizePolicy(keep);
    auto *title = makeLabel(tr("g1 × g2"), &plots::Tokens::text2, plots::tableFont(), this);
    auto *note = new ElidedLabel(this);
    note->setText(tr("shared A × private Bᵢ"));
    note->setFont(plots::captionFont());
    keepColors(note, { { QPalette::WindowText, &plots::Tokens::text3 } });
    auto *block = makeLabel(tr("Block size"), &plots::Tokens::text2, plots::tableFont(), this);
    block->setFixedWidth(plots::px(kTitleWidth));
    auto *head = new QHBoxLayout;
    head->setSpacing(plots::px(8));
    head->addWidget(title);
    head->addWidget(note, 1);
    grid->addWidget(m_dot, 0, 0);
    grid->addLayout(head, 0, 1, 1, 2);
    grid->addWidget(m_reset, 0, 3);
    auto *box = new QHBoxLayout(m_box);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(0);
    grid->addWidget(m_box, 1, 1, 1, 3);
    grid->addWidget(block, 2, 1);
    auto *blocks = new QHBoxLayout;
    blocks->addWidget(m_blocks);
    blocks->addStretch(1);
    grid->addLayout(blocks, 2, 2);
    grid->setColumnStretch(2, 1);
    m_blocks->setAccessibleName(tr("Block size"));
    for (const int size : { 16, 32, 64, 128 })
        m_blocks->addSegment(QString::number(size), tr("Blocks of %1 channels").arg(size), size);
    connect(m_blocks, &SegmentBar::chosen, this, [this](int size) {
        int g1 = value(kG1);
        while (g1 > size)
            g1 /= 2;
        set(g1, size / g1);
    });
    connect(m_reset, &QToolButton::clicked, this, [this] {
        const WhatIfBase *base = m_model->base();
        const Json g1 = base ? baseValue(*base, kG1) : Json(),
                   g2 = base ? baseValue(*base, kG2) : Json();
        if (g1.is_number() && g2.is_number())
            set(g1.get<int>(), g2.get<int>());
    });
    sync();
}

int FactorRow::value(const char *path) const
{
    const ParameterFormModel *form = m_model->form();
    for (int i = 0; i < form->fieldCount(); ++i) {
        if (WhatIfModel::changePath(form->field(i)) == path && form->field(i).value.is_number())
            return form->field(i).value.get<int>();
    }
    return 0;
}

void FactorRow::set(int g1, int g2)
{
    m_model->edit({ { kG1, g1 }, { kG2, g2 } },
                  tr("g1 × g2: %1 × %2 → %3 × %4").arg(value(kG1)).arg(value(kG2)).arg(g1).arg(g2));
    sync();
}

void FactorRow::buildFactors(int block)
{
    if (block == m_block && m_factors)
        return;
    m_block = block;
    if (m_factors)
        m_factors->deleteLater();
    m_factors = new SegmentBar(m_box);
    m_factors->setAccessibleName(tr("g1 × g2"));
    // The ends of long lists are rarely wanted; the plain fields still reach them.
    for (int g1 = block > 64 ? 2 : 1; g1 <= block / (block > 32 ? 2 : 1); g1 *= 2)
        m_factors->addSegment(QStringLiteral("%1×%2").arg(g1).arg(block / g1),
                              tr("A of %1, B of %2").arg(g1).arg(block / g1), g1);
    for (QToolButton *button : m_factors->findChildren<QToolButton *>()) {
        button->setMinimumWidth(plots::px(36)); // they share the width evenly
        button->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    }
    m_box->layout()->addWidget(m_factors);
    connect(m_factors, &SegmentBar::chosen, this, [this](int g1) { set(g1, m_block / g1); });
}

void FactorRow::sync()
{
    const int g1 = value(kG1), g2 = value(kG2);
    if (g1 <= 0 || g2 <= 0)
        return;
    buildFactors(g1 * g2);
    m_factors->setCurrent(g1);
    m_blocks->setCurrent(g1 * g2);
    const Json &changes = m_model->changes();
    const bool changed = changes.contains(kG1) || changes.contains(kG2);
    m_dot->setText(changed ? QStringLiteral("●") : QString());
    m_reset->setVisible(changed);
}

} // namespace batlab::views
