// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/banner.h"

#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>

namespace batlab::views {

Banner::Banner(QWidget *parent)
    : QWidget(parent), m_text(new QLabel(this)), m_row(new QHBoxLayout(this))
{
    setObjectName(QStringLiteral("banner"));
    m_row->setContentsMargins(plots::px(12), plots::px(4), plots::px(6), plots::px(4));
    m_text->setFont(plots::tableFont());
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_row->addWidget(m_text, 1);
    auto *close = makeTool(QStringLiteral("close"), tr("Close this message"), this);
    m_row->addWidget(close);
    connect(close, &QToolButton::clicked, this, [this] {
        hide();
        Q_EMIT closed();
    });
    recolor();
    hide();
}

void Banner::showMessage(Tone tone, const QString &text, const QStringList &buttons,
                         const QString &details)
{
    m_tone = tone;
    m_text->setText(text);
    m_text->setToolTip(details);
    setAccessibleName(text);
    qDeleteAll(m_buttons);
    m_buttons.clear();
    for (qsizetype i = 0; i < buttons.size(); ++i) {
        auto *button = new QPushButton(buttons.at(i), this);
        button->setToolTip(buttons.at(i));
        button->setAccessibleName(buttons.at(i));
        m_row->insertWidget(1 + static_cast<int>(i), button);
        m_buttons.append(button);
        connect(button, &QPushButton::clicked, this,
                [this, i] { Q_EMIT buttonPressed(static_cast<int>(i)); });
    }
    recolor();
    show();
}

QString Banner::text() const { return m_text->text(); }

QStringList Banner::buttons() const
{
    QStringList out;
    for (const QWidget *w : m_buttons)
        out.append(static_cast<const QPushButton *>(w)->text());
    return out;
}

void Banner::recolor()
{
    const plots::Tokens &t = plots::tokensOf(this);
    const QColor ink = m_tone == Tone::error ? t.bad : m_tone == Tone::warning ? t.warn : t.text;
    QPalette p = m_text->palette();
    if (p.color(QPalette::WindowText) != ink) {
        p.setColor(QPalette::WindowText, ink);
        m_text->setPalette(p);
    }
    update();
}

void Banner::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        recolor();
}

void Banner::paintEvent(QPaintEvent *)
{
    const plots::Tokens &t = plots::tokensOf(this);
    QPainter painter(this);
    painter.fillRect(rect(),
                     m_tone == Tone::error         ? t.badBg
                         : m_tone == Tone::warning ? t.warnBg
                                                   : t.hover);
    painter.fillRect(QRect(0, height() - 1, width(), 1), t.border);
}

} // namespace batlab::views
