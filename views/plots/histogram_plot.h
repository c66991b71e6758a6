// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/kernel_density.h"
#include "views/plots/plot_widget.h"

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

class QCPPainter;

namespace batlab {
struct SiteStats;
}

namespace batlab::plots {

class PaintedLayerable;

/// Values ÷ scale of one block (or one site) and the use of the 16 codes.
struct HistogramData
{
    double limit = 8; ///< bins cover [-limit, limit] evenly; values outside count in the end bins
    std::vector<double> counts;
    std::array<double, 16> codes {}; ///< counts by E2M1 code (bit 3: sign)

    /// Block `block` of a site's statistics; block < 0: all blocks together.
    [[nodiscard]] static HistogramData fromStats(const SiteStats &stats, std::int64_t block);
    [[nodiscard]] double total() const;
    /// Share of values whose bin lies below -6 or above 6, in [0,1].
    [[nodiscard]] std::pair<double, double> clipShares() const;
};

/// Density of the block-normalised values over the E2M1 grid (accent lines), decision boundaries as
/// inner ticks, clipped zones tinted with their share; underneath the use of the codes in % against
/// the even 6.25 %.
class HistogramPlot : public PlotWidget
{
    Q_OBJECT
public:
    explicit HistogramPlot(const QString &title, QWidget *parent = nullptr);
    void setData(const HistogramData &values);
    void clear();
    /// A smooth curve over the steps; its bandwidth is stated on it.
    void setKernelShown(bool shown);
    [[nodiscard]] bool isKernelShown() const;
    [[nodiscard]] double bandwidth() const { return m_kernel.bandwidth; }

    [[nodiscard]] PlotTable table() const override;
    [[nodiscard]] QString summary() const override;

    /// E2M1 values by code 0..7: 0, 0.5, 1, 1.5, 2, 3, 4, 6.
    static constexpr std::array<double, 8> kLevels { 0, 0.5, 1, 1.5, 2, 3, 4, 6 };

protected:
    QString hover(const QPointF *pos) override;

private:
    void drawDensity(QCPPainter &painter);
    void drawCodes(QCPPainter &painter);
    void drawClipLabels(QCPPainter &painter);
    void drawKernel(QCPPainter &painter);
    void updateKernel();
    [[nodiscard]] double density(std::size_t bin) const;

    HistogramData m_values;
    KernelDensity m_kernel;
    QToolButton *m_kernelTool = nullptr;
    QCPAxisRect *m_density = nullptr, *m_codes = nullptr;
};

} // namespace batlab::plots
