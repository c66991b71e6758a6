// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/histogram_plot.h"

#include "core/artifact/artifact.h"
#include "views/plots/axis_tickers.h"
#include "views/plots/number_text.h"
#include "views/plots/painted.h"
#include "views/plots/plot_canvas.h"
#include "views/plots/theme.h"

#include <QToolButton>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace batlab::plots {

namespace {

constexpr double kLargest = 6; // of E2M1
constexpr double kEven = 100.0 / 16;

/// Bars run from −6 to 6: code 15, 14, ..., 8 (−0), 0, 1, ..., 7.
int codeOfBar(int bar) { return bar < 8 ? 15 - bar : bar - 8; }

QString codeLabel(int bar)
{
    const int code = codeOfBar(bar);
    const double level = HistogramPlot::kLevels[std::size_t(code & 7)];
    QString text = QString::number(level);
    if (text.startsWith(QLatin1String("0.")))
        text.remove(0, 1);
    return code >= 8 ? QChar(0x2212) + text : text;
}

} // namespace

HistogramData HistogramData::fromStats(const SiteStats &stats, std::int64_t block)
{
    HistogramData h;
    h.limit = double(stats.histogramLimit);
    h.counts.assign(std::size_t(stats.bins), 0);
    const std::int64_t first = block < 0 ? 0 : std::min(block, stats.blocks);
    const std::int64_t last = block < 0 ? stats.blocks : std::min(block + 1, stats.blocks);
    for (std::int64_t b = first; b < last; ++b) {
        for (std::int64_t i = 0; i < stats.bins; ++i)
            if (const auto at = std::size_t(b * stats.bins + i); at < stats.histogram.size())
                h.counts[std::size_t(i)] += stats.histogram[at];
        for (std::size_t c = 0; c < 16; ++c)
            if (const auto at = std::size_t(b) * 16 + c; at < stats.codeUse.size())
                h.codes[c] += stats.codeUse[at];
    }
    return h;
}

double HistogramData::total() const { return std::accumulate(counts.begin(), counts.end(), 0.0); }

std::pair<double, double> HistogramData::clipShares() const
{
    const double all = total();
    if (all <= 0)
        return { 0, 0 };
    double low = 0, high = 0;
    const double width = 2 * limit / double(counts.size());
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const double centre = -limit + (double(i) + 0.5) * width;
        if (centre < -kLargest)
            low += counts[i];
        else if (centre > kLargest)
            high += counts[i];
    }
    return { low / all, high / all };
}

HistogramPlot::HistogramPlot(const QString &title, QWidget *parent) : PlotWidget(title, parent)
{
    QCPLayoutGrid *grid = canvas()->plotLayout();
    grid->setAutoMargins(QCP::msNone);
    grid->setMargins(QMargins(px(10), px(2), px(12), px(6)));
    grid->setRowSpacing(px(4));
    m_density = new QCPAxisRect(canvas());
    m_codes = new QCPAxisRect(canvas());
    grid->addElement(0, 0, m_density);
    grid->addElement(1, 0, m_codes);
    grid->setRowStretchFactor(0, 2.4);
    auto *sides = new QCPMarginGroup(canvas());
    m_density->setMarginGroup(QCP::msLeft | QCP::msRight, sides);
    m_codes->setMarginGroup(QCP::msLeft | QCP::msRight, sides);

    QCPAxis *x = m_density->axis(QCPAxis::atBottom), *y = m_density->axis(QCPAxis::atLeft);
    std::vector<double> all, whole { 0, -6, 6, -4, 4, -2, 2, -1, 1, -3, 3 };
    for (const double level : kLevels)
        for (const double v : { level, -level })
            if (v == std::round(v))
                all.push_back(v);
    x->setTicker(QSharedPointer<ValuesTicker>::create(x, all, whole));
    y->setTicker(QSharedPointer<RoundTicker>::create(y, 4));
    y->setLabel(tr("Density"));
    QCPAxis *code = m_codes->axis(QCPAxis::atBottom), *share = m_codes->axis(QCPAxis::atLeft);
    std::vector<double> bars(16);
    std::iota(bars.begin(), bars.end(), 0);
    code->setTicker(QSharedPointer<ValuesTicker>::create(
        code, bars, std::vector<double> { 0, 15, 8, 3, 12, 5, 10 },
        [](double bar) { return codeLabel(int(bar)); }));
    code->setRange(-0.5, 15.5);
    share->setTicks(false);
    share->setTickLabels(false);
    share->setLabel(tr("Codes %"));
    styleAxisRect(m_density, false, true);
    styleAxisRect(m_codes, false, false);

    const QString mainLayer = QStringLiteral("main");
    new PaintedLayerable(
        canvas(), mainLayer, [this] { return m_density->rect(); },
        [this](QCPPainter &p) { drawDensity(p); });
    new PaintedLayerable(canvas(), mainLayer, nullptr, [this](QCPPainter &p) { drawCodes(p); });
    new PaintedLayerable(canvas(), QStringLiteral("axes"), nullptr,
                         [this](QCPPainter &p) { drawClipLabels(p); });
    m_kernelTool = addTool(QStringLiteral("curve"), tr("Kernel density curve"));
    m_kernelTool->setCheckable(true);
    connect(m_kernelTool, &QToolButton::toggled, this, [this] {
        updateKernel();
        dataChanged();
        replotLater();
    });
    clear();
}

