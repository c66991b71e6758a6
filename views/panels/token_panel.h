// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/panels/panel_frame.h"

#include <functional>
#include <vector>

class QComboBox;
class QIODevice;
class QStackedWidget;
class QTableView;

namespace batlab::plots {
class PlotTableModel;
}

namespace batlab::views {

class ActivationSource;
class SelectionContext;
class TokenStrip;
class WorkbenchDocument;

/// The sample's tokens as text, coloured by energy or quantization error of the selected block or
/// site.
class TokenPanel : public PanelFrame
{
    Q_OBJECT

public:
    enum Quantity { BlockEnergy, SiteEnergy, BlockError, SiteError };
    TokenPanel(WorkbenchDocument *document, SelectionContext *selection, ActivationSource *source,
               QWidget *parent = nullptr);
    [[nodiscard]] TokenStrip *strip() const { return m_strip; }
    void setQuantity(Quantity quantity);
    /// Before the transform: the model's own numbers.
    void setBefore(bool before);
    void rebuild();
    void setTableShown(bool shown); ///< the table twin, as every plot has one
    [[nodiscard]] bool isTableShown() const;

Q_SIGNALS:
    void readout(const QString &text);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    [[nodiscard]] bool needsEngine() const { return m_quantity >= BlockError; }
    [[nodiscard]] std::string shownVariant() const;
    [[nodiscard]] std::vector<float> energies(const std::string &variant) const;
    [[nodiscard]] std::vector<float> errors() const;
    [[nodiscard]] QString whyEmpty() const;
    // token_panel_export.cpp
    void buildTools();
    void save(const QString &suffix, const std::function<bool(QIODevice &)> &write);
    void refreshTwin();
    void showTokenInTwin();

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    ActivationSource *m_source;
    QComboBox *m_quantities;
    QStackedWidget *m_views; ///< the strip, or its table
    TokenStrip *m_strip;
    QTableView *m_twin;
    plots::PlotTableModel *m_twinModel;
    QToolButton *m_tableTool = nullptr;
    QString m_caption; ///< what the numbers are of
    Quantity m_quantity = BlockEnergy;
    bool m_before = false;
};

} // namespace batlab::views
