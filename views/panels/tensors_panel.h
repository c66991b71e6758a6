// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLineEdit;
class QStackedWidget;
class QTreeView;

namespace batlab::plots {
class StatePanel;
}

namespace batlab::views {

class ElidedLabel;
class SelectionContext;
class TensorFilter;
class TensorModel;
class WorkbenchDocument;

/// The tensors of the opened model: filtered, sorted, copied; one of a layer selects its place.
class TensorsPanel : public QWidget
{
    Q_OBJECT

public:
    TensorsPanel(WorkbenchDocument *document, SelectionContext *selection,
                 QWidget *parent = nullptr);
    [[nodiscard]] QTreeView *view() const { return m_view; }
    [[nodiscard]] QLineEdit *filter() const { return m_text; }
    [[nodiscard]] TensorFilter *rows() const { return m_rows; }
    [[nodiscard]] QString totals() const;
    void copyTable() const;

Q_SIGNALS:
    void openRequested(); ///< there is no model yet

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void reload();
    void showTotals();

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    TensorModel *m_model;
    TensorFilter *m_rows;
    QLineEdit *m_text;
    QStackedWidget *m_stack;
    QTreeView *m_view;
    plots::StatePanel *m_state;
    ElidedLabel *m_totals;
};

} // namespace batlab::views
