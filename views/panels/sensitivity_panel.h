// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLineEdit;
class QTableView;

namespace batlab::plots {
struct PlotTable;
}

namespace batlab::views {

class ElidedLabel;
class SelectionContext;
class SensitivityFilter;
class SensitivityModel;
class TableFollower;
class WorkbenchDocument;

/// Every linear of the selected variant with what tells how much it suffers: sorted, filtered,
/// copied; a row selects its layer and site.
class SensitivityPanel : public QWidget
{
    Q_OBJECT

public:
    SensitivityPanel(WorkbenchDocument *document, SelectionContext *selection,
                     QWidget *parent = nullptr);
    [[nodiscard]] QTableView *view() const { return m_view; }
    [[nodiscard]] SensitivityFilter *rows() const { return m_rows; }
    [[nodiscard]] QLineEdit *filter() const { return m_filter; }
    [[nodiscard]] QString note() const; ///< below the table: how many rows it shows
    void copyTable() const;
    void copyExcludeList() const;
    void copyPrecisionLines() const;
    void flush();

private:
    [[nodiscard]] plots::PlotTable table() const;
    void showSelection();

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    SensitivityModel *m_model;
    SensitivityFilter *m_rows;
    QLineEdit *m_filter;
    QTableView *m_view;
    ElidedLabel *m_count;
    TableFollower *m_follower = nullptr;
};

} // namespace batlab::views
