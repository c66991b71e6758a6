// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QWidget>

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace batlab::views {

class PlaceFilter;

/// What the filter of places leaves in sight, step by step: pressing a step takes it away. The
/// newest steps that fit are shown, older ones counted. Hidden while nothing is filtered.
class FilterBar : public QWidget
{
    Q_OBJECT

public:
    FilterBar(PlaceFilter *filter, QWidget *parent = nullptr);
    [[nodiscard]] const QList<QToolButton *> &steps() const { return m_steps; } ///< oldest first

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    static constexpr int kBeforeSteps = 2; ///< widgets of the row
    void showSteps();
    void arrange();

    PlaceFilter *m_filter;
    QHBoxLayout *m_row;
    QLabel *m_older;
    QList<QToolButton *> m_steps;
};

} // namespace batlab::views
