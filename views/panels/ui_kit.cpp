// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/ui_kit.h"

#include "views/plots/theme.h"

#include <QButtonGroup>
#include <QEvent>
#include <QFile>
#include <QHBoxLayout>
#include <QMouseEvent>
#include <QPainter>
#include <QPixmap>
#include <QSplitter>

namespace batlab::views {

namespace {

/// Sets roles now and after each change of the theme.
class PaletteKeeper : public QObject
{
public:
    PaletteKeeper(QWidget *widget, std::vector<std::pair<QPalette::ColorRole, TokenColor>> colors)
        : QObject(widget), m_widget(widget), m_colors(std::move(colors))
    {
        widget->installEventFilter(this);
        apply();
    }

    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() == QEvent::PaletteChange || event->type() == QEvent::ParentChange)
            apply();
        return false;
    }

private:
    void apply()
    {
        const plots::Tokens &t = plots::tokensOf(m_widget);
        QPalette palette = m_widget->palette();
        bool differs = false;
        for (const auto &[role, color] : m_colors) {
            if (palette.color(QPalette::Active, role) != t.*color) {
                palette.setColor(QPalette::Active, role, t.*color);
                palette.setColor(QPalette::Inactive, role, t.*color);
                differs = true;
            }
        }
        if (differs)
            m_widget->setPalette(palette);
    }

    QWidget *m_widget;
    std::vector<std::pair<QPalette::ColorRole, TokenColor>> m_colors;
};

class IconKeeper : public QObject
{
public:
    IconKeeper(QToolButton *button, QString name)
        : QObject(button), m_button(button), m_name(std::move(name))
    {
        button->installEventFilter(this);
        m_button->setIcon(themedIcon(m_name, plots::tokensOf(m_button)));
    }

    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() == QEvent::PaletteChange)
            m_button->setIcon(themedIcon(m_name, plots::tokensOf(m_button)));
        return false;
    }

private:
    QToolButton *m_button;
    QString m_name;
};

} // namespace

void keepColors(QWidget *widget,
                std::initializer_list<std::pair<QPalette::ColorRole, TokenColor>> colors)
{
    new PaletteKeeper(widget, colors);
}

QIcon themedIcon(const QString &name, const plots::Tokens &t)
{
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray svg = file.readAll();
    QIcon icon;
    for (const int size : { 14, 16, 20, 48 }) {
        for (const qreal ratio : { 1.0, 2.0 }) {
            icon.addPixmap(plots::svgPixmap(svg, t.text2, size, ratio), QIcon::Normal);
            icon.addPixmap(plots::svgPixmap(svg, t.accent, size, ratio), QIcon::Normal, QIcon::On);
            icon.addPixmap(plots::svgPixmap(svg, t.disabled, size, ratio), QIcon::Disabled);
        }
    }
    return icon;
}

void keepIcon(QToolButton *button, const QString &name) { new IconKeeper(button, name); }

QLabel *makeLabel(const QString &text, TokenColor color, const QFont &font, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setFont(font);
    keepColors(label, { { QPalette::WindowText, color } });
    return label;
}

QToolButton *makeLink(const QString &text, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setText(text);
    button->setToolTip(text);
    button->setAccessibleName(text);
    button->setAutoRaise(true);
    button->setFont(plots::tableFont());
    button->setCursor(Qt::PointingHandCursor);
    keepColors(button, { { QPalette::ButtonText, &plots::Tokens::accent } });
    return button;
}

QToolButton *makeTool(const QString &icon, const QString &toolTip, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setAutoRaise(true);
    button->setToolTip(toolTip);
    button->setAccessibleName(toolTip);
    button->setIconSize(QSize(plots::px(16), plots::px(16)));
    button->setFixedSize(plots::px(28), plots::px(28));
    keepIcon(button, icon);
    return button;
}

QWidget *makeHairline(Qt::Orientation orientation, QWidget *parent)
{
    auto *line = new QWidget(parent);
    line->setAutoFillBackground(true);
    if (orientation == Qt::Horizontal)
        line->setFixedHeight(1);
    else
        line->setFixedWidth(1);
    keepColors(line, { { QPalette::Window, &plots::Tokens::border } });
    return line;
}

QSplitter *makeSplitter(Qt::Orientation orientation, const QString &name, QWidget *parent)
{
    auto *splitter = new QSplitter(orientation, parent);
    splitter->setObjectName(name);
    splitter->setHandleWidth(1);
    splitter->setChildrenCollapsible(false);
    return splitter;
}

