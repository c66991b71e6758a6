// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/plot_widget.h"

#include <optional>
#include <vector>

class QCPPainter;

namespace batlab::plots {

/// One number a block, before and after: SQNR of the blocks of a site.
struct BlockPair
{
    std::vector<float> before, after; ///< [blocks], NaN where missing
    QString beforeName, afterName;
    QString family; ///< of the method: colour of the line
    bool filled = false;
    QString axis, unit; ///< "SQNR, dB", "dB"
};

/// Two step lines over the blocks, and their difference as bars beneath: blue is better, orange is
/// worse. The block where the difference is worst is named.
class BlockDeltaPlot : public PlotWidget
{
    Q_OBJECT
public:
    explicit BlockDeltaPlot(const QString &title, QWidget *parent = nullptr);
    void setData(BlockPair data);
    void setSelectedBlock(std::optional<int> block);
    /// Old numbers stay in a quiet colour until new ones come.
    void setStale(bool stale);
    [[nodiscard]] const BlockPair &data() const { return m_data; }
    /// Blocks where `after` is higher.
    [[nodiscard]] int betterCount() const;

    [[nodiscard]] PlotTable table() const override;
    [[nodiscard]] QString summary() const override;

Q_SIGNALS:
    void blockSelected(int block);

protected:
    QString hover(const QPointF *pos) override;
    bool clicked(const QPointF &pos, Qt::KeyboardModifiers modifiers) override;
    bool key(int key, Qt::KeyboardModifiers modifiers) override;
    void themeChanged(const Tokens &tokens) override;

private:
    [[nodiscard]] int count() const;
    [[nodiscard]] double delta(int block) const;
    [[nodiscard]] int blockAt(double x) const;
    void drawLines(QCPPainter &painter);
    void drawBars(QCPPainter &painter);
    void drawLegend(QCPPainter &painter);
    void drawCursor(QCPPainter &painter);
    void drawSteps(QCPPainter &painter, const std::vector<float> &values);

    BlockPair m_data;
    QCPAxisRect *m_values = nullptr, *m_deltas = nullptr;
    std::optional<int> m_block, m_hovered;
    bool m_stale = false;
};

} // namespace batlab::plots
