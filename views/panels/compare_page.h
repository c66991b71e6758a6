// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

#include <string>
#include <vector>

namespace batlab::plots {
class HeatmapPlot;
class HistogramPlot;
class SeriesPlot;
class SmallMultiplesHeatmap;
} // namespace batlab::plots

namespace batlab::views {

class ElidedLabel;
class PanelFrame;
class SelectionContext;
class WorkbenchDocument;

/// Which transform helps, and where: the variants' energy maps side by side with identical limits,
/// the selected block's values under each, output SQNR by layer, and a sample's energy token by
/// token.
class ComparePage : public QWidget
{
    Q_OBJECT

public:
    ComparePage(WorkbenchDocument *document, SelectionContext *selection,
                QWidget *parent = nullptr);
    void flush(); ///< brings everything up to date at once
    [[nodiscard]] plots::SmallMultiplesHeatmap *multiples() const { return m_maps; }
    [[nodiscard]] std::vector<plots::HistogramPlot *> histograms() const;
    [[nodiscard]] plots::SeriesPlot *sqnr() const { return m_sqnr; }
    [[nodiscard]] plots::HeatmapPlot *tokenMap() const { return m_tokens; }

Q_SIGNALS:
    void readout(const QString &text);
    void inspectRequested();

protected:
    void showEvent(QShowEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    struct Multiple
    {
        std::string variant;
        QWidget *box = nullptr;
        ElidedLabel *caption = nullptr;
        plots::HistogramPlot *histogram = nullptr;
    };
    /// With statistics at the site, in order.
    [[nodiscard]] std::vector<std::string> shownVariants() const;
    /// The same as flush(), a piece in each turn of the event loop: six maps and histograms at once
    /// would hold it up.
    void refresh();
    void step();
    void syncHistograms();
    void rebuildMaps();
    void rebuildSqnr();
    void rebuildTokens();
    void showHistograms();
    void showSelection();

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    plots::SmallMultiplesHeatmap *m_maps;
    PanelFrame *m_frame; ///< the row of histograms
    QWidget *m_sheet;
    std::vector<Multiple> m_multiples;
    plots::SeriesPlot *m_sqnr;
    plots::HeatmapPlot *m_tokens;
    QTimer m_timer; ///< artifacts come in bursts
    QTimer m_stepTimer; ///< runs while pieces of a refresh are left
    int m_step = 0;
    bool m_stale = false; ///< hidden, and something has changed since
};

} // namespace batlab::views
