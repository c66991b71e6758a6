// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/panel_header.h"

#include "views/plots/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace batlab::plots {

PanelHeader::PanelHeader(QWidget *parent) : QWidget(parent), m_row(new QHBoxLayout(this))
{
    m_row->setContentsMargins(px(12), 0, px(4), 0);
    m_row->setSpacing(px(4));
    m_row->addStretch(1);
    setFixedHeight(px(32));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void PanelHeader::setTexts(const QString &title, const QString &subtitle)
{
    m_title = title;
    m_subtitle = subtitle;
    setToolTip(subtitle);
    fold();
    update();
}

void PanelHeader::addExtra(QWidget *widget)
{
    widget->setParent(this);
    m_row->insertWidget(1 + int(m_extras.size()), widget);
    m_extras << widget;
    fold();
}

QToolButton *PanelHeader::addTool(const QString &glyphName, const QString &text, bool keep)
{
    auto *tool = new QToolButton(this);
    tool->setAutoRaise(true);
    tool->setProperty("glyph", glyphName);
    tool->setToolTip(text);
    tool->setAccessibleName(text);
    tool->setFocusPolicy(Qt::TabFocus);
    tool->setIconSize(QSize(px(14), px(14)));
    tool->setFixedSize(px(24), px(24));
    tool->setPopupMode(QToolButton::InstantPopup);
    tool->setIcon(glyph(glyphName, tokensOf(this)));
    m_row->addWidget(tool);
    m_tools << tool;
    if (keep)
        m_kept = tool;
    return tool;
}

void PanelHeader::insertTool(QToolButton *before, QToolButton *tool)
{
    m_row->removeWidget(tool);
    m_row->insertWidget(m_row->indexOf(before), tool);
}

void PanelHeader::applyTokens(const Tokens &tokens)
{
    for (QToolButton *tool : std::as_const(m_tools))
        tool->setIcon(glyph(tool->property("glyph").toString(), tokens));
    update();
}

QSize PanelHeader::minimumSizeHint() const { return { px(80), px(32) }; }

void PanelHeader::fold()
{
    // What the title needs comes first; the subtitle gets the rest and elides to nothing before
    // tools fold.
    const int title = QFontMetrics(titleFont()).horizontalAdvance(m_title) + px(24);
    int extras = 0;
    for (const QWidget *widget : std::as_const(m_extras))
        extras += widget->sizeHint().width() + px(4);
    const int tools = int(m_tools.size()) * px(28);
    const bool narrow = width() > 0 && title + extras + tools + px(8) > width();
    for (QToolButton *tool : std::as_const(m_tools))
        tool->setVisible(!narrow || tool == m_kept || !m_kept);
}

void PanelHeader::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fold();
}

void PanelHeader::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Tokens &t = tokensOf(this);
    painter.fillRect(rect(), t.base);
    int right = width() - px(8);
    for (const QWidget *child : findChildren<QWidget *>(QString(), Qt::FindDirectChildrenOnly))
        if (!child->isHidden())
            right = std::min(right, child->x() - px(8));
    const int left = px(12);
    const QFontMetrics titleMetrics(titleFont());
    const QString title =
        titleMetrics.elidedText(m_title, Qt::ElideRight, std::max(0, right - left));
    const int titleWidth = titleMetrics.horizontalAdvance(title);
    // One baseline for both sizes.
    const int baseline = (height() + titleMetrics.ascent() - titleMetrics.descent()) / 2;
    painter.setFont(titleFont());
    painter.setPen(t.text);
    painter.drawText(left, baseline, title);
    const int subtitleLeft = left + titleWidth + px(10);
    if (right - subtitleLeft > px(32) && !m_subtitle.isEmpty()) {
        const QFontMetrics metrics(captionFont());
        painter.setFont(captionFont());
        painter.setPen(t.text3);
        painter.drawText(subtitleLeft, baseline,
                         metrics.elidedText(m_subtitle, Qt::ElideRight, right - subtitleLeft));
    }
}

ProgressStrip::ProgressStrip(QWidget *parent) : QWidget(parent)
{
    setFixedHeight(2);
    m_delay.setSingleShot(true);
    m_delay.setInterval(200);
    m_tick.setInterval(40);
    connect(&m_delay, &QTimer::timeout, this, [this] {
        m_shown = true;
        if (m_progress < 0)
            m_tick.start();
        update();
    });
    connect(&m_tick, &QTimer::timeout, this, [this] {
        m_phase = std::fmod(m_phase + 0.02, 1.0);
        update();
    });
}

void ProgressStrip::start(double progress)
{
    m_progress = progress;
    if (m_shown) {
        m_progress < 0 ? m_tick.start() : m_tick.stop();
        update();
    } else if (!m_delay.isActive()) {
        m_delay.start();
    }
}

void ProgressStrip::stop()
{
    m_delay.stop();
    m_tick.stop();
    m_shown = false;
    update();
}

void ProgressStrip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Tokens &t = tokensOf(this);
    painter.fillRect(rect(), m_shown ? t.hover : t.base);
    if (!m_shown)
        return;
    if (m_progress >= 0)
        painter.fillRect(QRectF(0, 0, width() * std::min(1.0, m_progress), height()), t.progress);
    else
        painter.fillRect(QRectF((m_phase * 1.25 - 0.25) * width(), 0, width() * 0.25, height()),
                         t.progress);
}

StatePanel::StatePanel(QWidget *parent)
    : QWidget(parent), m_label(new QLabel(this)), m_buttons(new QHBoxLayout)
{
    m_label->setAlignment(Qt::AlignCenter);
    m_label->setWordWrap(true);
    m_label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_buttons->setSpacing(px(8));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(px(24), px(12), px(24), px(12));
    column->setSpacing(px(12));
    column->addStretch(1);
    column->addWidget(m_label);
    column->addLayout(m_buttons);
    column->addStretch(1);
}

void StatePanel::setLine(const QString &text, const QStringList &buttons, bool isError, bool opaque)
{
    m_error = isError;
    m_opaque = opaque;
    m_label->setText(text);
    m_label->setVisible(!text.isEmpty());
    recolour();
    m_label->setFont(tableFont());
    while (QLayoutItem *item = m_buttons->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_buttons->addStretch(1);
    for (int i = 0; i < buttons.size(); ++i) {
        auto *button = new QPushButton(buttons[i], this);
        button->setFont(tableFont());
        connect(button, &QPushButton::clicked, this, [this, i] { Q_EMIT pressed(i); });
        m_buttons->addWidget(button);
    }
    m_buttons->addStretch(1);
    setAttribute(Qt::WA_TransparentForMouseEvents, text.isEmpty() && buttons.isEmpty());
    update();
}

QString StatePanel::text() const { return m_label->text(); }

void StatePanel::recolour()
{
    QPalette colours = palette();
    const Tokens &t = tokensOf(parentWidget());
    colours.setColor(QPalette::WindowText, m_error ? t.bad : t.text3);
    m_label->setPalette(colours);
}

void StatePanel::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        recolour();
}

void StatePanel::paintEvent(QPaintEvent *)
{
    if (m_opaque)
        QPainter(this).fillRect(rect(), tokensOf(parentWidget()).base);
}

} // namespace batlab::plots
