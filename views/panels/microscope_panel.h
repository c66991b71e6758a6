// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/ask.h"
#include "views/models/engine_questions.h"

#include <QTimer>
#include <QWidget>

#include <optional>

class QTableView;

namespace batlab::plots {
class MicroscopePlot;
struct MicroscopeBlock;
} // namespace batlab::plots

namespace batlab::views {

class BlockMethodsModel;
class FactsView;
class SelectionContext;
class WorkbenchDocument;

/// The selected block of the selected token: 32 numbers before and after, the same block under
/// every method, and the frozen parameters of the variant. The engine computes the numbers on
/// demand; hidden, the panel asks nothing.
class MicroscopePanel : public QWidget
{
    Q_OBJECT

public:
    MicroscopePanel(WorkbenchDocument *document, SelectionContext *selection,
                    QWidget *parent = nullptr);
    void setAsk(Ask ask);
    /// Low windows show the parameters in a tab of their own instead.
    void setParametersShown(bool shown);
    [[nodiscard]] plots::MicroscopePlot *plot() const { return m_plot; }
    [[nodiscard]] BlockMethodsModel *methods() const { return m_methods; }
    [[nodiscard]] QTableView *table() const { return m_table; }
    void flush(); ///< asks now

Q_SIGNALS:
    void readout(const QString &text);
    void editRequested(const QString &variant); ///< "Edit in Ablate"
    void runRequested();

protected:
    void showEvent(QShowEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void later();
    void request();
    void take(const Result<Json> &reply);
    void showAnswer();
    void showRoundings(const BlockNumbers &shown);
    void choose(const QModelIndex &row);
    void showHeader();
    void arrange(); ///< columns by width and by what there is to compare
    void step(int blocks, int tokens);

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    Ask m_ask;
    plots::MicroscopePlot *m_plot;
    BlockMethodsModel *m_methods;
    QTableView *m_table;
    QWidget *m_parameterBox;
    FactsView *m_parameters;
    QTimer m_timer;
    int m_generation = 0;
    std::optional<BlockAnswer> m_answer; ///< of the present selection, as far as it has come
    /// The rounding whose codes are drawn, instead of the variant's own.
    std::optional<std::pair<kernels::ScaleRule, kernels::Ties>> m_rounding;
    bool m_stale = true, m_following = false;
};

} // namespace batlab::views
