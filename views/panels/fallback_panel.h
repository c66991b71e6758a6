// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QTableView;

namespace batlab::plots {
class SeriesPlot;
}

namespace batlab::views {

class FallbackModel;
class PanelFrame;
class WhatIfModel;
class WorkbenchDocument;

/// Which layers and sites keep more bits: a table to set by hand, a greedy suggestion for a budget,
/// and what each more bit buys. Apply writes it into the what-if.
class FallbackPanel : public QWidget
{
    Q_OBJECT

public:
    FallbackPanel(WorkbenchDocument *document, WhatIfModel *model, QWidget *parent = nullptr);
    void rebuild(); ///< from the session's scores and the what-if's present precision
    void suggest(); ///< for the budget that is set
    void apply(); ///< writes it into the what-if
    [[nodiscard]] FallbackModel *fallback() const { return m_fallback; }
    [[nodiscard]] plots::SeriesPlot *pareto() const { return m_pareto; }
    [[nodiscard]] QDoubleSpinBox *budget() const { return m_budget; }
    [[nodiscard]] QPushButton *suggestButton() const { return m_suggest; }
    [[nodiscard]] QPushButton *applyButton() const { return m_apply; }
    [[nodiscard]] QString state() const;

Q_SIGNALS:
    void readout(const QString &text);

protected:
    void showEvent(QShowEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    QWidget *buildControls();
    void update();

    WorkbenchDocument *m_document;
    WhatIfModel *m_model;
    FallbackModel *m_fallback;
    PanelFrame *m_frame;
    QTableView *m_view;
    plots::SeriesPlot *m_pareto;
    QDoubleSpinBox *m_budget = nullptr;
    QPushButton *m_suggest = nullptr, *m_reset = nullptr, *m_apply = nullptr;
    QLabel *m_state = nullptr;
    bool m_stale = true;
};

} // namespace batlab::views
