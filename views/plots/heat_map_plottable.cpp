// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/heat_map_plottable.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace batlab::plots {

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// The level-0 cells [first, last] under each device pixel of one direction; first > last: none.
struct Span
{
    std::int64_t first, last;
};

/// Pixel i covers [edge(i), edge(i+1)] in cell units (cell k covers [k, k+1]).
template<typename Edge>
std::vector<Span> spans(int pixels, std::int64_t cells, Edge edge)
{
    std::vector<Span> result(std::size_t(pixels), Span { 0, -1 });
    for (int i = 0; i < pixels; ++i) {
        double a = edge(i), b = edge(i + 1);
        if (a > b)
            std::swap(a, b);
        std::int64_t first = 0, last = -1;
        if (b - a >= 1) {
            // Minified: every cell the pixel touches, even by a sliver.
            first = std::int64_t(std::floor(a + 1e-9));
            last = std::int64_t(std::ceil(b - 1e-9)) - 1;
        } else {
            // Magnified: the cell under the pixel's centre, so edges are sharp. A cell narrower
            // than one pixel and a half can miss all centres only if b - a >= 1, which is the
            // branch above.
            first = last = std::int64_t(std::floor((a + b) / 2));
        }
        first = std::max<std::int64_t>(first, 0);
        last = std::min(last, cells - 1);
        result[std::size_t(i)] = { first, last };
    }
    return result;
}

struct Pool
{
    Pooling how;
    float value = kNan;
    double sum = 0;
    int count = 0;

    void add(float max, float min, float mean)
    {
        if (std::isnan(max))
            return;
        switch (how) {
        case Pooling::max: value = std::isnan(value) ? max : std::max(value, max); break;
        case Pooling::extreme: {
            const float v = std::abs(min) > std::abs(max) ? min : max;
            if (std::isnan(value) || std::abs(v) > std::abs(value))
                value = v;
            break;
        }
        case Pooling::min: value = std::isnan(value) ? min : std::min(value, min); break;
        case Pooling::mean:
            sum += mean;
            ++count;
            value = float(sum / count);
            break;
        }
    }
};

/// The largest (or smallest) of each column of rows r0..r1, NaN counting as missing: neutral where
/// all are. Plain comparisons, so that the compiler makes vectors of them.
template<bool largest>
void poolRows(const float *cells, std::int64_t stride, std::int64_t r0, std::int64_t r1,
              std::int64_t columns, float *line)
{
    constexpr float inf = std::numeric_limits<float>::infinity();
    std::fill(line, line + columns, largest ? -inf : inf);
    for (std::int64_t r = r0; r <= r1; ++r) {
        const float *row = cells + r * stride;
        for (std::int64_t c = 0; c < columns; ++c) {
            const bool better = largest ? row[c] > line[c] : row[c] < line[c];
            line[c] = better ? row[c] : line[c];
        }
    }
}

/// The same along one row: columns [first, last] of `line`; NaN if all are missing.
template<bool largest>
float poolColumns(const float *line, std::int64_t first, std::int64_t last)
{
    float out = line[first];
    for (std::int64_t c = first + 1; c <= last; ++c)
        out = (largest ? line[c] > out : line[c] < out) ? line[c] : out;
    return std::isinf(out) ? kNan : out;
}

} // namespace

HeatMapPlottable::HeatMapPlottable(QCPAxis *columns, QCPAxis *rows)
    : QCPAbstractPlottable(columns, rows)
    , m_scale(std::make_shared<ColorScale>())
    , m_tokens(&tokens(ThemeKind::light))
{
    setSelectable(QCP::stNone);
}

void HeatMapPlottable::setData(std::shared_ptr<const LodPyramid> data)
{
    m_data =
        data && !data->levels.empty() && data->levels.front().rows > 0 ? std::move(data) : nullptr;
}

void HeatMapPlottable::setScale(std::shared_ptr<const ColorScale> scale)
{
    m_scale = std::move(scale);
}

void HeatMapPlottable::setPooling(Pooling pooling) { m_pooling = pooling; }

void HeatMapPlottable::setPendingRows(std::vector<bool> pending) { m_pending = std::move(pending); }

void HeatMapPlottable::setTheme(const Tokens &tokens) { m_tokens = &tokens; }

