// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/color_scale.h"

#include <QTimer>
#include <QWidget>

#include <memory>
#include <string>
#include <vector>

class QCheckBox;
class QGridLayout;

namespace batlab::plots {
class HeatmapPlot;
class HistogramPlot;
class LinkGroup;
class SeriesPlot;
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
    [[nodiscard]] std::vector<plots::HeatmapPlot *> maps() const;
    [[nodiscard]] plots::SeriesPlot *sqnr() const { return m_sqnr; }
    [[nodiscard]] plots::HeatmapPlot *tokenMap() const { return m_tokens; }

Q_SIGNALS:
    void readout(const QString &text);
    void inspectRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    struct Multiple
    {
        std::string variant;
        QWidget *box = nullptr;
        ElidedLabel *caption = nullptr;
        plots::HeatmapPlot *map = nullptr;
        plots::HistogramPlot *histogram = nullptr;
    };
    [[nodiscard]] std::vector<std::string>
    shownVariants() const; ///< with statistics at the site, in order
    void syncMultiples();
    void arrange();
    void rebuildMaps();
    void rebuildSqnr();
    void rebuildTokens();
    void showHistograms();
    void showSubtitle();
    void showSelection();

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    PanelFrame *m_frame;
    QWidget *m_sheet;
    QGridLayout *m_grid;
    QCheckBox *m_identical, *m_linked;
    std::vector<Multiple> m_multiples;
    std::shared_ptr<plots::ColorScale> m_scale;
    plots::LinkGroup *m_linkX, *m_linkY;
    plots::SeriesPlot *m_sqnr;
    plots::HeatmapPlot *m_tokens;
    QTimer m_timer;
    int m_columns = 0;
};

} // namespace batlab::views
