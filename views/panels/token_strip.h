// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/plot_table.h"

#include <QAbstractScrollArea>

#include <memory>
#include <vector>

namespace batlab::plots {
class ColorScale;
}

namespace batlab::views {

/// Tokens as running text, each on the colour of its value. Click, arrows, Home and End choose one.
class TokenStrip : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit TokenStrip(QWidget *parent = nullptr);
    /// A value per token; NaN: not known. Values beyond the pieces are dropped.
    void setTokens(const QStringList &pieces, std::vector<float> values, const QString &quantity,
                   const QString &unit);
    void setToken(int token); ///< marks one without telling anybody
    [[nodiscard]] int token() const { return m_token; }
    [[nodiscard]] int count() const { return static_cast<int>(m_items.size()); }
    [[nodiscard]] QRect itemRect(int token) const; ///< in viewport coordinates
    [[nodiscard]] std::shared_ptr<plots::ColorScale> colorScale() const { return m_scale; }
    [[nodiscard]] QString describe(int token) const;
    [[nodiscard]] plots::PlotTable table() const; ///< token, text and value
    /// All tokens at the present width, also those that are scrolled away.
    [[nodiscard]] QImage picture(double scale) const;
    void copy() const; ///< the table, tab-separated

Q_SIGNALS:
    void tokenChosen(int token);
    void readout(const QString &text);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    struct Item
    {
        QString text;
        float value;
        QRect rect; ///< in the whole strip
    };
    void arrange();
    [[nodiscard]] int wholeHeight() const; ///< of all lines, in pixels
    /// Tokens inside `clip`, in coordinates of the whole strip.
    void draw(QPainter &painter, const QRect &clip) const;
    [[nodiscard]] int at(const QPoint &pos) const;
    void choose(int token);

    std::vector<Item> m_items;
    std::shared_ptr<plots::ColorScale> m_scale;
    QString m_quantity, m_unit;
    int m_token = -1, m_hovered = -1;
};

} // namespace batlab::views
