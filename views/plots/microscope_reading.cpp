// SPDX-License-Identifier: GPL-3.0-or-later
// What the block microscope says: the readout, the table twin, the summary.
#include "views/plots/microscope_plot.h"

#include "views/plots/number_text.h"
#include "views/plots/painted.h"
#include "views/plots/plot_canvas.h"

#include <algorithm>
#include <cmath>

namespace batlab::plots {

double MicroscopeBlock::largestError() const
{
    double most = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
        most = std::max(most, std::abs(double(dequantized[i]) - double(values[i])));
    return most;
}

const MicroscopePlot::Section *MicroscopePlot::sectionAt(const QPointF &pos, int &index) const
{
    for (const Section &section : m_sections) {
        if (section.data.isEmpty())
            continue;
        const QRect bars = section.bars->rect();
        if (pos.x() < bars.left() || pos.x() > bars.right() || pos.y() < section.title->rect().top()
            || pos.y() > section.codes->rect().bottom())
            continue;
        index = std::clamp(
            int(std::lround(section.bars->axis(QCPAxis::atBottom)->pixelToCoord(pos.x()))), 0,
            int(section.data.values.size()) - 1);
        return &section;
    }
    return nullptr;
}

QString MicroscopePlot::describe(const Section &section, int index) const
{
    const auto i = std::size_t(index);
    const MicroscopeBlock &b = section.data;
    return tr("%1 · channel %2 · value %3 · code %4 → %5 · error %6")
        .arg(b.name)
        .arg(m_first + index)
        .arg(numberText(double(b.values[i])), QString::number(b.codes[i] & 15, 16).toUpper(),
             numberText(double(b.dequantized[i])),
             numberText(double(b.dequantized[i]) - double(b.values[i])));
}

QString MicroscopePlot::hover(const QPointF *pos)
{
    int index = 0;
    const Section *section = pos ? sectionAt(*pos, index) : nullptr;
    return section ? describe(*section, index) : QString();
}

PlotTable MicroscopePlot::table() const
{
    PlotTable out;
    if (m_sections[0].data.isEmpty())
        return out;
    out.columns = { QStringLiteral("channel") };
    std::vector<MicroscopeBlock> blocks;
    for (const Section &section : m_sections) {
        if (section.data.isEmpty())
            continue;
        out.comments << QStringLiteral("%1: %2, %3")
                            .arg(section.data.name, section.data.scaleText, section.data.sqnrText);
        const QString prefix =
            blocks.empty() ? QStringLiteral("before_") : QStringLiteral("after_");
        for (const char *name : { "value", "dequantized", "code", "error" })
            out.columns << prefix + QLatin1String(name);
        blocks.push_back(section.data);
    }
    out.rows = int(m_sections[0].data.values.size());
    out.cell = [blocks, first = m_first](int row, int column) -> QVariant {
        if (column == 0)
            return first + row;
        const MicroscopeBlock &b = blocks[std::size_t((column - 1) / 4)];
        const auto i = std::size_t(row);
        if (i >= b.values.size())
            return {};
        switch ((column - 1) % 4) {
        case 0: return double(b.values[i]);
        case 1: return double(b.dequantized[i]);
        case 2: return int(b.codes[i] & 15);
        default: return double(b.dequantized[i]) - double(b.values[i]);
        }
    };
    return out;
}

QString MicroscopePlot::summary() const
{
    if (m_sections[0].data.isEmpty())
        return tr("%1: no data").arg(title());
    QStringList parts;
    for (const Section &section : m_sections)
        if (!section.data.isEmpty())
            parts << tr("%1: scale %2, %3, largest error %4, %5")
                         .arg(section.data.name, section.data.scaleText, section.data.note,
                              numberText(section.data.largestError()), section.data.sqnrText);
    QString text = tr("32 channels from %1. ").arg(m_first) + parts.join(QStringLiteral("; "));
    if (m_channel >= 0)
        text += tr(". Selected: %1").arg(describe(m_sections[0], m_channel - m_first));
    return text;
}

} // namespace batlab::plots
