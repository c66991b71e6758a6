// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"

#include <QTimer>
#include <QWidget>

class QSplitter;
class QTableView;
class QToolButton;

namespace batlab::plots {
class HeatmapPlot;
class HistogramPlot;
} // namespace batlab::plots

namespace batlab::views {

class BimodalityModel;
class PanelFrame;
class SegmentBar;
class SelectionContext;
class WorkbenchDocument;

/// Which blocks carry the outliers: heat map layer x block of one site, blocks ranked by
/// bimodality, and the values of the selected block over its scale with the E2M1 grid and the use
/// of the codes.
class InspectPage : public QWidget
{
    Q_OBJECT

public:
    InspectPage(WorkbenchDocument *document, SelectionContext *selection,
                QWidget *parent = nullptr);
    void goToWorst(); ///< the most bimodal block of the shown variant
    [[nodiscard]] QString selectionText() const; ///< "layer 20 · T4 down-in · block 17 · E 41.2 …"
    [[nodiscard]] plots::HeatmapPlot *map() const { return m_map; }
    [[nodiscard]] plots::HistogramPlot *histogram() const { return m_histogram; }
    [[nodiscard]] BimodalityModel *ranking() const { return m_ranking; }
    [[nodiscard]] QTableView *rankingView() const { return m_table; }
    /// Brings everything up to date at once (tests, pictures); otherwise updates are coalesced.
    void flush();

Q_SIGNALS:
    void readout(const QString &text);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    [[nodiscard]] QWidget *buildRanking();
    void rebuildMap();
    void rebuildRanking();
    void showSelection();
    void showHistogram();
    [[nodiscard]] std::string variant() const;

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    plots::HeatmapPlot *m_map;
    plots::HistogramPlot *m_histogram;
    BimodalityModel *m_ranking;
    PanelFrame *m_rankingFrame;
    QTableView *m_table;
    SegmentBar *m_sites;
    QSplitter *m_rows;
    QTimer m_mapTimer, m_rankingTimer;
    bool m_following = false;
};

} // namespace batlab::views
