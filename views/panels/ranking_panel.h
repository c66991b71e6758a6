// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/bimodality_model.h"
#include "views/models/latest_task.h"
#include "views/panels/panel_frame.h"

class QTableView;

namespace batlab::views {

class SelectionContext;
class TableFollower;
class WorkbenchDocument;

/// The blocks of the selected variant ranked by bimodality: coefficient, valley or dip, whichever
/// column sorts. A row selects its block.
class RankingPanel : public PanelFrame
{
    Q_OBJECT

public:
    RankingPanel(WorkbenchDocument *document, SelectionContext *selection,
                 QWidget *parent = nullptr);
    [[nodiscard]] BimodalityModel *model() const { return m_model; }
    [[nodiscard]] QTableView *view() const { return m_view; }
    void goToWorst(); ///< the most bimodal block of the shown variant
    void flush(); ///< ranks now, on this thread

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void rebuild();
    void take(std::vector<BimodalityRow> rows);
    void showSelection();
    void showTexts();
    void arrange(); ///< columns by the room there is

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    BimodalityModel *m_model;
    QTableView *m_view;
    TableFollower *m_follower = nullptr;
    LatestTask<std::shared_ptr<std::vector<BimodalityRow>>> m_task;
};

} // namespace batlab::views