Chip::Chip(QWidget *parent) : QLabel(parent)
{
    setFont(plots::captionFont());
    setContentsMargins(plots::px(8), plots::px(3), plots::px(8), plots::px(3));
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    recolor();
}

void Chip::setChip(Tone tone, const QString &text, const QString &toolTip)
{
    m_tone = tone;
    setText(text);
    setToolTip(toolTip.isEmpty() ? text : toolTip);
    setAccessibleName(text);
    setAccessibleDescription(toolTip);
    recolor();
    update();
}

void Chip::recolor()
{
    const plots::Tokens &t = plots::tokensOf(this);
    const QColor ink = m_tone == Tone::good ? t.good
        : m_tone == Tone::warn              ? t.warn
        : m_tone == Tone::bad               ? t.bad
                                            : t.text2;
    QPalette p = palette();
    if (p.color(QPalette::WindowText) == ink)
        return;
    p.setColor(QPalette::WindowText, ink);
    setPalette(p);
}

void Chip::changeEvent(QEvent *event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        recolor();
}

void Chip::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton && rect().contains(event->position().toPoint()))
        Q_EMIT clicked();
}

void Chip::paintEvent(QPaintEvent *event)
{
    const plots::Tokens &t = plots::tokensOf(this);
    const QColor ground = m_tone == Tone::good ? t.goodBg
        : m_tone == Tone::warn                 ? t.warnBg
        : m_tone == Tone::bad                  ? t.badBg
                                               : t.hover;
    if (!text().isEmpty()) {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(ground);
        painter.drawRoundedRect(rect(), 3, 3);
    }
    QLabel::paintEvent(event);
}

ElidedLabel::ElidedLabel(QWidget *parent) : QLabel(parent)
{
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
}

void ElidedLabel::setMostLines(int lines)
{
    m_most = std::max(1, lines);
    updateGeometry();
}

QSize ElidedLabel::sizeHint() const
{
    const QSize one = QLabel::sizeHint();
    return { one.width(), std::max(one.height(), fontMetrics().lineSpacing() * m_most) };
}

QSize ElidedLabel::minimumSizeHint() const
{
    return { fontMetrics().horizontalAdvance(QStringLiteral("…")),
             std::max(QLabel::minimumSizeHint().height(), fontMetrics().lineSpacing() * m_most) };
}

void ElidedLabel::paintEvent(QPaintEvent *)
{
    const QRect area = contentsRect();
    const QFontMetrics metrics = fontMetrics();
    // Whole words fill the lines but the last one, which takes what is left and elides.
    QString rest = text(), shown;
    for (int line = 1; line < m_most && metrics.horizontalAdvance(rest) > area.width(); ++line) {
        qsizetype cut = -1;
        for (qsizetype at = rest.indexOf(QLatin1Char(' '));
             at >= 0 && metrics.horizontalAdvance(rest.left(at)) <= area.width();
             at = rest.indexOf(QLatin1Char(' '), at + 1))
            cut = at;
        if (cut < 0)
            break;
        shown += rest.left(cut) + QLatin1Char('\n');
        rest = rest.mid(cut + 1);
    }
    const QString last = metrics.elidedText(rest, Qt::ElideRight, area.width());
    setToolTip(last == rest ? QString() : text());
    QPainter painter(this);
    painter.setPen(
        palette().color(isEnabled() ? QPalette::Active : QPalette::Disabled, QPalette::WindowText));
    painter.drawText(area, static_cast<int>(alignment()), shown + last);
}

SegmentBar::SegmentBar(QWidget *parent) : QWidget(parent), m_group(new QButtonGroup(this))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    m_group->setExclusive(true);
    connect(m_group, &QButtonGroup::idClicked, this, &SegmentBar::chosen);
}

void SegmentBar::addSegment(const QString &text, const QString &toolTip, int id)
{
    auto *button = new QToolButton(this);
    button->setText(text);
    button->setToolTip(toolTip);
    button->setAccessibleName(toolTip);
    button->setCheckable(true);
    button->setFont(plots::tableFont());
    button->setMinimumSize(plots::px(36), plots::px(24));
    layout()->addWidget(button);
    m_group->addButton(button, id);
}

void SegmentBar::setCurrent(int id)
{
    if (QAbstractButton *button = m_group->button(id))
        button->setChecked(true);
}

void SegmentBar::setText(int id, const QString &text)
{
    if (QAbstractButton *button = m_group->button(id))
        button->setText(text);
}

int SegmentBar::current() const { return m_group->checkedId(); }

} // namespace batlab::views