void HistogramPlot::setKernelShown(bool shown) { m_kernelTool->setChecked(shown); }

bool HistogramPlot::isKernelShown() const { return m_kernelTool->isChecked(); }

void HistogramPlot::updateKernel()
{
    m_kernel = isKernelShown() ? kernelDensity(m_values.counts, m_values.limit) : KernelDensity();
}

void HistogramPlot::drawKernel(QCPPainter &p)
{
    if (m_kernel.isEmpty())
        return;
    QCPAxis *x = m_density->axis(QCPAxis::atBottom), *y = m_density->axis(QCPAxis::atLeft);
    QPolygonF line;
    for (std::size_t i = 0; i < m_kernel.x.size(); ++i)
        line << QPointF(x->coordToPixel(m_kernel.x[i]), y->coordToPixel(m_kernel.density[i]));
    p.setAntialiasing(true);
    p.setBrush(Qt::NoBrush);
    p.setPen(QPen(tokens().text, 1.8));
    p.drawPolyline(line);
}

void HistogramPlot::clear() { setData({}); }

double HistogramPlot::density(std::size_t bin) const
{
    const double all = m_values.total();
    return all > 0
        ? m_values.counts[bin] / all / (2 * m_values.limit / double(m_values.counts.size()))
        : 0;
}

void HistogramPlot::setData(const HistogramData &values)
{
    const double oldLimit = m_values.limit;
    const bool first = views().empty();
    m_values = values;
    updateKernel();
    QCPAxis *x = m_density->axis(QCPAxis::atBottom), *y = m_density->axis(QCPAxis::atLeft);
    double most = 0;
    for (std::size_t i = 0; i < m_values.counts.size(); ++i)
        most = std::max(most, density(i));
    y->setRange(0, most > 0 ? most * 1.08 : 1);
    if (first || oldLimit != values.limit) {
        clearViews();
        addView({ m_density, x, nullptr, -values.limit, values.limit, 0, 1, true, 0.5 });
        x->setRange(-values.limit, values.limit);
    }
    const double codes = std::accumulate(m_values.codes.begin(), m_values.codes.end(), 0.0);
    double largest = 2 * kEven;
    for (const double c : m_values.codes)
        largest = std::max(largest, codes > 0 ? 100 * c / codes : 0);
    m_codes->axis(QCPAxis::atLeft)->setRange(0, largest * 1.3);
    dataChanged();
    replotLater();
}

