// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/plot_widget.h"

#include <memory>
#include <vector>

class QCPLayoutElement;
class QCPPainter;

namespace batlab::plots {

class LinkGroup;

/// The distributions of one method, one layer above the other.
struct Ridge
{
    QString id, name, family;
    bool filled = false;
    struct Layer
    {
        int layer = 0;
        std::vector<float> density; ///< per unit of x; bins cover [-limit, limit] evenly
    };
    std::vector<Layer> layers; ///< ascending
};

/// Distributions over layers, the last layer on top; one column a method, all with the same scales,
/// so that a shape can be followed upwards and compared sideways.
class RidgePlot : public PlotWidget
{
    Q_OBJECT
public:
    explicit RidgePlot(const QString &title, QWidget *parent = nullptr);
    ~RidgePlot() override;
    void setRidges(std::vector<Ridge> ridges, double limit, const QString &xAxis);
    void setSelectedLayer(int layer);

    [[nodiscard]] PlotTable table() const override;
    [[nodiscard]] QString summary() const override;

Q_SIGNALS:
    void layerSelected(const QString &id, int layer);

protected:
    void resizeEvent(QResizeEvent *event) override;
    QString hover(const QPointF *pos) override;
    bool clicked(const QPointF &pos, Qt::KeyboardModifiers modifiers) override;
    bool key(int key, Qt::KeyboardModifiers modifiers) override;

private:
    void rebuild();
    void home(); ///< limits that hold all layers
    void drawRidges(QCPPainter &painter, std::size_t index);
    void drawTitle(QCPPainter &painter, const QRect &rect, std::size_t index);
    void fitTitles(); ///< two lines where a name needs them
    [[nodiscard]] static QFont titleFont();
    [[nodiscard]] int layerAt(const QPointF &pos, std::size_t &index) const;

    std::vector<Ridge> m_ridges;
    std::vector<QCPAxisRect *> m_rects;
    std::vector<QCPLayoutElement *> m_heads;
    std::unique_ptr<LinkGroup> m_linkX, m_linkY;
    double m_limit = 8, m_highest = 1;
    int m_first = 0, m_last = 0, m_selected = -1, m_hovered = -1;
    QString m_xAxis;
};

} // namespace batlab::plots
