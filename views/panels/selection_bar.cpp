// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/selection_bar.h"

#include "views/models/selection_context.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"
#include "views/panels/method_icon.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSpinBox>
#include <QToolButton>
#include <QWidgetAction>

namespace batlab::views {

namespace {

QSpinBox *spin(const QString &name, QWidget *parent)
{
    auto *box = new QSpinBox(parent);
    box->setAccessibleName(name);
    box->setToolTip(name);
    box->setFixedHeight(plots::px(24));
    box->setMaximum(0);
    box->setKeyboardTracking(false);
    return box;
}

} // namespace

SelectionBar::SelectionBar(WorkbenchDocument *document, SelectionContext *selection,
                           QWidget *parent)
    : QWidget(parent)
    , m_document(document)
    , m_selection(selection)
    , m_variant(new QComboBox(this))
    , m_site(new QComboBox(this))
    , m_layer(spin(tr("Layer"), this))
    , m_block(spin(tr("Block"), this))
    , m_channel(spin(tr("Channel"), this))
    , m_token(spin(tr("Token"), this))
    , m_more(makeTool(QStringLiteral("more"), tr("Channel and token"), this))
    , m_moreChannel(spin(tr("Channel"), this))
    , m_moreToken(spin(tr("Token"), this))
    , m_contract(new Chip(this))
{
    setObjectName(QStringLiteral("selectionBar"));
    setAutoFillBackground(true);
    setFixedHeight(plots::px(32));
    keepColors(this, { { QPalette::Window, &plots::Tokens::window } });
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(plots::px(12), 0, plots::px(8), 0);
    row->setSpacing(plots::px(6));
    const auto label = [this](const QString &text) {
        return makeLabel(text, &plots::Tokens::text3, plots::tableFont(), this);
    };
    for (QComboBox *box : { m_variant, m_site })
        box->setFixedHeight(plots::px(24));
    m_variant->setAccessibleName(tr("Variant"));
    m_variant->setToolTip(tr("Variant whose numbers are shown"));
    m_variant->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_variant->setMinimumWidth(plots::px(150));
    m_variant->setMaximumWidth(plots::px(240));
    m_site->setAccessibleName(tr("Site"));
    m_site->setToolTip(
        tr("Site: the inputs of which linears, the KV cache or the residual stream"));
    m_site->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    for (const Site site : kSites)
        m_site->addItem(QStringLiteral("%1 %2").arg(qs(name(site)), qs(title(site))),
                        static_cast<int>(site));

    addField(label(tr("Variant")), m_variant);
    addField(label(tr("Layer")), m_layer);
    addField(label(tr("Site")), m_site);
    addField(label(tr("Block")), m_block);
    addField(m_channelLabel = label(tr("Channel")), m_channel);
    addField(m_tokenLabel = label(tr("Token")), m_token);
    m_more->setMenu(new QMenu(m_more));
    m_more->setPopupMode(QToolButton::InstantPopup);
    m_more->setFocusPolicy(Qt::TabFocus);
    addMore(m_moreChannel, m_channelLabel->text());
    addMore(m_moreToken, m_tokenLabel->text());
    connect(m_more->menu(), &QMenu::aboutToShow, m_moreChannel, [this] {
        m_more->menu()->setActiveAction(m_more->menu()->actions().constFirst());
        m_moreChannel->setFocus();
    });
    m_more->hide();
    row->addWidget(m_more, 0, Qt::AlignVCenter);
    row->addStretch(1);
    row->addWidget(m_contract, 0, Qt::AlignVCenter);

    connect(m_variant, &QComboBox::activated, this,
            [this](int at) { m_selection->setVariant(m_variant->itemData(at).toString()); });
    connect(m_site, &QComboBox::activated, this, [this](int at) {
        m_selection->setSite(static_cast<Site>(m_site->itemData(at).toInt()));
    });
    const auto write = [this](QSpinBox *box, void (SelectionContext::*setter)(int)) {
        connect(box, &QSpinBox::valueChanged, this, [this, setter](int value) {
            if (!m_filling)
                (m_selection->*setter)(value);
        });
    };
    write(m_layer, &SelectionContext::setLayer);
    write(m_block, &SelectionContext::setBlock);
    write(m_channel, &SelectionContext::setChannel);
    write(m_token, &SelectionContext::setToken);
    write(m_moreChannel, &SelectionContext::setChannel);
    write(m_moreToken, &SelectionContext::setToken);
    connect(m_contract, &Chip::clicked, this, &SelectionBar::contractClicked);

    connect(selection, &SelectionContext::changed, this, [this] { showSelection(); });
    connect(selection, &SelectionContext::extentChanged, this, [this] { showExtent(); });
    connect(document, &WorkbenchDocument::documentReset, this, [this] { fillVariants(); });
    connect(document, &WorkbenchDocument::guestsChanged, this, [this] { fillVariants(); });
    connect(document, &WorkbenchDocument::artifactsAdded, this,
            [this](const std::vector<ArtifactPtr> &artifacts) {
                for (const ArtifactPtr &a : artifacts) {
                    if (std::holds_alternative<VariantInfo>(*a)) {
                        fillVariants();
                        return;
                    }
                }
            });
    fillVariants();
    showExtent();
}

void SelectionBar::addField(QLabel *label, QWidget *field)
{
    auto *row = qobject_cast<QHBoxLayout *>(layout());
    label->setBuddy(field);
    row->addWidget(label);
    row->addWidget(field);
    row->addSpacing(plots::px(4));
}

void SelectionBar::addMore(QSpinBox *box, const QString &text)
{
    // An entry of its own for each: arrow keys walk from one to the next.
    auto *entry = new QWidget(m_more->menu());
    auto *row = new QHBoxLayout(entry);
    row->setContentsMargins(plots::px(12), plots::px(4), plots::px(12), plots::px(4));
    box->setMinimumWidth(plots::px(80));
    row->addWidget(makeLabel(text, &plots::Tokens::text3, plots::tableFont(), entry), 1);
    row->addWidget(box);
    entry->setFocusProxy(box);
    auto *action = new QWidgetAction(m_more->menu());
    action->setText(text);
    action->setDefaultWidget(entry);
    m_more->menu()->addAction(action);
}

void SelectionBar::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        fillVariants(); // markers carry colours
}

