// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/recovery.h"

#include <QTimer>
#include <QWidget>

#include <functional>

namespace batlab::plots {
class DivergencePlot;
class SeriesPlot;
} // namespace batlab::plots

namespace batlab::views {

class EvaluationModel;
class EvaluationTexts;
class PanelTabs;
class RecoveryPanel;
class SamplesPanel;
class SelectionContext;
class WindowsPanel;
class WorkbenchDocument;

/// Is it good enough: the recovery table; below it divergence from the full-precision model, first
/// wrong layer, and the selected variant window by window or sample by sample.
class EvaluatePage : public QWidget
{
    Q_OBJECT

public:
    EvaluatePage(WorkbenchDocument *document, SelectionContext *selection,
                 QWidget *parent = nullptr);
    void copyAs(TableFormat format); ///< exactly what is shown, with contract and footnotes
    void saveTable(); ///< the same, into a file
    void flush(); ///< everything but the table's statistics, which come from a worker
    [[nodiscard]] bool isSettled() const; ///< the table's statistics are those of the document
    [[nodiscard]] EvaluationModel *model() const;
    [[nodiscard]] RecoveryPanel *recovery() const { return m_recovery; }
    [[nodiscard]] plots::DivergencePlot *divergence() const { return m_divergence; }
    [[nodiscard]] plots::SeriesPlot *wrongLayer() const { return m_wrong; }
    [[nodiscard]] WindowsPanel *windows() const { return m_windows; }
    [[nodiscard]] SamplesPanel *samples() const { return m_samples; }
    [[nodiscard]] EvaluationTexts *texts() const { return m_texts; }
    void setCurrentPanel(QWidget *panel); ///< windows or samples

Q_SIGNALS:
    void readout(const QString &text);
    void runRequested();
    void importRequested();
    void saveFailed(const QString &message);

protected:
    void showEvent(QShowEvent *event) override;

private:
    void whenSettled(std::function<void()> act); ///< on a table with its statistics
    void invalidate();
    void rebuild();
    void follow();
    void rebuildErrors();
    void rebuildDivergence();

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    EvaluationTexts *m_texts;
    RecoveryPanel *m_recovery;
    plots::DivergencePlot *m_divergence;
    plots::SeriesPlot *m_wrong;
    WindowsPanel *m_windows;
    SamplesPanel *m_samples;
    PanelTabs *m_drill;
    QTimer m_rebuild;
    bool m_stale = true, m_errorsStale = true; ///< everything; first wrong layer alone
};

} // namespace batlab::views
