// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/qcp.h"

#include <functional>

namespace batlab::plots {

/// Something painted on a layer by a function, clipped to a rectangle it names.
class PaintedLayerable : public QCPLayerable
{
    Q_OBJECT
public:
    using Paint = std::function<void(QCPPainter &)>;
    PaintedLayerable(QCustomPlot *plot, const QString &layer, std::function<QRect()> clip,
                     Paint paint)
        : QCPLayerable(plot, layer), m_clip(std::move(clip)), m_paint(std::move(paint))
    { }

protected:
    QRect clipRect() const override { return m_clip ? m_clip() : QCPLayerable::clipRect(); }
    void applyDefaultAntialiasingHint(QCPPainter *painter) const override
    {
        painter->setAntialiasing(true);
    }
    void draw(QCPPainter *painter) override { m_paint(*painter); }

private:
    std::function<QRect()> m_clip;
    Paint m_paint;
};

/// A layout cell painted by a function (legends, titles of multiples).
class PaintedElement : public QCPLayoutElement
{
    Q_OBJECT
public:
    using Paint = std::function<void(QCPPainter &, const QRect &)>;
    PaintedElement(QCustomPlot *plot, Paint paint)
        : QCPLayoutElement(plot), m_paint(std::move(paint))
    {
        setLayer(QStringLiteral("axes"));
        setAutoMargins(QCP::msNone);
        setMargins({});
        setMinimumMargins({});
    }

protected:
    void applyDefaultAntialiasingHint(QCPPainter *painter) const override
    {
        painter->setAntialiasing(true);
    }
    void draw(QCPPainter *painter) override
    {
        if (m_paint)
            m_paint(*painter, rect());
    }

private:
    Paint m_paint;
};

} // namespace batlab::plots
