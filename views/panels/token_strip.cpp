// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/token_strip.h"

#include "views/plots/color_scale.h"
#include "views/plots/heatmap_marks.h"
#include "views/plots/number_text.h"
#include "views/plots/plot_files.h"
#include "views/plots/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>
#include <limits>

namespace batlab::views {

namespace {

constexpr int kRowHeight = 22;

/// What a token looks like in a line of text.
QString shown(const QString &piece)
{
    QString text = piece;
    text.replace(QLatin1Char('\n'), QChar(0x23CE)); // ⏎
    text.replace(QLatin1Char('\t'), QChar(0x21E5)); // ⇥
    const QString bare = text.trimmed();
    return bare.isEmpty() ? QString(QChar(0x2423)) : bare; // ␣
}

} // namespace

TokenStrip::TokenStrip(QWidget *parent)
    : QAbstractScrollArea(parent), m_scale(std::make_shared<plots::ColorScale>())
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Tokens of the sample"));
    viewport()->setMouseTracking(true);
    connect(m_scale.get(), &plots::ColorScale::changed, viewport(), qOverload<>(&QWidget::update));
}

void TokenStrip::setTokens(const QStringList &pieces, std::vector<float> values,
                           const QString &quantity, const QString &unit)
{
    m_quantity = quantity;
    m_unit = unit;
    const bool sameText = pieces.size() == static_cast<qsizetype>(m_items.size())
        && std::equal(pieces.begin(), pieces.end(), m_items.begin(),
                      [](const QString &piece, const Item &item) {
                          return shown(piece) == item.text;
                      });
    values.resize(static_cast<std::size_t>(pieces.size()), std::numeric_limits<float>::quiet_NaN());
    if (!sameText) {
        m_items.clear();
        for (const QString &piece : pieces)
            m_items.push_back({ shown(piece), 0, {} });
        arrange();
    }
    for (std::size_t i = 0; i < m_items.size(); ++i)
        m_items[i].value = values[i];
    m_scale->setValues({ std::span<const float>(values) });
    if (m_token >= count())
        m_token = -1;
    setAccessibleDescription(describe(m_token));
    viewport()->update();
}

void TokenStrip::arrange()
{
    const QFontMetrics metrics(plots::tableFont());
    const int margin = plots::px(12), height = plots::px(kRowHeight), pad = plots::px(3);
    const int right = viewport()->width() - margin;
    int x = margin, y = plots::px(4);
    for (Item &item : m_items) {
        const int width = metrics.horizontalAdvance(item.text) + 2 * pad;
        if (x + width > right && x > margin) {
            x = margin;
            y += height;
        }
        item.rect = QRect(x, y, std::min(width, std::max(1, right - margin)), height - 2);
        x += width + 1;
    }
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(height);
    verticalScrollBar()->setRange(0, std::max(0, wholeHeight() - viewport()->height()));
}

int TokenStrip::wholeHeight() const
{
    return m_items.empty() ? 0 : m_items.back().rect.bottom() + 1 + 2 + plots::px(4);
}

QRect TokenStrip::itemRect(int token) const
{
    if (token < 0 || token >= count())
        return {};
    return m_items[static_cast<std::size_t>(token)].rect.translated(0,
                                                                    -verticalScrollBar()->value());
}

int TokenStrip::at(const QPoint &pos) const
{
    for (int i = 0; i < count(); ++i)
        if (itemRect(i).adjusted(0, 0, 1, 2).contains(pos))
            return i;
    return -1;
}

QString TokenStrip::describe(int token) const
{
    if (token < 0 || token >= count())
        return {};
    const Item &item = m_items[static_cast<std::size_t>(token)];
    QString text = tr("token %1 “%2”").arg(token).arg(item.text);
    if (std::isnan(item.value))
        return QString(text + QStringLiteral(" · ") + tr("no value"));
    text += QStringLiteral(" · ") + m_quantity + QLatin1Char(' ')
        + plots::numberText(static_cast<double>(item.value));
    return m_unit.isEmpty() ? text : QString(text + QLatin1Char(' ') + m_unit);
}

void TokenStrip::setToken(int token)
{
    const int next = token >= 0 && token < count() ? token : -1;
    if (next == m_token)
        return;
    m_token = next;
    setAccessibleDescription(describe(m_token));
    const QRect rect = itemRect(m_token);
    if (rect.isValid() && (rect.top() < 0 || rect.bottom() > viewport()->height()))
        verticalScrollBar()->setValue(verticalScrollBar()->value() + rect.center().y()
                                      - viewport()->height() / 2);
    viewport()->update();
}