void SelectionBar::fillVariants()
{
    m_variant->clear();
    for (const VariantInfo *info : m_document->artifacts().variants())
        m_variant->addItem(methodIcon(*info, plots::tokensOf(this)),
                           m_document->variantTitle(qs(info->id)), qs(info->id));
    showSelection();
    showContract();
}

void SelectionBar::showSelection()
{
    const Selection &s = m_selection->current();
    m_filling = true;
    m_variant->setCurrentIndex(m_variant->findData(s.variant));
    m_site->setCurrentIndex(m_site->findData(static_cast<int>(s.site)));
    showExtent();
    m_layer->setValue(s.layer);
    m_block->setValue(s.block);
    m_channel->setValue(s.channel);
    m_token->setValue(s.token);
    m_moreChannel->setValue(s.channel);
    m_moreToken->setValue(s.token);
    m_filling = false;
}

void SelectionBar::showExtent()
{
    const bool was = m_filling;
    m_filling = true;
    const SelectionExtent &e = m_selection->extent();
    const Selection &s = m_selection->current();
    // Where no statistics say how wide a site is, the selection stays where it was.
    const int known = e.blocks[static_cast<std::size_t>(s.site)],
              blocks = known > 0 ? known : s.block + 1;
    m_layer->setMaximum(std::max(0, e.layers - 1));
    m_block->setMaximum(blocks - 1);
    for (QSpinBox *channel : { m_channel, m_moreChannel })
        channel->setMaximum(blocks * 32 - 1);
    for (QSpinBox *token : { m_token, m_moreToken })
        token->setMaximum(std::max(0, e.tokens - 1));
    m_filling = was;
}

void SelectionBar::setCompact(bool compact)
{
    if (compact == m_compact)
        return;
    m_compact = compact;
    for (QWidget *w : { static_cast<QWidget *>(m_channelLabel), static_cast<QWidget *>(m_channel),
                        static_cast<QWidget *>(m_tokenLabel), static_cast<QWidget *>(m_token) })
        w->setVisible(!compact);
    m_more->setVisible(compact);
    showContract();
}

void SelectionBar::showContract()
{
    const QString contract = m_document->contract();
    if (contract.isEmpty()) {
        m_contract->setChip(Chip::Tone::neutral, QString());
        return;
    }
    const QStringList differences = m_document->contractDifferences();
    if (differences.isEmpty()) {
        const QString text = tr("✓ one contract: %1").arg(contract);
        m_contract->setChip(Chip::Tone::good, m_compact ? QStringLiteral("✓") : text, text);
    } else {
        const QString text = tr("%n difference(s)", nullptr, static_cast<int>(differences.size()));
        m_contract->setChip(Chip::Tone::warn, m_compact ? QStringLiteral("≠") : text,
                            text + QLatin1Char('\n') + differences.join(QLatin1Char('\n')));
    }
}

} // namespace batlab::views
