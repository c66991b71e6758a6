// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/plot_widget.h"

#include <optional>

class QCPPainter;

namespace batlab::plots {

struct Series
{
    QString id, name; ///< name stands at the line's end
    QString family; ///< VariantInfo::family: colour and marker
    bool filled = false;
    bool emphasised = false; ///< bold label, drawn last
    bool dashed = false; ///< a variation of the method ("layer alone")
    bool baseline = false; ///< readings of the others say how far they are from it
    std::vector<double> x, y; ///< ascending x; NaN y breaks the line
};

struct SeriesText
{
    QString xAxis, yAxis; ///< "Layer", "Output SQNR, dB"
    QString x, unit; ///< "layer", "dB": for readouts
};

/// Lines by method: SQNR by layer, loss by step (log y). Names at the line ends, values at the
/// cursor on the floor.
class SeriesPlot : public PlotWidget
{
    Q_OBJECT
public:
    explicit SeriesPlot(const QString &title, QWidget *parent = nullptr);
    void setSeries(std::vector<Series> series, const SeriesText &text);
    void setLogY(bool log);
    /// Marks an x from outside (a selected layer); none: nothing.
    void setCursor(std::optional<double> x);
    /// A line that can be dragged, and a circle where each solid series first rises above it; none:
    /// no line.
    void setThreshold(std::optional<double> value, const QString &label = QStringLiteral("%1"));
    /// Moves the line that is there; its label stays.
    void moveThreshold(double value);
    [[nodiscard]] std::optional<double> threshold() const { return m_threshold; }
    /// Where a series first rises above the threshold; none: never.
    [[nodiscard]] std::optional<double> crossing(const QString &id) const;

    [[nodiscard]] PlotTable table() const override;
    [[nodiscard]] QString summary() const override;

Q_SIGNALS:
    /// A click: the nearest x of any series, and the series nearest to the cursor.
    void pointSelected(const QString &id, double x);
    void thresholdMoved(double value);

protected:
    QString hover(const QPointF *pos) override;
    bool clicked(const QPointF &pos, Qt::KeyboardModifiers modifiers) override;
    bool key(int key, Qt::KeyboardModifiers modifiers) override;
    void themeChanged(const Tokens &tokens) override;
    bool dragStarted(const QPointF &pos) override;
    void dragMoved(const QPointF &pos) override;
    [[nodiscard]] Qt::CursorShape cursorAt(const QPointF &pos) const override;

private:
    void home();
    void drawThreshold(QCPPainter &painter);
    void askThreshold(); ///< by hand
    [[nodiscard]] bool nearThreshold(const QPointF &pos) const;
    [[nodiscard]] std::optional<double> crossing(const Series &series) const;
    void drawLines(QCPPainter &painter);
    void drawLabels(QCPPainter &painter);
    void drawCursor(QCPPainter &painter);
    [[nodiscard]] std::optional<double> snapped(double x) const;
    [[nodiscard]] std::optional<double> at(const Series &series, double x) const;
    [[nodiscard]] MethodStyle styleOf(const Series &series) const;

    std::vector<Series> m_series;
    SeriesText m_text;
    QCPAxisRect *m_rect = nullptr;
    std::optional<double> m_cursor, m_hovered, m_threshold;
    QString m_thresholdLabel;
    QAction *m_thresholdAction;
    bool m_log = false;
};

} // namespace batlab::plots
