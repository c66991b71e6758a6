// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/recovery.h"
#include "views/panels/panel_frame.h"

#include <QTimer>

class QCheckBox;
class QLabel;
class QTableView;

namespace batlab::views {

class EvaluationModel;
class SelectionContext;
class WorkbenchDocument;
struct EvaluationTable;

/// The recovery table of the Evaluate page: method column frozen, the rest scrolls; intervals,
/// significance and bands on demand; copied and saved as it is shown.
class RecoveryPanel : public PanelFrame
{
    Q_OBJECT

public:
    RecoveryPanel(WorkbenchDocument *document, SelectionContext *selection,
                  QWidget *parent = nullptr);
    void rebuild(); ///< reads the document; the table follows when it has been computed
    void copyAs(TableFormat format) const;
    void save(); ///< asks for a file
    [[nodiscard]] std::string rendered(TableFormat format) const;
    [[nodiscard]] EvaluationModel *model() const { return m_model; }
    /// The document as it is has been computed and is shown.
    [[nodiscard]] bool isSettled() const { return m_shownRound == m_round; }

Q_SIGNALS:
    void tableChanged();
    void importRequested();
    void saveFailed(const QString &message);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    [[nodiscard]] QWidget *buildTable();
    void buildHeader();
    void prepare(QTableView *view);
    void show(EvaluationTable table);
    void showOptions();
    void follow();
    void sizeColumns();
    void showMenu(const QPoint &at);

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    EvaluationModel *m_model;
    QTableView *m_names, *m_view; ///< frozen, scrolling
    QLabel *m_foot;
    QCheckBox *m_intervals, *m_significance, *m_bands;
    quint64 m_round = 0, m_shownRound = 0;
    bool m_following = false;
};

} // namespace batlab::views
