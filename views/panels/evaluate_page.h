// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/recovery.h"

#include <QTimer>
#include <QWidget>

class QTableView;

namespace batlab::plots {
class SeriesPlot;
}

namespace batlab::views {

class ElidedLabel;
class PanelFrame;
class RecoveryModel;
class SelectionContext;
class WorkbenchDocument;

/// Is it good enough: the recovery table, and the selected variant window by window below.
class EvaluatePage : public QWidget
{
    Q_OBJECT

public:
    EvaluatePage(WorkbenchDocument *document, SelectionContext *selection,
                 QWidget *parent = nullptr);
    void copyAs(TableFormat format) const; ///< exactly what is shown, with contract and footnotes
    [[nodiscard]] RecoveryModel *model() const { return m_model; }

Q_SIGNALS:
    void readout(const QString &text);
    void runRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    [[nodiscard]] QWidget *buildTable();
    void rebuild();
    void follow();
    void drillDown();
    void foldColumns();

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    RecoveryModel *m_model;
    PanelFrame *m_frame;
    QTableView *m_view;
    ElidedLabel *m_foot;
    plots::SeriesPlot *m_windows, *m_divergence;
    QTimer m_rebuild;
};

} // namespace batlab::views
