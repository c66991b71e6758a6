// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/ask.h"

#include <QWidget>

class QStackedWidget;
class QTableView;

namespace batlab::plots {
class HeatmapPlot;
class HistogramPlot;
} // namespace batlab::plots

namespace batlab::views {

class ActivationSource;
class BimodalityModel;
class InspectMap;
class RankingPanel;
class SelectionContext;
class TokenPanel;
class WorkbenchDocument;

/// Which blocks carry the outliers: a map of energies, magnitudes or errors, the blocks ranked by
/// bimodality or the tokens as text, and the values of the selected block over its scale with the
/// E2M1 grid and the use of the codes.
class InspectPage : public QWidget
{
    Q_OBJECT

public:
    InspectPage(WorkbenchDocument *document, SelectionContext *selection,
                QWidget *parent = nullptr);
    void setAsk(const Ask &ask);
    void goToWorst(); ///< the most bimodal block of the shown variant
    [[nodiscard]] QString selectionText() const; ///< "layer 20 · T4 down-in · block 17 · E 41.2 …"
    [[nodiscard]] InspectMap *maps() const { return m_map; }
    [[nodiscard]] TokenPanel *tokens() const { return m_tokens; }
    [[nodiscard]] plots::HeatmapPlot *map() const;
    [[nodiscard]] plots::HistogramPlot *histogram() const { return m_histogram; }
    [[nodiscard]] BimodalityModel *ranking() const;
    [[nodiscard]] QTableView *rankingView() const;
    void showTokens(bool tokens); ///< the tokens in the place of the ranking
    /// Brings everything up to date at once (tests, pictures); otherwise updates are coalesced.
    void flush();

    [[nodiscard]] Json viewState() const;
    void restoreViewState(const Json &state);

Q_SIGNALS:
    void readout(const QString &text);
    void runRequested();

protected:
    void showEvent(QShowEvent *event) override;

private:
    void showHistogram();
    [[nodiscard]] std::string variant() const;

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    ActivationSource *m_source;
    InspectMap *m_map;
    RankingPanel *m_ranking;
    TokenPanel *m_tokens;
    QStackedWidget *m_left;
    plots::HistogramPlot *m_histogram;
};

} // namespace batlab::views
