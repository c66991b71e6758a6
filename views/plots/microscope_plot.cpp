// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/microscope_plot.h"

#include "views/plots/axis_tickers.h"
#include "views/plots/histogram_plot.h"
#include "views/plots/number_text.h"
#include "views/plots/painted.h"
#include "views/plots/plot_canvas.h"
#include "views/plots/theme.h"

#include <algorithm>
#include <cmath>

namespace batlab::plots {

namespace {

constexpr double kLargest = 6; // of E2M1

constexpr int kTitleHeight = 22, kErrorHeight = 28, kCodeHeight = 16;

void fixHeight(QCPLayoutElement *element, int height)
{
    element->setSizeConstraintRect(QCPLayoutElement::scrOuterRect);
    element->setMinimumSize(0, height);
    element->setMaximumSize(QWIDGETSIZE_MAX, height);
}

/// The column of channel `index` in a rect, whole pixels wide where they fit.
QRectF column(QCPAxisRect *rect, std::size_t index)
{
    QCPAxis *x = rect->axis(QCPAxis::atBottom);
    const double left = x->coordToPixel(double(index) - 0.5);
    const double right = x->coordToPixel(double(index) + 0.5);
    return { left, double(rect->top()), right - left, double(rect->height()) };
}

} // namespace

QString powerText(int scaleByte)
{
    static const QString digits = QStringLiteral("⁰¹²³⁴⁵⁶⁷⁸⁹");
    const int power = scaleByte - 127;
    QString text = QStringLiteral("2");
    if (power < 0)
        text += QChar(0x207B);
    for (const QChar c : QString::number(std::abs(power)))
        text += digits.at(c.digitValue());
    return text;
}

MicroscopePlot::MicroscopePlot(const QString &title, QWidget *parent) : PlotWidget(title, parent)
{
    QCPLayoutGrid *grid = canvas()->plotLayout();
    grid->setAutoMargins(QCP::msNone);
    grid->setMargins(QMargins(px(10), 0, px(10), px(4)));
    grid->setRowSpacing(px(2));
    auto *sides = new QCPMarginGroup(canvas());
    int row = 0;
    for (Section &section : m_sections) {
        build(section, row, sides);
        row += 4;
    }
    m_legend =
        new PaintedElement(canvas(), [this](QCPPainter &p, const QRect &r) { drawLegend(p, r); });
    m_legend->setMinimumSize(0, px(16));
    m_legend->setMaximumSize(QWIDGETSIZE_MAX, px(16));
    grid->addElement(row, 0, m_legend);
    setBlocks(0, {}, {});
}

void MicroscopePlot::build(Section &section, int row, QCPMarginGroup *sides)
{
    QCPLayoutGrid *grid = canvas()->plotLayout();
    section.title = new PaintedElement(
        canvas(), [this, &section](QCPPainter &p, const QRect &r) { drawTitle(p, r, section); });
    section.bars = new QCPAxisRect(canvas());
    section.errors = new QCPAxisRect(canvas());
    section.codes = new PaintedElement(
        canvas(), [this, &section](QCPPainter &p, const QRect &r) { drawCodes(p, r, section); });
    grid->addElement(row, 0, section.title);
    grid->addElement(row + 1, 0, section.bars);
    grid->addElement(row + 2, 0, section.errors);
    grid->addElement(row + 3, 0, section.codes);
    for (QCPAxisRect *rect : { section.bars, section.errors }) {
        rect->setMarginGroup(QCP::msLeft | QCP::msRight, sides);
        styleAxisRect(rect, false, false);
        QCPAxis *x = rect->axis(QCPAxis::atBottom);
        x->setRange(-0.5, 31.5);
        x->setTicks(false);
        x->setTickLabels(false);
        x->setBasePen(Qt::NoPen);
    }
    QCPAxis *y = section.bars->axis(QCPAxis::atLeft);
    y->setTicker(QSharedPointer<RoundTicker>::create(y, 3));
    section.errors->axis(QCPAxis::atLeft)->setTicks(false);
    section.errors->axis(QCPAxis::atLeft)->setTickLabels(false);
    const QString mainLayer = QStringLiteral("main");
    new PaintedLayerable(
        canvas(), mainLayer, [&section] { return section.bars->rect(); },
        [this, &section](QCPPainter &p) { drawBars(p, section); });
    new PaintedLayerable(canvas(), mainLayer, nullptr,
                         [this, &section](QCPPainter &p) { drawErrors(p, section); });
}

void MicroscopePlot::themeChanged(const Tokens &)
{
    for (const Section &section : m_sections) // room for "code" and the largest error
        for (QCPAxisRect *rect : { section.bars, section.errors })
            if (rect)
                rect->setMinimumMargins(QMargins(px(44), 0, 0, 0));
}

void MicroscopePlot::setBlocks(int firstChannel, MicroscopeBlock before, MicroscopeBlock after)
{
    m_first = firstChannel;
    m_sections[0].data = std::move(before);
    m_sections[1].data = std::move(after);
    for (Section &section : m_sections) {
        const bool shown = !section.data.isEmpty();
        for (QCPLayoutElement *element : { static_cast<QCPLayoutElement *>(section.title),
                                           static_cast<QCPLayoutElement *>(section.bars),
                                           static_cast<QCPLayoutElement *>(section.errors),
                                           static_cast<QCPLayoutElement *>(section.codes) })
            element->setVisible(shown);
        for (QCPAxisRect *rect : { section.bars, section.errors })
            for (QCPAxis *axis : rect->axes())
                axis->setVisible(shown
                                 && (axis->axisType() == QCPAxis::atLeft
                                     || axis->axisType() == QCPAxis::atBottom));
        // A section without numbers gives its room to the other.
        fixHeight(section.title, shown ? px(kTitleHeight) : 0);
        fixHeight(section.errors, shown ? px(kErrorHeight) : 0);
        fixHeight(section.codes, shown ? px(kCodeHeight) : 0);
        section.bars->setSizeConstraintRect(QCPLayoutElement::scrOuterRect);
        section.bars->setMaximumSize(QWIDGETSIZE_MAX, shown ? QWIDGETSIZE_MAX : 0);
        section.bars->setMinimumSize(0, shown ? px(24) : 0);
        setLimits(section);
    }
    setChannel(m_channel);
    dataChanged();
    replotLater();
}

void MicroscopePlot::setLimits(Section &section)
{
    double most = 0;
    for (const auto *values : { &section.data.values, &section.data.dequantized })
        for (const float v : *values)
            if (std::isfinite(v))
                most = std::max(most, std::abs(double(v)));
    const double limit = most > 0 ? most * 1.12 : 1;
    section.bars->axis(QCPAxis::atLeft)->setRange(-limit, limit);
    const double error = section.data.largestError();
    section.errors->axis(QCPAxis::atLeft)->setRange(error > 0 ? -error : -1, error > 0 ? error : 1);
}

void MicroscopePlot::setChannel(int channel)
{
    const int count = int(m_sections[0].data.values.size());
    m_channel = channel >= m_first && channel < m_first + count ? channel : -1;
    replotLater();
}

QSize MicroscopePlot::minimumSizeHint() const { return { px(220), px(190) }; }

void MicroscopePlot::drawTitle(QCPPainter &p, const QRect &r, const Section &section)
{
    if (section.data.isEmpty())
        return;
    const Tokens &t = tokens();
    QFont bold = captionFont();
    bold.setWeight(QFont::DemiBold);
    const QFontMetrics heavy(bold), metrics(captionFont());
    // From the right: SQNR, then the scale, then the note where there is room; the name elides.
    int right = r.right();
    const auto put = [&](const QString &text, const QColor &color, int keep) {
        const int width = metrics.horizontalAdvance(text);
        if (text.isEmpty() || right - width < r.left() + keep)
            return;
        p.setFont(captionFont());
        p.setPen(color);
        p.drawText(QRect(right - width - 1, r.top(), width + 2, r.height()),
                   Qt::AlignRight | Qt::AlignVCenter, text);
        right -= width + px(8);
    };
    const int name = std::min(heavy.horizontalAdvance(section.data.name), r.width() / 3);
    put(section.data.sqnrText, section.data.good ? t.good : t.bad, 0);
    put(section.data.scaleText, t.tick, 0);
    put(section.data.note, t.tick, name + px(14));
    p.setFont(bold);
    p.setPen(t.text);
    const int room = std::max(0, right - r.left());
    p.drawText(QRect(r.left(), r.top(), room, r.height()), Qt::AlignLeft | Qt::AlignVCenter,
               heavy.elidedText(section.data.name, Qt::ElideRight, room));
}

void MicroscopePlot::drawBars(QCPPainter &p, const Section &section)
{
    const MicroscopeBlock &b = section.data;
    if (b.isEmpty())
        return;
    const Tokens &t = tokens();
    QCPAxis *y = section.bars->axis(QCPAxis::atLeft);
    const QRectF r = section.bars->rect();
    p.setAntialiasing(false);
    if (m_channel >= 0)
        p.fillRect(column(section.bars, std::size_t(m_channel - m_first)), t.sel);
    // The values a code can stand for at this scale.
    for (const double level : HistogramPlot::kLevels) {
        for (const double v : { level * b.scale, -level * b.scale }) {
            if (!y->range().contains(v))
                continue;
            const double at = std::round(y->coordToPixel(v));
            p.setPen(QPen(level == 0 ? t.axis : level == kLargest ? t.histLine : t.grid, 1));
            p.drawLine(QPointF(r.left(), at), QPointF(r.right(), at));
        }
    }
    const double ground = y->coordToPixel(0);
    for (std::size_t i = 0; i < b.values.size(); ++i) {
        const QRectF cell = column(section.bars, i);
        const double inset = std::max(1.0, cell.width() * 0.2);
        const double top = y->coordToPixel(double(b.values[i]));
        p.fillRect(QRectF(QPointF(cell.left() + inset, std::min(ground, top)),
                          QPointF(cell.right() - inset, std::max(ground, top))),
                   t.histLine);
    }
    p.setPen(QPen(t.accent, 2));
    for (std::size_t i = 0; i < b.dequantized.size(); ++i) {
        const QRectF cell = column(section.bars, i);
        const double at = y->coordToPixel(double(b.dequantized[i]));
        p.drawLine(QPointF(cell.left() + 0.5, at), QPointF(cell.right() - 0.5, at));
    }
}

void MicroscopePlot::drawErrors(QCPPainter &p, const Section &section)
{
    const MicroscopeBlock &b = section.data;
    if (b.isEmpty())
        return;
    const Tokens &t = tokens();
    QCPAxis *y = section.errors->axis(QCPAxis::atLeft);
    const QRectF r = section.errors->rect();
    p.setAntialiasing(false);
    const double ground = std::round(y->coordToPixel(0));
    p.setPen(QPen(t.grid, 1));
    p.drawLine(QPointF(r.left(), ground), QPointF(r.right(), ground));
    for (std::size_t i = 0; i < b.values.size(); ++i) {
        const QRectF cell = column(section.errors, i);
        const double inset = std::max(1.0, cell.width() * 0.2);
        const double at = y->coordToPixel(double(b.dequantized[i]) - double(b.values[i]));
        p.fillRect(QRectF(QPointF(cell.left() + inset, std::min(ground, at)),
                          QPointF(cell.right() - inset, std::max(ground, at))),
                   t.bad);
    }
    p.setFont(captionFont());
    p.setPen(t.tick);
    p.drawText(QRectF(section.errors->outerRect().left() - px(8), r.top(),
                      r.left() - section.errors->outerRect().left() + px(4), r.height()),
               Qt::AlignRight | Qt::AlignVCenter,
               QStringLiteral("±") + numberText(b.largestError(), 2));
}

void MicroscopePlot::drawCodes(QCPPainter &p, const QRect &r, const Section &section)
{
    const MicroscopeBlock &b = section.data;
    if (b.isEmpty())
        return;
    const Tokens &t = tokens();
    p.setFont(captionFont());
    p.setPen(t.tick);
    const int left = section.bars->rect().left();
    p.drawText(QRect(r.left() - px(8), r.top(), left - r.left() + px(4), r.height()),
               Qt::AlignRight | Qt::AlignVCenter, tr("code"));
    p.setFont(monoFont());
    // Where columns are narrower than a digit, every other code has room.
    const int digit = QFontMetrics(monoFont()).tightBoundingRect(QStringLiteral("D")).width();
    const std::size_t step = column(section.bars, 0).width() < digit ? 2 : 1;
    for (std::size_t i = 0; i < b.codes.size(); i += step) {
        const QRectF cell = column(section.bars, i);
        const bool atEnd = (b.codes[i] & 7) == 7;
        p.setPen(atEnd ? t.warn : (b.codes[i] & 7) == 0 ? t.text3 : t.text);
        p.drawText(QRectF(cell.center().x() - px(8), r.top(), px(16), r.height()), Qt::AlignCenter,
                   QString::number(b.codes[i] & 15, 16).toUpper());
    }
}

void MicroscopePlot::drawLegend(QCPPainter &p, const QRect &r)
{
    if (m_sections[0].data.isEmpty())
        return;
    const Tokens &t = tokens();
    const QFontMetrics metrics(captionFont());
    p.setFont(captionFont());
    int x = r.left();
    const auto entry = [&](const QColor &color, bool line, const QString &text) {
        const int middle = r.center().y();
        if (line) {
            p.fillRect(QRect(x, middle - 1, px(12), 2), color);
        } else {
            p.fillRect(QRect(x + px(2), middle - px(4), px(7), px(8)), color);
        }
        x += px(15);
        p.setPen(t.tick);
        p.drawText(QRect(x, r.top(), metrics.horizontalAdvance(text) + 2, r.height()),
                   Qt::AlignLeft | Qt::AlignVCenter, text);
        x += metrics.horizontalAdvance(text) + px(8);
    };
    entry(t.histLine, false, tr("value"));
    entry(t.accent, true, tr("dequantized"));
    entry(t.bad, false, tr("error"));
    const QString walk = tr("←→ ↑↓ walk");
    if (x + metrics.horizontalAdvance(walk) < r.right()) {
        p.setPen(t.text3);
        p.drawText(r, Qt::AlignRight | Qt::AlignVCenter, walk);
    }
}

bool MicroscopePlot::clicked(const QPointF &pos, Qt::KeyboardModifiers)
{
    int index = 0;
    if (!sectionAt(pos, index))
        return false;
    setChannel(m_first + index);
    Q_EMIT channelSelected(m_channel);
    return true;
}

bool MicroscopePlot::key(int key, Qt::KeyboardModifiers modifiers)
{
    const int step = modifiers & Qt::ShiftModifier ? 10 : 1;
    switch (key) {
    case Qt::Key_Left: Q_EMIT stepRequested(-step, 0); return true;
    case Qt::Key_Right: Q_EMIT stepRequested(step, 0); return true;
    case Qt::Key_Up: Q_EMIT stepRequested(0, -step); return true;
    case Qt::Key_Down: Q_EMIT stepRequested(0, step); return true;
    default: return false;
    }
}

} // namespace batlab::plots
