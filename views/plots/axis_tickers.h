// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/qcp.h"

#include <functional>
#include <vector>

namespace batlab::plots {

/// Round numbers (1-2-5), as many as the labels leave room for; log when the axis is logarithmic.
class RoundTicker : public QCPAxisTicker
{
public:
    explicit RoundTicker(QCPAxis *axis, int mostTicks = 100);
    /// Labels that would reach into a neighbouring multiple are left out, their ticks stay.
    void setInside(bool inside) { m_inside = inside; }
    void generate(const QCPRange &range, const QLocale &locale, QChar formatChar, int precision,
                  QVector<double> &ticks, QVector<double> *subTicks,
                  QVector<QString> *tickLabels) override;

private:
    QCPAxis *m_axis;
    int m_most;
    bool m_inside = false;
};

/// Indices 0..count-1 at cell centres: even steps plus the last one, never closer than labels need.
class CellTicker : public QCPAxisTicker
{
public:
    using Label = std::function<QString(int)>;
    explicit CellTicker(QCPAxis *axis);
    void setCells(int count, Label label); ///< null label: the index
    /// Labels that would reach into a neighbouring multiple are left out, their ticks stay.
    void setInside(bool inside) { m_inside = inside; }
    void generate(const QCPRange &range, const QLocale &locale, QChar formatChar, int precision,
                  QVector<double> &ticks, QVector<double> *subTicks,
                  QVector<QString> *tickLabels) override;

private:
    [[nodiscard]] QString text(int index) const;
    QCPAxis *m_axis;
    int m_count = 0;
    bool m_inside = false;
    Label m_label;
};

/// Given values, those in `first` before the others; labels that would touch one already there are
/// left out.
class ValuesTicker : public QCPAxisTicker
{
public:
    using Label = std::function<QString(double)>;
    ValuesTicker(QCPAxis *axis, std::vector<double> values, std::vector<double> first,
                 Label label = {}); ///< null label: the number
    void generate(const QCPRange &range, const QLocale &locale, QChar formatChar, int precision,
                  QVector<double> &ticks, QVector<double> *subTicks,
                  QVector<QString> *tickLabels) override;

private:
    QCPAxis *m_axis;
    std::vector<double> m_values, m_first;
    Label m_label;
};

} // namespace batlab::plots
