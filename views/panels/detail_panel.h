// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/ask.h"

#include <QWidget>

class QStackedWidget;
class QTabBar;

namespace batlab::views {

class FactsView;
class MicroscopePanel;
class SelectionContext;
class SensitivityPanel;
class WorkbenchDocument;

/// The right dock of Inspect: microscope, sensitivity and what is known of the selection, one at a
/// time. Its tab bar stands in the dock's title.
class DetailPanel : public QWidget
{
    Q_OBJECT

public:
    enum Tab { Microscope, Sensitivity, Info, Parameters, TabCount };
    DetailPanel(WorkbenchDocument *document, SelectionContext *selection,
                QWidget *parent = nullptr);
    void setAsk(const Ask &ask);
    [[nodiscard]] QTabBar *tabBar() const { return m_tabs; }
    void setTab(Tab tab);
    [[nodiscard]] Tab tab() const;
    /// Low: the parameters are a tab (design 5).
    void setLow(bool low);
    [[nodiscard]] MicroscopePanel *microscope() const { return m_microscope; }
    [[nodiscard]] SensitivityPanel *sensitivity() const { return m_sensitivity; }
    [[nodiscard]] FactsView *info() const { return m_info; }

Q_SIGNALS:
    void readout(const QString &text);
    void editRequested(const QString &variant);
    void runRequested();

private:
    void showFacts();

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    QTabBar *m_tabs;
    QStackedWidget *m_stack;
    MicroscopePanel *m_microscope;
    SensitivityPanel *m_sensitivity;
    FactsView *m_info, *m_parameters;
};

} // namespace batlab::views
