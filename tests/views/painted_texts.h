// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/plot_widget.h"
#include "views/plots/qcp.h"

#include <QFontMetricsF>
#include <QPaintDevice>
#include <QPaintEngine>
#include <QRegularExpression>

#include <cmath>
#include <vector>

namespace batlab::test {

/// A text as it was painted, and the rectangle of its ink in pixels of the plot.
struct PaintedText
{
    QString text;
    QRectF ink;
};

/// A device that writes down the texts painted on it and draws nothing.
class TextRecorder : public QPaintDevice
{
public:
    explicit TextRecorder(const QWidget &like) : m_like(like) { }
    [[nodiscard]] QPaintEngine *paintEngine() const override { return &m_engine; }
    [[nodiscard]] const std::vector<PaintedText> &texts() const { return m_engine.texts; }

protected:
    int metric(PaintDeviceMetric metric) const override
    {
        switch (metric) {
        case PdmWidth: return m_like.width();
        case PdmHeight: return m_like.height();
        case PdmWidthMM: return m_like.widthMM();
        case PdmHeightMM: return m_like.heightMM();
        case PdmDpiX: return m_like.logicalDpiX();
        case PdmDpiY: return m_like.logicalDpiY();
        case PdmPhysicalDpiX: return m_like.physicalDpiX();
        case PdmPhysicalDpiY: return m_like.physicalDpiY();
        case PdmDevicePixelRatio: return 1;
        case PdmDevicePixelRatioScaled: return int(devicePixelRatioFScale());
        case PdmNumColors: return 1 << 24;
        case PdmDepth: return 32;
        default: return QPaintDevice::metric(metric);
        }
    }

private:
    class Engine : public QPaintEngine
    {
    public:
        Engine() : QPaintEngine(AllFeatures) { }
        bool begin(QPaintDevice *) override { return true; }
        bool end() override { return true; }
        Type type() const override { return User; }
        void updateState(const QPaintEngineState &) override { }
        void drawPath(const QPainterPath &) override { }
        void drawPolygon(const QPointF *, int, PolygonDrawMode) override { }
        void drawPixmap(const QRectF &, const QPixmap &, const QRectF &) override { }
        void drawTiledPixmap(const QRectF &, const QPixmap &, const QPointF &) override { }
        void drawImage(const QRectF &, const QImage &, const QRectF &,
                       Qt::ImageConversionFlags) override
        { }
        void drawTextItem(const QPointF &at, const QTextItem &item) override
        {
            const QTransform toDevice = painter()->combinedTransform();
            QRectF ink = toDevice.mapRect(
                QFontMetricsF(item.font()).tightBoundingRect(item.text()).translated(at));
            if (painter()->hasClipping())
                ink &= toDevice.mapRect(painter()->clipBoundingRect());
            if (!ink.isEmpty())
                texts.push_back({ item.text(), ink });
        }
        std::vector<PaintedText> texts;
    };

    const QWidget &m_like;
    mutable Engine m_engine;
};

/// Every text of a plot's picture: labels of axes and what the plot paints itself.
inline std::vector<PaintedText> paintedTexts(const plots::PlotWidget &plot)
{
    TextRecorder recorder(*plot.plot());
    QCPPainter painter(&recorder);
    plot.plot()->toPainter(&painter, plot.plot()->width(), plot.plot()->height());
    painter.end();
    return recorder.texts();
}

inline bool isNumber(const QString &text)
{
    static const QRegularExpression number(
        QStringLiteral("^[−+]?[0-9\\x{2009}]*\\.?[0-9]+(e−?[0-9]+)?$"));
    return number.match(text).hasMatch();
}

/// Pairs of texts, at least one of them a number as ticks have it, whose ink meets by more than a
/// pixel in both directions.
inline QStringList overlappingNumbers(const std::vector<PaintedText> &texts)
{
    QStringList out;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        for (std::size_t j = i + 1; j < texts.size(); ++j) {
            const QRectF both = texts[i].ink & texts[j].ink;
            if (both.width() <= 1 || both.height() <= 1
                || (!isNumber(texts[i].text) && !isNumber(texts[j].text)))
                continue;
            out.append(QStringLiteral("\"%1\" and \"%2\" at %3, %4")
                           .arg(texts[i].text, texts[j].text)
                           .arg(std::lround(both.left()))
                           .arg(std::lround(both.top())));
        }
    }
    return out;
}

} // namespace batlab::test
