// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/panels/panel_frame.h"

#include <string>

class QTableView;

namespace batlab::plots {
class SeriesPlot;
}

namespace batlab::views {

class EvaluationTexts;
class SelectionContext;
class WindowsModel;
class WorkbenchDocument;

/// The selected variant window by window against the baseline: a plot of the differences and a
/// sortable table; a click in either marks the window in both.
class WindowsPanel : public PanelFrame
{
    Q_OBJECT

public:
    WindowsPanel(WorkbenchDocument *document, SelectionContext *selection, EvaluationTexts *texts,
                 QWidget *parent = nullptr);
    void rebuild();
    [[nodiscard]] WindowsModel *model() const { return m_model; }
    [[nodiscard]] plots::SeriesPlot *plot() const { return m_plot; }

Q_SIGNALS:
    void readout(const QString &text);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void showWindow(int window);
    void arrange();

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    EvaluationTexts *m_texts;
    WindowsModel *m_model;
    plots::SeriesPlot *m_plot;
    QTableView *m_view;
    std::string m_task; ///< text whose windows are shown
};

} // namespace batlab::views
