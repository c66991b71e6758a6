// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/plot_widget.h"

#include <optional>
#include <vector>

class QCPPainter;

namespace batlab::plots {

/// One cell of a matrix of settings.
struct MatrixCell
{
    enum class State { done, queued, running, none }; ///< none: impossible or failed, see note
    State state = State::queued;
    double value = 0; ///< what stands in it
    double delta = 0; ///< what colours it; NaN: no colour
    double halfWidth = 0; ///< of the value's 95 % interval; 0: not known
    QString interval; ///< what that interval is: "95 %, paired bootstrap over 20 windows"
    QString caption; ///< small, above the value (one-at-a-time sweeps)
    QString note; ///< readout: what the cell is, or why it is empty
};

struct MatrixData
{
    struct Group
    {
        QString title;
        QStringList columns;
    };
    QString rowAxis;
    QStringList rows;
    std::vector<Group> groups; ///< one without a title: no third axis; equal numbers of columns
    std::vector<MatrixCell> cells; ///< [groups, rows, columns]
    QString unit, statistic;
    QString deltaTo; ///< what differences are to: "to the pin"
    int decimals = 2;
    bool scientific = false; ///< three significant digits instead of decimals
    int better = 1; ///< -1: lower is better; blue stays better
    double limit = 1; ///< of the colours: -limit .. limit
    [[nodiscard]] int columns() const
    {
        return groups.empty() ? 0 : static_cast<int>(groups.front().columns.size());
    }
};

/// A matrix of numbers on heat cells: bold values, colour is the difference to a baseline, a solid
/// frame round the present setting, a dashed one round the best, a corner on the best of each
/// column, a dot where a cell is queued.
class MatrixPlot : public PlotWidget
{
    Q_OBJECT
public:
    explicit MatrixPlot(const QString &title, QWidget *parent = nullptr);
    void setData(MatrixData data);
    void setMarked(std::optional<int> present, std::optional<int> best);
    [[nodiscard]] const MatrixData &data() const { return m_data; }
    [[nodiscard]] std::optional<int> presentCell() const { return m_present; }
    [[nodiscard]] std::optional<int> bestCell() const { return m_best; }
    /// The rectangle of a cell on the canvas, for tests.
    [[nodiscard]] QRectF cellRect(int index) const;

    [[nodiscard]] PlotTable table() const override;
    [[nodiscard]] QString summary() const override;

Q_SIGNALS:
    void cellActivated(int index); ///< a click, or Enter on the cursor's cell

protected:
    QString hover(const QPointF *pos) override;
    bool clicked(const QPointF &pos, Qt::KeyboardModifiers modifiers) override;
    bool key(int key, Qt::KeyboardModifiers modifiers) override;
    void themeChanged(const Tokens &tokens) override;

private:
    void layOut(const QRect &rect);
    void draw(QCPPainter &painter, const QRect &rect);
    void drawCell(QCPPainter &painter, int index);
    void drawBar(QCPPainter &painter);
    void drawLegend(QCPPainter &painter);
    void drawCursor(QCPPainter &painter);
    [[nodiscard]] int cellAt(const QPointF &pos) const;
    [[nodiscard]] QString place(int index) const;
    [[nodiscard]] QString valueText(const MatrixCell &cell) const; ///< with its interval
    [[nodiscard]] QString text(double value, int decimals) const;
    [[nodiscard]] QString differenceText(double value, int decimals) const;
    [[nodiscard]] bool bestOfColumn(int index) const;
    void findColumnBests();

    MatrixData m_data;
    std::vector<int> m_columnBests; ///< where a column has several values
    std::optional<int> m_present, m_best, m_hovered, m_cursor;
    double m_left = 0, m_top = 0, m_cellWidth = 0, m_cellHeight = 0, m_groupGap = 0;
    bool m_upright = false; ///< names of columns, where they are wider than their cells
    QRectF m_bar, m_legend;
};

} // namespace batlab::plots
