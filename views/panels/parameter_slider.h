// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/spec/parameter.h"

#include <QSlider>

namespace batlab::views {

/// A slider over a number's range: logarithmic where the range spans decades, with 0 at its left
/// end where the schema allows it. What it gives are round numbers.
class ParameterSlider : public QSlider
{
    Q_OBJECT

public:
    explicit ParameterSlider(const Parameter &parameter, QWidget *parent = nullptr);
    /// Whether a slider suits the parameter: a number with both limits that is no power of two.
    [[nodiscard]] static bool suits(const Parameter &parameter);
    [[nodiscard]] bool isLogarithmic() const { return m_low > 0; }
    [[nodiscard]] double numberAt(int position) const;
    [[nodiscard]] int positionOf(double number) const;
    void show(double number); ///< without a signal; a slider that is held stays where it is

Q_SIGNALS:
    void chosen(const batlab::Json &value);

protected:
    /// Only with the focus: a wheel that scrolls the form changes no parameter on its way.
    void wheelEvent(QWheelEvent *event) override;

private:
    void describe(double number);

    bool m_integer;
    double m_number = 0; ///< shown last
    double m_minimum, m_maximum;
    double m_low = 0; ///< where the logarithmic part begins; 0: linear
};

} // namespace batlab::views