std::int64_t HeatMapPlottable::rows() const { return m_data ? m_data->levels.front().rows : 0; }

std::int64_t HeatMapPlottable::columns() const { return m_data ? m_data->levels.front().cols : 0; }

float HeatMapPlottable::value(std::int64_t row, std::int64_t column) const
{
    if (row < 0 || column < 0 || row >= rows() || column >= columns())
        return kNan;
    return m_data->levels.front().max[std::size_t(row * columns() + column)];
}

QRectF HeatMapPlottable::cellRect(double row, double column) const
{
    const QPointF a = coordsToPixels(column - 0.5, row - 0.5);
    const QPointF b = coordsToPixels(column + 0.5, row + 0.5);
    return QRectF(a, b).normalized();
}

QCPRange HeatMapPlottable::getKeyRange(bool &found, QCP::SignDomain) const
{
    found = m_data != nullptr;
    return { -0.5, double(columns()) - 0.5 };
}

QCPRange HeatMapPlottable::getValueRange(bool &found, QCP::SignDomain, const QCPRange &) const
{
    found = m_data != nullptr;
    return { -0.5, double(rows()) - 0.5 };
}

HeatMapPlottable::Sampling HeatMapPlottable::sample(const QRectF &target, double scale) const
{
    Sampling s;
    s.width = std::max(0, int(std::lround(target.width() * scale)));
    s.height = std::max(0, int(std::lround(target.height() * scale)));
    s.values.assign(std::size_t(s.width) * std::size_t(s.height), kNan);
    if (!m_data || s.width == 0 || s.height == 0)
        return s;
    const auto spanX = spans(s.width, columns(), [&](int i) {
        return keyAxis()->pixelToCoord(target.left() + target.width() * i / s.width) + 0.5;
    });
    const auto spanY = spans(s.height, rows(), [&](int i) {
        return valueAxis()->pixelToCoord(target.top() + target.height() * i / s.height) + 0.5;
    });
    s.columnOf.resize(spanX.size());
    s.rowOf.resize(spanY.size());
    for (std::size_t i = 0; i < spanX.size(); ++i)
        s.columnOf[i] = spanX[i].first <= spanX[i].last ? std::int32_t(spanX[i].first) : -1;
    for (std::size_t i = 0; i < spanY.size(); ++i)
        s.rowOf[i] = spanY[i].first <= spanY[i].last ? std::int32_t(spanY[i].first) : -1;

    // The coarsest level whose cells are no larger than a pixel in either direction.
    const double perX =
        std::abs(keyAxis()->range().size()) / (keyAxis()->axisRect()->width() * scale);
    const double perY =
        std::abs(valueAxis()->range().size()) / (valueAxis()->axisRect()->height() * scale);
    const double per = std::min(perX, perY);
    if (per >= 2)
        s.level = std::min(int(m_data->levels.size()) - 1, int(std::floor(std::log2(per))));
    const LodPyramid::Level &level = m_data->levels[std::size_t(s.level)];
    const bool base = s.level == 0;
    const float *maxima = level.max.data();
    const float *minima = base || level.min.empty() ? maxima : level.min.data();
    const float *means = base || level.mean.empty() ? maxima : level.mean.data();

    // Rows of the level first become rows of pixels (columns pooled); each is needed by one pixel
    // row or, when magnified, by many in a run, so the last ones are kept.
    std::vector<float> out(std::size_t(s.width));
    // The two common ways pool rows first, over the columns that are seen.
    const bool direct = m_pooling == Pooling::max || m_pooling == Pooling::min;
    std::int64_t seenFirst = level.cols, seenLast = -1;
    for (const Span &span : spanX) {
        if (span.first > span.last)
            continue;
        seenFirst = std::min(seenFirst, span.first >> s.level);
        seenLast = std::max(seenLast, span.last >> s.level);
    }
    std::vector<float> pooled(std::size_t(std::max<std::int64_t>(0, seenLast - seenFirst + 1)));
    std::int64_t lastFirst = -1, lastLast = -1;
    for (int y = 0; y < s.height; ++y) {
        const Span rowSpan = spanY[std::size_t(y)];
        if (rowSpan.first > rowSpan.last)
            continue;
        const std::int64_t r0 = rowSpan.first >> s.level, r1 = rowSpan.last >> s.level;
        float *line = s.values.data() + std::size_t(y) * std::size_t(s.width);
        if (r0 == lastFirst && r1 == lastLast) {
            std::copy(out.begin(), out.end(), line);
            continue;
        }
        if (direct && !pooled.empty()) {
            const auto columnsSeen = std::int64_t(pooled.size());
            if (m_pooling == Pooling::max)
                poolRows<true>(maxima + seenFirst, level.cols, r0, r1, columnsSeen, pooled.data());
            else
                poolRows<false>(minima + seenFirst, level.cols, r0, r1, columnsSeen, pooled.data());
        }
        for (int x = 0; x < s.width; ++x) {
            const Span columnSpan = spanX[std::size_t(x)];
            if (direct) {
                const std::int64_t c0 = (columnSpan.first >> s.level) - seenFirst;
                const std::int64_t c1 = (columnSpan.last >> s.level) - seenFirst;
                out[std::size_t(x)] = columnSpan.first > columnSpan.last ? kNan
                    : m_pooling == Pooling::max ? poolColumns<true>(pooled.data(), c0, c1)
                                                : poolColumns<false>(pooled.data(), c0, c1);
                continue;
            }
            Pool pool { m_pooling };
            if (columnSpan.first <= columnSpan.last) {
                const std::int64_t c0 = columnSpan.first >> s.level,
                                   c1 = columnSpan.last >> s.level;
                for (std::int64_t r = r0; r <= r1; ++r) {
                    const std::size_t at = std::size_t(r * level.cols);
                    for (std::int64_t c = c0; c <= c1; ++c)
                        pool.add(maxima[at + std::size_t(c)], minima[at + std::size_t(c)],
                                 means[at + std::size_t(c)]);
                }
            }
            out[std::size_t(x)] = pool.value;
        }
        std::copy(out.begin(), out.end(), line);
        lastFirst = r0;
        lastLast = r1;
    }
    return s;
}

