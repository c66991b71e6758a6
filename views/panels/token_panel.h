// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/panels/panel_frame.h"

#include <vector>

class QComboBox;

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

Q_SIGNALS:
    void readout(const QString &text);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    [[nodiscard]] bool needsEngine() const { return m_quantity >= BlockError; }
    [[nodiscard]] std::vector<float> energies(const std::string &variant) const;
    [[nodiscard]] std::vector<float> errors() const;
    [[nodiscard]] QString whyEmpty() const;

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    ActivationSource *m_source;
    QComboBox *m_quantities;
    TokenStrip *m_strip;
    Quantity m_quantity = BlockEnergy;
    bool m_before = false;
};

} // namespace batlab::views
