// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "views/models/latest_task.h"
#include "views/models/sweep_intervals.h"
#include "views/models/what_if_metrics.h"

#include <QTimer>
#include <QWidget>

#include <vector>

class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace batlab {
struct Sweep;
}

namespace batlab::plots {
class MatrixPlot;
struct MatrixData;
} // namespace batlab::plots

namespace batlab::views {

class WhatIfModel;
class WhatIfSweep;
class WorkbenchDocument;

/// A matrix of what-ifs over two or three parameters of the schema, and the sweeps the session
/// keeps. A click on a cell loads it into the form.
class SweepPanel : public QWidget
{
    Q_OBJECT

public:
    SweepPanel(WorkbenchDocument *document, WhatIfModel *model, QWidget *parent = nullptr);
    [[nodiscard]] WhatIfSweep *sweep() const { return m_sweep; }
    [[nodiscard]] plots::MatrixPlot *matrix() const { return m_matrix; }
    [[nodiscard]] QPushButton *startButton() const { return m_start; }
    [[nodiscard]] QComboBox *metricBox() const { return m_metric; }
    void setSite(Site site); ///< whose metrics are offered
    void setAxis(int axis, const QString &path, const QString &values); ///< rows, columns, groups
    /// Path and values of every axis, the metric and the sweep shown, for the view a session keeps.
    [[nodiscard]] Json viewState() const;
    void restoreViewState(const Json &state);
    void startOrPause();

Q_SIGNALS:
    void readout(const QString &text);

private:
    struct Axis
    {
        QComboBox *path = nullptr;
        QLineEdit *values = nullptr;
    };
    void buildControls(QWidget *box);
    void fillPaths();
    void fillSources();
    void update();
    void showSweep();
    void showStored(const Sweep &sweep);
    void askIntervals(const Sweep &sweep); ///< on a worker; update() when they have come
    void activate(int cell);
    [[nodiscard]] QString axisText(const Axis &axis) const;
    [[nodiscard]] const Sweep *stored() const; ///< the chosen session sweep; null: the live one
    void fillMetrics();
    [[nodiscard]] WhatIfMetrics::Kind metric() const; ///< the chosen one, at the site

    WorkbenchDocument *m_document;
    WhatIfModel *m_model;
    WhatIfSweep *m_sweep;
    plots::MatrixPlot *m_matrix;
    std::vector<Axis> m_axes;
    QWidget *m_valueRow = nullptr;
    QComboBox *m_source = nullptr, *m_metric = nullptr;
    Site m_site = Site::t1;
    QPushButton *m_start = nullptr, *m_cancel = nullptr, *m_retry = nullptr, *m_best = nullptr;
    QProgressBar *m_progress = nullptr;
    QLabel *m_state = nullptr;
    QTimer m_update; ///< cells come in bursts
    SweepIntervals m_intervals; ///< of the stored sweep that m_intervalKey names
    QString m_intervalKey;
    LatestTask<SweepIntervals> m_intervalTask;
};

} // namespace batlab::views