QImage HeatMapPlottable::image(const QRectF &target, double scale) const
{
    const Sampling s = sample(target, scale);
    QImage image(s.width, s.height, QImage::Format_RGB32);
    const ColorTable &table = colorTable(m_scale->map(), m_tokens->kind);
    const QRgb blank = m_tokens->alt.rgb();
    const QRgb over = m_tokens->bad.rgb();
    const QRgb hatch = m_tokens->hist.rgb();
    const QRgb outside = m_tokens->base.rgb();
    const int period = std::max(4, int(std::lround(6 * scale)));
    const int line = std::max(1, int(std::lround(scale)));
    for (int y = 0; y < s.height; ++y) {
        auto *pixels = reinterpret_cast<QRgb *>(image.scanLine(y));
        const float *values = s.values.data() + std::size_t(y) * std::size_t(s.width);
        const int row = s.rowOf.empty() ? -1 : s.rowOf[std::size_t(y)];
        const bool pending = row >= 0 && isPending(row);
        for (int x = 0; x < s.width; ++x) {
            if (row < 0 || s.columnOf[std::size_t(x)] < 0) {
                pixels[x] = outside;
                continue;
            }
            const int index = pending ? ColorScale::kMissing : m_scale->index(values[x]);
            if (index >= 0) {
                pixels[x] = table[std::size_t(index)];
            } else if (index == ColorScale::kMissing) {
                // Missing leans right, pending leans left.
                const int diagonal = pending ? x - y + s.height : x + y;
                pixels[x] = diagonal % period < line ? hatch : blank;
            } else {
                pixels[x] = index == ColorScale::kOver ? over : blank;
            }
        }
    }
    return image;
}

void HeatMapPlottable::draw(QCPPainter *painter)
{
    if (!m_data || !m_scale)
        return;
    const QRectF target = clipRect();
    if (target.isEmpty())
        return;
    // Device pixels per logical one: screen ratio and export scale; drawings get a raster of twice
    // the size.
    double scale = painter->device()->devicePixelRatioF() * painter->transform().m11();
    if (painter->modes().testFlag(QCPPainter::pmVectorized))
        scale = 2;
    const bool antialiased = painter->antialiasing();
    painter->setAntialiasing(false);
    painter->setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter->drawImage(target, image(target, scale));
    painter->setAntialiasing(antialiased);
}

} // namespace batlab::plots