void HistogramPlot::drawDensity(QCPPainter &p)
{
    if (m_values.counts.empty() || m_values.total() <= 0)
        return;
    const Tokens &t = tokens();
    QCPAxis *x = m_density->axis(QCPAxis::atBottom), *y = m_density->axis(QCPAxis::atLeft);
    const QRectF r = m_density->rect();
    const double left = x->coordToPixel(-kLargest), right = x->coordToPixel(kLargest);
    if (left > r.left())
        p.fillRect(QRectF(r.left(), r.top(), left - r.left(), r.height()), t.warnBg);
    if (right < r.right())
        p.fillRect(QRectF(right, r.top(), r.right() + 1 - right, r.height()), t.warnBg);

    const double ground = y->coordToPixel(0);
    const double width = 2 * m_values.limit / double(m_values.counts.size());
    QPolygonF outline;
    for (std::size_t i = 0; i < m_values.counts.size(); ++i) {
        const double top = y->coordToPixel(density(i));
        const double a = -m_values.limit + double(i) * width;
        outline << QPointF(x->coordToPixel(a), top) << QPointF(x->coordToPixel(a + width), top);
    }
    QPolygonF area = outline;
    area.prepend(QPointF(outline.front().x(), ground));
    area.append(QPointF(outline.back().x(), ground));
    QColor fill = t.hist;
    fill.setAlphaF(0.45F);
    p.setPen(Qt::NoPen);
    p.setBrush(fill);
    p.drawPolygon(area);

    QColor line = t.accent;
    line.setAlphaF(0.6F);
    p.setBrush(Qt::NoBrush);
    p.setPen(QPen(line, 1));
    for (const double level : kLevels) {
        for (const double v : { level, -level }) {
            const double at = std::round(x->coordToPixel(v));
            p.drawLine(QPointF(at, r.top()), QPointF(at, r.bottom()));
            if (level == 0)
                break;
        }
    }
    p.setPen(QPen(t.histLine, 1.2));
    p.drawPolyline(outline);
    drawKernel(p);
    // Decision boundaries: halfway between neighbours of the grid.
    p.setPen(QPen(t.tick, 1));
    for (std::size_t i = 0; i + 1 < kLevels.size(); ++i) {
        const double middle = (kLevels[i] + kLevels[i + 1]) / 2;
        for (const double v : { middle, -middle }) {
            const double at = std::round(x->coordToPixel(v));
            p.drawLine(QPointF(at, ground), QPointF(at, ground - px(6)));
        }
    }
}

void HistogramPlot::drawClipLabels(QCPPainter &p)
{
    m_density->setMinimumMargins(QMargins(0, px(18), px(6), 0));
    if (m_values.total() <= 0)
        return;
    const Tokens &t = tokens();
    const auto [low, high] = m_values.clipShares();
    const QRect r = m_density->rect();
    const QFontMetrics metrics(captionFont());
    p.setFont(captionFont());
    p.setPen(t.warn);
    const QRect line(r.left(), r.top() - metrics.height() - 2, r.width(), metrics.height());
    p.drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
               tr("clip %1 %").arg(fixedText(100 * low, 1)));
    p.drawText(line, Qt::AlignRight | Qt::AlignVCenter,
               tr("clip %1 %").arg(fixedText(100 * high, 1)));
    if (m_kernel.isEmpty())
        return;
    p.setPen(t.tick);
    p.drawText(line, Qt::AlignCenter,
               tr("Gaussian kernel, h = %1").arg(numberText(bandwidth(), 2)));
}

void HistogramPlot::drawCodes(QCPPainter &p)
{
    const double all = std::accumulate(m_values.codes.begin(), m_values.codes.end(), 0.0);
    if (all <= 0)
        return;
    const Tokens &t = tokens();
    QCPAxis *x = m_codes->axis(QCPAxis::atBottom), *y = m_codes->axis(QCPAxis::atLeft);
    const QRectF r = m_codes->rect();
    const double ground = y->coordToPixel(0);
    const double bar = r.width() / 16;
    QColor fill = t.accent;
    fill.setAlphaF(0.8F);
    const QFontMetrics metrics(captionFont());
    p.setFont(captionFont());
    p.setPen(QPen(t.tick, 1, Qt::DashLine));
    const double even = std::round(y->coordToPixel(kEven));
    for (int i = 0; i < 16; ++i) {
        const double share = 100 * m_values.codes[std::size_t(codeOfBar(i))] / all;
        p.fillRect(QRectF(x->coordToPixel(i) - bar * 0.42, y->coordToPixel(share), bar * 0.84,
                          ground - y->coordToPixel(share)),
                   fill);
    }
    p.drawLine(QPointF(r.left(), even), QPointF(r.right(), even));
    for (int i = 0; i < 16; ++i) {
        const double share = 100 * m_values.codes[std::size_t(codeOfBar(i))] / all;
        const QString text = fixedText(share, share >= 9.95 ? 0 : 1);
        if (metrics.horizontalAdvance(text) > bar - px(3))
            continue; // no room: the bar and the readout say it
        QRectF box(0, 0, metrics.horizontalAdvance(text) + 2, metrics.height());
        box.moveCenter({ x->coordToPixel(i), y->coordToPixel(share) - metrics.height() / 2.0 });
        if (box.top() < even && box.bottom() > even)
            p.fillRect(box, t.base); // the dashed line passes behind the figure
        p.setPen(t.tick);
        p.drawText(box, Qt::AlignCenter, text);
    }
}

