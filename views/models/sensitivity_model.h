// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "views/models/row_filter.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

#include <array>
#include <optional>
#include <vector>

namespace batlab::views {

class ArtifactIndex;
class PlaceFilter;

/// How much each linear of each layer suffers: one row per layer and linear of a variant, with the
/// statistics of the site it reads; of the reference, one row per layer and site.
class SensitivityModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        Place,
        OutputSqnr,
        Delta, ///< output SQNR minus the baseline's, dB
        WeightSqnr,
        Mse,
        Kurtosis,
        PeakMedian,
        Energy,
        Clip,
        Entropy,
        ColumnCount
    };
    static constexpr int ValueRole = Qt::UserRole; ///< double; NaN: unknown or, a delta, none
    struct Row
    {
        int layer = 0;
        Site site = Site::t1;
        std::optional<Linear> linear;
        std::array<double, ColumnCount> values {}; ///< by column; NaN: unknown
        std::array<double, ColumnCount> baseline {}; ///< the pinned variant's; NaN: none
        [[nodiscard]] QString name() const; ///< "20 · T4 · down_proj"
        bool operator==(const Row &) const = default;
    };

    explicit SensitivityModel(QObject *parent = nullptr);
    /// Keeps the rows and only tells of changed numbers where places are the same. Deltas are to
    /// `baseline`: that of the output SQNR has a column, each figure's stands in its tooltip.
    void rebuild(const ArtifactIndex &index, const std::string &variant,
                 const std::string &baseline = {});
    [[nodiscard]] bool hasDeltas() const; ///< some linear has one

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index,
                                int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;
    [[nodiscard]] const Row &row(int at) const { return m_rows[static_cast<std::size_t>(at)]; }
    /// Names comparisons of a filter may use, by column from OutputSqnr.
    [[nodiscard]] static QStringList filterKeys();

private:
    std::vector<Row> m_rows;
};

/// Sorted and filtered; unknown numbers come last either way.
class SensitivityFilter : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    /// Shows the places that `places` accepts, as it is when rows come; null: all.
    SensitivityFilter(SensitivityModel *model, const PlaceFilter *places,
                      QObject *parent = nullptr);
    void showPlaces() { invalidateFilter(); } ///< `places` has changed
    void setFilterText(const QString &text);
    [[nodiscard]] const SensitivityModel::Row &row(int at) const;
    /// First shown row of a place; a linear's rows share layer and site. -1: none.
    [[nodiscard]] int find(int layer, Site site) const;
    /// The shown rows for files: names of columns, and a cell in the C locale.
    [[nodiscard]] static QStringList columns();
    [[nodiscard]] QString cell(int row, int column) const;
    /// Tab-separated, names of columns first.
    [[nodiscard]] QString tsv() const;
    /// The shown linears as names of modules, one a line: what other tools take as "ignore".
    [[nodiscard]] QString excludeList() const;
    /// The shown linears as lines of the stage "precision": weights kept in full precision.
    [[nodiscard]] QString precisionLines() const;

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    [[nodiscard]] bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    SensitivityModel *m_model;
    const PlaceFilter *m_places;
    RowFilter m_filter;
};

} // namespace batlab::views
