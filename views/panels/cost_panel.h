// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"

#include <QTimer>
#include <QWidget>

#include <string>

class QLabel;
class QTableView;

namespace batlab::views {

class ElidedLabel;
class CostModel;
class PanelFrame;
class WhatIfModel;

/// What the what-if costs at run time, against alternatives. Asked again after each change; no
/// weights are read for it.
class CostPanel : public QWidget
{
    Q_OBJECT

public:
    explicit CostPanel(WhatIfModel *model, QWidget *parent = nullptr);
    void setSite(Site site);
    void setActive(bool active); ///< a hidden page asks nothing
    [[nodiscard]] CostModel *costs() const { return m_costs; }
    [[nodiscard]] PanelFrame *frame() const { return m_frame; }
    [[nodiscard]] QString lines() const; ///< the lines under the table, for tests

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void schedule();
    void ask();
    void showLines();
    /// No run multiplies in native FP4: says what stands in for it, and where.
    void showSpeed();

    WhatIfModel *m_model;
    CostModel *m_costs;
    PanelFrame *m_frame;
    QTableView *m_view;
    ElidedLabel *m_site, *m_size, *m_bits;
    QLabel *m_speed;
    QTimer m_rest;
    std::string m_asked; ///< the question whose answer is shown or on its way
    Site m_shownSite = Site::t4;
    bool m_active = false;
};

} // namespace batlab::views