QString HistogramPlot::hover(const QPointF *pos)
{
    if (!pos || m_values.total() <= 0)
        return {};
    if (m_density->rect().contains(pos->toPoint())) {
        const double v = m_density->axis(QCPAxis::atBottom)->pixelToCoord(pos->x());
        const double at =
            (v + m_values.limit) / (2 * m_values.limit) * double(m_values.counts.size());
        if (at < 0 || at >= double(m_values.counts.size()))
            return {};
        const auto bin = std::size_t(at);
        return tr("value ÷ scale %1 · density %2 · %3 of %4 values")
            .arg(numberText(v), numberText(density(bin)),
                 countText(qlonglong(m_values.counts[bin])),
                 countText(qlonglong(m_values.total())));
    }
    if (m_codes->rect().contains(pos->toPoint())) {
        const int bar = std::clamp(
            int(std::lround(m_codes->axis(QCPAxis::atBottom)->pixelToCoord(pos->x()))), 0, 15);
        const double all = std::accumulate(m_values.codes.begin(), m_values.codes.end(), 0.0);
        const double count = m_values.codes[std::size_t(codeOfBar(bar))];
        return tr("code %1 = %2 · %3 % of %4 values")
            .arg(QString::number(codeOfBar(bar), 16).toUpper(), codeLabel(bar),
                 fixedText(all > 0 ? 100 * count / all : 0, 2), countText(qlonglong(all)));
    }
    return {};
}

PlotTable HistogramPlot::table() const
{
    PlotTable out;
    if (m_values.counts.empty())
        return out;
    // Bins first, then the 16 codes, told apart by the first column.
    out.columns = { QStringLiteral("kind"), QStringLiteral("from"), QStringLiteral("to"),
                    QStringLiteral("count"), QStringLiteral("density_or_percent") };
    const int bins = int(m_values.counts.size());
    out.rows = bins + 16;
    const double width = 2 * m_values.limit / bins;
    const double codes = std::accumulate(m_values.codes.begin(), m_values.codes.end(), 0.0);
    out.cell = [values = m_values, bins, width, codes,
                all = m_values.total()](int row, int column) -> QVariant {
        if (row < bins) {
            const double from = -values.limit + row * width;
            const double count = values.counts[std::size_t(row)];
            return column == 0 ? QVariant(QStringLiteral("bin"))
                : column == 1  ? QVariant(from)
                : column == 2  ? QVariant(from + width)
                : column == 3  ? QVariant(count)
                               : QVariant(all > 0 ? count / all / width : 0.0);
        }
        const int code = row - bins;
        const double level = kLevels[std::size_t(code & 7)] * (code >= 8 ? -1 : 1);
        const double count = values.codes[std::size_t(code)];
        return column == 0 ? QVariant(QStringLiteral("code"))
            : column <= 2  ? QVariant(level)
            : column == 3  ? QVariant(count)
                           : QVariant(codes > 0 ? 100 * count / codes : 0.0);
    };
    return out;
}

QString HistogramPlot::summary() const
{
    if (m_values.total() <= 0)
        return tr("%1: no data").arg(title());
    const auto [low, high] = m_values.clipShares();
    QString text =
        tr("Histogram of %1 values over the E2M1 grid, %2 % clipped below −6, %3 % above 6")
            .arg(countText(qlonglong(m_values.total())), fixedText(100 * low, 1),
                 fixedText(100 * high, 1));
    if (!m_kernel.isEmpty())
        text +=
            tr(", with a Gaussian kernel density of bandwidth %1").arg(numberText(bandwidth(), 2));
    return text;
}

} // namespace batlab::plots
