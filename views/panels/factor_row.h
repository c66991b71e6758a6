// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QToolButton;

namespace batlab::views {

class SegmentBar;
class WhatIfModel;

/// The two factors of a block transform as one choice: g1 x g2 of a given product, and the product
/// itself. Both parameters change in one step, so that no impossible pair comes between.
class FactorRow : public QWidget
{
    Q_OBJECT

public:
    explicit FactorRow(WhatIfModel *model, QWidget *parent = nullptr);
    void sync();
    [[nodiscard]] SegmentBar *factors() const { return m_factors; }
    [[nodiscard]] SegmentBar *blocks() const { return m_blocks; }

private:
    [[nodiscard]] int value(const char *path) const;
    void set(int g1, int g2);
    void buildFactors(int block);

    WhatIfModel *m_model;
    QLabel *m_dot;
    QToolButton *m_reset;
    QWidget *m_box;
    SegmentBar *m_factors = nullptr;
    SegmentBar *m_blocks;
    int m_block = 0;
};

} // namespace batlab::views
