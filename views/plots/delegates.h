// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace batlab::plots {

/// What models hand to the drawing delegates beside their display text.
enum DrawRole {
    SparkRole = Qt::UserRole + 200, ///< QList<float>: a small histogram or curve
    BarRole, ///< double, 0..1: length of the bar
    FamilyRole, ///< QString, VariantInfo::family
    FilledRole, ///< bool
    DeltaRole, ///< double: difference
    BetterRole, ///< int: +1 higher is better, -1 lower is better, 0 neither
    DecimalsRole, ///< int, of DeltaRole; 2 unless given
    IntervalRole, ///< QList<double> {value, low, high}; of a common axis
    IntervalAxisRole, ///< QList<double> {lower, upper} and, optional, a reference value
    DeltaSuffixRole, ///< QString after the difference ("%" where it is relative)
    ShareRole, ///< double, -1..1: how much better (below 0: worse)
};

/// Rows of 22 px, selection and alternation drawn by the style; subclasses draw into the free
/// rectangle.
class CellDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const final;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option,
                                 const QModelIndex &index) const override;

protected:
    virtual void draw(QPainter &painter, const QRect &rect, const QStyleOptionViewItem &option,
                      const QModelIndex &index) const = 0;
};

/// Values as bars (histogram) or as a line (loss).
class SparklineDelegate : public CellDelegate
{
    Q_OBJECT
public:
    enum class Kind { bars, line };
    explicit SparklineDelegate(Kind kind, QObject *parent = nullptr);

protected:
    void draw(QPainter &painter, const QRect &rect, const QStyleOptionViewItem &option,
              const QModelIndex &index) const override;

private:
    Kind m_kind;
};

/// A bar of BarRole and the display text right of it.
class BarDelegate : public CellDelegate
{
    Q_OBJECT
public:
    using CellDelegate::CellDelegate;

protected:
    void draw(QPainter &painter, const QRect &rect, const QStyleOptionViewItem &option,
              const QModelIndex &index) const override;
};

/// Marker of the method and the display text.
class MarkerNameDelegate : public CellDelegate
{
    Q_OBJECT
public:
    using CellDelegate::CellDelegate;

protected:
    void draw(QPainter &painter, const QRect &rect, const QStyleOptionViewItem &option,
              const QModelIndex &index) const override;
};

/// A difference with arrow and sign; its colour says better or worse, not the sign.
class DeltaDelegate : public CellDelegate
{
    Q_OBJECT
public:
    using CellDelegate::CellDelegate;

protected:
    void draw(QPainter &painter, const QRect &rect, const QStyleOptionViewItem &option,
              const QModelIndex &index) const override;
};

/// A bar from the middle that points to "better" whatever the sign: blue to the right, orange to
/// the left.
class BetterDelegate : public CellDelegate
{
    Q_OBJECT
public:
    using CellDelegate::CellDelegate;

protected:
    void draw(QPainter &painter, const QRect &rect, const QStyleOptionViewItem &option,
              const QModelIndex &index) const override;
};

/// A method's marker with its 95 % interval as whiskers on an axis common to all rows (recovery,
/// paired Δ).
class IntervalDelegate : public CellDelegate
{
    Q_OBJECT
public:
    using CellDelegate::CellDelegate;

protected:
    void draw(QPainter &painter, const QRect &rect, const QStyleOptionViewItem &option,
              const QModelIndex &index) const override;
};

} // namespace batlab::plots
