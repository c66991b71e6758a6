// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <QTimer>
#include <QWidget>

#include <map>
#include <memory>
#include <string>

class QComboBox;

namespace batlab::plots {
class ColorScale;
class HeatmapPlot;
struct HeatmapText;
} // namespace batlab::plots

namespace batlab {
struct LodPyramid;
}

namespace batlab::views {

class ActivationSource;
class SegmentBar;
class SelectionContext;
class WorkbenchDocument;

/// The map of Inspect in its modes: what is mapped, of which site, before or after the transform.
/// Views of the same quantity share one colour scale, so that locked limits stay from view to view.
class InspectMap : public QWidget
{
    Q_OBJECT

public:
    /// Kept in sessions by number: new ones at the end.
    enum Mode { LayerBlock, TokenBlock, TokenBlockError, TokenChannel, LayerBlockDelta };
    InspectMap(WorkbenchDocument *document, SelectionContext *selection, ActivationSource *source,
               QWidget *parent = nullptr);
    [[nodiscard]] plots::HeatmapPlot *plot() const { return m_plot; }
    void setMode(Mode mode);
    [[nodiscard]] Mode mode() const { return m_mode; }
    [[nodiscard]] bool isByLayer() const
    {
        return m_mode == LayerBlock || m_mode == LayerBlockDelta;
    }
    /// Before the transform: the model's own numbers, whatever variant is selected.
    void setBefore(bool before);
    [[nodiscard]] bool isBefore() const { return m_before; }
    /// The variant whose numbers are shown.
    [[nodiscard]] std::string shownVariant() const;
    void rebuild();
    void showSelection();

    [[nodiscard]] Json viewState() const;
    void restoreViewState(const Json &state);

Q_SIGNALS:
    void readout(const QString &text);
    void runRequested();
    void beforeChanged(bool before);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void rebuildLayers();
    void rebuildDifference(); ///< to the pinned baseline
    void rebuildTokens();
    void rebuildActivations();
    void showMap(std::shared_ptr<const LodPyramid> pyramid, const plots::HeatmapText &text,
                 const QString &title, const QString &subtitle);
    /// Rows of a layer map that are still to come.
    void showPending(std::vector<bool> pending);
    void showNothing(const QString &title, const QString &text, const QString &action = {});
    /// Why a variant has no statistics of the selected site; `otherwise` where they may still come.
    [[nodiscard]] QString missing(const std::string &variant, const QString &otherwise) const;
    [[nodiscard]] bool needsEngine() const
    {
        return m_mode == TokenBlockError || m_mode == TokenChannel;
    }
    [[nodiscard]] QString stageText() const;
    [[nodiscard]] QString pieceText(int token) const;
    void select(int row, int column);

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    ActivationSource *m_source;
    plots::HeatmapPlot *m_plot;
    QComboBox *m_modes;
    SegmentBar *m_stages, *m_sites;
    Mode m_mode = LayerBlock;
    int m_pooling = 0; ///< the user's, while a difference pools by magnitude
    bool m_before = false;
    std::map<Mode, std::shared_ptr<plots::ColorScale>> m_scales; ///< energies share one
    QTimer m_timer;
    bool m_stale = true;
};

} // namespace batlab::views
