// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/plot_widget.h"

#include <memory>
#include <vector>

class QCPLayoutElement;
class QCPPainter;

namespace batlab::plots {

class ColorBar;
class ColorScale;
class LinkGroup;

/// One method against the pinned one: a strip of differences for each group, and their summary.
struct PairedStrip
{
    QString id, name, family;
    bool filled = false;
    std::vector<std::vector<float>> groups; ///< [group][column]; NaN: missing
    double mean = 0, low = 0, high = 0; ///< 95 %
    double p = 1; ///< corrected
    qint64 better = 0, pairs = 0;
};

struct PairedPlotText
{
    QStringList groups; ///< "T1 qkv-in", ...
    QString unit; ///< "dB"
    QString columnAxis, column; ///< "Layer", "layer"
};

/// Paired differences and, on the same rows, what they come to: heat strips by group, then mean and
/// interval on an axis with every pair as a tick, mean, interval, wins and p. One plot, so that
/// rows cannot come apart.
class PairedPlot : public PlotWidget
{
    Q_OBJECT
public:
    enum class Part { both, strips, summary };

    explicit PairedPlot(const QString &title, QWidget *parent = nullptr);
    ~PairedPlot() override;
    void setStrips(std::vector<PairedStrip> strips, const PairedPlotText &text);
    void setPart(Part part); ///< one of the two where there is no room for both
    [[nodiscard]] Part part() const { return m_part; }
    void setSelected(int group, int column);
    /// Where a cell is drawn, in pixels of plot().
    [[nodiscard]] QRectF cellRect(int row, int group, int column) const;
    [[nodiscard]] std::shared_ptr<ColorScale> colorScale() const { return m_scale; }

    [[nodiscard]] PlotTable table() const override;
    [[nodiscard]] QString summary() const override;

Q_SIGNALS:
    void cellSelected(const QString &id, int group, int column);

protected:
    void themeChanged(const Tokens &tokens) override;
    QString hover(const QPointF *pos) override;
    bool clicked(const QPointF &pos, Qt::KeyboardModifiers modifiers) override;
    bool key(int key, Qt::KeyboardModifiers modifiers) override;
    bool dragStarted(const QPointF &pos) override;
    void dragMoved(const QPointF &pos) override;
    void dragEnded(const QPointF &pos) override;

private:
    struct Place
    {
        int row = -1, group = -1, column = -1;
        bool operator==(const Place &) const = default;
    };
    void rebuild();
    void fill();
    [[nodiscard]] double rowHeight() const;
    [[nodiscard]] double rowTop(int row) const;
    [[nodiscard]] int nameWidth() const;
    [[nodiscard]] int columns() const;
    [[nodiscard]] QRect body() const;
    [[nodiscard]] Place placeAt(const QPointF &pos) const;
    void drawNames(QCPPainter &painter, const QRect &rect);
    void drawMethodName(QCPPainter &painter, const QRectF &rect, const QString &name,
                        const QString &family, bool filled);
    void drawStrips(QCPPainter &painter, int group);
    void drawSummary(QCPPainter &painter, const QRect &rect);
    void drawInterval(QCPPainter &painter, const QRectF &rect, const PairedStrip &strip);
    [[nodiscard]] QString describe(const Place &place) const;

    std::vector<PairedStrip> m_strips;
    PairedPlotText m_text;
    std::shared_ptr<ColorScale> m_scale;
    std::vector<QCPAxisRect *> m_rects;
    std::vector<Shown> m_seen; ///< of the strips, while the summary stands alone
    std::unique_ptr<LinkGroup> m_link;
    ColorBar *m_bar = nullptr;
    QCPLayoutElement *m_summaryBody = nullptr;
    double m_low = -1, m_high = 1; ///< of the interval axis
    Part m_part = Part::both;
    Place m_hovered;
    int m_group = -1, m_column = -1;
    int m_dragged = 0;
};

} // namespace batlab::plots
