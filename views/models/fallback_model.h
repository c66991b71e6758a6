// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/fallback_plan.h"
#include "views/models/what_if_base.h"

#include <QAbstractTableModel>
#include <QPointer>
#include <QUndoStack>

#include <QString>
#include <map>
#include <string>
#include <vector>

#include <vector>

namespace batlab::views {

class ArtifactIndex;

/// The fallback editor as data: a row a layer, a column a site, the precision of each, and what the
/// choice costs. Errors are those measured on `variant` of the session.
class FallbackModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Layer, T1, T2, T3, T4, Share, ColumnCount };
    enum Role { FormatRole = Qt::UserRole, ChangedRole, ShareRole };

    using QAbstractTableModel::QAbstractTableModel;
    /// `present` is the base with the what-if's changes: where the editor starts.
    void setSource(const ArtifactIndex &index, const std::string &variant, const RunSpec &base,
                   const RunSpec &present);
    void clear(const QString &reason);
    /// Edits become commands of it; null: they cannot be undone.
    void setUndoStack(QUndoStack *undo) { m_undo = undo; }
    /// What has been set by hand and not written into the what-if waits here for its variant to
    /// come back; another document: forgotten.
    void forget() { m_edited.clear(); }
    /// What waits, for the session: {variant: formats layer by layer, T1..T4}.
    [[nodiscard]] Json edits() const;
    void restoreEdits(const Json &kept); ///< no step of the undo stack
    /// The table differs from the what-if's precision.
    [[nodiscard]] bool hasUnapplied() const { return formats() != m_present; }

    [[nodiscard]] bool isEmpty() const { return m_units.empty(); }
    [[nodiscard]] QString reason() const { return m_reason; } ///< why it is empty
    /// "output error of 210 linears of BATQuant" or what else the suggestion rests on.
    [[nodiscard]] QString basis() const { return m_basis; }
    [[nodiscard]] const std::vector<FallbackUnit> &units() const { return m_units; }
    [[nodiscard]] FallbackPoint point() const { return pointOf(m_units); }
    [[nodiscard]] std::vector<FallbackPoint> greedyPath() const; ///< from the base to all bf16
    void suggest(double bits); ///< greedy from the base's precision, under the budget
    void reset();
    void setFormat(int layer, Site site, const std::string &format);
    /// The value of "precision.overrides" that says it, with the base's own lines first.
    [[nodiscard]] Json overrides() const;
    [[nodiscard]] static QString formatTitle(const std::string &format); ///< "MXFP4", "bf16"

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index,
                                int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role = Qt::EditRole) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void planChanged();

private:
    [[nodiscard]] std::size_t unitAt(int layer, int column) const
    {
        return static_cast<std::size_t>(layer) * 4 + static_cast<std::size_t>(column - T1);
    }
    void measure(const ArtifactIndex &index, const std::string &variant, const RunSpec &base);
    void replace(std::vector<FallbackUnit> units);
    using Formats = std::vector<std::string>; ///< of the units
    [[nodiscard]] Formats formats() const;
    /// The act of a user: one step of the undo stack, of the variant shown now.
    void edit(const std::vector<FallbackUnit> &units, const QString &text);
    void put(const std::string &variant, const Formats &formats);

    QPointer<QUndoStack> m_undo;
    std::string m_variant;
    Formats m_present; ///< the what-if's
    std::map<std::string, Formats> m_edited; ///< unapplied, by variant
    std::vector<FallbackUnit> m_units, m_base; ///< layer by layer, T1..T4
    Json m_lines = Json::array(); ///< the base's own overrides
    QString m_reason, m_basis;
};

} // namespace batlab::views
