// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"
#include "views/models/ask.h"

#include <QPointer>
#include <QTimer>
#include <QWidget>

#include <functional>
#include <utility>
#include <vector>

class QSplitter;
class QStackedWidget;
class QTabWidget;

namespace batlab::plots {
class BlockDeltaPlot;
}

namespace batlab::views {

class CostPanel;
class FallbackPanel;
class MetricsPanel;
class PanelFrame;
class SelectionContext;
class SpecDifferenceDialog;
class SweepPanel;
class WhatIfForm;
class WhatIfHistoryPanel;
class WhatIfModel;
class WorkbenchDocument;

/// What if: the selected variant with other parameters, re-scored on the selected layer. Left the
/// form, in the middle what it does, right what it costs and how one came there.
class AblatePage : public QWidget
{
    Q_OBJECT

public:
    AblatePage(WorkbenchDocument *document, SelectionContext *selection, PresetLibrary presets,
               QWidget *parent = nullptr);
    ~AblatePage() override;

    void setAsk(Ask ask);
    /// Where runs of the session keep their parts, for bases that no run made.
    void setWorkspace(std::function<QString()> workspace);
    void flush(); ///< takes over base and layer at once
    void queueAsRun(); ///< shows the difference, then queueRequested()
    /// What is varied and how on every variant, fallbacks that are not applied, and the axes of the
    /// sweep.
    [[nodiscard]] Json viewState() const;
    void restoreViewState(const Json &state);
    [[nodiscard]] QString command() const; ///< the batlab-cli line of the what-if
    void copyCommand();

    [[nodiscard]] WhatIfModel *model() const { return m_model; }
    [[nodiscard]] WhatIfForm *form() const { return m_form; }
    [[nodiscard]] MetricsPanel *metrics() const { return m_metrics; }
    [[nodiscard]] plots::BlockDeltaPlot *blocks() const { return m_blocks; }
    [[nodiscard]] SweepPanel *sweep() const { return m_sweep; }
    [[nodiscard]] FallbackPanel *fallback() const { return m_fallback; }
    [[nodiscard]] CostPanel *cost() const { return m_cost; }
    [[nodiscard]] WhatIfHistoryPanel *history() const { return m_history; }
    [[nodiscard]] SpecDifferenceDialog *differenceDialog() const;
    [[nodiscard]] QTabWidget *lowerTabs() const { return m_lower; }
    [[nodiscard]] QString emptyText() const; ///< why there is nothing to vary; empty: there is

Q_SIGNALS:
    void readout(const QString &text);
    void runRequested(); ///< nothing to start from: the user wants a first run
    void queueRequested(const batlab::Json &spec, const QString &title);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void rebase();
    void later(); ///< rebase when there is time, or when the page is shown
    void showSite();
    void showBlocks();
    void arrange(bool narrow);
    void checkRun(const Json &spec); ///< preflight, into the dialog that asks about it

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    Ask m_ask;
    std::function<QString()> m_workspace;
    WhatIfModel *m_model;
    QStackedWidget *m_stack;
    PanelFrame *m_empty;
    QSplitter *m_columns;
    WhatIfForm *m_form;
    MetricsPanel *m_metrics;
    plots::BlockDeltaPlot *m_blocks;
    QTabWidget *m_lower;
    SweepPanel *m_sweep;
    FallbackPanel *m_fallback;
    QSplitter *m_right;
    QTabWidget *m_rightTabs;
    CostPanel *m_cost;
    WhatIfHistoryPanel *m_history;
    QPointer<SpecDifferenceDialog> m_dialog;
    std::vector<std::pair<QString, QString>> m_presetTitles; ///< they do not change
    QString m_preset; ///< chosen to start from; empty: the selected variant
    QTimer m_timer;
    bool m_stale = true, m_narrow = false;
};

} // namespace batlab::views
