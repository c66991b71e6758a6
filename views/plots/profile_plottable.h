// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/qcp.h"

#include <vector>

namespace batlab::plots {

/// One value per cell as a step line along the key axis (cell i covers [i-0.5, i+0.5]); where
/// several cells share a pixel the largest is drawn. Optionally filled down to the base of the
/// value axis.
class ProfilePlottable : public QCPAbstractPlottable
{
    Q_OBJECT
public:
    ProfilePlottable(QCPAxis *key, QCPAxis *value);
    void setValues(std::vector<float> values);
    [[nodiscard]] const std::vector<float> &values() const { return m_values; }

    double selectTest(const QPointF &, bool, QVariant *) const override { return -1; }
    QCPRange getKeyRange(bool &found, QCP::SignDomain) const override;
    QCPRange getValueRange(bool &found, QCP::SignDomain domain, const QCPRange &) const override;

protected:
    void draw(QCPPainter *painter) override;
    void drawLegendIcon(QCPPainter *, const QRectF &) const override { }

private:
    std::vector<float> m_values;
};

} // namespace batlab::plots
