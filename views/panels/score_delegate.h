// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/tokens.h"

#include <QHeaderView>
#include <QStyledItemDelegate>

namespace batlab::views {

class EvaluationModel;

/// Cells of the recovery table: marker and name, value ± over significance, band and recovery; best
/// value underlined; the recovery plot on the same rows.
class ScoreDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    explicit ScoreDelegate(const EvaluationModel *model, QObject *parent = nullptr);
    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;

private:
    void paintMethod(QPainter &painter, const QRectF &cell, const QStyleOptionViewItem &option,
                     const QModelIndex &index) const;
    void paintValue(QPainter &painter, const QRectF &cell, const QStyleOptionViewItem &option,
                    const QModelIndex &index) const;
    void paintPlot(QPainter &painter, const QRectF &cell, const QStyleOptionViewItem &option,
                   const QModelIndex &index) const;

    const EvaluationModel *m_model;
};

/// The header of the recovery table: its plot column carries the axis.
class ScoreHeader : public QHeaderView
{
    Q_OBJECT

public:
    ScoreHeader(const EvaluationModel *model, QWidget *parent);

protected:
    void paintSection(QPainter *painter, const QRect &rect, int section) const override;

private:
    const EvaluationModel *m_model;
};

/// A band letter on its ground, `side` px wide, centred on `at`.
void drawBand(QPainter &painter, const QPointF &at, const QString &band, double side,
              const plots::Tokens &tokens);

} // namespace batlab::views
