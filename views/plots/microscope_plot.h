// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/plot_widget.h"

#include <array>
#include <cstdint>
#include <vector>

class QCPPainter;
class QCPMarginGroup;

namespace batlab::plots {

class PaintedElement;

/// One block as the microscope shows it: 32 numbers and what the quantizer makes of them.
struct MicroscopeBlock
{
    QString name; ///< "Before", "After BATQuant"
    QString scaleText; ///< "E8M0 0x81 = 2²"
    QString note; ///< "24 of 32 → 0"
    QString sqnrText; ///< "out. 8.9 dB"
    bool good = true; ///< colour of sqnrText
    double scale = 1;
    std::vector<float> values, dequantized; ///< one per channel
    std::vector<std::uint8_t> codes; ///< E2M1, sign in bit 3
    [[nodiscard]] bool isEmpty() const { return values.empty(); }
    [[nodiscard]] double largestError() const; ///< |dequantized − value|
};

/// A block under the microscope: values as bars, dequantized values as accent dashes over the grid
/// of E2M1 levels, the error beneath on its own limit, the codes in hex; before and, where there
/// is one, after the transform. Arrow keys walk: left and right the blocks, up and down the tokens.
class MicroscopePlot : public PlotWidget
{
    Q_OBJECT
public:
    explicit MicroscopePlot(const QString &title, QWidget *parent = nullptr);

    /// `after` may be empty: one picture only.
    void setBlocks(int firstChannel, MicroscopeBlock before, MicroscopeBlock after);
    /// Marks a channel without telling anybody; outside the block: none.
    void setChannel(int channel);
    [[nodiscard]] int channel() const { return m_channel; }
    [[nodiscard]] const MicroscopeBlock &block(bool after) const
    {
        return m_sections[after ? 1 : 0].data;
    }

    [[nodiscard]] PlotTable table() const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void channelSelected(int channel);
    /// Left and right: blocks, up and down: tokens; Shift: 10 at a time.
    void stepRequested(int blocks, int tokens);

protected:
    QString hover(const QPointF *pos) override;
    bool clicked(const QPointF &pos, Qt::KeyboardModifiers modifiers) override;
    bool key(int key, Qt::KeyboardModifiers modifiers) override;
    void themeChanged(const Tokens &tokens) override;

private:
    struct Section
    {
        PaintedElement *title = nullptr, *codes = nullptr;
        QCPAxisRect *bars = nullptr, *errors = nullptr;
        MicroscopeBlock data;
    };
    void build(Section &section, int row, QCPMarginGroup *sides);
    void setLimits(Section &section);
    void drawTitle(QCPPainter &painter, const QRect &rect, const Section &section);
    void drawBars(QCPPainter &painter, const Section &section);
    void drawErrors(QCPPainter &painter, const Section &section);
    void drawCodes(QCPPainter &painter, const QRect &rect, const Section &section);
    void drawLegend(QCPPainter &painter, const QRect &rect);
    [[nodiscard]] const Section *sectionAt(const QPointF &pos, int &index) const;
    [[nodiscard]] QString describe(const Section &section, int index) const;

    std::array<Section, 2> m_sections;
    PaintedElement *m_legend = nullptr;
    int m_first = 0, m_channel = -1;
};

/// "2²", "2⁻¹": the scale of an E8M0 byte.
[[nodiscard]] QString powerText(int scaleByte);

} // namespace batlab::plots
