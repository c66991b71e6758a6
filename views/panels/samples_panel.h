// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/panels/panel_frame.h"

class QComboBox;
class QTableView;
class QTableWidget;

namespace batlab::views {

class ElidedLabel;
class SamplesModel;
class SegmentBar;
class SelectionContext;
class WorkbenchDocument;

/// What flipped: questions of imported results that the reference answered and the model did not,
/// the reverse, and both wrong; the choices of one below.
class SamplesPanel : public PanelFrame
{
    Q_OBJECT

public:
    SamplesPanel(WorkbenchDocument *document, SelectionContext *selection,
                 QWidget *parent = nullptr);
    void rebuild();
    [[nodiscard]] SamplesModel *model() const { return m_model; }
    void chooseFlip(int segment); ///< 0 lost, 1 gained, 2 both wrong, 3 all

private:
    void buildTables(QWidget *sheet);
    void showPair();
    void showCounts();
    void selectRow(int row);
    void showChoices(int row);

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    SamplesModel *m_model;
    SegmentBar *m_flips;
    QComboBox *m_candidate;
    QTableView *m_view;
    QTableWidget *m_choices;
    ElidedLabel *m_question;
};

} // namespace batlab::views
