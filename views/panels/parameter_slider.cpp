// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/parameter_slider.h"

#include "views/models/parameter_form_model.h"

#include <QSignalBlocker>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace batlab::views {

namespace {

constexpr int kPositions = 240;
constexpr double kDecades = 100; ///< a range of this ratio is shown by its logarithm

/// Two figures: what a hand can choose.
double rounded(double value)
{
    if (value == 0)
        return 0;
    const double unit = std::pow(10, std::floor(std::log10(std::abs(value))) - 1);
    // By a division where the unit is a fraction, so that 0.07 is 0.07.
    return unit < 1 ? std::round(value / unit) / std::round(1 / unit)
                    : std::round(value / unit) * unit;
}

} // namespace

bool ParameterSlider::suits(const Parameter &p)
{
    const bool number = p.type == ParameterType::real || p.type == ParameterType::integer;
    // Factors of blocks are powers of two.
    return number && p.minimum && p.maximum
        && *p.maximum - *p.minimum > (p.type == ParameterType::real ? 0 : 3)
        && !p.path.ends_with(".g1") && !p.path.ends_with(".g2");
}

ParameterSlider::ParameterSlider(const Parameter &p, QWidget *parent)
    : QSlider(Qt::Horizontal, parent)
    , m_integer(p.type == ParameterType::integer)
    , m_minimum(*p.minimum)
    , m_maximum(*p.maximum)
{
    if (m_minimum > 0 && m_maximum / m_minimum >= kDecades) {
        m_low = m_minimum;
    } else if (m_minimum == 0 && m_maximum >= kDecades) {
        const double usual = p.defaultValue.is_number() ? p.defaultValue.get<double>() : 0;
        m_low = m_integer || usual <= 0 ? 1 : std::min(1.0, usual / kDecades);
    }
    const bool each = m_integer && !isLogarithmic() && m_maximum - m_minimum <= kPositions;
    setRange(0, each ? static_cast<int>(m_maximum - m_minimum) : kPositions);
    setSingleStep(1);
    setPageStep(std::max(1, maximum() / 10));
    setFocusPolicy(Qt::StrongFocus);
    connect(this, &QSlider::valueChanged, this, [this](int position) {
        double number = numberAt(position);
        // Where several positions stand for one whole number, a key still moves on.
        if (m_integer && number == m_number && !isSliderDown())
            number =
                std::clamp(number + (position > positionOf(number) ? 1 : -1), m_minimum, m_maximum);
        describe(number);
        Q_EMIT chosen(m_integer ? Json(std::llround(number)) : Json(number));
    });
}

void ParameterSlider::wheelEvent(QWheelEvent *event)
{
    if (hasFocus())
        QSlider::wheelEvent(event);
    else
        event->ignore();
}

void ParameterSlider::describe(double number)
{
    m_number = number;
    setAccessibleDescription(
        ParameterFormModel::displayText(m_integer ? Json(std::llround(number)) : Json(number)));
}

double ParameterSlider::numberAt(int position) const
{
    if (position <= 0)
        return m_minimum;
    if (position >= maximum())
        return m_maximum;
    const double share = double(position) / maximum();
    double out = m_minimum + share * (m_maximum - m_minimum);
    if (isLogarithmic()) {
        // With a zero at the left, the first step is the low end.
        const double at = m_minimum > 0 ? share : double(position - 1) / (maximum() - 1);
        out = m_low * std::pow(m_maximum / m_low, at);
    }
    if (m_integer)
        out = std::round(isLogarithmic() ? rounded(out) : out);
    else if (isLogarithmic())
        out = rounded(out);
    else { // as many decimals as the positions can tell apart
        const double per =
            std::pow(10, std::ceil(std::log10(kPositions / (m_maximum - m_minimum)) - 0.3));
        out = per >= 1 ? std::round(out * per) / per : rounded(out);
    }
    return std::clamp(out, m_minimum, m_maximum);
}

int ParameterSlider::positionOf(double number) const
{
    if (number <= m_minimum)
        return 0;
    if (number >= m_maximum)
        return maximum();
    double position = (number - m_minimum) / (m_maximum - m_minimum) * maximum();
    if (isLogarithmic()) {
        const double at = std::log(std::max(number, m_low) / m_low) / std::log(m_maximum / m_low);
        position = m_minimum > 0 ? at * maximum() : 1 + at * (maximum() - 1);
    }
    return static_cast<int>(std::lround(position));
}

void ParameterSlider::show(double number)
{
    if (isSliderDown())
        return;
    const QSignalBlocker quiet(this);
    setValue(positionOf(number));
    describe(number);
}

} // namespace batlab::views
