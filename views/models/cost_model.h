// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/json.h"
#include "views/models/what_if_answer.h"

#include <QAbstractTableModel>
#include <QString>

#include <map>
#include <vector>

namespace batlab::views {

/// What a transform costs at run time, or what an alternative would.
struct CostRow
{
    QString id, title; ///< id empty: an alternative
    QString reason; ///< why an alternative does not fit the model
    double parameters = kUnknown, bytes = kUnknown; ///< online; bytes in bf16
    double flopPerToken = kUnknown;
    double shareOfFlop = kUnknown; ///< of the linears' FLOP, 0..1
    double foldedParameters = kUnknown;
    double bitsPerWeight = kUnknown, modelBytes = kUnknown;
    struct AtSite
    {
        double parameters = kUnknown, flopPerToken = kUnknown;
    };
    std::map<Site, AtSite> sites; ///< of one layer
};

/// The engine's answer to "cost" as a table: the variants first, then the alternatives.
class CostModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Transform, Parameters, Bytes, Flop, Share, ColumnCount };
    enum Role { ShareOfMostRole = Qt::UserRole, OwnRole };

    using QAbstractTableModel::QAbstractTableModel;
    Result<void> setAnswer(const Json &answer);
    void clear();
    [[nodiscard]] const std::vector<CostRow> &rows() const { return m_rows; }
    [[nodiscard]] const CostRow *variant() const; ///< the what-if: the last of the variants

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index,
                                int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    std::vector<CostRow> m_rows;
};

} // namespace batlab::views
