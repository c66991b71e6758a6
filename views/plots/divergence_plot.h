// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/plot_widget.h"

#include <limits>
#include <vector>

class QCPLayoutElement;
class QCPPainter;

namespace batlab::plots {

/// How far one method's predictions are from the full-precision model's.
struct Divergence
{
    QString id, name, family;
    bool filled = false;
    double kld = 0, error = 0; ///< nat a token, ± half of the 95 % interval
    double top1 = 0; ///< %
    /// Minus the baseline's; NaN: nothing to compare with.
    double deltaKld = std::numeric_limits<double>::quiet_NaN();
    double deltaTop1 = std::numeric_limits<double>::quiet_NaN();
};

/// Mean divergence on a log axis and agreement of the most likely token, a method a row, and lines
/// of text below.
class DivergencePlot : public PlotWidget
{
    Q_OBJECT
public:
    explicit DivergencePlot(const QString &title, QWidget *parent = nullptr);
    /// `notes`: name and text of each line below.
    void setRows(std::vector<Divergence> rows, std::vector<std::pair<QString, QString>> notes);
    void setSelected(const QString &id);

    [[nodiscard]] PlotTable table() const override;
    [[nodiscard]] QString summary() const override;

Q_SIGNALS:
    void rowSelected(const QString &id);

protected:
    QString hover(const QPointF *pos) override;
    bool clicked(const QPointF &pos, Qt::KeyboardModifiers modifiers) override;
    bool key(int key, Qt::KeyboardModifiers modifiers) override;

private:
    struct Geometry
    {
        QRectF body; ///< of the rows
        double row = 0, names = 0, notes = 0; ///< heights and widths
        QRectF kld, top1; ///< plots
        double kldText = 0, top1Text = 0; ///< right edges of the numbers
    };
    [[nodiscard]] Geometry geometry(const QRectF &area) const;
    [[nodiscard]] int rowAt(const QPointF &pos) const;
    void draw(QCPPainter &painter, const QRectF &area);
    void drawDots(QCPPainter &painter, const Geometry &g);
    void drawNotes(QCPPainter &painter, const Geometry &g, const QRectF &area);
    [[nodiscard]] double noteNames() const; ///< width of the widest name
    [[nodiscard]] static double noteHeight(const QString &text, double width); ///< wrapped

    std::vector<Divergence> m_rows;
    std::vector<std::pair<QString, QString>> m_notes;
    QCPLayoutElement *m_area = nullptr;
    QString m_selected;
};

} // namespace batlab::plots
