// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace batlab::views {

/// Text with room at both sides, in line with the drawing delegates.
class TextCellDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    explicit TextCellDelegate(QObject *parent);
    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
};

/// A bar of the fraction in `role` (negative: none), the cell's text right of it.
class ProgressCellDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    ProgressCellDelegate(int role, QObject *parent);
    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;

private:
    int m_role;
};

/// Values 0..1 in `role` (QVariantList) as a small line or as bars, the cell's text right of it.
class SparkCellDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    enum Shape { line, bars };
    SparkCellDelegate(int role, Shape shape, QObject *parent);
    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;

private:
    int m_role;
    Shape m_shape;
};

/// Value with a bar of `value(role) * scale` left of it (bimodality coefficient).
class BarCellDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    BarCellDelegate(int role, double full, QObject *parent);
    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;

private:
    int m_role;
    double m_full;
};

} // namespace batlab::views
