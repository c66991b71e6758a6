// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/ask.h"
#include "views/models/paired_differences.h"

#include <QTimer>
#include <QWidget>

#include <string>
#include <vector>

class QCheckBox;
class QTableView;
class QToolButton;

namespace batlab::plots {
class HeatmapPlot;
class HistogramPlot;
class PairedPlot;
class RidgePlot;
class SeriesPlot;
class SmallMultiplesHeatmap;
} // namespace batlab::plots

namespace batlab::views {

class MethodActivations;
class ElidedLabel;
class PanelFrame;
class PanelTabs;
class SegmentBar;
class SelectionContext;
class SpecTable;
class TrainingPlot;
class VariantChooser;
class WorkbenchDocument;
struct Selection;

/// Which transform helps, and where: what enters the quantizer under each variant with identical
/// limits, error by layer, first wrong layer, distributions, losses, energy flow, paired
/// differences to the pinned baseline and what the specs differ in. Only what is visible is brought
/// up to date.
class ComparePage : public QWidget
{
    Q_OBJECT

public:
    ComparePage(WorkbenchDocument *document, SelectionContext *selection,
                QWidget *parent = nullptr);
    void setAsk(Ask ask); ///< activations come from the engine; without, the stored energy is shown
    void flush(); ///< brings everything that is visible up to date at once

    [[nodiscard]] plots::SmallMultiplesHeatmap *multiples() const { return m_maps; }
    [[nodiscard]] std::vector<plots::HistogramPlot *> histograms() const;
    [[nodiscard]] plots::SeriesPlot *sqnr() const { return m_sqnr; }
    [[nodiscard]] plots::SeriesPlot *wrongLayer() const { return m_wrong; }
    [[nodiscard]] plots::RidgePlot *ridges() const { return m_ridges; }
    [[nodiscard]] TrainingPlot *training() const { return m_training; }
    [[nodiscard]] plots::SmallMultiplesHeatmap *flow() const { return m_flow; }
    [[nodiscard]] plots::HeatmapPlot *tokenMap() const { return m_tokens; }
    [[nodiscard]] plots::PairedPlot *paired() const { return m_paired; }
    [[nodiscard]] SpecTable *specs() const { return m_specs; }
    [[nodiscard]] VariantChooser *chooser() const { return m_chooser; }
    [[nodiscard]] const PairedTable &pairedTable() const { return m_pairedTable; }
    /// Something shown is still being computed, here or in the engine.
    [[nodiscard]] bool isWaiting() const;
    void setCurrentPanel(QWidget *panel); ///< brings a tab to the front
    [[nodiscard]] PanelFrame *histogramPanel() const { return m_frame; }
    [[nodiscard]] PanelFrame *specPanel() const { return m_specFrame; }

Q_SIGNALS:
    void readout(const QString &text);
    void inspectRequested();
    void addSessionRequested();

protected:
    void showEvent(QShowEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    enum Piece : unsigned {
        Maps = 1,
        Histograms = 2,
        Sqnr = 4,
        Wrong = 8,
        Ridges = 16,
        Flow = 32,
        Tokens = 64,
        Paired = 128,
        Specs = 256,
        Training = 512,
        All = 1023
    };
    struct Multiple
    {
        std::string variant;
        QWidget *box = nullptr;
        ElidedLabel *caption = nullptr;
        plots::HistogramPlot *histogram = nullptr;
    };
    // compare_layout.cpp
    void buildControls();
    void buildLayout();
    void connectPanels();
    // compare_page.cpp
    void follow(const Selection &now, const Selection &before);
    /// Marks pieces as out of date; those that can be seen are rebuilt one in each turn of the
    /// event loop.
    void invalidate(unsigned pieces);
    bool step();
    [[nodiscard]] QWidget *widgetOf(Piece piece) const;
    void rebuild(Piece piece);
    void fold();

    /// Shown and with statistics at the site, in order.
    [[nodiscard]] std::vector<std::string> variantsAtSite() const;
    void syncHistograms();
    void showHistograms();
    void rebuildMaps();
    /// Why a panel is empty: `otherwise`, or the filter of places.
    [[nodiscard]] QString filtered(const QString &otherwise) const;
    /// Why the selected variant has no statistics of the site, where they will not come.
    [[nodiscard]] QString missing(const QString &otherwise) const;
    /// A subtitle that says what the differences in a panel's notes are to, if there are any.
    [[nodiscard]] QString toBaseline(const QString &what, bool compared) const;
    void showActivations();
    void showEnergy(const QString &why);
    void rebuildSqnr();
    void rebuildRidges();
    void rebuildFlow();
    void rebuildTokens();
    void rebuildPaired();
    void showPaired(const PairedTable &table);
    void rebuildSpecs();
    void showSelection();

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    MethodActivations *m_source;
    plots::SmallMultiplesHeatmap *m_maps;
    SegmentBar *m_mapKind, *m_layerKind, *m_pairedPart;
    QCheckBox *m_normalise;
    QToolButton *m_retry;
    VariantChooser *m_chooser;
    PanelFrame *m_frame; ///< the row of histograms
    QWidget *m_sheet;
    std::vector<Multiple> m_multiples;
    plots::SeriesPlot *m_sqnr, *m_wrong;
    plots::RidgePlot *m_ridges;
    TrainingPlot *m_training;
    plots::SmallMultiplesHeatmap *m_flow;
    plots::HeatmapPlot *m_tokens;
    plots::PairedPlot *m_paired;
    PanelFrame *m_specFrame;
    SpecTable *m_specs;
    QTableView *m_specView;
    PanelTabs *m_byLayer, *m_byBlock, *m_differences;
    PairedTable m_pairedTable;
    quint64 m_pairedRound = 0, m_pairedShown = 0;
    QTimer m_timer; ///< artifacts come in bursts
    QTimer m_stepTimer; ///< runs while pieces are out of date
    unsigned m_dirty = All;
    bool m_activations = false; ///< what the maps show now
};

} // namespace batlab::views
