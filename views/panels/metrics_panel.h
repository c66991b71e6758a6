// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"

#include <QWidget>

class QLabel;
class QTableView;

namespace batlab::views {

class PanelFrame;
class WhatIfMetrics;
class WhatIfModel;

/// Pinned, what if, difference, and a bar to "better", with the time the answer took. Old numbers
/// stay in a quiet colour until new ones come.
class MetricsPanel : public QWidget
{
    Q_OBJECT

public:
    explicit MetricsPanel(WhatIfModel *model, QWidget *parent = nullptr);
    void setSite(Site site);
    [[nodiscard]] WhatIfMetrics *metrics() const { return m_metrics; }
    [[nodiscard]] PanelFrame *frame() const { return m_frame; }
    [[nodiscard]] QString subtitle() const { return m_subtitle; }

private:
    void update();

    WhatIfModel *m_model;
    WhatIfMetrics *m_metrics;
    PanelFrame *m_frame;
    QTableView *m_view;
    QLabel *m_note;
    QString m_subtitle;
    Site m_site = Site::t4;
};

} // namespace batlab::views