void TokenStrip::choose(int token)
{
    if (token < 0 || token >= count())
        return;
    setToken(token);
    Q_EMIT tokenChosen(token);
    Q_EMIT readout(describe(token));
}

void TokenStrip::draw(QPainter &painter, const QRect &clip) const
{
    const plots::Tokens &t = plots::tokensOf(this);
    painter.fillRect(clip, t.base);
    painter.setFont(plots::tableFont());
    for (const Item &item : m_items) {
        if (!item.rect.intersects(clip))
            continue;
        const QColor ground = m_scale->color(item.value, t);
        painter.fillRect(item.rect, ground);
        painter.setPen(plots::textOn(ground));
        painter.drawText(item.rect, static_cast<int>(Qt::AlignCenter) | Qt::TextSingleLine,
                         item.text);
    }
    if (m_token >= 0)
        plots::drawCellFrame(
            painter, m_items[static_cast<std::size_t>(m_token)].rect.adjusted(0, 0, -1, -1), t);
}

void TokenStrip::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    const int scrolled = verticalScrollBar()->value();
    painter.translate(0, -scrolled);
    draw(painter, event->rect().translated(0, scrolled));
    painter.translate(0, scrolled);
    if (hasFocus()) {
        painter.setPen(QPen(plots::tokensOf(this).accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(viewport()->rect().adjusted(1, 1, -1, -1));
    }
}

QImage TokenStrip::picture(double scale) const
{
    const QSize size(viewport()->width(), std::max(1, wholeHeight()));
    QImage image(size * scale, QImage::Format_RGB32);
    image.setDevicePixelRatio(scale);
    QPainter painter(&image);
    draw(painter, QRect(QPoint(0, 0), size));
    return image;
}

plots::PlotTable TokenStrip::table() const
{
    plots::PlotTable out;
    out.columns = { tr("token"), tr("text"),
                    m_unit.isEmpty() ? m_quantity
                                     : QStringLiteral("%1 (%2)").arg(m_quantity, m_unit) };
    out.rows = count();
    out.cell = [items = m_items](int row, int column) -> QVariant {
        const Item &item = items[static_cast<std::size_t>(row)];
        if (column == 0)
            return row;
        if (column == 1)
            return item.text;
        return std::isnan(item.value) ? QVariant() : QVariant(item.value);
    };
    return out;
}

void TokenStrip::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    arrange();
}

void TokenStrip::mouseMoveEvent(QMouseEvent *event)
{
    const int under = at(event->position().toPoint());
    if (under == m_hovered)
        return;
    m_hovered = under;
    Q_EMIT readout(describe(under));
}

void TokenStrip::mousePressEvent(QMouseEvent *event)
{
    setFocus(Qt::MouseFocusReason);
    if (event->button() == Qt::LeftButton)
        choose(at(event->position().toPoint()));
}

void TokenStrip::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copy();
        return;
    }
    int next = std::max(0, m_token);
    const auto line = [&](int direction) {
        // The nearest token one line further.
        const QRect from = itemRect(next);
        for (int i = next; i >= 0 && i < count(); i += direction) {
            const QRect to = itemRect(i);
            const bool further = direction > 0 ? to.top() > from.top() : to.top() < from.top();
            const bool reached =
                direction > 0 ? to.right() >= from.center().x() : to.left() <= from.center().x();
            if (further && reached)
                return i;
        }
        return next;
    };
    switch (event->key()) {
    case Qt::Key_Left: --next; break;
    case Qt::Key_Right: ++next; break;
    case Qt::Key_Up: next = line(-1); break;
    case Qt::Key_Down: next = line(1); break;
    case Qt::Key_Home: next = 0; break;
    case Qt::Key_End: next = count() - 1; break;
    default: QAbstractScrollArea::keyPressEvent(event); return;
    }
    choose(std::clamp(next, 0, std::max(0, count() - 1)));
}

bool TokenStrip::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::Leave && m_hovered >= 0) {
        m_hovered = -1;
        Q_EMIT readout({});
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void TokenStrip::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        arrange();
}

void TokenStrip::copy() const { plots::copyTable(table()); }

} // namespace batlab::views
