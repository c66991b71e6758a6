// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QWidget>

class QHBoxLayout;
class QToolButton;

namespace batlab::views {

class PlaceFilter;

/// What the filter of places leaves in sight, step by step: pressing a step takes it away. Hidden
/// while nothing is filtered.
class FilterBar : public QWidget
{
    Q_OBJECT

public:
    FilterBar(PlaceFilter *filter, QWidget *parent = nullptr);
    [[nodiscard]] const QList<QToolButton *> &steps() const { return m_steps; }

private:
    void showSteps();

    PlaceFilter *m_filter;
    QHBoxLayout *m_row;
    QList<QToolButton *> m_steps;
};

} // namespace batlab::views
